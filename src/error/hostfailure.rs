//! Errors of the library on their way through wasm.

use super::{Error, ErrorKind, Report};
use std::fmt;
use std::sync::Arc;

/// An error on its way through wasm: the error that a host function returned, or an interrupt of the call.
#[derive(Debug)]
pub(crate) struct HostFailure {
    pub(crate) report: Arc<Report>,
    is_interrupt: bool,
}

impl HostFailure {
    /// The failure that interrupts a call, for the reason `why`.
    #[cold]
    pub(crate) fn interrupt(why: &str) -> Self {
        Self { is_interrupt: true, ..Self::from(Error::interrupt(why)) }
    }

    /// Whether it interrupts the call. If not, a host function returned it.
    pub(crate) fn is_interrupt(&self) -> bool {
        self.is_interrupt
    }

    /// The failure of a call in whose host function a panic happened in the store.
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
