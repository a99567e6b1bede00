//! Configs: the settings of an engine that is about to be made.

use crate::engine::cache::Place;
use crate::engine::conflicts;
use crate::engine::features::{Feature, Features};
use crate::engine::hooks::safewasm_hooks_t;
use crate::engine::options::{Id, Options};
use crate::engine::pooling::Pooling;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_config_t};
use crate::process::forks::ObjectLock;
use anyhow::anyhow;
use std::sync::Arc;
use wasmtime::{InstanceAllocationStrategy, OperatorCost, OptLevel, WasmBacktraceDetails};

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

/// The settings of a config, and of the engine that is made with it.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) opt_level: OptLevel,
    pub(crate) debug_info: bool,
    pub(crate) signals_based_traps: bool,
    /// The stack that wasm may use in a call, in bytes.
    pub(crate) max_wasm_stack: usize,
    pub(crate) epochs: bool,
    pub(crate) fuel: bool,
    /// The fuel that each operator consumes, if that was changed.
    pub(crate) operator_cost: Option<Box<OperatorCost>>,
    pub(crate) shared_memory: bool,
    pub(crate) pooling: Option<Pooling>,
    pub(crate) hooks: Option<Arc<safewasm_hooks_t>>,
    /// The largest module, in bytes and in functions.
    pub(crate) max_module_size: usize,
    pub(crate) max_module_functions: usize,
    /// Whether backtraces have the files and lines of a module's debug info.
    pub(crate) backtrace_lines: bool,
    /// Whether the system limited the size of files when the engine was made.
    pub(crate) is_file_size_limited: bool,
    /// Where compiled modules are kept.
    pub(crate) cache: Option<Place>,
    pub(crate) features: Features,
    pub(crate) options: Options,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            opt_level: OptLevel::Speed,
            debug_info: false,
            signals_based_traps: true,
            max_wasm_stack: 512 << 10,
            epochs: false,
            fuel: false,
            operator_cost: None,
            shared_memory: false,
            pooling: None,
            hooks: None,
            max_module_size: usize::MAX,
            max_module_functions: usize::MAX,
            backtrace_lines: false,
            is_file_size_limited: false,
            cache: None,
            features: Features::default(),
            options: Options::default(),
        }
    }
}

impl Settings {
    /// Makes an engine with these settings.
    pub(crate) fn build(&self) -> Result<wasmtime::Engine> {
        // Wasmtime compiles modules with continuations, but ends the process when one is made.
        if self.features.is_turned_on(Feature::STACK_SWITCHING) {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "the config turns on SAFEWASM_FEATURE_STACK_SWITCHING, which this version of the \
                 library can't run",
            ));
        }
        conflicts::check(self)?;
        wasmtime::Engine::new(&self.wasmtime()).map_err(|error| {
            if self.pooling.is_some() && self.unpooled().build().is_ok() {
                return Error::wasmtime(&error, ErrorKind::LIMIT)
                    .context("no room for the engine's pool");
            }
            Error::wasmtime(&error, ErrorKind::UNSUPPORTED)
        })
    }

    /// The settings of an engine without a pool, whose code is the same.
    pub(crate) fn unpooled(&self) -> Self {
        Self { pooling: None, ..self.clone() }
    }

    /// Whether each NaN that wasm computes has the same bits.
    pub(crate) fn has_canonical_nans(&self) -> bool {
        [Id::NAN_CANONICALIZATION, Id::DETERMINISTIC].into_iter().any(|id| self.options.is_on(id))
    }

    fn wasmtime(&self) -> wasmtime::Config {
        let mut config = wasmtime::Config::new();
        self.options.apply(&mut config);
        if self.options.is_on(Id::DETERMINISTIC) {
            config.wasm_threads(false);
        }
        self.features.apply(&mut config);
        config
            .cranelift_opt_level(self.opt_level)
            .debug_info(self.debug_info)
            .signals_based_traps(self.signals_based_traps)
            // Wasmtime reads debug info without a bound on its cost; `debuginfo` has one.
            .wasm_backtrace_details(WasmBacktraceDetails::Disable)
            .max_wasm_stack(self.max_wasm_stack)
            // Unused here, but Wasmtime requires that it is at least as large.
            .async_stack_size(self.max_wasm_stack)
            .epoch_interruption(self.epochs)
            .consume_fuel(self.fuel)
            .shared_memory(self.shared_memory);
        if let Some(cost) = &self.operator_cost {
            config.operator_cost((**cost).clone());
        }
        if let Some(pooling) = self.pooling {
            let pool = pooling.wasmtime(self.options.get(Id::MEMORY_RESERVATION));
            config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        }
        // Turned on, Wasmtime writes the initial contents of memories into an anonymous file. If that is
        // larger than the process may write, SIGXFSZ would end the process.
        if self.is_file_size_limited {
            config.memory_init_cow(false);
        }
        config
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
