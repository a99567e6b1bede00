//! Function types.

pub use crate::kinds::safewasm_functype_t;

use crate::abi::args::copied;
use crate::abi::boundary::{Out, boundary};
use crate::error::text::safewasm_text_t;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_engine_t, safewasm_error_t};
use crate::process::forks;
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::types::functype::{FuncType, at};
use crate::types::valtype::safewasm_valtype_t;

/// Creates a function type.
///
/// `params` holds the types of `params_len` parameters, and `results` those of `results_len`
/// results; `params` may be NULL if `params_len` is 0, and `results` may be NULL if `results_len` is
/// 0. Types that a module defines can't be described so: take the function type of the module's
/// import or export.
///
/// On success `*functype_out` is a new function type, which belongs to the caller, who gives it to
/// `safewasm_functype_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; invalid argument for what is no type.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_new(
    engine: *mut safewasm_engine_t,
    params: *const safewasm_valtype_t,
    params_len: usize,
    results: *const safewasm_valtype_t,
    results_len: usize,
    functype_out: *mut *mut safewasm_functype_t,
) -> *mut safewasm_error_t {
    boundary(Out("functype_out", functype_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands arrays of that length at what isn't NULL.
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
        let _no_fork = forks::delay();
        let ty = wasmtime::FuncType::try_new(engine.wasmtime(), params, results)
            .map_err(|error| Error::wasmtime(&error.into(), ErrorKind::OUT_OF_MEMORY))?;
        registry::insert(FuncType::new(engine.wasmtime(), ty))
    })
}

/// The number of parameters.
///
/// On success `*len_out` is the number; on failure it is 0.
///
/// Errors: null pointer, invalid handle. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_params_len(
    functype: *mut safewasm_functype_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(functype.get("functype")?.params.len()))
}

/// The type of the parameter at `index`, from 0.
///
/// On success `*type_out` is the type; on failure it is all zero.
///
/// Errors: null pointer, invalid handle, not found. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_param(
    functype: *mut safewasm_functype_t,
    index: usize,
    type_out: *mut safewasm_valtype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        at(&functype.get("functype")?.params, index, "parameters")
    })
}

/// The number of results.
///
/// On success `*len_out` is the number; on failure it is 0.
///
/// Errors: null pointer, invalid handle. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_results_len(
    functype: *mut safewasm_functype_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(functype.get("functype")?.results.len()))
}

/// The type of the result at `index`, from 0.
///
/// On success `*type_out` is the type; on failure it is all zero.
///
/// Errors: null pointer, invalid handle, not found. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_result(
    functype: *mut safewasm_functype_t,
    index: usize,
    type_out: *mut safewasm_valtype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || at(&functype.get("functype")?.results, index, "results"))
}

/// The type as text, such as `(i32, i32) -> i32`.
///
/// On success `*text_out` is the text, which lives until `safewasm_functype_delete`; on failure it
/// is NULL with length 0.
///
/// Errors: null pointer, invalid handle. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_functype_text(
    functype: *mut safewasm_functype_t,
    text_out: *mut safewasm_text_t,
) -> *mut safewasm_error_t {
    boundary(Out("text_out", text_out), || Ok(functype.get("functype")?.text.view()))
}

/// Whether `functype` is a function type that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_functype_is_valid(functype: *mut safewasm_functype_t) -> bool {
    quietly(|| functype.is_valid())
}

/// Deletes `functype`. NULL and what was deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_functype_delete(functype: *mut safewasm_functype_t) {
    quietly(|| functype.delete());
}
