//! Instances: what they need, and what they are.

use crate::model::*;
use crate::modules::{IMPORTER, MODULES, PLAIN, REACTOR};
use crate::ops::{Script, Sel};
use crate::values::number;
use crate::world::{Arg, World};
use safewasm::error::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm::external::{safewasm_extern_t, safewasm_externhandle_t};
use safewasm_capi::*;

impl World {
    /// Whether an object is what an import wants.
    pub fn fits(&self, wanted: Item, kind: Kind, of: usize) -> bool {
        match (wanted, kind) {
            (Item::Func(sig), Kind::Func) => self.funcs[of].sig == sig,
            (Item::Memory(min, _), Kind::Memory) => self.memories[of].size >= min,
            (Item::Table(min, _, ty), Kind::Table) => {
                self.tables[of].ty == ty && self.tables[of].elements.len() as u64 >= min
            }
            (Item::Global(ty, is_mutable), Kind::Global) => {
                self.globals[of].ty == ty && self.globals[of].is_mutable == is_mutable
            }
            (Item::Tag(sig), Kind::Tag) => self.tags[of] == sig,
            (Item::Shared(min, max), Kind::SharedMemory) => {
                let memory = &self.shareds[of].memory;
                memory.size >= min && memory.max.is_some_and(|most| most <= max)
            }
            _ => false,
        }
    }

    /// Whether the store has room for an instance.
    pub fn room(&self, store: usize, module: usize) -> Want {
        let (store, index) = (&self.stores[store], self.modules[module].1);
        if store.instances.0 >= store.instances.1 {
            return refuse(ErrorKind::LIMIT, "");
        }
        if index == PLAIN && (store.tight || store.elements.0 + 2 > store.elements.1) {
            return refuse(ErrorKind::LIMIT, "");
        }
        Ok(())
    }

    /// Takes a new instance into the model.
    pub fn add_instance(&mut self, store: usize, module: usize, imports: &[usize]) -> usize {
        let index = self.modules[module].1;
        self.stores[store].instances.0 += 1;
        let first = [self.memories.len(), self.tables.len(), self.globals.len(), self.tags.len()];
        let [mut memory, mut table, mut global, mut tag] = first;
        if index == PLAIN {
            self.stores[store].elements.0 += 2;
            self.memories.push(Memory { size: 1, max: Some(3), bytes: Default::default() });
            self.tables.push(Table { ty: Ty::Func, elements: vec![Val::Null(7); 2], max: Some(8) });
            self.tags.push(SIGS[2]);
        }
        if index == PLAIN || index == REACTOR {
            let val = Val::Number(1, number(1, if index == PLAIN { 7 } else { 0 }));
            self.globals.push(Global { ty: Ty::I32, is_mutable: true, val, is_open: false });
        }
        if index == IMPORTER {
            [memory, table, global, tag] = [imports[0], imports[1], imports[2], imports[3]];
        }
        let exports = MODULES[index]
            .exports
            .iter()
            .map(|&(name, item)| match item {
                Item::Func(sig) => {
                    let does = match name {
                        "divide" => Does::Divide,
                        "trap" => Does::Trap,
                        "throw" => Does::Throw(tag),
                        "echo" => Does::Echo,
                        "grow" => Does::Grow(memory),
                        "bump" => Does::Bump(global),
                        "via" => Does::Via(imports[0]),
                        "catch" => Does::Catch(imports[0]),
                        _ => Does::AddOne,
                    };
                    self.funcs.push(Func { sig, does, is_vague: false });
                    (name, Kind::Func, self.funcs.len() - 1)
                }
                Item::Memory(..) => (name, Kind::Memory, memory),
                Item::Table(..) => (name, Kind::Table, table),
                Item::Global(..) => (name, Kind::Global, global),
                Item::Tag(_) => (name, Kind::Tag, tag),
                Item::Shared(..) => (name, Kind::SharedMemory, imports[0]),
            })
            .collect();
        self.instances.push(Instance { module, exports });
        self.instances.len() - 1
    }

