//! Looks up exports by name, in an instance and in the instance that calls a host function.

use crate::call::{
    FUNC, GLOBAL, INSTANCE, MEMORY, Owned, Refusal, TABLE, TAG, Verdict, answer, done, ensure,
};
use crate::names::{EXPORTS, World};
use crate::run::{NO_ITEM, lookup, shown};
use crate::text::is_no_utf8;
use safewasm::abi::SAFEWASM_STRLEN;
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::safewasm_extern_t;
use safewasm::abi::safewasm_externkind_t as Kind;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_slot_t;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::{safewasm_error_kind_t, safewasm_error_t};
use safewasm_capi::*;
use std::ffi::c_void;
use std::ptr::{from_mut, null_mut};

/// Looks up a name in an instance: as an export, with a NUL at its end, and as an object of each kind.
pub fn of_instance(instance: &Owned<safewasm_instance_t>, name: &[u8]) -> Verdict {
    let found = kind_of(lookup(instance, name)?);
    up_to_nul(instance, name)?;
    of_each_kind(instance, name, &found)?;
    is_expected(name, "there is no export called", found)
}

/// Returns the kind of an export, and deletes it.
fn kind_of(found: Result<safewasm_extern_t, Refusal>) -> Result<u32, Refusal> {
    found.map(|mut item| {
        let kind = item.kind;
        // SAFETY: it points to an extern.
        unsafe { safewasm_extern_delete(&mut item) };
        kind
    })
}

/// Looks up the part of the name before its first NUL, by its length and by its NUL.
fn up_to_nul(instance: &Owned<safewasm_instance_t>, name: &[u8]) -> Verdict {
    let part = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let terminated = [part, b"\0 and more"].concat();
    let mut item = NO_ITEM;
    // SAFETY: the name has a NUL, and there is room for an extern.
    let error = unsafe {
        let name = terminated.as_ptr().cast();
        safewasm_instance_export(instance.handle, name, SAFEWASM_STRLEN, &mut item)
    };
    let found = answer("safewasm_instance_export", error)?.map(|()| item);
    let (by_nul, by_length) = (kind_of(found), kind_of(lookup(instance, part)?));
    let same = match (&by_nul, &by_length) {
        (Ok(kind), Ok(same)) => kind == same,
        (Err(refusal), Err(same)) => (refusal.kind, &refusal.message) == (same.kind, &same.message),
        _ => false,
    };
    ensure!(same, "by its NUL {by_nul:?}, by its length {by_length:?}");
    Ok(())
}

/// Looks up the name as an object of each kind. `found` is the kind of the export of that name.
fn of_each_kind(
    instance: &Owned<safewasm_instance_t>,
    name: &[u8],
    found: &Result<u32, Refusal>,
) -> Verdict {
    macro_rules! look_up {
        ($function:ident, $class:ident) => {{
            // SAFETY: the name has that length, and there is room for a handle.
            let object = Owned::new($class, stringify!($function), |out| unsafe {
                $function(instance.handle, name.as_ptr().cast(), name.len(), out)
            })?;
            is_of_kind(Kind::$class as u32, found, object.as_ref().err())?;
            object.map_or(Ok(()), Owned::end)?;
        }};
    }
    look_up!(safewasm_instance_func, FUNC);
    look_up!(safewasm_instance_memory, MEMORY);
    look_up!(safewasm_instance_global, GLOBAL);
    look_up!(safewasm_instance_table, TABLE);
    look_up!(safewasm_instance_tag, TAG);
    Ok(())
}

/// Compares the answer to a look-up of an object of the kind `wanted` with the export that was found.
fn is_of_kind(wanted: u32, found: &Result<u32, Refusal>, refusal: Option<&Refusal>) -> Verdict {
    let same = match (found, refusal) {
        (Ok(kind), None) => *kind == wanted,
        (Ok(kind), Some(refusal)) => {
            *kind != wanted && refusal.kind == safewasm_error_kind_t::TYPE_MISMATCH
        }
        (Err(export), Some(refusal)) => {
            (export.kind, &export.message) == (refusal.kind, &refusal.message)
        }
        (Err(_), None) => false,
    };
    ensure!(same, "the export is {found:?}, but as an object of kind {wanted} it is {refusal:?}");
    Ok(())
}

