//! A function of the program that the library calls once, when something has ended.

use super::finalizer::Env;
use super::unwind::call_out;
use std::ffi::c_void;

/// A function of the program that the library calls once, when a process or a compilation has ended.
/// `env` is the pointer that this was created with.
///
/// The function runs on a thread of the library, with all signals blocked; for a compilation for which
/// the system allows no thread, on the one that calls `safewasm_compilation_new`, before that returns.
/// It may call any function of the library, those for the same process or compilation included. It must
/// return soon: until then the `env` isn't finalized. If it throws a C++ exception or ends its thread,
/// the whole program ends. It MUST NOT leave by `longjmp`.
pub type safewasm_notify_t = Option<unsafe extern "C-unwind" fn(env: *mut c_void)>;

/// The function with its `env`, which is finalized after the call, or without one.
pub(crate) struct Notice {
    notify: safewasm_notify_t,
    env: Env,
}

impl Notice {
    pub(crate) fn new(notify: safewasm_notify_t, env: Env) -> Self {
        Self { notify, env }
    }

    /// No function.
    pub(crate) fn none() -> Self {
        Self::new(None, Env::default())
    }

    /// Calls the function.
    pub(crate) fn give(self) {
        if let Some(notify) = self.notify {
            // SAFETY: the program gave this function for this `env`.
            call_out(|| unsafe { notify(self.env.data()) });
        }
    }
}
