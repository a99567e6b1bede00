//! Calls, what host functions do in them, and instances.

use crate::model::*;
use crate::ops::{End, Script, Sel, Value};
use crate::queries::UNKNOWN;
use crate::values::number;
use crate::world::{Frame, Pending, World, finalize};
use safewasm::bulk::safewasm_column_t;
use safewasm::caller::safewasm_caller_t;
use safewasm::error::{
    safewasm_error_kind_t as ErrorKind, safewasm_error_t, safewasm_trap_code_t as TrapCode,
};
use safewasm::value::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::*;
use std::ffi::c_void;
use std::ptr::null_mut;

pub unsafe extern "C-unwind" fn values_callback(
    _env: *mut c_void,
    caller: *mut safewasm_caller_t,
    args: *const safewasm_val_t,
    args_len: usize,
    results: *mut safewasm_val_t,
    results_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: called from within a call of the world's; the arrays are that long.
    unsafe {
        let got = (args_len == 1 && (*args).kind == 1).then(|| (*args).of.i32);
        for index in 0..results_len {
            let mut result = safewasm_val_t { kind: 1, of: safewasm_slot_t { v128: [0; 16] } };
            match (got, args_len) {
                (Some(x), _) => result.of.i32 = x.wrapping_add(5),
                (None, 1) => result.kind = 6,
                _ => result.kind = 3,
            }
            results.add(index).write(result);
        }
        World::lent().host(caller, got)
    }
}

pub unsafe extern "C-unwind" fn slots_callback(
    _env: *mut c_void,
    caller: *mut safewasm_caller_t,
    slots: *mut safewasm_slot_t,
    slots_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: as above.
    unsafe {
        let got = (slots_len == 1).then(|| (*slots).i32);
        if let Some(x) = got {
            (*slots).i32 = x.wrapping_add(5);
        }
        World::lent().host(caller, got)
    }
}

impl World {
    /// What a host function does.
    fn host(&mut self, caller: *mut safewasm_caller_t, got: Option<i32>) -> *mut safewasm_error_t {
        let Some(pending) = self.pending.last_mut() else { return null_mut() };
        let (script, store, instance) = (pending.script.take(), pending.store, pending.instance);
        pending.got = got;
        self.frames.push(Frame { store, thread: self.thread });
        let id = self.add(Kind::Caller, caller, Some(store), instance.unwrap_or(usize::MAX));
        let script = script.unwrap_or(Script { steps: Vec::new(), end: End::Return });
        let keep = self.keep;
        self.look_around();
        self.run(&script.steps);
        let (error, ended) = self.finish(&script.end, store);
        self.keep = keep;
        self.handles[id].deleted = true;
        self.frames.pop();
        let ended =
            if self.stores[store].poisoned { refuse(ErrorKind::STORE_POISONED, "") } else { ended };
        if let Some(pending) = self.pending.last_mut() {
            pending.ended = Some(ended);
        }
        error
    }

    fn finish(&mut self, end: &End, store: usize) -> (*mut safewasm_error_t, Want) {
        let mut error = null_mut();
        match end {
            End::Fail => {
                let env = self.env(Owner::Errors);
                // SAFETY: the text is there, and room for the error.
                let made = unsafe {
                    let data = std::ptr::without_provenance_mut(env);
                    check(safewasm_error_new(c"said".as_ptr(), 4, data, Some(finalize), &mut error))
                };
                self.check(made.is_ok(), || format!("safewasm_error_new: {made:?}"));
                let refusal = refuse::<()>(ErrorKind::HOST, "").unwrap_err();
                (error, Err(Refusal { env: Some(env), ..refusal }))
            }
            End::Throw(sel) => {
                let exception =
                    self.pick_where(*sel, Kind::Ref, |h| matches!(self.refs[h.of].1, Ref::Exn(..)));
                let Ok(of) = self.enter(exception, Kind::Ref, "exception") else {
                    return (error, Ok(()));
                };
                if !matches!(self.refs[of].1, Ref::Exn(..)) || self.stores[store].deleted {
                    return (error, Ok(()));
                }
                // SAFETY: there is room for the error.
                let made =
                    unsafe { check(safewasm_error_new_exception(exception.ptr(), &mut error)) };
                self.check(made.is_ok(), || format!("safewasm_error_new_exception: {made:?}"));
                let refusal = refuse::<()>(ErrorKind::EXCEPTION, "").unwrap_err();
                (error, Err(Refusal { exception: Some(of), ..refusal }))
            }
            End::Nonsense => (
                std::ptr::without_provenance_mut(0x4500_0000_0000_1234),
                refuse(ErrorKind::INVALID_HANDLE, ""),
            ),
            End::Return => (error, Ok(())),
        }
    }

    /// Whether calls in a store are to end.
    fn is_late(&self, store: usize) -> bool {
        let store = &self.stores[store];
        let engine = &self.engines[store.engine];
        let is_late = store.deleted
            || store.interrupted
            || store.is_late
            || store.epoch_deadline <= engine.epoch;
        engine.epochs && is_late
    }

