//! Stores: wasm runs in them.

pub use crate::kinds::safewasm_store_t;

use crate::abi::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_engine_t, safewasm_error_t};
use crate::process::finalizer;
use crate::process::unwind::quietly;
use crate::registry::{self, AnyHandle, SharedHandle};
use crate::store::cell::StoreCell;
use crate::store::entered::Entered;
use std::sync::Arc;

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
        registry::free_deferred_stores();
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
        registry::insert(Arc::clone(&guard.context().data().engine))
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
