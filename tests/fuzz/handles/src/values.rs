//! Values are made for arguments, and results compared.

use crate::model::*;
use crate::ops::Value;
use crate::world::{Arg, World};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::Kind;

/// A value that is passed to the library.
#[derive(Clone, Copy)]
pub struct Given {
    pub raw: safewasm_val_t,
    /// The handle in it.
    arg: Arg,
    kind: u8,
    bytes: [u8; 16],
}

/// The bytes of a value; those that its kind doesn't use are 0.
pub fn counting(val: &safewasm_val_t) -> [u8; 16] {
    let len = match val.kind {
        I32 | F32 => 4,
        V128 => 16,
        _ => 8,
    };
    let mut bytes = [0; 16];
    // SAFETY: the value is initialized to that length at least.
    bytes[..len].copy_from_slice(unsafe { &val.of.v128[..len] });
    bytes
}

impl World {
    /// Makes a value. A handle in it is preferably one of `store`.
    pub fn give(&self, value: Value, store: Option<usize>) -> Given {
        let is_near = |handle: &Handle| store.is_none() || handle.store == store;
        let arg = match value.kind.0 {
            REF if !value.null => self.pick_where(value.of, Kind::Ref, is_near),
            FUNC if !value.null => self.pick_where(value.of, Kind::Func, is_near),
            _ => Arg::NULL,
        };
        let mut bytes = number(value.kind.0, value.number);
        if matches!(value.kind.0, REF | FUNC) {
            bytes = [0; 16];
            bytes[..8].copy_from_slice(&arg.bits.to_le_bytes());
        }
        let raw = safewasm_val_t { kind: value.kind.0, of: safewasm_slot_t { v128: bytes } };
        Given { raw, arg, kind: value.kind.0, bytes }
    }

    /// The value that a store makes of a given one where type `ty` is wanted. `place` is the name of the
    /// value in messages.
    pub fn accept(&self, given: Given, ty: Ty, store: usize, place: &str) -> Want<Val> {
        if given.kind != ty.kind() {
            return refuse(ErrorKind::TYPE_MISMATCH, place);
        }
        if !ty.is_ref() {
            return Ok(Val::Number(given.kind, given.bytes));
        }
        if given.arg.bits == 0 {
            return Ok(Val::Null(given.kind));
        }
        let is_func = given.kind == FUNC;
        let (kind, member) = if is_func { (Kind::Func, "func") } else { (Kind::Ref, "reference") };
        let name = format!("{place}.of.{member}");
        let of = self.need(given.arg, kind, &name)?;
        if self.store_of(given.arg) != store {
            return refuse(ErrorKind::WRONG_STORE, name);
        }
        if is_func {
            return Ok(Val::Func(of));
        }
        match (ty, &self.refs[of].1) {
            (Ty::Extern, Ref::Extern(_))
            | (Ty::Any, Ref::I31(_) | Ref::Object(..))
            | (Ty::Exn, Ref::Exn(..)) => Ok(Val::Ref(of)),
            _ => refuse(ErrorKind::TYPE_MISMATCH, place),
        }
    }

    /// Compares a value that a function of the object `arg` wrote with the wanted one, and adds its
    /// handle.
    pub fn take_value(&mut self, name: &str, arg: Arg, out: Option<(safewasm_val_t, Val)>) {
        if let Some((out, wanted)) = out {
            self.take_value_in(name, self.store_of(arg), out, wanted);
        }
    }

    /// Like `take_value`, for a value of that store.
    pub fn take_value_in(&mut self, name: &str, store: usize, out: safewasm_val_t, wanted: Val) {
        // SAFETY: every bit pattern is a value of each member; the kind says which one is in use.
        let (bytes, func, reference) = unsafe { (counting(&out), out.of.func, out.of.reference) };
        match wanted {
            Val::Number(kind, wanted) => self.same(name, (out.kind, bytes), (kind, wanted)),
            Val::Null(kind) => self.same(name, (out.kind, bytes), (kind, [0; 16])),
            Val::Func(of) => {
                self.same(name, out.kind, FUNC);
                self.add(Kind::Func, func, Some(store), of);
            }
            Val::Ref(of) => {
                self.same(name, out.kind, REF);
                self.add(Kind::Ref, reference, Some(store), of);
            }
        }
    }
}
