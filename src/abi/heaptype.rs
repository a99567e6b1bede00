//! Heap types: the types of structures and of arrays.
//!
//! Example: examples/structures.c

pub use crate::kinds::safewasm_heaptype_t;
pub use crate::types::heaptype::safewasm_fieldtype_t;

use crate::abi::args::utf8;
use crate::abi::boundary::{Out, boundary};
use crate::engine::typetext;
use crate::error::text::safewasm_text_t;
use crate::kinds::{
    safewasm_engine_t, safewasm_error_t, safewasm_externtype_t, safewasm_functype_t, safewasm_ref_t,
};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::types::functype::at;
use crate::types::heaptype::{HeapType, fieldtype};
use std::os::raw::c_char;
use wasmtime::{ExternType as Type, ValType};

/// Creates a heap type from text, such as `(struct (field i32) (field (mut f64)))` or
/// `(array (mut i8))`.
///
/// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`), as WebAssembly's text format
/// writes a type. It may also be a list of definitions, of which the type is the last; they may refer
/// to each other as in a module: `(type $list (struct (field i32) (field (mut (ref null $list)))))`.
/// The type is the same as one of a module if both are written alike.
///
/// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_TEXT` if `text` is not in the text format;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if it is not UTF-8, or has something else than types in it;
/// `SAFEWASM_ERROR_INVALID_MODULE` if the types are not valid, or the engine's config has turned off
/// a proposal that they need; `SAFEWASM_ERROR_TYPE_MISMATCH` if the type is one of functions;
/// `SAFEWASM_ERROR_LIMIT`. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_new_text(
    engine: *mut safewasm_engine_t,
    text: *const c_char,
    text_len: usize,
    heaptype_out: *mut *mut safewasm_heaptype_t,
) -> *mut safewasm_error_t {
    boundary(Out("heaptype_out", heaptype_out), || {
        let engine = engine.get("engine")?;
        // SAFETY: the header demands `text_len` bytes, or a NUL, at a `text` that isn't NULL.
        let text = unsafe { utf8(text, text_len, "text") }?;
        registry::insert(typetext::parse(&engine, text)?)
    })
}

/// Gets the type of the objects that the parameter at `index`, counted from 0, refers to.
///
/// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such parameter; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is
/// not a reference to structures or arrays of one type. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_of_param(
    functype: *mut safewasm_functype_t,
    index: usize,
    heaptype_out: *mut *mut safewasm_heaptype_t,
) -> *mut safewasm_error_t {
    boundary(Out("heaptype_out", heaptype_out), || {
        let functype = functype.get("functype")?;
        let ty = at(functype.wasmtime().params(), index, "parameter")?;
        let of = HeapType::of_value(functype.engine(), &ty, &format!("parameter {index}"))?;
        registry::insert(of)
    })
}

/// Gets the type of the objects that the result at `index`, counted from 0, refers to.
///
/// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such result; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is not
/// a reference to structures or arrays of one type. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_of_result(
    functype: *mut safewasm_functype_t,
    index: usize,
    heaptype_out: *mut *mut safewasm_heaptype_t,
) -> *mut safewasm_error_t {
    boundary(Out("heaptype_out", heaptype_out), || {
        let functype = functype.get("functype")?;
        let ty = at(functype.wasmtime().results(), index, "result")?;
        let of = HeapType::of_value(functype.engine(), &ty, &format!("result {index}"))?;
        registry::insert(of)
    })
}

/// Gets the type of the objects that the value of a global, or the elements of a table, refer to.
///
/// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if these are not references to structures or arrays of one type, or
/// if `externtype` is the type of something else. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_of_extern(
    externtype: *mut safewasm_externtype_t,
    heaptype_out: *mut *mut safewasm_heaptype_t,
) -> *mut safewasm_error_t {
    boundary(Out("heaptype_out", heaptype_out), || {
        let externtype = externtype.get("externtype")?;
        let (ty, what) = match &externtype.ty {
            Type::Global(ty) => (ty.content().clone(), "the global's value"),
            Type::Table(ty) => (ValType::Ref(ty.element().clone()), "an element of the table"),
            _ => return Err(externtype.mismatch("global or table")),
        };
        registry::insert(HeapType::of_value(&externtype.engine, &ty, what)?)
    })
}

/// Gets the type of the structure or array that a reference refers to.
///
/// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if it refers to something else; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_of_ref(
    reference: *mut safewasm_ref_t,
    heaptype_out: *mut *mut safewasm_heaptype_t,
) -> *mut safewasm_error_t {
    boundary(Out("heaptype_out", heaptype_out), || {
        let (mut guard, reference) = reference.enter("reference")?;
        let heaptype = guard.rooted(|guard| {
            let ty = reference.ty(guard)?;
            HeapType::of_value(guard.context().engine(), &ty, "`reference`")
        })?;
        registry::insert(heaptype)
    })
}

/// Gets the type of the objects that the field at `index`, counted from 0, of a heap type refers to.
/// A type of arrays has one field, which stands for all elements.
///
/// On success `*other_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On failure
/// it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such field; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is not
/// a reference to structures or arrays of one type. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_of_field(
    heaptype: *mut safewasm_heaptype_t,
    index: usize,
    other_out: *mut *mut safewasm_heaptype_t,
) -> *mut safewasm_error_t {
    boundary(Out("other_out", other_out), || {
        registry::insert(heaptype.get("heaptype")?.of_field(index)?)
    })
}

/// Gets the kind of the objects: `SAFEWASM_HEAP_STRUCT` or `SAFEWASM_HEAP_ARRAY`.
///
/// On success `*kind_out` is the kind. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
/// thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_kind(
    heaptype: *mut safewasm_heaptype_t,
    kind_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("kind_out", kind_out), || Ok(heaptype.get("heaptype")?.kind() as u32))
}

/// Gets the number of fields of a type of structures; 1 for a type of arrays, whose field stands for
/// all elements.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
/// thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_fields_len(
    heaptype: *mut safewasm_heaptype_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || Ok(heaptype.get("heaptype")?.fields().len()))
}

/// Gets the type of the field at `index`, counted from 0. A type of arrays has one field, which
/// stands for all elements.
///
/// On success `*type_out` is the type. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such field. May be called from any thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_field(
    heaptype: *mut safewasm_heaptype_t,
    index: usize,
    type_out: *mut safewasm_fieldtype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || Ok(fieldtype(heaptype.get("heaptype")?.field(index)?)))
}

/// Gets the type as WebAssembly's text format writes it, such as `(struct (field i32) (field (mut
/// f64)))`. Other types of the module in it are cut short: `(ref null (struct …))`.
///
/// On success `*text_out` is the text, which lives until `safewasm_heaptype_delete`. On failure it
/// is NULL with length 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
/// thread.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_heaptype_text(
    heaptype: *mut safewasm_heaptype_t,
    text_out: *mut safewasm_text_t,
) -> *mut safewasm_error_t {
    boundary(Out("text_out", text_out), || Ok(heaptype.get("heaptype")?.text.view()))
}

/// Returns true if `heaptype` is a heap type that has not been deleted. Never fails. May be called
/// from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_heaptype_is_valid(heaptype: *mut safewasm_heaptype_t) -> bool {
    quietly(|| heaptype.is_valid())
}

/// Deletes `heaptype`. Does nothing if `heaptype` is NULL or was deleted already. Never fails and
/// never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_heaptype_delete(heaptype: *mut safewasm_heaptype_t) {
    quietly(|| heaptype.delete());
}
