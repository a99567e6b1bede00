//! What ends a call of wasm from outside: a deadline, an interrupt, an epoch that the program counts.
//!
//! All of it rests on Wasmtime's epoch, one counter per engine that compiled code looks at. A store's
//! deadline there is always the next tick; then the store's callback looks at what is meant for the
//! store, and lets it go on if nothing is. So a tick for one store never ends another's call.

use crate::engine::{Engine, ticker};
use crate::error::hostfailure::HostFailure;
use crate::error::{Companion, Error, Result};
use crate::handle::Handle;
use crate::process::clock::{NEVER, now};
use crate::process::forks::ObjectLock;
use crate::store::data::StoreData;
use crate::store::timeout::{Resumed, Timeout};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{self, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use wasmtime::UpdateDeadline;

/// A bit of [`Control::pending`]: calls that run are to end.
const INTERRUPTED: u32 = 1;

/// A bit of [`Control::pending`]: a call that waits for its turn is to end.
const WAITER_INTERRUPTED: u32 = 2;

/// A bit of [`Control::pending`]: there are time limits to look at.
pub(crate) const LIMITED: u32 = 4;

/// A bit of [`Control::pending`]: the store was deleted.
const DELETED: u32 = 8;

/// A bit of [`Control::pending`]: in a forked child, the clock that ends calls has to start.
const FORKED: u32 = 16;

/// What is meant for one store, and may be set from any thread.
pub(crate) struct Control {
    pub(crate) engine: Arc<Engine>,
    store: Handle,
    /// What a call has to look at when it begins.
    pending: AtomicU32,
    /// By the clock of [`now`].
    deadline: AtomicU64,
    /// By the epoch that the program counts.
    pub(crate) epoch: AtomicU64,
    pub(crate) timeouts: ObjectLock<Vec<Timeout>>,
    /// When the first of the time limits ends whose clocks run.
    pub(crate) next_end: AtomicU64,
    waiters: ObjectLock<Vec<Waiter>>,
    /// The tick of the engine's after which the store last looked and found nothing.
    seen: AtomicU64,
}

/// A call that was refused because another task's call must return first, and that is to be made again.
struct Waiter {
    id: u64,
    task: usize,
    interrupted: bool,
}

/// Has a [`Waiter`] wait for as long as it lives, which is as long as the error of the refused call.
pub(crate) struct Waiting {
    control: Arc<Control>,
    id: u64,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.control.change_waiters(|waiters| waiters.retain(|waiter| waiter.id != self.id));
    }
}

impl Companion for Waiting {}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The controls of the living stores whose engine has epoch interruption.
static CONTROLS: LazyLock<Mutex<Controls>> = LazyLock::new(Mutex::default);

pub(crate) type Controls = HashMap<u64, Arc<Control>>;

pub(crate) fn controls() -> MutexGuard<'static, Controls> {
    CONTROLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// In a forked child, where nobody looks at the clock yet.
pub(crate) fn begin_in_child(controls: &Controls) {
    for control in controls.values() {
        let ends = [&control.deadline, &control.next_end];
        if ends.into_iter().any(|end| end.load(Ordering::Relaxed) != NEVER) {
            control.set_pending(FORKED, true);
        }
    }
}

impl Control {
    /// Gives `store`, of that `engine`, a control.
    pub(crate) fn of(
        engine: &Arc<Engine>,
        handle: Handle,
        store: &mut wasmtime::Store<StoreData>,
    ) -> Arc<Self> {
        let control = Arc::new(Self {
            engine: Arc::clone(engine),
            store: handle,
            pending: AtomicU32::new(0),
            deadline: AtomicU64::new(NEVER),
            epoch: AtomicU64::new(NEVER),
            timeouts: ObjectLock::default(),
            next_end: AtomicU64::new(NEVER),
            waiters: ObjectLock::default(),
            seen: AtomicU64::new(engine.ticks()),
        });
        controls().insert(handle.bits(), Arc::clone(&control));
        store.set_epoch_deadline(1);
        let looked_at = Arc::clone(&control);
        store.epoch_deadline_callback(move |_| looked_at.look());
        control
    }

    /// The control of `store` is no longer to be found.
    pub(crate) fn forget(store: Handle) {
        let Some(control) = controls().remove(&store.bits()) else { return };
        // Nothing is added, so this can't fail.
        let _ = control.move_deadline(NEVER);
        control.forget_timeouts();
    }

    /// Sets the deadline, and has the ticker tick then.
    pub(crate) fn move_deadline(&self, to: u64) -> Result<()> {
        // Before the tick, which the wasm that runs answers by looking.
        let from = self.deadline.swap(to, Ordering::SeqCst);
        let some = |time| (time != NEVER).then_some(time);
        let moved = ticker::move_deadline(self.store.bits(), some(from), some(to), &self.engine);
        if moved.is_err() {
            self.deadline.store(from, Ordering::SeqCst);
        } else if to <= now() {
            // For a call that begins before the ticker comes to it.
            self.engine.tick();
        }
        moved
    }

    pub(crate) fn set_pending(&self, what: u32, on: bool) {
        if on {
            self.pending.fetch_or(what, Ordering::SeqCst);
        } else {
            self.pending.fetch_and(!what, Ordering::SeqCst);
        }
    }

