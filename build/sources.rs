//! The sources of the library, found by following `mod` from `src/lib.rs`.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, Expr, Item, Lit, Meta};

/// A source file.
pub struct Source {
    pub path: PathBuf,
    pub file: syn::File,
}

/// Every source file of the crate whose root is `path`: each module after its parent, in the order in which
/// the parent declares them.
pub fn read(path: &Path) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    add(path, &mut found)?;
    Ok(found)
}

fn add(path: &Path, found: &mut Vec<Source>) -> Result<()> {
    let shown = || path.display().to_string();
    let file =
        syn::parse_file(&fs::read_to_string(path).with_context(shown)?).with_context(shown)?;
    let names: Vec<String> = file.items.iter().filter_map(declared).collect();
    found.push(Source { path: path.to_owned(), file });
    let parent = path.parent().context("a source file is in a folder")?;
    let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "mod") => parent.to_owned(),
        Some(stem) => parent.join(stem),
        None => return Ok(()),
    };
    for name in names {
        let inner = folder.join(&name).join("mod.rs");
        let inner = if inner.exists() { inner } else { folder.join(format!("{name}.rs")) };
        add(&inner, found)?;
    }
    Ok(())
}

/// The name of the module that an item declares in a file of its own, tests aside.
fn declared(item: &Item) -> Option<String> {
    let Item::Mod(item) = item else { return None };
    let is_test =
        |meta: &Meta| matches!(meta, Meta::List(list) if list.tokens.to_string() == "test");
    let in_tests = item.attrs.iter().any(|attr| attr.path().is_ident("cfg") && is_test(&attr.meta));
    (item.content.is_none() && !in_tests).then(|| item.ident.to_string())
}

/// The lines of a documentation comment.
pub fn docs(attrs: &[Attribute]) -> Vec<String> {
    let line = |attr: &Attribute| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    attrs.iter().filter_map(line).collect()
}
