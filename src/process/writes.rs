//! Writes to files without the signals that the system raises for them.

use std::mem::MaybeUninit;
use std::ptr;

/// The signals that a write raises in its thread, beside the error that it returns. Both end the process by
/// default.
const RAISED: [libc::c_int; 2] = [libc::SIGPIPE, libc::SIGXFSZ];

/// Runs `write`, which writes to a file, without the signals that the system raises if nobody reads the file or
/// if it grows beyond a limit of the process.
pub(crate) fn without_signals_of_writes<R, E>(
    write: impl FnOnce() -> Result<R, E>,
) -> Result<R, E> {
    let before = set_mask(libc::SIG_BLOCK, &signal_set(&RAISED));
    let are_blocked = |&signal: &libc::c_int| contains(&before, signal);
    // A signal that waited before is not of this write.
    let waited = RAISED.iter().any(are_blocked).then(waiting);
    let result = write();
    if result.is_err() {
        for signal in RAISED {
            if !waited.is_some_and(|waited| contains(&waited, signal)) {
                take_back(signal);
            }
        }
    }
    if !RAISED.iter().all(are_blocked) {
        set_mask(libc::SIG_SETMASK, &before);
    }
    result
}

fn signal_set(signals: &[libc::c_int]) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: initialises the set.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    for &signal in signals {
        // SAFETY: the set is initialised.
        unsafe { libc::sigaddset(set.as_mut_ptr(), signal) };
    }
    // SAFETY: initialised above.
    unsafe { set.assume_init() }
}

fn contains(set: &libc::sigset_t, signal: libc::c_int) -> bool {
    // SAFETY: reads the set.
    unsafe { libc::sigismember(set, signal) == 1 }
}

/// Changes the calling thread's mask. The mask before.
fn set_mask(how: libc::c_int, set: &libc::sigset_t) -> libc::sigset_t {
    let mut before = signal_set(&[]);
    // SAFETY: reads `set` and writes `before`.
    unsafe { libc::pthread_sigmask(how, set, &raw mut before) };
    before
}

/// The signals that are blocked and wait for the calling thread or for the process.
fn waiting() -> libc::sigset_t {
    let mut set = signal_set(&[]);
    // SAFETY: writes `set`.
    unsafe { libc::sigpending(&raw mut set) };
    set
}

/// Removes a blocked signal that waits for the calling thread, if there is one.
fn take_back(signal: libc::c_int) {
    let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: reads the set and the time.
    unsafe { libc::sigtimedwait(&signal_set(&[signal]), ptr::null_mut(), &raw const now) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn raise_and_fail() -> io::Result<()> {
        // SAFETY: raises a signal in this thread.
        unsafe { libc::pthread_kill(libc::pthread_self(), libc::SIGPIPE) };
        Err(io::Error::from_raw_os_error(libc::EPIPE))
    }

    fn on_a_thread(body: impl FnOnce() + Send + 'static) {
        std::thread::spawn(body).join().unwrap();
    }

    #[test]
    fn a_signal_of_a_write_never_arrives() {
        on_a_thread(|| {
            let before = set_mask(libc::SIG_BLOCK, &signal_set(&[]));
            without_signals_of_writes(raise_and_fail).unwrap_err();
            assert!(!contains(&waiting(), libc::SIGPIPE));
            let after = set_mask(libc::SIG_BLOCK, &signal_set(&[]));
            assert_eq!(contains(&before, libc::SIGPIPE), contains(&after, libc::SIGPIPE));
        });
    }

    #[test]
    fn a_signal_of_a_write_is_taken_back_where_the_thread_blocks_it() {
        on_a_thread(|| {
            set_mask(libc::SIG_BLOCK, &signal_set(&[libc::SIGPIPE]));
            without_signals_of_writes(raise_and_fail).unwrap_err();
            assert!(!contains(&waiting(), libc::SIGPIPE));
            assert!(contains(&set_mask(libc::SIG_BLOCK, &signal_set(&[])), libc::SIGPIPE));
        });
    }

    #[test]
    fn a_signal_that_waited_before_a_write_waits_after_it() {
        on_a_thread(|| {
            set_mask(libc::SIG_BLOCK, &signal_set(&[libc::SIGPIPE]));
            raise_and_fail().unwrap_err();
            without_signals_of_writes(raise_and_fail).unwrap_err();
            assert!(contains(&waiting(), libc::SIGPIPE));
            take_back(libc::SIGPIPE);
        });
    }
}
