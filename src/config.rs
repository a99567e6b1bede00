//! Configs: what an engine is to be like.

use crate::boolean::BoolArg;
use crate::boundary::{Out, boundary, quietly};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::forks::ObjectLock;
use crate::frame::MAX_FRAMES;
use crate::hooks::safewasm_hooks_t;
use crate::pooling::Pooling;
use crate::registry::{self, Shared, SharedHandle};
use anyhow::anyhow;
use std::num::NonZeroUsize;
use std::sync::Arc;
use wasmtime::{InstanceAllocationStrategy, OptLevel, WasmBacktraceDetails};

/// The configuration of an engine: made, set, and given to `safewasm_engine_new`, which consumes it.
pub struct safewasm_config_t {
    _opaque: (),
}

/// How hard the compiler tries.
/// cbindgen:rename-all=prefix:SAFEWASM_OPT_LEVEL_
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_opt_level_t {
    /// Compiles fast; the code is slower.
    NONE = 0,
    /// The code is to be fast. The default.
    SPEED = 1,
    /// The code is to be fast and small.
    SPEED_AND_SIZE = 2,
}

/// A proposal to WebAssembly, or a part of it, that can be turned on and off.
/// cbindgen:rename-all=prefix:SAFEWASM_FEATURE_
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_feature_t {
    /// Functions with several results. On by default, as all of these are but where it says otherwise.
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
    /// Calls that take the place of their caller.
    TAIL_CALL = 6,
    /// Several memories in a module.
    MULTI_MEMORY = 7,
    /// Memories and tables with 64-bit addresses.
    MEMORY64 = 8,
    /// More constant expressions.
    EXTENDED_CONST = 9,
    /// References to functions by their type.
    FUNCTION_REFERENCES = 10,
    /// Structures, arrays and 31-bit integers that are collected.
    GC = 11,
    /// Exceptions and tags.
    EXCEPTIONS = 12,
    /// Pages of other sizes than 64 KiB. Off by default.
    CUSTOM_PAGE_SIZES = 13,
    /// Arithmetic on 128 bits. Off by default.
    WIDE_ARITHMETIC = 14,
    /// Continuations. Off by default; this version can't run them, and turned on, no engine can be made.
    STACK_SWITCHING = 15,
}

/// The settings of a config, and of the engine that is made with it.
#[derive(Clone)]
pub(crate) struct Settings {
    config: wasmtime::Config,
    /// The stack that wasm may use in a call, in bytes.
    pub(crate) max_wasm_stack: usize,
    pub(crate) epochs: bool,
    pub(crate) fuel: bool,
    pub(crate) shared_memory: bool,
    pub(crate) pooling: Option<Pooling>,
    pub(crate) hooks: Option<Arc<safewasm_hooks_t>>,
    /// How large a module may be, in bytes and in functions.
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
        // Without a bound on what it costs.
        config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
        config.wasm_backtrace_max_frames(NonZeroUsize::new(MAX_FRAMES));
        // Wasmtime's own default of it, made explicit.
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
    /// Makes the engine that they describe.
    pub(crate) fn build(&self) -> Result<wasmtime::Engine> {
        let mut config = self.config.clone();
        config.max_wasm_stack(self.max_wasm_stack);
        // Wasmtime wants it at least as large, and has no use for it here.
        config.async_stack_size(self.max_wasm_stack);
        config.epoch_interruption(self.epochs);
        config.consume_fuel(self.fuel);
        config.shared_memory(self.shared_memory);
        if let Some(pooling) = self.pooling {
            let strategy = InstanceAllocationStrategy::Pooling(pooling.wasmtime());
            config.allocation_strategy(strategy);
        }
        // Else Wasmtime puts what memories begin with into an anonymous file; one that is larger than
        // the process may write would end it by SIGXFSZ.
        config.memory_init_cow(!is_file_size_limited());
        if self.shared_memory && !self.threads {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "the config turns shared memory on, but SAFEWASM_FEATURE_THREADS, which it needs, off",
            ));
        }
        // Wasmtime compiles them all the same, and ends the process where one is made.
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

    fn set_feature(&mut self, feature: u32, enabled: bool) -> Result<()> {
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
                    format!("`feature` is {feature}, which is no feature: they are 0 to 15"),
                ));
            }
        };
        Ok(())
    }
}

