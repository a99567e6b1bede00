//! Questions about function types and extern types.

use super::*;
use safewasm::abi::safewasm_globaltype_t;
use safewasm_capi::*;

impl World {
    pub fn functype_params_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::FuncType, "functype");
        let wanted = of.map(|f| self.functypes[f].1.0.len());
        self.ask_len("safewasm_functype_params_len", wanted, |out| unsafe {
            safewasm_functype_params_len(a.ptr(), out)
        });
    }

    pub fn functype_results_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::FuncType, "functype");
        let wanted = of.map(|f| self.functypes[f].1.1.len());
        self.ask_len("safewasm_functype_results_len", wanted, |out| unsafe {
            safewasm_functype_results_len(a.ptr(), out)
        });
    }

    pub fn functype_param(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked(sel, Kind::FuncType, "functype");
        let wanted = of.and_then(|f| at(self.functypes[f].1.0, n)).map(Ty::raw);
        answer!(self, safewasm_functype_param(a, n as usize), wanted, |out: safewasm_valtype_t| {
            out
        });
    }

    pub fn functype_result(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked(sel, Kind::FuncType, "functype");
        let wanted = of.and_then(|f| at(self.functypes[f].1.1, n)).map(Ty::raw);
        answer!(
            self,
            safewasm_functype_result(a, n as usize),
            wanted,
            |out: safewasm_valtype_t| { out }
        );
    }

    pub fn functype_text(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::FuncType, "functype");
        let wanted = of.map(|f| sig_text(self.functypes[f].1));
        answer!(self, safewasm_functype_text(a), wanted, |out: safewasm_text_t| text(out));
    }

    pub fn externtype_kind(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::ExternType, "externtype");
        // The type of a shared memory may be one of memories.
        let number = |kind| match kind {
            Kind::SharedMemory => ExternKind::of(Kind::Memory).number,
            _ => ExternKind::of(kind).number,
        };
        let shared = ExternKind::of(Kind::SharedMemory).number;
        answer!(
            self,
            safewasm_externtype_kind(a),
            of.map(|e| number(self.externtypes[e].1.kind())),
            |out: u32| if out == shared { number(Kind::Memory) } else { out }
        );
    }

    pub fn externtype_text(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::ExternType, "externtype");
        let wanted = of.map(|e| self.externtypes[e].1.text());
        answer!(self, safewasm_externtype_text(a), wanted, |out: safewasm_text_t| text(out));
    }

    /// Chooses an extern type, preferably one of which `part` finds something. Other types have an error.
    fn part_of_externtype<T>(
        &self,
        sel: Sel,
        part: impl Fn(Item) -> Option<T>,
    ) -> (Arg, Want<(usize, T)>) {
        let has_part = |h: &Handle| part(self.externtypes[h.of].1).is_some();
        let arg = self.pick_where(sel, Kind::ExternType, has_part);
        let want = self.need(arg, Kind::ExternType, "externtype").and_then(|of| {
            let (engine, item) = self.externtypes[of];
            match part(item) {
                Some(part) => Ok((engine, part)),
                None => refuse(ErrorKind::TYPE_MISMATCH, "externtype"),
            }
        });
        (arg, want)
    }

    pub fn externtype_functype(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.part_of_externtype(sel, |item| match item {
            Item::Func(sig) | Item::Tag(sig) => Some(sig),
            _ => None,
        });
        let out = self.ask("safewasm_externtype_functype", want, |out| unsafe {
            safewasm_externtype_functype(a.ptr(), out)
        });
        if let Some((made, (engine, sig))) = out {
            self.add_functype(made, engine, sig);
        }
    }

    pub fn externtype_memorytype(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.part_of_externtype(sel, |item| match item {
            Item::Memory(min, max) => Some(memory_parts(min, max, false)),
            Item::Shared(min, max) => Some(memory_parts(min, Some(max), true)),
            _ => None,
        });
        answer!(
            self,
            safewasm_externtype_memorytype(a),
            want.map(|(_, parts)| parts),
            |out: safewasm_memorytype_t| parts_of_memory(out)
        );
    }

    pub fn externtype_tabletype(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.part_of_externtype(sel, |item| match item {
            Item::Table(min, max, ty) => Some(table_parts(min, max, ty)),
            _ => None,
        });
        answer!(
            self,
            safewasm_externtype_tabletype(a),
            want.map(|(_, parts)| parts),
            |out: safewasm_tabletype_t| parts_of_table(out)
        );
    }

    pub fn externtype_globaltype(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.part_of_externtype(sel, |item| match item {
            Item::Global(ty, is_mutable) => Some((ty.raw(), is_mutable)),
            _ => None,
        });
        answer!(
            self,
            safewasm_externtype_globaltype(a),
            want.map(|(_, parts)| parts),
            |out: safewasm_globaltype_t| (out.content, out.is_mutable.get())
        );
    }
}
