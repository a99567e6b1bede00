//! References.

pub use crate::kinds::safewasm_ref_t;

use crate::abi::args::copied;
use crate::abi::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_error_t, safewasm_store_t, safewasm_tag_t};
use crate::process::finalizer::{self, Env, safewasm_finalizer_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle};
use crate::store::collected::CollectedEnv;
use crate::store::entered::Entered;
use crate::store::reference::{Composite, Reference, internal};
use crate::types::functype::signature;
use crate::types::valtype::{safewasm_valtype_t, valtype};
use crate::types::value::safewasm_val_t;
use std::ffi::c_void;
use wasmtime::{AnyRef, ExnRef, ExnRefPre, ExnType, ExternRef, I31, OwnedRooted, Val};

/// Creates an external reference: something of the host's that wasm can hold and give back, but not
/// look into.
///
/// `env` is what it refers to; the library only passes it on. `env` may be NULL. `finalizer` is
/// called with it when neither wasm nor a handle can reach the reference any more and a collection
/// has found that out: before the next host function in the store is called, when
/// `safewasm_store_collect` returns, or when the thread leaves the store, at the latest with the store; `finalizer` may be NULL. On failure too it is
/// called.
///
/// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
/// `safewasm_ref_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, limit, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_new_extern(
    store: *mut safewasm_store_t,
    env: *mut c_void,
    finalizer: safewasm_finalizer_t,
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
        // Of what was collected to make room.
        finalizer::run_waiting();
        made
    })
}

/// The `env` that an external reference was made with.
///
/// On success `*env_out` is that; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; type mismatch if `reference` is none of the host's own; store
/// busy or poisoned.
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
                "`reference` is no external reference of the host's".to_owned(),
            )
        })
    })
}

/// Creates a reference to a 31-bit integer: the low 31 bits of `value`.
///
/// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
/// `safewasm_ref_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, limit, store busy or poisoned.
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

/// The value of a reference to a 31-bit integer, as an unsigned one.
///
/// On success `*value_out` is the value; on failure it is 0.
///
/// Errors: null pointer, invalid handle; type mismatch if `reference` refers to something else; store
/// busy or poisoned.
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

/// Creates an exception of wasm's with `tag`, which carries `fields_len` values at `fields`, as many
/// and of such kinds as the tag's type has parameters; `fields` may be NULL if `fields_len` is 0. They
/// are borrowed. See `safewasm_error_new_exception` for how to throw it.
///
/// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
/// `safewasm_ref_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; type mismatch for other values than the tag's; wrong store
/// for a reference of another store; limit, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_ref_new_exception(
    tag: *mut safewasm_tag_t,
    fields: *const safewasm_val_t,
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
                    "`fields_len` is {given}, but exceptions with the tag carry {wanted} values: {}",
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

/// The tag of an exception.
///
/// On success `*tag_out` is a new handle of the tag, which belongs to the caller, who gives it to
/// `safewasm_tag_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; type mismatch if `reference` refers to something else; store
/// busy or poisoned.
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
                "`reference` refers to no exception of wasm's",
            )),
        })
    })
}

/// The number of values in what a reference refers to: what an exception carries, the fields of a
/// structure, the elements of an array; 0 for anything else.
///
/// On success `*len_out` is that; on failure it is 0.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
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

/// The value at `index`, from 0, in what a reference refers to: an exception, a structure or an array.
/// Fields of 8 and 16 bits are given as an i32 whose other bits are 0.
///
/// On success `*value_out` is the value, in which the handle of a reference belongs to the caller; on
/// failure it is all zero, of kind 0.
///
/// Errors: null pointer, invalid handle, not found, store busy or poisoned.
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
            let len = of.len(guard).map_err(internal)?;
            if index >= len {
                let said = format!("`index` is {index}, but there are {len} values");
                return Err(Error::new(ErrorKind::NOT_FOUND, said));
            }
            let field = of.get(guard, index).map_err(internal)?;
            safewasm_val_t::own(&field, guard)
        })
    })
}

/// What a reference refers to, as a type: that of the object itself.
///
/// On success `*type_out` is the type; on failure it is all zero.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
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

/// Whether two references of one store refer to the same object. An object that wasm converted between
/// `anyref` and `externref` counts as another.
///
/// On success `*same_out` is 1 if they do, else 0; on failure it is 0.
///
/// Errors: null pointer, invalid handle; wrong store; store busy or poisoned.
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

/// Another handle of the same reference: for a host function that keeps one of its arguments.
///
/// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
/// `safewasm_ref_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, limit, store busy or poisoned.
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

/// Whether `reference` is a reference that wasn't deleted, and whose store wasn't.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_ref_is_valid(reference: *mut safewasm_ref_t) -> bool {
    quietly(|| reference.is_valid())
}

/// Deletes the handle `reference`; what it refers to lives as long as wasm or another handle can
/// reach it. NULL and what was deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_ref_delete(reference: *mut safewasm_ref_t) {
    quietly(|| reference.delete());
}
