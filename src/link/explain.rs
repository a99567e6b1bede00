//! Messages for exports and imports that are missing, and for imports of the wrong type.

use crate::error::text::{LONGEST_NAME, count, printable, quoted};
use crate::error::{Error, ErrorKind};
use crate::kinds::Kind;
use crate::link::suggest::did_you_mean;
use crate::store::entered::{Entered, Guard};
use crate::types::externtype::{describe, shown};
use wasmtime::{Extern, ExternType as Type, FuncType, ImportType, MemoryTypeBuilder};

/// The name of the module that programs for WASI preview 1 import its functions from.
pub(crate) const PREVIEW_1: &str = "wasi_snapshot_preview1";

/// Whether a module is called like those of other versions of WASI and of its extensions: `wasi_unstable` and
/// `wasi_ephemeral_…` of preview 0, `wasi:…` of preview 2 and later, `wasi` for threads, and `wasix_…`.
pub(crate) fn is_other_wasi(namespace: &str) -> bool {
    let begins = |begin: &&str| namespace.starts_with(begin);
    namespace == "wasi" || namespace != PREVIEW_1 && ["wasi_", "wasi:", "wasix_"].iter().any(begins)
}

/// The error for a name that the module doesn't export.
#[cold]
pub(crate) fn no_export(module: &wasmtime::Module, name: &str) -> Error {
    let text = |known: &str| format!("`{}`", quoted(known));
    let names: Vec<_> = module.exports().take(20).map(|export| text(export.name())).collect();
    let more = if module.exports().len() > names.len() { ", and more" } else { "" };
    let there = match names.as_slice() {
        [] => "the instance exports nothing".to_owned(),
        names => format!("the instance exports: {}{more}", names.join(", ")),
    };
    let similar = did_you_mean(module.exports().map(|known| {
        let known = known.name();
        (name.into(), known.into(), move || text(known))
    }));
    Error::new(
        ErrorKind::NOT_FOUND,
        format!("there is no export called {}; {there}{similar}", text(name)),
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
    let (mut len, mut listed, mut note) = (0, Vec::new(), String::new());
    for import in missing {
        len += 1;
        if note.is_empty() {
            note = origin(&import);
        }
        if len <= MOST_LISTED {
            let name =
                format!("`{}` of module `{}`", quoted(import.name()), quoted(import.module()));
            listed.push((name, shown(&import.ty()), hint(&import)));
        }
    }
    match listed.as_slice() {
        [] => None,
        [(name, ty, hint)] => {
            let note = if note.is_empty() { note } else { format!("; {note}") };
            Some(format!("the import {name} is missing: expected {ty}{note}{hint}"))
        }
        listed => {
            let mut text = format!("{len} imports are missing:");
            for (name, ty, hint) in listed {
                text += &format!("\n  {name}: {ty}{hint}");
            }
            if len > MOST_LISTED {
                text += &format!("\n  and {} more", len - MOST_LISTED);
            }
            if !note.is_empty() {
                text += &format!("\n{note}");
            }
            Some(text)
        }
    }
}

/// A note about the way a module with this missing import was made, or nothing.
fn origin(import: &ImportType<'_>) -> String {
    let namespace = import.module();
    #[cfg(feature = "wasi")]
    if namespace == PREVIEW_1 && !super::preview1::has(import.name()) {
        return "WASI preview 1 has no such function".to_owned();
    }
    if namespace == PREVIEW_1 {
        return format!(
            "`{namespace}` is WASI: define its functions by `safewasm_linker_define_wasi`, and make the \
             instance with that linker"
        );
    }
    if is_other_wasi(namespace) {
        return format!(
            "`{}` isn't WASI preview 1, the version that this library has; compile the module for the \
             target `wasm32-wasip1`",
            quoted(namespace)
        );
    }
    if (namespace, import.name()) == ("env", "__linear_memory") {
        return "the module is an object file that was not linked; link it, for instance by `wasm-ld`"
            .to_owned();
    }
    String::new()
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
        let mut begins = printable(&begins).into_owned();
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
                    "the import `{}` of module `{}` is of another type: expected {}, given {}{}",
                    quoted(name),
                    quoted(namespace),
                    shown(&expected),
                    shown(&given),
                    difference(&expected, &given)
                ),
            ));
        }
    }
    None
}

/// What is wrong with a memory or table that is given for an import, as the end of a message: the types show
/// its size, which may be larger than the expected one, but not smaller.
fn difference(expected: &Type, given: &Type) -> String {
    let limits = |ty: &Type| match ty {
        Type::Memory(ty) => Some(("page", ty.minimum(), ty.maximum())),
        Type::Table(ty) => Some(("element", ty.minimum(), ty.maximum())),
        _ => None,
    };
    let (Some((noun, least, most)), Some((other, size, max))) = (limits(expected), limits(given))
    else {
        return String::new();
    };
    if noun != other {
        return String::new();
    }
    if size < least {
        return format!("; it needs at least {}", count(least, noun));
    }
    match (most, max) {
        (Some(most), None) => format!("; it needs a maximum of at most {}", count(most, noun)),
        (Some(most), Some(max)) if max > most => {
            format!("; its maximum must be at most {}", count(most, noun))
        }
        _ => String::new(),
    }
}
