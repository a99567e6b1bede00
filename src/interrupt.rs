//! What ends a call of wasm from outside: a deadline, an interrupt, an epoch that the program counts.
//!
//! All of it rests on Wasmtime's epoch, one counter per engine that compiled code looks at. A store's
//! deadline there is always the next tick; then the store's callback looks at what is meant for the
//! store, and lets it go on if nothing is. So a tick for one store never ends another's call.

use crate::boundary::{Out, boundary};
use crate::engine::{Engine, safewasm_engine_t};
use crate::error::{Error, ErrorKind, HostFailure, Result, safewasm_error_t};
use crate::handle::Handle;
use crate::registry::{self, SharedHandle};
use crate::store::{StoreData, safewasm_store_t};
use crate::ticker;
use std::collections::HashMap;
use std::sync::atomic::{self, AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use wasmtime::UpdateDeadline;

/// In place of a time or epoch: there is none.
const NEVER: u64 = u64::MAX;

/// What is meant for one store, and may be set from any thread.
pub(crate) struct Control {
    engine: Arc<Engine>,
    store: Handle,
    interrupted: AtomicBool,
    /// By the clock of [`now`].
    deadline: AtomicU64,
    /// By the epoch that the program counts.
    epoch: AtomicU64,
}

/// The controls of the living stores whose engine has epoch interruption.
static CONTROLS: LazyLock<Mutex<HashMap<u64, Arc<Control>>>> = LazyLock::new(Mutex::default);

fn controls() -> MutexGuard<'static, HashMap<u64, Arc<Control>>> {
    CONTROLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nanoseconds since the library was first asked.
pub(crate) fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_nanos() as u64
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
            interrupted: AtomicBool::new(false),
            deadline: AtomicU64::new(NEVER),
            epoch: AtomicU64::new(NEVER),
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
    }

    /// Sets the deadline, and has the ticker tick then.
    fn move_deadline(&self, to: u64) -> Result<()> {
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

    /// Before a call that is the outermost in its store: an interrupt is for calls that run.
    #[inline(always)]
    pub(crate) fn begin_call(&self) {
        if self.interrupted.load(Ordering::Relaxed) {
            self.interrupted.store(false, Ordering::Relaxed);
        }
    }

    fn look(&self) -> wasmtime::Result<UpdateDeadline> {
        let hooks = self.engine.hooks();
        self.engine.note_use();
        // What was set before the tick that led here is seen.
        atomic::fence(Ordering::SeqCst);
        let why = if self.interrupted.load(Ordering::Relaxed) {
            "the call was interrupted by `safewasm_store_interrupt`"
        } else if self.deadline.load(Ordering::Relaxed) <= now() {
            "the store's deadline has passed"
        } else if self.epoch.load(Ordering::Relaxed) <= self.engine.epoch() {
            "the engine's epoch has reached the store's epoch deadline"
        } else if hooks.is_some_and(|hooks| hooks.is_interrupted()) {
            "the program was interrupted"
        } else {
            return Ok(UpdateDeadline::Continue(1));
        };
        Err(wasmtime::Error::new(HostFailure::interrupt(why)))
    }
}

/// The control of a store that the argument `store` means, which isn't entered.
fn control(store: *mut safewasm_store_t) -> Result<Arc<Control>> {
    let handle = registry::check_store(store, "store")?;
    let found = controls().get(&handle.bits()).cloned();
    // The store may have been deleted meanwhile.
    registry::check_store(store, "store")?;
    found.ok_or_else(|| {
        Error::new(
            ErrorKind::UNSUPPORTED,
            "calls in `store` can't be interrupted: its engine was made without epoch \
             interruption; see `safewasm_config_set_epoch_interruption`",
        )
    })
}

/// Ends the call that runs in `store` with the trap `SAFEWASM_TRAP_INTERRUPT`, as soon as wasm
/// reaches a loop or a function's begin. A host function that runs is not interrupted; wasm is once
/// it returns there. If no call runs, this does nothing. The store can be used on.
///
/// May be called from any thread, also while another is in the store.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
/// interruption.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_interrupt(store: *mut safewasm_store_t) -> *mut safewasm_error_t {
    boundary((), || {
        let control = control(store)?;
        control.interrupted.store(true, Ordering::SeqCst);
        control.engine.tick();
        ticker::repeat(&control.engine);
        Ok(())
    })
}

/// Sets a time after which calls in `store` end with the trap `SAFEWASM_TRAP_INTERRUPT`:
/// `nanoseconds` from now, which takes the place of an earlier one. `UINT64_MAX` means none, as at
/// the start. It holds for the calls that run and for later ones, until it is set anew. A host
/// function that runs is not interrupted; wasm is once it returns there.
///
/// May be called from any thread, also while another is in the store.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
/// interruption; limit if the system has no thread left for the clock.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_deadline(
    store: *mut safewasm_store_t,
    nanoseconds: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        let control = control(store)?;
        control.move_deadline(now().saturating_add(nanoseconds))
    })
}

/// Sets the epoch deadline of `store`: calls end with the trap `SAFEWASM_TRAP_INTERRUPT` once
/// `safewasm_engine_increment_epoch` was called `ticks` more times. `UINT64_MAX` means never, as at
/// the start.
///
/// May be called from any thread, also while another is in the store.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
/// interruption.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_epoch_deadline(
    store: *mut safewasm_store_t,
    ticks: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        let control = control(store)?;
        control.epoch.store(control.engine.epoch().saturating_add(ticks), Ordering::SeqCst);
        control.engine.tick();
        Ok(())
    })
}

/// Counts the engine's epoch on by one. Calls end in those of its stores whose epoch deadline is
/// reached; see `safewasm_store_set_epoch_deadline`.
///
/// On success `*epoch_out` is the new epoch; on failure it is 0. `epoch_out` may be NULL. May be
/// called from any thread.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
/// interruption.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_engine_increment_epoch(
    engine: *mut safewasm_engine_t,
    epoch_out: *mut u64,
) -> *mut safewasm_error_t {
    let mut unwanted = 0;
    let epoch_out = if epoch_out.is_null() { &raw mut unwanted } else { epoch_out };
    boundary(Out("epoch_out", epoch_out), || engine.get("engine")?.increment_epoch())
}
