//! Function types.

use super::valtype::{safewasm_valtype_t, type_name, valtype};
use crate::error::text::{Text, count};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_functype_t};
use crate::process::forks;
use wasmtime::ValType;

/// The object behind the handle of a function type.
pub(crate) struct FuncType {
    engine: wasmtime::Engine,
    ty: wasmtime::FuncType,
    pub(crate) params: Vec<safewasm_valtype_t>,
    pub(crate) results: Vec<safewasm_valtype_t>,
    pub(crate) text: Text,
}

impl SharedKind for safewasm_functype_t {
    type Object = FuncType;
}

impl FuncType {
    pub(crate) fn new(engine: &wasmtime::Engine, ty: wasmtime::FuncType) -> Self {
        Self {
            engine: engine.clone(),
            params: ty.params().map(|ty| valtype(&ty)).collect(),
            results: ty.results().map(|ty| valtype(&ty)).collect(),
            text: Text::new(signature(&ty)),
            ty,
        }
    }

    /// The type with those parameters and results.
    pub(crate) fn of_types(
        engine: &wasmtime::Engine,
        params: Vec<ValType>,
        results: Vec<ValType>,
    ) -> Result<Self> {
        let _no_fork = forks::delay();
        let ty = wasmtime::FuncType::try_new(engine, params, results)
            .map_err(|error| Error::wasmtime(&error.into(), ErrorKind::OUT_OF_MEMORY))?;
        Ok(Self::new(engine, ty))
    }

    pub(crate) fn engine(&self) -> &wasmtime::Engine {
        &self.engine
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::FuncType {
        &self.ty
    }

    /// The type, if it belongs to that engine.
    pub(crate) fn of_engine(&self, engine: &wasmtime::Engine) -> Result<wasmtime::FuncType> {
        if wasmtime::Engine::same(&self.engine, engine) {
            return Ok(self.ty.clone());
        }
        Err(Error::new(ErrorKind::WRONG_ENGINE, "`functype` belongs to another engine"))
    }
}

/// A function type as messages show it: `(i32, i32) -> i32`.
pub(crate) fn signature(ty: &wasmtime::FuncType) -> String {
    let list = |types: &mut dyn Iterator<Item = ValType>| {
        types.map(|ty| type_name(&ty)).collect::<Vec<_>>().join(", ")
    };
    let results = list(&mut ty.results());
    let results = if ty.results().len() == 1 { results } else { format!("({results})") };
    format!("({}) -> {results}", list(&mut ty.params()))
}

/// A function type as wasm's text format writes it: ` (param i32 i32) (result i32)`.
pub(crate) fn wat_signature(ty: &wasmtime::FuncType) -> String {
    let list = |what: &str, types: &mut dyn Iterator<Item = ValType>| {
        let names: String = types.map(|ty| format!(" {}", type_name(&ty))).collect();
        if names.is_empty() { names } else { format!(" ({what}{names})") }
    };
    list("param", &mut ty.params()) + &list("result", &mut ty.results())
}

/// The type at an index of `types`, which are the function's parameters or results, as the noun `what` says.
pub(crate) fn at<T>(
    mut types: impl ExactSizeIterator<Item = T>,
    index: usize,
    what: &str,
) -> Result<T> {
    let len = types.len();
    types.nth(index).ok_or_else(|| {
        Error::new(
            ErrorKind::NOT_FOUND,
            format!("`index` is {index}, but the function has {}", count(len, what)),
        )
    })
}
