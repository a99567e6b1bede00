//! Bytes that the library hands out.

use crate::boundary::{Out, boundary, quietly};
use crate::error::safewasm_error_t;
use crate::registry::SharedHandle;

/// Bytes of the library's, such as `safewasm_wat2wasm` makes.
pub struct safewasm_bytes_t {
    _opaque: (),
}

/// What the handle of a bytes object means.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

/// Where the bytes are, and how many.
///
/// On success `*data_out` is the first byte and `*len_out` the number of bytes; they live until
/// `safewasm_bytes_delete`. On failure they are NULL and 0.
///
/// Errors: null pointer, invalid handle.
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

/// Whether `bytes` is a bytes object that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_bytes_is_valid(bytes: *mut safewasm_bytes_t) -> bool {
    quietly(|| bytes.is_valid())
}

/// Deletes `bytes`. NULL and what was deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_bytes_delete(bytes: *mut safewasm_bytes_t) {
    quietly(|| bytes.delete());
}
