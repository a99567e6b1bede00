//! Compiled modules: compiled code as bytes, for other processes and machines.
//!
//! An artifact is a compiled module as bytes. It has the module's code for one version of this library, one kind of
//! processor and one config, and also the module in the binary format. Loading an artifact takes a small part of the
//! time that compiling takes.
//!
//! An artifact is code: what it holds is going to run, outside of any sandbox. The library notices when an artifact
//! doesn't fit, was cut, or was changed by accident. It can't notice when somebody wrote an artifact to do harm. So
//! load only artifacts that you trust as you trust a program. Modules in the binary and the text format are always
//! safe.
//!
//! Example: examples/artifact.c

pub use crate::engine::artifact::safewasm_content_t;

use crate::abi::args::{bytes_of, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::engine::artifact;
use crate::engine::bytes::Bytes;
use crate::engine::module::Module;
use crate::engine::source::unreadable;
use crate::engine::unit::Unit;
use crate::error::text::quoted;
use crate::kinds::{safewasm_bytes_t, safewasm_engine_t, safewasm_error_t, safewasm_module_t};
use crate::registry::{self, SharedHandle};
use std::os::raw::c_char;

/// Makes the artifact of a module, which `safewasm_module_deserialize` loads. May be called from any
/// thread.
///
/// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT` if no
/// memory is left.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_serialize(
    module: *mut safewasm_module_t,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        registry::insert(Bytes(artifact::of(&*module.get("module")?)?))
    })
}

/// Compiles a module to an artifact, without loading its code. With `SAFEWASM_OPTION_CPU_LEVEL`, the
/// artifact fits each machine whose processor has that level. May be called from any thread.
///
/// `wasm` is a module in the binary format, of `wasm_len` bytes.
///
/// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if
/// the compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the
/// config allows, if no thread is left to compile on, or if no memory is left for the code.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_precompile(
    engine: *mut safewasm_engine_t,
    wasm: *const u8,
    wasm_len: usize,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `wasm_len` bytes at a `wasm` that isn't NULL.
        let wasm = unsafe { bytes_of(wasm, wasm_len, "wasm") }?;
        registry::insert(Bytes(artifact::precompile::<Module>(&engine, wasm)?))
    })
}

/// Loads the module of an artifact. The library doesn't use `bytes` after this function returns. May be
/// called from any thread.
///
/// `bytes` is an artifact of `bytes_len` bytes. It MUST come from `safewasm_module_serialize` or
/// `safewasm_module_precompile`, perhaps of another process, and from somebody whom you trust: its code
/// is going to run outside of any sandbox.
///
/// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something else, were cut or were changed;
/// `SAFEWASM_ERROR_INCOMPATIBLE` if the code is for another version of the library, for a processor with
/// more features, or for another config, with what differs; `SAFEWASM_ERROR_LIMIT` if the module is
/// larger than the config allows, or if no memory is left.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_deserialize(
    engine: *mut safewasm_engine_t,
    bytes: *const u8,
    bytes_len: usize,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        // SAFETY: the header demands an artifact that is to be trusted.
        registry::insert(unsafe { artifact::load::<Module>(&engine, bytes, "`bytes`") }?)
    })
}

/// Loads the module of an artifact in a file. The file is mapped and not read through, so that it is
/// fast however large the file is, and processes that load the same file share its memory. May be called
/// from any thread.
///
/// `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`). The file MUST have the bytes of an
/// artifact, as for `safewasm_module_deserialize`, and MUST NOT be changed or cut as long as the module
/// or an instance of it exists. It may be deleted, or replaced by another file of its name. Of the
/// code, which isn't read, the library doesn't notice changes.
///
/// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
/// is NULL.
///
/// Errors: as for `safewasm_module_deserialize`, `SAFEWASM_ERROR_NULL_POINTER`,
/// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_ARTIFACT`, `SAFEWASM_ERROR_INCOMPATIBLE`
/// and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or is the text
/// of a module; `SAFEWASM_ERROR_IO`, with the operating system's error number, also if the file system
/// doesn't let code run.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_deserialize_file(
    engine: *mut safewasm_engine_t,
    path: *const c_char,
    path_len: usize,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `path_len` bytes, or a NUL, at a `path` that isn't NULL.
        let path = unsafe { utf8(path, path_len, "path") }?;
        let file = artifact::open(path).map_err(|error| unreadable(Module::NOUN, path, &error))?;
        let len = file.metadata().map_err(|error| unreadable(Module::NOUN, path, &error))?.len();
        let what = format!("the file `{}`", quoted(path));
        // SAFETY: the header demands the file of an artifact that is to be trusted.
        registry::insert(unsafe { artifact::load_file::<Module>(&engine, file, len, &what) }?)
    })
}

/// Gets the module in the binary format, from which it was compiled. May be called from any thread.
///
/// On success `*data_out` is its first byte and `*len_out` is the number of its bytes, which live until
/// `safewasm_module_delete`. On failure they are NULL and 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_wasm(
    module: *mut safewasm_module_t,
    data_out: *mut *const u8,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("data_out", data_out), Out("len_out", len_out)), || {
        let module = module.get("module")?;
        let wasm = module.code().wasm();
        Ok((wasm.as_ptr(), wasm.len()))
    })
}

/// Gets the module in the binary format from an artifact, without loading its code. So a module can be
/// compiled again where its artifact doesn't fit: another config, processor or version of the library
/// doesn't matter. May be called from any thread.
///
/// `bytes` is an artifact of `bytes_len` bytes.
///
/// On success `*data_out` is the first byte of the module, which lies in `bytes`, and `*len_out` is the
/// number of its bytes. On failure they are NULL and 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something else,
/// were cut or were changed.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_artifact_wasm(
    bytes: *const u8,
    bytes_len: usize,
    data_out: *mut *const u8,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("data_out", data_out), Out("len_out", len_out)), || {
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        let wasm = artifact::wasm_of(bytes, "`bytes`")?;
        Ok((wasm.as_ptr(), wasm.len()))
    })
}

/// Finds out what bytes are, by their beginning and their end. They may still be invalid. May be called
/// from any thread.
///
/// On success `*content_out` is a `safewasm_content_t`. On failure it is
/// `SAFEWASM_CONTENT_UNKNOWN`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_detect(
    bytes: *const u8,
    bytes_len: usize,
    content_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("content_out", content_out), || {
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        Ok(safewasm_content_t::of(bytes) as u32)
    })
}
