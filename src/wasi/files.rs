//! The limits on a guest's files: how many are open, and how much is written.

use super::types::Errno;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a new name in a folder costs, in bytes.
pub(super) const NAME: u64 = 4096;

/// The files that a guest has opened, and its limits.
pub(super) struct Files {
    /// What modules have opened, by their file descriptors.
    opened: HashMap<u32, Opened>,
    /// What components have opened, by their resources.
    resources: HashMap<u32, Opened>,
    /// Each open file or folder has a copy.
    counter: Arc<()>,
    most_open: usize,
    pub(super) budget: Budget,
}

/// An open file or folder, which counts until the last copy is dropped.
#[derive(Clone)]
pub(super) struct Opened(#[expect(dead_code, reason = "it counts")] Arc<Counted>);

/// What an open file or folder counts by.
struct Counted(#[expect(dead_code, reason = "it counts")] Arc<()>);

/// How many bytes a guest may still write to folders.
#[derive(Clone)]
pub(super) struct Budget(Option<Arc<AtomicU64>>);

impl Files {
    pub(super) fn new(open_limit: u32, written_limit: Option<u64>) -> Self {
        Self {
            opened: HashMap::new(),
            resources: HashMap::new(),
            counter: Arc::new(()),
            most_open: open_limit as usize,
            budget: Budget(written_limit.map(|limit| Arc::new(AtomicU64::new(limit)))),
        }
    }

    /// Whether one more may be open.
    pub(super) fn has_room(&self) -> bool {
        Arc::strong_count(&self.counter) <= self.most_open
    }

    pub(super) fn check_open(&self) -> Result<(), Errno> {
        if self.has_room() { Ok(()) } else { Err(Errno::Mfile) }
    }

    fn count(&self) -> Opened {
        Opened(Arc::new(Counted(Arc::clone(&self.counter))))
    }

    pub(super) fn open(&mut self, fd: u32) {
        self.opened.insert(fd, self.count());
    }

    pub(super) fn close(&mut self, fd: u32) {
        self.opened.remove(&fd);
    }

    /// The descriptor `from` has become `to`, which is closed.
    pub(super) fn renumber(&mut self, from: u32, to: u32) {
        let opened = self.opened.remove(&from);
        self.opened.remove(&to);
        if let Some(opened) = opened {
            self.opened.insert(to, opened);
        }
    }

    pub(super) fn open_resource(&mut self, resource: u32) {
        self.resources.insert(resource, self.count());
    }

    pub(super) fn resource(&self, resource: u32) -> Option<Opened> {
        self.resources.get(&resource).cloned()
    }

    pub(super) fn close_resource(&mut self, resource: u32) {
        self.resources.remove(&resource);
    }

    /// Whether the bytes that are written to the descriptor count.
    pub(super) fn counts(&self, fd: u32) -> bool {
        self.budget.0.is_some() && self.opened.contains_key(&fd)
    }

    /// Checks that `bytes` more may be written.
    pub(super) fn check_written(&self, bytes: u64) -> Result<(), Errno> {
        if self.budget.has(bytes) { Ok(()) } else { Err(Errno::Nospc) }
    }

    pub(super) fn charge(&self, bytes: u64) {
        self.budget.charge(bytes);
    }
}

impl Budget {
    pub(super) fn has(&self, bytes: u64) -> bool {
        self.0.as_ref().is_none_or(|left| bytes <= left.load(Ordering::Relaxed))
    }

    pub(super) fn charge(&self, bytes: u64) {
        // Only the thread in the guest's store writes.
        if let Some(left) = &self.0 {
            left.store(left.load(Ordering::Relaxed).saturating_sub(bytes), Ordering::Relaxed);
        }
    }
}