    /// Whether wasm that begins, or comes to a loop, ends with a trap.
    fn stops(&self, store: usize) -> Want {
        let is_late = self.is_late(store);
        let store = &self.stores[store];
        match (self.engines[store.engine].fuel && store.fuel == 0, is_late) {
            (true, true) => refuse(ErrorKind::TRAP, ""),
            (true, false) => trap(TrapCode::OUT_OF_FUEL),
            (false, true) => trap(TrapCode::INTERRUPT),
            (false, false) => Ok(()),
        }
    }

    /// How wasm ends: a trap for which it hasn't counted the fuel takes all that is left.
    pub fn charged<T>(&mut self, store: usize, end: Want<T>) -> Want<T> {
        let code = end.as_ref().err().and_then(|refusal| refusal.trap);
        if matches!(code, Some(TrapCode::INTERRUPT | TrapCode::INTEGER_DIVISION_BY_ZERO)) {
            let store = &mut self.stores[store];
            (store.fuel, store.fuel_is_exact) = (0, true);
        }
        end
    }

    /// Begins a call: what the host function does that it may lead to.
    pub fn begin(&mut self, store: usize, script: &Script) -> Want {
        if !self.is_inside(store) {
            self.stores[store].interrupted = false;
        }
        self.stores[store].fuel_is_exact &= self.stores[store].fuel == 0;
        self.pending.push(Pending { script: Some(script.clone()), store, ..Pending::default() });
        self.stops(store)
    }

    /// The instance that calls a host function, where a call of that function leads to one.
    pub fn calling(&self, func: usize) -> Option<usize> {
        match self.funcs[func].does {
            Does::Via(target) | Does::Catch(target) => match self.funcs[target].does {
                Does::Host => {
                    let has = |of: &Instance| of.exports.contains(&("via", Kind::Func, func));
                    let catches = |of: &Instance| of.exports.contains(&("catch", Kind::Func, func));
                    let found = self.instances.iter().position(|of| has(of) || catches(of));
                    // What came out of a linker is another function.
                    found.or(Some(UNKNOWN))
                }
                _ => self.calling(target),
            },
            _ => None,
        }
    }

