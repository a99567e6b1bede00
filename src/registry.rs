//! The process's handle table, typed: the one place that turns what a caller passes as a pointer
//! into the object that it means.

use crate::config::safewasm_config_t;
use crate::error::{Error, ErrorKind, Report, Result, safewasm_error_t};
use crate::forks;
use crate::handle::owner::Owner;
use crate::handle::store::{self as handle_store, Location};
use crate::handle::{Handle, Refused, Table};
use crate::interrupt::Control;
use crate::store::{StoreCell, safewasm_store_t};
use crate::{bytes, config, engine, externtype, finalizer, func, functype, global, instance};
use crate::{
    instancepre, linker, memory, module, names, reference, sharedmemory, table, tag, thread, view,
};
use std::collections::hash_map::RandomState;
use std::fmt::Display;
use std::hash::BuildHasher;
use std::sync::{Arc, LazyLock};

static TABLE: LazyLock<Table<StoreCell, Object, Shared>> =
    LazyLock::new(|| Table::new(RandomState::new().hash_one(std::process::id())));

/// The kinds of object; the top byte of a handle.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Config = 0x41,
    Engine,
    Store,
    Module,
    Error,
    Bytes,
    FuncType,
    ExternType,
    View,
    Linker,
    InstancePre,
    SharedMemory,
    Instance,
    Func,
    Memory,
    Table,
    Global,
    Tag,
    Ref,
    Caller,
}

// Two bits of a store's kind are for its entry; see `handle`.
const _: () = assert!(Kind::Store as u8 & 0xa0 == 0);

impl Kind {
    const ALL: [Self; 20] = [
        Self::Config,
        Self::Engine,
        Self::Store,
        Self::Module,
        Self::Error,
        Self::Bytes,
        Self::FuncType,
        Self::ExternType,
        Self::View,
        Self::Linker,
        Self::InstancePre,
        Self::SharedMemory,
        Self::Instance,
        Self::Func,
        Self::Memory,
        Self::Table,
        Self::Global,
        Self::Tag,
        Self::Ref,
        Self::Caller,
    ];

    /// The handle bits of this kind with generation and index 0.
    pub(crate) const fn first_bits(self) -> usize {
        (self as usize) << 56
    }

    fn belongs_to_a_store(self) -> bool {
        self as u8 >= Self::Instance as u8
    }

    /// The name that messages use, with its article.
    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Config => ("a", "config"),
            Self::Engine => ("an", "engine"),
            Self::Store => ("a", "store"),
            Self::Module => ("a", "module"),
            Self::Error => ("an", "error"),
            Self::Bytes => ("a", "bytes object"),
            Self::FuncType => ("a", "function type"),
            Self::ExternType => ("an", "external type"),
            Self::View => ("a", "memory view"),
            Self::Linker => ("a", "linker"),
            Self::InstancePre => ("a", "pre-instantiation"),
            Self::SharedMemory => ("a", "shared memory"),
            Self::Instance => ("an", "instance"),
            Self::Func => ("a", "func"),
            Self::Memory => ("a", "memory"),
            Self::Table => ("a", "table"),
            Self::Global => ("a", "global"),
            Self::Tag => ("a", "tag"),
            Self::Ref => ("a", "reference"),
            Self::Caller => ("a", "caller"),
        }
    }
}

/// What a handle of a kind that belongs to no store means.
#[derive(Clone)]
#[allow(clippy::enum_variant_names, reason = "they are named after their kinds")]
pub(crate) enum Shared {
    Config(Arc<config::Config>),
    Engine(Arc<engine::Engine>),
    Module(Arc<module::Module>),
    Error(Arc<Report>),
    Bytes(Arc<bytes::Bytes>),
    FuncType(Arc<functype::FuncType>),
    ExternType(Arc<externtype::ExternType>),
    View(Arc<view::View>),
    Linker(Arc<names::Linker>),
    InstancePre(Arc<instancepre::InstancePre>),
    SharedMemory(Arc<sharedmemory::SharedMemory>),
}

impl Shared {
    fn kind(&self) -> Kind {
        match self {
            Self::Config(_) => Kind::Config,
            Self::Engine(_) => Kind::Engine,
            Self::Module(_) => Kind::Module,
            Self::Error(_) => Kind::Error,
            Self::Bytes(_) => Kind::Bytes,
            Self::FuncType(_) => Kind::FuncType,
            Self::ExternType(_) => Kind::ExternType,
            Self::View(_) => Kind::View,
            Self::Linker(_) => Kind::Linker,
            Self::InstancePre(_) => Kind::InstancePre,
            Self::SharedMemory(_) => Kind::SharedMemory,
        }
    }
}

