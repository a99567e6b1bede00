//! Output buffers: keep what guests write until the program takes it.

use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_buffer_t};
use crate::process::forks::{ObjectGuard, ObjectLock};
use std::sync::PoisonError;

/// The object behind the handle of an output buffer. Several streams may write to it, and any thread may take
/// what they wrote.
pub(crate) struct OutputBuffer {
    bytes: ObjectLock<Vec<u8>>,
    limit: u64,
}

impl SharedKind for safewasm_buffer_t {
    type Object = OutputBuffer;
}

impl OutputBuffer {
    /// An empty buffer that holds at most `limit` bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self { bytes: ObjectLock::default(), limit }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes().len()
    }

    /// Removes all bytes from the buffer.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.bytes())
    }

    /// Appends the first of `bytes`, as many as have room, and at least one. The stream `name` writes them.
    pub(super) fn write(&self, bytes: &[u8], name: &str) -> Result<usize> {
        let mut held = self.bytes();
        let room = usize::try_from(self.limit).unwrap_or(usize::MAX).saturating_sub(held.len());
        let len = bytes.len().min(room);
        if len == 0 {
            return Err(Error::new(
                ErrorKind::LIMIT,
                format!(
                    "the program wrote more to {name} than its output buffer may hold, {} bytes",
                    self.limit
                ),
            ));
        }
        held.try_reserve(len).map_err(|_| {
            Error::new(
                ErrorKind::OUT_OF_MEMORY,
                format!("out of memory for what the program writes to {name}"),
            )
        })?;
        held.extend_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn bytes(&self) -> ObjectGuard<'_, Vec<u8>> {
        // No panic leaves the bytes half written.
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
