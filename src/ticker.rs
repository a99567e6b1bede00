//! The thread that moves engines' epochs on: one for the process, which sleeps while no deadline
//! waits and nobody's calls are watched.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt::now;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// How often engines are ticked whose calls are watched, in nanoseconds: 20 times a second.
const INTERVAL: u64 = 50_000_000;

#[derive(Default)]
struct Ticker {
    runs: bool,
    deadlines: BinaryHeap<Reverse<Deadline>>,
    watched: Vec<Weak<Engine>>,
    /// When the watched engines are to be ticked.
    next: u64,
}

struct Deadline {
    at: u64,
    engine: Weak<Engine>,
}

impl PartialEq for Deadline {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Deadline {}

impl PartialOrd for Deadline {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Deadline {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

static TICKER: Mutex<Ticker> =
    Mutex::new(Ticker { runs: false, deadlines: BinaryHeap::new(), watched: Vec::new(), next: 0 });
static CHANGED: Condvar = Condvar::new();

fn ticker() -> MutexGuard<'static, Ticker> {
    TICKER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ticks `engine` at that time, by the clock of [`now`].
pub(crate) fn tick_at(at: u64, engine: &Arc<Engine>) -> Result<()> {
    let mut ticker = ticker();
    start(&mut ticker)?;
    let first = ticker.deadlines.peek().is_none_or(|Reverse(first)| at < first.at);
    ticker.deadlines.push(Reverse(Deadline { at, engine: Arc::downgrade(engine) }));
    if first {
        CHANGED.notify_one();
    }
    Ok(())
}

/// Ticks `engine` again and again while its calls run.
#[cold]
pub(crate) fn watch(engine: &Arc<Engine>) {
    let mut ticker = ticker();
    // Without a thread calls run unwatched; there is nobody here to tell.
    if start(&mut ticker).is_ok() {
        if ticker.watched.is_empty() {
            ticker.next = now() + INTERVAL;
        }
        ticker.watched.push(Arc::downgrade(engine));
        CHANGED.notify_one();
    }
}

fn start(ticker: &mut Ticker) -> Result<()> {
    if !ticker.runs {
        without_signals(|| {
            let builder = std::thread::Builder::new().name("safewasm-ticker".to_owned());
            builder.stack_size(128 << 10).spawn(run)
        })
        .map_err(|error| {
            Error::new(ErrorKind::LIMIT, format!("no thread is left for the clock: {error}"))
        })?;
        ticker.runs = true;
    }
    Ok(())
}

/// Runs `body` with all signals blocked, as a thread that it starts will have them: the program's
/// handlers are not for the ticker's small stack.
fn without_signals<R>(body: impl FnOnce() -> R) -> R {
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    let mut before = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the first call initialises `all`, the second reads it and initialises `before`.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
    }
    let result = body();
    // SAFETY: initialised above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    result
}

fn run() {
    let mut ticker = ticker();
    loop {
        let time = now();
        while let Some(Reverse(deadline)) = ticker.deadlines.peek()
            && deadline.at <= time
        {
            if let Some(engine) = deadline.engine.upgrade() {
                engine.tick();
            }
            ticker.deadlines.pop();
        }
        if !ticker.watched.is_empty() && ticker.next <= time {
            ticker.watched.retain(|engine| engine.upgrade().is_some_and(|e| e.tick_watched()));
            ticker.next = time + INTERVAL;
        }
        let deadline = ticker.deadlines.peek().map(|Reverse(deadline)| deadline.at);
        let watched = (!ticker.watched.is_empty()).then_some(ticker.next);
        let next = deadline.into_iter().chain(watched).min();
        ticker = match next {
            Some(at) => {
                let wait = Duration::from_nanos(at.saturating_sub(now()).max(1));
                CHANGED.wait_timeout(ticker, wait).unwrap_or_else(PoisonError::into_inner).0
            }
            None => CHANGED.wait(ticker).unwrap_or_else(PoisonError::into_inner),
        };
    }
}