/// Whether the process may write files of a limited size only (`ulimit -f`).
fn is_file_size_limited() -> bool {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is what the call writes.
    unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) };
    limit.rlim_cur != libc::RLIM_INFINITY
}

/// What the handle of a config means.
pub(crate) struct Config(ObjectLock<Settings>);

impl Config {
    /// Works on the settings.
    pub(crate) fn with<R>(&self, body: impl FnOnce(&mut Settings) -> R) -> Result<R> {
        match self.0.lock() {
            Ok(mut settings) => Ok(body(&mut settings)),
            Err(_) => Err(Error::internal(&anyhow!("a panic happened while the config was set"))),
        }
    }
}

/// Creates a config with default settings: optimised for speed, no native debug info, traps by
/// signals.
///
/// On success `*config_out` is a new config, which belongs to the caller, who gives it to
/// `safewasm_engine_new` or `safewasm_config_delete`; on failure it is NULL.
///
/// Errors: null pointer, limit.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_config_new(
    config_out: *mut *mut safewasm_config_t,
) -> *mut safewasm_error_t {
    boundary(Out("config_out", config_out), || {
        registry::insert(Shared::Config(Arc::new(Config(ObjectLock::default()))))
    })
}

/// Sets how hard the compiler tries: `level` is one of `SAFEWASM_OPT_LEVEL_NONE`,
/// `SAFEWASM_OPT_LEVEL_SPEED` (the default) and `SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE`.
///
/// Errors: null pointer, invalid handle; invalid argument for another level.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_opt_level(
    config: *mut safewasm_config_t,
    level: u32,
) -> *mut safewasm_error_t {
    boundary((), || {
        let config = config.get("config")?;
        let level = match level {
            0 => OptLevel::None,
            1 => OptLevel::Speed,
            2 => OptLevel::SpeedAndSize,
            _ => {
                return Err(Error::new(
                    ErrorKind::INVALID_ARGUMENT,
                    format!("`level` is {level}, which is no optimisation level: they are 0 to 2"),
                ));
            }
        };
        config.with(|settings| {
            settings.config.cranelift_opt_level(level);
        })
    })
}

/// Sets whether the compiled code carries native debug info, so that a debugger such as gdb shows
/// the source lines of wasm. Off by default. Files and lines in backtraces are another setting,
/// `safewasm_config_set_backtrace_lines`. What the compiler does with a module's debug info has no bound:
/// leave this off for modules that aren't trusted.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_debug_info(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|settings| {
            settings.config.debug_info(enabled.get());
        })
    })
}

/// Sets whether backtraces have the files and lines, and the inlined calls, that the debug info (DWARF)
/// in a module tells of. Off by default.
///
/// Whatever a module has as its debug info, reading it takes no more than some tenths of a second and
/// some megabytes for each error, on a stack of any size. What would take more is left out, and the
/// error's message ends in a note that says so, unless it is the program's own (an error of kind
/// `SAFEWASM_ERROR_HOST`). Of a function 32 inlined calls are shown at most, of a backtrace 400.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_backtrace_lines(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.backtrace_lines = enabled.get()))
}

/// Sets whether wasm's traps may rely on the signals SIGSEGV, SIGILL and SIGFPE. On by default.
///
/// On, the first engine of the process installs handlers for them. What is no fault of wasm's does
/// what it would have done without them: a fault of the program, or a signal that was sent, goes to
/// the handler that was there before. A program that installs handlers of its own later MUST chain to
/// the earlier ones, and MUST NOT install them while the first engine is being made. Off, the
/// compiled code checks by itself and is slower; use it where signals are not to be touched, and
/// under valgrind.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_signals_based_traps(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|settings| {
            settings.config.signals_based_traps(enabled.get());
        })
    })
}

