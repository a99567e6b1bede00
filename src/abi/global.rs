//! Globals: single values that instances and the program share.
//!
//! Example: examples/tables.c

pub use crate::kinds::safewasm_global_t;

use crate::abi::args::value;
use crate::abi::boundary::{Out, boundary, hot_boundary};
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_error_t, safewasm_store_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle};
use crate::store::entered::Entered;
use crate::types::externtype::{globaltype, safewasm_globaltype_t};
use crate::types::value::safewasm_val_t;
use wasmtime::{Global, GlobalType, Mutability};

/// Creates a global of the type `*globaltype` with the value `*initial`, which is borrowed.
///
/// On success `*global_out` is a new global; delete it with `safewasm_global_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is a concrete reference
/// type, which only a module can define; `SAFEWASM_ERROR_TYPE_MISMATCH` if the value has another
/// type; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_global_new(
    store: *mut safewasm_store_t,
    globaltype: *const safewasm_globaltype_t,
    initial: *const safewasm_val_t,
    global_out: *mut *mut safewasm_global_t,
) -> *mut safewasm_error_t {
    boundary(Out("global_out", global_out), || {
        // SAFETY: the header demands a type at a pointer that isn't NULL.
        let ty = unsafe { value(globaltype, "globaltype") }?;
        // SAFETY: as above, a value.
        let initial = unsafe { value(initial, "initial") }?;
        let content = ty.content.to_valtype(&|| "`globaltype->content`".to_owned())?;
        let mutability = if ty.is_mutable.get() { Mutability::Var } else { Mutability::Const };
        let mut guard = registry::enter_store(store, "store")?;
        guard.rooted(|guard| {
            let initial = initial.to_val(guard, &content, &|| "`initial`".to_owned())?;
            let global =
                Global::new(guard.context(), GlobalType::new(content, mutability), initial)
                    .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            guard.own(global)
        })
    })
}

/// Gets the type of a global.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_global_type(
    global: *mut safewasm_global_t,
    type_out: *mut safewasm_globaltype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let (mut guard, global) = global.enter("global")?;
        Ok(globaltype(&global.ty(guard.context())))
    })
}

/// Gets the value of a global.
///
/// On success `*value_out` is the value; if it is a reference, delete its handle. On failure it is
/// all zero, with kind 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_global_get(
    global: *mut safewasm_global_t,
    value_out: *mut safewasm_val_t,
) -> *mut safewasm_error_t {
    hot_boundary(Out("value_out", value_out), || {
        global.within("global", |guard, global| {
            guard.rooted(|guard| {
                let val = global.get(guard.context());
                safewasm_val_t::own(&val, guard)
            })
        })
    })
}

/// Sets the value of a global to `*value`, which is borrowed.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if the value has another type or the global is immutable;
/// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_global_set(
    global: *mut safewasm_global_t,
    value: *const safewasm_val_t,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        // SAFETY: the header demands a value at a pointer that isn't NULL.
        let new = unsafe { self::value(value, "value") }?;
        global.within("global", |guard, global| {
            let ty = global.ty(guard.context());
            if !ty.mutability().is_var() {
                return Err(immutable());
            }
            guard.rooted(|guard| {
                let val = new.to_val(guard, ty.content(), &|| "`value`".to_owned())?;
                global
                    .set(guard.context(), val)
                    .map_err(|error| Error::wasmtime(&error, ErrorKind::TYPE_MISMATCH))
            })
        })
    })
}

/// Returns true if `global` is a global that has not been deleted and whose store has not been
/// deleted. Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_global_is_valid(global: *mut safewasm_global_t) -> bool {
    quietly(|| global.is_valid())
}

/// Deletes the handle `global`. The global itself lives as long as its store. Does nothing if
/// `global` is NULL or was deleted already. Never fails and never waits. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_global_delete(global: *mut safewasm_global_t) {
    quietly(|| global.delete());
}

#[cold]
fn immutable() -> Error {
    Error::new(
        ErrorKind::TYPE_MISMATCH,
        "`global` is immutable: its value can't be set, as its type lacks `mut`",
    )
}