/// What a handle of a kind that belongs to a store means.
#[derive(Clone)]
pub(crate) enum Object {
    Instance(instance::Instance),
    Func(func::Func),
    Memory(wasmtime::Memory),
    Table(wasmtime::Table),
    Global(wasmtime::Global),
    Tag(wasmtime::Tag),
    Ref(reference::Reference),
}

// With what the slot says of it, it fits into a cache line.
const _: () = assert!(size_of::<Option<Object>>() <= 32);

impl Object {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Instance(_) => Kind::Instance,
            Self::Func(_) => Kind::Func,
            Self::Memory(_) => Kind::Memory,
            Self::Table(_) => Kind::Table,
            Self::Global(_) => Kind::Global,
            Self::Tag(_) => Kind::Tag,
            Self::Ref(_) => Kind::Ref,
        }
    }
}

/// A thread's stay inside a store.
pub(crate) type Guard = handle_store::Guard<'static, StoreCell, Object, Shared>;

/// A store that a host function of this thread runs in.
pub(crate) type ReentryGuard = handle_store::ReentryGuard<'static, StoreCell>;

/// An opaque type of the header.
pub(crate) trait Opaque {
    const KIND: Kind;
}

/// An opaque type whose objects belong to no store.
pub(crate) trait OpaqueShared: Opaque {
    type Value;
    fn value(shared: Shared) -> Option<Self::Value>;
}

/// An opaque type whose objects belong to a store.
pub(crate) trait OpaqueObject: Opaque {
    type Value: Clone;
    fn value(object: &Object) -> Option<&Self::Value>;
}

macro_rules! opaque {
    ($(shared $opaque:path = $kind:ident($value:ty);)* $(object $object:path = $object_kind:ident($object_value:ty);)*) => {
        $(
            impl Opaque for $opaque {
                const KIND: Kind = Kind::$kind;
            }
            impl OpaqueShared for $opaque {
                type Value = $value;
                fn value(shared: Shared) -> Option<$value> {
                    if let Shared::$kind(value) = shared { Some(value) } else { None }
                }
            }
        )*
        $(
            impl Opaque for $object {
                const KIND: Kind = Kind::$object_kind;
            }
            impl OpaqueObject for $object {
                type Value = $object_value;
                #[inline(always)]
                fn value(object: &Object) -> Option<&$object_value> {
                    if let Object::$object_kind(value) = object { Some(value) } else { None }
                }
            }
        )*
    };
}

opaque! {
    shared safewasm_config_t = Config(Arc<config::Config>);
    shared engine::safewasm_engine_t = Engine(Arc<engine::Engine>);
    shared module::safewasm_module_t = Module(Arc<module::Module>);
    shared safewasm_error_t = Error(Arc<Report>);
    shared bytes::safewasm_bytes_t = Bytes(Arc<bytes::Bytes>);
    shared functype::safewasm_functype_t = FuncType(Arc<functype::FuncType>);
    shared externtype::safewasm_externtype_t = ExternType(Arc<externtype::ExternType>);
    shared view::safewasm_view_t = View(Arc<view::View>);
    shared linker::safewasm_linker_t = Linker(Arc<names::Linker>);
    shared instancepre::safewasm_instancepre_t = InstancePre(Arc<instancepre::InstancePre>);
    shared sharedmemory::safewasm_sharedmemory_t = SharedMemory(Arc<sharedmemory::SharedMemory>);
    object instance::safewasm_instance_t = Instance(instance::Instance);
    object func::safewasm_func_t = Func(func::Func);
    object memory::safewasm_memory_t = Memory(wasmtime::Memory);
    object table::safewasm_table_t = Table(wasmtime::Table);
    object global::safewasm_global_t = Global(wasmtime::Global);
    object tag::safewasm_tag_t = Tag(wasmtime::Tag);
    object reference::safewasm_ref_t = Ref(reference::Reference);
}

impl Opaque for safewasm_store_t {
    const KIND: Kind = Kind::Store;
}

/// Makes the calling thread known; see `thread`.
pub(crate) fn register_owner() -> Option<&'static Owner> {
    TABLE.register_owner()
}

/// Takes leave of a thread that ends.
pub(crate) fn retire_owner(owner: &Owner) {
    TABLE.retire_owner(owner);
}

/// Makes the table.
pub(crate) fn prepare() {
    LazyLock::force(&TABLE);
}

/// Adds a value that belongs to no store.
pub(crate) fn insert<T: OpaqueShared>(value: Shared) -> Result<*mut T> {
    debug_assert_eq!(value.kind(), T::KIND);
    TABLE.insert_shared(T::KIND as u8, value).map(pointer).map_err(full)
}

