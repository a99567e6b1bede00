//! Limits: on memory, tables and instances of a store, and on the instructions that wasm executes
//! (fuel).
//!
//! Example: examples/limits.c

use crate::abi::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_error_t, safewasm_store_t};
use crate::registry;
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};

pub(crate) fn has_fuel(guard: &mut Guard) -> bool {
    guard.context().data().engine.settings().fuel
}

pub(crate) fn no_fuel() -> Error {
    Error::new(
        ErrorKind::UNSUPPORTED,
        "`store` has no fuel: fuel is off in its engine; see `safewasm_config_set_consume_fuel`",
    )
}

fn enter(store: *mut safewasm_store_t) -> Result<Guard> {
    let mut guard = registry::enter_store(store, "store")?;
    if has_fuel(&mut guard) { Ok(guard) } else { Err(no_fuel()) }
}

fn fuel(guard: &mut Guard) -> Result<u64> {
    guard.context().get_fuel().map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
}

fn set_fuel(guard: &mut Guard, fuel: u64) -> Result<()> {
    guard.context().set_fuel(fuel).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
}

/// Sets the fuel of a store, and begins to count how much of it is consumed.
pub(crate) fn give_fuel(guard: &mut Guard, fuel: u64) -> Result<()> {
    set_fuel(guard, fuel)?;
    guard.context().data_mut().fuel_given = u128::from(fuel);
    Ok(())
}

/// Sets the fuel of `store`. Wasm consumes about one unit for each instruction. A call that has no
/// fuel left ends with the trap `SAFEWASM_TRAP_OUT_OF_FUEL`, and so does each later call until fuel
/// is added. A new store has no fuel. `safewasm_store_fuel_consumed` starts again at 0.
///
/// A call that is interrupted or traps takes all the fuel that is left, since its consumption isn't
/// known. A call takes only the fuel that it consumed if it ends by a return, by an error of a host
/// function, by an exception, or by one of the traps `SAFEWASM_TRAP_UNREACHABLE`,
/// `SAFEWASM_TRAP_STACK_OVERFLOW`, `SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL` and
/// `SAFEWASM_TRAP_BAD_SIGNATURE`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_fuel(
    store: *mut safewasm_store_t,
    fuel: u64,
) -> *mut safewasm_error_t {
    boundary((), || give_fuel(&mut enter(store)?, fuel))
}

/// Adds to the fuel of `store`, up to `UINT64_MAX`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
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

/// Gets the fuel that `store` has left.
///
/// On success `*fuel_out` is the fuel. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_fuel(
    store: *mut safewasm_store_t,
    fuel_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("fuel_out", fuel_out), || fuel(&mut enter(store)?))
}

/// Gets the fuel that wasm in `store` has consumed since `safewasm_store_set_fuel`, up to
/// `UINT64_MAX`.
///
/// On success `*fuel_out` is the fuel. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
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

/// Sets how many bytes all memories of the store may have together. `UINT64_MAX`, the initial
/// value, means no limit.
///
/// Beyond the limit `memory.grow` returns -1, and making an instance or memory that needs more
/// fails with `SAFEWASM_ERROR_LIMIT`. Memories that exist already stay as they are. The heap of
/// garbage-collected structures and arrays counts too. Shared memories belong to no store and don't
/// count, with one exception: a shared memory that a module of the store defines counts with its
/// initial size.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_memory_limit(
    store: *mut safewasm_store_t,
    bytes: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.memory.limit = bytes))
}

/// Sets how many elements all tables of the store may have together. `UINT64_MAX`, the initial
/// value, means no limit.
///
/// Beyond the limit `table.grow` returns -1, and making an instance or table that needs more fails
/// with `SAFEWASM_ERROR_LIMIT`. Tables that exist already stay as they are.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_table_limit(
    store: *mut safewasm_store_t,
    elements: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.table.limit = elements))
}

/// Sets how many instances may be made in the store. The initial value is 10,000. Making one more
/// fails with `SAFEWASM_ERROR_LIMIT`.
///
/// Instances live as long as the store, so they still count after their handles were deleted. Each
/// call of a command counts as an instance; see `safewasm_linker_define_module`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_instance_limit(
    store: *mut safewasm_store_t,
    instances: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.instances.limit = instances))
}
