//! Engines: they compile modules.

pub use crate::kinds::safewasm_engine_t;

use crate::abi::boundary::{Out, boundary};
use crate::engine::Engine;
use crate::engine::settings::Settings;
use crate::kinds::{safewasm_config_t, safewasm_error_t};
use crate::process::unwind::{prepare_unwinder, quietly};
use crate::registry::{self, SharedHandle};
use crate::startup;

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
/// Errors: null pointer, invalid handle; unsupported if the machine, or this version, can't do what
/// the config asks, or if parts of it contradict each other.
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
        let settings = if config.is_null() {
            Settings::default()
        } else {
            let settings = if taken { found } else { config.get("config") };
            settings?.with(|settings| settings.clone())?
        };
        startup::prepare();
        registry::insert(Engine::new(settings)?)
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
