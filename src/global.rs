//! Globals: in this version, what is taken from one instance and given to another.

use crate::boundary::quietly;
use crate::registry::ObjectHandle;

/// A global that an instance exports, to be given to another as an import.
pub struct safewasm_global_t {
    _opaque: (),
}

/// Whether `global` is a global that wasn't deleted, and whose store wasn't.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_global_is_valid(global: *mut safewasm_global_t) -> bool {
    quietly(|| global.is_valid())
}

/// Deletes the handle `global`; the global itself lives as long as its store. NULL and what was deleted
/// already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_global_delete(global: *mut safewasm_global_t) {
    quietly(|| global.delete());
}
