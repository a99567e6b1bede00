//! The limits of a store: how much memory, how many table elements and instances it may have.

use crate::boundary::boundary;
use crate::error::{Result, safewasm_error_t};
use crate::registry;
use crate::store::{Entered, StoreData, safewasm_store_t};
use wasmtime::ResourceLimiter;

/// What a store may have, and has.
pub(crate) struct Limits {
    memory: Budget,
    table: Budget,
    instances: u64,
}

/// So much of something, of which some is used.
struct Budget {
    limit: u64,
    used: u64,
    /// What was granted last, which is given back if Wasmtime then can't grow.
    last: u64,
}

impl Budget {
    const FREE: Self = Self { limit: u64::MAX, used: 0, last: 0 };

    fn grow(&mut self, current: usize, desired: usize) -> bool {
        let more = desired.saturating_sub(current) as u64;
        let used = self.used.saturating_add(more);
        let granted = used <= self.limit;
        self.last = if granted { more } else { 0 };
        self.used += self.last;
        granted
    }

    fn give_back(&mut self) {
        self.used -= std::mem::take(&mut self.last);
    }
}

impl Default for Limits {
    fn default() -> Self {
        // The number of instances is Wasmtime's own default.
        Self { memory: Budget::FREE, table: Budget::FREE, instances: 10_000 }
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.memory.grow(current, desired))
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory.give_back();
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.table.grow(current, desired))
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.table.give_back();
        Ok(())
    }

    fn instances(&self) -> usize {
        usize::try_from(self.instances).unwrap_or(usize::MAX)
    }

    fn tables(&self) -> usize {
        usize::MAX
    }

    fn memories(&self) -> usize {
        usize::MAX
    }
}

fn set(store: *mut safewasm_store_t, set: impl FnOnce(&mut StoreData)) -> Result<()> {
    let mut stay = registry::enter_store(store, "store")?;
    set(stay.context().data_mut());
    Ok(())
}

/// Sets how many bytes all memories of the store may have together; `UINT64_MAX`, as at the start,
/// means as many as there are. Growing beyond it fails: `memory.grow` gives -1, an instance or memory
/// that needs more is an error of kind `SAFEWASM_ERROR_LIMIT`. What the store has already stays.
/// Structures and arrays of wasm's count too; shared memories, which belong to no store, don't.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_memory_limit(
    store: *mut safewasm_store_t,
    bytes: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.memory.limit = bytes))
}

/// Sets how many elements all tables of the store may have together; `UINT64_MAX`, as at the start,
/// means as many as there are. Growing beyond it fails: `table.grow` gives -1, an instance or table
/// that needs more is an error of kind `SAFEWASM_ERROR_LIMIT`. What the store has already stays.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_table_limit(
    store: *mut safewasm_store_t,
    elements: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.table.limit = elements))
}

/// Sets how many instances may be made in the store: 10,000 at the start. One more is an error of
/// kind `SAFEWASM_ERROR_LIMIT`. Those whose handles were deleted count, as they live on in the store.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_instance_limit(
    store: *mut safewasm_store_t,
    instances: u64,
) -> *mut safewasm_error_t {
    boundary((), || set(store, |data| data.limits.instances = instances))
}
