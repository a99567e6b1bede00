//! Funcs: calling functions of wasm, and host functions, which wasm calls.
//!
//! Example: examples/host.c

pub use crate::call::host::{safewasm_callback_t, safewasm_slot_callback_t};
pub use crate::kinds::safewasm_func_t;

use crate::abi::args::{Nullable, array, array_mut};
use crate::abi::boundary::{Out, boundary, hot_boundary};
use crate::call::func::{Unset, slots_mismatch, wasmtime_func};
use crate::call::host::{Callback, Host};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_error_t, safewasm_functype_t, safewasm_store_t};
use crate::process::finalizer::{Env, run_after, safewasm_finalizer_t};
use crate::process::forks;
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::store::func::Func;
use crate::types::functype::FuncType;
use crate::types::value::{safewasm_slot_t, safewasm_val_t};
use std::ffi::c_void;
use std::mem;
use wasmtime::ValRaw;

/// Creates a host function of the type `functype`, which belongs to the store's engine.
///
/// Wasm's calls go to `callback`, with `env`. The library calls `finalizer` with `env` when the
/// function can't be called any more, at the latest when the store is freed, and also if this
/// function fails.
///
/// On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_new(
    store: *mut safewasm_store_t,
    functype: *mut safewasm_functype_t,
    callback: safewasm_callback_t,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
    func_out: *mut *mut safewasm_func_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary(Out("func_out", func_out), || {
        run_after(|| new_host(store, functype, || Callback::values(callback), env))
    })
}

/// Creates a host function of numbers and vectors, which takes and returns bare slots. Calls of it
/// are faster. Otherwise the same as `safewasm_func_new`.
///
/// On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_UNSUPPORTED` if the type has references;
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_new_slots(
    store: *mut safewasm_store_t,
    functype: *mut safewasm_functype_t,
    callback: safewasm_slot_callback_t,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
    func_out: *mut *mut safewasm_func_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary(Out("func_out", func_out), || {
        run_after(|| new_host(store, functype, || Callback::slots(callback), env))
    })
}

fn new_host(
    store: *mut safewasm_store_t,
    functype: *mut safewasm_functype_t,
    callback: impl FnOnce() -> Result<Callback>,
    env: Env,
) -> Result<*mut safewasm_func_t> {
    let functype = functype.get("functype")?;
    let callback = callback()?;
    let mut guard = registry::enter_store(store, "store")?;
    let ty = functype.of_engine(guard.context().engine())?;
    let _no_fork = forks::delay();
    let host = Host::new(callback, env, &ty)?;
    let func = wasmtime_func(ty, host, guard.context())
        .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
    let func = Func::new(func, guard.context());
    guard.own(func)
}

/// Gets the type of a function.
///
/// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_type(
    func: *mut safewasm_func_t,
    functype_out: *mut *mut safewasm_functype_t,
) -> *mut safewasm_error_t {
    boundary(Out("functype_out", functype_out), || {
        let (mut guard, func) = func.enter("func")?;
        let context = guard.context();
        let _no_fork = forks::delay();
        registry::insert(FuncType::new(context.engine(), func.func.ty(&context)))
    })
}

/// Calls a function. The number and the kinds of the arguments are checked.
///
/// `args` holds `args_len` values, one for each parameter. `results` has room for `results_len`
/// values, one for each result. `args` and `results` may overlap.
///
/// On success `results` holds the results; delete the handles of references among them. On failure
/// all of them are zero, with kind 0. The store stays usable after a trap.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH`, with the function's signature; `SAFEWASM_ERROR_WRONG_STORE` if a
/// reference belongs to another store; `SAFEWASM_ERROR_TRAP`; `SAFEWASM_ERROR_EXCEPTION`; the
/// errors that host functions return; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_call(
    func: *mut safewasm_func_t,
    args: Nullable<*const safewasm_val_t>,
    args_len: usize,
    results: Nullable<*mut safewasm_val_t>,
    results_len: usize,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        let args = array(args, args_len, "args");
        let results = array_mut(results, results_len, "results")?;
        let unset = Unset(results);
        let args = args?;
        // SAFETY: the header demands `args_len` values at an `args` that isn't NULL, and room for
        // `results_len` values at a `results` that isn't NULL.
        func.within("func", |guard, func| unsafe { func.call_checked(guard, args, results) })?;
        mem::forget(unset);
        Ok(())
    })
}

/// Calls a function whose parameters and results are all numbers or vectors, with arguments and
/// results in bare slots. This is faster than `safewasm_func_call`.
///
/// `slots` holds the arguments from its first slot on, and takes the results from its first slot
/// on. `slots_len` is the number of parameters or of results, whichever is larger. The function's
/// type says which member of each slot is set. A function's type never changes, so it is enough to
/// get it once, with `safewasm_func_type`.
///
/// If the call is refused, the slots are unchanged. After a trap their contents are unspecified.
/// The store stays usable after a trap.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` for another number of slots, with the function's signature;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the function has references; `SAFEWASM_ERROR_TRAP`;
/// `SAFEWASM_ERROR_EXCEPTION`; the errors that host functions return; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_call_slots(
    func: *mut safewasm_func_t,
    slots: Nullable<*mut safewasm_slot_t>,
    slots_len: usize,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        let slots = array_mut(slots, slots_len, "slots")?;
        func.within("func", |guard, func| {
            if func.signature.is_none() || func.slots as usize != slots.len() {
                let wanted = func.signature.map(|_| func.slots);
                return Err(slots_mismatch(func.func, guard, slots.len(), wanted));
            }
            // SAFETY: a function with a signature has no references; there are as many slots as it
            // needs, at a `slots` that the header demands to point to them, and a slot is as large as
            // a `ValRaw`.
            unsafe { func.call_raw(guard, slots as *mut [ValRaw]) }
        })
    })
}

/// Creates another handle of the same function, for instance in a host function that keeps one of
/// its arguments.
///
/// On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_clone(
    func: *mut safewasm_func_t,
    func_out: *mut *mut safewasm_func_t,
) -> *mut safewasm_error_t {
    boundary(Out("func_out", func_out), || {
        let (mut guard, func) = func.enter("func")?;
        guard.own(func)
    })
}

/// Compares two handles of one store. A function that an instance re-exports, or that a linker
/// returned twice, may count as different.
///
/// On success `*same_out` is 1 if both stand for the same function, and 0 otherwise. On failure it
/// is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_same(
    func: *mut safewasm_func_t,
    other: *mut safewasm_func_t,
    same_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("same_out", same_out), || {
        other.check("other")?;
        let (mut guard, a) = func.enter("func")?;
        let b = other.get_in(&guard, "other")?;
        Ok(u32::from(a.func.to_raw(guard.context()) == b.func.to_raw(guard.context())))
    })
}

/// Returns true if `func` is a func that has not been deleted and whose store has not been deleted.
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_func_is_valid(func: *mut safewasm_func_t) -> bool {
    quietly(|| func.is_valid())
}

/// Deletes the handle `func`. The function itself lives as long as its store. Does nothing if
/// `func` is NULL or was deleted already. Never fails and never waits. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_func_delete(func: *mut safewasm_func_t) {
    quietly(|| func.delete());
}
