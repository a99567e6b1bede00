//! Configs: what an engine is to be like.

use crate::boundary::{Out, boundary, quietly};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::registry::{self, Shared, SharedHandle};
use crate::thread::MAX_WASM_STACK;
use anyhow::anyhow;
use std::sync::{Arc, Mutex};
use wasmtime::{OptLevel, WasmBacktraceDetails};

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

/// What the handle of a config means.
pub(crate) struct Config(Mutex<wasmtime::Config>);

impl Config {
    /// The configuration of an engine made without one.
    pub(crate) fn initial() -> wasmtime::Config {
        let mut config = wasmtime::Config::new();
        config.max_wasm_stack(MAX_WASM_STACK);
        config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
        config
    }

    /// Works on the configuration.
    pub(crate) fn with<R>(&self, body: impl FnOnce(&mut wasmtime::Config) -> R) -> Result<R> {
        match self.0.lock() {
            Ok(mut config) => Ok(body(&mut config)),
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
        registry::insert(Shared::Config(Arc::new(Config(Mutex::new(Config::initial())))))
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
        config.with(|config| {
            config.cranelift_opt_level(level);
        })
    })
}

/// Sets whether the compiled code carries native debug info, so that a debugger such as gdb shows
/// the source lines of wasm. Off by default. Files and lines in backtraces need no setting, only a
/// module with DWARF in it.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_debug_info(
    config: *mut safewasm_config_t,
    enabled: bool,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|config| {
            config.debug_info(enabled);
        })
    })
}

/// Sets whether wasm's traps may rely on the signals SIGSEGV, SIGILL and SIGFPE. On by default.
///
/// On, the first engine of the process installs handlers for them, which pass on what isn't wasm's;
/// a program that installs handlers of its own later MUST chain to the earlier ones. Off, the
/// compiled code checks by itself and is slower; use it where signals are not to be touched, and
/// under valgrind.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_config_set_signals_based_traps(
    config: *mut safewasm_config_t,
    enabled: bool,
) -> *mut safewasm_error_t {
    boundary((), || {
        config.get("config")?.with(|config| {
            config.signals_based_traps(enabled);
        })
    })
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
