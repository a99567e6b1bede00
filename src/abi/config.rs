//! Configs: the settings of an engine.
//!
//! Example: examples/limits.c

pub use crate::engine::features::safewasm_feature_t;
pub use crate::engine::options::{
    safewasm_collector_t, safewasm_option_t, safewasm_profiling_t, safewasm_strategy_t,
};
pub use crate::engine::pooling::safewasm_pooling_t;
pub use crate::engine::settings::safewasm_opt_level_t;
pub use crate::kinds::safewasm_config_t;

use crate::abi::args::{Nullable, utf8, value};
use crate::abi::boundary::{Out, boundary};
use crate::engine::cache::Place;
use crate::engine::costs;
use crate::engine::pooling::Pooling;
use crate::engine::settings::Config;
use crate::error::{Error, ErrorKind};
use crate::kinds::safewasm_error_t;
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::types::boolean::BoolArg;
use std::os::raw::c_char;
use wasmtime::OptLevel;

/// Creates a config with the default settings.
///
/// On success `*config_out` is a new config; pass it to `safewasm_engine_new` or delete it with
/// `safewasm_config_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_config_new(
    config_out: *mut *mut safewasm_config_t,
) -> *mut safewasm_error_t {
    boundary(Out("config_out", config_out), || registry::insert(Config::default()))
}

/// Sets how much the compiler optimizes. `level` is a `safewasm_opt_level_t`;
/// `SAFEWASM_OPT_LEVEL_SPEED` is the default.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another level.
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
                    format!(
                        "`level` is {level}, which is no optimisation level: the levels are 0 to 2"
                    ),
                ));
            }
        };
        config.with(|settings| {
            settings.opt_level = level;
        })
    })
}

/// Sets whether the compiled code carries native debug info, with which a debugger such as gdb
/// shows the source lines of wasm. Off by default.
///
/// The time and memory that the compiler spends on a module's debug info have no bound: leave this
/// off for modules that aren't trusted. Files and lines in backtraces are another setting,
/// `safewasm_config_set_backtrace_lines`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_debug_info(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|settings| {
            settings.debug_info = enabled.get();
        })
    })
}

/// Sets whether backtraces show files, lines and inlined calls, which the library reads from the
/// debug info (DWARF) in a module. Off by default.
///
/// Reading the debug info takes no more than some tenths of a second and some megabytes for each
/// error, and works on a stack of any size, whatever the debug info contains. Anything beyond that
/// is left out, and a note at the end of the error's message says so. An error of the program
/// itself (of kind `SAFEWASM_ERROR_HOST`) has no such note. At most 32 inlined calls are shown for
/// a function, and at most 400 for a backtrace.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_backtrace_lines(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.backtrace_lines = enabled.get()))
}

/// Sets whether the library may find traps by the signals SIGSEGV, SIGILL and SIGFPE. On by
/// default.
///
/// If on, the first engine of the process installs handlers for these signals. A signal that isn't
/// a trap of wasm, such as a fault of the program or a signal that was sent, goes to the handler
/// that was installed before. A program that installs its own handlers later MUST pass signals on
/// to the earlier ones, and MUST NOT install them while the first engine is being made.
///
/// If off, the compiled code checks each operation itself and is slower. Turn it off where signal
/// handlers must not be changed, and under valgrind.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_signals_based_traps(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|settings| {
            settings.signals_based_traps = enabled.get();
        })
    })
}

/// Turns a feature of WebAssembly on or off. `feature` is a `safewasm_feature_t`.
///
/// A module that uses a feature that is off is invalid. Objects that the program makes itself, such
/// as a memory, may use it all the same. If a feature depends on another one that is off,
/// `safewasm_engine_new` fails with a message that says which.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such feature.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_feature(
    config: *mut safewasm_config_t,
    feature: u32,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|settings| settings.features.set(feature, enabled.get()))?
    })
}

