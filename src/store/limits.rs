//! The limits of a store: the most memory, table elements and instances that it may have.

use crate::error::{Error, ErrorKind, Result};
use wasmtime::ResourceLimiter;

/// The limits of a store, and how much of them is used.
pub(crate) struct Limits {
    pub(crate) memory: Budget,
    pub(crate) table: Budget,
    pub(crate) instances: Budget,
}

/// A limit, and how much of it is used.
///
/// Wasmtime reports growth before it happens, and doesn't always report that it failed. Requests beyond the
/// address space are not charged ([`Budget::grow`]), and a failed request of the host is refunded
/// ([`Limits::refund`]). A request of wasm that the system refuses stays charged.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) limit: u64,
    used: u64,
}

impl Budget {
    /// Charges for growth from `current` to `desired`. False refuses the growth: it is beyond the limit, or
    /// `desired` is more than `possible`.
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
            // Wasmtime refuses this itself, so it isn't charged.
            return true;
        }
        self.charge(more)
    }

    fn charge(&mut self, more: u64) -> bool {
        // Allowed even if the store has more than a limit that was set later.
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
    /// Charges for an instance, or refuses it.
    pub(crate) fn charge_instance(&mut self) -> Result<()> {
        if self.instances.charge(1) {
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

    /// How much of each limit is used, for [`Self::refund`].
    pub(crate) fn used(&self) -> [u64; 3] {
        [self.memory.used, self.table.used, self.instances.used]
    }

    /// Refunds everything that was charged since [`Self::used`] returned this.
    pub(crate) fn refund(&mut self, [memory, table, instances]: [u64; 3]) {
        self.memory.used = memory;
        self.table.used = table;
        self.instances.used = instances;
    }
}

/// No memory has more bytes than this, and no table more elements: it is the size of the address space.
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

    /// No limit here, since Wasmtime reads this only once. [`Limits::charge_instance`] counts instances.
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
