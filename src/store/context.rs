//! The context of a Wasmtime store, without its lifetime.

use super::data::StoreData;
use std::ffi::c_void;
use std::ptr::NonNull;
use wasmtime::StoreContextMut;

/// Wasmtime's context of a store, without its lifetime.
#[derive(Clone, Copy)]
pub(crate) struct Context(NonNull<c_void>);

impl Context {
    #[inline(always)]
    pub(crate) fn of(context: StoreContextMut<'_, StoreData>) -> Self {
        // SAFETY: Wasmtime documents for C APIs that a `StoreContextMut` is a pointer that isn't null;
        // `transmute` checks the size.
        Self(unsafe {
            std::mem::transmute::<StoreContextMut<'_, StoreData>, NonNull<c_void>>(context)
        })
    }

    /// # Safety
    ///
    /// The store lives for `'a`, and nothing else uses it during `'a`.
    pub(crate) unsafe fn get<'a>(self) -> StoreContextMut<'a, StoreData> {
        // SAFETY: it was made from a `StoreContextMut`.
        unsafe { std::mem::transmute::<NonNull<c_void>, StoreContextMut<'a, StoreData>>(self.0) }
    }
}
