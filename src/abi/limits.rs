//! Limits of a store, and fuel.

use crate::abi::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_error_t, safewasm_store_t};
use crate::registry;
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};

fn enter(store: *mut safewasm_store_t) -> Result<Guard> {
    let mut guard = registry::enter_store(store, "store")?;
    if guard.context().data().engine.settings().fuel {
        return Ok(guard);
    }
    Err(Error::new(
        ErrorKind::UNSUPPORTED,
        "`store` has no fuel: its engine was made without; see `safewasm_config_set_consume_fuel`",
    ))
}

fn fuel(guard: &mut Guard) -> Result<u64> {
    guard.context().get_fuel().map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
}

fn set_fuel(guard: &mut Guard, fuel: u64) -> Result<()> {
    guard.context().set_fuel(fuel).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
}

/// Sets the fuel that wasm in `store` has: about one unit for each instruction. A call that has none
/// left ends with the trap `SAFEWASM_TRAP_OUT_OF_FUEL`, also if it ran out earlier. A new store has
/// none. What was consumed so far is forgotten.
///
/// A call that is interrupted, or traps, takes all the fuel that is left, as what it consumed isn't known.
/// These ends take only what was consumed: a return, an error of a host function, an exception, and the
/// traps `SAFEWASM_TRAP_UNREACHABLE`, `SAFEWASM_TRAP_STACK_OVERFLOW`,
/// `SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL` and `SAFEWASM_TRAP_BAD_SIGNATURE`.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
/// or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_fuel(
    store: *mut safewasm_store_t,
    fuel: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        let mut guard = enter(store)?;
        set_fuel(&mut guard, fuel)?;
        guard.context().data_mut().fuel_given = u128::from(fuel);
        Ok(())
    })
}

/// Adds to the fuel that wasm in `store` has, up to `UINT64_MAX`.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
/// or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_add_fuel(
    store: *mut safewasm_store_t,
    fuel: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        let mut guard = enter(store)?;
        let left = self::fuel(&mut guard)?;
        let added = fuel.min(u64::MAX - left);
        set_fuel(&mut guard, left + added)?;
        guard.context().data_mut().fuel_given += u128::from(added);
        Ok(())
    })
}

/// The fuel that wasm in `store` has left.
///
/// On success `*fuel_out` is that; on failure it is 0.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
/// or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_fuel(
    store: *mut safewasm_store_t,
    fuel_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("fuel_out", fuel_out), || fuel(&mut enter(store)?))
}

/// The fuel that wasm in `store` has consumed since `safewasm_store_set_fuel`, up to `UINT64_MAX`.
///
/// On success `*fuel_out` is that; on failure it is 0.
///
/// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
/// or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_fuel_consumed(
    store: *mut safewasm_store_t,
    fuel_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("fuel_out", fuel_out), || {
        let mut guard = enter(store)?;
        let left = fuel(&mut guard)?;
        let consumed = guard.context().data().fuel_given.saturating_sub(u128::from(left));
        Ok(u64::try_from(consumed).unwrap_or(u64::MAX))
    })
}

fn set(store: *mut safewasm_store_t, set: impl FnOnce(&mut StoreData)) -> Result<()> {
    let mut guard = registry::enter_store(store, "store")?;
    set(guard.context().data_mut());
    Ok(())
}

/// Sets how many bytes all memories of the store may have together; `UINT64_MAX`, as at the start,
/// means as many as there are. Growing beyond it fails: `memory.grow` gives -1, an instance or memory
/// that needs more is an error of kind `SAFEWASM_ERROR_LIMIT`. What the store has already stays.
/// Structures and arrays of wasm's count too, with the heap that they are in. Shared memories, which
/// belong to no store, don't, but for those that a module of the store defines, at their start.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_memory_limit(
    store: *mut safewasm_store_t,
    bytes: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.memory.limit = bytes))
}

/// Sets how many elements all tables of the store may have together; `UINT64_MAX`, as at the start,
/// means as many as there are. Growing beyond it fails: `table.grow` gives -1, an instance or table
/// that needs more is an error of kind `SAFEWASM_ERROR_LIMIT`. What the store has already stays.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_table_limit(
    store: *mut safewasm_store_t,
    elements: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.table.limit = elements))
}

/// Sets how many instances may be made in the store: 10,000 at the start. One more is an error of
/// kind `SAFEWASM_ERROR_LIMIT`. Those whose handles were deleted count, as they live on in the store;
/// so does each call of a command (see `safewasm_linker_define_module`).
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_instance_limit(
    store: *mut safewasm_store_t,
    instances: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.instances.limit = instances))
}
