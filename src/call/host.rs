//! Host functions: functions of the program that wasm can call.

use super::activation::{Activation, HostCall};
use crate::engine::hooks::safewasm_hooks_t;
use crate::error::hostfailure::HostFailure;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Handle;
use crate::kinds::{safewasm_caller_t, safewasm_error_t};
use crate::process::finalizer::{self, Env};
use crate::process::thread;
use crate::process::unwind::{call_out, give_up, quietly};
use crate::registry::{self, OUT_OF_MEMORY, OUT_OF_MEMORY_MESSAGE, SharedHandle};
use crate::store::data::StoreData;
use crate::store::entered::{Entered, ReentryGuard};
use crate::store::timeout::Paused;
use crate::types::functype::signature;
use crate::types::value::{safewasm_slot_t, safewasm_val_t};
use smallvec::SmallVec;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};
use wasmtime::{Caller, FuncType, ValRaw, ValType};

/// A host function: a function of the program that wasm calls.
///
/// `env` is the pointer that the host function was created with. `caller` gives access to the
/// instance that calls, and is valid until the function returns. `args` holds `args_len` values,
/// one for each parameter of the function's type. References among them are valid until the
/// function returns and must not be deleted. `results` has room for `results_len` values, one for
/// each result of the type. The function sets all of them, each to the kind that the type has
/// there; the library takes over the handles of references among them.
///
/// Returns NULL for success, or an error, which the library takes over. Then the call of wasm that
/// led here fails with that error, unless wasm catches it.
///
/// The function may call any function of the library, also with the same store. It MUST NOT leave
/// by `longjmp`. If it throws a C++ exception or ends its thread, the process ends.
pub type safewasm_callback_t = Option<
    unsafe extern "C-unwind" fn(
        env: *mut c_void,
        caller: *mut safewasm_caller_t,
        args: *const safewasm_val_t,
        args_len: usize,
        results: *mut safewasm_val_t,
        results_len: usize,
    ) -> *mut safewasm_error_t,
>;

/// A host function of numbers and vectors, which takes and returns bare slots. It is called faster
/// than a `safewasm_callback_t`.
///
/// `slots` holds the arguments from its first slot on, and takes the results from its first slot
/// on. `slots_len` is the number of parameters or of results, whichever is larger. The function's
/// type says which member of each slot is set. Otherwise the same rules hold as for
/// `safewasm_callback_t`.
pub type safewasm_slot_callback_t = Option<
    unsafe extern "C-unwind" fn(
        env: *mut c_void,
        caller: *mut safewasm_caller_t,
        slots: *mut safewasm_slot_t,
        slots_len: usize,
    ) -> *mut safewasm_error_t,
>;

/// What the program gave for a host function.
#[derive(Clone, Copy)]
pub(crate) enum Callback {
    Values(
        unsafe extern "C-unwind" fn(
            *mut c_void,
            *mut safewasm_caller_t,
            *const safewasm_val_t,
            usize,
            *mut safewasm_val_t,
            usize,
        ) -> *mut safewasm_error_t,
    ),
    Slots(
        unsafe extern "C-unwind" fn(
            *mut c_void,
            *mut safewasm_caller_t,
            *mut safewasm_slot_t,
            usize,
        ) -> *mut safewasm_error_t,
    ),
}

impl Callback {
    pub(crate) fn values(callback: safewasm_callback_t) -> Result<Self> {
        callback.map(Self::Values).ok_or_else(no_callback)
    }

    pub(crate) fn slots(callback: safewasm_slot_callback_t) -> Result<Self> {
        callback.map(Self::Slots).ok_or_else(no_callback)
    }
}

/// How many values a host function has without allocating.
const FEW: usize = 16;

fn no_callback() -> Error {
    Error::new(ErrorKind::NULL_POINTER, "`callback` is NULL".to_owned())
}

/// A host function, as Wasmtime keeps it.
pub(crate) struct Host {
    callback: Callback,
    env: Env,
    params: Vec<ValType>,
    results: Vec<ValType>,
    /// Whether it ran, if that is asked for.
    has_run: AtomicBool,
}

