//! Compiles the bytes of a module or a component, and explains why they can't be compiled.

use crate::engine::foreign::describe;
use crate::engine::sections::Sections;
use crate::engine::settings::Settings;
use crate::engine::unit::Unit;
use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use crate::process::threadpool;
use rustix::io::Errno;
use wasmparser::WasmFeatures;
use wasmtime::Engine;

/// The last four bytes of the header of a component. A module has 1, 0, 0, 0 there.
const COMPONENT: [u8; 4] = [0x0d, 0, 1, 0];

/// The message for a component in place of a module.
pub(crate) const IS_COMPONENT: &str =
    "it is a component, not a module; `safewasm_component_new` compiles components";

/// The message for a module in place of a component.
const IS_MODULE: &str = "it is a core module, not a component; `safewasm_module_new` compiles modules, and \
    `wasm-tools component new` makes a component of a module that has its interface inside";

const HAS_LEGACY_EXCEPTIONS: &str = "it uses the legacy instructions for exceptions, such as \
    `try`, which this library can't run; compile its source to the standard ones (Emscripten: \
    `-sWASM_LEGACY_EXCEPTIONS=0`), or translate it by `wasm-opt -all --translate-to-exnref` \
    of Binaryen 118 or newer";

const HAS_CONTINUATIONS: &str =
    "it uses continuations (stack switching), which this library can't run";

/// A part of the parser's messages for asynchronous functions and types: that they "require the component model async
/// feature".
const ASYNC: &str = " the component model ";

const HAS_ASYNC: &str = "the component uses parts of the component model that this library doesn't have, such as \
    asynchronous functions, streams and futures";

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

/// Checks that bytes may be a module or a component, within the limits of the settings. Returns the number of its
/// functions.
pub(crate) fn check<U: Unit>(settings: &Settings, wasm: &[u8]) -> Result<usize> {
    U::check_encoding(wasm)?;
    check_size::<U>(settings, wasm.len())?;
    let functions = Sections::of(wasm).functions();
    check_functions::<U>(settings, functions)?;
    U::check_nesting(wasm)?;
    Ok(functions)
}

/// Compiles what was checked.
pub(crate) fn compile<U: Unit>(engine: &Engine, wasm: &[u8]) -> Result<U::Compiled> {
    run::<U, _>(engine, wasm, || U::compile(engine, wasm))
}

/// Compiles what was checked to Wasmtime's artifact, without loading it.
pub(crate) fn precompile<U: Unit>(engine: &Engine, wasm: &[u8]) -> Result<Vec<u8>> {
    run::<U, _>(engine, wasm, || U::precompile(engine, wasm))
}

/// Runs `compiler` on the threads for compiling.
fn run<U: Unit, R: Send>(
    engine: &Engine,
    wasm: &[u8],
    compiler: impl FnOnce() -> wasmtime::Result<R> + Send,
) -> Result<R> {
    threadpool::run(compiler)?.or_else(|error| refused::<U, _>(engine, wasm, &error))
}

/// Checks that bytes are valid, without compiling them.
pub(crate) fn validate<U: Unit>(engine: &Engine, wasm: &[u8]) -> Result<()> {
    U::check_encoding(wasm)?;
    threadpool::with_stack(|| U::validate(engine, wasm).map_err(|error| invalid(U::NOUN, &error)))?
}

/// Refuses `len` bytes if that is too large.
pub(crate) fn check_size<U: Unit>(settings: &Settings, len: usize) -> Result<()> {
    let max = settings.max_module_size;
    if len > max { Err(too_large(U::NOUN, &count(len, "byte"), max, "size")) } else { Ok(()) }
}

#[cold]
fn too_large(noun: &str, what: &str, max: usize, setter: &str) -> Error {
    let why = format!(
        "the {noun} has {what}, and the limit is {max}; see `safewasm_config_set_max_module_{setter}`"
    );
    Error::new(ErrorKind::LIMIT, why)
}

/// Refuses that many functions if that is too many.
pub(crate) fn check_functions<U: Unit>(settings: &Settings, functions: usize) -> Result<()> {
    let max = settings.max_module_functions;
    if functions > max {
        return Err(too_large(U::NOUN, &count(functions, "function"), max, "functions"));
    }
    Ok(())
}

/// Whether bytes begin as a component does.
pub(crate) fn is_component(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm") && bytes.get(4..8).is_some_and(|version| version == COMPONENT)
}

/// Checks that bytes begin as a module does.
pub(super) fn check_module(wasm: &[u8]) -> Result<()> {
    if !wasm.starts_with(b"\0asm") {
        return Err(no_unit("module", describe(wasm)));
    }
    if is_component(wasm) { Err(no_unit("module", IS_COMPONENT)) } else { Ok(()) }
}

/// Checks that bytes begin as a component does.
pub(super) fn check_component(wasm: &[u8]) -> Result<()> {
    if !wasm.starts_with(b"\0asm") {
        return Err(no_unit("component", describe(wasm)));
    }
    if is_component(wasm) { Ok(()) } else { Err(no_unit("component", IS_MODULE)) }
}

/// The error for bytes that are no module or component. `what` is a sentence about the bytes, which it calls "it".
#[cold]
fn no_unit(noun: &str, what: &str) -> Error {
    Error::new(ErrorKind::INVALID_MODULE, format!("Invalid {noun}: {what}"))
}

/// Fails with the reason why bytes couldn't be compiled or loaded.
pub(super) fn refused<U: Unit, R>(
    engine: &Engine,
    wasm: &[u8],
    error: &wasmtime::Error,
) -> Result<R> {
    Err(threadpool::with_stack(|| reason::<U>(engine, wasm, error))?)
}

fn reason<U: Unit>(engine: &Engine, wasm: &[u8], error: &wasmtime::Error) -> Error {
    let noun = U::NOUN;
    // They may be valid, but the system has no memory for their code.
    if error.chain().any(|cause| cause.is::<Errno>()) {
        return Error::wasmtime(error, ErrorKind::LIMIT)
            .context(&format!("no room for the compiled {noun}"));
    }
    // Validation names the proposal that is off, if that is the cause. The compiler also reads sections that
    // validation skips.
    if let Err(error) = U::validate(engine, wasm) {
        return invalid(noun, &error);
    }
    if parser_error(error).is_some() {
        return invalid(noun, error);
    }
    if engine.get_pooling_config().is_some() {
        return Error::wasmtime(error, ErrorKind::LIMIT)
            .context(&format!("the {noun} doesn't fit the pool of the engine"));
    }
    Error::wasmtime(error, ErrorKind::COMPILER).context(&format!("the compiler refused the {noun}"))
}

fn invalid(noun: &str, error: &wasmtime::Error) -> Error {
    if error.to_string().contains(ASYNC)
        || parser_error(error).is_some_and(|found| found.message().contains(ASYNC))
    {
        return Error::wasmtime(error, ErrorKind::UNSUPPORTED).context(HAS_ASYNC);
    }
    let missing = parser_error(error).and_then(|found| match found.message() {
        "multiple memories" => Some(WasmFeatures::MULTI_MEMORY),
        "multiple tables" => Some(WasmFeatures::REFERENCE_TYPES),
        _ => found.missing_wasm_feature(),
    });
    let is_cut = parser_error(error).is_some_and(|found| found.message().starts_with(TOO_SHORT));
    let said = Error::wasmtime(error, ErrorKind::INVALID_MODULE);
    match missing.and_then(advice).or_else(|| is_cut.then(|| IS_CUT.to_owned())) {
        Some(advice) => said.context(&format!("Invalid {noun}: {advice}")),
        None => said.context(&format!("Invalid {noun}")),
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
