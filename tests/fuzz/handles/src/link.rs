//! Linkers and pre-instantiations.

use crate::calls::{slots_callback, values_callback};
use crate::model::*;
use crate::modules::NAMESPACE;
use crate::ops::Sel;
use crate::values::number;
use crate::world::{Arg, World, finalize};
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::external::{safewasm_extern_t, safewasm_externhandle_t};
use safewasm_capi::*;

pub const NAMES: [&str; 8] = ["f", "memory", "table", "global", "tag", "shared", "f", "x"];

impl World {
    pub fn found(&self, linker: usize, module: &str, name: &str) -> Option<usize> {
        let definitions = &self.linkers[linker].definitions;
        definitions.iter().position(|known| known.module == module && known.name == name)
    }

    /// Whether a linker takes that name.
    pub fn may_define(&self, linker: usize, module: &str, name: &str) -> Want {
        if self.found(linker, module, name).is_some() && !self.linkers[linker].shadowing {
            return refuse(ErrorKind::INVALID_ARGUMENT, name);
        }
        Ok(())
    }

    pub fn is_of(&self, bound: Option<usize>, store: usize, name: &str) -> Want {
        if bound.is_some_and(|bound| bound != store) {
            refuse(ErrorKind::WRONG_STORE, name)
        } else {
            Ok(())
        }
    }

    pub fn note(&mut self, linker: usize, definition: Definition) {
        match self.found(linker, &definition.module, &definition.name) {
            Some(place) => {
                let place = &mut self.linkers[linker].definitions[place];
                let old = std::mem::replace(place, definition);
                self.release(&old);
            }
            None => self.linkers[linker].definitions.push(definition),
        }
    }

    /// The type that an object has now.
    pub fn type_now(&self, kind: Kind, of: usize) -> Item {
        match kind {
            Kind::Func => Item::Func(self.funcs[of].sig),
            Kind::Memory => Item::Memory(self.memories[of].size, self.memories[of].max),
            Kind::Table => Item::Table(
                self.tables[of].elements.len() as u64,
                self.tables[of].max,
                self.tables[of].ty,
            ),
            Kind::Global => Item::Global(self.globals[of].ty, self.globals[of].is_mutable),
            Kind::Tag => Item::Tag(self.tags[of]),
            _ => {
                Item::Shared(self.shareds[of].memory.size, self.shareds[of].memory.max.unwrap_or(0))
            }
        }
    }

    /// A linker and a store of its engine.
    pub fn linked(&self, linker: usize, store: Arg) -> Want<usize> {
        let store = self.enter(store, Kind::Store, "store")?;
        if self.stores[store].engine != self.linkers[linker].engine {
            return refuse(ErrorKind::WRONG_ENGINE, "linker");
        }
        Ok(store)
    }

    /// The imports of a module that a linker has, with a store or without.
    pub fn settle(
        &mut self,
        linker: usize,
        module: usize,
        store: Option<usize>,
    ) -> Want<Vec<Definition>> {
        if self.modules[module].0 != self.linkers[linker].engine {
            return refuse(ErrorKind::WRONG_ENGINE, "module");
        }
        let wanted = self.module(module).imports;
        for (name, _) in wanted {
            if self.found(linker, NAMESPACE, name).is_none() {
                return refuse(ErrorKind::LINK, *name);
            }
        }
        if let Some(store) = store {
            self.is_of(self.linkers[linker].store, store, "linker")?;
        }
        let mut imports = Vec::new();
        for (name, item) in wanted {
            let place = self.found(linker, NAMESPACE, name).unwrap_or(0);
            let mut found = self.linkers[linker].definitions[place].clone();
            // The size of a memory or table counts that it had when it was looked at last.
            if store.is_some() && matches!(found.kind, Kind::Memory | Kind::Table) {
                found.ty = self.type_now(found.kind, found.of);
                self.linkers[linker].definitions[place].ty = found.ty;
            }
            let fits = match (*item, found.ty) {
                (Item::Memory(min, _), Item::Memory(size, _)) => size >= min,
                (Item::Table(min, _, ty), Item::Table(size, _, other)) => {
                    size >= min && ty == other
                }
                (item, _) => self.fits(item, found.kind, found.of),
            };
            imports.push((fits, *name, found));
        }
        if let Some((_, name, _)) = imports.iter().find(|(fits, ..)| !fits) {
            return refuse(ErrorKind::LINK, *name);
        }
        Ok(imports.into_iter().map(|(.., found)| found).collect())
    }