    /// Whether a call that begins has to begin.
    #[inline(always)]
    pub(crate) fn is_pending(&self) -> bool {
        self.pending.load(Ordering::Relaxed) != 0
    }

    /// Before a call, which may be the outermost in its store: starts the clocks of its time limits, for as
    /// long as what this gives lives if they are to stop again. Refuses a call that waited for its turn and
    /// was interrupted meanwhile.
    #[cold]
    pub(crate) fn begin_call(&self, is_outermost: bool) -> Result<Resumed<'_>> {
        if self.pending.load(Ordering::Relaxed) & FORKED != 0 {
            ticker::ensure()?;
            self.set_pending(FORKED, false);
        }
        let task = self.engine.task();
        self.change_waiters(|waiters| {
            let interrupted =
                waiters.iter().position(|waiter| waiter.interrupted && waiter.task == task);
            if let Some(index) = interrupted {
                waiters.swap_remove(index);
                return Err(Error::interrupt(&format!("{INTERRUPTED_BY} {WHILE_WAITING}")));
            }
            // An interrupt is for calls that run, and for those that wait.
            if is_outermost {
                self.set_pending(INTERRUPTED, false);
            }
            Ok(())
        })?;
        self.start_timeouts(task)
    }

    fn change_waiters<R>(&self, change: impl FnOnce(&mut Vec<Waiter>) -> R) -> R {
        let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut waiters);
        self.set_pending(WAITER_INTERRUPTED, waiters.iter().any(|waiter| waiter.interrupted));
        result
    }

    /// The error of a call that `error` refused because another task's call must return first: it waits, or
    /// its time is over.
    #[cold]
    pub(crate) fn refused(self: &Arc<Self>, error: Error) -> Error {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let task = self.engine.task();
        if let Some(late) = self.is_late(task) {
            return Error::interrupt(&format!("{late} {WHILE_WAITING}"));
        }
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        self.change_waiters(|waiters| waiters.push(Waiter { id, task, interrupted: false }));
        error.with_companion(Waiting { control: Arc::clone(self), id })
    }

    /// Why calls of `task` are to end now, if their time is over.
    fn is_late(&self, task: usize) -> Option<&'static str> {
        if self.deadline.load(Ordering::Relaxed) <= now() {
            Some("the store's deadline has passed")
        } else if self.is_out_of_time(task) {
            Some("the time limit of the call has passed")
        } else {
            None
        }
    }

    /// Ends the calls that run, and those that wait for their turn.
    pub(crate) fn interrupt(&self) {
        self.change_waiters(|waiters| {
            waiters.iter_mut().for_each(|waiter| waiter.interrupted = true);
            self.set_pending(INTERRUPTED, true);
        });
        self.engine.tick();
        ticker::repeat(&self.engine);
    }

    /// Ends what still runs in a store that was deleted.
    pub(crate) fn end_deleted(store: Handle) {
        // Where nothing ran in it, its control is gone.
        if let Some(control) = control_of(store) {
            control.set_pending(DELETED, true);
            control.engine.tick();
            ticker::repeat(&control.engine);
        }
    }

    /// Whether the engine has ticked since the store last looked and found nothing.
    #[inline(always)]
    pub(crate) fn has_to_look(&self) -> bool {
        self.seen.load(Ordering::Relaxed) != self.engine.ticks()
    }

    /// Ends the call with an error if it is to end. Wasm looks by itself where a function or a loop begins, and
    /// has this looked where a host function returns, after which there may be neither.
    #[cold]
    pub(crate) fn look_after_host(&self) -> wasmtime::Result<()> {
        self.look().map(|_| ())
    }

    fn look(&self) -> wasmtime::Result<UpdateDeadline> {
        let hooks = self.engine.hooks();
        self.engine.note_use();
        let ticks = self.engine.ticks();
        // What was set before the tick that led here is seen.
        atomic::fence(Ordering::SeqCst);
        let pending = self.pending.load(Ordering::Relaxed);
        let why = if pending & DELETED != 0 {
            "the store was deleted while the call ran"
        } else if pending & INTERRUPTED != 0 {
            INTERRUPTED_BY
        } else if let Some(late) = self.is_late(self.engine.task()) {
            late
        } else if self.epoch.load(Ordering::Relaxed) <= self.engine.epoch() {
            "the engine's epoch has reached the store's epoch deadline"
        } else if hooks.is_some_and(|hooks| hooks.is_interrupted()) {
            "the program was interrupted"
        } else {
            self.seen.store(ticks, Ordering::Relaxed);
            return Ok(UpdateDeadline::Continue(1));
        };
        // A call further out may go on with a host function's end.
        self.seen.store(NEVER, Ordering::Relaxed);
        Err(wasmtime::Error::new(HostFailure::interrupt(why)))
    }
}

const INTERRUPTED_BY: &str = "the call was interrupted by `safewasm_store_interrupt`";

const WHILE_WAITING: &str = "while it waited for its turn: another task's call of wasm is suspended in a host \
     function on this thread";

/// The control of a store, if its engine has epoch interruption.
pub(crate) fn control_of(store: Handle) -> Option<Arc<Control>> {
    controls().get(&store.bits()).cloned()
}
