//! The library's data of the calling thread: its number, its owner record, the bounds of its stack, and
//! whether it runs wasm.

use super::cancellation;
use super::stack::Stack;
use crate::handle::owner::Owner;
use crate::kinds::Kind;
use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

/// How many bits the first caller of a thread has below its kind: one less than a handle has. So a thread can
/// count up from any such number without ever reaching the bits of the kind.
const SERIAL_BITS: u32 = 55;

/// The bit of [`Thread::innermost`] that says that wasm runs. Activations are at even addresses.
const RUNNING: usize = 1;

/// The library's data of a thread, which no other thread reads.
pub(crate) struct Thread {
    /// 0 until first used. Unlike an address, it is never used again after the thread has ended.
    number: Cell<u32>,
    /// Its owner record in the handle table; `None` until it makes a store.
    owner: Cell<Option<&'static Owner>>,
    /// The bounds of the thread's own stack, once the thread is ready to run wasm; of length 0 before.
    pub(super) stack: Cell<Stack>,
    /// The bounds of the thread's own stack, of length 0 if they aren't known.
    pub(super) own_stack: Cell<Stack>,
    /// Whether Wasmtime was prepared for the thread.
    pub(super) has_begun: Cell<bool>,
    /// Whether the signals of faults can reach the handlers, even those of engines that are made later.
    pub(super) is_ready: Cell<bool>,
    /// The state of the thread's cancellation from before the outermost call, once that has called a host
    /// function.
    cancellation: Cell<Option<cancellation::State>>,
    /// The activation of the innermost host function that runs on this thread, or null. With the bit [`RUNNING`]
    /// while wasm runs that it called, or that the outermost call runs.
    innermost: Cell<*const ()>,
    /// The bits of the last caller's handle.
    caller: Cell<u64>,
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
            cancellation: Cell::new(None),
            innermost: Cell::new(ptr::null()),
            caller: Cell::new(0),
        }
    };
}

/// A pointer to a thread's data, for code that runs on that thread and saves the time to look it up.
#[derive(Clone, Copy)]
pub(crate) struct ThreadRef(NonNull<Thread>);

impl ThreadRef {
    /// # Safety
    ///
    /// It is the calling thread's data.
    #[inline(always)]
    pub(crate) unsafe fn get<'a>(self) -> &'a Thread {
        // SAFETY: the data of the calling thread lives as long as the thread.
        unsafe { self.0.as_ref() }
    }
}

/// The calling thread's data.
#[inline(always)]
pub(crate) fn current() -> ThreadRef {
    THREAD.with(|thread| ThreadRef(NonNull::from(thread)))
}

/// The calling thread's number.
#[inline(always)]
pub(crate) fn number() -> u32 {
    THREAD.with(Thread::number)
}

/// The number of the thread that runs now. Not inlined, so that the compiler can't reuse an address from before
/// a call during which the runtime moved the task to another thread.
#[inline(never)]
pub(crate) fn number_now() -> u32 {
    number()
}

/// Whether wasm runs on the calling thread. False while the thread is in a host function.
pub(crate) fn is_running() -> bool {
    THREAD.with(|thread| is_wasm(thread.innermost.get()))
}

/// The innermost host function that runs on the calling thread, or null.
#[inline(always)]
pub(crate) fn activation() -> *const () {
    THREAD.with(Thread::activation)
}

/// Whether wasm runs, by the value of [`Thread::innermost`].
#[inline(always)]
fn is_wasm(innermost: *const ()) -> bool {
    innermost.addr() & RUNNING != 0
}

/// The activation in a value of [`Thread::innermost`], or null.
#[inline(always)]
pub(crate) fn activation_of(innermost: *const ()) -> *const () {
    innermost.map_addr(|address| address & !RUNNING)
}

impl Thread {
    /// The thread's number. It is never 0, and no other thread ever has it, even after this one has ended.
    #[inline(always)]
    pub(crate) fn number(&self) -> u32 {
        match self.number.get() {
            0 => self.new_number(),
            number => number,
        }
    }

