//! Linkers make instances.

use crate::link::NAMES;
use crate::model::*;
use crate::modules::{COMMAND, NAMESPACE, REACTOR};
use crate::ops::{Link, Script, Sel};
use crate::world::{Arg, World};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::*;

/// The module name of what `DefineModule` defines.
const OTHER: &str = "other";

/// A module that a linker is about to define, with the numbers of its imports.
#[derive(Clone)]
struct Defining {
    linker: usize,
    store: usize,
    module: usize,
    imports: Vec<usize>,
}

impl World {
    pub fn link(&mut self, what: Link, [a, b, c]: [Sel; 3], script: &Script) {
        let linker = self.pick(a, Kind::Linker);
        let store = self.pick_where(b, Kind::Store, self.near_store(linker));
        let engine = self.object(linker, Kind::Linker).map(|of| self.linkers[of].engine);
        let module = self.pick_where(c, Kind::Module, |h| Some(self.modules[h.of].0) == engine);
        match what {
            Link::Instantiate => self.link_instance(linker, store, module, script),
            Link::InstantiatePre => self.new_pre(linker, module),
            Link::InstantiateFromPre => self.instantiate_pre(a, b, script),
            Link::Process => self.new_process(linker, store, module),
            Link::DefineModule => self.define_module(linker, store, module, script),
            Link::Get => self.get(linker, store, NAMES[usize::from(c.index) % NAMES.len()].0),
        }
    }

    fn link_instance(&mut self, linker: Arg, store: Arg, module: Arg, script: &Script) {
        let want = self.need(linker, Kind::Linker, "linker").and_then(|linker| {
            let module = self.need(module, Kind::Module, "module")?;
            let store = self.linked(linker, store)?;
            let imports = self.settle(linker, module, Some(store))?;
            self.room(store, module)?;
            Ok((store, module, imports))
        });
        self.make_instance("safewasm_linker_instantiate", want, script, |out| unsafe {
            safewasm_linker_instantiate(linker.ptr(), store.ptr(), module.ptr(), out)
        });
    }

    fn new_pre(&mut self, linker: Arg, module: Arg) {
        let want = self.need(linker, Kind::Linker, "linker").and_then(|linker| {
            let module = self.need(module, Kind::Module, "module")?;
            let imports = self.settle(linker, module, None)?;
            Ok(Pre { module, imports, store: self.linkers[linker].store })
        });
        let made = self.ask("safewasm_linker_instantiate_pre", want, |out| unsafe {
            safewasm_linker_instantiate_pre(linker.ptr(), module.ptr(), out)
        });
        if let Some((made, pre)) = made {
            self.pres.push(pre);
            self.add(Kind::InstancePre, made, None, self.pres.len() - 1);
        }
    }

