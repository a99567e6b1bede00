//! Bulk calls: one function, called with many rows of arguments.
//!
//! Example: examples/bulk.c

pub use crate::call::bulk::safewasm_column_t;

use crate::abi::args::{Nullable, array};
use crate::abi::boundary::boundary;
use crate::call::bulk::{call, check};
use crate::call::func::has_references;
use crate::kinds::{safewasm_error_t, safewasm_func_t};
use crate::registry::ObjectHandle;

/// Calls a function of numbers and vectors `count` times, each time with the next value of each
/// column. This does the same as a loop over `safewasm_func_call_slots`, at a smaller cost for each
/// call.
///
/// `args` holds `args_len` columns, one for each parameter. `results` holds `results_len` columns,
/// one for each result, to which the results are written. The columns' `data` may be NULL if
/// `count` is 0.
///
/// The calls run in order. A call's arguments are read after the results of the earlier calls are
/// written and before its own results are written, so a result may overwrite arguments, those of
/// later calls too. The values that wasm or a host function finds in the columns during the calls
/// are unspecified. A column MUST NOT lie in a memory that the calls may grow.
///
/// If a call fails, this function fails with that call's error, whose message has the number of the
/// call. The results of the earlier calls are written, and the later calls are not made. The store
/// stays usable after a trap.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` for another number of columns, with the function's signature;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the function has references; `SAFEWASM_ERROR_TRAP`;
/// `SAFEWASM_ERROR_EXCEPTION`; the errors that host functions return; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_call_bulk(
    func: *mut safewasm_func_t,
    count: usize,
    args: Nullable<*const safewasm_column_t>,
    args_len: usize,
    results: Nullable<*const safewasm_column_t>,
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