/// Adds the store that `make` makes, knowing its handle.
pub(crate) fn insert_store(
    make: impl FnOnce(Handle) -> Result<StoreCell>,
) -> Result<*mut safewasm_store_t> {
    thread::register_owner();
    TABLE.insert_store(Kind::Store as u8, make).map(pointer)
}

impl From<Refused> for Error {
    /// Only for what an insertion refuses.
    fn from(refused: Refused) -> Self {
        full(refused)
    }
}

/// Has the thread that is inside a store look after it on leaving.
pub(crate) fn request_leave_hook(store: Handle) {
    TABLE.request_leave_hook(store);
}

/// Notes that finalizers wait for the next host function in a store, or for its thread to leave it.
pub(crate) fn note_due(store: Handle) {
    TABLE.note_due(store);
}

/// Where a store is whose handle was just made.
pub(crate) fn locate(store: Handle) -> Location<'static, StoreCell> {
    match TABLE.locate(store) {
        Some(place) => place,
        None => unreachable!("a store that has a handle has a slot"),
    }
}

/// The store that a handle of [`pointer`]'s means.
pub(crate) fn enter_handle(store: Handle, name: &str) -> Result<Guard> {
    enter_store(pointer(store), name)
}

/// Frees the stores that were deleted while in use and no longer are.
pub(crate) fn sweep() {
    finalizer::hold(|| TABLE.sweep());
}

/// Adds an object to a store. Gives the handle's bits, as the kind is known only at run time.
pub(crate) fn insert_object(guard: &mut Guard, object: Object) -> Result<Handle> {
    guard.insert(object.kind() as u8, object).map_err(full)
}

/// What every opaque pointer can be asked.
pub(crate) trait AnyHandle: Sized {
    /// Deletes the object; false if there is none.
    fn delete(self) -> bool;

    /// Whether there is an object.
    fn is_valid(&self) -> bool;
}

impl AnyHandle for *mut safewasm_store_t {
    fn delete(self) -> bool {
        let store = handle(self);
        let delete = || {
            let deleted = TABLE.delete_store(store);
            if deleted {
                Control::end_deleted(store);
            }
            deleted
        };
        is_kind(self) && finalizer::hold(delete)
    }

    fn is_valid(&self) -> bool {
        is_kind(*self) && TABLE.store_is_valid(handle(*self))
    }
}

/// An opaque pointer to what belongs to no store.
pub(crate) trait SharedHandle {
    type Value;

    /// The object that the argument `name` means.
    fn get(self, name: &str) -> Result<Self::Value>;

    /// Deletes the object; false if there is none.
    fn delete(self) -> bool;

    /// Whether there is an object.
    fn is_valid(&self) -> bool;
}

impl<T: OpaqueShared> SharedHandle for *mut T {
    type Value = T::Value;

    fn get(self, name: &str) -> Result<T::Value> {
        check_kind(self, name)?;
        let shared = TABLE.shared(handle(self)).map_err(|refused| refusal(self, name, refused))?;
        T::value(shared).ok_or_else(|| refusal(self, name, Refused::Invalid))
    }

    fn delete(self) -> bool {
        let delete = || {
            // Wasmtime's locks are taken where types and linkers end.
            let _no_fork = forks::delay();
            TABLE.delete_shared(handle(self))
        };
        is_kind(self) && finalizer::hold(delete)
    }

    fn is_valid(&self) -> bool {
        is_kind(*self) && TABLE.shared_is_valid(handle(*self))
    }
}

/// An opaque pointer to what belongs to a store.
pub(crate) trait ObjectHandle {
    type Value;

    /// Enters the store of the object that the argument `name` means.
    fn enter(self, name: &str) -> Result<(Guard, Self::Value)>;

    /// Runs `body` in the store of the object that the argument `name` means: `enter` for calls.
    fn within<R>(
        self,
        name: &str,
        body: impl FnOnce(&mut Guard, Self::Value) -> Result<R>,
    ) -> Result<R>;

    /// Refuses what is no living object, without entering its store.
    fn check(self, name: &str) -> Result<()>;

    /// The object, which must belong to the store of `stay`.
    fn get_in(self, guard: &Guard, name: impl Display) -> Result<Self::Value>;

    /// Deletes the object; false if there is none.
    fn delete(self) -> bool;

    /// Whether there is an object.
    fn is_valid(&self) -> bool;
}

impl<T: OpaqueObject> ObjectHandle for *mut T {
    type Value = T::Value;

    #[inline(always)]
    fn within<R>(
        self,
        name: &str,
        body: impl FnOnce(&mut Guard, T::Value) -> Result<R>,
    ) -> Result<R> {
        check_kind(self, name)?;
        match TABLE.within(handle(self), T::value, body) {
            Ok(done) => done,
            Err(refused) => Err(refusal(self, name, refused)),
        }
    }

