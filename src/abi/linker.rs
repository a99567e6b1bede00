//! Linkers: imports by name.

pub use crate::kinds::safewasm_linker_t;

use crate::abi::args::{utf8, value};
use crate::abi::boundary::{Out, boundary};
use crate::call::external::safewasm_extern_t;
use crate::call::host::{Callback, safewasm_callback_t, safewasm_slot_callback_t};
use crate::error::hostfailure::HostFailure;
use crate::error::text::{quoted, safewasm_text_t};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{
    safewasm_engine_t, safewasm_error_t, safewasm_externtype_t, safewasm_functype_t,
    safewasm_instance_t, safewasm_instancepre_t, safewasm_module_t, safewasm_store_t,
};
use crate::link::define::{
    check_engine, define_command, define_func, define_reactor, func_export, instantiate,
};
use crate::link::explain::current_type;
use crate::link::instancepre::InstancePre;
use crate::link::linker::{Linker, check_bound};
use crate::process::finalizer::{self, Env, safewasm_finalizer_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::types::boolean::BoolArg;
use crate::types::externtype::{ExternType, shown};
use std::ffi::c_void;
use std::os::raw::c_char;
use wasmtime::ExternType as Type;

/// Creates a linker of `engine`.
///
/// On success `*linker_out` is a new linker, which belongs to the caller, who gives it to
/// `safewasm_linker_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, limit.
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

/// Sets whether a name may be defined anew, which then takes the place of its earlier definition. Off
/// at the start: a name that is defined twice is an error.
///
/// Errors: null pointer, invalid handle.
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

/// Defines `*item`, an item of `store`, which is borrowed, as the import called `name`, UTF-8 of
/// `name_len` bytes, of the module called `module_name`, UTF-8 of `module_name_len` bytes. From now on the
/// linker works with `store` only.
///
/// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8 or is defined
/// already; wrong store for an item of another store, or for a linker that holds such items; wrong
/// engine; store busy or poisoned.
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
            // SAFETY: the header demands so many bytes at what isn't NULL.
            let namespace = unsafe { utf8(module_name, module_name_len, "module_name") }?;
            // SAFETY: as above.
            let name = unsafe { utf8(name, name_len, "name") }?;
            // SAFETY: the header demands an extern at what isn't NULL.
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

/// Defines a host function that takes and gives values, as the import called `name`, UTF-8 of
/// `name_len` bytes, of the module called `module_name`, UTF-8 of `module_name_len` bytes. It belongs to no
/// store.
///
/// `functype`, `callback`, `env` and `finalizer` are as for `safewasm_func_new`; `env` may be NULL, and
/// `finalizer` may be NULL. The function lives as long as the linker, what was pre-instantiated with
/// it, and the stores that it was instantiated in.
///
/// Errors: null pointer, invalid handle, wrong engine; invalid argument for a name that isn't UTF-8 or
/// is defined already; limit.
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
    env: *mut c_void,
    finalizer: safewasm_finalizer_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary((), || {
        // SAFETY: as the header demands.
        let (namespace, name) = unsafe { names(module_name, module_name_len, name, name_len) }?;
        define_func(linker, namespace, name, functype, || Callback::values(callback), env)
    })
}

/// Defines a host function of numbers and vectors, which takes and gives slots: the fast way.
///
/// As `safewasm_linker_define_func` otherwise: `env` may be NULL, and `finalizer` may be NULL.
///
/// Errors: null pointer, invalid handle, wrong engine; invalid argument for a name that isn't UTF-8 or
/// is defined already; unsupported for a type with references; limit.
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
    env: *mut c_void,
    finalizer: safewasm_finalizer_t,
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
/// What isn't NULL points to so many bytes, which nobody writes while the names are in use.
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

