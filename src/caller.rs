//! Callers: what a host function knows of the call that it serves.

use crate::boundary::{Out, boundary, give_up, quietly, utf8};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::external::safewasm_extern_t;
use crate::handle::Handle;
use crate::hooks::safewasm_hooks_t;
use crate::registry::{self, Kind};
use crate::store::{Entered, StoreData, safewasm_store_t};
use crate::text::quoted;
use crate::thread::{self, Thread};
use std::ffi::c_void;
use std::os::raw::c_char;
use std::ptr::{self, NonNull};
use wasmtime::{Caller, Extern};

/// What a host function is called by: gives access to the exports of the calling instance. Valid on
/// the thread of the host function until that returns; nobody deletes it.
pub struct safewasm_caller_t {
    _opaque: (),
}

/// A host function that runs on this thread. They are a list, the innermost first, through frames of
/// the stack.
pub(crate) struct Activation {
    /// The bits of the caller's handle: never the same again, on no thread but by chance.
    handle: u64,
    caller: *mut Caller<'static, StoreData>,
    /// The task that the host function runs in, if the hooks of its engine tell.
    task: *mut c_void,
    hooks: Option<NonNull<safewasm_hooks_t>>,
    outer: *const Activation,
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
        if self.1.activation() != ptr::from_ref(self.0) {
            out_of_order();
        }
        self.1.set_activation(self.0.outer);
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
            outer: thread.activation(),
        }
    }

    /// Makes it the innermost of its thread until what it gives is dropped.
    #[inline(always)]
    pub(crate) fn begin<'a>(&'a self, thread: &'a Thread) -> Innermost<'a> {
        thread.set_activation(self);
        Innermost(self, thread)
    }

    /// The caller's handle.
    #[inline(always)]
    pub(crate) fn caller(&self) -> *mut safewasm_caller_t {
        ptr::without_provenance_mut(self.handle as usize)
    }

    /// The store that the host function runs in.
    fn store(&self) -> Handle {
        // SAFETY: the frame that has the `Caller` waits for the host function, and this thread is inside
        // its store.
        unsafe { (*self.caller).data() }.location.store()
    }

    /// The stores of the host functions that run on this thread, the innermost first.
    pub(crate) fn stores() -> Vec<Handle> {
        let mut stores = Vec::new();
        let mut next = thread::activation();
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
        let innermost = thread::activation();
        if innermost.is_null() { Ok(()) } else { Self::check_task_of(innermost) }
    }

    /// The hooks of the innermost host function on this thread that has such and runs in a task.
    pub(crate) fn hooks_of_thread<'a>() -> Option<&'a safewasm_hooks_t> {
        let mut next = thread::activation();
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
        if thread::has_left_the_stack(innermost) {
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
    fn find(caller: *mut safewasm_caller_t) -> Option<*const Self> {
        let mut next = thread::activation();
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

    fn get(caller: *mut safewasm_caller_t) -> Result<*const Self> {
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

/// The export called `name`, UTF-8 of `name_len` bytes, of the instance that called the host
/// function.
///
/// On success `*export_out` is the export with a new handle, which belongs to the caller of this
/// function, who gives it to `safewasm_extern_delete`; on failure it is all zero.
///
/// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8; not found,
/// also if no instance called, but the program itself; store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_caller_export(
    caller: *mut safewasm_caller_t,
    name: *const c_char,
    name_len: usize,
    export_out: *mut safewasm_extern_t,
) -> *mut safewasm_error_t {
    boundary(Out("export_out", export_out), || {
        // SAFETY: the header demands `name_len` bytes at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let activation = Activation::get(caller)?;
        // SAFETY: found in the list, so its frame is still running.
        let (store, calling) = unsafe { ((*activation).store(), (*activation).caller) };
        let mut guard = registry::enter_handle(store, "caller")?;
        // SAFETY: the frame that has the `Caller` waits for the host function, and this thread is
        // inside its store.
        match unsafe { (*calling).get_export(name) } {
            Some(export) => safewasm_extern_t::own(&mut guard, export),
            None => Err(no_export(name)),
        }
    })
}

fn no_export(name: &str) -> Error {
    Error::new(
        ErrorKind::NOT_FOUND,
        format!(
            "the caller has no export called `{}`; only an instance that called the host function \
             itself has any",
            quoted(name)
        ),
    )
}

/// Where the memory lies that the calling instance exports as `name`, UTF-8 of `name_len` bytes: for a host
/// function that reads or writes much of it, without a handle.
///
/// On success `*data_out` is the memory's first byte and `*len_out` its size in bytes; on failure they are
/// NULL and 0. They hold until the host function returns, or until something may grow the memory before that:
/// a call of wasm in the store, or `safewasm_memory_grow`. Addresses that wasm gave MUST be compared with
/// `*len_out` before they are used; `safewasm_memory_read` does so itself.
///
/// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8; not found, also if
/// no instance called, but the program itself; type mismatch for an export that is no memory; unsupported
/// for a shared memory, whose bytes other threads change meanwhile: read it by
/// `safewasm_sharedmemory_read`; store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_caller_memory(
    caller: *mut safewasm_caller_t,
    name: *const c_char,
    name_len: usize,
    data_out: *mut *mut u8,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("data_out", data_out), Out("len_out", len_out)), || {
        // SAFETY: the header demands `name_len` bytes at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let activation = Activation::get(caller)?;
        // SAFETY: found in the list, so its frame is still running.
        let (store, calling) = unsafe { ((*activation).store(), (*activation).caller) };
        let mut guard = registry::enter_handle(store, "caller")?;
        // SAFETY: the frame that has the `Caller` waits for the host function, and this thread is
        // inside its store.
        let found = unsafe { (*calling).get_export(name) };
        let refused = |kind, why: &str| {
            let name = quoted(name);
            Err(Error::new(kind, format!("the export `{name}` of the calling instance is {why}")))
        };
        match found {
            Some(Extern::Memory(memory)) => {
                let context = guard.context();
                Ok((memory.data_ptr(&context), memory.data_size(&context)))
            }
            Some(Extern::SharedMemory(_)) => refused(
                ErrorKind::UNSUPPORTED,
                "a shared memory, which other threads change; use `safewasm_sharedmemory_read`",
            ),
            Some(_) => refused(ErrorKind::TYPE_MISMATCH, "no memory"),
            None => Err(no_export(name)),
        }
    })
}

/// The store that the host function runs in.
///
/// On success `*store_out` is the store's own handle, which still belongs to whoever made the store:
/// `safewasm_store_delete` of it deletes the store. On failure it is NULL.
///
/// Errors: null pointer, invalid handle.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_caller_store(
    caller: *mut safewasm_caller_t,
    store_out: *mut *mut safewasm_store_t,
) -> *mut safewasm_error_t {
    boundary(Out("store_out", store_out), || {
        let activation = Activation::get(caller)?;
        // SAFETY: found in the list, so its frame is still running.
        Ok(registry::pointer(unsafe { (*activation).store() }))
    })
}

/// Whether `caller` is the caller of a host function that runs on this thread.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_caller_is_valid(caller: *mut safewasm_caller_t) -> bool {
    quietly(|| Activation::find(caller).is_some())
}
