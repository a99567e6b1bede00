//! Functions, memories, tables, globals and tags.

use crate::call::{slots_callback, values_callback};
use crate::model::*;
use crate::ops::{Sel, Value};
use crate::world::{Arg, World, finalize};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::{safewasm_globaltype_t, safewasm_memorytype_t, safewasm_tabletype_t};
use safewasm_capi::*;

impl World {
    /// The store and signature of an object with a function type, which must be of the store's engine.
    fn typed(&self, store: Arg, functype: Arg) -> Want<(usize, Sig)> {
        let ty = self.need(functype, Kind::FuncType, "functype")?;
        let store = self.enter(store, Kind::Store, "store")?;
        let (engine, sig) = self.functypes[ty];
        if engine != self.stores[store].engine {
            return refuse(ErrorKind::WRONG_ENGINE, "functype");
        }
        Ok((store, sig))
    }

    pub fn new_func(&mut self, store: Arg, functype: Arg, slots: bool) {
        let want = self.typed(store, functype).and_then(|(store, sig)| {
            if slots && has_references(sig) {
                refuse(ErrorKind::UNSUPPORTED, "functype")
            } else {
                Ok((store, sig))
            }
        });
        let env = self.env(want.as_ref().map_or(Owner::Nobody, |of| Owner::Func(of.0)));
        let data = std::ptr::without_provenance_mut(env);
        let (store, functype) = (store.ptr(), functype.ptr());
        let made = self.ask("safewasm_func_new", want, |out| unsafe {
            let finalize = Some(finalize as _);
            if slots {
                let callback = Some(slots_callback as _);
                safewasm_func_new_slots(store, functype, callback, data, finalize, out)
            } else {
                let callback = Some(values_callback as _);
                safewasm_func_new(store, functype, callback, data, finalize, out)
            }
        });
        let Some((made, (store, sig))) = made else { return };
        let of = self.add_func(sig, Does::Host, false);
        self.add(Kind::Func, made, Some(store), of);
    }

    /// Adds a function to the model.
    pub fn add_func(&mut self, sig: Sig, does: Does, is_vague: bool) -> usize {
        self.funcs.push(Func { sig, does, is_vague });
        self.funcs.len() - 1
    }

    /// The type of a new memory, and its least and greatest size, or the error that the type causes. `flip`
    /// makes it a shared memory where an unshared one is wanted, or the other way round.
    fn new_memory_type(
        n: u64,
        is_shared: bool,
        flip: bool,
    ) -> (safewasm_memorytype_t, Want<(u64, Option<u64>)>) {
        let (min, max) = (n % 4, n / 4);
        let has_max = is_shared || !n.is_multiple_of(3);
        let (min, max) = if n > 100 { (n, n) } else { (min, min.max(max % 5)) };
        let ty = safewasm_memorytype_t {
            min,
            max,
            page_size: 0,
            has_max: has_max.into(),
            is_64: false.into(),
            is_shared: (is_shared != flip).into(),
        };
        let want = if min > 0x1_0000 || flip {
            refuse(ErrorKind::INVALID_ARGUMENT, "")
        } else {
            Ok((min, has_max.then_some(max)))
        };
        (ty, want)
    }

    pub fn new_memory(&mut self, store: Arg, n: u64, flip: bool) {
        // Whether the machine has room for such memories is unknown.
        if n > 100 && n <= 0x1_0000 {
            return;
        }
        let (ty, want) = Self::new_memory_type(n, false, flip);
        let want = want.and_then(|(min, max)| {
            let store = self.enter(store, Kind::Store, "store")?;
            let is_full = min > 0 && self.stores[store].tight || min > 8;
            if is_full { refuse(ErrorKind::LIMIT, "") } else { Ok((store, min, max)) }
        });
        let made = self.ask("safewasm_memory_new", want, |out| unsafe {
            safewasm_memory_new(store.ptr(), &ty, out)
        });
        if let Some((made, (store, size, max))) = made {
            self.memories.push(Memory { size, max, bytes: Default::default() });
            self.add(Kind::Memory, made, Some(store), self.memories.len() - 1);
        }
    }

