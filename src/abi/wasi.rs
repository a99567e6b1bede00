//! WASI: the files, streams and clocks of a program. A library that was built without its feature
//! `wasi` lacks the functions of this section.
//!
//! Example: examples/wasi.c

pub use crate::kinds::safewasm_wasi_t;

use crate::abi::args::{Nullable, optional, utf8};
use crate::abi::boundary::{Out, boundary};
use crate::engine::sandbox::{Sandbox, safewasm_sandbox_t};
use crate::error::{Error, ErrorKind};
use crate::kinds::{
    safewasm_componentinstance_t, safewasm_componentlinker_t, safewasm_error_t,
    safewasm_instance_t, safewasm_linker_t, safewasm_store_t,
};
use crate::link::{preview1, preview2, start};
use crate::process::unwind::quietly;
use crate::process::{finalizer, threadpool};
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::store::wasi::Wasi;
use crate::types::boolean::BoolArg;
use crate::wasi::config::{Config, Settings};
use std::os::raw::c_char;

/// Creates a WASI config with nothing in it: no arguments, no environment, no folders, an empty
/// standard input; standard output and standard error are discarded.
///
/// On success `*wasi_out` is a new WASI config; pass it to `safewasm_store_set_wasi` or delete it
/// with `safewasm_wasi_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_new(
    wasi_out: *mut *mut safewasm_wasi_t,
) -> *mut safewasm_error_t {
    boundary(Out("wasi_out", wasi_out), || {
        registry::insert(threadpool::with_stack(Config::default)?)
    })
}

/// Adds an argument of the program, UTF-8 text of `arg_len` bytes (or `SAFEWASM_STRLEN`). The first
/// one is the program's name.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the text isn't UTF-8 or contains a NUL.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_add_arg(
    wasi: *mut safewasm_wasi_t,
    arg: *const c_char,
    arg_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let wasi = wasi.get("wasi")?;
        // SAFETY: the header demands `arg_len` bytes, or a NUL, at an `arg` that isn't NULL.
        let arg = unsafe { utf8(arg, arg_len, "arg") }?;
        wasi.with(|settings| settings.add_arg(arg))
    })
}

/// Sets an environment variable of the program. Its name is `name`, UTF-8 text of `name_len` bytes
/// (or `SAFEWASM_STRLEN`), and its value is `value`, UTF-8 text of `value_len` bytes (or
/// `SAFEWASM_STRLEN`). A value that was set before is replaced.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8 or contains a NUL, or if the name is
/// empty or contains `=`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_add_env(
    wasi: *mut safewasm_wasi_t,
    name: *const c_char,
    name_len: usize,
    value: *const c_char,
    value_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let wasi = wasi.get("wasi")?;
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        // SAFETY: as above, for `value`.
        let value = unsafe { utf8(value, value_len, "value") }?;
        wasi.with(|settings| settings.add_env(name, value))
    })
}

/// Adds the arguments of this process, the name of its program first. What isn't UTF-8 in them is
/// replaced by U+FFFD.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_inherit_args(wasi: *mut safewasm_wasi_t) -> *mut safewasm_error_t {
    boundary((), || wasi.get("wasi")?.with(Settings::inherit_args))
}

/// Sets the environment variables that this process has now. What isn't UTF-8 in them is replaced by
/// U+FFFD. No other thread MUST change the environment meanwhile (`setenv`).
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_inherit_env(wasi: *mut safewasm_wasi_t) -> *mut safewasm_error_t {
    boundary((), || wasi.get("wasi")?.with(Settings::inherit_env))
}

/// Opens a folder for the program. Its path is `host`, UTF-8 text of `host_len` bytes (or
/// `SAFEWASM_STRLEN`), and the program sees it under the path `guest`, UTF-8 text of `guest_len`
/// bytes (or `SAFEWASM_STRLEN`), for instance `/in`, or `.` for the folder that relative paths start
/// from.
///
/// The program can read what is in the folder and in its folders. If `writable` is true, it can also
/// change it. It can't leave the folder, neither by `..` nor by symbolic links. It can open files
/// and folders only: FIFOs, sockets and devices are refused with the errno `notsup`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8 or contains a NUL, or if `guest` is
/// empty; `SAFEWASM_ERROR_IO` if the folder can't be opened, or is no folder.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_add_dir(
    wasi: *mut safewasm_wasi_t,
    host: *const c_char,
    host_len: usize,
    guest: *const c_char,
    guest_len: usize,
    writable: BoolArg,
) -> *mut safewasm_error_t {
    boundary((), || {
        let wasi = wasi.get("wasi")?;
        // SAFETY: the header demands `host_len` bytes, or a NUL, at a `host` that isn't NULL.
        let host = unsafe { utf8(host, host_len, "host") }?;
        // SAFETY: as above, for `guest`.
        let guest = unsafe { utf8(guest, guest_len, "guest") }?;
        let add = || wasi.with(|settings| settings.add_dir(host, guest, writable.get()));
        threadpool::with_stack(add)?
    })
}

