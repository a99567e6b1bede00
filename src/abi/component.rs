//! Components: compiled WebAssembly with typed interfaces.
//!
//! A component has interfaces of functions that take and return strings, lists, records, resources and more. WIT
//! describes them. Components come from many languages, and a program that knows a component's WIT can use it without
//! knowing which.
//!
//! Example: examples/component.c

pub use crate::kinds::safewasm_component_t;

use crate::abi::args::{bytes_of, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::engine::bytes::Bytes;
use crate::engine::component::Component;
use crate::engine::source::unreadable;
use crate::engine::unit::Unit;
use crate::engine::{artifact, source};
use crate::error::text::{Text, count, quoted, safewasm_text_t};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_bytes_t, safewasm_engine_t, safewasm_error_t, safewasm_wittype_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use std::io::Read;
use std::os::raw::c_char;
use wasmtime::component::types::ComponentItem as Item;

/// Compiles a component from its bytes. May be called from any thread.
///
/// `bytes` is a component in the binary format, of `bytes_len` bytes. The library doesn't use the
/// bytes after this function returns.
///
/// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake, also for a core module;
/// `SAFEWASM_ERROR_UNSUPPORTED` for a component that uses asynchronous functions or types;
/// `SAFEWASM_ERROR_COMPILER` if the compiler refuses a valid component; `SAFEWASM_ERROR_LIMIT` if the
/// component is larger than the config allows, if components in it are nested more than 100 deep, make
/// more than 10,000 instances or have more than 1,000,000 items with those of each instance, if no thread
/// is left to compile on, or if no memory is left for the code.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_new(
    engine: *mut safewasm_engine_t,
    bytes: *const u8,
    bytes_len: usize,
    component_out: *mut *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary(Out("component_out", component_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        registry::insert(Component::new(&engine, source::owned(bytes)?)?)
    })
}

/// Compiles a component from WebAssembly's text format. May be called from any thread.
///
/// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`). The library doesn't use the
/// text after this function returns.
///
/// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
/// failure it is NULL.
///
/// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
/// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
/// `SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text`
/// isn't UTF-8; `SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_new_text(
    engine: *mut safewasm_engine_t,
    text: *const c_char,
    text_len: usize,
    component_out: *mut *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary(Out("component_out", component_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `text_len` bytes, or a NUL, at a `text` that isn't NULL.
        let text = unsafe { utf8(text, text_len, "text") }?;
        registry::insert(source::of_text::<Component>(&engine, text)?)
    })
}

/// Compiles a component from an ordinary file, in the binary or the text format. May be called from
/// any thread.
///
/// `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).
///
/// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
/// failure it is NULL.
///
/// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
/// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
/// `SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path`
/// isn't UTF-8, has a NUL, or is the text of a component; `SAFEWASM_ERROR_IO`, with the operating
/// system's error number; `SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_new_file(
    engine: *mut safewasm_engine_t,
    path: *const c_char,
    path_len: usize,
    component_out: *mut *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary(Out("component_out", component_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `path_len` bytes, or a NUL, at a `path` that isn't NULL.
        let path = unsafe { utf8(path, path_len, "path") }?;
        registry::insert(source::of_file::<Component>(&engine, path)?)
    })
}

/// Makes the artifact of a component, which `safewasm_component_deserialize` loads. May be called from
/// any thread.
///
/// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT` if no
/// memory is left.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_serialize(
    component: *mut safewasm_component_t,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        registry::insert(Bytes(artifact::of(&*component.get("component")?)?))
    })
}

/// Compiles a component to an artifact, without loading its code, as `safewasm_module_precompile` does
/// for a module. May be called from any thread.
///
/// `wasm` is a component in the binary format, of `wasm_len` bytes.
///
/// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure it
/// is NULL.
///
/// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
/// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
/// `SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_precompile(
    engine: *mut safewasm_engine_t,
    wasm: *const u8,
    wasm_len: usize,
    bytes_out: *mut *mut safewasm_bytes_t,
) -> *mut safewasm_error_t {
    boundary(Out("bytes_out", bytes_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `wasm_len` bytes at a `wasm` that isn't NULL.
        let wasm = unsafe { bytes_of(wasm, wasm_len, "wasm") }?;
        registry::insert(Bytes(artifact::precompile::<Component>(&engine, wasm)?))
    })
}

/// Loads the component of an artifact. The library doesn't use `bytes` after this function returns. May
/// be called from any thread.
///
/// `bytes` is an artifact of `bytes_len` bytes. It MUST come from `safewasm_component_serialize` or
/// `safewasm_component_precompile`, perhaps of another process, and from somebody whom you trust: its
/// code is going to run outside of any sandbox.
///
/// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something else, were cut or were changed;
/// `SAFEWASM_ERROR_INCOMPATIBLE` if the code is for another version of the library, for a processor with
/// more features, or for another config, with what differs; `SAFEWASM_ERROR_LIMIT` if the component is
/// larger than the config allows, or if no memory is left.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_deserialize(
    engine: *mut safewasm_engine_t,
    bytes: *const u8,
    bytes_len: usize,
    component_out: *mut *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary(Out("component_out", component_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        // SAFETY: the header demands an artifact that is to be trusted.
        registry::insert(unsafe { artifact::load::<Component>(&engine, bytes, "`bytes`") }?)
    })
}

