//! Times at which a thread that waits for a future must poll it again.

use crate::process::clock::{NEVER, now};
use std::cell::Cell;
use std::task::Poll;

thread_local! {
    /// When the calling thread must poll its future again, by the clock of [`now`].
    static WAKE_AT: Cell<u64> = const { Cell::new(NEVER) };
}

/// Ready once the time `at` has come. Until then, [`take`] tells the earliest time to the thread that polls.
pub(super) fn poll_until(at: u64) -> Poll<()> {
    if now() >= at {
        return Poll::Ready(());
    }
    WAKE_AT.set(at.min(WAKE_AT.get()));
    Poll::Pending
}

/// The earliest time that the future asked for that the calling thread has just polled, or [`NEVER`].
pub(crate) fn take() -> u64 {
    WAKE_AT.replace(NEVER)
}
