//! Defines the exports of modules and instances in linkers.

use crate::binary::Module;
use crate::call::{LINKER, Owned, Verdict, answer, done, ensure};
use crate::engine::Engine;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_linker_t;
use safewasm::abi::safewasm_store_t;
use safewasm_capi::*;
use wasmtime::ExternType;

const NAMESPACE: &str = "a\0`";

type Linker = Owned<safewasm_linker_t>;

fn linker(engine: &Engine) -> Verdict<Linker> {
    // SAFETY: there is room for a handle.
    Owned::made(LINKER, "safewasm_linker_new", |out| unsafe {
        safewasm_linker_new(engine.ours.handle, out)
    })
}

fn len(linker: &Linker) -> Verdict<usize> {
    let mut len = 0;
    // SAFETY: there is room for a number.
    done("safewasm_linker_len", unsafe { safewasm_linker_len(linker.handle, &mut len) })?;
    Ok(len)
}

/// Checks that a linker can define all exports of an instance.
pub fn instance(
    engine: &Engine,
    instance: &Owned<safewasm_instance_t>,
    theirs: &wasmtime::Module,
) -> Verdict {
    let linker = linker(engine)?;
    let (name, name_len) = (NAMESPACE.as_ptr().cast(), NAMESPACE.len());
    // SAFETY: the name has that length.
    let error =
        unsafe { safewasm_linker_define_instance(linker.handle, name, name_len, instance.handle) };
    done("safewasm_linker_define_instance", error)?;
    let (found, expected) = (len(&linker)?, theirs.exports().len());
    ensure!(found == expected, "of an instance {found} exports are defined, and not {expected}");
    linker.end()
}

/// Checks that a linker defines either all exports of a module without imports, or none.
pub fn module(engine: &Engine, store: &Owned<safewasm_store_t>, module: &Module) -> Verdict {
    const FUNCTION: &str = "safewasm_linker_define_module";
    let linker = linker(engine)?;
    let (name, name_len) = (NAMESPACE.as_ptr().cast(), NAMESPACE.len());
    // SAFETY: the name has that length.
    let error = unsafe {
        let (store, module) = (store.handle, module.ours.handle);
        safewasm_linker_define_module(linker.handle, store, name, name_len, module)
    };
    let is = |name: &str| module.theirs.exports().any(|export| export.name() == name);
    let funcs = module.theirs.exports().filter(|export| matches!(export.ty(), ExternType::Func(_)));
    let expected = match answer(FUNCTION, error)? {
        // Of a command it defines only the functions.
        Ok(()) if is("_start") => funcs.count(),
        Ok(()) => module.theirs.exports().len(),
        Err(refusal) => {
            let expected = match refusal.kind {
                Kind::TRAP | Kind::EXCEPTION | Kind::LIMIT => true,
                Kind::UNSUPPORTED => !engine.has_shared_memory,
                Kind::INVALID_MODULE => is("_start") || is("_initialize"),
                _ => false,
            };
            ensure!(expected, "{FUNCTION}: {refusal:?}");
            0
        }
    };
    let found = len(&linker)?;
    ensure!(found == expected, "of a module {found} exports are defined, and not {expected}");
    linker.end()
}
