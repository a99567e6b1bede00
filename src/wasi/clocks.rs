//! The clocks of a guest.

use super::timer;
use super::types::{Clockid, Errno, Timestamp};
use crate::process::clock::{NEVER, now};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime};

/// The clocks of a guest.
#[derive(Clone)]
pub(super) enum Clocks {
    /// The system's. The monotonic clock counts from `start`, by the clock of [`now`].
    System { start: u64 },
    /// Only sleeping advances them.
    Fixed(Arc<FixedClocks>),
}

pub(super) struct FixedClocks {
    unix: u64,
    elapsed: AtomicU64,
    /// The earliest time that a wait has asked for, or [`NEVER`].
    wanted: AtomicU64,
}

impl Clocks {
    /// The clocks of a guest that begins now. They are fixed at a Unix time in nanoseconds, if there is one.
    pub(super) fn new(fixed: Option<u64>) -> Self {
        match fixed {
            None => Self::System { start: now() },
            Some(unix) => {
                let (elapsed, wanted) = (AtomicU64::new(0), AtomicU64::new(NEVER));
                Self::Fixed(Arc::new(FixedClocks { unix, elapsed, wanted }))
            }
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
        self.since_1970().as_nanos().try_into().map_err(|_| Errno::Overflow)
    }

    /// What the realtime clock shows.
    pub(super) fn since_1970(&self) -> Duration {
        match self {
            // A clock that is before 1970 shows 1970.
            Self::System { .. } => {
                SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
            }
            Self::Fixed(fixed) => {
                Duration::from_nanos(fixed.unix) + Duration::from_nanos(fixed.elapsed())
            }
        }
    }

    pub(super) fn monotonic(&self) -> Timestamp {
        match self {
            Self::System { start } => now() - start,
            Self::Fixed(fixed) => fixed.elapsed(),
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
            Self::Fixed(_) => None,
        }
    }

    /// Advances fixed clocks, as if the guest had slept.
    pub(super) fn sleep_until(&self, due: Timestamp) {
        if let Self::Fixed(fixed) = self {
            fixed.elapsed.fetch_max(due, Ordering::Relaxed);
        }
    }

    /// Ready once the monotonic clock shows `due`. Fixed clocks show it when [`Self::advance_during`] advances them.
    pub(super) fn poll_until(&self, due: Timestamp) -> Poll<()> {
        match self {
            Self::System { start } => timer::poll_until(start.saturating_add(due)),
            Self::Fixed(fixed) if due <= fixed.elapsed() => Poll::Ready(()),
            Self::Fixed(fixed) => {
                fixed.wanted.fetch_min(due, Ordering::Relaxed);
                Poll::Pending
            }
        }
    }

    /// Runs `body`, which waits for several things. While none is ready, fixed clocks advance to the earliest time
    /// that is among them.
    pub(super) async fn advance_during<R>(&self, body: impl Future<Output = R>) -> R {
        let mut body = pin!(body);
        self.take_wanted();
        poll_fn(|context| {
            loop {
                let polled = body.as_mut().poll(context);
                match self.take_wanted() {
                    Some(due) if polled.is_pending() => self.sleep_until(due),
                    _ => return polled,
                }
            }
        })
        .await
    }

    fn take_wanted(&self) -> Option<Timestamp> {
        let Self::Fixed(fixed) = self else { return None };
        Some(fixed.wanted.swap(NEVER, Ordering::Relaxed)).filter(|due| *due != NEVER)
    }
}

impl FixedClocks {
    fn elapsed(&self) -> Timestamp {
        self.elapsed.load(Ordering::Relaxed)
    }
}
