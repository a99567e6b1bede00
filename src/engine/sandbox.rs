//! Sandboxes: the limits for guests that nobody trusts, with safe defaults.

use crate::engine::settings::Settings;

/// The limits of a sandbox, for guests that nobody trusts. 0 selects the default given at each
/// member, and the largest number that a member can hold means no limit.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct safewasm_sandbox_t {
    /// How long the calls in a store may take together, in nanoseconds, from the first one on.
    /// Default: 10 seconds.
    pub timeout: u64,
    /// The number of instructions that wasm may execute in a store. Default: no limit.
    pub fuel: u64,
    /// The number of bytes that all memories of a store may have together. Default: 256 MiB.
    pub memory_limit: u64,
    /// The number of elements that all tables of a store may have together. Default: 100,000.
    pub table_limit: u64,
    /// The number of instances that may be made in a store. Default: 100.
    pub instance_limit: u64,
    /// The number of bytes that a module may have. Default: 16 MiB.
    pub max_module_size: usize,
    /// The number of functions that a module may define. Default: 50,000.
    pub max_module_functions: usize,
    /// The number of bytes that a program for WASI may write to its folders. Default: 256 MiB.
    pub written_limit: u64,
    /// The number of bytes that a program for WASI may write to its standard output and standard error
    /// together. Default: 64 MiB.
    pub output_limit: u64,
    /// The number of files and folders that a program for WASI may have open at once. Default: 100.
    pub open_limit: u32,
}

/// A sandbox with defaults filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sandbox(safewasm_sandbox_t);

impl Sandbox {
    pub(crate) fn new(asked: safewasm_sandbox_t) -> Self {
        let or = |asked: u64, default| if asked == 0 { default } else { asked };
        let or_size = |asked: usize, default| if asked == 0 { default } else { asked };
        Self(safewasm_sandbox_t {
            timeout: or(asked.timeout, 10_000_000_000),
            fuel: or(asked.fuel, u64::MAX),
            memory_limit: or(asked.memory_limit, 256 << 20),
            table_limit: or(asked.table_limit, 100_000),
            instance_limit: or(asked.instance_limit, 100),
            max_module_size: or_size(asked.max_module_size, 16 << 20),
            max_module_functions: or_size(asked.max_module_functions, 50_000),
            written_limit: or(asked.written_limit, 256 << 20),
            output_limit: or(asked.output_limit, 64 << 20),
            open_limit: if asked.open_limit == 0 { 100 } else { asked.open_limit },
        })
    }

    pub(crate) fn limits(&self) -> &safewasm_sandbox_t {
        &self.0
    }

    /// Whether the number of instructions is limited.
    pub(crate) fn counts_fuel(&self) -> bool {
        self.0.fuel != u64::MAX
    }

    /// Sets those settings of a config that guests could turn against the program.
    pub(crate) fn apply(&self, settings: &mut Settings) {
        // Nothing limits the cost of native debug info, and nothing ends a wait in a shared memory.
        settings.debug_info = false;
        settings.shared_memory = false;
        settings.epochs = true;
        settings.fuel = self.counts_fuel();
        settings.max_module_size = self.0.max_module_size;
        settings.max_module_functions = self.0.max_module_functions;
    }
}
