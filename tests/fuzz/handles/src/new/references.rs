//! References.

use crate::model::*;
use crate::ops::{Sel, Value};
use crate::world::{Arg, World, finalize};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::safewasm_ref_t;
use safewasm_capi::*;

impl World {
    pub fn new_extern(&mut self, store: Arg) {
        let want = self.enter(store, Kind::Store, "store");
        if want.as_ref().is_ok_and(|&store| self.stores[store].tight) {
            return;
        }
        let number = self.refs.len();
        let env = self.env(want.as_ref().map_or(Owner::Nobody, |&store| Owner::Ref(store, number)));
        let made = self.ask("safewasm_ref_new_extern", want, |out| unsafe {
            let data = std::ptr::without_provenance_mut(env);
            safewasm_ref_new_extern(store.ptr(), data, Some(finalize), out)
        });
        if let Some((made, store)) = made {
            self.add_ref(made, store, Ref::Extern(env));
        }
    }

    pub fn new_i31(&mut self, store: Arg, number: u32) {
        let want = self.enter(store, Kind::Store, "store");
        let made = self.ask("safewasm_ref_new_i31", want, |out| unsafe {
            safewasm_ref_new_i31(store.ptr(), number, out)
        });
        if let Some((made, store)) = made {
            self.add_ref(made, store, Ref::I31(number & 0x7fff_ffff));
        }
    }

    /// Creates an exception with one field.
    pub fn new_exception(&mut self, tag: Sel, value: Value) {
        let tag = self.pick(tag, Kind::Tag);
        let of = self.enter(tag, Kind::Tag, "tag");
        let store = of.is_ok().then(|| self.store_of(tag));
        if store.is_some_and(|store| self.stores[store].tight) {
            return;
        }
        let given = self.give(value, store);
        let want = of.and_then(|of| {
            let [ty] = self.tags[of].0 else {
                return refuse(ErrorKind::TYPE_MISMATCH, "fields_len");
            };
            let val = self.accept(given, *ty, self.store_of(tag), "fields[0]")?;
            Ok((of, val))
        });
        let made = self.ask("safewasm_ref_new_exception", want, |out| unsafe {
            safewasm_ref_new_exception(tag.ptr(), &given.raw, 1, out)
        });
        if let Some((made, (of, val))) = made {
            self.add_ref(made, self.store_of(tag), Ref::Exn(of, vec![val]));
        }
    }

    fn add_ref(&mut self, made: *mut safewasm_ref_t, store: usize, reference: Ref) {
        self.refs.push((store, reference));
        self.add(Kind::Ref, made, Some(store), self.refs.len() - 1);
    }
}
