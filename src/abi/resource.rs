//! Resources: what components and programs hand each other without showing what is inside.
//!
//! A component makes a resource in a constructor, `[constructor]counter`, and its methods, such as
//! `[method]counter.increment`, take the resource as their first argument. A program has resource types of its own too:
//! a resource of one stands for a pointer of the program.
//!
//! A handle of an owned resource can be passed as `own`, which gives the resource away, or as `borrow`, which lends it
//! for the call. A handle that was given away or dropped is of no use any more.
//!
//! Example: examples/component.c

pub use crate::kinds::{safewasm_resource_t, safewasm_resourcetype_t};
pub use crate::store::resource::safewasm_destructor_t;

use crate::abi::args::Nullable;
use crate::abi::boundary::{Out, boundary};
use crate::call::resource::drop_now;
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_error_t, safewasm_store_t};
use crate::process::finalizer::{self, Env, safewasm_finalizer_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::collected::CollectedEnv;
use crate::store::entered::Entered;
use crate::store::resource::{HostResourceType, What};
use crate::types::boolean::Bool;
use std::ffi::c_void;
use std::sync::Arc;

/// Creates a resource type of the program.
///
/// `destructor`, if it isn't NULL, is called with `env` when a component drops a resource of the type. `env` may
/// be NULL. If `finalizer` isn't NULL, it is called with `env` when the library no longer needs it, also if
/// this function fails: when the type was deleted and no linker, pre-instantiation and store uses it.
///
/// On success `*type_out` is a new resource type; delete it with `safewasm_resourcetype_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_resourcetype_new(
    destructor: Nullable<safewasm_destructor_t>,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
    type_out: *mut *mut safewasm_resourcetype_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary(Out("type_out", type_out), || {
        registry::insert(HostResourceType::new(destructor, env)?)
    })
}

/// Returns true if `resourcetype` is a resource type that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_resourcetype_is_valid(
    resourcetype: *mut safewasm_resourcetype_t,
) -> bool {
    quietly(|| resourcetype.is_valid())
}

/// Deletes `resourcetype`. Resources of the type, and linkers that define it, live on. Does nothing if
/// `resourcetype` is NULL or was deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_resourcetype_delete(resourcetype: *mut safewasm_resourcetype_t) {
    quietly(|| resourcetype.delete());
}

/// Creates a resource of the program in `store`. It stands for `data`, which may be NULL.
///
/// If `finalizer` isn't NULL, it is called with `data` exactly once, when the resource is gone: when a
/// component or the program has dropped it, or its store has ended. It is called also if this function fails.
///
/// On success `*resource_out` is a new owned resource; drop it with `safewasm_resource_drop` or
/// `safewasm_resource_delete`, or give it to a component. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_resource_new(
    store: *mut safewasm_store_t,
    resourcetype: *mut safewasm_resourcetype_t,
    data: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
    resource_out: *mut *mut safewasm_resource_t,
) -> *mut safewasm_error_t {
    let data = Env::new(data, finalizer);
    boundary(Out("resource_out", resource_out), || {
        finalizer::run_after(|| {
            let resourcetype = resourcetype.get("resourcetype")?;
            let mut guard = registry::enter_store(store, "store")?;
            let mut context = guard.context();
            let data = CollectedEnv::new(data, context.data().location);
            let resources = &mut context.data_mut().resources;
            let number = resources.insert(data)?;
            resources.note_type(&resourcetype);
            let resource = resources.host(number, &resourcetype);
            guard.own(Arc::new(resource))
        })
    })
}

/// Gets the pointer that a resource of the program stands for. `resourcetype` is its type.
///
/// On success `*data_out` is the pointer. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if the resource is of another type, such as one of a component;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_resource_data(
    resource: *mut safewasm_resource_t,
    resourcetype: *mut safewasm_resourcetype_t,
    data_out: *mut *mut c_void,
) -> *mut safewasm_error_t {
    boundary(Out("data_out", data_out), || {
        let resourcetype = resourcetype.get("resourcetype")?;
        let (mut guard, resource) = resource.enter("resource")?;
        resource.check_alive().map_err(|error| error.context("`resource`"))?;
        match &resource.what {
            What::Host(number, ty) if Arc::ptr_eq(ty, &resourcetype) => {
                let data = guard.context().data().resources.data(*number);
                data.ok_or_else(|| {
                    Error::new(ErrorKind::INVALID_HANDLE, "`resource` was dropped by a component")
                })
            }
            _ => Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                "`resource` is of another type than `resourcetype`",
            )),
        }
    })
}

/// Gets whether a resource is owned, and not borrowed.
///
/// On success `*owned_out` is the answer. On failure it is false.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_resource_is_owned(
    resource: *mut safewasm_resource_t,
    owned_out: *mut Bool,
) -> *mut safewasm_error_t {
    boundary(Out("owned_out", owned_out), || {
        let (_guard, resource) = resource.enter("resource")?;
        Ok(resource.is_owned().into())
    })
}

/// Drops an owned resource, and deletes its handle. The destructor of a component's resource runs now. For a
/// resource of the program its finalizer is called, but not the destructor of its type, which is for components.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if the resource is borrowed; `SAFEWASM_ERROR_TRAP` and the errors of host
/// functions from the destructor, which end the components of the store; `SAFEWASM_ERROR_COMPONENTS_ENDED` if
/// they have ended, so that the destructor can't run; `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, also
/// if the resource is lent to a call that runs, or its component instance waits for a host function;
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_resource_drop(
    resource: *mut safewasm_resource_t,
) -> *mut safewasm_error_t {
    boundary((), || drop_now(resource))
}

/// Returns true if `resource` is a resource that has not been deleted, dropped or given away. Never fails. May be
/// called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_resource_is_valid(resource: *mut safewasm_resource_t) -> bool {
    quietly(|| resource.is_valid())
}

/// Deletes the handle `resource`. An owned resource is dropped later: after the next call of a component func in
/// its store, when no wasm runs there. All destructors that run then have one second, if the engine has epoch
/// interruption. A failure of one ends the components of the store, which later calls report. Does nothing if
/// `resource` is NULL, or was deleted, dropped or given away already. Never fails and never waits. May be called
/// from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_resource_delete(resource: *mut safewasm_resource_t) {
    quietly(|| resource.delete());
}