/// Loads the component of an artifact in a file. May be called from any thread.
///
/// `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`). The file MUST have the bytes of an
/// artifact, as for `safewasm_component_deserialize`. It may be changed or deleted once this function
/// has returned.
///
/// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
/// failure it is NULL.
///
/// Errors: as for `safewasm_component_deserialize`, `SAFEWASM_ERROR_NULL_POINTER`,
/// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_ARTIFACT`, `SAFEWASM_ERROR_INCOMPATIBLE`
/// and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or is
/// the text of a component; `SAFEWASM_ERROR_IO`, with the operating system's error number.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_deserialize_file(
    engine: *mut safewasm_engine_t,
    path: *const c_char,
    path_len: usize,
    component_out: *mut *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary(Out("component_out", component_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `path_len` bytes, or a NUL, at a `path` that isn't NULL.
        let path = unsafe { utf8(path, path_len, "path") }?;
        let unreadable = |error| unreadable(Component::NOUN, path, &error);
        let mut artifact = Vec::new();
        let mut file = artifact::open(path).map_err(unreadable)?;
        file.read_to_end(&mut artifact).map_err(unreadable)?;
        let what = format!("the file `{}`", quoted(path));
        // SAFETY: the header demands the file of an artifact that is to be trusted.
        registry::insert(unsafe { artifact::load::<Component>(&engine, &artifact, &what) }?)
    })
}

/// Gets the component in the binary format, from which it was compiled. May be called from any thread.
///
/// On success `*data_out` is its first byte and `*len_out` is the number of its bytes, which live until
/// `safewasm_component_delete`. On failure they are NULL and 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_wasm(
    component: *mut safewasm_component_t,
    data_out: *mut *const u8,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("data_out", data_out), Out("len_out", len_out)), || {
        let component = component.get("component")?;
        let wasm = component.code().wasm();
        Ok((wasm.as_ptr(), wasm.len()))
    })
}

/// Gets the component's world in WIT, with the packages that it uses. Where WIT can't express a
/// component, the text lists its imports and exports in a notation like WIT. A text of more than a
/// megabyte is cut, and ends with an ellipsis. May be called from any thread.
///
/// On success `*text_out` is the text, which lives until `safewasm_component_delete`. On failure it is
/// NULL with length 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_wit(
    component: *mut safewasm_component_t,
    text_out: *mut safewasm_text_t,
) -> *mut safewasm_error_t {
    boundary(Out("text_out", text_out), || Ok(component.get("component")?.wit().view()))
}

/// Gets the number of the component's imports. May be called from any thread.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_imports_len(
    component: *mut safewasm_component_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(component.get("component")?.imports().len()))
}

/// Gets the import at `index`, counted from 0, in the component's order. May be called from any thread.
///
/// On success `*name_out` is its name, such as `wasi:cli/stdout@0.2.0`, which lives until
/// `safewasm_component_delete`, and `*type_out` is a new WIT type; delete it with
/// `safewasm_wittype_delete`. On failure both are NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such import.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_import(
    component: *mut safewasm_component_t,
    index: usize,
    name_out: *mut safewasm_text_t,
    type_out: *mut *mut safewasm_wittype_t,
) -> *mut safewasm_error_t {
    boundary((Out("name_out", name_out), Out("type_out", type_out)), || {
        let component = component.get("component")?;
        named(&component, component.imports(), "import", index)
    })
}

/// Gets the number of the component's exports. May be called from any thread.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_exports_len(
    component: *mut safewasm_component_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(component.get("component")?.exports().len()))
}

/// Gets the export at `index`, counted from 0, in the component's order. May be called from any thread.
///
/// On success `*name_out` is its name, such as `wasi:cli/stdout@0.2.0`, which lives until
/// `safewasm_component_delete`, and `*type_out` is a new WIT type; delete it with
/// `safewasm_wittype_delete`. On failure both are NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such export.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_export(
    component: *mut safewasm_component_t,
    index: usize,
    name_out: *mut safewasm_text_t,
    type_out: *mut *mut safewasm_wittype_t,
) -> *mut safewasm_error_t {
    boundary((Out("name_out", name_out), Out("type_out", type_out)), || {
        let component = component.get("component")?;
        named(&component, component.exports(), "export", index)
    })
}

/// The import or export at `index`, with its name.
fn named(
    component: &Component,
    items: &[(Text, Item)],
    what: &str,
    index: usize,
) -> Result<(safewasm_text_t, *mut safewasm_wittype_t)> {
    let Some((name, item)) = items.get(index) else {
        let why = format!("`index` is {index}, but the component has {}", count(items.len(), what));
        return Err(Error::new(ErrorKind::NOT_FOUND, why));
    };
    Ok((name.view(), registry::insert(component.type_of(item))?))
}

/// Creates another handle of the same component, which is reference-counted. It keeps the component, and
/// the texts that were borrowed from it, alive while other owners delete their handles. May be called
/// from any thread.
///
/// On success `*component_out` is a new handle of the component; delete it with
/// `safewasm_component_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_clone(
    component: *mut safewasm_component_t,
    component_out: *mut *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary(Out("component_out", component_out), || registry::insert(component.get("component")?))
}

/// Returns true if `component` is a component that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_component_is_valid(component: *mut safewasm_component_t) -> bool {
    quietly(|| component.is_valid())
}

/// Deletes the handle `component`. Its instances and its other handles live on. Does nothing if
/// `component` is NULL or was deleted already. Never fails and never waits. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_component_delete(component: *mut safewasm_component_t) {
    quietly(|| component.delete());
}