    fn enter(self, name: &str) -> Result<(Guard, T::Value)> {
        check_kind(self, name)?;
        let (guard, object) =
            TABLE.enter_with(handle(self)).map_err(|refused| refusal(self, name, refused))?;
        match T::value(&object) {
            Some(value) => Ok((guard, value.clone())),
            None => Err(refusal(self, name, Refused::Invalid)),
        }
    }

    fn check(self, name: &str) -> Result<()> {
        if self.is_valid() { Ok(()) } else { Err(refusal(self, name, Refused::Invalid)) }
    }

    fn get_in(self, guard: &Guard, name: impl Display) -> Result<T::Value> {
        // The name is made where it is needed only.
        let refuse = |refused| refusal(self, &name.to_string(), refused);
        if !is_kind(self) {
            return Err(refuse(Refused::Invalid));
        }
        let object = guard.get(handle(self)).map_err(refuse)?;
        T::value(&object).cloned().ok_or_else(|| refuse(Refused::Invalid))
    }

    fn delete(self) -> bool {
        is_kind(self) && TABLE.delete_object(handle(self))
    }

    fn is_valid(&self) -> bool {
        is_kind(*self) && TABLE.object_is_valid(handle(*self))
    }
}

/// The store that the argument `name` means, without entering it.
pub(crate) fn check_store(store: *mut safewasm_store_t, name: &str) -> Result<Handle> {
    if store.is_valid() { Ok(handle(store)) } else { Err(refusal(store, name, Refused::Invalid)) }
}

/// Enters the store that the argument `name` means.
pub(crate) fn enter_store(store: *mut safewasm_store_t, name: &str) -> Result<Guard> {
    check_kind(store, name)?;
    TABLE.enter(handle(store)).map_err(|refused| refusal(store, name, refused))
}

#[inline(always)]
fn handle<T>(pointer: *mut T) -> Handle {
    Handle::from_bits(pointer as u64)
}

/// The pointer that stands for a handle. Nothing ever dereferences it.
pub(crate) fn pointer<T>(handle: Handle) -> *mut T {
    std::ptr::without_provenance_mut(handle.bits() as usize)
}

#[inline(always)]
fn is_kind<T: Opaque>(pointer: *mut T) -> bool {
    handle(pointer).kind() == T::KIND as u8
}

#[inline(always)]
fn check_kind<T: Opaque>(pointer: *mut T, name: &str) -> Result<()> {
    if is_kind(pointer) { Ok(()) } else { Err(refusal(pointer, name, Refused::Invalid)) }
}

/// The error for a handle that the table refuses.
#[cold]
fn refusal<T: Opaque>(pointer: *mut T, name: &str, refused: Refused) -> Error {
    let (article, wanted) = T::KIND.name();
    let invalid = |kind, why: String| Error::new(kind, format!("Invalid {wanted}: `{name}` {why}"));
    match refused {
        Refused::Invalid if pointer.is_null() => {
            invalid(ErrorKind::NULL_POINTER, "is NULL".to_owned())
        }
        Refused::Invalid => {
            let byte = handle(pointer).kind();
            let why = match Kind::ALL.into_iter().find(|&kind| kind as u8 == byte) {
                Some(kind) if kind == T::KIND && kind.belongs_to_a_store() => {
                    "was deleted, or its store was, or it never existed".to_owned()
                }
                Some(kind) if kind == T::KIND => "was deleted, or never existed".to_owned(),
                Some(kind) => {
                    let (other_article, other) = kind.name();
                    format!("is {other_article} {other}, not {article} {wanted}")
                }
                None => "is not a handle of this library".to_owned(),
            };
            invalid(ErrorKind::INVALID_HANDLE, why)
        }
        Refused::Busy => Error::new(
            ErrorKind::STORE_BUSY,
            format!(
                "the store of `{name}` is in use, by another thread or by a call that can't be \
                 interrupted; one thread at a time may use a store"
            ),
        ),
        Refused::Poisoned => Error::new(
            ErrorKind::STORE_POISONED,
            format!(
                "an internal error happened in the store of `{name}` earlier; delete the store"
            ),
        ),
        Refused::Foreign => Error::new(
            ErrorKind::WRONG_STORE,
            format!("Invalid {wanted}: `{name}` belongs to another store"),
        ),
        Refused::Full => full(refused),
    }
}

#[cold]
fn full(_: Refused) -> Error {
    Error::new(
        ErrorKind::LIMIT,
        "no room for another object: 16,777,152 are alive at once, or memory is out; delete some",
    )
}
