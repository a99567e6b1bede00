//! Types of imports and exports.

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
            Type::Func(ty) => registry::insert(FuncType::new(&externtype.engine, ty.clone())),
            Type::Tag(ty) => registry::insert(FuncType::new(&externtype.engine, ty.ty().clone())),
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
