//! Errors: why a function failed, with backtraces. Also the texts and finalizers that other sections use.
//!
//! Example: examples/traps.c

pub use crate::error::frame::safewasm_frame_t;
pub use crate::error::kind::{safewasm_error_kind_t, safewasm_trap_code_t};
pub use crate::error::text::{SAFEWASM_STRLEN, safewasm_text_t};
pub use crate::kinds::safewasm_error_t;
pub use crate::process::finalizer::safewasm_finalizer_t;

use super::boundary::{Out, boundary};
use crate::abi::args::{Nullable, copy_text, utf8};
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

/// The kind and the message of an error that has no report.
fn without_report(error: *mut safewasm_error_t) -> (ErrorKind, &'static CStr) {
    if error == OUT_OF_MEMORY {
        (ErrorKind::OUT_OF_MEMORY, OUT_OF_MEMORY_MESSAGE)
    } else if error.is_null() {
        (ErrorKind::NONE, INVALID_MESSAGE)
    } else {
        (ErrorKind::INVALID_HANDLE, INVALID_MESSAGE)
    }
}

/// Returns the kind of `error`, copies its message to `message`, and deletes it.
///
/// `message` has room for `message_size` bytes; `message` may be NULL, and then no message is
/// copied. The copy ends with a NUL. A message that is too long is cut between two characters;
/// `safewasm_error_message` gives the whole message.
///
/// If `error` is NULL, which means success, returns `SAFEWASM_ERROR_NONE`, which is 0, and the
/// message is empty. So a call of the library can be the first argument: the result says whether
/// the call failed, and nothing is left to delete. If `error` was deleted already or never was an
/// error, returns `SAFEWASM_ERROR_INVALID_HANDLE`, and the message says so.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_error_take(
    error: *mut safewasm_error_t,
    message: Nullable<*mut c_char>,
    message_size: usize,
) -> safewasm_error_kind_t {
    // Success allocates nothing; a refusal of NULL would.
    let taken = (!error.is_null()).then(|| quietly(|| error.take("error").ok())).flatten();
    let (kind, text) = match &taken {
        Some(report) => (report.kind, report.message.as_str()),
        None if error.is_null() => (ErrorKind::NONE, ""),
        None => {
            let (kind, text) = without_report(error);
            (kind, text.to_str().unwrap_or_default())
        }
    };
    // SAFETY: the header demands room for `message_size` bytes at a `message` that isn't NULL.
    unsafe { copy_text(text, message, message_size) };
    quietly(|| drop(taken));
    kind
}

/// Returns the kind of `error`: `SAFEWASM_ERROR_NONE` if it is NULL, and
/// `SAFEWASM_ERROR_INVALID_HANDLE` if it is not a living error.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_kind(error: *mut safewasm_error_t) -> safewasm_error_kind_t {
    report(error).map_or_else(|| without_report(error).0, |report| report.kind)
}

/// Returns the name of `kind`, a `safewasm_error_kind_t`: its name in this header without the
/// prefix, in lower case and with spaces, such as `not found`. The name of any other number is
/// `unknown`.
///
/// Never returns NULL and never fails. The text is static, with a NUL at its end. May be called
/// from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_kind_name(kind: u32) -> *const c_char {
    ErrorKind::name(kind).as_ptr()
}

/// Returns the name of `code`, a `safewasm_trap_code_t`: its name in this header without the
/// prefix, in lower case and with spaces, such as `memory out of bounds`. The name of any other
/// number is `unknown`.
///
/// Never returns NULL and never fails. The text is static, with a NUL at its end. May be called
/// from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_trap_code_name(code: u32) -> *const c_char {
    safewasm_trap_code_t::name(code).as_ptr()
}

/// Returns the message of `error`: a sentence in UTF-8 with a NUL at its end, which lives until
/// `safewasm_error_delete`. A name from a module or from the program that has more than 200 bytes
/// is cut in the message and ends in an ellipsis (`…`).
///
/// `len_out` may be NULL. If it is not, `*len_out` is the message's length in bytes, without the
/// NUL.
///
/// Never returns NULL and never fails: if `error` is not a living error, the result is a static
/// text that says so. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_error_message(
    error: *mut safewasm_error_t,
    len_out: Nullable<*mut usize>,
) -> *const c_char {
    let text = match report(error) {
        Some(report) => report.message.view(),
        None => {
            let text = without_report(error).1;
            safewasm_text_t { data: text.as_ptr(), len: text.count_bytes() }
        }
    };
    if !len_out.is_null() {
        // SAFETY: a pointer that isn't NULL points to a `size_t`, as the header demands.
        unsafe { len_out.write_unaligned(text.len) };
    }
    text.data
}

/// Returns the reason of the trap, or `SAFEWASM_TRAP_NOT_A_TRAP` if `error` is not a trap or not a
/// living error.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_trap_code(error: *mut safewasm_error_t) -> safewasm_trap_code_t {
    report(error).map_or(safewasm_trap_code_t::NOT_A_TRAP, |report| report.trap)
}

/// Returns the operating system's error number (`errno`) of an error of kind `SAFEWASM_ERROR_IO`,
/// and 0 for other errors.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_os_code(error: *mut safewasm_error_t) -> i32 {
    report(error).map_or(0, |report| report.os_code)
}

/// Returns the number of frames in the wasm backtrace of `error`: 0 if it has no backtrace, or is
/// not a living error. The innermost 100 functions of a call are kept, and 400 frames of an error
/// that has passed through several calls.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_frames_len(error: *mut safewasm_error_t) -> usize {
    report(error).map_or(0, |report| report.frames.len())
}

