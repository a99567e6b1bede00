//! Runs modules, within limits. Only errors that wasm can cause are allowed.

use crate::binary::Module;
use crate::call::{INSTANCE, LINKER, Owned, Refusal, STORE, Verdict, answer, done, ensure};
use crate::engine::Engine;
use crate::mutate::name;
use crate::text::is_no_utf8;
use crate::{define, describe};
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_linker_t;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::safewasm_val_t;
use safewasm::abi::{safewasm_extern_t, safewasm_externhandle_t, safewasm_externkind_t};
use safewasm_capi::*;
use std::ptr::{null, null_mut};
use wasmtime::{ExternType, FuncType};

/// The limits of wasm.
const FUEL: u64 = 20_000;
const NANOSECONDS: u64 = 20_000_000;
const MEMORY: u64 = 64 << 20;
const ELEMENTS: u64 = 100_000;

/// How many exports of an instance are looked up.
const EXPORTS: usize = 12;

/// No extern, for out-parameters.
pub const NO_ITEM: safewasm_extern_t =
    safewasm_extern_t { kind: 0, of: safewasm_externhandle_t { func: null_mut() } };

/// Makes an instance, if possible, and uses it.
pub fn run(engine: &Engine, rng: &mut Rng, module: &Module) -> Verdict {
    let store = store(engine)?;
    let (ours, imports) = (module.ours.handle, module.theirs.imports().len());
    // SAFETY: no imports are given, and there is room for a handle.
    let instance = Owned::new(INSTANCE, "safewasm_instance_new", |out| unsafe {
        safewasm_instance_new(store.handle, ours, null(), 0, out)
    })?;
    let instance = match (instance, imports) {
        (instance, 0) => {
            define::module(engine, &store, module)?;
            instance
        }
        (Ok(_), _) => return Err("imports are missing, but there is an instance".to_owned()),
        (Err(refusal), _) => {
            names_import(&refusal, module)?;
            match link(engine, &store, module)? {
                Some(linker) => {
                    // SAFETY: there is room for a handle.
                    Owned::new(INSTANCE, "safewasm_linker_instantiate", |out| unsafe {
                        safewasm_linker_instantiate(linker.handle, store.handle, ours, out)
                    })?
                }
                None => return Ok(()),
            }
        }
    };
    match instance {
        Ok(instance) => {
            exports(rng, &instance, &module.theirs)?;
            define::instance(engine, &instance, &module.theirs)?;
            instance.end()
        }
        Err(refusal) => {
            // Two imports of one name may need different items.
            let expected = of_wasm(&refusal)
                || refusal.kind == Kind::LINK && imports > 1
                // The module has a shared memory.
                || refusal.kind == Kind::UNSUPPORTED && !engine.has_shared_memory;
            ensure!(expected, "of an instance: {refusal:?}");
            Ok(())
        }
    }
}

/// Makes a store with limits.
pub fn store(engine: &Engine) -> Verdict<Owned<safewasm_store_t>> {
    // SAFETY: there is room for a handle.
    let store = Owned::made(STORE, "safewasm_store_new", |out| unsafe {
        safewasm_store_new(engine.ours.handle, out)
    })?;
    // SAFETY: the functions accept any handle.
    unsafe {
        if engine.has_fuel {
            done("safewasm_store_set_fuel", safewasm_store_set_fuel(store.handle, FUEL))?;
        } else {
            let error = safewasm_store_set_deadline(store.handle, NANOSECONDS);
            done("safewasm_store_set_deadline", error)?;
        }
        let error = safewasm_store_set_memory_limit(store.handle, MEMORY);
        done("safewasm_store_set_memory_limit", error)?;
        let error = safewasm_store_set_table_limit(store.handle, ELEMENTS);
        done("safewasm_store_set_table_limit", error)?;
    }
    Ok(store)
}

/// Whether an error is one that wasm can cause.
fn of_wasm(refusal: &Refusal) -> bool {
    matches!(refusal.kind, Kind::TRAP | Kind::EXCEPTION | Kind::LIMIT)
}

/// Checks that an error says how many imports are missing, and names the first.
fn names_import(refusal: &Refusal, module: &Module) -> Verdict {
    let count = module.theirs.imports().len();
    let Some(import) = module.theirs.imports().next() else { return Ok(()) };
    let name = format!("`{}` of module `{}`", shown(import.name()), shown(import.module()));
    let expected = match count {
        1 => format!("the import {name} is missing: expected "),
        _ => format!("{count} imports are missing:\n  {name}: "),
    };
    let said = refusal.message.starts_with(&expected);
    ensure!(said && refusal.kind == Kind::LINK, "{refusal:?}, and not: {expected}");
    Ok(())
}

/// Makes a linker with a default value for each import, if there are such values.
fn link(
    engine: &Engine,
    store: &Owned<safewasm_store_t>,
    module: &Module,
) -> Verdict<Option<Owned<safewasm_linker_t>>> {
    // SAFETY: there is room for a handle.
    let linker = Owned::made(LINKER, "safewasm_linker_new", |out| unsafe {
        safewasm_linker_new(engine.ours.handle, out)
    })?;
    // SAFETY: there is room for a handle.
    let missing = Owned::new(INSTANCE, "safewasm_linker_instantiate", |out| unsafe {
        safewasm_linker_instantiate(linker.handle, store.handle, module.ours.handle, out)
    })?;
    match missing {
        Err(refusal) => names_import(&refusal, module)?,
        Ok(_) => return Err("nothing is linked, but there is an instance".to_owned()),
    }
    const FUNCTION: &str = "safewasm_linker_define_unknown_imports_as_default_values";
    // SAFETY: the function accepts any handle.
    let error = unsafe {
        safewasm_linker_define_unknown_imports_as_default_values(
            linker.handle,
            store.handle,
            module.ours.handle,
        )
    };
    match answer(FUNCTION, error)? {
        Ok(()) => Ok(Some(linker)),
        Err(refusal) => {
            let expected = matches!(refusal.kind, Kind::LINK | Kind::LIMIT | Kind::UNSUPPORTED);
            ensure!(expected, "{FUNCTION}: {refusal:?}");
            Ok(None)
        }
    }
}

