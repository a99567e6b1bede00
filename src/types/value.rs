//! Values as callers pass them.

use super::valtype::{numeric_kind, safewasm_valkind_t, safewasm_valtype_t, type_name};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_func_t, safewasm_ref_t};
use std::mem;
use wasmtime::{ValRaw, ValType};

/// The payload of a value: a union of 16 bytes, of which the member of the value's kind is set.
///
/// Slot calls pass arguments and results as bare slots, without kinds. Those slots hold no
/// references.
#[repr(C)]
#[derive(Clone, Copy)]
pub union safewasm_slot_t {
    /// A 32-bit integer.
    pub i32: i32,
    /// A 64-bit integer.
    pub i64: i64,
    /// A 32-bit float.
    pub f32: f32,
    /// A 64-bit float.
    pub f64: f64,
    /// A vector of 128 bits: its bytes in the order in which they lie in a memory.
    pub v128: [u8; 16],
    /// A reference to anything but a function. NULL is the null reference.
    pub reference: *mut safewasm_ref_t,
    /// A reference to a function. NULL is the null reference.
    pub func: *mut safewasm_func_t,
}

/// A value.
///
/// In a result, the caller owns the handle of a reference and must delete it with
/// `safewasm_ref_delete` or `safewasm_func_delete`. An argument is borrowed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct safewasm_val_t {
    /// The kind, a `safewasm_valkind_t`. It selects the member of `of`.
    pub kind: u8,
    /// The payload.
    pub of: safewasm_slot_t,
}

const _: () = {
    assert!(size_of::<safewasm_slot_t>() == 16 && align_of::<safewasm_slot_t>() == 8);
    assert!(size_of::<safewasm_slot_t>() == size_of::<ValRaw>());
    assert!(align_of::<safewasm_slot_t>() >= align_of::<ValRaw>());
    assert!(size_of::<safewasm_val_t>() == 24);
    assert!(std::mem::offset_of!(safewasm_val_t, of) == 8);
    assert!(size_of::<safewasm_valtype_t>() == 3);
};

impl safewasm_slot_t {
    pub(crate) const ZERO: Self = Self { v128: [0; 16] };

    /// The slot as wasm reads it: the same bytes. Bytes beyond the value's own size have no meaning.
    #[inline(always)]
    pub(crate) fn raw(self) -> ValRaw {
        // SAFETY: both are unions of 16 bytes whose members begin at the first byte.
        unsafe { mem::transmute::<Self, ValRaw>(self) }
    }

    /// A number or vector that wasm wrote. Bytes beyond the value's own size are 0.
    #[inline(always)]
    fn of_raw(kind: safewasm_valkind_t, raw: &ValRaw) -> Self {
        // In two registers: copying a value that was just assembled in memory would stall.
        let (low, high) = match kind {
            safewasm_valkind_t::I32 | safewasm_valkind_t::F32 => (u64::from(raw.get_u32()), 0),
            safewasm_valkind_t::I64 | safewasm_valkind_t::F64 => (raw.get_u64(), 0),
            _ => (raw.get_v128() as u64, (raw.get_v128() >> 64) as u64),
        };
        // SAFETY: a number is its bytes, in little-endian order as in the slot.
        unsafe { mem::transmute::<[u64; 2], Self>([low, high]) }
    }
}

impl safewasm_val_t {
    pub(crate) const CLEARED: Self = Self { kind: 0, of: safewasm_slot_t::ZERO };

    /// The value in the form that wasm reads, if it is of type `ty`. Errors call it `name`.
    pub(crate) fn to_raw(self, ty: &ValType, name: impl Fn() -> String) -> Result<ValRaw> {
        let wanted = numeric_kind(ty);
        match wanted {
            Some(kind) if kind as u8 == self.kind => Ok(self.of.raw()),
            _ => Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                format!("{} is {}, not {}", name(), kind_name(self.kind), type_name(ty)),
            )),
        }
    }

    pub(crate) fn from_raw(raw: &ValRaw, ty: &ValType) -> Self {
        numeric_kind(ty).map_or(Self::CLEARED, |kind| Self::of_kind(kind, raw))
    }

    /// The number or vector of a kind that wasm wrote.
    #[inline]
    pub(crate) fn of_kind(kind: safewasm_valkind_t, raw: &ValRaw) -> Self {
        Self { kind: kind as u8, of: safewasm_slot_t::of_raw(kind, raw) }
    }
}

pub(crate) fn kind_name(kind: u8) -> String {
    match kind {
        0 => "not set (its kind is 0)".to_owned(),
        1 => "i32".to_owned(),
        2 => "i64".to_owned(),
        3 => "f32".to_owned(),
        4 => "f64".to_owned(),
        5 => "v128".to_owned(),
        6 => "a reference to something other than a function".to_owned(),
        7 => "a reference to a function".to_owned(),
        kind => format!("of the unknown kind {kind}"),
    }
}
