//! Hooks: callbacks by which a language's runtime learns when wasm or a host function runs, and by which
//! the library asks for tasks and their stacks.

use crate::error::{Error, ErrorKind, Result};
use crate::process::thread;
use std::ffi::c_void;
use std::os::raw::c_char;
use std::{mem, ptr};

/// Returns the task (coroutine, fiber) that runs on the calling thread, as a pointer that
/// identifies it. NULL means that the thread doesn't belong to the runtime; then no other hook is
/// called. Threads of processes (`safewasm_process_new`) are the library's: NULL there keeps the
/// other hooks from being called for processes.
pub type safewasm_current_task_t = Option<unsafe extern "C" fn(env: *mut c_void) -> *mut c_void>;

/// Called before wasm or a host function runs. The library passes the result to the hook that it
/// calls afterwards.
pub type safewasm_begin_t = Option<unsafe extern "C" fn(env: *mut c_void) -> isize>;

/// Called after wasm or a host function has run. `state` is the result of the hook that was called
/// before.
pub type safewasm_end_t = Option<unsafe extern "C" fn(state: isize, env: *mut c_void)>;

/// Returns the lowest address of the stack of `task`, which is the current task, and sets
/// `*size_out` to the size of the stack in bytes. NULL means not known. `scratch` points to an
/// integer that the hook may overwrite.
pub type safewasm_task_stack_t = Option<
    unsafe extern "C" fn(
        task: *mut c_void,
        size_out: *mut usize,
        scratch: *mut i32,
    ) -> *const c_void,
>;

/// Gets the stack of `task`, which is the current task: sets `*total_start_out` to its lowest
/// address and `*total_end_out` to the address after its highest. Both NULL means not known. The
/// library ignores `*active_start_out` and `*active_end_out`, the part of the stack in use.
pub type safewasm_task_bounds_t = Option<
    unsafe extern "C" fn(
        task: *mut c_void,
        active_start_out: *mut *mut c_char,
        active_end_out: *mut *mut c_char,
        total_start_out: *mut *mut c_char,
        total_end_out: *mut *mut c_char,
    ),
>;

/// The functions of a language runtime that the library calls around calls of wasm: for runtimes
/// with a garbage collector or a lock that other threads wait for, with tasks that share a thread,
/// with stacks of their own, or with their own handling of Ctrl-C.
///
/// Each member may be NULL. The functions are called on the thread that calls wasm. They MUST
/// return, MUST NOT reach a point at which their thread can be cancelled (`pthread_cancel`), and
/// MUST NOT call this library, except for functions that take no store.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct safewasm_hooks_t {
    /// The size of this struct in bytes when the program was compiled: `sizeof(safewasm_hooks_t)`.
    pub size: usize,
    /// The argument of the functions. It MUST live as long as `interrupt_flag`.
    pub env: *mut c_void,
    /// Identifies the current task. With this hook, a task that calls wasm on a thread where
    /// another task's call is suspended in a host function gets an error of kind
    /// `SAFEWASM_ERROR_TASK`. A host function that returns on another thread than the one it began
    /// on ends the process with a message.
    pub current_task: safewasm_current_task_t,
    /// Called before wasm runs, for instance to let a garbage collector run meanwhile.
    pub begin_wasm: safewasm_begin_t,
    /// Called after wasm has run.
    pub end_wasm: safewasm_end_t,
    /// Called before a host function runs. No other code of the program runs before it.
    pub begin_host: safewasm_begin_t,
    /// Called after a host function has run.
    pub end_host: safewasm_end_t,
    /// Returns the current task's stack. Called before wasm runs on another stack than the thread's
    /// own. Unless this hook or `task_bounds` knows the stack, the call is refused with an error of
    /// kind `SAFEWASM_ERROR_UNSUPPORTED`, since wasm could overwrite the memory below the stack.
    pub task_stack: safewasm_task_stack_t,
    /// A flag that is not 0 while an interrupt by the user (Ctrl-C) is pending. While wasm runs on
    /// the process's main thread, to which runtimes deliver interrupts, the library reads the flag
    /// about 20 times a second. If it is set, the call ends with the trap
    /// `SAFEWASM_TRAP_INTERRUPT`. The flag is read only with
    /// `safewasm_config_set_epoch_interruption`. It MUST live until the engine, its stores and its
    /// modules are deleted and no call runs in them.
    pub interrupt_flag: *const i32,
    /// Gets the current task's stack. If this hook is set, `task_stack` isn't called.
    pub task_bounds: safewasm_task_bounds_t,
    /// Not 0 if the runtime compiles a host function when it runs for the first time. The clocks of
    /// time limits (`safewasm_store_begin_timeout`) stop during the first run of each host
    /// function, in every store. Wasm that this host function calls counts for the limits of the
    /// store in which it runs.
    pub compiles_late: usize,
}