    /// What a function gives, after the call.
    pub fn outcome(
        &mut self,
        func: usize,
        x: i32,
        store: usize,
        before: &Want,
        done: &Pending,
    ) -> Want<Val> {
        let int = |x: i32| Ok(Val::Number(1, number(1, x)));
        let none = Ok(Val::Null(0));
        let sig = self.funcs[func].sig;
        let does = self.funcs[func].does.clone();
        if let Does::Host = does {
            let Some(ended) = done.ended.clone() else {
                self.fail(|| "the host function was not called".to_owned());
                return none;
            };
            ended?;
            if self.is_late(store) {
                return self.charged(store, trap(TrapCode::INTERRUPT));
            }
            if sig == SIGS[0] {
                self.same("the argument of a host function", done.got, Some(x));
                return int(x.wrapping_add(5));
            }
            return match sig.1 {
                [Ty::F32] => Ok(Val::Number(3, [0; 16])),
                [_] => Ok(Val::Null(6)),
                _ => none,
            };
        }
        match does {
            Does::Undefined => return trap(TrapCode::OTHER),
            Does::Zero => {
                return match sig.1 {
                    [ty] if ty.is_ref() => Ok(Val::Null(ty.parts().0)),
                    [ty] => Ok(Val::Number(ty.parts().0, [0; 16])),
                    _ => none,
                };
            }
            Does::Command => {
                let (used, most) = self.stores[store].instances;
                if used >= most {
                    return refuse(ErrorKind::LIMIT, "");
                }
                self.stores[store].instances.0 += 1;
            }
            _ => {}
        }
        self.charged(store, before.clone())?;
        match does {
            Does::AddOne | Does::Command if sig == SIGS[0] => int(x.wrapping_add(1)),
            Does::Divide if x == 0 => self.charged(store, trap(TrapCode::INTEGER_DIVISION_BY_ZERO)),
            Does::Divide => int(100_i32.wrapping_div(x)),
            Does::Trap => trap(TrapCode::UNREACHABLE),
            Does::Throw(tag) => {
                self.refs.push((store, Ref::Exn(tag, vec![Val::Number(1, number(1, x))])));
                let refusal = refuse::<()>(ErrorKind::EXCEPTION, "").unwrap_err();
                Err(Refusal { exception: Some(self.refs.len() - 1), frames: Some(true), ..refusal })
            }
            Does::Grow(memory) => {
                let tight = self.stores[store].tight;
                let memory = &mut self.memories[memory];
                let size = memory.size + u64::from(x.cast_unsigned());
                let most = memory.max.unwrap_or(0);
                if size > most || tight && x != 0 {
                    return int(-1);
                }
                int(std::mem::replace(&mut memory.size, size) as i32)
            }
            Does::Bump(global) => {
                if let Val::Number(1, bytes) = &mut self.globals[global].val {
                    let x = i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                    *bytes = number(1, x.wrapping_add(1));
                }
                none
            }
            Does::Via(target) => {
                let Val::Number(_, bytes) = self.outcome(target, x, store, before, done)? else {
                    return none;
                };
                let stops = self.stops(store);
                self.charged(store, stops)?;
                int(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).wrapping_add(1))
            }
            Does::Catch(target) => match self.outcome(target, x, store, before, done) {
                Err(Refusal { exception: Some(of), kind: ErrorKind::EXCEPTION, .. })
                    if self.refs[of].0 == store =>
                {
                    int(-1)
                }
                other => other,
            },
            _ => none,
        }
    }

    pub fn call_func(&mut self, sel: Sel, slots: bool, value: Value, script: &Script) {
        let func = self.pick_where(sel, Kind::Func, |h| self.funcs[h.of].sig == SIGS[0]);
        let of = self.enter(func, Kind::Func, "func");
        let store = of.is_ok().then(|| self.store_of(func));
        let sig = of.as_ref().map_or(SIGS[0], |&of| self.funcs[of].sig);
        let throws = of.as_ref().is_ok_and(|&of| matches!(self.funcs[of].does, Does::Throw(_)));
        if throws && store.is_some_and(|store| self.stores[store].tight) {
            return;
        }
        let given: Vec<_> = sig
            .0
            .iter()
            .map(|ty| match sig.0.len() {
                1 => self.give(value, store),
                _ => self.give(Value { kind: ty.parts().0, number: 0, null: true, ..value }, store),
            })
            .collect();
        let references = sig.0.iter().chain(sig.1).any(|ty| ty.is_ref());
        let x = if slots && sig.0.len() == 1 { value.number } else { 0 };
        let accepted = of.clone().and_then(|of| {
            if slots {
                if references {
                    return refuse(ErrorKind::UNSUPPORTED, "");
                }
                return Ok((of, Val::Number(1, number(1, x))));
            }
            let mut first = Val::Number(1, [0; 16]);
            for (index, (given, ty)) in given.iter().zip(sig.0).enumerate() {
                let val =
                    self.accept(*given, *ty, store.unwrap_or(0), &format!("args[{index}]"))?;
                if index == 0 {
                    first = val
                }
            }
            Ok((of, first))
        });
        let before = match (&accepted, store) {
            (Ok((of, _)), Some(store)) => {
                let instance = self.calling(*of);
                let before = self.begin(store, script);
                if let Some(pending) = self.pending.last_mut() {
                    pending.instance = instance;
                }
                before
            }
            _ => Ok(()),
        };
        let mut args: Vec<_> = given.iter().map(|given| given.raw).collect();
        let none = safewasm_val_t { kind: 9, of: safewasm_slot_t { v128: [9; 16] } };
        let mut results = vec![none; sig.1.len()];
        let mut cells: Vec<_> = (0..sig.0.len().max(sig.1.len()))
            .map(|_| safewasm_slot_t { v128: number(1, x) })
            .collect();
        let mut gives = None;
        // Some of the slot calls as bulk calls of one element, which lies in the slots.
        let column = |cell: &mut safewasm_slot_t| safewasm_column_t {
            data: (&raw mut *cell).cast(),
            stride: 16,
        };
        let columns: Vec<_> = cells.iter_mut().map(column).collect();
        let bulk = slots && value.null;
        self.call::<()>(
            "a call",
            |_| unsafe {
                if bulk {
                    let (params, results) = (sig.0.len(), sig.1.len());
                    let first = columns.as_ptr();
                    safewasm_func_call_bulk(func.ptr(), 1, first, params, first, results)
                } else if slots {
                    safewasm_func_call_slots(func.ptr(), cells.as_mut_ptr(), cells.len())
                } else {
                    safewasm_func_call(
                        func.ptr(),
                        args.as_mut_ptr(),
                        args.len(),
                        results.as_mut_ptr(),
                        results.len(),
                    )
                }
            },
            |world| {
                let (of, first) = accepted?;
                let store = store.unwrap_or(0);
                let done = world.pending.pop().unwrap_or_default();
                let x = match first {
                    Val::Number(1, bytes) => {
                        i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
                    }
                    _ => 0,
                };
                let outcome = match world.funcs[of].does {
                    Does::Echo => world.charged(store, before.clone()).map(|()| first),
                    _ => world.outcome(of, x, store, &before, &done),
                };
                if world.stores[store].poisoned && outcome.is_err() && done.ended.is_some() {
                    return refuse(ErrorKind::STORE_POISONED, "");
                }
                gives = Some(outcome.clone()?);
                Ok(())
            },
        );
        if self.wrong.is_some() {
            return;
        }
        match (gives, store) {
            (Some(val), Some(store)) if !sig.1.is_empty() => {
                let found = if slots {
                    safewasm_val_t { kind: sig.1[0].parts().0, of: cells[0] }
                } else {
                    results[0]
                };
                self.take_value_of("a result", store, found, val);
            }
            (None, _) if !slots => {
                for result in results {
                    // SAFETY: every bit pattern is a value of each member.
                    self.same(
                        "a result of a failed call",
                        (result.kind, unsafe { result.of.v128 }),
                        (0, [0; 16]),
                    );
                }
            }
            _ => {}
        }
    }
}
