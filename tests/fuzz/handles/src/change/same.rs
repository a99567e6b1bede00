//! Objects are compared.

use crate::model::*;
use crate::ops::{Same, Sel};
use crate::world::World;
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::*;

impl World {
    pub fn compare(&mut self, what: Same, a: Sel, b: Sel) {
        let (kind, name) = match what {
            Same::Func => (Kind::Func, "func"),
            Same::Tag => (Kind::Tag, "tag"),
            Same::Ref => (Kind::Ref, "reference"),
        };
        let one = self.pick(a, kind);
        let store = one.id.and_then(|id| self.handles[id].store);
        let other = self.pick_where(b, kind, |handle| handle.store == store);
        let want = self.need(other, kind, "other").and_then(|other_of| {
            let of = self.enter(one, kind, name)?;
            if self.store_of(one) != self.store_of(other) {
                return refuse(ErrorKind::WRONG_STORE, "other");
            }
            Ok((of, other_of))
        });
        let out = self.ask("same", want, |out: *mut u32| unsafe {
            match what {
                Same::Func => safewasm_func_same(one.ptr(), other.ptr(), out),
                Same::Tag => safewasm_tag_same(one.ptr(), other.ptr(), out),
                Same::Ref => safewasm_ref_same(one.ptr(), other.ptr(), out),
            }
        });
        let Some((out, (of, other))) = out else { return };
        let is_vague =
            what == Same::Func && (self.funcs[of].is_vague || self.funcs[other].is_vague);
        let is_same = match (what, self.refs.get(of), self.refs.get(other)) {
            // References to equal integers are the same.
            (Same::Ref, Some((_, Ref::I31(x))), Some((_, Ref::I31(y)))) => x == y,
            _ => of == other,
        };
        self.check(out <= 1 && (is_vague || (out == 1) == is_same), || {
            format!("same {name}: {out}, not {is_same}")
        });
    }
}
