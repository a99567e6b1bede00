//! What there is at the start of a case.

use crate::model::*;
use crate::modules::{IMPORTER, PLAIN, VIA};
use crate::ops::{End, Num, Op, Script, Sel, Value};
use crate::world::{Arg, World};
use safewasm_capi::*;

impl World {
    /// What there is at the start of a case.
    pub fn furnish(&mut self, engines: [u8; 2]) {
        let script = Script { steps: Vec::new(), end: End::Return };
        let tame = |index| Sel { how: 0, index };
        for (number, bits) in engines.into_iter().enumerate() {
            self.new_engine(bits);
            let engine = self.last(Kind::Engine);
            for index in [PLAIN, VIA, IMPORTER] {
                if number == 0 || index != IMPORTER {
                    self.make_module(engine, index, 0);
                }
            }
            for sig in [SIGS[0], SIGS[2]] {
                self.make_functype(engine, sig);
            }
        }
        for (store, engine) in [(0, 0), (1, 0), (2, 1)] {
            self.make_store(self.pick(tame(engine), Kind::Engine));
            let arg = self.last(Kind::Store);
            if self.engines[usize::from(engine)].fuel {
                self.tell("safewasm_store_set_fuel", &Ok(()), || unsafe {
                    safewasm_store_set_fuel(arg.ptr(), 1 << 40)
                });
                self.stores[store].fuel = 1 << 40;
                self.stores[store].fuel_given = 1 << 40;
            }
            self.instantiate(tame(store as u16), tame(0), [tame(0); 4], 0, &script);
            for index in 0..11 {
                self.query(25, tame(store as u16), index);
            }
            let functype = self.pick_where(tame(0), Kind::FuncType, |h| {
                self.functypes[h.of].0 == usize::from(engine)
            });
            self.make_func(arg, functype, store % 2 == 0);
            let host = self.funcs.len() - 1;
            let place = self.handles.iter().filter(|h| {
                h.kind == Kind::Func && h.store == Some(store) && self.funcs[h.of].sig == SIGS[0]
            });
            let place = place.map(|h| h.of).position(|of| of == host).unwrap_or(0);
            self.instantiate(tame(store as u16), tame(1), [tame(place as u16); 4], 0, &script);
            let instance = self.handles.iter().filter(|h| h.kind == Kind::Instance).count() - 1;
            for index in 0..2 {
                self.query(25, tame(instance as u16), index);
            }
            self.make_extern(arg);
        }
        self.furnish_more();
    }

    /// One at least of what operations are seldom lucky enough to make.
    fn furnish_more(&mut self) {
        let tame = |index| Sel { how: 0, index };
        let value = |kind, null| Value { kind, number: 5, null, of: tame(0) };
        let new = |what, index, n, value| Op::New(what, tame(index), tame(0), Num(n), value);
        let nothing = Script { steps: Vec::new(), end: End::Return };
        let mut ops = vec![
            new(0, 0, 0, value(1, false)),
            new(7, 0, 0, value(1, false)),
            new(14, 0, 7, value(6, true)),
            new(14, 0, 2, value(6, true)),
            new(16, 0, 0, value(6, true)),
            new(15, 1, 0, value(7, true)),
            new(18, 0, 0, value(1, false)),
            new(19, 0, 0, value(1, false)),
            new(20, 0, 0, value(1, false)),
            new(20, 0, 0, value(1, false)),
            new(21, 0, 0, value(1, false)),
            new(21, 0, 0, value(1, false)),
            new(21, 1, 0, value(1, false)),
            new(22, 0, 0, value(1, false)),
            Op::Ask(33, tame(0), Num(0)),
        ];
        // The exceptions are the last references.
        let refs = self.handles.iter().filter(|handle| handle.kind == Kind::Ref).count() as u16;
        ops.push(new(23, refs + 2, 0, value(1, false)));
        for (index, engine) in [0, 1].into_iter().enumerate() {
            if self.engines[engine].shared {
                ops.push(new(13, index as u16, 8, value(1, false)));
            }
        }
        ops.extend((0..5).map(|index| Op::Ask(10, tame(0), Num(index))));
        // The first linker has a host function, the second what an instance exports.
        ops.push(Op::Link(5, tame(0), tame(0), tame(0), 0, 1));
        ops.push(Op::Link(2, tame(0), tame(0), tame(0), 0, 0));
        ops.push(Op::Link(4, tame(1), tame(0), tame(0), 0, 0));
        ops.push(Op::LinkInstance(1, tame(0), tame(0), tame(1), nothing.clone()));
        let kept = ops.len();
        ops.push(new(6, 0, 0, value(1, false)));
        let zero = Value { number: 0, ..value(1, false) };
        ops.push(Op::Call(tame(1), false, zero, nothing.clone()));
        ops.push(Op::Call(Sel { how: 70, index: 3 }, false, zero, nothing));
        for (index, op) in ops.iter().enumerate() {
            // Errors of several kinds: of the system, of a trap, of an exception.
            self.keep = index >= kept;
            self.execute(op);
            if let Some(wrong) = self.wrong.as_mut().filter(|wrong| !wrong.contains("\n  in ")) {
                *wrong += &format!("\n  in {op:?}, at the start");
            }
        }
    }

    pub fn last(&self, kind: Kind) -> Arg {
        let found = self.handles.iter().rposition(|handle| handle.kind == kind);
        Arg { bits: found.map_or(0, |id| self.handles[id].bits), id: found }
    }
}
