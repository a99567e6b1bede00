//! Heap types from text. A module that holds nothing but the types is compiled.

use super::module::Module;
use super::unit::Unit;
use super::{Engine, compile, wat};
use crate::error::{Error, ErrorKind, Result};
use crate::types::heaptype::HeapType;
use wasmparser::{Parser, Payload};
use wasmtime::ExternType;

/// The type that `text` says: `(struct (field i32))`, or the last of several definitions such as
/// `(type $list (struct (field (ref null $list))))`.
pub(crate) fn parse(engine: &Engine, text: &str) -> Result<HeapType> {
    let start = text.trim_start();
    let is_definition = ["(type", "(rec"].iter().any(|word| start.starts_with(word));
    let text = if is_definition { text.to_owned() } else { format!("(type {text})") };
    let last =
        number_of_types(&wat::to_wasm(Module::NOUN, &text)?)?.checked_sub(1).ok_or_else(no_type)?;
    // By the import, Wasmtime shows the last type.
    let wasm = wat::to_wasm(
        Module::NOUN,
        &format!("{text}\n(import \"\" \"\" (global (ref null {last})))"),
    )?;
    compile::check::<Module>(engine.settings(), &wasm)?;
    let module = compile::compile::<Module>(engine.wasmtime(), &wasm)?;
    let import = module.imports().next().map(|import| import.ty());
    let Some(ExternType::Global(ty)) = import else { return Err(no_type()) };
    HeapType::of_value(engine.wasmtime(), ty.content(), "the type in `text`")
}

/// How many types a module defines. It must define nothing else.
fn number_of_types(wasm: &[u8]) -> Result<usize> {
    let mut number = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload {
            Ok(Payload::TypeSection(section)) => {
                number += section.into_iter().flatten().map(|rec| rec.types().len()).sum::<usize>();
            }
            Ok(Payload::Version { .. } | Payload::CustomSection(_) | Payload::End(_)) => {}
            _ => return Err(no_type()),
        }
    }
    Ok(number)
}

#[cold]
fn no_type() -> Error {
    Error::new(
        ErrorKind::INVALID_ARGUMENT,
        "`text` is no type, or has something else than types in it; a type is written as \
         `(struct (field i32) (field (mut f64)))` or `(array (mut i8))`",
    )
}
