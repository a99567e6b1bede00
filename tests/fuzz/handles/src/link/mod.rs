//! Linkers: the model of what they contain.

mod component;
mod define;
mod instantiate;
mod process;
mod unknown;

use crate::model::*;
use crate::modules::NAMESPACE;
use crate::world::{Arg, World};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::Kind;

/// The names of definitions, and the kind of item that gets each.
pub const NAMES: [(&str, Kind); 8] = [
    ("f", Kind::Func),
    ("memory", Kind::Memory),
    ("table", Kind::Table),
    ("global", Kind::Global),
    ("tag", Kind::Tag),
    ("shared", Kind::SharedMemory),
    ("f", Kind::Func),
    ("x", Kind::Func),
];

impl World {
    /// The index of a definition.
    fn found(&self, linker: usize, module: &str, name: &str) -> Option<usize> {
        let definitions = &self.linkers[linker].definitions;
        definitions.iter().position(|known| known.module == module && known.name == name)
    }

    /// The error for a name that a linker has already.
    fn may_define(&self, linker: usize, module: &str, name: &str) -> Want {
        if self.found(linker, module, name).is_some() && !self.linkers[linker].shadowing {
            return refuse(ErrorKind::INVALID_ARGUMENT, name);
        }
        Ok(())
    }

    /// The error for an object `name` whose definitions belong to another store, if they belong to one.
    fn is_of(&self, bound: Option<usize>, store: usize, name: &str) -> Want {
        if bound.is_some_and(|bound| bound != store) {
            refuse(ErrorKind::WRONG_STORE, name)
        } else {
            Ok(())
        }
    }

    /// Adds a definition to a linker, or replaces the one of that name.
    fn note(&mut self, linker: usize, defined: Defined) {
        match self.found(linker, defined.module, defined.name) {
            Some(index) => {
                let place = &mut self.linkers[linker].definitions[index];
                let old = std::mem::replace(place, defined);
                self.release(&old);
            }
            None => self.linkers[linker].definitions.push(defined),
        }
    }

    /// Notes that a definition was replaced: from now on its finalizer may run.
    fn release(&mut self, old: &Defined) {
        let mut funcs = self.funcs_of_linkers.iter();
        let found = funcs.find(|(of, _)| *of == old.of && old.ty.kind() == Kind::Func);
        if let Some(&(_, env)) = found {
            self.owners[env] = Owner::Linker(usize::MAX);
        }
    }

    /// Adds the exports of an instance to a linker.
    fn note_instance(
        &mut self,
        linker: usize,
        module: &'static str,
        instance: usize,
        store: usize,
    ) {
        self.linkers[linker].store = Some(store);
        for (name, kind, of) in self.instances[instance].exports.clone() {
            self.note(linker, Defined { module, name, ty: self.type_now(kind, of), of });
        }
    }

    /// The type of an object, with its present size.
    fn type_now(&self, kind: Kind, of: usize) -> Item {
        match kind {
            Kind::Func => Item::Func(self.funcs[of].sig),
            Kind::Memory => Item::Memory(self.memories[of].size, self.memories[of].max),
            Kind::Table => {
                let Table { ty, elements, max } = &self.tables[of];
                Item::Table(elements.len() as u64, *max, *ty)
            }
            Kind::Global => Item::Global(self.globals[of].ty, self.globals[of].is_mutable),
            Kind::Tag => Item::Tag(self.tags[of]),
            _ => {
                let Memory { size, max, .. } = self.shareds[of].memory;
                Item::Shared(size, max.unwrap_or(0))
            }
        }
    }

    /// The store, which must be of the linker's engine.
    fn linked(&self, linker: usize, store: Arg) -> Want<usize> {
        let store = self.enter(store, Kind::Store, "store")?;
        if self.stores[store].engine != self.linkers[linker].engine {
            return refuse(ErrorKind::WRONG_ENGINE, "linker");
        }
        Ok(store)
    }

    /// The imports that a linker has for a module, to instantiate it in a store or to pre-instantiate it.
    fn settle(&mut self, linker: usize, module: usize, store: Option<usize>) -> Want<Vec<usize>> {
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
        let mut misfit = None;
        for (name, item) in wanted {
            let index = self.found(linker, NAMESPACE, name).expect("it was found above");
            let found = self.definition_now(linker, index, store.is_some());
            let fits = match (*item, found.ty) {
                (Item::Memory(min, _), Item::Memory(size, _)) => size >= min,
                (Item::Table(min, _, ty), Item::Table(size, _, other)) => {
                    size >= min && ty == other
                }
                (item, found_ty) => self.fits(item, found_ty.kind(), found.of),
            };
            misfit = misfit.or((!fits).then_some(*name));
            imports.push(found.of);
        }
        misfit.map_or(Ok(imports), |name| refuse(ErrorKind::LINK, name))
    }

    /// A definition. A linker keeps the size that a memory or table had when it was last linked in its
    /// store; `is_linked` says that it is linked now.
    fn definition_now(&mut self, linker: usize, index: usize, is_linked: bool) -> Defined {
        let found = &self.linkers[linker].definitions[index];
        let (kind, of) = (found.ty.kind(), found.of);
        if is_linked && matches!(kind, Kind::Memory | Kind::Table) {
            let ty = self.type_now(kind, of);
            self.linkers[linker].definitions[index].ty = ty;
        }
        self.linkers[linker].definitions[index].clone()
    }

    /// Prefers the store that a linker's definitions belong to, or stores of its engine.
    fn near_store(&self, linker: Arg) -> impl Fn(&Handle) -> bool + use<> {
        let linker = self.object(linker, Kind::Linker);
        let store = linker.and_then(|of| self.linkers[of].store);
        let engine = linker.map(|of| self.linkers[of].engine);
        let engines: Vec<_> = self.stores.iter().map(|store| store.engine).collect();
        move |handle| match store {
            Some(store) => handle.of == store,
            None => Some(engines[handle.of]) == engine,
        }
    }
}
