//! Tables are grown, and their elements set and copied.

use crate::change::range;
use crate::model::*;
use crate::ops::{Sel, Value};
use crate::values::Given;
use crate::world::{Arg, World};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::*;
use std::ops::Range;

/// Elements of a table that get a value.
struct Elements {
    table: usize,
    range: Range<u64>,
    val: Val,
}

impl World {
    pub fn set_element(&mut self, sel: Sel, index: u64, value: Value) {
        let (table, given) = self.table_and_value(sel, value);
        let want = self.elements(table, given, "value", |_, size| range(index, 1, size, "index"));
        let set = self.tell("safewasm_table_set", want, || unsafe {
            safewasm_table_set(table.ptr(), index, &given.raw)
        });
        self.fill(set);
    }

    pub fn fill_table(&mut self, sel: Sel, start: u64, len: u64, value: Value) {
        let (table, given) = self.table_and_value(sel, value);
        let want = self.elements(table, given, "value", |_, size| range(start, len, size, "start"));
        let filled = self.tell("safewasm_table_fill", want, || unsafe {
            safewasm_table_fill(table.ptr(), start, len, &given.raw)
        });
        self.fill(filled);
    }

    pub fn grow_table(&mut self, sel: Sel, len: u64, value: Value) {
        let (table, given) = self.table_and_value(sel, value);
        let want = self.elements(table, given, "initial", |max, size| {
            let (used, most) = self.stores[self.store_of(table)].elements;
            let fits = size.checked_add(len).is_some_and(|len| max.is_none_or(|max| len <= max));
            let may = len == 0 || used.checked_add(len).is_some_and(|used| used <= most);
            if fits && may { Ok(size..size + len) } else { refuse(ErrorKind::LIMIT, "table") }
        });
        let grown = self.ask("safewasm_table_grow", want, |out| unsafe {
            safewasm_table_grow(table.ptr(), len, &given.raw, out)
        });
        if let Some((before, elements)) = grown {
            self.same("size before", before, elements.range.start);
            self.tables[elements.table].elements.resize(elements.range.end as usize, Val::NONE);
            let store = self.store_of(table);
            self.stores[store].elements.0 += len;
            self.fill(Some(elements));
        }
    }

    fn table_and_value(&self, sel: Sel, value: Value) -> (Arg, Given) {
        let table = self.pick(sel, Kind::Table);
        let of = self.enter(table, Kind::Table, "table");
        (table, self.give(value, of.is_ok().then(|| self.store_of(table))))
    }

    /// The elements that a call sets. `range` is given the greatest and the present size of the table.
    fn elements(
        &self,
        arg: Arg,
        given: Given,
        name: &str,
        range: impl FnOnce(Option<u64>, u64) -> Want<Range<u64>>,
    ) -> Want<Elements> {
        let of = self.enter(arg, Kind::Table, "table")?;
        let table = &self.tables[of];
        let val = self.accept(given, table.ty, self.store_of(arg), name)?;
        let range = range(table.max, table.elements.len() as u64)?;
        Ok(Elements { table: of, range, val })
    }

    fn fill(&mut self, elements: Option<Elements>) {
        let Some(Elements { table, range, val }) = elements else { return };
        self.tables[table].elements[range.start as usize..range.end as usize].fill(val);
    }

    pub fn copy_table(&mut self, a: Sel, b: Sel, [x, y, len]: [u64; 3]) {
        let to = self.pick(a, Kind::Table);
        let store = to.id.and_then(|id| self.handles[id].store);
        let from = self.pick_where(b, Kind::Table, |handle| handle.store == store);
        let want = self.need(from, Kind::Table, "from").and_then(|other| {
            let of = self.enter(to, Kind::Table, "table")?;
            if self.store_of(to) != self.store_of(from) {
                return refuse(ErrorKind::WRONG_STORE, "from");
            }
            let (table, other) = (&self.tables[of], &self.tables[other]);
            let to = range(x, len, table.elements.len() as u64, "start")?;
            let from = range(y, len, other.elements.len() as u64, "from_start")?;
            if table.ty != other.ty {
                return refuse(ErrorKind::TYPE_MISMATCH, "from");
            }
            Ok((of, to, other.elements[from.start as usize..from.end as usize].to_vec()))
        });
        let copied = self.tell("safewasm_table_copy", want, || unsafe {
            safewasm_table_copy(to.ptr(), x, from.ptr(), y, len)
        });
        if let Some((of, to, elements)) = copied {
            self.tables[of].elements[to.start as usize..to.end as usize].copy_from_slice(&elements);
        }
    }
}
