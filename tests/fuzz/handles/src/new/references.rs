//! References.

use crate::model::*;
use crate::ops::{New, Sel, Value, ValueKind};
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

    pub fn new_heaptype(&mut self, engine: Arg, n: u64) {
        let want = self.need(engine, Kind::Engine, "engine");
        let ty = n as usize % HEAP_TYPES.len();
        let text = HEAP_TYPES[ty].text;
        let made = self.ask("safewasm_heaptype_new_text", want, |out| unsafe {
            safewasm_heaptype_new_text(engine.ptr(), text.as_ptr().cast(), text.len(), out)
        });
        if let Some((made, engine)) = made {
            self.add_heaptype(made, engine, ty);
        }
    }

    /// Creates a structure with two fields, or an array of up to three elements.
    pub fn new_object(&mut self, store: Arg, heaptype: Arg, what: New, n: u64, value: Value) {
        let entered = self.need(heaptype, Kind::HeapType, "heaptype").and_then(|of| {
            let store = self.enter(store, Kind::Store, "store")?;
            Ok((store, self.heaptypes[of]))
        });
        if entered.as_ref().is_ok_and(|&(store, _)| self.stores[store].tight) {
            return;
        }
        let given = self.give(value, entered.as_ref().ok().map(|&(store, _)| store));
        let len = if what == New::Struct { 1 } else { n as usize % 4 };
        let number = self.give(Value { kind: ValueKind(I32), ..value }, None);
        let want = entered.and_then(|(store, (engine, ty))| {
            if self.stores[store].engine != engine {
                return refuse(ErrorKind::WRONG_ENGINE, "heaptype");
            }
            let of = &HEAP_TYPES[ty];
            if of.is_array != (what != New::Struct) {
                return refuse(ErrorKind::TYPE_MISMATCH, "heaptype");
            }
            let is_filled = what == New::ArrayFilled;
            let mut vals = Vec::new();
            if len > 0 || is_filled {
                let name = if is_filled { "value" } else { "values[0]" };
                vals = vec![self.accept(given, of.fields[0].0, store, name)?; len];
            }
            if what == New::Struct {
                vals.push(self.accept(number, Ty::I32, store, "values[1]")?);
            }
            Ok((store, ty, vals))
        });
        let values =
            if what == New::Struct { [given.raw, number.raw, given.raw] } else { [given.raw; 3] };
        let (store, heaptype, values, one) =
            (store.ptr(), heaptype.ptr(), values.as_ptr(), &given.raw);
        let made = self.ask("safewasm_ref_new_object", want, |out| unsafe {
            match what {
                New::Struct => safewasm_ref_new_struct(store, heaptype, values, 2, out),
                New::Array => safewasm_ref_new_array(store, heaptype, values, len, out),
                _ => safewasm_ref_new_array_filled(store, heaptype, len, one, out),
            }
        });
        if let Some((made, (store, ty, vals))) = made {
            self.add_ref(made, store, Ref::Object(ty, vals));
        }
    }

    fn add_ref(&mut self, made: *mut safewasm_ref_t, store: usize, reference: Ref) {
        self.refs.push((store, reference));
        self.add(Kind::Ref, made, Some(store), self.refs.len() - 1);
    }
}
