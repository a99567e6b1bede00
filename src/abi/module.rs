//! Modules: compiled WebAssembly.
//!
//! Example: examples/imports.c

pub use crate::engine::module::safewasm_resources_t;
pub use crate::kinds::safewasm_module_t;

use crate::abi::args::{bytes_of, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::engine::module::{Module, no_such};
use crate::engine::unit::Unit;
use crate::engine::{compile, source};
use crate::error::text::{Text, safewasm_text_t};
use crate::kinds::{safewasm_engine_t, safewasm_error_t, safewasm_externtype_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::types::externtype::ExternType;
use std::os::raw::c_char;

/// Compiles a module from its bytes.
///
/// `bytes` is a module in the binary format, of `bytes_len` bytes. The library doesn't use the
/// bytes after this function returns.
///
/// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if
/// the compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the
/// config allows, if no thread is left to compile on, or if no memory is left for the code.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_new(
    engine: *mut safewasm_engine_t,
    bytes: *const u8,
    bytes_len: usize,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        registry::insert(Module::new(&engine, source::owned(bytes)?)?)
    })
}

/// Compiles a module from WebAssembly's text format.
///
/// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`). The library doesn't use the
/// text after this function returns.
///
/// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` isn't UTF-8; `SAFEWASM_ERROR_INVALID_TEXT`, with the
/// line and the column; `SAFEWASM_ERROR_INVALID_MODULE`; `SAFEWASM_ERROR_COMPILER` if the compiler
/// refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the config allows,
/// if no thread is left to compile on, or if no memory is left for the code.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_new_text(
    engine: *mut safewasm_engine_t,
    text: *const c_char,
    text_len: usize,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `text_len` bytes, or a NUL, at a `text` that isn't NULL.
        let text = unsafe { utf8(text, text_len, "text") }?;
        registry::insert(source::of_text::<Module>(&engine, text)?)
    })
}

/// Compiles a module from an ordinary file, in the binary or the text format.
///
/// `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).
///
/// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or is the text of a module;
/// `SAFEWASM_ERROR_IO`, with the operating system's error number; `SAFEWASM_ERROR_INVALID_TEXT`,
/// with the line and the column; `SAFEWASM_ERROR_INVALID_MODULE`; `SAFEWASM_ERROR_COMPILER` if the
/// compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the config
/// allows, if no thread is left to compile on, or if no memory is left for the code.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_new_file(
    engine: *mut safewasm_engine_t,
    path: *const c_char,
    path_len: usize,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `path_len` bytes, or a NUL, at a `path` that isn't NULL.
        let path = unsafe { utf8(path, path_len, "path") }?;
        registry::insert(source::of_file::<Module>(&engine, path)?)
    })
}

/// Checks whether bytes are a valid module for `engine`, without compiling it. Returns NULL if they
/// are.
///
/// `bytes` is a module in the binary format, of `bytes_len` bytes.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_validate(
    engine: *mut safewasm_engine_t,
    bytes: *const u8,
    bytes_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        compile::validate::<Module>(engine.wasmtime(), bytes)
    })
}

/// Gets the number of the module's imports.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_imports_len(
    module: *mut safewasm_module_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(module.get("module")?.wasmtime().imports().len()))
}

/// Gets the import at `index`, counted from 0, in the module's order.
///
/// An import has two names: the name of the module that it comes from, and its name there. On
/// success `*module_name_out` and `*name_out` are these names, which live until
/// `safewasm_module_delete`, and `*type_out` is a new external type; delete it with
/// `safewasm_externtype_delete`. On failure all are NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such import.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_import(
    module: *mut safewasm_module_t,
    index: usize,
    module_name_out: *mut safewasm_text_t,
    name_out: *mut safewasm_text_t,
    type_out: *mut *mut safewasm_externtype_t,
) -> *mut safewasm_error_t {
    let names_out = (Out("module_name_out", module_name_out), Out("name_out", name_out));
    boundary((names_out, Out("type_out", type_out)), || {
        let module = module.get("module")?;
        let imports = module.imports();
        let (namespace, name, ty) =
            imports.get(index).ok_or_else(|| no_such("import", index, imports.len()))?;
        let ty = registry::insert(ExternType::new(module.wasmtime().engine(), ty.clone()))?;
        Ok(((namespace.view(), name.view()), ty))
    })
}

