//! Reads and deletes errors of the library.

use super::{
    safewasm_error_delete, safewasm_error_kind, safewasm_error_message, safewasm_error_trap_code,
};
use safewasm::abi::{safewasm_error_kind_t, safewasm_error_t, safewasm_trap_code_t};
use std::ffi::CStr;
use std::fmt;

/// The contents of an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub kind: safewasm_error_kind_t,
    /// The code of the trap, if it is one.
    pub trap: safewasm_trap_code_t,
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for Failure {}

/// Reads and deletes the error that a function returned. NULL is success.
pub fn check(error: *mut safewasm_error_t) -> Result<(), Failure> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: the functions accept any handle, and a message ends with a NUL.
    unsafe {
        let failure = Failure {
            kind: safewasm_error_kind(error),
            trap: safewasm_error_trap_code(error),
            message: CStr::from_ptr(safewasm_error_message(error, std::ptr::null_mut()))
                .to_str()
                .expect("messages are UTF-8")
                .to_owned(),
        };
        safewasm_error_delete(error);
        Err(failure)
    }
}
