//! Linkers: they find a module's imports by name.
//!
//! Example: examples/host.c

pub use crate::kinds::safewasm_linker_t;

use crate::abi::args::{Nullable, utf8, value};
use crate::abi::boundary::{Out, boundary};
use crate::call::external::safewasm_extern_t;
use crate::call::host::{Callback, safewasm_callback_t, safewasm_slot_callback_t};
use crate::error::text::{count, quoted, safewasm_text_t};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{
    safewasm_engine_t, safewasm_error_t, safewasm_externtype_t, safewasm_functype_t,
    safewasm_instance_t, safewasm_instancepre_t, safewasm_module_t, safewasm_store_t,
};
use crate::link::define::{check_engine, define_func, define_module, instantiate};
use crate::link::explain::current_type;
use crate::link::instancepre::InstancePre;
use crate::link::linker::{Linker, check_bound};
use crate::link::unknown::{define_as_default_values, define_as_traps};
use crate::process::finalizer::{self, Env, safewasm_finalizer_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::store::export::Export;
use crate::types::boolean::BoolArg;
use crate::types::externtype::ExternType;
use std::ffi::c_void;
use std::os::raw::c_char;

/// Creates a linker of `engine`.
///
/// On success `*linker_out` is a new linker; delete it with `safewasm_linker_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_new(
    engine: *mut safewasm_engine_t,
    linker_out: *mut *mut safewasm_linker_t,
) -> *mut safewasm_error_t {
    boundary(Out("linker_out", linker_out), || {
        let engine = engine.get("engine")?;
        registry::insert(Linker::new(engine))
    })
}

/// Sets whether a new definition may replace an earlier one of the same name. Off by default:
/// defining a name twice is an error.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_linker_allow_shadowing(
    linker: *mut safewasm_linker_t,
    allowed: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        linker.get("linker")?.with(|names| {
            names.allows_shadowing = allowed.get();
            Ok(())
        })
    })
}

/// Defines an import as `*item`, an object of `store`, which is borrowed. From now on the linker
/// works with `store` only.
///
/// The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes
/// from the module called `module_name`, UTF-8 text of `module_name_len` bytes (or
/// `SAFEWASM_STRLEN`).
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
/// `SAFEWASM_ERROR_WRONG_STORE` if the item belongs to another store, or the linker works with
/// another one; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_define(
    linker: *mut safewasm_linker_t,
    store: *mut safewasm_store_t,
    module_name: *const c_char,
    module_name_len: usize,
    name: *const c_char,
    name_len: usize,
    item: *const safewasm_extern_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        finalizer::run_after(|| {
            let linker = linker.get("linker")?;
            // SAFETY: as the header demands.
            let (namespace, name) =
                unsafe { self::names(module_name, module_name_len, name, name_len) }?;
            // SAFETY: the header demands an extern at a pointer that isn't NULL.
            let item = unsafe { value(item, "item") }?;
            item.check("item")?;
            let mut guard = registry::enter_store(store, "store")?;
            guard.check_engine(linker.engine.wasmtime(), "linker")?;
            let item = item.get_in(&guard, linker.engine.wasmtime(), "item")?;
            linker.with(|names| {
                names.check_new(namespace, name)?;
                names.bind(&guard)?;
                let ty = current_type(&item, &mut guard);
                names
                    .linker
                    .define(guard.context(), namespace, name, item)
                    .map_err(|error| Error::wasmtime(&error, ErrorKind::LINK))?;
                names.note(namespace, name, ty);
                Ok(())
            })
        })
    })
}

/// Defines an import as a host function. The function belongs to no store.
///
/// The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes
/// from the module called `module_name`, UTF-8 text of `module_name_len` bytes (or
/// `SAFEWASM_STRLEN`).
///
/// `functype`, `callback`, `env` and `finalizer` are as for `safewasm_func_new`. The function lives
/// as long as the linker, the pre-instantiations made with it, and the stores in which it was used
/// for an instance.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the
/// import is defined already; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_define_func(
    linker: *mut safewasm_linker_t,
    module_name: *const c_char,
    module_name_len: usize,
    name: *const c_char,
    name_len: usize,
    functype: *mut safewasm_functype_t,
    callback: safewasm_callback_t,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary((), || {
        // SAFETY: as the header demands.
        let (namespace, name) = unsafe { names(module_name, module_name_len, name, name_len) }?;
        define_func(linker, namespace, name, functype, || Callback::values(callback), env)
    })
}

/// Defines an import as a host function of numbers and vectors, which takes and returns bare slots.
/// Calls of it are faster. Otherwise the same as `safewasm_linker_define_func`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the
/// import is defined already; `SAFEWASM_ERROR_UNSUPPORTED` if the type has references;
/// `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_define_func_slots(
    linker: *mut safewasm_linker_t,
    module_name: *const c_char,
    module_name_len: usize,
    name: *const c_char,
    name_len: usize,
    functype: *mut safewasm_functype_t,
    callback: safewasm_slot_callback_t,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary((), || {
        // SAFETY: as the header demands.
        let (namespace, name) = unsafe { names(module_name, module_name_len, name, name_len) }?;
        define_func(linker, namespace, name, functype, || Callback::slots(callback), env)
    })
}

