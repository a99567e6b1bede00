//! Looks up exports by name, in an instance and in the instance that calls a host function.

use crate::call::{INSTANCE, Owned, Refusal, Verdict, answer, done, ensure};
use crate::names::{EXPORTS, World};
use crate::run::{NO_ITEM, lookup, shown};
use crate::text::is_no_utf8;
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::safewasm_externkind_t as Kind;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_slot_t;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::{safewasm_error_kind_t, safewasm_error_t};
use safewasm_capi::*;
use std::ffi::c_void;
use std::ptr::{from_mut, null_mut};

/// Looks up a name in an instance.
pub fn of_instance(instance: &Owned<safewasm_instance_t>, name: &[u8]) -> Verdict {
    let found = lookup(instance, name)?;
    let there = "there is no export called";
    is_expected(
        name,
        there,
        found.map(|mut item| {
            let kind = item.kind;
            // SAFETY: it points to an extern.
            unsafe { safewasm_extern_delete(&mut item) };
            kind
        }),
    )
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
            let expected = format!("{missing} `{}`", shown(name)).replace('\0', "\\0");
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
