//! What is known of the calling thread: its number, as whom it enters stores, and where its stack ends.

use super::cancellation;
use super::stack::Stack;
use crate::handle::owner::Owner;
use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

/// What a handle has room for beside its kind, but for one bit: so that counting on from any number of so
/// many bits stays below the kind for longer than a thread lives.
const SERIAL_BITS: u32 = 55;

/// What is known of a thread: its own data, which no other one looks at.
pub(crate) struct Thread {
    /// 0 until asked for. Unlike an address, never used again after the thread has ended.
    number: Cell<u32>,
    /// What the table knows it as; `None` until it makes a store.
    owner: Cell<Option<&'static Owner>>,
    /// Where the thread's own stack lies, once wasm can run there without further ado; else of length 0.
    pub(super) stack: Cell<Stack>,
    /// Where the thread's own stack lies, of length 0 if that isn't known.
    pub(super) own_stack: Cell<Stack>,
    /// Whether wasm has run on the thread, or was about to.
    pub(super) has_begun: Cell<bool>,
    /// Whether wasm's faults reach the handlers too, also of engines that are made later.
    pub(super) is_ready: Cell<bool>,
    /// Whether wasm runs on this thread: not while it is in a host function.
    running: Cell<bool>,
    /// Whether the thread could be cancelled before a call that has called a host function, until that ends.
    cancellation: Cell<Option<cancellation::State>>,
    /// The innermost host function that runs on this thread.
    activation: Cell<*const ()>,
    /// The number of the last caller.
    serial: Cell<u64>,
}

thread_local! {
    pub(super) static THREAD: Thread = const {
        Thread {
            number: Cell::new(0),
            owner: Cell::new(None),
            stack: Cell::new(Stack { low: 0, len: 0 }),
            own_stack: Cell::new(Stack { low: 0, len: 0 }),
            has_begun: Cell::new(false),
            is_ready: Cell::new(false),
            running: Cell::new(false),
            cancellation: Cell::new(None),
            activation: Cell::new(ptr::null()),
            serial: Cell::new(0),
        }
    };
}

/// Where to find what is known of a thread: for those who run on it, and for whom asking which thread they
/// run on would take too long.
#[derive(Clone, Copy)]
pub(crate) struct ThreadRef(NonNull<Thread>);

impl ThreadRef {
    /// # Safety
    ///
    /// It is the calling thread.
    #[inline(always)]
    pub(crate) unsafe fn get<'a>(self) -> &'a Thread {
        // SAFETY: a thread's own data live as long as it does.
        unsafe { self.0.as_ref() }
    }
}

/// Where the calling thread is known.
#[inline(always)]
pub(crate) fn current() -> ThreadRef {
    THREAD.with(|thread| ThreadRef(NonNull::from(thread)))
}

/// The calling thread's number.
#[inline(always)]
pub(crate) fn number() -> u32 {
    THREAD.with(Thread::number)
}

/// The number of the thread that runs now. Not what the compiler remembers of a thread that ran this
/// function earlier: a runtime may have moved its task to another one.
#[inline(never)]
pub(crate) fn number_now() -> u32 {
    number()
}

/// Whether wasm runs on the calling thread: not while it is in a host function.
pub(crate) fn is_running() -> bool {
    THREAD.with(|thread| thread.running.get())
}

/// The innermost host function that runs on the calling thread, or null.
#[inline(always)]
pub(crate) fn activation() -> *const () {
    THREAD.with(Thread::activation)
}

impl Thread {
    /// Never 0, and never that of another thread, not even of one that has ended.
    #[inline(always)]
    pub(crate) fn number(&self) -> u32 {
        match self.number.get() {
            0 => self.new_number(),
            number => number,
        }
    }

    #[cold]
    fn new_number(&self) -> u32 {
        // What is random comes from the system.
        let _no_cancel = cancellation::delay();
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1))
            .unwrap_or_else(|_| panic!("more than 2^32 threads have used this library"));
        self.number.set(number);
        self.serial.set(RandomState::new().hash_one(number) >> (u64::BITS - SERIAL_BITS));
        number
    }

    /// Says that wasm runs on the thread. False if it does already: then a call never returned.
    #[inline(always)]
    pub(crate) fn enter_wasm(&self) -> bool {
        !self.running.replace(true)
    }

    /// Says that wasm no longer runs on the thread.
    #[inline(always)]
    pub(crate) fn leave_wasm(&self) {
        self.running.set(false);
        if self.cancellation.get().is_some() {
            self.release_cancellation();
        }
    }

    /// Says that a host function, whose activation that is, runs on the thread. From the first one on until the
    /// outermost call ends, the thread is not cancelled.
    #[inline(always)]
    pub(crate) fn enter_host(&self, activation: *const ()) {
        self.running.set(false);
        if self.cancellation.get().is_none() {
            self.cancellation.set(Some(cancellation::disable()));
        }
        self.activation.set(activation);
    }

    /// Says that the host function no longer runs, which `outer` is around.
    #[inline(always)]
    pub(crate) fn leave_host(&self, outer: *const ()) {
        self.activation.set(outer);
        self.running.set(true);
    }

    /// The innermost host function that runs on the thread, or null.
    #[inline(always)]
    pub(crate) fn activation(&self) -> *const () {
        self.activation.get()
    }

    #[inline(never)]
    fn release_cancellation(&self) {
        if self.activation.get().is_null()
            && let Some(state) = self.cancellation.take()
        {
            state.restore();
        }
    }

    /// A number for a caller, once the thread has one. A thread never has one twice, and two threads have
    /// the same one only by chance, as each starts anywhere.
    #[inline(always)]
    pub(crate) fn next_serial(&self) -> u64 {
        let next = self.serial.get() + 1;
        self.serial.set(next);
        next
    }
}

/// What the handle table knows the calling thread as.
#[inline(always)]
pub(crate) fn owner() -> Option<&'static Owner> {
    THREAD.with(|thread| thread.owner.get())
}

/// Registers the calling thread as one that owns stores, until it ends, by `register`; `retire` is called
/// when it ends. A thread that can't be registered enters its stores in the slower way.
pub(crate) fn register_owner(
    register: impl FnOnce() -> Option<&'static Owner>,
    retire: fn(&'static Owner),
) {
    struct Retirement(Cell<Option<fn(&'static Owner)>>);

    impl Drop for Retirement {
        fn drop(&mut self) {
            if let Some(owner) = THREAD.with(|thread| thread.owner.take())
                && let Some(retire) = self.0.get()
            {
                retire(owner);
            }
        }
    }

    thread_local! {
        static RETIREMENT: Retirement = const { Retirement(Cell::new(None)) };
    }
    // Not again where the thread is ending.
    if owner().is_none() && RETIREMENT.try_with(|with| with.0.set(Some(retire))).is_ok() {
        THREAD.with(|thread| thread.owner.set(register()));
    }
}

/// Whether this is the thread that the process began with.
pub(crate) fn is_main() -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // SAFETY: neither can do harm.
    return unsafe { libc::getpid() == libc::gettid() };
    #[cfg(target_vendor = "apple")]
    // SAFETY: it can do no harm.
    return unsafe { libc::pthread_main_np() != 0 };
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    return true;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_a_number_of_its_own() {
        let here = number();
        let there = std::thread::spawn(number).join().unwrap();
        assert_ne!(here, 0);
        assert_eq!(here, number());
        assert_ne!(here, there);
    }
}
