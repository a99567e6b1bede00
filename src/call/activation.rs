//! Activations: the host functions that run on a thread, and how a thread enters and leaves one.

#[cfg(feature = "wasi")]
use super::host::{call_host, outcome};
use super::resource::Taken;
use crate::canonical::host::{HostResult, Signature};
use crate::engine::hooks::safewasm_hooks_t;
use crate::error::hostfailure::HostFailure;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Handle;
use crate::handle::store::Location;
use crate::kinds::safewasm_caller_t;
#[cfg(feature = "wasi")]
use crate::kinds::safewasm_error_t;
use crate::process::finalizer;
use crate::process::stack;
use crate::process::thread::{self, Thread, ThreadRef};
use crate::process::unwind::give_up;
use crate::store::context::Context;
use crate::store::data::StoreData;
use crate::store::entered::ReentryGuard;
use crate::store::interrupt::Control;
use crate::store::payload::StorePayload;
use crate::store::recorder;
#[cfg(feature = "wasi")]
use crate::wasi::callout::CallsOut;
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
#[cfg(feature = "wasi")]
use std::sync::atomic::AtomicBool;
use wasmtime::{AsContextMut, Caller, StoreContextMut};

/// A host function that runs on this thread. The activations of a thread are a list, innermost first, in
/// frames of its stack.
pub(crate) struct Activation {
    /// The bits of the caller's handle. A thread never uses them again, and another thread only by chance.
    handle: u64,
    calling: Calling,
    /// The task that the host function runs in; null if its engine's hooks don't know.
    task: *mut c_void,
    hooks: Option<NonNull<safewasm_hooks_t>>,
    /// [`Thread::innermost`] from before.
    outer: *const (),
}

/// A call of a host function by a component, in the frame of the host function.
pub(crate) struct ComponentCall<'a> {
    context: Context,
    /// The types of the function; none for a WASI function.
    signature: Option<&'a Signature>,
    result: RefCell<Option<(HostResult, Taken)>>,
}

impl<'a> ComponentCall<'a> {
    pub(crate) fn new(
        context: StoreContextMut<'_, StoreData>,
        signature: Option<&'a Signature>,
    ) -> Self {
        Self { context: Context::of(context), signature, result: RefCell::new(None) }
    }

    pub(crate) fn signature(&self) -> Option<&'a Signature> {
        self.signature
    }

    /// Keeps the result that the program gives, with the resources in it. A later one replaces it.
    pub(crate) fn give(&self, result: HostResult, resources: Taken) {
        *self.result.borrow_mut() = Some((result, resources));
    }

    pub(crate) fn take(&self) -> Option<(HostResult, Taken)> {
        self.result.borrow_mut().take()
    }
}

/// What called a host function: a pointer to Wasmtime's `Caller`, if an instance of a module did, or to a
/// [`ComponentCall`], with the lowest bit set. That bit is free in both.
#[derive(Clone, Copy)]
struct Calling(*const c_void);

impl Calling {
    const COMPONENT: usize = 1;

    #[inline(always)]
    fn instance(caller: &mut Caller<'_, StoreData>) -> Self {
        Self((&raw mut *caller).cast_const().cast())
    }

    #[inline(always)]
    fn component(call: &ComponentCall<'_>) -> Self {
        let call = ptr::from_ref(call).cast::<c_void>();
        Self(call.map_addr(|address| address | Self::COMPONENT))
    }

    /// The caller, if an instance of a module called.
    fn caller(self) -> Option<NonNull<Caller<'static, StoreData>>> {
        match self.0.addr() & Self::COMPONENT {
            0 => NonNull::new(self.0.cast_mut().cast()),
            _ => None,
        }
    }

    /// The call, if a component called.
    ///
    /// # Safety
    ///
    /// The host function runs during `'a`.
    unsafe fn call<'a>(self) -> Option<&'a ComponentCall<'a>> {
        match self.0.addr() & Self::COMPONENT {
            0 => None,
            // SAFETY: as the caller vouches; the frame that has the call waits for the host function.
            _ => unsafe {
                self.0
                    .map_addr(|address| address & !Self::COMPONENT)
                    .cast::<ComponentCall<'a>>()
                    .as_ref()
            },
        }
    }

    /// The store that the host function runs in.
    ///
    /// # Safety
    ///
    /// The host function runs, on this thread, and nothing else uses the store during `'a`.
    unsafe fn context<'a>(self) -> StoreContextMut<'a, StoreData> {
        // SAFETY: as the caller vouches; the frame that has the `Caller` waits for the host function.
        unsafe {
            match (self.call(), self.caller()) {
                (Some(call), _) => call.context.get(),
                (None, Some(mut caller)) => Context::of(caller.as_mut().as_context_mut()).get(),
                (None, None) => unreachable!("it is one or the other"),
            }
        }
    }
}

