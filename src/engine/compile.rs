//! Compiles the bytes of a module, and explains why a module can't be compiled.

use crate::engine::foreign::describe;
use crate::engine::sections::Sections;
use crate::engine::settings::Settings;
use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use crate::process::threadpool;
use rustix::io::Errno;
use wasmparser::WasmFeatures;
use wasmtime::{Engine, Module};

/// The last four bytes of the header of a component. A module has 1, 0, 0, 0 there.
const COMPONENT: [u8; 4] = [0x0d, 0, 1, 0];

/// The message for a component.
pub(crate) const IS_COMPONENT: &str = "it is a component, which this library can't run; compile \
    its source to a core module instead (in Rust, for the target `wasm32-wasip1` if it uses WASI, or \
    `wasm32-unknown-unknown`)";

const HAS_LEGACY_EXCEPTIONS: &str = "it uses the legacy instructions for exceptions, such as \
    `try`, which this library can't run; compile its source to the standard ones (Emscripten: \
    `-sWASM_LEGACY_EXCEPTIONS=0`), or translate it by `wasm-opt -all --translate-to-exnref` \
    of Binaryen 118 or newer";

const HAS_CONTINUATIONS: &str =
    "it uses continuations (stack switching), which this library can't run";

/// The beginning of the parser's message for bytes that end too early.
const TOO_SHORT: &str = "unexpected end-of-file";

const IS_CUT: &str =
    "it ends too early; the download, copy or build that made it may not have finished";

/// The proposals that a config turns on, with their names in the header.
const FEATURES: [(WasmFeatures, &str); 15] = [
    (WasmFeatures::MULTI_VALUE, "MULTI_VALUE"),
    (WasmFeatures::BULK_MEMORY, "BULK_MEMORY"),
    (WasmFeatures::REFERENCE_TYPES, "REFERENCE_TYPES"),
    (WasmFeatures::SIMD, "SIMD"),
    (WasmFeatures::RELAXED_SIMD, "RELAXED_SIMD"),
    (WasmFeatures::THREADS, "THREADS"),
    (WasmFeatures::TAIL_CALL, "TAIL_CALL"),
    (WasmFeatures::MULTI_MEMORY, "MULTI_MEMORY"),
    (WasmFeatures::MEMORY64, "MEMORY64"),
    (WasmFeatures::EXTENDED_CONST, "EXTENDED_CONST"),
    (WasmFeatures::FUNCTION_REFERENCES, "FUNCTION_REFERENCES"),
    (WasmFeatures::GC, "GC"),
    (WasmFeatures::EXCEPTIONS, "EXCEPTIONS"),
    (WasmFeatures::CUSTOM_PAGE_SIZES, "CUSTOM_PAGE_SIZES"),
    (WasmFeatures::WIDE_ARITHMETIC, "WIDE_ARITHMETIC"),
];

/// Checks that bytes may be a module, within the limits of the settings. Returns the number of its functions.
pub(crate) fn check(settings: &Settings, wasm: &[u8]) -> Result<usize> {
    check_encoding(wasm)?;
    check_size(settings, wasm.len())?;
    let functions = Sections::of(wasm).functions();
    check_functions(settings, functions)?;
    Ok(functions)
}

/// Compiles a module that was checked.
pub(crate) fn compile(engine: &Engine, wasm: &[u8]) -> Result<Module> {
    run(engine, wasm, || Module::from_binary(engine, wasm))
}

/// Compiles a module that was checked to Wasmtime's artifact, without loading it.
pub(crate) fn precompile(engine: &Engine, wasm: &[u8]) -> Result<Vec<u8>> {
    run(engine, wasm, || engine.precompile_module(wasm))
}

/// Runs `compiler` on the threads for compiling.
fn run<R: Send>(
    engine: &Engine,
    wasm: &[u8],
    compiler: impl FnOnce() -> wasmtime::Result<R> + Send,
) -> Result<R> {
    threadpool::run(compiler)?.or_else(|error| refused(engine, wasm, &error))
}

/// Checks that bytes are a valid module, without compiling it.
pub(crate) fn validate(engine: &Engine, wasm: &[u8]) -> Result<()> {
    check_encoding(wasm)?;
    threadpool::with_stack(|| Module::validate(engine, wasm).map_err(|error| invalid(&error)))?
}

