//! Linkers make instances.

use crate::model::*;
use crate::modules::{COMMAND, NAMESPACE, REACTOR};
use crate::ops::{Script, Sel};
use crate::values::number;
use crate::world::{Arg, World};
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::external::safewasm_extern_t;
use safewasm_capi::*;

use crate::link::NAMES;

impl World {
    pub fn link_instance(&mut self, what: u8, [a, b, c]: [Sel; 3], script: &Script) {
        let linker = self.pick(a, Kind::Linker);
        let store = self.pick_where(b, Kind::Store, self.near_store(linker));
        let engine = linker
            .id
            .filter(|id| self.handles[*id].kind == Kind::Linker)
            .map(|id| self.linkers[self.handles[id].of].engine);
        let module = self.pick_where(c, Kind::Module, |h| Some(self.modules[h.of].0) == engine);
        let of = |world: &Self| world.need(linker, Kind::Linker, "linker");
        match what {
            0 => {
                let want = of(self).and_then(|linker| {
                    let module = self.need(module, Kind::Module, "module")?;
                    let store = self.linked(linker, store)?;
                    let imports = self.settle(linker, module, Some(store))?;
                    self.room(store, module)?;
                    Ok((store, module, imports.into_iter().map(|import| import.of).collect()))
                });
                self.make_instance("safewasm_linker_instantiate", want, script, |out| unsafe {
                    safewasm_linker_instantiate(linker.ptr(), store.ptr(), module.ptr(), out)
                });
            }
            1 => {
                let want = of(self).and_then(|linker| {
                    let module = self.need(module, Kind::Module, "module")?;
                    Ok(Pre {
                        module,
                        imports: self.settle(linker, module, None)?,
                        store: self.linkers[linker].store,
                    })
                });
                let empty = want.as_ref().map(|_| ()).map_err(Clone::clone);
                let made = self.ask("safewasm_linker_instantiate_pre", &empty, |out| unsafe {
                    safewasm_linker_instantiate_pre(linker.ptr(), module.ptr(), out)
                });
                if let (Some(made), Ok(pre)) = (made, want) {
                    self.pres.push(pre);
                    self.add::<safewasm::instancepre::safewasm_instancepre_t>(
                        Kind::Pre,
                        made,
                        None,
                        self.pres.len() - 1,
                    );
                }
            }
            2 => {
                let pre = self.pick(a, Kind::Pre);
                let near = pre
                    .id
                    .filter(|id| self.handles[*id].kind == Kind::Pre)
                    .map(|id| &self.pres[self.handles[id].of]);
                let (bound, engine) =
                    (near.and_then(|pre| pre.store), near.map(|pre| self.modules[pre.module].0));
                let store = self.pick_where(b, Kind::Store, |h| match bound {
                    Some(store) => h.of == store,
                    None => Some(self.stores[h.of].engine) == engine,
                });
                let want = self.need(pre, Kind::Pre, "instancepre").and_then(|pre| {
                    let store = self.enter(store, Kind::Store, "store")?;
                    let pre = &self.pres[pre];
                    if self.modules[pre.module].0 != self.stores[store].engine {
                        return refuse(ErrorKind::WRONG_ENGINE, "instancepre");
                    }
                    self.is_of(pre.store, store, "instancepre")?;
                    self.room(store, pre.module)?;
                    Ok((store, pre.module, pre.imports.iter().map(|import| import.of).collect()))
                });
                self.make_instance(
                    "safewasm_instancepre_instantiate",
                    want,
                    script,
                    |out| unsafe { safewasm_instancepre_instantiate(pre.ptr(), store.ptr(), out) },
                );
            }
            3 => self.define_module(linker, store, module, script),
            _ => {
                let name = NAMES[usize::from(c.index) % NAMES.len()];
                let want = of(self).and_then(|linker| {
                    let store = self.linked(linker, store)?;
                    self.is_of(self.linkers[linker].store, store, "linker")?;
                    let found = self.found(linker, NAMESPACE, name);
                    found.map_or_else(
                        || refuse(ErrorKind::NOT_FOUND, name),
                        |place| Ok((linker, place, store)),
                    )
                });
                let empty = want.clone().map(|_| ());
                let out =
                    self.ask("safewasm_linker_get", &empty, |out: *mut safewasm_extern_t| unsafe {
                        safewasm_linker_get(
                            linker.ptr(),
                            store.ptr(),
                            NAMESPACE.as_ptr().cast(),
                            1,
                            name.as_ptr().cast(),
                            name.len(),
                            out,
                        )
                    });
                if let (Some(out), Ok((linker, place, store))) = (out, want) {
                    let Definition { kind, mut of, .. } = self.linkers[linker].definitions[place];
                    if kind == Kind::Func {
                        let func = &self.funcs[of];
                        self.funcs.push(Func {
                            sig: func.sig,
                            does: func.does.clone(),
                            is_vague: true,
                        });
                        of = self.funcs.len() - 1;
                    }
                    self.add_extern(out, kind, of, store);
                }
            }
        }
    }