impl Host {
    /// A host function of type `ty`, in which a function of slots takes and gives no references.
    pub(crate) fn new(callback: Callback, env: Env, ty: &FuncType) -> Result<Self> {
        let (params, results) = (ty.params().collect(), ty.results().collect());
        let host = Self { callback, env, params, results, has_run: AtomicBool::new(false) };
        let references = host.params.iter().chain(&host.results).any(ValType::is_ref);
        if matches!(callback, Callback::Slots(_)) && references {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                format!(
                    "a host function of slots takes and gives no references, but `functype` is {}; \
                     use one of values",
                    signature(ty)
                ),
            ));
        }
        Ok(host)
    }

    /// What wasm calls.
    #[inline(always)]
    pub(crate) fn call(
        &self,
        mut caller: Caller<'_, StoreData>,
        slots: &mut [MaybeUninit<ValRaw>],
    ) -> wasmtime::Result<()> {
        let (host, activation) = HostCall::of(&mut caller);
        let entered = host.enter(&activation);
        let reentry = entered.reentry();
        let (hooks, handle) = (activation.hooks(), activation.caller());
        let result = match self.callback {
            Callback::Slots(callback) => {
                // What wasm didn't set isn't for it to see, if the callback doesn't either.
                slots[self.params.len()..].fill(MaybeUninit::new(ValRaw::v128(0)));
                let (slots, len) = (slots.as_mut_ptr().cast(), slots.len());
                let env = self.env.data();
                if reentry.take_due() {
                    finalize(hooks);
                }
                // Not by `call_host`: what it is given would be put together also where it isn't passed on.
                let error = match hooks {
                    // SAFETY: the program gave this function for this `env`; a slot is a `ValRaw`, and
                    // the function's type has only such as every bit pattern is a value of.
                    None => call_out(|| unsafe { callback(env, handle, slots, len) }),
                    Some(hooks) => {
                        // SAFETY: as above.
                        let call = move || unsafe { callback(env, handle, slots, len) };
                        call_hooked(hooks, &self.has_run, call)
                    }
                };
                outcome(error, reentry.store())
            }
            Callback::Values(callback) => {
                // SAFETY: wasm passes slots of just these types.
                unsafe { self.call_with_values(callback, handle, reentry, hooks, slots) }
            }
        };
        entered.leave(&mut caller, result)
    }

    /// What wasm calls where the callback takes values: by itself, so that the way of slots is short.
    ///
    /// # Safety
    ///
    /// `slots` are of the function's types.
    #[inline(never)]
    unsafe fn call_with_values(
        &self,
        callback: unsafe extern "C-unwind" fn(
            *mut c_void,
            *mut safewasm_caller_t,
            *const safewasm_val_t,
            usize,
            *mut safewasm_val_t,
            usize,
        ) -> *mut safewasm_error_t,
        caller: *mut safewasm_caller_t,
        reentry: &ReentryGuard,
        hooks: Option<&safewasm_hooks_t>,
        slots: &mut [MaybeUninit<ValRaw>],
    ) -> Result<(), HostFailure> {
        let store = reentry.store();
        let (args_len, results_len) = (self.params.len(), self.results.len());
        let mut values = SmallVec::<[safewasm_val_t; FEW]>::new();
        if args_len + results_len > FEW {
            // SAFETY: no second stay is under way.
            let lent =
                unsafe { reentry.payload(|cell| cell.scratch.take(|room| &mut room.values)) };
            values = SmallVec::from_vec(lent);
        }
        values.resize(args_len + results_len, safewasm_val_t::CLEARED);
        let (args, results) = values.split_at_mut(args_len);
        // SAFETY: as the caller vouches.
        let outcome = unsafe { self.read_args(store, slots, args) }.and_then(|()| {
            if reentry.take_due() {
                finalize(hooks);
            }
            // SAFETY: the program gave this function for this `env`, and the arrays are that long.
            let error = call_host(hooks, &self.has_run, || unsafe {
                let (args, results) = (args.as_ptr(), results.as_mut_ptr());
                callback(self.env.data(), caller, args, args_len, results, results_len)
            });
            outcome(error, store)?;
            self.take_results(store, results, slots).map_err(HostFailure::from)
        });
        // After the results were taken, which may be arguments.
        for value in &values {
            value.delete_reference();
        }
        if values.spilled() {
            let back = values.into_vec();
            // SAFETY: no second stay is under way.
            unsafe {
                reentry.payload(|cell| cell.scratch.give_back(|room| &mut room.values, back))
            };
        }
        outcome
    }

    /// # Safety
    ///
    /// `slots` are of the function's types, as wasm just set them.
    unsafe fn read_args(
        &self,
        store: Handle,
        slots: &[MaybeUninit<ValRaw>],
        args: &mut [safewasm_val_t],
    ) -> Result<(), HostFailure> {
        for ((ty, slot), arg) in self.params.iter().zip(slots).zip(args) {
            // SAFETY: wasm set the slots of the arguments.
            let raw = unsafe { slot.assume_init() };
            *arg = match ty {
                // SAFETY: as the caller vouches; no collection came between.
                ValType::Ref(_) => unsafe { reference_arg(store, raw, ty) }?,
                ty => safewasm_val_t::from_raw(&raw, ty),
            };
        }
        Ok(())
    }

    fn take_results(
        &self,
        store: Handle,
        results: &[safewasm_val_t],
        slots: &mut [MaybeUninit<ValRaw>],
    ) -> Result<()> {
        for (index, (ty, result)) in self.results.iter().zip(results).enumerate() {
            let location = || format!("`results[{index}]`");
            let said = |error: Error| error.context("what a host function gave");
            let raw = match ty {
                ValType::Ref(_) => {
                    let mut guard = registry::enter_handle(store, "store")?;
                    let val = result.to_val(&mut guard, ty, &location).map_err(said)?;
                    // Rooted until wasm has it: host calls are a scope of Wasmtime's own.
                    val.to_raw(guard.context())
                        .map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))?
                }
                ty => result.to_raw(ty, location).map_err(said)?,
            };
            slots[index] = MaybeUninit::new(raw);
        }
        Ok(())
    }
}

