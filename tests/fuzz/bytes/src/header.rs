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

/// The kinds of errors that comments document.
const KINDS: [Kind; 23] = [
    Kind::NULL_POINTER,
    Kind::INVALID_HANDLE,
    Kind::WRONG_STORE,
    Kind::WRONG_ENGINE,
    Kind::STORE_BUSY,
    Kind::STORE_POISONED,
    Kind::INVALID_ARGUMENT,
    Kind::INVALID_MODULE,
    Kind::INVALID_TEXT,
    Kind::LINK,
    Kind::NOT_FOUND,
    Kind::TYPE_MISMATCH,
    Kind::OUT_OF_BOUNDS,
    Kind::TRAP,
    Kind::EXCEPTION,
    Kind::LIMIT,
    Kind::IO,
    Kind::UNSUPPORTED,
    Kind::TASK,
    Kind::COMPILER,
    Kind::EXIT,
    Kind::INCOMPATIBLE,
    Kind::INVALID_ARTIFACT,
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
    let is_named = |kind: &Kind| errors.contains(&format!("`SAFEWASM_ERROR_{kind:?}`"));
    KINDS.into_iter().filter(is_named).collect()
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