    pub fn near_store(&self, linker: Arg) -> impl Fn(&Handle) -> bool + use<> {
        let linker = linker.id.filter(|id| self.handles[*id].kind == Kind::Linker);
        let linker = linker.map(|id| self.handles[id].of);
        let store = linker.and_then(|of| self.linkers[of].store);
        let engine = linker.map(|of| self.linkers[of].engine);
        let engines: Vec<_> = self.stores.iter().map(|store| store.engine).collect();
        move |handle| match store {
            Some(store) => handle.of == store,
            None => Some(engines[handle.of]) == engine,
        }
    }

    pub fn link(&mut self, what: u8, [a, b, c]: [Sel; 3], x: u8, y: u8) {
        let linker = self.pick(a, Kind::Linker);
        let of = self.need(linker, Kind::Linker, "linker");
        let name = NAMES[usize::from(x) % NAMES.len()];
        let module = if y == 7 { "other" } else { NAMESPACE };
        let (module_name, module_len) = (module.as_ptr().cast(), module.len());
        let (name_ptr, name_len) = (name.as_ptr().cast(), name.len());
        match what {
            0 | 1 => {
                let store = self.pick_where(b, Kind::Store, self.near_store(linker));
                let near = store
                    .id
                    .filter(|id| self.handles[*id].kind == Kind::Store)
                    .map(|id| self.handles[id].of);
                let kind = EXTERNS[[0, 1, 2, 3, 4, 5, 0, 0][usize::from(x) % 8]];
                let item = self.pick_where(c, kind, |h| h.store == near);
                let number = EXTERNS
                    .iter()
                    .position(|&other| other == kind)
                    .map_or(0, |place| place as u32 + 1);
                let raw = safewasm_extern_t {
                    kind: number,
                    of: safewasm_externhandle_t { func: item.ptr() },
                };
                let place = format!("item.of.{}", member(kind));
                let want = of.and_then(|linker| {
                    let object = self.need(item, kind, &place)?;
                    let store = self.linked(linker, store)?;
                    if kind == Kind::SharedMemory {
                        if self.shareds[object].engine != self.linkers[linker].engine {
                            return refuse(ErrorKind::WRONG_ENGINE, place);
                        }
                    } else if self.store_of(item) != store {
                        return refuse(ErrorKind::WRONG_STORE, place);
                    }
                    self.may_define(linker, module, name)?;
                    self.is_of(self.linkers[linker].store, store, "linker")?;
                    Ok((linker, store, object))
                });
                let empty = want.clone().map(|_| ());
                let done = self.tell("safewasm_linker_define", &empty, || unsafe {
                    safewasm_linker_define(
                        linker.ptr(),
                        store.ptr(),
                        module_name,
                        module_len,
                        name_ptr,
                        name_len,
                        &raw,
                    )
                });
                if let (true, Ok((linker, store, of))) = (done, want) {
                    self.linkers[linker].store = Some(store);
                    let ty = self.type_now(kind, of);
                    self.note(
                        linker,
                        Definition {
                            module: module.to_owned(),
                            name: name.to_owned(),
                            ty,
                            kind,
                            of,
                        },
                    );
                }
            }
            2 | 3 => {
                let engine = of.as_ref().ok().map(|&of| self.linkers[of].engine);
                let functype = self.pick_where(b, Kind::FuncType, |h| {
                    Some(self.functypes[h.of].0) == engine && self.functypes[h.of].1 == SIGS[0]
                });
                let slots = what == 3;
                let want = of.and_then(|linker| {
                    let (engine, sig) =
                        self.functypes[self.need(functype, Kind::FuncType, "functype")?];
                    if engine != self.linkers[linker].engine {
                        return refuse(ErrorKind::WRONG_ENGINE, "functype");
                    }
                    if slots && sig.0.iter().chain(sig.1).any(|ty| ty.is_ref()) {
                        return refuse(ErrorKind::UNSUPPORTED, "functype");
                    }
                    self.may_define(linker, module, name)?;
                    Ok((linker, sig))
                });
                let env =
                    self.env(want.as_ref().map_or(Owner::Nobody, |want| Owner::Linker(want.0)));
                let data = std::ptr::without_provenance_mut(env);
                let empty = want.clone().map(|_| ());
                let done = self.tell("safewasm_linker_define_func", &empty, || unsafe {
                    if slots {
                        safewasm_linker_define_func_slots(
                            linker.ptr(),
                            module_name,
                            module_len,
                            name_ptr,
                            name_len,
                            functype.ptr(),
                            Some(slots_callback),
                            data,
                            Some(finalize),
                        )
                    } else {
                        safewasm_linker_define_func(
                            linker.ptr(),
                            module_name,
                            module_len,
                            name_ptr,
                            name_len,
                            functype.ptr(),
                            Some(values_callback),
                            data,
                            Some(finalize),
                        )
                    }
                });
                if let (true, Ok((linker, sig))) = (done, want) {
                    self.funcs.push(Func { sig, does: Does::Host, is_vague: true });
                    self.funcs_of_linkers.push((self.funcs.len() - 1, env));
                    let of = self.funcs.len() - 1;
                    self.note(
                        linker,
                        Definition {
                            module: module.to_owned(),
                            name: name.to_owned(),
                            ty: Item::Func(sig),
                            kind: Kind::Func,
                            of,
                        },
                    );
                }
            }
            4 => {
                let bound = of.as_ref().ok().and_then(|&of| self.linkers[of].store);
                let instance =
                    self.pick_where(b, Kind::Instance, |h| bound.is_none() || h.store == bound);
                let want = of.and_then(|linker| {
                    let of = self.enter(instance, Kind::Instance, "instance")?;
                    let store = self.store_of(instance);
                    if self.stores[store].engine != self.linkers[linker].engine {
                        return refuse(ErrorKind::WRONG_ENGINE, "linker");
                    }
                    for (name, ..) in &self.instances[of].exports {
                        self.may_define(linker, module, name)?;
                    }
                    self.is_of(self.linkers[linker].store, store, "linker")?;
                    Ok((linker, of, store))
                });
                let empty = want.clone().map(|_| ());
                let done = self.tell("safewasm_linker_define_instance", &empty, || unsafe {
                    safewasm_linker_define_instance(
                        linker.ptr(),
                        module_name,
                        module_len,
                        instance.ptr(),
                    )
                });
                if let (true, Ok((linker, instance, store))) = (done, want) {
                    self.note_instance(linker, module, instance, store);
                }
            }
            5 => {
                let want = of.clone().map(|_| ());
                if self.tell("safewasm_linker_allow_shadowing", &want, || unsafe {
                    safewasm_linker_allow_shadowing(linker.ptr(), !y.is_multiple_of(4))
                }) && let Ok(of) = of
                {
                    self.linkers[of].shadowing = !y.is_multiple_of(4);
                }
            }
            _ => self.define_unknown(linker, of, [b, c], what == 6),
        }
    }