/// Looks up exports, and a name that may be none. Calls functions without reference parameters.
fn exports(
    rng: &mut Rng,
    instance: &Owned<safewasm_instance_t>,
    theirs: &wasmtime::Module,
) -> Verdict {
    let mut known = vec![b"memory".to_vec()];
    for export in theirs.exports().take(EXPORTS) {
        known.push(export.name().as_bytes().to_vec());
        let mut item = lookup(instance, export.name().as_bytes())?
            .map_err(|refusal| format!("an export isn't found: {refusal:?}"))?;
        let kind = kind(&export.ty());
        ensure!(item.kind == kind as u32, "`{}` is a {}", export.name(), item.kind);
        if let ExternType::Func(ty) = export.ty() {
            call(&item, &ty)?;
        }
        // SAFETY: it points to an extern.
        unsafe { safewasm_extern_delete(&mut item) };
    }
    let name = name::name(rng, &known);
    let is_there = theirs.exports().any(|export| export.name().as_bytes() == name);
    match (lookup(instance, &name)?, std::str::from_utf8(&name)) {
        (Ok(mut item), _) => {
            // SAFETY: it points to an extern.
            unsafe { safewasm_extern_delete(&mut item) };
            ensure!(is_there, "there is an export {name:?}");
            Ok(())
        }
        (Err(refusal), Err(error)) => is_no_utf8("name", error.valid_up_to(), &refusal),
        (Err(refusal), Ok(_)) => {
            let expected = !is_there && refusal.kind == Kind::NOT_FOUND;
            ensure!(expected, "the export {name:?}: {refusal:?}");
            Ok(())
        }
    }
}

/// Looks up an export.
pub fn lookup(
    instance: &Owned<safewasm_instance_t>,
    name: &[u8],
) -> Verdict<Result<safewasm_extern_t, Refusal>> {
    let mut item = NO_ITEM;
    // SAFETY: the name has that length, and there is room for an item.
    let error = unsafe {
        safewasm_instance_export(instance.handle, name.as_ptr().cast(), name.len(), &mut item)
    };
    let found = answer("safewasm_instance_export", error)?;
    ensure!(found.is_ok() == (item.kind != 0), "{name:?}: {found:?}, but kind {}", item.kind);
    Ok(found.map(|()| item))
}

/// Calls a function with zeros.
fn call(item: &safewasm_extern_t, ty: &FuncType) -> Verdict {
    let zero = |kind| {
        // SAFETY: all zeros are a value.
        let value = unsafe { std::mem::zeroed() };
        safewasm_val_t { kind, ..value }
    };
    if ty.params().any(|ty| ty.is_ref()) {
        return Ok(());
    }
    let args: Vec<_> = ty.params().map(|ty| zero(describe::valtype(&ty).kind)).collect();
    let mut results: Vec<_> = ty.results().map(|_| zero(0)).collect();
    // SAFETY: the item is a function, and the arrays have the lengths that are passed.
    let error = unsafe {
        let (results, len) = (results.as_mut_ptr(), results.len());
        safewasm_func_call(item.of.func, args.as_ptr(), args.len(), results, len)
    };
    match answer("safewasm_func_call", error)? {
        Err(refusal) if !of_wasm(&refusal) => Err(format!("of a call: {refusal:?}")),
        _ => Ok(()),
    }
}

fn kind(ty: &ExternType) -> safewasm_externkind_t {
    match ty {
        ExternType::Func(_) => safewasm_externkind_t::FUNC,
        ExternType::Memory(ty) if ty.is_shared() => safewasm_externkind_t::SHARED_MEMORY,
        ExternType::Memory(_) => safewasm_externkind_t::MEMORY,
        ExternType::Table(_) => safewasm_externkind_t::TABLE,
        ExternType::Global(_) => safewasm_externkind_t::GLOBAL,
        ExternType::Tag(_) => safewasm_externkind_t::TAG,
    }
}

/// A name as it appears in messages, which cut long ones.
pub fn shown(name: &str) -> String {
    match name.len() {
        ..=200 => escaped(name, ""),
        _ => escaped(&format!("{}…", &name[..name.floor_char_boundary(197)]), ""),
    }
}

/// A text as a message has it: without characters that a terminal obeys, or that nobody sees, except those in
/// `allowed`.
pub fn escaped(text: &str, allowed: &str) -> String {
    const UNSEEN: [(u32, u32); 7] = [
        (0x61c, 0x61c),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x2064),
        (0x2066, 0x206f),
        (0xfeff, 0xfeff),
        (0xe0000, 0xe007f),
    ];
    let is_unseen = |c: char| UNSEEN.iter().any(|&(from, to)| (from..=to).contains(&u32::from(c)));
    let escape = |c: char| match c {
        c if allowed.contains(c) || !c.is_control() && !is_unseen(c) => c.to_string(),
        '\0' | '\t' | '\n' | '\r' => c.escape_debug().to_string(),
        '\x1b' => "\\e".to_owned(),
        '\0'..='\x7f' => format!("\\x{:02x}", u32::from(c)),
        '\u{80}'..='\u{ffff}' => format!("\\u{:04x}", u32::from(c)),
        _ => format!("\\U{:08x}", u32::from(c)),
    };
    text.chars().map(escape).collect()
}
