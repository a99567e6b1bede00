//! Callers: what a host function knows of the call that it serves.

use crate::engine::hooks::safewasm_hooks_t;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Handle;
use crate::kinds::{Kind, safewasm_caller_t};
use crate::process::stack;
use crate::process::thread::{self, Thread};
use crate::process::unwind::give_up;
use crate::store::data::StoreData;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use wasmtime::Caller;

/// A host function that runs on this thread. They are a list, the innermost first, through frames of
/// the stack.
pub(crate) struct Activation {
    /// The bits of the caller's handle: never the same again, on no thread but by chance.
    handle: u64,
    pub(crate) caller: *mut Caller<'static, StoreData>,
    /// The task that the host function runs in, if the hooks of its engine tell.
    task: *mut c_void,
    hooks: Option<NonNull<safewasm_hooks_t>>,
    outer: *const Activation,
}

/// The innermost host function that runs on the calling thread, or null.
#[inline(always)]
fn innermost() -> *const Activation {
    thread::activation().cast()
}

/// For a thread on which an earlier call never returned.
#[cold]
pub(crate) fn left_behind() -> Error {
    Error::new(
        ErrorKind::UNSUPPORTED,
        "an earlier call on this thread was left by a jump over it (a `longjmp`, or an exception \
         that this library couldn't see); no wasm can run on this thread any more",
    )
}

/// An activation while it is its thread's innermost.
pub(crate) struct Innermost<'a>(&'a Activation, &'a Thread);

impl Drop for Innermost<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.1.activation() != ptr::from_ref(self.0).cast() {
            out_of_order();
        }
        self.1.set_activation(self.0.outer.cast());
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
    /// That of a host function that `caller` called on this thread, with the hooks to call if there are
    /// such.
    #[inline(always)]
    pub(crate) fn of(
        caller: &mut Caller<'_, StoreData>,
        hooks: Option<NonNull<safewasm_hooks_t>>,
        thread: &Thread,
    ) -> Self {
        Self {
            handle: Kind::Caller.first_bits() as u64 + thread.next_serial(),
            caller: (&raw mut *caller).cast(),
            // SAFETY: the hooks live as long as the engine of the host function, which runs.
            task: hooks.map_or(ptr::null_mut(), |hooks| unsafe { hooks.as_ref() }.task()),
            hooks,
            outer: thread.activation().cast(),
        }
    }

    /// Makes it the innermost of its thread until what it gives is dropped.
    #[inline(always)]
    pub(crate) fn begin<'a>(&'a self, thread: &'a Thread) -> Innermost<'a> {
        thread.set_activation(ptr::from_ref(self).cast());
        Innermost(self, thread)
    }

    /// The caller's handle.
    #[inline(always)]
    pub(crate) fn caller(&self) -> *mut safewasm_caller_t {
        ptr::without_provenance_mut(self.handle as usize)
    }

    /// The store that the host function runs in.
    pub(crate) fn store(&self) -> Handle {
        // SAFETY: the frame that has the `Caller` waits for the host function, and this thread is inside
        // its store.
        unsafe { (*self.caller).data() }.location.store()
    }

    /// The stores of the host functions that run on this thread, the innermost first.
    pub(crate) fn stores() -> Vec<Handle> {
        let mut stores = Vec::new();
        let mut next = innermost();
        // SAFETY: as in `find`.
        while let Some(activation) = unsafe { next.as_ref() } {
            stores.push(activation.store());
            next = activation.outer;
        }
        stores
    }

    /// The hooks that are called around the host function.
    #[inline(always)]
    pub(crate) fn hooks(&self) -> Option<&safewasm_hooks_t> {
        if self.task.is_null() {
            return None;
        }
        // SAFETY: as in `of`.
        self.hooks.map(|hooks| unsafe { hooks.as_ref() })
    }

    /// Refuses to run wasm while another task's call waits on this thread for a host function.
    /// Wasmtime's calls on a thread must end in the opposite order in which they began.
    #[inline(always)]
    pub(crate) fn check_task() -> Result<()> {
        let innermost = self::innermost();
        if innermost.is_null() { Ok(()) } else { Self::check_task_of(innermost) }
    }

    /// The hooks of the innermost host function on this thread that has such and runs in a task.
    pub(crate) fn hooks_of_thread<'a>() -> Option<&'a safewasm_hooks_t> {
        let mut next = innermost();
        // SAFETY: as in `find`.
        while let Some(activation) = unsafe { next.as_ref() } {
            if let Some(hooks) = activation.hooks() {
                return Some(hooks);
            }
            next = activation.outer;
        }
        None
    }

    #[inline(never)]
    fn check_task_of(innermost: *const Self) -> Result<()> {
        if stack::has_left_the_stack(innermost) {
            return Err(left_behind());
        }
        let mut next = innermost;
        // SAFETY: as in `find`.
        while let Some(activation) = unsafe { next.as_ref() } {
            // The innermost that has one: those within it, without hooks, run in the same task.
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
            next = activation.outer;
        }
        Ok(())
    }

    /// The activation of this thread that `caller` means.
    pub(crate) fn find(caller: *mut safewasm_caller_t) -> Option<*const Self> {
        let mut next = innermost();
        // SAFETY: the list consists of activations in frames that are still running: each takes
        // itself off the list before it goes.
        while let Some(activation) = unsafe { next.as_ref() } {
            if activation.handle == caller as u64 {
                return Some(next);
            }
            next = activation.outer;
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
