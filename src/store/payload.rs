//! Stores, in the form in which the handle table keeps them.

use super::component::{Active, Ended};
use super::context::Context;
use super::data::StoreData;
use super::func::Funcs;
use super::instance::Instances;
use super::interrupt::Control;
use super::limits::Limits;
use super::mapped::Mapped;
use super::rowloops::RowLoops;
use super::scratch::Scratch;
use super::view::LiveView;
use crate::engine::Engine;
use crate::engine::code::Codes;
use crate::engine::hooks::safewasm_hooks_t;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Handle;
use crate::handle::owner::Owner;
use crate::handle::store::Location;
use crate::process::finalizer::{self, Env};
use crate::process::thread::{self, ThreadRef};
use crate::types::signature::Signatures;
use std::mem::{self, ManuallyDrop};
use std::ptr::NonNull;
use std::sync::Arc;
use wasmtime::AsContextMut;

/// The payload of a store's slot in the handle table.
pub(crate) struct StorePayload {
    /// The context of the store itself, or the one that the innermost host function in it was given.
    pub(crate) context: Context,
    pub(crate) checks: CallChecks,
    /// The last thread that ran wasm in the store.
    pub(crate) thread: ThreadRef,
    handle: Handle,
    pub(crate) mapped: Arc<Mapped>,
    pub(crate) views: Vec<LiveView>,
    pub(crate) scratch: Scratch,
}

/// Data that a call in a store checks before it begins.
#[derive(Clone, Copy)]
pub(crate) struct CallChecks {
    /// The stack that wasm may use, in bytes.
    pub(crate) stack: usize,
    /// Set if calls can be interrupted or the engine has hooks. The store's payload owns it.
    pub(crate) supervision: Option<NonNull<Supervision>>,
}

/// The engine and the control of a store whose calls can be interrupted, or whose engine has hooks.
pub(crate) struct Supervision {
    pub(crate) engine: Arc<Engine>,
    pub(crate) control: Option<Arc<Control>>,
}

// SAFETY: `context` points into `mapped`, whose store may move between threads, and is used only by the
// thread that is inside the store. `checks` points to data that this payload owns. `thread` is used only by
// the thread that it refers to.
unsafe impl Send for StorePayload {}

impl StorePayload {
    pub(crate) fn new(engine: &Arc<Engine>, location: Location<'static, Self>) -> Result<Self> {
        let handle = location.store();
        let data = StoreData {
            location,
            engine: Arc::clone(engine),
            attached: Env::default(),
            limits: Limits::default(),
            fuel_given: 0,
            sandbox_timeout: 0,
            funcs: Funcs::default(),
            instances: Instances::default(),
            signatures: Signatures::default(),
            loops: RowLoops::default(),
            recorder: None,
            codes: Codes::default(),
            ended: Ended::default(),
            active: Active::default(),
            #[cfg(feature = "wasi")]
            wasi: None,
            #[cfg(feature = "wasi")]
            initialized: Default::default(),
        };
        let mut store = wasmtime::Store::try_new(engine.wasmtime(), data)
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
        store.limiter(|data| &mut data.limits);
        let settings = engine.settings();
        let supervision = engine.is_supervised().then(|| {
            let control = settings.epochs.then(|| Control::of(engine, handle, &mut store));
            NonNull::from(Box::leak(Box::new(Supervision { engine: Arc::clone(engine), control })))
        });
        let checks = CallChecks { stack: settings.max_wasm_stack, supervision };
        let context = Context::of(store.as_context_mut());
        let mapped = Arc::new(Mapped(ManuallyDrop::new(store)));
        Ok(Self {
            context,
            checks,
            thread: thread::current(),
            handle,
            mapped,
            views: Vec::new(),
            scratch: Scratch::default(),
        })
    }

    /// The requests to end calls in the store, if its engine has epoch interruption.
    pub(crate) fn control(&self) -> Option<Arc<Control>> {
        // SAFETY: this payload owns it.
        unsafe { self.checks.supervision?.as_ref() }.control.clone()
    }

    /// Clears the views, for a store that leaves the handle table.
    pub(crate) fn clear_views(&mut self) {
        self.views.drain(..).for_each(|view| view.clear());
    }

    /// Makes `location` the store's place in the handle table.
    pub(crate) fn move_to(&mut self, location: Location<'static, Self>) {
        // SAFETY: the store is in no slot of the table, so only this thread uses it.
        unsafe { self.context.get() }.data_mut().location = location;
        Control::rename(self.handle, location.store());
        self.handle = location.store();
    }

    /// The control of the store, if the engine has ticked since the store last checked it.
    #[inline(always)]
    pub(crate) fn control_to_check(&self) -> Option<NonNull<Control>> {
        // SAFETY: this payload owns it.
        let supervision = unsafe { self.checks.supervision?.as_ref() };
        let control = supervision.control.as_ref().filter(|control| control.must_check())?;
        Some(NonNull::from(&**control))
    }

    /// The hooks of the store's engine.
    #[inline(always)]
    pub(crate) fn hooks(&self) -> Option<NonNull<safewasm_hooks_t>> {
        // SAFETY: this payload owns it.
        let supervision = unsafe { self.checks.supervision?.as_ref() };
        supervision.engine.hooks().map(NonNull::from)
    }

    /// The thread that is inside, while wasm runs in the store.
    #[inline(always)]
    pub(crate) fn thread(&self) -> ThreadRef {
        self.thread
    }

    /// Makes `context`, which a host function was given, the context of the store. Returns the previous one.
    #[inline(always)]
    pub(crate) fn begin_host(&mut self, context: Context) -> Context {
        if !self.views.is_empty() {
            self.publish();
        }
        mem::replace(&mut self.context, context)
    }

    /// Restores the context that [`Self::begin_host`] returned.
    #[inline(always)]
    pub(crate) fn end_host(&mut self, outer: Context) {
        self.context = outer;
    }

    /// Writes the addresses of the memories with views into the views' cells.
    #[cold]
    fn publish(&mut self) {
        self.views.retain(LiveView::has_handle);
        // SAFETY: called inside the store, while no wasm runs in it.
        let context = unsafe { self.context.get() };
        for view in &self.views {
            view.publish(&context);
        }
    }
}

impl crate::handle::store::Payload for StorePayload {
    #[inline(always)]
    fn thread() -> u32 {
        thread::number()
    }

    #[inline(always)]
    fn owner() -> Option<&'static Owner> {
        thread::owner()
    }

    fn leaving(&mut self) -> bool {
        self.publish();
        !self.views.is_empty()
    }

    fn left() {
        finalizer::run_waiting();
    }

    /// Clears the views: the addresses of the memories may have changed.
    fn poisoned(&mut self) {
        for view in &self.views {
            view.clear();
        }
    }
}

impl Drop for StorePayload {
    fn drop(&mut self) {
        for view in &self.views {
            view.clear();
        }
        if let Some(supervision) = self.checks.supervision {
            Control::forget(self.handle);
            // SAFETY: it was leaked in `new`, and no thread is inside the store any more.
            drop(unsafe { Box::from_raw(supervision.as_ptr()) });
        }
    }
}
