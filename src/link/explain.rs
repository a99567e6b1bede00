//! TODO

use crate::error::text::{LONGEST_NAME, quoted};
use crate::error::{Error, ErrorKind};
use crate::store::entered::{Entered, Guard};
use crate::types::externtype::{describe, shown};
use wasmtime::{Extern, ExternType as Type, FuncType, ImportType, MemoryTypeBuilder};

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

/// What to say of imports that are `missed`, if there are some; `hint` says what may have been meant by
/// one.
pub(crate) fn missing<'module>(
    missed: impl Iterator<Item = ImportType<'module>>,
    hint: impl Fn(&ImportType<'module>) -> String,
) -> Option<String> {
    const MOST_LISTED: usize = 10;
    let (mut count, mut listed) = (0, Vec::new());
    for import in missed {
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

/// The type of an item, with the size that it has now as its minimum.
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

/// What Wasmtime `said` of an import of the wrong type, with what was expected and what was `given` for
/// the import, at that index.
pub(crate) fn explain(
    said: &str,
    module: &wasmtime::Module,
    mut given: impl FnMut(usize, &ImportType<'_>) -> Option<Type>,
) -> Option<Error> {
    for (index, import) in module.imports().enumerate() {
        let (namespace, name) = (import.module(), import.name());
        let begins = format!("incompatible import type for `{namespace}::{name}`");
        let mut begins = begins.replace('\0', "\\0");
        // As long as an error's message can be.
        begins.truncate(begins.floor_char_boundary(LONGEST_NAME / 2));
        if !said.starts_with(&begins) {
            continue;
        }
        let (expected, given) = (import.ty(), given(index, &import)?);
        // Two imports may have one name; that of another type is the one.
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
