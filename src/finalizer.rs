//! What a caller lends the library with a finalizer, to be run when the library is done with it.
//!
//! Wasmtime drops such data in the middle of a collection and of a store's drop, where nothing may
//! be called. So a finalizer waits until its thread has left the store, or the drop is complete.

use crate::boundary::call_out;
use crate::cancellation;
use crate::handle::Handle;
use crate::registry;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A function that is called with an `env` when the library no longer needs that: exactly once, on
/// whichever thread that is, at the latest when the last object that uses it is freed. It may call
/// any function of the library. It MUST NOT throw or `longjmp` out.
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

/// A finalizer for runtimes that can't run code of theirs in one: puts `env`, which points to a
/// `safewasm_released_t`, at the begin of its list, atomically. Give it, with such an `env`, where a
/// `safewasm_finalizer_t` is wanted; take the list with an atomic exchange of `*list` with NULL.
/// `env` may be NULL, which does nothing.
///
/// `env` and its list MUST live until then. Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_release_later(env: *mut c_void) {
    let released: *mut safewasm_released_t = env.cast();
    if released.is_null() {
        return;
    }
    // SAFETY: the header demands that it points to an element, whose list lives.
    unsafe {
        let list = AtomicPtr::from_ptr((*released).list);
        let mut first = list.load(Ordering::Relaxed);
        loop {
            (*released).next = first;
            match list.compare_exchange_weak(first, env, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(found) => first = found,
            }
        }
    }
}

/// An `env` of a caller's, with its finalizer.
#[derive(Debug)]
pub(crate) struct Env {
    data: *mut c_void,
    finalizer: safewasm_finalizer_t,
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

/// An `env` that wasm's collector drops, in the middle of a call.
#[derive(Debug)]
pub(crate) struct CollectedEnv {
    env: ManuallyDrop<Env>,
    store: Handle,
}

impl CollectedEnv {
    /// Takes over an `env` for as long as wasm in `store` can reach it.
    pub(crate) fn new(env: Env, store: Handle) -> Self {
        Self { env: ManuallyDrop::new(env), store }
    }

    pub(crate) fn data(&self) -> *mut c_void {
        self.env.data
    }
}

impl Drop for CollectedEnv {
    fn drop(&mut self) {
        if let Some(finalizer) = self.env.finalizer {
            wait((finalizer, self.env.data));
            registry::attend(self.store);
        }
    }
}

type Waiting = (unsafe extern "C-unwind" fn(*mut c_void), *mut c_void);

thread_local! {
    /// The finalizers that wait for their time on this thread.
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
    /// How many reasons there are to let them wait.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

fn wait((finalizer, data): Waiting) {
    // A thread that is ending has no list any more, and is inside no store.
    if WAITING.try_with(|waiting| waiting.borrow_mut().push((finalizer, data))).is_err() {
        let _held = cancellation::hold();
        // SAFETY: as in `run_waiting`.
        call_out(|| unsafe { finalizer(data) });
    }
}

/// Lets finalizers wait until `body`, in which Wasmtime drops things or a store is entered, is done.
pub(crate) fn hold<R>(body: impl FnOnce() -> R) -> R {
    let result = defer(body);
    run_waiting();
    result
}

/// Lets finalizers wait until the next time that they can run, after `body`.
pub(crate) fn defer<R>(body: impl FnOnce() -> R) -> R {
    struct Held;
    impl Drop for Held {
        fn drop(&mut self) {
            let _ = HELD.try_with(|held| held.set(held.get() - 1));
        }
    }
    let _ = HELD.try_with(|held| held.set(held.get() + 1));
    let _held = Held;
    body()
}

/// Runs the finalizers that wait on this thread, unless something holds them.
pub(crate) fn run_waiting() {
    if HELD.try_with(Cell::get) != Ok(0) {
        return;
    }
    let waiting = WAITING.try_with(|waiting| waiting.take()).unwrap_or_default();
    for (finalizer, data) in waiting {
        let _held = cancellation::hold();
        // SAFETY: the caller gave this function for this `env`, and it runs once.
        call_out(|| unsafe { finalizer(data) });
    }
}