/// A run of wasm or of a host function whose begin the runtime was told. When dropped, it tells the end.
pub(crate) struct HookGuard<'a> {
    hooks: &'a safewasm_hooks_t,
    end: safewasm_end_t,
    state: isize,
}

impl Drop for HookGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(end) = self.end {
            // SAFETY: the runtime gave this function for this `env`; the hook for the begin returned
            // `state`.
            unsafe { end(self.state, self.hooks.env) };
        }
    }
}

// SAFETY: the header says that the members are used on any thread.
unsafe impl Send for safewasm_hooks_t {}

// SAFETY: as above.
unsafe impl Sync for safewasm_hooks_t {}

impl safewasm_hooks_t {
    const NONE: Self = Self {
        size: size_of::<Self>(),
        env: ptr::null_mut(),
        current_task: None,
        begin_wasm: None,
        end_wasm: None,
        begin_host: None,
        end_host: None,
        task_stack: None,
        interrupt_flag: ptr::null(),
        task_bounds: None,
        compiles_late: 0,
    };

    /// Reads the members of the hooks that existed when the program was compiled.
    ///
    /// # Safety
    ///
    /// `hooks` is NULL, or points to as many bytes as its first member says.
    pub(crate) unsafe fn read(hooks: *const Self) -> Result<Self> {
        if hooks.is_null() {
            return Err(Error::new(ErrorKind::NULL_POINTER, "`hooks` is NULL"));
        }
        // SAFETY: as the caller vouches.
        let size = unsafe { hooks.cast::<usize>().read_unaligned() };
        if size < mem::offset_of!(Self, env) + size_of::<*mut c_void>() || size > 4096 {
            return Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                format!("`hooks->size` is {size}; it must be sizeof(safewasm_hooks_t)"),
            ));
        }
        let mut read = Self::NONE;
        // SAFETY: as the caller vouches; the members are numbers and pointers that may be NULL, for which
        // every bit pattern is valid.
        unsafe {
            let to = (&raw mut read).cast::<u8>();
            // Only whole members. Each is as wide as a pointer.
            let size = size.min(size_of::<Self>()) & !(size_of::<usize>() - 1);
            ptr::copy_nonoverlapping(hooks.cast::<u8>(), to, size);
        }
        Ok(read)
    }

    /// The current task; null if the runtime has none on this thread. Without the hook all threads have the
    /// same task, which isn't null.
    #[inline]
    pub(crate) fn task(&self) -> *mut c_void {
        match self.current_task {
            // SAFETY: the runtime gave this function for this `env`.
            Some(current_task) => unsafe { current_task(self.env) },
            None => ptr::without_provenance_mut(1),
        }
    }

    /// Tells the runtime that wasm begins. Dropping the guard tells it that wasm ends.
    #[inline]
    pub(crate) fn begin_wasm(&self) -> HookGuard<'_> {
        let tells = self.begin_wasm.is_some() || self.end_wasm.is_some();
        if tells && !self.task().is_null() {
            self.begin(self.begin_wasm, self.end_wasm)
        } else {
            HookGuard { hooks: self, end: None, state: 0 }
        }
    }

    /// Tells the runtime that a host function begins. Dropping the guard tells it that the function ends.
    /// The calling thread must have a task.
    #[inline]
    pub(crate) fn begin_host(&self) -> HookGuard<'_> {
        self.begin(self.begin_host, self.end_host)
    }

    #[inline]
    fn begin(&self, begin: safewasm_begin_t, end: safewasm_end_t) -> HookGuard<'_> {
        // SAFETY: the runtime gave this function for this `env`.
        let state = begin.map_or(0, |begin| unsafe { begin(self.env) });
        HookGuard { hooks: self, end, state }
    }

    /// The bounds of the current task's stack: its lowest address, and the one after its highest.
    pub(crate) fn stack(&self) -> Option<(usize, usize)> {
        let task = self.task();
        if task.is_null() {
            return None;
        }
        if let Some(task_bounds) = self.task_bounds {
            let (mut active, mut total) = ([ptr::null_mut(); 2], [ptr::null_mut(); 2]);
            let [active_start, active_end] = &mut active;
            let [start, end] = &mut total;
            // SAFETY: the runtime gave this function for its tasks.
            unsafe { task_bounds(task, active_start, active_end, start, end) };
            return (!start.is_null()).then_some((*start as usize, *end as usize));
        }
        let (mut size, mut scratch) = (0usize, 0i32);
        // SAFETY: the runtime gave this function for its tasks.
        let low = unsafe { self.task_stack?(task, &mut size, &mut scratch) } as usize;
        (low != 0).then(|| (low, low.saturating_add(size)))
    }

    /// Whether an interrupt is pending for the calling thread.
    pub(crate) fn is_interrupted(&self) -> bool {
        // SAFETY: the runtime gave a flag that lives as long as the engine.
        !self.interrupt_flag.is_null()
            && unsafe { self.interrupt_flag.read_volatile() } != 0
            && thread::is_main()
    }
}
