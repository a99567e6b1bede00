//! Extern types: the types of imports and exports.
//!
//! Example: examples/imports.c

pub use crate::kinds::safewasm_externtype_t;
pub use crate::types::externkind::safewasm_externkind_t;
pub use crate::types::externtype::{
    safewasm_globaltype_t, safewasm_memorytype_t, safewasm_tabletype_t,
};

use crate::abi::boundary::{Out, boundary};
use crate::error::text::safewasm_text_t;
use crate::kinds::{safewasm_error_t, safewasm_functype_t};
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::types::externtype::{globaltype, memorytype, tabletype};
use crate::types::functype::FuncType;
use wasmtime::ExternType as Type;

/// Gets the kind of import or export that the type belongs to.
///
/// On success `*kind_out` is the kind, a `safewasm_externkind_t`. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
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

/// Gets the type of a function or tag. The parameters of a tag's type are the values that its
/// exceptions carry.
///
/// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_externtype_functype(
    externtype: *mut safewasm_externtype_t,
    functype_out: *mut *mut safewasm_functype_t,
) -> *mut safewasm_error_t {
    boundary(Out("functype_out", functype_out), || {
        let externtype = externtype.get("externtype")?;
        match &externtype.ty {
            Type::Func(ty) => registry::insert(FuncType::new(&externtype.engine, ty.clone())),
            Type::Tag(ty) => registry::insert(FuncType::new(&externtype.engine, ty.ty().clone())),
            _ => Err(externtype.mismatch("function or tag")),
        }
    })
}

/// Gets the type of a memory.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
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

/// Gets the type of a table.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
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

/// Gets the type of a global.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
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

/// Gets the type as WebAssembly's text format writes it, such as `(func (param i32 i32) (result
/// i32))`, `(memory 1 10)` or `(global (mut i32))`.
///
/// On success `*text_out` is the text, which lives until `safewasm_externtype_delete`. On failure
/// it is NULL with length 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_externtype_text(
    externtype: *mut safewasm_externtype_t,
    text_out: *mut safewasm_text_t,
) -> *mut safewasm_error_t {
    boundary(Out("text_out", text_out), || Ok(externtype.get("externtype")?.text.view()))
}

/// Returns true if `externtype` is an external type that has not been deleted. Never fails. May be
/// called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_externtype_is_valid(externtype: *mut safewasm_externtype_t) -> bool {
    quietly(|| externtype.is_valid())
}

/// Deletes `externtype`. Does nothing if `externtype` is NULL or was deleted already. Never fails
/// and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_externtype_delete(externtype: *mut safewasm_externtype_t) {
    quietly(|| externtype.delete());
}
