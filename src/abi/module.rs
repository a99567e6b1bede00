//! Modules: compiled WebAssembly.

pub use crate::engine::module::safewasm_resources_t;
pub use crate::kinds::safewasm_module_t;

use crate::abi::args::{bytes_of, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::engine::module::{Module, no_such};
use crate::engine::{compile, wat};
use crate::error::text::{Text, quoted, safewasm_text_t};
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_engine_t, safewasm_error_t, safewasm_externtype_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::types::externtype::ExternType;
use std::os::raw::c_char;

/// Compiles a module from its bytes.
///
/// `bytes` is a module in the binary format, of `bytes_len` bytes; it isn't used afterwards.
///
/// On success `*module_out` is a new module, which belongs to the caller, who gives it to
/// `safewasm_module_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; invalid module, with the offset of what is wrong; compiler
/// for a valid module that the compiler refuses; limit if the module is larger than the config allows, if no
/// thread is left to compile on, or no memory for the code.
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
        registry::insert(Module::new(&engine, bytes)?)
    })
}

/// Compiles a module from its text.
///
/// `text` is a module in the text format, UTF-8 of `text_len` bytes; it isn't used afterwards.
///
/// On success `*module_out` is a new module, which belongs to the caller, who gives it to
/// `safewasm_module_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; invalid argument for what isn't UTF-8; invalid text, with
/// line and column; invalid module; compiler for a valid module that the compiler refuses; limit if the module is
/// larger than the config allows, if no thread is left to compile on, or no memory for the code.
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
        // SAFETY: the header demands `text_len` bytes at a `text` that isn't NULL.
        let text = unsafe { utf8(text, text_len, "text") }?;
        registry::insert(Module::new(&engine, &wat::to_wasm(text)?)?)
    })
}

/// Compiles a module from a file: in the binary format if it begins as that does, else as text.
///
/// `path` is UTF-8 of `path_len` bytes.
///
/// On success `*module_out` is a new module, which belongs to the caller, who gives it to
/// `safewasm_module_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; invalid argument for what isn't UTF-8; I/O, with the
/// operating system's number; invalid text, with line and column; invalid module; compiler for a
/// valid module that the compiler refuses; limit if the module is larger than the config allows, if no
/// thread is left to compile on, or no memory for the code.
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
        // SAFETY: the header demands `path_len` bytes at a `path` that isn't NULL.
        let path = unsafe { utf8(path, path_len, "path") }?;
        let contents = std::fs::read(path)
            .map_err(|error| Error::io(&format!("read the file `{}`", quoted(path)), &error))?;
        if contents.starts_with(b"\0asm") {
            let module = Module::new(&engine, &contents);
            return registry::insert(module.map_err(|error| error.context(path))?);
        }
        let text = std::str::from_utf8(&contents).map_err(|_| {
            Error::new(
                ErrorKind::INVALID_MODULE,
                format!("{path}: Invalid module: the file is neither WebAssembly nor its text"),
            )
        })?;
        let module = wat::to_wasm(text).and_then(|wasm| Module::new(&engine, &wasm));
        registry::insert(module.map_err(|error| error.context(path))?)
    })
}

/// Checks that bytes are a valid module for `engine`, without compiling it.
///
/// `bytes` is a module in the binary format, of `bytes_len` bytes.
///
/// Returns NULL if it is valid. Errors: null pointer, invalid handle; invalid module, with the
/// offset of what is wrong.
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
        compile::validate(engine.wasmtime(), bytes)
    })
}

/// The number of the module's imports.
///
/// On success `*len_out` is the number; on failure it is 0.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_imports_len(
    module: *mut safewasm_module_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(module.get("module")?.wasmtime().imports().len()))
}

/// The import at `index`, from 0, in the module's order.
///
/// On success `*module_name_out` is the name of the module that it is to come from, `*name_out` its
/// name there, both living until `safewasm_module_delete`; and `*type_out` is its type, new, which
/// belongs to the caller, who gives it to `safewasm_externtype_delete`. On failure all are NULL.
///
/// Errors: null pointer, invalid handle, not found.
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
            imports.get(index).ok_or_else(|| no_such("imports", index, imports.len()))?;
        let ty = registry::insert(ExternType::new(module.wasmtime().engine(), ty.clone()))?;
        Ok(((namespace.view(), name.view()), ty))
    })
}

/// The number of the module's exports.
///
/// On success `*len_out` is the number; on failure it is 0.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_exports_len(
    module: *mut safewasm_module_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(module.get("module")?.wasmtime().exports().len()))
}

/// The export at `index`, from 0, in the module's order.
///
/// On success `*name_out` is its name, which lives until `safewasm_module_delete`, and `*type_out`
/// its type, new, which belongs to the caller, who gives it to `safewasm_externtype_delete`. On
/// failure both are NULL.
///
/// Errors: null pointer, invalid handle, not found.
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
            exports.get(index).ok_or_else(|| no_such("exports", index, exports.len()))?;
        Ok((
            name.view(),
            registry::insert(ExternType::new(module.wasmtime().engine(), ty.clone()))?,
        ))
    })
}

/// The module's name, from its name section.
///
/// On success `*name_out` is the name, which lives until `safewasm_module_delete`, or NULL with length
/// 0 if it has none; on failure too.
///
/// Errors: null pointer, invalid handle.
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

/// The number of the module's custom sections.
///
/// On success `*len_out` is the number; on failure it is 0.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_custom_sections_len(
    module: *mut safewasm_module_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(module.get("module")?.sections.custom().len()))
}

/// The custom section at `index`, from 0, in the module's order. Several may have one name.
///
/// On success `*name_out` is its name, `*data_out` the first of its bytes, NULL if it has none, and
/// `*len_out` their number, all of which live until `safewasm_module_delete`. On failure they are NULL and 0.
///
/// Errors: null pointer, invalid handle, not found.
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
        let sections = module.sections.custom();
        let (name, data) =
            sections.get(index).ok_or_else(|| no_such("custom sections", index, sections.len()))?;
        let first = if data.is_empty() { std::ptr::null() } else { data.as_ptr() };
        Ok((name.view(), (first, data.len())))
    })
}

/// What an instance of the module needs at its start.
///
/// On success `*resources_out` says that; on failure it is all zero.
///
/// Errors: null pointer, invalid handle.
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

/// Whether `module` is a module that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_module_is_valid(module: *mut safewasm_module_t) -> bool {
    quietly(|| module.is_valid())
}

/// Deletes `module`. NULL and what was deleted already are left alone; instances of the module live
/// on.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_module_delete(module: *mut safewasm_module_t) {
    quietly(|| module.delete());
}
