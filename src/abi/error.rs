//! Errors: what a function that fails returns, and text and finalizers, which the rest uses too.

pub use crate::error::frame::safewasm_frame_t;
pub use crate::error::kind::{safewasm_error_kind_t, safewasm_trap_code_t};
pub use crate::error::text::safewasm_text_t;
pub use crate::kinds::safewasm_error_t;
pub use crate::process::finalizer::safewasm_finalizer_t;

use super::args::utf8;
use super::boundary::{Out, boundary};
use crate::error::frame::Frame;
use crate::error::{Error, ErrorKind, Report};
use crate::kinds::safewasm_ref_t;
use crate::process::finalizer::Env;
use crate::process::unwind::quietly;
use crate::registry::{self, OUT_OF_MEMORY, OUT_OF_MEMORY_MESSAGE, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::store::reference::Reference;
use std::ffi::{CStr, c_void};
use std::os::raw::c_char;
use std::sync::Arc;

const INVALID_MESSAGE: &CStr = c"invalid error: NULL, deleted, or never an error of this library";

fn report(error: *mut safewasm_error_t) -> Option<Arc<Report>> {
    quietly(|| error.get("error").ok())
}

/// What kind of error `error` is: `SAFEWASM_ERROR_INVALID_HANDLE` if it is none.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_kind(error: *mut safewasm_error_t) -> safewasm_error_kind_t {
    match report(error) {
        Some(report) => report.kind,
        None if error == OUT_OF_MEMORY => ErrorKind::OUT_OF_MEMORY,
        None => ErrorKind::INVALID_HANDLE,
    }
}

/// The message of `error`, in plain words: UTF-8 with a NUL at its end. A name that a module or the
/// program chose is cut in it if it has more than 200 bytes, and ends in an ellipsis (`…`) then.
///
/// If `len_out` isn't NULL, `*len_out` is the message's length in bytes without that NUL.
/// `len_out` may be NULL.
///
/// Never NULL and never fails: of an invalid error it is a static text that says so. The text
/// lives until `safewasm_error_delete`. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_error_message(
    error: *mut safewasm_error_t,
    len_out: *mut usize,
) -> *const c_char {
    let of_static =
        |text: &'static CStr| safewasm_text_t { data: text.as_ptr(), len: text.count_bytes() };
    let text = match report(error) {
        Some(report) => report.message.view(),
        None if error == OUT_OF_MEMORY => of_static(OUT_OF_MEMORY_MESSAGE),
        None => of_static(INVALID_MESSAGE),
    };
    if !len_out.is_null() {
        // SAFETY: what isn't NULL points to a `size_t`, as the header demands.
        unsafe { len_out.write_unaligned(text.len) };
    }
    text.data
}

/// How wasm trapped: `SAFEWASM_TRAP_NOT_A_TRAP` if `error` is no trap, or no error.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_trap_code(error: *mut safewasm_error_t) -> safewasm_trap_code_t {
    report(error).map_or(safewasm_trap_code_t::NOT_A_TRAP, |report| report.trap)
}

/// The operating system's error number (`errno`) behind an error of kind `SAFEWASM_ERROR_IO`, else
/// 0.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_os_code(error: *mut safewasm_error_t) -> i32 {
    report(error).map_or(0, |report| report.os_code)
}

/// The number of frames of the wasm backtrace of `error`: 0 if it has none, or is no error.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_frames_len(error: *mut safewasm_error_t) -> usize {
    report(error).map_or(0, |report| report.frames.len())
}

/// A frame of the wasm backtrace of `error`; frame 0 is where it happened.
///
/// On success writes the frame to `*frame_out` and returns true; its texts live until
/// `safewasm_error_delete`. Else (`error` is no error, has no frame `index`, or `frame_out` is
/// NULL) returns false, and `*frame_out` is all zero.
///
/// Never fails otherwise. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_error_frame(
    error: *mut safewasm_error_t,
    index: usize,
    frame_out: *mut safewasm_frame_t,
) -> bool {
    let found = report(error).and_then(|report| report.frames.get(index).map(Frame::view));
    if frame_out.is_null() {
        return false;
    }
    // SAFETY: what isn't NULL points to a frame, as the header demands.
    unsafe { frame_out.cast::<u8>().write_bytes(0, size_of::<safewasm_frame_t>()) };
    match found {
        // SAFETY: as above; the report, and with it the frame's text, lives until it is deleted.
        Some(frame) => unsafe { frame_out.write_unaligned(frame) },
        None => return false,
    }
    true
}

