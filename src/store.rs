//! Stores: what wasm runs in.

use crate::boundary::{Out, boundary, quietly};
use crate::caller::{Activation, left_behind};
use crate::cancellation;
use crate::code::Codes;
use crate::engine::{Engine, safewasm_engine_t};
use crate::error::{self, Error, ErrorKind, Result, safewasm_error_t};
use crate::finalizer;
use crate::forks;
use crate::fuel;
use crate::func::Funcs;
use crate::handle::Handle;
use crate::handle::owner::Owner;
use crate::handle::store::Location;
use crate::hooks::safewasm_hooks_t;
use crate::interrupt::Control;
use crate::limits::Limits;
use crate::module::Module;
use crate::registry::{self, AnyHandle, Guard, Object, Shared, SharedHandle};
use crate::rowloop::RowLoops;
use crate::scratch::{Scratch, Which};
use crate::signature::Signatures;
use crate::thread::{self, Thread, ThreadRef, check_stack};
use crate::view::{Cell, LiveView};
use std::ffi::c_void;
use std::mem::{self, ManuallyDrop};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::Arc;
use wasmtime::{AsContextMut, RootScope, StoreContextMut, WasmBacktrace};

/// A store: the instances, memories, globals, tables and functions of a running program.
///
/// A store and what it owns may move between threads, one thread in it at a time; a second one
/// gets an error of kind `SAFEWASM_ERROR_STORE_BUSY` at once. The thread that made the store enters it
/// fastest, until another one has entered.
pub struct safewasm_store_t {
    _opaque: (),
}

/// What Wasmtime keeps for us in a store.
pub(crate) struct StoreData {
    /// Where the store is.
    pub(crate) location: Location<'static, StoreCell>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) limits: Limits,
    /// All the fuel that the store was given since it was set.
    pub(crate) fuel_given: u128,
    pub(crate) funcs: Funcs,
    pub(crate) signatures: Signatures,
    pub(crate) loops: RowLoops,
    pub(crate) codes: Codes,
}

/// The way into a Wasmtime store: its context, with the lifetime taken off.
#[derive(Clone, Copy)]
pub(crate) struct Context(NonNull<c_void>);

impl Context {
    #[inline(always)]
    pub(crate) fn of(context: StoreContextMut<'_, StoreData>) -> Self {
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
        let drop = || unsafe { ManuallyDrop::drop(&mut self.0) };
        let _held = cancellation::hold();
        let dropped = finalizer::hold(|| {
            let _no_fork = forks::delay();
            catch_unwind(AssertUnwindSafe(drop))
        });
        if let Err(payload) = dropped {
            std::mem::forget(payload);
        }
    }
}

/// What a store's slot in the handle table holds.
pub(crate) struct StoreCell {
    /// The context of the store itself, or of the innermost host function that runs in it.
    context: Context,
    rules: Rules,
    /// The thread that last began to run wasm in the store.
    thread: ThreadRef,
    handle: Handle,
    mapped: Arc<Mapped>,
    views: Vec<LiveView>,
    pub(crate) scratch: Scratch,
}

/// What calls in a store need to know before they begin.
#[derive(Clone, Copy)]
struct Rules {
    /// The stack that wasm may use, in bytes.
    stack: usize,
    /// If there is more to do than to call; owned by the store's cell.
    watched: Option<NonNull<Watched>>,
}

/// What a store has that can be interrupted, or whose engine has hooks.
struct Watched {
    engine: Arc<Engine>,
    control: Option<Arc<Control>>,
}

impl Watched {
    #[inline(always)]
    fn check_task(&self) -> Result<()> {
        Activation::check_task().map_err(|error| match &self.control {
            Some(control) => control.refused(error),
            None => error,
        })
    }
}

// SAFETY: `context` points into `mapped`, whose store may move between threads, and is used only
// by the thread that is inside the store; `rules` points to what the cell owns; `thread` is used by the
// thread that it says.
unsafe impl Send for StoreCell {}

impl StoreCell {
    fn new(engine: &Arc<Engine>, handle: Handle) -> Result<Self> {
        let data = StoreData {
            location: registry::locate(handle),
            engine: Arc::clone(engine),
            limits: Limits::default(),
            fuel_given: 0,
            funcs: Funcs::default(),
            signatures: Signatures::default(),
            loops: RowLoops::default(),
            codes: Codes::default(),
        };
        let mut store = wasmtime::Store::try_new(engine.wasmtime(), data)
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
        store.limiter(|data| &mut data.limits);
        let settings = engine.settings();
        let watched = (settings.epochs || settings.hooks.is_some()).then(|| {
            let control = settings.epochs.then(|| Control::of(engine, handle, &mut store));
            NonNull::from(Box::leak(Box::new(Watched { engine: Arc::clone(engine), control })))
        });
        let rules = Rules { stack: settings.max_wasm_stack, watched };
        let context = Context::of(store.as_context_mut());
        let mapped = Arc::new(Mapped(ManuallyDrop::new(store)));
        Ok(Self {
            context,
            rules,
            thread: thread::current(),
            handle,
            mapped,
            views: Vec::new(),
            scratch: Scratch::default(),
        })
    }

