//! The atomics and cells that the handle table is built on.
//!
//! The table never names `std::sync` itself, so that the Loom tests (`tests/loom`) can compile the
//! very same source against Loom's versions of these types by giving it another `sync` module.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// A table's first chunk has two to this power slots, and each further chunk twice as many.
pub(crate) const FIRST_CHUNK_LOG: u32 = 6;

/// [`std::cell::UnsafeCell`] with the interface of Loom's.
#[repr(transparent)]
pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    #[inline]
    pub(crate) fn with<R>(&self, body: impl FnOnce(*const T) -> R) -> R {
        body(self.0.get())
    }

    #[inline]
    pub(crate) fn with_mut<R>(&self, body: impl FnOnce(*mut T) -> R) -> R {
        body(self.0.get())
    }
}