    fn define_module(&mut self, linker: Arg, store: Arg, module: Arg, script: &Script) {
        const NAME: &str = "other";
        let want = self.need(linker, Kind::Linker, "linker").and_then(|linker| {
            let module = self.need(module, Kind::Module, "module")?;
            let store = self.linked(linker, store)?;
            let is_command = self.modules[module].1 == COMMAND;
            let exports = self.module(module).exports;
            if !is_command {
                for (name, _) in exports {
                    self.may_define(linker, NAME, name)?;
                }
            }
            let imports = self.settle(linker, module, Some(store))?;
            if is_command {
                for (name, _) in exports {
                    self.may_define(linker, NAME, name)?;
                }
                self.is_of(self.linkers[linker].store, store, "linker")?;
            } else {
                self.room(store, module)?;
            }
            Ok((linker, module, store, imports))
        });
        let before = match &want {
            Ok((_, module, store, imports)) if self.modules[*module].1 != COMMAND => {
                let imports: Vec<_> = imports.iter().map(|import| import.of).collect();
                self.begin_start(*store, *module, &imports, script)
            }
            _ => Ok(()),
        };
        self.call::<()>(
            "safewasm_linker_define_module",
            |_| unsafe {
                safewasm_linker_define_module(
                    linker.ptr(),
                    store.ptr(),
                    NAME.as_ptr().cast(),
                    NAME.len(),
                    module.ptr(),
                )
            },
            |world| {
                let (linker, module, store, imports) = want?;
                let index = world.modules[module].1;
                if index == COMMAND {
                    world.linkers[linker].store = Some(store);
                    for (name, item) in world.module(module).exports {
                        let Item::Func(sig) = *item else { continue };
                        world.funcs.push(Func { sig, does: Does::Command, is_vague: true });
                        let of = world.funcs.len() - 1;
                        world.note(
                            linker,
                            Definition {
                                module: NAME.to_owned(),
                                name: (*name).to_owned(),
                                ty: *item,
                                kind: Kind::Func,
                                of,
                            },
                        );
                    }
                    return Ok(());
                }
                let done = world.pending.pop().unwrap_or_default();
                let imports: Vec<_> = imports.iter().map(|import| import.of).collect();
                let instance = world.add_instance(store, module, &imports);
                if world.module(module).starts {
                    world.charged(store, before.clone())?;
                    world.outcome(imports[0], 3, store, &before, &done)?;
                }
                if index == REACTOR {
                    world.charged(store, before)?;
                    let global = world.instances[instance].exports[0].2;
                    world.globals[global].val = Val::Number(1, number(1, 1));
                }
                for (name, ..) in world.instances[instance].exports.clone() {
                    world.may_define(linker, NAME, name)?;
                }
                world.is_of(world.linkers[linker].store, store, "linker")?;
                world.note_instance(linker, NAME, instance, store);
                Ok(())
            },
        );
    }
}
