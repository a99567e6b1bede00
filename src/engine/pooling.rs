//! Pools: room for instances that an engine reserves when it is made.

use crate::error::{Error, ErrorKind, Result};
use wasmtime::{Enabled, PoolingAllocationConfig};

/// The most memories, tables or heaps of a pool. An engine has some bytes for each, whether it is used or not.
const MAX_TOTAL: usize = 1 << 20;

/// The most memories or tables of a module. Wasmtime counts up to the number in the config when a module is freed.
const MAX_PER_MODULE: usize = 1000;

/// The sizes of an engine's pool. 0 selects the default given at each member. The numbers of memories,
/// tables and heaps of all stores together are at most 1,048,576, those of a module at most 1,000.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_pooling_t {
    /// The number of memories of all stores together. A store that holds garbage-collected objects,
    /// such as external references, takes one memory for them. Default: 1000.
    pub total_memories: u32,
    /// The number of tables of all stores together. Default: 1000.
    pub total_tables: u32,
    /// The number of memories that a module may define. Default: 1.
    pub max_memories_per_module: u32,
    /// The number of tables that a module may define. Default: 1.
    pub max_tables_per_module: u32,
    /// The largest size of a memory in bytes. Default: `SAFEWASM_OPTION_MEMORY_RESERVATION`, but at most
    /// 4 GiB. A memory takes the address space of that reservation, whatever this size is.
    pub max_memory_size: usize,
    /// The largest number of elements of a table. Default: 20,000.
    pub table_elements: usize,
    /// The number of bytes at the start of a memory that are set to zero when its store is freed,
    /// and stay allocated for the next store. The rest of the memory is given back to the system.
    /// Setting a few pages to zero is faster than giving them back. Default: none.
    pub linear_memory_keep_resident: usize,
    /// The same for a table. Default: none.
    pub table_keep_resident: usize,
    /// The number of memories that are set to zero together when their stores are freed. Larger
    /// batches take fewer calls to the system, and their room becomes free later. Default: 1.
    pub decommit_batch_size: usize,
    /// The number of heaps of garbage-collected objects of all stores together. A store that holds
    /// such objects takes a memory and a heap. Default: `total_memories`.
    pub total_gc_heaps: u32,
    /// The number of unused memories that stay assigned to the module that had them, which is faster
    /// when the module is instantiated again. Default: 100.
    pub max_unused_warm_slots: u32,
    /// 1 if the system is asked which pages to set to zero, where it can tell (Linux 6.7 or newer). Only
    /// the members that keep pages allocated make use of it. Default: 0, it isn't asked.
    pub pagemap_scan: u32,
}

/// The sizes of a pool, with defaults filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pooling(safewasm_pooling_t);

impl Pooling {
    pub(crate) fn new(asked: safewasm_pooling_t) -> Result<Self> {
        let or = |asked: u32, default| if asked == 0 { default } else { asked };
        let or_size = |asked: usize, default| if asked == 0 { default } else { asked };
        let pooling = safewasm_pooling_t {
            total_memories: or(asked.total_memories, 1000),
            total_tables: or(asked.total_tables, 1000),
            max_memories_per_module: or(asked.max_memories_per_module, 1),
            max_tables_per_module: or(asked.max_tables_per_module, 1),
            table_elements: or_size(asked.table_elements, 20_000),
            decommit_batch_size: or_size(asked.decommit_batch_size, 1),
            total_gc_heaps: or(asked.total_gc_heaps, or(asked.total_memories, 1000)),
            max_unused_warm_slots: or(asked.max_unused_warm_slots, 100),
            ..asked
        };
        let sizes = [
            ("total_memories", pooling.total_memories as usize, MAX_TOTAL),
            ("total_tables", pooling.total_tables as usize, MAX_TOTAL),
            ("total_gc_heaps", pooling.total_gc_heaps as usize, MAX_TOTAL),
            ("max_memories_per_module", pooling.max_memories_per_module as usize, MAX_PER_MODULE),
            ("max_tables_per_module", pooling.max_tables_per_module as usize, MAX_PER_MODULE),
            ("max_memory_size", pooling.max_memory_size, 4 << 30),
            ("linear_memory_keep_resident", pooling.linear_memory_keep_resident, 4 << 30),
            ("table_keep_resident", pooling.table_keep_resident, 4 << 30),
            ("pagemap_scan", pooling.pagemap_scan as usize, 1),
            ("table_elements", pooling.table_elements, u32::MAX as usize),
        ];
        for (name, size, most) in sizes {
            if size > most {
                return Err(Error::new(
                    ErrorKind::INVALID_ARGUMENT,
                    format!("`pooling->{name}` is {size}; it must be at most {most}"),
                ));
            }
        }
        Ok(Self(pooling))
    }

    /// The largest size of a memory, where memories have `reservation`.
    pub(crate) fn max_memory_size(self, reservation: u64) -> usize {
        match self.0.max_memory_size {
            0 => reservation.min(4 << 30) as usize,
            asked => asked,
        }
    }

    /// The configuration of Wasmtime's pool, where memories have `reservation`.
    pub(crate) fn wasmtime(self, reservation: u64) -> PoolingAllocationConfig {
        let mut config = PoolingAllocationConfig::new();
        config
            // No limit: instances themselves are ordinary allocations. Their memories and tables are limited.
            .total_core_instances(u32::MAX)
            .max_core_instance_size(1 << 30)
            .total_memories(self.0.total_memories)
            .total_tables(self.0.total_tables)
            .total_gc_heaps(self.0.total_gc_heaps)
            .max_memories_per_module(self.0.max_memories_per_module)
            .max_tables_per_module(self.0.max_tables_per_module)
            .max_memory_size(self.max_memory_size(reservation))
            .table_elements(self.0.table_elements)
            .linear_memory_keep_resident(self.0.linear_memory_keep_resident)
            .table_keep_resident(self.0.table_keep_resident)
            .decommit_batch_size(self.0.decommit_batch_size)
            .max_unused_warm_slots(self.0.max_unused_warm_slots)
            .pagemap_scan(if self.0.pagemap_scan == 1 { Enabled::Auto } else { Enabled::No });
        config
    }
}
