//! Checked calls and slot calls.

use crate::call::enter::Runs;
use crate::call::host::Host;
use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::store::func::Func;
use crate::types::functype::signature;
use crate::types::value::safewasm_val_t;
use std::mem::MaybeUninit;
use std::ptr;
use wasmtime::{StoreContextMut, Val, ValRaw};

/// The most value slots that a checked call uses without allocating.
const FEW: usize = 16;

impl Func {
    /// Calls with the arguments in `slots`, which the results replace.
    ///
    /// # Safety
    ///
    /// The function has no references, and `slots` is as long as the larger of the numbers of its
    /// parameters and results.
    #[inline(always)]
    pub(crate) unsafe fn call_raw(self, guard: &mut Guard, slots: *mut [ValRaw]) -> Result<()> {
        guard.run(ErrorKind::INTERNAL, |context| {
            // SAFETY: as the caller vouches; every bit pattern is a number or vector.
            unsafe { self.func.call_unchecked(context, slots) }
        })
    }

    /// Calls with values, whose kinds and number are checked. The caller owns the handles of results.
    ///
    /// # Safety
    ///
    /// `args` are initialised values. `results` can be written; it may overlap `args`.
    #[inline(always)]
    pub(crate) unsafe fn call_checked(
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
        // SAFETY: the arguments are of the types of the parameters, none of them references, and there
        // are as many slots as the function needs.
        unsafe { self.call_raw(guard, slots) }?;
        let context = guard.context();
        let kinds = context.data().signatures.get(id).results();
        for (index, (kind, raw)) in kinds.iter().zip(raw).enumerate() {
            // SAFETY: wasm wrote the slots of the results.
            let value = safewasm_val_t::of_kind(*kind, unsafe { raw.assume_init_ref() });
            // SAFETY: as the caller vouches; there are `results.len()` results.
            unsafe { results.cast::<safewasm_val_t>().add(index).write(value) };
        }
        if count > FEW {
            guard.give_back(|scratch| &mut scratch.slots, many);
        }
        Ok(())
    }
}

// The functions below take a `wasmtime::Func` and not a `Func`. A call that passed on a `Func`, even if only
// on failure, would first copy it to the stack in pieces, and the next loads would wait for that.

/// The error for values of the wrong kind or number.
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
        return wrong_number(func, guard, "args_len", args.len(), "parameter", params);
    }
    if results != results_len {
        return wrong_number(func, guard, "results_len", results_len, "result", results);
    }
    let kinds = ty.params().zip(args).enumerate();
    let errors =
        kinds.filter_map(|(index, (ty, arg))| arg.to_raw(&ty, || format!("`args[{index}]`")).err());
    match errors.into_iter().next() {
        Some(error) => calling(error, &signature(&ty)),
        None => Error::new(ErrorKind::INVALID_ARGUMENT, "`args` changed during the call"),
    }
}

/// [`Func::call_checked`] for a function with references.
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
    // SAFETY: as the caller vouches; `results` is written only when `args` are no longer used.
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
            // SAFETY: as the caller vouches; there are `results.len()` results.
            unsafe { results.cast::<safewasm_val_t>().add(index).write(*value) };
        }
        guard.give_back(|scratch| &mut scratch.values, owned);
        guard.give_back(|scratch| &mut scratch.vals, vals);
        Ok(())
    })
}

/// The error for a slot call with the wrong number of slots, or of a function with references (`wanted` is
/// `None`).
#[cold]
pub(crate) fn slots_mismatch(
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
        format!(
            "`slots_len` is {given}, but a function {signature} needs {}",
            count(wanted, "slot")
        ),
    )
}

/// The error for a slot call or bulk call of a function with references.
#[cold]
pub(crate) fn has_references(func: wasmtime::Func, guard: &mut Guard) -> Error {
    Error::new(
        ErrorKind::UNSUPPORTED,
        format!(
            "a function {} takes or returns references, which slots can't hold; call it with \
             values, by `safewasm_func_call`",
            signature_of(func, guard)
        ),
    )
}

/// The error for a wrong number of parameters or results.
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
        format!("`{name}` is {given}, but a function {signature} has {}", count(wanted, what)),
    )
}

/// Results that the call hasn't written yet. When dropped, clears them: a failed call clears its results, but
/// not before it fails, since the arguments may be at the same address.
pub(crate) struct Unset(pub(crate) *mut [safewasm_val_t]);

impl Drop for Unset {
    fn drop(&mut self) {
        for index in 0..self.0.len() {
            // SAFETY: the header demands that all of the results can be written.
            unsafe { self.0.cast::<safewasm_val_t>().add(index).write(safewasm_val_t::CLEARED) };
        }
    }
}

fn signature_of(func: wasmtime::Func, guard: &mut Guard) -> String {
    signature(&func.ty(guard.context()))
}

/// An error about an argument, with the signature of the function.
fn calling(error: Error, signature: &str) -> Error {
    error.context(&format!("calling a function {signature}"))
}

/// Makes a host function in a store. It goes through a linker, since `wasmtime::Func::new_unchecked` panics
/// when no memory is left.
pub(crate) fn wasmtime_func(
    ty: wasmtime::FuncType,
    host: Host,
    mut context: StoreContextMut<'_, StoreData>,
) -> wasmtime::Result<wasmtime::Func> {
    let mut linker = wasmtime::Linker::new(context.engine());
    host.define(&mut linker, &context.data().engine, "", "", ty)?;
    match linker.get(&mut context, "", "") {
        Ok(wasmtime::Extern::Func(func)) => Ok(func),
        Ok(_) => unreachable!("a function was defined"),
        Err(error) => Err(error),
    }
}
