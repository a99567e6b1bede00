//! Ending calls: interrupts, deadlines and time limits. All of them need
//! `safewasm_config_set_epoch_interruption`.
//!
//! Example: examples/limits.c

pub use crate::store::timeout::safewasm_timeout_scope_t;

use crate::abi::args::Nullable;
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

/// Ends the call that runs in `store` with the trap `SAFEWASM_TRAP_INTERRUPT`, when wasm next
/// reaches a loop or the start of a function. A running host function is not interrupted; the trap
/// follows when it returns to wasm. If no call runs, this function does nothing. The store stays
/// usable.
///
/// A call that was refused with `SAFEWASM_ERROR_TASK` counts as waiting until that error is
/// deleted. If the store is interrupted in that time, the next call of the same task in the store
/// ends with the trap. A program that waits and calls again therefore deletes the error after the
/// second call.
///
/// May be called from any thread, even while another thread uses the store.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_interrupt(store: *mut safewasm_store_t) -> *mut safewasm_error_t {
    boundary((), || {
        control(store)?.interrupt();
        Ok(())
    })
}

/// Sets the deadline of `store`: `nanoseconds` from now. Calls end with the trap
/// `SAFEWASM_TRAP_INTERRUPT` once it has passed: the call that runs and each later one, until the
/// deadline is set again. `UINT64_MAX`, the initial value, means no deadline.
///
/// A running host function is not interrupted; the trap follows when it returns to wasm. A deadline
/// doesn't wake a thread that waits on a shared memory (`memory.atomic.wait32`, `wait64`). It
/// doesn't stop a single instruction that works on much memory, such as `memory.fill` of 4 GiB,
/// before that instruction is done.
///
/// May be called from any thread, even while another thread uses the store.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption;
/// `SAFEWASM_ERROR_LIMIT` if the system has no thread left for the clock.
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

/// Sets the epoch deadline of `store`. Calls end with the trap `SAFEWASM_TRAP_INTERRUPT` after
/// `safewasm_engine_increment_epoch` has been called `ticks` more times. `UINT64_MAX`, the initial
/// value, means no epoch deadline.
///
/// May be called from any thread, even while another thread uses the store.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
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

/// Increments the engine's epoch by one. Calls end in each of its stores whose epoch deadline is
/// reached; see `safewasm_store_set_epoch_deadline`.
///
/// On success `*epoch_out` is the new epoch. On failure it is 0.
///
/// May be called from any thread.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_engine_increment_epoch(
    engine: *mut safewasm_engine_t,
    epoch_out: Nullable<*mut u64>,
) -> *mut safewasm_error_t {
    let mut unwanted = 0;
    let epoch_out = if epoch_out.is_null() { &raw mut unwanted } else { epoch_out };
    boundary(Out("epoch_out", epoch_out), || engine.get("engine")?.increment_epoch())
}

/// Begins a time limit. Calls of wasm in `store` that still run `nanoseconds` after the clock of
/// the time limit has started end with the trap `SAFEWASM_TRAP_INTERRUPT`, and so does each later
/// call until `safewasm_store_end_timeout`. `UINT64_MAX` means no limit.
///
/// The clock starts at the first attempt to run wasm in the store, including the start function of
/// an instance. Work that the program does before that, such as compiling its own code, doesn't
/// count. An attempt that is refused with `SAFEWASM_ERROR_TASK` starts the clock too: the time that
/// a task waits for its turn counts, and an attempt after the end of the time ends with the trap.
/// The clock stops during the first run of a host function if the hooks of the engine ask for that;
/// see `compiles_late` of `safewasm_hooks_t`.
///
/// `scope`, a `safewasm_timeout_scope_t`, selects the calls that the limit applies to. A store may
/// have several time limits and a deadline; the earliest end counts. A running host function is not
/// interrupted; the trap follows when it returns to wasm.
///
/// On success `*timeout_out` is the number of the time limit, never 0; end it with
/// `safewasm_store_end_timeout`. On failure it is 0.
///
/// May be called from any thread, even while another thread uses the store.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such `scope`; `SAFEWASM_ERROR_UNSUPPORTED` if
/// the engine's config has no epoch interruption; `SAFEWASM_ERROR_LIMIT` if the system has no
/// thread left for the clock.
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
                        "`scope` is {scope}, which is no scope of a time limit: the scopes are 0 and 1"
                    ),
                ));
            }
        };
        let control = control(store)?;
        let task = if of_all { 0 } else { control.engine.task() };
        control.begin_timeout(nanoseconds, task)
    })
}

/// Ends a time limit that `safewasm_store_begin_timeout` began. Time limits may end in any order;
/// the others stay. If `timeout` is 0, this function does nothing. Deleting a store ends its time
/// limits.
///
/// May be called from any thread, even while another thread uses the store.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `timeout` is not a time limit of the store or has ended;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
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