/// Sets an option of the compiler, the memories or the garbage collector. `option` is a
/// `safewasm_option_t`, whose description says which values it takes.
///
/// Options may be set in any order. If two of them, or an option and another setting, contradict
/// each other, `safewasm_engine_new` fails with an error that names both. No value makes wasm unsafe:
/// a guest can leave its memory with none of them.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such option, or if it doesn't take the value.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_option(
    config: *mut safewasm_config_t,
    option: u32,
    value: u64,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.options.set(option, value))?)
}

/// Sets whether shared memories can be made: memories that several threads use at once, each thread
/// with a store of its own. Off by default.
///
/// Wasmtime's documentation says: "there are enough deficiencies in Wasmtime's implementation and
/// API integration that creation of a shared memory is disabled by default", and threads are "a
/// tier 2 feature in Wasmtime meaning that it will not receive security updates or fixes to
/// historical releases".
///
/// A thread that waits on a shared memory in wasm (`memory.atomic.wait32`, `wait64`) is woken only
/// by `memory.atomic.notify` and by the time limit of the wait itself. No deadline and no interrupt
/// ends the wait.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_shared_memory(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.shared_memory = enabled.get()))
}

/// Sets the stack that wasm may use in a call, including nested calls, in bytes. A call that needs
/// more traps with `SAFEWASM_TRAP_STACK_OVERFLOW`. The default is 512 KiB.
///
/// A thread must have this much left on its stack, and some more for the library and for host
/// functions; otherwise calls are refused with that trap.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` for less than 4 KiB or more than 1 GiB.
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

/// Sets how large a module may be, in bytes of the binary format. Larger modules are refused before
/// they are compiled. `SIZE_MAX`, the default, means no limit.
///
/// A compilation can't be stopped, neither by a deadline nor by `safewasm_store_interrupt`. Its
/// time and memory grow with the module, and faster than linearly with the size of a function that
/// has deeply nested loops: twenty kilobytes may take ten seconds. All engines of the process
/// compile on the threads of one pool.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
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

/// Sets how many functions a module may define. Modules with more are refused before they are
/// compiled. `SIZE_MAX`, the default, means no limit. Each function costs some time and memory,
/// however small it is. See also `safewasm_config_set_max_module_size`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
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

/// Sets a cache of compiled modules: a folder in which modules stay compiled when the process has ended. A
/// module whose bytes and config are known is loaded from there and not compiled again. Processes of one
/// user may share a folder, at the same time too. There is no cache by default.
///
/// `folder` is UTF-8 text of `folder_len` bytes (or `SAFEWASM_STRLEN`). NULL with the length 0 means the
/// folder `safewasm` in the user's folder for caches, which is that of the environment variable `XDG_CACHE_HOME`,
/// or else `.cache` in that of `HOME`. The folder is made if it isn't there, readable for its user only.
/// `max_size` is how many bytes the cache may have: the modules that were used longest ago are deleted. 0 means
/// no cache.
///
/// A module that the cache has can't be told from one that was compiled, except by
/// `safewasm_engine_cache_counts`. If files in the folder can't be read or written, modules are compiled as
/// without a cache; so they are if `folder` is NULL and the user has no folder for caches, or one in which the
/// cache can't be made. A module of the cache that was damaged, or that another user wrote, is compiled again:
/// the library has a secret in the folder, by which it knows its own modules.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `folder` isn't UTF-8, is empty or has a NUL. A `folder` that isn't one
/// and can't be made, or that other users may write to, is an error of `safewasm_engine_new`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_config_set_cache(
    config: *mut safewasm_config_t,
    folder: Nullable<*const c_char>,
    folder_len: usize,
    max_size: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        let config = config.get("config")?;
        let folder = match folder_len {
            0 if folder.is_null() => None,
            // SAFETY: the header demands that a pointer that isn't NULL points to text of that length.
            _ => Some(unsafe { utf8(folder, folder_len, "folder") }?),
        };
        let place = Place::new(folder, max_size)?;
        config.with(|settings| settings.cache = (max_size > 0).then_some(place))
    })
}

/// Sets whether wasm consumes fuel, which limits how many instructions it executes; see
/// `safewasm_store_set_fuel`. Off by default.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_consume_fuel(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.fuel = enabled.get()))
}

