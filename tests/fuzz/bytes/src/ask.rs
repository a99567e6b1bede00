//! Compares everything that the library tells about a module with Wasmtime's module, or with its bytes.

use crate::call::{EXTERNTYPE, NO_TEXT, Owned, Refusal, Verdict, answer, done, ensure, string};
use crate::{describe, sections};
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::{safewasm_module_t, safewasm_resources_t};
use safewasm_capi::*;
use std::ptr::null;

type Module = Owned<safewasm_module_t>;

/// Compares `module` with Wasmtime's module of the same bytes.
pub fn ask(module: &Module, wasm: &[u8], theirs: &wasmtime::Module) -> Verdict {
    let imports = theirs.imports().map(|import| {
        let (module, name) = (import.module().to_owned(), import.name().to_owned());
        (module, name, describe::theirs(&import.ty()))
    });
    all_same("import", &list(module, IMPORTS)?, &imports.collect::<Vec<_>>())?;
    let exports = theirs
        .exports()
        .map(|export| (String::new(), export.name().to_owned(), describe::theirs(&export.ty())));
    all_same("export", &list(module, EXPORTS)?, &exports.collect::<Vec<_>>())?;
    same("the name", &name(module)?, &theirs.name().map(str::to_owned))?;
    same("custom sections", &Some(custom(module)?), &sections::custom(wasm))?;
    let needs = theirs.resources_required();
    let needs = safewasm_resources_t {
        memories: needs.num_memories,
        tables: needs.num_tables,
        max_memory_size: needs.max_initial_memory_size.unwrap_or(0),
        max_table_size: needs.max_initial_table_size.unwrap_or(0),
    };
    same("resources", &resources(module)?, &needs)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Verdict {
    ensure!(ours == theirs, "{what}: {ours:?}, but {theirs:?} in Wasmtime");
    Ok(())
}

/// Compares lists item by item, so that only the first difference is printed.
fn all_same(what: &str, ours: &[Item], theirs: &[Item]) -> Verdict {
    same(&format!("the {what}s' number"), &ours.len(), &theirs.len())?;
    let mut pairs = ours.iter().zip(theirs).enumerate();
    pairs.try_for_each(|(index, (ours, theirs))| same(&format!("{what} {index}"), ours, theirs))
}

type Item = (String, String, String);

/// The functions that give the number of imports or exports, and the one at an index.
type Questions =
    (fn(&Module) -> Verdict<usize>, fn(&Module, usize) -> Verdict<Result<Item, Refusal>>);

const IMPORTS: Questions = (imports_len, import);
const EXPORTS: Questions = (exports_len, export);

/// Reads the items at all indices. There must be none at higher indices.
fn list(module: &Module, (len, get): Questions) -> Verdict<Vec<Item>> {
    let len = len(module)?;
    let mut items = Vec::new();
    for index in 0..len {
        let item = get(module, index)?;
        items.push(item.map_err(|refusal| format!("item {index} of {len}: {refusal:?}"))?);
    }
    for index in [len, usize::MAX] {
        let Err(refusal) = get(module, index)? else {
            return Err(format!("there is an item {index} of {len}"));
        };
        ensure!(refusal.kind == Kind::NOT_FOUND, "item {index} of {len}: {refusal:?}");
    }
    Ok(items)
}

fn imports_len(module: &Module) -> Verdict<usize> {
    let mut len = 0;
    // SAFETY: there is room for a number.
    let error = unsafe { safewasm_module_imports_len(module.handle, &mut len) };
    done("safewasm_module_imports_len", error).map(|()| len)
}

fn exports_len(module: &Module) -> Verdict<usize> {
    let mut len = 0;
    // SAFETY: there is room for a number.
    let error = unsafe { safewasm_module_exports_len(module.handle, &mut len) };
    done("safewasm_module_exports_len", error).map(|()| len)
}

fn import(module: &Module, index: usize) -> Verdict<Result<Item, Refusal>> {
    let (mut namespace, mut name) = (NO_TEXT, NO_TEXT);
    // SAFETY: there is room for the results.
    let ty = Owned::new(EXTERNTYPE, "safewasm_module_import", |out| unsafe {
        safewasm_module_import(module.handle, index, &mut namespace, &mut name, out)
    })?;
    let names = (string(&namespace)?, string(&name)?);
    Ok(match ty {
        Ok(ty) => Ok((
            names.0.ok_or("an import has no module name")?,
            names.1.ok_or("an import has no name")?,
            describe::ours(&ty)?,
        )),
        Err(refusal) => {
            ensure!(names == (None, None), "names of no import: {names:?}");
            Err(refusal)
        }
    })
}

fn export(module: &Module, index: usize) -> Verdict<Result<Item, Refusal>> {
    let mut name = NO_TEXT;
    // SAFETY: there is room for the results.
    let ty = Owned::new(EXTERNTYPE, "safewasm_module_export", |out| unsafe {
        safewasm_module_export(module.handle, index, &mut name, out)
    })?;
    let name = string(&name)?;
    Ok(match ty {
        Ok(ty) => Ok((String::new(), name.ok_or("an export has no name")?, describe::ours(&ty)?)),
        Err(refusal) => {
            ensure!(name.is_none(), "the name of no export: {name:?}");
            Err(refusal)
        }
    })
}

fn name(module: &Module) -> Verdict<Option<String>> {
    let mut name = NO_TEXT;
    // SAFETY: there is room for a text.
    done("safewasm_module_name", unsafe { safewasm_module_name(module.handle, &mut name) })?;
    string(&name)
}

fn resources(module: &Module) -> Verdict<safewasm_resources_t> {
    let mut found =
        safewasm_resources_t { memories: 0, tables: 0, max_memory_size: 0, max_table_size: 0 };
    // SAFETY: there is room for the result.
    let error = unsafe { safewasm_module_resources(module.handle, &mut found) };
    done("safewasm_module_resources", error).map(|()| found)
}

/// Reads the name and the data of each custom section.
fn custom(module: &Module) -> Verdict<Vec<(String, Vec<u8>)>> {
    const FUNCTION: &str = "safewasm_module_custom_section";
    let mut len = 0;
    // SAFETY: there is room for a number.
    let error = unsafe { safewasm_module_custom_sections_len(module.handle, &mut len) };
    done("safewasm_module_custom_sections_len", error)?;
    let mut found = Vec::new();
    for index in 0..=len {
        let (mut name, mut data, mut data_len) = (NO_TEXT, null(), 0);
        // SAFETY: there is room for the results.
        let error = unsafe {
            safewasm_module_custom_section(
                module.handle,
                index,
                &mut name,
                &mut data,
                &mut data_len,
            )
        };
        match answer(FUNCTION, error)? {
            Ok(()) => {
                ensure!(
                    data.is_null() == (data_len == 0),
                    "section {index}: {data_len} at {data:?}"
                );
                let data = match data_len {
                    0 => Vec::new(),
                    // SAFETY: the module that owns the bytes is still there.
                    len => unsafe { std::slice::from_raw_parts(data, len) }.to_vec(),
                };
                found.push((string(&name)?.ok_or("a custom section has no name")?, data));
            }
            Err(refusal) => {
                let expected = index == len && refusal.kind == Kind::NOT_FOUND;
                ensure!(expected, "custom section {index} of {len}: {refusal:?}");
                let cleared = name.data.is_null() && data.is_null() && data_len == 0;
                ensure!(cleared, "a custom section that isn't there has something");
            }
        }
    }
    ensure!(found.len() == len, "{} custom sections, and not {len}", found.len());
    Ok(found)
}
