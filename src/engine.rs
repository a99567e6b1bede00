//! Engines: what compiles modules and what stores run on.

use crate::boundary::{Out, boundary, prepare_unwinder, quietly};
use crate::config::{Config, safewasm_config_t};
use crate::error::{Error, ErrorKind, safewasm_error_t};
use crate::registry::{self, Shared, SharedHandle};

/// An engine: compiles modules. Reference-counted inside, so that it may be deleted before the
/// stores and modules made with it. May be used from any threads at once.
pub struct safewasm_engine_t {
    _opaque: (),
}

/// Creates an engine.
///
/// `config` says what it is to be like; `config` may be NULL, which means the default settings. The
/// config is consumed, also if this fails: its handle is invalid afterwards.
///
/// On success `*engine_out` is a new engine, which belongs to the caller, who gives it to
/// `safewasm_engine_delete`; on failure it is NULL.
///
/// Unless the config says otherwise, installs handlers for SIGSEGV, SIGILL and SIGFPE; see
/// `safewasm_config_set_signals_based_traps`.
///
/// Errors: null pointer, invalid handle; unsupported if the machine can't do what the config asks.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_engine_new(
    config: *mut safewasm_config_t,
    engine_out: *mut *mut safewasm_engine_t,
) -> *mut safewasm_error_t {
    // Taken before anything can fail, since a config is consumed on failure too. Of two threads
    // that give the same one, a single one deletes it.
    prepare_unwinder();
    let found = config.get("config");
    let taken = quietly(|| config.delete());
    boundary(Out("engine_out", engine_out), || {
        let config = if config.is_null() {
            Config::initial()
        } else {
            let settings = if taken { found } else { config.get("config") };
            settings?.with(|config| config.clone())?
        };
        let engine = wasmtime::Engine::new(&config)
            .map_err(|error| Error::wasmtime(&error, ErrorKind::UNSUPPORTED))?;
        registry::insert(Shared::Engine(engine))
    })
}

/// Whether `engine` is an engine that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_engine_is_valid(engine: *mut safewasm_engine_t) -> bool {
    quietly(|| engine.is_valid())
}

/// Deletes `engine`. NULL and what was deleted already are left alone; stores and modules of the
/// engine live on.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_engine_delete(engine: *mut safewasm_engine_t) {
    quietly(|| engine.delete());
}
