//! Stores: wasm runs in them.
//!
//! Example: examples/hello.c

pub use crate::kinds::safewasm_store_t;

use crate::abi::args::Nullable;
use crate::abi::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_engine_t, safewasm_error_t};
use crate::process::finalizer::{self, Env, safewasm_finalizer_t};
use crate::process::unwind::quietly;
use crate::registry::{self, AnyHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::store::payload::StorePayload;
use std::ffi::c_void;
use std::mem;
use std::sync::Arc;

/// Creates a store of `engine`.
///
/// On success `*store_out` is a new store; delete it with `safewasm_store_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_new(
    engine: *mut safewasm_engine_t,
    store_out: *mut *mut safewasm_store_t,
) -> *mut safewasm_error_t {
    boundary(Out("store_out", store_out), || {
        let engine = engine.get("engine")?;
        registry::free_deferred_stores();
        registry::insert_store(|handle| StorePayload::new(&engine, handle))
    })
}

/// Gets the engine of a store.
///
/// On success `*engine_out` is a new handle of the engine; delete it with `safewasm_engine_delete`.
/// On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_engine(
    store: *mut safewasm_store_t,
    engine_out: *mut *mut safewasm_engine_t,
) -> *mut safewasm_error_t {
    boundary(Out("engine_out", engine_out), || {
        let mut guard = registry::enter_store(store, "store")?;
        registry::insert(Arc::clone(&guard.context().data().engine))
    })
}

/// Attaches a pointer of the program to `store`. It replaces a pointer that was attached before.
///
/// `data` is any pointer. `safewasm_store_data` returns it, and so does `safewasm_caller_data` in a
/// host function. The library calls `finalizer` with `data` once, on any thread: after another
/// pointer has taken its place, when the store is freed, or if this function fails.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_set_data(
    store: *mut safewasm_store_t,
    data: Nullable<*mut c_void>,
    finalizer: Nullable<safewasm_finalizer_t>,
) -> *mut safewasm_error_t {
    let data = Env::new(data, finalizer);
    boundary((), || {
        let mut guard = registry::enter_store(store, "store")?;
        let before = mem::replace(&mut guard.context().data_mut().attached, data);
        // The finalizer may enter the store.
        drop(guard);
        drop(before);
        Ok(())
    })
}

/// Gets the pointer that `safewasm_store_set_data` attached to `store`.
///
/// On success `*data_out` is the pointer, or NULL if there is none. It still belongs to the store:
/// its finalizer runs when another pointer takes its place or the store is freed. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_store_data(
    store: *mut safewasm_store_t,
    data_out: *mut *mut c_void,
) -> *mut safewasm_error_t {
    boundary(Out("data_out", data_out), || {
        let mut guard = registry::enter_store(store, "store")?;
        Ok(guard.context().data().attached.data())
    })
}

/// Collects the store's garbage: frees the objects that neither wasm nor a handle can reach any
/// more. Wasmtime also does this itself when the store's heap is full.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
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

/// Returns true if `store` is a store that has not been deleted. Never fails. May be called from
/// any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_store_is_valid(store: *mut safewasm_store_t) -> bool {
    quietly(|| store.is_valid())
}

/// Deletes `store`, and with it all instances, funcs, memories, tables, globals, tags and
/// references in it. Their handles become invalid. Does nothing if `store` is NULL or was deleted
/// already. Never fails and never waits. May be called from any thread.
///
/// If a thread is using the store, the store is freed when that thread leaves it. A call of wasm
/// that runs there ends with the trap `SAFEWASM_TRAP_INTERRUPT` when wasm next reaches a loop or
/// the start of a function, if the engine's config has epoch interruption. Without it, the call
/// runs to its end. Memory that a view shows stays mapped until the view is deleted.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_store_delete(store: *mut safewasm_store_t) {
    quietly(|| store.delete());
}
