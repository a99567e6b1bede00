//! Delays the cancellation of threads (`pthread_cancel`), which would unwind through frames of the library
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
        // SAFETY: it writes the previous state to `old`.
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

/// Whether a thread can be cancelled: the system's value.
#[derive(Clone, Copy)]
pub(crate) struct State(i32);

/// Delays the calling thread's cancellation until the returned state is restored.
pub(crate) fn disable() -> State {
    State(system::disable())
}

impl State {
    pub(crate) fn restore(self) {
        system::restore(self.0);
    }
}

/// While it lives, the calling thread can't be cancelled.
pub(crate) struct CancellationDelay(State);

pub(crate) fn delay() -> CancellationDelay {
    CancellationDelay(disable())
}

impl Drop for CancellationDelay {
    fn drop(&mut self) {
        self.0.restore();
    }
}
