//! The kinds of object: the one list of them.
//!
//! A row of the list is the opaque type of the header with its documentation, the name that messages use,
//! and whether the objects belong to a store. The generators read the rows too.

use crate::handle::Handle;
use std::any::Any;
use std::sync::Arc;

/// An opaque type of the header.
pub(crate) trait Opaque {
    /// The kind of its objects.
    const KIND: Kind;
}

/// An opaque type whose objects belong to no store.
pub(crate) trait SharedKind: Opaque {
    /// The object behind a handle of this kind.
    type Object: Any + Send + Sync;
}

/// The object behind a handle of a kind that belongs to no store.
pub(crate) type Shared = Arc<dyn Any + Send + Sync>;

/// The pointer that stands for a handle. Nothing dereferences it.
pub(crate) fn pointer<T>(handle: Handle) -> *mut T {
    std::ptr::without_provenance_mut(handle.bits() as usize)
}

/// Defines the kinds from the rows of the list below.
macro_rules! kinds {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident $owner:ident: $opaque:ident = $article:literal $name:literal;
    )+) => {
        /// The kinds of object.
        #[repr(u8)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($kind,)+
        }

        impl Kind {
            const ALL: &[Self] = &[$(Self::$kind),+];

            /// The name that messages use, with its article.
            pub(crate) fn name(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$kind => ($article, $name),)+
                }
            }

            /// Whether the objects belong to a store.
            pub(crate) fn belongs_to_a_store(self) -> bool {
                const STORE: bool = true;
                const NOBODY: bool = false;
                match self {
                    $(Self::$kind => $owner,)+
                }
            }
        }

        $(
            $(#[doc = $doc])+
            pub struct $opaque {
                _opaque: (),
            }

            impl Opaque for $opaque {
                const KIND: Kind = Kind::$kind;
            }
        )+
    };
}

/// The top byte of the handles of the first kind. No ordinary pointer and no small number has it.
const FIRST: u8 = 0x41;

impl Kind {
    /// The top byte of the handles of this kind.
    pub(crate) const fn byte(self) -> u8 {
        FIRST + self as u8
    }

    /// The kind of the handles with that top byte.
    pub(crate) fn of_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte.checked_sub(FIRST)?)).copied()
    }

    /// The handle bits of this kind with generation and index 0.
    pub(crate) const fn first_bits(self) -> usize {
        (self.byte() as usize) << 56
    }
}

// A store's entry needs two bits of its kind; see `handle::entry`.
const _: () = assert!(Kind::Store.byte() & 0xa0 == 0);

kinds! {
    /// The configuration of an engine: made, set, and given to `safewasm_engine_new`, which consumes it.
    Config NOBODY: safewasm_config_t = "a" "config";

    /// An engine: compiles modules. Reference-counted inside, so that it may be deleted before the
    /// stores and modules made with it. May be used from any threads at once.
    Engine NOBODY: safewasm_engine_t = "an" "engine";

    /// A store: the instances, memories, globals, tables and functions of a running program.
    ///
    /// A store and what it owns may move between threads, one thread in it at a time; a second one
    /// gets an error of kind `SAFEWASM_ERROR_STORE_BUSY` at once. The thread that made the store enters it
    /// fastest, until another one has entered.
    Store NOBODY: safewasm_store_t = "a" "store";

    /// A module: compiled WebAssembly, not yet running. Reference-counted inside, so that it may be
    /// deleted before its instances. May be used from any threads at once.
    Module NOBODY: safewasm_module_t = "a" "module";

    /// An error: owned by who received it, who gives it to `safewasm_error_delete`.
    Error NOBODY: safewasm_error_t = "an" "error";

    /// Bytes of the library's, such as `safewasm_wat2wasm` makes.
    Bytes NOBODY: safewasm_bytes_t = "a" "bytes object";

    /// The type of a function: its parameters and results.
    FuncType NOBODY: safewasm_functype_t = "a" "function type";

    /// The type of an import or export: of a function, memory, table, global or tag.
    ExternType NOBODY: safewasm_externtype_t = "an" "external type";

    /// A view of a memory, made by `safewasm_memory_view`: keeps the memory's mapping until it is
    /// deleted, and has a cell that says where the memory is.
    View NOBODY: safewasm_view_t = "a" "memory view";

    /// A linker: names for what modules import. May be used from any threads at once. Once it holds an item
    /// of a store it works with that store only.
    Linker NOBODY: safewasm_linker_t = "a" "linker";

    /// A pre-instantiation: a module whose imports a linker has settled. May be used from any threads at
    /// once.
    InstancePre NOBODY: safewasm_instancepre_t = "a" "pre-instantiation";

    /// A shared memory. Belongs to no store, and is reference-counted inside: instances that import it in
    /// any store of its engine keep it. May be used from any threads at once; needs
    /// `safewasm_config_set_shared_memory`.
    SharedMemory NOBODY: safewasm_sharedmemory_t = "a" "shared memory";

    /// An instance: a module that runs in a store, with memories, globals and tables of its own.
    Instance STORE: safewasm_instance_t = "an" "instance";

    /// A function, which can be called and given to an instance as an import.
    Func STORE: safewasm_func_t = "a" "func";

    /// A memory: of an instance, or of the program.
    Memory STORE: safewasm_memory_t = "a" "memory";

    /// A table: a list of references.
    Table STORE: safewasm_table_t = "a" "table";

    /// A global: a value that an instance, or the program, shares with others.
    Global STORE: safewasm_global_t = "a" "global";

    /// A tag: what an exception of wasm's is known by.
    Tag STORE: safewasm_tag_t = "a" "tag";

    /// A reference that isn't null, to something other than a function: an external reference, a
    /// structure, an array, a 31-bit integer, an exception. What it refers to stays alive while the
    /// handle does.
    Ref STORE: safewasm_ref_t = "a" "reference";

    /// What a host function is called by: gives access to the exports of the calling instance. Valid on
    /// the thread of the host function until that returns; nobody deletes it.
    Caller STORE: safewasm_caller_t = "a" "caller";
}
