//! Panics of the library itself: nothing is printed, and the location of a panic is kept for the error that
//! it becomes.

use super::forks::Unwinding;
use super::thread;
use super::unwind::give_up;
use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::panic::{self, PanicHookInfo};
use std::sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError};

/// The panics that no error has reported yet, the latest last.
static UNREPORTED: Mutex<Unreported> = Mutex::new(VecDeque::new());

/// How many of them are kept. Some are never reported, for example panics in finalizers.
const KEPT: usize = 16;

/// The messages of panics by which Rust's standard library ends the process.
const LAST_WORDS: [&str; 2] =
    ["panic in a function that cannot unwind", "panic in a destructor during cleanup"];

pub(crate) struct Panic {
    message: String,
    location: String,
}

thread_local! {
    /// Whether the thread runs code whose panics are all the library's.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the library's panics quiet, from the first engine on. Any other panic goes to the hook that the
/// program had.
pub(crate) fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| if is_ours() { note(info) } else { hook(info) }));
    });
}

/// Runs `body`, which calls no function of the program: each panic in it is the library's.
pub(crate) fn within<R>(body: impl FnOnce() -> R) -> R {
    with(true, body)
}

/// Runs `body`, which calls functions of the program: a panic in it needn't be the library's.
pub(crate) fn outside<R>(body: impl FnOnce() -> R) -> R {
    with(false, body)
}

fn with<R>(is_within: bool, body: impl FnOnce() -> R) -> R {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            WITHIN.set(self.0);
        }
    }
    let _before = Before(WITHIN.replace(is_within));
    body()
}

/// The message of a panic.
pub(crate) fn message(payload: &(dyn Any + Send)) -> &str {
    let of_literal = || payload.downcast_ref::<&str>().copied();
    payload.downcast_ref().map(String::as_str).or_else(of_literal).unwrap_or("no message")
}

/// The message of a panic and its location. A panic may be caught on another thread than the one that it
/// happened on, so the message is the only way to find its location.
pub(crate) fn describe(payload: &(dyn Any + Send)) -> String {
    let message = message(payload);
    let mut unreported = unreported();
    match unreported.iter().rposition(|panic| panic.message == message) {
        Some(index) => {
            let location = unreported.remove(index).map(|panic| panic.location).unwrap_or_default();
            format!("{message} (at {location})")
        }
        None => message.to_owned(),
    }
}

pub(crate) type Unreported = VecDeque<Panic>;

pub(crate) fn unreported() -> MutexGuard<'static, Unreported> {
    UNREPORTED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn note(info: &PanicHookInfo<'_>) {
    Unwinding::begins();
    let message = info.payload_as_str().unwrap_or("no message").to_owned();
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    let mut unreported = unreported();
    if LAST_WORDS.contains(&message.as_str()) {
        let (cause, location) = match unreported.back() {
            Some(panic) => (panic.message.as_str(), panic.location.as_str()),
            None => (message.as_str(), location.as_str()),
        };
        give_up(&format!("a panic that can't be caught: {cause} (at {location})"));
    }
    if unreported.len() == KEPT {
        unreported.pop_front();
    }
    unreported.push_back(Panic { message, location });
}

/// Whether a panic on this thread is the library's. In the shared library each panic is: it has its own copy
/// of Rust's standard library, and of the panic hook. A Rust program that the library is linked into
/// statically shares both.
fn is_ours() -> bool {
    static IS_SHARED_LIBRARY: LazyLock<bool> = LazyLock::new(|| {
        // SAFETY: it only reads values that the system gave the process at its start.
        let program = unsafe { libc::getauxval(libc::AT_ENTRY) } as usize;
        file_of(keep_quiet as *const () as usize) != file_of(program)
    });
    WITHIN.get() || thread::is_running() || *IS_SHARED_LIBRARY
}

/// The base address of the file that an address belongs to.
fn file_of(address: usize) -> usize {
    let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: the call writes to `info` only, which is valid as zeros too.
    unsafe {
        libc::dladdr(std::ptr::without_provenance(address), info.as_mut_ptr());
        info.assume_init().dli_fbase as usize
    }
}
