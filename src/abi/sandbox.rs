//! Sandboxes: all limits for guests that nobody trusts, at once and with safe defaults.
//!
//! Example: examples/sandbox.c

pub use crate::engine::sandbox::safewasm_sandbox_t;

use crate::abi::args::{Nullable, optional};
use crate::abi::boundary::boundary;
use crate::abi::limits::{give_fuel, has_fuel, no_fuel};
use crate::abi::time::control;
use crate::engine::sandbox::Sandbox;
use crate::error::Result;
use crate::kinds::{safewasm_config_t, safewasm_error_t, safewasm_store_t};
use crate::registry::{self, SharedHandle};
use crate::store::entered::{Entered, Guard};
use std::mem;

/// Sets a config for modules that nobody trusts: limits the size of modules as `sandbox` says, turns
/// epoch interruption on, and turns native debug info and shared memories off. Fuel is on if
/// `sandbox` limits it, and off otherwise. All other settings stay as they are.
///
/// `sandbox` may be NULL, which selects the defaults. `safewasm_store_set_sandbox` gives each store
/// of the engine its limits.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_config_set_sandbox(
    config: *mut safewasm_config_t,
    sandbox: Nullable<*const safewasm_sandbox_t>,
) -> *mut safewasm_error_t {
    boundary((), || {
        // SAFETY: the header demands that a pointer that isn't NULL points to a sandbox.
        let asked = unsafe { optional(sandbox) };
        let sandbox = Sandbox::new(asked.unwrap_or_default());
        config.get("config")?.with(|settings| sandbox.apply(settings))
    })
}

/// Begins the time limit of a sandbox, in place of the one that the store has.
fn set_timeout(guard: &mut Guard, store: *mut safewasm_store_t, nanoseconds: u64) -> Result<()> {
    let begun = match nanoseconds {
        u64::MAX => 0,
        _ => control(store)?.begin_timeout(nanoseconds, 0)?,
    };
    let ended = mem::replace(&mut guard.context().data_mut().sandbox_timeout, begun);
    if ended != 0 {
        control(store)?.end_timeout(ended);
    }
    Ok(())
}

/// Limits the time, fuel, memory, tables and instances of a store as `sandbox` says. Call it before
/// the store runs wasm.
///
/// `sandbox` may be NULL, which selects the defaults. The time is that of all calls in the store
/// together, from the first one on, as after `safewasm_store_begin_timeout`. A store that is used
/// again needs new limits: this function replaces those that it set before, and the clock starts
/// again. If the engine has fuel and `sandbox` doesn't limit it, the store gets `UINT64_MAX`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if `sandbox` limits the time and the engine's config has no epoch
/// interruption, or limits the fuel and it has no fuel; `SAFEWASM_ERROR_LIMIT` if the system has no
/// thread left for the clock; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_set_sandbox(
    store: *mut safewasm_store_t,
    sandbox: Nullable<*const safewasm_sandbox_t>,
) -> *mut safewasm_error_t {
    boundary((), || {
        // SAFETY: the header demands that a pointer that isn't NULL points to a sandbox.
        let asked = unsafe { optional(sandbox) };
        let sandbox = Sandbox::new(asked.unwrap_or_default());
        let limits = sandbox.limits();
        let mut guard = registry::enter_store(store, "store")?;
        let has_fuel = has_fuel(&mut guard);
        if sandbox.counts_fuel() && !has_fuel {
            return Err(no_fuel());
        }
        set_timeout(&mut guard, store, limits.timeout)?;
        if has_fuel {
            give_fuel(&mut guard, limits.fuel)?;
        }
        let mut context = guard.context();
        let data = context.data_mut();
        data.limits.memory.limit = limits.memory_limit;
        data.limits.table.limit = limits.table_limit;
        data.limits.instances.limit = limits.instance_limit;
        Ok(())
    })
}