    pub fn instantiate(&mut self, store: Sel, module: Sel, sels: [Sel; 4], n: u8, script: &Script) {
        let store = self.pick(store, Kind::Store);
        let near = store
            .id
            .filter(|id| self.handles[*id].kind == Kind::Store)
            .map(|id| self.handles[id].of);
        let engine = near.map(|store| self.stores[store].engine);
        let module =
            self.pick_where(module, Kind::Module, |h| Some(self.modules[h.of].0) == engine);
        let of = self.need(module, Kind::Module, "module");
        let wanted = of.as_ref().map_or(&[][..], |&of| self.module(of).imports);
        let len = if n == 7 { wanted.len().saturating_sub(1) } else { wanted.len() };
        let args: Vec<(Kind, Item, Arg)> = wanted
            .iter()
            .zip(sels)
            .take(len)
            .map(|(&(_, item), sel)| {
                let kind = EXTERNS[item.kind() as usize - 1];
                let fits = |h: &Handle| {
                    (h.store == near || kind == Kind::SharedMemory) && self.fits(item, kind, h.of)
                };
                (kind, item, self.pick_where(sel, kind, fits))
            })
            .collect();
        let raw: Vec<_> = args
            .iter()
            .map(|(_, item, arg)| safewasm_extern_t {
                kind: item.kind(),
                of: safewasm_externhandle_t { func: arg.ptr() },
            })
            .collect();
        let place = |index: usize, kind| format!("imports[{index}].of.{}", member(kind));
        let want = of.and_then(|of| {
            let mut imports = Vec::new();
            for (index, (kind, _, arg)) in args.iter().enumerate() {
                imports.push(self.need(*arg, *kind, &place(index, *kind))?);
            }
            let store = self.enter(store, Kind::Store, "store")?;
            if self.modules[of].0 != self.stores[store].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "module");
            }
            if len < wanted.len() {
                return refuse(ErrorKind::LINK, wanted[len].0);
            }
            for (index, (kind, _, arg)) in args.iter().enumerate() {
                if *kind == Kind::SharedMemory {
                    if self.shareds[imports[index]].engine != self.modules[of].0 {
                        return refuse(ErrorKind::WRONG_ENGINE, place(index, *kind));
                    }
                } else if self.store_of(*arg) != store {
                    return refuse(ErrorKind::WRONG_STORE, place(index, *kind));
                }
            }
            let (used, most) = self.stores[store].instances;
            if used >= most {
                return refuse(ErrorKind::LIMIT, "");
            }
            for (index, (kind, item, _)) in args.iter().enumerate() {
                if !self.fits(*item, *kind, imports[index]) {
                    return refuse(ErrorKind::LINK, wanted[index].0);
                }
            }
            self.room(store, of)?;
            Ok((store, of, imports))
        });
        self.make_instance("safewasm_instance_new", want, script, |out| unsafe {
            safewasm_instance_new(store.ptr(), module.ptr(), raw.as_ptr(), raw.len(), out)
        });
    }

    /// Begins to make an instance, whose start function calls its first import.
    pub fn begin_start(
        &mut self,
        store: usize,
        module: usize,
        imports: &[usize],
        script: &Script,
    ) -> Want {
        let first = imports.first().filter(|_| self.module(module).starts);
        let instance = first.and_then(|&func| self.calling(func));
        let before = self.begin(store, script);
        if let Some(pending) = self.pending.last_mut() {
            pending.instance = instance;
        }
        before
    }

    /// Makes an instance, whose start function may call back.
    pub fn make_instance(
        &mut self,
        name: &str,
        want: Want<(usize, usize, Vec<usize>)>,
        script: &Script,
        call: impl FnOnce(*mut *mut safewasm::instance::safewasm_instance_t) -> *mut safewasm_error_t,
    ) {
        let before = match &want {
            Ok((store, module, imports)) => self.begin_start(*store, *module, imports, script),
            Err(_) => Ok(()),
        };
        let mut made = None;
        let out = self.call(name, call, |world| {
            let (store, module, imports) = want?;
            let done = world.pending.pop().unwrap_or_default();
            let instance = world.add_instance(store, module, &imports);
            if world.module(module).starts {
                world.charged(store, before.clone())?;
                world.outcome(imports[0], 3, store, &before, &done)?;
                if world.stores[store].deleted {
                    return Ok(());
                }
            }
            made = Some((instance, store));
            Ok(())
        });
        if let (Some(out), Some((instance, store)), true) = (out, made, self.wrong.is_none()) {
            self.add(Kind::Instance, out, Some(store), instance);
        }
    }
}
