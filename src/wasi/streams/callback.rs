//! Streams over callbacks: functions of the program that give or take a guest's bytes.

use super::super::callout::call_out;
use super::Failure;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::safewasm_error_t;
use crate::process::finalizer::Env;
use std::ffi::c_void;
use std::sync::atomic::AtomicBool;

/// A function of the program from which a guest reads its standard input.
///
/// `env` is the pointer that the function was set with. `bytes` has room for `len` bytes, at least
/// one; it is valid until the function returns. The function writes at least one byte there and
/// sets `*len_out`, which is 0 before, to their number. 0 is the end of the input.
///
/// Returns NULL for success, or an error that `safewasm_error_new` created or that another function
/// of the library returned. The library takes the error over. The call of wasm during which the
/// guest reads then fails with that error.
///
/// The function runs on the thread of the call, like a host function. Time limits and interrupts don't
/// end it: they end the call of wasm when it returns. It may call any function of the library, but
/// the guest's store is busy. It MUST NOT leave by `longjmp`. If it throws a C++
/// exception or ends its thread, the process ends.
pub type safewasm_read_callback_t = Option<
    unsafe extern "C-unwind" fn(
        env: *mut c_void,
        bytes: *mut u8,
        len: usize,
        len_out: *mut usize,
    ) -> *mut safewasm_error_t,
>;

/// A function of the program that takes what a guest writes to its standard output or standard
/// error.
///
/// `env` is the pointer that the function was set with. `bytes` holds `len` bytes, at least one,
/// and is valid until the function returns. The function takes all of them. One write of the guest
/// may be several calls.
///
/// Its result and the rules for it are those of `safewasm_read_callback_t`.
pub type safewasm_write_callback_t = Option<
    unsafe extern "C-unwind" fn(
        env: *mut c_void,
        bytes: *const u8,
        len: usize,
    ) -> *mut safewasm_error_t,
>;

/// A callback that a guest reads from.
pub(crate) struct ReadCallback {
    callback: unsafe extern "C-unwind" fn(
        *mut c_void,
        *mut u8,
        usize,
        *mut usize,
    ) -> *mut safewasm_error_t,
    env: Env,
    has_run: AtomicBool,
}

/// A callback that a guest writes to.
pub(crate) struct WriteCallback {
    callback: unsafe extern "C-unwind" fn(*mut c_void, *const u8, usize) -> *mut safewasm_error_t,
    env: Env,
    has_run: AtomicBool,
}

fn no_callback() -> Error {
    Error::new(ErrorKind::NULL_POINTER, "`callback` is NULL")
}

impl ReadCallback {
    pub(crate) fn new(callback: safewasm_read_callback_t, env: Env) -> Result<Self> {
        let callback = callback.ok_or_else(no_callback)?;
        Ok(Self { callback, env, has_run: AtomicBool::new(false) })
    }

    pub(super) fn read(&self, bytes: &mut [u8]) -> Result<usize, Failure> {
        let mut len = 0;
        call_out(&self.has_run, &mut || {
            // SAFETY: the program gave this function for this `env`; `bytes` has room for so many bytes.
            unsafe {
                (self.callback)(self.env.data(), bytes.as_mut_ptr(), bytes.len(), &raw mut len)
            }
        })
        .map_err(Failure::end)?;
        if len > bytes.len() {
            return Err(Failure::end(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                format!(
                    "the callback of stdin reported {len} bytes, but had room for {} only",
                    bytes.len()
                ),
            )));
        }
        Ok(len)
    }
}

impl WriteCallback {
    pub(crate) fn new(callback: safewasm_write_callback_t, env: Env) -> Result<Self> {
        let callback = callback.ok_or_else(no_callback)?;
        Ok(Self { callback, env, has_run: AtomicBool::new(false) })
    }

    pub(super) fn write(&self, bytes: &[u8]) -> Result<usize, Failure> {
        call_out(&self.has_run, &mut || {
            // SAFETY: the program gave this function for this `env`; `bytes` holds so many bytes.
            unsafe { (self.callback)(self.env.data(), bytes.as_ptr(), bytes.len()) }
        })
        .map_err(Failure::end)?;
        Ok(bytes.len())
    }
}
