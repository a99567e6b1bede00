//! Memories.

pub use crate::kinds::safewasm_memory_t;

use crate::abi::args::{array, array_mut, range, value};
use crate::abi::boundary::{Out, boundary, hot_boundary};
use crate::error::{Error, ErrorKind, reword};
use crate::kinds::{safewasm_error_t, safewasm_store_t, safewasm_view_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle};
use crate::store::entered::Entered;
use crate::store::view::{View, safewasm_cell_t};
use crate::types::externtype::{memorytype, safewasm_memorytype_t};
use std::ptr;
use wasmtime::Memory;

/// Creates a memory of type `*memorytype`, all zero. A `page_size` of 0 means 65,536.
///
/// On success `*memory_out` is a new memory, which belongs to the caller, who gives it to
/// `safewasm_memory_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; invalid argument for a type that can't be, and for a shared
/// one; limit, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_new(
    store: *mut safewasm_store_t,
    memorytype: *const safewasm_memorytype_t,
    memory_out: *mut *mut safewasm_memory_t,
) -> *mut safewasm_error_t {
    boundary(Out("memory_out", memory_out), || {
        // SAFETY: the header demands a type at what isn't NULL.
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

/// Adds `delta` pages, all zero, to a memory.
///
/// On success `*previous_out` is the size in pages before; on failure it is 0. The memory may move:
/// read the cells of its views anew.
///
/// Errors: null pointer, invalid handle; limit beyond the memory's maximum or the store's limit; store
/// busy or poisoned.
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
            .map_err(|_| reword::cannot_grow("memory", delta, "pages", size, max))
    })
}

/// The type of a memory.
///
/// On success `*type_out` is the type; its `min` is the size in pages that the memory has now. On
/// failure it is all zero.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
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

/// The length of a memory in bytes.
///
/// On success `*len_out` is the length; on failure it is 0.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
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

/// Copies bytes out of a memory: `len` bytes from `address` on, counted from 0, to `data`.
///
/// `data` may be NULL if `len` is 0, and may lie in the memory itself. On failure nothing is
/// written.
///
/// Errors: null pointer, invalid handle; out of bounds if not all of them lie in the memory; store
/// busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_read(
    memory: *mut safewasm_memory_t,
    address: u64,
    data: *mut u8,
    len: usize,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        let data = array_mut(data, len, "data")?;
        memory.within("memory", |guard, memory| {
            let context = guard.context();
            let start = range(address, len, memory.data_size(&context))?.start;
            // SAFETY: the `len` bytes from `start` on lie in the memory, and the header demands room
            // for as many at a `data` that isn't NULL; `copy` lets them overlap.
            unsafe { ptr::copy(memory.data_ptr(&context).add(start), data.cast(), len) };
            Ok(())
        })
    })
}

/// Copies bytes into a memory: `len` bytes at `data`, to `address` on, counted from 0.
///
/// `data` may be NULL if `len` is 0, and may lie in the memory itself. On failure nothing is
/// written.
///
/// Errors: null pointer, invalid handle; out of bounds if not all of them fit; store busy or
/// poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_write(
    memory: *mut safewasm_memory_t,
    address: u64,
    data: *const u8,
    len: usize,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        let data = array(data, len, "data")?;
        memory.within("memory", |guard, memory| {
            let context = guard.context();
            let start = range(address, len, memory.data_size(&context))?.start;
            // SAFETY: as in `safewasm_memory_read`, the other way.
            unsafe { ptr::copy(data.cast(), memory.data_ptr(&context).add(start), len) };
            Ok(())
        })
    })
}

/// Opens a view of a memory, to read and write it without a call.
///
/// On success `*view_out` is a new view, which belongs to the caller, who gives it to
/// `safewasm_view_delete`, and `*cell_out` is its cell, which says where the memory is. On failure
/// both are NULL.
///
/// Read the cell anew after each call into the library: the memory may have grown and moved. While
/// a thread runs wasm in the store, other threads MUST NOT touch the memory through the view.
/// The mapping lives until the view is deleted, even if the store is deleted before; the cell is 0
/// then.
///
/// Errors: null pointer, invalid handle, limit, store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_memory_view(
    memory: *mut safewasm_memory_t,
    view_out: *mut *mut safewasm_view_t,
    cell_out: *mut *const safewasm_cell_t,
) -> *mut safewasm_error_t {
    boundary((Out("view_out", view_out), Out("cell_out", cell_out)), || {
        let (mut guard, memory) = memory.enter("memory")?;
        let (cell, mapped) = guard.view(memory);
        let address = cell.address();
        let view = registry::insert(View::new(cell, mapped))?;
        Ok((view, address))
    })
}

/// Whether `memory` is a memory that wasn't deleted, and whose store wasn't.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_memory_is_valid(memory: *mut safewasm_memory_t) -> bool {
    quietly(|| memory.is_valid())
}

/// Deletes the handle `memory`; the memory itself lives as long as its store. NULL and what was
/// deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_memory_delete(memory: *mut safewasm_memory_t) {
    quietly(|| memory.delete());
}
