//! Definitions for the imports of a module that a linker doesn't know.

use super::linker::{Linker, check_bound};
use crate::engine::module::Module;
use crate::error::hostfailure::HostFailure;
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind, Result};
use crate::store::entered::{Entered, Guard};
use crate::types::externtype::shown;
use wasmtime::{Extern, ExternType as Type, ImportType};

/// Defines each function that the module imports and that isn't defined as one that traps.
pub(crate) fn define_as_traps(linker: &Linker, module: &Module) -> Result<()> {
    linker.with(|names| {
        for import in module.wasmtime().imports() {
            let (namespace, name) = (import.module(), import.name());
            let Type::Func(ty) = import.ty() else { continue };
            if names.find(namespace, name).is_some() {
                continue;
            }
            let said = format!(
                "the import `{}` of module `{}` was called, but not defined",
                quoted(name),
                quoted(namespace)
            );
            // SAFETY: the function uses no slots.
            unsafe {
                names.linker.func_new_unchecked(namespace, name, ty.clone(), move |_, _| {
                    let error = Error::new(ErrorKind::TRAP, said.clone()).with_other_trap();
                    Err(wasmtime::Error::new(HostFailure::from(error)))
                })
            }
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            names.note(namespace, name, Type::Func(ty));
        }
        Ok(())
    })
}

/// Defines each import of the module that isn't defined as an item of zeros and null references.
pub(crate) fn define_as_default_values(
    linker: &Linker,
    module: &Module,
    guard: &mut Guard,
) -> Result<()> {
    linker.with(|names| {
        let imports = module.wasmtime().imports();
        let unknown: Vec<_> =
            imports.filter(|import| names.find(import.module(), import.name()).is_none()).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        check_bound(names.store, guard, "linker")?;
        let mut made = Vec::with_capacity(unknown.len());
        for import in unknown {
            let item = default_item(&import, guard)?;
            made.push((import, item));
        }
        names.bind(guard)?;
        for (import, item) in made {
            let (namespace, name) = (import.module(), import.name());
            names
                .linker
                .define(guard.context(), namespace, name, item)
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LINK))?;
            names.note(namespace, name, import.ty());
        }
        Ok(())
    })
}

/// A new item for the import, of zeros and null references.
fn default_item(import: &ImportType<'_>, guard: &mut Guard) -> Result<Extern> {
    let ty = import.ty();
    guard.allocate(|context| ty.default_value(context)).map_err(|error| {
        let has_default = match &ty {
            Type::Memory(_) => true,
            Type::Table(ty) => ty.element().is_nullable(),
            _ => false,
        };
        if has_default {
            return Error::wasmtime(&error, ErrorKind::LIMIT);
        }
        let (name, namespace) = (quoted(import.name()), quoted(import.module()));
        let ty = shown(&ty);
        Error::new(
            ErrorKind::LINK,
            format!("the import `{name}` of module `{namespace}`, {ty}, has no default value"),
        )
    })
}
