//! The boundary that every function of the ABI goes through: clears the out-parameters, catches panics, and
//! turns results into handles.

use super::args::null;
use crate::abi::{
    safewasm_extern_t, safewasm_fieldtype_t, safewasm_globaltype_t, safewasm_memorytype_t,
    safewasm_profile_data_t, safewasm_resources_t, safewasm_tabletype_t, safewasm_text_t,
    safewasm_val_t, safewasm_valtype_t,
};
use crate::error::{Error, Result};
use crate::kinds::safewasm_error_t;
use crate::process::cancellation;
use crate::process::unwind::discard;
use crate::registry::insert_error;
use crate::types::boolean::Bool;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// Runs the body of a fallible function of the ABI.
///
/// The out-parameters are cleared before anything else, all of them even if one is NULL, and are
/// written only on success. Meanwhile the thread can't be cancelled.
#[inline(always)]
pub(crate) fn boundary<O: Outs>(
    outs: O,
    body: impl FnOnce() -> Result<O::Values>,
) -> *mut safewasm_error_t {
    let _no_cancel = cancellation::delay();
    hot_boundary(outs, body)
}

/// [`boundary`] for a function that is called very often. It must delay the thread's cancellation itself
/// wherever it makes a system call, at which the thread could be cancelled.
#[inline(always)]
pub(crate) fn hot_boundary<O: Outs>(
    outs: O,
    body: impl FnOnce() -> Result<O::Values>,
) -> *mut safewasm_error_t {
    match catch_unwind(AssertUnwindSafe(|| {
        outs.clear()?;
        outs.write(body()?);
        Ok(())
    })) {
        Ok(Ok(())) => ptr::null_mut(),
        Ok(Err(error)) => hand_out(error),
        Err(payload) => hand_out_panic(payload),
    }
}

#[cold]
fn hand_out(error: Error) -> *mut safewasm_error_t {
    catch_unwind(AssertUnwindSafe(|| insert_error(error))).unwrap_or_else(hand_out_panic)
}

#[cold]
fn hand_out_panic(payload: Box<dyn Any + Send>) -> *mut safewasm_error_t {
    let error = Error::panicked(&*payload);
    discard(payload);
    insert_error(error)
}

/// An out-parameter: its name in the header, and the pointer.
pub(crate) struct Out<T: Cleared>(pub(crate) &'static str, pub(crate) *mut T);

/// The out-parameters of a function.
pub(crate) trait Outs {
    type Values;

    fn clear(&self) -> Result<()>;

    fn write(&self, values: Self::Values);
}

impl Outs for () {
    type Values = ();

    fn clear(&self) -> Result<()> {
        Ok(())
    }

    fn write(&self, (): ()) {}
}

impl<T: Cleared> Outs for Out<T> {
    type Values = T;

    fn clear(&self) -> Result<()> {
        if self.1.is_null() {
            return Err(null(self.0));
        }
        // SAFETY: the header demands that a pointer that isn't NULL points to a `T`. Bytes are cleared and
        // not a value, so that padding is cleared too.
        unsafe { self.1.cast::<u8>().write_bytes(0, size_of::<T>()) };
        Ok(())
    }

    fn write(&self, value: T) {
        // SAFETY: `clear` checked that it isn't NULL, and the header demands that it then points to a `T`.
        unsafe { self.1.write_unaligned(value) };
    }
}

impl<A: Outs, B: Outs> Outs for (A, B) {
    type Values = (A::Values, B::Values);

    fn clear(&self) -> Result<()> {
        let first = self.0.clear();
        self.1.clear().and(first)
    }

    fn write(&self, values: Self::Values) {
        self.0.write(values.0);
        self.1.write(values.1);
    }
}

/// A type of out-parameters. Without a result all its bytes are 0.
pub(crate) trait Cleared: Copy {}

impl<T> Cleared for *mut T {}

impl<T> Cleared for *const T {}

impl Cleared for Bool {}

impl Cleared for usize {}

impl Cleared for u32 {}

impl Cleared for u64 {}

impl Cleared for safewasm_extern_t {}
impl Cleared for safewasm_fieldtype_t {}
impl Cleared for safewasm_globaltype_t {}
impl Cleared for safewasm_memorytype_t {}
impl Cleared for safewasm_profile_data_t {}
impl Cleared for safewasm_resources_t {}
impl Cleared for safewasm_tabletype_t {}
impl Cleared for safewasm_text_t {}
impl Cleared for safewasm_val_t {}
impl Cleared for safewasm_valtype_t {}
