//! Checks the functions that take the bytes of a module. The library must accept those that Wasmtime accepts,
//! and report Wasmtime's error about the others.

use crate::ask::ask;
use crate::call::{COMPILATION, MODULE, Owned, Refusal, Verdict, answer, ensure};
use crate::engine::Engine;
use crate::run::escaped;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_module_t;
use safewasm_capi::*;
use std::ptr::null_mut;

/// A module of the library and one of Wasmtime, made of the same bytes.
pub struct Module {
    pub ours: Owned<safewasm_module_t>,
    pub theirs: wasmtime::Module,
    pub wasm: Vec<u8>,
}

/// Passes bytes to the functions that take bytes. Returns the module, or the error of the library.
pub fn check(engine: &Engine, wasm: &[u8]) -> Verdict<Result<Module, Refusal>> {
    // SAFETY: the bytes are as many as passed.
    let error = unsafe { safewasm_module_validate(engine.ours.handle, wasm.as_ptr(), wasm.len()) };
    let valid = answer("safewasm_module_validate", error)?;
    agree("validate", wasm, &valid, || wasmtime::Module::validate(&engine.theirs, wasm))?;
    // SAFETY: the bytes are as many as passed, and there is room for a handle.
    let ours = Owned::new(MODULE, "safewasm_module_new", |out| unsafe {
        safewasm_module_new(engine.ours.handle, wasm.as_ptr(), wasm.len(), out)
    })?;
    let kind = |made: &Result<_, Refusal>| made.as_ref().err().map(|refusal| refusal.kind);
    // In the background a component is compiled too, and isn't a module only then.
    if !wasm.starts_with(b"\0asm\x0d\0\x01\0")
        && let Some(again) = compile_in_background(engine, wasm)?
    {
        let (other, first) = (kind(&again), kind(&ours));
        ensure!(other == first, "in the background: {other:?}, not {first:?}: {:?}", again.err());
    }
    if let Err(refusal) = &ours
        && refusal.kind == Kind::COMPILER
    {
        ensure!(valid.is_ok(), "the compiler refuses an invalid module: {refusal:?}");
        return Ok(ours.map(|_| unreachable!("it was refused")));
    }
    let theirs = agree("new", wasm, &ours, || wasmtime::Module::new(&engine.theirs, wasm))?;
    // A few valid modules can't be compiled, but no invalid module can be.
    ensure!(ours.is_err() || valid.is_ok(), "compiled, but invalid: {valid:?}");
    Ok(match (ours, theirs) {
        (Ok(ours), Some(theirs)) => {
            ask(&ours, wasm, &theirs)?;
            Ok(Module { ours, theirs, wasm: wasm.to_vec() })
        }
        (Err(refusal), _) => Err(refusal),
        (Ok(_), None) => return Err("only the library accepts it".to_owned()),
    })
}

/// Compiles bytes of every other length on threads of their own, by one of the two functions for that.
fn compile_in_background(
    engine: &Engine,
    wasm: &[u8],
) -> Verdict<Option<Result<Owned<safewasm_module_t>, Refusal>>> {
    let (engine, bytes, len) = (engine.ours.handle, wasm.as_ptr(), wasm.len());
    // SAFETY: the bytes are as many as passed, and there is room for a handle.
    let start = || {
        Owned::new(COMPILATION, "safewasm_compilation_new", |out| unsafe {
            safewasm_compilation_new(engine, bytes, len, None, null_mut(), None, out)
        })
    };
    // SAFETY: as above.
    let compile = || {
        Owned::new(MODULE, "safewasm_module_new_with_progress", |out| unsafe {
            safewasm_module_new_with_progress(engine, bytes, len, None, null_mut(), out)
        })
    };
    match len % 4 {
        0 => match start()? {
            // SAFETY: the compilation is there, and there is room for a handle.
            Ok(started) => Owned::new(MODULE, "safewasm_compilation_module", |out| unsafe {
                safewasm_compilation_module(started.handle, out)
            })
            .map(Some),
            Err(refusal) => Ok(Some(Err(refusal))),
        },
        2 => compile().map(Some),
        _ => Ok(None),
    }
}

/// Compares a result of the library with Wasmtime's. Returns Wasmtime's if both succeeded.
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
    // Functions are compiled in parallel. If several are invalid, any of their errors may be reported, so
    // Wasmtime gets several tries to report the same one.
    const TRIES: usize = 30;
    let mut said = String::new();
    for _ in 0..TRIES {
        let Err(error) = theirs() else { return Err(format!("{what}: not always refused")) };
        said = escaped(&format!("Invalid module: {error:#}"), "\n\t");
        if said == refusal.message {
            return Ok(None);
        }
    }
    // Another error is accepted if it says where it is, or what the bytes are in place of a module.
    let is_named = refusal.message.contains("it is a component")
        || !wasm.starts_with(b"\0asm") && refusal.message.starts_with("Invalid module: it ");
    let has_place = offset.is_some() || is_named;
    ensure!(has_place, "{what}: {refusal:?}, and Wasmtime: {said}");
    Ok(None)
}

/// The offset in a message: in hexadecimal digits after `0x` for a section, in decimal ones for the body of a
/// function.
pub fn offset(message: &str) -> Option<usize> {
    let (_, after) = message.split_once("at offset ")?;
    let (digits, radix) = after.strip_prefix("0x").map_or((after, 10), |hex| (hex, 16));
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    usize::from_str_radix(&digits[..end], radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_found() {
        assert_eq!(offset("unexpected end (at offset 0x1f)"), Some(0x1f));
        assert_eq!(offset("Invalid input WebAssembly code at offset 31: type mismatch"), Some(31));
        assert_eq!(offset("unsupported heap type"), None);
    }

    #[test]
    fn only_the_errors_of_wasmtime_are_accepted() {
        let refused = |kind, message: &str| {
            Err::<(), _>(Refusal { kind, message: message.to_owned(), os_code: 0 })
        };
        let theirs = || Err::<(), _>(wasmtime::Error::msg("no (at offset 0x2)"));
        let agree = |ours, theirs: &dyn Fn() -> _| agree("new", b"1234", &ours, theirs).is_ok();
        let said = "Invalid module: no (at offset 0x2)";
        assert!(agree(refused(Kind::INVALID_MODULE, said), &theirs));
        // Another function may be invalid too.
        assert!(agree(refused(Kind::INVALID_MODULE, "Invalid module: (at offset 0x4)"), &theirs));
        assert!(!agree(refused(Kind::INVALID_MODULE, "Invalid module: (at offset 0x5)"), &theirs));
        assert!(!agree(refused(Kind::INVALID_MODULE, "Invalid module: no"), &theirs));
        assert!(!agree(refused(Kind::INTERNAL, said), &theirs));
        assert!(!agree(refused(Kind::INVALID_MODULE, said), &|| Ok(())));
        assert!(!agree(Ok(()), &theirs));
        assert!(agree(Ok(()), &|| Ok(())));
    }
}