/// Sets how much fuel an operator consumes, from 0 to 255. `name` is the operator's name in the text
/// format, such as `i32.add`. By default most operators consume 1, and those that only structure the
/// code (`block`, `loop`, `end`, `else`, `return`, `unreachable`, `nop`, `drop`) consume 0. It has no
/// effect without `safewasm_config_set_consume_fuel`.
///
/// Operators that work on many bytes or elements consume fuel for each too, by default 1. The names
/// of these costs are `memory.copy per byte`, `memory.fill per byte`, `memory.init per byte`,
/// `memory.grow per page` (by default 0), and `per element` after `table.copy`, `table.fill`,
/// `table.init`, `table.grow`, `array.copy`, `array.fill`, `array.new`, `array.new_default`,
/// `array.new_data`, `array.new_elem`, `array.init_data` and `array.init_elem`.
///
/// With costs of 0, a loop may never run out of fuel.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such operator, if the name isn't UTF-8, or for a
/// cost above 255.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_config_set_operator_cost(
    config: *mut safewasm_config_t,
    name: *const c_char,
    name_len: usize,
    cost: u32,
) -> *mut safewasm_error_t {
    boundary((), || {
        let config = config.get("config")?;
        // SAFETY: the header demands that a pointer that isn't NULL points to text of that length.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let cost = u8::try_from(cost).map_err(|_| {
            Error::new(
                ErrorKind::INVALID_ARGUMENT,
                format!("`cost` is {cost}; it must be at most 255"),
            )
        })?;
        config.with(|settings| {
            costs::set(settings.operator_cost.get_or_insert_default(), name, cost)
        })?
    })
}

/// Sets whether a running call can be ended: by `safewasm_store_interrupt`, by a deadline, by a
/// time limit, by epochs, or by the interrupt flag of the hooks. Off by default, since wasm then
/// checks a counter in each loop and function: the code is larger by a quarter to a third, compiling
/// takes longer by as much, and wasm takes 1.0 to 1.5 times as long, in some loops 2.5 times.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_epoch_interruption(
    config: *mut safewasm_config_t,
    enabled: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || config.get("config")?.with(|settings| settings.epochs = enabled.get()))
}

/// Sets whether the memories and tables of instances come from a pool, which `safewasm_engine_new`
/// reserves. Off by default. With a pool, a store and its instance are made and freed faster, and
/// more threads can do so at once.
///
/// `pooling` has the sizes of the pool. `pooling` may be NULL, which turns the pool off. A pool of
/// the default sizes takes about 4 TiB of address space, and hardly any memory until it is used. If
/// the pool has no room for an instance, or a module could never fit, the error is of kind
/// `SAFEWASM_ERROR_LIMIT`. Room becomes free when a store is freed.
///
/// Objects that the program makes itself, for instance with `safewasm_memory_new`, don't come from
/// the pool. With a pool, modules can't define shared memories.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a size is out of range. Later, `safewasm_engine_new` fails
/// with `SAFEWASM_ERROR_LIMIT` if the process has too little address space.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_config_set_pooling(
    config: *mut safewasm_config_t,
    pooling: Nullable<*const safewasm_pooling_t>,
) -> *mut safewasm_error_t {
    boundary((), || {
        let config = config.get("config")?;
        let pooling = match pooling.is_null() {
            true => None,
            // SAFETY: the header demands that a pointer that isn't NULL points to one.
            false => Some(Pooling::new(unsafe { value(pooling, "pooling") }?)?),
        };
        config.with(|settings| settings.pooling = pooling)
    })
}

/// Returns true if `config` is a config that has neither been deleted nor passed to an engine.
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_config_is_valid(config: *mut safewasm_config_t) -> bool {
    quietly(|| config.is_valid())
}

/// Deletes `config`. Does nothing if `config` is NULL or was deleted already. Never fails and never
/// waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_config_delete(config: *mut safewasm_config_t) {
    quietly(|| config.delete());
}