/// Takes over the error that a host function returned.
#[cold]
fn take_over(error: *mut safewasm_error_t) -> HostFailure {
    // Between wasm's frames nothing of the program's runs.
    match finalizer::delay_during(|| quietly(|| error.take("error").ok())) {
        Some(report) => HostFailure::from(report),
        None if error == OUT_OF_MEMORY => {
            Error::new(ErrorKind::OUT_OF_MEMORY, OUT_OF_MEMORY_MESSAGE.to_string_lossy()).into()
        }
        None => Error::new(
            ErrorKind::INVALID_HANDLE,
            "a host function returned an invalid error handle: not NULL, and no living error",
        )
        .into(),
    }
}

/// What the program returned.
#[inline(always)]
fn outcome(error: *mut safewasm_error_t, store: Handle) -> Result<(), HostFailure> {
    if error.is_null() { Ok(()) } else { Err(failed(error, store)) }
}

#[cold]
fn failed(error: *mut safewasm_error_t, store: Handle) -> HostFailure {
    // A finalizer may wait from now on.
    registry::note_due(store);
    take_over(error)
}

/// Runs the finalizers that wait, which are the program's code as host functions are.
#[cold]
fn finalize(hooks: Option<&safewasm_hooks_t>) {
    match hooks {
        Some(hooks) => call_told(hooks, finalizer::run_waiting),
        None => finalizer::run_waiting(),
    }
}

/// Calls the program's function, and tells the runtime.
#[inline(always)]
fn call_host<R>(
    hooks: Option<&safewasm_hooks_t>,
    has_run: &AtomicBool,
    call: impl FnOnce() -> R,
) -> R {
    match hooks {
        Some(hooks) => call_hooked(hooks, has_run, call),
        None => call_out(call),
    }
}

#[inline(never)]
fn call_hooked<R>(hooks: &safewasm_hooks_t, has_run: &AtomicBool, call: impl FnOnce() -> R) -> R {
    if has_run.load(Ordering::Relaxed) {
        return call_told(hooks, call);
    }
    has_run.store(true, Ordering::Relaxed);
    let _paused = (hooks.compiles_late != 0)
        .then(|| Paused::begin(hooks.task() as usize, Activation::stores()));
    call_told(hooks, call)
}

#[inline(always)]
fn call_told<R>(hooks: &safewasm_hooks_t, call: impl FnOnce() -> R) -> R {
    let thread = thread::number();
    let ends = hooks.begin_host();
    let result = call_out(call);
    if thread != thread::number_now() {
        // Wasm's frames, and Wasmtime's record of them, are the other thread's.
        give_up(
            "a host function returned on another thread than it was called on; its task must stay \
             on that thread until it returns",
        );
    }
    drop(ends);
    result
}

/// # Safety
///
/// `raw` is a reference of type `ty` that wasm just passed.
unsafe fn reference_arg(store: Handle, raw: ValRaw, ty: &ValType) -> Result<safewasm_val_t> {
    let mut guard = registry::enter_handle(store, "store")?;
    // SAFETY: as the caller vouches.
    let val = unsafe { wasmtime::Val::from_raw(guard.context(), raw, ty.clone()) };
    safewasm_val_t::own(&val, &mut guard)
}
