//! Defines names in linkers. A definition must be found by the same bytes, and by no others.

use crate::call::{
    EXTERNTYPE, INSTANCE, NO_TEXT, Owned, Refusal, Verdict, answer, done, ensure, string,
};
use crate::names::{EXPORTS, World};
use crate::run::{NO_ITEM, lookup};
use crate::text;
use fastrand::Rng;
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_linker_t;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::{safewasm_error_kind_t as Kind, safewasm_error_t};
use safewasm::abi::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::*;
use std::ffi::{c_char, c_void};
use std::ptr::null_mut;

unsafe extern "C-unwind" fn slots(
    _: *mut c_void,
    _: *mut safewasm_caller_t,
    _: *mut safewasm_slot_t,
    _: usize,
) -> *mut safewasm_error_t {
    null_mut()
}

unsafe extern "C-unwind" fn values(
    _: *mut c_void,
    _: *mut safewasm_caller_t,
    _: *const safewasm_val_t,
    _: usize,
    _: *mut safewasm_val_t,
    _: usize,
) -> *mut safewasm_error_t {
    null_mut()
}

/// A linker, and the two names that are tried in it.
struct Names<'a> {
    world: &'a World<'a>,
    store: &'a Owned<safewasm_store_t>,
    instance: &'a Owned<safewasm_instance_t>,
    linker: Owned<safewasm_linker_t>,
    namespace: &'a [u8],
    name: &'a [u8],
}

/// Defines items with the names, and looks them up.
pub fn check(
    world: &World<'_>,
    rng: &mut Rng,
    store: &Owned<safewasm_store_t>,
    instance: &Owned<safewasm_instance_t>,
    namespace: &[u8],
    name: &[u8],
) -> Verdict {
    let names = Names { world, store, instance, linker: world.linker()?, namespace, name };
    let bad = not_utf8(namespace, name);
    names.absent(bad)?;
    let way = rng.u8(..3);
    for (time, way) in [way, rng.u8(..3)].into_iter().enumerate() {
        let (function, answer) = names.define(way)?;
        match (answer, bad) {
            (Ok(()), None) if time == 0 => {}
            (Err(refusal), Some((name, at))) => text::is_no_utf8(name, at, &refusal)?,
            (Err(refusal), None) if time == 1 => taken(function, &refusal)?,
            (answer, _) => return Err(format!("{function}, time {time}: {answer:?}")),
        }
    }
    if bad.is_none() {
        names.present()?;
        names.import(way)?;
    } else {
        names.absent(bad)?;
    }
    names.define_all(rng)
}

/// The name of the argument that isn't UTF-8, and the offset.
fn not_utf8(namespace: &[u8], name: &[u8]) -> Option<(&'static str, usize)> {
    let at = |name| std::str::from_utf8(name).err().map(|error| error.valid_up_to());
    let namespace = at(namespace).map(|at| ("module_name", at));
    namespace.or_else(|| at(name).map(|at| ("name", at)))
}

fn taken(function: &str, refusal: &Refusal) -> Verdict {
    let said = refusal.kind == Kind::INVALID_ARGUMENT
        && refusal.message.ends_with(
            "is defined already; call `safewasm_linker_allow_shadowing` to define it again",
        );
    ensure!(said, "{function}, though the name is defined: {refusal:?}");
    Ok(())
}

fn parts(name: &[u8]) -> (*const c_char, usize) {
    (name.as_ptr().cast(), name.len())
}

