//! Engines: what compiles modules and what stores run on.

use crate::boundary::{Out, boundary, prepare_unwinder, quietly};
use crate::config::{Settings, safewasm_config_t};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::fault;
use crate::forks;
use crate::hooks::safewasm_hooks_t;
use crate::panics;
use crate::registry::{self, Shared, SharedHandle};
use crate::rowloop;
use crate::threadpool;
use crate::ticker;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicU8, AtomicU64, Ordering};

/// An engine: compiles modules. Reference-counted inside, so that it may be deleted before the
/// stores and modules made with it. May be used from any threads at once.
pub struct safewasm_engine_t {
    _opaque: (),
}

/// What the handle of an engine means.
pub(crate) struct Engine {
    engine: wasmtime::Engine,
    settings: Settings,
    /// Whether there is a flag to look at while wasm runs, and it can be ended then.
    has_flag: bool,
    /// The epoch that the program counts.
    epoch: AtomicU64,
    /// Whether the ticker watches the engine's calls, and whether one ran since it last looked.
    watched: AtomicU8,
    /// How often wasm was told to look whether it is to end.
    ticks: AtomicU64,
    loops: rowloop::Modules,
}

const UNWATCHED: u8 = 0;
/// In use; and one less for each tick since it was noted.
const IN_USE: u8 = 4;

impl Engine {
    fn new(settings: Settings) -> Result<Arc<Self>> {
        panics::keep_quiet();
        forks::prepare();
        let engine = threadpool::with_room(|| fault::in_front(|| settings.build()))??;
        let (epoch, watched) = (AtomicU64::new(0), AtomicU8::new(UNWATCHED));
        let flagged = settings.hooks.as_ref().is_some_and(|hooks| !hooks.interrupt_flag.is_null());
        let has_flag = flagged && settings.epochs;
        let (ticks, loops) = (AtomicU64::new(0), rowloop::Modules::default());
        Ok(Arc::new(Self { engine, settings, has_flag, epoch, watched, ticks, loops }))
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.engine
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn hooks(&self) -> Option<&safewasm_hooks_t> {
        self.settings.hooks.as_deref()
    }

    /// The task that runs on the calling thread, 0 if the hooks don't tell.
    pub(crate) fn task(&self) -> usize {
        self.hooks().map_or(0, |hooks| hooks.task() as usize)
    }

    /// Its modules for bulk calls.
    pub(crate) fn loops(&self) -> &rowloop::Modules {
        &self.loops
    }

    /// The epoch that the program counts.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    pub(crate) fn increment_epoch(self: &Arc<Self>) -> Result<u64> {
        if !self.settings.epochs {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "`engine` was made without epoch interruption; see \
                 `safewasm_config_set_epoch_interruption`",
            ));
        }
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        self.tick();
        ticker::repeat(self);
        Ok(epoch)
    }

    /// Has the wasm that runs in the engine's stores look whether it is to end.
    pub(crate) fn tick(&self) {
        // What they are to see was set before.
        atomic::fence(Ordering::SeqCst);
        self.ticks.fetch_add(1, Ordering::Relaxed);
        self.engine.increment_epoch();
    }

    #[inline(always)]
    pub(crate) fn ticks(&self) -> u64 {
        self.ticks.load(Ordering::Relaxed)
    }

    /// Notes that wasm runs, if that is watched: it is if there is a flag to look at meanwhile.
    #[inline]
    pub(crate) fn note_use(self: &Arc<Self>) {
        if self.has_flag
            && self.watched.load(Ordering::Relaxed) != IN_USE
            && self.watched.swap(IN_USE, Ordering::Relaxed) == UNWATCHED
            && !ticker::watch(self)
        {
            self.watched.store(UNWATCHED, Ordering::Relaxed);
        }
    }

    /// Forgets that the engine's calls are watched.
    pub(crate) fn unwatch(&self) {
        self.watched.store(UNWATCHED, Ordering::Relaxed);
    }

    /// Ticks; false if nothing ran since the last few times, which ends the watch.
    pub(crate) fn tick_watched(&self) -> bool {
        let left = self.watched.load(Ordering::Relaxed);
        // If this fails it was noted that one runs, just now.
        let next = left.saturating_sub(1);
        let turned =
            self.watched.compare_exchange(left, next, Ordering::Relaxed, Ordering::Relaxed);
        if turned.is_ok() && next == UNWATCHED {
            return false;
        }
        self.tick();
        true
    }
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
        registry::insert(Shared::Engine(Engine::new(settings)?))
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
