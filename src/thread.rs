//! What is known of the calling thread: its number, as whom it enters stores, and where its stack ends.

use crate::caller::Activation;
use crate::cancellation;
use crate::error::{Error, ErrorKind, Result};
use crate::fault;
use crate::handle::owner::Owner;
use crate::registry;
use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};
use wasmtime::{Engine, Trap};

/// What host functions, the library itself and signal handlers need below the stack that wasm may
/// use, in bytes.
const STACK_MARGIN: usize = 256 << 10;

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
    stack: Cell<Stack>,
    /// Where the thread's own stack lies, of length 0 if that isn't known.
    own_stack: Cell<Stack>,
    /// Whether wasm has run on the thread, or was about to.
    has_begun: Cell<bool>,
    /// Whether wasm's faults reach the handlers too, also of engines that are made later.
    is_ready: Cell<bool>,
    /// Whether wasm runs on this thread: not while it is in a host function.
    running: Cell<bool>,
    /// Whether the thread could be cancelled before a call that has called a host function, until that ends.
    cancellation: Cell<Option<cancellation::State>>,
    /// The innermost host function that runs on this thread.
    activation: Cell<*const Activation>,
    /// The number of the last caller.
    serial: Cell<u64>,
}

#[derive(Clone, Copy)]
struct Stack {
    low: usize,
    len: usize,
}

