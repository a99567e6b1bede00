//! Objects and errors of the library, which are deleted when they are dropped.

use safewasm::abi::{safewasm_error_kind_t as Kind, safewasm_error_t, safewasm_trap_code_t};
use safewasm_capi::*;
use std::ffi::CStr;
use std::ptr::null_mut;

use super::values;
use crate::trace::{Frame, Outcome};

/// A handle and the function that deletes its object.
pub struct Own<T> {
    pub handle: *mut T,
    delete: unsafe fn(*mut T),
}

impl<T> Own<T> {
    /// Takes the handle that `make` writes to its out-parameter.
    pub fn new(
        delete: unsafe fn(*mut T),
        make: impl FnOnce(*mut *mut T) -> *mut safewasm_error_t,
    ) -> Result<Self, Failure> {
        let mut handle = null_mut();
        check(make(&mut handle))?;
        assert!(!handle.is_null(), "a function has returned neither an error nor an object");
        Ok(Self { handle, delete })
    }
}

impl<T> Drop for Own<T> {
    fn drop(&mut self) {
        // SAFETY: the function accepts any handle.
        unsafe { (self.delete)(self.handle) };
    }
}

/// The contents of an error of the library.
#[derive(Debug)]
pub struct Failure {
    pub outcome: Outcome,
    pub frames: Vec<Frame>,
    pub said: String,
}

/// Reads the error that a function returned, and deletes it.
pub fn check(error: *mut safewasm_error_t) -> Result<(), Failure> {
    if error.is_null() {
        return Ok(());
    }
    let error = Own { handle: error, delete: safewasm_error_delete };
    // SAFETY: these functions accept any handle, and a message ends with a NUL.
    let (kind, trap, said) = unsafe {
        let message = CStr::from_ptr(safewasm_error_message(error.handle, null_mut()));
        let said = message.to_str().expect("messages are UTF-8").to_owned();
        (safewasm_error_kind(error.handle), safewasm_error_trap_code(error.handle), said)
    };
    let outcome = match kind {
        Kind::TRAP => Outcome::Trapped(trap_name(trap)),
        Kind::EXCEPTION => {
            // SAFETY: the function accepts any handle, and there is room for a handle.
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
    // SAFETY: both functions accept any handle, and all zeros are a frame.
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

/// Wasmtime's name of a trap.
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
