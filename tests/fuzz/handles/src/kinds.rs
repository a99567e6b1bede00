//! The kinds of object, in one table. `report.rs` compares it with the objects of the header.

use safewasm_capi::*;

macro_rules! kinds {
    ($($kind:ident: $is_valid:ident $(, $delete:ident)?;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($kind,)*
        }

        impl Kind {
            /// The kinds that have a function that deletes them: all but callers.
            pub const DELETABLE: &'static [Self] = &[$($(kinds!(@if $delete Self::$kind),)?)*];

            /// The functions that say whether a handle is valid, by name.
            pub const IS_VALID: &'static [&'static str] = &[$(stringify!($is_valid),)*];

            /// Whether `bits` are a valid handle of this kind.
            pub fn is_valid(self, bits: u64) -> bool {
                let address = bits as usize;
                // SAFETY: these functions accept any handle.
                unsafe {
                    match self {
                        $(Self::$kind => $is_valid(std::ptr::without_provenance_mut(address)),)*
                    }
                }
            }

            /// Deletes the object with the handle `bits`, if there is one of this kind.
            pub fn delete(self, bits: u64) {
                let address = bits as usize;
                // SAFETY: these functions accept any handle.
                unsafe {
                    match self {
                        $($(Self::$kind => $delete(std::ptr::without_provenance_mut(address)),)?)*
                        Self::Caller => {}
                    }
                }
            }
        }
    };
    (@if $delete:ident $kind:expr) => { $kind };
}

kinds! {
    Config: safewasm_config_is_valid, safewasm_config_delete;
    Engine: safewasm_engine_is_valid, safewasm_engine_delete;
    Store: safewasm_store_is_valid, safewasm_store_delete;
    Module: safewasm_module_is_valid, safewasm_module_delete;
    Error: safewasm_error_is_valid, safewasm_error_delete;
    Bytes: safewasm_bytes_is_valid, safewasm_bytes_delete;
    FuncType: safewasm_functype_is_valid, safewasm_functype_delete;
    ExternType: safewasm_externtype_is_valid, safewasm_externtype_delete;
    View: safewasm_view_is_valid, safewasm_view_delete;
    Linker: safewasm_linker_is_valid, safewasm_linker_delete;
    Pre: safewasm_instancepre_is_valid, safewasm_instancepre_delete;
    SharedMemory: safewasm_sharedmemory_is_valid, safewasm_sharedmemory_delete;
    Instance: safewasm_instance_is_valid, safewasm_instance_delete;
    Func: safewasm_func_is_valid, safewasm_func_delete;
    Memory: safewasm_memory_is_valid, safewasm_memory_delete;
    Table: safewasm_table_is_valid, safewasm_table_delete;
    Global: safewasm_global_is_valid, safewasm_global_delete;
    Tag: safewasm_tag_is_valid, safewasm_tag_delete;
    Ref: safewasm_ref_is_valid, safewasm_ref_delete;
    Caller: safewasm_caller_is_valid;
}

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
