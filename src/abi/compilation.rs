//! Compilations: modules and components that threads of the library compile while the program does something else.
//!
//! A large module takes seconds or minutes to compile. A compilation can be waited for with a time limit, says how
//! far it is, and can be given up at once.
//!
//! Example: examples/compilation.c

pub use crate::engine::compilation::safewasm_progress_t;
pub use crate::kinds::safewasm_compilation_t;
pub use crate::process::notice::safewasm_notify_t;

use crate::abi::args::{Nullable, bytes_of};
use crate::abi::boundary::{Out, boundary};
use crate::call::host::take_over;
use crate::engine::compilation::Compilation;
use crate::engine::compile::is_component;
use crate::engine::component::Component;
use crate::engine::module::Module;
use crate::engine::source::owned;
use crate::error::{Error, Result};
use crate::kinds::{safewasm_component_t, safewasm_engine_t, safewasm_error_t, safewasm_module_t};
use crate::process::finalizer::{self, Env, safewasm_finalizer_t};
use crate::process::notice::Notice;
use crate::process::unwind::{call_out, quietly};
use crate::registry::{self, SharedHandle};
use crate::types::boolean::Bool;
use std::ffi::c_void;

/// Starts to compile a module or a component from its bytes, on threads of the library. Returns at once.
///
/// `bytes` is a module or a component in the binary format, of `bytes_len` bytes, of which the library
/// makes a copy. Each compilation has as many threads as the machine has processors, or fewer if the
/// system allows no more. If it allows none, the module is compiled, and `notify` called, before this function
/// returns. `engine` may be deleted meanwhile.
///
/// When the compilation has ended, the library calls `notify` with `env`, unless `notify` is NULL. It
/// calls `finalizer` with `env` once: after `notify`, or on the calling thread if this function fails.
///
/// The program may end (`exit`) while modules are compiled. What is compiled while the program forks is
/// compiled in the parent only.
///
/// On success `*compilation_out` is a new compilation; delete it with `safewasm_compilation_delete`. On
/// failure it is NULL. Most errors of a module are those of `safewasm_compilation_module`, and those of
/// a component those of `safewasm_compilation_component`.
///
/// May be called from any thread.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_MODULE` if the bytes begin neither as a module nor as a component;
/// `SAFEWASM_ERROR_LIMIT` if the module or component is larger than the config allows, or if no memory
/// is left.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_compilation_new(
    engine: *mut safewasm_engine_t,
    bytes: *const u8,
    bytes_len: usize,
    notify: Nullable<safewasm_notify_t>,
    env: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
    compilation_out: *mut *mut safewasm_compilation_t,
) -> *mut safewasm_error_t {
    let notice = Notice::new(notify, Env::new(env, finalizer));
    boundary(Out("compilation_out", compilation_out), || {
        finalizer::run_after(|| {
            let engine = engine.get("engine")?;
            // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
            let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
            let wasm = owned(bytes)?;
            registry::insert(if is_component(&wasm) {
                Compilation::start::<Component>(engine, wasm, notice)?
            } else {
                Compilation::start::<Module>(engine, wasm, notice)?
            })
        })
    })
}

/// Waits until `compilation` has ended, but no longer than `timeout` nanoseconds. `UINT64_MAX` means
/// without a limit, and 0 doesn't wait.
///
/// On success `*has_ended_out` is true if the compilation has ended, and false if the time is over. On
/// failure it is false.
///
/// May be called from any thread, and from several at once.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had not ended before the fork.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_compilation_wait(
    compilation: *mut safewasm_compilation_t,
    timeout: u64,
    has_ended_out: *mut Bool,
) -> *mut safewasm_error_t {
    boundary(Out("has_ended_out", has_ended_out), || {
        Ok(compilation.get("compilation")?.wait(timeout)?.into())
    })
}

/// Gets how far `compilation` is. Never waits.
///
/// On success `*total_out` is the number of functions that the module or the component defines, and `*done_out` how many
/// of them were compiled, or are being compiled. It never decreases, and reaches the total when there is
/// a module. With `SAFEWASM_STRATEGY_WINCH`, and for a module that the cache has, it is 0 before. On
/// failure both are 0.
///
/// May be called from any thread.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had not ended before the fork.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_compilation_progress(
    compilation: *mut safewasm_compilation_t,
    done_out: *mut usize,
    total_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("done_out", done_out), Out("total_out", total_out)), || {
        compilation.get("compilation")?.progress()
    })
}

/// Gets the module of `compilation`. Waits until it is compiled.
///
/// On success `*module_out` is the module, with a new handle at each call; delete it with
/// `safewasm_module_delete`. It lives on when the compilation is deleted. On failure it is NULL.
///
/// May be called from any thread, and from several at once.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if it compiles a component; `SAFEWASM_ERROR_INVALID_MODULE`, with
/// the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if the
/// compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if no thread is left to compile on, or if no
/// memory is left for the code; `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had
/// not ended before the fork.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_compilation_module(
    compilation: *mut safewasm_compilation_t,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || {
        registry::insert::<safewasm_module_t>(compilation.get("compilation")?.module()?)
    })
}

