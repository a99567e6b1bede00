//! Describes the contents of memories, tables and globals.

use super::own::{Failure, Own, check};
use super::{Item, Way, values};
use crate::trace::hash;
use safewasm::abi::safewasm_externkind_t as Kind;
use safewasm::abi::safewasm_memory_t;
use safewasm::abi::safewasm_sharedmemory_t;
use safewasm::abi::safewasm_table_t;
use safewasm_capi::*;
use std::ptr::null;

/// Describes the contents of an import or export, if it has any.
pub fn of(item: &Item, way: Way) -> Option<String> {
    let of = item.0.of;
    // SAFETY: the kind says which member is in use.
    let seen = unsafe {
        match item.0.kind {
            kind if kind == Kind::MEMORY as u32 => memory(of.memory, way.slots),
            kind if kind == Kind::SHARED_MEMORY as u32 => shared_memory(of.sharedmemory),
            kind if kind == Kind::TABLE as u32 => table(of.table),
            kind if kind == Kind::GLOBAL as u32 => {
                let mut value = values::NONE;
                check(safewasm_global_get(of.global, &mut value))
                    .map(|()| format!("global: {:?}", values::take(value)))
            }
            _ => return None,
        }
    };
    Some(seen.unwrap_or_else(|failure| format!("{failure:?}")))
}

/// Describes a memory, which it reads by a view or by a copy.
fn memory(memory: *mut safewasm_memory_t, view: bool) -> Result<String, Failure> {
    // SAFETY: there is room for the results. No wasm runs in the store meanwhile, so the memory stays where
    // it is.
    unsafe {
        let mut len = 0;
        check(safewasm_memory_len(memory, &mut len))?;
        let hash = if view {
            let mut cell = null();
            let _view =
                Own::new(safewasm_view_delete, |out| safewasm_memory_view(memory, out, &mut cell))?;
            let cell = cell.read();
            assert_eq!(cell.len, len, "a view and its memory are of one length");
            if len == 0 { hash(&[]) } else { hash(std::slice::from_raw_parts(cell.data, len)) }
        } else {
            let mut data = vec![0; len];
            check(safewasm_memory_read(memory, 0, data.as_mut_ptr(), len))?;
            hash(&data)
        };
        Ok(format!("memory of {len}: {hash:x}"))
    }
}

fn shared_memory(memory: *mut safewasm_sharedmemory_t) -> Result<String, Failure> {
    // SAFETY: there is room for the results.
    unsafe {
        let mut ty = std::mem::zeroed();
        check(safewasm_sharedmemory_type(memory, &mut ty))?;
        let len =
            usize::try_from(ty.min * ty.page_size).expect("the memory is in the address space");
        let mut data = vec![0; len];
        check(safewasm_sharedmemory_read(memory, 0, data.as_mut_ptr(), len))?;
        Ok(format!("memory of {len}: {:x}", hash(&data)))
    }
}

fn table(table: *mut safewasm_table_t) -> Result<String, Failure> {
    let mut size = 0;
    // SAFETY: there is room for the results, and both members of an element are pointers.
    unsafe {
        check(safewasm_table_size(table, &mut size))?;
        let mut nulls = String::new();
        for index in 0..size {
            let mut value = values::NONE;
            check(safewasm_table_get(table, index, &mut value))?;
            nulls.push(if value.of.reference.is_null() { '-' } else { 'x' });
            values::delete(value);
        }
        Ok(format!("table: {nulls}"))
    }
}
