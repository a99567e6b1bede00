//! The objects that belong to a store, in the form in which the handle table keeps them.

use crate::canonical::function::Function;
use crate::error::{Error, ErrorKind};
use crate::handle::Refused;
use crate::kinds::{
    Opaque, safewasm_componentfunc_t, safewasm_componentinstance_t, safewasm_func_t,
    safewasm_global_t, safewasm_instance_t, safewasm_memory_t, safewasm_ref_t, safewasm_resource_t,
    safewasm_table_t, safewasm_tag_t,
};
use crate::store::component::ComponentInstance;
use crate::store::func::Func;
use crate::store::instance::Instance;
use crate::store::reference::Reference;
use crate::store::resource::Resource;
use std::sync::Arc;

/// The object behind a handle of a kind that belongs to a store.
#[derive(Clone)]
pub(crate) enum Object {
    Instance(Instance),
    Func(Func),
    Memory(wasmtime::Memory),
    Table(wasmtime::Table),
    Global(wasmtime::Global),
    Tag(wasmtime::Tag),
    Ref(Reference),
    ComponentInstance(Arc<ComponentInstance>),
    ComponentFunc(Arc<Function>),
    Resource(Arc<Resource>),
}

// The slot of an object fits into one cache line.
const _: () = assert!(size_of::<Option<Object>>() <= 32);

/// An opaque type whose objects belong to a store.
pub(crate) trait StoreKind: Opaque {
    /// The object behind a handle of this kind.
    type Value: Clone;

    /// The object as the table keeps it.
    fn object(value: Self::Value) -> Object;

    /// The reverse of [`Self::object`]; `None` for an object of another kind.
    fn value(object: &Object) -> Option<&Self::Value>;
}

macro_rules! kept_as {
    ($($opaque:ident: $variant:ident($value:ty);)+) => {$(
        impl StoreKind for $opaque {
            type Value = $value;

            fn object(value: $value) -> Object {
                Object::$variant(value)
            }

            #[inline(always)]
            fn value(object: &Object) -> Option<&$value> {
                if let Object::$variant(value) = object { Some(value) } else { None }
            }
        }
    )+};
}

kept_as! {
    safewasm_instance_t: Instance(Instance);
    safewasm_func_t: Func(Func);
    safewasm_memory_t: Memory(wasmtime::Memory);
    safewasm_table_t: Table(wasmtime::Table);
    safewasm_global_t: Global(wasmtime::Global);
    safewasm_tag_t: Tag(wasmtime::Tag);
    safewasm_ref_t: Ref(Reference);
    safewasm_componentinstance_t: ComponentInstance(Arc<ComponentInstance>);
    safewasm_componentfunc_t: ComponentFunc(Arc<Function>);
    safewasm_resource_t: Resource(Arc<Resource>);
}

/// The error for an object that the table has no room for.
#[cold]
pub(crate) fn full(_: Refused) -> Error {
    Error::new(
        ErrorKind::LIMIT,
        "no room for another object: 16,777,152 objects are alive, or no memory is left; delete some",
    )
}

impl From<Refused> for Error {
    /// Only for the refusal of an insertion, which is always [`Refused::Full`].
    fn from(refused: Refused) -> Self {
        full(refused)
    }
}
