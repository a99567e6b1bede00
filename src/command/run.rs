//! A command with its store, before and while it runs.

use crate::call::enter::Runs;
use crate::engine::module::Module;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::safewasm_store_t;
use crate::link::define::is_command;
use crate::link::linker::Linker;
use crate::link::start::{self, no_command};
use crate::process::unwind::discard;
use crate::process::{finalizer, forks};
use crate::registry::{self, AnyHandle};
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::store::interrupt::Control;
use crate::store::payload::StorePayload;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use wasmtime::InstancePre;

/// A command that is linked, and the store in which it will run.
pub(crate) struct Command {
    store: StorePayload,
    module: Arc<Module>,
    pre: InstancePre<StoreData>,
}

impl Command {
    /// Links `module`, and takes the store of `guard` out of the handle table.
    pub(crate) fn new(linker: &Linker, module: Arc<Module>, mut guard: Guard) -> Result<Self> {
        if !guard.is_outermost() {
            return Err(Error::new(
                ErrorKind::STORE_BUSY,
                "`store` is in use by the call that runs this host function; a process needs a store in \
                 which nothing runs",
            ));
        }
        guard.check_engine(linker.engine.wasmtime(), "linker")?;
        if !is_command(&module)? {
            return Err(no_command("`module` is no command: it", &module));
        }
        let (pre, _) = linker.pre(&module, Some(&mut guard))?;
        let mut store = guard.take().ok_or_else(|| {
            Error::new(ErrorKind::INVALID_HANDLE, "Invalid store: `store` was deleted meanwhile")
        })?;
        store.clear_views();
        Ok(Self { store, module, pre })
    }

    /// The requests to end calls in the store.
    pub(crate) fn control(&self) -> Option<Arc<Control>> {
        self.store.control()
    }

    /// The stack that wasm may use, in bytes.
    pub(crate) fn stack(&self) -> usize {
        self.store.checks.stack
    }

    /// Runs the command on the calling thread, and frees its store. Returns the exit status.
    pub(crate) fn run(self) -> Result<u32> {
        let Self { mut store, module, pre } = self;
        let ran = caught(|| {
            let store = registry::insert_store(|location| {
                store.move_to(location);
                Ok(store)
            })?;
            let ran = caught(|| run(store, &module, &pre));
            store.delete();
            ran
        });
        finalizer::run_after(|| {
            let _no_fork = forks::delay();
            drop(pre);
        });
        ran
    }
}

/// Makes an instance and calls its `_start`.
fn run(store: *mut safewasm_store_t, module: &Module, pre: &InstancePre<StoreData>) -> Result<u32> {
    let mut guard = registry::enter_store(store, "store")?;
    let ran = guard
        .instantiate(module, |context| pre.instantiate(context))
        .and_then(|instance| start::start(instance, &mut guard));
    // A start function can exit too.
    ran.or_else(|error| error.exit_status().ok_or(error))
}

/// Runs `body`. A panic in it becomes an error.
fn caught<R>(body: impl FnOnce() -> Result<R>) -> Result<R> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        let error = Error::panicked(&*payload);
        discard(payload);
        Err(error)
    })
}
