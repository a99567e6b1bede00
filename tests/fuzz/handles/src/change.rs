//! Memories, tables and globals are changed, and objects compared.

use crate::model::*;
use crate::ops::{Num, Op, Sel, Value};
use crate::world::World;
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::external::{safewasm_extern_t, safewasm_externhandle_t};
use safewasm_capi::*;

/// The first and the last of a range, if it lies within.
fn range(first: u64, len: u64, size: u64, name: &str) -> Want<std::ops::Range<u64>> {
    match first.checked_add(len) {
        Some(end) if end <= size => Ok(first..end),
        _ => refuse(ErrorKind::OUT_OF_BOUNDS, name),
    }
}

impl World {
    pub fn execute(&mut self, op: &Op) {
        match op {
            Op::Delete(kind, sel) => {
                let kind = KINDS[usize::from(*kind) % 19];
                // Stores not so often: most of what there is goes with them.
                if !matches!(kind, Kind::Store | Kind::Engine) || sel.index % 3 == 0 {
                    let arg = self.pick(*sel, kind);
                    self.delete(kind, arg);
                }
            }
            Op::DeleteExtern(kind, sel) => {
                let place = usize::from(*kind) % EXTERNS.len();
                let arg = self.pick(*sel, EXTERNS[place]);
                let of = safewasm_externhandle_t { func: arg.ptr() };
                let mut item = safewasm_extern_t { kind: place as u32 + 1, of };
                // SAFETY: it is one, and the handle may be any.
                unsafe { safewasm_extern_delete(&mut item) };
                // SAFETY: every member is a pointer.
                let left = unsafe { item.of.func };
                self.same("a deleted extern", (item.kind, left.addr()), (0, 0));
                if let Some(id) = arg.id.filter(|&id| EXTERNS.contains(&self.handles[id].kind)) {
                    self.forget(id);
                }
            }
            Op::New(what, a, b, n, value) => self.create(*what, *a, *b, *n, *value),
            Op::SetConfig(what, sel, n) => self.set_config(*what, *sel, n.0),
            Op::SetStore(what, sel, n) => self.set_store(*what, *sel, n.0),
            Op::Ask(what, sel, n) => self.query(*what, *sel, n.0),
            Op::Change(what, sel, a, b, value) => self.change(*what, *sel, *a, *b, *value),
            Op::CopyTable(a, b, x, y, len) => self.copy(*a, *b, [x.0, y.0, len.0]),
            Op::Same(what, a, b) => self.compare(*what, *a, *b),
            Op::Instantiate(store, module, imports, n, script) => {
                self.instantiate(*store, *module, *imports, *n, script);
            }
            Op::Link(what, a, b, c, x, y) => self.link(*what, [*a, *b, *c], *x, *y),
            Op::LinkInstance(what, a, b, c, script) => {
                self.link_instance(*what, [*a, *b, *c], script)
            }
            Op::Call(func, slots, value, script) => self.call_func(*func, *slots, *value, script),
            Op::Elsewhere(steps) => self.elsewhere(steps),
            Op::Race(lists) => self.race(lists),
        }
    }