    /// Notes that a definition has another in its place: what it used may be freed.
    fn release(&mut self, old: &Definition) {
        if let Some((_, env)) =
            self.funcs_of_linkers.iter().find(|(of, _)| *of == old.of && old.kind == Kind::Func)
        {
            self.owners[*env] = Owner::Linker(usize::MAX);
        }
    }

    pub fn note_instance(&mut self, linker: usize, module: &str, instance: usize, store: usize) {
        self.linkers[linker].store = Some(store);
        for (name, kind, of) in self.instances[instance].exports.clone() {
            let ty = self.type_now(kind, of);
            self.note(
                linker,
                Definition { module: module.to_owned(), name: name.to_owned(), ty, kind, of },
            );
        }
    }

    pub fn define_unknown(&mut self, linker: Arg, of: Want<usize>, [b, c]: [Sel; 2], traps: bool) {
        let engine = of.as_ref().ok().map(|&of| self.linkers[of].engine);
        let module = self.pick_where(b, Kind::Module, |h| {
            Some(self.modules[h.of].0) == engine && !self.module(h.of).imports.is_empty()
        });
        let store = self.pick_where(c, Kind::Store, self.near_store(linker));
        let want = of.and_then(|linker| {
            let module = self.need(module, Kind::Module, "module")?;
            if self.modules[module].0 != self.linkers[linker].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "module");
            }
            Ok((linker, module))
        });
        let unknown: Vec<_> = want.as_ref().map_or(Vec::new(), |&(linker, module)| {
            let imports = self.module(module).imports.iter();
            imports
                .filter(|(name, _)| self.found(linker, NAMESPACE, name).is_none())
                .copied()
                .collect()
        });
        if traps {
            let empty = want.clone().map(|_| ());
            let done =
                self.tell("safewasm_linker_define_unknown_imports_as_traps", &empty, || unsafe {
                    safewasm_linker_define_unknown_imports_as_traps(linker.ptr(), module.ptr())
                });
            let (true, Ok((linker, _))) = (done, want) else { return };
            for (name, item) in unknown {
                let Item::Func(sig) = item else { continue };
                self.funcs.push(Func { sig, does: Does::Undefined, is_vague: true });
                let of = self.funcs.len() - 1;
                self.note(
                    linker,
                    Definition {
                        module: NAMESPACE.to_owned(),
                        name: name.to_owned(),
                        ty: item,
                        kind: Kind::Func,
                        of,
                    },
                );
            }
            return;
        }
        // What a shared memory needs is another question.
        if unknown.iter().any(|(name, _)| *name == "shared") {
            return;
        }
        let has = |kind: u32| unknown.iter().any(|(_, item)| item.kind() == kind);
        let want = want.and_then(|(linker, _)| {
            let store = self.enter(store, Kind::Store, "store")?;
            if self.stores[store].engine != self.linkers[linker].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "linker");
            }
            if !unknown.is_empty() {
                self.is_of(self.linkers[linker].store, store, "linker")?;
            }
            let (used, most) = self.stores[store].elements;
            if has(2) && self.stores[store].tight || has(3) && used >= most {
                return refuse(ErrorKind::LIMIT, "");
            }
            Ok((linker, store))
        });
        let empty = want.clone().map(|_| ());
        let done = self.tell(
            "safewasm_linker_define_unknown_imports_as_default_values",
            &empty,
            || unsafe {
                safewasm_linker_define_unknown_imports_as_default_values(
                    linker.ptr(),
                    store.ptr(),
                    module.ptr(),
                )
            },
        );
        let (true, Ok((linker, store))) = (done, want) else { return };
        for (name, item) in unknown {
            self.linkers[linker].store = Some(store);
            let (kind, of) = self.default_of(item, store);
            self.note(
                linker,
                Definition {
                    module: NAMESPACE.to_owned(),
                    name: name.to_owned(),
                    ty: item,
                    kind,
                    of,
                },
            );
        }
    }

    pub fn default_of(&mut self, item: Item, store: usize) -> (Kind, usize) {
        match item {
            Item::Func(sig) => {
                self.funcs.push(Func { sig, does: Does::Zero, is_vague: true });
                (Kind::Func, self.funcs.len() - 1)
            }
            Item::Memory(size, max) => {
                self.memories.push(Memory { size, max, bytes: Default::default() });
                (Kind::Memory, self.memories.len() - 1)
            }
            Item::Table(len, max, ty) => {
                self.stores[store].elements.0 += len;
                self.tables.push(Table {
                    ty,
                    elements: vec![Val::Null(ty.parts().0); len as usize],
                    max,
                });
                (Kind::Table, self.tables.len() - 1)
            }
            Item::Global(ty, is_mutable) => {
                self.globals.push(Global {
                    ty,
                    is_mutable,
                    val: Val::Number(1, number(1, 0)),
                    is_open: false,
                });
                (Kind::Global, self.globals.len() - 1)
            }
            Item::Tag(sig) => {
                self.tags.push(sig);
                (Kind::Tag, self.tags.len() - 1)
            }
            Item::Shared(..) => unreachable!("such imports are left alone"),
        }
    }
}
