//! Engines, which compile modules and run stores, and everything that belongs to no store.

pub(crate) mod artifact;
pub(crate) mod backtrace;
pub(crate) mod bytes;
pub(crate) mod cache;
pub(crate) mod code;
pub(crate) mod compilation;
pub(crate) mod compile;
pub(crate) mod component;
pub(crate) mod conflicts;
pub(crate) mod costs;
pub(crate) mod debuginfo;
pub(crate) mod features;
pub(crate) mod foreign;
pub(crate) mod hooks;
pub(crate) mod loops;
pub(crate) mod machine;
mod misfit;
pub(crate) mod module;
mod nesting;
pub(crate) mod options;
#[cfg(feature = "wasi")]
pub(crate) mod parked;
pub(crate) mod perf;
pub(crate) mod pooling;
pub(crate) mod progress;
pub(crate) mod sandbox;
pub(crate) mod sections;
pub(crate) mod settings;
pub(crate) mod sharedmemory;
pub(crate) mod source;
pub(crate) mod ticker;
pub(crate) mod typetext;
pub(crate) mod unit;
pub(crate) mod wat;
pub(crate) mod wit;

use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_engine_t};
use crate::process::limits::is_file_size_limited;
use crate::process::{fault, panics, threadpool};
use cache::Cache;
use hooks::safewasm_hooks_t;
use settings::Settings;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicU8, AtomicU64, Ordering};

/// The object behind the handle of an engine.
pub(crate) struct Engine {
    engine: wasmtime::Engine,
    settings: Settings,
    /// Whether the hooks have an interrupt flag, and epoch interruption is on.
    has_flag: bool,
    /// The epoch that the program counts.
    epoch: AtomicU64,
    /// [`UNWATCHED`], or for how many more ticks the ticker watches the engine without a call.
    watched: AtomicU8,
    /// How many ticks there were.
    ticks: AtomicU64,
    loops: loops::Modules,
    cache: Option<Cache>,
}

impl SharedKind for safewasm_engine_t {
    type Object = Engine;
}

/// The ticker doesn't watch the engine.
const UNWATCHED: u8 = 0;

/// A call was noted since the last tick. Each tick without a call counts down from here.
const IN_USE: u8 = 4;

impl Engine {
    pub(crate) fn new(settings: Settings) -> Result<Arc<Self>> {
        panics::keep_quiet();
        let settings = Settings { is_file_size_limited: is_file_size_limited(), ..settings };
        let cache = settings.cache.as_ref().map(Cache::open).transpose()?;
        settings.options.perf().map(perf::Strategy::open).transpose()?;
        let engine = threadpool::with_stack(|| fault::before_wasmtime(|| settings.build()))??;
        let (epoch, watched) = (AtomicU64::new(0), AtomicU8::new(UNWATCHED));
        let flagged = settings.hooks.as_ref().is_some_and(|hooks| !hooks.interrupt_flag.is_null());
        let has_flag = flagged && settings.epochs;
        let (ticks, loops) = (AtomicU64::new(0), loops::Modules::default());
        Ok(Arc::new(Self { engine, settings, has_flag, epoch, watched, ticks, loops, cache }))
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

    /// Whether the engine has hooks, or its calls can be interrupted.
    pub(crate) fn is_supervised(&self) -> bool {
        self.settings.epochs || self.settings.hooks.is_some()
    }

    /// The task that runs on the calling thread, 0 if the hooks don't tell.
    pub(crate) fn task(&self) -> usize {
        self.hooks().map_or(0, |hooks| hooks.task() as usize)
    }

    /// The modules of its row loops.
    pub(crate) fn loops(&self) -> &loops::Modules {
        &self.loops
    }

    /// The cache of compiled modules, if the config has one.
    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
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

    /// Makes the wasm that runs in the engine's stores check whether it must end.
    pub(crate) fn tick(&self) {
        // Everything that the check reads was written before.
        atomic::fence(Ordering::SeqCst);
        self.ticks.fetch_add(1, Ordering::Relaxed);
        self.engine.increment_epoch();
        #[cfg(feature = "wasi")]
        parked::wake(self);
    }

    #[inline(always)]
    pub(crate) fn ticks(&self) -> u64 {
        self.ticks.load(Ordering::Relaxed)
    }

    /// Notes that a call runs. If the engine has an interrupt flag, the ticker starts to watch it.
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

    /// Notes that the ticker no longer watches the engine.
    pub(crate) fn unwatch(&self) {
        self.watched.store(UNWATCHED, Ordering::Relaxed);
    }

    /// Ticks, unless no call ran during the last few ticks: then the ticker stops watching, and this is
    /// false.
    pub(crate) fn tick_watched(&self) -> bool {
        let left = self.watched.load(Ordering::Relaxed);
        // The exchange fails if a call was noted meanwhile.
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
