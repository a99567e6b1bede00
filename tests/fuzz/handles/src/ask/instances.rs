//! Questions about instances, functions and tags.

use super::*;
use safewasm::abi::safewasm_instance_t;
use safewasm_capi::*;
use std::ffi::c_char;

impl World {
    pub fn instance_exports_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Instance, "instance");
        let wanted = of.map(|i| self.instances[i].exports.len());
        self.ask_len("safewasm_instance_exports_len", wanted, |out| unsafe {
            safewasm_instance_exports_len(a.ptr(), out)
        });
    }

    /// Runs an instance that is no command.
    pub fn instance_run(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Instance, "instance");
        let exports = of.as_ref().ok().map(|of| &self.instances[*of].exports);
        if exports.is_some_and(|exports| exports.iter().any(|(name, ..)| *name == "_start")) {
            return;
        }
        let want: Want<usize> = of.and_then(|_| refuse(ErrorKind::NOT_FOUND, "instance"));
        self.ask("safewasm_instance_run", want, |out| unsafe {
            safewasm_instance_run(a.ptr(), out)
        });
    }

    /// Initializes an instance that exports no `_initialize`.
    pub fn instance_initialize(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Instance, "instance");
        self.tell("safewasm_instance_initialize", of, || unsafe {
            safewasm_instance_initialize(a.ptr())
        });
    }

    pub fn instance_export_at(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked_in(sel, Kind::Instance, "instance");
        let want = of.and_then(|i| at(&self.instances[i].exports, n));
        let out = self.ask("safewasm_instance_export_at", want, |out| unsafe {
            safewasm_instance_export_at(a.ptr(), n as usize, out)
        });
        if let Some((out, (_, kind, of))) = out {
            self.add_extern(out, kind, of, self.store_of(a));
        }
    }

    pub fn instance_export(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked_in(sel, Kind::Instance, "instance");
        let name = at(MODULES[0].exports, n).map_or("absent", |(name, _)| name);
        let want = of.and_then(|i| {
            let found = self.instances[i].exports.iter().find(|export| export.0 == name);
            found.copied().map_or_else(|| refuse(ErrorKind::NOT_FOUND, name), Ok)
        });
        let out = self.ask("safewasm_instance_export", want, |out| unsafe {
            safewasm_instance_export(a.ptr(), name.as_ptr().cast(), name.len(), out)
        });
        if let Some((out, (_, kind, of))) = out {
            self.add_extern(out, kind, of, self.store_of(a));
        }
    }

    /// Looks an export up as an object of one kind, by the function for that kind.
    fn export_as<T>(
        &mut self,
        sel: Sel,
        n: u64,
        kind: Kind,
        look_up: unsafe fn(
            *mut safewasm_instance_t,
            *const c_char,
            usize,
            *mut *mut T,
        ) -> *mut safewasm_error_t,
    ) {
        let is_wanted = |h: &Handle| self.instances[h.of].exports.iter().any(|of| of.1 == kind);
        let a = self.pick_where(sel, Kind::Instance, is_wanted);
        let of = self.enter(a, Kind::Instance, "instance");
        let exports = of.as_ref().map_or(&[][..], |&i| &self.instances[i].exports);
        // Every other name is of an export of that kind, if there is one.
        let export = match exports.iter().find(|export| export.1 == kind) {
            Some(export) if n.is_multiple_of(2) => Some(*export),
            _ => exports.get(n as usize % (exports.len() + 1)).copied(),
        };
        let name = export.map_or("absent", |export| export.0);
        let want = of.and_then(|_| match export {
            Some((_, found, of)) if found == kind => Ok(of),
            Some(_) => refuse(ErrorKind::TYPE_MISMATCH, name),
            None => refuse(ErrorKind::NOT_FOUND, name),
        });
        let made = self.ask("safewasm_instance_func and the like", want, |out| unsafe {
            look_up(a.ptr(), name.as_ptr().cast(), name.len(), out)
        });
        if let Some((made, of)) = made {
            self.add(kind, made, Some(self.store_of(a)), of);
        }
    }

    pub fn instance_func(&mut self, sel: Sel, n: u64) {
        self.export_as(sel, n, Kind::Func, safewasm_instance_func);
    }

    pub fn instance_memory(&mut self, sel: Sel, n: u64) {
        self.export_as(sel, n, Kind::Memory, safewasm_instance_memory);
    }

    pub fn instance_table(&mut self, sel: Sel, n: u64) {
        self.export_as(sel, n, Kind::Table, safewasm_instance_table);
    }

    pub fn instance_global(&mut self, sel: Sel, n: u64) {
        self.export_as(sel, n, Kind::Global, safewasm_instance_global);
    }

    pub fn instance_tag(&mut self, sel: Sel, n: u64) {
        self.export_as(sel, n, Kind::Tag, safewasm_instance_tag);
    }

    pub fn instance_module(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_in(sel, Kind::Instance, "instance");
        let out = self.ask("safewasm_instance_module", want, |out| unsafe {
            safewasm_instance_module(a.ptr(), out)
        });
        if let Some((module, of)) = out {
            self.add(Kind::Module, module, None, self.instances[of].module);
        }
    }

    pub fn func_type(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_in(sel, Kind::Func, "func");
        let out =
            self.ask("safewasm_func_type", want, |out| unsafe { safewasm_func_type(a.ptr(), out) });
        if let Some((made, of)) = out {
            let engine = self.stores[self.store_of(a)].engine;
            self.add_functype(made, engine, self.funcs[of].sig);
        }
    }

    pub fn func_clone(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_in(sel, Kind::Func, "func");
        let out = self
            .ask("safewasm_func_clone", want, |out| unsafe { safewasm_func_clone(a.ptr(), out) });
        if let Some((made, of)) = out {
            self.add(Kind::Func, made, Some(self.store_of(a)), of);
        }
    }

    pub fn tag_type(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_in(sel, Kind::Tag, "tag");
        let out =
            self.ask("safewasm_tag_type", want, |out| unsafe { safewasm_tag_type(a.ptr(), out) });
        if let Some((made, of)) = out {
            let engine = self.stores[self.store_of(a)].engine;
            self.add_functype(made, engine, self.tags[of]);
        }
    }
}
