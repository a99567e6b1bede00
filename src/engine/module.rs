//! Modules: compiled WebAssembly.

use super::code::{Code, Wasm};
use super::unit::Unit;
use super::{Engine, compile};
use crate::error::text::{Text, count};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_module_t};
use crate::process::forks;
use std::fs::File;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use wasmtime::{ExternType as Type, ImportType};

/// The object behind the handle of a module.
pub(crate) struct Module {
    code: Arc<Code>,
    /// Imports with module and name, and exports with their names. Made when first asked for.
    imports: OnceLock<Vec<(Text, Text, Type)>>,
    exports: OnceLock<Vec<(Text, Type)>>,
    pub(crate) name: Option<Text>,
    has_canonical_nans: bool,
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

impl Unit for Module {
    type Compiled = wasmtime::Module;

    const NOUN: &'static str = "module";

    fn check_encoding(wasm: &[u8]) -> Result<()> {
        compile::check_module(wasm)
    }

    fn validate(engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<()> {
        wasmtime::Module::validate(engine, wasm)
    }

    fn compile(engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<wasmtime::Module> {
        wasmtime::Module::from_binary(engine, wasm)
    }

    fn precompile(engine: &wasmtime::Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
        engine.precompile_module(wasm)
    }

    unsafe fn load(
        engine: &wasmtime::Engine,
        artifact: &[u8],
    ) -> wasmtime::Result<wasmtime::Module> {
        // SAFETY: as the caller vouches.
        unsafe { wasmtime::Module::deserialize(engine, artifact) }
    }

    unsafe fn load_file(
        engine: &wasmtime::Engine,
        file: File,
    ) -> wasmtime::Result<wasmtime::Module> {
        // SAFETY: as the caller vouches.
        unsafe { wasmtime::Module::deserialize_open_file(engine, file) }
    }

    fn image(module: &wasmtime::Module) -> Range<*const u8> {
        module.image_range()
    }

    fn of(engine: &Engine, module: wasmtime::Module, wasm: Wasm) -> Self {
        if let Some(strategy) = engine.settings().options.perf() {
            strategy.note(module.text(), module.functions());
        }
        Self {
            imports: OnceLock::new(),
            exports: OnceLock::new(),
            name: module.name().map(Text::new),
            has_canonical_nans: engine.settings().has_canonical_nans(),
            code: Code::new(module.into(), wasm, engine.settings().backtrace_lines),
        }
    }

    fn code(&self) -> &Arc<Code> {
        &self.code
    }

    fn has_canonical_nans(&self) -> bool {
        self.has_canonical_nans
    }

    fn to_artifact(&self) -> wasmtime::Result<Vec<u8>> {
        self.wasmtime().serialize()
    }
}

impl Module {
    pub(crate) fn wasmtime(&self) -> &wasmtime::Module {
        self.code.module()
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
