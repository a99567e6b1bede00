//! The handler of SIGSEGV, SIGILL and SIGFPE that stands in front of Wasmtime's.
//!
//! Wasmtime's handler looks at thread-local data first, for which the C library may allocate on a thread
//! that is new to this library. If the fault came in the middle of `malloc`, the thread then waits for
//! itself. It also takes a signal that somebody sent for a fault. So Wasmtime's handler only gets what
//! can be a trap of wasm: faults at an address of compiled code. Everything else goes to the handler that
//! was there before the first engine, as if this library weren't there.
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

/// Whom a signal is passed on to.
struct Next {
    /// What was there before the first engine.
    before: libc::sigaction,
    /// Whether `before` was for one signal only, and has had it.
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

/// Makes an engine, by `make`. If Wasmtime installs its handlers meanwhile, puts the one of this module in
/// front of them.
pub(crate) fn in_front<R>(make: impl FnOnce() -> R) -> R {
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

/// Lets faults of the calling thread reach the handlers, if there are such: a fault whose signal is
/// blocked ends the process. False if they are blocked now, and the handlers may still come.
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
    // SAFETY: this only asks; a `sigaction` of zeros is one.
    unsafe {
        libc::sigaction(signal, ptr::null(), current.as_mut_ptr());
        current.assume_init()
    }
}

fn install(signal: c_int, before: &libc::sigaction) {
    // Wasm leaves room for handlers on its stack. The program's runs where, and has system calls
    // restarted if, it asked for that.
    let shared = libc::SA_ONSTACK | libc::SA_RESTART;
    let shared = if is_function(before) { before.sa_flags & shared } else { shared };
    // SAFETY: a `sigaction` of zeros is one, with an empty mask.
    let mut own: libc::sigaction = unsafe { mem::zeroed() };
    own.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER | shared;
    own.sa_sigaction = on_signal as Handler as usize;
    // SAFETY: the handler does only what a handler may.
    unsafe { libc::sigaction(signal, &own, ptr::null_mut()) };
}

fn is_function(action: &libc::sigaction) -> bool {
    action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN
}

unsafe extern "C" fn on_signal(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let index = SIGNALS.iter().position(|known| *known == signal);
    let Some(next) = index.and_then(|index| NEXT.get()?.get(index)) else { return };
    // SAFETY: the system, or the program's handler that passes the signal on, gives both.
    let (is_fault, address) = unsafe { ((*info).si_code > 0, program_counter(context)) };
    if is_fault && ranges::contains(address) {
        begin_trap();
        // SAFETY: Wasmtime's handler is of this type, and gets what it would have got.
        unsafe { handler(&next.wasmtime)(signal, info, context) };
        TRAPS.fetch_sub(1, Ordering::SeqCst);
    } else {
        // SAFETY: as above.
        unsafe { next.pass_on(signal, is_fault, info, context) };
    }
}

/// How many threads are in Wasmtime's handler, which takes a lock.
static TRAPS: AtomicUsize = AtomicUsize::new(0);

/// Whether a thread forks, for which others let their traps wait.
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

/// For a thread that forks.
pub(crate) fn no_traps() -> NoTraps {
    FORKS.store(true, Ordering::SeqCst);
    while TRAPS.load(Ordering::SeqCst) != 0 {
        std::thread::yield_now();
    }
    NoTraps
}

/// In a forked child: a thread of the parent may have been about to wait in [`begin_trap`].
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
    /// Does what the signal would have done without this library.
    ///
    /// # Safety
    ///
    /// `info` and `context` are what a handler is given.
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
        // SAFETY: the mask is initialised. Where the handler returns, the system sets the mask from before.
        unsafe {
            if before.sa_flags & libc::SA_NODEFER == 0 {
                libc::sigaddset(&mut mask, signal);
            }
            libc::pthread_sigmask(libc::SIG_BLOCK, &mask, ptr::null_mut());
        }
        if before.sa_flags & libc::SA_SIGINFO != 0 {
            // SAFETY: the program said that it takes three arguments.
            unsafe { handler(before)(signal, info, context) };
        } else {
            // SAFETY: the program said that it takes one.
            unsafe {
                let plain = before.sa_sigaction;
                mem::transmute::<usize, unsafe extern "C" fn(c_int)>(plain)(signal);
            }
        }
    }
}

/// Lets the signal end the process: a fault comes again when the handler returns, another is sent again.
fn default_action(signal: c_int, is_fault: bool) {
    // SAFETY: a `sigaction` of zeros is the default one.
    unsafe {
        let default: libc::sigaction = mem::zeroed();
        libc::sigaction(signal, &default, ptr::null_mut());
        if !is_fault {
            libc::raise(signal);
        }
    }
}

/// Where the thread was when the signal came.
///
/// # Safety
///
/// `context` is what a handler is given.
unsafe fn program_counter(context: *mut c_void) -> usize {
    // SAFETY: as the caller vouches.
    let machine = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    return machine.gregs[libc::REG_RIP as usize] as usize;
    #[cfg(target_arch = "aarch64")]
    return machine.pc as usize;
}
