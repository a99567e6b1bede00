//! Exports of instances.

use super::data::StoreData;
use super::func::Func;
use crate::kinds::Kind;
use wasmtime::{Extern, Global, Memory, SharedMemory, StoreContextMut, Table, Tag};

/// An export, in the form in which a handle keeps it.
#[derive(Clone)]
pub(crate) enum Export {
    Func(Func),
    Memory(Memory),
    Table(Table),
    Global(Global),
    Tag(Tag),
    SharedMemory(SharedMemory),
}

impl Export {
    pub(crate) fn new(export: Extern, context: StoreContextMut<'_, StoreData>) -> Self {
        match export {
            Extern::Func(func) => Self::Func(Func::new(func, context)),
            Extern::Memory(memory) => Self::Memory(memory),
            Extern::Table(table) => Self::Table(table),
            Extern::Global(global) => Self::Global(global),
            Extern::Tag(tag) => Self::Tag(tag),
            Extern::SharedMemory(memory) => Self::SharedMemory(memory),
        }
    }

    /// The kind of object that it is.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Func(_) => Kind::Func,
            Self::Memory(_) => Kind::Memory,
            Self::Table(_) => Kind::Table,
            Self::Global(_) => Kind::Global,
            Self::Tag(_) => Kind::Tag,
            Self::SharedMemory(_) => Kind::SharedMemory,
        }
    }
}
