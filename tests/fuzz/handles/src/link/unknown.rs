//! Linkers define the imports of a module that they don't have.

use crate::model::*;
use crate::modules::NAMESPACE;
use crate::ops::{Definition, Sel};
use crate::world::{Arg, World};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::*;

impl World {
    /// Chooses a module, preferably one with imports.
    fn module_with_imports(&self, linker: &Want<usize>, sel: Sel) -> Arg {
        let engine = linker.as_ref().ok().map(|&of| self.linkers[of].engine);
        self.pick_where(sel, Kind::Module, |h| {
            Some(self.modules[h.of].0) == engine && !self.module(h.of).imports.is_empty()
        })
    }

    /// The number of the linker, and the imports of the module that it doesn't have.
    fn unknown(
        &self,
        linker: Want<usize>,
        module: Arg,
    ) -> Want<(usize, Vec<(&'static str, Item)>)> {
        let linker = linker?;
        let module = self.need(module, Kind::Module, "module")?;
        if self.modules[module].0 != self.linkers[linker].engine {
            return refuse(ErrorKind::WRONG_ENGINE, "module");
        }
        let imports = self.module(module).imports.iter();
        let unknown = imports.filter(|(name, _)| self.found(linker, NAMESPACE, name).is_none());
        Ok((linker, unknown.copied().collect()))
    }

    pub fn define_unknown_as_traps(&mut self, linker: Arg, definition: &Definition) {
        let of = self.need(linker, Kind::Linker, "linker");
        let module = self.module_with_imports(&of, definition.from);
        let want = self.unknown(of, module);
        let defined =
            self.tell("safewasm_linker_define_unknown_imports_as_traps", want, || unsafe {
                safewasm_linker_define_unknown_imports_as_traps(linker.ptr(), module.ptr())
            });
        let Some((linker, unknown)) = defined else { return };
        for (name, ty) in unknown {
            let Item::Func(sig) = ty else { continue };
            let of = self.add_func(sig, Does::Undefined, true);
            self.note(linker, Defined { module: NAMESPACE, name, ty, of });
        }
    }

    pub fn define_unknown_as_defaults(&mut self, linker: Arg, definition: &Definition) {
        let of = self.need(linker, Kind::Linker, "linker");
        let module = self.module_with_imports(&of, definition.from);
        let store = self.pick_where(definition.item, Kind::Store, self.near_store(linker));
        let unknown = self.unknown(of, module);
        let has = |kind| {
            let unknown = unknown.as_ref().map_or(&[][..], |(_, unknown)| unknown);
            unknown.iter().any(|(_, item)| item.kind() == kind)
        };
        let (has_memory, has_table) = (has(Kind::Memory), has(Kind::Table));
        // Whether the engine has shared memories is not modelled here.
        if has(Kind::SharedMemory) {
            return;
        }
        let want = unknown.and_then(|(linker, unknown)| {
            let store = self.enter(store, Kind::Store, "store")?;
            if self.stores[store].engine != self.linkers[linker].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "linker");
            }
            if !unknown.is_empty() {
                self.is_of(self.linkers[linker].store, store, "linker")?;
            }
            let (used, most) = self.stores[store].elements;
            if has_memory && self.stores[store].tight || has_table && used >= most {
                return refuse(ErrorKind::LIMIT, "");
            }
            Ok((linker, store, unknown))
        });
        let name = "safewasm_linker_define_unknown_imports_as_default_values";
        let defined = self.tell(name, want, || unsafe {
            let (linker, store, module) = (linker.ptr(), store.ptr(), module.ptr());
            safewasm_linker_define_unknown_imports_as_default_values(linker, store, module)
        });
        let Some((linker, store, unknown)) = defined else { return };
        for (name, ty) in unknown {
            self.linkers[linker].store = Some(store);
            let of = self.default_of(ty, store);
            self.note(linker, Defined { module: NAMESPACE, name, ty, of });
        }
    }

    /// Adds the default value for an import of that type.
    fn default_of(&mut self, item: Item, store: usize) -> usize {
        match item {
            Item::Func(sig) => self.add_func(sig, Does::Zero, true),
            Item::Memory(size, max) => {
                self.memories.push(Memory { size, max, bytes: Default::default() });
                self.memories.len() - 1
            }
            Item::Table(len, max, ty) => {
                self.stores[store].elements.0 += len;
                let elements = vec![Val::Null(ty.kind()); len as usize];
                self.tables.push(Table { ty, elements, max });
                self.tables.len() - 1
            }
            Item::Global(ty, is_mutable) => {
                let val = Val::of_i32(0);
                self.globals.push(Global { ty, is_mutable, val, is_open: false });
                self.globals.len() - 1
            }
            Item::Tag(sig) => {
                self.tags.push(sig);
                self.tags.len() - 1
            }
            Item::Shared(..) => unreachable!("imports of shared memories are left alone"),
        }
    }
}
