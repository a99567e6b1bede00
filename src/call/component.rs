//! Components: their instances, and calls of their functions.

use super::enter::Runs;
use super::resource::{Taken, receive, run_drops};
use crate::canonical::function::Function;
use crate::canonical::node::safewasm_node_t;
use crate::canonical::values::Values;
use crate::engine::component::Component;
use crate::engine::unit::Unit;
use crate::error::text::{count, quoted};
use crate::error::{Error, ErrorKind, Result};
use crate::store::component::ComponentInstance;
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use std::sync::Arc;
use wasmtime::StoreContextMut;
use wasmtime::component::types::ComponentItem as Item;
use wasmtime::component::{Instance, Linker};

/// Makes an instance of a component without imports.
pub(crate) fn instantiate(
    component: &Arc<Component>,
    guard: &mut Guard,
) -> Result<ComponentInstance> {
    check_imports(component)?;
    let wasmtime = component.wasmtime();
    let linker = Linker::new(wasmtime.engine());
    instantiate_with(component, "component", guard, |context| linker.instantiate(context, wasmtime))
}

/// Makes an instance of a component by `body`. `name` is what errors call the argument.
pub(crate) fn instantiate_with(
    component: &Arc<Component>,
    name: &str,
    guard: &mut Guard,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<Instance>,
) -> Result<ComponentInstance> {
    guard.check_engine(component.wasmtime().engine(), name)?;
    guard.context().data().ended.check()?;
    let instance = guard.instantiate_code(component.code(), true, body)?;
    let number = guard.context().data_mut().active.number();
    run_drops(guard);
    Ok(ComponentInstance::new(Arc::clone(component), instance, number))
}

/// Refuses a component that imports something that exists only outside of it.
fn check_imports(component: &Component) -> Result<()> {
    let is_needed = |item: &Item| !matches!(item, Item::Type(_));
    let needed = component.imports().iter().filter(|(_, item)| is_needed(item));
    let names: Vec<_> = needed.map(|(name, _)| format!("`{}`", quoted(name.as_str()))).collect();
    let Some(first) = names.first() else { return Ok(()) };
    let more = match names.len() - 1 {
        0 => String::new(),
        more => format!(" and {}", count(more, "other item")),
    };
    let why = format!(
        "`component` imports {first}{more}; make the instance with a linker that defines its imports \
         (`safewasm_componentlinker_instantiate`)"
    );
    Err(Error::new(ErrorKind::LINK, why))
}

/// Calls a function of a component.
///
/// # Safety
///
/// What the nodes of `args` point to is there.
pub(crate) unsafe fn call(
    func: &Function,
    args: &[safewasm_node_t],
    guard: &mut Guard,
) -> Result<Values> {
    let mut values = if func.takes_resources() {
        // SAFETY: as the caller vouches.
        unsafe { call_with_resources(func, args, guard) }?
    } else {
        func.check(args, "args", &mut |_, _, _| unreachable!("the function takes no resources"))?;
        // SAFETY: the nodes were checked; the rest is as the caller vouches.
        run(func, guard, |context| unsafe { func.call(context, args, &[]) })?
    };
    if values.has_received() {
        receive(&mut values, func.instance(), guard)?;
    }
    Ok(values)
}

/// Calls a function that takes resources.
///
/// # Safety
///
/// As for [`call`].
#[inline(never)]
unsafe fn call_with_resources(
    func: &Function,
    args: &[safewasm_node_t],
    guard: &mut Guard,
) -> Result<Values> {
    let mut taken = Taken::default();
    func.check(args, "args", &mut |kind, ty, handle| taken.take(kind, ty, handle, guard))?;
    let mut is_passed = false;
    let called = run(func, guard, |context| {
        is_passed = true;
        let passed = taken.pass();
        // SAFETY: the nodes were checked; the rest is as the caller vouches.
        unsafe { func.call(context, args, &passed) }
    });
    if is_passed {
        taken.give_back();
    }
    called
}

/// Calls a function of a component without arguments.
#[cfg(feature = "wasi")]
pub(crate) fn call_without_args(func: &Function, guard: &mut Guard) -> Result<Values> {
    // SAFETY: there are no nodes.
    unsafe { call(func, &[], guard) }
}

/// Runs a call of `func` by `body`, unless the components of the store have ended or its instance is entered already.
/// Afterwards runs destructors that wait.
#[inline]
pub(super) fn run<R>(
    func: &Function,
    guard: &mut Guard,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    let mut context = guard.context();
    let data = context.data_mut();
    data.ended.check()?;
    data.active.begin(func.instance())?;
    let mut has_run = false;
    let called = guard.run(ErrorKind::INTERNAL, |context| {
        has_run = true;
        body(context)
    });
    guard.context().data_mut().active.end();
    let result = called.map_err(|error| failed(error, has_run, guard));
    run_drops(guard);
    result
}

/// The error of a call that failed.
#[cold]
fn failed(error: Error, has_run: bool, guard: &mut Guard) -> Error {
    let error = match error.kind() {
        // Neither wasm nor the host has failed, but the values that wasm passed are wrong.
        ErrorKind::INTERNAL => error.of_kind(ErrorKind::TRAP).with_other_trap(),
        _ => error,
    };
    if has_run {
        // After any failure the instance may be half-way through a call.
        guard.context().data_mut().ended.note(&error);
    }
    error
}
