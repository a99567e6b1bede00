//! What is known of the calling thread: its number, and where its stack ends.

use crate::caller::Activation;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::store::FIRST_THREAD;
use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use wasmtime::{Engine, Trap};

/// What host functions, the library itself and signal handlers need below the stack that wasm may
/// use, in bytes.
const STACK_MARGIN: usize = 256 << 10;

/// What a handle has room for beside its kind.
const SERIAL_BITS: u32 = 56;

struct Thread {
    /// Never used again after the thread has ended, unlike an address; 0 until asked for.
    number: Cell<u32>,
    /// `None` until wasm is first to run.
    stack: Cell<Option<Stack>>,
    /// Whether wasm runs on this thread: not while it is in a host function.
    running: Cell<bool>,
    /// The innermost host function that runs on this thread.
    activation: Cell<*const Activation>,
    /// The number of the last caller; 0 until there is one.
    serial: Cell<u64>,
}

/// The thread's own stack.
#[derive(Clone, Copy)]
struct Stack {
    low: usize,
    high: usize,
}

thread_local! {
    static THREAD: Thread = const {
        Thread {
            number: Cell::new(0),
            stack: Cell::new(None),
            running: Cell::new(false),
            activation: Cell::new(ptr::null()),
            serial: Cell::new(0),
        }
    };
}

/// The calling thread's number.
#[inline(always)]
pub(crate) fn number() -> u32 {
    THREAD.with(|thread| match thread.number.get() {
        0 => new_number(thread),
        number => number,
    })
}

/// The number of the thread that runs now. Not what the compiler remembers of a thread that ran this
/// function earlier: a runtime may have moved its task to another one.
#[inline(never)]
pub(crate) fn number_now() -> u32 {
    number()
}

#[cold]
fn new_number(thread: &Thread) -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(FIRST_THREAD);
    let number = NEXT
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1))
        .unwrap_or_else(|_| panic!("more than 2^32 threads have used this library"));
    thread.number.set(number);
    number
}

/// Says whether wasm runs on this thread, and what was said before.
#[inline(always)]
pub(crate) fn set_running(running: bool) -> bool {
    THREAD.with(|thread| thread.running.replace(running))
}

/// The innermost host function that runs on this thread, or null.
#[inline(always)]
pub(crate) fn activation() -> *const Activation {
    THREAD.with(|thread| thread.activation.get())
}

#[inline(always)]
pub(crate) fn set_activation(activation: *const Activation) {
    THREAD.with(|thread| thread.activation.set(activation));
}

/// A number for a caller, of [`SERIAL_BITS`] bits. A thread never has one twice, and two threads have
/// the same one only by chance, as each starts anywhere.
#[inline(always)]
pub(crate) fn next_serial() -> u64 {
    THREAD.with(|thread| {
        let serial = match thread.serial.get() {
            0 => RandomState::new().hash_one(number()),
            last => last,
        };
        let next = (serial + 1) & ((1 << SERIAL_BITS) - 1);
        thread.serial.set(next);
        next
    })
}

/// Refuses to enter wasm where the `wasm` bytes of stack that Wasmtime will allow it are not there.
///
/// Wasmtime takes `max_wasm_stack` off the stack pointer without asking where the stack ends, so
/// on a small thread, or deep in one, runaway recursion would hit the guard page and end the
/// process. A stack that isn't the thread's own (a coroutine's) can't be judged from here and is
/// let through. The operating system is asked once per thread, whichever stack a call is on.
///
/// Gives whether the stack is the thread's own.
#[inline(always)]
pub(crate) fn check_stack(wasm: usize) -> Result<bool> {
    let stack = match THREAD.with(|thread| thread.stack.get()) {
        Some(stack) => stack,
        None => begin()?,
    };
    check_stack_between(stack.low, stack.high, wasm)
}

/// As [`check_stack`], for a stack whose bounds are known. Gives whether it is the one in use.
#[inline(always)]
pub(crate) fn check_stack_between(low: usize, high: usize, wasm: usize) -> Result<bool> {
    let marker = 0u8;
    let here = &raw const marker as usize;
    let needed = wasm + STACK_MARGIN;
    let is_here = here >= low && here < high;
    if is_here && here - low < needed {
        return Err(exhausted(here - low, needed));
    }
    Ok(is_here)
}

/// Makes the thread ready to run wasm, and remembers its stack.
#[cold]
fn begin() -> Result<Stack> {
    if !has_room_for_signals() {
        return Err(Error::new(
            ErrorKind::LIMIT,
            "no memory is left for the stack that this thread handles signals on",
        ));
    }
    Engine::tls_eager_initialize();
    // Where the system doesn't say, nothing lies on the thread's own stack.
    let (low, high) = stack_bounds().unwrap_or((0, 0));
    let stack = Stack { low, high };
    THREAD.with(|thread| thread.stack.set(Some(stack)));
    Ok(stack)
}

/// Whether there is memory for the stack that Wasmtime has a thread handle signals on, without which it
/// panics.
fn has_room_for_signals() -> bool {
    // As large as that is, and pages around it.
    const LEN: usize = 320 << 10;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: what is mapped is new, nobody else knows of it, and it is as long as what is unmapped.
    unsafe {
        let mapped = libc::mmap(ptr::null_mut(), LEN, access, flags, -1, 0);
        mapped != libc::MAP_FAILED && libc::munmap(mapped, LEN) == 0
    }
}

#[cold]
fn exhausted(left: usize, needed: usize) -> Error {
    Error::new(
        ErrorKind::TRAP,
        format!(
            "call stack exhausted: {} KiB of this stack are left, and wasm needs {} KiB; call from \
             a thread or task with a larger stack, or from fewer nested calls",
            left >> 10,
            needed >> 10
        ),
    )
    .with_trap(Trap::StackOverflow)
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

/// The lowest and highest address of the calling thread's stack.
fn stack_bounds() -> Option<(usize, usize)> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut low = std::ptr::null_mut();
    let mut size = 0;
    // SAFETY: `attributes` is initialised by the first call if that succeeds, read by the second,
    // and released by the third.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let found = libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        (found == 0).then_some((low as usize, low as usize + size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_a_number_of_its_own() {
        let here = number();
        let there = std::thread::spawn(number).join().unwrap();
        assert!(here >= FIRST_THREAD);
        assert_eq!(here, number());
        assert_ne!(here, there);
    }

    #[test]
    fn a_small_stack_is_refused_with_the_trap() {
        let refused = std::thread::Builder::new()
            .stack_size(256 << 10)
            .spawn(|| check_stack(512 << 10).unwrap_err())
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(refused.kind(), ErrorKind::TRAP);
        assert!(refused.message().starts_with("call stack exhausted"), "{}", refused.message());
        assert!(check_stack(512 << 10).is_ok());
    }
}
