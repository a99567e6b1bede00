//! Calls of the program's functions by a stream, out of a WASI function.

use crate::error::hostfailure::HostFailure;
use crate::error::{Error, Result};
use crate::kinds::safewasm_error_t;
use anyhow::anyhow;
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::AtomicBool;

/// A WASI function that runs, and can call functions of the program.
pub(crate) trait CallsOut {
    /// Calls a function of the program as a host function is called. `has_run` says whether it was called
    /// before.
    fn call_out(
        &self,
        has_run: &AtomicBool,
        call: &mut dyn FnMut() -> *mut safewasm_error_t,
    ) -> Result<(), HostFailure>;
}

thread_local! {
    /// The innermost WASI function that runs on this thread.
    static CURRENT: Cell<Option<NonNull<dyn CallsOut>>> = const { Cell::new(None) };
}

/// Calls a function of the program, which returns NULL or an error. The stream that calls it ends the guest's
/// call with the failure, as a trap. Works only while a WASI function polls the stream, on the calling thread.
pub(crate) fn call_out(
    has_run: &AtomicBool,
    call: &mut dyn FnMut() -> *mut safewasm_error_t,
) -> Result<(), HostFailure> {
    match CURRENT.get() {
        // SAFETY: `during` keeps it alive while it is the current one.
        Some(current) => unsafe { current.as_ref() }.call_out(has_run, call),
        None => Err(Error::internal(&anyhow!("a stream called out of no WASI function")).into()),
    }
}

/// Runs `body`, in which streams call out of `function`.
pub(crate) fn during<R>(function: &dyn CallsOut, body: impl FnOnce() -> R) -> R {
    struct Outer(Option<NonNull<dyn CallsOut>>);
    impl Drop for Outer {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }
    // SAFETY: only the lifetime changes; the pointer is removed before this function returns.
    let function = unsafe {
        std::mem::transmute::<NonNull<dyn CallsOut + '_>, NonNull<dyn CallsOut>>(NonNull::from(
            function,
        ))
    };
    let _outer = Outer(CURRENT.replace(Some(function)));
    body()
}
