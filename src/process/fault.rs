//! The handler of SIGSEGV, SIGILL and SIGFPE that runs before Wasmtime's.
//!
//! Wasmtime's handler first reads thread-local data, for which the C library may allocate on a thread that
//! is new to this library. If the fault came in the middle of `malloc`, the thread would wait for itself for
//! ever. Wasmtime's handler also mistakes a signal that was sent for a fault. So it only gets faults at
//! an address of compiled code, which can be traps. Every other signal goes to the handler that was
//! installed before the first engine, as without this library.
//!
//! Nothing that runs in the handler uses thread-local data, takes a lock or allocates.

use super::ranges;
use std::ffi::{c_int, c_void};
use std::mem::{self, MaybeUninit};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// The signals that Wasmtime handles.
const SIGNALS: [c_int; 3] = [libc::SIGSEGV, libc::SIGILL, libc::SIGFPE];

type Handler = unsafe extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);

/// The handlers that a signal is passed on to.
struct Next {
    /// The action from before the first engine.
    before: libc::sigaction,
    /// Whether `before` was for one signal only, and got that.
    is_spent: AtomicBool,
    wasmtime: libc::sigaction,
}

/// Set before the handler is installed; one for each of [`SIGNALS`].
static NEXT: OnceLock<[Next; SIGNALS.len()]> = OnceLock::new();

/// Held while Wasmtime may be about to install its handlers.
static INSTALLING: Mutex<()> = Mutex::new(());

pub(crate) fn installing() -> MutexGuard<'static, ()> {
    INSTALLING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes an engine by `make`. If Wasmtime installs its handlers meanwhile, installs the handler of this module
/// over them, so that it gets each signal before Wasmtime's.
pub(crate) fn before_wasmtime<R>(make: impl FnOnce() -> R) -> R {
    if is_installed() {
        return make();
    }
    let _one = installing();
    let before = SIGNALS.map(current);
    let made = make();
    let wasmtime = SIGNALS.map(current);
    let is_new = |index: usize| before[index].sa_sigaction != wasmtime[index].sa_sigaction;
    if !is_installed() && is_new(0) {
        let next = [0, 1, 2].map(|index| Next {
            before: before[index],
            is_spent: AtomicBool::new(false),
            wasmtime: wasmtime[index],
        });
        for (signal, next) in SIGNALS.into_iter().zip(NEXT.get_or_init(|| next)) {
            install(signal, &next.before);
        }
    }
    made
}

/// Whether the handlers were installed.
pub(crate) fn is_installed() -> bool {
    NEXT.get().is_some()
}

/// Unblocks the signals of faults on the calling thread if the handlers are installed: a fault whose signal is
/// blocked ends the process. False if they are blocked and the handlers are not installed yet.
pub(crate) fn allow_faults() -> bool {
    let mut faults = MaybeUninit::<libc::sigset_t>::uninit();
    let mut mask = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: each set is initialised by the first function that gets it.
    unsafe {
        libc::sigemptyset(faults.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, faults.as_ptr(), mask.as_mut_ptr());
        for signal in SIGNALS {
            libc::sigaddset(faults.as_mut_ptr(), signal);
        }
        let is_blocked = |signal| libc::sigismember(mask.as_ptr(), signal) == 1;
        if !SIGNALS.into_iter().any(is_blocked) {
            return true;
        }
        if !is_installed() {
            return false;
        }
        libc::pthread_sigmask(libc::SIG_UNBLOCK, faults.as_ptr(), ptr::null_mut()) == 0
    }
}

fn current(signal: c_int) -> libc::sigaction {
    let mut current = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the call only reads the action; a `sigaction` of zeros is valid.
    unsafe {
        libc::sigaction(signal, ptr::null(), current.as_mut_ptr());
        current.assume_init()
    }
}

fn install(signal: c_int, before: &libc::sigaction) {
    // A handler of the program runs on the signal stack, and has system calls restarted, only if it asked
    // for that; wasm leaves room for handlers on its own stack.
    let shared = libc::SA_ONSTACK | libc::SA_RESTART;
    let shared = if is_function(before) { before.sa_flags & shared } else { shared };
    // SAFETY: a `sigaction` of zeros is valid, with an empty mask.
    let mut own: libc::sigaction = unsafe { mem::zeroed() };
    own.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER | shared;
    own.sa_sigaction = on_signal as Handler as usize;
    // SAFETY: the handler only calls functions that are safe in a signal handler.
    unsafe { libc::sigaction(signal, &own, ptr::null_mut()) };
}

fn is_function(action: &libc::sigaction) -> bool {
    action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN
}

