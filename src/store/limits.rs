//! The limits of a store: how much memory, how many table elements and instances it may have.

use crate::error::{Error, ErrorKind, Result};
use wasmtime::ResourceLimiter;

/// What a store may have, and has.
pub(crate) struct Limits {
    pub(crate) memory: Budget,
    pub(crate) table: Budget,
    pub(crate) instances: Budget,
}

/// So much of something, of which some is used.
///
/// Wasmtime says before something grows, but not always whether it then could. So what can't be had is
/// not counted ([`Budget::grow`]), and what the program asked for in vain is taken back as a whole
/// ([`Limits::refund`]). Where wasm asks and the system refuses it stays counted.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) limit: u64,
    used: u64,
}

impl Budget {
    /// Whether `current` may become `desired`, with at most `possible` at once.
    fn grow(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
        possible: u64,
    ) -> bool {
        let more = desired.saturating_sub(current) as u64;
        if desired as u64 > possible {
            return false;
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            // For Wasmtime to refuse.
            return true;
        }
        self.take(more)
    }

    fn take(&mut self, more: u64) -> bool {
        // Also of a store that has more than a limit that was set later.
        if more == 0 {
            return true;
        }
        match self.used.checked_add(more) {
            Some(used) if used <= self.limit => {
                self.used = used;
                true
            }
            _ => false,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let free = Budget { limit: u64::MAX, used: 0 };
        // Wasmtime's own default.
        Self { memory: free, table: free, instances: Budget { limit: 10_000, used: 0 } }
    }
}

impl Limits {
    /// Counts an instance, or refuses it.
    pub(crate) fn take_instance(&mut self) -> Result<()> {
        if self.instances.take(1) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::LIMIT,
            format!(
                "the store has had {} instances, which is its limit; see \
                 `safewasm_store_set_instance_limit`",
                self.instances.limit
            ),
        ))
    }

    /// What is used now, to take back what is used from now on.
    pub(crate) fn used(&self) -> [u64; 3] {
        [self.memory.used, self.table.used, self.instances.used]
    }

    /// Takes back what was used since.
    pub(crate) fn refund(&mut self, [memory, table, instances]: [u64; 3]) {
        self.memory.used = memory;
        self.table.used = table;
        self.instances.used = instances;
    }
}

/// More bytes than an address space has, and more elements than fit into one.
const MOST_BYTES: u64 = 1 << 47;

const MOST_ELEMENTS: u64 = MOST_BYTES / size_of::<usize>() as u64;

impl ResourceLimiter for Limits {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.memory.grow(current, desired, maximum, MOST_BYTES))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.table.grow(current, desired, maximum, MOST_ELEMENTS))
    }

    /// Counted by [`Limits::take_instance`]: Wasmtime asks for this once only.
    fn instances(&self) -> usize {
        usize::MAX
    }

    fn tables(&self) -> usize {
        usize::MAX
    }

    fn memories(&self) -> usize {
        usize::MAX
    }
}
