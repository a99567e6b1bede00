//! Functions of components are called with slots and columns; what all calls of them share.

use crate::components::Action;
use crate::model::*;
use crate::ops::{End, Script, Sel, Value};
use crate::world::{Arg, World};
use safewasm::abi::{safewasm_column_t, safewasm_slot_t};
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_trap_code_t as TrapCode};
use safewasm_capi::*;

impl World {
    /// Calls a component func with a slot, or with columns of one row. Passes one argument too many or too few if
    /// the value is NULL.
    pub fn call_component_of_numbers(&mut self, func: Sel, in_columns: bool, value: Value) {
        let func = self.pick(func, Kind::ComponentFunc);
        let of = self.enter(func, Kind::ComponentFunc, "func");
        let (action, instance) =
            of.as_ref().map_or((Action::Run, 0), |&of| self.componentfuncs[of]);
        let takes = usize::from(matches!(action, Action::Next | Action::Import));
        let x = value.number.cast_unsigned();
        let given = if value.null { 1 - takes } else { takes };
        let accepted = of.and_then(|_| {
            if given != takes {
                let name = if in_columns { "args_len" } else { "slots_len" };
                return refuse(ErrorKind::TYPE_MISMATCH, name);
            }
            self.may_call_component(func, instance)
        });
        let script = Script { steps: Vec::new(), end: End::Return };
        let before = self.begin_component_call(&accepted, instance, &script);
        let mut slot = safewasm_slot_t { v128: number(I32, value.number) };
        let column = safewasm_column_t { data: (&raw mut slot).cast(), stride: 4 };
        let mut result = None;
        self.call(
            "a call of a component func",
            // SAFETY: any handle is accepted, and the slot has room for an argument and a result.
            |_: *mut ()| unsafe {
                if in_columns {
                    safewasm_componentfunc_call_bulk(func.ptr(), 1, &column, given, &column, takes)
                } else {
                    safewasm_componentfunc_call_slots(func.ptr(), &raw mut slot, given)
                }
            },
            |world| {
                result = world.end_component_call(accepted, before, (action, instance), x)?;
                Ok(())
            },
        );
        // SAFETY: all bytes of the slot are set.
        let found = unsafe { slot.i32 };
        let wanted = result.map_or(value.number, u32::cast_signed);
        self.same("a slot of a component func", found, wanted);
    }

    /// The store of a component func whose call may begin.
    pub fn may_call_component(&self, func: Arg, instance: usize) -> Want<usize> {
        let store = self.store_of(func);
        self.components_run(store)?;
        if self.active.contains(&instance) {
            return refuse(ErrorKind::STORE_BUSY, "");
        }
        Ok(store)
    }

    /// Begins a call in the component instance `instance` of the store `accepted`, unless the call is refused.
    pub fn begin_component_call(
        &mut self,
        accepted: &Want<usize>,
        instance: usize,
        script: &Script,
    ) -> Want {
        let Ok(store) = accepted else { return Ok(()) };
        let before = self.begin(*store, None, script);
        self.active.push(instance);
        if let Some(pending) = self.pending.last_mut() {
            pending.is_component = true;
        }
        before
    }

    /// What a call with the argument `x` returns that [`Self::begin_component_call`] has begun.
    pub fn end_component_call(
        &mut self,
        accepted: Want<usize>,
        before: Want,
        (action, instance): (Action, usize),
        x: u32,
    ) -> Want<Option<u32>> {
        let store = accepted?;
        let done = self.pending.pop().unwrap_or_default();
        self.active.pop();
        let end = before.and_then(|()| match action {
            Action::Run => Ok(None),
            Action::Next => Ok(Some(x.wrapping_add(1))),
            Action::Trap => trap(TrapCode::UNREACHABLE),
            Action::Import if self.componentinstances[instance].traps => trap(TrapCode::OTHER),
            Action::Import => self.outcome_of_import(x, store, &done),
        });
        let end = self.charged(store, end);
        self.note_failure(store, &end);
        if self.stores[store].poisoned && end.is_err() && done.ended.is_some() {
            return refuse(ErrorKind::STORE_POISONED, "");
        }
        end
    }
}
