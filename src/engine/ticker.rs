//! The ticker: the one thread of the process that increments the epochs of engines. It sleeps while no
//! deadline is set and no engine is watched.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::process::clock::{NEVER, now};
use crate::process::signals::without_signals;
use std::collections::BTreeMap;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// The time between ticks of a watched engine, in nanoseconds: 20 ticks a second.
const INTERVAL: u64 = 50_000_000;

/// The first and the last time between repeated ticks, in nanoseconds. Each is twice the one before.
const FIRST_REPEAT: u64 = 1_000_000;

const LAST_REPEAT: u64 = 1_024_000_000;

pub(crate) struct Ticker {
    /// Deadlines by their time and key.
    deadlines: BTreeMap<(u64, u64), Weak<Engine>>,
    /// Engines with repeated ticks: the time of the next one, the time between it and the one before, and the
    /// engine.
    repeated: Vec<(u64, u64, Weak<Engine>)>,
    /// Profiles that are recorded: the time of the next tick, the time between ticks, the counter of the ticks, and
    /// the engine.
    profiled: Vec<(u64, u64, Weak<AtomicU64>, Weak<Engine>)>,
    /// Engines whose interrupt flag is read while their calls run.
    watched: Vec<Weak<Engine>>,
    /// The time of the next tick of the watched engines.
    next: u64,
    /// The time until which the thread sleeps, or a later one.
    sleeps_until: u64,
}

static TICKER: Mutex<Ticker> = Mutex::new(Ticker {
    repeated: Vec::new(),
    profiled: Vec::new(),
    deadlines: BTreeMap::new(),
    watched: Vec::new(),
    next: 0,
    sleeps_until: NEVER,
});

/// Whether the thread was started.
static HAS_THREAD: AtomicBool = AtomicBool::new(false);

static CHANGED: Condvar = Condvar::new();

pub(crate) fn ticker() -> MutexGuard<'static, Ticker> {
    TICKER.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ticker {
    /// For a forked child, which has no ticker thread. No engine is watched until its next call. Returns the
    /// engines that were watched, for the caller to drop once this is unlocked.
    pub(crate) fn begin_in_child(&mut self) -> Vec<Arc<Engine>> {
        HAS_THREAD.store(false, Ordering::Relaxed);
        // The parent's recordings: their stores may be in use by threads that the child doesn't have.
        self.profiled.clear();
        let watched: Vec<_> =
            self.watched.drain(..).filter_map(|engine| engine.upgrade()).collect();
        watched.iter().for_each(|engine| engine.unwatch());
        watched
    }

    /// Ticks the engines whose time has come. Returns them, for the caller to drop once this is unlocked:
    /// dropping the last reference to an engine delays forks, which a thread with this lock must not do.
    fn tick(&mut self) -> Vec<Arc<Engine>> {
        let time = now();
        let mut ticked = Vec::new();
        while let Some(first) = self.deadlines.first_entry()
            && first.key().0 <= time
        {
            if let Some(engine) = first.remove().upgrade() {
                engine.tick();
                repeat_in(self, &engine);
                ticked.push(engine);
            }
        }
        self.repeated.retain_mut(|(at, after, engine)| {
            if *at > time {
                return true;
            }
            let Some(engine) = engine.upgrade() else { return false };
            engine.tick();
            ticked.push(engine);
            *after *= 2;
            *at = time + *after;
            *after <= LAST_REPEAT
        });
        self.profiled.retain_mut(|(at, interval, counter, engine)| {
            let (Some(counter), Some(engine)) = (counter.upgrade(), engine.upgrade()) else {
                return false;
            };
            if *at <= time {
                // As many intervals as have passed: the thread may have been late.
                let passed = (time - *at) / *interval + 1;
                *at += passed * *interval;
                counter.fetch_add(passed, Ordering::Relaxed);
                engine.tick();
            }
            ticked.push(engine);
            true
        });
        if !self.watched.is_empty() && self.next <= time {
            self.watched.retain(|engine| {
                let Some(engine) = engine.upgrade() else { return false };
                let goes_on = engine.tick_watched();
                ticked.push(engine);
                goes_on
            });
            self.next = time + INTERVAL;
        }
        ticked
    }

    /// Wakes the thread if it would sleep beyond the time `at`. Deadlines that are gone don't wake it: short calls
    /// with long time limits, one after the other, leave it asleep.
    fn wake_by(&mut self, at: u64) {
        if at < self.sleeps_until {
            self.sleeps_until = at;
            CHANGED.notify_one();
        }
    }

    /// The time of the next tick.
    fn next(&self) -> Option<u64> {
        let deadline = self.deadlines.first_key_value().map(|((at, _), _)| *at);
        let watched = (!self.watched.is_empty()).then_some(self.next);
        let repeated = self.repeated.iter().map(|(at, ..)| *at);
        let profiled = self.profiled.iter().map(|(at, ..)| *at);
        deadline.into_iter().chain(watched).chain(repeated).chain(profiled).min()
    }
}