unsafe extern "C" fn on_signal(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let index = SIGNALS.iter().position(|known| *known == signal);
    let Some(next) = index.and_then(|index| NEXT.get()?.get(index)) else { return };
    // SAFETY: both come from the system, or from a handler of the program that passes the signal on.
    let (is_fault, address) = unsafe { ((*info).si_code > 0, program_counter(context)) };
    if is_fault && ranges::contains(address) {
        begin_trap();
        // SAFETY: Wasmtime's handler is of this type, and gets the arguments that the system gave.
        unsafe { handler(&next.wasmtime)(signal, info, context) };
        TRAPS.fetch_sub(1, Ordering::SeqCst);
    } else {
        // SAFETY: as above.
        unsafe { next.pass_on(signal, is_fault, info, context) };
    }
}

/// How many threads are in Wasmtime's handler, which takes a lock.
static TRAPS: AtomicUsize = AtomicUsize::new(0);

/// Whether a thread forks. Other threads wait with their traps until it has.
static FORKS: AtomicBool = AtomicBool::new(false);

fn begin_trap() {
    loop {
        TRAPS.fetch_add(1, Ordering::SeqCst);
        if !FORKS.load(Ordering::SeqCst) {
            return;
        }
        TRAPS.fetch_sub(1, Ordering::SeqCst);
        // SAFETY: it can do no harm.
        unsafe { libc::sched_yield() };
    }
}

/// While it lives, no thread is in Wasmtime's handler.
pub(crate) struct NoTraps;

/// For a thread that forks: waits until no thread is in Wasmtime's handler.
pub(crate) fn no_traps() -> NoTraps {
    FORKS.store(true, Ordering::SeqCst);
    while TRAPS.load(Ordering::SeqCst) != 0 {
        std::thread::yield_now();
    }
    NoTraps
}

/// For a forked child: a thread of the parent may have been counted in [`begin_trap`].
pub(crate) fn begin_in_child() {
    TRAPS.store(0, Ordering::SeqCst);
}

impl Drop for NoTraps {
    fn drop(&mut self) {
        FORKS.store(false, Ordering::SeqCst);
    }
}

/// # Safety
///
/// The action has a handler that takes three arguments.
unsafe fn handler(action: &libc::sigaction) -> Handler {
    // SAFETY: as the caller vouches.
    unsafe { mem::transmute::<usize, Handler>(action.sa_sigaction) }
}

impl Next {
    /// Handles the signal as without this library.
    ///
    /// # Safety
    ///
    /// `info` and `context` are the arguments of a signal handler.
    unsafe fn pass_on(
        &self,
        signal: c_int,
        is_fault: bool,
        info: *mut libc::siginfo_t,
        context: *mut c_void,
    ) {
        let before = &self.before;
        let is_one_shot = before.sa_flags & libc::SA_RESETHAND != 0;
        let is_spent = is_one_shot && self.is_spent.swap(true, Ordering::Relaxed);
        if !is_function(before) || is_spent {
            let is_ignored = before.sa_sigaction == libc::SIG_IGN;
            if is_fault || !is_ignored {
                default_action(signal, is_fault);
            }
            return;
        }
        let mut mask = before.sa_mask;
        // SAFETY: the mask is initialised. When the handler returns, the system restores the previous mask.
        unsafe {
            if before.sa_flags & libc::SA_NODEFER == 0 {
                libc::sigaddset(&mut mask, signal);
            }
            libc::pthread_sigmask(libc::SIG_BLOCK, &mask, ptr::null_mut());
        }
        if before.sa_flags & libc::SA_SIGINFO != 0 {
            // SAFETY: `SA_SIGINFO` says that the handler takes three arguments.
            unsafe { handler(before)(signal, info, context) };
        } else {
            // SAFETY: without `SA_SIGINFO` the handler takes one argument.
            unsafe {
                let plain = before.sa_sigaction;
                mem::transmute::<usize, unsafe extern "C" fn(c_int)>(plain)(signal);
            }
        }
    }
}

/// Lets the signal end the process. A fault happens again when the handler returns; any other signal is sent
/// again.
fn default_action(signal: c_int, is_fault: bool) {
    // SAFETY: a `sigaction` of zeros is the default action.
    unsafe {
        let default: libc::sigaction = mem::zeroed();
        libc::sigaction(signal, &default, ptr::null_mut());
        if !is_fault {
            libc::raise(signal);
        }
    }
}

/// The address of the instruction that the signal interrupted.
///
/// # Safety
///
/// `context` is the argument of a signal handler.
unsafe fn program_counter(context: *mut c_void) -> usize {
    // SAFETY: as the caller vouches.
    let machine = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    return machine.gregs[libc::REG_RIP as usize] as usize;
    #[cfg(target_arch = "aarch64")]
    return machine.pc as usize;
}
