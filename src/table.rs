//! Tables: in this version, what is taken from one instance and given to another.

use crate::boundary::quietly;
use crate::registry::ObjectHandle;

/// A table that an instance exports, to be given to another as an import.
pub struct safewasm_table_t {
    _opaque: (),
}

/// Whether `table` is a table that wasn't deleted, and whose store wasn't.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_table_is_valid(table: *mut safewasm_table_t) -> bool {
    quietly(|| table.is_valid())
}

/// Deletes the handle `table`; the table itself lives as long as its store. NULL and what was deleted
/// already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_table_delete(table: *mut safewasm_table_t) {
    quietly(|| table.delete());
}
