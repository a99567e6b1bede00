//! Text that the library hands out.

use std::os::raw::c_char;
use std::ptr;

/// Text of the library's: UTF-8, `len` bytes and a NUL after them. A NUL may also be within.
///
/// Lives until the object that it came from is deleted. `data` is NULL where there is no text.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_text_t {
    /// The first byte.
    pub data: *const c_char,
    /// The length in bytes, without the NUL at the end.
    pub len: usize,
}

impl safewasm_text_t {
    pub(crate) const NONE: Self = Self { data: ptr::null(), len: 0 };
}

/// Text in the form in which it is handed out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text(Box<str>);

impl Text {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.push('\0');
        Self(text.into_boxed_str())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0[..self.0.len() - 1]
    }

    pub(crate) fn view(&self) -> safewasm_text_t {
        safewasm_text_t { data: self.0.as_ptr().cast(), len: self.0.len() - 1 }
    }
}
