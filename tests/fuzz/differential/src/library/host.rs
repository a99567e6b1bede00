//! Host functions with values and with slots.

use super::own::check;
use super::values::{self, Pool};
use crate::plan::{Answer, Plan};
use crate::trace::Plain;
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::safewasm_engine_t;
use safewasm::abi::safewasm_error_t;
use safewasm::abi::{safewasm_slot_t, safewasm_val_t, safewasm_valtype_t};
use safewasm_capi::*;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// The data that all host functions of a store share.
pub struct Shared {
    pub plan: Plan,
    pub engine: *mut safewasm_engine_t,
    pub pool: RefCell<Pool>,
    /// How often each import was called.
    pub calls: Vec<Cell<u64>>,
}

/// The `env` of a host function.
pub struct Host<'a> {
    pub shared: &'a Shared,
    pub import: usize,
    pub params: Vec<safewasm_valtype_t>,
    pub results: Vec<safewasm_valtype_t>,
}

impl Host<'_> {
    /// Whether it has only numbers, so that it can be called with slots.
    pub fn is_of_numbers(&self) -> bool {
        self.params.iter().chain(&self.results).all(|ty| ty.heap == 0)
    }

    fn answer(&self, args: &[Plain]) -> Answer {
        let shared = self.shared;
        let count = &shared.calls[self.import];
        count.set(count.get() + 1);
        let all = shared.calls.iter().map(Cell::get).sum();
        let answer = shared.plan.answer(self.import, count.get(), args, &self.results);
        if shared.plan.ticks(all) {
            // SAFETY: the function accepts any handle, and the out-parameter may be NULL.
            check(unsafe { safewasm_engine_increment_epoch(shared.engine, null_mut()) })
                .expect("the engine has epochs");
        }
        answer
    }

    fn values(
        &self,
        args: &[safewasm_val_t],
        results: &mut [safewasm_val_t],
    ) -> Result<(), String> {
        let kinds = args.iter().map(|arg| arg.kind).eq(self.params.iter().map(|ty| ty.kind));
        assert!(kinds, "the kinds of the arguments of a host function");
        let args: Vec<_> = args.iter().map(values::plain).collect();
        let answers = match self.answer(&args) {
            Answer::Results(answers) => answers,
            Answer::Failure(said) => return Err(said),
        };
        let pool = self.shared.pool.borrow();
        for ((result, answer), ty) in results.iter_mut().zip(&answers).zip(&self.results) {
            *result = pool.value(answer, *ty);
        }
        Ok(())
    }

    fn slots(&self, slots: &mut [safewasm_slot_t]) -> Result<(), String> {
        let args = self.params.iter().zip(&*slots);
        let args: Vec<_> = args.filter_map(|(ty, slot)| values::number(slot, ty.kind)).collect();
        match self.answer(&args) {
            Answer::Results(answers) => {
                for (slot, answer) in slots.iter_mut().zip(&answers) {
                    *slot = values::slot(answer);
                }
                Ok(())
            }
            Answer::Failure(said) => Err(said),
        }
    }
}

fn returned(result: Result<(), String>) -> *mut safewasm_error_t {
    let Err(said) = result else { return null_mut() };
    let mut error = null_mut();
    // SAFETY: the message has that length, and there is room for a handle.
    check(unsafe {
        safewasm_error_new(said.as_ptr().cast(), said.len(), null_mut(), None, null(), &mut error)
    })
    .expect("an error can be made");
    error
}

/// Makes a slice of a pointer, which may be NULL if `len` is 0.
///
/// # Safety
///
/// There are `len` items, which nobody changes meanwhile.
unsafe fn slice<'a, T>(data: *const T, len: usize) -> &'a [T] {
    // SAFETY: the caller promises it.
    if len == 0 { &[] } else { unsafe { from_raw_parts(data, len) } }
}

/// Like `slice`, for writing.
///
/// # Safety
///
/// There are `len` items, which nobody else uses meanwhile.
unsafe fn slice_mut<'a, T>(data: *mut T, len: usize) -> &'a mut [T] {
    // SAFETY: the caller promises it.
    if len == 0 { &mut [] } else { unsafe { from_raw_parts_mut(data, len) } }
}

pub unsafe extern "C-unwind" fn values(
    env: *mut c_void,
    _: *mut safewasm_caller_t,
    args: *const safewasm_val_t,
    args_len: usize,
    results: *mut safewasm_val_t,
    results_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: `env` is the host's, which outlives the store, and the arrays have these lengths.
    unsafe {
        let host = &*env.cast::<Host<'_>>();
        assert_eq!(args_len, host.params.len(), "the number of arguments of a host function");
        assert_eq!(results_len, host.results.len(), "the number of results of a host function");
        returned(host.values(slice(args, args_len), slice_mut(results, results_len)))
    }
}

pub unsafe extern "C-unwind" fn slots(
    env: *mut c_void,
    _: *mut safewasm_caller_t,
    slots: *mut safewasm_slot_t,
    slots_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: as in `values`.
    unsafe {
        let host = &*env.cast::<Host<'_>>();
        let larger = host.params.len().max(host.results.len());
        assert_eq!(slots_len, larger, "the number of slots of a host function");
        returned(host.slots(slice_mut(slots, slots_len)))
    }
}
