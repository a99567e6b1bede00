//! The model of wasm: the outcome of each function.

use crate::ask::UNKNOWN;
use crate::model::*;
use crate::world::{Pending, World};
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_trap_code_t as TrapCode};
use safewasm_capi::Kind;

impl World {
    /// Whether wasm in a store ends where it checks the epoch.
    fn is_late(&self, store: usize) -> bool {
        let store = &self.stores[store];
        let engine = &self.engines[store.engine];
        let is_late = store.deleted
            || store.interrupted
            || store.is_late
            || store.epoch_deadline <= engine.epoch;
        engine.features.epochs && is_late
    }

    /// The trap of wasm that begins, or that enters a loop, if it has to end there.
    pub fn stops(&self, store: usize) -> Want {
        let is_late = self.is_late(store);
        let store = &self.stores[store];
        let is_exhausted = self.engines[store.engine].features.fuel && store.fuel == 0;
        match (is_exhausted, is_late) {
            // One of the two below.
            (true, true) => refuse(ErrorKind::TRAP, ""),
            (true, false) => trap(TrapCode::OUT_OF_FUEL),
            (false, true) => trap(TrapCode::INTERRUPT),
            (false, false) => Ok(()),
        }
    }

    /// Notes how wasm ended. Some traps come before the fuel is counted; they consume all of it.
    pub fn charged<T>(&mut self, store: usize, end: Want<T>) -> Want<T> {
        let code = end.as_ref().err().and_then(|refusal| refusal.trap);
        if matches!(code, Some(TrapCode::INTERRUPT | TrapCode::INTEGER_DIVISION_BY_ZERO)) {
            let store = &mut self.stores[store];
            (store.fuel, store.fuel_is_exact) = (0, true);
        }
        end
    }

    /// The instance that calls a host function when `func` is called, if one does.
    pub fn calling(&self, func: usize) -> Option<usize> {
        let (Does::Via(target) | Does::Catch(target)) = self.funcs[func].does else { return None };
        if !matches!(self.funcs[target].does, Does::Host) {
            return self.calling(target);
        }
        let exports = |of: &Instance| {
            ["via", "catch"].iter().any(|name| of.exports.contains(&(*name, Kind::Func, func)))
        };
        // A function that came out of a linker is none of the model's exports.
        Some(self.instances.iter().position(exports).unwrap_or(UNKNOWN))
    }

    /// The outcome of a call of `func` with argument `x`. `before` is the outcome of starting wasm, and
    /// `done` describes the host function that was called meanwhile.
    pub fn outcome(
        &mut self,
        func: usize,
        x: i32,
        store: usize,
        before: &Want,
        done: &Pending,
    ) -> Want<Val> {
        let sig = self.funcs[func].sig;
        let does = self.funcs[func].does.clone();
        match does {
            // These are no wasm, so that they run in any case.
            Does::Host => return self.outcome_of_host(sig, x, store, done),
            Does::Undefined => return trap(TrapCode::OTHER),
            Does::Zero => return Ok(zero(sig)),
            Does::Command => self.instantiate_command(store)?,
            _ => {}
        }
        self.charged(store, before.clone())?;
        match does {
            Does::AddOne | Does::Command if sig == CALL => Ok(Val::of_i32(x.wrapping_add(1))),
            Does::Divide if x == 0 => self.charged(store, trap(TrapCode::INTEGER_DIVISION_BY_ZERO)),
            Does::Divide => Ok(Val::of_i32(100_i32.wrapping_div(x))),
            Does::Trap => trap(TrapCode::UNREACHABLE),
            Does::Throw(tag) => self.outcome_of_throw(tag, x, store),
            Does::Grow(memory) => Ok(self.grow_from_wasm(memory, x, store)),
            Does::Bump(global) => {
                let global = &mut self.globals[global];
                if matches!(global.val, Val::Number(I32, _)) {
                    global.val = Val::of_i32(global.val.i32().wrapping_add(1));
                }
                Ok(Val::NONE)
            }
            Does::Via(target) => {
                let result = self.outcome(target, x, store, before, done)?;
                let stops = self.stops(store);
                self.charged(store, stops)?;
                Ok(Val::of_i32(result.i32().wrapping_add(1)))
            }
            Does::Catch(target) => match self.outcome(target, x, store, before, done) {
                Err(Refusal { exception: Some(of), kind: ErrorKind::EXCEPTION, .. })
                    if self.refs[of].0 == store =>
                {
                    Ok(Val::of_i32(-1))
                }
                other => other,
            },
            _ => Ok(Val::NONE),
        }
    }

    fn outcome_of_host(&mut self, sig: Sig, x: i32, store: usize, done: &Pending) -> Want<Val> {
        let Some(ended) = done.ended.clone() else {
            self.fail(|| "the host function was not called".to_owned());
            return Ok(Val::NONE);
        };
        ended?;
        if self.is_late(store) {
            return self.charged(store, trap(TrapCode::INTERRUPT));
        }
        if sig == CALL {
            self.same("the argument of a host function", done.got, Some(x));
            return Ok(Val::of_i32(x.wrapping_add(5)));
        }
        Ok(zero(sig))
    }

    /// The outcome of a component's call of its import, a host function, with `x`.
    pub fn outcome_of_import(&mut self, x: u32, store: usize, done: &Pending) -> Want<Option<u32>> {
        let Some(ended) = done.ended.clone() else {
            self.fail(|| "the host function was not called".to_owned());
            return Ok(None);
        };
        ended?;
        if self.is_late(store) {
            return trap(TrapCode::INTERRUPT);
        }
        self.components_run(store)?;
        self.same("the argument of a host function", done.got, Some(x.cast_signed()));
        self.stops(store)?;
        Ok(Some(x.wrapping_add(5)))
    }

    /// Counts the instance that a call of a command makes.
    fn instantiate_command(&mut self, store: usize) -> Want {
        let (used, most) = &mut self.stores[store].instances;
        if *used >= *most {
            return refuse(ErrorKind::LIMIT, "");
        }
        *used += 1;
        Ok(())
    }

    fn outcome_of_throw(&mut self, tag: usize, x: i32, store: usize) -> Want<Val> {
        self.refs.push((store, Ref::Exn(tag, vec![Val::of_i32(x)])));
        let refusal = refuse::<()>(ErrorKind::EXCEPTION, "").unwrap_err();
        Err(Refusal { exception: Some(self.refs.len() - 1), frames: Some(true), ..refusal })
    }

    /// The result of `memory.grow`.
    fn grow_from_wasm(&mut self, memory: usize, pages: i32, store: usize) -> Val {
        let tight = self.stores[store].tight;
        let memory = &mut self.memories[memory];
        let size = memory.size + u64::from(pages.cast_unsigned());
        if size > memory.max.unwrap_or(0) || tight && pages != 0 {
            return Val::of_i32(-1);
        }
        Val::of_i32(std::mem::replace(&mut memory.size, size) as i32)
    }
}

/// The zero or NULL that a function with that signature returns.
fn zero(sig: Sig) -> Val {
    match sig.1 {
        [ty] if ty.is_ref() => Val::Null(ty.kind()),
        [ty] => Val::Number(ty.kind(), [0; 16]),
        _ => Val::NONE,
    }
}
