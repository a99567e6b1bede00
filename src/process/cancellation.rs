//! Holds off the cancellation of threads (`pthread_cancel`): it would unwind through frames of the library
//! and of wasm. A cancellation that comes meanwhile acts at the program's next cancellation point.

#[cfg(target_os = "linux")]
mod system {
    use std::ffi::c_int;

    const DISABLE: c_int = 1;

    unsafe extern "C" {
        fn pthread_setcancelstate(state: c_int, old: *mut c_int) -> c_int;
    }

    fn set(state: c_int) -> c_int {
        let mut old = state;
        // SAFETY: it writes the state from before.
        unsafe { pthread_setcancelstate(state, &mut old) };
        old
    }

    pub(super) fn disable() -> c_int {
        set(DISABLE)
    }

    pub(super) fn restore(state: c_int) {
        set(state);
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn disable() -> i32 {
        0
    }

    pub(super) fn restore(_: i32) {}
}

/// Whether a thread could be cancelled, as the system knows it.
#[derive(Clone, Copy)]
pub(crate) struct State(i32);

/// Holds off the calling thread's cancellation until the state that it gives is restored.
pub(crate) fn disable() -> State {
    State(system::disable())
}

impl State {
    pub(crate) fn restore(self) {
        system::restore(self.0);
    }
}

/// While it lives, the calling thread is not cancelled.
pub(crate) struct Held(State);

pub(crate) fn hold() -> Held {
    Held(disable())
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.restore();
    }
}
