//! Funcs: calls, and host functions.

pub use crate::call::host::{safewasm_callback_t, safewasm_slot_callback_t};
pub use crate::kinds::safewasm_func_t;

use crate::abi::args::{array, array_mut};
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

/// Creates a host function: a function of the program's that wasm can call, which takes and gives
/// values.
///
/// `functype` is its type, of the store's engine. `callback` is called with `env`; `env` may be NULL.
/// `finalizer` is called with `env` when the function can't be called any more, at the latest when
/// the store is freed; `finalizer` may be NULL. On failure too it is called.
///
/// On success `*func_out` is a new func, which belongs to the caller, who gives it to
/// `safewasm_func_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, wrong engine, limit, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_new(
    store: *mut safewasm_store_t,
    functype: *mut safewasm_functype_t,
    callback: safewasm_callback_t,
    env: *mut c_void,
    finalizer: safewasm_finalizer_t,
    func_out: *mut *mut safewasm_func_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary(Out("func_out", func_out), || {
        run_after(|| new_host(store, functype, || Callback::values(callback), env))
    })
}

/// Creates a host function of numbers and vectors, which takes and gives slots: the fast way.
///
/// As `safewasm_func_new` otherwise: `env` may be NULL, and `finalizer` may be NULL.
///
/// On success `*func_out` is a new func, which belongs to the caller, who gives it to
/// `safewasm_func_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, wrong engine; unsupported for a type with references; limit,
/// store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_new_slots(
    store: *mut safewasm_store_t,
    functype: *mut safewasm_functype_t,
    callback: safewasm_slot_callback_t,
    env: *mut c_void,
    finalizer: safewasm_finalizer_t,
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

/// The type of a function.
///
/// On success `*functype_out` is a new function type, which belongs to the caller, who gives it to
/// `safewasm_functype_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
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

/// Calls a function, checking the number and kinds of its arguments.
///
/// `args` holds `args_len` values, as many and of such kinds as the function has parameters; `args`
/// may be NULL if `args_len` is 0. `results` has room for `results_len` values, as many as the
/// function has results; `results` may be NULL if `results_len` is 0. They may overlap.
///
/// On success `results` holds the results, in which handles of references belong to the caller; on
/// failure all of them are zero, of kind 0.
///
/// Errors: null pointer, invalid handle; type mismatch, quoting the function's signature; wrong store
/// for a reference of another store; trap and exception; what a host function returned; store busy
/// or poisoned. After a trap the store can be used on.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_call(
    func: *mut safewasm_func_t,
    args: *const safewasm_val_t,
    args_len: usize,
    results: *mut safewasm_val_t,
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

/// Calls a function whose parameters and results are all numbers or vectors, with the arguments and
/// results in bare slots: the fast way.
///
/// `slots` holds the arguments and takes the results, each from the first slot on. `slots_len` is
/// the larger of the numbers of parameters and of results; `slots` may be NULL if `slots_len` is 0.
/// Which member of a slot counts is for the function's type to say, which doesn't change: look at
/// it once, with `safewasm_func_type`.
///
/// A call that is refused leaves the slots as they were; after a trap what is in them is not
/// specified.
///
/// Errors: null pointer, invalid handle; type mismatch for another number of slots, quoting the
/// function's signature; trap and exception; what a host function returned; unsupported for a
/// function with references; store busy or poisoned. After a trap the store can be used on.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_call_slots(
    func: *mut safewasm_func_t,
    slots: *mut safewasm_slot_t,
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

/// Another handle of the same function: for a host function that keeps one of its arguments.
///
/// On success `*func_out` is a new func, which belongs to the caller, who gives it to
/// `safewasm_func_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, limit, store busy or poisoned.
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

/// Whether two handles of one store mean the same function. A function that came by another instance,
/// which imported it, or twice out of a linker, may count as another.
///
/// On success `*same_out` is 1 if they do, else 0; on failure it is 0.
///
/// Errors: null pointer, invalid handle; wrong store; store busy or poisoned.
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

/// Whether `func` is a func that wasn't deleted, and whose store wasn't.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_func_is_valid(func: *mut safewasm_func_t) -> bool {
    quietly(|| func.is_valid())
}

/// Deletes the handle `func`; the function itself lives as long as its store. NULL and what was
/// deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_func_delete(func: *mut safewasm_func_t) {
    quietly(|| func.delete());
}
