//! Functions of wasm's, and calls.

use crate::boundary::{Out, array_mut, boundary, copied, quietly};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::functype::{FuncType, safewasm_functype_t, signature};
use crate::registry::{ObjectHandle, Stay};
use crate::store::{Entered, StoreData};
use crate::thread::check_stack;
use crate::value::{safewasm_slot_t, safewasm_val_t};
use wasmtime::{StoreContextMut, ValRaw};

/// A function, which can be called and given to an instance as an import.
pub struct safewasm_func_t {
    _opaque: (),
}

/// What the handle of a func means.
#[derive(Clone, Copy)]
pub(crate) struct Func {
    func: wasmtime::Func,
    /// How many slots a slot call takes: the larger number of parameters and results. Or
    /// [`HAS_REFERENCES`].
    slots: usize,
}

/// In place of a number of slots: the function takes or gives references.
const HAS_REFERENCES: usize = usize::MAX;

impl Func {
    pub(crate) fn new(func: wasmtime::Func, context: StoreContextMut<'_, StoreData>) -> Self {
        let ty = func.ty(&context);
        let numeric = ty.params().chain(ty.results()).all(|ty| !ty.is_ref());
        let slots = ty.params().len().max(ty.results().len());
        Self { func, slots: if numeric { slots } else { HAS_REFERENCES } }
    }

    pub(crate) fn wasmtime(self) -> wasmtime::Func {
        self.func
    }

    /// Calls with arguments that lie in `slots`, where the results will lie.
    ///
    /// # Safety
    ///
    /// The function takes and gives numbers and vectors only, and `slots` has room for the larger
    /// number of them.
    #[inline(always)]
    unsafe fn call_raw(self, stay: &mut Stay, slots: *mut [ValRaw]) -> Result<()> {
        check_stack()?;
        // SAFETY: as the caller vouches; every bit pattern is a number or vector.
        match unsafe { self.func.call_unchecked(stay.context(), slots) } {
            Ok(()) => Ok(()),
            Err(error) => Err(stay.failure(&error, ErrorKind::INTERNAL)),
        }
    }

    #[cold]
    fn slots_mismatch(self, stay: &mut Stay, given: usize) -> Error {
        let signature = signature(&self.func.ty(stay.context()));
        if self.slots == HAS_REFERENCES {
            return with_references(&signature);
        }
        let wanted = self.slots;
        Error::new(
            ErrorKind::TYPE_MISMATCH,
            format!("`slots_len` is {given}, but a function {signature} takes {wanted} slots"),
        )
    }
}

#[cold]
fn with_references(signature: &str) -> Error {
    Error::new(
        ErrorKind::UNSUPPORTED,
        format!("a function {signature} takes or gives references, which this version can't pass"),
    )
}

#[cold]
fn wrong_number(name: &str, given: usize, what: &str, wanted: usize, signature: &str) -> Error {
    Error::new(
        ErrorKind::TYPE_MISMATCH,
        format!("`{name}` is {given}, but a function {signature} has {wanted} {what}"),
    )
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
        let (mut stay, func) = func.enter("func")?;
        FuncType::handle(&func.func.ty(stay.context()))
    })
}

/// Calls a function, checking the number and kinds of its arguments.
///
/// `args` holds `args_len` values, as many and of such kinds as the function has parameters; `args`
/// may be NULL if `args_len` is 0. `results` has room for `results_len` values, as many as the
/// function has results; `results` may be NULL if `results_len` is 0. They may overlap.
///
/// On success `results` holds the results; on failure all of them are zero, of kind 0.
///
/// Errors: null pointer, invalid handle; type mismatch, quoting the function's signature; trap and
/// exception; unsupported for a function with references; store busy or poisoned. After a trap the
/// store can be used on.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_call(
    func: *mut safewasm_func_t,
    args: *const safewasm_val_t,
    args_len: usize,
    results: *mut safewasm_val_t,
    results_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        // SAFETY: the header demands `args_len` values at an `args` that isn't NULL. They are
        // copied before `results`, which may overlap, is written.
        let args = unsafe { copied(args, args_len, "args") };
        let results = array_mut(results, results_len, "results")?;
        for index in 0..results.len() {
            // SAFETY: the header demands room for `results_len` values at a `results` that isn't
            // NULL.
            unsafe { results.cast::<safewasm_val_t>().add(index).write(safewasm_val_t::CLEARED) };
        }
        let args = args?;
        let (mut stay, func) = func.enter("func")?;
        let ty = func.func.ty(stay.context());
        let (params, outcomes) = (ty.params(), ty.results());
        if params.len() != args.len() {
            let wanted = params.len();
            return Err(wrong_number(
                "args_len",
                args.len(),
                "parameters",
                wanted,
                &signature(&ty),
            ));
        }
        if outcomes.len() != results.len() {
            let (given, wanted) = (results.len(), outcomes.len());
            return Err(wrong_number("results_len", given, "results", wanted, &signature(&ty)));
        }
        if func.slots == HAS_REFERENCES {
            return Err(with_references(&signature(&ty)));
        }
        let mut raw = vec![ValRaw::v128(0); func.slots];
        for (index, (ty, arg)) in params.zip(&args).enumerate() {
            raw[index] = arg.to_raw(&ty, || format!("`args[{index}]`")).map_err(|error| {
                error.context(&format!(
                    "calling a function {}",
                    signature(&func.func.ty(stay.context()))
                ))
            })?;
        }
        // SAFETY: the arguments are of the types that the function takes, none of them references,
        // and there are as many slots as it needs.
        unsafe { func.call_raw(&mut stay, &raw mut *raw) }?;
        for (index, (ty, raw)) in outcomes.zip(&raw).enumerate() {
            let value = safewasm_val_t::from_raw(raw, &ty);
            // SAFETY: there are as many results as the function gives.
            unsafe { results.cast::<safewasm_val_t>().add(index).write(value) };
        }
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
/// function's signature; trap and exception; unsupported for a function with references; store busy
/// or poisoned. After a trap the store can be used on.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_func_call_slots(
    func: *mut safewasm_func_t,
    slots: *mut safewasm_slot_t,
    slots_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let slots = array_mut(slots, slots_len, "slots")?;
        func.within("func", |stay, func| {
            if func.slots != slots.len() {
                return Err(func.slots_mismatch(stay, slots.len()));
            }
            // SAFETY: a function with a number of slots that an array can have has no references;
            // there are as many slots as it needs, at a `slots` that the header demands to point to
            // them, and a slot is as large as a `ValRaw`.
            unsafe { func.call_raw(stay, slots as *mut [ValRaw]) }
        })
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
