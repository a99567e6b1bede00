//! The sources of the library, found by following `mod` from `src/lib.rs`.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, Expr, Item, Lit, Meta};

/// A source file.
pub struct Source {
    pub path: PathBuf,
    pub file: syn::File,
    /// The feature of the crate without which it isn't compiled.
    pub feature: Option<String>,
}

/// Every source file of the crate whose root is `path`: each module after its parent, in the order in which
/// the parent declares them.
pub fn read(path: &Path) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    add(path, None, &mut found)?;
    Ok(found)
}

fn add(path: &Path, feature: Option<String>, found: &mut Vec<Source>) -> Result<()> {
    let shown = || path.display().to_string();
    let file =
        syn::parse_file(&fs::read_to_string(path).with_context(shown)?).with_context(shown)?;
    let modules: Vec<_> = file.items.iter().filter_map(declared).collect();
    found.push(Source { path: path.to_owned(), file, feature: feature.clone() });
    let parent = path.parent().context("a source file is in a folder")?;
    let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "mod") => parent.to_owned(),
        Some(stem) => parent.join(stem),
        None => return Ok(()),
    };
    for (name, own) in modules {
        let inner = folder.join(&name).join("mod.rs");
        let inner = if inner.exists() { inner } else { folder.join(format!("{name}.rs")) };
        add(&inner, own.or_else(|| feature.clone()), found)?;
    }
    Ok(())
}

/// The name of the module that an item declares in a file of its own, tests aside, and the feature that it needs.
fn declared(item: &Item) -> Option<(String, Option<String>)> {
    let Item::Mod(item) = item else { return None };
    let condition = |attr: &Attribute| match &attr.meta {
        Meta::List(list) if attr.path().is_ident("cfg") => Some(list.tokens.to_string()),
        _ => None,
    };
    let conditions: Vec<_> = item.attrs.iter().filter_map(condition).collect();
    let in_tests = conditions.iter().any(|condition| condition == "test");
    let feature = conditions.iter().find_map(|condition| {
        Some(condition.strip_prefix("feature = \"")?.strip_suffix('"')?.to_owned())
    });
    (item.content.is_none() && !in_tests).then(|| (item.ident.to_string(), feature))
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
