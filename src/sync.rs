//! The atomics and fences that the handle table is built on.
//!
//! The table never names `std::sync` itself, so that the Loom tests (`tests/loom`) can compile the
//! very same source against Loom's versions of these types by giving it another `sync` module.

use std::sync::OnceLock;
pub(crate) use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::atomic::{compiler_fence, fence};

/// A table's first chunk has two to this power slots, and each further chunk twice as many.
pub(crate) const FIRST_CHUNK_LOG: u32 = 6;

/// How many of its own stores a thread can be inside at once by announcing them; it enters further ones by
/// compare-and-swap. An owner record with this number of claims fills one cache line.
pub(crate) const MAX_OWN_CLAIMS: usize = 6;

/// The cheap half of a pair of fences, for the frequent side: together with [`heavy_fence`] on the other
/// side it acts as a sequentially consistent fence, but compiles to no instruction.
#[inline(always)]
pub(crate) fn light_fence() {
    compiler_fence(Ordering::SeqCst);
}

/// The expensive half: makes the system run a fence on each thread of the process. False if the system
/// refuses; then no order is guaranteed.
pub(crate) fn heavy_fence() -> bool {
    fence(Ordering::SeqCst);
    // A process that was restored from a checkpoint may have to register again.
    membarrier::fence() || membarrier::register() && membarrier::fence()
}

/// Whether the system has heavy fences. The first call waits for some milliseconds in a process with
/// several threads.
pub(crate) fn has_heavy_fence() -> bool {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    *REGISTERED.get_or_init(membarrier::register)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod membarrier {
    pub(super) fn fence() -> bool {
        call(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED)
    }

    pub(super) fn register() -> bool {
        call(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
    }

    fn call(command: libc::membarrier_cmd) -> bool {
        // SAFETY: the system call writes to no memory of the program.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod membarrier {
    pub(super) fn fence() -> bool {
        false
    }

    pub(super) fn register() -> bool {
        false
    }
}

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
