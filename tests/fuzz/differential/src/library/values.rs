//! Makes and reads values of the library.

use super::own::{Own, check};
use crate::trace::Plain;
use safewasm::abi::safewasm_func_t;
use safewasm::abi::safewasm_ref_t;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::{
    safewasm_heapkind_t as Heap, safewasm_slot_t, safewasm_val_t, safewasm_valtype_t,
};
use safewasm_capi::*;
use std::ptr::null_mut;

pub const NONE: safewasm_val_t = safewasm_val_t { kind: 0, of: safewasm_slot_t { v128: [0; 16] } };

/// The objects of a store that values refer to.
pub struct Pool {
    pub store: *mut safewasm_store_t,
    pub externs: Vec<Own<safewasm_ref_t>>,
    /// The function that every function reference refers to.
    pub any_func: *mut safewasm_func_t,
}

impl Pool {
    /// Makes a value. Its handle is new; the caller deletes it.
    pub fn value(&self, plain: &Plain, ty: safewasm_valtype_t) -> safewasm_val_t {
        let mut of = slot(plain);
        // SAFETY: the functions accept any handle, and there is room for a handle.
        let made = unsafe {
            match plain {
                Plain::Extern(number) => {
                    safewasm_ref_clone(self.externs[*number].handle, &mut of.reference)
                }
                Plain::I31(x) => safewasm_ref_new_i31(self.store, *x, &mut of.reference),
                Plain::Func(_) => safewasm_func_clone(self.any_func, &mut of.func),
                _ => null_mut(),
            }
        };
        check(made).expect("a handle can be made");
        safewasm_val_t { kind: ty.kind, of }
    }
}

/// Puts a number into a slot. A reference becomes zeros.
pub fn slot(plain: &Plain) -> safewasm_slot_t {
    let mut slot = safewasm_slot_t { v128: [0; 16] };
    match plain {
        Plain::I32(x) => slot.i32 = *x,
        Plain::I64(x) => slot.i64 = *x,
        Plain::F32(x) => slot.i32 = x.cast_signed(),
        Plain::F64(x) => slot.i64 = x.cast_signed(),
        Plain::V128(x) => slot.v128 = *x,
        _ => {}
    }
    slot
}

/// Reads the number in a slot.
pub fn number(slot: &safewasm_slot_t, kind: u8) -> Option<Plain> {
    // SAFETY: every bit pattern is a value of each member.
    unsafe {
        Some(match kind {
            1 => Plain::I32(slot.i32),
            2 => Plain::I64(slot.i64),
            3 => Plain::F32(slot.i32.cast_unsigned()),
            4 => Plain::F64(slot.i64.cast_unsigned()),
            5 => Plain::V128(slot.v128),
            _ => return None,
        })
    }
}

/// Describes a value.
pub fn plain(val: &safewasm_val_t) -> Plain {
    // SAFETY: the kind says which member is in use, and the functions accept any handle.
    unsafe {
        match val.kind {
            6 if !val.of.reference.is_null() => reference(val.of.reference),
            _ => shallow(val),
        }
    }
}

/// Describes a value and deletes its handle.
pub fn take(val: safewasm_val_t) -> Plain {
    let plain = plain(&val);
    delete(val);
    plain
}

pub fn delete(val: safewasm_val_t) {
    // SAFETY: as in `plain`.
    unsafe {
        match val.kind {
            6 => safewasm_ref_delete(val.of.reference),
            7 => safewasm_func_delete(val.of.func),
            _ => {}
        }
    }
}

fn reference(handle: *mut safewasm_ref_t) -> Plain {
    let heap = heap(handle);
    if heap == Heap::CONCRETE_STRUCT as u8 {
        Plain::Struct(fields(handle, usize::MAX))
    } else if heap == Heap::CONCRETE_ARRAY as u8 {
        Plain::Array(fields_len(handle), fields(handle, 4))
    } else if heap == Heap::CONCRETE_EXN as u8 {
        Plain::Exception(fields(handle, usize::MAX))
    } else {
        shallow_reference(handle, heap)
    }
}

fn shallow(val: &safewasm_val_t) -> Plain {
    // SAFETY: as in `plain`.
    unsafe {
        match val.kind {
            6 if !val.of.reference.is_null() => {
                shallow_reference(val.of.reference, heap(val.of.reference))
            }
            7 if !val.of.func.is_null() => {
                let ty =
                    Own::new(safewasm_functype_delete, |out| safewasm_func_type(val.of.func, out));
                Plain::Func(super::types::signature(ty.expect("a function has a type").handle))
            }
            6 | 7 => Plain::Null,
            kind => number(&val.of, kind).unwrap_or_else(|| panic!("a value is of kind {kind}")),
        }
    }
}

fn shallow_reference(handle: *mut safewasm_ref_t, heap: u8) -> Plain {
    if heap == Heap::EXTERN as u8 {
        let mut env = null_mut();
        // SAFETY: there is room for a pointer.
        return match check(unsafe { safewasm_ref_env(handle, &mut env) }) {
            Ok(()) => Plain::Extern(env.addr()),
            // Wasm made it from a reference of its own.
            Err(_) => Plain::Other(heap),
        };
    }
    if heap == Heap::I31 as u8 {
        let mut value = 0;
        // SAFETY: there is room for a number.
        check(unsafe { safewasm_ref_i31(handle, &mut value) }).expect("it is an i31");
        return Plain::I31(value);
    }
    Plain::Other(heap)
}

fn heap(handle: *mut safewasm_ref_t) -> u8 {
    let mut ty = safewasm_valtype_t { kind: 0, heap: 0, nullable: false.into() };
    // SAFETY: there is room for a type.
    check(unsafe { safewasm_ref_type(handle, &mut ty) }).expect("a reference has a type");
    ty.heap
}

fn fields_len(handle: *mut safewasm_ref_t) -> usize {
    let mut len = 0;
    // SAFETY: there is room for a number.
    check(unsafe { safewasm_ref_fields_len(handle, &mut len) }).expect("the reference is valid");
    len
}

/// Describes the first fields, without the fields of these.
pub fn fields(handle: *mut safewasm_ref_t, most: usize) -> Vec<Plain> {
    (0..fields_len(handle).min(most))
        .map(|index| {
            let mut val = NONE;
            // SAFETY: there is room for a value.
            check(unsafe { safewasm_ref_field(handle, index, &mut val) })
                .expect("the field exists");
            let plain = shallow(&val);
            delete(val);
            plain
        })
        .collect()
}
