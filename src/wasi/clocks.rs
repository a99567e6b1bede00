//! The clocks of a guest.

use super::types::{Clockid, Errno, Timestamp};
use crate::process::clock::now;
use std::time::SystemTime;

/// The clocks of a guest.
pub(super) enum Clocks {
    /// The system's. The monotonic clock counts from `start`, by the clock of [`now`].
    System { start: u64 },
    /// Only sleeping advances them.
    Fixed { unix: u64, elapsed: u64 },
}

impl Clocks {
    /// The clocks of a guest that begins now. They are fixed at a Unix time in nanoseconds, if there is one.
    pub(super) fn new(fixed: Option<u64>) -> Self {
        match fixed {
            None => Self::System { start: now() },
            Some(unix) => Self::Fixed { unix, elapsed: 0 },
        }
    }

    pub(super) fn resolution(id: Clockid) -> Result<Timestamp, Errno> {
        match id {
            Clockid::Realtime | Clockid::Monotonic => Ok(1),
            Clockid::ProcessCputimeId | Clockid::ThreadCputimeId => Err(Errno::Inval),
        }
    }

    pub(super) fn time(&self, id: Clockid) -> Result<Timestamp, Errno> {
        match id {
            Clockid::Realtime => self.realtime(),
            Clockid::Monotonic => Ok(self.monotonic()),
            Clockid::ProcessCputimeId | Clockid::ThreadCputimeId => Err(Errno::Inval),
        }
    }

    fn realtime(&self) -> Result<Timestamp, Errno> {
        match self {
            Self::System { .. } => {
                // A clock that is before 1970 shows 1970.
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                let nanoseconds = since.map_or(0, |since| since.as_nanos());
                nanoseconds.try_into().map_err(|_| Errno::Overflow)
            }
            Self::Fixed { unix, elapsed } => unix.checked_add(*elapsed).ok_or(Errno::Overflow),
        }
    }

    pub(super) fn monotonic(&self) -> Timestamp {
        match self {
            Self::System { start } => now() - start,
            Self::Fixed { elapsed, .. } => *elapsed,
        }
    }

    /// The time of the monotonic clock at which a clock shows `timeout`, or at which that much time has passed.
    pub(super) fn due(
        &self,
        id: Clockid,
        timeout: Timestamp,
        is_absolute: bool,
    ) -> Result<Timestamp, Errno> {
        let left = match id {
            Clockid::Monotonic if is_absolute => return Ok(timeout),
            Clockid::Realtime if is_absolute => timeout.saturating_sub(self.realtime()?),
            Clockid::Realtime | Clockid::Monotonic => timeout,
            Clockid::ProcessCputimeId | Clockid::ThreadCputimeId => return Err(Errno::Inval),
        };
        Ok(self.monotonic().saturating_add(left))
    }

    /// The time of the library's clock at which the monotonic clock shows `due`. `None` if only sleeping
    /// advances it.
    pub(super) fn waits_until(&self, due: Timestamp) -> Option<u64> {
        match self {
            Self::System { start } => Some(start.saturating_add(due)),
            Self::Fixed { .. } => None,
        }
    }

    /// Advances fixed clocks, as if the guest had slept.
    pub(super) fn sleep_until(&mut self, due: Timestamp) {
        if let Self::Fixed { elapsed, .. } = self {
            *elapsed = due.max(*elapsed);
        }
    }
}
