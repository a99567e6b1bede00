//! Objects and errors of the library, deleted when they go out of use.

use safewasm::abi::{safewasm_error_kind_t as Kind, safewasm_error_t, safewasm_trap_code_t};
use safewasm_capi::*;
use std::ffi::CStr;
use std::ptr::null_mut;

use super::values;
use crate::trace::{Frame, Outcome};

/// A handle and what deletes it.
pub struct Own<T> {
    pub handle: *mut T,
    delete: unsafe fn(*mut T),
}

impl<T> Own<T> {
    /// Takes what `make` writes to its out-parameter.
    pub fn new(
        delete: unsafe fn(*mut T),
        make: impl FnOnce(*mut *mut T) -> *mut safewasm_error_t,
    ) -> Result<Self, Failure> {
        let mut handle = null_mut();
        check(make(&mut handle))?;
        assert!(!handle.is_null(), "no error, but no object either");
        Ok(Self { handle, delete })
    }
}

impl<T> Drop for Own<T> {
    fn drop(&mut self) {
        // SAFETY: the function takes any handle.
        unsafe { (self.delete)(self.handle) };
    }
}

/// An error of the library's, read.
#[derive(Debug)]
pub struct Failure {
    pub outcome: Outcome,
    pub frames: Vec<Frame>,
    pub said: String,
}

/// What a fallible function returned.
pub fn check(error: *mut safewasm_error_t) -> Result<(), Failure> {
    if error.is_null() {
        return Ok(());
    }
    let error = Own { handle: error, delete: safewasm_error_delete };
    // SAFETY: these take any handle; a message ends with a NUL.
    let (kind, trap, said) = unsafe {
        let message = CStr::from_ptr(safewasm_error_message(error.handle, null_mut()));
        let said = message.to_str().expect("messages are UTF-8").to_owned();
        (safewasm_error_kind(error.handle), safewasm_error_trap_code(error.handle), said)
    };
    let outcome = match kind {
        Kind::TRAP => Outcome::Trapped(trap_name(trap)),
        Kind::EXCEPTION => {
            // SAFETY: it is an error, and the place is one for a handle.
            let exception = Own::new(safewasm_ref_delete, |out| unsafe {
                safewasm_error_exception(error.handle, out)
            })?;
            Outcome::Threw(values::fields(exception.handle, usize::MAX))
        }
        Kind::HOST => Outcome::HostFailed(said.clone()),
        Kind::LINK => Outcome::Unlinkable,
        Kind::LIMIT => Outcome::Limit,
        kind => Outcome::Unexpected(format!("{kind:?}")),
    };
    Err(Failure { outcome, frames: frames(error.handle), said })
}

fn frames(error: *mut safewasm_error_t) -> Vec<Frame> {
    // SAFETY: both take any handle, and the place is one for a frame, of which all zero is one.
    unsafe {
        (0..safewasm_error_frames_len(error))
            .map(|index| {
                let mut frame = std::mem::zeroed();
                assert!(safewasm_error_frame(error, index, &mut frame), "frame {index} is missing");
                (frame.func_index, frame.module_offset, frame.func_offset)
            })
            .collect()
    }
}

/// Wasmtime's name for the trap.
fn trap_name(code: safewasm_trap_code_t) -> String {
    use safewasm_trap_code_t as Code;
    let name = match code {
        Code::NOT_A_TRAP => "NotATrap",
        Code::STACK_OVERFLOW => "StackOverflow",
        Code::MEMORY_OUT_OF_BOUNDS => "MemoryOutOfBounds",
        Code::HEAP_MISALIGNED => "HeapMisaligned",
        Code::TABLE_OUT_OF_BOUNDS => "TableOutOfBounds",
        Code::INDIRECT_CALL_TO_NULL => "IndirectCallToNull",
        Code::BAD_SIGNATURE => "BadSignature",
        Code::INTEGER_OVERFLOW => "IntegerOverflow",
        Code::INTEGER_DIVISION_BY_ZERO => "IntegerDivisionByZero",
        Code::BAD_CONVERSION_TO_INTEGER => "BadConversionToInteger",
        Code::UNREACHABLE => "UnreachableCodeReached",
        Code::INTERRUPT => "Interrupt",
        Code::OUT_OF_FUEL => "OutOfFuel",
        Code::ATOMIC_WAIT_NON_SHARED_MEMORY => "AtomicWaitNonSharedMemory",
        Code::NULL_REFERENCE => "NullReference",
        Code::ARRAY_OUT_OF_BOUNDS => "ArrayOutOfBounds",
        Code::ALLOCATION_TOO_LARGE => "AllocationTooLarge",
        Code::CAST_FAILURE => "CastFailure",
        Code::UNHANDLED_TAG => "UnhandledTag",
        Code::CONTINUATION_ALREADY_CONSUMED => "ContinuationAlreadyConsumed",
        Code::OTHER => "Other",
    };
    name.to_owned()
}
