//! References to objects of the host, and to structures, arrays and exceptions of wasm.

use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use crate::store::entered::{Entered, Guard};
use wasmtime::{
    AnyRef, ArrayRef, ExnRef, ExternRef, FieldType, HeapType, OwnedRooted, RefType, Rooted,
    StructRef, Val, ValType,
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

    /// The noun for one of its values.
    pub(crate) fn part(&self) -> &'static str {
        match self {
            Self::Struct(_) => "field",
            Self::Array(_) => "element",
            Self::Exception(_) | Self::None => "value",
        }
    }

    /// The type of the field or element at `index`.
    pub(crate) fn field_type(&self, guard: &mut Guard, index: usize) -> Result<FieldType> {
        self.check_index(guard, index)?;
        let context = guard.context();
        let field = match self {
            Self::Exception(of) => of.ty(&context).map(|ty| ty.field(index)),
            Self::Struct(of) => of.ty(&context).map(|ty| ty.field(index)),
            Self::Array(of) => of.ty(&context).map(|ty| Some(ty.field_type())),
            Self::None => Ok(None),
        };
        field.map_err(internal)?.ok_or_else(|| Error::new(ErrorKind::INTERNAL, "it has no field"))
    }

    /// Refuses an index that is not less than the length.
    pub(crate) fn check_index(&self, guard: &mut Guard, index: usize) -> Result<()> {
        let len = self.len(guard).map_err(internal)?;
        if index < len {
            return Ok(());
        }
        let said = format!("`index` is {index}, but the object has {}", count(len, self.part()));
        Err(Error::new(ErrorKind::NOT_FOUND, said))
    }

    /// Sets the value at `index`, which is less than the length, to one of the right type.
    pub(crate) fn set(&self, guard: &mut Guard, index: usize, val: Val) -> wasmtime::Result<()> {
        match self {
            Self::Struct(of) => of.set_field(guard.context(), index, val),
            Self::Array(of) => of.set(guard.context(), index as u32, val),
            Self::Exception(_) | Self::None => unreachable!("its values are immutable"),
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
