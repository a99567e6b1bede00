//! Questions about linkers.

use super::*;
use safewasm_capi::*;

impl World {
    pub fn linker_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Linker, "linker");
        let wanted = of.map(|l| self.linkers[l].definitions.len());
        self.ask_len("safewasm_linker_len", wanted, |out| unsafe {
            safewasm_linker_len(a.ptr(), out)
        });
    }

    pub fn linker_definition(&mut self, sel: Sel, n: u64) {
        type Found = Three<safewasm_text_t, safewasm_text_t, *mut safewasm_externtype_t>;
        let (a, of) = self.asked(sel, Kind::Linker, "linker");
        let want = of.and_then(|l| {
            let linker = &self.linkers[l];
            Ok((linker.engine, at(&linker.definitions, n)?))
        });
        let out = self.ask("safewasm_linker_definition", want, |out: *mut Found| unsafe {
            let Three(module, name, ty) = &mut *out;
            safewasm_linker_definition(a.ptr(), n as usize, module, name, ty)
        });
        let Some((Three(module, name, ty), (engine, wanted))) = out else { return };
        self.same(
            "definition",
            (text(module), text(name)),
            (wanted.module.to_owned(), wanted.name.to_owned()),
        );
        // The linker may know an older size of a memory or table than the model.
        if matches!(wanted.ty, Item::Memory(..) | Item::Table(..)) {
            // SAFETY: the type is this program's.
            unsafe { safewasm_externtype_delete(ty) };
        } else {
            self.add_externtype(ty, engine, wanted.ty);
        }
    }
}
