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
            #[cfg_attr(not(feature = "wasi"), allow(dead_code, reason = "kinds for WASI"))]
            pub struct $opaque {
                _opaque: (),
            }

            impl Opaque for $opaque {
                const KIND: Kind = Kind::$kind;
            }
        )+
    };
}

/// The top byte of the handles of the first kind. No ordinary pointer and no small number has such a top byte.
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
    /// The settings of an engine. Create a config, change its settings, and pass it to
    /// `safewasm_engine_new`, which consumes it. May be used from any threads at once.
    Config NOBODY: safewasm_config_t = "a" "config";

    /// An engine: compiles modules. A program usually has one. May be used from any threads at
    /// once.
    ///
    /// An engine is reference-counted: it may be deleted before the stores and modules made with
    /// it.
    Engine NOBODY: safewasm_engine_t = "an" "engine";

    /// A store: the instances, funcs, memories, tables, globals, tags and references of a running
    /// program. They live until the store is deleted.
    ///
    /// A store and its objects may move between threads, but only one thread may use them at a
    /// time. A second thread gets an error of kind `SAFEWASM_ERROR_STORE_BUSY` at once. Calls are
    /// fastest on the thread that created the store, until another thread has used it.
    Store NOBODY: safewasm_store_t = "a" "store";

    /// A module: compiled WebAssembly, from which instances are made. May be used from any threads
    /// at once.
    ///
    /// A module is reference-counted: it may be deleted before its instances.
    Module NOBODY: safewasm_module_t = "a" "module";

    /// A component: compiled WebAssembly with typed interfaces, from which component instances are
    /// made. May be used from any threads at once.
    ///
    /// A component is reference-counted: it may be deleted before its instances.
    Component NOBODY: safewasm_component_t = "a" "component";

    /// A WIT type: the type of a value, a function, a resource, an interface or another item of a
    /// component. May be used from any threads at once.
    WitType NOBODY: safewasm_wittype_t = "a" "WIT type";

    /// A component linker: definitions, by interface and name, for the imports of components. May be used
    /// from any threads at once.
    ComponentLinker NOBODY: safewasm_componentlinker_t = "a" "component linker";

    /// A component pre-instantiation: a component whose imports a component linker has found and checked,
    /// ready for many instances. May be used from any threads at once.
    ComponentInstancePre NOBODY: safewasm_componentinstancepre_t =
        "a" "component pre-instantiation";

    /// Values of WIT types that a call has returned. May be used from any threads at once.
    Values NOBODY: safewasm_values_t = "a" "values object";

    /// A compilation: a module or a component that threads of the library compile, or have compiled.
    /// May be used from any threads at once.
    Compilation NOBODY: safewasm_compilation_t = "a" "compilation";

    /// An error: the result of a function that failed. The caller owns it and must delete it with
    /// `safewasm_error_delete`.
    ///
    /// Errors may be used from any threads at once.
    Error NOBODY: safewasm_error_t = "an" "error";

    /// Bytes that the library hands out. May be used from any threads at once.
    Bytes NOBODY: safewasm_bytes_t = "a" "bytes object";

    /// The type of a function: the types of its parameters and of its results. May be used from any
    /// threads at once.
    FuncType NOBODY: safewasm_functype_t = "a" "function type";

    /// The type of an import or export: the type of a function, memory, table, global or tag. May
    /// be used from any threads at once.
    ExternType NOBODY: safewasm_externtype_t = "an" "external type";

    /// A heap type: the type of structures, or of arrays. May be used from any threads at once.
    HeapType NOBODY: safewasm_heaptype_t = "a" "heap type";

    /// A view of a memory, made by `safewasm_memory_view`. It has a cell that holds the memory's
    /// address and size, and keeps the memory mapped until the view is deleted. May be used from
    /// any threads at once.
    View NOBODY: safewasm_view_t = "a" "memory view";

    /// A linker: definitions, by name, for the imports of modules. May be used from any threads at
    /// once. A linker that holds an object of a store works with that store only.
    Linker NOBODY: safewasm_linker_t = "a" "linker";

    /// A pre-instantiation: a module whose imports a linker has found and checked, ready for many
    /// instances. May be used from any threads at once.
    InstancePre NOBODY: safewasm_instancepre_t = "a" "pre-instantiation";

    /// A shared memory. It belongs to no store: instances in any store of its engine may import it
    /// and keep it alive. May be used from any threads at once.
    SharedMemory NOBODY: safewasm_sharedmemory_t = "a" "shared memory";

    /// A WASI config: the arguments, environment, streams, folders, clocks and random numbers of a
    /// program for WASI preview 1, and their limits. May be used from any threads at once.
    Wasi NOBODY: safewasm_wasi_t = "a" "WASI config";

    /// An output buffer: keeps what programs for WASI preview 1 write to their standard output and
    /// standard error, until it is taken. May be used from any threads at once.
    Buffer NOBODY: safewasm_buffer_t = "an" "output buffer";

    /// A process: a command that runs on a thread of the library, or has ended. May be used from any
    /// threads at once.
    Process NOBODY: safewasm_process_t = "a" "process";

    /// A profile: samples of the functions that ran in a store. May be used from any threads at once.
    Profile NOBODY: safewasm_profile_t = "a" "profile";

    /// An instance: a module that runs in a store, with memories, tables and globals of its own.
    Instance STORE: safewasm_instance_t = "an" "instance";

    /// A function of wasm or of the program. It can be called, and passed to an instance as an
    /// import.
    Func STORE: safewasm_func_t = "a" "func";

    /// A memory, made by an instance or by the program.
    Memory STORE: safewasm_memory_t = "a" "memory";

    /// A table: a list of references, made by an instance or by the program.
    Table STORE: safewasm_table_t = "a" "table";

    /// A global: a value, made by an instance or by the program.
    Global STORE: safewasm_global_t = "a" "global";

    /// A tag: identifies a kind of exception of wasm. Each exception has a tag, and wasm catches
    /// exceptions by their tags.
    Tag STORE: safewasm_tag_t = "a" "tag";

    /// A reference that isn't null, to anything but a function: to an object of the program
    /// (external reference), a structure, an array, a 31-bit integer or an exception. Its object
    /// stays alive while the handle does.
    Ref STORE: safewasm_ref_t = "a" "reference";

    /// A component instance: a component that runs in a store.
    ComponentInstance STORE: safewasm_componentinstance_t = "a" "component instance";

    /// A component func: a function of a component instance, which takes and returns values of WIT types.
    ComponentFunc STORE: safewasm_componentfunc_t = "a" "component func";

    /// The instance that calls a host function. A caller is valid on the thread of the host
    /// function until that function returns. It is never deleted.
    Caller STORE: safewasm_caller_t = "a" "caller";
}
