//! Externs: the objects that modules import and export.

use crate::engine::sharedmemory::SharedMemory;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{
    safewasm_func_t, safewasm_global_t, safewasm_memory_t, safewasm_sharedmemory_t,
    safewasm_table_t, safewasm_tag_t,
};
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::{Entered, Guard};
use crate::store::export::Export;
use crate::types::externkind::safewasm_externkind_t;
use wasmtime::Extern;

/// The handle in a `safewasm_extern_t`.
#[repr(C)]
#[derive(Clone, Copy)]
pub union safewasm_externhandle_t {
    /// A function.
    pub func: *mut safewasm_func_t,
    /// A memory.
    pub memory: *mut safewasm_memory_t,
    /// A table.
    pub table: *mut safewasm_table_t,
    /// A global.
    pub global: *mut safewasm_global_t,
    /// A tag.
    pub tag: *mut safewasm_tag_t,
    /// A shared memory.
    pub sharedmemory: *mut safewasm_sharedmemory_t,
}

/// An import or export: a func, memory, table, global, tag or shared memory.
///
/// In a result, the caller owns the handle and must delete it with `safewasm_extern_delete` or with
/// the `_delete` function of its kind. An argument is borrowed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct safewasm_extern_t {
    /// The kind, a `safewasm_externkind_t`. It selects the member of `of`.
    pub kind: u32,
    /// The handle.
    pub of: safewasm_externhandle_t,
}

const _: () = {
    assert!(size_of::<safewasm_extern_t>() == 16);
    assert!(std::mem::offset_of!(safewasm_extern_t, of) == 8);
};

impl safewasm_extern_t {
    /// An extern for an export of the entered store, with a new handle, which the caller owns.
    pub(crate) fn own(guard: &mut Guard, export: Export) -> Result<Self> {
        use safewasm_externhandle_t as Of;
        use safewasm_externkind_t as Kind;
        let (kind, of) = match export {
            Export::Func(func) => (Kind::FUNC, Of { func: guard.own(func)? }),
            Export::Memory(memory) => (Kind::MEMORY, Of { memory: guard.own(memory)? }),
            Export::Table(table) => (Kind::TABLE, Of { table: guard.own(table)? }),
            Export::Global(global) => (Kind::GLOBAL, Of { global: guard.own(global)? }),
            Export::Tag(tag) => (Kind::TAG, Of { tag: guard.own(tag)? }),
            Export::SharedMemory(memory) => {
                let sharedmemory =
                    registry::insert(SharedMemory::new(memory, guard.context().engine()))?;
                (Kind::SHARED_MEMORY, Of { sharedmemory })
            }
        };
        Ok(Self { kind: kind as u32, of })
    }

    /// Checks that the object is alive. Errors call the extern `name`, for example `imports[2]`.
    pub(crate) fn check(self, name: &str) -> Result<()> {
        // SAFETY: every member is a pointer, for which every bit pattern is valid.
        unsafe {
            match self.kind {
                1 => self.of.func.check(&format!("{name}.of.func")),
                2 => self.of.memory.check(&format!("{name}.of.memory")),
                3 => self.of.table.check(&format!("{name}.of.table")),
                4 => self.of.global.check(&format!("{name}.of.global")),
                5 => self.of.tag.check(&format!("{name}.of.tag")),
                6 => self.of.sharedmemory.get(&format!("{name}.of.sharedmemory")).map(drop),
                kind => Err(Error::new(
                    ErrorKind::INVALID_ARGUMENT,
                    format!(
                        "`{name}.kind` is {kind}, which is no kind of import: the kinds are 1 to 6"
                    ),
                )),
            }
        }
    }

    /// The object in the entered store, which belongs to `engine`. Errors call the extern `name`, for example
    /// `imports[2]`.
    pub(crate) fn get_in(
        self,
        guard: &Guard,
        engine: &wasmtime::Engine,
        name: &str,
    ) -> Result<Extern> {
        // SAFETY: every member is a pointer, for which every bit pattern is valid.
        unsafe {
            match self.kind {
                1 => self
                    .of
                    .func
                    .get_in(guard, format!("{name}.of.func"))
                    .map(|func| Extern::Func(func.wasmtime())),
                2 => self.of.memory.get_in(guard, format!("{name}.of.memory")).map(Extern::Memory),
                3 => self.of.table.get_in(guard, format!("{name}.of.table")).map(Extern::Table),
                4 => self.of.global.get_in(guard, format!("{name}.of.global")).map(Extern::Global),
                5 => self.of.tag.get_in(guard, format!("{name}.of.tag")).map(Extern::Tag),
                6 => {
                    let name = format!("{name}.of.sharedmemory");
                    let memory = self.of.sharedmemory.get(&name)?;
                    memory.of_engine(engine, &name).map(Extern::SharedMemory)
                }
                kind => Err(Error::new(
                    ErrorKind::INVALID_ARGUMENT,
                    format!(
                        "`{name}.kind` is {kind}, which is no kind of import: the kinds are 1 to 6"
                    ),
                )),
            }
        }
    }
}
