//! Hooks: for the runtimes of other languages, with their garbage collectors, locks, tasks, stacks and Ctrl-C.
//! A C program needs none of this.

pub use crate::engine::hooks::{
    safewasm_begin_t, safewasm_current_task_t, safewasm_end_t, safewasm_hooks_t,
    safewasm_task_bounds_t, safewasm_task_stack_t,
};
pub use crate::process::finalizer::safewasm_released_t;

use crate::abi::args::Nullable;
use crate::abi::boundary::boundary;
use crate::kinds::{safewasm_config_t, safewasm_error_t};
use crate::registry::SharedHandle;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A finalizer for runtimes that can't run their own code in a finalizer. It only inserts `env`,
/// which points to a `safewasm_released_t`, at the start of its list, atomically; the runtime frees
/// the elements later. Pass it as a `safewasm_finalizer_t`, together with such an `env`. To take
/// the list, exchange `*list` with NULL atomically. `env` may be NULL, and then this function does
/// nothing.
///
/// `env` and its list MUST live until the program has taken the element from the list. Never fails.
/// May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_release_later(env: Nullable<*mut c_void>) {
    let released: *mut safewasm_released_t = env.cast();
    if released.is_null() {
        return;
    }
    // SAFETY: the header demands that it points to an element, whose list lives.
    unsafe {
        let list = AtomicPtr::from_ptr((*released).list);
        let mut first = list.load(Ordering::Relaxed);
        loop {
            (*released).next = first;
            match list.compare_exchange_weak(first, env, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(found) => first = found,
            }
        }
    }
}

/// Sets the hooks that the engine made with `config`, and its stores, call. `*hooks` is copied;
/// `hooks->size` is its size.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the size is impossible.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_config_set_hooks(
    config: *mut safewasm_config_t,
    hooks: *const safewasm_hooks_t,
) -> *mut safewasm_error_t {
    boundary((), || {
        // SAFETY: the header demands as much.
        let hooks = unsafe { safewasm_hooks_t::read(hooks) }?;
        config.get("config")?.with(|settings| settings.hooks = Some(Arc::new(hooks)))
    })
}
