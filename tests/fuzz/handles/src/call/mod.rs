//! Functions are called.

mod components;
mod host;
mod outcome;

pub use host::{nodes_callback, slots_callback, values_callback};

use crate::model::*;
use crate::ops::{Call, Script, Value, ValueKind};
use crate::values::Given;
use crate::world::{Arg, Pending, World};
use safewasm::abi::safewasm_column_t;
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm::abi::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::*;

/// How arguments and results are passed.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Values,
    Slots,
    /// A bulk call of one row, whose columns lie in the slots.
    Bulk,
}

/// The arguments of a call, and the places for its results.
struct Buffers {
    sig: Sig,
    args: Vec<safewasm_val_t>,
    results: Vec<safewasm_val_t>,
    slots: Vec<safewasm_slot_t>,
}

impl Buffers {
    /// Slots hold `x`. Results hold a value of no kind.
    fn new(sig: Sig, given: &[Given], x: i32) -> Self {
        let no_value = safewasm_val_t { kind: 9, of: safewasm_slot_t { v128: [9; 16] } };
        Self {
            sig,
            args: given.iter().map(|given| given.raw).collect(),
            results: vec![no_value; sig.1.len()],
            slots: (0..sig.0.len().max(sig.1.len()))
                .map(|_| safewasm_slot_t { v128: number(I32, x) })
                .collect(),
        }
    }

    fn call(&mut self, func: Arg, way: Way) -> *mut safewasm_error_t {
        let func = func.ptr();
        // SAFETY: any handle is accepted, and the buffers have the sizes that are passed.
        unsafe {
            match way {
                Way::Bulk => {
                    let column = |slot: &mut safewasm_slot_t| safewasm_column_t {
                        data: (&raw mut *slot).cast(),
                        stride: 16,
                    };
                    let columns: Vec<_> = self.slots.iter_mut().map(column).collect();
                    let (columns, sig) = (columns.as_ptr(), self.sig);
                    safewasm_func_call_bulk(func, 1, columns, sig.0.len(), columns, sig.1.len())
                }
                Way::Slots => {
                    safewasm_func_call_slots(func, self.slots.as_mut_ptr(), self.slots.len())
                }
                Way::Values => {
                    let (args, args_len) = (self.args.as_ptr(), self.args.len());
                    let (results, len) = (self.results.as_mut_ptr(), self.results.len());
                    safewasm_func_call(func, args, args_len, results, len)
                }
            }
        }
    }

    /// The first result.
    fn result(&self, way: Way) -> safewasm_val_t {
        match way {
            Way::Values => self.results[0],
            _ => safewasm_val_t { kind: self.sig.1[0].kind(), of: self.slots[0] },
        }
    }
}

impl World {
    pub fn call_func(&mut self, Call { func, slots, value, script }: &Call) {
        let way = match (slots, value.null) {
            (false, _) => Way::Values,
            (true, false) => Way::Slots,
            (true, true) => Way::Bulk,
        };
        let func = self.pick_where(*func, Kind::Func, |h| self.funcs[h.of].sig == CALL);
        let of = self.enter(func, Kind::Func, "func");
        let store = of.is_ok().then(|| self.store_of(func));
        let sig = of.as_ref().map_or(CALL, |&of| self.funcs[of].sig);
        let throws = of.as_ref().is_ok_and(|&of| matches!(self.funcs[of].does, Does::Throw(_)));
        // An exception needs memory of the store.
        if throws && store.is_some_and(|store| self.stores[store].tight) {
            return;
        }
        let given = self.arguments(sig, *value, store);
        let x = if way != Way::Values && sig.0.len() == 1 { value.number } else { 0 };
        let accepted = of.and_then(|of| {
            let first = match way {
                Way::Values => self.accepted(sig, &given, self.store_of(func))?,
                _ if has_references(sig) => return refuse(ErrorKind::UNSUPPORTED, ""),
                _ => Val::of_i32(x),
            };
            Ok((of, first))
        });
        let before = match (&accepted, store) {
            (Ok((of, _)), Some(store)) => self.begin(store, self.calling(*of), script),
            _ => Ok(()),
        };
        let mut buffers = Buffers::new(sig, &given, x);
        let mut result = None;
        self.call(
            "a call",
            |_: *mut ()| buffers.call(func, way),
            |world| {
                let (of, first) = accepted?;
                result = Some(world.returned(of, first, store.unwrap_or(0), before)?);
                Ok(())
            },
        );
        if self.wrong.is_none() {
            self.take_results(&buffers, way, store.zip(result));
        }
    }

    /// The arguments of a call: `value` if there is one parameter, otherwise zeros.
    fn arguments(&self, sig: Sig, value: Value, store: Option<usize>) -> Vec<Given> {
        let zero = |ty: &Ty| Value { kind: ValueKind(ty.kind()), number: 0, null: true, ..value };
        let value = |ty| if sig.0.len() == 1 { value } else { zero(ty) };
        sig.0.iter().map(|ty| self.give(value(ty), store)).collect()
    }

    /// The first argument, if all are accepted.
    fn accepted(&self, sig: Sig, given: &[Given], store: usize) -> Want<Val> {
        let mut first = Val::of_i32(0);
        for (index, (given, ty)) in given.iter().zip(sig.0).enumerate() {
            let val = self.accept(*given, *ty, store, &format!("args[{index}]"))?;
            if index == 0 {
                first = val;
            }
        }
        Ok(first)
    }

    /// Begins a call of wasm. A host function that it reaches runs the script, called by `instance`.
    /// Returns the trap with which wasm ends at once, if it does.
    pub fn begin(&mut self, store: usize, instance: Option<usize>, script: &Script) -> Want {
        if !self.is_inside(store) {
            self.stores[store].interrupted = false;
        }
        self.stores[store].fuel_is_exact &= self.stores[store].fuel == 0;
        let script = Some(script.clone());
        self.pending.push(Pending { script, store, instance, ..Pending::default() });
        self.stops(store)
    }

    /// The outcome of a call that has returned.
    fn returned(&mut self, func: usize, first: Val, store: usize, before: Want) -> Want<Val> {
        let done = self.pending.pop().unwrap_or_default();
        let outcome = match self.funcs[func].does {
            Does::Echo => self.charged(store, before).map(|()| first),
            _ => self.outcome(func, first.i32(), store, &before, &done),
        };
        self.note_failure(store, &outcome);
        if self.stores[store].poisoned && outcome.is_err() && done.ended.is_some() {
            return refuse(ErrorKind::STORE_POISONED, "");
        }
        outcome
    }

    /// Compares the results of a call with the wanted one, or checks that they are cleared.
    fn take_results(&mut self, buffers: &Buffers, way: Way, wanted: Option<(usize, Val)>) {
        match wanted {
            Some((store, val)) if !buffers.results.is_empty() => {
                self.take_value_in("a result", store, buffers.result(way), val);
            }
            None if way == Way::Values => {
                for result in &buffers.results {
                    // SAFETY: every bit pattern is a value of each member.
                    let found = (result.kind, unsafe { result.of.v128 });
                    self.same("a result of a failed call", found, (0, [0; 16]));
                }
            }
            _ => {}
        }
    }
}
