//! References: to what the host lends wasm, and to structures, arrays and exceptions of wasm's.

use crate::boundary::{Out, boundary, quietly};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::finalizer::{CollectedEnv, Env, safewasm_finalizer_t};
use crate::registry::{self, Object, ObjectHandle, Stay};
use crate::store::{Entered, safewasm_store_t};
use crate::value::{safewasm_valtype_t, valtype};
use std::ffi::c_void;
use wasmtime::{AnyRef, ExnRef, ExternRef, HeapType, I31, OwnedRooted, RefType, Val, ValType};

/// A reference that isn't null, to something other than a function: an external reference, a
/// structure, an array, a 31-bit integer, an exception. What it refers to stays alive while the
/// handle does.
pub struct safewasm_ref_t {
    _opaque: (),
}

/// What the handle of a reference means.
#[derive(Clone)]
pub(crate) enum Reference {
    Extern(OwnedRooted<ExternRef>),
    Any(OwnedRooted<AnyRef>),
    Exn(OwnedRooted<ExnRef>),
}

impl Reference {
    /// The reference in a value, if it is one to something other than a function, and not null.
    pub(crate) fn of(val: &Val, stay: &mut Stay) -> Result<Option<Self>> {
        let context = stay.context();
        let reference = match val {
            Val::ExternRef(Some(found)) => found.to_owned_rooted(context).map(Self::Extern),
            Val::AnyRef(Some(found)) => found.to_owned_rooted(context).map(Self::Any),
            Val::ExnRef(Some(found)) => found.to_owned_rooted(context).map(Self::Exn),
            _ => return Ok(None),
        };
        reference.map(Some).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
    }

    /// The value, rooted in the innermost scope.
    pub(crate) fn val(&self, stay: &mut Stay) -> Val {
        let context = stay.context();
        match self {
            Self::Extern(reference) => Val::ExternRef(Some(reference.to_rooted(context))),
            Self::Any(reference) => Val::AnyRef(Some(reference.to_rooted(context))),
            Self::Exn(reference) => Val::ExnRef(Some(reference.to_rooted(context))),
        }
    }

    fn ty(&self, stay: &mut Stay) -> Result<ValType> {
        let val = self.val(stay);
        // `Val::ty` of an external reference is right, of null ones it isn't: but these aren't.
        if let Self::Extern(_) = self {
            return Ok(ValType::Ref(RefType::new(false, HeapType::Extern)));
        }
        val.ty(stay.context()).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
    }
}

/// Creates an external reference: something of the host's that wasm can hold and give back, but not
/// look into.
///
/// `env` is what it refers to; the library only passes it on. `env` may be NULL. `finalizer` is
/// called with it when neither wasm nor a handle can reach the reference any more and a collection
/// has found that out, at the latest with the store; `finalizer` may be NULL. On failure too it is
/// called.
///
/// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
/// `safewasm_ref_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, limit, store busy or poisoned; unsupported if the engine's
/// config turned references off.
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
        let mut stay = registry::enter_store(store, "store")?;
        let env = CollectedEnv::new(env, stay.store());
        stay.rooted(|stay| {
            let reference = ExternRef::new(stay.context(), env)
                .and_then(|reference| reference.to_owned_rooted(stay.context()))
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            stay.own(Object::Ref(Reference::Extern(reference)))
        })
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
        let (mut stay, reference) = reference.enter("reference")?;
        let env = match &reference {
            Reference::Extern(reference) => reference
                .data(stay.context())
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
        let mut stay = registry::enter_store(store, "store")?;
        stay.rooted(|stay| {
            let i31 = I31::wrapping_u32(value);
            let reference = AnyRef::from_i31(stay.context(), i31)
                .to_owned_rooted(stay.context())
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            stay.own(Object::Ref(Reference::Any(reference)))
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
        let (mut stay, reference) = reference.enter("reference")?;
        stay.rooted(|stay| {
            let i31 = match reference.val(stay) {
                Val::AnyRef(Some(any)) => any.as_i31(stay.context()).ok().flatten(),
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
        let (mut stay, reference) = reference.enter("reference")?;
        stay.rooted(|stay| reference.ty(stay).map(|ty| valtype(&ty)))
    })
}

/// Whether two references of one store refer to the same object.
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
        let (mut stay, a) = reference.enter("reference")?;
        let b = other.get_in(&stay, "other")?;
        let context = stay.context();
        let same = match (&a, &b) {
            (Reference::Extern(a), Reference::Extern(b)) => OwnedRooted::ref_eq(&context, a, b),
            (Reference::Any(a), Reference::Any(b)) => OwnedRooted::ref_eq(&context, a, b),
            (Reference::Exn(a), Reference::Exn(b)) => OwnedRooted::ref_eq(&context, a, b),
            _ => Ok(false),
        };
        same.map(u32::from).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
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
