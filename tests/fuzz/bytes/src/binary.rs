//! Bytes that are to be a module: the library takes those that Wasmtime takes, and says of the others what
//! Wasmtime says.

use crate::ask::ask;
use crate::call::{MODULE, Owned, Refusal, Verdict, answer, ensure};
use crate::engine::Engine;
use safewasm::error::safewasm_error_kind_t as Kind;
use safewasm::module::safewasm_module_t;
use safewasm_capi::*;

/// A module of both, from the same bytes.
pub struct Module {
    pub ours: Owned<safewasm_module_t>,
    pub theirs: wasmtime::Module,
    pub wasm: Vec<u8>,
}

/// Gives the bytes to what takes bytes.
pub fn check(engine: &Engine, wasm: &[u8]) -> Verdict<Result<Module, Refusal>> {
    // SAFETY: the bytes are there.
    let error = unsafe { safewasm_module_validate(engine.ours.handle, wasm.as_ptr(), wasm.len()) };
    let valid = answer("safewasm_module_validate", error)?;
    agree("validate", wasm, &valid, || wasmtime::Module::validate(&engine.theirs, wasm))?;
    // SAFETY: the bytes are there, and the place is for a handle.
    let ours = Owned::new(MODULE, "safewasm_module_new", |out| unsafe {
        safewasm_module_new(engine.ours.handle, wasm.as_ptr(), wasm.len(), out)
    })?;
    let theirs = agree("new", wasm, &ours, || wasmtime::Module::new(&engine.theirs, wasm))?;
    // The other way round there are a few that Wasmtime can't compile, though they are valid.
    ensure!(ours.is_err() || valid.is_ok(), "compiled, but invalid: {valid:?}");
    Ok(match (ours, theirs) {
        (Ok(ours), Some(theirs)) => {
            ask(&ours, wasm, &theirs)?;
            Ok(Module { ours, theirs, wasm: wasm.to_vec() })
        }
        (Err(refusal), _) => Err(refusal),
        (Ok(_), None) => return Err("accepted here only".to_owned()),
    })
}

/// Compares with what Wasmtime says, which is given if it is no error.
fn agree<T, U>(
    what: &str,
    wasm: &[u8],
    ours: &Result<U, Refusal>,
    theirs: impl Fn() -> wasmtime::Result<T>,
) -> Verdict<Option<T>> {
    let refusal = match (ours, theirs()) {
        (Ok(_), Ok(theirs)) => return Ok(Some(theirs)),
        (Ok(_), Err(error)) => return Err(format!("{what}: only Wasmtime refuses: {error:#}")),
        (Err(refusal), Ok(_)) => {
            return Err(format!("{what}: Wasmtime doesn't refuse: {refusal:?}"));
        }
        (Err(refusal), Err(_)) => refusal,
    };
    ensure!(refusal.kind == Kind::INVALID_MODULE, "{what}: {refusal:?}");
    let offset = offset(&refusal.message);
    ensure!(offset.is_none_or(|at| at <= wasm.len()), "{what}: beyond the end: {refusal:?}");
    // Functions are compiled side by side: of several that are wrong, any may be the one that is
    // reported.
    const TRIES: usize = 30;
    let mut said = String::new();
    for _ in 0..TRIES {
        let Err(error) = theirs() else { return Err(format!("{what}: not always refused")) };
        said = format!("Invalid module: {error:#}").replace('\0', "\\0");
        if said == refusal.message {
            return Ok(None);
        }
    }
    // With an offset it says what is wrong, in any case.
    ensure!(offset.is_some(), "{what}: {refusal:?}, and Wasmtime: {said}");
    ensure!(said.contains("at offset 0x"), "{what}: {refusal:?}, and Wasmtime: {said}");
    Ok(None)
}

/// Where in the bytes something is wrong, as a message says.
fn offset(message: &str) -> Option<usize> {
    let (_, after) = message.split_once("(at offset 0x")?;
    usize::from_str_radix(after.split(')').next()?, 16).ok()
}
