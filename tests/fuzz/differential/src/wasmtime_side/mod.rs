//! Runs a module directly in Wasmtime. The library must agree with it.

mod budget;
mod failure;
mod host;
mod types;
mod values;

use crate::plan::{EXTERNS, FEATURES, Plan, ROUNDS, can_describe};
use crate::trace::{Event, Outcome, Plain, Step, Trace, hash};
use budget::Budgets;
use std::num::NonZeroUsize;
use wasmtime::{
    Config, Engine, Extern, ExternRef, ExternType, Func, Global, Instance, Linker, Memory, Module,
    OptLevel, OwnedRooted, Result, RootScope, SharedMemory, Store, Table, Tag,
};

/// The data of a store.
pub struct Data {
    plan: Plan,
    budgets: Budgets,
    /// How often each import was called.
    host_calls: Vec<u64>,
    externs: Vec<OwnedRooted<ExternRef>>,
    /// The function that every function reference refers to.
    any_func: Option<Func>,
}

/// Makes the engine of a plan, configured like the library's.
pub fn engine(plan: &Plan) -> Result<Engine> {
    let mut config = Config::new();
    for feature in FEATURES {
        match feature {
            0 => config.wasm_multi_value(true),
            1 => config.wasm_bulk_memory(true),
            2 => config.wasm_reference_types(true),
            3 => config.wasm_simd(true),
            4 => config.wasm_relaxed_simd(true),
            5 => config.wasm_threads(true),
            6 => config.wasm_tail_call(true),
            7 => config.wasm_multi_memory(true),
            8 => config.wasm_memory64(true),
            9 => config.wasm_extended_const(true),
            10 => config.wasm_function_references(true),
            11 => config.wasm_gc(true),
            12 => config.wasm_exceptions(true),
            13 => config.wasm_custom_page_sizes(true),
            14 => config.wasm_wide_arithmetic(true),
            _ => unreachable!("there is no feature {feature}"),
        };
    }
    config.shared_memory(true);
    config.consume_fuel(true);
    config.epoch_interruption(plan.epochs);
    config.cranelift_opt_level(if plan.optimised { OptLevel::Speed } else { OptLevel::None });
    // The library documents these values.
    config.max_wasm_stack(512 << 10);
    config.wasm_backtrace_max_frames(NonZeroUsize::new(100));
    Engine::new(&config)
}

/// Runs the module as planned.
pub fn run(engine: &Engine, plan: &Plan, wasm: &[u8]) -> Trace {
    let module = match Module::new(engine, wasm) {
        Ok(module) => module,
        Err(error) => {
            // The library reports the error of validation.
            let error = Module::validate(engine, wasm).err().unwrap_or(error);
            return Trace { module: Err(error.root_cause().to_string()), steps: Vec::new() };
        }
    };
    let imports = module.imports().map(|import| {
        format!("{} {} {}", import.module(), import.name(), types::describe(&import.ty()))
    });
    let exports = module
        .exports()
        .map(|export| format!("{} {}", export.name(), types::describe(&export.ty())));
    let description = imports.chain(exports).collect();
    let mut steps = Vec::new();
    if !plan.damaged {
        Run::new(engine, plan, module.imports().len(), &mut steps)
            .and_then(|mut run| run.all(&module))
            .unwrap_or_default();
    }
    Trace { module: Ok(description), steps }
}

struct Run<'a> {
    store: Store<Data>,
    steps: &'a mut Vec<Step>,
    /// The imports and exports whose contents are recorded after each step.
    seen: Vec<Extern>,
}

impl<'a> Run<'a> {
    fn new(engine: &Engine, plan: &Plan, imports: usize, steps: &'a mut Vec<Step>) -> Option<Self> {
        let data = Data {
            plan: *plan,
            budgets: Budgets::new(plan),
            host_calls: vec![0; imports],
            externs: Vec::new(),
            any_func: None,
        };
        let mut store = Store::new(engine, data);
        store.limiter(|data| &mut data.budgets);
        store.set_fuel(plan.fuel).expect("the engine has fuel");
        let mut run = Self { store, steps, seen: Vec::new() };
        for number in 0..EXTERNS {
            let made = run.allocate(|store| {
                let mut scope = RootScope::new(store);
                ExternRef::new(&mut scope, number)?.to_owned_rooted(&mut scope)
            });
            let made = run.step("external reference", made, |_| Vec::new())?;
            run.store.data_mut().externs.push(made);
        }
        Some(run)
    }

