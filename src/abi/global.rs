//! Globals.

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

/// Creates a global of type `*globaltype` with the value `*initial`, which is borrowed.
///
/// On success `*global_out` is a new global, which belongs to the caller, who gives it to
/// `safewasm_global_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; invalid argument for a type that is none, and
/// for types that a module defines, which can't be described; type mismatch for
/// a value of another type; wrong store for a reference of another store; limit, store busy or
/// poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_global_new(
    store: *mut safewasm_store_t,
    globaltype: *const safewasm_globaltype_t,
    initial: *const safewasm_val_t,
    global_out: *mut *mut safewasm_global_t,
) -> *mut safewasm_error_t {
    boundary(Out("global_out", global_out), || {
        // SAFETY: the header demands a type at what isn't NULL.
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

/// The type of a global.
///
/// On success `*type_out` is the type; on failure it is all zero.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
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

/// The value of a global.
///
/// On success `*value_out` is the value, in which the handle of a reference belongs to the caller; on
/// failure it is all zero, of kind 0.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
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
/// Errors: null pointer, invalid handle; type mismatch for a value of another type, and for a global
/// that is immutable; wrong store for a reference of another store; store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_global_set(
    global: *mut safewasm_global_t,
    value: *const safewasm_val_t,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        // SAFETY: the header demands a value at what isn't NULL.
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

/// Whether `global` is a global that wasn't deleted, and whose store wasn't.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_global_is_valid(global: *mut safewasm_global_t) -> bool {
    quietly(|| global.is_valid())
}

/// Deletes the handle `global`; the global itself lives as long as its store. NULL and what was deleted
/// already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_global_delete(global: *mut safewasm_global_t) {
    quietly(|| global.delete());
}

#[cold]
fn immutable() -> Error {
    Error::new(ErrorKind::TYPE_MISMATCH, "`global` is immutable: its value can't be set")
}