/// Defines all that `instance` exports, as the imports of the module called `module_name`, UTF-8 of
/// `module_name_len` bytes. From now on the linker works with the instance's store only.
///
/// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8, and if one of the
/// exports is defined already, then none is defined; wrong store, wrong engine; store busy or poisoned.
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
            // SAFETY: the header demands so many bytes at what isn't NULL.
            let namespace = unsafe { utf8(module_name, module_name_len, "module_name") }?;
            let (mut guard, instance) = instance.enter("instance")?;
            guard.check_engine(linker.engine.wasmtime(), "linker")?;
            linker.with(|names| names.define_instance(namespace, &instance, &mut guard))
        })
    })
}

/// Defines what `module` exports, as the imports of the module called `module_name`, UTF-8 of
/// `module_name_len` bytes. From now on the linker works with `store` only.
///
/// A module that exports `_start` is a command: each call of one of its functions makes an instance of
/// its own, which counts for good among those of the store; only functions are defined. Any other is a reactor: it is instantiated here and now, in `store`, its function
/// `_initialize` is called if it exports one, and its exports are defined.
///
/// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8, and if one of the
/// exports is defined already; link, naming the imports that are missing or the one of another type; trap and
/// exception of a reactor; invalid module for one that exports both functions, or one of them with
/// parameters or results; unsupported for one with a shared memory if the engine's config has none; wrong
/// store, wrong engine; limit, store busy or poisoned. Then nothing is defined.
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
            // SAFETY: the header demands so many bytes at what isn't NULL.
            let namespace = unsafe { utf8(module_name, module_name_len, "module_name") }?;
            let module = module.get("module")?;
            let mut guard = registry::enter_store(store, "store")?;
            guard.check_engine(linker.engine.wasmtime(), "linker")?;
            match (func_export(&module, "_start")?, func_export(&module, "_initialize")?) {
                (true, false) => define_command(&linker, namespace, &module, &mut guard),
                (false, initialize) => {
                    define_reactor(&linker, namespace, &module, initialize, &mut guard)
                }
                (true, true) => Err(Error::new(
                    ErrorKind::INVALID_MODULE,
                    "Invalid module: `module` exports both `_start`, as a command, and `_initialize`, as a \
                 reactor",
                )),
            }
        })
    })
}

/// Defines each function that `module` imports and that isn't defined as one that traps when it is
/// called. The message of the trap names it.
///
/// Errors: null pointer, invalid handle, wrong engine, limit.
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
        linker.with(|names| {
            for import in module.wasmtime().imports() {
                let (namespace, name) = (import.module(), import.name());
                let Type::Func(ty) = import.ty() else { continue };
                if names.find(namespace, name).is_some() {
                    continue;
                }
                let said = format!(
                    "the import `{}` of module `{}` was called, but not defined",
                    quoted(name),
                    quoted(namespace)
                );
                // SAFETY: the function uses no slots.
                unsafe {
                    names.linker.func_new_unchecked(namespace, name, ty.clone(), move |_, _| {
                        let error = Error::new(ErrorKind::TRAP, said.clone()).with_other_trap();
                        Err(wasmtime::Error::new(HostFailure::from(error)))
                    })
                }
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
                names.note(namespace, name, Type::Func(ty));
            }
            Ok(())
        })
    })
}

/// Defines each import of `module` that isn't defined, in `store`: a function as one that returns
/// zeros and null references, anything else as a new one of its type with zeros and null references
/// in it. From now on the linker works with `store` only.
///
/// Errors: null pointer, invalid handle; link for a type without such a value; wrong store, wrong
/// engine; limit, store busy or poisoned. Then nothing is defined.
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
            linker.with(|names| {
                let unknown: Vec<_> = module
                    .wasmtime()
                    .imports()
                    .filter(|import| names.find(import.module(), import.name()).is_none())
                    .collect();
                if unknown.is_empty() {
                    return Ok(());
                }
                check_bound(names.store, &guard, "linker")?;
                let mut made = Vec::with_capacity(unknown.len());
                for import in unknown {
                    let (namespace, name, ty) = (import.module(), import.name(), import.ty());
                    let item =
                        guard.allocate(|context| ty.default_value(context)).map_err(|error| {
                            let has_default = match &ty {
                                Type::Memory(_) => true,
                                Type::Table(ty) => ty.element().is_nullable(),
                                _ => false,
                            };
                            if has_default {
                                return Error::wasmtime(&error, ErrorKind::LIMIT);
                            }
                            Error::new(
                                ErrorKind::LINK,
                                format!(
                                    "the import `{}` of module `{}`, {}, has no default value",
                                    quoted(name),
                                    quoted(namespace),
                                    shown(&ty)
                                ),
                            )
                        })?;
                    made.push((namespace, name, ty, item));
                }
                names.bind(&guard)?;
                for (namespace, name, ty, item) in made {
                    names
                        .linker
                        .define(guard.context(), namespace, name, item)
                        .map_err(|error| Error::wasmtime(&error, ErrorKind::LINK))?;
                    names.note(namespace, name, ty);
                }
                Ok(())
            })
        })
    })
}

