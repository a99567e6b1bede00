//! The operations on a store that a thread has entered.

use super::coredump;
use super::data::StoreData;
use super::mapped::Mapped;
use super::object::{Object, StoreKind, full};
use super::payload::StorePayload;
use super::scratch::Which;
use super::view::{LiveView, ViewCell};
use crate::engine::options::Id;
use crate::error::frame::Frames;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{Shared, pointer};
use crate::process::cancellation;
use std::sync::Arc;
use wasmtime::{RootScope, StoreContextMut, WasmBacktrace, WasmCoreDump};

/// Keeps a store entered. While it lives, no other thread can use the store.
pub(crate) type Guard = crate::handle::store::Guard<'static, StorePayload, Object, Shared>;

/// While it lives, a host function of this thread may enter the store again.
pub(crate) type ReentryGuard = crate::handle::store::ReentryGuard<'static, StorePayload>;

/// A store that this thread has entered.
pub(crate) trait Entered {
    /// Wasmtime's context of the store.
    fn context(&mut self) -> StoreContextMut<'_, StoreData>;

    /// Adds an object to the store, and returns its handle.
    fn own<T: StoreKind>(&mut self, value: T::Value) -> Result<*mut T>;

    /// A new view of `memory`: its cell, and the object that keeps the memory's mapping.
    fn view(&mut self, memory: wasmtime::Memory) -> (Arc<ViewCell>, Arc<Mapped>);

    /// Takes an empty vector for the values of a call. The caller passes it to [`Self::give_back`].
    fn take<T>(&mut self, which: Which<T>) -> Vec<T>;

    /// Keeps a vector from [`Self::take`] for later calls.
    fn give_back<T>(&mut self, which: Which<T>, vec: Vec<T>);

    /// Runs `body`, which makes or grows an object. If it fails, the limits are as before. If a limit is the
    /// cause, the error says which, by a [`Refusal`].
    fn allocate<R>(
        &mut self,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R>;

    /// Runs `body`, and afterwards frees the references that it rooted.
    fn rooted<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R;

    /// Converts an error of Wasmtime's. Its kind is `other`, unless it is a trap, an exception or an import of
    /// the wrong type. Takes a pending exception out of the store.
    fn failure(&mut self, error: &wasmtime::Error, other: ErrorKind) -> Error;

    /// Refuses an object of another engine.
    fn check_engine(&mut self, engine: &wasmtime::Engine, name: &str) -> Result<()>;
}

impl Entered for Guard {
    #[inline(always)]
    fn context(&mut self) -> StoreContextMut<'_, StoreData> {
        // SAFETY: the closure only copies a field.
        let context = unsafe { self.payload(|payload| payload.context) };
        // SAFETY: this thread is inside the store, which lives at least until the thread leaves it. The
        // borrow of `self` prevents that another context is used at the same time.
        unsafe { context.get() }
    }

    fn own<T: StoreKind>(&mut self, value: T::Value) -> Result<*mut T> {
        self.insert(T::KIND.byte(), T::object(value)).map(pointer).map_err(full)
    }

    fn view(&mut self, memory: wasmtime::Memory) -> (Arc<ViewCell>, Arc<Mapped>) {
        let cell = ViewCell::take();
        let view = LiveView::new(memory, Arc::clone(&cell));
        view.publish(&self.context());
        self.context().data().location.request_leave_hook();
        // SAFETY: the closure doesn't enter the store.
        let mapped = unsafe {
            self.payload(|store| {
                store.views.push(view);
                Arc::clone(&store.mapped)
            })
        };
        (cell, mapped)
    }

    fn take<T>(&mut self, which: Which<T>) -> Vec<T> {
        // SAFETY: the closure doesn't enter the store.
        unsafe { self.payload(|payload| payload.scratch.take(which)) }
    }

    fn give_back<T>(&mut self, which: Which<T>, vec: Vec<T>) {
        // SAFETY: the closure doesn't enter the store.
        unsafe { self.payload(|payload| payload.scratch.give_back(which, vec)) }
    }

    fn allocate<R>(
        &mut self,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R> {
        let mut context = self.context();
        let used = context.data_mut().limits.begin();
        body(context).map_err(|error| {
            let mut context = self.context();
            let limits = &mut context.data_mut().limits;
            limits.refund(used);
            limits.explain(error)
        })
    }

    fn rooted<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        // SAFETY: the closure only copies a field.
        let context = unsafe { self.payload(|payload| payload.context) };
        // SAFETY: the scope uses its context only when it begins and when it ends, outside of `body`.
        let _scope = RootScope::new(unsafe { context.get() });
        body(self)
    }

    #[cold]
    fn failure(&mut self, error: &wasmtime::Error, other: ErrorKind) -> Error {
        let _no_cancel = cancellation::delay();
        // An exception that nobody takes out of the store would stay alive in it.
        let exception = self.rooted(|guard| {
            let thrown = guard.context().take_pending_exception()?;
            thrown.to_owned_rooted(guard.context()).ok()
        });
        // Wasmtime's backtrace includes the frames of outer calls in this store.
        let outer = (!self.is_outermost()).then(|| WasmBacktrace::force_capture(self.context()));
        let outer = outer.as_ref().map_or(&[][..], WasmBacktrace::frames);
        let max = self.context().data().engine.settings().options.max_frames();
        let frames = Frames::of_error(error, outer, &self.context().data().codes, max);
        let report = Error::of_call(error, other, frames).with_coredump(|| {
            let max = self.context().data().engine.settings().options.get(Id::COREDUMP_SIZE);
            let dump = error.downcast_ref::<WasmCoreDump>()?;
            self.rooted(|guard| coredump::write(dump, guard.context(), max))
        });
        match exception {
            Some(exception) => report.with_exception(self.store(), exception),
            None => report,
        }
    }

    fn check_engine(&mut self, engine: &wasmtime::Engine, name: &str) -> Result<()> {
        if wasmtime::Engine::same(self.context().engine(), engine) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::WRONG_ENGINE,
            format!(
                "`{name}` belongs to another engine than the store; make both with the same engine"
            ),
        ))
    }
}
