//! Compilations: modules and components that threads of the library's own compile while the program does something
//! else.
//!
//! Each compilation has an engine of Wasmtime's for itself. So its threads hold no lock that a forked child needs,
//! and a fork doesn't wait for them.

use super::component::Component;
use super::module::Module;
use super::progress::Progress;
use super::unit::Unit;
use super::{Engine, compile};
use crate::error::{Error, ErrorKind, Report, Result};
use crate::kinds::{SharedKind, safewasm_compilation_t, safewasm_error_t};
use crate::process::forks::delay_for_long;
use crate::process::notice::Notice;
use crate::process::outcome::Outcome;
use crate::process::threadpool::{self, OwnThreads};
use std::ffi::c_void;
use std::sync::Arc;

/// A function of the program that is told how far the compiler is with a module: it has compiled `done`
/// of `total` functions. `done` never decreases. `env` is the pointer that was passed with the function.
///
/// Returns NULL to go on, or an error that `safewasm_error_new` created or that another function of the
/// library returned, to give the module up. The library takes the error over.
///
/// The function runs on the thread that waits for the module. It may call any function of the library.
/// It MUST NOT leave by `longjmp`. If it throws a C++ exception or ends its thread, the process ends.
pub type safewasm_progress_t = Option<
    unsafe extern "C-unwind" fn(
        env: *mut c_void,
        done: usize,
        total: usize,
    ) -> *mut safewasm_error_t,
>;

/// The time between two calls of the function, in nanoseconds.
const INTERVAL: u64 = 100_000_000;

/// How many bytes of a module make another thread worth its start: it compiles them in some tens of milliseconds.
const BYTES_PER_THREAD: usize = 16 << 10;

/// The object behind the handle of a compilation. Its drop gives the compilation up.
pub(crate) struct Compilation(Arc<Job>);

/// What a compilation shares with its threads.
struct Job {
    engine: Arc<Engine>,
    progress: Arc<Progress>,
    outcome: Outcome<Result<Compiled, Arc<Report>>>,
}

/// What a compilation makes.
pub(crate) enum Compiled {
    Module(Arc<Module>),
    Component(Arc<Component>),
}

impl From<Module> for Compiled {
    fn from(module: Module) -> Self {
        Self::Module(Arc::new(module))
    }
}

impl From<Component> for Compiled {
    fn from(component: Component) -> Self {
        Self::Component(Arc::new(component))
    }
}

impl SharedKind for safewasm_compilation_t {
    type Object = Compilation;
}

impl Compilation {
    /// Starts threads that compile the bytes of a module or component and then give the notice. If no thread can be
    /// started, they are compiled before this returns.
    pub(crate) fn start<U: Unit + Into<Compiled>>(
        engine: Arc<Engine>,
        wasm: Vec<u8>,
        notice: Notice,
    ) -> Result<Self> {
        let progress = Arc::new(Progress::new(compile::check::<U>(engine.settings(), &wasm)?));
        let watched = Arc::clone(&progress);
        let job = Arc::new(Job { engine, progress, outcome: Outcome::new() });
        let threads = 1 + wasm.len() / BYTES_PER_THREAD;
        match OwnThreads::new(threads, move || Progress::watch(&watched)) {
            Ok(threads) => {
                let job = Arc::clone(&job);
                let run = move || job.run::<U>(wasm);
                threads.start(run, || notice.give());
            }
            Err(_) => {
                job.outcome.set(shared(U::new(&job.engine, wasm)));
                notice.give();
            }
        }
        Ok(Self(job))
    }

    /// How many functions were compiled, and how many the module has. All are compiled once there is a module.
    pub(crate) fn progress(&self) -> Result<(usize, usize)> {
        let (done, total) = (self.0.progress.done(), self.0.progress.total());
        let is_compiled = matches!(self.outcome()?, Some(Ok(_)));
        Ok((if is_compiled { total } else { done.min(total.saturating_sub(1)) }, total))
    }

    /// Waits until the compilation has ended, or for `timeout` nanoseconds. Returns whether it has ended.
    pub(crate) fn wait(&self, timeout: u64) -> Result<bool> {
        Ok(self.outcome()?.is_some() || self.0.outcome.wait(timeout).is_some())
    }

    /// Waits for the module.
    pub(crate) fn module(&self) -> Result<Arc<Module>> {
        match self.compiled()? {
            Compiled::Module(module) => Ok(Arc::clone(module)),
            Compiled::Component(_) => Err(other("component")),
        }
    }

    /// Waits for the component.
    pub(crate) fn component(&self) -> Result<Arc<Component>> {
        match self.compiled()? {
            Compiled::Component(component) => Ok(Arc::clone(component)),
            Compiled::Module(_) => Err(other("module")),
        }
    }

    fn compiled(&self) -> Result<&Compiled> {
        self.wait(u64::MAX)?;
        match self.outcome()? {
            Some(Ok(compiled)) => Ok(compiled),
            Some(Err(report)) => Err(Error::again(report)),
            None => unreachable!("it has ended"),
        }
    }

    /// Waits until it has ended. Tells `progress` now and then how far the compiler is, and at last that it is done.
    pub(crate) fn wait_with_progress(
        &self,
        mut progress: impl FnMut(usize, usize) -> Result<()>,
    ) -> Result<()> {
        let mut has_ended = self.wait(0)?;
        while !has_ended {
            let (done, total) = self.progress()?;
            if done < total {
                progress(done, total)?;
            }
            has_ended = self.wait(INTERVAL)?;
        }
        self.compiled()?;
        let (done, total) = self.progress()?;
        progress(done, total)
    }

    fn outcome(&self) -> Result<Option<&Result<Compiled, Arc<Report>>>> {
        Ok(self.0.outcome.get("compilation", "goes on")?)
    }
}

impl Drop for Compilation {
    fn drop(&mut self) {
        // The cache may still want the module.
        if self.0.engine.cache().is_none() {
            self.0.progress.give_up();
        }
    }
}

impl Job {
    fn run<U: Unit + Into<Compiled>>(&self, wasm: Vec<u8>) {
        let compiled =
            threadpool::catching(|| U::find_or(&self.engine, wasm, |wasm| self.compile::<U>(wasm)));
        self.outcome.set(shared(compiled.unwrap_or_else(|failure| Err(failure.into()))));
    }

    /// Compiles on the calling thread's pool. Only for moments is a fork delayed.
    fn compile<U: Unit>(&self, wasm: &[u8]) -> Result<U::Compiled> {
        let engine = self.engine.wasmtime();
        let own = {
            let _no_fork = delay_for_long();
            self.engine.settings().unpooled().build()?
        };
        let compiled = threadpool::catching(|| U::precompile(&own, wasm));
        {
            let _no_fork = delay_for_long();
            drop(own);
        }
        let loaded = match compiled? {
            Ok(code) => {
                // SAFETY: the artifact was just made.
                let load = || unsafe { U::load(engine, &code) };
                threadpool::with_stack(load)?
            }
            Err(error) => Err(error),
        };
        loaded.or_else(|error| compile::refused::<U, _>(engine, wasm, &error))
    }
}

fn shared<U: Into<Compiled>>(compiled: Result<U>) -> Result<Compiled, Arc<Report>> {
    compiled.map(U::into).map_err(Arc::from)
}

/// The error for a compilation that makes something else than was asked for.
#[cold]
fn other(noun: &str) -> Error {
    let why = format!("`compilation` compiles a {noun}; `safewasm_compilation_{noun}` gets it");
    Error::new(ErrorKind::INVALID_ARGUMENT, why)
}

#[cfg(test)]
mod tests;
