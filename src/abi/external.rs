//! Externs: the imports and exports of instances, each of any kind.
//!
//! Example: examples/imports.c

pub use crate::call::external::{safewasm_extern_t, safewasm_externhandle_t};

use crate::process::unwind::quietly;
use crate::registry::{ObjectHandle, SharedHandle};

/// Deletes the handle in `*item`, whatever its kind, and sets `*item` to zero. Does nothing if
/// `item` is NULL or the handle was deleted already. Never fails and never waits. May be called
/// from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_extern_delete(item: *mut safewasm_extern_t) {
    quietly(|| {
        if item.is_null() || !item.is_aligned() {
            return;
        }
        // SAFETY: a pointer that isn't NULL points to an extern, as the header demands; the handle deletes
        // only an object of its kind.
        unsafe {
            let handle = (*item).of;
            handle.func.delete();
            handle.memory.delete();
            handle.table.delete();
            handle.global.delete();
            handle.tag.delete();
            handle.sharedmemory.delete();
            item.cast::<u8>().write_bytes(0, size_of::<safewasm_extern_t>());
        }
    });
}
