//! The handle table under Loom, which runs a test once for each interleaving of its threads with up to three
//! preemptions, as far as Loom models relaxed memory.
//!
//! This is a crate of its own only because of how it is built: it compiles the library's source of the table a
//! second time, with Loom's atomics. That source takes its atomics from `crate::sync`, which is the module
//! below here and `src/sync.rs` in the library.

#[path = "../../../src/handle/mod.rs"]
pub mod handle;

/// Loom's versions of the items that `src/sync.rs` takes from the standard library.
mod sync {
    pub(crate) use loom::cell::UnsafeCell;
    use loom::sync::atomic::fence;
    pub(crate) use loom::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

    /// The first chunk has two slots, which are enough and keep the number of interleavings small.
    pub(crate) const FIRST_CHUNK_LOG: u32 = 1;

    /// Two, so that a test enters more than one store in the fast way and a third one in the slow way.
    pub(crate) const MAX_OWN_CLAIMS: usize = 2;

    pub(crate) fn light_fence() {
        fence(Ordering::SeqCst);
    }

    pub(crate) fn heavy_fence() -> bool {
        fence(Ordering::SeqCst);
        true
    }

    pub(crate) fn has_heavy_fence() -> bool {
        true
    }
}
