//! References to objects of the host, and to structures, arrays and exceptions of wasm.

use crate::error::{Error, ErrorKind, Result};
use crate::store::entered::{Entered, Guard};
use wasmtime::{
    AnyRef, ArrayRef, ExnRef, ExternRef, HeapType, OwnedRooted, RefType, Rooted, StructRef, Val,
    ValType,
};

/// The object behind the handle of a reference.
#[derive(Clone)]
pub(crate) enum Reference {
    Extern(OwnedRooted<ExternRef>),
    Any(OwnedRooted<AnyRef>),
    Exn(OwnedRooted<ExnRef>),
}

impl Reference {
    /// The reference in a value; `None` for a number, a null reference and a reference to a function.
    pub(crate) fn of(val: &Val, guard: &mut Guard) -> Result<Option<Self>> {
        let context = guard.context();
        let reference = match val {
            Val::ExternRef(Some(found)) => found.to_owned_rooted(context).map(Self::Extern),
            Val::AnyRef(Some(found)) => found.to_owned_rooted(context).map(Self::Any),
            Val::ExnRef(Some(found)) => found.to_owned_rooted(context).map(Self::Exn),
            _ => return Ok(None),
        };
        reference.map(Some).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
    }

    /// The reference as a value, rooted in the innermost scope.
    pub(crate) fn val(&self, guard: &mut Guard) -> Val {
        let context = guard.context();
        match self {
            Self::Extern(reference) => Val::ExternRef(Some(reference.to_rooted(context))),
            Self::Any(reference) => Val::AnyRef(Some(reference.to_rooted(context))),
            Self::Exn(reference) => Val::ExnRef(Some(reference.to_rooted(context))),
        }
    }

    pub(crate) fn ty(&self, guard: &mut Guard) -> Result<ValType> {
        let val = self.val(guard);
        // `Val::ty` says that an external reference may be null, but this one isn't.
        if let Self::Extern(_) = self {
            return Ok(ValType::Ref(RefType::new(false, HeapType::Extern)));
        }
        val.ty(guard.context()).map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
    }
}

/// The object with fields or elements that a reference refers to.
pub(crate) enum Composite {
    Exception(Rooted<ExnRef>),
    Struct(Rooted<StructRef>),
    Array(Rooted<ArrayRef>),
    None,
}

impl Composite {
    pub(crate) fn of(reference: &Reference, guard: &mut Guard) -> wasmtime::Result<Self> {
        Ok(match reference.val(guard) {
            Val::ExnRef(Some(exception)) => Self::Exception(exception),
            Val::AnyRef(Some(any)) => {
                if let Some(of) = any.as_struct(guard.context())? {
                    Self::Struct(of)
                } else if let Some(of) = any.as_array(guard.context())? {
                    Self::Array(of)
                } else {
                    Self::None
                }
            }
            _ => Self::None,
        })
    }

    pub(crate) fn len(&self, guard: &mut Guard) -> wasmtime::Result<usize> {
        let context = guard.context();
        match self {
            Self::Exception(of) => Ok(of.ty(&context)?.fields().len()),
            Self::Struct(of) => Ok(of.ty(&context)?.fields().len()),
            Self::Array(of) => Ok(of.len(&context)? as usize),
            Self::None => Ok(0),
        }
    }

    /// The value at `index`, which is less than the length.
    pub(crate) fn get(&self, guard: &mut Guard, index: usize) -> wasmtime::Result<Val> {
        match self {
            Self::Exception(of) => of.field(guard.context(), index),
            Self::Struct(of) => of.field(guard.context(), index),
            Self::Array(of) => of.get(guard.context(), index as u32),
            Self::None => unreachable!("it has no values"),
        }
    }
}

pub(crate) fn internal(error: wasmtime::Error) -> Error {
    Error::wasmtime(&error, ErrorKind::INTERNAL)
}
