//! Instances: modules that run in a store.
//!
//! Example: examples/hello.c

pub use crate::kinds::safewasm_instance_t;

use crate::abi::args::{Nullable, copied, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::call::enter::Runs;
use crate::call::external::safewasm_extern_t;
use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{
    safewasm_error_t, safewasm_func_t, safewasm_global_t, safewasm_memory_t, safewasm_module_t,
    safewasm_store_t, safewasm_table_t, safewasm_tag_t,
};
use crate::link::explain::{no_export, wrong_export};
use crate::link::instantiate::{about_import, explain_import, imports};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::store::export::Export;
use crate::store::instance::Instance;
use crate::store::object::StoreKind;
use std::os::raw::c_char;

/// Creates an instance of `module` in `store`.
///
/// `imports` holds `imports_len` externs of the same store, in the order of the module's imports.
/// If the module has a start function, it runs now, so this function can trap. A store holds up to
/// 10,000 instances (`safewasm_store_set_instance_limit`); the memory of an instance is freed with
/// the store.
///
/// On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_STORE` if an import belongs to another store;
/// `SAFEWASM_ERROR_WRONG_ENGINE` if the module belongs to another engine than the store;
/// `SAFEWASM_ERROR_LINK`, with the names of the missing imports or of the import with the wrong
/// type; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from the start function, and the
/// errors that its host functions return; `SAFEWASM_ERROR_UNSUPPORTED` if the module has a shared
/// memory and the engine's config allows none; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_new(
    store: *mut safewasm_store_t,
    module: *mut safewasm_module_t,
    imports: Nullable<*const safewasm_extern_t>,
    imports_len: usize,
    instance_out: *mut *mut safewasm_instance_t,
) -> *mut safewasm_error_t {
    boundary(Out("instance_out", instance_out), || {
        let module = module.get("module")?;
        // SAFETY: the header demands `imports_len` externs at an `imports` that isn't NULL.
        let given = unsafe { copied(imports, imports_len, "imports") }?;
        for (index, item) in given.iter().enumerate() {
            item.check(&format!("imports[{index}]"))
                .map_err(|error| about_import(module.wasmtime(), index, error))?;
        }
        let mut guard = registry::enter_store(store, "store")?;
        let wasmtime = module.wasmtime();
        guard.check_engine(wasmtime.engine(), "module")?;
        let given = self::imports(&guard, wasmtime, &given)?;
        let instance = guard
            .instantiate(&module, |context| wasmtime::Instance::new(context, wasmtime, &given));
        let instance = match instance {
            Err(error) if error.kind() == ErrorKind::LINK => {
                Err(explain_import(&mut guard, wasmtime, &given, error))
            }
            other => other,
        }?;
        Instance::new(instance, module, &mut guard).own(&mut guard)
    })
}

/// Gets the number of the instance's exports.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_exports_len(
    instance: *mut safewasm_instance_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || {
        let (mut guard, instance) = instance.enter("instance")?;
        Ok(instance.module(&mut guard).wasmtime().exports().len())
    })
}

/// Gets the export called `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`).
///
/// On success `*export_out` is the export, with a new handle; delete it with
/// `safewasm_extern_delete`. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
/// names that the instance exports; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_export(
    instance: *mut safewasm_instance_t,
    name: *const c_char,
    name_len: usize,
    export_out: *mut safewasm_extern_t,
) -> *mut safewasm_error_t {
    boundary(Out("export_out", export_out), || {
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let (mut guard, instance) = instance.enter("instance")?;
        match instance.export(name, &mut guard) {
            Some(export) => safewasm_extern_t::own(&mut guard, export),
            None => Err(no_export(instance.module(&mut guard).wasmtime(), name)),
        }
    })
}

/// Gets the function that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
/// `SAFEWASM_STRLEN`).
///
/// On success `*func_out` is a new handle of the function; delete it with `safewasm_func_delete`.
/// On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
/// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
/// of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_func(
    instance: *mut safewasm_instance_t,
    name: *const c_char,
    name_len: usize,
    func_out: *mut *mut safewasm_func_t,
) -> *mut safewasm_error_t {
    boundary(Out("func_out", func_out), || {
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        export_as(instance, name, |export| match export {
            Export::Func(func) => Some(func),
            _ => None,
        })
    })
}

