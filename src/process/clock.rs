//! The clock of deadlines and time limits.

use std::sync::LazyLock;
use std::time::Instant;

/// In place of a time or epoch: there is none.
pub(crate) const NEVER: u64 = u64::MAX;

/// Nanoseconds since the library was first asked.
pub(crate) fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_nanos() as u64
}
