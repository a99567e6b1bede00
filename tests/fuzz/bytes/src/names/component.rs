//! Defines names in linkers of components, in interfaces with versions of all sorts.

use crate::call::{COMPONENTLINKER, Owned, Refusal, Verdict, answer, done, ensure};
use crate::names::World;
use crate::text;
use fastrand::Rng;
use safewasm::abi::safewasm_componentlinker_t;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm_capi::*;
use std::ptr::null;

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

/// Defines a module with the names twice: once it is taken, unless a name isn't UTF-8.
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
        match (define(world, &linker, interface, name)?, bad) {
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
    let again = define(world, &linker, interface, name)?;
    ensure!(again.is_ok() == bad.is_none(), "a component's name, again: {again:?}");
    linker.end()
}

fn define(
    world: &World<'_>,
    linker: &Owned<safewasm_componentlinker_t>,
    interface: Option<&[u8]>,
    name: &[u8],
) -> Verdict<Result<(), Refusal>> {
    let (start, len) = interface.map_or((null(), 0), |text| (text.as_ptr().cast(), text.len()));
    // SAFETY: the names have these lengths.
    let error = unsafe {
        let (linker, module) = (linker.handle, world.plain.handle);
        let (name, name_len) = (name.as_ptr().cast(), name.len());
        safewasm_componentlinker_define_module(linker, start, len, name, name_len, module)
    };
    answer("safewasm_componentlinker_define_module", error)
}
