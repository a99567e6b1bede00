//! Configs: settings of an engine.

pub use crate::engine::pooling::safewasm_pooling_t;
pub use crate::engine::settings::{safewasm_feature_t, safewasm_opt_level_t};
pub use crate::kinds::safewasm_config_t;

use crate::abi::args::value;
use crate::abi::boundary::{Out, boundary};
use crate::engine::pooling::Pooling;
use crate::engine::settings::Config;
use crate::error::{Error, ErrorKind};
use crate::kinds::safewasm_error_t;
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::types::boolean::BoolArg;
use wasmtime::OptLevel;

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
    boundary(Out("config_out", config_out), || registry::insert(Config::default()))
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

/// Sets whether instances get their memories and tables from a pool, which `safewasm_engine_new` sets
/// aside: a store and its instance are then made and freed in less time, and more threads do so at
/// once. Off by default.
///
/// `pooling` says what there is room for. `pooling` may be NULL, which turns it off again. A pool of the
/// default size takes some 4 TiB of address space, but hardly any memory before it is used. An
/// instance for which there is no room is an error of kind `SAFEWASM_ERROR_LIMIT`, and so is a module that
/// would never fit; room comes back when a store is freed. What a program makes by itself, such as
/// a memory by `safewasm_memory_new`, isn't from the pool, and there are no shared memories in modules.
///
/// Errors: null pointer, invalid handle; invalid argument for a size that can't be. When the engine is
/// made: limit if there is not so much address space.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_config_set_pooling(
    config: *mut safewasm_config_t,
    pooling: *const safewasm_pooling_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        let config = config.get("config")?;
        let pooling = match pooling.is_null() {
            true => None,
            // SAFETY: the header demands that what isn't NULL points to one.
            false => Some(Pooling::new(unsafe { value(pooling, "pooling") }?)?),
        };
        config.with(|settings| settings.pooling = pooling)
    })
}
