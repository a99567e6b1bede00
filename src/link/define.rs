//! Definitions in linkers, and instances made by linkers.

use crate::call::enter::Runs;
use crate::call::host::{Callback, Host};
use crate::engine::module::Module;
use crate::engine::unit::Unit;
use crate::error::convert::came_through_wasm;
use crate::error::hostfailure::HostFailure;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_functype_t, safewasm_linker_t};
use crate::link::linker::{Linker, check_bound};
use crate::process::finalizer::{self, Env};
use crate::registry::SharedHandle;
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::store::instance::Instance;
use crate::types::externtype::shown;
use std::sync::Arc;
use wasmtime::{Caller, ExternType as Type, Func, Val};

pub(crate) fn define_func(
    linker: *mut safewasm_linker_t,
    namespace: &str,
    name: &str,
    functype: *mut safewasm_functype_t,
    callback: impl FnOnce() -> Result<Callback>,
    env: Env,
) -> Result<()> {
    let linker = linker.get("linker")?;
    let functype = functype.get("functype")?;
    let callback = callback()?;
    let ty = functype.of_engine(linker.engine.wasmtime())?;
    let host = Host::new(callback, env, &ty)?;
    linker.with(|names| {
        names.check_new(namespace, name)?;
        host.define(&mut names.linker, &linker.engine, namespace, name, ty.clone())
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
        names.note(namespace, name, Type::Func(ty));
        Ok(())
    })
}

/// Defines a module as a command or as a reactor, as its exports say.
pub(crate) fn define_module(
    linker: &Linker,
    namespace: &str,
    module: &Arc<Module>,
    guard: &mut Guard,
) -> Result<()> {
    match (is_command(module)?, func_export(module, "_initialize")?) {
        (true, false) => define_command(linker, namespace, module, guard),
        (false, initialize) => define_reactor(linker, namespace, module, initialize, guard),
        (true, true) => Err(Error::new(
            ErrorKind::INVALID_MODULE,
            "Invalid module: `module` exports both `_start`, as a command, and `_initialize`, as a \
             reactor",
        )),
    }
}

/// Whether the module is a command: a program with a function `_start`.
pub(crate) fn is_command(module: &Module) -> Result<bool> {
    func_export(module, "_start")
}

/// Whether the module exports a function `name`. An error if it isn't a function without parameters and
/// results.
pub(super) fn func_export(module: &Module, name: &str) -> Result<bool> {
    match module.wasmtime().get_export(name) {
        None => Ok(false),
        Some(Type::Func(ty)) if ty.params().len() == 0 && ty.results().len() == 0 => Ok(true),
        Some(ty) => Err(Error::new(
            ErrorKind::INVALID_MODULE,
            format!(
                "Invalid module: the export `{name}` of `module` must be func () -> (), but is {}",
                shown(&ty)
            ),
        )),
    }
}

fn define_reactor(
    linker: &Linker,
    namespace: &str,
    module: &Arc<Module>,
    initialize: bool,
    guard: &mut Guard,
) -> Result<()> {
    let exports = || module.wasmtime().exports();
    linker
        .with(|names| exports().try_for_each(|export| names.check_new(namespace, export.name())))?;
    let instance = finalizer::allow_during(|| instantiate(linker, module, guard))?;
    if initialize && let Some(func) = instance.wasmtime().get_func(guard.context(), "_initialize") {
        finalizer::allow_during(|| {
            guard.run(ErrorKind::INTERNAL, |context| func.call(context, &[], &mut []))
        })?;
    }
    linker.with(|names| names.define_instance(namespace, &instance, guard))
}

/// Defines the functions of a command: each call of one makes a new instance.
fn define_command(
    linker: &Linker,
    namespace: &str,
    module: &Arc<Module>,
    guard: &mut Guard,
) -> Result<()> {
    let (pre, _) = linker.pre(module, Some(guard))?;
    linker.with(|names| {
        let exports = module.wasmtime().exports();
        let funcs: Vec<_> = exports
            .filter_map(|export| Some((export.name(), export.ty().func()?.clone())))
            .collect();
        for (name, _) in &funcs {
            names.check_new(namespace, name)?;
        }
        names.bind(guard)?;
        for (name, ty) in funcs {
            let (pre, export, code) = (pre.clone(), name.to_owned(), Arc::clone(module.code()));
            let func =
                move |mut caller: Caller<'_, StoreData>, params: &[Val], results: &mut [Val]| {
                    let used = caller.data_mut().limits.begin();
                    caller
                        .data_mut()
                        .limits
                        .charge_instance()
                        .map_err(|error| wasmtime::Error::new(HostFailure::from(error)))?;
                    caller.data_mut().codes.keep(&code);
                    let instance = pre.instantiate(&mut caller).map_err(|error| {
                        if came_through_wasm(&error) {
                            return error;
                        }
                        let limits = &mut caller.data_mut().limits;
                        limits.refund(used);
                        let error = Error::wasmtime(&limits.explain(error), ErrorKind::LIMIT);
                        wasmtime::Error::new(HostFailure::from(error))
                    })?;
                    match instance.get_func(&mut caller, &export) {
                        Some(func) => func.call(&mut caller, params, results),
                        None => unreachable!("the module exports it"),
                    }
                };
            let func = Func::try_new(guard.context(), ty.clone(), func)
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            names
                .linker
                .define(guard.context(), namespace, name, func)
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LINK))?;
            names.note(namespace, name, Type::Func(ty));
        }
        Ok(())
    })
}

pub(crate) fn check_engine(linker: &Linker, module: &Module) -> Result<()> {
    if wasmtime::Engine::same(module.wasmtime().engine(), linker.engine.wasmtime()) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::WRONG_ENGINE,
        "`module` belongs to another engine than the linker; make both with the same engine",
    ))
}

pub(crate) fn instantiate(
    linker: &Linker,
    module: &Arc<Module>,
    guard: &mut Guard,
) -> Result<Instance> {
    let (pre, bound) = linker.pre(module, Some(guard))?;
    check_bound(bound, guard, "linker")?;
    let instance = guard.instantiate(module, |context| pre.instantiate(context))?;
    Ok(Instance::new(instance, Arc::clone(module), guard))
}
