//! WIT types: the types of a component's imports, exports and values.
//!
//! A type of functions or values is an array of nodes, which a program reads once. An interface has items of its own,
//! each with a name and a type.
//!
//! Example: examples/component.c

pub use crate::kinds::safewasm_wittype_t;
pub use crate::types::wit::{safewasm_witkind_t, safewasm_witnode_t};

use crate::abi::boundary::{Out, boundary};
use crate::error::text::safewasm_text_t;
use crate::kinds::safewasm_error_t;
use crate::process::forks;
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};

/// Gets the nodes of a type, in pre-order: a node, followed by the nodes of its children. May be called
/// from any thread.
///
/// On success `*nodes_out` is the first node and `*len_out` is the number of nodes, at least 1. The nodes
/// and their texts live until `safewasm_wittype_delete`. On failure they are NULL and 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wittype_nodes(
    wittype: *mut safewasm_wittype_t,
    nodes_out: *mut *const safewasm_witnode_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("nodes_out", nodes_out), Out("len_out", len_out)), || {
        let wittype = wittype.get("wittype")?;
        let _no_fork = forks::delay();
        let nodes = wittype.nodes();
        Ok((nodes.as_ptr(), nodes.len()))
    })
}

/// Gets the number of the items of an interface, or of the exports of a component. It is 0 for other
/// types. May be called from any thread.
///
/// On success `*len_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wittype_items_len(
    wittype: *mut safewasm_wittype_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary(Out("len_out", len_out), || {
        let wittype = wittype.get("wittype")?;
        let _no_fork = forks::delay();
        Ok(wittype.items().len())
    })
}

/// Gets the item at `index`, counted from 0, of an interface or a component. The functions of a resource
/// type `r` are named `[constructor]r`, `[method]r.name` and `[static]r.name`. May be called from any
/// thread.
///
/// On success `*name_out` is its name, which lives until `safewasm_wittype_delete` of `wittype`, and
/// `*type_out` is a new WIT type; delete it with `safewasm_wittype_delete`. On failure both are NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_NOT_FOUND` if there is no such item.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wittype_item(
    wittype: *mut safewasm_wittype_t,
    index: usize,
    name_out: *mut safewasm_text_t,
    type_out: *mut *mut safewasm_wittype_t,
) -> *mut safewasm_error_t {
    boundary((Out("name_out", name_out), Out("type_out", type_out)), || {
        let wittype = wittype.get("wittype")?;
        let _no_fork = forks::delay();
        let (name, ty) = wittype.item(index)?;
        Ok((name.view(), registry::insert(ty)?))
    })
}

/// Gets a type as text in WIT, for people: `func(text: string) -> list<u8>`. A text of more than a
/// megabyte is cut, and ends with an ellipsis. May be called from any thread.
///
/// On success `*text_out` is the text, which lives until `safewasm_wittype_delete`. On failure it is NULL
/// with length 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wittype_text(
    wittype: *mut safewasm_wittype_t,
    text_out: *mut safewasm_text_t,
) -> *mut safewasm_error_t {
    boundary(Out("text_out", text_out), || {
        let wittype = wittype.get("wittype")?;
        let _no_fork = forks::delay();
        Ok(wittype.text().view())
    })
}

/// Returns true if `wittype` is a WIT type that has not been deleted. Never fails. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_wittype_is_valid(wittype: *mut safewasm_wittype_t) -> bool {
    quietly(|| wittype.is_valid())
}

/// Deletes `wittype`. Does nothing if `wittype` is NULL or was deleted already. Never fails and never
/// waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_wittype_delete(wittype: *mut safewasm_wittype_t) {
    quietly(|| wittype.delete());
}