/// Gets the memory that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
/// `SAFEWASM_STRLEN`). `safewasm_instance_export` gets shared memories.
///
/// On success `*memory_out` is a new handle of the memory; delete it with `safewasm_memory_delete`.
/// On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
/// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
/// of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_memory(
    instance: *mut safewasm_instance_t,
    name: *const c_char,
    name_len: usize,
    memory_out: *mut *mut safewasm_memory_t,
) -> *mut safewasm_error_t {
    boundary(Out("memory_out", memory_out), || {
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        export_as(instance, name, |export| match export {
            Export::Memory(memory) => Some(memory),
            _ => None,
        })
    })
}

/// Gets the global that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
/// `SAFEWASM_STRLEN`).
///
/// On success `*global_out` is a new handle of the global; delete it with `safewasm_global_delete`.
/// On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
/// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
/// of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_global(
    instance: *mut safewasm_instance_t,
    name: *const c_char,
    name_len: usize,
    global_out: *mut *mut safewasm_global_t,
) -> *mut safewasm_error_t {
    boundary(Out("global_out", global_out), || {
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        export_as(instance, name, |export| match export {
            Export::Global(global) => Some(global),
            _ => None,
        })
    })
}

/// Gets the table that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
/// `SAFEWASM_STRLEN`).
///
/// On success `*table_out` is a new handle of the table; delete it with `safewasm_table_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
/// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
/// of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_table(
    instance: *mut safewasm_instance_t,
    name: *const c_char,
    name_len: usize,
    table_out: *mut *mut safewasm_table_t,
) -> *mut safewasm_error_t {
    boundary(Out("table_out", table_out), || {
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        export_as(instance, name, |export| match export {
            Export::Table(table) => Some(table),
            _ => None,
        })
    })
}

/// Gets the tag that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
/// `SAFEWASM_STRLEN`).
///
/// On success `*tag_out` is a new handle of the tag; delete it with `safewasm_tag_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
/// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
/// of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_tag(
    instance: *mut safewasm_instance_t,
    name: *const c_char,
    name_len: usize,
    tag_out: *mut *mut safewasm_tag_t,
) -> *mut safewasm_error_t {
    boundary(Out("tag_out", tag_out), || {
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        export_as(instance, name, |export| match export {
            Export::Tag(tag) => Some(tag),
            _ => None,
        })
    })
}

/// The export called `name` as an object of the kind that `pick` takes out of it.
fn export_as<T: StoreKind>(
    instance: *mut safewasm_instance_t,
    name: &str,
    pick: impl FnOnce(Export) -> Option<T::Value>,
) -> Result<*mut T> {
    let (mut guard, instance) = instance.enter("instance")?;
    let found = instance.export(name, &mut guard);
    let export = found.ok_or_else(|| no_export(instance.module(&mut guard).wasmtime(), name))?;
    let kind = export.kind();
    match pick(export) {
        Some(value) => guard.own(value),
        None => Err(wrong_export(name, kind, T::KIND)),
    }
}

/// Gets the export at `index`, counted from 0, in the module's order. `safewasm_module_export` of
/// the module (`safewasm_instance_module`) gets its name.
///
/// On success `*export_out` is the export, with a new handle; delete it with
/// `safewasm_extern_delete`. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such export; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_export_at(
    instance: *mut safewasm_instance_t,
    index: usize,
    export_out: *mut safewasm_extern_t,
) -> *mut safewasm_error_t {
    boundary(Out("export_out", export_out), || {
        let (mut guard, instance) = instance.enter("instance")?;
        let module = instance.module(&mut guard);
        let exports = module.exports();
        let len = exports.len();
        let export = exports
            .get(index)
            .and_then(|(name, _)| instance.export(name.as_str(), &mut guard))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::NOT_FOUND,
                    format!("`index` is {index}, but the instance has {}", count(len, "export")),
                )
            })?;
        safewasm_extern_t::own(&mut guard, export)
    })
}

/// Gets the module that the instance was made from.
///
/// On success `*module_out` is a new handle of the module; delete it with `safewasm_module_delete`.
/// On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_module(
    instance: *mut safewasm_instance_t,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || {
        let (mut guard, instance) = instance.enter("instance")?;
        registry::insert(instance.module(&mut guard))
    })
}

/// Returns true if `instance` is an instance that has not been deleted and whose store has not been
/// deleted. Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_instance_is_valid(instance: *mut safewasm_instance_t) -> bool {
    quietly(|| instance.is_valid())
}

/// Deletes the handle `instance`. The instance itself lives as long as its store. Does nothing if
/// `instance` is NULL or was deleted already. Never fails and never waits. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_instance_delete(instance: *mut safewasm_instance_t) {
    quietly(|| instance.delete());
}
