//! Stores: what wasm runs in.

use crate::boundary::{Out, boundary, quietly};
use crate::engine::safewasm_engine_t;
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::registry::{self, AnyHandle, Object, SharedHandle, Stay};
use crate::view::{Cell, LiveView};
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::Arc;
use wasmtime::{AsContextMut, StoreContextMut};

/// A store: the instances, memories, globals, tables and functions of a running program.
///
/// A store and what it owns may move between threads, one thread in it at a time; a second one
/// gets an error of kind `SAFEWASM_ERROR_STORE_BUSY` at once.
pub struct safewasm_store_t {
    _opaque: (),
}

/// What Wasmtime keeps for us in a store: nothing yet.
pub(crate) struct StoreData;

/// The way into a Wasmtime store: its context, with the lifetime taken off.
#[derive(Clone, Copy)]
struct Context(NonNull<c_void>);

impl Context {
    fn of(context: StoreContextMut<'_, StoreData>) -> Self {
        // SAFETY: a `StoreContextMut` is a pointer that isn't null and promises to stay so for the
        // sake of C APIs; `transmute` checks the size.
        Self(unsafe {
            std::mem::transmute::<StoreContextMut<'_, StoreData>, NonNull<c_void>>(context)
        })
    }

    /// # Safety
    ///
    /// The store lives for `'a`, and nothing else uses it meanwhile.
    unsafe fn get<'a>(self) -> StoreContextMut<'a, StoreData> {
        // SAFETY: it was made from just that.
        unsafe { std::mem::transmute::<NonNull<c_void>, StoreContextMut<'a, StoreData>>(self.0) }
    }
}

/// A Wasmtime store that outlives its handle for as long as memory views need its mappings.
pub(crate) struct Mapped(ManuallyDrop<wasmtime::Store<StoreData>>);

// SAFETY: a `Mapped` gives no access to its store; who holds one can only drop it.
unsafe impl Sync for Mapped {}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: dropped here and nowhere else. A store whose drop panics is leaked.
        let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { ManuallyDrop::drop(&mut self.0) }));
        if let Err(payload) = dropped {
            std::mem::forget(payload);
        }
    }
}

/// What a store's slot in the handle table holds.
pub(crate) struct StoreCell {
    /// The context of the store itself.
    context: Context,
    mapped: Arc<Mapped>,
    views: Vec<LiveView>,
}

// SAFETY: `context` points into `mapped`, whose store may move between threads, and is used only
// by the thread that is inside the store.
unsafe impl Send for StoreCell {}

impl StoreCell {
    fn new(engine: &wasmtime::Engine) -> Result<Self> {
        let mut store = wasmtime::Store::try_new(engine, StoreData)
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
        let context = Context::of(store.as_context_mut());
        Ok(Self { context, mapped: Arc::new(Mapped(ManuallyDrop::new(store))), views: Vec::new() })
    }
}

impl crate::handle::store::Payload for StoreCell {
    /// Publishes where the viewed memories are now.
    fn leaving(&mut self) -> bool {
        self.views.retain(LiveView::is_wanted);
        // SAFETY: called inside the store, when no wasm runs in it.
        let context = unsafe { self.context.get() };
        for view in &self.views {
            view.publish(&context);
        }
        !self.views.is_empty()
    }

    /// Nobody knows where the memories are now.
    fn poisoned(&mut self) {
        for view in &self.views {
            view.clear();
        }
    }
}

impl Drop for StoreCell {
    fn drop(&mut self) {
        for view in &self.views {
            view.clear();
        }
    }
}

/// A store that this thread is inside.
pub(crate) trait Entered {
    /// Wasmtime's context of the store.
    fn context(&mut self) -> StoreContextMut<'_, StoreData>;

    /// Adds an object to the store, and gives its handle.
    fn own<T>(&mut self, object: Object) -> Result<*mut T>;

    /// A cell that shows where `memory` is, and what keeps its mapping.
    fn view(&mut self, memory: wasmtime::Memory) -> (Arc<Cell>, Arc<Mapped>);

    /// What went wrong in Wasmtime, an error of kind `other` if it is neither trap nor exception
    /// nor an import of the wrong type.
    fn failure(&mut self, error: &wasmtime::Error, other: ErrorKind) -> Error;

    /// Refuses an object of another engine.
    fn check_engine(&mut self, engine: &wasmtime::Engine, name: &str) -> Result<()>;
}

impl Entered for Stay {
    #[inline(always)]
    fn context(&mut self) -> StoreContextMut<'_, StoreData> {
        // SAFETY: only a field is copied out.
        let context = unsafe { self.payload(|cell| cell.context) };
        // SAFETY: this thread is inside the store, which lives at least until it leaves, and the
        // borrow of `self` keeps others from making a context meanwhile.
        unsafe { context.get() }
    }

    fn own<T>(&mut self, object: Object) -> Result<*mut T> {
        registry::insert_object(self, object).map(registry::pointer)
    }

    fn view(&mut self, memory: wasmtime::Memory) -> (Arc<Cell>, Arc<Mapped>) {
        let cell = Cell::take();
        let view = LiveView::new(memory, Arc::clone(&cell));
        view.publish(&self.context());
        self.attend();
        // SAFETY: nothing here leads back into the store.
        let mapped = unsafe {
            self.payload(|store| {
                store.views.push(view);
                Arc::clone(&store.mapped)
            })
        };
        (cell, mapped)
    }

    #[cold]
    fn failure(&mut self, error: &wasmtime::Error, other: ErrorKind) -> Error {
        // An exception that nobody takes out of the store would stay alive in it.
        self.context().take_pending_exception();
        let linking = error.to_string().starts_with("incompatible import type");
        Error::wasmtime(error, if linking { ErrorKind::LINK } else { other })
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

/// Creates a store of `engine`.
///
/// On success `*store_out` is a new store, which belongs to the caller, who gives it to
/// `safewasm_store_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, limit.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_new(
    engine: *mut safewasm_engine_t,
    store_out: *mut *mut safewasm_store_t,
) -> *mut safewasm_error_t {
    boundary(Out("store_out", store_out), || {
        let engine = engine.get("engine")?;
        registry::sweep();
        registry::insert_store(StoreCell::new(&engine)?)
    })
}

/// Whether `store` is a store that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_store_is_valid(store: *mut safewasm_store_t) -> bool {
    quietly(|| store.is_valid())
}

/// Deletes `store` and with it the instances, funcs, memories, tables, globals and tags in it,
/// whose handles become invalid. NULL and what was deleted already are left alone.
///
/// Never fails and never waits, and may be called from any thread: if a thread is inside the store,
/// its call goes on, and the store is freed when that thread leaves. The mapping of a memory that
/// a view shows stays until the view is deleted.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_store_delete(store: *mut safewasm_store_t) {
    quietly(|| store.delete());
}
