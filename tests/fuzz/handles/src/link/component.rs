//! Linkers of components: imports are defined, and instances made.

use crate::call::nodes_callback;
use crate::components::{IMPORT, IMPORTING, INTERFACES, UNARY};
use crate::model::*;
use crate::ops::{ComponentLink, Script, Sel, Value};
use crate::world::{Arg, World, finalize};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::safewasm_witkind_t as WitKind;
use safewasm_capi::*;

impl ComponentLinker {
    /// Whether a definition has that `env`.
    pub fn has(&self, env: usize) -> bool {
        let mut imports = self.imports.iter().flatten();
        imports.any(|import| matches!(import, Import::Func(of, _) if *of == env))
    }
}

impl World {
    pub fn link_component(
        &mut self,
        what: ComponentLink,
        [a, b, c]: [Sel; 3],
        value: Value,
        script: &Script,
    ) {
        let linker = self.pick(a, Kind::ComponentLinker);
        let engine =
            self.object(linker, Kind::ComponentLinker).map(|of| self.componentlinkers[of].engine);
        let component = self.pick_where(b, Kind::Component, |h| {
            let (of, component) = self.components[h.of];
            Some(of) == engine && component == IMPORTING
        });
        let store = self.pick_where(c, Kind::Store, |h| Some(self.stores[h.of].engine) == engine);
        let version = value.number.rem_euclid(2) as usize;
        match what {
            ComponentLink::New => self.new_componentlinker(self.pick(a, Kind::Engine)),
            ComponentLink::DefineFunc => {
                let wittype =
                    self.pick_where(b, Kind::WitType, |h| self.wittypes[h.of].text == UNARY.text);
                self.define_import(linker, wittype, version);
            }
            ComponentLink::DefineModule => {
                let is_fit = |h: &Handle| Some(self.modules[h.of].0) == engine;
                let module = self.pick_where(b, Kind::Module, is_fit);
                self.define_module_as_import(linker, module, version);
            }
            ComponentLink::AllowShadowing => {
                let on = !value.null;
                let want = self.need(linker, Kind::ComponentLinker, "linker");
                let name = "safewasm_componentlinker_allow_shadowing";
                let set = self.tell(name, want, || unsafe {
                    safewasm_componentlinker_allow_shadowing(linker.ptr(), on)
                });
                if let Some(of) = set {
                    self.componentlinkers[of].shadowing = on;
                }
            }
            ComponentLink::UnknownImportsAsTraps => self.define_traps(linker, component),
            ComponentLink::DefineWasi => {
                let want = self.need(linker, Kind::ComponentLinker, "linker").and_then(|of| {
                    let known = &self.componentlinkers[of];
                    if known.wasi && !known.shadowing {
                        return refuse(ErrorKind::INVALID_ARGUMENT, "wasi:io/error@0.2.12");
                    }
                    Ok(of)
                });
                let name = "safewasm_componentlinker_define_wasi";
                let defined = self.tell(name, want, || unsafe {
                    safewasm_componentlinker_define_wasi(linker.ptr())
                });
                if let Some(of) = defined {
                    self.componentlinkers[of].wasi = true;
                }
            }
            ComponentLink::Instantiate => self.link_componentinstance(linker, store, component),
            ComponentLink::InstantiatePre => self.new_componentpre(linker, component),
            ComponentLink::InstantiateFromPre => self.instantiate_componentpre(a, c),
            ComponentLink::Call => self.call_component(a, value, script),
        }
    }

    fn new_componentlinker(&mut self, engine: Arg) {
        let want = self.need(engine, Kind::Engine, "engine");
        let made = self.ask("safewasm_componentlinker_new", want, |out| unsafe {
            safewasm_componentlinker_new(engine.ptr(), out)
        });
        let Some((made, engine)) = made else { return };
        let (imports, has_first) = ([None; 2], false);
        self.componentlinkers.push(ComponentLinker {
            engine,
            resources: [false; 2],
            shadowing: false,
            wasi: false,
            imports,
            has_first,
        });
        self.add(Kind::ComponentLinker, made, None, self.componentlinkers.len() - 1);
    }

