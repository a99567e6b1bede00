//! Items are defined in linkers.

use crate::call::{slots_callback, values_callback};
use crate::model::*;
use crate::modules::NAMESPACE;
use crate::ops::{Define, Definition};
use crate::world::{Arg, World, finalize};
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm::abi::{safewasm_extern_t, safewasm_externhandle_t};
use safewasm_capi::*;

/// The names under which something is defined.
#[derive(Clone, Copy)]
struct Names {
    module: &'static str,
    name: &'static str,
}

impl World {
    pub fn define(&mut self, what: Define, definition: &Definition) {
        let linker = self.pick(definition.linker, Kind::Linker);
        let (name, kind) = definition.name;
        let module = if definition.is_other { "other" } else { NAMESPACE };
        let names = Names { module, name };
        match what {
            Define::Item => self.define_item(linker, names, kind, definition),
            Define::Func => self.define_func(linker, names, false, definition),
            Define::FuncOfSlots => self.define_func(linker, names, true, definition),
            Define::Instance => self.define_instance(linker, module, definition),
            Define::Wasi => self.define_wasi(linker),
            Define::AllowShadowing => {
                self.allow_shadowing(linker, definition.is_on);
            }
            Define::UnknownImportsAsTraps => self.define_unknown_as_traps(linker, definition),
            Define::UnknownImportsAsDefaults => {
                self.define_unknown_as_defaults(linker, definition);
            }
        }
    }

    /// Defines the functions of WASI: in a new linker if the chosen one is valid, since they are many.
    fn define_wasi(&mut self, linker: Arg) {
        let want = self.need(linker, Kind::Linker, "linker");
        let Ok(of) = want else {
            self.tell("safewasm_linker_define_wasi", want, || unsafe {
                safewasm_linker_define_wasi(linker.ptr())
            });
            return;
        };
        let engine = self.linkers[of].engine;
        let is_engine = |h: &&Handle| h.kind == Kind::Engine && h.of == engine && !h.deleted;
        let Some(engine) = self.handles.iter().find(is_engine).map(|h| h.bits as usize) else {
            return;
        };
        let made = self.ask("safewasm_linker_new", Ok(()), |out| unsafe {
            safewasm_linker_new(std::ptr::without_provenance_mut(engine), out)
        });
        let Some((linker, ())) = made else { return };
        for want in [Ok(()), refuse(ErrorKind::INVALID_ARGUMENT, "args_get")] {
            self.tell("safewasm_linker_define_wasi", want, || unsafe {
                safewasm_linker_define_wasi(linker)
            });
        }
        // SAFETY: any handle is accepted.
        unsafe { safewasm_linker_delete(linker) };
    }

    fn define_item(
        &mut self,
        linker: Arg,
        Names { module, name }: Names,
        kind: Kind,
        definition: &Definition,
    ) {
        let store = self.pick_where(definition.from, Kind::Store, self.near_store(linker));
        let near = self.object(store, Kind::Store);
        let item = self.pick_where(definition.item, kind, |h| h.store == near);
        let kind = ExternKind::of(kind);
        let raw = safewasm_extern_t {
            kind: kind.number,
            of: safewasm_externhandle_t { func: item.ptr() },
        };
        let want = self.need(linker, Kind::Linker, "linker").and_then(|linker| {
            let (store, of) = self.definable_item(linker, store, kind, item)?;
            self.may_define(linker, module, name)?;
            self.is_of(self.linkers[linker].store, store, "linker")?;
            Ok((linker, store, of))
        });
        let defined = self.tell("safewasm_linker_define", want, || unsafe {
            safewasm_linker_define(
                linker.ptr(),
                store.ptr(),
                module.as_ptr().cast(),
                module.len(),
                name.as_ptr().cast(),
                name.len(),
                &raw,
            )
        });
        if let Some((linker, store, of)) = defined {
            self.linkers[linker].store = Some(store);
            let ty = self.type_now(kind.kind, of);
            self.note(linker, Defined { module, name, ty, of });
        }
    }

