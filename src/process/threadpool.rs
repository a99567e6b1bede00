//! The threads that modules are compiled on: one pool for the process, made when first needed.
//!
//! Rayon's own pool, which Wasmtime would use, is made once for good. If the process had no thread to
//! give at that moment it would never compile again; and a forked child would wait for threads that
//! only its parent has.

use super::forks::delay_for_long;
use super::{Failure, panics, stack};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) type Pool = Arc<ThreadPool>;

/// How often a pool is tried to be made: more often than a number of threads can be halved.
const ATTEMPTS: u32 = 32;

static POOL: Mutex<Option<Pool>> = Mutex::new(None);

/// Runs the compiler on the pool's threads, by `work`, and waits for it.
pub(crate) fn run<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, Failure> {
    let _no_fork = delay_for_long();
    let threads = threads()?;
    catch_unwind(AssertUnwindSafe(|| threads.install(work))).map_err(|panic| {
        let why = panics::describe(&*panic);
        Failure::Compiler(format!("the compiler gave up on the module: {why}"))
    })
}

/// The stack that parsing, validating and making an engine take, in bytes, and more.
const ROOM: usize = 256 << 10;

/// Does `work` that needs an ordinary stack: where the calling thread has a small one, on the pool's threads.
pub(crate) fn with_room<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, Failure> {
    let _no_fork = delay_for_long();
    if stack::has_room(ROOM) {
        return Ok(work());
    }
    Ok(threads()?.install(work))
}

/// In a forked child, which has none of the pool's threads.
pub(crate) fn begin_in_child(pool: &mut Option<Pool>) {
    // Letting go of the parent's pool would wait for its threads.
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
    let threads = Arc::new(as_many_as_there_are().map_err(|error| {
        Failure::Limit(format!("no thread is left to compile the module on: {error}"))
    })?);
    *pool = Some(Arc::clone(&threads));
    Ok(threads)
}

/// A pool of Rayon's usual size, or of as many threads as the process may have.
fn as_many_as_there_are() -> Result<ThreadPool, ThreadPoolBuildError> {
    let mut made = with_threads(0);
    let mut number = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut attempts = 0;
    while made.is_err() && attempts < ATTEMPTS {
        made = with_threads(number);
        number = (number / 2).max(1);
        attempts += 1;
        // A thread that has ended counts for a moment more.
        std::thread::sleep(Duration::from_millis(1));
    }
    made
}

/// A pool of so many threads; 0 is what Rayon finds fit. If it can't be had, none of them is left.
fn with_threads(number: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    let mut started = Vec::new();
    let made = ThreadPoolBuilder::new()
        .num_threads(number)
        .spawn_handler(|thread| {
            let name = format!("safewasm-compile-{}", thread.index());
            let builder = std::thread::Builder::new().name(name);
            started.push(builder.spawn(|| panics::within(|| thread.run()))?);
            Ok(())
        })
        .build();
    if made.is_err() {
        // They are told to end, but would still be there when fewer are tried.
        for thread in started {
            let _ = thread.join();
        }
    }
    made
}
