//! Memories: the bytes that wasm works on.
//!
//! Example: examples/memory.c

pub use crate::kinds::safewasm_memory_t;

use crate::abi::args::{Nullable, array, array_mut, range, value};
use crate::abi::boundary::{Out, boundary, hot_boundary};
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_error_t, safewasm_store_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle};
use crate::store::entered::Entered;
use crate::store::limits::cannot_grow;
use crate::types::externtype::{memorytype, safewasm_memorytype_t};
use std::ptr;
use wasmtime::Memory;

/// Creates a memory of the type `*memorytype`, with all bytes zero. A `page_size` of 0 means
/// 65,536.
///
/// On success `*memory_out` is a new memory; delete it with `safewasm_memory_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is shared;
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_new(
    store: *mut safewasm_store_t,
    memorytype: *const safewasm_memorytype_t,
    memory_out: *mut *mut safewasm_memory_t,
) -> *mut safewasm_error_t {
    boundary(Out("memory_out", memory_out), || {
        // SAFETY: the header demands a type at a pointer that isn't NULL.
        let ty = unsafe { value(memorytype, "memorytype") }?.to_memorytype()?;
        if ty.is_shared() {
            return Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                "`memorytype->is_shared` is true; `safewasm_sharedmemory_new` makes such memories",
            ));
        }
        let mut guard = registry::enter_store(store, "store")?;
        let memory = guard
            .allocate(|context| Memory::new(context, ty))
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
        guard.own(memory)
    })
}

/// Adds `delta` pages, all zero, to a memory. The memory may move: read the cells of its views
/// again.
///
/// On success `*previous_out` is the size before, in pages. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
/// beyond the memory's maximum or the store's limit; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_grow(
    memory: *mut safewasm_memory_t,
    delta: u64,
    previous_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("previous_out", previous_out), || {
        let (mut guard, memory) = memory.enter("memory")?;
        let context = guard.context();
        let (size, max) = (memory.size(&context), memory.ty(&context).maximum());
        guard
            .allocate(|context| memory.grow(context, delta))
            .map_err(|error| cannot_grow("memory", delta, "page", size, max, &error))
    })
}

/// Gets the type of a memory.
///
/// On success `*type_out` is the type; its `min` is the present size in pages. On failure it is all
/// zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_type(
    memory: *mut safewasm_memory_t,
    type_out: *mut safewasm_memorytype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let (mut guard, memory) = memory.enter("memory")?;
        let context = guard.context();
        Ok(safewasm_memorytype_t { min: memory.size(&context), ..memorytype(&memory.ty(&context)) })
    })
}

/// Gets the size of a memory in bytes.
///
/// On success `*len_out` is the size. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_len(
    memory: *mut safewasm_memory_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || {
        let (mut guard, memory) = memory.enter("memory")?;
        Ok(memory.data_size(guard.context()))
    })
}

/// Copies `len` bytes from `address`, an offset into the memory, to `data`. `data` may lie in the
/// memory itself. On failure nothing is written.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_OUT_OF_BOUNDS` if not all of the bytes lie in the memory;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_read(
    memory: *mut safewasm_memory_t,
    address: u64,
    data: Nullable<*mut u8>,
    len: usize,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        let data = array_mut(data, len, "data")?;
        memory.within("memory", |guard, memory| {
            // One look-up for the address and the size.
            let bytes = memory.data_mut(guard.context());
            let start = range(address, len, bytes.len())?.start;
            // SAFETY: the `len` bytes from `start` on lie in the memory, and the header demands room
            // for as many at a `data` that isn't NULL; `copy` lets them overlap.
            unsafe { ptr::copy(bytes.as_mut_ptr().add(start), data.cast(), len) };
            Ok(())
        })
    })
}

/// Copies `len` bytes from `data` to `address`, an offset into the memory. `data` may lie in the
/// memory itself. On failure nothing is written.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_OUT_OF_BOUNDS` if the bytes don't fit into the memory;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_write(
    memory: *mut safewasm_memory_t,
    address: u64,
    data: Nullable<*const u8>,
    len: usize,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        let data = array(data, len, "data")?;
        memory.within("memory", |guard, memory| {
            let bytes = memory.data_mut(guard.context());
            let start = range(address, len, bytes.len())?.start;
            // SAFETY: as in `safewasm_memory_read`, the other way.
            unsafe { ptr::copy(data.cast(), bytes.as_mut_ptr().add(start), len) };
            Ok(())
        })
    })
}

/// Returns true if `memory` is a memory that has not been deleted and whose store has not been
/// deleted. Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_memory_is_valid(memory: *mut safewasm_memory_t) -> bool {
    quietly(|| memory.is_valid())
}

/// Deletes the handle `memory`. The memory itself lives as long as its store. Does nothing if
/// `memory` is NULL or was deleted already. Never fails and never waits. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_memory_delete(memory: *mut safewasm_memory_t) {
    quietly(|| memory.delete());
}
