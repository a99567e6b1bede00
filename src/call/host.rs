//! Host functions: functions of the program that wasm can call.

use super::activation::{Activation, HostCall};
use crate::engine::Engine;
use crate::engine::hooks::safewasm_hooks_t;
use crate::error::hostfailure::HostFailure;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Handle;
use crate::kinds::{safewasm_caller_t, safewasm_error_t};
use crate::process::finalizer::{self, Env};
use crate::process::thread::{self, Thread};
use crate::process::unwind::{call_out, give_up, quietly};
use crate::registry::{self, OUT_OF_MEMORY, OUT_OF_MEMORY_MESSAGE, SharedHandle};
use crate::store::data::StoreData;
use crate::store::entered::Entered;
use crate::store::timeout::PausedClocks;
use crate::types::functype::signature;
use crate::types::value::{safewasm_slot_t, safewasm_val_t};
use smallvec::SmallVec;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};
use wasmtime::{Caller, FuncType, Linker, ValRaw, ValType};

/// A host function: a function of the program that wasm calls.
///
/// `env` is the pointer that the host function was created with. `caller` gives access to the
/// instance that calls, and is valid until the function returns. `args` holds `args_len` values,
/// one for each parameter of the function's type. References among them are valid until the
/// function returns and must not be deleted. `results` has room for `results_len` values, one for
/// each result of the type. The function sets all of them, each to a value of the kind that the
/// type gives for it; the library takes over the handles of references among them.
///
/// Returns NULL for success, or an error that `safewasm_error_new` created or that another function
/// of the library returned. The library takes the error over. The call of wasm during which the
/// function ran then fails with that error, unless wasm catches it.
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

/// A [`safewasm_callback_t`].
type ValueFn = unsafe extern "C-unwind" fn(
    *mut c_void,
    *mut safewasm_caller_t,
    *const safewasm_val_t,
    usize,
    *mut safewasm_val_t,
    usize,
) -> *mut safewasm_error_t;

/// A [`safewasm_slot_callback_t`].
type SlotFn = unsafe extern "C-unwind" fn(
    *mut c_void,
    *mut safewasm_caller_t,
    *mut safewasm_slot_t,
    usize,
) -> *mut safewasm_error_t;

/// The program's function for a host function.
#[derive(Clone, Copy)]
pub(crate) enum Callback {
    Values(ValueFn),
    Slots(SlotFn),
}

impl Callback {
    pub(crate) fn values(callback: safewasm_callback_t) -> Result<Self> {
        callback.map(Self::Values).ok_or_else(no_callback)
    }

    pub(crate) fn slots(callback: safewasm_slot_callback_t) -> Result<Self> {
        callback.map(Self::Slots).ok_or_else(no_callback)
    }
}

/// The most values that a host function call uses without allocating.
const FEW: usize = 16;

pub(super) fn no_callback() -> Error {
    Error::new(ErrorKind::NULL_POINTER, "`callback` is NULL".to_owned())
}

/// A host function, in the form in which Wasmtime keeps it.
pub(crate) struct Host {
    callback: Callback,
    env: Env,
    params: Vec<ValType>,
    results: Vec<ValType>,
    /// Whether it has run. Kept only if the engine has hooks.
    has_run: AtomicBool,
}

