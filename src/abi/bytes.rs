//! Text format: WebAssembly in text is turned into bytes, which the library hands out.
//!
//! Example: examples/instances.c

pub use crate::kinds::safewasm_bytes_t;

use crate::abi::args::utf8;
use crate::abi::boundary::{Out, boundary};
use crate::engine::bytes::Bytes;
use crate::engine::module::Module;
use crate::engine::unit::Unit;
use crate::engine::wat::to_wasm;
use crate::kinds::safewasm_error_t;
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use std::os::raw::c_char;

/// Gets the bytes.
///
/// On success `*data_out` is the first byte and `*len_out` is the number of bytes, which live until
/// `safewasm_bytes_delete`. On failure they are NULL and 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_bytes_data(
    bytes: *mut safewasm_bytes_t,
    data_out: *mut *const u8,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("data_out", data_out), Out("len_out", len_out)), || {
        let bytes = bytes.get("bytes")?;
        Ok((bytes.0.as_ptr(), bytes.0.len()))
    })
}

/// Returns true if `bytes` is a bytes object that has not been deleted. Never fails. May be called
/// from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_bytes_is_valid(bytes: *mut safewasm_bytes_t) -> bool {
    quietly(|| bytes.is_valid())
}

/// Deletes `bytes`. Does nothing if `bytes` is NULL or was deleted already. Never fails and never
/// waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_bytes_delete(bytes: *mut safewasm_bytes_t) {
    quietly(|| bytes.delete());
}

/// Turns a module or a component from WebAssembly's text format into the binary format, without validating it. May
/// be called from any thread.
///
/// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`).
///
/// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` isn't UTF-8;
/// `SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column; the message also shows a line of up
/// to 1,000 bytes, with a mark.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wat2wasm(
    text: *const c_char,
    text_len: usize,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        // SAFETY: the header demands `text_len` bytes, or a NUL, at a `text` that isn't NULL.
        let text = unsafe { utf8(text, text_len, "text") }?;
        registry::insert(Bytes(to_wasm(Module::NOUN, text)?))
    })
}
