//! Component instances, and the values that calls of their functions return.

use crate::components::{Action, COMPONENTS};
use crate::model::*;
use crate::ops::{End, Script, Sel, Value};
use crate::world::{Arg, World};
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_trap_code_t as TrapCode};
use safewasm::abi::{safewasm_node_t, safewasm_nodevalue_t, safewasm_witkind_t as WitKind};
use safewasm_capi::*;

impl World {
    pub fn new_componentinstance(&mut self, store: Arg, component: Arg) {
        let want = self.need(component, Kind::Component, "component").and_then(|component| {
            let store = self.enter(store, Kind::Store, "store")?;
            let (engine, index) = self.components[component];
            if engine != self.stores[store].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "component");
            }
            if let Some((name, _)) = COMPONENTS[index].imports.first() {
                return refuse(ErrorKind::LINK, *name);
            }
            self.components_run(store)?;
            let (used, most) = self.stores[store].instances;
            if used >= most { refuse(ErrorKind::LIMIT, "") } else { Ok(store) }
        });
        let made = self.ask("safewasm_componentinstance_new", want, |out| unsafe {
            safewasm_componentinstance_new(store.ptr(), component.ptr(), out)
        });
        let Some((made, store)) = made else { return };
        self.stores[store].instances.0 += 1;
        self.componentinstances += 1;
        self.add(Kind::ComponentInstance, made, Some(store), self.componentinstances - 1);
    }

    /// The error of a component in a store where an earlier call has failed.
    pub fn components_run(&self, store: usize) -> Want {
        if self.stores[store].has_ended { refuse(ErrorKind::COMPONENTS_ENDED, "") } else { Ok(()) }
    }

    /// Calls a component func. Passes one argument too many or too few if the value is NULL, and one of another
    /// type if it is no `i32`.
    pub fn new_values(&mut self, func: Sel, value: Value) {
        let func = self.pick(func, Kind::ComponentFunc);
        let of = self.enter(func, Kind::ComponentFunc, "func");
        let action = of.as_ref().map_or(Action::Run, |&of| self.componentfuncs[of]);
        let takes = usize::from(action == Action::Next);
        let x = value.number.cast_unsigned();
        let kind = if value.kind.0 == I32 { WitKind::U32 as u8 } else { value.kind.0 };
        let of_node = safewasm_nodevalue_t { u: x.into() };
        let args = vec![
            safewasm_node_t { kind, index: 0, len: 0, of: of_node };
            if value.null { 1 - takes } else { takes }
        ];
        let is_right =
            args.len() == takes && args.iter().all(|node| node.kind == WitKind::U32 as u8);
        let accepted = of.and_then(|_| {
            if !is_right {
                return refuse(ErrorKind::TYPE_MISMATCH, "args");
            }
            let store = self.store_of(func);
            self.components_run(store)?;
            Ok(store)
        });
        let before = match accepted {
            Ok(store) => self.begin(store, None, &Script { steps: Vec::new(), end: End::Return }),
            Err(_) => Ok(()),
        };
        let mut result = None;
        let made = self.call(
            "safewasm_componentfunc_call",
            |out| unsafe {
                safewasm_componentfunc_call(func.ptr(), args.as_ptr(), args.len(), out)
            },
            |world| {
                let store = accepted?;
                world.pending.pop();
                let end = before.and_then(|()| match action {
                    Action::Run => Ok(None),
                    Action::Next => Ok(Some(x.wrapping_add(1))),
                    Action::Trap => trap(TrapCode::UNREACHABLE),
                });
                let end = world.charged(store, end);
                world.note_failure(store, &end);
                result = Some(end?);
                Ok(())
            },
        );
        if let (Some(made), Some(result), true) = (made, result, self.wrong.is_none()) {
            self.values.push(result);
            self.add(Kind::Values, made, None, self.values.len() - 1);
        }
    }

    /// Notes how a call of wasm in a store has ended: a failure ends the components there.
    pub fn note_failure<T>(&mut self, store: usize, end: &Want<T>) {
        self.stores[store].has_ended |= end.is_err();
    }
}
