//! Threads that wait inside a call of wasm, in a WASI function. A tick of their engine wakes them, so that they
//! check whether the call must end.

use super::Engine;
use crate::process::clock::{NEVER, now};
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

/// The threads that wait, each with the address of its engine.
pub(crate) type Parked = Vec<(usize, Arc<Parker>)>;

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

/// While it lives, the ticks of an engine wake a thread.
pub(crate) struct WakenByTicks<'a>(&'a Arc<Parker>);

impl<'a> WakenByTicks<'a> {
    pub(crate) fn begin(engine: &Engine, parker: &'a Arc<Parker>) -> Self {
        let mut parked = parked();
        parked.push((key(engine), Arc::clone(parker)));
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
        if let Some(index) = parked.iter().position(|(_, parker)| Arc::ptr_eq(parker, self.0)) {
            parked.swap_remove(index);
        }
        LEN.store(parked.len(), Ordering::SeqCst);
    }
}

/// Wakes the threads that wait in calls of the engine's stores. A fence comes before it.
#[inline]
pub(super) fn wake(engine: &Engine) {
    if LEN.load(Ordering::Relaxed) != 0 {
        let of_engine = |(of, _): &&(usize, _)| *of == key(engine);
        parked().iter().filter(of_engine).for_each(|(_, parker)| parker.wake_by_ref());
    }
}

fn key(engine: &Engine) -> usize {
    std::ptr::from_ref(engine).addr()
}
