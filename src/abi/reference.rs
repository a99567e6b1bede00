//! References: to objects of wasm and of the program; and exceptions.
//!
//! Example: examples/exceptions.c

pub use crate::kinds::safewasm_ref_t;

use crate::abi::args::{Nullable, copied, optional, value as value_at};
use crate::abi::boundary::{Out, boundary};
use crate::call::heap::{self, Elements};
use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_error_t, safewasm_heaptype_t, safewasm_store_t, safewasm_tag_t};
use crate::process::finalizer::{self, Env, safewasm_finalizer_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::collected::CollectedEnv;
use crate::store::entered::{Entered, Guard};
use crate::store::reference::{Composite, Reference, internal};
use crate::types::functype::signature;
use crate::types::heaptype::{HeapType, fieldtype, safewasm_fieldtype_t};
use crate::types::valtype::{safewasm_valtype_t, valtype};
use crate::types::value::safewasm_val_t;
use std::ffi::c_void;
use wasmtime::{AnyRef, ExnRef, ExnRefPre, ExnType, ExternRef, I31, OwnedRooted, Val};

/// Creates an external reference: a pointer of the program that wasm can hold and pass on, but not
/// look into.
///
/// `env` is the pointer; the library never dereferences it. The library calls `finalizer` with
/// `env` after a garbage collection has found that neither wasm nor a handle can reach the
/// reference any more: before the next call of a host function in the store, when
/// `safewasm_store_collect` returns, or when the thread leaves the store; at the latest when the
/// store is freed. It also calls `finalizer` if this function fails.
///
/// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_new_extern(
    store: *mut safewasm_store_t,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary(Out("ref_out", ref_out), || {
        let mut guard = registry::enter_store(store, "store")?;
        let env = CollectedEnv::new(env, guard.context().data().location);
        let made = guard.rooted(|guard| {
            let reference = ExternRef::new(guard.context(), env)
                .and_then(|reference| reference.to_owned_rooted(guard.context()))
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            guard.own(Reference::Extern(reference))
        });
        drop(guard);
        // Making the reference may have run a collection.
        finalizer::run_waiting();
        made
    })
}

/// Gets the `env` that an external reference was made with.
///
/// On success `*env_out` is that pointer. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` is not an external reference of the program;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_env(
    reference: *mut safewasm_ref_t,
    env_out: *mut *mut c_void,
) -> *mut safewasm_error_t {
    boundary(Out("env_out", env_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        let env = match &reference {
            Reference::Extern(reference) => reference
                .data(guard.context())
                .ok()
                .flatten()
                .and_then(|data| data.downcast_ref::<CollectedEnv>())
                .map(CollectedEnv::data),
            _ => None,
        };
        env.ok_or_else(|| {
            Error::new(
                ErrorKind::TYPE_MISMATCH,
                "`reference` is not an external reference that the program created".to_owned(),
            )
        })
    })
}

/// Creates a reference to a 31-bit integer: the low 31 bits of `value`.
///
/// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_new_i31(
    store: *mut safewasm_store_t,
    value: u32,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary(Out("ref_out", ref_out), || {
        let mut guard = registry::enter_store(store, "store")?;
        guard.rooted(|guard| {
            let i31 = I31::wrapping_u32(value);
            let reference = AnyRef::from_i31(guard.context(), i31)
                .to_owned_rooted(guard.context())
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            guard.own(Reference::Any(reference))
        })
    })
}

/// Gets the value of a reference to a 31-bit integer, as an unsigned integer.
///
/// On success `*value_out` is the value. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` refers to something else;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_i31(
    reference: *mut safewasm_ref_t,
    value_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("value_out", value_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        guard.rooted(|guard| {
            let i31 = match reference.val(guard) {
                Val::AnyRef(Some(any)) => any.as_i31(guard.context()).ok().flatten(),
                _ => None,
            };
            i31.map(|i31| i31.get_u32()).ok_or_else(|| {
                Error::new(
                    ErrorKind::TYPE_MISMATCH,
                    "`reference` refers to no 31-bit integer".to_owned(),
                )
            })
        })
    })
}