/// The innermost host function that runs on the calling thread, or null.
#[inline(always)]
fn innermost() -> *const Activation {
    thread::activation().cast()
}

/// The error for a thread on which an earlier call never returned.
#[cold]
pub(crate) fn left_behind() -> Error {
    Error::new(
        ErrorKind::UNSUPPORTED,
        "an earlier call on this thread never returned, since a `longjmp` or an exception jumped over it; \
         no wasm can run on this thread any more",
    )
}

/// A host function that wasm has called. Only this module enters and leaves host functions.
///
/// `SUPERVISED` is [`Engine::is_supervised`] of its engine. Without supervision there are neither hooks nor a
/// control, and the code for them is left out.
pub(crate) struct HostCall<const SUPERVISED: bool> {
    reentry: ReentryGuard,
    /// The store's context from before the host function.
    outer: Context,
    thread: ThreadRef,
}

impl<const SUPERVISED: bool> HostCall<SUPERVISED> {
    /// The host function that `caller` calls on this thread, with its activation. While the `HostCall` lives, the
    /// store can be entered again.
    #[inline(always)]
    pub(crate) fn of(caller: &mut Caller<'_, StoreData>) -> (Self, Activation) {
        let context = Context::of(caller.as_context_mut());
        Self::begin(caller.data().location, context, Calling::instance(caller))
    }

    /// The same for a host function that a component calls by `call`.
    #[inline(always)]
    pub(crate) fn of_component(
        context: StoreContextMut<'_, StoreData>,
        call: &ComponentCall<'_>,
    ) -> (Self, Activation) {
        Self::begin(context.data().location, Context::of(context), Calling::component(call))
    }

    #[inline(always)]
    fn begin(
        location: Location<'static, StorePayload>,
        context: Context,
        calling: Calling,
    ) -> (Self, Activation) {
        // SAFETY: this thread runs wasm in the store, and doesn't enter it in the closure.
        let (outer, hooks, thread) = unsafe {
            location.payload(|payload| {
                let hooks = if SUPERVISED { payload.hooks() } else { None };
                (payload.begin_host(context), hooks, payload.thread())
            })
        };
        // SAFETY: the calling thread is the one that is inside the store.
        let known = unsafe { thread.get() };
        known.begin_host();
        // SAFETY: as above. The code that runs wasm uses only the context of the payload, which the host function
        // replaces until it returns.
        let reentry = unsafe { location.allow_reentry(known.known_number()) };
        let activation = Activation::of(calling, hooks, known);
        (Self { reentry, outer, thread }, activation)
    }

    /// Enters the host function. From now on it is the innermost of its thread.
    #[inline(always)]
    pub(crate) fn enter(self, activation: &Activation) -> Entered<'_, SUPERVISED> {
        // SAFETY: it is the calling thread, as in `of`.
        let thread = unsafe { self.thread.get() };
        thread.enter_host(ptr::from_ref(activation).cast());
        Entered { call: self, innermost: Innermost(activation, thread) }
    }
}

/// A host function while it runs.
pub(crate) struct Entered<'a, const SUPERVISED: bool> {
    // Dropped first.
    innermost: Innermost<'a>,
    call: HostCall<SUPERVISED>,
}

impl<const SUPERVISED: bool> Entered<'_, SUPERVISED> {
    #[inline(always)]
    pub(crate) fn reentry(&self) -> &ReentryGuard {
        &self.call.reentry
    }

    /// The hooks to call around the host function, if the thread has a task.
    #[inline(always)]
    pub(crate) fn hooks(&self) -> Option<&safewasm_hooks_t> {
        if SUPERVISED { self.innermost.0.hooks() } else { None }
    }

    /// The calling thread.
    #[inline(always)]
    pub(crate) fn thread(&self) -> &Thread {
        self.innermost.1
    }

    /// Leaves the host function; `failure` makes its failure, if it has failed. If the store was deleted or
    /// interrupted meanwhile, or its time is over, the call of wasm ends here.
    #[inline(always)]
    pub(crate) fn leave(
        self,
        mut context: impl AsContextMut<Data = StoreData>,
        failure: Option<impl FnOnce() -> HostFailure>,
    ) -> wasmtime::Result<()> {
        let activation = self.innermost.0;
        let (control, is_poisoned) = self.end();
        if is_poisoned {
            return Err(poisoned(failure.map(|failure| failure())));
        }
        if let Some(failure) = failure {
            return fail(failure(), activation, context.as_context_mut());
        }
        match control {
            Some(control) => {
                recorder::sample(context.as_context_mut(), true);
                // SAFETY: the store's payload owns it, and lives at least until this thread has left.
                unsafe { control.as_ref() }.check_after_host()
            }
            None => Ok(()),
        }
    }

    /// Leaves the host function. Returns the control of the store, if it has to be checked, and whether the store
    /// is poisoned.
    #[inline(always)]
    fn end(self) -> (Option<NonNull<Control>>, bool) {
        let Self { innermost, call: HostCall { reentry, outer, .. } } = self;
        drop(innermost);
        // SAFETY: the host function has returned, so no guard of a reentry lives.
        let control = unsafe {
            reentry.payload(|payload| {
                payload.end_host(outer);
                if SUPERVISED { payload.control_to_check() } else { None }
            })
        };
        (control, reentry.is_poisoned())
    }
}