/// Gets a frame of the wasm backtrace of `error`. Frame 0 is the innermost: the function in which
/// the error happened.
///
/// Returns true and sets `*frame_out` to the frame, whose texts live until `safewasm_error_delete`.
/// If `error` is not a living error, has no frame `index`, or `frame_out` is NULL, returns false;
/// `*frame_out`, unless `frame_out` is NULL, is all zero.
///
/// May be called from any thread.
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
    // SAFETY: a pointer that isn't NULL points to a frame, as the header demands.
    unsafe { frame_out.cast::<u8>().write_bytes(0, size_of::<safewasm_frame_t>()) };
    match found {
        // SAFETY: as above; the report, and with it the frame's text, lives until it is deleted.
        Some(frame) => unsafe { frame_out.write_unaligned(frame) },
        None => return false,
    }
    true
}

/// Gets the core dump of `error`, a trap in an engine with `SAFEWASM_OPTION_COREDUMP_SIZE`.
///
/// Returns its first byte, and sets `*len_out` to the number of bytes; they live until
/// `safewasm_error_delete`. `len_out` may be NULL. If there is no core dump, or `error` is not a
/// living error, returns NULL, and `*len_out` is 0.
///
/// A core dump is a file in WebAssembly's binary format, as the tool conventions for core dumps
/// describe it. It has the store's modules, instances and globals, the memories that aren't shared,
/// and the functions of the backtrace, as they were when the call trapped. So it contains
/// everything that the guest kept in memory, secrets too.
///
/// If the memories, the globals and the names of modules could exceed
/// `SAFEWASM_OPTION_COREDUMP_SIZE`, the dump is without memories and globals, and names are cut. The
/// same holds if a global refers to exceptions, or a memory has pages of another size than 64 KiB.
/// Local variables and operands are in no dump. If there isn't enough memory to make a dump, there
/// is none.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_error_coredump(
    error: *mut safewasm_error_t,
    len_out: Nullable<*mut usize>,
) -> *const u8 {
    let report = report(error);
    let dump = report.as_ref().and_then(|report| report.coredump.as_ref());
    if !len_out.is_null() {
        // SAFETY: a pointer that isn't NULL points to a `size_t`, as the header demands.
        unsafe { len_out.write_unaligned(dump.map_or(0, |dump| dump.len())) };
    }
    dump.map_or(std::ptr::null(), |dump| dump.as_ptr())
}

/// Creates an error for a host function to return.
///
/// `message` is UTF-8 text of `message_len` bytes (or `SAFEWASM_STRLEN`). `env` is any pointer of
/// the program. The library calls `finalizer` with `env` when no error refers to `env` any more,
/// and also if this function fails.
///
/// `tag` is an address of the program's own, such as that of a static variable, which the library
/// only compares. `safewasm_error_env` returns `env` to a caller that knows the tag, so that two
/// languages in one process don't take each other's data for their own. `tag` may be NULL: then no
/// function returns `env`.
///
/// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_HOST`; return it from a host
/// function or delete it with `safewasm_error_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `message` isn't
/// UTF-8; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_error_new(
    message: *const c_char,
    message_len: usize,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
    tag: Nullable<*const c_void>,
    error_out: *mut *mut safewasm_error_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary(Out("error_out", error_out), || {
        // SAFETY: the header demands `message_len` bytes, or a NUL, at a `message` that isn't NULL.
        let message = unsafe { utf8(message, message_len, "message") }?;
        let error = Error::new(ErrorKind::HOST, message).with_env(env, tag.addr());
        registry::insert(Arc::<Report>::from(error))
    })
}

/// Creates an error that throws `exception`, an exception of wasm, for a host function to return.
/// Wasm in the exception's store may catch it. `safewasm_ref_new_exception` creates exceptions.
///
/// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_EXCEPTION`; return it from a host
/// function or delete it with `safewasm_error_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if `exception` refers to something else than an exception;
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
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
                "`exception` refers to no exception of wasm",
            ));
        };
        let error = Error::new(ErrorKind::EXCEPTION, "a host function threw an exception of wasm");
        let error = error.with_exception(guard.store(), exception);
        registry::insert(Arc::<Report>::from(error))
    })
}

/// Returns the `env` that `safewasm_error_new` made `error` with, if it was made with the same
/// `tag`, even if the error has passed through calls of wasm since. Returns NULL for other errors,
/// if `tag` is NULL, and if `error` is not a living error. `tag` may be NULL.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_env(
    error: *mut safewasm_error_t,
    tag: Nullable<*const c_void>,
) -> *mut c_void {
    report(error)
        .and_then(|report| report.env(tag.addr()).map(Env::data))
        .unwrap_or(std::ptr::null_mut())
}

/// Gets the exception of wasm that `error` reports.
///
/// On success `*ref_out` is a new reference to the exception; delete it with `safewasm_ref_delete`.
/// On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_HANDLE`, also if the exception's
/// store was deleted; `SAFEWASM_ERROR_NOT_FOUND` if `error` is not of kind
/// `SAFEWASM_ERROR_EXCEPTION`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_error_exception(
    error: *mut safewasm_error_t,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary(Out("ref_out", ref_out), || {
        let report = error.get("error")?;
        let Some((store, exception)) = &report.exception else {
            return Err(Error::new(ErrorKind::NOT_FOUND, "`error` reports no exception of wasm"));
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

/// Returns true if `error` is an error that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_is_valid(error: *mut safewasm_error_t) -> bool {
    error == OUT_OF_MEMORY || quietly(|| error.is_valid())
}

/// Deletes `error`. Does nothing if `error` is NULL or was deleted already. Never fails and never
/// waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_delete(error: *mut safewasm_error_t) {
    quietly(|| error.delete());
}
