//! Ending calls: interrupts, deadlines, time limits.

pub use crate::store::timeout::safewasm_timeout_scope_t;

use crate::abi::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_engine_t, safewasm_error_t, safewasm_store_t};
use crate::process::clock::now;
use crate::registry::{self, SharedHandle};
use crate::store::interrupt::{Control, control_of};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The control of a store that the argument `store` means, which isn't entered.
pub(crate) fn control(store: *mut safewasm_store_t) -> Result<Arc<Control>> {
    let handle = registry::check_store(store, "store")?;
    let found = control_of(handle);
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
/// A call that was refused with `SAFEWASM_ERROR_TASK` waits for its turn until that error is deleted. If the
/// store is interrupted meanwhile, the next call of the same task in the store ends with the trap. So a
/// program that waits and calls again deletes the error after that.
///
/// May be called from any thread, also while another is in the store.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
/// interruption.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_interrupt(store: *mut safewasm_store_t) -> *mut safewasm_error_t {
    boundary((), || {
        control(store)?.interrupt();
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
/// A deadline doesn't wake a thread that waits in `memory.atomic.wait32` or `wait64` on a shared memory, nor
/// does it end a single instruction that works on much memory, such as `memory.fill` of 4 GiB, before its
/// end.
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

/// Begins a time limit: calls of wasm in `store` that still run `nanoseconds` after its clock has started
/// end with the trap `SAFEWASM_TRAP_INTERRUPT`, and so do later ones, until `safewasm_store_end_timeout`.
/// `UINT64_MAX` nanoseconds never end.
///
/// The clock starts at the first attempt to run wasm in the store, start functions of instances included.
/// So what the program does before, such as compiling its own code, takes no time from the call. An attempt
/// that is refused with `SAFEWASM_ERROR_TASK` starts the clock too: waiting for one's turn counts, and such
/// an attempt ends with the trap once the time is over. The clock stands still during the first run of a
/// host function if the hooks of the engine say so; see `compiles_late` of `safewasm_hooks_t`.
///
/// `scope`, a `safewasm_timeout_scope_t`, says whose calls it is for. A store may have several time limits,
/// and a deadline; the earliest end counts. A host function that runs is not interrupted; wasm is once it
/// returns there.
///
/// On success `*timeout_out` is the number of the time limit, never 0, which
/// `safewasm_store_end_timeout` takes; on failure it is 0. May be called from any thread, also while
/// another is in the store.
///
/// Errors: null pointer, invalid handle; invalid argument for another `scope`; unsupported if the engine's
/// config has no epoch interruption; limit if the system has no thread left for the clock.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_begin_timeout(
    store: *mut safewasm_store_t,
    nanoseconds: u64,
    scope: u32,
    timeout_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("timeout_out", timeout_out), || {
        let of_all = match scope {
            0 => true,
            1 => false,
            _ => {
                return Err(Error::new(
                    ErrorKind::INVALID_ARGUMENT,
                    format!(
                        "`scope` is {scope}, which is no scope of a time limit: they are 0 and 1"
                    ),
                ));
            }
        };
        let control = control(store)?;
        let task = if of_all { 0 } else { control.engine.task() };
        control.begin_timeout(nanoseconds, task)
    })
}

/// Ends a time limit that `safewasm_store_begin_timeout` began. Other limits of the store stay as they are,
/// in whatever order they end. A store that is deleted ends its limits. If `timeout` is 0 this does nothing.
///
/// May be called from any thread, also while another is in the store.
///
/// Errors: null pointer, invalid handle; invalid argument if `timeout` is no time limit of the store, or
/// has ended; unsupported if the engine's config has no epoch interruption.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_end_timeout(
    store: *mut safewasm_store_t,
    timeout: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        if control(store)?.end_timeout(timeout) || timeout == 0 {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!(
                "`timeout` is {timeout}, which is no time limit of `store`, or one that has ended"
            ),
        ))
    })
}
