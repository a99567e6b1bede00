//! What a caller lends the library with a finalizer, to be run when the library is done with it.
//!
//! Wasmtime drops such data in the middle of a collection and of a store's drop, where nothing may
//! be called. So a finalizer waits until the drop is complete, or until its thread comes to a host function,
//! ends a collection that the program asked for, or leaves the store.

use super::unwind::call_out;
use super::{cancellation, thread};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::sync::OnceLock;

/// A function that is called with an `env` when the library no longer needs that: exactly once, on
/// whichever thread that is, at the latest when the last object that uses it is freed. It may call
/// any function of the library; while it runs no other finalizer runs on its thread, those of what it
/// deletes come after it; in a host function, with the next one or when the call ends. It MUST NOT throw or `longjmp` out.
pub type safewasm_finalizer_t = Option<unsafe extern "C-unwind" fn(env: *mut c_void)>;

/// What `safewasm_release_later` takes: an element of a list of the program's, which begins where `list`
/// points.
#[repr(C)]
pub struct safewasm_released_t {
    /// The next element of the list, another of these, or NULL at the end; once the library has put this
    /// one there.
    pub next: *mut c_void,
    /// The list: what points to its first element, NULL for none.
    pub list: *mut *mut c_void,
}

/// An `env` of a caller's, with its finalizer.
#[derive(Debug)]
pub(crate) struct Env {
    data: *mut c_void,
    pub(crate) finalizer: safewasm_finalizer_t,
}

// SAFETY: the library only passes `data` on; the header says that this may be on any thread.
unsafe impl Send for Env {}

// SAFETY: as above.
unsafe impl Sync for Env {}

impl Env {
    /// Takes over `data`: from now on the finalizer will run.
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
            wait((finalizer, self.data));
            run_waiting();
        }
    }
}

type Waiting = (unsafe extern "C-unwind" fn(*mut c_void), *mut c_void);

// Without destructors: a thread's last ones, in which the program may delete things too, come after those
// of thread-local data.
thread_local! {
    /// The finalizers that wait for their time on this thread.
    static WAITING: ManuallyDrop<RefCell<VecDeque<Waiting>>> =
        const { ManuallyDrop::new(RefCell::new(VecDeque::new())) };
    /// How many reasons there are to let them wait.
    static HELD: Cell<usize> = const { Cell::new(0) };
    /// Whether one runs.
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn wait(finalizer: Waiting) {
    WAITING.with(|waiting| waiting.borrow_mut().push_back(finalizer));
}

/// Lets finalizers wait until `body`, in which Wasmtime drops things or a store is entered, is done.
pub(crate) fn hold<R>(body: impl FnOnce() -> R) -> R {
    let result = defer(body);
    run_waiting();
    result
}

/// Lets finalizers wait until the next time that they can run, after `body`.
pub(crate) fn defer<R>(body: impl FnOnce() -> R) -> R {
    with_held(HELD.get() + 1, body)
}

/// Lets finalizers run in the host functions that `body` calls, whatever held them before.
pub(crate) fn release<R>(body: impl FnOnce() -> R) -> R {
    with_held(0, body)
}

fn with_held<R>(held: usize, body: impl FnOnce() -> R) -> R {
    struct Before(usize);
    impl Drop for Before {
        fn drop(&mut self) {
            HELD.set(self.0);
        }
    }
    let _before = Before(HELD.replace(held));
    body()
}

/// Runs the finalizers that wait on this thread, unless something holds them. They don't nest: what one of
/// them deletes is finalized after it. In a host function that waits for the next time, so that the call comes
/// to its end however many follow from one another.
pub(crate) fn run_waiting() {
    if HELD.get() != 0 || RUNNING.get() {
        return;
    }
    RUNNING.set(true);
    let in_call = !thread::activation().is_null();
    let mut count = if in_call { waiting() } else { usize::MAX };
    while count > 0
        && let Some((finalizer, data)) = WAITING.with(next)
    {
        count -= 1;
        let _held = cancellation::hold();
        // SAFETY: the caller gave this function for this `env`, and it runs once.
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

/// Called where finalizers still wait on a thread that is in a host function.
static ON_LEFT_OVER: OnceLock<fn()> = OnceLock::new();

/// Has `note` called, once for good, whenever finalizers still wait on a thread that is in a host function.
pub(crate) fn on_left_over(note: fn()) {
    let _ = ON_LEFT_OVER.set(note);
}

fn waiting() -> usize {
    WAITING.with(|waiting| waiting.borrow().len())
}

/// The next one that waits. After the last one, the queue has no memory.
pub(crate) fn next(waiting: &ManuallyDrop<RefCell<VecDeque<Waiting>>>) -> Option<Waiting> {
    let mut waiting = waiting.borrow_mut();
    let next = waiting.pop_front();
    if waiting.is_empty() {
        *waiting = VecDeque::new();
    }
    next
}
