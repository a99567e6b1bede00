//! Pre-instantiations: modules whose imports are settled.

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

/// Creates an instance in `store`. Runs the module's start function, so it can trap.
///
/// On success `*instance_out` is a new instance, which belongs to the caller, who gives it to
/// `safewasm_instance_delete`; it is valid until then or until `store` is deleted. On failure it is
/// NULL.
///
/// Errors: null pointer, invalid handle; wrong store if imports belong to another; wrong engine; trap
/// and exception from the start function; unsupported for a module with a shared memory if the engine's
/// config has none; limit; store busy or poisoned.
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
        Instance::new(instance, Arc::clone(&instancepre.module)).own(&mut guard)
    })
}

/// Whether `instancepre` is a pre-instantiation that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_instancepre_is_valid(instancepre: *mut safewasm_instancepre_t) -> bool {
    quietly(|| instancepre.is_valid())
}

/// Deletes `instancepre`. NULL and what was deleted already are left alone; instances made with it live
/// on.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_instancepre_delete(instancepre: *mut safewasm_instancepre_t) {
    quietly(|| instancepre.delete());
}