/// The two names of an import.
///
/// # Safety
///
/// Each pointer is as for [`utf8`].
unsafe fn names<'a>(
    module_name: *const c_char,
    module_name_len: usize,
    name: *const c_char,
    name_len: usize,
) -> Result<(&'a str, &'a str)> {
    // SAFETY: as the caller vouches.
    let namespace = unsafe { utf8(module_name, module_name_len, "module_name") }?;
    // SAFETY: as above.
    Ok((namespace, unsafe { utf8(name, name_len, "name") }?))
}

/// Defines all exports of `instance` as imports from the module called `module_name`, UTF-8 text of
/// `module_name_len` bytes (or `SAFEWASM_STRLEN`). From now on the linker works with the instance's
/// store only. On failure nothing is defined.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the name isn't UTF-8 or one of the imports is defined
/// already; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_define_instance(
    linker: *mut safewasm_linker_t,
    module_name: *const c_char,
    module_name_len: usize,
    instance: *mut safewasm_instance_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        finalizer::run_after(|| {
            let linker = linker.get("linker")?;
            // SAFETY: the header demands that many bytes at a pointer that isn't NULL.
            let namespace = unsafe { utf8(module_name, module_name_len, "module_name") }?;
            let (mut guard, instance) = instance.enter("instance")?;
            guard.check_engine(linker.engine.wasmtime(), "linker")?;
            linker.with(|names| names.define_instance(namespace, &instance, &mut guard))
        })
    })
}

/// Defines the exports of `module` as imports from the module called `module_name`, UTF-8 text of
/// `module_name_len` bytes (or `SAFEWASM_STRLEN`). From now on the linker works with `store` only.
/// On failure nothing is defined.
///
/// A module that exports `_start` is a command. Only its functions are defined, and each call of
/// one makes a new instance, which counts against the store's limit of instances as long as the
/// store lives. Any other module is a reactor: it is instantiated in `store` now, its function
/// `_initialize` is called if it exports one, and its exports are defined.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the name isn't UTF-8 or one of the imports is defined
/// already; `SAFEWASM_ERROR_LINK`, with the names of the missing imports or of the import with the
/// wrong type; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from a reactor, and the errors
/// that its host functions return; `SAFEWASM_ERROR_INVALID_MODULE` if the module exports both
/// functions, or one of them with parameters or results; `SAFEWASM_ERROR_UNSUPPORTED` if the module
/// has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_WRONG_STORE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_define_module(
    linker: *mut safewasm_linker_t,
    store: *mut safewasm_store_t,
    module_name: *const c_char,
    module_name_len: usize,
    module: *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        finalizer::run_after(|| {
            let linker = linker.get("linker")?;
            // SAFETY: the header demands that many bytes at a pointer that isn't NULL.
            let namespace = unsafe { utf8(module_name, module_name_len, "module_name") }?;
            let module = module.get("module")?;
            let mut guard = registry::enter_store(store, "store")?;
            guard.check_engine(linker.engine.wasmtime(), "linker")?;
            define_module(&linker, namespace, &module, &mut guard)
        })
    })
}

/// Defines each function that `module` imports and that isn't defined yet as a function that traps
/// when it is called. The message of the trap names the function.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_linker_define_unknown_imports_as_traps(
    linker: *mut safewasm_linker_t,
    module: *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        let linker = linker.get("linker")?;
        let module = module.get("module")?;
        check_engine(&linker, &module)?;
        define_as_traps(&linker, &module)
    })
}

/// Defines each import of `module` that isn't defined yet, in `store`: a function as one that
/// returns zeros and null references, and any other import as a new object of its type that holds
/// zeros and null references. From now on the linker works with `store` only. On failure nothing is
/// defined.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK` if
/// a type has no such value; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_linker_define_unknown_imports_as_default_values(
    linker: *mut safewasm_linker_t,
    store: *mut safewasm_store_t,
    module: *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        finalizer::run_after(|| {
            let linker = linker.get("linker")?;
            let module = module.get("module")?;
            check_engine(&linker, &module)?;
            let mut guard = registry::enter_store(store, "store")?;
            guard.check_engine(linker.engine.wasmtime(), "linker")?;
            define_as_default_values(&linker, &module, &mut guard)
        })
    })
}

