//! The limits of a store: the most memory, table elements and instances that it may have.

use crate::error::convert::came_through_wasm;
use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use std::fmt;
use wasmtime::ResourceLimiter;

/// The limits of a store, and how much of them is used.
pub(crate) struct Limits {
    pub(crate) memory: Budget,
    pub(crate) table: Budget,
    pub(crate) instances: Budget,
    /// Why the last request was refused, if it was.
    refused: Option<Refusal>,
}

/// Why a request for memory or for elements of a table was refused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refusal {
    MemoryLimit(Budget),
    TableLimit(Budget),
    AddressSpace,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (of, unit, Budget { limit, used }) = match self {
            Self::MemoryLimit(budget) => ("memory", "byte", budget),
            Self::TableLimit(budget) => ("table", "element", budget),
            Self::AddressSpace => return f.write_str("no process has that much address space"),
        };
        let limit = count(*limit, unit);
        write!(
            f,
            "the store's {of} limit is {limit}, of which {used} are used; see \
             `safewasm_store_set_{of}_limit`"
        )
    }
}

impl std::error::Error for Refusal {}

/// A limit, and how much of it is used.
///
/// Wasmtime reports growth before it happens, and doesn't always report that it failed. Requests beyond the
/// address space are not charged ([`Budget::grow`]), and a failed request of the host is refunded
/// ([`Limits::refund`]). A request of wasm that the system refuses stays charged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) limit: u64,
    used: u64,
}

impl Budget {
    /// Charges for growth from `current` to `desired`, or refuses it: it is beyond the limit (`reason` is then
    /// the refusal), or `desired` is more than `possible`.
    fn grow(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
        possible: u64,
        reason: fn(Self) -> Refusal,
    ) -> Result<(), Refusal> {
        let more = desired.saturating_sub(current) as u64;
        if desired as u64 > possible {
            return Err(Refusal::AddressSpace);
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            // Wasmtime refuses this itself, so it isn't charged.
            return Ok(());
        }
        if self.charge(more) { Ok(()) } else { Err(reason(*self)) }
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
        Self {
            memory: free,
            table: free,
            instances: Budget { limit: 10_000, used: 0 },
            refused: None,
        }
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
                "the store has had {}, which is its limit; see `safewasm_store_set_instance_limit`",
                count(self.instances.limit, "instance")
            ),
        ))
    }

    /// How much of each limit is used, for [`Self::refund`]. Begins an operation, for [`Self::explain`].
    pub(crate) fn begin(&mut self) -> [u64; 3] {
        self.refused = None;
        [self.memory.used, self.table.used, self.instances.used]
    }

    /// Refunds everything that was charged since [`Self::begin`] returned this.
    pub(crate) fn refund(&mut self, [memory, table, instances]: [u64; 3]) {
        self.memory.used = memory;
        self.table.used = table;
        self.instances.used = instances;
    }

    /// Wasmtime's error of an operation that failed, with the [`Refusal`] that is its cause, if one is.
    #[cold]
    pub(crate) fn explain(&self, error: wasmtime::Error) -> wasmtime::Error {
        match self.refused {
            Some(refusal) if !came_through_wasm(&error) => {
                wasmtime::Error::new(refusal).context(error.to_string())
            }
            _ => error,
        }
    }

    /// Keeps the reason if a request was refused. Returns whether it was granted, as Wasmtime asks.
    fn note(&mut self, outcome: Result<(), Refusal>) -> bool {
        self.refused = outcome.err();
        self.refused.is_none()
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
        let grown = self.memory.grow(current, desired, maximum, MOST_BYTES, Refusal::MemoryLimit);
        Ok(self.note(grown))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let grown = self.table.grow(current, desired, maximum, MOST_ELEMENTS, Refusal::TableLimit);
        Ok(self.note(grown))
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

/// The error for a memory or table `name`, of `size` pages or elements (`unit` is the noun), that can't grow
/// by `delta`. `error` is Wasmtime's.
#[cold]
pub(crate) fn cannot_grow(
    name: &str,
    delta: u64,
    unit: &str,
    size: u64,
    max: Option<u64>,
    error: &wasmtime::Error,
) -> Error {
    let wanted = size.saturating_add(delta);
    let why = match (max.filter(|&max| wanted > max), error.downcast_ref::<Refusal>()) {
        (Some(max), _) => format!("its maximum is {max}"),
        (None, Some(refusal)) => refusal.to_string(),
        (None, None) => "the system, or the engine's pool, has no room for more".to_owned(),
    };
    Error::new(
        ErrorKind::LIMIT,
        format!("`{name}` can't grow by {}: it has {size}, and {why}", count(delta, unit)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_growing_says_why() {
        let grown = |max, error: wasmtime::Error| {
            cannot_grow("memory", 1, "page", 1, max, &error).message().to_owned()
        };
        let (other, full) = (|| wasmtime::Error::msg("mmap"), Budget { limit: 9, used: 8 });
        assert_eq!(
            grown(Some(1), other()),
            "`memory` can't grow by 1 page: it has 1, and its maximum is 1"
        );
        for max in [None, Some(3)] {
            assert!(grown(max, other()).ends_with("the engine's pool, has no room for more"));
            assert_eq!(
                grown(max, wasmtime::Error::new(Refusal::MemoryLimit(full)).context("other")),
                "`memory` can't grow by 1 page: it has 1, and the store's memory limit is 9 bytes, of \
                 which 8 are used; see `safewasm_store_set_memory_limit`"
            );
        }
    }
}
