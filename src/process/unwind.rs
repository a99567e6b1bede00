//! Unwinding: panics of the library are caught, and an exception out of C code ends the process with a
//! message.

use super::cancellation;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;

// The panics of this library are caught with the unwinder that is linked into it. The process may
// have loaded another one first (Debian's Julia puts one into the global scope). Its
// `_Unwind_RaiseException` would not find the library's frames and would end the process.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[link(name = "gcc_eh", kind = "static", modifiers = "-bundle")]
unsafe extern "C" {}

/// Makes the unwinder that is linked into the library ready, by using it once. [`call_out`] needs that:
/// there another unwinder, of C++ or of the system, asks this one about frames.
pub(crate) fn prepare_unwinder() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = catch_unwind(|| resume_unwind(Box::new(())));
    });
}

/// Runs the body of a function that can't fail. If it panics, the default value is returned.
pub(crate) fn quietly<T: Default>(body: impl FnOnce() -> T) -> T {
    let _no_cancel = cancellation::delay();
    caught(body).unwrap_or_default()
}

/// Runs a body that may panic for a reason that isn't a defect of the library. `None` if it does.
pub(crate) fn caught<T>(body: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(body)).map_err(discard).ok()
}

/// Calls a function of the program, which must return.
///
/// A C++ exception or the end of a thread would unwind through the library, which would leave the store
/// entered, and can't unwind through frames of wasm at all. So either ends the process.
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
    // The catching frame is right here, so that an unwinder that can't read wasm's frames finds a
    // handler. The guard inside it ends the process before the exception is caught.
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

/// Ends the process with a message.
#[cold]
pub(crate) fn give_up(why: &str) -> ! {
    // Not `eprintln`: it needs thread-local data, and the thread may be ending.
    for part in ["libsafewasm: ", why, "\n"] {
        // SAFETY: `part` is valid for its length.
        unsafe { libc::write(2, part.as_ptr().cast(), part.len()) };
    }
    std::process::abort();
}

/// Drops the payload of a panic. If its drop panics too, that payload is leaked.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
}
