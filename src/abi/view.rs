//! Views: memories without a call for each access.

pub use crate::kinds::safewasm_view_t;
pub use crate::store::view::safewasm_cell_t;

use crate::process::unwind::quietly;
use crate::registry::SharedHandle;

/// Whether `view` is a view that wasn't deleted. It stays valid when its memory's store is deleted;
/// its cell then shows no memory.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_view_is_valid(view: *mut safewasm_view_t) -> bool {
    quietly(|| view.is_valid())
}

/// Deletes `view`. NULL and what was deleted already are left alone.
///
/// Its cell may show another memory from now on, with another generation. If the store was deleted,
/// its mappings go with the last view, and pointers into them MUST NOT be used any more.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_view_delete(view: *mut safewasm_view_t) {
    quietly(|| view.delete());
}
