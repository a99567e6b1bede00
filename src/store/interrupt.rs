//! Ending calls of wasm from outside: by a deadline, an interrupt, or an epoch that the program counts.
//!
//! All of these use Wasmtime's epoch, a counter of the engine that compiled code reads. The epoch deadline of
//! a store is always the next tick. At a tick the store's callback checks whether the call must end, and if
//! not lets it continue. So a tick for one store never ends a call in another.

#[cfg(feature = "wasi")]
use crate::engine::parked::Requests;
use crate::engine::{Engine, ticker};
use crate::error::hostfailure::HostFailure;
use crate::error::{Companion, Error, Result};
use crate::handle::Handle;
use crate::process::clock::{NEVER, now};
use crate::process::forks::ObjectLock;
use crate::store::data::StoreData;
use crate::store::recorder;
use crate::store::timeout::{ResumedClocks, Timeout};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{self, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use wasmtime::UpdateDeadline;

/// A bit of [`Control::pending`]: calls that run must end.
const INTERRUPTED: u32 = 1;

/// A bit of [`Control::pending`]: a call that waits for its turn must end.
const WAITER_INTERRUPTED: u32 = 2;

/// A bit of [`Control::pending`]: each call must check the time limits when it begins.
pub(crate) const LIMITED: u32 = 4;

/// A bit of [`Control::pending`]: the store was deleted.
const DELETED: u32 = 8;

/// A bit of [`Control::pending`]: in a forked child, the ticker must start before the next call.
const FORKED: u32 = 16;

/// A bit of [`Control::pending`]: the process that the store belongs to was killed.
const KILLED: u32 = 32;

/// A bit of [`Control::pending`]: a profile is recorded.
pub(crate) const PROFILED: u32 = 64;

/// The requests to end calls in one store. Any thread may make them.
pub(crate) struct Control {
    pub(crate) engine: Arc<Engine>,
    /// The bits of the store's first handle: the key of its deadline.
    key: u64,
    /// Bits for what a call must check when it begins.
    pending: AtomicU32,
    /// The store's deadline, by the clock of [`now`].
    deadline: AtomicU64,
    /// The store's epoch deadline, by the epoch that the program counts.
    pub(crate) epoch: AtomicU64,
    pub(crate) timeouts: ObjectLock<Vec<Timeout>>,
    /// The earliest end of a time limit whose clock runs.
    pub(crate) next_end: AtomicU64,
    waiters: ObjectLock<Vec<Waiter>>,
    /// The engine's tick at which the store last checked and found no reason to end.
    seen: AtomicU64,
}

/// A call that waits for its turn: it was refused because another task's call must return first, and the
/// program will make it again.
struct Waiter {
    id: u64,
    task: usize,
    interrupted: bool,
}

/// Keeps a [`Waiter`] for as long as the error of the refused call lives.
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

/// For a forked child, which has no ticker thread yet.
pub(crate) fn begin_in_child(controls: &Controls) {
    for control in controls.values() {
        let ends = [&control.deadline, &control.next_end];
        if ends.into_iter().any(|end| end.load(Ordering::Relaxed) != NEVER) {
            control.set_pending(FORKED, true);
        }
    }
}

impl Control {
    /// Makes the control of `store`, a store of `engine`.
    pub(crate) fn of(
        engine: &Arc<Engine>,
        handle: Handle,
        store: &mut wasmtime::Store<StoreData>,
    ) -> Arc<Self> {
        let control = Arc::new(Self {
            engine: Arc::clone(engine),
            key: handle.bits(),
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
        let callback = Arc::clone(&control);
        store.epoch_deadline_callback(move |context| {
            recorder::sample(context, false);
            callback.check()
        });
        control
    }

    /// Moves the control of a store that has moved in the handle table. Its time limits are for all tasks from
    /// now on: the store's new thread belongs to no task.
    pub(crate) fn rename(from: Handle, to: Handle) {
        let mut controls = controls();
        let Some(control) = controls.remove(&from.bits()) else { return };
        controls.insert(to.bits(), Arc::clone(&control));
        drop(controls);
        control.limit_all_tasks();
    }

    /// Removes the control of a store that is freed.
    pub(crate) fn forget(store: Handle) {
        let Some(control) = controls().remove(&store.bits()) else { return };
        // Nothing is added, so this can't fail.
        let _ = control.move_deadline(NEVER);
        control.forget_timeouts();
    }

    /// Sets the deadline, and makes the ticker tick at that time.
    pub(crate) fn move_deadline(&self, to: u64) -> Result<()> {
        // Before the tick, at which running wasm checks the deadline.
        let from = self.deadline.swap(to, Ordering::SeqCst);
        let some = |time| (time != NEVER).then_some(time);
        let moved = ticker::move_deadline(self.key, some(from), some(to), &self.engine);
        if moved.is_err() {
            self.deadline.store(from, Ordering::SeqCst);
        } else if to <= now() {
            // A call may begin before the ticker has ticked.
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

    /// Whether a call must call [`Self::begin_call`] when it begins.
    #[inline(always)]
    pub(crate) fn is_pending(&self) -> bool {
        self.pending.load(Ordering::Relaxed) != 0
    }

    /// For a call that begins: starts the clocks of its time limits. Clocks that were paused are paused again
    /// when the returned guard is dropped. Refuses a call that was interrupted while it waited for its turn.
    #[cold]
    pub(crate) fn begin_call(&self, is_outermost: bool) -> Result<ResumedClocks<'_>> {
        if self.pending.load(Ordering::Relaxed) & FORKED != 0 {
            ticker::ensure()?;
            self.set_pending(FORKED, false);
        }
        if self.pending.load(Ordering::Relaxed) & KILLED != 0 {
            return Err(Error::interrupt(WAS_KILLED));
        }
        let task = self.engine.task();
        self.change_waiters(|waiters| {
            let interrupted =
                waiters.iter().position(|waiter| waiter.interrupted && waiter.task == task);
            if let Some(index) = interrupted {
                waiters.swap_remove(index);
                return Err(Error::interrupt(&format!("{INTERRUPTED_BY} {WHILE_WAITING}")));
            }
            // An interrupt doesn't end calls that begin later.
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

    /// The error of a call that `error` refused because another task's call must return first. If its time is
    /// over that is the error, else the call waits for its turn.
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

    /// Why calls of `task` must end now, if their time is over.
    fn is_late(&self, task: usize) -> Option<&'static str> {
        if self.deadline.load(Ordering::Relaxed) <= now() {
            Some("the store's deadline has passed")
        } else if self.is_out_of_time(task) {
            Some("the time limit of the call has passed")
        } else {
            None
        }
    }

    /// Ends the calls that run and the calls that wait for their turn.
    pub(crate) fn interrupt(&self) {
        self.change_waiters(|waiters| {
            waiters.iter_mut().for_each(|waiter| waiter.interrupted = true);
            self.set_pending(INTERRUPTED, true);
        });
        self.engine.tick();
        ticker::repeat(&self.engine);
    }

    /// Ends the call that runs, and each later one: those of a process that is killed.
    pub(crate) fn kill(&self) {
        self.set_pending(KILLED, true);
        self.engine.tick();
        ticker::repeat(&self.engine);
    }

    /// Ends the calls that still run in a store that was deleted.
    pub(crate) fn end_deleted(store: Handle) {
        // If no call ran, the store was freed, and its control is gone.
        if let Some(control) = control_of(store) {
            control.set_pending(DELETED, true);
            control.engine.tick();
            ticker::repeat(&control.engine);
        }
    }

    /// Whether the engine has ticked since the store last checked and found no reason to end.
    #[inline(always)]
    pub(crate) fn must_check(&self) -> bool {
        self.seen.load(Ordering::Relaxed) != self.engine.ticks()
    }

    /// An error if the call must end. Compiled code checks this itself at the start of each function and loop.
    /// This is the check when a host function returns, after which wasm may reach neither, and of a thread that
    /// waits in a WASI function.
    #[cold]
    pub(crate) fn check_after_host(&self) -> wasmtime::Result<()> {
        self.check().map(|_| ())
    }

    fn check(&self) -> wasmtime::Result<UpdateDeadline> {
        let hooks = self.engine.hooks();
        self.engine.note_use();
        let ticks = self.engine.ticks();
        // Everything that was written before the tick is seen from here on.
        atomic::fence(Ordering::SeqCst);
        let pending = self.pending.load(Ordering::Relaxed);
        let why = if pending & KILLED != 0 {
            WAS_KILLED
        } else if pending & DELETED != 0 {
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
        // An outer call must check too when its host function returns.
        self.seen.store(NEVER, Ordering::Relaxed);
        Err(wasmtime::Error::new(HostFailure::interrupt(why)))
    }
}

#[cfg(feature = "wasi")]
impl Requests for Control {
    fn may_end(&self) -> bool {
        let time = now();
        self.pending.load(Ordering::Relaxed) & (KILLED | DELETED | INTERRUPTED) != 0
            || self.deadline.load(Ordering::Relaxed) <= time
            || self.next_end.load(Ordering::Relaxed) <= time
            || self.epoch.load(Ordering::Relaxed) <= self.engine.epoch()
    }
}

const WAS_KILLED: &str = "the process was killed";

const INTERRUPTED_BY: &str = "the call was interrupted by `safewasm_store_interrupt`";

const WHILE_WAITING: &str = "while it waited for its turn: another task's call of wasm is suspended in a host \
     function on this thread";

/// The control of a store, if its engine has epoch interruption.
pub(crate) fn control_of(store: Handle) -> Option<Arc<Control>> {
    controls().get(&store.bits()).cloned()
}
