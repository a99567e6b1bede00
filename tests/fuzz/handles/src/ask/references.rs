//! Questions about references.

use super::*;
use safewasm::abi::safewasm_fieldtype_t;
use safewasm::abi::safewasm_heapkind_t as HeapKind;
use safewasm_capi::*;
use std::ffi::c_void;

impl World {
    /// Chooses a reference, preferably one of which `part` finds something. Others are of the wrong
    /// type.
    fn part_of_ref<T>(&self, sel: Sel, part: impl Fn(&Ref) -> Option<T>) -> (Arg, Want<T>) {
        let arg = self.pick_where(sel, Kind::Ref, |h| part(&self.refs[h.of].1).is_some());
        let want = self.enter(arg, Kind::Ref, "reference").and_then(|of| {
            part(&self.refs[of].1).map_or_else(|| refuse(ErrorKind::TYPE_MISMATCH, "reference"), Ok)
        });
        (arg, want)
    }

    pub fn ref_env(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Ref, "reference");
        let wanted = of.and_then(|r| match self.refs[r].1 {
            Ref::Extern(env) => Ok(env),
            _ => refuse(ErrorKind::TYPE_MISMATCH, "reference"),
        });
        answer!(self, safewasm_ref_env(a), wanted, |out: *mut c_void| out.addr());
    }

    pub fn ref_i31(&mut self, sel: Sel, _: u64) {
        let (a, wanted) = self.part_of_ref(sel, |of| match of {
            Ref::I31(value) => Some(*value),
            _ => None,
        });
        answer!(self, safewasm_ref_i31(a), wanted, |out: u32| out);
    }

    pub fn ref_tag(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.part_of_ref(sel, |of| match of {
            Ref::Exn(tag, _) => Some(*tag),
            _ => None,
        });
        let out =
            self.ask("safewasm_ref_tag", want, |out| unsafe { safewasm_ref_tag(a.ptr(), out) });
        if let Some((made, tag)) = out {
            self.add(Kind::Tag, made, Some(self.store_of(a)), tag);
        }
    }

    pub fn ref_fields_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Ref, "reference");
        let wanted = of.map(|r| self.refs[r].1.values().len());
        self.ask_len("safewasm_ref_fields_len", wanted, |out| unsafe {
            safewasm_ref_fields_len(a.ptr(), out)
        });
    }

    pub fn ref_field(&mut self, sel: Sel, n: u64) {
        let a = self.pick_where(sel, Kind::Ref, |h| !self.refs[h.of].1.values().is_empty());
        let of = self.enter(a, Kind::Ref, "reference");
        let want = of.and_then(|r| at(self.refs[r].1.values(), n));
        let out = self.ask("safewasm_ref_field", want, |out| unsafe {
            safewasm_ref_field(a.ptr(), n as usize, out)
        });
        self.take_value("a field", a, out);
    }

    pub fn ref_field_type(&mut self, sel: Sel, n: u64) {
        let a = self.pick_where(sel, Kind::Ref, |h| !self.refs[h.of].1.values().is_empty());
        let of = self.enter(a, Kind::Ref, "reference");
        let wanted = of.and_then(|r| self.refs[r].1.field(n));
        answer!(
            self,
            safewasm_ref_field_type(a, n as usize),
            wanted.map(|(ty, is_mutable)| (ty.raw(), is_mutable)),
            |out: safewasm_fieldtype_t| (out.content, out.is_mutable.get())
        );
    }

    pub fn ref_type(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Ref, "reference");
        let wanted = of.map(|r| match self.refs[r].1 {
            Ref::Extern(_) => HeapKind::EXTERN as u8,
            Ref::I31(_) => HeapKind::I31 as u8,
            Ref::Exn(..) => HeapKind::CONCRETE_EXN as u8,
            Ref::Object(ty, _) if HEAP_TYPES[ty].is_array => HeapKind::CONCRETE_ARRAY as u8,
            Ref::Object(..) => HeapKind::CONCRETE_STRUCT as u8,
        });
        answer!(self, safewasm_ref_type(a), wanted, |out: safewasm_valtype_t| out.heap);
    }

    pub fn ref_clone(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_in(sel, Kind::Ref, "reference");
        let out =
            self.ask("safewasm_ref_clone", want, |out| unsafe { safewasm_ref_clone(a.ptr(), out) });
        if let Some((made, of)) = out {
            self.add(Kind::Ref, made, Some(self.store_of(a)), of);
        }
    }
}
