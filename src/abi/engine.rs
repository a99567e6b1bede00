//! Engines: they compile modules.
//!
//! Example: examples/hello.c

pub use crate::kinds::safewasm_engine_t;

use crate::abi::args::Nullable;
use crate::abi::boundary::{Out, boundary};
use crate::engine::Engine;
use crate::engine::settings::Settings;
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_config_t, safewasm_error_t};
use crate::process::unwind::{prepare_unwinder, quietly};
use crate::registry::{self, SharedHandle};
use crate::startup;

/// Creates an engine with the settings of `config`.
///
/// `config` may be NULL, which means the default settings. The config is consumed, even if this
/// function fails: its handle is invalid afterwards.
///
/// Installs handlers for SIGSEGV, SIGILL and SIGFPE, unless the config turns that off; see
/// `safewasm_config_set_signals_based_traps`.
///
/// On success `*engine_out` is a new engine; delete it with `safewasm_engine_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the machine or this version doesn't support a setting, or if
/// settings contradict each other; `SAFEWASM_ERROR_LIMIT` if the process has too little address
/// space for the pool; `SAFEWASM_ERROR_IO` if the folder of a cache can't be used, with the operating
/// system's error number; `SAFEWASM_ERROR_INVALID_ARGUMENT` if other users may write to it.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_engine_new(
    config: Nullable<*mut safewasm_config_t>,
    engine_out: *mut *mut safewasm_engine_t,
) -> *mut safewasm_error_t {
    // Taken before anything can fail, since a config is consumed on failure too.
    prepare_unwinder();
    let taken = quietly(|| config.take("config").ok());
    boundary(Out("engine_out", engine_out), || {
        let settings = if config.is_null() {
            Settings::default()
        } else {
            let config = taken.map_or_else(|| config.get("config"), Ok)?;
            config.with(|settings| settings.clone())?
        };
        startup::prepare();
        registry::insert(Engine::new(settings)?)
    })
}

/// Returns true if `engine` is an engine that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_engine_is_valid(engine: *mut safewasm_engine_t) -> bool {
    quietly(|| engine.is_valid())
}

/// Gets how often the engine's cache had a module, didn't have it, and couldn't be read or written; see
/// `safewasm_config_set_cache`. May be called from any thread.
///
/// On success `*hits_out`, `*misses_out` and `*failures_out` are the numbers since the engine was made. On
/// failure they are 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_UNSUPPORTED` if the
/// engine has no cache.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_engine_cache_counts(
    engine: *mut safewasm_engine_t,
    hits_out: *mut u64,
    misses_out: *mut u64,
    failures_out: *mut u64,
) -> *mut safewasm_error_t {
    let outs = (Out("misses_out", misses_out), Out("failures_out", failures_out));
    boundary((Out("hits_out", hits_out), outs), || {
        let engine = engine.get("engine")?;
        let Some(cache) = engine.cache() else {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "`engine` has no cache; see `safewasm_config_set_cache`",
            ));
        };
        let counts = cache.counts();
        Ok((counts.hits, (counts.misses, counts.failures)))
    })
}

/// Deletes `engine`. Its stores and modules live on. Does nothing if `engine` is NULL or was
/// deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_engine_delete(engine: *mut safewasm_engine_t) {
    quietly(|| engine.delete());
}
