//! Checks the functions that take and make artifacts. Bytes that were changed are never loaded: the library knows
//! it by a hash.

use crate::ask::ask;
use crate::binary::Module;
use crate::call::{BYTES, MODULE, Owned, Refusal, Verdict, answer, ensure};
use crate::engine::Engine;
use safewasm::abi::{safewasm_bytes_t, safewasm_content_t as Content};
use safewasm::abi::{safewasm_error_kind_t as Kind, safewasm_module_t};
use safewasm_capi::*;
use std::path::Path;
use std::ptr::null;

/// Passes bytes to the functions for artifacts. `seeds` are the artifacts that the library made, with changes of
/// which the bytes may be.
pub fn check(engine: &Engine, seeds: &[Vec<u8>], bytes: &[u8]) -> Verdict {
    let is_whole = seeds.iter().any(|seed| seed == bytes);
    match load(engine, bytes)? {
        Ok(module) => {
            ensure!(is_whole, "changed bytes are loaded");
            module.end()?;
        }
        Err(refusal) => {
            let expected = match refusal.kind {
                Kind::INVALID_ARTIFACT => !is_whole,
                Kind::INCOMPATIBLE => bytes.starts_with(b"\x7fELF"),
                _ => false,
            };
            ensure!(expected && refusal.message.contains("`bytes`"), "{refusal:?}");
        }
    }
    match wasm_of(bytes)? {
        Ok(wasm) => ensure!(is_whole && wasm.starts_with(b"\0asm"), "changed bytes have a module"),
        Err(Refusal { kind, message, .. }) => ensure!(
            !is_whole
                && matches!(kind, Kind::INVALID_ARTIFACT | Kind::INCOMPATIBLE)
                && message.contains("`bytes`"),
            "{kind:?}: {message}"
        ),
    }
    let content = detected(bytes, false)?;
    let content = content.map_err(|why| format!("not detected: {why:?}"))?;
    let expected = if is_whole { content == Content::ARTIFACT as u32 } else { content <= 4 };
    ensure!(expected, "bytes are {content}");
    let nothing = detected(&[], true)?;
    ensure!(nothing.is_err_and(|refusal| refusal.kind == Kind::NULL_POINTER), "NULL is something");
    Ok(())
}

/// Compiles bytes to an artifact, with the outcome `expected` of compiling a module, and loads it.
pub fn round(engine: &Engine, bytes: &[u8], expected: &Result<Module, Refusal>) -> Verdict {
    match (compile(engine, bytes)?, expected) {
        (Ok(artifact), Ok(module)) => {
            let artifact = contents(&artifact)?;
            let loaded = load(engine, &artifact)?.map_err(|why| format!("not loaded: {why:?}"))?;
            ask(&loaded, &module.wasm, &module.theirs)?;
            loaded.end()
        }
        (Err(ours), Err(expected)) => {
            ensure!(ours.kind == expected.kind, "{ours:?}, and compiling a module: {expected:?}");
            Ok(())
        }
        (ours, _) => Err(format!("an artifact: {:?}", ours.err())),
    }
}

/// Passes a path to the function for files, at which there is no artifact.
pub fn missing(engine: &Engine, path: &[u8]) -> Verdict {
    match load_file(engine, path)? {
        Ok(_) => Err(format!("there is an artifact {path:?}")),
        Err(_) => Ok(()),
    }
}

/// Writes an artifact of the library to a file, and loads it.
pub fn file(engine: &Engine, folder: &Path, artifact: &[u8]) -> Verdict {
    let path = folder.join("some.artifact");
    std::fs::write(&path, artifact).map_err(|error| error.to_string())?;
    let loaded = load_file(engine, path.as_os_str().as_encoded_bytes())?;
    std::fs::remove_file(&path).map_err(|error| error.to_string())?;
    match loaded {
        Ok(module) => module.end(),
        Err(refusal) => {
            ensure!(refusal.kind == Kind::INCOMPATIBLE, "{refusal:?}");
            Ok(())
        }
    }
}

/// The artifact of a module.
pub fn artifact(engine: &Engine, wasm: &[u8]) -> Verdict<Vec<u8>> {
    let artifact = compile(engine, wasm)?;
    contents(&artifact.map_err(|refusal| format!("a seed: {refusal:?}"))?)
}

fn load(engine: &Engine, bytes: &[u8]) -> Verdict<Result<Owned<safewasm_module_t>, Refusal>> {
    // SAFETY: the bytes are as many as passed, and there is room for a handle. Only whole artifacts are loaded.
    Owned::new(MODULE, "safewasm_module_deserialize", |out| unsafe {
        safewasm_module_deserialize(engine.ours.handle, bytes.as_ptr(), bytes.len(), out)
    })
}

fn load_file(engine: &Engine, path: &[u8]) -> Verdict<Result<Owned<safewasm_module_t>, Refusal>> {
    // SAFETY: the path has that length, and there is room for a handle. The file is a whole artifact, or there is
    // none.
    Owned::new(MODULE, "safewasm_module_deserialize_file", |out| unsafe {
        safewasm_module_deserialize_file(engine.ours.handle, path.as_ptr().cast(), path.len(), out)
    })
}

fn compile(engine: &Engine, wasm: &[u8]) -> Verdict<Result<Owned<safewasm_bytes_t>, Refusal>> {
    // SAFETY: the bytes are as many as passed, and there is room for a handle.
    Owned::new(BYTES, "safewasm_module_precompile", |out| unsafe {
        safewasm_module_precompile(engine.ours.handle, wasm.as_ptr(), wasm.len(), out)
    })
}

/// The module in the binary format that an artifact has.
fn wasm_of(artifact: &[u8]) -> Verdict<Result<Vec<u8>, Refusal>> {
    let (mut data, mut len) = (null(), 0);
    // SAFETY: the bytes are as many as passed, and there is room for the results.
    let error =
        unsafe { safewasm_artifact_wasm(artifact.as_ptr(), artifact.len(), &mut data, &mut len) };
    let found = answer("safewasm_artifact_wasm", error)?;
    // SAFETY: there are that many bytes.
    Ok(found.map(|()| unsafe { std::slice::from_raw_parts(data, len) }.to_vec()))
}

/// Detects what bytes are, or NULL.
fn detected(bytes: &[u8], is_null: bool) -> Verdict<Result<u32, Refusal>> {
    let mut content = u32::MAX;
    let data = if is_null { null() } else { bytes.as_ptr() };
    // SAFETY: the bytes are as many as passed, and there is room for the result.
    let error = unsafe { safewasm_detect(data, bytes.len(), &mut content) };
    Ok(answer("safewasm_detect", error)?.map(|()| content))
}

pub fn contents(bytes: &Owned<safewasm_bytes_t>) -> Verdict<Vec<u8>> {
    let (mut data, mut len) = (null(), 0);
    // SAFETY: there is room for the results.
    let error = unsafe { safewasm_bytes_data(bytes.handle, &mut data, &mut len) };
    crate::call::done("safewasm_bytes_data", error)?;
    // SAFETY: the object has that many bytes.
    Ok(unsafe { std::slice::from_raw_parts(data, len) }.to_vec())
}