thread_local! {
    static THREAD: Thread = const {
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
pub(crate) fn activation() -> *const Activation {
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
        let _held = cancellation::hold();
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1))
            .unwrap_or_else(|_| panic!("more than 2^32 threads have used this library"));
        self.number.set(number);
        self.serial.set(RandomState::new().hash_one(number) >> (u64::BITS - SERIAL_BITS));
        number
    }

    /// Says whether wasm runs on the thread, and what was said before.
    #[inline(always)]
    pub(crate) fn set_running(&self, running: bool) -> bool {
        self.running.replace(running)
    }

    /// The innermost host function that runs on the thread, or null.
    #[inline(always)]
    pub(crate) fn activation(&self) -> *const Activation {
        self.activation.get()
    }

    #[inline(always)]
    pub(crate) fn set_activation(&self, activation: *const Activation) {
        self.activation.set(activation);
    }

    /// Holds off the thread's cancellation until the outermost call ends.
    #[inline(always)]
    pub(crate) fn hold_cancellation(&self) {
        if self.cancellation.get().is_none() {
            self.cancellation.set(Some(cancellation::disable()));
        }
    }

    /// For a call that ends.
    #[inline(always)]
    pub(crate) fn release_cancellation(&self) {
        if self.cancellation.get().is_some() {
            self.release_cancellation_of_outermost();
        }
    }

    #[inline(never)]
    fn release_cancellation_of_outermost(&self) {
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

/// Makes the calling thread known to the handle table, until it ends. Where that can't be, it does what it
/// does in another way.
pub(crate) fn register_owner() {
    struct RetireOwner;

    impl Drop for RetireOwner {
        fn drop(&mut self) {
            if let Some(owner) = THREAD.with(|thread| thread.owner.take()) {
                registry::retire_owner(owner);
            }
        }
    }

    thread_local! {
        static RETIRE_OWNER: RetireOwner = const { RetireOwner };
    }
    // Not again where the thread is ending.
    if owner().is_none() && RETIRE_OWNER.try_with(|_| ()).is_ok() {
        THREAD.with(|thread| thread.owner.set(registry::register_owner()));
    }
}

/// Refuses to enter wasm where the `wasm` bytes of stack that Wasmtime will allow it are not there.
///
/// Wasmtime takes `max_wasm_stack` off the stack pointer without asking where the stack ends, so
/// on a small thread, or deep in one, runaway recursion would hit the guard page and end the
/// process. `runtime` says where the stack lies if it isn't the thread's own (a coroutine's); a stack
/// that nobody knows is refused. The operating system is asked once per thread, whichever stack a call
/// is on.
#[inline(always)]
pub(crate) fn check_stack(
    wasm: usize,
    runtime: impl FnOnce() -> Option<(usize, usize)>,
) -> Result<()> {
    let stack = THREAD.with(|thread| thread.stack.get());
    let left = here().wrapping_sub(stack.low);
    if left < stack.len && left >= wasm + STACK_MARGIN {
        return Ok(());
    }
    check_stack_slowly(wasm, runtime)
}

#[cold]
#[inline(never)]
fn check_stack_slowly(wasm: usize, runtime: impl FnOnce() -> Option<(usize, usize)>) -> Result<()> {
    if !THREAD.with(|thread| thread.is_ready.get()) {
        get_ready()?;
    }
    let own = THREAD.with(|thread| thread.own_stack.get());
    if check_stack_between(own.low, own.low + own.len, wasm)? {
        return Ok(());
    }
    match runtime() {
        Some((low, high)) if check_stack_between(low, high, wasm)? => Ok(()),
        Some(_) => Err(foreign(
            "the stack that `task_stack` or `task_bounds` of its hooks (`safewasm_config_set_hooks`) \
             reports is another one",
        )),
        None => Err(foreign(
            "no hook says where it ends; set `task_stack` or `task_bounds` by \
             `safewasm_config_set_hooks`, or call on the thread's own stack",
        )),
    }
}

/// Gives whether the stack between these bounds is the one in use; refuses it if it is and too little of it
/// is left.
fn check_stack_between(low: usize, high: usize, wasm: usize) -> Result<bool> {
    let here = here();
    let needed = wasm + STACK_MARGIN;
    let is_here = here >= low && here < high;
    if is_here && here - low < needed {
        return Err(exhausted(here - low, needed));
    }
    Ok(is_here)
}

fn foreign(why: &str) -> Error {
    let message = format!(
        "wasm can't run on this stack: it is not the own stack of the thread (but a coroutine's, or one \
         that signals are handled on), and {why}"
    );
    Error::new(ErrorKind::UNSUPPORTED, message)
}

/// Whether what `address` points to has left the thread's own stack, on which the calling function runs.
pub(crate) fn has_left_the_stack<T>(address: *const T) -> bool {
    let own = THREAD.with(|thread| thread.own_stack.get());
    let is_on_it = |address: usize| address.wrapping_sub(own.low) < own.len;
    is_on_it(address as usize) && is_on_it(here()) && (address as usize) < here()
}

/// Whether that much of the thread's own stack is left. On other stacks nobody can tell.
pub(crate) fn has_room(bytes: usize) -> bool {
    THREAD.with(|thread| {
        let stack = know_own_stack(thread);
        let left = here().wrapping_sub(stack.low);
        left < stack.len && left >= bytes
    })
}

/// The thread's own stack, for which the system is asked once.
fn know_own_stack(thread: &Thread) -> Stack {
    if thread.own_stack.get().len == 0
        && let Some(stack) = own_stack()
    {
        thread.own_stack.set(stack);
    }
    thread.own_stack.get()
}

/// An address in the stack that is in use.
#[inline(always)]
fn here() -> usize {
    let marker = MaybeUninit::<u8>::uninit();
    marker.as_ptr() as usize
}

/// Makes the thread ready to run wasm. Where the program blocks the signals of faults, they stay blocked
/// as long as there are no handlers for them; then this is done for each call.
fn get_ready() -> Result<()> {
    let _held = cancellation::hold();
    let has_begun = THREAD.with(|thread| thread.has_begun.get());
    if !has_begun {
        begin()?;
    } else if !fault::is_installed() {
        return Ok(());
    }
    if fault::allow_faults() {
        THREAD.with(|thread| {
            thread.stack.set(thread.own_stack.get());
            thread.is_ready.set(true);
        });
    }
    Ok(())
}

/// Prepares Wasmtime for the thread, and remembers the thread's stack.
fn begin() -> Result<()> {
    try_signal_stack()?;
    Engine::tls_eager_initialize();
    THREAD.with(|thread| {
        // Where the system doesn't say, nothing lies on the thread's own stack.
        know_own_stack(thread);
        thread.has_begun.set(true);
    });
    Ok(())
}

/// Refuses a thread that can't have the stack that Wasmtime has a thread handle signals on, without which
/// Wasmtime panics.
fn try_signal_stack() -> Result<()> {
    // As large as that is, and pages around it.
    const LEN: usize = 320 << 10;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: what is mapped is new, nobody else knows of it, and it is as long as what is unmapped; by
    // then it is no longer the stack for signals.
    let (is_mapped, error) = unsafe {
        let mapped = libc::mmap(ptr::null_mut(), LEN, access, flags, -1, 0);
        if mapped == libc::MAP_FAILED {
            (false, 0)
        } else {
            let new = libc::stack_t { ss_sp: mapped, ss_flags: 0, ss_size: LEN };
            let mut old = MaybeUninit::<libc::stack_t>::uninit();
            let error = if libc::sigaltstack(&new, old.as_mut_ptr()) == 0 {
                libc::sigaltstack(old.as_ptr(), ptr::null_mut())
            } else {
                *libc::__errno_location()
            };
            libc::munmap(mapped, LEN);
            (true, error)
        }
    };
    if is_mapped && error == 0 {
        return Ok(());
    }
    let why = if is_mapped {
        format!(
            "the system refuses this thread the stack to handle signals on (`sigaltstack`: {})",
            std::io::Error::from_raw_os_error(error)
        )
    } else {
        "no memory is left for the stack that this thread handles signals on".to_owned()
    };
    Err(Error::new(ErrorKind::LIMIT, why))
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

/// Where the calling thread's own stack lies.
fn own_stack() -> Option<Stack> {
    // A stack as large as this reaches down to the next mapping, from which the system keeps the main
    // thread's stack away by a gap.
    const LARGE: usize = 64 << 20;
    const GAP: usize = 1 << 20;
    let Stack { low, len } = whole_own_stack().or_else(main_stack)?;
    Some(if len < LARGE { Stack { low, len } } else { Stack { low: low + GAP, len: len - GAP } })
}

/// Where the stack of the main thread lies, for when the C library can't say: it opens a file to know.
fn main_stack() -> Option<Stack> {
    const USUAL: usize = 8 << 20;
    if !is_main() {
        return None;
    }
    // SAFETY: the limit is written before it is read.
    let (at_the_top, limit) = unsafe {
        let mut limit = MaybeUninit::<libc::rlimit>::uninit();
        if libc::getrlimit(libc::RLIMIT_STACK, limit.as_mut_ptr()) != 0 {
            return None;
        }
        (libc::getauxval(libc::AT_EXECFN) as usize, limit.assume_init().rlim_cur)
    };
    let len = usize::try_from(limit).unwrap_or(USUAL);
    let len = if limit == libc::RLIM_INFINITY { USUAL } else { len }.min(at_the_top);
    Some(Stack { low: at_the_top - len, len })
}

fn whole_own_stack() -> Option<Stack> {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut low = ptr::null_mut();
    let mut len = 0;
    // SAFETY: `attributes` is initialised by the first call if that succeeds, read by the second,
    // and released by the third.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let found = libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut len);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        (found == 0).then_some(Stack { low: low as usize, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_thread_has_a_number_of_its_own() {
        let here = number();
        let there = std::thread::spawn(number).join().unwrap();
        assert_ne!(here, 0);
        assert_eq!(here, number());
        assert_ne!(here, there);
    }

    #[test]
    fn a_thread_that_ended_leaves_its_place_to_another() {
        let place = || {
            register_owner();
            std::ptr::from_ref(owner().unwrap()) as usize
        };
        let places: HashSet<_> =
            (0..100).map(|_| std::thread::spawn(place).join().unwrap()).collect();
        assert!(places.len() < 50, "{} places for 100 threads", places.len());
    }

    #[test]
    fn a_small_stack_is_refused_with_the_trap() {
        let refused = std::thread::Builder::new()
            .stack_size(256 << 10)
            .spawn(|| check_stack(512 << 10, || None).unwrap_err())
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(refused.kind(), ErrorKind::TRAP);
        assert!(refused.message().starts_with("call stack exhausted"), "{}", refused.message());
        assert!(check_stack(512 << 10, || None).is_ok());
    }
}