    /// The store and the number of an item that a linker is to have.
    fn definable_item(
        &self,
        linker: usize,
        store: Arg,
        kind: ExternKind,
        item: Arg,
    ) -> Want<(usize, usize)> {
        let place = format!("item.of.{}", kind.member);
        let of = self.need(item, kind.kind, &place)?;
        let store = self.linked(linker, store)?;
        if kind.kind == Kind::SharedMemory {
            if self.shareds[of].engine != self.linkers[linker].engine {
                return refuse(ErrorKind::WRONG_ENGINE, place);
            }
        } else if self.store_of(item) != store {
            return refuse(ErrorKind::WRONG_STORE, place);
        }
        Ok((store, of))
    }

    fn define_func(
        &mut self,
        linker: Arg,
        Names { module, name }: Names,
        slots: bool,
        definition: &Definition,
    ) {
        let of = self.need(linker, Kind::Linker, "linker");
        let engine = of.as_ref().ok().map(|&of| self.linkers[of].engine);
        let is_suitable = |h: &Handle| {
            let (of_engine, sig) = self.functypes[h.of];
            Some(of_engine) == engine && sig == CALL
        };
        let functype = self.pick_where(definition.from, Kind::FuncType, is_suitable);
        let want = of.and_then(|linker| {
            let (engine, sig) = self.functypes[self.need(functype, Kind::FuncType, "functype")?];
            if engine != self.linkers[linker].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "functype");
            }
            if slots && has_references(sig) {
                return refuse(ErrorKind::UNSUPPORTED, "functype");
            }
            self.may_define(linker, module, name)?;
            Ok((linker, sig))
        });
        let env = self.env(want.as_ref().map_or(Owner::Nobody, |want| Owner::Linker(want.0)));
        let names = Names { module, name };
        let defined = self.tell("safewasm_linker_define_func", want, || {
            call_define_func(linker, functype, names, slots, env)
        });
        if let Some((linker, sig)) = defined {
            let of = self.add_func(sig, Does::Host, true);
            self.funcs_of_linkers.push((of, env));
            self.note(linker, Defined { module, name, ty: Item::Func(sig), of });
        }
    }

    fn define_instance(&mut self, linker: Arg, module: &'static str, definition: &Definition) {
        let of = self.need(linker, Kind::Linker, "linker");
        let bound = of.as_ref().ok().and_then(|&of| self.linkers[of].store);
        let is_suitable = |h: &Handle| bound.is_none() || h.store == bound;
        let instance = self.pick_where(definition.from, Kind::Instance, is_suitable);
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
        let defined = self.tell("safewasm_linker_define_instance", want, || unsafe {
            let (name, len) = (module.as_ptr().cast(), module.len());
            safewasm_linker_define_instance(linker.ptr(), name, len, instance.ptr())
        });
        if let Some((linker, instance, store)) = defined {
            self.note_instance(linker, module, instance, store);
        }
    }

    fn allow_shadowing(&mut self, linker: Arg, on: bool) {
        let want = self.need(linker, Kind::Linker, "linker");
        let set = self.tell("safewasm_linker_allow_shadowing", want, || unsafe {
            safewasm_linker_allow_shadowing(linker.ptr(), on)
        });
        if let Some(of) = set {
            self.linkers[of].shadowing = on;
        }
    }
}

/// Calls the function that defines a host function with values or with slots.
fn call_define_func(
    linker: Arg,
    functype: Arg,
    Names { module, name }: Names,
    slots: bool,
    env: usize,
) -> *mut safewasm_error_t {
    let env = std::ptr::without_provenance_mut(env);
    // SAFETY: any handle is accepted, and the names have these lengths.
    unsafe {
        if slots {
            safewasm_linker_define_func_slots(
                linker.ptr(),
                module.as_ptr().cast(),
                module.len(),
                name.as_ptr().cast(),
                name.len(),
                functype.ptr(),
                Some(slots_callback),
                env,
                Some(finalize),
            )
        } else {
            safewasm_linker_define_func(
                linker.ptr(),
                module.as_ptr().cast(),
                module.len(),
                name.as_ptr().cast(),
                name.len(),
                functype.ptr(),
                Some(values_callback),
                env,
                Some(finalize),
            )
        }
    }
}