/// Compares the kind of the export that was found with `EXPORTS`.
fn is_expected(name: &[u8], missing: &str, found: Result<u32, Refusal>) -> Verdict {
    let mut all = EXPORTS.iter().map(|(name, kind, _)| (*name, *kind as u32));
    let there = all.find(|(known, _)| *known == name);
    match (found, there, std::str::from_utf8(name)) {
        (Ok(kind), Some((_, expected)), _) => {
            ensure!(kind == expected, "the export {name:?} is a {kind}");
            Ok(())
        }
        // Only the instance that calls the host function has it.
        (Ok(kind), None, _) => {
            ensure!(name == b"run" && kind == Kind::FUNC as u32, "an export {name:?}: {kind}");
            Ok(())
        }
        (Err(refusal), None, Err(error)) => is_no_utf8("name", error.valid_up_to(), &refusal),
        (Err(refusal), None, Ok(name)) => {
            let expected = format!("{missing} `{}`", shown(name));
            let said = refusal.kind == safewasm_error_kind_t::NOT_FOUND
                && refusal.message.contains(&expected);
            ensure!(said, "{refusal:?}, and not: {expected}");
            Ok(())
        }
        (Err(refusal), Some(_), _) => Err(format!("the export {name:?}: {refusal:?}")),
    }
}

/// The name that the host function looks up, and the results: the kind of an export, and the length of a
/// memory.
struct Probe<'a> {
    name: &'a [u8],
    found: Verdict<Result<u32, Refusal>>,
    memory: Verdict<Result<usize, Refusal>>,
}

unsafe extern "C-unwind" fn probe(
    env: *mut c_void,
    caller: *mut safewasm_caller_t,
    _slots: *mut safewasm_slot_t,
    _slots_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: it is the `Probe` of `of_caller`, which doesn't use it during the call.
    let probe = unsafe { &mut *env.cast::<Probe<'_>>() };
    let mut item = NO_ITEM;
    // SAFETY: the name has that length, and there is room for an item.
    let error = unsafe {
        let (data, len) = (probe.name.as_ptr().cast(), probe.name.len());
        safewasm_caller_export(caller, data, len, &mut item)
    };
    let kind = item.kind;
    probe.found = answer("safewasm_caller_export", error).map(|found| found.map(|()| kind));
    // SAFETY: it points to an extern, or to none.
    unsafe { safewasm_extern_delete(&mut item) };
    let (mut data, mut len) = (null_mut(), 0);
    // SAFETY: the name has that length, and there is room for the results.
    let error = unsafe {
        let (name, name_len) = (probe.name.as_ptr().cast(), probe.name.len());
        safewasm_caller_memory(caller, name, name_len, &mut data, &mut len)
    };
    probe.memory = answer("safewasm_caller_memory", error).map(|found| found.map(|()| len));
    null_mut()
}

/// Compares the result of looking up a memory with that of looking up an export.
fn is_memory(export: &Result<u32, Refusal>, memory: Result<usize, Refusal>) -> Verdict {
    let same = match (export, &memory) {
        (Ok(kind), Ok(len)) => *kind == Kind::MEMORY as u32 && *len == 1 << 16,
        (Ok(kind), Err(refusal)) => {
            *kind != Kind::MEMORY as u32 && refusal.kind == safewasm_error_kind_t::TYPE_MISMATCH
        }
        (Err(export), Err(refusal)) => {
            export.kind == refusal.kind && export.message == refusal.message
        }
        (Err(_), Ok(_)) => false,
    };
    ensure!(same, "as an export {export:?}, as a memory {memory:?}");
    Ok(())
}

/// Looks up a name from a host function.
pub fn of_caller(world: &World<'_>, store: &Owned<safewasm_store_t>, name: &[u8]) -> Verdict {
    let not_called = "the host function wasn't called".to_owned();
    let mut seen = Probe { name, found: Err(not_called.clone()), memory: Err(not_called) };
    let linker = world.linker()?;
    // SAFETY: the names have these lengths, and `seen` is there as long as wasm runs.
    let error = unsafe {
        safewasm_linker_define_func_slots(
            linker.handle,
            c"env".as_ptr(),
            3,
            c"probe".as_ptr(),
            5,
            world.functype.handle,
            Some(probe),
            from_mut(&mut seen).cast(),
            None,
        )
    };
    done("safewasm_linker_define_func_slots", error)?;
    // SAFETY: there is room for a handle.
    let instance = Owned::made(INSTANCE, "safewasm_linker_instantiate", |out| unsafe {
        safewasm_linker_instantiate(linker.handle, store.handle, world.probing.handle, out)
    })?;
    let run = lookup(&instance, b"run")?.map_err(|refusal| format!("run: {refusal:?}"))?;
    // SAFETY: the item is a function without parameters and results.
    let error = unsafe { safewasm_func_call_slots(run.of.func, null_mut(), 0) };
    done("safewasm_func_call_slots", error)?;
    let found = seen.found?;
    is_memory(&found, seen.memory?)?;
    is_expected(name, "no export called", found)
}
