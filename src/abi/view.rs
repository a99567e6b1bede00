//! Views: direct access to the bytes of a memory.
//!
//! Example: examples/memory.c

pub use crate::kinds::safewasm_view_t;
pub use crate::store::view::safewasm_cell_t;

use crate::abi::boundary::{Out, boundary};
use crate::kinds::{safewasm_error_t, safewasm_memory_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::store::view::View;

/// Opens a view of a memory, through which the program reads and writes the memory directly.
///
/// On success `*view_out` is a new view; delete it with `safewasm_view_delete`. `*cell_out` is its
/// cell, which holds the memory's address and size. On failure both are NULL.
///
/// Read the cell again after each call into the library: the memory may have grown and moved. While
/// a thread runs wasm in the store, other threads MUST NOT touch the memory through the view. The
/// memory stays mapped until the view is deleted, even if the store is deleted first. Once the
/// store is deleted, the cell's `data` and `len` are 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
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

/// Returns true if `view` is a view that has not been deleted. It stays valid when its memory's
/// store is deleted; its cell then shows no memory. Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_view_is_valid(view: *mut safewasm_view_t) -> bool {
    quietly(|| view.is_valid())
}

/// Deletes `view`. Its cell may then show another memory, with another `generation`. If the store
/// was deleted, its memory is unmapped when the last view of it is deleted, and pointers into it
/// MUST NOT be used any more. Does nothing if `view` is NULL or was deleted already. Never fails
/// and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_view_delete(view: *mut safewasm_view_t) {
    quietly(|| view.delete());
}