/// Gets the number of the module's exports.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_exports_len(
    module: *mut safewasm_module_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(module.get("module")?.wasmtime().exports().len()))
}

/// Gets the export at `index`, counted from 0, in the module's order.
///
/// On success `*name_out` is its name, which lives until `safewasm_module_delete`, and `*type_out`
/// is a new external type; delete it with `safewasm_externtype_delete`. On failure both are NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such export.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_export(
    module: *mut safewasm_module_t,
    index: usize,
    name_out: *mut safewasm_text_t,
    type_out: *mut *mut safewasm_externtype_t,
) -> *mut safewasm_error_t {
    boundary((Out("name_out", name_out), Out("type_out", type_out)), || {
        let module = module.get("module")?;
        let exports = module.exports();
        let (name, ty) =
            exports.get(index).ok_or_else(|| no_such("export", index, exports.len()))?;
        Ok((
            name.view(),
            registry::insert(ExternType::new(module.wasmtime().engine(), ty.clone()))?,
        ))
    })
}

/// Gets the module's name, from its name section.
///
/// On success `*name_out` is the name, which lives until `safewasm_module_delete`, or NULL with
/// length 0 if the module has no name. On failure it is NULL with length 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_name(
    module: *mut safewasm_module_t,
    name_out: *mut safewasm_text_t,
) -> *mut safewasm_error_t {
    boundary(Out("name_out", name_out), || {
        let module = module.get("module")?;
        Ok(module.name.as_ref().map_or(safewasm_text_t::NONE, Text::view))
    })
}

/// Gets the number of the module's custom sections.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_custom_sections_len(
    module: *mut safewasm_module_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(module.get("module")?.code().sections().custom().len()))
}

/// Gets the custom section at `index`, counted from 0, in the module's order. Several sections may
/// have the same name.
///
/// On success `*name_out` is its name, `*data_out` is its first byte, or NULL if it is empty, and
/// `*len_out` is the number of its bytes; the name and the bytes live until
/// `safewasm_module_delete`. On failure they are NULL and 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such section.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_custom_section(
    module: *mut safewasm_module_t,
    index: usize,
    name_out: *mut safewasm_text_t,
    data_out: *mut *const u8,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    let bytes_out = (Out("data_out", data_out), Out("len_out", len_out));
    boundary((Out("name_out", name_out), bytes_out), || {
        let module = module.get("module")?;
        let sections = module.code().sections().custom();
        let (name, range) =
            sections.get(index).ok_or_else(|| no_such("custom section", index, sections.len()))?;
        let data = &module.code().wasm()[range.clone()];
        let first = if data.is_empty() { std::ptr::null() } else { data.as_ptr() };
        Ok((name.view(), (first, data.len())))
    })
}

/// Gets the resources that an instance of the module needs when it is made.
///
/// On success `*resources_out` is the resources. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_resources(
    module: *mut safewasm_module_t,
    resources_out: *mut safewasm_resources_t,
) -> *mut safewasm_error_t {
    boundary(Out("resources_out", resources_out), || {
        let needed = module.get("module")?.wasmtime().resources_required();
        Ok(safewasm_resources_t {
            memories: needed.num_memories,
            tables: needed.num_tables,
            max_memory_size: needed.max_initial_memory_size.unwrap_or(0),
            max_table_size: needed.max_initial_table_size.unwrap_or(0),
        })
    })
}

/// Creates another handle of the same module, which is reference-counted. It keeps the module, and the
/// texts and bytes that were borrowed from it, alive while other owners delete their handles: a
/// thread that reads a module which other threads may delete reads it through a handle of its own.
/// May be called from any thread.
///
/// On success `*module_out` is a new handle of the module; delete it with `safewasm_module_delete`.
/// On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_clone(
    module: *mut safewasm_module_t,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || registry::insert(module.get("module")?))
}

/// Returns true if `module` is a module that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_module_is_valid(module: *mut safewasm_module_t) -> bool {
    quietly(|| module.is_valid())
}

/// Deletes the handle `module`. Its instances and its other handles live on. Does nothing if `module` is
/// NULL or was deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_module_delete(module: *mut safewasm_module_t) {
    quietly(|| module.delete());
}
