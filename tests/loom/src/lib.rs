//! The handle table under Loom, which runs a test through those interleavings of its threads that
//! have up to three preemptions, as far as it models relaxed memory. The table's source is the library's own, compiled against Loom's
//! atomics: see `sync`.

#[path = "../../../src/handle/mod.rs"]
pub mod handle;

/// Loom's versions of what `src/sync.rs` takes from the standard library.
mod sync {
    pub(crate) use loom::cell::UnsafeCell;
    use loom::sync::atomic::fence;
    pub(crate) use loom::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

    /// Two slots in the first chunk are enough, and keep the search small.
    pub(crate) const FIRST_CHUNK_LOG: u32 = 1;

    /// Two, so that there is one more than the first.
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
