//! The limits on a guest's files: how many are open, and how much is written.

use super::types::Errno;
use std::collections::HashSet;

/// What a new name in a folder costs, in bytes.
pub(super) const NAME: u64 = 4096;

/// The files that a guest has opened, and its limits.
pub(super) struct Files {
    /// The descriptors of the files and folders that it has opened itself.
    opened: HashSet<u32>,
    most_open: usize,
    /// How many bytes it may still write to folders; `None` without a limit.
    left: Option<u64>,
}

impl Files {
    pub(super) fn new(open_limit: u32, written_limit: Option<u64>) -> Self {
        Self { opened: HashSet::new(), most_open: open_limit as usize, left: written_limit }
    }

    pub(super) fn check_open(&self) -> Result<(), Errno> {
        if self.opened.len() < self.most_open { Ok(()) } else { Err(Errno::Mfile) }
    }

    pub(super) fn open(&mut self, fd: u32) {
        self.opened.insert(fd);
    }

    pub(super) fn close(&mut self, fd: u32) {
        self.opened.remove(&fd);
    }

    /// The descriptor `from` has become `to`, which is closed.
    pub(super) fn renumber(&mut self, from: u32, to: u32) {
        let is_opened = self.opened.remove(&from);
        self.opened.remove(&to);
        if is_opened {
            self.opened.insert(to);
        }
    }

    /// Whether the bytes that are written to the descriptor count.
    pub(super) fn counts(&self, fd: u32) -> bool {
        self.left.is_some() && self.opened.contains(&fd)
    }

    /// Checks that `bytes` more may be written.
    pub(super) fn check_written(&self, bytes: u64) -> Result<(), Errno> {
        match self.left {
            Some(left) if left < bytes => Err(Errno::Nospc),
            _ => Ok(()),
        }
    }

    pub(super) fn charge(&mut self, bytes: u64) {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(bytes);
        }
    }
}
