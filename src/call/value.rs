//! Converts values between callers, for whom a reference is a handle, and a store.

use crate::error::{Error, ErrorKind, Result};
use crate::registry::ObjectHandle;
use crate::store::entered::{Entered, Guard};
use crate::store::func::Func;
use crate::store::reference::Reference;
use crate::types::valtype::{safewasm_valkind_t, type_name, valtype};
use crate::types::value::{kind_name, safewasm_slot_t, safewasm_val_t};
use std::fmt;
use wasmtime::{Ref, RefType, Val, ValType};

impl safewasm_val_t {
    /// The value in Wasmtime's form; an error if it isn't of type `ty`. A reference is rooted in the innermost
    /// scope. Errors call the value `name`.
    pub(crate) fn to_val(
        self,
        guard: &mut Guard,
        ty: &ValType,
        name: &dyn Fn() -> String,
    ) -> Result<Val> {
        let ValType::Ref(reference) = ty else {
            let raw = self.to_raw(ty, name)?;
            // SAFETY: it was just made of that type, which is no reference.
            return Ok(unsafe { Val::from_raw(guard.context(), raw, ty.clone()) });
        };
        let mismatch = |found: &str| {
            Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                format!("{} is {found}, not {}", name(), type_name(ty)),
            ))
        };
        if self.kind != valtype(ty).kind {
            return mismatch(&kind_name(self.kind));
        }
        // SAFETY: both members are pointers, for which every bit pattern is valid.
        let (func, other) = unsafe { (self.of.func, self.of.reference) };
        if func.is_null() {
            if reference.is_nullable() {
                return Ok(Val::null_ref(reference.heap_type()));
            }
            return mismatch("null");
        }
        let of =
            |member| fmt::from_fn(move |to| write!(to, "{}.of.{member}", name().replace('`', "")));
        let val = if self.kind == safewasm_valkind_t::FUNC as u8 {
            Val::FuncRef(Some(func.get_in(guard, of("func"))?.wasmtime()))
        } else {
            other.get_in(guard, of("reference"))?.val(guard)
        };
        match val.matches_ty(guard.context(), ty) {
            Ok(true) => Ok(val),
            _ => {
                let found = val.ty(guard.context()).map(|ty| type_name(&ty));
                mismatch(&found.unwrap_or_else(|_| "another reference".to_owned()))
            }
        }
    }

    /// A value of the entered store in the caller's form, with a new handle if it is a reference.
    pub(crate) fn own(val: &Val, guard: &mut Guard) -> Result<Self> {
        // All bytes are 0 at first, so that no other bytes of the process get out.
        let mut of = safewasm_slot_t::ZERO;
        let kind = match val {
            Val::I32(x) => {
                of.i32 = *x;
                safewasm_valkind_t::I32
            }
            Val::I64(x) => {
                of.i64 = *x;
                safewasm_valkind_t::I64
            }
            Val::F32(bits) => {
                of.f32 = f32::from_bits(*bits);
                safewasm_valkind_t::F32
            }
            Val::F64(bits) => {
                of.f64 = f64::from_bits(*bits);
                safewasm_valkind_t::F64
            }
            Val::V128(x) => {
                of.v128 = x.as_u128().to_le_bytes();
                safewasm_valkind_t::V128
            }
            Val::FuncRef(func) => {
                if let Some(func) = func {
                    let func = Func::new(*func, guard.context());
                    of.func = guard.own(func)?;
                }
                safewasm_valkind_t::FUNC
            }
            other => {
                if let Some(reference) = Reference::of(other, guard)? {
                    of.reference = guard.own(reference)?;
                }
                safewasm_valkind_t::REF
            }
        };
        Ok(Self { kind: kind as u8, of })
    }

    /// Deletes the handle in the value, if there is one.
    pub(crate) fn delete_reference(self) {
        // SAFETY: both members are pointers, for which every bit pattern is valid; a handle that stands for
        // no such object deletes nothing.
        unsafe {
            match self.kind {
                6 => drop(self.of.reference.delete()),
                7 => drop(self.of.func.delete()),
                _ => {}
            }
        }
    }
}

/// The table element for a value; a null reference if `given` is `None`.
pub(crate) fn element(
    guard: &mut Guard,
    given: Option<safewasm_val_t>,
    ty: &RefType,
    name: &str,
) -> Result<Ref> {
    let ty = ValType::Ref(ty.clone());
    let val = match given {
        Some(given) => given.to_val(guard, &ty, &|| format!("`{name}`"))?,
        None => Val::default_for_ty(&ty).ok_or_else(|| {
            Error::new(
                ErrorKind::TYPE_MISMATCH,
                format!("`{name}` is NULL, but the elements, {}, can't be null", type_name(&ty)),
            )
        })?,
    };
    val.ref_()
        .ok_or_else(|| Error::new(ErrorKind::TYPE_MISMATCH, format!("`{name}` is not a reference")))
}
