//! Unwinding: panics of the library are caught, and what C code throws ends the process with a message.

use super::cancellation;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;

// The panics of this library are caught with the unwinder that is linked into it. The process may
// have loaded another one first (Debian's Julia puts one into the global scope), whose
// `_Unwind_RaiseException` knows nothing of our frames and ends the process.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[link(name = "gcc_eh", kind = "static", modifiers = "-bundle")]
unsafe extern "C" {}

/// Makes the unwinder that is linked into the library ready, which it is from its first use on.
/// [`call_out`] needs that: there another unwinder, of C++ or of the system, asks ours about frames.
pub(crate) fn prepare_unwinder() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = catch_unwind(|| resume_unwind(Box::new(())));
    });
}

/// Runs the body of a function that cannot fail; a panic gives the default.
pub(crate) fn quietly<T: Default>(body: impl FnOnce() -> T) -> T {
    let _held = cancellation::hold();
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        discard(payload);
        T::default()
    })
}

/// Calls a function of the caller's, which must return.
///
/// A C++ exception, or the end of a thread, that came out of it would pass through here and leave
/// the store entered; through frames of wasm it would find no way at all. So the process ends.
#[inline(always)]
pub(crate) fn call_out<R>(call: impl FnOnce() -> R) -> R {
    struct MustReturn;
    impl Drop for MustReturn {
        fn drop(&mut self) {
            give_up(
                "an exception, or the end of a thread, left a function that the library had \
                 called; such a function must return",
            );
        }
    }
    // The frame that catches lies right here, so that an unwinder that can't read wasm's frames
    // finds a handler; the guard within it speaks first.
    let result = catch_unwind(AssertUnwindSafe(|| {
        let must_return = MustReturn;
        let result = call();
        std::mem::forget(must_return);
        result
    }));
    match result {
        Ok(result) => result,
        Err(_) => unreachable!("the process has ended"),
    }
}

/// Ends the process, saying why.
#[cold]
pub(crate) fn give_up(why: &str) -> ! {
    // Not `eprintln`: the thread may be ending.
    for part in ["libsafewasm: ", why, "\n"] {
        // SAFETY: a text is as long as it says.
        unsafe { libc::write(2, part.as_ptr().cast(), part.len()) };
    }
    std::process::abort();
}

/// Drops what a panic left, which may panic in its turn.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
}
