//! Component pre-instantiations: components whose imports a component linker has already found.
//!
//! Example: examples/componenthost.c

pub use crate::kinds::safewasm_componentinstancepre_t;

use crate::abi::boundary::{Out, boundary};
use crate::kinds::{safewasm_componentinstance_t, safewasm_error_t, safewasm_store_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::store::entered::Entered;
use std::sync::Arc;

/// Creates a component instance in `store`. Start functions of modules in the component run now, so this
/// function can trap.
///
/// On success `*instance_out` is a new component instance; delete it with
/// `safewasm_componentinstance_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
/// `SAFEWASM_ERROR_TRAP` from a start function, and the errors that its host functions return;
/// `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentinstancepre_instantiate(
    instancepre: *mut safewasm_componentinstancepre_t,
    store: *mut safewasm_store_t,
    instance_out: *mut *mut safewasm_componentinstance_t,
) -> *mut safewasm_error_t {
    boundary(Out("instance_out", instance_out), || {
        let instancepre = instancepre.get("instancepre")?;
        let mut guard = registry::enter_store(store, "store")?;
        let instance = instancepre.instantiate("instancepre", &mut guard)?;
        guard.own(Arc::new(instance))
    })
}

/// Returns true if `instancepre` is a component pre-instantiation that has not been deleted. Never fails. May
/// be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_componentinstancepre_is_valid(
    instancepre: *mut safewasm_componentinstancepre_t,
) -> bool {
    quietly(|| instancepre.is_valid())
}

/// Deletes `instancepre`. Instances made with it live on. Does nothing if `instancepre` is NULL or
/// was deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_componentinstancepre_delete(
    instancepre: *mut safewasm_componentinstancepre_t,
) {
    quietly(|| instancepre.delete());
}
