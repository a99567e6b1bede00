//! The signals of threads that the library starts.

use std::mem::MaybeUninit;
use std::ptr;

/// Runs `body` with all signals blocked. A thread that it starts inherits that, so no handler of the
/// program runs on the small stack of the ticker.
pub(crate) fn without_signals<R>(body: impl FnOnce() -> R) -> R {
    let before = block();
    let result = body();
    // SAFETY: initialised by `block`.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    result
}

/// Blocks all signals on the calling thread.
#[cfg(feature = "wasi")]
pub(crate) fn block_all() {
    block();
}

/// Blocks all signals on the calling thread. Returns the mask from before.
fn block() -> MaybeUninit<libc::sigset_t> {
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    let mut before = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the first call initialises `all`, the second reads it and initialises `before`.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
    }
    before
}
