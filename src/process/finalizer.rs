//! Finalizers: functions of the program that the library calls when it no longer needs an `env`.
//!
//! Wasmtime drops an `env` in the middle of a collection or of a store's drop, where no function of the
//! program may be called. So a finalizer waits until the drop is complete, or until its thread comes to a host
//! function, ends a collection that the program asked for, or leaves the store.

use super::unwind::call_out;
use super::{cancellation, thread};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::sync::OnceLock;

/// A function of the program that frees an `env`. The library calls it exactly once, when the
/// library no longer needs that `env`: on any thread, and at the latest when the last object that
/// uses the `env` is freed.
///
/// A finalizer may call any function of the library. While it runs, no other finalizer runs on its
/// thread. If it deletes objects, their finalizers run after it returns; during a host function,
/// they run together with the next finalizer or when the call ends. A finalizer MUST NOT throw an
/// exception or leave by `longjmp`.
pub type safewasm_finalizer_t = Option<unsafe extern "C-unwind" fn(env: *mut c_void)>;

/// The argument of `safewasm_release_later`: an element of a linked list of the program.
#[repr(C)]
pub struct safewasm_released_t {
    /// The next element, which is another `safewasm_released_t`, or NULL at the end of the list.
    /// Set when the library inserts this element.
    pub next: *mut c_void,
    /// The list: points to the pointer to its first element, which is NULL if the list is empty.
    pub list: *mut *mut c_void,
}

/// An `env` of the program, with its finalizer.
#[derive(Debug)]
pub(crate) struct Env {
    data: *mut c_void,
    pub(crate) finalizer: safewasm_finalizer_t,
}

impl Default for Env {
    /// NULL, without a finalizer.
    fn default() -> Self {
        Self::new(std::ptr::null_mut(), None)
    }
}

// SAFETY: the library only passes `data` on; the header says that this may be on any thread.
unsafe impl Send for Env {}

// SAFETY: as above.
unsafe impl Sync for Env {}

impl Env {
    /// Takes over `data`: from now on the library runs its finalizer.
    pub(crate) fn new(data: *mut c_void, finalizer: safewasm_finalizer_t) -> Self {
        Self { data, finalizer }
    }

    pub(crate) fn data(&self) -> *mut c_void {
        self.data
    }
}

impl Drop for Env {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer {
            enqueue((finalizer, self.data));
            run_waiting();
        }
    }
}

type Waiting = (unsafe extern "C-unwind" fn(*mut c_void), *mut c_void);

// Without destructors: the program may delete objects in its own destructors for the thread, which can run
// after the destructors of thread-local data.
thread_local! {
    /// The finalizers that wait on this thread.
    static WAITING: ManuallyDrop<RefCell<VecDeque<Waiting>>> =
        const { ManuallyDrop::new(RefCell::new(VecDeque::new())) };
    /// How many callers delay finalizers on this thread.
    static DELAYS: Cell<usize> = const { Cell::new(0) };
    /// Whether a finalizer runs on this thread.
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Adds a finalizer to those that wait on this thread.
pub(crate) fn enqueue(finalizer: Waiting) {
    WAITING.with(|waiting| waiting.borrow_mut().push_back(finalizer));
}

/// Runs `body`, in which Wasmtime drops objects or a store is entered, and then the waiting finalizers.
pub(crate) fn run_after<R>(body: impl FnOnce() -> R) -> R {
    let result = delay_during(body);
    run_waiting();
    result
}

/// Runs `body` without finalizers. Those that come up wait until finalizers run the next time.
pub(crate) fn delay_during<R>(body: impl FnOnce() -> R) -> R {
    with_delays(DELAYS.get() + 1, body)
}

/// Runs `body`, in whose host functions finalizers may run even if a caller delays them.
pub(crate) fn allow_during<R>(body: impl FnOnce() -> R) -> R {
    with_delays(0, body)
}

fn with_delays<R>(delays: usize, body: impl FnOnce() -> R) -> R {
    struct Before(usize);
    impl Drop for Before {
        fn drop(&mut self) {
            DELAYS.set(self.0);
        }
    }
    let _before = Before(DELAYS.replace(delays));
    body()
}

/// Runs the finalizers that wait on this thread, unless a caller delays them. Finalizers don't nest: those of
/// objects that a finalizer deletes run after it. In a host function they wait for the next time, so that the
/// call ends even if each finalizer causes another one.
pub(crate) fn run_waiting() {
    if DELAYS.get() != 0 || RUNNING.get() {
        return;
    }
    RUNNING.set(true);
    let in_call = !thread::activation().is_null();
    let mut count = if in_call { waiting() } else { usize::MAX };
    while count > 0
        && let Some((finalizer, data)) = WAITING.with(pop)
    {
        count -= 1;
        let _no_cancel = cancellation::delay();
        // SAFETY: the program gave this function for this `env`, and it runs once.
        call_out(|| unsafe { finalizer(data) });
    }
    RUNNING.set(false);
    if in_call
        && waiting() > 0
        && let Some(note) = ON_LEFT_OVER.get()
    {
        note();
    }
}

/// Called when finalizers still wait on a thread that is in a host function.
static ON_LEFT_OVER: OnceLock<fn()> = OnceLock::new();

/// Sets the function that is called whenever finalizers still wait on a thread that is in a host function.
/// Only the first call has an effect.
pub(crate) fn on_left_over(note: fn()) {
    let _ = ON_LEFT_OVER.set(note);
}

/// How many finalizers wait on this thread.
fn waiting() -> usize {
    WAITING.with(|waiting| waiting.borrow().len())
}

/// Removes the finalizer that has waited longest. The memory of an empty queue is freed.
fn pop(waiting: &ManuallyDrop<RefCell<VecDeque<Waiting>>>) -> Option<Waiting> {
    let mut waiting = waiting.borrow_mut();
    let next = waiting.pop_front();
    if waiting.is_empty() {
        *waiting = VecDeque::new();
    }
    next
}
