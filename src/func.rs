//! Functions of wasm's, and calls.

use crate::boundary::{Out, array, array_mut, boundary, hot_boundary, quietly};
use crate::callback::{Callback, Host, safewasm_callback_t, safewasm_slot_callback_t};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::finalizer::{Env, hold, safewasm_finalizer_t};
use crate::forks;
use crate::functype::{FuncType, safewasm_functype_t, signature};
use crate::registry::{self, Guard, Object, ObjectHandle, SharedHandle};
use crate::signature::SignatureId;
use crate::store::{Entered, StoreData, safewasm_store_t};
use crate::value::{safewasm_slot_t, safewasm_val_t};
use std::collections::HashMap;
use std::ffi::c_void;
use std::mem::{self, MaybeUninit};
use std::ptr;
use wasmtime::{StoreContextMut, Val, ValRaw};

/// A function, which can be called and given to an instance as an import.
pub struct safewasm_func_t {
    _opaque: (),
}

/// What the handle of a func means.
#[derive(Clone, Copy)]
pub(crate) struct Func {
    func: wasmtime::Func,
    /// What it takes and gives, unless it has references.
    signature: Option<SignatureId>,
    /// How many slots a slot call takes, if it has no references: the larger number of parameters and
    /// results.
    slots: u32,
}

/// The functions that a store has met, by where Wasmtime keeps them until the store ends, so that the type of
/// each is asked for once.
#[derive(Default)]
pub(crate) struct Funcs(HashMap<usize, Func>);

/// How many slots a checked call handles without allocating.
const FEW: usize = 16;

impl Func {
    pub(crate) fn new(func: wasmtime::Func, mut context: StoreContextMut<'_, StoreData>) -> Self {
        let place = func.to_raw(&mut context) as usize;
        if let Some(known) = context.data().funcs.0.get(&place) {
            return *known;
        }
        let _no_fork = forks::delay();
        let ty = func.ty(&context);
        let data = context.data_mut();
        let new = match data.signatures.intern(&ty) {
            Some((id, signature)) => {
                Self { func, slots: signature.slots() as u32, signature: Some(id) }
            }
            None => Self { func, slots: 0, signature: None },
        };
        if data.funcs.0.try_reserve(1).is_ok() {
            data.funcs.0.insert(place, new);
        }
        new
    }

    pub(crate) fn wasmtime(self) -> wasmtime::Func {
        self.func
    }

    /// What it takes and gives, unless it has references.
    pub(crate) fn signature(self) -> Option<SignatureId> {
        self.signature
    }

    /// Calls with arguments that lie in `slots`, where the results will lie.
    ///
    /// # Safety
    ///
    /// The function takes and gives numbers and vectors only, and `slots` has room for the larger
    /// number of them.
    #[inline(always)]
    unsafe fn call_raw(self, guard: &mut Guard, slots: *mut [ValRaw]) -> Result<()> {
        guard.run(ErrorKind::INTERNAL, |context| {
            // SAFETY: as the caller vouches; every bit pattern is a number or vector.
            unsafe { self.func.call_unchecked(context, slots) }
        })
    }