impl Host {
    /// A host function of type `ty`. An error if the callback takes slots and the type has references.
    pub(crate) fn new(callback: Callback, env: Env, ty: &FuncType) -> Result<Self> {
        let (params, results) = (ty.params().collect(), ty.results().collect());
        let host = Self { callback, env, params, results, has_run: AtomicBool::new(false) };
        let references = host.params.iter().chain(&host.results).any(ValType::is_ref);
        if matches!(callback, Callback::Slots(_)) && references {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                format!(
                    "a host function with slots can't take or return references, but `functype` is {}; \
                     make one with values instead",
                    signature(ty)
                ),
            ));
        }
        Ok(host)
    }

    /// Defines the host function in a linker of `engine`. Its type is `ty`, the one that it was made with.
    pub(crate) fn define(
        self,
        linker: &mut Linker<StoreData>,
        engine: &Engine,
        namespace: &str,
        name: &str,
        ty: FuncType,
    ) -> wasmtime::Result<()> {
        let is_supervised = engine.is_supervised();
        let clears = self.params.len() < self.results.len();
        // Chosen once, to save the time at each call.
        //
        // SAFETY: the slots are read and written by the type that this was made with.
        unsafe {
            match (self.callback, is_supervised, clears) {
                (Callback::Values(callback), ..) => {
                    add(linker, namespace, name, ty, move |caller, slots| {
                        self.call_with_values(callback, caller, slots)
                    })
                }
                (Callback::Slots(callback), false, false) => {
                    add(linker, namespace, name, ty, move |caller, slots| {
                        self.call_with_slots::<false, false>(&callback, caller, slots)
                    })
                }
                (Callback::Slots(callback), false, true) => {
                    add(linker, namespace, name, ty, move |caller, slots| {
                        self.call_with_slots::<false, true>(&callback, caller, slots)
                    })
                }
                (Callback::Slots(callback), true, _) => {
                    add(linker, namespace, name, ty, move |caller, slots| {
                        self.call_with_slots::<true, true>(&callback, caller, slots)
                    })
                }
            }
        }
    }

    /// Called by wasm. `SUPERVISED` is as for a [`HostCall`]. `CLEARS` is true if there may be more results than
    /// parameters.
    #[inline(always)]
    fn call_with_slots<const SUPERVISED: bool, const CLEARS: bool>(
        &self,
        callback: &SlotFn,
        mut caller: Caller<'_, StoreData>,
        slots: &mut [MaybeUninit<ValRaw>],
    ) -> wasmtime::Result<()> {
        let (host, activation) = HostCall::<SUPERVISED>::of(&mut caller);
        let handle = activation.caller();
        let entered = host.enter(&activation);
        let (hooks, thread) = (entered.hooks(), entered.thread());
        if CLEARS {
            // So that wasm never sees old bytes in a result that the callback didn't set.
            slots[self.params.len()..].fill(MaybeUninit::new(ValRaw::v128(0)));
        }
        let (slots, len) = (slots.as_mut_ptr().cast(), slots.len());
        let env = self.env.data();
        if entered.reentry().take_due() {
            finalize(hooks, thread);
        }
        // Not by `call_host`: the compiler would build its closure even without hooks.
        let error = match hooks {
            // SAFETY: the program gave this function for this `env`; a slot is a `ValRaw`, and every bit
            // pattern is a value of the types without references.
            None => call_out(|| unsafe { callback(env, handle, slots, len) }),
            Some(hooks) => {
                // SAFETY: as above.
                let call = move || unsafe { callback(env, handle, slots, len) };
                call_hooked(hooks, thread, &self.has_run, call)
            }
        };
        // The error is taken over after the host function was left. So nothing has to be undone if that panics.
        entered
            .leave(&mut caller, (!error.is_null()).then_some(|| failed(error, activation.store())))
    }

    /// Called by wasm.
    ///
    /// # Safety
    ///
    /// `slots` are of the function's types.
    unsafe fn call_with_values(
        &self,
        callback: ValueFn,
        mut caller: Caller<'_, StoreData>,
        slots: &mut [MaybeUninit<ValRaw>],
    ) -> wasmtime::Result<()> {
        // Without supervision, too, since most of the time is for the values.
        let (host, activation) = HostCall::<true>::of(&mut caller);
        let (handle, store) = (activation.caller(), activation.store());
        let entered = host.enter(&activation);
        let (reentry, hooks, thread) = (entered.reentry(), entered.hooks(), entered.thread());
        let (args_len, results_len) = (self.params.len(), self.results.len());
        let mut values = SmallVec::<[safewasm_val_t; FEW]>::new();
        if args_len + results_len > FEW {
            // SAFETY: the closure doesn't enter the store, and no guard of a reentry lives.
            let vec = unsafe {
                reentry.payload(|payload| payload.scratch.take(|scratch| &mut scratch.values))
            };
            values = SmallVec::from_vec(vec);
        }
        values.resize(args_len + results_len, safewasm_val_t::CLEARED);
        let (args, results) = values.split_at_mut(args_len);
        // SAFETY: as the caller vouches.
        let outcome = unsafe { self.read_args(store, slots, args) }.and_then(|()| {
            if reentry.take_due() {
                finalize(hooks, thread);
            }
            // SAFETY: the program gave this function for this `env`, and the arrays are that long.
            let error = call_host(hooks, thread, &self.has_run, || unsafe {
                let (args, results) = (args.as_ptr(), results.as_mut_ptr());
                callback(self.env.data(), handle, args, args_len, results, results_len)
            });
            outcome(error, store)?;
            self.take_results(store, results, slots).map_err(HostFailure::from)
        });
        // Only now: a result may be an argument.
        for value in &values {
            value.delete_reference();
        }
        if values.spilled() {
            let back = values.into_vec();
            // SAFETY: the closure doesn't enter the store, and no guard of a reentry lives.
            unsafe {
                reentry.payload(|payload| {
                    payload.scratch.give_back(|scratch| &mut scratch.values, back)
                })
            };
        }
        entered.leave(&mut caller, outcome.err().map(|failure| || failure))
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
            // SAFETY: wasm wrote the slots of the arguments.
            let raw = unsafe { slot.assume_init() };
            *arg = match ty {
                // SAFETY: as the caller vouches; no collection has run since.
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
            let name = || format!("`results[{index}]`");
            let said = |error: Error| error.context("the result of a host function");
            let raw = match ty {
                ValType::Ref(_) => {
                    let mut guard = registry::enter_handle(store, "store")?;
                    let val = result.to_val(&mut guard, ty, &name).map_err(said)?;
                    // Stays rooted until wasm has it: Wasmtime makes a root scope for each host call.
                    val.to_raw(guard.context())
                        .map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))?
                }
                ty => result.to_raw(ty, name).map_err(said)?,
            };
            slots[index] = MaybeUninit::new(raw);
        }
        Ok(())
    }
}

