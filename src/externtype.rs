//! The types of imports and exports.

use crate::boolean::Bool;
use crate::boundary::{Cleared, Out, boundary, quietly};
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::external::safewasm_externkind_t;
use crate::functype::{FuncType, safewasm_functype_t, signature, wat_signature};
use crate::registry::{self, Shared, SharedHandle};
use crate::text::{LONGEST_NAME, Text, cut, safewasm_text_t};
use crate::value::{safewasm_valtype_t, type_name, valtype};
use std::sync::Arc;
use wasmtime::ExternType as Type;

/// The type of an import or export: of a function, memory, table, global or tag.
pub struct safewasm_externtype_t {
    _opaque: (),
}

/// The type of a memory.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_memorytype_t {
    /// The size at the start, in pages.
    pub min: u64,
    /// The largest size, in pages, if `has_max`.
    pub max: u64,
    /// The size of a page in bytes: 65,536, unless the module says otherwise.
    pub page_size: u64,
    /// Whether there is a largest size.
    pub has_max: Bool,
    /// Whether addresses have 64 bits.
    pub is_64: Bool,
    /// Whether threads may share the memory.
    pub is_shared: Bool,
}

/// The type of a table.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_tabletype_t {
    /// The number of elements at the start.
    pub min: u64,
    /// The largest number of elements, if `has_max`.
    pub max: u64,
    /// Whether there is a largest number.
    pub has_max: Bool,
    /// Whether indices have 64 bits.
    pub is_64: Bool,
    /// The type of the elements.
    pub element: safewasm_valtype_t,
}

/// The type of a global.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_globaltype_t {
    /// The type of the value.
    pub content: safewasm_valtype_t,
    /// Whether the value can change.
    pub is_mutable: Bool,
}

impl Cleared for safewasm_memorytype_t {}

impl Cleared for safewasm_tabletype_t {}

impl Cleared for safewasm_globaltype_t {}

/// What the handle of an external type means.
pub(crate) struct ExternType {
    engine: wasmtime::Engine,
    ty: Type,
    text: Text,
}

impl ExternType {
    pub(crate) fn handle(
        engine: &wasmtime::Engine,
        ty: Type,
    ) -> Result<*mut safewasm_externtype_t> {
        let text = Text::new(wat(&ty));
        let engine = engine.clone();
        registry::insert(Shared::ExternType(Arc::new(Self { engine, ty, text })))
    }

    fn mismatch(&self, wanted: &str) -> Error {
        Error::new(
            ErrorKind::TYPE_MISMATCH,
            format!("`externtype` is not the type of a {wanted} but: {}", shown(&self.ty)),
        )
    }
}

/// An external type in words: `func (i32) -> i32`, `memory 1 10`.
pub(crate) fn describe(ty: &Type) -> String {
    match ty {
        Type::Func(ty) => format!("func {}", signature(ty)),
        Type::Tag(ty) => format!("tag {}", signature(ty.ty())),
        ty => {
            let text = wat(ty);
            text[1..text.len() - 1].to_owned()
        }
    }
}

/// As [`describe`], for a message.
pub(crate) fn shown(ty: &Type) -> String {
    cut(&describe(ty), LONGEST_NAME).into_owned()
}

/// An external type as wasm's text format writes it: `(func (param i32) (result i32))`.
fn wat(ty: &Type) -> String {
    let limits = |min: u64, max: Option<u64>, page_size: u64| {
        let max = max.map_or(String::new(), |max| format!(" {max}"));
        let page =
            if page_size == 0x1_0000 { String::new() } else { format!(" (pagesize {page_size})") };
        format!("{min}{max}{page}")
    };
    let index = |is_64| if is_64 { "i64 " } else { "" };
    match ty {
        Type::Func(ty) => format!("(func{})", wat_signature(ty)),
        Type::Global(ty) if ty.mutability().is_var() => {
            format!("(global (mut {}))", type_name(ty.content()))
        }
        Type::Global(ty) => format!("(global {})", type_name(ty.content())),
        Type::Table(ty) => {
            let element = type_name(&wasmtime::ValType::Ref(ty.element().clone()));
            let limits = limits(ty.minimum(), ty.maximum(), 0x1_0000);
            format!("(table {}{limits} {element})", index(ty.is_64()))
        }
        Type::Memory(ty) => {
            let shared = if ty.is_shared() { " shared" } else { "" };
            let limits = limits(ty.minimum(), ty.maximum(), ty.page_size());
            format!("(memory {}{limits}{shared})", index(ty.is_64()))
        }
        Type::Tag(ty) => format!("(tag{})", wat_signature(ty.ty())),
    }
}

pub(crate) fn memorytype(ty: &wasmtime::MemoryType) -> safewasm_memorytype_t {
    safewasm_memorytype_t {
        min: ty.minimum(),
        max: ty.maximum().unwrap_or(0),
        page_size: ty.page_size(),
        has_max: ty.maximum().is_some().into(),
        is_64: ty.is_64().into(),
        is_shared: ty.is_shared().into(),
    }
}