    pub fn new_sharedmemory(&mut self, engine: Arg, n: u64, flip: bool) {
        let (ty, size) = Self::new_memory_type(n, true, flip);
        let want = self.need(engine, Kind::Engine, "engine").and_then(|engine| {
            let (size, max) = size?;
            if !self.engines[engine].features.shared {
                return refuse(ErrorKind::UNSUPPORTED, "engine");
            }
            Ok((engine, size, max))
        });
        let made = self.ask("safewasm_sharedmemory_new", want, |out| unsafe {
            safewasm_sharedmemory_new(engine.ptr(), &ty, out)
        });
        if let Some((made, (engine, size, max))) = made {
            let memory = Memory { size, max, bytes: Default::default() };
            self.shareds.push(Shared { engine, memory });
            self.add(Kind::SharedMemory, made, None, self.shareds.len() - 1);
        }
    }

    pub fn new_table(&mut self, store: Arg, n: u64, value: Value) {
        let (len, max, ty) = (n % 4, 4 + n % 5, [Ty::Func, Ty::Extern, Ty::Any][n as usize % 3]);
        let given = self.give(value, self.object(store, Kind::Store));
        let raw = safewasm_tabletype_t {
            min: len,
            max,
            has_max: true.into(),
            is_64: false.into(),
            element: ty.raw(),
        };
        let want = self.enter(store, Kind::Store, "store").and_then(|store| {
            let val = self.accept(given, ty, store, "initial")?;
            let (used, most) = self.stores[store].elements;
            let is_full = len > 0 && used + len > most;
            if is_full { refuse(ErrorKind::LIMIT, "") } else { Ok((store, val)) }
        });
        let made = self.ask("safewasm_table_new", want, |out| unsafe {
            safewasm_table_new(store.ptr(), &raw, &given.raw, out)
        });
        if let Some((made, (store, val))) = made {
            self.stores[store].elements.0 += len;
            self.tables.push(Table { ty, elements: vec![val; len as usize], max: Some(max) });
            self.add(Kind::Table, made, Some(store), self.tables.len() - 1);
        }
    }

    /// Creates a global of a type that fits the value's kind, or of any type if there is no such kind.
    pub fn new_global(&mut self, store: Arg, n: u64, value: Value) {
        let fitting: Vec<_> = Ty::ALL.into_iter().filter(|ty| ty.kind() == value.kind.0).collect();
        let ty = fitting
            .get(n as usize % 3 % fitting.len().max(1))
            .copied()
            .unwrap_or(Ty::ALL[n as usize % Ty::ALL.len()]);
        let given = self.give(value, self.object(store, Kind::Store));
        let is_mutable = n % 4 != 3;
        let raw = safewasm_globaltype_t { content: ty.raw(), is_mutable: is_mutable.into() };
        let want = self
            .enter(store, Kind::Store, "store")
            .and_then(|store| Ok((store, self.accept(given, ty, store, "initial")?)));
        let made = self.ask("safewasm_global_new", want, |out| unsafe {
            safewasm_global_new(store.ptr(), &raw, &given.raw, out)
        });
        if let Some((made, (store, val))) = made {
            self.globals.push(Global { ty, is_mutable, val, is_open: false });
            self.add(Kind::Global, made, Some(store), self.globals.len() - 1);
        }
    }

    pub fn new_tag(&mut self, store: Arg, functype: Sel) {
        let without_results = |h: &Handle| self.functypes[h.of].1.1.is_empty();
        let functype = self.pick_where(functype, Kind::FuncType, without_results);
        let want = self.typed(store, functype).and_then(|(store, sig)| {
            if sig.1.is_empty() {
                Ok((store, sig))
            } else {
                refuse(ErrorKind::TYPE_MISMATCH, "functype")
            }
        });
        let made = self.ask("safewasm_tag_new", want, |out| unsafe {
            safewasm_tag_new(store.ptr(), functype.ptr(), out)
        });
        if let Some((made, (store, sig))) = made {
            self.tags.push(sig);
            self.add(Kind::Tag, made, Some(store), self.tags.len() - 1);
        }
    }
}
