//! The atomics, fences and cells that the handle table is built on.
//!
//! The table never names `std::sync` itself, so that the Loom tests (`tests/loom`) can compile the
//! very same source against Loom's versions of these types by giving it another `sync` module.

use std::sync::OnceLock;
pub(crate) use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::atomic::{compiler_fence, fence};

/// A table's first chunk has two to this power slots, and each further chunk twice as many.
pub(crate) const FIRST_CHUNK_LOG: u32 = 6;

/// How many stores of its own a thread can be inside at once, before it has to enter the next one in the
/// slower way: so many that what a thread says of itself fits into a cache line.
pub(crate) const MAX_OWN_CLAIMS: usize = 6;

/// One half of a pair of fences, for the side whose time counts: with [`heavy_fence`] on the other side,
/// it does what a sequentially consistent fence does, and only the compiler needs to know of it.
#[inline(always)]
pub(crate) fn light_fence() {
    compiler_fence(Ordering::SeqCst);
}

/// The other half: makes the system put a fence into what each thread of the process does now. False if the
/// system doesn't; then nothing is certain.
pub(crate) fn heavy_fence() -> bool {
    fence(Ordering::SeqCst);
    // A process that was restored from a file may have to register again.
    membarrier::fence() || membarrier::register() && membarrier::fence()
}

/// Whether there are heavy fences. The first time that it is asked, a process with several threads waits
/// for some milliseconds.
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
        // SAFETY: the system call touches no memory of the program's.
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
