//! The kinds of imports and exports.

/// The kind of an import or export.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_externkind_t {
    /// A function.
    FUNC = 1,
    /// A memory.
    MEMORY = 2,
    /// A table.
    TABLE = 3,
    /// A global.
    GLOBAL = 4,
    /// A tag.
    TAG = 5,
    /// A shared memory.
    SHARED_MEMORY = 6,
}
