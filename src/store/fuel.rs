//! Fuel: how much the wasm in a store may still do.

use crate::error::hostfailure::HostFailure;
use crate::store::entered::{Entered, Guard};
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