/// Fixes the clocks of the program: the realtime clock shows `unix_nanoseconds` since 1970, the
/// monotonic clock 0. Only a sleep of the program advances them, and takes no time itself.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_set_fixed_clock(
    wasi: *mut safewasm_wasi_t,
    unix_nanoseconds: u64,
) -> *mut safewasm_error_t {
    set(wasi, |settings| settings.fixed_clock = Some(unix_nanoseconds))
}

/// Makes the random numbers of the program a function of `seed`: two runs get the same ones. They
/// are not fit for cryptography. Without a seed they are the system's, which are.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_set_seed(
    wasi: *mut safewasm_wasi_t,
    seed: u64,
) -> *mut safewasm_error_t {
    set(wasi, |settings| settings.seed = Some(seed))
}

/// Sets how many files and folders the program may have open at once, beside its streams and the
/// folders of `safewasm_wasi_add_dir`. The initial value is 1,000. Opening one more fails with the
/// errno `mfile`.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_set_open_limit(
    wasi: *mut safewasm_wasi_t,
    files: u32,
) -> *mut safewasm_error_t {
    set(wasi, |settings| settings.open_limit = files)
}

/// Sets how many bytes the program may write to its folders. `UINT64_MAX`, the initial value, means
/// no limit. A write beyond the limit fails as a whole, with the errno `nospc`.
///
/// Each byte that is written counts, whether the file grows or not. A file that grows otherwise
/// counts with the difference. Each new name of a file, folder or link counts 4,096 bytes. Deleting
/// gives nothing back.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_wasi_set_written_limit(
    wasi: *mut safewasm_wasi_t,
    bytes: u64,
) -> *mut safewasm_error_t {
    set(wasi, |settings| settings.written_limit = (bytes != u64::MAX).then_some(bytes))
}

/// Limits the bytes that the program may write and the files that it may have open as `sandbox`
/// says; see `safewasm_store_set_sandbox`. Everything else stays as it is: a WASI config gives the
/// program nothing that it wasn't told to give.
///
/// `sandbox` may be NULL, which selects the defaults.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_set_sandbox(
    wasi: *mut safewasm_wasi_t,
    sandbox: Nullable<*const safewasm_sandbox_t>,
) -> *mut safewasm_error_t {
    // SAFETY: the header demands that a pointer that isn't NULL points to a sandbox.
    let asked = unsafe { optional(sandbox) };
    let limits = *Sandbox::new(asked.unwrap_or_default()).limits();
    set(wasi, |settings| {
        settings.streams().set_limit(limits.output_limit);
        settings.open_limit = limits.open_limit;
        settings.written_limit = (limits.written_limit != u64::MAX).then_some(limits.written_limit);
    })
}

fn set(wasi: *mut safewasm_wasi_t, set: impl FnOnce(&mut Settings)) -> *mut safewasm_error_t {
    boundary((), || {
        wasi.get("wasi")?.with(|settings| {
            set(settings);
            Ok(())
        })
    })
}

/// Returns true if `wasi` is a WASI config that has neither been deleted nor given to a store.
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_wasi_is_valid(wasi: *mut safewasm_wasi_t) -> bool {
    quietly(|| wasi.is_valid())
}

/// Deletes `wasi`. Does nothing if `wasi` is NULL or was deleted already. Never fails and never
/// waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_wasi_delete(wasi: *mut safewasm_wasi_t) {
    quietly(|| wasi.delete());
}

/// Gives `store` the WASI that `wasi` describes. Instances in the store share it: their files, their
/// position in standard input, their limits. `wasi` is consumed, even if this function fails. A
/// store has one WASI at most.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the store has WASI already; `SAFEWASM_ERROR_LIMIT` if the
/// library's threads for WASI can't be started; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_store_set_wasi(
    store: *mut safewasm_store_t,
    wasi: *mut safewasm_wasi_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        finalizer::run_after(|| {
            let wasi = wasi.take("wasi");
            let mut guard = registry::enter_store(store, "store")?;
            let wasi = wasi?;
            if guard.context().data().wasi.is_some() {
                return Err(Error::new(ErrorKind::INVALID_ARGUMENT, "`store` has WASI already"));
            }
            let store = guard.store();
            let wasi = threadpool::with_stack(|| Wasi::new(&wasi, store))??;
            guard.context().data_mut().wasi = Some(Box::new(wasi));
            Ok(())
        })
    })
}

/// Defines the functions of WASI preview 1 as imports from the module `wasi_snapshot_preview1`.
/// They work in stores that have WASI (`safewasm_store_set_wasi`). On failure nothing is defined.
///
/// A program's own memory must be exported as `memory`, as compilers do. The functions never end the
/// process: `proc_exit` ends the call, see `safewasm_instance_run`. Each runs on the thread that
/// calls wasm, and needs up to 128 KiB of its stack, which the library keeps free for it. A call that
/// waits in a read, in a write or in a sleep is ended by all that ends wasm (with
/// `safewasm_config_set_epoch_interruption`): deadlines, time limits, `safewasm_store_interrupt`,
/// epochs, and the interrupt flag of the hooks.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if one of them is defined already; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_linker_define_wasi(
    linker: *mut safewasm_linker_t,
) -> *mut safewasm_error_t {
    boundary((), || preview1::define(&*linker.get("linker")?))
}