    /// The error for an import that is defined already.
    fn may_define_import(&self, linker: usize, version: usize) -> Want {
        let linker = &self.componentlinkers[linker];
        if linker.imports[version].is_some() && !linker.shadowing {
            return refuse(ErrorKind::INVALID_ARGUMENT, IMPORT);
        }
        Ok(())
    }

    fn define_import(&mut self, linker: Arg, wittype: Arg, version: usize) {
        let want = self.need(linker, Kind::ComponentLinker, "linker").and_then(|linker| {
            let ty = self.wittypes[self.need(wittype, Kind::WitType, "wittype")?];
            if ty.nodes[0].0 != WitKind::FUNC {
                return refuse(ErrorKind::TYPE_MISMATCH, "wittype");
            }
            self.may_define_import(linker, version)?;
            Ok((linker, ty.text == UNARY.text))
        });
        let env =
            self.env(want.as_ref().map_or(Owner::Nobody, |want| Owner::ComponentLinker(want.0)));
        let interface = INTERFACES[version];
        // SAFETY: any handle is accepted, and the names have these lengths.
        let defined = self.tell("safewasm_componentlinker_define_func", want, || unsafe {
            safewasm_componentlinker_define_func(
                linker.ptr(),
                interface.as_ptr().cast(),
                interface.len(),
                IMPORT.as_ptr().cast(),
                IMPORT.len(),
                wittype.ptr(),
                Some(nodes_callback),
                std::ptr::without_provenance_mut(env),
                Some(finalize),
            )
        });
        if let Some((linker, fits)) = defined {
            self.componentlinkers[linker].imports[version] = Some(Import::Func(env, fits));
        }
    }

