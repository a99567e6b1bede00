//! Memories, tables and globals are changed, and objects compared.

mod field;
mod memory;
mod same;
mod table;

use crate::model::*;
use crate::ops::{Change, Sel, Value};
use crate::world::World;
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::*;
use std::ops::Range;

/// The range that begins at `first`, if it lies within `size`; otherwise an error about `name`.
fn range(first: u64, len: u64, size: u64, name: &str) -> Want<Range<u64>> {
    match first.checked_add(len) {
        Some(end) if end <= size => Ok(first..end),
        _ => refuse(ErrorKind::OUT_OF_BOUNDS, name),
    }
}

impl World {
    pub fn change(&mut self, what: Change, sel: Sel, a: u64, b: u64, value: Value) {
        match what {
            Change::GrowMemory => self.grow_memory(sel, a),
            Change::WriteMemory => self.access_memory(sel, true, a, b, value),
            Change::ReadMemory => self.access_memory(sel, false, a, b, value),
            Change::GrowSharedMemory => self.grow_sharedmemory(sel, a),
            Change::AccessSharedMemory => self.access_sharedmemory(sel, a, b, value),
            Change::SetElement => self.set_element(sel, a, value),
            Change::GrowTable => self.grow_table(sel, a, value),
            Change::FillTable => self.fill_table(sel, a, b, value),
            Change::SetGlobal => self.set_global(sel, value),
            Change::SetField => self.set_field(sel, a, value),
        }
    }

    fn set_global(&mut self, sel: Sel, value: Value) {
        let global = self.pick(sel, Kind::Global);
        let of = self.enter(global, Kind::Global, "global");
        let given = self.give(value, of.is_ok().then(|| self.store_of(global)));
        let want = of.and_then(|of| {
            if !self.globals[of].is_mutable {
                return refuse(ErrorKind::TYPE_MISMATCH, "global");
            }
            let ty = self.globals[of].ty;
            Ok((of, self.accept(given, ty, self.store_of(global), "value")?))
        });
        let set = self.tell("safewasm_global_set", want, || unsafe {
            safewasm_global_set(global.ptr(), &given.raw)
        });
        if let Some((of, val)) = set {
            self.globals[of].val = val;
            self.globals[of].is_open = false;
        }
    }
}
