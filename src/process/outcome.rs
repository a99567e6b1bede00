//! The outcome of a job that a thread of the library does, and waiting for it.

use super::{Failure, forks};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The outcome of a job, once it has ended.
pub(crate) struct Outcome<T> {
    /// The generation of the operating system's process in which the job's thread is.
    generation: u32,
    value: OnceLock<T>,
    /// Locked while a thread begins to wait for the outcome. Never locked in a forked child.
    waiting: Mutex<()>,
    ended: Condvar,
}

impl<T> Outcome<T> {
    /// The outcome of a job that a thread of this process is going to do.
    pub(crate) fn new() -> Self {
        Self {
            generation: forks::generation(),
            value: OnceLock::new(),
            waiting: Mutex::new(()),
            ended: Condvar::new(),
        }
    }

    /// Ends the job, for those that wait too.
    pub(crate) fn set(&self, value: T) {
        let _ = self.value.set(value);
        // A thread that saw no outcome waits for the condition by now.
        drop(self.waiting.lock());
        self.ended.notify_all();
    }

    /// The outcome, or `None` if the job goes on. A failure if it goes on in the parent of this forked child;
    /// `what` names the job, and `doing` says what it does there.
    pub(crate) fn get(&self, what: &str, doing: &str) -> Result<Option<&T>, Failure> {
        match self.value.get() {
            None if self.generation != forks::generation() => Err(Failure::Unsupported(format!(
                "`{what}` was started before this program was forked, and {doing} in the parent only"
            ))),
            value => Ok(value),
        }
    }

    /// Waits for the outcome, which isn't in the parent of a forked child, or for `timeout` nanoseconds.
    pub(crate) fn wait(&self, timeout: u64) -> Option<&T> {
        let end = match timeout {
            u64::MAX => None,
            _ => Instant::now().checked_add(Duration::from_nanos(timeout)),
        };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(value) = self.value.get() {
                return Some(value);
            }
            waiting = match end.map(|end| end.saturating_duration_since(Instant::now())) {
                None => self.ended.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return None,
                Some(left) => {
                    let woken = self.ended.wait_timeout(waiting, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}