    fn define_module_as_import(&mut self, linker: Arg, module: Arg, version: usize) {
        let want = self.need(linker, Kind::ComponentLinker, "linker").and_then(|linker| {
            let module = self.need(module, Kind::Module, "module")?;
            if self.modules[module].0 != self.componentlinkers[linker].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "module");
            }
            self.may_define_import(linker, version)?;
            Ok(linker)
        });
        let interface = INTERFACES[version];
        // SAFETY: any handle is accepted, and the names have these lengths.
        let defined = self.tell("safewasm_componentlinker_define_module", want, || unsafe {
            let (name, name_len) = (IMPORT.as_ptr().cast(), IMPORT.len());
            let (interface, len) = (interface.as_ptr().cast(), interface.len());
            let (linker, module) = (linker.ptr(), module.ptr());
            safewasm_componentlinker_define_module(linker, interface, len, name, name_len, module)
        });
        if let Some(linker) = defined {
            self.componentlinkers[linker].imports[version] = Some(Import::Module);
        }
    }

    /// A linker, and the index of a component of its engine.
    fn linker_and_component(&self, linker: Arg, component: Arg) -> Want<(usize, usize)> {
        let linker = self.need(linker, Kind::ComponentLinker, "linker")?;
        let component = self.need(component, Kind::Component, "component")?;
        Ok((linker, component))
    }

    /// Refuses a component of another engine. Returns its index in `COMPONENTS`.
    fn same_engine(&self, linker: usize, component: usize) -> Want<usize> {
        let (engine, component) = self.components[component];
        if engine != self.componentlinkers[linker].engine {
            return refuse(ErrorKind::WRONG_ENGINE, "component");
        }
        Ok(component)
    }

    fn define_traps(&mut self, linker: Arg, component: Arg) {
        let want = self
            .linker_and_component(linker, component)
            .and_then(|(linker, component)| Ok((linker, self.same_engine(linker, component)?)));
        let name = "safewasm_componentlinker_define_unknown_imports_as_traps";
        let defined = self.tell(name, want, || unsafe {
            safewasm_componentlinker_define_unknown_imports_as_traps(linker.ptr(), component.ptr())
        });
        if let Some((linker, component)) = defined {
            let linker = &mut self.componentlinkers[linker];
            match component {
                // What a compatible version has counts for the exact one too.
                IMPORTING => {
                    let [exact, compatible] = linker.imports;
                    linker.imports[0] = exact.or(compatible).or(Some(Import::Trap));
                }
                0 => linker.has_first = true,
                _ => {}
            }
        }
    }

    /// What a linker makes of a component, or the error for imports that are missing or wrong.
    fn bound(&self, linker: usize, component: usize) -> Want<Bound> {
        let component = self.same_engine(linker, component)?;
        let linker = &self.componentlinkers[linker];
        let bound = |traps| Ok(Bound { component, traps });
        match component {
            0 if !linker.has_first => refuse(ErrorKind::LINK, "f"),
            1 => refuse(ErrorKind::LINK, "r"),
            IMPORTING => match linker.imports[0].or(linker.imports[1]) {
                Some(Import::Func(_, true)) => bound(false),
                Some(Import::Trap) => bound(true),
                Some(Import::Func(_, false) | Import::Module) | None => {
                    refuse(ErrorKind::LINK, IMPORT)
                }
            },
            _ => bound(false),
        }
    }

    /// The error of an instance of a component that can't be made in a store.
    fn may_instantiate(&self, store: usize) -> Want {
        self.components_run(store)?;
        let (used, most) = self.stores[store].instances;
        if used >= most { refuse(ErrorKind::LIMIT, "") } else { Ok(()) }
    }

    fn link_componentinstance(&mut self, linker: Arg, store: Arg, component: Arg) {
        let want = self.linker_and_component(linker, component).and_then(|(linker, component)| {
            let store = self.enter(store, Kind::Store, "store")?;
            if self.stores[store].engine != self.componentlinkers[linker].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "linker");
            }
            let bound = self.bound(linker, component)?;
            self.may_instantiate(store)?;
            Ok((store, bound))
        });
        let made = self.ask("safewasm_componentlinker_instantiate", want, |out| unsafe {
            safewasm_componentlinker_instantiate(linker.ptr(), store.ptr(), component.ptr(), out)
        });
        if let Some((made, (store, bound))) = made {
            self.add_componentinstance(made, store, bound);
        }
    }

    fn new_componentpre(&mut self, linker: Arg, component: Arg) {
        let want = self.linker_and_component(linker, component).and_then(|(linker, component)| {
            Ok((self.componentlinkers[linker].engine, self.bound(linker, component)?))
        });
        let made = self.ask("safewasm_componentlinker_instantiate_pre", want, |out| unsafe {
            safewasm_componentlinker_instantiate_pre(linker.ptr(), component.ptr(), out)
        });
        if let Some((made, pre)) = made {
            self.componentpres.push(pre);
            self.add(Kind::ComponentInstancePre, made, None, self.componentpres.len() - 1);
        }
    }

    fn instantiate_componentpre(&mut self, pre: Sel, store: Sel) {
        let pre = self.pick(pre, Kind::ComponentInstancePre);
        let engine =
            self.object(pre, Kind::ComponentInstancePre).map(|of| self.componentpres[of].0);
        let store =
            self.pick_where(store, Kind::Store, |h| Some(self.stores[h.of].engine) == engine);
        let want = self.need(pre, Kind::ComponentInstancePre, "instancepre").and_then(|pre| {
            let store = self.enter(store, Kind::Store, "store")?;
            let (engine, bound) = self.componentpres[pre];
            if engine != self.stores[store].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "instancepre");
            }
            self.may_instantiate(store)?;
            Ok((store, bound))
        });
        let made = self.ask("safewasm_componentinstancepre_instantiate", want, |out| unsafe {
            safewasm_componentinstancepre_instantiate(pre.ptr(), store.ptr(), out)
        });
        if let Some((made, (store, bound))) = made {
            self.add_componentinstance(made, store, bound);
        }
    }
}