    fn instantiate_pre(&mut self, pre: Sel, store: Sel, script: &Script) {
        let pre = self.pick(pre, Kind::InstancePre);
        let near = self.object(pre, Kind::InstancePre).map(|of| &self.pres[of]);
        let bound = near.and_then(|pre| pre.store);
        let engine = near.map(|pre| self.modules[pre.module].0);
        let store = self.pick_where(store, Kind::Store, |h| match bound {
            Some(store) => h.of == store,
            None => Some(self.stores[h.of].engine) == engine,
        });
        let want = self.need(pre, Kind::InstancePre, "instancepre").and_then(|pre| {
            let store = self.enter(store, Kind::Store, "store")?;
            let pre = &self.pres[pre];
            if self.modules[pre.module].0 != self.stores[store].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "instancepre");
            }
            self.is_of(pre.store, store, "instancepre")?;
            self.room(store, pre.module)?;
            Ok((store, pre.module, pre.imports.clone()))
        });
        self.make_instance("safewasm_instancepre_instantiate", want, script, |out| unsafe {
            safewasm_instancepre_instantiate(pre.ptr(), store.ptr(), out)
        });
    }

    fn get(&mut self, linker: Arg, store: Arg, name: &'static str) {
        let want = self.need(linker, Kind::Linker, "linker").and_then(|linker| {
            let store = self.linked(linker, store)?;
            self.is_of(self.linkers[linker].store, store, "linker")?;
            match self.found(linker, NAMESPACE, name) {
                Some(index) => Ok((linker, index, store)),
                None => refuse(ErrorKind::NOT_FOUND, name),
            }
        });
        let out = self.ask("safewasm_linker_get", want, |out| unsafe {
            let (module, name_ptr) = (NAMESPACE.as_ptr().cast(), name.as_ptr().cast());
            let (linker, store, len) = (linker.ptr(), store.ptr(), NAMESPACE.len());
            safewasm_linker_get(linker, store, module, len, name_ptr, name.len(), out)
        });
        let Some((out, (linker, index, store))) = out else { return };
        let Defined { ty, mut of, .. } = self.linkers[linker].definitions[index];
        if ty.kind() == Kind::Func {
            let does = self.funcs[of].does.clone();
            of = self.add_func(self.funcs[of].sig, does, true);
        }
        self.add_extern(out, ty.kind(), of, store);
    }

    fn define_module(&mut self, linker: Arg, store: Arg, module: Arg, script: &Script) {
        let want = self.need(linker, Kind::Linker, "linker").and_then(|linker| {
            let module = self.need(module, Kind::Module, "module")?;
            self.definable_module(linker, store, module)
        });
        let before = match &want {
            Ok(Defining { store, module, imports, .. }) if self.modules[*module].1 != COMMAND => {
                self.begin_start(*store, *module, imports, script)
            }
            _ => Ok(()),
        };
        let call = |_: *mut ()| unsafe {
            let (name, len) = (OTHER.as_ptr().cast(), OTHER.len());
            safewasm_linker_define_module(linker.ptr(), store.ptr(), name, len, module.ptr())
        };
        self.call("safewasm_linker_define_module", call, |world| {
            let defining = want?;
            if world.modules[defining.module].1 == COMMAND {
                world.note_command(&defining);
                Ok(())
            } else {
                world.note_module(&defining, before)
            }
        });
    }

    /// The error of a module that can't be defined, as far as it is known before its start function runs.
    fn definable_module(&mut self, linker: usize, store: Arg, module: usize) -> Want<Defining> {
        let store = self.linked(linker, store)?;
        let is_command = self.modules[module].1 == COMMAND;
        let exports = self.module(module).exports;
        // The names are checked before the imports, but for a command afterwards.
        if !is_command {
            for (name, _) in exports {
                self.may_define(linker, OTHER, name)?;
            }
        }
        let imports = self.settle(linker, module, Some(store))?;
        if is_command {
            for (name, _) in exports {
                self.may_define(linker, OTHER, name)?;
            }
            self.is_of(self.linkers[linker].store, store, "linker")?;
        } else {
            self.room(store, module)?;
        }
        Ok(Defining { linker, store, module, imports })
    }

    /// Adds the functions of a command to a linker.
    fn note_command(&mut self, &Defining { linker, store, module, .. }: &Defining) {
        self.linkers[linker].store = Some(store);
        for &(name, ty) in self.module(module).exports {
            let Item::Func(sig) = ty else { continue };
            let of = self.add_func(sig, Does::Command, true);
            self.note(linker, Defined { module: OTHER, name, ty, of });
        }
    }

    /// Adds the instance of a module that a linker defines. `before` is the outcome of starting wasm.
    fn note_module(&mut self, defining: &Defining, before: Want) -> Want {
        let &Defining { linker, store, module, ref imports } = defining;
        let done = self.pending.pop().unwrap_or_default();
        let instance = self.add_instance(store, module, imports);
        if self.module(module).starts {
            let end = self.charged(store, before.clone());
            let end = end.and_then(|()| self.outcome(imports[0], 3, store, &before, &done));
            self.note_failure(store, &end);
            end?;
        }
        if self.modules[module].1 == REACTOR {
            let end = self.charged(store, before);
            self.note_failure(store, &end);
            end?;
            let global = self.instances[instance].exports[0].2;
            self.globals[global].val = Val::of_i32(1);
        }
        // A host function may have defined these names meanwhile.
        for (name, ..) in self.instances[instance].exports.clone() {
            self.may_define(linker, OTHER, name)?;
        }
        self.is_of(self.linkers[linker].store, store, "linker")?;
        self.note_instance(linker, OTHER, instance, store);
        Ok(())
    }
}
