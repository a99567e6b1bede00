//! Modules: compiled WebAssembly.

use super::code::{Code, Wasm};
use super::{Engine, compile};
use crate::error::text::{Text, count};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_module_t};
use crate::process::forks;
use std::sync::{Arc, OnceLock};
use wasmtime::{ExternType as Type, ImportType};

/// The object behind the handle of a module.
pub(crate) struct Module {
    code: Arc<Code>,
    /// Imports with module and name, and exports with their names. Made when first asked for.
    imports: OnceLock<Vec<(Text, Text, Type)>>,
    exports: OnceLock<Vec<(Text, Type)>>,
    pub(crate) name: Option<Text>,
    pub(super) has_canonical_nans: bool,
}

/// The resources that an instance of a module needs when it is made.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_resources_t {
    /// The number of memories that the module defines.
    pub memories: u32,
    /// The number of tables that the module defines.
    pub tables: u32,
    /// The initial size of the largest of these memories, in pages.
    pub max_memory_size: u64,
    /// The initial size of the largest of these tables, in elements.
    pub max_table_size: u64,
}

impl SharedKind for safewasm_module_t {
    type Object = Module;
}

impl Module {
    /// Compiles the bytes of a module, or takes it from the engine's cache.
    pub(crate) fn new(engine: &Engine, wasm: Vec<u8>) -> Result<Self> {
        compile::check(engine.settings(), &wasm)?;
        Self::find_or(engine, wasm, |wasm| compile::compile(engine.wasmtime(), wasm))
    }

    /// The module of bytes that were checked: from the engine's cache, or else compiled by `compiler`.
    pub(super) fn find_or(
        engine: &Engine,
        wasm: Vec<u8>,
        compiler: impl FnOnce(&[u8]) -> Result<wasmtime::Module>,
    ) -> Result<Self> {
        if let Some(known) = engine.cache().and_then(|cache| cache.find(engine, &wasm)) {
            return Ok(known);
        }
        let compiled = compiler(&wasm)?;
        let module = Self::of(engine, compiled, Wasm::Own(wasm));
        if let Some(cache) = engine.cache() {
            cache.keep(engine, &module);
        }
        Ok(module)
    }

    /// A module that was compiled for the engine, from the bytes at `wasm`.
    pub(super) fn of(engine: &Engine, module: wasmtime::Module, wasm: Wasm) -> Self {
        if let Some(strategy) = engine.settings().options.perf() {
            strategy.note(&module);
        }
        Self {
            imports: OnceLock::new(),
            exports: OnceLock::new(),
            name: module.name().map(Text::new),
            has_canonical_nans: engine.settings().has_canonical_nans(),
            code: Code::new(module, wasm, engine.settings().backtrace_lines),
        }
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Module {
        self.code.module()
    }

    /// The code, which each store that runs the module must keep.
    pub(crate) fn code(&self) -> &Arc<Code> {
        &self.code
    }

    /// Whether making an instance runs a start function.
    pub(crate) fn has_start(&self) -> bool {
        self.code.sections().has_start()
    }

    pub(crate) fn imports(&self) -> &[(Text, Text, Type)] {
        let _no_fork = forks::delay();
        self.imports.get_or_init(|| {
            let of = |import: ImportType<'_>| {
                (Text::new(import.module()), Text::new(import.name()), import.ty())
            };
            self.wasmtime().imports().map(of).collect()
        })
    }

    pub(crate) fn exports(&self) -> &[(Text, Type)] {
        let _no_fork = forks::delay();
        self.exports.get_or_init(|| {
            self.wasmtime()
                .exports()
                .map(|export| (Text::new(export.name()), export.ty()))
                .collect()
        })
    }
}

/// The error for an index that is too large: the module has `len` items, for which `what` is the noun.
pub(crate) fn no_such(what: &str, index: usize, len: usize) -> Error {
    Error::new(
        ErrorKind::NOT_FOUND,
        format!("`index` is {index}, but the module has {}", count(len, what)),
    )
}
