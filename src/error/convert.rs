//! Converts errors that Wasmtime reports.

use super::frame::Frames;
use super::hostfailure::HostFailure;
use super::text::{LONGEST_NAME, cut};
use super::{Error, ErrorKind, reword};
use std::ptr;
use wasmtime::{GcHeapOutOfMemory, OutOfMemory, Trap, WasmBacktrace, WasmCoreDump};

/// The beginning of Wasmtime's message for an import of the wrong type.
const INCOMPATIBLE_IMPORT: &str = "incompatible import type";

/// The beginning of Wasmtime's message for shared memories that are turned off.
const NO_SHARED_MEMORY: &str = "shared memory support is disabled";

/// The message of the trap for fuel. A store starts without any.
const OUT_OF_FUEL: &str =
    "out of fuel: the store has no fuel left; `safewasm_store_set_fuel` gives it fuel";

fn address<T: ?Sized>(of: &T) -> usize {
    ptr::from_ref(of).addr()
}

/// Whether an error comes from wasm that ran, or from a host function that it called.
pub(crate) fn came_through_wasm(error: &wasmtime::Error) -> bool {
    error.is::<Trap>()
        || error.is::<wasmtime::ThrownException>()
        || error.is::<HostFailure>()
        || error.is::<GcHeapOutOfMemory<()>>()
        || error.is::<OutOfMemory>()
}

impl Error {
    /// Converts an error from an operation that ran no wasm. Its kind is `other`, unless Wasmtime's error has
    /// a kind of its own.
    #[cold]
    pub(crate) fn wasmtime(error: &wasmtime::Error, other: ErrorKind) -> Self {
        Self::of_call(error, other, Frames::default())
    }

    /// Converts an error from a call: a trap, an exception, or the error that a host function returned. Any
    /// other error becomes one of kind `other`. `frames` are the frames of the call.
    #[cold]
    pub(crate) fn of_call(error: &wasmtime::Error, other: ErrorKind, frames: Frames) -> Self {
        if let Some(HostFailure { report, .. }) = error.downcast_ref() {
            return Self::again(report).with_frames(frames);
        }
        // The backtrace and the core dump are also in the chain; as text they could be of any length.
        let backtrace = error.downcast_ref().map(|backtrace: &WasmBacktrace| address(backtrace));
        let coredump = error.downcast_ref().map(|coredump: &WasmCoreDump| address(coredump));
        let mut parts: Vec<String> = error
            .chain()
            .filter(|cause| ![backtrace, coredump].contains(&Some(address(*cause))))
            .map(|cause| cut(&cause.to_string(), LONGEST_NAME).into_owned())
            .collect();
        // The root cause first, then its circumstances.
        parts.reverse();
        let trap = error.downcast_ref::<Trap>().copied();
        let kind = if trap.is_some() {
            ErrorKind::TRAP
        } else if error.is::<wasmtime::ThrownException>() {
            ErrorKind::EXCEPTION
        } else if error.is::<GcHeapOutOfMemory<()>>() || error.is::<OutOfMemory>() {
            ErrorKind::LIMIT
        } else if parts.iter().any(|part| part.starts_with(INCOMPATIBLE_IMPORT)) {
            ErrorKind::LINK
        } else {
            other
        };
        if kind == other && parts.iter().any(|part| part.starts_with(NO_SHARED_MEMORY)) {
            return Self::new(
                ErrorKind::UNSUPPORTED,
                "this needs a shared memory, but shared memories are off in the engine's config; see \
                 `safewasm_config_set_shared_memory`",
            );
        }
        let message = match kind {
            ErrorKind::TRAP if trap == Some(Trap::OutOfFuel) => OUT_OF_FUEL.to_owned(),
            ErrorKind::TRAP => parts.join("; "),
            ErrorKind::EXCEPTION => "wasm threw an exception that nothing caught".to_owned(),
            _ => {
                parts.reverse();
                reword::plain(&parts)
            }
        };
        let mut report = Self::new(kind, message);
        if let Some(trap) = trap {
            report = report.with_trap(trap);
        }
        report.with_frames(frames)
    }
}
