//! Configs: the settings of an engine that is about to be made.

use crate::engine::hooks::safewasm_hooks_t;
use crate::engine::pooling::Pooling;
use crate::error::frame::MAX_FRAMES;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_config_t};
use crate::process::forks::ObjectLock;
use crate::process::limits::is_file_size_limited;
use anyhow::anyhow;
use std::num::NonZeroUsize;
use std::sync::Arc;
use wasmtime::{InstanceAllocationStrategy, WasmBacktraceDetails};

/// How much the compiler optimizes.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_opt_level_t {
    /// Compiles fast. The code is slower.
    NONE = 0,
    /// Optimizes the code for speed. The default.
    SPEED = 1,
    /// Optimizes the code for speed and size.
    SPEED_AND_SIZE = 2,
}

/// A proposal to WebAssembly, or a part of one, that can be turned on and off. A feature is on by
/// default unless its description says otherwise.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_feature_t {
    /// Functions with several results.
    MULTI_VALUE = 0,
    /// Instructions that copy and fill memories and tables.
    BULK_MEMORY = 1,
    /// `externref` and several tables.
    REFERENCE_TYPES = 2,
    /// Vectors of 128 bits.
    SIMD = 3,
    /// Vector instructions whose results may differ between machines.
    RELAXED_SIMD = 4,
    /// Atomic instructions and shared memories; see also `safewasm_config_set_shared_memory`.
    THREADS = 5,
    /// Tail calls: calls that replace their caller's frame.
    TAIL_CALL = 6,
    /// Several memories in a module.
    MULTI_MEMORY = 7,
    /// Memories and tables with 64-bit addresses.
    MEMORY64 = 8,
    /// More instructions in constant expressions.
    EXTENDED_CONST = 9,
    /// Typed references to functions.
    FUNCTION_REFERENCES = 10,
    /// Garbage-collected structures and arrays, and 31-bit integers.
    GC = 11,
    /// Exceptions and tags.
    EXCEPTIONS = 12,
    /// Memories with pages of other sizes than 64 KiB. Off by default.
    CUSTOM_PAGE_SIZES = 13,
    /// Arithmetic on 128 bits. Off by default.
    WIDE_ARITHMETIC = 14,
    /// Continuations. Off by default. This version can't run them: with this feature on, no engine
    /// can be made.
    STACK_SWITCHING = 15,
}

/// The settings of a config, and of the engine that is made with it.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) config: wasmtime::Config,
    /// The stack that wasm may use in a call, in bytes.
    pub(crate) max_wasm_stack: usize,
    pub(crate) epochs: bool,
    pub(crate) fuel: bool,
    pub(crate) shared_memory: bool,
    pub(crate) pooling: Option<Pooling>,
    pub(crate) hooks: Option<Arc<safewasm_hooks_t>>,
    /// The largest module, in bytes and in functions.
    pub(crate) max_module_size: usize,
    pub(crate) max_module_functions: usize,
    /// Whether backtraces have the files and lines of a module's debug info.
    pub(crate) backtrace_lines: bool,
    threads: bool,
    stack_switching: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let mut config = wasmtime::Config::new();
        // Wasmtime reads debug info without a bound on its cost; `debuginfo` has one.
        config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
        config.wasm_backtrace_max_frames(NonZeroUsize::new(MAX_FRAMES));
        // Wasmtime's default, made explicit.
        let max_wasm_stack = 512 << 10;
        let (epochs, fuel, shared_memory, threads) = (false, false, false, true);
        let (hooks, pooling) = (None, None);
        let (stack_switching, backtrace_lines) = (false, false);
        Self {
            config,
            max_wasm_stack,
            epochs,
            fuel,
            shared_memory,
            pooling,
            hooks,
            max_module_size: usize::MAX,
            max_module_functions: usize::MAX,
            backtrace_lines,
            threads,
            stack_switching,
        }
    }
}

impl Settings {
    /// Makes an engine with these settings.
    pub(crate) fn build(&self) -> Result<wasmtime::Engine> {
        let mut config = self.config.clone();
        config.max_wasm_stack(self.max_wasm_stack);
        // Unused here, but Wasmtime requires that it is at least as large.
        config.async_stack_size(self.max_wasm_stack);
        config.epoch_interruption(self.epochs);
        config.consume_fuel(self.fuel);
        config.shared_memory(self.shared_memory);
        if let Some(pooling) = self.pooling {
            let strategy = InstanceAllocationStrategy::Pooling(pooling.wasmtime());
            config.allocation_strategy(strategy);
        }
        // Turned on, Wasmtime writes the initial contents of memories into an anonymous file. If that is
        // larger than the process may write, SIGXFSZ would end the process.
        config.memory_init_cow(!is_file_size_limited());
        if self.shared_memory && !self.threads {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "shared memory is on in the config, but SAFEWASM_FEATURE_THREADS, which it needs, is off",
            ));
        }
        // Wasmtime compiles modules with continuations, but ends the process when one is made.
        if self.stack_switching {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "the config turns on SAFEWASM_FEATURE_STACK_SWITCHING, which this version of the \
                 library can't run",
            ));
        }
        wasmtime::Engine::new(&config).map_err(|error| {
            let unpooled = Self { pooling: None, ..self.clone() };
            if self.pooling.is_some() && unpooled.build().is_ok() {
                return Error::wasmtime(&error, ErrorKind::LIMIT)
                    .context("no room for the engine's pool");
            }
            Error::wasmtime(&error, ErrorKind::UNSUPPORTED)
        })
    }

    pub(crate) fn set_feature(&mut self, feature: u32, enabled: bool) -> Result<()> {
        let config = &mut self.config;
        match feature {
            0 => config.wasm_multi_value(enabled),
            1 => config.wasm_bulk_memory(enabled),
            2 => config.wasm_reference_types(enabled),
            3 => config.wasm_simd(enabled),
            4 => config.wasm_relaxed_simd(enabled),
            5 => {
                self.threads = enabled;
                config.wasm_threads(enabled)
            }
            6 => config.wasm_tail_call(enabled),
            7 => config.wasm_multi_memory(enabled),
            8 => config.wasm_memory64(enabled),
            9 => config.wasm_extended_const(enabled),
            10 => config.wasm_function_references(enabled),
            11 => config.wasm_gc(enabled),
            12 => config.wasm_exceptions(enabled),
            13 => config.wasm_custom_page_sizes(enabled),
            14 => config.wasm_wide_arithmetic(enabled),
            15 => {
                self.stack_switching = enabled;
                config
            }
            _ => {
                return Err(Error::new(
                    ErrorKind::INVALID_ARGUMENT,
                    format!(
                        "`feature` is {feature}, which is no feature: the features are 0 to 15"
                    ),
                ));
            }
        };
        Ok(())
    }
}

/// The object behind the handle of a config.
#[derive(Default)]
pub(crate) struct Config(ObjectLock<Settings>);

impl SharedKind for safewasm_config_t {
    type Object = Config;
}

impl Config {
    /// Runs `body` with the settings.
    pub(crate) fn with<R>(&self, body: impl FnOnce(&mut Settings) -> R) -> Result<R> {
        match self.0.lock() {
            Ok(mut settings) => Ok(body(&mut settings)),
            Err(_) => Err(Error::internal(&anyhow!("a panic happened while the config was set"))),
        }
    }
}