/// Creates an exception of wasm with `tag`. `safewasm_error_new_exception` makes an error that
/// throws it.
///
/// `fields` holds `fields_len` values, which are borrowed: one for each parameter of the tag's
/// type.
///
/// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if the values don't have the types of the tag;
/// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_new_exception(
    tag: *mut safewasm_tag_t,
    fields: Nullable<*const safewasm_val_t>,
    fields_len: usize,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary(Out("ref_out", ref_out), || {
        // SAFETY: the header demands `fields_len` values at a `fields` that isn't NULL.
        let fields = unsafe { copied(fields, fields_len, "fields") }?;
        let (mut guard, tag) = tag.enter("tag")?;
        let ty = tag.ty(guard.context());
        let types: Vec<_> = ty.ty().params().collect();
        if types.len() != fields.len() {
            let (given, wanted) = (fields.len(), types.len());
            return Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                format!(
                    "`fields_len` is {given}, but exceptions with the tag carry {}: {}",
                    count(wanted, "value"),
                    signature(ty.ty())
                ),
            ));
        }
        guard.rooted(|guard| {
            let mut vals = Vec::with_capacity(fields.len());
            for (index, (ty, field)) in types.iter().zip(&fields).enumerate() {
                vals.push(field.to_val(guard, ty, &|| format!("`fields[{index}]`"))?);
            }
            let exception = ExnType::from_tag_type(&ty)
                .map(|ty| ExnRefPre::new(guard.context(), ty))
                .and_then(|allocator| ExnRef::new(guard.context(), &allocator, &tag, &vals))
                .and_then(|exception| exception.to_owned_rooted(guard.context()))
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            guard.own(Reference::Exn(exception))
        })
    })
}

/// Creates a structure of the type `heaptype`.
///
/// `values` holds `values_len` values, which are borrowed: one for each field. A field of 8 or 16
/// bits takes an i32 that fits into so many bits, as a signed or as an unsigned number.
///
/// The structure is in the garbage-collected memory of the store, which counts towards the store's
/// memory limit. The call may collect the store's garbage, as `safewasm_store_collect` does.
///
/// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of arrays, or if the values don't have
/// the types of the fields; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a value doesn't fit into the bits
/// of its field; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_new_struct(
    store: *mut safewasm_store_t,
    heaptype: *mut safewasm_heaptype_t,
    values: Nullable<*const safewasm_val_t>,
    values_len: usize,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary(Out("ref_out", ref_out), || {
        // SAFETY: the header demands `values_len` values at a `values` that isn't NULL.
        let values = unsafe { copied(values, values_len, "values") }?;
        make(store, heaptype, |guard, ty| heap::new_struct(guard, ty, &values))
    })
}

/// Creates an array of the type `heaptype` with these elements.
///
/// `values` holds `values_len` values, which are borrowed. An element of 8 or 16 bits takes an i32
/// that fits into so many bits, as a signed or as an unsigned number.
///
/// The array is in the garbage-collected memory of the store, which counts towards the store's
/// memory limit. The call may collect the store's garbage, as `safewasm_store_collect` does.
///
/// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of structures, or if a value doesn't have
/// the type of the elements; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a value doesn't fit into the bits
/// of an element; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_new_array(
    store: *mut safewasm_store_t,
    heaptype: *mut safewasm_heaptype_t,
    values: Nullable<*const safewasm_val_t>,
    values_len: usize,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary(Out("ref_out", ref_out), || {
        // SAFETY: the header demands `values_len` values at a `values` that isn't NULL.
        let values = unsafe { copied(values, values_len, "values") }?;
        make(store, heaptype, |guard, ty| {
            heap::new_array(guard, ty, &Elements::These(&values), "values_len")
        })
    })
}

/// Creates an array of the type `heaptype` with `len` elements, each of them `value`.
///
/// `value` is borrowed. If it is NULL, the elements are 0 or null. An element of 8 or 16 bits takes
/// an i32 that fits into so many bits, as a signed or as an unsigned number.
///
/// The array is in the garbage-collected memory of the store, which counts towards the store's
/// memory limit. The call may collect the store's garbage, as `safewasm_store_collect` does.
///
/// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of structures, if `value` doesn't have
/// the type of the elements, or if `value` is NULL and the elements can't be null;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `value` doesn't fit into the bits of an element;
/// `SAFEWASM_ERROR_WRONG_STORE` if `value` is a reference of another store;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it, as for 2^32
/// elements; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_new_array_filled(
    store: *mut safewasm_store_t,
    heaptype: *mut safewasm_heaptype_t,
    len: usize,
    value: Nullable<*const safewasm_val_t>,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary(Out("ref_out", ref_out), || {
        // SAFETY: the header demands a value at a `value` that isn't NULL.
        let value = unsafe { optional(value) };
        make(store, heaptype, |guard, ty| {
            heap::new_array(guard, ty, &Elements::Copies(value, len), "len")
        })
    })
}

/// Makes an object of a heap type, and its handle.
fn make(
    store: *mut safewasm_store_t,
    heaptype: *mut safewasm_heaptype_t,
    body: impl FnOnce(&mut Guard, &HeapType) -> Result<Reference>,
) -> Result<*mut safewasm_ref_t> {
    let heaptype = heaptype.get("heaptype")?;
    let mut guard = registry::enter_store(store, "store")?;
    let made = guard.rooted(|guard| {
        let made = body(guard, &heaptype)?;
        guard.own(made)
    });
    drop(guard);
    // Making the object may have run a collection.
    finalizer::run_waiting();
    made
}

