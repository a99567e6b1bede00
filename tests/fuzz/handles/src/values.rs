//! Values: made for arguments, and compared as results.

use crate::model::*;
use crate::ops::Value;
use crate::world::{Arg, World};
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::value::{safewasm_slot_t, safewasm_val_t};

/// A value as it is passed, and what it is.
#[derive(Clone, Copy)]
pub struct Given {
    pub raw: safewasm_val_t,
    arg: Arg,
    kind: u8,
    bytes: [u8; 16],
}

/// The bytes of a number that a value of that kind has, the others 0.
pub fn number(kind: u8, number: i32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    if kind == 2 || kind == 4 || kind == 5 {
        bytes[4..8].copy_from_slice(&number.to_le_bytes());
    }
    if kind == 5 {
        bytes[12..].copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

/// The bytes of a value that count, the others 0.
pub fn counting(val: &safewasm_val_t) -> [u8; 16] {
    let len = match val.kind {
        1 | 3 => 4,
        5 => 16,
        _ => 8,
    };
    let mut bytes = [0; 16];
    // SAFETY: so many of the bytes were written, whatever the kind is.
    bytes[..len].copy_from_slice(unsafe { &val.of.v128[..len] });
    bytes
}

impl World {
    pub fn give(&self, value: Value, store: Option<usize>) -> Given {
        let near = |handle: &Handle| store.is_none() || handle.store == store;
        let arg = match value.kind {
            6 | 7 if !value.null => {
                let kind = if value.kind == 6 { Kind::Ref } else { Kind::Func };
                self.pick_where(value.of, kind, near)
            }
            _ => Arg { bits: 0, id: None },
        };
        let mut bytes = number(value.kind, value.number);
        if value.kind == 6 || value.kind == 7 {
            bytes = [0; 16];
            bytes[..8].copy_from_slice(&arg.bits.to_le_bytes());
        }
        let raw = safewasm_val_t { kind: value.kind, of: safewasm_slot_t { v128: bytes } };
        Given { raw, arg, kind: value.kind, bytes }
    }

    /// What a value is in a store, where one of type `ty` is wanted.
    pub fn accept(&self, given: Given, ty: Ty, store: usize, place: &str) -> Want<Val> {
        let (wanted, _) = ty.parts();
        let mismatch = || refuse(ErrorKind::TYPE_MISMATCH, place);
        if given.kind != wanted {
            return mismatch();
        }
        if !ty.is_ref() {
            return Ok(Val::Number(given.kind, given.bytes));
        }
        if given.arg.bits == 0 {
            return Ok(Val::Null(wanted));
        }
        let (kind, member) =
            if wanted == 7 { (Kind::Func, "func") } else { (Kind::Ref, "reference") };
        let name = format!("{place}.of.{member}");
        let of = self.need(given.arg, kind, &name)?;
        if self.store_of(given.arg) != store {
            return refuse(ErrorKind::WRONG_STORE, name);
        }
        let fits = match (ty, kind == Kind::Ref) {
            (Ty::Func, false) => true,
            (Ty::Extern, true) => matches!(self.refs[of].1, Ref::Extern(_)),
            (Ty::Any, true) => matches!(self.refs[of].1, Ref::I31(_)),
            (Ty::Exn, true) => matches!(self.refs[of].1, Ref::Exn(..)),
            _ => false,
        };
        if !fits {
            return mismatch();
        }
        Ok(if kind == Kind::Func { Val::Func(of) } else { Val::Ref(of) })
    }

    /// Compares a value that came out of the store of `arg`, and takes its handle into the model.
    pub fn take_value(
        &mut self,
        name: &str,
        arg: Arg,
        out: Option<safewasm_val_t>,
        want: Want<Val>,
    ) {
        if let (Some(out), Ok(want)) = (out, want) {
            let store = self.store_of(arg);
            self.take_value_of(name, store, out, want);
        }
    }

    pub fn take_value_of(&mut self, name: &str, store: usize, out: safewasm_val_t, want: Val) {
        // SAFETY: every bit pattern is a value of each member, of which the kind says which counts.
        let (bytes, func, reference) = unsafe { (counting(&out), out.of.func, out.of.reference) };
        match want {
            Val::Number(kind, wanted) => self.same(name, (out.kind, bytes), (kind, wanted)),
            Val::Null(kind) => self.same(name, (out.kind, bytes), (kind, [0; 16])),
            Val::Func(of) => {
                self.same(name, out.kind, 7);
                self.add(Kind::Func, func, Some(store), of);
            }
            Val::Ref(of) => {
                self.same(name, out.kind, 6);
                self.add(Kind::Ref, reference, Some(store), of);
            }
        }
    }
}
