//! A store that a thread has entered, and what it can do there.

use super::cell::StoreCell;
use super::data::StoreData;
use super::mapped::Mapped;
use super::object::{Object, StoreKind, full};
use super::scratch::Which;
use super::view::{Cell, LiveView};
use crate::error::frame::Frames;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{Shared, pointer};
use crate::process::cancellation;
use std::sync::Arc;
use wasmtime::{RootScope, StoreContextMut, WasmBacktrace};

/// A thread's guard of a store: while it lives, the store is the thread's.
pub(crate) type Guard = crate::handle::store::Guard<'static, StoreCell, Object, Shared>;

/// A store that a host function of this thread may enter again.
pub(crate) type ReentryGuard = crate::handle::store::ReentryGuard<'static, StoreCell>;

/// A store that this thread has entered.
pub(crate) trait Entered {
    /// Wasmtime's context of the store.
    fn context(&mut self) -> StoreContextMut<'_, StoreData>;

    /// Adds an object to the store, and gives its handle.
    fn own<T: StoreKind>(&mut self, value: T::Value) -> Result<*mut T>;

    /// A cell that shows where `memory` is, and what keeps its mapping.
    fn view(&mut self, memory: wasmtime::Memory) -> (Arc<Cell>, Arc<Mapped>);

    /// Room for the values of a call, which gives it back: an empty vector.
    fn take<T>(&mut self, which: Which<T>) -> Vec<T>;

    /// Takes back what [`Self::take`] gave.
    fn give_back<T>(&mut self, which: Which<T>, vec: Vec<T>);

    /// Makes or grows something by `body`; if that fails it counts for nothing against the limits.
    fn allocate<R>(
        &mut self,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R>;

    /// Runs `body`, after which the references that it rooted are let go.
    fn rooted<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R;

    /// What went wrong in Wasmtime, an error of kind `other` if it is neither trap nor exception
    /// nor an import of the wrong type.
    fn failure(&mut self, error: &wasmtime::Error, other: ErrorKind) -> Error;

    /// Refuses an object of another engine.
    fn check_engine(&mut self, engine: &wasmtime::Engine, name: &str) -> Result<()>;
}

impl Entered for Guard {
    #[inline(always)]
    fn context(&mut self) -> StoreContextMut<'_, StoreData> {
        // SAFETY: only a field is copied out.
        let context = unsafe { self.payload(|cell| cell.context) };
        // SAFETY: this thread is inside the store, which lives at least until it leaves, and the
        // borrow of `self` keeps others from making a context meanwhile.
        unsafe { context.get() }
    }

    fn own<T: StoreKind>(&mut self, value: T::Value) -> Result<*mut T> {
        self.insert(T::KIND.byte(), T::object(value)).map(pointer).map_err(full)
    }

    fn view(&mut self, memory: wasmtime::Memory) -> (Arc<Cell>, Arc<Mapped>) {
        let cell = Cell::take();
        let view = LiveView::new(memory, Arc::clone(&cell));
        view.publish(&self.context());
        self.context().data().location.request_leave_hook();
        // SAFETY: nothing here leads back into the store.
        let mapped = unsafe {
            self.payload(|store| {
                store.views.push(view);
                Arc::clone(&store.mapped)
            })
        };
        (cell, mapped)
    }

    fn take<T>(&mut self, which: Which<T>) -> Vec<T> {
        // SAFETY: nothing here leads back into the store.
        unsafe { self.payload(|cell| cell.scratch.take(which)) }
    }

    fn give_back<T>(&mut self, which: Which<T>, vec: Vec<T>) {
        // SAFETY: nothing here leads back into the store.
        unsafe { self.payload(|cell| cell.scratch.give_back(which, vec)) }
    }

    fn allocate<R>(
        &mut self,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R> {
        let used = self.context().data().limits.used();
        let result = body(self.context());
        if result.is_err() {
            self.context().data_mut().limits.refund(used);
        }
        result
    }

    fn rooted<R>(&mut self, body: impl FnOnce(&mut Self) -> R) -> R {
        // SAFETY: only a field is copied out.
        let context = unsafe { self.payload(|cell| cell.context) };
        // SAFETY: the scope uses its context when it begins and when it ends, outside of `body`.
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
        // What Wasmtime says of the stack includes the calls of this store that wait for this one.
        let outer = if self.is_outermost() {
            0
        } else {
            WasmBacktrace::force_capture(self.context()).frames().len()
        };
        let frames = Frames::of_error(error, outer, &self.context().data().codes);
        let report = Error::of_call(error, other, frames);
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
            format!("`{name}` belongs to another engine than the store"),
        ))
    }
}