/// Creates an instance of `module` in `store`, with the linker's definitions as its imports. If the
/// module has a start function, it runs now, so this function can trap.
///
/// On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`,
/// with the names of the missing imports and similar names, or of the import with the wrong type;
/// `SAFEWASM_ERROR_WRONG_STORE` if the linker works with another store;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from the
/// start function, and the errors that its host functions return; `SAFEWASM_ERROR_UNSUPPORTED` if
/// the module has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_instantiate(
    linker: *mut safewasm_linker_t,
    store: *mut safewasm_store_t,
    module: *mut safewasm_module_t,
    instance_out: *mut *mut safewasm_instance_t,
) -> *mut safewasm_error_t {
    boundary(Out("instance_out", instance_out), || {
        let linker = linker.get("linker")?;
        let module = module.get("module")?;
        let mut guard = registry::enter_store(store, "store")?;
        guard.check_engine(linker.engine.wasmtime(), "linker")?;
        instantiate(&linker, &module, &mut guard)?.own(&mut guard)
    })
}

/// Does all work that can be done before `module` is instantiated, once for many instances: looks
/// up its imports and compares their types. Later definitions in the linker have no effect on the
/// result. For a memory or table in the linker, the size that is compared is the one that it had
/// when it was defined, or when an instance was last made with the linker.
///
/// On success `*instancepre_out` is a new pre-instantiation; delete it with
/// `safewasm_instancepre_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`,
/// with the names of the missing imports and similar names, or of the import with the wrong type;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_instantiate_pre(
    linker: *mut safewasm_linker_t,
    module: *mut safewasm_module_t,
    instancepre_out: *mut *mut safewasm_instancepre_t,
) -> *mut safewasm_error_t {
    boundary(Out("instancepre_out", instancepre_out), || {
        let linker = linker.get("linker")?;
        let module = module.get("module")?;
        let (pre, store) = linker.pre(&module, None)?;
        registry::insert(InstancePre::new(pre, module, store))
    })
}

/// Gets a definition as an object of `store`.
///
/// The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes
/// from the module called `module_name`, UTF-8 text of `module_name_len` bytes (or
/// `SAFEWASM_STRLEN`).
///
/// On success `*item_out` is the object, with a new handle; delete it with
/// `safewasm_extern_delete`. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with
/// similar names; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_get(
    linker: *mut safewasm_linker_t,
    store: *mut safewasm_store_t,
    module_name: *const c_char,
    module_name_len: usize,
    name: *const c_char,
    name_len: usize,
    item_out: *mut safewasm_extern_t,
) -> *mut safewasm_error_t {
    boundary(Out("item_out", item_out), || {
        let linker = linker.get("linker")?;
        // SAFETY: as the header demands.
        let (namespace, name) =
            unsafe { self::names(module_name, module_name_len, name, name_len) }?;
        let mut guard = registry::enter_store(store, "store")?;
        guard.check_engine(linker.engine.wasmtime(), "linker")?;
        let item = linker.with(|names| {
            check_bound(names.store, &guard, "linker")?;
            names.linker.get(guard.context(), namespace, name).map_err(|_| {
                let similar = names.suggest(namespace, name);
                let (name, namespace) = (quoted(name), quoted(namespace));
                let said = format!("`{name}` of `{namespace}` isn't defined{similar}");
                Error::new(ErrorKind::NOT_FOUND, said)
            })
        })?;
        let item = Export::new(item, guard.context());
        safewasm_extern_t::own(&mut guard, item)
    })
}

/// Gets the number of definitions in the linker.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_len(
    linker: *mut safewasm_linker_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || {
        linker.get("linker")?.with(|names| Ok(names.definitions.len()))
    })
}

/// Gets the definition at `index`, counted from 0, in the order in which they were made. A
/// definition that replaced an earlier one has the index of that one.
///
/// On success `*module_name_out` and `*name_out` are its names, and `*type_out` is a new external
/// type; delete it with `safewasm_externtype_delete`. The names live until that type and the linker
/// are both deleted. On failure all are NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such definition.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_linker_definition(
    linker: *mut safewasm_linker_t,
    index: usize,
    module_name_out: *mut safewasm_text_t,
    name_out: *mut safewasm_text_t,
    type_out: *mut *mut safewasm_externtype_t,
) -> *mut safewasm_error_t {
    let names_out = (Out("module_name_out", module_name_out), Out("name_out", name_out));
    boundary((names_out, Out("type_out", type_out)), || {
        let linker = linker.get("linker")?;
        linker.with(|names| {
            let len = names.definitions.len();
            let found = names.definitions.get(index).ok_or_else(|| {
                let said =
                    format!("`index` is {index}, but the linker has {}", count(len, "definition"));
                Error::new(ErrorKind::NOT_FOUND, said)
            })?;
            let names = (found.namespace.clone(), found.name.clone());
            let views = (names.0.view(), names.1.view());
            let ty = ExternType::new(linker.engine.wasmtime(), found.ty.clone());
            Ok((views, registry::insert(ty.of_definition(names))?))
        })
    })
}

/// Returns true if `linker` is a linker that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_linker_is_valid(linker: *mut safewasm_linker_t) -> bool {
    quietly(|| linker.is_valid())
}

/// Deletes `linker`. Instances made with it live on. Does nothing if `linker` is NULL or was
/// deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_linker_delete(linker: *mut safewasm_linker_t) {
    quietly(|| linker.delete());
}
