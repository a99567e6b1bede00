//! Questions about instances, functions and tags.

use super::*;
use safewasm_capi::*;

impl World {
    pub fn instance_exports_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Instance, "instance");
        let wanted = of.map(|i| self.instances[i].exports.len());
        self.ask_len("safewasm_instance_exports_len", wanted, |out| unsafe {
            safewasm_instance_exports_len(a.ptr(), out)
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
