//! Makes errors with arbitrary bytes as their message.

use crate::call::{ERROR, Owned, Verdict, ensure};
use crate::text::is_no_utf8;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm_capi::*;
use std::cell::Cell;
use std::ffi::{CStr, c_void};
use std::ptr::{from_ref, null_mut};

unsafe extern "C-unwind" fn count(env: *mut c_void) {
    // SAFETY: it is the counter of `check`, which is there until the error is deleted.
    let calls = unsafe { &*env.cast::<Cell<u32>>() };
    calls.set(calls.get() + 1);
}

/// The tag of the errors.
static TAG: u8 = 0;

/// Makes an error with these bytes as its message, and reads it.
pub fn check(message: &[u8]) -> Verdict {
    let calls = Cell::new(0_u32);
    let env = from_ref(&calls).cast_mut().cast();
    let tag: *const c_void = from_ref(&TAG).cast();
    // SAFETY: the message has that length, and there is room for a handle.
    let made = Owned::new(ERROR, "safewasm_error_new", |out| unsafe {
        safewasm_error_new(message.as_ptr().cast(), message.len(), env, Some(count), tag, out)
    })?;
    match (made, std::str::from_utf8(message)) {
        (Ok(error), Ok(message)) => {
            // SAFETY: a message ends with a NUL, and the error is still there.
            let said = unsafe { CStr::from_ptr(safewasm_error_message(error.handle, null_mut())) };
            let expected = message.replace('\0', "\\0");
            ensure!(said.to_bytes() == expected.as_bytes(), "{said:?}, and not {expected:?}");
            // SAFETY: the functions accept any handle.
            let (kind, of, of_other) = unsafe {
                (
                    safewasm_error_kind(error.handle),
                    safewasm_error_env(error.handle, tag),
                    safewasm_error_env(error.handle, tag.wrapping_byte_add(1)),
                )
            };
            ensure!(kind == Kind::HOST && of == env, "an error of kind {kind:?} with {of:?}");
            ensure!(of_other.is_null(), "{of_other:?} is found by another tag");
            ensure!(calls.get() == 0, "finalized too early");
            error.end()?;
        }
        (Err(refusal), Err(error)) => is_no_utf8("message", error.valid_up_to(), &refusal)?,
        (Ok(_), Err(_)) => return Err(format!("{message:?} isn't UTF-8, but accepted")),
        (Err(refusal), Ok(_)) => return Err(format!("{message:?}: {refusal:?}")),
    }
    ensure!(calls.get() == 1, "finalized {} times", calls.get());
    Ok(())
}
