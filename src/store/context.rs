//! The context of a Wasmtime store, with its lifetime taken off.

use super::data::StoreData;
use std::ffi::c_void;
use std::ptr::NonNull;
use wasmtime::StoreContextMut;

/// The way into a Wasmtime store: its context, with the lifetime taken off.
#[derive(Clone, Copy)]
pub(crate) struct Context(NonNull<c_void>);

impl Context {
    #[inline(always)]
    pub(crate) fn of(context: StoreContextMut<'_, StoreData>) -> Self {
        // SAFETY: a `StoreContextMut` is a pointer that isn't null and promises to stay so for the
        // sake of C APIs; `transmute` checks the size.
        Self(unsafe {
            std::mem::transmute::<StoreContextMut<'_, StoreData>, NonNull<c_void>>(context)
        })
    }

    /// # Safety
    ///
    /// The store lives for `'a`, and nothing else uses it meanwhile.
    pub(crate) unsafe fn get<'a>(self) -> StoreContextMut<'a, StoreData> {
        // SAFETY: it was made from just that.
        unsafe { std::mem::transmute::<NonNull<c_void>, StoreContextMut<'a, StoreData>>(self.0) }
    }
}
