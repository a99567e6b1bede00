//! Functions of components are called with slots and columns.

use crate::components::Action;
use crate::model::*;
use crate::ops::{End, Script, Sel, Value};
use crate::world::World;
use safewasm::abi::{safewasm_column_t, safewasm_slot_t};
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_trap_code_t as TrapCode};
use safewasm_capi::*;

impl World {
    /// Calls a component func with a slot, or with columns of one row. Passes one argument too many or too few if
    /// the value is NULL.
    pub fn call_component(&mut self, func: Sel, in_columns: bool, value: Value) {
        let func = self.pick(func, Kind::ComponentFunc);
        let of = self.enter(func, Kind::ComponentFunc, "func");
        let action = of.as_ref().map_or(Action::Run, |&of| self.componentfuncs[of]);
        let takes = usize::from(action == Action::Next);
        let given = if value.null { 1 - takes } else { takes };
        let accepted = of.and_then(|_| {
            if given != takes {
                let name = if in_columns { "args_len" } else { "slots_len" };
                return refuse(ErrorKind::TYPE_MISMATCH, name);
            }
            let store = self.store_of(func);
            self.components_run(store)?;
            Ok(store)
        });
        let before = match accepted {
            Ok(store) => self.begin(store, None, &Script { steps: Vec::new(), end: End::Return }),
            Err(_) => Ok(()),
        };
        let mut slot = safewasm_slot_t { v128: number(I32, value.number) };
        let column = safewasm_column_t { data: (&raw mut slot).cast(), stride: 4 };
        let mut is_done = false;
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
                let store = accepted?;
                world.pending.pop();
                let end = before.and_then(|()| match action {
                    Action::Run | Action::Next => Ok(()),
                    Action::Trap => trap(TrapCode::UNREACHABLE),
                });
                let end = world.charged(store, end);
                world.note_failure(store, &end);
                is_done = end.is_ok();
                end
            },
        );
        // SAFETY: all bytes of the slot are set.
        let found = unsafe { slot.i32 };
        let wanted = value.number.wrapping_add(i32::from(is_done && action == Action::Next));
        self.same("a slot of a component func", found, wanted);
    }
}
