//! The thread that moves engines' epochs on: one for the process, which sleeps while no deadline
//! waits and nobody's calls are watched.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt::now;
use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// How often engines are ticked whose calls are watched, in nanoseconds: 20 times a second.
const INTERVAL: u64 = 50_000_000;

struct Ticker {
    runs: bool,
    /// By time, then by what has the deadline: one for each.
    deadlines: BTreeMap<(u64, u64), Weak<Engine>>,
    watched: Vec<Weak<Engine>>,
    /// When the watched engines are to be ticked.
    next: u64,
}

static TICKER: Mutex<Ticker> =
    Mutex::new(Ticker { runs: false, deadlines: BTreeMap::new(), watched: Vec::new(), next: 0 });
static CHANGED: Condvar = Condvar::new();

fn ticker() -> MutexGuard<'static, Ticker> {
    TICKER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ticks `engine` at the time `to`, by the clock of [`now`], for what `key` has a deadline, and no more
/// at the time `from`.
pub(crate) fn move_deadline(
    key: u64,
    from: Option<u64>,
    to: Option<u64>,
    engine: &Arc<Engine>,
) -> Result<()> {
    let mut ticker = ticker();
    if let Some(to) = to {
        start(&mut ticker)?;
        ticker.deadlines.insert((to, key), Arc::downgrade(engine));
        if ticker.deadlines.first_key_value().is_some_and(|(first, _)| *first == (to, key)) {
            CHANGED.notify_one();
        }
    }
    if let Some(from) = from
        && Some(from) != to
    {
        ticker.deadlines.remove(&(from, key));
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
        while let Some(first) = ticker.deadlines.first_entry()
            && first.key().0 <= time
        {
            if let Some(engine) = first.remove().upgrade() {
                engine.tick();
            }
        }
        if !ticker.watched.is_empty() && ticker.next <= time {
            ticker.watched.retain(|engine| engine.upgrade().is_some_and(|e| e.tick_watched()));
            ticker.next = time + INTERVAL;
        }
        let deadline = ticker.deadlines.first_key_value().map(|((at, _), _)| *at);
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