impl Names<'_> {
    /// Defines the names: 0 for a global, 1 for a host function with values, 2 for one with slots.
    fn define(&self, way: u8) -> Verdict<(&'static str, Result<(), Refusal>)> {
        let linker = self.linker.handle;
        let ((namespace, namespace_len), (name, len)) = (parts(self.namespace), parts(self.name));
        let ty = self.world.functype.handle;
        let mut item = lookup(self.instance, b"")?.map_err(|refusal| format!("{refusal:?}"))?;
        // SAFETY: the names have these lengths, and the host functions have that type.
        let (function, error) = unsafe {
            match way {
                0 => {
                    let store = self.store.handle;
                    let error = safewasm_linker_define(
                        linker,
                        store,
                        namespace,
                        namespace_len,
                        name,
                        len,
                        &item,
                    );
                    ("safewasm_linker_define", error)
                }
                1 => {
                    let error = safewasm_linker_define_func(
                        linker,
                        namespace,
                        namespace_len,
                        name,
                        len,
                        ty,
                        Some(values),
                        null_mut(),
                        None,
                    );
                    ("safewasm_linker_define_func", error)
                }
                _ => {
                    let error = safewasm_linker_define_func_slots(
                        linker,
                        namespace,
                        namespace_len,
                        name,
                        len,
                        ty,
                        Some(slots),
                        null_mut(),
                        None,
                    );
                    ("safewasm_linker_define_func_slots", error)
                }
            }
        };
        let answer = answer(function, error);
        // SAFETY: it points to an extern.
        unsafe { safewasm_extern_delete(&mut item) };
        Ok((function, answer?))
    }

    fn get(&self) -> Verdict<Result<(), Refusal>> {
        let ((namespace, namespace_len), (name, len)) = (parts(self.namespace), parts(self.name));
        let mut item = NO_ITEM;
        // SAFETY: the names have these lengths, and there is room for an item.
        let error = unsafe {
            let (linker, store) = (self.linker.handle, self.store.handle);
            safewasm_linker_get(linker, store, namespace, namespace_len, name, len, &mut item)
        };
        let found = answer("safewasm_linker_get", error)?;
        ensure!(found.is_ok() == (item.kind != 0), "{found:?}, but kind {}", item.kind);
        // SAFETY: it points to an extern, or to none.
        unsafe { safewasm_extern_delete(&mut item) };
        Ok(found)
    }

    fn len(&self) -> Verdict<usize> {
        let mut len = 0;
        // SAFETY: there is room for a number.
        done("safewasm_linker_len", unsafe { safewasm_linker_len(self.linker.handle, &mut len) })?;
        Ok(len)
    }

    /// Looks up the names in an empty linker.
    fn absent(&self, bad: Option<(&str, usize)>) -> Verdict {
        ensure!(self.len()? == 0, "what wasn't defined is in the linker");
        let Err(refusal) = self.get()? else { return Err("found, but not defined".to_owned()) };
        if let Some((name, at)) = bad {
            return text::is_no_utf8(name, at, &refusal);
        }
        let said = refusal.kind == Kind::NOT_FOUND && refusal.message.contains("isn't defined");
        ensure!(said, "what isn't defined: {refusal:?}");
        Ok(())
    }

    /// Looks up the names when they are the only definition.
    fn present(&self) -> Verdict {
        self.get()?.map_err(|refusal| format!("defined, but: {refusal:?}"))?;
        ensure!(self.len()? == 1, "one name, but {} definitions", self.len()?);
        let (mut namespace, mut name) = (NO_TEXT, NO_TEXT);
        // SAFETY: there is room for the results.
        let ty = Owned::made(EXTERNTYPE, "safewasm_linker_definition", |out| unsafe {
            safewasm_linker_definition(self.linker.handle, 0, &mut namespace, &mut name, out)
        })?;
        let (namespace, name) = (string(&namespace)?, string(&name)?);
        let same = namespace.as_ref().is_some_and(|name| name.as_bytes() == self.namespace)
            && name.as_ref().is_some_and(|name| name.as_bytes() == self.name);
        ensure!(same, "defined as {namespace:?} and {name:?}");
        ty.end()
    }

    /// Instantiates a module that imports the names.
    fn import(&self, way: u8) -> Verdict {
        let escaped = |name: &[u8]| name.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let (namespace, name): (String, String) = (escaped(self.namespace), escaped(self.name));
        let text = format!("(module (import \"{namespace}\" \"{name}\" (func)))");
        let module = text::check(self.world.engine, text.as_bytes())?;
        // The names may be longer than Wasmtime allows.
        let Ok(module) = module else { return Ok(()) };
        // SAFETY: there is room for a handle.
        let instance = Owned::new(INSTANCE, "safewasm_linker_instantiate", |out| unsafe {
            let (linker, store) = (self.linker.handle, self.store.handle);
            safewasm_linker_instantiate(linker, store, module.ours.handle, out)
        })?;
        match instance {
            Ok(instance) if way > 0 => instance.end(),
            Err(refusal) if way == 0 && refusal.kind == Kind::LINK => {
                let said = refusal.message.contains("is of another type: expected func");
                ensure!(said, "a global in place of a function: {refusal:?}");
                Ok(())
            }
            Ok(_) => Err("a global in place of a function".to_owned()),
            Err(refusal) => Err(format!("defined, but: {refusal:?}")),
        }
    }

    /// Defines all exports of an instance or of a module.
    fn define_all(&self, rng: &mut Rng) -> Verdict {
        let (namespace, len) = parts(self.namespace);
        let linker = self.linker.handle;
        let (before, is_instance) = (self.len()?, rng.bool());
        // SAFETY: the name has that length.
        let (function, error) = unsafe {
            if is_instance {
                let error =
                    safewasm_linker_define_instance(linker, namespace, len, self.instance.handle);
                ("safewasm_linker_define_instance", error)
            } else {
                let (store, module) = (self.store.handle, self.world.plain.handle);
                let error = safewasm_linker_define_module(linker, store, namespace, len, module);
                ("safewasm_linker_define_module", error)
            }
        };
        let is_taken = before > 0 && EXPORTS.iter().any(|(name, ..)| *name == self.name);
        let bad = not_utf8(self.namespace, b"");
        let added = match (answer(function, error)?, bad) {
            (Err(refusal), Some((name, at))) => {
                text::is_no_utf8(name, at, &refusal)?;
                0
            }
            (Err(refusal), None) if is_taken => {
                taken(function, &refusal)?;
                0
            }
            (Ok(()), None) if !is_taken => EXPORTS.len(),
            (answer, _) => return Err(format!("{function}: {answer:?}")),
        };
        ensure!(self.len()? == before + added, "{function}: {} definitions", self.len()?);
        Ok(())
    }
}