pub(crate) fn tabletype(ty: &wasmtime::TableType) -> safewasm_tabletype_t {
    safewasm_tabletype_t {
        min: ty.minimum(),
        max: ty.maximum().unwrap_or(0),
        has_max: ty.maximum().is_some().into(),
        is_64: ty.is_64().into(),
        element: valtype(&wasmtime::ValType::Ref(ty.element().clone())),
    }
}

pub(crate) fn globaltype(ty: &wasmtime::GlobalType) -> safewasm_globaltype_t {
    safewasm_globaltype_t {
        content: valtype(ty.content()),
        is_mutable: ty.mutability().is_var().into(),
    }
}

/// What the type is the type of, a `safewasm_externkind_t`.
///
/// On success `*kind_out` is the kind; on failure it is 0.
///
/// Errors: null pointer, invalid handle. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_externtype_kind(
    externtype: *mut safewasm_externtype_t,
    kind_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("kind_out", kind_out), || {
        let kind = match externtype.get("externtype")?.ty {
            Type::Func(_) => safewasm_externkind_t::FUNC,
            Type::Global(_) => safewasm_externkind_t::GLOBAL,
            Type::Table(_) => safewasm_externkind_t::TABLE,
            Type::Memory(_) => safewasm_externkind_t::MEMORY,
            Type::Tag(_) => safewasm_externkind_t::TAG,
        };
        Ok(kind as u32)
    })
}

/// The type of a function or tag: a tag's parameters are what it carries.
///
/// On success `*functype_out` is a new function type, which belongs to the caller, who gives it to
/// `safewasm_functype_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle; type mismatch if it is the type of something else. May be
/// called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_externtype_functype(
    externtype: *mut safewasm_externtype_t,
    functype_out: *mut *mut safewasm_functype_t,
) -> *mut safewasm_error_t {
    boundary(Out("functype_out", functype_out), || {
        let externtype = externtype.get("externtype")?;
        match &externtype.ty {
            Type::Func(ty) => FuncType::handle(&externtype.engine, ty.clone()),
            Type::Tag(ty) => FuncType::handle(&externtype.engine, ty.ty().clone()),
            _ => Err(externtype.mismatch("function or tag")),
        }
    })
}

/// The type of a memory.
///
/// On success `*type_out` is the type; on failure it is all zero.
///
/// Errors: null pointer, invalid handle; type mismatch if it is the type of something else. May be
/// called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_externtype_memorytype(
    externtype: *mut safewasm_externtype_t,
    type_out: *mut safewasm_memorytype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let externtype = externtype.get("externtype")?;
        match &externtype.ty {
            Type::Memory(ty) => Ok(memorytype(ty)),
            _ => Err(externtype.mismatch("memory")),
        }
    })
}

/// The type of a table.
///
/// On success `*type_out` is the type; on failure it is all zero.
///
/// Errors: null pointer, invalid handle; type mismatch if it is the type of something else. May be
/// called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_externtype_tabletype(
    externtype: *mut safewasm_externtype_t,
    type_out: *mut safewasm_tabletype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let externtype = externtype.get("externtype")?;
        match &externtype.ty {
            Type::Table(ty) => Ok(tabletype(ty)),
            _ => Err(externtype.mismatch("table")),
        }
    })
}

/// The type of a global.
///
/// On success `*type_out` is the type; on failure it is all zero.
///
/// Errors: null pointer, invalid handle; type mismatch if it is the type of something else. May be
/// called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_externtype_globaltype(
    externtype: *mut safewasm_externtype_t,
    type_out: *mut safewasm_globaltype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let externtype = externtype.get("externtype")?;
        match &externtype.ty {
            Type::Global(ty) => Ok(globaltype(ty)),
            _ => Err(externtype.mismatch("global")),
        }
    })
}

/// The type as wasm's text format writes it, such as `(func (param i32 i32) (result i32))`,
/// `(memory 1 10)` or `(global (mut i32))`.
///
/// On success `*text_out` is the text, which lives until `safewasm_externtype_delete`; on failure
/// it is NULL with length 0.
///
/// Errors: null pointer, invalid handle. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_externtype_text(
    externtype: *mut safewasm_externtype_t,
    text_out: *mut safewasm_text_t,
) -> *mut safewasm_error_t {
    boundary(Out("text_out", text_out), || Ok(externtype.get("externtype")?.text.view()))
}

/// Whether `externtype` is an external type that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_externtype_is_valid(externtype: *mut safewasm_externtype_t) -> bool {
    quietly(|| externtype.is_valid())
}

/// Deletes `externtype`. NULL and what was deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_externtype_delete(externtype: *mut safewasm_externtype_t) {
    quietly(|| externtype.delete());
}
