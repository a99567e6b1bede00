//! Fuel: how much the wasm in a store may still do.

use crate::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::registry::{self, Stay};
use crate::store::{Entered, safewasm_store_t};

fn enter(store: *mut safewasm_store_t) -> Result<Stay> {
    let mut stay = registry::enter_store(store, "store")?;
    if stay.context().data().engine.settings().fuel {
        return Ok(stay);
    }
    Err(Error::new(
        ErrorKind::UNSUPPORTED,
        "`store` has no fuel: its engine was made without; see `safewasm_config_set_consume_fuel`",
    ))
}

fn fuel(stay: &mut Stay) -> Result<u64> {
    stay.context().get_fuel().map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
}

fn set_fuel(stay: &mut Stay, fuel: u64) -> Result<()> {
    stay.context().set_fuel(fuel).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
}

/// Sets the fuel that wasm in `store` has: about one unit for each instruction. A call that has none
/// left ends with the trap `SAFEWASM_TRAP_OUT_OF_FUEL`, also if it ran out earlier. A new store has
/// none. What was consumed so far is forgotten.
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
        let mut stay = enter(store)?;
        set_fuel(&mut stay, fuel)?;
        stay.context().data_mut().fuel_given = fuel;
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
        let mut stay = enter(store)?;
        let left = self::fuel(&mut stay)?;
        let added = fuel.min(u64::MAX - left);
        set_fuel(&mut stay, left + added)?;
        let mut context = stay.context();
        let given = &mut context.data_mut().fuel_given;
        *given = given.saturating_add(added);
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

/// The fuel that wasm in `store` has consumed since `safewasm_store_set_fuel`.
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
        let mut stay = enter(store)?;
        let left = fuel(&mut stay)?;
        Ok(stay.context().data().fuel_given.saturating_sub(left))
    })
}