    fn all(&mut self, module: &Module) -> Option<()> {
        let plan = self.store.data().plan;
        let imports = self.imports(module)?;
        self.before_call();
        let made = self.instantiate(module, &imports);
        let instance = self.step("instance", made, |_| Vec::new())?;
        let exports: Vec<_> = module.exports().map(|export| export.name().to_owned()).collect();
        self.seen = exports.iter().map(|name| self.export(instance, name)).collect();
        self.store.data_mut().any_func = self.seen.iter().find_map(|item| item.clone().into_func());
        for round in 0..ROUNDS {
            for (index, name) in exports.iter().enumerate() {
                if let Some(func) = self.seen[index].clone().into_func() {
                    self.store.set_fuel(plan.fuel).expect("the engine has fuel");
                    self.call(round, index, name, func);
                }
            }
        }
        Some(())
    }

    fn export(&mut self, instance: Instance, name: &str) -> Extern {
        instance.get_export(&mut self.store, name).expect("the module has this export")
    }

    /// Makes the imports. An import that a program can't make is `None`.
    fn imports(&mut self, module: &Module) -> Option<Vec<Option<Extern>>> {
        let mut imports = Vec::new();
        for (index, import) in module.imports().enumerate() {
            let made = self.import(module.engine(), index, import.ty());
            let made = self.step(&format!("import {index}"), made, |_| Vec::new())?;
            self.seen.extend(made.clone());
            imports.push(made);
        }
        Some(imports)
    }

    fn import(&mut self, engine: &Engine, index: usize, ty: ExternType) -> Result<Option<Extern>> {
        let plan = self.store.data().plan;
        let initial = |ty: &wasmtime::ValType| {
            let ty = types::valtype(ty);
            if can_describe(ty) { plan.initial(index, ty) } else { None }
        };
        Ok(Some(match ty {
            ExternType::Func(ty) => host::func(&mut self.store, index, ty).into(),
            ExternType::Memory(ty) if ty.is_shared() => SharedMemory::new(engine, ty)?.into(),
            ExternType::Memory(ty) => self.allocate(|store| Memory::new(store, ty))?.into(),
            ExternType::Tag(ty) => Tag::new(&mut self.store, &ty)?.into(),
            ExternType::Global(ty) => match initial(ty.content()) {
                Some(plain) => self
                    .allocate(|store| {
                        let mut scope = RootScope::new(store);
                        let value = values::val(&mut scope, &plain, ty.content())?;
                        Global::new(&mut scope, ty, value)
                    })?
                    .into(),
                None => return Ok(None),
            },
            ExternType::Table(ty) => match initial(&ty.element().clone().into()) {
                Some(plain) => self
                    .allocate(|store| {
                        let mut scope = RootScope::new(store);
                        let value = values::val(&mut scope, &plain, &ty.element().clone().into())?;
                        let value = value.ref_().expect("a table's element is a reference");
                        Table::new(&mut scope, ty, value)
                    })?
                    .into(),
                None => return Ok(None),
            },
        }))
    }

    /// Makes an instance: with the imports if all could be made, otherwise with a linker that defines default
    /// values for the others.
    fn instantiate(&mut self, module: &Module, imports: &[Option<Extern>]) -> Result<Instance> {
        let mut linker = Linker::new(module.engine());
        linker.allow_shadowing(true);
        let all: Option<Vec<_>> = imports.iter().cloned().collect();
        if all.is_none() {
            for (import, item) in module.imports().zip(imports) {
                if let Some(item) = item {
                    linker.define(&self.store, import.module(), import.name(), item.clone())?;
                }
            }
            self.allocate(|store| linker.define_unknown_imports_as_default_values(store, module))
                .map_err(|error| error.context(failure::UNLINKABLE))?;
        }
        let used = self.store.data().budgets.used();
        let instance = match all {
            Some(all) => Instance::new(&mut self.store, module, &all),
            None => linker.instantiate(&mut self.store, module),
        };
        // If the start function failed, the instance exists, and keeps its share of the limits.
        if instance.as_ref().is_err_and(|error| !failure::is_of_wasm(error)) {
            self.store.data_mut().budgets.take_back(used);
        }
        instance
    }

