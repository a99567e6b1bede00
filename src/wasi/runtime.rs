//! The tokio runtime that WASI functions need: for files that are opened, and streams that are waited for.
//! There is one for the process, made when a store first gets WASI, and again in a forked child.
//!
//! The futures of WASI functions aren't polled by it but on the threads that call wasm.

use crate::error::{Error, ErrorKind, Result};
use crate::process::forks::delay_for_long;
use crate::process::{panics, signals};
use std::io;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// The most threads that open files at once. They stay until the process ends.
const MAX_THREADS: usize = 64;

static RUNTIME: Mutex<Option<Runtime>> = Mutex::new(None);

/// How many forks there are between this process and the one that loaded the library.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// A handle of the runtime, with the number of forks when it was taken.
pub(crate) struct Entry {
    handle: Handle,
    forks: u32,
}

impl Entry {
    pub(crate) fn new() -> Result<Self> {
        let forks = FORKS.load(Ordering::Relaxed);
        Ok(Self { handle: handle()?, forks })
    }

    /// The runtime of this process.
    pub(crate) fn get(&mut self) -> Result<&Handle> {
        if self.forks != FORKS.load(Ordering::Relaxed) {
            *self = Self::new()?;
        }
        Ok(&self.handle)
    }
}

pub(crate) fn runtime() -> MutexGuard<'static, Option<Runtime>> {
    RUNTIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For a forked child, which has none of the runtime's threads.
pub(crate) fn begin_in_child(runtime: &mut Option<Runtime>) {
    // Dropping the parent's runtime would wait for its threads.
    std::mem::forget(runtime.take());
    FORKS.fetch_add(1, Ordering::Relaxed);
}

fn handle() -> Result<Handle> {
    let _no_fork = delay_for_long();
    let mut runtime = runtime();
    if let Some(runtime) = &*runtime {
        return Ok(runtime.handle().clone());
    }
    // Tokio panics if it can't start its threads.
    let started = panics::within(|| catch_unwind(start)).unwrap_or_else(|panic| {
        let why = panics::message(&*panic).to_owned();
        crate::process::unwind::discard(panic);
        Err(io::Error::other(why))
    });
    let started = started.map_err(|error| {
        let why = format!("the threads for WASI can't be started: {error}");
        Error::new(ErrorKind::LIMIT, why)
    })?;
    Ok(runtime.insert(started).handle().clone())
}

fn start() -> io::Result<Runtime> {
    signals::without_signals(|| {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(MAX_THREADS)
            .thread_keep_alive(Duration::MAX)
            .thread_name("safewasm-wasi")
            // Threads for blocking work are started later, by threads that don't block signals.
            .on_thread_start(signals::block_all)
            .enable_all()
            .build()?;
        // One thread that opens files is there for good. While there is one, tokio doesn't panic if the system
        // refuses another: the work waits for the threads that there are.
        runtime.spawn_blocking(|| {});
        Ok(runtime)
    })
}
