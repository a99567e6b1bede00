//! Reads the header: which functions take bytes or text, and which errors each documents.

use safewasm::abi::safewasm_error_kind_t as Kind;
use std::sync::LazyLock;

/// A function as the header describes it.
pub struct Function {
    pub name: &'static str,
    /// Whether a parameter is bytes or text.
    pub takes_bytes: bool,
    /// The kinds of errors that its comment documents.
    pub kinds: Vec<Kind>,
}

/// All functions of the header.
pub static FUNCTIONS: LazyLock<Vec<Function>> =
    LazyLock::new(|| read(include_str!("../../../../include/safewasm.h")));

/// The function of that name.
pub fn function(name: &str) -> &'static Function {
    FUNCTIONS
        .iter()
        .find(|function| function.name == name)
        .unwrap_or_else(|| panic!("the header has no {name}"))
}

/// The words in comments for each kind of error.
const WORDS: [(&str, Kind); 20] = [
    ("null pointer", Kind::NULL_POINTER),
    ("invalid handle", Kind::INVALID_HANDLE),
    ("wrong store", Kind::WRONG_STORE),
    ("wrong engine", Kind::WRONG_ENGINE),
    ("store busy", Kind::STORE_BUSY),
    ("poisoned", Kind::STORE_POISONED),
    ("invalid argument", Kind::INVALID_ARGUMENT),
    ("invalid module", Kind::INVALID_MODULE),
    ("invalid text", Kind::INVALID_TEXT),
    ("link", Kind::LINK),
    ("not found", Kind::NOT_FOUND),
    ("type mismatch", Kind::TYPE_MISMATCH),
    ("out of bounds", Kind::OUT_OF_BOUNDS),
    ("trap", Kind::TRAP),
    ("exception", Kind::EXCEPTION),
    ("limit", Kind::LIMIT),
    ("i o", Kind::IO),
    ("unsupported", Kind::UNSUPPORTED),
    ("task", Kind::TASK),
    ("compiler", Kind::COMPILER),
];

fn read(header: &'static str) -> Vec<Function> {
    let mut found = Vec::new();
    let (mut comment, mut declaration) = (String::new(), String::new());
    for line in header.lines() {
        if let Some(said) = line.strip_prefix("//") {
            comment = comment + " " + said.trim();
        } else if line.is_empty() {
            (comment, declaration) = (String::new(), String::new());
        } else {
            declaration = declaration + " " + line.trim();
            if line.ends_with(';') {
                found.extend(declared(header, &declaration, &comment));
            }
        }
    }
    found
}

/// Reads a declaration, if it is that of a function.
fn declared(header: &'static str, declaration: &str, comment: &str) -> Option<Function> {
    let (before, params) = declaration.split_once('(')?;
    let name = before.rsplit(['*', ' ']).next().filter(|name| name.starts_with("safewasm_"))?;
    let is_data = |param: &str| {
        let of = ["const char *", "const uint8_t *"];
        of.iter().any(|ty| param.trim().strip_prefix(ty).is_some_and(|name| !name.starts_with('*')))
    };
    // The name in the header's text, which is static.
    let place = header.find(&format!("{name}("))?;
    Some(Function {
        name: &header[place..place + name.len()],
        takes_bytes: params.split(',').any(is_data),
        kinds: kinds(comment),
    })
}

/// Reads the kinds in the part of a comment after "Errors:".
fn kinds(comment: &str) -> Vec<Kind> {
    let Some((_, errors)) = comment.split_once("Errors:") else { return Vec::new() };
    let words = errors.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " ");
    let words: Vec<_> = words.split_whitespace().collect();
    let words = format!(" {} ", words.join(" "));
    let meant = WORDS.iter().filter(|(means, _)| words.contains(&format!(" {means} ")));
    meant.map(|(_, kind)| *kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_header_documents_is_read() {
        let new = function("safewasm_module_new");
        assert!(new.takes_bytes);
        assert!(new.kinds.contains(&Kind::INVALID_MODULE));
        assert!(!new.kinds.contains(&Kind::INVALID_TEXT));
        let export = function("safewasm_instance_export");
        assert!(export.takes_bytes && export.kinds.contains(&Kind::NOT_FOUND));
        assert!(function("safewasm_module_new_file").kinds.contains(&Kind::IO));
        assert!(!function("safewasm_module_custom_section").takes_bytes);
        assert!(!function("safewasm_error_message").takes_bytes);
    }
}
