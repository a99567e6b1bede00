//! Component linkers: they find a component's imports by interface and name.
//!
//! An interface is found with another compatible version too: a component that imports `wasi:io/streams@0.2.0` gets what is
//! defined for `wasi:io/streams@0.2.3`, and the other way round. An exact match comes first, then the highest version.
//!
//! Example: examples/componenthost.c

pub use crate::call::componenthost::safewasm_component_callback_t;
pub use crate::kinds::safewasm_componentlinker_t;

use crate::abi::args::{Nullable, array, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::call::componenthost::{self, ComponentHost};
use crate::canonical::node::safewasm_node_t;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{
    safewasm_caller_t, safewasm_component_t, safewasm_componentinstance_t,
    safewasm_componentinstancepre_t, safewasm_engine_t, safewasm_error_t, safewasm_module_t,
    safewasm_resourcetype_t, safewasm_store_t, safewasm_wittype_t,
};
use crate::link::component::linker::{ComponentLinker, Definition};
use crate::process::finalizer::{Env, safewasm_finalizer_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::store::entered::Entered;
use crate::types::boolean::BoolArg;
use smallvec::SmallVec;
use std::ffi::c_void;
use std::iter::once;
use std::os::raw::c_char;
use std::sync::Arc;

/// The most nodes that a result copies to the stack.
const FEW: usize = 16;

/// Creates a component linker of `engine`.
///
/// On success `*linker_out` is a new component linker; delete it with `safewasm_componentlinker_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentlinker_new(
    engine: *mut safewasm_engine_t,
    linker_out: *mut *mut safewasm_componentlinker_t,
) -> *mut safewasm_error_t {
    boundary(Out("linker_out", linker_out), || {
        let engine = engine.get("engine")?;
        registry::insert(ComponentLinker::new(engine))
    })
}

/// Sets whether a new definition may replace an earlier one of the same name. Off by default:
/// defining a name twice is an error.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_componentlinker_allow_shadowing(
    linker: *mut safewasm_componentlinker_t,
    allowed: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        linker.get("linker")?.with(|names| {
            names.allows_shadowing = allowed.get();
            Ok(())
        })
    })
}

/// The name of an interface, or none for NULL with the length 0.
///
/// # Safety
///
/// The pointer is as for [`utf8`].
pub(super) unsafe fn interface_name<'a>(
    interface: *const c_char,
    interface_len: usize,
) -> Result<Option<&'a str>> {
    match interface_len {
        0 if interface.is_null() => Ok(None),
        // SAFETY: as the caller vouches.
        _ => Ok(Some(unsafe { utf8(interface, interface_len, "interface") }?)),
    }
}

/// Defines an import as a host function. The function belongs to no store.
///
/// `interface` is the name of the interface that has the function, such as `docs:logger/log@0.1.0`, UTF-8
/// text of `interface_len` bytes (or `SAFEWASM_STRLEN`). NULL with the length 0 means an import of the
/// component itself. `name` is the function's name, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`).
///
/// `wittype` is the type of the function, such as the type of an import (`safewasm_component_import`,
/// `safewasm_wittype_item`). A component that imports the function with another type can't be instantiated:
/// so `callback` gets only nodes that fit `wittype`.
///
/// `callback`, `env` and `finalizer`: `callback` is called with `env`, which may be NULL. If `finalizer` isn't
/// NULL, it is called with `env` when the library no longer needs it, also if this function fails. The
/// function lives as long as the linker, the pre-instantiations made with it, and the stores in which it
/// was used for an instance.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if `wittype` isn't the type of a function; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentlinker_define_func(
    linker: *mut safewasm_componentlinker_t,
    interface: Nullable<*const c_char>,
    interface_len: usize,
    name: *const c_char,
    name_len: usize,
    wittype: *mut safewasm_wittype_t,
    callback: safewasm_component_callback_t,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary((), || {
        // SAFETY: the header demands that many bytes, or a NUL, at pointers that aren't NULL.
        let interface = unsafe { interface_name(interface, interface_len) }?;
        // SAFETY: as above.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let linker = linker.get("linker")?;
        let wittype = wittype.get("wittype")?;
        let host = Arc::new(ComponentHost::new(callback, env)?);
        if !wittype.is_func() {
            return Err(Error::new(ErrorKind::TYPE_MISMATCH, "`wittype` is no type of a function"));
        }
        linker.define(once((interface, name, Definition::Func(host, wittype))))
    })
}

/// Defines an import as `module`, a core module. `interface` and `name` are as for
/// `safewasm_componentlinker_define_func`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentlinker_define_module(
    linker: *mut safewasm_componentlinker_t,
    interface: Nullable<*const c_char>,
    interface_len: usize,
    name: *const c_char,
    name_len: usize,
    module: *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        // SAFETY: the header demands that many bytes, or a NUL, at pointers that aren't NULL.
        let interface = unsafe { interface_name(interface, interface_len) }?;
        // SAFETY: as above.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let linker = linker.get("linker")?;
        let module = module.get("module")?;
        linker.check_engine(module.wasmtime().engine(), "module")?;
        linker.define(once((interface, name, Definition::Module(module))))
    })
}