/// Gets the tag of an exception.
///
/// On success `*tag_out` is a new handle of the tag; delete it with `safewasm_tag_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` refers to something else;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_tag(
    reference: *mut safewasm_ref_t,
    tag_out: *mut *mut safewasm_tag_t,
) -> *mut safewasm_error_t {
    boundary(Out("tag_out", tag_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        guard.rooted(|guard| match reference.val(guard) {
            Val::ExnRef(Some(exception)) => {
                let tag = exception
                    .tag(guard.context())
                    .map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))?;
                guard.own(tag)
            }
            _ => Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                "`reference` refers to no exception of wasm",
            )),
        })
    })
}

/// Gets the number of values in an exception, of fields in a structure, or of elements in an array;
/// 0 for any other object.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_fields_len(
    reference: *mut safewasm_ref_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        guard.rooted(|guard| {
            Composite::of(&reference, guard).and_then(|of| of.len(guard)).map_err(internal)
        })
    })
}

/// Gets the value at `index`, counted from 0, of an exception, a structure or an array. A field of
/// 8 or 16 bits is returned as an i32 whose other bits are 0.
///
/// On success `*value_out` is the value; if it is a reference, delete its handle. On failure it is
/// all zero, with kind 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such value; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_field(
    reference: *mut safewasm_ref_t,
    index: usize,
    value_out: *mut safewasm_val_t,
) -> *mut safewasm_error_t {
    boundary(Out("value_out", value_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        guard.rooted(|guard| {
            let of = Composite::of(&reference, guard).map_err(internal)?;
            of.check_index(guard, index)?;
            let field = of.get(guard, index).map_err(internal)?;
            safewasm_val_t::own(&field, guard)
        })
    })
}

/// Gets the type of the value at `index`, counted from 0, of an exception, a structure or an array,
/// and whether the value can be changed.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such value; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_field_type(
    reference: *mut safewasm_ref_t,
    index: usize,
    type_out: *mut safewasm_fieldtype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        guard.rooted(|guard| {
            let of = Composite::of(&reference, guard).map_err(internal)?;
            of.field_type(guard, index).map(|field| fieldtype(&field))
        })
    })
}

/// Sets the value at `index`, counted from 0, of a structure or an array.
///
/// `value` is borrowed. A field of 8 or 16 bits takes an i32 that fits into so many bits, as a
/// signed or as an unsigned number.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such value; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is
/// immutable, as all values of exceptions are, or if `value` is of another type;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `value` doesn't fit into the bits of the field;
/// `SAFEWASM_ERROR_WRONG_STORE` if `value` is a reference of another store;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_set_field(
    reference: *mut safewasm_ref_t,
    index: usize,
    value: *const safewasm_val_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        // SAFETY: the header demands a value at a `value` that isn't NULL.
        let given = unsafe { value_at(value, "value") }?;
        let (mut guard, reference) = reference.enter("reference")?;
        guard.rooted(|guard| {
            let of = Composite::of(&reference, guard).map_err(internal)?;
            heap::set(guard, &of, index, given)
        })
    })
}

/// Gets the type of the object that a reference refers to.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_type(
    reference: *mut safewasm_ref_t,
    type_out: *mut safewasm_valtype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        guard.rooted(|guard| reference.ty(guard).map(|ty| valtype(&ty)))
    })
}

/// Compares two references of one store. An object that wasm converted between `anyref` and
/// `externref` counts as a different one.
///
/// On success `*same_out` is 1 if both refer to the same object, and 0 otherwise. On failure it is
/// 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_same(
    reference: *mut safewasm_ref_t,
    other: *mut safewasm_ref_t,
    same_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("same_out", same_out), || {
        other.check("other")?;
        let (mut guard, a) = reference.enter("reference")?;
        let b = other.get_in(&guard, "other")?;
        let context = guard.context();
        let same = match (&a, &b) {
            (Reference::Extern(a), Reference::Extern(b)) => OwnedRooted::ref_eq(&context, a, b),
            (Reference::Any(a), Reference::Any(b)) => OwnedRooted::ref_eq(&context, a, b),
            (Reference::Exn(a), Reference::Exn(b)) => OwnedRooted::ref_eq(&context, a, b),
            _ => Ok(false),
        };
        same.map(u32::from).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
    })
}

/// Creates another handle of the same reference, for instance in a host function that keeps one of
/// its arguments.
///
/// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_clone(
    reference: *mut safewasm_ref_t,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary(Out("ref_out", ref_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        guard.own(reference)
    })
}

/// Returns true if `reference` is a reference that has not been deleted and whose store has not
/// been deleted. Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_ref_is_valid(reference: *mut safewasm_ref_t) -> bool {
    quietly(|| reference.is_valid())
}

/// Deletes the handle `reference`. Its object lives as long as wasm or another handle can reach it.
/// Does nothing if `reference` is NULL or was deleted already. Never fails and never waits. May be
/// called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_ref_delete(reference: *mut safewasm_ref_t) {
    quietly(|| reference.delete());
}
