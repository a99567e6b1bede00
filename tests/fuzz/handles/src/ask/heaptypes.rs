//! Questions about heap types.

use super::*;
use safewasm::abi::safewasm_fieldtype_t;
use safewasm::abi::safewasm_heapkind_t as HeapKind;
use safewasm_capi::*;

impl World {
    pub fn heaptype_kind(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::HeapType, "heaptype");
        let wanted = of.map(|of| match HEAP_TYPES[self.heaptypes[of].1].is_array {
            true => HeapKind::ARRAY as u32,
            false => HeapKind::STRUCT as u32,
        });
        answer!(self, safewasm_heaptype_kind(a), wanted, |out: u32| out);
    }

    pub fn heaptype_text(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::HeapType, "heaptype");
        let wanted = of.map(|of| HEAP_TYPES[self.heaptypes[of].1].text.to_owned());
        answer!(self, safewasm_heaptype_text(a), wanted, |out: safewasm_text_t| text(out));
    }

    pub fn heaptype_fields_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::HeapType, "heaptype");
        let wanted = of.map(|of| HEAP_TYPES[self.heaptypes[of].1].fields.len());
        self.ask_len("safewasm_heaptype_fields_len", wanted, |out| unsafe {
            safewasm_heaptype_fields_len(a.ptr(), out)
        });
    }

    pub fn heaptype_field(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked(sel, Kind::HeapType, "heaptype");
        let wanted = of.and_then(|of| at(HEAP_TYPES[self.heaptypes[of].1].fields, n));
        answer!(
            self,
            safewasm_heaptype_field(a, n as usize),
            wanted.map(|(ty, is_mutable)| (ty.raw(), is_mutable)),
            |out: safewasm_fieldtype_t| (out.content, out.is_mutable.get())
        );
    }

    pub fn heaptype_of_param(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked(sel, Kind::FuncType, "functype");
        let want = of.and_then(|f| at(self.functypes[f].1.0, n));
        self.no_heaptype("safewasm_heaptype_of_param", want.map(drop), |out| unsafe {
            safewasm_heaptype_of_param(a.ptr(), n as usize, out)
        });
    }

    pub fn heaptype_of_result(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked(sel, Kind::FuncType, "functype");
        let want = of.and_then(|f| at(self.functypes[f].1.1, n));
        self.no_heaptype("safewasm_heaptype_of_result", want.map(drop), |out| unsafe {
            safewasm_heaptype_of_result(a.ptr(), n as usize, out)
        });
    }

    pub fn heaptype_of_extern(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::ExternType, "externtype");
        self.no_heaptype("safewasm_heaptype_of_extern", of.map(drop), |out| unsafe {
            safewasm_heaptype_of_extern(a.ptr(), out)
        });
    }

    pub fn heaptype_of_field(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked(sel, Kind::HeapType, "heaptype");
        let want = of.and_then(|of| at(HEAP_TYPES[self.heaptypes[of].1].fields, n));
        self.no_heaptype("safewasm_heaptype_of_field", want.map(drop), |out| unsafe {
            safewasm_heaptype_of_field(a.ptr(), n as usize, out)
        });
    }

    /// Asks for the heap type of something that has a type without a definition.
    fn no_heaptype(
        &mut self,
        name: &str,
        want: Want,
        call: impl FnOnce(*mut *mut safewasm_heaptype_t) -> *mut safewasm_error_t,
    ) {
        let want: Want = want.and_then(|()| refuse(ErrorKind::TYPE_MISMATCH, ""));
        self.ask(name, want, call);
    }

    pub fn heaptype_of_ref(&mut self, sel: Sel, _: u64) {
        let is_object = |h: &Handle| matches!(self.refs[h.of].1, Ref::Object(..));
        let a = self.pick_where(sel, Kind::Ref, is_object);
        let want = self.enter(a, Kind::Ref, "reference").and_then(|of| match self.refs[of].1 {
            Ref::Object(ty, _) => Ok((self.stores[self.store_of(a)].engine, ty)),
            _ => refuse(ErrorKind::TYPE_MISMATCH, "reference"),
        });
        let made = self.ask("safewasm_heaptype_of_ref", want, |out| unsafe {
            safewasm_heaptype_of_ref(a.ptr(), out)
        });
        if let Some((made, (engine, ty))) = made {
            self.add_heaptype(made, engine, ty);
        }
    }
}
