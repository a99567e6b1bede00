//! Panics of the library itself: nothing is printed of them, and where one happened is kept for the error
//! that it becomes.

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

/// How many of them are kept. Some are never reported, as those in finalizers.
const KEPT: usize = 16;

/// How Rust's standard library begins to say that it ends the process.
const LAST_WORDS: [&str; 2] =
    ["panic in a function that cannot unwind", "panic in a destructor during cleanup"];

pub(crate) struct Panic {
    message: String,
    place: String,
}

thread_local! {
    /// Whether the thread runs something of which each panic is the library's.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the library's panics quiet, from the first engine on. A panic that is none of the library's goes to
/// the hook that the program had.
pub(crate) fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let programs = panic::take_hook();
        panic::set_hook(Box::new(move |info| if is_ours() { note(info) } else { programs(info) }));
    });
}

/// Runs what calls nothing of the program's: a panic in it is the library's.
pub(crate) fn within<R>(body: impl FnOnce() -> R) -> R {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            WITHIN.set(self.0);
        }
    }
    let _before = Before(WITHIN.replace(true));
    body()
}

/// What a panic said.
pub(crate) fn message(payload: &(dyn Any + Send)) -> &str {
    let of_literal = || payload.downcast_ref::<&str>().copied();
    payload.downcast_ref().map(String::as_str).or_else(of_literal).unwrap_or("no message")
}

/// What a panic said, and where it happened. A panic may have been caught on another thread than the one
/// that it happened on, so that only its message says which it was.
pub(crate) fn describe(payload: &(dyn Any + Send)) -> String {
    let message = message(payload);
    let mut unreported = unreported();
    match unreported.iter().rposition(|panic| panic.message == message) {
        Some(index) => {
            let place = unreported.remove(index).map(|panic| panic.place).unwrap_or_default();
            format!("{message} (at {place})")
        }
        None => message.to_owned(),
    }
}

pub(crate) type Unreported = VecDeque<Panic>;

pub(crate) fn unreported() -> MutexGuard<'static, Unreported> {
    UNREPORTED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn note(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("no message").to_owned();
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let mut unreported = unreported();
    if LAST_WORDS.contains(&message.as_str()) {
        let (cause, place) = match unreported.back() {
            Some(panic) => (panic.message.as_str(), panic.place.as_str()),
            None => (message.as_str(), place.as_str()),
        };
        give_up(&format!("a panic in a place that it can't leave: {cause} (at {place})"));
    }
    if unreported.len() == KEPT {
        unreported.pop_front();
    }
    unreported.push_back(Panic { message, place });
}

/// Whether a panic on this thread is the library's. In the shared library each one is, since that has a copy
/// of Rust's standard library, and of its hook, to itself. A Rust program that the library is linked into
/// statically shares both.
fn is_ours() -> bool {
    static IS_SHARED_LIBRARY: LazyLock<bool> = LazyLock::new(|| {
        // SAFETY: it only reads what the system told the process at its start.
        let program = unsafe { libc::getauxval(libc::AT_ENTRY) } as usize;
        file_of(keep_quiet as *const () as usize) != file_of(program)
    });
    WITHIN.get() || thread::is_running() || *IS_SHARED_LIBRARY
}

/// Where the file that an address belongs to is loaded.
fn file_of(address: usize) -> usize {
    let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: `info` is what the call writes, and all zero it is valid too.
    unsafe {
        libc::dladdr(std::ptr::without_provenance(address), info.as_mut_ptr());
        info.assume_init().dli_fbase as usize
    }
}
