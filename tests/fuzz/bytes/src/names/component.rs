//! Defines names in linkers of components, in interfaces with versions of all sorts.

use crate::call::{
    COMPONENT, COMPONENTLINKER, NO_TEXT, Owned, RESOURCETYPE, Refusal, Verdict, WITTYPE, answer,
    done, ensure,
};
use crate::engine::Engine;
use crate::names::World;
use crate::text;
use fastrand::Rng;
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::safewasm_componentlinker_t;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_error_t;
use safewasm::abi::safewasm_module_t;
use safewasm::abi::safewasm_node_t;
use safewasm::abi::safewasm_resourcetype_t;
use safewasm::abi::safewasm_wittype_t;
use safewasm_capi::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

/// What follows the name of an interface.
const VERSIONS: [&[u8]; 12] = [
    b"",
    b"@0.1.2",
    b"@1.2.3",
    b"@0.0.1",
    b"@1.2.3-rc.1",
    b"@1.2.3+build.5",
    b"@1",
    b"@0.1",
    b"@",
    b"@1.2.3@4.5.6",
    b"@99999999999999999999.0.0",
    b"@0.18446744073709551615.0",
];

/// What is defined.
pub struct Items {
    module: Owned<safewasm_module_t>,
    wittype: Owned<safewasm_wittype_t>,
    resourcetype: Owned<safewasm_resourcetype_t>,
}

impl Items {
    pub fn new(engine: &Engine, module: Owned<safewasm_module_t>) -> Verdict<Self> {
        const TEXT: &str = r#"(component (import "f" (func)))"#;
        // SAFETY: the text has that length, and there is room for a handle.
        let component = Owned::made(COMPONENT, "safewasm_component_new_text", |out| unsafe {
            safewasm_component_new_text(engine.ours.handle, TEXT.as_ptr().cast(), TEXT.len(), out)
        })?;
        let mut name = NO_TEXT;
        // SAFETY: there is room for a text and a handle.
        let wittype = Owned::made(WITTYPE, "safewasm_component_import", |out| unsafe {
            safewasm_component_import(component.handle, 0, &mut name, out)
        })?;
        component.end()?;
        // SAFETY: there is room for a handle.
        let resourcetype = Owned::made(RESOURCETYPE, "safewasm_resourcetype_new", |out| unsafe {
            safewasm_resourcetype_new(None, null_mut(), None, out)
        })?;
        Ok(Self { module, wittype, resourcetype })
    }
}

unsafe extern "C-unwind" fn host(
    _: *mut c_void,
    _: *mut safewasm_caller_t,
    _: *const safewasm_node_t,
    _: usize,
) -> *mut safewasm_error_t {
    null_mut()
}

/// Defines an item with the names twice: once it is taken, unless a name isn't UTF-8.
pub fn check(world: &World<'_>, rng: &mut Rng, namespace: &[u8], name: &[u8]) -> Verdict {
    // SAFETY: there is room for a handle.
    let linker = Owned::made(COMPONENTLINKER, "safewasm_componentlinker_new", |out| unsafe {
        safewasm_componentlinker_new(world.engine.ours.handle, out)
    })?;
    let interface = [namespace, VERSIONS[rng.usize(..VERSIONS.len())]].concat();
    let interface = rng.bool().then_some(&*interface);
    let at = |name: &[u8]| std::str::from_utf8(name).err().map(|error| error.valid_up_to());
    let bad = interface.and_then(at).map(|at| ("interface", at));
    let bad = bad.or_else(|| at(name).map(|at| ("name", at)));
    for time in 0..2 {
        match (define(world, rng, &linker, interface, name)?, bad) {
            (Ok(()), None) if time == 0 => {}
            (Err(refusal), Some((name, at))) => text::is_no_utf8(name, at, &refusal)?,
            (Err(refusal), None) if time == 1 => {
                let said = refusal.message.contains("is defined already; call");
                ensure!(said && refusal.kind == Kind::INVALID_ARGUMENT, "taken: {refusal:?}");
            }
            (answer, _) => return Err(format!("a component's name, time {time}: {answer:?}")),
        }
    }
    // SAFETY: any handle is accepted.
    done("safewasm_componentlinker_allow_shadowing", unsafe {
        safewasm_componentlinker_allow_shadowing(linker.handle, true)
    })?;
    let again = define(world, rng, &linker, interface, name)?;
    ensure!(again.is_ok() == bad.is_none(), "a component's name, again: {again:?}");
    linker.end()
}

fn define(
    world: &World<'_>,
    rng: &mut Rng,
    linker: &Owned<safewasm_componentlinker_t>,
    interface: Option<&[u8]>,
    name: &[u8],
) -> Verdict<Result<(), Refusal>> {
    let (start, len) = interface.map_or((null(), 0), |text| (text.as_ptr().cast(), text.len()));
    let Items { module, wittype, resourcetype } = &world.items;
    let (linker, name, name_len) = (linker.handle, name.as_ptr().cast(), name.len());
    // SAFETY: the names have these lengths.
    let (function, error) = unsafe {
        match rng.u8(..3) {
            0 => {
                let (module, define) = (module.handle, safewasm_componentlinker_define_module);
                let error = define(linker, start, len, name, name_len, module);
                ("safewasm_componentlinker_define_module", error)
            }
            1 => {
                let (ty, define) = (wittype.handle, safewasm_componentlinker_define_func);
                let (env, finalizer) = (null_mut(), None);
                let error =
                    define(linker, start, len, name, name_len, ty, Some(host), env, finalizer);
                ("safewasm_componentlinker_define_func", error)
            }
            _ => {
                let (ty, define) = (resourcetype.handle, safewasm_componentlinker_define_resource);
                let error = define(linker, start, len, name, name_len, ty);
                ("safewasm_componentlinker_define_resource", error)
            }
        }
    };
    answer(function, error)
}
