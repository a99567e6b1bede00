//! The imports of an instance that is made without a linker.

use crate::call::external::safewasm_extern_t;
use crate::error::text::{count, quoted};
use crate::error::{Error, ErrorKind, Result};
use crate::link::explain::{current_type, explain, missing};
use crate::store::entered::Guard;
use wasmtime::{Extern, ImportType};

/// The items for the module's imports, in their order. An error if some are missing or invalid.
pub(crate) fn imports(
    guard: &Guard,
    module: &wasmtime::Module,
    given: &[safewasm_extern_t],
) -> Result<Vec<Extern>> {
    let wanted = module.imports();
    let len = wanted.len();
    if given.len() > len {
        return Err(Error::new(
            ErrorKind::LINK,
            format!(
                "`imports_len` is {}, but the module has {}",
                given.len(),
                count(len, "import")
            ),
        ));
    }
    if let Some(message) = missing(wanted.skip(given.len()), |_| String::new()) {
        return Err(Error::new(
            ErrorKind::LINK,
            format!(
                "{message} (`imports_len` is {}, and the module has {})",
                given.len(),
                count(len, "import")
            ),
        ));
    }
    let engine = module.engine();
    let given = given.iter().enumerate();
    given
        .map(|(index, item)| {
            let found = item.get_in(guard, engine, &format!("imports[{index}]"));
            found.map_err(|error| about_import(module, index, error))
        })
        .collect()
}

/// An error about the item for an import, with the name of the import.
#[cold]
pub(crate) fn about_import(module: &wasmtime::Module, index: usize, error: Error) -> Error {
    match module.imports().nth(index) {
        Some(import) => error.context(&format!(
            "the import `{}` of module `{}`",
            quoted(import.name()),
            quoted(import.module())
        )),
        None => error,
    }
}

/// A link error, with the expected type and the given one.
#[cold]
pub(crate) fn explain_import(
    guard: &mut Guard,
    module: &wasmtime::Module,
    given: &[Extern],
    error: Error,
) -> Error {
    let given = |index: usize, _: &ImportType<'_>| Some(current_type(given.get(index)?, guard));
    explain(error.message(), module, given).unwrap_or(error)
}