/// An activation while it is the innermost of its thread.
struct Innermost<'a>(&'a Activation, &'a Thread);

impl Drop for Innermost<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        let Self(activation, thread) = *self;
        if thread.innermost() != ptr::from_ref(activation).cast() {
            out_of_order();
        }
        thread.leave_host(activation.outer);
    }
}

/// The error after a host function in whose store a panic happened.
#[cold]
fn poisoned(failure: Option<HostFailure>) -> wasmtime::Error {
    // A finalizer must not run between wasm's frames.
    finalizer::delay_during(|| drop(failure));
    wasmtime::Error::new(HostFailure::poisoned())
}

/// Continues wasm with the failure of a host function. An exception of the same store is thrown, so that wasm can
/// catch it, but not into a component: for Wasmtime, a component's call of a host function can't end by an exception. Any
/// other failure ends the call.
#[cold]
fn fail(
    failure: HostFailure,
    activation: &Activation,
    mut context: StoreContextMut<'_, StoreData>,
) -> wasmtime::Result<()> {
    let store = context.data().location.store();
    match &failure.report.exception {
        Some((of, exception)) if *of == store && activation.calling_instance().is_some() => {
            let exception = exception.to_rooted(&mut context);
            Err(context.throw::<()>(exception).unwrap_err())
        }
        _ => Err(wasmtime::Error::new(failure)),
    }
}

/// A WASI function that runs, out of which streams call functions of the program.
#[cfg(feature = "wasi")]
pub(crate) struct Callout(Calling);

#[cfg(feature = "wasi")]
impl Callout {
    /// Nothing uses `caller` while a stream calls out.
    pub(crate) fn new(caller: &mut Caller<'_, StoreData>) -> Self {
        Self(Calling::instance(caller))
    }

    /// The same for a call by a component.
    pub(crate) fn of_component(call: &ComponentCall<'_>) -> Self {
        Self(Calling::component(call))
    }
}

#[cfg(feature = "wasi")]
impl CallsOut for Callout {
    fn call_out(
        &self,
        has_run: &AtomicBool,
        call: &mut dyn FnMut() -> *mut safewasm_error_t,
    ) -> Result<(), HostFailure> {
        // SAFETY: the WASI function waits, and uses nothing of the store meanwhile.
        let mut context = unsafe { self.0.context() };
        let location = context.data().location;
        let context = Context::of(context.as_context_mut());
        // SAFETY: this thread runs wasm in the store, which nothing enters meanwhile.
        let (outer, hooks, thread) = unsafe {
            location
                .payload(|payload| (payload.begin_host(context), payload.hooks(), payload.thread()))
        };
        // SAFETY: the calling thread is the one that is inside the store.
        let thread = unsafe { thread.get() };
        let activation = Activation::of(self.0, hooks, thread);
        thread.enter_host(ptr::from_ref(&activation).cast());
        let innermost = Innermost(&activation, thread);
        let error = call_host(activation.hooks(), thread, has_run, call);
        drop(innermost);
        // SAFETY: as above.
        unsafe { location.payload(|payload| payload.end_host(outer)) };
        outcome(error, location.store())
    }
}

#[cold]
fn out_of_order() -> ! {
    give_up(
        "a host function returned before another one that was called later on the same thread; calls of \
         wasm on a thread must end in the opposite order in which they began (see `current_task` in \
         safewasm_hooks_t)",
    );
}

impl Activation {
    /// The activation of the host function that `calling` calls on this thread. `hooks` are its engine's.
    #[inline(always)]
    fn of(calling: Calling, hooks: Option<NonNull<safewasm_hooks_t>>, thread: &Thread) -> Self {
        Self {
            handle: thread.next_caller(),
            calling,
            // SAFETY: the hooks live as long as the engine of the host function, which runs.
            task: hooks.map_or(ptr::null_mut(), |hooks| unsafe { hooks.as_ref() }.task()),
            hooks,
            outer: thread.innermost(),
        }
    }