    /// Calls with values that may be of the wrong kinds or number; the handles of results are the
    /// caller's.
    ///
    /// # Safety
    ///
    /// `args` are initialised values. `results` has room for values; it may overlap `args`.
    #[inline(always)]
    unsafe fn call_checked(
        self,
        guard: &mut Guard,
        args: *const [safewasm_val_t],
        results: *mut [safewasm_val_t],
    ) -> Result<()> {
        let Some(id) = self.signature else {
            // SAFETY: as the caller vouches.
            return unsafe { call_vals(self.func, guard, args, results) };
        };
        let count = self.slots as usize;
        let mut few = [const { MaybeUninit::<ValRaw>::uninit() }; FEW];
        let mut many = Vec::new();
        let raw = if count <= FEW {
            &mut few[..count]
        } else {
            many = guard.take(|scratch| &mut scratch.slots);
            many.reserve(count);
            &mut many.spare_capacity_mut()[..count]
        };
        {
            let context = guard.context();
            let signature = context.data().signatures.get(id);
            let params = signature.params();
            // SAFETY: as the caller vouches; this borrow ends before `results` is written.
            let args = unsafe { &*args };
            if params.len() != args.len() || signature.results().len() != results.len() {
                return Err(mismatch(self.func, guard, args, results.len()));
            }
            for ((arg, kind), slot) in args.iter().zip(params).zip(&mut *raw) {
                if arg.kind != *kind as u8 {
                    return Err(mismatch(self.func, guard, args, results.len()));
                }
                slot.write(arg.of.raw());
            }
        }
        let slots = ptr::slice_from_raw_parts_mut(raw.as_mut_ptr().cast(), count);
        // SAFETY: the arguments are of the types that the function takes, none of them references,
        // and there are as many slots as it needs.
        unsafe { self.call_raw(guard, slots) }?;
        let context = guard.context();
        let kinds = context.data().signatures.get(id).results();
        for (index, (kind, raw)) in kinds.iter().zip(raw).enumerate() {
            // SAFETY: wasm set the slots of the results.
            let value = safewasm_val_t::of_kind(*kind, unsafe { raw.assume_init_ref() });
            // SAFETY: as the caller vouches, and there are as many as `results.len()`.
            unsafe { results.cast::<safewasm_val_t>().add(index).write(value) };
        }
        if count > FEW {
            guard.give_back(|scratch| &mut scratch.slots, many);
        }
        Ok(())
    }
}

// What follows takes no `Func`: a call that passed one on, if only where it fails, would copy it to the
// stack first, in pieces that the next loads wait for.

/// What is wrong with the values.
#[cold]
fn mismatch(
    func: wasmtime::Func,
    guard: &mut Guard,
    args: &[safewasm_val_t],
    results_len: usize,
) -> Error {
    let ty = func.ty(guard.context());
    let (params, results) = (ty.params().len(), ty.results().len());
    if params != args.len() {
        return wrong_number(func, guard, "args_len", args.len(), "parameters", params);
    }
    if results != results_len {
        return wrong_number(func, guard, "results_len", results_len, "results", results);
    }
    let kinds = ty.params().zip(args).enumerate();
    let errors =
        kinds.filter_map(|(index, (ty, arg))| arg.to_raw(&ty, || format!("`args[{index}]`")).err());
    match errors.into_iter().next() {
        Some(error) => calling(error, &signature(&ty)),
        None => Error::new(ErrorKind::INVALID_ARGUMENT, "`args` changed during the call"),
    }
}

/// The same for a function with references.
///
/// # Safety
///
/// As for [`Func::call_checked`].
unsafe fn call_vals(
    func: wasmtime::Func,
    guard: &mut Guard,
    args: *const [safewasm_val_t],
    results: *mut [safewasm_val_t],
) -> Result<()> {
    let ty = func.ty(guard.context());
    // SAFETY: as the caller vouches; `results` is written when they are no longer used.
    let args = unsafe { &*args };
    if ty.params().len() != args.len() || ty.results().len() != results.len() {
        return Err(mismatch(func, guard, args, results.len()));
    }
    guard.rooted(|guard| {
        let mut vals = guard.take(|scratch| &mut scratch.vals);
        for (index, (ty, arg)) in ty.params().zip(args).enumerate() {
            let val = arg.to_val(guard, &ty, &|| format!("`args[{index}]`"));
            vals.push(val.map_err(|error| calling(error, &signature_of(func, guard)))?);
        }
        vals.resize(args.len() + results.len(), Val::I32(0));
        let (params, returned) = vals.split_at_mut(args.len());
        guard.run(ErrorKind::INTERNAL, |context| func.call(context, params, returned))?;
        let mut owned = guard.take(|scratch| &mut scratch.values);
        for val in &*returned {
            match safewasm_val_t::own(val, guard) {
                Ok(value) => owned.push(value),
                Err(error) => {
                    owned.into_iter().for_each(safewasm_val_t::delete_reference);
                    return Err(error);
                }
            }
        }
        for (index, value) in owned.iter().enumerate() {
            // SAFETY: as the caller vouches, and there are as many as `results.len()`.
            unsafe { results.cast::<safewasm_val_t>().add(index).write(*value) };
        }
        guard.give_back(|scratch| &mut scratch.values, owned);
        guard.give_back(|scratch| &mut scratch.vals, vals);
        Ok(())
    })
}