/// Refuses a module of `len` bytes if that is too large.
pub(crate) fn check_size(settings: &Settings, len: usize) -> Result<()> {
    let max = settings.max_module_size;
    if len > max { Err(too_large(&count(len, "byte"), max, "size")) } else { Ok(()) }
}

#[cold]
fn too_large(what: &str, max: usize, setter: &str) -> Error {
    let why = format!(
        "the module has {what}, and the limit is {max}; see `safewasm_config_set_max_module_{setter}`"
    );
    Error::new(ErrorKind::LIMIT, why)
}

/// Refuses a module with that many functions if that is too many.
pub(crate) fn check_functions(settings: &Settings, functions: usize) -> Result<()> {
    let max = settings.max_module_functions;
    if functions > max {
        return Err(too_large(&count(functions, "function"), max, "functions"));
    }
    Ok(())
}

/// Whether bytes begin as a component does.
pub(crate) fn is_component(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm") && bytes.get(4..8).is_some_and(|version| version == COMPONENT)
}

fn check_encoding(wasm: &[u8]) -> Result<()> {
    if !wasm.starts_with(b"\0asm") {
        return Err(no_module(describe(wasm)));
    }
    if is_component(wasm) { Err(no_module(IS_COMPONENT)) } else { Ok(()) }
}

/// The error for bytes that are no module. `what` is a sentence about the bytes, which it calls "it".
#[cold]
pub(crate) fn no_module(what: &str) -> Error {
    Error::new(ErrorKind::INVALID_MODULE, format!("Invalid module: {what}"))
}

/// Fails with the reason why a module couldn't be compiled or loaded.
pub(super) fn refused<R>(engine: &Engine, wasm: &[u8], error: &wasmtime::Error) -> Result<R> {
    Err(threadpool::with_stack(|| reason(engine, wasm, error))?)
}

fn reason(engine: &Engine, wasm: &[u8], error: &wasmtime::Error) -> Error {
    // The module may be valid, but the system has no memory for its code.
    if error.chain().any(|cause| cause.is::<Errno>()) {
        return Error::wasmtime(error, ErrorKind::LIMIT).context("no room for the compiled module");
    }
    // Validation names the proposal that is off, if that is the cause. The compiler also reads sections that
    // validation skips.
    if let Err(error) = Module::validate(engine, wasm) {
        return invalid(&error);
    }
    if parser_error(error).is_some() {
        return invalid(error);
    }
    if engine.get_pooling_config().is_some() {
        return Error::wasmtime(error, ErrorKind::LIMIT)
            .context("the module doesn't fit the pool of the engine");
    }
    Error::wasmtime(error, ErrorKind::COMPILER).context("the compiler refused the module")
}

fn invalid(error: &wasmtime::Error) -> Error {
    let missing = parser_error(error).and_then(|found| match found.message() {
        "multiple memories" => Some(WasmFeatures::MULTI_MEMORY),
        "multiple tables" => Some(WasmFeatures::REFERENCE_TYPES),
        _ => found.missing_wasm_feature(),
    });
    let is_cut = parser_error(error).is_some_and(|found| found.message().starts_with(TOO_SHORT));
    let said = Error::wasmtime(error, ErrorKind::INVALID_MODULE);
    match missing.and_then(advice).or_else(|| is_cut.then(|| IS_CUT.to_owned())) {
        Some(advice) => said.context(&format!("Invalid module: {advice}")),
        None => said.context("Invalid module"),
    }
}

fn parser_error(error: &wasmtime::Error) -> Option<&wasmparser::Error> {
    error.chain().find_map(|cause| cause.downcast_ref())
}

/// Advice for a module that uses a proposal that is off in the engine's config.
fn advice(missing: WasmFeatures) -> Option<String> {
    if missing.intersects(WasmFeatures::LEGACY_EXCEPTIONS) {
        return Some(HAS_LEGACY_EXCEPTIONS.to_owned());
    }
    if missing.intersects(WasmFeatures::STACK_SWITCHING) {
        return Some(HAS_CONTINUATIONS.to_owned());
    }
    match FEATURES.iter().find(|(feature, _)| missing.intersects(*feature)) {
        Some((_, name)) => Some(format!(
            "it uses a proposal that is off; \
             `safewasm_config_set_feature(config, SAFEWASM_FEATURE_{name}, true)` turns it on"
        )),
        None if missing.intersects(WasmFeatures::GC_TYPES) => None,
        None => Some("it uses a proposal that this library doesn't have".to_owned()),
    }
}