/// Creates an instance of `module` in `store`, with imports that the linker has. Runs the module's
/// start function, so it can trap.
///
/// On success `*instance_out` is a new instance, which belongs to the caller, who gives it to
/// `safewasm_instance_delete`; it is valid until then or until `store` is deleted. On failure it is
/// NULL.
///
/// Errors: null pointer, invalid handle; link, naming the imports that are missing or the one of another
/// type, and near names; wrong store for a linker with items of another; wrong engine; trap and exception
/// from the start function; unsupported for a module with a shared memory if the engine's config has
/// none; limit; store busy or poisoned.
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

/// Does everything that can be done before `module` is instantiated, once for many instances: its
/// imports are looked up and their types compared. What is defined in the linker later has no effect
/// on it. Of a memory or table that the linker has, the size is compared that it had when it was defined,
/// or when an instance was last made with it.
///
/// On success `*instancepre_out` is a new pre-instantiation, which belongs to the caller, who gives it
/// to `safewasm_instancepre_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; link, naming the imports that are missing or the one of another
/// type, and near names; wrong engine; limit.
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

/// What is defined as `name`, UTF-8 of `name_len` bytes, of the module called `module_name`, UTF-8 of
/// `module_name_len` bytes, as an item of `store`.
///
/// On success `*item_out` is the item with a new handle, which belongs to the caller, who gives it to
/// `safewasm_extern_delete`; on failure it is all zero.
///
/// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8; not found, with
/// near names; wrong store, wrong engine; store busy or poisoned.
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
                let near = names.near(namespace, name);
                let (name, namespace) = (quoted(name), quoted(namespace));
                let said = format!("`{name}` of `{namespace}` isn't defined{near}");
                Error::new(ErrorKind::NOT_FOUND, said)
            })
        })?;
        safewasm_extern_t::own(&mut guard, item)
    })
}

/// The number of definitions in the linker.
///
/// On success `*len_out` is that; on failure it is 0.
///
/// Errors: null pointer, invalid handle.
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

/// The definition at `index`, from 0, in the order in which they were made; one that was shadowed is in
/// the place of the first of its name.
///
/// On success `*module_name_out` and `*name_out` are its names, both living until
/// `safewasm_linker_delete`, and `*type_out` is its type, new, which belongs to the caller, who gives it
/// to `safewasm_externtype_delete`. On failure all are NULL.
///
/// Errors: null pointer, invalid handle, not found.
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
                let said = format!("`index` is {index}, but the linker has {len} definitions");
                Error::new(ErrorKind::NOT_FOUND, said)
            })?;
            let ty = registry::insert(ExternType::new(linker.engine.wasmtime(), found.ty.clone()))?;
            Ok(((found.namespace.view(), found.name.view()), ty))
        })
    })
}

/// Whether `linker` is a linker that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_linker_is_valid(linker: *mut safewasm_linker_t) -> bool {
    quietly(|| linker.is_valid())
}

/// Deletes `linker`. NULL and what was deleted already are left alone; instances made with it live on.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_linker_delete(linker: *mut safewasm_linker_t) {
    quietly(|| linker.delete());
}
