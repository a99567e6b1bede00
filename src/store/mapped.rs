//! Wasmtime's stores, which memory views keep alive.

use super::data::StoreData;
use crate::process::{cancellation, finalizer, forks};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The Wasmtime store of a store. It outlives the store's handle while memory views need its mappings.
pub(crate) struct Mapped(pub(crate) ManuallyDrop<wasmtime::Store<StoreData>>);

// SAFETY: a `Mapped` gives no access to its store; it can only be dropped.
unsafe impl Sync for Mapped {}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: the store is dropped here and nowhere else. A store whose drop panics is leaked.
        let drop = || unsafe { ManuallyDrop::drop(&mut self.0) };
        let _no_cancel = cancellation::delay();
        let dropped = finalizer::run_after(|| {
            let _no_fork = forks::delay();
            catch_unwind(AssertUnwindSafe(drop))
        });
        if let Err(payload) = dropped {
            std::mem::forget(payload);
        }
    }
}
