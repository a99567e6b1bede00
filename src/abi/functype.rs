//! Function types: the parameters and results of functions.
//!
//! Example: examples/host.c

pub use crate::kinds::safewasm_functype_t;

use crate::abi::args::{Nullable, copied, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::error::Result;
use crate::error::text::safewasm_text_t;
use crate::kinds::{safewasm_engine_t, safewasm_error_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::types::functype::{FuncType, at};
use crate::types::notation;
use crate::types::valtype::safewasm_valtype_t;
use std::os::raw::c_char;

/// Creates a function type.
///
/// `params` holds the types of `params_len` parameters, and `results` those of `results_len`
/// results. Concrete reference types, which a module defines, can't be described here; take the
/// function type of the module's import or export instead.
///
/// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if an element of `params` or `results` is not a type.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_new(
    engine: *mut safewasm_engine_t,
    params: Nullable<*const safewasm_valtype_t>,
    params_len: usize,
    results: Nullable<*const safewasm_valtype_t>,
    results_len: usize,
    functype_out: *mut *mut safewasm_functype_t,
) -> *mut safewasm_error_t {
    boundary(Out("functype_out", functype_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands arrays of that length at a pointer that isn't NULL.
        let params = unsafe { copied(params, params_len, "params") }?;
        // SAFETY: as above.
        let results = unsafe { copied(results, results_len, "results") }?;
        let read = |types: Vec<safewasm_valtype_t>, name: &str| {
            let read = |(index, ty): (usize, safewasm_valtype_t)| {
                ty.to_valtype(&|| format!("`{name}[{index}]`"))
            };
            types.into_iter().enumerate().map(read).collect::<Result<Vec<_>>>()
        };
        let (params, results) = (read(params, "params")?, read(results, "results")?);
        registry::insert(FuncType::of_types(engine.wasmtime(), params, results)?)
    })
}

/// Creates a function type from text, such as `(i32, i64) -> f64`.
///
/// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`), in the notation of
/// `safewasm_functype_text`: the types of the parameters in parentheses, an arrow, and the type of
/// the result. Several results are in parentheses too, and `()` stands for no result: `() -> (i32,
/// externref)`, `(i32) -> ()`. The types are spelled as in WebAssembly's text format: `i32`, `i64`,
/// `f32`, `f64`, `v128`, `funcref`, `externref`, `anyref`, `(ref null eq)`, `(ref i31)`, and so on.
/// A type that a module defines can't be written: take the function type of the module's import or
/// export.
///
/// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` is no function type: the message says where the
/// mistake is, and what is expected there; `SAFEWASM_ERROR_LIMIT`. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_new_text(
    engine: *mut safewasm_engine_t,
    text: *const c_char,
    text_len: usize,
    functype_out: *mut *mut safewasm_functype_t,
) -> *mut safewasm_error_t {
    boundary(Out("functype_out", functype_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `text_len` bytes, or a NUL, at a `text` that isn't NULL.
        let (params, results) = notation::parse(unsafe { utf8(text, text_len, "text") }?)?;
        registry::insert(FuncType::of_types(engine.wasmtime(), params, results)?)
    })
}

/// Gets the number of parameters.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_params_len(
    functype: *mut safewasm_functype_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(functype.get("functype")?.params.len()))
}

/// Gets the type of the parameter at `index`, counted from 0.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such parameter.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_param(
    functype: *mut safewasm_functype_t,
    index: usize,
    type_out: *mut safewasm_valtype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        at(functype.get("functype")?.params.iter().copied(), index, "parameter")
    })
}

/// Gets the number of results.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_results_len(
    functype: *mut safewasm_functype_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(functype.get("functype")?.results.len()))
}

/// Gets the type of the result at `index`, counted from 0.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such result.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_result(
    functype: *mut safewasm_functype_t,
    index: usize,
    type_out: *mut safewasm_valtype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        at(functype.get("functype")?.results.iter().copied(), index, "result")
    })
}

/// Gets the type as text, such as `(i32, i32) -> i32`.
///
/// On success `*text_out` is the text, which lives until `safewasm_functype_delete`. On failure it
/// is NULL with length 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_text(
    functype: *mut safewasm_functype_t,
    text_out: *mut safewasm_text_t,
) -> *mut safewasm_error_t {
    boundary(Out("text_out", text_out), || Ok(functype.get("functype")?.text.view()))
}

/// Returns true if `functype` is a function type that has not been deleted. Never fails. May be
/// called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_functype_is_valid(functype: *mut safewasm_functype_t) -> bool {
    quietly(|| functype.is_valid())
}

/// Deletes `functype`. Does nothing if `functype` is NULL or was deleted already. Never fails and
/// never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_functype_delete(functype: *mut safewasm_functype_t) {
    quietly(|| functype.delete());
}
