//! Instances: the imports that they need, and the objects that they make.

use crate::model::*;
use crate::modules::{IMPORTER, MODULES, PLAIN, REACTOR};
use crate::ops::{Instantiate, Script, Sel};
use crate::world::{Arg, World};
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm::abi::{safewasm_extern_t, safewasm_externhandle_t};
use safewasm_capi::*;

/// An import that is passed: the type that the module wants, and a handle.
struct Import {
    name: &'static str,
    item: Item,
    arg: Arg,
}

impl Import {
    fn kind(&self) -> Kind {
        self.item.kind()
    }

    /// Its name in messages about the handle.
    fn place(&self, index: usize) -> String {
        format!("imports[{index}].of.{}", ExternKind::of(self.kind()).member)
    }

    fn raw(&self) -> safewasm_extern_t {
        let of = safewasm_externhandle_t { func: self.arg.ptr() };
        safewasm_extern_t { kind: ExternKind::of(self.kind()).number, of }
    }
}

impl World {
    /// Whether an object has the type that an import wants.
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

    /// The error for a store whose limits leave no room for an instance.
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

    /// Adds an instance and the objects that it makes to the model.
    pub fn add_instance(&mut self, store: usize, module: usize, imports: &[usize]) -> usize {
        let index = self.modules[module].1;
        self.stores[store].instances.0 += 1;
        let first = [self.memories.len(), self.tables.len(), self.globals.len(), self.tags.len()];
        let [mut memory, mut table, mut global, mut tag] = first;
        if index == PLAIN {
            self.stores[store].elements.0 += 2;
            self.memories.push(Memory { size: 1, max: Some(3), bytes: Default::default() });
            self.tables.push(Table {
                ty: Ty::Func,
                elements: vec![Val::Null(FUNC); 2],
                max: Some(8),
            });
            self.tags.push(TAG);
        }
        if index == PLAIN || index == REACTOR {
            let val = Val::of_i32(if index == PLAIN { 7 } else { 0 });
            self.globals.push(Global { ty: Ty::I32, is_mutable: true, val, is_open: false });
        }
        if index == IMPORTER {
            [memory, table, global, tag] = [imports[0], imports[1], imports[2], imports[3]];
        }
        let export = |world: &mut Self, name, item| match item {
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
                world.add_func(sig, does, false)
            }
            Item::Memory(..) => memory,
            Item::Table(..) => table,
            Item::Global(..) => global,
            Item::Tag(_) => tag,
            Item::Shared(..) => imports[0],
        };
        let exports = MODULES[index].exports.iter();
        let exports =
            exports.map(|&(name, item)| (name, item.kind(), export(self, name, item))).collect();
        self.instances.push(Instance { module, exports });
        self.instances.len() - 1
    }

    pub fn instantiate(&mut self, op: &Instantiate) {
        let store = self.pick(op.store, Kind::Store);
        let near = self.object(store, Kind::Store);
        let engine = near.map(|store| self.stores[store].engine);
        let module =
            self.pick_where(op.module, Kind::Module, |h| Some(self.modules[h.of].0) == engine);
        let of = self.need(module, Kind::Module, "module");
        let wanted = of.as_ref().map_or(&[][..], |&of| self.module(of).imports);
        let len = wanted.len().saturating_sub(usize::from(op.is_short));
        let imports: Vec<_> = wanted[..len]
            .iter()
            .zip(op.imports)
            .map(|(import, sel)| self.import(import, sel, near))
            .collect();
        let raw: Vec<_> = imports.iter().map(Import::raw).collect();
        let want = of.and_then(|of| self.instantiable(store, of, wanted, &imports));
        self.make_instance("safewasm_instance_new", want, &op.script, |out| unsafe {
            safewasm_instance_new(store.ptr(), module.ptr(), raw.as_ptr(), raw.len(), out)
        });
    }

    /// Chooses a handle for an import, preferably of an object of that store which fits.
    fn import(
        &self,
        &(name, item): &(&'static str, Item),
        sel: Sel,
        store: Option<usize>,
    ) -> Import {
        let kind = item.kind();
        let is_suitable = |h: &Handle| {
            (h.store == store || kind == Kind::SharedMemory) && self.fits(item, kind, h.of)
        };
        Import { name, item, arg: self.pick_where(sel, kind, is_suitable) }
    }

    /// The store, the module and the numbers of the imports, or the error that prevents an instance.
    fn instantiable(
        &self,
        store: Arg,
        module: usize,
        wanted: &[(&str, Item)],
        imports: &[Import],
    ) -> Want<(usize, usize, Vec<usize>)> {
        let mut objects = Vec::new();
        for (index, import) in imports.iter().enumerate() {
            objects.push(self.need(import.arg, import.kind(), &import.place(index))?);
        }
        let store = self.enter(store, Kind::Store, "store")?;
        if self.modules[module].0 != self.stores[store].engine {
            return refuse(ErrorKind::WRONG_ENGINE, "module");
        }
        if let Some((name, _)) = wanted.get(imports.len()) {
            return refuse(ErrorKind::LINK, *name);
        }
        for (index, import) in imports.iter().enumerate() {
            if import.kind() == Kind::SharedMemory {
                if self.shareds[objects[index]].engine != self.modules[module].0 {
                    return refuse(ErrorKind::WRONG_ENGINE, import.place(index));
                }
            } else if self.store_of(import.arg) != store {
                return refuse(ErrorKind::WRONG_STORE, import.place(index));
            }
        }
        let (used, most) = self.stores[store].instances;
        if used >= most {
            return refuse(ErrorKind::LIMIT, "");
        }
        for (import, &object) in imports.iter().zip(&objects) {
            if !self.fits(import.item, import.kind(), object) {
                return refuse(ErrorKind::LINK, import.name);
            }
        }
        self.room(store, module)?;
        Ok((store, module, objects))
    }

    /// Begins to make an instance. Returns the trap with which its start function ends at once, if it does.
    pub fn begin_start(
        &mut self,
        store: usize,
        module: usize,
        imports: &[usize],
        script: &Script,
    ) -> Want {
        let first = imports.first().filter(|_| self.module(module).starts);
        let instance = first.and_then(|&func| self.calling(func));
        self.begin(store, instance, script)
    }

    /// Calls a function that makes an instance of a module in a store with these imports.
    pub fn make_instance(
        &mut self,
        name: &str,
        want: Want<(usize, usize, Vec<usize>)>,
        script: &Script,
        call: impl FnOnce(*mut *mut safewasm_instance_t) -> *mut safewasm_error_t,
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
                let end = world.charged(store, before.clone());
                let end = end.and_then(|()| world.outcome(imports[0], 3, store, &before, &done));
                world.note_failure(store, &end);
                end?;
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