#[cold]
fn slots_mismatch(
    func: wasmtime::Func,
    guard: &mut Guard,
    given: usize,
    wanted: Option<u32>,
) -> Error {
    let Some(wanted) = wanted else {
        return has_references(func, guard);
    };
    let signature = signature_of(func, guard);
    Error::new(
        ErrorKind::TYPE_MISMATCH,
        format!("`slots_len` is {given}, but a function {signature} takes {wanted} slots"),
    )
}

/// The error for a function that is to be called with bare numbers, but has references.
#[cold]
pub(crate) fn has_references(func: wasmtime::Func, guard: &mut Guard) -> Error {
    Error::new(
        ErrorKind::UNSUPPORTED,
        format!(
            "a function {} takes or gives references, which slots can't hold; call it with \
             values, by `safewasm_func_call`",
            signature_of(func, guard)
        ),
    )
}

/// The error for another number of parameters or results than the function has.
#[cold]
pub(crate) fn wrong_number(
    func: wasmtime::Func,
    guard: &mut Guard,
    name: &str,
    given: usize,
    what: &str,
    wanted: usize,
) -> Error {
    let signature = signature_of(func, guard);
    Error::new(
        ErrorKind::TYPE_MISMATCH,
        format!("`{name}` is {given}, but a function {signature} has {wanted} {what}"),
    )
}

/// Results that no call has set yet: they are cleared when it fails, and not before, as arguments may
/// lie there.
struct Unset(*mut [safewasm_val_t]);

impl Drop for Unset {
    fn drop(&mut self) {
        for index in 0..self.0.len() {
            // SAFETY: the header demands room for so many values.
            unsafe { self.0.cast::<safewasm_val_t>().add(index).write(safewasm_val_t::CLEARED) };
        }
    }
}

fn signature_of(func: wasmtime::Func, guard: &mut Guard) -> String {
    signature(&func.ty(guard.context()))
}

/// An error about an argument, with the signature of what was to be called.
fn calling(error: Error, signature: &str) -> Error {
    error.context(&format!("calling a function {signature}"))
}

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
        hold(|| new_host(store, functype, || Callback::values(callback), env))
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
        hold(|| new_host(store, functype, || Callback::slots(callback), env))
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
    guard.own(Object::Func(func))
}

/// By way of a linker, as `wasmtime::Func::new_unchecked` panics where memory is out.
fn wasmtime_func(
    ty: wasmtime::FuncType,
    host: Host,
    mut context: StoreContextMut<'_, StoreData>,
) -> wasmtime::Result<wasmtime::Func> {
    let mut linker = wasmtime::Linker::new(context.engine());
    // SAFETY: the host function reads and writes slots of just this type.
    unsafe {
        linker.func_new_unchecked("", "", ty, move |caller, slots| host.call(caller, slots))
    }?;
    match linker.get(&mut context, "", "") {
        Ok(wasmtime::Extern::Func(func)) => Ok(func),
        Ok(_) => unreachable!("a function was defined"),
        Err(error) => Err(error),
    }
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
        FuncType::handle(context.engine(), func.func.ty(&context))
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
        guard.own(Object::Func(func))
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
