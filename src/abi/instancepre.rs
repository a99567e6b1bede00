//! Pre-instantiations: modules whose imports a linker has already found.
//!
//! Example: examples/instances.c

pub use crate::kinds::safewasm_instancepre_t;

use crate::abi::boundary::{Out, boundary};
use crate::call::enter::Runs;
use crate::kinds::{safewasm_error_t, safewasm_instance_t, safewasm_store_t};
use crate::link::linker::check_bound;
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::store::entered::Entered;
use crate::store::instance::Instance;
use std::sync::Arc;

/// Creates an instance in `store`. If the module has a start function, it runs now, so this
/// function can trap.
///
/// On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_STORE` if the imports belong to another store;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from the
/// start function, and the errors that its host functions return; `SAFEWASM_ERROR_UNSUPPORTED` if
/// the module has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instancepre_instantiate(
    instancepre: *mut safewasm_instancepre_t,
    store: *mut safewasm_store_t,
    instance_out: *mut *mut safewasm_instance_t,
) -> *mut safewasm_error_t {
    boundary(Out("instance_out", instance_out), || {
        let instancepre = instancepre.get("instancepre")?;
        let mut guard = registry::enter_store(store, "store")?;
        guard.check_engine(instancepre.module.wasmtime().engine(), "instancepre")?;
        check_bound(instancepre.store, &guard, "instancepre")?;
        let module = &instancepre.module;
        let instance = guard.instantiate(module, |context| instancepre.pre.instantiate(context))?;
        Instance::new(instance, Arc::clone(module), &mut guard).own(&mut guard)
    })
}

/// Returns true if `instancepre` is a pre-instantiation that has not been deleted. Never fails. May
/// be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_instancepre_is_valid(instancepre: *mut safewasm_instancepre_t) -> bool {
    quietly(|| instancepre.is_valid())
}

/// Deletes `instancepre`. Instances made with it live on. Does nothing if `instancepre` is NULL or
/// was deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_instancepre_delete(instancepre: *mut safewasm_instancepre_t) {
    quietly(|| instancepre.delete());
}
