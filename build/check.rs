//! Checks of the ABI that fail the build: types with invalid values where callers set the bits, and documentation that
//! names things that don't exist.

use crate::abi::{Abi, AbiType, Field, Function, Param};
use crate::header::VERSION_MACROS;
use anyhow::{Result, ensure};
use std::collections::HashSet;
use std::path::Path;

/// The types without invalid values. Only these may be read out of a caller's memory or registers: a
/// C program can put any bits there.
const PLAIN: [&str; 10] =
    ["c_char", "f32", "f64", "i32", "i64", "isize", "u8", "u32", "u64", "usize"];

pub fn check(abi: &Abi, root: &Path) -> Result<()> {
    types(abi)?;
    let banners = abi.sections.iter().flat_map(|section| &section.banner);
    for example in banners.filter_map(|line| line.strip_prefix("Example: ")) {
        ensure!(root.join(example).exists(), "a section names {example}, which isn't there");
    }
    for function in &abi.functions {
        errors(function)?;
        texts(function)?;
    }
    names(abi)
}

fn types(abi: &Abi) -> Result<()> {
    let is_plain = |name: &str| PLAIN.contains(&name) || abi.is_callback(name);
    let is_struct = |name: &str| abi.structs.iter().any(|item| item.name == name);
    for item in &abi.structs {
        for Field { name: field, ty, .. } in &item.fields {
            let is_valid = match ty {
                AbiType::Pointer { .. } => true,
                AbiType::Array(name, _) => is_plain(name),
                AbiType::Named(name) => name == "Bool" || is_plain(name) || is_struct(name),
            };
            ensure!(is_valid, "{}.{field}: {ty:?} has invalid values; see PLAIN", item.name);
        }
    }
    for function in &abi.functions {
        for Param { name, ty, .. } in &function.params {
            let is_valid = match ty {
                AbiType::Pointer { .. } => true,
                AbiType::Array(..) => false,
                AbiType::Named(name) => name == "BoolArg" || is_plain(name),
            };
            ensure!(is_valid, "{name} of {}: {ty:?} has invalid values", function.name);
        }
    }
    for Function { name, returns, .. } in &abi.callbacks {
        let is_valid = match returns {
            None | Some(AbiType::Pointer { .. }) => true,
            Some(AbiType::Named(name)) => is_plain(name),
            Some(AbiType::Array(..)) => false,
        };
        ensure!(is_valid, "{name} returns {returns:?}, which has invalid values");
    }
    Ok(())
}

/// A function lists its errors if it is one that can fail. Only a parameter that may be NULL is said to be.
fn errors(function: &Function) -> Result<()> {
    let Function { name, docs, params, .. } = function;
    let listed = docs.iter().any(|line| line.starts_with("Errors: "));
    let fails = function.is_fallible();
    ensure!(
        listed == fails,
        "{name}: an `Errors:` paragraph is for each function that returns an error"
    );
    let docs = docs.join(" ");
    for param in params.iter().filter(|param| !param.nullable) {
        let said = docs.contains(&format!("`{}` may be NULL", param.name));
        ensure!(!said, "`{}` of {name} may be NULL, but its type isn't Nullable", param.name);
    }
    Ok(())
}

/// A description of a text's length says that it may be `SAFEWASM_STRLEN`.
fn texts(function: &Function) -> Result<()> {
    let prose = function.docs.join(" ");
    for pair in function.params.windows(2) {
        let [text, len] = pair else { continue };
        let is_text = matches!(&text.ty, AbiType::Pointer { to, is_const: true }
            if **to == AbiType::Named("c_char".to_owned()));
        let is_described = prose.contains(&format!("`{}`", len.name));
        if is_text && is_described && len.name == format!("{}_len", text.name) {
            let said = format!("UTF-8 text of `{}` bytes (or `SAFEWASM_STRLEN`)", len.name);
            ensure!(prose.contains(&said), "{} doesn't say: {said}", function.name);
        }
    }
    Ok(())
}

/// The functions, types and constants that the documentation names exist.
fn names(abi: &Abi) -> Result<()> {
    let mut known: HashSet<_> = VERSION_MACROS.map(str::to_owned).into();
    let mut docs = Vec::new();
    for kind in &abi.kinds {
        known.insert(kind.opaque.clone());
        docs.extend(&kind.docs);
    }
    for item in abi.functions.iter().chain(&abi.callbacks) {
        known.insert(item.name.clone());
        docs.extend(&item.docs);
    }
    for item in &abi.structs {
        known.insert(item.name.clone());
        docs.extend(item.docs.iter().chain(item.fields.iter().flat_map(|field| &field.docs)));
    }
    for item in &abi.enums {
        known.insert(item.name.clone());
        known.extend(item.variants.iter().map(|variant| item.prefix() + &variant.name));
        docs.extend(item.docs.iter().chain(item.variants.iter().flat_map(|value| &value.docs)));
    }
    for item in &abi.constants {
        known.insert(item.name.clone());
        docs.extend(&item.docs);
    }
    docs.extend(abi.sections.iter().flat_map(|section| &section.banner));
    let is_word = |c: char| !c.is_alphanumeric() && c != '_';
    for word in docs.into_iter().flat_map(|line| line.split(is_word)) {
        let is_ours = word.starts_with("safewasm_") || word.starts_with("SAFEWASM_");
        ensure!(
            !is_ours || known.contains(word),
            "the documentation names `{word}`, which isn't there"
        );
    }
    Ok(())
}
