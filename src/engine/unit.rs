//! What an engine compiles: modules and components.

use super::code::{Code, Wasm};
use super::{Engine, compile};
use crate::error::Result;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

/// A module or a component.
pub(crate) trait Unit: Sized + Send {
    /// Wasmtime's form of it.
    type Compiled: Send;

    /// The noun for it in messages, and in the names of functions.
    const NOUN: &'static str;

    /// Checks that bytes begin as one does.
    fn check_encoding(wasm: &[u8]) -> Result<()>;

    /// Checks that it makes little enough of what is nested in it.
    fn check_nesting(_wasm: &[u8]) -> Result<()> {
        Ok(())
    }

    /// Checks that bytes are a valid one, as far as that is possible without compiling it.
    fn validate(engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<()>;

    fn compile(engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<Self::Compiled>;

    /// Compiles it to Wasmtime's artifact, without loading it.
    fn precompile(engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>>;

    /// Loads Wasmtime's artifact.
    ///
    /// # Safety
    ///
    /// The artifact was made by Wasmtime, and wasn't changed: its code is going to run.
    unsafe fn load(engine: &wasmtime::Engine, artifact: &[u8]) -> wasmtime::Result<Self::Compiled>;

    /// Loads Wasmtime's artifact from a file.
    ///
    /// # Safety
    ///
    /// As for [`Self::load`]. The file isn't changed as long as the code exists.
    unsafe fn load_file(engine: &wasmtime::Engine, file: File) -> wasmtime::Result<Self::Compiled>;

    /// The bytes of the code in memory, and of what belongs to it.
    fn image(compiled: &Self::Compiled) -> Range<*const u8>;

    /// What was compiled for the engine, from the bytes at `wasm`.
    fn of(engine: &Engine, compiled: Self::Compiled, wasm: Wasm) -> Self;

    /// The code, which each store that runs it must keep.
    fn code(&self) -> &Arc<Code>;

    /// Whether its code was compiled with `SAFEWASM_OPTION_NAN_CANONICALIZATION`.
    fn has_canonical_nans(&self) -> bool;

    /// Wasmtime's artifact of it, perhaps with more bytes at the end.
    fn to_artifact(&self) -> wasmtime::Result<Vec<u8>>;

    /// Compiles bytes, or takes what they were compiled to from the engine's cache.
    fn new(engine: &Engine, wasm: Vec<u8>) -> Result<Self> {
        compile::check::<Self>(engine.settings(), &wasm)?;
        Self::find_or(engine, wasm, |wasm| compile::compile::<Self>(engine.wasmtime(), wasm))
    }

    /// What bytes that were checked are compiled to: from the engine's cache, or else by `compiler`.
    fn find_or(
        engine: &Engine,
        wasm: Vec<u8>,
        compiler: impl FnOnce(&[u8]) -> Result<Self::Compiled>,
    ) -> Result<Self> {
        if let Some(known) = engine.cache().and_then(|cache| cache.find(engine, &wasm)) {
            return Ok(known);
        }
        let compiled = compiler(&wasm)?;
        let unit = Self::of(engine, compiled, Wasm::Own(wasm));
        if let Some(cache) = engine.cache() {
            cache.keep(engine, &unit);
        }
        Ok(unit)
    }
}