/// Moves the deadline of `key` from the time `from` to the time `to`, by the clock of [`now`]. `engine` is
/// ticked at the deadline.
pub(crate) fn move_deadline(
    key: u64,
    from: Option<u64>,
    to: Option<u64>,
    engine: &Arc<Engine>,
) -> Result<()> {
    let mut ticker = ticker();
    if let Some(to) = to {
        start(&ticker)?;
        ticker.deadlines.insert((to, key), Arc::downgrade(engine));
        ticker.wake_by(to);
    }
    if let Some(from) = from
        && Some(from) != to
    {
        ticker.deadlines.remove(&(from, key));
    }
    Ok(())
}

/// Starts the thread if it isn't started yet.
pub(crate) fn ensure() -> Result<()> {
    if HAS_THREAD.load(Ordering::Relaxed) {
        return Ok(());
    }
    start(&ticker())
}

/// Ticks `engine` at regular intervals while its calls run.
#[cold]
pub(crate) fn watch(engine: &Arc<Engine>) -> bool {
    let mut ticker = ticker();
    // Without the thread, calls run unwatched: a call doesn't fail for that.
    if start(&ticker).is_err() {
        return false;
    }
    if ticker.watched.is_empty() {
        ticker.next = now() + INTERVAL;
    }
    ticker.watched.push(Arc::downgrade(engine));
    let next = ticker.next;
    ticker.wake_by(next);
    true
}

/// Ticks `engine` some more times in the next two seconds.
///
/// When a tick makes wasm check whether it must end, Wasmtime sets the store's next check to the tick after
/// the one that is current once the check is done. A request that is made, and ticked, after the check read
/// the requests and before it is done would not be seen. A later tick makes it seen, if the thread isn't
/// suspended in the check for longer than the ticks are repeated.
pub(crate) fn repeat(engine: &Arc<Engine>) {
    let mut ticker = ticker();
    if start(&ticker).is_err() {
        return;
    }
    repeat_in(&mut ticker, engine);
    ticker.wake_by(now() + FIRST_REPEAT);
}

fn repeat_in(ticker: &mut Ticker, engine: &Arc<Engine>) {
    let again = (now() + FIRST_REPEAT, FIRST_REPEAT);
    let known = |known: &&mut (u64, u64, Weak<Engine>)| ptr::eq(known.2.as_ptr(), &**engine);
    match ticker.repeated.iter_mut().find(known) {
        Some(known) => (known.0, known.1) = again,
        None => ticker.repeated.push((again.0, again.1, Arc::downgrade(engine))),
    }
}

/// Ticks `engine` at an interval and counts the ticks, until `counter` is dropped.
pub(crate) fn count(engine: &Arc<Engine>, interval: u64, counter: &Arc<AtomicU64>) -> Result<()> {
    let mut ticker = ticker();
    start(&ticker)?;
    let first = now().saturating_add(interval);
    // Those that ended would stay until the thread wakes, which a long interval may put off for ever.
    ticker.profiled.retain(|(_, _, counter, _)| counter.strong_count() > 0);
    ticker.profiled.push((first, interval, Arc::downgrade(counter), Arc::downgrade(engine)));
    ticker.wake_by(first);
    Ok(())
}

/// Starts the thread once: the lock keeps others from doing so.
fn start(_lock: &MutexGuard<'_, Ticker>) -> Result<()> {
    if !HAS_THREAD.load(Ordering::Relaxed) {
        without_signals(|| {
            let builder = std::thread::Builder::new().name("safewasm-ticker".to_owned());
            builder.stack_size(128 << 10).spawn(run)
        })
        .map_err(|error| {
            let why = format!("the thread for deadlines and interrupts can't be started: {error}");
            Error::new(ErrorKind::LIMIT, why)
        })?;
        HAS_THREAD.store(true, Ordering::Relaxed);
    }
    Ok(())
}

fn run() {
    let mut ticker = ticker();
    loop {
        let ticked = ticker.tick();
        if !ticked.is_empty() {
            drop(ticker);
            drop(ticked);
            ticker = self::ticker();
        }
        ticker.sleeps_until = ticker.next().unwrap_or(NEVER);
        ticker = if ticker.sleeps_until == NEVER {
            CHANGED.wait(ticker).unwrap_or_else(PoisonError::into_inner)
        } else {
            let wait = Duration::from_nanos(ticker.sleeps_until.saturating_sub(now()).max(1));
            CHANGED.wait_timeout(ticker, wait).unwrap_or_else(PoisonError::into_inner).0
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::settings::Settings;

    #[test]
    fn recordings_that_have_ended_leave_nothing_behind() {
        let engine = Engine::new(Settings::default()).unwrap();
        for _ in 0..100 {
            count(&engine, u64::MAX, &Arc::new(AtomicU64::new(0))).unwrap();
        }
        // Other tests may record at the same time.
        assert!(ticker().profiled.len() < 50);
    }
}
