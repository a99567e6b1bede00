//! Bulk calls: one function, many rows of arguments.

pub use crate::call::bulk::safewasm_column_t;

use crate::abi::args::array;
use crate::abi::boundary::boundary;
use crate::call::bulk::{call, check};
use crate::call::func::has_references;
use crate::kinds::{safewasm_error_t, safewasm_func_t};
use crate::registry::ObjectHandle;

/// Calls a function of numbers and vectors `count` times in one go, each time with the next value of each
/// column: as a loop over `safewasm_func_call_slots` does, at a smaller cost for each call.
///
/// `args` holds `args_len` columns, one for each parameter; `args` may be NULL if `args_len` is 0.
/// `results` holds `results_len` columns, one for each result, into which they are written; `results` may be
/// NULL if `results_len` is 0. The columns' `data` may be NULL if `count` is 0. Results may take the places
/// of arguments, and of later ones: the arguments of a call are read after the results of those before it are
/// written, and before its own are. What wasm or a host function would itself read or write there during the
/// calls is not specified. A column MUST NOT lie in a memory that the calls may grow.
///
/// The calls are made in their order. When one fails, so does this, with that call's error, whose message
/// says which it was; the results of those before are there, and those after aren't made.
///
/// Errors: null pointer, invalid handle; type mismatch for another number of columns, quoting the function's
/// signature; unsupported if it takes or gives references; trap and exception; what a host function returned;
/// store busy or poisoned. After a trap the store can be used on.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_call_bulk(
    func: *mut safewasm_func_t,
    count: usize,
    args: *const safewasm_column_t,
    args_len: usize,
    results: *const safewasm_column_t,
    results_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let args = array(args, args_len, "args")?;
        let results = array(results, results_len, "results")?;
        func.within("func", |guard, func| {
            let Some(id) = func.signature() else {
                return Err(has_references(func.wasmtime(), guard));
            };
            let (args, results) = check(guard, func, id, count, args, results)?;
            call(guard, func, id, count, args, results)
        })
    })
}
