//! Bytes that the library hands out.

use crate::kinds::{SharedKind, safewasm_bytes_t};

/// The object behind the handle of a bytes object.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl SharedKind for safewasm_bytes_t {
    type Object = Bytes;
}
