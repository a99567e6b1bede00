//! Fuel: the number of instructions that the wasm in a store may still execute.

use crate::error::hostfailure::HostFailure;
use crate::store::entered::{Entered, Guard};
use wasmtime::{ThrownException, Trap, WasmBacktrace};

/// Charges for a call that ended with `error` before Wasmtime saved the fuel that was consumed.
///
/// Compiled code keeps the count in a register, and saves it where it calls, returns, throws or executes
/// `unreachable`. With any other trap the count since the last save is lost. So all the remaining fuel counts
/// as consumed: a program that traps or is interrupted again and again must use up its fuel.
#[cold]
pub(crate) fn charge(guard: &mut Guard, error: &wasmtime::Error) {
    if guard.context().data().engine.settings().fuel && !is_counted(error) {
        // Fails only if the engine has no fuel.
        let _ = guard.context().set_fuel(0);
    }
}

/// Whether compiled code saved its count before the call ended with `error`, or no compiled code ran.
fn is_counted(error: &wasmtime::Error) -> bool {
    if let Some(failure) = error.downcast_ref::<HostFailure>() {
        return !failure.is_interrupt();
    }
    match error.downcast_ref::<Trap>() {
        Some(trap) => matches!(
            trap,
            Trap::UnreachableCodeReached
                | Trap::OutOfFuel
                // Checks of a call, or at the start of the called function.
                | Trap::IndirectCallToNull
                | Trap::BadSignature
                | Trap::StackOverflow
        ),
        None => error.is::<ThrownException>() || !error.is::<WasmBacktrace>(),
    }
}
