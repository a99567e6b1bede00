//! Errors of the library on their way through wasm.

use super::{Error, ErrorKind, Report};
use std::fmt;
use std::sync::Arc;

/// An error of the library's on its way through wasm: what a host function returned, or that the call is
/// interrupted.
#[derive(Debug)]
pub(crate) struct HostFailure {
    pub(crate) report: Arc<Report>,
    is_interrupt: bool,
}

impl HostFailure {
    /// Why a call is interrupted.
    #[cold]
    pub(crate) fn interrupt(why: &str) -> Self {
        Self { is_interrupt: true, ..Self::from(Error::interrupt(why)) }
    }

    /// Whether it interrupts the call, and is nothing that a host function returned.
    pub(crate) fn is_interrupt(&self) -> bool {
        self.is_interrupt
    }

    /// For when a panic happened in the store meanwhile.
    #[cold]
    pub(crate) fn poisoned() -> Self {
        Self::from(Error::new(
            ErrorKind::STORE_POISONED,
            "an internal error happened in the store while it was in a host function",
        ))
    }
}

impl From<Arc<Report>> for HostFailure {
    fn from(report: Arc<Report>) -> Self {
        Self { report, is_interrupt: false }
    }
}

impl From<Error> for HostFailure {
    fn from(error: Error) -> Self {
        Self::from(Arc::<Report>::from(error))
    }
}

impl fmt::Display for HostFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.report.message.as_str())
    }
}

impl std::error::Error for HostFailure {}
