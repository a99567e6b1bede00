//! Threads that wait inside a call of wasm, in a WASI function. A tick of their engine wakes those whose call may
//! have to end, so that they check it.

use super::Engine;
use crate::process::clock::{NEVER, now};
use crate::process::thread::is_main;
use std::sync::atomic::{self, AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::thread::{self, Thread};
use std::time::Duration;

/// A thread that waits.
pub(crate) struct Parker {
    thread: Thread,
    woken: AtomicBool,
}

/// The requests to end a call that waits.
pub(crate) trait Requests: Send + Sync {
    /// Whether the call may have to end, as far as any thread can tell.
    fn may_end(&self) -> bool;
}

/// A thread that waits inside a call.
pub(crate) struct Waiter {
    /// The address of its engine.
    engine: usize,
    /// Whether it must check the interrupt flag of the hooks, which concerns the main thread only.
    has_flag: bool,
    requests: Arc<dyn Requests>,
    parker: Arc<Parker>,
}

/// The threads that wait inside calls.
pub(crate) type Parked = Vec<Waiter>;

static PARKED: Mutex<Parked> = Mutex::new(Vec::new());

/// How many threads wait.
static LEN: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn parked() -> MutexGuard<'static, Parked> {
    PARKED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Parker {
    pub(crate) fn of_this_thread() -> Arc<Self> {
        Arc::new(Self { thread: thread::current(), woken: AtomicBool::new(false) })
    }

    /// Waits until something wakes the thread, or until the time `at`, by the clock of [`now`].
    pub(crate) fn wait(&self, at: u64) {
        while !self.woken.swap(false, Ordering::Acquire) {
            if at == NEVER {
                thread::park();
                continue;
            }
            match at.checked_sub(now()) {
                None | Some(0) => return,
                Some(left) => thread::park_timeout(Duration::from_nanos(left)),
            }
        }
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// While it lives, the ticks of an engine wake a thread if its call may have to end.
pub(crate) struct WakenByTicks<'a>(&'a Arc<Parker>);

impl<'a> WakenByTicks<'a> {
    pub(crate) fn begin(
        engine: &Engine,
        requests: Arc<dyn Requests>,
        parker: &'a Arc<Parker>,
    ) -> Self {
        let (has_flag, engine) = (engine.has_flag && is_main(), key(engine));
        let mut parked = parked();
        parked.push(Waiter { engine, has_flag, requests, parker: Arc::clone(parker) });
        LEN.store(parked.len(), Ordering::SeqCst);
        drop(parked);
        // What was requested before a tick that didn't see this thread, the thread sees from here on.
        atomic::fence(Ordering::SeqCst);
        Self(parker)
    }
}

impl Drop for WakenByTicks<'_> {
    fn drop(&mut self) {
        let mut parked = parked();
        let index = parked.iter().position(|waiter| Arc::ptr_eq(&waiter.parker, self.0));
        let removed = index.map(|index| parked.swap_remove(index));
        LEN.store(parked.len(), Ordering::SeqCst);
        drop(parked);
        drop(removed);
    }
}

/// Wakes the threads that wait in calls of the engine's stores, if these may have to end. A fence comes before it.
#[inline]
pub(super) fn wake(engine: &Engine) {
    if LEN.load(Ordering::Relaxed) != 0 {
        wake_parked(engine);
    }
}

#[cold]
fn wake_parked(engine: &Engine) {
    for waiter in parked().iter().filter(|waiter| waiter.engine == key(engine)) {
        if waiter.has_flag || waiter.requests.may_end() {
            waiter.parker.wake_by_ref();
        }
    }
}

fn key(engine: &Engine) -> usize {
    std::ptr::from_ref(engine).addr()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::settings::Settings;

    struct Ends(bool);

    impl Requests for Ends {
        fn may_end(&self) -> bool {
            self.0
        }
    }

    #[test]
    fn a_tick_wakes_only_the_threads_whose_call_may_have_to_end() {
        let engines = [0, 1].map(|_| Engine::new(Settings::default()).unwrap());
        let waits = [(0, true), (0, false), (1, true)];
        let parkers = waits.map(|_| Parker::of_this_thread());
        let _waiting: Vec<_> = waits
            .into_iter()
            .zip(&parkers)
            .map(|((of, ends), parker)| {
                WakenByTicks::begin(&engines[of], Arc::new(Ends(ends)), parker)
            })
            .collect();
        engines[0].tick();
        let woken = parkers.each_ref().map(|parker| parker.woken.load(Ordering::Relaxed));
        assert_eq!(woken, [true, false, false]);
    }
}