/// Creates an error, for a host function to return.
///
/// `message` is what to say, UTF-8 of `message_len` bytes. `env` is whatever the program wants to
/// find again in the error that comes out of the call of wasm; `env` may be NULL. `finalizer` is
/// called with it when no error has it any more; `finalizer` may be NULL. On failure too it is
/// called.
///
/// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_HOST`, which belongs to the
/// caller, who returns it from a host function or gives it to `safewasm_error_delete`; on failure it
/// is NULL.
///
/// Errors: null pointer; invalid argument for a message that isn't UTF-8; limit.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_error_new(
    message: *const c_char,
    message_len: usize,
    env: *mut c_void,
    finalizer: safewasm_finalizer_t,
    error_out: *mut *mut safewasm_error_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary(Out("error_out", error_out), || {
        // SAFETY: the header demands `message_len` bytes at a `message` that isn't NULL.
        let message = unsafe { utf8(message, message_len, "message") }?;
        let mut error = Error::new(ErrorKind::HOST, message);
        error.0.env = Some(Arc::new(env));
        registry::insert(Arc::<Report>::from(error))
    })
}

/// Creates an error that throws an exception of wasm's, for a host function to return: wasm in the
/// exception's store may catch it.
///
/// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_EXCEPTION`, which belongs to the
/// caller, who returns it from a host function or gives it to `safewasm_error_delete`; on failure it
/// is NULL.
///
/// Errors: null pointer, invalid handle; type mismatch if `exception` refers to something else; store
/// busy or poisoned; limit.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_error_new_exception(
    exception: *mut safewasm_ref_t,
    error_out: *mut *mut safewasm_error_t,
) -> *mut safewasm_error_t {
    boundary(Out("error_out", error_out), || {
        let (guard, reference) = exception.enter("exception")?;
        let Reference::Exn(exception) = reference else {
            return Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                "`exception` refers to no exception of wasm's",
            ));
        };
        let error =
            Error::new(ErrorKind::EXCEPTION, "a host function threw an exception of wasm's");
        let error = error.with_exception(guard.store(), exception);
        registry::insert(Arc::<Report>::from(error))
    })
}

/// The `env` that `error` was made with by `safewasm_error_new`, also if it has come through calls
/// of wasm since: NULL if it wasn't, or is no error.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_env(error: *mut safewasm_error_t) -> *mut c_void {
    report(error)
        .and_then(|report| report.env.as_ref().map(|env| env.data()))
        .unwrap_or(std::ptr::null_mut())
}

/// The exception of wasm's that `error` reports.
///
/// On success `*ref_out` is a new reference to it, which belongs to the caller, who gives it to
/// `safewasm_ref_delete`; on failure it is NULL.
///
/// Errors: null pointer; invalid handle, also if the exception's store was deleted; not found if
/// `error` is of another kind than `SAFEWASM_ERROR_EXCEPTION`; store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_error_exception(
    error: *mut safewasm_error_t,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary(Out("ref_out", ref_out), || {
        let report = error.get("error")?;
        let Some((store, exception)) = &report.exception else {
            return Err(Error::new(ErrorKind::NOT_FOUND, "`error` reports no exception of wasm's"));
        };
        let mut guard =
            registry::enter_handle(*store, "error").map_err(|refused| match refused.kind() {
                ErrorKind::INVALID_HANDLE => Error::new(
                    ErrorKind::INVALID_HANDLE,
                    "the store of the exception that `error` reports was deleted",
                ),
                _ => refused,
            })?;
        guard.own(Reference::Exn(exception.clone()))
    })
}

/// Whether `error` is an error that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_is_valid(error: *mut safewasm_error_t) -> bool {
    error == OUT_OF_MEMORY || quietly(|| error.is_valid())
}

/// Deletes `error`. NULL and what was deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_delete(error: *mut safewasm_error_t) {
    quietly(|| error.delete());
}
