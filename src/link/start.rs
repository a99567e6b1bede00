//! Starting programs for WASI: running commands, and initializing reactors.

#[cfg(feature = "wasi")]
use super::define::{func_export, is_command};
#[cfg(feature = "wasi")]
use crate::call::component;
use crate::call::enter::Runs;
use crate::engine::module::Module;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "wasi")]
use crate::store::component::ComponentInstance;
use crate::store::entered::{Entered, Guard};
#[cfg(feature = "wasi")]
use crate::store::instance::Instance;

/// Runs an instance of a command. Returns its exit status.
#[cfg(feature = "wasi")]
pub(crate) fn run(instance: &Instance, guard: &mut Guard) -> Result<u32> {
    let module = instance.module(guard);
    if !is_command(&module)? {
        return Err(no_command("`instance` is no command: its module", &module));
    }
    start(instance.wasmtime(), guard)
}

/// Runs an instance of a component that is a command. Returns its exit status.
#[cfg(feature = "wasi")]
pub(crate) fn run_component(instance: &ComponentInstance, guard: &mut Guard) -> Result<u32> {
    let func = instance
        .func(Some("wasi:cli/run"), "run", guard)
        .map_err(|error| error.context("`instance` is no command"))?;
    if !func.is_run(guard.context()) {
        return Err(Error::new(
            ErrorKind::TYPE_MISMATCH,
            "`instance` is no command: its function `run` has another type than `func() -> result`",
        ));
    }
    match component::call_without_args(&func, guard) {
        Ok(values) => Ok(values.nodes()[0].index),
        Err(error) => error.exit_status().ok_or(error),
    }
}

/// The error for a module that isn't a command. `subject` begins its message.
pub(crate) fn no_command(subject: &str, module: &Module) -> Error {
    let or = match module.wasmtime().get_export("_initialize") {
        Some(_) => "; it is a reactor: call `safewasm_instance_initialize`, then its functions",
        None => "",
    };
    Error::new(ErrorKind::NOT_FOUND, format!("{subject} exports no function `_start`{or}"))
}

/// Calls the function `_start` of a command. Returns the exit status.
pub(crate) fn start(instance: wasmtime::Instance, guard: &mut Guard) -> Result<u32> {
    match call(instance, guard, "_start") {
        Ok(()) => Ok(0),
        Err(error) => error.exit_status().ok_or(error),
    }
}

/// Initializes a reactor: calls its function `_initialize`, if it exports one that was not called yet.
#[cfg(feature = "wasi")]
pub(crate) fn initialize(instance: &Instance, guard: &mut Guard) -> Result<()> {
    if !func_export(&instance.module(guard), "_initialize")? {
        return Ok(());
    }
    let func = instance.wasmtime().get_func(guard.context(), "_initialize");
    let known = func.map(|func| func.to_raw(guard.context()) as usize);
    if known.is_some_and(|known| guard.context().data_mut().initialized.insert(known)) {
        call(instance.wasmtime(), guard, "_initialize")?;
    }
    Ok(())
}

fn call(instance: wasmtime::Instance, guard: &mut Guard, name: &str) -> Result<()> {
    let func = instance
        .get_typed_func::<(), ()>(guard.context(), name)
        .map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))?;
    guard.run(ErrorKind::INTERNAL, |context| func.call(context, ()))
}
