//! A function of the program that the library calls once, when something has ended.

use super::finalizer::Env;
use super::unwind::call_out;
use std::ffi::c_void;

/// A function of the program that the library calls once, when a process has ended. `env` is the
/// pointer that the process was created with.
///
/// The function runs on the thread that ran the process, with all signals blocked. It may call any
/// function of the library, `safewasm_process_status` and `safewasm_process_delete` of the same
/// process included. It must return soon: until then the `env` isn't finalized. If it throws a C++
/// exception or ends its thread, the whole program ends. It MUST NOT leave by `longjmp`.
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

    /// Calls the function.
    pub(crate) fn give(self) {
        if let Some(notify) = self.notify {
            // SAFETY: the program gave this function for this `env`.
            call_out(|| unsafe { notify(self.env.data()) });
        }
    }
}