    /// The host function around this one, or null.
    fn outer(&self) -> *const Self {
        thread::activation_of(self.outer).cast()
    }

    /// The caller's handle.
    #[inline(always)]
    pub(crate) fn caller(&self) -> *mut safewasm_caller_t {
        ptr::without_provenance_mut(self.handle as usize)
    }

    /// The store that the host function runs in.
    pub(crate) fn store(&self) -> Handle {
        // SAFETY: the host function runs, and this thread is inside its store.
        unsafe { self.calling.context() }.data().location.store()
    }

    /// The pointer that the program attached to that store.
    pub(crate) fn attached(&self) -> *mut c_void {
        // SAFETY: as in `store`.
        unsafe { self.calling.context() }.data().attached.data()
    }

    /// The call of a component; none if an instance of a module called the host function.
    ///
    /// # Safety
    ///
    /// The host function runs during `'a`.
    pub(crate) unsafe fn component_call<'a>(&self) -> Option<&'a ComponentCall<'a>> {
        // SAFETY: as the caller vouches.
        unsafe { self.calling.call() }
    }

    /// Wasmtime's caller; none if a component called the host function.
    pub(crate) fn calling_instance(&self) -> Option<NonNull<Caller<'static, StoreData>>> {
        self.calling.caller()
    }

    /// The stores of the host functions that run on this thread, the innermost first.
    pub(crate) fn stores() -> Vec<Handle> {
        let mut stores = Vec::new();
        let mut next = innermost();
        // SAFETY: as in `find`.
        while let Some(activation) = unsafe { next.as_ref() } {
            stores.push(activation.store());
            next = activation.outer();
        }
        stores
    }

    /// The hooks to call around the host function, if the thread has a task.
    #[inline(always)]
    pub(crate) fn hooks(&self) -> Option<&safewasm_hooks_t> {
        if self.task.is_null() {
            return None;
        }
        // SAFETY: as in `of`.
        self.hooks.map(|hooks| unsafe { hooks.as_ref() })
    }

    /// Refuses to run wasm while another task's call is suspended in a host function on this thread.
    /// Wasmtime's calls on a thread must end in the opposite order in which they began.
    #[inline(always)]
    pub(crate) fn check_task(thread: &Thread) -> Result<()> {
        if thread.innermost().is_null() { Ok(()) } else { Self::check_task_of(innermost()) }
    }

    /// The hooks of the innermost host function on this thread that has hooks and runs in a task.
    pub(crate) fn hooks_of_thread<'a>() -> Option<&'a safewasm_hooks_t> {
        let mut next = innermost();
        // SAFETY: as in `find`.
        while let Some(activation) = unsafe { next.as_ref() } {
            if let Some(hooks) = activation.hooks() {
                return Some(hooks);
            }
            next = activation.outer();
        }
        None
    }

    #[inline(never)]
    fn check_task_of(innermost: *const Self) -> Result<()> {
        if !innermost.is_null() && stack::has_left_the_stack(innermost) {
            return Err(left_behind());
        }
        let mut next = innermost;
        // SAFETY: as in `find`.
        while let Some(activation) = unsafe { next.as_ref() } {
            // The innermost host function that has hooks. Those inside it, without hooks, run in the same task.
            if let Some(hooks) = activation.hooks
                && !activation.task.is_null()
            {
                // SAFETY: the hooks live as long as the engine of the host function, which runs.
                if unsafe { hooks.as_ref() }.task() == activation.task {
                    return Ok(());
                }
                return Err(Error::new(
                    ErrorKind::TASK,
                    "another task's call of wasm is suspended in a host function on this thread; \
                     wasm can run here again when that host function has returned",
                ));
            }
            next = activation.outer();
        }
        Ok(())
    }

    /// The activation of this thread with that caller.
    pub(crate) fn find(caller: *mut safewasm_caller_t) -> Option<*const Self> {
        let mut next = innermost();
        // SAFETY: the list consists of activations in living frames: each removes itself from the list
        // before it is dropped.
        while let Some(activation) = unsafe { next.as_ref() } {
            if activation.handle == caller as u64 {
                return Some(next);
            }
            next = activation.outer();
        }
        None
    }

    pub(crate) fn get(caller: *mut safewasm_caller_t) -> Result<*const Self> {
        Self::find(caller).ok_or_else(|| {
            let (kind, why) = if caller.is_null() {
                (ErrorKind::NULL_POINTER, "is NULL")
            } else {
                let why = "is no caller of a host function that runs on this thread; a caller is \
                           valid until its host function returns";
                (ErrorKind::INVALID_HANDLE, why)
            };
            Error::new(kind, format!("Invalid caller: `caller` {why}"))
        })
    }
}
