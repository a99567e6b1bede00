//! The threads that modules are compiled on: one pool for the process, made when first needed, and one for each
//! compilation that nobody has to wait for.
//!
//! Wasmtime would use Rayon's global pool, which is made once and never again. If no thread could be
//! started at that moment, the process could never compile; and a forked child would wait for threads that
//! only its parent has.

use super::forks::{Unwinding, delay_for_long, delayed_already};
use super::signals::without_signals;
use super::{Failure, cancellation, panics, stack};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) type Pool = Arc<ThreadPool>;

/// How often making a pool is tried: more often than any number of threads can be halved.
const ATTEMPTS: u32 = 32;

static POOL: Mutex<Option<Pool>> = Mutex::new(None);

/// Runs the compiler, `work`, on the pool's threads and waits for it.
pub(crate) fn run<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, Failure> {
    let _no_fork = delay_for_long();
    let threads = threads()?;
    catching(|| install(&threads, work))
}

/// Runs the compiler, `work`, which may panic, on the calling thread.
pub(crate) fn catching<R>(work: impl FnOnce() -> R) -> Result<R, Failure> {
    let caught = catch_unwind(AssertUnwindSafe(work));
    Unwinding::has_ended();
    caught.map_err(|panic| {
        let why = panics::describe(&*panic);
        Failure::Compiler(format!("the compiler gave up: {why}"))
    })
}

/// More bytes of stack than parsing, validating and making an engine need.
const NEEDED_STACK: usize = 256 << 10;

/// Runs `work` on the calling thread, or on the pool's threads if too little of its stack is left.
pub(crate) fn with_stack<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, Failure> {
    let _no_fork = delay_for_long();
    if stack::has_room(NEEDED_STACK) {
        return Ok(work());
    }
    Ok(install(&threads()?, work))
}

/// Runs `work` on one of the threads, while the calling one delays forks.
fn install<R: Send>(threads: &Pool, work: impl FnOnce() -> R + Send) -> R {
    threads.install(|| {
        let _no_fork = delayed_already();
        work()
    })
}

/// What each thread of a pool does before anything else.
type Prepare = Arc<dyn Fn() + Send + Sync>;

/// Threads for one job, which end with it. They have all signals blocked and can't be cancelled.
pub(crate) struct OwnThreads(ThreadPool);

impl OwnThreads {
    /// Starts at most `number` threads, each of which does `prepare`.
    pub(crate) fn new(
        number: usize,
        prepare: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, Failure> {
        let _no_fork = delay_for_long();
        let unwinding = Arc::new(Unwinding::default());
        let prepare: Prepare = Arc::new(move || {
            Unwinding::join(&unwinding);
            prepare();
        });
        largest_possible(number, &prepare).map(Self)
    }

    /// Starts the job, which doesn't panic, and then `call_out`, which calls functions of the program.
    pub(crate) fn start(
        self,
        job: impl FnOnce() + Send + 'static,
        call_out: impl FnOnce() + Send + 'static,
    ) {
        let _no_fork = delay_for_long();
        self.0.spawn(|| {
            job();
            Unwinding::leave();
            panics::outside(call_out);
        });
    }
}

/// For a forked child, which has none of the pool's threads.
pub(crate) fn begin_in_child(pool: &mut Option<Pool>) {
    // Dropping the parent's pool would wait for its threads.
    std::mem::forget(pool.take());
}

pub(crate) fn pool() -> MutexGuard<'static, Option<Pool>> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

fn threads() -> Result<Pool, Failure> {
    let mut pool = pool();
    if let Some(pool) = &*pool {
        return Ok(Arc::clone(pool));
    }
    let prepare: Prepare = Arc::new(|| {});
    let threads = Arc::new(largest_possible(usize::MAX, &prepare)?);
    *pool = Some(Arc::clone(&threads));
    Ok(threads)
}

/// A pool of Rayon's default size, but of at most `number` threads and of no more than the process may have. The
/// caller delays forks.
fn largest_possible(number: usize, prepare: &Prepare) -> Result<ThreadPool, Failure> {
    let available = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut made = with_threads(if number < available { number } else { 0 }, prepare);
    let mut number = number.min(available);
    let mut attempts = 0;
    while made.is_err() && attempts < ATTEMPTS {
        made = with_threads(number, prepare);
        number = (number / 2).max(1);
        attempts += 1;
        // For a moment the system still counts threads that have ended.
        std::thread::sleep(Duration::from_millis(1));
    }
    let pool = made.map_err(|error| {
        Failure::Limit(format!("no thread could be started to compile the module: {error}"))
    })?;
    // A thread that looks for its first job makes what all pools of the process share.
    pool.install(|| {});
    Ok(pool)
}

/// A pool of `number` threads; 0 selects Rayon's default. On failure none of them is left.
fn with_threads(number: usize, prepare: &Prepare) -> Result<ThreadPool, ThreadPoolBuildError> {
    let mut started = Vec::new();
    let made = ThreadPoolBuilder::new()
        .num_threads(number)
        .spawn_handler(|thread| {
            let name = format!("safewasm-compile-{}", thread.index());
            let builder = std::thread::Builder::new().name(name);
            let prepare = Arc::clone(prepare);
            let run = move || {
                cancellation::disable();
                prepare();
                panics::within(|| thread.run());
            };
            started.push(without_signals(|| builder.spawn(run))?);
            Ok(())
        })
        .build();
    if made.is_err() {
        // The threads are told to end; without waiting they would still exist when fewer are tried.
        for thread in started {
            let _ = thread.join();
        }
    }
    made
}