    fn call(&mut self, round: u64, index: usize, name: &str, func: Func) {
        let what = format!("call of {name:?}");
        let ty = func.ty(&self.store);
        let params: Vec<_> = ty.params().map(|ty| types::valtype(&ty)).collect();
        let Some(args) = self.store.data().plan.args(round, index, &params) else {
            return self.record(what, Outcome::Skipped, Vec::new(), String::new());
        };
        self.before_call();
        let called = {
            let mut scope = RootScope::new(&mut self.store);
            let args: Result<Vec<_>> = args
                .iter()
                .zip(ty.params())
                .map(|(arg, ty)| values::val(&mut scope, arg, &ty))
                .collect();
            let mut results = vec![wasmtime::Val::I32(0); ty.results().len()];
            args.and_then(|args| func.call(&mut scope, &args, &mut results)).map(|()| {
                results.iter().map(|result| values::plain(&mut scope, result)).collect::<Vec<_>>()
            })
        };
        self.step(&what, called, std::mem::take);
    }

    /// Has the next increment of the epoch end the call.
    fn before_call(&mut self) {
        if self.store.data().plan.epochs {
            self.store.set_epoch_deadline(1);
        }
    }

    /// Makes something. If that fails, its share of the limits is given back.
    fn allocate<T>(&mut self, make: impl FnOnce(&mut Store<Data>) -> Result<T>) -> Result<T> {
        let used = self.store.data().budgets.used();
        let made = make(&mut self.store);
        if made.is_err() {
            self.store.data_mut().budgets.take_back(used);
        }
        made
    }

    /// Records a step. Returns its result if it succeeded.
    fn step<T>(
        &mut self,
        what: &str,
        result: Result<T>,
        values: impl FnOnce(&mut T) -> Vec<Plain>,
    ) -> Option<T> {
        match result {
            Ok(mut made) => {
                let outcome = Outcome::Returned(values(&mut made));
                self.record(what.to_owned(), outcome, Vec::new(), String::new());
                Some(made)
            }
            Err(error) => {
                let (outcome, frames, said) = failure::read(&mut self.store, &error);
                self.record(what.to_owned(), outcome, frames, said);
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
        let left = self.store.get_fuel().expect("the engine has fuel");
        let fuel = if failure::is_counted(&outcome, &frames) { left } else { 0 };
        let host_calls = self.store.data().host_calls.clone();
        let seen = std::mem::take(&mut self.seen);
        let state = seen.iter().filter_map(|item| self.state(item)).collect();
        self.seen = seen;
        self.steps
            .push(Step { event: Event { what, outcome, frames, fuel, host_calls, state }, said });
    }

    /// Describes the contents of an import or export, if it has any.
    fn state(&mut self, item: &Extern) -> Option<String> {
        let mut scope = RootScope::new(&mut self.store);
        Some(match item {
            Extern::Memory(memory) => {
                let data = memory.data(&scope);
                format!("memory of {}: {:x}", data.len(), hash(data))
            }
            Extern::SharedMemory(memory) => {
                // SAFETY: no other thread uses the memory.
                let data: Vec<u8> =
                    memory.data().iter().map(|cell| unsafe { *cell.get() }).collect();
                format!("memory of {}: {:x}", data.len(), hash(&data))
            }
            Extern::Global(global) => {
                let value = global.get(&mut scope);
                format!("global: {:?}", values::plain(&mut scope, &value))
            }
            Extern::Table(table) => {
                let size = table.size(&scope);
                let nulls: String = (0..size)
                    .map(|index| {
                        let element = table.get(&mut scope, index).expect("it is in the table");
                        if element.is_null() { '-' } else { 'x' }
                    })
                    .collect();
                format!("table: {nulls}")
            }
            _ => return None,
        })
    }
}