/// Defines a host function.
///
/// # Safety
///
/// `call` reads and writes the slots by the type.
unsafe fn add(
    linker: &mut Linker<StoreData>,
    namespace: &str,
    name: &str,
    ty: FuncType,
    call: impl Fn(Caller<'_, StoreData>, &mut [MaybeUninit<ValRaw>]) -> wasmtime::Result<()>
    + Send
    + Sync
    + 'static,
) -> wasmtime::Result<()> {
    // SAFETY: as the caller vouches.
    unsafe { linker.func_new_unchecked(namespace, name, ty, call) }?;
    Ok(())
}

/// Takes over the error that a function of the program returned.
#[cold]
pub(crate) fn take_over(error: *mut safewasm_error_t) -> HostFailure {
    // No finalizer may run now, between frames of wasm.
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

/// The result of a callback that returned `error`.
#[inline(always)]
pub(super) fn outcome(error: *mut safewasm_error_t, store: Handle) -> Result<(), HostFailure> {
    if error.is_null() { Ok(()) } else { Err(failed(error, store)) }
}

#[cold]
fn failed(error: *mut safewasm_error_t, store: Handle) -> HostFailure {
    // Deleting the error may leave a finalizer waiting.
    registry::note_due(store);
    take_over(error)
}

/// Runs the finalizers that wait, between the hooks for host functions: they are code of the program too.
#[cold]
pub(super) fn finalize(hooks: Option<&safewasm_hooks_t>, thread: &Thread) {
    match hooks {
        Some(hooks) => call_between_hooks(hooks, thread, finalizer::run_waiting),
        None => finalizer::run_waiting(),
    }
}

/// Calls a function of the program on the calling thread, `thread`, with hooks if there are any.
#[inline(always)]
pub(super) fn call_host<R>(
    hooks: Option<&safewasm_hooks_t>,
    thread: &Thread,
    has_run: &AtomicBool,
    call: impl FnOnce() -> R,
) -> R {
    match hooks {
        Some(hooks) => call_hooked(hooks, thread, has_run, call),
        None => call_out(call),
    }
}

/// [`call_between_hooks`] that also pauses time limits during the first run of a function that the runtime
/// compiles then.
#[inline(never)]
fn call_hooked<R>(
    hooks: &safewasm_hooks_t,
    thread: &Thread,
    has_run: &AtomicBool,
    call: impl FnOnce() -> R,
) -> R {
    if has_run.load(Ordering::Relaxed) {
        return call_between_hooks(hooks, thread, call);
    }
    has_run.store(true, Ordering::Relaxed);
    let _paused = (hooks.compiles_late != 0)
        .then(|| PausedClocks::begin(hooks.task() as usize, Activation::stores()));
    call_between_hooks(hooks, thread, call)
}

/// Calls a function of the program between the hooks for its begin and its end.
#[inline(always)]
fn call_between_hooks<R>(hooks: &safewasm_hooks_t, thread: &Thread, call: impl FnOnce() -> R) -> R {
    let thread = thread.number();
    let ends = hooks.begin_host();
    let result = call_out(call);
    if thread != thread::number_now() {
        // The frames of wasm, and Wasmtime's list of its calls, belong to the other thread.
        give_up(
            "a host function returned on another thread than it was called on; its task must stay \
             on that thread until it returns",
        );
    }
    drop(ends);
    result
}

/// The argument for a reference, with a new handle.
///
/// # Safety
///
/// `raw` is a reference of type `ty` that wasm just passed.
unsafe fn reference_arg(store: Handle, raw: ValRaw, ty: &ValType) -> Result<safewasm_val_t> {
    let mut guard = registry::enter_handle(store, "store")?;
    // SAFETY: as the caller vouches.
    let val = unsafe { wasmtime::Val::from_raw(guard.context(), raw, ty.clone()) };
    safewasm_val_t::own(&val, &mut guard)
}
