//! Functions of wasm's, and calls.

use crate::call::enter::Runs;
use crate::call::host::Host;
use crate::error::{Error, ErrorKind, Result};
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::store::func::Func;
use crate::types::functype::signature;
use crate::types::value::safewasm_val_t;
use std::mem::MaybeUninit;
use std::ptr;
use wasmtime::{StoreContextMut, Val, ValRaw};

/// How many slots a checked call handles without allocating.
const FEW: usize = 16;

impl Func {
    /// Calls with arguments that lie in `slots`, where the results will lie.
    ///
    /// # Safety
    ///
    /// The function takes and gives numbers and vectors only, and `slots` has room for the larger
    /// number of them.
    #[inline(always)]
    pub(crate) unsafe fn call_raw(self, guard: &mut Guard, slots: *mut [ValRaw]) -> Result<()> {
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
pub(crate) struct Unset(pub(crate) *mut [safewasm_val_t]);

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

/// By way of a linker, as `wasmtime::Func::new_unchecked` panics where memory is out.
pub(crate) fn wasmtime_func(
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
