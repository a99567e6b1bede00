//! Processes: commands that run on threads of the library.
//!
//! Example: examples/process.c

pub use crate::kinds::safewasm_process_t;

use crate::abi::args::Nullable;
use crate::abi::boundary::{Out, boundary};
use crate::command::process::Process;
use crate::command::run::Command;
use crate::kinds::{safewasm_error_t, safewasm_linker_t, safewasm_module_t, safewasm_store_t};
use crate::process::finalizer::{self, Env, safewasm_finalizer_t};
use crate::process::notice::{Notice, safewasm_notify_t};
use crate::process::unwind::quietly;
use crate::registry::{self, AnyHandle, SharedHandle};
use crate::types::boolean::Bool;
use std::ffi::c_void;

/// Starts a process: instantiates `module` in `store` with the linker's definitions as its imports,
/// and calls its function `_start`, on a thread of the library. Returns at once.
///
/// `module` must be a command: it exports a function `_start` without parameters and results. Its
/// imports are looked up and checked before the thread starts. Its start function, if it has one,
/// runs on the thread.
///
/// `store` is consumed, even if this function fails: its handle and the handles of its objects are
/// invalid afterwards, and its views are empty. It keeps its limits, its fuel, its deadline, its
/// time limits, which are for all tasks from now on, and the data that is attached to it. If a call
/// runs in it, this function fails, and the store is deleted as by `safewasm_store_delete`. The
/// process frees it when it ends.
///
/// All signals but those of faults are blocked on the thread. It has at least 2 MiB of stack beside
/// the stack of wasm. Host functions of the linker are called on it. They get the store from their
/// caller (`safewasm_caller_store`). If the engine has hooks, `current_task` should return NULL on
/// this thread.
///
/// When the process has ended and its store is freed, the library calls `notify` with `env`, unless
/// `notify` is NULL. It calls `finalizer` with `env` once: on the thread after `notify`, or on the
/// calling thread if this function fails.
///
/// The program may end (`exit`) while processes run. A process that runs while the program forks
/// runs in the parent only.
///
/// On success `*process_out` is a new process; delete it with `safewasm_process_delete`. On failure
/// it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if the module exports no `_start`; `SAFEWASM_ERROR_INVALID_MODULE` if
/// it isn't a function without parameters and results; `SAFEWASM_ERROR_LINK`, with the names of the
/// missing imports and similar names, or of the import with the wrong type;
/// `SAFEWASM_ERROR_WRONG_STORE` if the linker works with another store;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if no thread can be started;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_process_new(
    linker: *mut safewasm_linker_t,
    module: *mut safewasm_module_t,
    store: *mut safewasm_store_t,
    notify: Nullable<safewasm_notify_t>,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
    process_out: *mut *mut safewasm_process_t,
) -> *mut safewasm_error_t {
    let notice = Notice::new(notify, Env::new(env, finalizer));
    let error = boundary(Out("process_out", process_out), || {
        finalizer::run_after(|| {
            let linker = linker.get("linker")?;
            let module = module.get("module")?;
            let guard = registry::enter_store(store, "store")?;
            Process::start(Command::new(&linker, module, guard)?, notice)
        })
    });
    // On success there is no such store any more.
    quietly(|| store.delete());
    error
}

/// Waits until `process` has ended, but no longer than `timeout` nanoseconds. `UINT64_MAX` means
/// without a limit.
///
/// On success `*has_ended_out` is true if the process has ended, and false if the time is over. On
/// failure it is false.
///
/// May be called from any thread, and from several at once. A host function that the process has
/// called can't wait for it.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` on the thread that runs the process, and in a forked child if the
/// process had not ended before the fork.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_process_wait(
    process: *mut safewasm_process_t,
    timeout: u64,
    has_ended_out: *mut Bool,
) -> *mut safewasm_error_t {
    boundary(Out("has_ended_out", has_ended_out), || {
        Ok(process.get("process")?.wait(timeout)?.into())
    })
}

/// Gets the status of `process`: whether it has ended, and how. Never waits.
///
/// On success `*has_ended_out` is true if the process has ended. `*status_out` is then its exit
/// status: that of `proc_exit`, or 0 if `_start` returned. If the process runs, `*has_ended_out` is false and
/// `*status_out` is 0.
///
/// If an error ended the process, this function returns that error, a new one at each call, with
/// its backtrace. `*has_ended_out` is then true and `*status_out` is 0. If the function fails for
/// another reason, `*has_ended_out` is false.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the process had not ended before the fork. If
/// an error ended the process: `SAFEWASM_ERROR_TRAP`, with the code `SAFEWASM_TRAP_INTERRUPT` if it
/// was killed or its time was over; `SAFEWASM_ERROR_EXCEPTION`; `SAFEWASM_ERROR_LIMIT`, also if the
/// program reached a limit of its WASI; the errors that host functions return;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the module has a shared memory and the engine's config allows
/// none, or if the program called a WASI function and the store has no WASI.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_process_status(
    process: *mut safewasm_process_t,
    has_ended_out: *mut Bool,
    status_out: *mut u32,
) -> *mut safewasm_error_t {
    let outs = (Out("has_ended_out", has_ended_out), Out("status_out", status_out));
    boundary(outs, || match process.get("process")?.outcome()? {
        None => Ok((false.into(), 0)),
        Some(Ok(status)) => Ok((true.into(), status)),
        Some(Err(error)) => {
            // SAFETY: it isn't NULL, since it was cleared, and the header demands that it then points
            // to a `bool`.
            unsafe { has_ended_out.write(true.into()) };
            Err(error)
        }
    })
}

/// Kills `process`: ends it with the trap `SAFEWASM_TRAP_INTERRUPT` and the message that it was
/// killed, when wasm next reaches a loop or the start of a function, or at once if it waits in a
/// WASI function. A process that has not begun to run yet ends when it begins. Does nothing if the
/// process has ended. Waits for nothing.
///
/// A running host function is not interrupted; the trap follows when it returns to wasm. Killing
/// doesn't wake a thread that waits on a shared memory (`memory.atomic.wait32`, `wait64`).
///
/// May be called from any thread.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption, and in a forked
/// child if the process had not ended before the fork.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_process_kill(process: *mut safewasm_process_t) -> *mut safewasm_error_t {
    boundary((), || process.get("process")?.kill())
}

/// Returns true if `process` is a process that has not been deleted, whether it runs or has ended.
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_process_is_valid(process: *mut safewasm_process_t) -> bool {
    quietly(|| process.is_valid())
}

/// Deletes `process`. If it still runs, it is killed as by `safewasm_process_kill`; without epoch
/// interruption it runs on until it ends. `notify` is called in either case. Does nothing if
/// `process` is NULL or was deleted already. Never fails and never waits. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_process_delete(process: *mut safewasm_process_t) {
    quietly(|| {
        if let Ok(process) = process.take("process") {
            // A process that can't be killed runs on.
            let _ = process.kill();
        }
    });
}
