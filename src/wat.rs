//! The text format.

use crate::boundary::{Out, boundary, utf8};
use crate::bytes::{Bytes, safewasm_bytes_t};
use crate::compile::IS_COMPONENT;
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::registry::{self, Shared};
use crate::text;
use crate::threadpool;
use std::os::raw::c_char;
use std::sync::Arc;

/// Lines that are longer than that, in bytes, aren't shown in messages.
const LONGEST_LINE: usize = 1000;

/// What the parser says of a component.
const NO_COMPONENTS: &str = "support for parsing components disabled at compile time";

/// The bytes of a module in the text format.
pub(crate) fn to_wasm(text: &str) -> Result<Vec<u8>> {
    threadpool::with_room(|| parse(text))?
}

fn parse(text: &str) -> Result<Vec<u8>> {
    wat::parse_str(text).map_err(|error| {
        let said = error.to_string().replace(NO_COMPONENTS, IS_COMPONENT);
        let mut lines = said.lines();
        let what = lines.next().unwrap_or_default();
        let mut message = format!("Invalid text: {}", text::cut(what, LONGEST_LINE));
        // Where it is, then the line, then a mark below.
        let shown =
            if lines.clone().any(|line| line.len() > LONGEST_LINE) { 1 } else { usize::MAX };
        for line in lines.take(shown) {
            message.push('\n');
            message.push_str(line);
        }
        Error::new(ErrorKind::INVALID_TEXT, message)
    })
}

/// Turns WebAssembly text into bytes, without validating the module that it describes.
///
/// `text` is UTF-8 of `text_len` bytes.
///
/// On success `*bytes_out` is a new bytes object, which belongs to the caller, who gives it to
/// `safewasm_bytes_delete`; on failure it is NULL.
///
/// Errors: null pointer; invalid argument for what isn't UTF-8; invalid text, whose message has
/// the line, the column and, unless it is longer than 1,000 bytes, the line itself with a mark. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wat2wasm(
    text: *const c_char,
    text_len: usize,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        // SAFETY: the header demands `text_len` bytes at a `text` that isn't NULL.
        let text = unsafe { utf8(text, text_len, "text") }?;
        registry::insert(Shared::Bytes(Arc::new(Bytes(to_wasm(text)?))))
    })
}
