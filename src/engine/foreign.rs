//! Recognises formats that aren't modules, for errors.

use super::artifact::safewasm_content_t as Content;

/// Formats that users mistake for modules: the first bytes, and the end of the message.
const FORMATS: [(&[u8], &str); 12] = [
    (b"\x1f\x8b", "it is compressed by gzip; decompress it first"),
    (b"\x28\xb5\x2f\xfd", "it is compressed by zstd; decompress it first"),
    (b"\xfd7zXZ\0", "it is compressed by xz; decompress it first"),
    (b"BZh", "it is compressed by bzip2; decompress it first"),
    (b"PK\x03\x04", "it is a zip archive; unpack it first"),
    (b"\x7fELF", NATIVE),
    (b"\xcf\xfa\xed\xfe", NATIVE),
    (b"MZ", NATIVE),
    (b"BC\xc0\xde", "it is LLVM bitcode; compile it to WebAssembly and link it"),
    (
        b"!<arch>\n",
        "it is an archive of object files; link them to a module, for instance by `wasm-ld`",
    ),
    (
        b"version https://git-lfs",
        "it is a pointer of Git LFS in place of the file; `git lfs pull` gets the file",
    ),
    (b"\xef\xbb\xbf(", "it is text that begins with a byte order mark; save it without one"),
];

const NATIVE: &str = "it is a native program or library; compile its source to WebAssembly instead, for a \
                      target such as `wasm32-unknown-unknown`";

/// Whether bytes may be a module in the text format: the first character is that of a list or a comment.
pub(crate) fn may_be_wat(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start(), [b'(', ..] | [b';', b';', ..])
}

const UNKNOWN: &str = "it doesn't begin with `\\0asm`, as each module in the binary format does";

/// The end of the message about bytes that don't begin as a module does.
#[cold]
pub(crate) fn describe(bytes: &[u8]) -> &'static str {
    match Content::of(bytes) {
        Content::ARTIFACT => {
            return "it is a compiled module; load it by `safewasm_module_deserialize`";
        }
        Content::COMPONENT_ARTIFACT => {
            return "it is a compiled component; load it by `safewasm_component_deserialize`";
        }
        _ => {}
    }
    if let Some((_, what)) = FORMATS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return what;
    }
    let is_text =
        || std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(is_no_part_of_text));
    match bytes.trim_ascii_start() {
        [] => "it is empty; the download, copy or build that made it may have failed",
        [b'<', ..] => {
            "it is an HTML or XML page; a server may have sent an error page in place of the module"
        }
        _ if may_be_wat(bytes) => {
            "it is text, and a module in the binary format is needed; compile text with \
             `safewasm_module_new_text`"
        }
        _ if is_text() => {
            "it is text, but not that of a module, which begins with `(`; if it is the JavaScript \
             of a package, use the `.wasm` file of that package"
        }
        _ => UNKNOWN,
    }
}

/// Whether the message about bytes can't say what they are.
pub(crate) fn is_unknown(bytes: &[u8]) -> bool {
    describe(bytes) == UNKNOWN
}

fn is_no_part_of_text(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_are_taken_for_modules_are_named() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b" \n\t", "empty"),
            (b"\n<!DOCTYPE html>", "HTML"),
            (b"<?xml version=\"1.0\"?>", "XML"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"PK\x03\x04..", "zip"),
            (b"\x7fELF\x02", "native"),
            (b"\x7fELF\x02\0swcode\x01", "`safewasm_module_deserialize`"),
            (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
            (b"\xef\xbb\xbf(module)", "byte order mark"),
            (b"(module)", "`safewasm_module_new_text`"),
            (b";; text\n(module)", "`safewasm_module_new_text`"),
            (b"var Module = {};\r\n", "JavaScript"),
            ("// é".as_bytes(), "JavaScript"),
            (b"\0as", "`\\0asm`"),
            (b"text\x01", "`\\0asm`"),
            (b"\xff\xfe(\0", "`\\0asm`"),
        ] {
            let what = describe(bytes);
            assert!(what.contains(word), "{}: {what}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_list_or_a_comment_may_be_the_text_of_a_module() {
        for text in ["(module)", "\n (", ";; comment", "(; comment ;)"] {
            assert!(may_be_wat(text.as_bytes()), "{text}");
        }
        for text in ["", " ", ";", "module", "<html>", "{"] {
            assert!(!may_be_wat(text.as_bytes()), "{text}");
        }
    }
}