    /// [`Self::number`] in a host function, after [`Self::begin_host`].
    #[inline(always)]
    pub(crate) fn known_number(&self) -> u32 {
        self.number.get()
    }

    #[cold]
    fn new_number(&self) -> u32 {
        // Random numbers come from a system call, at which the thread could be cancelled.
        let _no_cancel = cancellation::delay();
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1))
            .unwrap_or_else(|_| panic!("more than 2^32 threads have used this library"));
        self.number.set(number);
        let serial = RandomState::new().hash_one(number) >> (u64::BITS - SERIAL_BITS);
        self.caller.set(Kind::Caller.first_bits() as u64 + serial);
        number
    }

    /// Notes that wasm runs on the thread. False if it does already: then an earlier call never returned.
    #[inline(always)]
    pub(crate) fn enter_wasm(&self) -> bool {
        let innermost = self.innermost.get();
        if is_wasm(innermost) {
            return false;
        }
        self.innermost.set(innermost.map_addr(|address| address | RUNNING));
        true
    }

    /// Notes that wasm no longer runs on the thread.
    #[inline(always)]
    pub(crate) fn leave_wasm(&self) {
        self.innermost.set(self.activation());
        if self.cancellation.get().is_some() {
            self.release_cancellation();
        }
    }

    /// Notes that wasm has called a host function. From the first one until the outermost call ends, the thread
    /// can't be cancelled. Afterwards the thread has its number.
    #[inline(always)]
    pub(crate) fn begin_host(&self) {
        if self.cancellation.get().is_none() {
            self.begin_first_host();
        }
    }

    #[inline(never)]
    fn begin_first_host(&self) {
        self.cancellation.set(Some(cancellation::disable()));
        self.number();
    }

    /// Notes that the host function with this activation runs on the thread, instead of wasm.
    #[inline(always)]
    pub(crate) fn enter_host(&self, activation: *const ()) {
        self.innermost.set(activation);
    }

    /// Notes that wasm runs again. `outer` is [`Self::innermost`] from before the host function.
    #[inline(always)]
    pub(crate) fn leave_host(&self, outer: *const ()) {
        self.innermost.set(outer);
    }

    /// The activation of the innermost host function that runs on the thread, or null; tagged while wasm runs. See
    /// [`activation_of`].
    #[inline(always)]
    pub(crate) fn innermost(&self) -> *const () {
        self.innermost.get()
    }

    /// The activation of the innermost host function that runs on the thread, or null.
    #[inline(always)]
    pub(crate) fn activation(&self) -> *const () {
        activation_of(self.innermost.get())
    }

    #[inline(never)]
    fn release_cancellation(&self) {
        if self.activation().is_null()
            && let Some(state) = self.cancellation.take()
        {
            state.restore();
        }
    }

    /// The bits of a new caller's handle, after [`Self::begin_host`]. A thread never returns the
    /// same bits twice, and two threads return the same ones only by chance, since each starts at random ones.
    #[inline(always)]
    pub(crate) fn next_caller(&self) -> u64 {
        let next = self.caller.get() + 1;
        self.caller.set(next);
        next
    }
}

/// The calling thread's owner record in the handle table.
#[inline(always)]
pub(crate) fn owner() -> Option<&'static Owner> {
    THREAD.with(|thread| thread.owner.get())
}

/// Gives the calling thread an owner record by `register`, unless it has one. `retire` is called when the
/// thread ends. A thread without a record enters its stores by compare-and-swap.
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
    // A thread that is ending gets no new record.
    if owner().is_none() && RETIREMENT.try_with(|with| with.0.set(Some(retire))).is_ok() {
        THREAD.with(|thread| thread.owner.set(register()));
    }
}

/// Whether the calling thread is the process's main thread.
pub(crate) fn is_main() -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // The function `gettid` would need glibc 2.30.
    // SAFETY: both calls only return numbers.
    return unsafe { libc::c_long::from(libc::getpid()) == libc::syscall(libc::SYS_gettid) };
    #[cfg(target_vendor = "apple")]
    // SAFETY: the call only returns a number.
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
