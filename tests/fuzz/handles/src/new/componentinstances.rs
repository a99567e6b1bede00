//! Component instances, and the values that calls of their functions return.

use crate::components::{Action, COMPONENTS, RUNNABLE};
use crate::model::*;
use crate::ops::{Script, Sel, Value};
use crate::world::{Arg, World};
use safewasm::abi::safewasm_componentinstance_t;
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::{safewasm_node_t, safewasm_nodevalue_t, safewasm_witkind_t as WitKind};
use safewasm_capi::*;

impl World {
    pub fn new_componentinstance(&mut self, store: Arg, component: Arg) {
        let want = self.need(component, Kind::Component, "component").and_then(|component| {
            let store = self.enter(store, Kind::Store, "store")?;
            let (engine, index) = self.components[component];
            if let Some((name, _)) = COMPONENTS[index].imports.first() {
                return refuse(ErrorKind::LINK, *name);
            }
            if engine != self.stores[store].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "component");
            }
            self.components_run(store)?;
            let (used, most) = self.stores[store].instances;
            if used >= most { refuse(ErrorKind::LIMIT, "") } else { Ok(store) }
        });
        let made = self.ask("safewasm_componentinstance_new", want, |out| unsafe {
            safewasm_componentinstance_new(store.ptr(), component.ptr(), out)
        });
        let Some((made, store)) = made else { return };
        self.add_componentinstance(made, store, Bound { component: RUNNABLE, traps: false });
    }

    pub fn add_componentinstance(
        &mut self,
        made: *mut safewasm_componentinstance_t,
        store: usize,
        bound: Bound,
    ) {
        self.stores[store].instances.0 += 1;
        self.componentinstances.push(bound);
        let of = self.componentinstances.len() - 1;
        self.add(Kind::ComponentInstance, made, Some(store), of);
    }

    /// The error of a component in a store where an earlier call has failed.
    pub fn components_run(&self, store: usize) -> Want {
        if self.stores[store].has_ended { refuse(ErrorKind::COMPONENTS_ENDED, "") } else { Ok(()) }
    }

    /// Calls a component func. Passes one argument too many or too few if the value is NULL, and one of another
    /// type if it is no `i32`.
    pub fn call_component(&mut self, func: Sel, value: Value, script: &Script) {
        let func = self.pick(func, Kind::ComponentFunc);
        let of = self.enter(func, Kind::ComponentFunc, "func");
        let (action, instance) =
            of.as_ref().map_or((Action::Run, 0), |&of| self.componentfuncs[of]);
        let takes = usize::from(matches!(action, Action::Next | Action::Import));
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
            self.may_call_component(func, instance)
        });
        let before = self.begin_component_call(&accepted, instance, script);
        let mut result = None;
        let made = self.call(
            "safewasm_componentfunc_call",
            |out| unsafe {
                safewasm_componentfunc_call(func.ptr(), args.as_ptr(), args.len(), out)
            },
            |world| {
                result = Some(world.end_component_call(accepted, before, (action, instance), x)?);
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