/// Defines an import as a resource type of the program. `interface` and `name` are as for
/// `safewasm_componentlinker_define_func`. The constructor, methods and static functions of the type are host
/// functions with the names `[constructor]name`, `[method]name.method` and `[static]name.function`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
/// `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentlinker_define_resource(
    linker: *mut safewasm_componentlinker_t,
    interface: Nullable<*const c_char>,
    interface_len: usize,
    name: *const c_char,
    name_len: usize,
    resourcetype: *mut safewasm_resourcetype_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        // SAFETY: the header demands that many bytes, or a NUL, at pointers that aren't NULL.
        let interface = unsafe { interface_name(interface, interface_len) }?;
        // SAFETY: as above.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let linker = linker.get("linker")?;
        let resourcetype = resourcetype.get("resourcetype")?;
        linker.define(once((interface, name, Definition::Resource(resourcetype))))
    })
}

/// Defines each function that `component` imports and that isn't defined yet as a function that traps
/// when it is called. The message of the trap names the function.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_componentlinker_define_unknown_imports_as_traps(
    linker: *mut safewasm_componentlinker_t,
    component: *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        let linker = linker.get("linker")?;
        let component = component.get("component")?;
        linker.define_as_traps(&component)
    })
}

/// Gives the result of a host function that a component called (`safewasm_component_callback_t`).
///
/// `nodes` holds the nodes of the result, `nodes_len` nodes. The library copies them with what they point to.
/// A later call in the same host function replaces the result. A host function without a result needs no
/// call.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `nodes` isn't aligned or is too long;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if the nodes don't fit the function's type, with the path to the one that
/// doesn't; `SAFEWASM_ERROR_UNSUPPORTED` if core WebAssembly called the host function;
/// `SAFEWASM_ERROR_OUT_OF_MEMORY`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_caller_return(
    caller: *mut safewasm_caller_t,
    nodes: Nullable<*const safewasm_node_t>,
    nodes_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        // SAFETY: the header demands `nodes_len` nodes at a `nodes` that isn't NULL. A copy, which nothing
        // changes between the check and the use.
        let nodes: SmallVec<[_; FEW]> = unsafe { &*array(nodes, nodes_len, "nodes")? }.into();
        // SAFETY: the header demands that what the nodes point to is there.
        unsafe { componenthost::give(caller, &nodes) }
    })
}

/// Creates an instance of `component` in `store`, with the linker's definitions as its imports. Start
/// functions of modules in the component run now, so this function can trap.
///
/// On success `*instance_out` is a new component instance; delete it with
/// `safewasm_componentinstance_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`, with the
/// missing imports and similar names, or with what differs between the types of an import and of its
/// definition; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` from a start function, and the errors
/// that its host functions return; `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentlinker_instantiate(
    linker: *mut safewasm_componentlinker_t,
    store: *mut safewasm_store_t,
    component: *mut safewasm_component_t,
    instance_out: *mut *mut safewasm_componentinstance_t,
) -> *mut safewasm_error_t {
    boundary(Out("instance_out", instance_out), || {
        let linker = linker.get("linker")?;
        let component = component.get("component")?;
        let mut guard = registry::enter_store(store, "store")?;
        guard.check_engine(linker.engine.wasmtime(), "linker")?;
        let pre = linker.pre(&component)?;
        let instance = pre.instantiate("component", &mut guard)?;
        guard.own(Arc::new(instance))
    })
}

/// Does all work that can be done before `component` is instantiated, once for many instances: looks up
/// its imports and compares their types. Later definitions in the linker have no effect on the result.
///
/// On success `*instancepre_out` is a new component pre-instantiation; delete it with
/// `safewasm_componentinstancepre_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`, with the
/// missing imports and similar names, or with what differs between the types of an import and of its
/// definition; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentlinker_instantiate_pre(
    linker: *mut safewasm_componentlinker_t,
    component: *mut safewasm_component_t,
    instancepre_out: *mut *mut safewasm_componentinstancepre_t,
) -> *mut safewasm_error_t {
    boundary(Out("instancepre_out", instancepre_out), || {
        let linker = linker.get("linker")?;
        let component = component.get("component")?;
        registry::insert(linker.pre(&component)?)
    })
}

/// Returns true if `linker` is a component linker that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_componentlinker_is_valid(
    linker: *mut safewasm_componentlinker_t,
) -> bool {
    quietly(|| linker.is_valid())
}

/// Deletes `linker`. Instances made with it live on. Does nothing if `linker` is NULL or was
/// deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_componentlinker_delete(linker: *mut safewasm_componentlinker_t) {
    quietly(|| linker.delete());
}
