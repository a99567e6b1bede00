//! Text that the library hands out.

use std::borrow::Cow;
use std::fmt::Display;
use std::os::raw::c_char;
use std::ptr;
use std::sync::Arc;

/// The length of a text that ends at its first NUL, as C strings do. Every function that takes the
/// length of a text accepts it. The lengths of bytes, values and other arrays are numbers.
pub const SAFEWASM_STRLEN: usize = usize::MAX;

/// A text that the library hands out: UTF-8 of `len` bytes, followed by a NUL. It may contain other
/// NULs.
///
/// A text lives until the object that it came from is deleted.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_text_t {
    /// The first byte, or NULL if there is no text.
    pub data: *const c_char,
    /// The length in bytes, without the NUL at the end.
    pub len: usize,
}

impl safewasm_text_t {
    pub(crate) const NONE: Self = Self { data: ptr::null(), len: 0 };
}

/// Text in the form in which it is handed out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text(Arc<str>);

impl Text {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.push('\0');
        Self(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0[..self.0.len() - 1]
    }

    pub(crate) fn view(&self) -> safewasm_text_t {
        safewasm_text_t { data: self.0.as_ptr().cast(), len: self.0.len() - 1 }
    }
}

/// The longest name of a module in a backtrace, in bytes. A longer name is cut.
pub(crate) const LONGEST_NAME: usize = 1000;

/// The longest name of a module in a message, in bytes. A longer name is cut.
pub(crate) const LONGEST_QUOTED: usize = 200;

/// The text if it has at most `longest` bytes, else its beginning and an ellipsis.
pub(crate) fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(longest - ELLIPSIS.len_utf8());
    let mut cut = String::with_capacity(longest);
    cut.push_str(&text[..end]);
    cut.push(ELLIPSIS);
    Cow::Owned(cut)
}

const ELLIPSIS: char = '…';

/// A number with its noun: "1 page", "2 pages".
pub(crate) fn count<N: Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A name in a module, cut and in one line, for a message.
pub(crate) fn quoted(name: &str) -> Cow<'_, str> {
    match cut(name, LONGEST_QUOTED) {
        Cow::Borrowed(name) => escaped(name, changes_the_display),
        Cow::Owned(name) => Cow::Owned(escaped(&name, changes_the_display).into_owned()),
    }
}

/// A message that shows names, in which they can't change the display. It may have several lines.
pub(crate) fn printable(message: &str) -> Cow<'_, str> {
    escaped(message, |c| !matches!(c, '\n' | '\t') && changes_the_display(c))
}

/// Whether a character moves the cursor of a terminal, or reorders or hides other characters.
fn changes_the_display(c: char) -> bool {
    let hides = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    let reorders = matches!(c, '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    c.is_control() || hides || reorders
}

/// The text with some of its characters as escapes, in the notation of C and Julia.
fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            _ if !is_escaped(c) => escaped.push(c),
            '\0' => escaped.push_str(r"\0"),
            '\t' => escaped.push_str(r"\t"),
            '\n' => escaped.push_str(r"\n"),
            '\r' => escaped.push_str(r"\r"),
            '\u{1b}' => escaped.push_str(r"\e"),
            _ if c.is_ascii() => escaped.push_str(&format!("\\x{:02x}", u32::from(c))),
            _ if c <= '\u{ffff}' => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => escaped.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_cut_between_characters() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abc…");
        assert_eq!(cut("aéééé", 7), "aé…");
        assert_eq!(cut(&"é".repeat(200), 200).len(), 199);
    }

    #[test]
    fn a_name_in_a_message_cannot_change_the_display() {
        assert_eq!(quoted("naïve 名前 \u{1f600}"), "naïve 名前 \u{1f600}");
        assert_eq!(quoted("a\0b\n\t\r\u{1b}[2J\u{7}"), r"a\0b\n\t\r\e[2J\x07");
        assert_eq!(quoted("\u{85}\u{202e}\u{200b}\u{e0001}"), r"\u0085\u202e\u200b\U000e0001");
        assert_eq!(quoted(&"\u{7}".repeat(300)).matches(r"\x07").count(), LONGEST_QUOTED - 3);
        assert_eq!(printable("two\n\tlines\r"), "two\n\tlines\\r");
    }
}