/// Defines the interfaces of WASI 0.2 that `wasi:cli/imports` has: of `wasi:cli`, `wasi:clocks`,
/// `wasi:filesystem`, `wasi:io`, `wasi:random` and `wasi:sockets`. Components may import any version 0.2 of them.
/// They work in stores that have WASI (`safewasm_store_set_wasi`), which modules and components in a
/// store share. On failure nothing is defined.
///
/// The functions end no process and wait like those of `safewasm_linker_define_wasi`. There is no network:
/// `wasi:sockets` makes no socket and looks up no name, but answers `access-denied`. The sockets' functions
/// are there because many components import them.
///
/// The limits of a WASI config hold, too. Opening more files than `safewasm_wasi_set_open_limit` allows fails
/// with `insufficient-memory`, and writing more to folders than `safewasm_wasi_set_written_limit` allows with
/// `insufficient-space`. A component has at most 65,536 resources of WASI beside its files, such as streams and
/// pollables; one more ends the call with an error.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if one of them is defined already; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_componentlinker_define_wasi(
    linker: *mut safewasm_componentlinker_t,
) -> *mut safewasm_error_t {
    boundary((), || preview2::define(&*linker.get("linker")?))
}

/// Runs a command: calls the function `run` of the interface `wasi:cli/run`, which `instance` exports.
///
/// On success `*status_out` is the exit status: that of `exit` or `exit-with-code`, or 0 if `run` returned
/// without an error and 1 if it returned one. On failure it is 0. `exit` has no status but 0 and 1. Like
/// every end of a call that isn't a return, an exit ends the components of the store.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if the component exports no such function; `SAFEWASM_ERROR_TYPE_MISMATCH` if it
/// isn't a function without parameters that returns a `result` without values; `SAFEWASM_ERROR_TRAP` from wasm,
/// and the errors that host functions return; `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT` if the
/// program reached a limit of its WASI; `SAFEWASM_ERROR_UNSUPPORTED` if it called a WASI function and the
/// store has no WASI; `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentinstance_run(
    instance: *mut safewasm_componentinstance_t,
    status_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("status_out", status_out), || {
        let (mut guard, instance) = instance.enter("instance")?;
        start::run_component(&instance, &mut guard)
    })
}

/// Runs a command: calls the function `_start` of `instance`. A command can run once.
///
/// On success `*status_out` is the exit status: that of `proc_exit`, or 0 if the function returned.
/// On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if the module exports no `_start`; `SAFEWASM_ERROR_INVALID_MODULE` if
/// it isn't a function without parameters and results; `SAFEWASM_ERROR_TRAP` and
/// `SAFEWASM_ERROR_EXCEPTION` from wasm, and the errors that host functions return;
/// `SAFEWASM_ERROR_LIMIT` if the program reached a limit of its WASI; `SAFEWASM_ERROR_UNSUPPORTED`
/// if it called a WASI function and the store has no WASI; `SAFEWASM_ERROR_TASK`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_instance_run(
    instance: *mut safewasm_instance_t,
    status_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("status_out", status_out), || {
        let (mut guard, instance) = instance.enter("instance")?;
        start::run(&instance, &mut guard)
    })
}

/// Initializes a reactor, a module whose functions the program calls: calls the function
/// `_initialize` of `instance`, if it exports one and it was not called in this way before. Call
/// this before any other function of the instance.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_MODULE` if the module exports an `_initialize` that isn't a function
/// without parameters and results; `SAFEWASM_ERROR_EXIT` if the program exited;
/// `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from wasm, and the errors that host functions
/// return; `SAFEWASM_ERROR_LIMIT` if the program reached a limit of its WASI;
/// `SAFEWASM_ERROR_UNSUPPORTED` if it called a WASI function and the store has no WASI;
/// `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_instance_initialize(
    instance: *mut safewasm_instance_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        let (mut guard, instance) = instance.enter("instance")?;
        start::initialize(&instance, &mut guard)
    })
}

/// Returns true if `error` is of kind `SAFEWASM_ERROR_EXIT`: a program for WASI exited in another
/// call than `safewasm_instance_run`. `*status_out` is then its exit status. Otherwise returns false,
/// and `*status_out` is 0. `status_out` may be NULL.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_error_exit_status(
    error: *mut safewasm_error_t,
    status_out: Nullable<*mut u32>,
) -> bool {
    quietly(|| {
        let report = error.get("error").ok().filter(|report| report.kind == ErrorKind::EXIT);
        if !status_out.is_null() {
            let status = report.as_ref().map_or(0, |report| report.exit_status);
            // SAFETY: the header demands that a pointer that isn't NULL points to a `uint32_t`.
            unsafe { status_out.write_unaligned(status) };
        }
        report.is_some()
    })
}
