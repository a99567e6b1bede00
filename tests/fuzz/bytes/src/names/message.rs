//! Messages of errors that the program makes.

use crate::call::{ERROR, Owned, Verdict, ensure};
use crate::text::is_no_utf8;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm_capi::*;
use std::cell::Cell;
use std::ffi::{CStr, c_void};
use std::ptr::{from_ref, null_mut};

unsafe extern "C-unwind" fn count(env: *mut c_void) {
    // SAFETY: `check` gave it, and waits for this.
    let calls = unsafe { &*env.cast::<Cell<u32>>() };
    calls.set(calls.get() + 1);
}

/// Makes an error with these bytes as its message.
pub fn check(message: &[u8]) -> Verdict {
    let calls = Cell::new(0_u32);
    let env = from_ref(&calls).cast_mut().cast();
    // SAFETY: the message is there, the finalizer is of this `env`, and the place is for a handle.
    let made = Owned::new(ERROR, "safewasm_error_new", |out| unsafe {
        safewasm_error_new(message.as_ptr().cast(), message.len(), env, Some(count), out)
    })?;
    match (made, std::str::from_utf8(message)) {
        (Ok(error), Ok(message)) => {
            // SAFETY: a message ends with a NUL, and its error lives.
            let said = unsafe { CStr::from_ptr(safewasm_error_message(error.handle, null_mut())) };
            let expected = message.replace('\0', "\\0");
            ensure!(said.to_bytes() == expected.as_bytes(), "{said:?}, and not {expected:?}");
            // SAFETY: these accept whatever they are given.
            let (kind, of) =
                unsafe { (safewasm_error_kind(error.handle), safewasm_error_env(error.handle)) };
            ensure!(kind == Kind::HOST && of == env, "an error of kind {kind:?} with {of:?}");
            ensure!(calls.get() == 0, "finalized too early");
            error.end()?;
        }
        (Err(refusal), Err(error)) => is_no_utf8("message", error.valid_up_to(), &refusal)?,
        (Ok(_), Err(_)) => return Err(format!("{message:?} isn't UTF-8, but taken")),
        (Err(refusal), Ok(_)) => return Err(format!("{message:?}: {refusal:?}")),
    }
    ensure!(calls.get() == 1, "finalized {} times", calls.get());
    Ok(())
}