    /// The control of the store, if the engine has ticked since it last looked.
    #[inline(always)]
    pub(crate) fn has_to_look(&self) -> Option<NonNull<Control>> {
        // SAFETY: owned by this cell.
        let watched = unsafe { self.rules.watched?.as_ref() };
        let control = watched.control.as_ref().filter(|control| control.has_to_look())?;
        Some(NonNull::from(&**control))
    }

    /// The hooks of the store's engine.
    #[inline(always)]
    pub(crate) fn hooks(&self) -> Option<NonNull<safewasm_hooks_t>> {
        // SAFETY: owned by this cell.
        let watched = unsafe { self.rules.watched?.as_ref() };
        watched.engine.hooks().map(NonNull::from)
    }

    /// The thread that is inside, when wasm runs in the store.
    #[inline(always)]
    pub(crate) fn thread(&self) -> ThreadRef {
        self.thread
    }

    /// Makes way for a host function, which `context` is given to. Gives the context before.
    #[inline(always)]
    pub(crate) fn begin_host(&mut self, context: Context) -> Context {
        if !self.views.is_empty() {
            self.publish();
        }
        mem::replace(&mut self.context, context)
    }

    #[inline(always)]
    pub(crate) fn end_host(&mut self, outer: Context) {
        self.context = outer;
    }

    /// Publishes where the viewed memories are now.
    #[cold]
    fn publish(&mut self) {
        self.views.retain(LiveView::is_wanted);
        // SAFETY: called inside the store, when no wasm runs in it.
        let context = unsafe { self.context.get() };
        for view in &self.views {
            view.publish(&context);
        }
    }
}

impl crate::handle::store::Payload for StoreCell {
    #[inline(always)]
    fn thread() -> u32 {
        thread::number()
    }

