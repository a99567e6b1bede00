//! The clock of deadlines and time limits.

use std::sync::LazyLock;
use std::time::Instant;

/// Stands for no time, and for no epoch.
pub(crate) const NEVER: u64 = u64::MAX;

/// Nanoseconds since the first call of this function.
pub(crate) fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_nanos() as u64
}
