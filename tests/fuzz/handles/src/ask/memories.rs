//! Questions about memories, tables and globals.

use super::*;
use crate::values::counting;
use safewasm::abi::safewasm_globaltype_t;
use safewasm::abi::{safewasm_cell_t, safewasm_view_t};
use safewasm_capi::*;

impl World {
    pub fn memory_type(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Memory, "memory");
        answer!(
            self,
            safewasm_memory_type(a),
            of.map(|m| memory_parts(self.memories[m].size, self.memories[m].max, false)),
            |out: safewasm_memorytype_t| parts_of_memory(out)
        );
    }

    pub fn memory_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Memory, "memory");
        let wanted = of.map(|m| (self.memories[m].size << 16) as usize);
        self.ask_len("safewasm_memory_len", wanted, |out| unsafe {
            safewasm_memory_len(a.ptr(), out)
        });
    }

    pub fn memory_view(&mut self, sel: Sel, _: u64) {
        type Lent = Two<*mut safewasm_view_t, *const safewasm_cell_t>;
        let (a, want) = self.asked_in(sel, Kind::Memory, "memory");
        let out = self.ask("safewasm_memory_view", want, |out: *mut Lent| unsafe {
            let Two(view, cell) = &mut *out;
            safewasm_memory_view(a.ptr(), view, cell)
        });
        if let Some((Two(view, cell), memory)) = out {
            // SAFETY: the cell is there until the view is deleted.
            let generation = unsafe { (*cell).generation };
            let store = self.store_of(a);
            let cell = cell.expose_provenance();
            self.views.push(View { store, memory, cell, generation });
            self.add(Kind::View, view, None, self.views.len() - 1);
        }
    }

    pub fn sharedmemory_type(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::SharedMemory, "sharedmemory");
        let wanted = of.map(|m| {
            let Memory { size, max, .. } = self.shareds[m].memory;
            memory_parts(size, max, true)
        });
        answer!(self, safewasm_sharedmemory_type(a), wanted, |out: safewasm_memorytype_t| {
            parts_of_memory(out)
        });
    }

    pub fn sharedmemory_data(&mut self, sel: Sel, _: u64) {
        type Data = Two<*mut u8, usize>;
        let (a, want) = self.asked(sel, Kind::SharedMemory, "sharedmemory");
        let out = self.ask("safewasm_sharedmemory_data", want, |out: *mut Data| unsafe {
            let Two(data, len) = &mut *out;
            safewasm_sharedmemory_data(a.ptr(), data, len)
        });
        if let Some((Two(_, len), of)) = out {
            self.same("shared length", len as u64, self.shareds[of].memory.size << 16);
        }
    }

    pub fn table_size(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Table, "table");
        let wanted = of.map(|t| self.tables[t].elements.len() as u64);
        answer!(self, safewasm_table_size(a), wanted, |out: u64| out);
    }

    pub fn table_type(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Table, "table");
        let wanted = of.map(|t| {
            let table = &self.tables[t];
            table_parts(table.elements.len() as u64, table.max, table.ty)
        });
        answer!(self, safewasm_table_type(a), wanted, |out: safewasm_tabletype_t| {
            parts_of_table(out)
        });
    }

    pub fn table_get(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked_in(sel, Kind::Table, "table");
        let want = of.and_then(|t| {
            let element = at(&self.tables[t].elements, n);
            element.or_else(|_| refuse(ErrorKind::OUT_OF_BOUNDS, "index"))
        });
        let out = self
            .ask("safewasm_table_get", want, |out| unsafe { safewasm_table_get(a.ptr(), n, out) });
        self.take_value("an element", a, out);
    }

    pub fn global_type(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Global, "global");
        answer!(
            self,
            safewasm_global_type(a),
            of.map(|g| (self.globals[g].ty.raw(), self.globals[g].is_mutable)),
            |out: safewasm_globaltype_t| (out.content, out.is_mutable.get())
        );
    }

    pub fn global_get(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_in(sel, Kind::Global, "global");
        let out = self
            .ask("safewasm_global_get", want, |out| unsafe { safewasm_global_get(a.ptr(), out) });
        let Some((out, of)) = out else { return };
        let global = &mut self.globals[of];
        // After a race only the library knows the value.
        if global.is_open {
            global.val = Val::Number(I32, counting(&out));
            global.is_open = false;
        }
        let wanted = global.val;
        self.take_value("a global", a, Some((out, wanted)));
    }
}
