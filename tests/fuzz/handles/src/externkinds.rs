//! The kinds of import and export.

use safewasm_capi::Kind;

/// A kind of import and export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExternKind {
    pub kind: Kind,
    /// The `safewasm_externkind_t`.
    pub number: u32,
    /// The member of `of`, as messages name it.
    pub member: &'static str,
}

/// The kinds of import and export, by number.
pub const EXTERNS: [ExternKind; 6] = [
    ExternKind { kind: Kind::Func, number: 1, member: "func" },
    ExternKind { kind: Kind::Memory, number: 2, member: "memory" },
    ExternKind { kind: Kind::Table, number: 3, member: "table" },
    ExternKind { kind: Kind::Global, number: 4, member: "global" },
    ExternKind { kind: Kind::Tag, number: 5, member: "tag" },
    ExternKind { kind: Kind::SharedMemory, number: 6, member: "sharedmemory" },
];

impl ExternKind {
    /// Finds a kind that imports and exports have.
    pub fn of(kind: Kind) -> Self {
        let found = EXTERNS.into_iter().find(|known| known.kind == kind);
        found.unwrap_or_else(|| panic!("{kind:?} is no kind of import"))
    }
}
