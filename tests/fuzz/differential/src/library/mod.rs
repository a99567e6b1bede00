//! Runs a module through the C functions of the shared library.

mod host;
mod imports;
mod module;
mod own;
mod state;
mod types;
mod values;

use crate::plan::{EXTERNS, Plan, ROUNDS};
use crate::trace::{Event, Outcome, Plain, Step, Trace};
use host::{Host, Shared};
use module::Module;
use own::{Failure, Own, check};
use safewasm::abi::safewasm_engine_t;
use safewasm::abi::safewasm_func_t;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::{safewasm_extern_t, safewasm_externkind_t as Kind};
use safewasm_capi::*;
use std::cell::{Cell, RefCell};
use std::ptr::null_mut;
use types::Type;

/// The function that makes the instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Route {
    /// `safewasm_instance_new`.
    Plain,
    /// `safewasm_linker_instantiate`.
    Linker,
    /// `safewasm_instancepre_instantiate`.
    Pre,
}

/// How the module is run.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Whether functions that have only numbers are called with slots instead of values, host functions
    /// included.
    pub slots: bool,
    pub route: Route,
}

pub struct Engine(Own<safewasm_engine_t>);

impl Engine {
    pub fn new(plan: &Plan) -> Result<Self, String> {
        module::engine(plan).map(Self).map_err(|failure| failure.said)
    }

    /// Compiles the module and runs it in each way.
    pub fn run<const N: usize>(&self, plan: &Plan, wasm: &[u8], ways: [Way; N]) -> [Trace; N] {
        let module = Module::new(&self.0, wasm);
        // Validation and compilation must agree.
        // SAFETY: the bytes are as many as passed.
        let valid =
            check(unsafe { safewasm_module_validate(self.0.handle, wasm.as_ptr(), wasm.len()) });
        ways.map(|way| match &module {
            Ok(_) if valid.is_err() => Trace {
                module: Err("the module is compiled, but invalid".to_owned()),
                steps: vec![],
            },
            Ok(module) => {
                let mut steps = Vec::new();
                if !plan.damaged {
                    run(&self.0, plan, module, way, &mut steps).unwrap_or_default();
                }
                Trace { module: Ok(module.describe()), steps }
            }
            Err(failure) => {
                let said = match &failure.outcome {
                    Outcome::Unexpected(kind) if kind == "INVALID_MODULE" => failure.said.clone(),
                    other => format!("{other:?} instead of an invalid module"),
                };
                Trace { module: Err(said), steps: Vec::new() }
            }
        })
    }
}

/// An import or export.
struct Item(safewasm_extern_t);

impl Item {
    const NONE: safewasm_extern_t = safewasm_extern_t {
        kind: 0,
        of: safewasm::abi::safewasm_externhandle_t { func: null_mut() },
    };

    fn func(&self) -> Option<*mut safewasm_func_t> {
        if self.0.kind != Kind::FUNC as u32 {
            return None;
        }
        // SAFETY: the kind says which member is in use.
        Some(unsafe { self.0.of.func })
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        // SAFETY: the function accepts any handle.
        unsafe { safewasm_extern_delete(&mut self.0) };
    }
}

struct Run<'a> {
    plan: Plan,
    way: Way,
    store: &'a Own<safewasm_store_t>,
    shared: &'a Shared,
    steps: &'a mut Vec<Step>,
    /// The imports and exports whose contents are recorded after each step.
    seen: Vec<Item>,
}

#[allow(clippy::needless_late_init, reason = "the first declared variable is dropped last")]
fn run(
    engine: &Own<safewasm_engine_t>,
    plan: &Plan,
    module: &Module,
    way: Way,
    steps: &mut Vec<Step>,
) -> Option<()> {
    // The data of host functions must outlive the store.
    let hosts: RefCell<Vec<Box<Host<'_>>>>;
    let shared;
    // SAFETY: there is room for a handle.
    let store =
        Own::new(safewasm_store_delete, |out| unsafe { safewasm_store_new(engine.handle, out) });
    let store = store.expect("a store can be made");
    shared = Shared {
        plan: *plan,
        engine: engine.handle,
        pool: RefCell::new(values::Pool {
            store: store.handle,
            externs: Vec::new(),
            any_func: null_mut(),
        }),
        calls: vec![Cell::new(0); module.imports.len()],
    };
    hosts = RefCell::new(Vec::new());
    let mut run = Run { plan: *plan, way, store: &store, shared: &shared, steps, seen: Vec::new() };
    run.begin()?;
    let instance = run.instantiate(module, &hosts)?;
    run.calls(module, &instance);
    drop(run);
    drop(store);
    Some(())
}

impl<'a> Run<'a> {
    /// Sets the limits, and makes the external references.
    fn begin(&mut self) -> Option<()> {
        let store = self.store.handle;
        // SAFETY: the functions accept any handle.
        unsafe {
            check(safewasm_store_set_memory_limit(store, self.plan.memory_limit))
                .expect("the store is valid");
            check(safewasm_store_set_table_limit(store, self.plan.table_limit))
                .expect("the store is valid");
        }
        self.refuel();
        for number in 0..EXTERNS {
            let env = std::ptr::without_provenance_mut(number);
            // SAFETY: there is room for a handle, and nothing reads what `env` points to.
            let made = Own::new(safewasm_ref_delete, |out| unsafe {
                safewasm_ref_new_extern(store, env, None, out)
            });
            let made = self.step("external reference", made, |_| Vec::new())?;
            self.shared.pool.borrow_mut().externs.push(made);
        }
        Some(())
    }

