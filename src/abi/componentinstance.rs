//! Component instances: components that run in a store.
//!
//! A failure in a store, such as a trap, ends all components in it: later calls fail with
//! `SAFEWASM_ERROR_COMPONENTS_ENDED`. So use a store for each job.
//!
//! Example: examples/component.c

pub use crate::kinds::safewasm_componentinstance_t;

use crate::abi::args::{Nullable, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::abi::componentlinker::interface_name;
use crate::call::component;
use crate::kinds::{
    safewasm_component_t, safewasm_componentfunc_t, safewasm_error_t, safewasm_store_t,
};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use std::os::raw::c_char;
use std::sync::Arc;

/// Creates an instance of `component`, which has no imports, in `store`. A component linker
/// (`safewasm_componentlinker_instantiate`) makes an instance of a component with imports.
///
/// Start functions of modules in the component run now, so this function can trap. A component counts as
/// one instance (`safewasm_store_set_instance_limit`), however many modules it has inside.
///
/// On success `*instance_out` is a new component instance; delete it with
/// `safewasm_componentinstance_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE` if the component belongs to another engine than the store;
/// `SAFEWASM_ERROR_LINK`, with the name of an import, if it has imports; `SAFEWASM_ERROR_TRAP` from a start function;
/// `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentinstance_new(
    store: *mut safewasm_store_t,
    component: *mut safewasm_component_t,
    instance_out: *mut *mut safewasm_componentinstance_t,
) -> *mut safewasm_error_t {
    boundary(Out("instance_out", instance_out), || {
        let component = component.get("component")?;
        let mut guard = registry::enter_store(store, "store")?;
        let instance = component::instantiate(&component, &mut guard)?;
        guard.own(Arc::new(instance))
    })
}

/// Gets an exported function.
///
/// `interface` is the name of the exported interface that has the function, such as
/// `docs:adder/add@0.1.0`, UTF-8 text of `interface_len` bytes (or `SAFEWASM_STRLEN`). It is also found with
/// another compatible version, and without a version if the component exports only one. NULL with the
/// length 0 means that the component itself exports the function. `name` is the function's name, UTF-8 text of `name_len` bytes (or
/// `SAFEWASM_STRLEN`).
///
/// On success `*func_out` is a new component func; delete it with `safewasm_componentfunc_delete`. On
/// failure it is NULL. A program looks a function up once and calls it often.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the names of
/// the exports; `SAFEWASM_ERROR_TYPE_MISMATCH` if the export is no function;
/// `SAFEWASM_ERROR_UNSUPPORTED` for a function that takes or returns resources;
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentinstance_func(
    instance: *mut safewasm_componentinstance_t,
    interface: Nullable<*const c_char>,
    interface_len: usize,
    name: *const c_char,
    name_len: usize,
    func_out: *mut *mut safewasm_componentfunc_t,
) -> *mut safewasm_error_t {
    boundary(Out("func_out", func_out), || {
        // SAFETY: the header demands `interface_len` bytes, or a NUL, at an `interface` that isn't NULL.
        let interface = unsafe { interface_name(interface, interface_len) }?;
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let (mut guard, instance) = instance.enter("instance")?;
        let func = instance.func(interface, name, &mut guard)?;
        guard.own(Arc::new(func))
    })
}

/// Returns true if `instance` is a component instance that has not been deleted. Never fails. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_componentinstance_is_valid(
    instance: *mut safewasm_componentinstance_t,
) -> bool {
    quietly(|| instance.is_valid())
}

/// Deletes the handle `instance`. The instance itself lives as long as its store. Does nothing if `instance` is NULL or was deleted already. Never
/// fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_componentinstance_delete(instance: *mut safewasm_componentinstance_t) {
    quietly(|| instance.delete());
}
