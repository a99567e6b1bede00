//! Bytes that the program gives to a guest as its standard input.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes, and how many of them the guest has read.
#[derive(Debug)]
pub(crate) struct GivenBytes {
    bytes: Vec<u8>,
    position: AtomicUsize,
}

impl GivenBytes {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, position: AtomicUsize::new(0) }
    }

    /// Copies the next bytes, as many as there are and have room. The number; 0 at the end.
    pub(super) fn read(&self, room: &mut [u8]) -> usize {
        // Only the thread in the guest's store reads.
        let position = self.position.load(Ordering::Relaxed);
        let rest = &self.bytes[position..];
        let len = rest.len().min(room.len());
        room[..len].copy_from_slice(&rest[..len]);
        self.position.store(position + len, Ordering::Relaxed);
        len
    }
}
