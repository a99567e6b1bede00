//! Messages for exports and imports that are missing, and for imports of the wrong type.

use crate::error::text::{LONGEST_NAME, quoted};
use crate::error::{Error, ErrorKind};
use crate::kinds::Kind;
use crate::store::entered::{Entered, Guard};
use crate::types::externtype::{describe, shown};
use wasmtime::{Extern, ExternType as Type, FuncType, ImportType, MemoryTypeBuilder};

/// The error for a name that the module doesn't export.
#[cold]
pub(crate) fn no_export(module: &wasmtime::Module, name: &str) -> Error {
    let names: Vec<_> =
        module.exports().take(20).map(|export| format!("`{}`", quoted(export.name()))).collect();
    let more = if module.exports().len() > names.len() { ", and more" } else { "" };
    let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Error::new(
        ErrorKind::NOT_FOUND,
        format!(
            "there is no export called `{}`; the instance exports: {there}{more}",
            quoted(name)
        ),
    )
}

/// The error for an export of another kind than wanted.
#[cold]
pub(crate) fn wrong_export(name: &str, found: Kind, wanted: Kind) -> Error {
    let ((article, found), (wanted_article, wanted)) = (found.name(), wanted.name());
    Error::new(
        ErrorKind::TYPE_MISMATCH,
        format!(
            "the export `{}` is {article} {found}, not {wanted_article} {wanted}",
            quoted(name)
        ),
    )
}

/// The message for missing imports, if there are any. `hint` suggests the name that was meant for one.
pub(crate) fn missing<'module>(
    missing: impl Iterator<Item = ImportType<'module>>,
    hint: impl Fn(&ImportType<'module>) -> String,
) -> Option<String> {
    const MOST_LISTED: usize = 10;
    let (mut count, mut listed) = (0, Vec::new());
    for import in missing {
        count += 1;
        if count <= MOST_LISTED {
            let name =
                format!("`{}` of module `{}`", quoted(import.name()), quoted(import.module()));
            listed.push((name, shown(&import.ty()), hint(&import)));
        }
    }
    match listed.as_slice() {
        [] => None,
        [(name, ty, hint)] => Some(format!("the import {name} is missing: expected {ty}{hint}")),
        listed => {
            let mut text = format!("{count} imports are missing:");
            for (name, ty, hint) in listed {
                text += &format!("\n  {name}: {ty}{hint}");
            }
            if count > MOST_LISTED {
                text += &format!("\n  and {} more", count - MOST_LISTED);
            }
            Some(text)
        }
    }
}

/// The type of an item. The minimum of a memory is its current size.
pub(crate) fn current_type(item: &Extern, guard: &mut Guard) -> Type {
    let context = guard.context();
    match item {
        Extern::Memory(memory) => {
            let (ty, size) = (memory.ty(&context), memory.size(&context));
            let mut now = MemoryTypeBuilder::default();
            now.min(size)
                .max(ty.maximum())
                .memory64(ty.is_64())
                .page_size_log2(ty.page_size_log2());
            now.build().map_or(Type::Memory(ty), Type::Memory)
        }
        item => item.ty(context),
    }
}

/// The error for an import of the wrong type, with the expected type and the given one. `message` is
/// Wasmtime's, and `given` returns the type of the item for the import at an index.
pub(crate) fn explain(
    message: &str,
    module: &wasmtime::Module,
    mut given: impl FnMut(usize, &ImportType<'_>) -> Option<Type>,
) -> Option<Error> {
    for (index, import) in module.imports().enumerate() {
        let (namespace, name) = (import.module(), import.name());
        let begins = format!("incompatible import type for `{namespace}::{name}`");
        let mut begins = begins.replace('\0', "\\0");
        // An error's message may be cut here.
        begins.truncate(begins.floor_char_boundary(LONGEST_NAME / 2));
        if !message.starts_with(&begins) {
            continue;
        }
        let (expected, given) = (import.ty(), given(index, &import)?);
        // Two imports may have the same name; the error is for the one whose type differs.
        let is_same = match (&expected, &given) {
            (Type::Func(expected), Type::Func(given)) => FuncType::eq(expected, given),
            (Type::Tag(expected), Type::Tag(given)) => FuncType::eq(expected.ty(), given.ty()),
            (expected, given) => describe(expected) == describe(given),
        };
        if !is_same {
            return Some(Error::new(
                ErrorKind::LINK,
                format!(
                    "the import `{}` of module `{}` is of another type: expected {}, given {}",
                    quoted(name),
                    quoted(namespace),
                    shown(&expected),
                    shown(&given)
                ),
            ));
        }
    }
    None
}
