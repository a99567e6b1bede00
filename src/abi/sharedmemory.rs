//! Shared memories: memories that several threads use at once. They need
//! `safewasm_config_set_shared_memory`.
//!
//! Example: examples/threads.c

pub use crate::kinds::safewasm_sharedmemory_t;

use crate::abi::args::{Nullable, array, array_mut, range, value};
use crate::abi::boundary::{Out, boundary};
use crate::engine::sharedmemory::{SharedMemory, bytes};
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_engine_t, safewasm_error_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::store::limits::cannot_grow;
use crate::types::externtype::{memorytype, safewasm_memorytype_t};
use std::sync::atomic::Ordering;

/// Creates a shared memory of the type `*memorytype`, which must be shared and have a maximum.
///
/// On success `*sharedmemory_out` is a new shared memory; delete it with
/// `safewasm_sharedmemory_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type; `SAFEWASM_ERROR_UNSUPPORTED` if the
/// engine's config has no shared memory; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_sharedmemory_new(
    engine: *mut safewasm_engine_t,
    memorytype: *const safewasm_memorytype_t,
    sharedmemory_out: *mut *mut safewasm_sharedmemory_t,
) -> *mut safewasm_error_t {
    boundary(Out("sharedmemory_out", sharedmemory_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands a type at a pointer that isn't NULL.
        let ty = unsafe { value(memorytype, "memorytype") }?.to_memorytype()?;
        if !ty.is_shared() {
            return Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                "`memorytype->is_shared` is false; `safewasm_memory_new` makes such memories",
            ));
        }
        if !engine.settings().shared_memory {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "`engine` was made without shared memory; see `safewasm_config_set_shared_memory`",
            ));
        }
        let memory = wasmtime::SharedMemory::new(engine.wasmtime(), ty)
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
        registry::insert(SharedMemory::new(memory, engine.wasmtime()))
    })
}

/// Gets the type of a shared memory.
///
/// On success `*type_out` is the type; its `min` is the present size in pages. On failure it is all
/// zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_sharedmemory_type(
    sharedmemory: *mut safewasm_sharedmemory_t,
    type_out: *mut safewasm_memorytype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let memory = &sharedmemory.get("sharedmemory")?.memory;
        Ok(safewasm_memorytype_t { min: memory.size(), ..memorytype(&memory.ty()) })
    })
}

/// Gets the bytes of a shared memory. Other threads may write them: the program MUST access them
/// with atomics.
///
/// On success `*data_out` is the first byte and `*len_out` is their present number. On failure they
/// are NULL and 0. A shared memory never moves. It lives until `safewasm_sharedmemory_delete`, and
/// as long as an instance has it.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_sharedmemory_data(
    sharedmemory: *mut safewasm_sharedmemory_t,
    data_out: *mut *mut u8,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("data_out", data_out), Out("len_out", len_out)), || {
        let memory = sharedmemory.get("sharedmemory")?;
        let bytes = bytes(&memory);
        Ok((bytes.as_ptr().cast_mut().cast(), bytes.len()))
    })
}

/// Adds `delta` pages to a shared memory.
///
/// On success `*previous_out` is the size before, in pages. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
/// beyond the memory's maximum.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_sharedmemory_grow(
    sharedmemory: *mut safewasm_sharedmemory_t,
    delta: u64,
    previous_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("previous_out", previous_out), || {
        let memory = &sharedmemory.get("sharedmemory")?.memory;
        let (size, max) = (memory.size(), memory.ty().maximum());
        memory
            .grow(delta)
            .map_err(|error| cannot_grow("sharedmemory", delta, "page", size, max, &error))
    })
}

/// Copies `len` bytes from `address`, an offset into the shared memory, to `data`, each by a
/// relaxed atomic load. On failure nothing is written.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_OUT_OF_BOUNDS` if not all of the bytes lie in the memory.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_sharedmemory_read(
    sharedmemory: *mut safewasm_sharedmemory_t,
    address: u64,
    data: Nullable<*mut u8>,
    len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let data = array_mut(data, len, "data")?;
        let memory = sharedmemory.get("sharedmemory")?;
        let bytes = bytes(&memory);
        let from = &bytes[range(address, len, bytes.len())?];
        for (index, byte) in from.iter().enumerate() {
            // SAFETY: the header demands room for `len` bytes at a `data` that isn't NULL.
            unsafe { data.cast::<u8>().add(index).write(byte.load(Ordering::Relaxed)) };
        }
        Ok(())
    })
}

/// Copies `len` bytes from `data` to `address`, an offset into the shared memory, each by a relaxed
/// atomic store. On failure nothing is written.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_OUT_OF_BOUNDS` if the bytes don't fit into the memory.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_sharedmemory_write(
    sharedmemory: *mut safewasm_sharedmemory_t,
    address: u64,
    data: Nullable<*const u8>,
    len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let data = array(data, len, "data")?;
        let memory = sharedmemory.get("sharedmemory")?;
        let bytes = bytes(&memory);
        let to = &bytes[range(address, len, bytes.len())?];
        for (index, byte) in to.iter().enumerate() {
            // SAFETY: the header demands `len` bytes at a `data` that isn't NULL.
            byte.store(unsafe { data.cast::<u8>().add(index).read() }, Ordering::Relaxed);
        }
        Ok(())
    })
}

/// Returns true if `sharedmemory` is a shared memory that has not been deleted. Never fails. May be
/// called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_sharedmemory_is_valid(
    sharedmemory: *mut safewasm_sharedmemory_t,
) -> bool {
    quietly(|| sharedmemory.is_valid())
}

/// Deletes the handle `sharedmemory`. The memory lives on in the instances that have it. Does
/// nothing if `sharedmemory` is NULL or was deleted already. Never fails and never waits. May be
/// called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_sharedmemory_delete(sharedmemory: *mut safewasm_sharedmemory_t) {
    quietly(|| sharedmemory.delete());
}