    #[inline(always)]
    fn owner() -> Option<&'static Owner> {
        thread::owner()
    }

    #[inline(always)]
    fn entered_thread(&self) -> u32 {
        // SAFETY: it is the calling thread that is inside, and runs wasm.
        unsafe { self.thread.get() }.number()
    }

    fn leaving(&mut self) -> bool {
        self.publish();
        !self.views.is_empty()
    }

    fn left() {
        finalizer::run_waiting();
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
        if let Some(watched) = self.rules.watched {
            Control::forget(self.handle);
            // SAFETY: it was leaked in `new`, and nobody is inside the store any more.
            drop(unsafe { Box::from_raw(watched.as_ptr()) });
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

    /// Room for the values of a call, which gives it back: an empty vector.
    fn take<T>(&mut self, which: Which<T>) -> Vec<T>;

    /// Takes back what [`Self::take`] gave.
    fn give_back<T>(&mut self, which: Which<T>, vec: Vec<T>);

    /// Runs wasm, by `body`, if that can be done here and now.
    fn run<R>(
        &mut self,
        other: ErrorKind,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> Result<R>;

    /// Makes or grows something by `body`; if that fails it counts for nothing against the limits.
    fn allocate<R>(
        &mut self,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R>;

    /// Makes an instance of the module by `body`, and runs its start function.
    fn instantiate(
        &mut self,
        module: &Module,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<wasmtime::Instance>,
    ) -> Result<wasmtime::Instance>;

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

    fn own<T>(&mut self, object: Object) -> Result<*mut T> {
        registry::insert_object(self, object).map(registry::pointer)
    }

    fn view(&mut self, memory: wasmtime::Memory) -> (Arc<Cell>, Arc<Mapped>) {
        let cell = Cell::take();
        let view = LiveView::new(memory, Arc::clone(&cell));
        view.publish(&self.context());
        registry::request_leave_hook(self.store());
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

    #[inline(always)]
    fn run<R>(
        &mut self,
        other: ErrorKind,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        run_in_store(self, Turn::Needed, other, body)
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

    fn instantiate(
        &mut self,
        module: &Module,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<wasmtime::Instance>,
    ) -> Result<wasmtime::Instance> {
        let used = self.context().data().limits.used();
        self.context().data_mut().limits.take_instance()?;
        self.context().data_mut().codes.keep(module.code());
        let mut exists = false;
        // Without a start function only code of Wasmtime's runs, which no other task's call comes between.
        let turn = if module.has_start() { Turn::Needed } else { Turn::NotNeeded };
        let result = run_in_store(self, turn, ErrorKind::LIMIT, |context| {
            let _no_fork = (!module.has_start()).then(forks::delay);
            let result = body(context);
            // What the start function did happened in an instance that stays.
            exists = !result.as_ref().is_err_and(|error| !error::is_of_wasm(error));
            result
        });
        if !exists {
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
        let _held = cancellation::hold();
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
        let report = Error::of_call(error, other, outer, &self.context().data().codes);
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

/// Whether a call has to wait for another task's call on the same thread.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Needed,
    NotNeeded,
}

#[inline(always)]
fn run_in_store<R>(
    guard: &mut Guard,
    turn: Turn,
    other: ErrorKind,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    let thread = thread::current();
    // SAFETY: only fields are set and copied out.
    let rules = unsafe {
        guard.payload(|cell| {
            cell.thread = thread;
            cell.rules
        })
    };
    // SAFETY: just asked for.
    let thread = unsafe { thread.get() };
    check_stack(rules.stack, || {
        // SAFETY: as below.
        let own = rules.watched.and_then(|watched| unsafe { watched.as_ref() }.engine.hooks());
        own.or_else(Activation::hooks_of_thread)?.stack()
    })?;
    let Some(watched) = rules.watched else {
        if turn == Turn::Needed {
            Activation::check_task()?;
        }
        return run_now(guard, thread, other, body);
    };
    // SAFETY: owned by the store's cell, which lives at least until this thread leaves.
    let watched = unsafe { watched.as_ref() };
    if turn == Turn::Needed {
        if let Some(control) = &watched.control
            && control.is_pending()
        {
            return run_controlled(guard, thread, watched, control, other, body);
        }
        watched.check_task()?;
    }
    run_watched(guard, thread, watched, other, body)
}

/// As [`run_watched`], of a store with time limits or interrupts to look at.
#[cold]
#[inline(never)]
fn run_controlled<R>(
    guard: &mut Guard,
    thread: &Thread,
    watched: &Watched,
    control: &Control,
    other: ErrorKind,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    let _resumed = control.begin_call(guard.is_outermost())?;
    watched.check_task()?;
    run_watched(guard, thread, watched, other, body)
}

#[inline(always)]
fn run_watched<R>(
    guard: &mut Guard,
    thread: &Thread,
    watched: &Watched,
    other: ErrorKind,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    watched.engine.note_use();
    let Some(hooks) = watched.engine.hooks() else {
        return run_now(guard, thread, other, body);
    };
    let _ends = hooks.begin_wasm();
    run_now(guard, thread, other, body)
}

#[inline(always)]
fn run_now<R>(
    guard: &mut Guard,
    thread: &Thread,
    other: ErrorKind,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    struct Running<'a>(&'a Thread);
    impl Drop for Running<'_> {
        #[inline(always)]
        fn drop(&mut self) {
            self.0.set_running(false);
            self.0.release_cancellation();
        }
    }
    if thread.set_running(true) {
        return Err(left_behind());
    }
    let running = Running(thread);
    let result = body(guard.context());
    drop(running);
    match result {
        Ok(value) => Ok(value),
        Err(error) => Err(failed(guard, &error, other)),
    }
}

#[cold]
fn failed(guard: &mut Guard, error: &wasmtime::Error, other: ErrorKind) -> Error {
    fuel::charge(guard, error);
    guard.failure(error, other)
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
        registry::insert_store(|handle| StoreCell::new(&engine, handle))
    })
}

/// The engine of a store.
///
/// On success `*engine_out` is a new handle of it, which belongs to the caller, who gives it to
/// `safewasm_engine_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_engine(
    store: *mut safewasm_store_t,
    engine_out: *mut *mut safewasm_engine_t,
) -> *mut safewasm_error_t {
    boundary(Out("engine_out", engine_out), || {
        let mut guard = registry::enter_store(store, "store")?;
        registry::insert(Shared::Engine(Arc::clone(&guard.context().data().engine)))
    })
}

/// Collects the store's garbage: frees what references referred to that neither wasm nor a handle
/// can reach any more. Wasmtime also does so by itself, when a store's heap is full.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_collect(store: *mut safewasm_store_t) -> *mut safewasm_error_t {
    boundary((), || {
        let mut guard = registry::enter_store(store, "store")?;
        let collected = guard.context().gc(None);
        drop(guard);
        finalizer::run_waiting();
        collected.map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
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
/// Never fails and never waits, and may be called from any thread. If a thread is inside the store, the
/// store is freed when that thread leaves. A call of wasm that runs there ends with the trap
/// `SAFEWASM_TRAP_INTERRUPT` as soon as wasm reaches a loop or a function's begin, if the engine's config has
/// epoch interruption; without, it goes on to its own end. The mapping of a memory that
/// a view shows stays until the view is deleted.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_store_delete(store: *mut safewasm_store_t) {
    quietly(|| store.delete());
}
