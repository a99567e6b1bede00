//! The limits of a store as the library documents them: one for all memories together, one for all tables
//! together.

use crate::plan::Plan;
use wasmtime::{ResourceLimiter, Result};

pub struct Budgets {
    memory: Budget,
    table: Budget,
}

struct Budget {
    limit: u64,
    used: u64,
}

impl Budget {
    fn grow(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> bool {
        if maximum.is_some_and(|maximum| desired > maximum) {
            // Wasmtime refuses this itself.
            return true;
        }
        match self.used.checked_add((desired - current) as u64) {
            Some(used) if used <= self.limit => {
                self.used = used;
                true
            }
            _ => false,
        }
    }
}

impl Budgets {
    pub fn new(plan: &Plan) -> Self {
        Self {
            memory: Budget { limit: plan.memory_limit, used: 0 },
            table: Budget { limit: plan.table_limit, used: 0 },
        }
    }

    pub fn used(&self) -> [u64; 2] {
        [self.memory.used, self.table.used]
    }

    /// Goes back to an earlier use, after something failed.
    pub fn take_back(&mut self, [memory, table]: [u64; 2]) {
        self.memory.used = memory;
        self.table.used = table;
    }
}

impl ResourceLimiter for Budgets {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        Ok(self.memory.grow(current, desired, maximum))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        Ok(self.table.grow(current, desired, maximum))
    }

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