    /// Calls all exported functions.
    fn calls(&mut self, module: &Module, instance: &Own<safewasm_instance_t>) {
        // Looking up by name and by index must find the same exports.
        let by_name = self.way.slots;
        self.seen = module
            .exports
            .iter()
            .enumerate()
            .map(|(index, export)| {
                let mut item = Item::NONE;
                let (name, len) = (export.name.as_ptr().cast(), export.name.len());
                // SAFETY: the name has that length, and there is room for an extern.
                let found = check(unsafe {
                    if by_name {
                        safewasm_instance_export(instance.handle, name, len, &mut item)
                    } else {
                        safewasm_instance_export_at(instance.handle, index, &mut item)
                    }
                });
                found.expect("the module has this export");
                Item(item)
            })
            .collect();
        let any_func = self.seen.iter().find_map(Item::func);
        self.shared.pool.borrow_mut().any_func = any_func.unwrap_or(null_mut());
        for round in 0..ROUNDS {
            for (index, export) in module.exports.iter().enumerate() {
                if let (Type::Func(ty), Some(func)) = (&export.ty, self.seen[index].func()) {
                    self.refuel();
                    let types = (types::params(ty.handle), types::results(ty.handle));
                    self.call(round, index, &export.name, func, &types);
                }
            }
        }
    }

    fn call(
        &mut self,
        round: u64,
        index: usize,
        name: &str,
        func: *mut safewasm_func_t,
        (params, results): &(
            Vec<safewasm::abi::safewasm_valtype_t>,
            Vec<safewasm::abi::safewasm_valtype_t>,
        ),
    ) {
        let what = format!("call of {name:?}");
        let Some(args) = self.plan.args(round, index, params) else {
            return self.record(what, Outcome::Skipped, Vec::new(), String::new());
        };
        self.before_call();
        let numbers = params.iter().chain(results).all(|ty| ty.heap == 0);
        let called = if self.way.slots && numbers {
            let mut slots: Vec<_> = args.iter().map(values::slot).collect();
            slots.resize_with(params.len().max(results.len()), || values::slot(&Plain::Null));
            // SAFETY: the array has the length that is passed.
            check(unsafe { safewasm_func_call_slots(func, slots.as_mut_ptr(), slots.len()) }).map(
                |()| {
                    let given = results.iter().zip(&slots);
                    given.filter_map(|(ty, slot)| values::number(slot, ty.kind)).collect()
                },
            )
        } else {
            let pool = self.shared.pool.borrow();
            let args: Vec<_> =
                args.iter().zip(params).map(|(arg, ty)| pool.value(arg, *ty)).collect();
            drop(pool);
            let mut given = vec![values::NONE; results.len()];
            // SAFETY: the arrays have the lengths that are passed.
            let called = check(unsafe {
                safewasm_func_call(func, args.as_ptr(), args.len(), given.as_mut_ptr(), given.len())
            });
            args.into_iter().for_each(values::delete);
            called.map(|()| given.into_iter().map(values::take).collect())
        };
        self.step(&what, called, std::mem::take::<Vec<_>>);
    }

    fn refuel(&self) {
        // SAFETY: the function accepts any handle.
        check(unsafe { safewasm_store_set_fuel(self.store.handle, self.plan.fuel) })
            .expect("the engine has fuel");
    }

    /// Has the next increment of the epoch end the call.
    fn before_call(&self) {
        if self.plan.epochs {
            // SAFETY: the function accepts any handle.
            check(unsafe { safewasm_store_set_epoch_deadline(self.store.handle, 1) })
                .expect("the engine has epochs");
        }
    }

    /// Records a step. Returns its result if it succeeded.
    fn step<T>(
        &mut self,
        what: &str,
        result: Result<T, Failure>,
        values: impl FnOnce(&mut T) -> Vec<Plain>,
    ) -> Option<T> {
        let what = what.to_owned();
        match result {
            Ok(mut made) => {
                let outcome = Outcome::Returned(values(&mut made));
                self.record(what, outcome, Vec::new(), String::new());
                Some(made)
            }
            Err(Failure { outcome, frames, said }) => {
                self.record(what, outcome, frames, said);
                None
            }
        }
    }

    fn record(
        &mut self,
        what: String,
        outcome: Outcome,
        frames: Vec<crate::trace::Frame>,
        said: String,
    ) {
        let mut fuel = 0;
        // SAFETY: there is room for a number.
        check(unsafe { safewasm_store_fuel(self.store.handle, &mut fuel) })
            .expect("the engine has fuel");
        let host_calls = self.shared.calls.iter().map(Cell::get).collect();
        let state = self.seen.iter().filter_map(|item| state::of(item, self.way)).collect();
        self.steps
            .push(Step { event: Event { what, outcome, frames, fuel, host_calls, state }, said });
    }
}