    fn elsewhere(&mut self, steps: &[crate::ops::Step]) {
        let thread = self.thread;
        self.threads += 1;
        self.thread = self.threads;
        std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(16 << 20);
            let done = builder.spawn_scoped(scope, || self.run(steps)).map(|thread| thread.join());
            assert!(matches!(done, Ok(Ok(()))), "a thread runs and ends");
        });
        self.thread = thread;
    }

    fn change(&mut self, what: u8, sel: Sel, a: Num, b: Num, value: Value) {
        match what {
            0 => {
                let arg = self.pick(sel, Kind::Memory);
                let want = self.enter(arg, Kind::Memory, "memory").and_then(|of| {
                    let (memory, tight) =
                        (&self.memories[of], self.stores[self.store_of(arg)].tight);
                    let most = memory.max.unwrap_or(0x1_0000);
                    let size = memory.size.checked_add(a.0).filter(|&size| size <= most);
                    match size {
                        Some(size) if a.0 == 0 || !tight => Ok((of, size)),
                        _ => refuse(ErrorKind::LIMIT, "memory"),
                    }
                });
                // What only the machine's size decides is not asked.
                if want.as_ref().is_ok_and(|(_, size)| *size > 64) {
                    return;
                }
                let empty = want.clone().map(|_| ());
                let out = self.ask::<u64>("safewasm_memory_grow", &empty, |out| unsafe {
                    safewasm_memory_grow(arg.ptr(), a.0, out)
                });
                if let (Some(out), Ok((of, size))) = (out, want) {
                    let before = std::mem::replace(&mut self.memories[of].size, size);
                    self.same("size before", out, before);
                }
            }
            1 | 2 => {
                let arg = self.pick(sel, Kind::Memory);
                let of = self.enter(arg, Kind::Memory, "memory");
                let want = of.and_then(|of| {
                    Ok((of, range(a.0, b.0, self.memories[of].size << 16, "address")?))
                });
                self.access(
                    "safewasm_memory",
                    what == 1,
                    b.0,
                    value,
                    want,
                    |world, of| &mut world.memories[of],
                    |data, len, write| unsafe {
                        if write {
                            safewasm_memory_write(arg.ptr(), a.0, data, len)
                        } else {
                            safewasm_memory_read(arg.ptr(), a.0, data, len)
                        }
                    },
                );
            }
            3 => {
                let arg = self.pick(sel, Kind::SharedMemory);
                let want = self.need(arg, Kind::SharedMemory, "sharedmemory").and_then(|of| {
                    let memory = &self.shareds[of].memory;
                    let size = memory
                        .size
                        .checked_add(a.0)
                        .filter(|&size| memory.max.is_some_and(|max| size <= max));
                    size.map_or_else(
                        || refuse(ErrorKind::LIMIT, "sharedmemory"),
                        |size| Ok((of, size)),
                    )
                });
                if want.as_ref().is_ok_and(|(_, size)| *size > 64) {
                    return;
                }
                let empty = want.clone().map(|_| ());
                let out = self.ask::<u64>("safewasm_sharedmemory_grow", &empty, |out| unsafe {
                    safewasm_sharedmemory_grow(arg.ptr(), a.0, out)
                });
                if let (Some(out), Ok((of, size))) = (out, want) {
                    let before = std::mem::replace(&mut self.shareds[of].memory.size, size);
                    self.same("size before", out, before);
                }
            }
            4 => {
                let arg = self.pick(sel, Kind::SharedMemory);
                let of = self.need(arg, Kind::SharedMemory, "sharedmemory");
                let want = of.and_then(|of| {
                    Ok((of, range(a.0, b.0, self.shareds[of].memory.size << 16, "address")?))
                });
                self.access(
                    "safewasm_sharedmemory",
                    value.null,
                    b.0,
                    value,
                    want,
                    |world, of| &mut world.shareds[of].memory,
                    |data, len, write| unsafe {
                        if write {
                            safewasm_sharedmemory_write(arg.ptr(), a.0, data, len)
                        } else {
                            safewasm_sharedmemory_read(arg.ptr(), a.0, data, len)
                        }
                    },
                );
            }
            5..=7 => self.change_table(what, sel, a, b, value),
            _ => {
                let arg = self.pick(sel, Kind::Global);
                let of = self.enter(arg, Kind::Global, "global");
                let store = of.is_ok().then(|| self.store_of(arg));
                let given = self.give(value, store);
                let want = of.and_then(|of| {
                    if !self.globals[of].is_mutable {
                        return refuse(ErrorKind::TYPE_MISMATCH, "global");
                    }
                    Ok((of, self.accept(given, self.globals[of].ty, store.unwrap_or(0), "value")?))
                });
                let empty = want.clone().map(|_| ());
                let done = self.tell("safewasm_global_set", &empty, || unsafe {
                    safewasm_global_set(arg.ptr(), &given.raw)
                });
                if let (true, Ok((of, val))) = (done, want) {
                    self.globals[of].val = val;
                    self.globals[of].is_open = false;
                }
            }
        }
    }

    /// Reads or writes some bytes.
    #[allow(clippy::too_many_arguments, reason = "for memories of two kinds")]
    fn access(
        &mut self,
        name: &str,
        write: bool,
        len: u64,
        value: Value,
        want: Want<(usize, std::ops::Range<u64>)>,
        memory: impl Fn(&mut Self, usize) -> &mut Memory,
        call: impl FnOnce(*mut u8, usize, bool) -> *mut safewasm::error::safewasm_error_t,
    ) {
        // A length that no object has is passed where it is refused for another reason.
        if len > 0x1_0000 {
            return;
        }
        let byte = value.number as u8;
        let mut data = vec![byte; len as usize];
        let empty = want.clone().map(|_| ());
        let done = self.tell(name, &empty, || call(data.as_mut_ptr(), data.len(), write));
        if let (true, Ok((of, range))) = (done, want) {
            for (address, found) in range.zip(data) {
                if write {
                    memory(self, of).bytes.insert(address, byte);
                } else {
                    let wanted = memory(self, of).bytes.get(&address).copied().unwrap_or(0);
                    self.same("a byte", found, wanted);
                }
            }
        } else if !write {
            self.check(data.iter().all(|&other| other == byte), || {
                format!("{name}: written on failure")
            });
        }
    }

    fn change_table(&mut self, what: u8, sel: Sel, a: Num, b: Num, value: Value) {
        let arg = self.pick(sel, Kind::Table);
        let of = self.enter(arg, Kind::Table, "table");
        let store = of.is_ok().then(|| self.store_of(arg));
        let given = self.give(value, store);
        let name = if what == 6 { "initial" } else { "value" };
        let want = of.and_then(|of| {
            let table = &self.tables[of];
            let (ty, size) = (table.ty, table.elements.len() as u64);
            let store = store.unwrap_or(0);
            let val = self.accept(given, ty, store, name)?;
            let range = match what {
                5 => range(a.0, 1, size, "index")?,
                7 => range(a.0, b.0, size, "start")?,
                _ => {
                    let (used, most) = self.stores[store].elements;
                    let fits = size
                        .checked_add(a.0)
                        .is_some_and(|len| table.max.is_none_or(|max| len <= max));
                    let may = a.0 == 0 || used.checked_add(a.0).is_some_and(|used| used <= most);
                    if !fits || !may {
                        return refuse(ErrorKind::LIMIT, "table");
                    }
                    size..size + a.0
                }
            };
            Ok((of, val, range))
        });
        let empty = want.clone().map(|_| ());
        let done = if what == 6 {
            let out = self.ask::<u64>("safewasm_table_grow", &empty, |out| unsafe {
                safewasm_table_grow(arg.ptr(), a.0, &given.raw, out)
            });
            if let (Some(out), Ok((of, _, range))) = (out, &want) {
                self.same("size before", out, range.start);
                self.tables[*of].elements.resize(range.end as usize, Val::Null(0));
                self.stores[store.unwrap_or(0)].elements.0 += a.0;
            }
            out.is_some()
        } else {
            self.tell("safewasm_table_set or _fill", &empty, || unsafe {
                if what == 5 {
                    safewasm_table_set(arg.ptr(), a.0, &given.raw)
                } else {
                    safewasm_table_fill(arg.ptr(), a.0, b.0, &given.raw)
                }
            })
        };
        if let (true, Ok((of, val, range))) = (done, want) {
            self.tables[of].elements[range.start as usize..range.end as usize].fill(val);
        }
    }

    fn copy(&mut self, a: Sel, b: Sel, [x, y, len]: [u64; 3]) {
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
        let empty = want.as_ref().map(|_| ()).map_err(Clone::clone);
        let done = self.tell("safewasm_table_copy", &empty, || unsafe {
            safewasm_table_copy(to.ptr(), x, from.ptr(), y, len)
        });
        if let (true, Ok((of, to, elements))) = (done, want) {
            self.tables[of].elements[to.start as usize..to.end as usize].copy_from_slice(&elements);
        }
    }

    fn compare(&mut self, what: u8, a: Sel, b: Sel) {
        let (kind, name) = [(Kind::Func, "func"), (Kind::Tag, "tag"), (Kind::Ref, "reference")]
            [usize::from(what) % 3];
        let one = self.pick(a, kind);
        let store = one.id.and_then(|id| self.handles[id].store);
        let other = self.pick_where(b, kind, |handle| handle.store == store);
        let want = self.need(other, kind, "other").and_then(|other_of| {
            let of = self.enter(one, kind, name)?;
            if self.store_of(one) != self.store_of(other) {
                return refuse(ErrorKind::WRONG_STORE, "other");
            }
            Ok((of, other_of))
        });
        let empty = want.clone().map(|_| ());
        let out = self.ask::<u32>("same", &empty, |out| unsafe {
            match kind {
                Kind::Func => safewasm_func_same(one.ptr(), other.ptr(), out),
                Kind::Tag => safewasm_tag_same(one.ptr(), other.ptr(), out),
                _ => safewasm_ref_same(one.ptr(), other.ptr(), out),
            }
        });
        let (Some(out), Ok((of, other))) = (out, want) else { return };
        let is_vague =
            kind == Kind::Func && (self.funcs[of].is_vague || self.funcs[other].is_vague);
        let is_same = match (kind, self.refs.get(of), self.refs.get(other)) {
            // Such an integer is itself.
            (Kind::Ref, Some((_, Ref::I31(x))), Some((_, Ref::I31(y)))) => x == y,
            _ => of == other,
        };
        self.check(out <= 1 && (is_vague || (out == 1) == is_same), || {
            format!("same {name}: {out}, not {is_same}")
        });
    }
}
