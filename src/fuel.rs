//! Fuel: how much the wasm in a store may still do.

use crate::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind, HostFailure, Result, safewasm_error_t};
use crate::registry::{self, Guard};
use crate::store::{Entered, safewasm_store_t};
use wasmtime::{ThrownException, Trap, WasmBacktrace};

/// Charges for a call that ended with `error` before Wasmtime had counted what it consumed.
///
/// Compiled code keeps the count in a register, and saves it where it calls, returns, throws or executes
/// `unreachable`. What it consumed since then is lost with any other trap, so all that was left counts as
/// consumed: a program that traps or is interrupted again and again comes to the end of its fuel.
#[cold]
pub(crate) fn charge(guard: &mut Guard, error: &wasmtime::Error) {
    if guard.context().data().engine.settings().fuel && !is_counted(error) {
        // Fails only without fuel.
        let _ = guard.context().set_fuel(0);
    }
}

/// Whether compiled code had saved its count when the call ended with `error`, or none ran.
fn is_counted(error: &wasmtime::Error) -> bool {
    if let Some(failure) = error.downcast_ref::<HostFailure>() {
        return !failure.is_interrupt();
    }
    match error.downcast_ref::<Trap>() {
        Some(trap) => matches!(
            trap,
            Trap::UnreachableCodeReached
                | Trap::OutOfFuel
                // A check in a call, or at the begin of the function that is called.
                | Trap::IndirectCallToNull
                | Trap::BadSignature
                | Trap::StackOverflow
        ),
        None => error.is::<ThrownException>() || !error.is::<WasmBacktrace>(),
    }
}

fn enter(store: *mut safewasm_store_t) -> Result<Guard> {
    let mut guard = registry::enter_store(store, "store")?;
    if guard.context().data().engine.settings().fuel {
        return Ok(guard);
    }
    Err(Error::new(
        ErrorKind::UNSUPPORTED,
        "`store` has no fuel: its engine was made without; see `safewasm_config_set_consume_fuel`",
    ))
}

fn fuel(guard: &mut Guard) -> Result<u64> {
    guard.context().get_fuel().map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
}

fn set_fuel(guard: &mut Guard, fuel: u64) -> Result<()> {
    guard.context().set_fuel(fuel).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
}

/// Sets the fuel that wasm in `store` has: about one unit for each instruction. A call that has none
/// left ends with the trap `SAFEWASM_TRAP_OUT_OF_FUEL`, also if it ran out earlier. A new store has
/// none. What was consumed so far is forgotten.
///
/// A call that is interrupted, or traps, takes all the fuel that is left, as what it consumed isn't known.
/// These ends take only what was consumed: a return, an error of a host function, an exception, and the
/// traps `SAFEWASM_TRAP_UNREACHABLE`, `SAFEWASM_TRAP_STACK_OVERFLOW`,
/// `SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL` and `SAFEWASM_TRAP_BAD_SIGNATURE`.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
/// or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_fuel(
    store: *mut safewasm_store_t,
    fuel: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        let mut guard = enter(store)?;
        set_fuel(&mut guard, fuel)?;
        guard.context().data_mut().fuel_given = u128::from(fuel);
        Ok(())
    })
}

/// Adds to the fuel that wasm in `store` has, up to `UINT64_MAX`.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
/// or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_add_fuel(
    store: *mut safewasm_store_t,
    fuel: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        let mut guard = enter(store)?;
        let left = self::fuel(&mut guard)?;
        let added = fuel.min(u64::MAX - left);
        set_fuel(&mut guard, left + added)?;
        guard.context().data_mut().fuel_given += u128::from(added);
        Ok(())
    })
}

/// The fuel that wasm in `store` has left.
///
/// On success `*fuel_out` is that; on failure it is 0.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
/// or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_fuel(
    store: *mut safewasm_store_t,
    fuel_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("fuel_out", fuel_out), || fuel(&mut enter(store)?))
}

/// The fuel that wasm in `store` has consumed since `safewasm_store_set_fuel`, up to `UINT64_MAX`.
///
/// On success `*fuel_out` is that; on failure it is 0.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
/// or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_fuel_consumed(
    store: *mut safewasm_store_t,
    fuel_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("fuel_out", fuel_out), || {
        let mut guard = enter(store)?;
        let left = fuel(&mut guard)?;
        let consumed = guard.context().data().fuel_given.saturating_sub(u128::from(left));
        Ok(u64::try_from(consumed).unwrap_or(u64::MAX))
    })
}
