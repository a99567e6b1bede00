//! Fields of structures and elements of arrays are set.

use crate::model::*;
use crate::ops::{Sel, Value};
use crate::world::World;
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::*;

impl World {
    pub fn set_field(&mut self, sel: Sel, index: u64, value: Value) {
        let is_object = |h: &Handle| matches!(self.refs[h.of].1, Ref::Object(..));
        let reference = self.pick_where(sel, Kind::Ref, is_object);
        let of = self.enter(reference, Kind::Ref, "reference");
        let given = self.give(value, of.is_ok().then(|| self.store_of(reference)));
        let want = of.and_then(|of| {
            let (ty, is_mutable) = self.refs[of].1.field(index)?;
            if !is_mutable {
                return refuse(ErrorKind::TYPE_MISMATCH, "");
            }
            let val = self.accept(given, ty, self.store_of(reference), "value")?;
            Ok((of, val))
        });
        let set = self.tell("safewasm_ref_set_field", want, || unsafe {
            safewasm_ref_set_field(reference.ptr(), index as usize, &given.raw)
        });
        if let Some((of, val)) = set
            && let Ref::Object(_, fields) = &mut self.refs[of].1
        {
            fields[index as usize] = val;
        }
    }
}