/// Gets the component of `compilation`. Waits until it is compiled.
///
/// On success `*component_out` is the component, with a new handle at each call; delete it with
/// `safewasm_component_delete`. It lives on when the compilation is deleted. On failure it is NULL.
///
/// May be called from any thread, and from several at once.
///
/// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
/// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if it compiles a module;
/// `SAFEWASM_ERROR_UNSUPPORTED` if the component uses asynchronous functions or types, and in a forked
/// child if the compilation had not ended before the fork.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_compilation_component(
    compilation: *mut safewasm_compilation_t,
    component_out: *mut *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary(Out("component_out", component_out), || {
        registry::insert::<safewasm_component_t>(compilation.get("compilation")?.component()?)
    })
}

/// Returns true if `compilation` is a compilation that has not been deleted, whether it goes on or has
/// ended. Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_compilation_is_valid(compilation: *mut safewasm_compilation_t) -> bool {
    quietly(|| compilation.is_valid())
}

/// Deletes `compilation`. If it goes on and no thread waits for it, it is given up: the compiler ends in
/// the background, after its current step of a function. If the engine has a cache, the compiler goes
/// on, and the cache gets the module. `notify` is called in any case. Does nothing if `compilation` is
/// NULL or was deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_compilation_delete(compilation: *mut safewasm_compilation_t) {
    quietly(|| compilation.delete());
}

/// Compiles a module from its bytes as `safewasm_module_new` does, and tells `progress` how far the
/// compiler is: about ten times a second, and once the module is compiled.
///
/// `bytes` is a module in the binary format, of `bytes_len` bytes. `env` is passed on to `progress`. The
/// module is compiled on threads as for `safewasm_compilation_new`, and given up, as by
/// `safewasm_compilation_delete`, when `progress` returns an error.
///
/// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
/// is NULL.
///
/// May be called from any thread.
///
/// Errors: as for `safewasm_module_new`, `SAFEWASM_ERROR_NULL_POINTER`,
/// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
/// `SAFEWASM_ERROR_LIMIT`; the error that `progress` returned; `SAFEWASM_ERROR_UNSUPPORTED` if
/// `progress` returns in a forked child.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_module_new_with_progress(
    engine: *mut safewasm_engine_t,
    bytes: *const u8,
    bytes_len: usize,
    progress: Nullable<safewasm_progress_t>,
    env: Nullable<*mut c_void>,
    module_out: *mut *mut safewasm_module_t,
) -> *mut safewasm_error_t {
    boundary(Out("module_out", module_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        let compilation = Compilation::start::<Module>(engine, owned(bytes)?, Notice::none())?;
        compilation.wait_with_progress(told(progress, env))?;
        registry::insert::<safewasm_module_t>(compilation.module()?)
    })
}

/// Compiles a component from its bytes as `safewasm_component_new` does, and tells `progress` how far the
/// compiler is, as `safewasm_module_new_with_progress` does for a module.
///
/// `bytes` is a component in the binary format, of `bytes_len` bytes. `env` is passed on to `progress`.
/// The component is given up when `progress` returns an error.
///
/// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
/// failure it is NULL.
///
/// May be called from any thread.
///
/// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
/// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
/// `SAFEWASM_ERROR_LIMIT`; the error that `progress` returned; `SAFEWASM_ERROR_UNSUPPORTED` if the
/// component uses asynchronous functions or types, and if `progress` returns in a forked child.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_component_new_with_progress(
    engine: *mut safewasm_engine_t,
    bytes: *const u8,
    bytes_len: usize,
    progress: Nullable<safewasm_progress_t>,
    env: Nullable<*mut c_void>,
    component_out: *mut *mut safewasm_component_t,
) -> *mut safewasm_error_t {
    boundary(Out("component_out", component_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `bytes_len` bytes at a `bytes` that isn't NULL.
        let bytes = unsafe { bytes_of(bytes, bytes_len, "bytes") }?;
        let compilation = Compilation::start::<Component>(engine, owned(bytes)?, Notice::none())?;
        compilation.wait_with_progress(told(progress, env))?;
        registry::insert::<safewasm_component_t>(compilation.component()?)
    })
}

/// A function that tells the program's `progress`, if there is one, how far the compiler is.
fn told(progress: safewasm_progress_t, env: *mut c_void) -> impl FnMut(usize, usize) -> Result<()> {
    move |done, total| {
        let Some(progress) = progress else { return Ok(()) };
        // SAFETY: the program gave this function for this `env`.
        let error = call_out(|| unsafe { progress(env, done, total) });
        if error.is_null() { Ok(()) } else { Err(Error::again(&take_over(error).report)) }
    }
}