/// Turns a proposal to WebAssembly on or off: `feature` is a `safewasm_feature_t`. Modules that use
/// what is off are invalid; what the program makes by itself, such as a memory, isn't bound to that.
/// What builds on something else that is off makes `safewasm_engine_new`
/// fail, and its message says what.
///
/// Errors: null pointer, invalid handle; invalid argument for what is no feature.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_feature(
    config: *mut safewasm_config_t,
    feature: u32,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|settings| settings.set_feature(feature, enabled.get()))?
    })
}

/// Sets whether shared memories can be made: memories that several threads use at once, each with a
/// store of its own. Off by default. Of Wasmtime's own documentation: "there are enough deficiencies
/// in Wasmtime's implementation and API integration that creation of a shared memory is disabled by
/// default", and threads are "a tier 2 feature in Wasmtime meaning that it will not receive security
/// updates or fixes to historical releases".
///
/// A thread of wasm's that waits on a shared memory (`memory.atomic.wait32`, `wait64`) is woken by
/// `memory.atomic.notify` and by the wait's own time limit only: no deadline and no interrupt ends it.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_shared_memory(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.shared_memory = enabled.get()))
}

/// Sets the stack that wasm may use in a call, nested ones included, in bytes; beyond it a call traps
/// with `SAFEWASM_TRAP_STACK_OVERFLOW`. 512 KiB by default. A thread must have that much, and some
/// for the library and for host functions, left on its stack, or calls are refused with that trap.
///
/// Errors: null pointer, invalid handle; invalid argument for less than 4 KiB or more than 1 GiB.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_max_wasm_stack(
    config: *mut safewasm_config_t,
    max_wasm_stack: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let config = config.get("config")?;
        if !(4 << 10..=1 << 30).contains(&max_wasm_stack) {
            return Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                format!(
                    "`max_wasm_stack` is {max_wasm_stack} bytes; it must be from 4096 to 1073741824"
                ),
            ));
        }
        config.with(|settings| settings.max_wasm_stack = max_wasm_stack)
    })
}

/// Sets how large a module may be, in bytes of the binary format; larger ones are refused before they are
/// compiled. `SIZE_MAX`, the default, means no limit.
///
/// Nothing ends a compilation that has begun, neither a deadline nor `safewasm_store_interrupt`. Its time
/// and memory grow with the module, and faster than the size of a function whose loops are nested deep:
/// some hundred kilobytes may take seconds. The compiler uses the threads of one pool in the process.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_max_module_size(
    config: *mut safewasm_config_t,
    max_module_size: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|settings| settings.max_module_size = max_module_size)
    })
}

/// Sets how many functions a module may define; modules with more are refused before they are compiled.
/// `SIZE_MAX`, the default, means no limit. Each function costs some time and memory, however small it
/// is. See also `safewasm_config_set_max_module_size`.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_max_module_functions(
    config: *mut safewasm_config_t,
    max_module_functions: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|settings| settings.max_module_functions = max_module_functions)
    })
}

/// Sets whether wasm consumes fuel, which limits how much it can do; see `safewasm_store_set_fuel`.
/// Off by default.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_consume_fuel(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.fuel = enabled.get()))
}

/// Sets whether calls can be ended from outside: by `safewasm_store_interrupt`, by a deadline, by
/// epochs, by an interrupt flag. Off by default, since wasm then looks at a counter in each loop and
/// function.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_epoch_interruption(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.epochs = enabled.get()))
}

/// Whether `config` is a config that was neither deleted nor given to an engine.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_config_is_valid(config: *mut safewasm_config_t) -> bool {
    quietly(|| config.is_valid())
}

/// Deletes `config`. NULL and what was deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_config_delete(config: *mut safewasm_config_t) {
    quietly(|| config.delete());
}
