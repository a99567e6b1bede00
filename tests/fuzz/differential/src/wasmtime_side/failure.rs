//! Reads errors of Wasmtime.

use super::host::HostFailed;
use super::{Data, values};
use crate::trace::{Frame, Outcome};
use wasmtime::{Error, GcHeapOutOfMemory, RootScope, Store, ThrownException, Trap, WasmBacktrace};

/// The context of an error that occurs while default values for imports are made.
pub const UNLINKABLE: &str = "no value for an import";

/// The outcome, the backtrace, and the text that the library's message must contain.
pub fn read(store: &mut Store<Data>, error: &Error) -> (Outcome, Vec<Frame>, String) {
    let frames = error.downcast_ref::<WasmBacktrace>().map_or(Vec::new(), |backtrace| {
        let offset = |offset: Option<usize>| offset.unwrap_or(0) as u64;
        let frames = backtrace.frames().iter();
        frames
            .map(|f| (f.func_index(), offset(f.module_offset()), offset(f.func_offset())))
            .collect()
    });
    let root = error.root_cause().to_string();
    let (outcome, said) = if let Some(trap) = error.downcast_ref::<Trap>() {
        // The library's message says what interrupted the call.
        let said = if *trap == Trap::Interrupt { "interrupt".to_owned() } else { trap.to_string() };
        (Outcome::Trapped(format!("{trap:?}")), said)
    } else if error.is::<ThrownException>() {
        (Outcome::Threw(exception(store)), String::new())
    } else if let Some(HostFailed(said)) = error.downcast_ref() {
        (Outcome::HostFailed(said.clone()), said.clone())
    } else if error.to_string().starts_with("incompatible import type")
        || error.to_string() == UNLINKABLE && !is_of_limit(error)
    {
        (Outcome::Unlinkable, String::new())
    } else {
        (Outcome::Limit, root)
    };
    (outcome, frames, said)
}

/// Whether an error is about a limit of the store.
fn is_of_limit(error: &Error) -> bool {
    let root = error.root_cause().to_string();
    error.is::<GcHeapOutOfMemory<()>>() || root.contains("exceeds") && root.ends_with("limits")
}

/// Whether Wasmtime has counted all consumed fuel after this outcome. If it hasn't, the library consumes all
/// that is left.
pub fn is_counted(outcome: &Outcome, frames: &[Frame]) -> bool {
    match outcome {
        Outcome::Trapped(trap) => matches!(
            trap.as_str(),
            "UnreachableCodeReached"
                | "OutOfFuel"
                | "IndirectCallToNull"
                | "BadSignature"
                | "StackOverflow"
        ),
        Outcome::Limit => frames.is_empty(),
        _ => true,
    }
}

/// Whether an error occurred while wasm ran.
pub fn is_of_wasm(error: &Error) -> bool {
    error.is::<Trap>()
        || error.is::<ThrownException>()
        || error.is::<HostFailed>()
        || error.is::<GcHeapOutOfMemory<()>>()
}

fn exception(store: &mut Store<Data>) -> Vec<crate::trace::Plain> {
    let mut scope = RootScope::new(store);
    let thrown = wasmtime::AsContextMut::as_context_mut(&mut scope).take_pending_exception();
    let thrown = thrown.expect("the error says that there is an exception");
    let fields: Vec<_> =
        thrown.fields(&mut scope).expect("the exception is of this store").collect();
    let mut store = wasmtime::AsContextMut::as_context_mut(&mut scope);
    fields.iter().map(|field| values::shallow(&mut store, field)).collect()
}
