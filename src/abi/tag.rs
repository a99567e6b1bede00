//! Tags: the types of wasm's exceptions.
//!
//! Example: examples/exceptions.c

pub use crate::kinds::safewasm_tag_t;

use crate::abi::boundary::{Out, boundary};
use crate::error::{Error, ErrorKind};
use crate::kinds::{safewasm_error_t, safewasm_functype_t, safewasm_store_t};
use crate::process::forks;
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use crate::store::entered::Entered;
use crate::types::functype::FuncType;
use wasmtime::{Tag, TagType};

/// Creates a tag. The parameters of `functype`, which belongs to the store's engine and has no
/// results, are the values that an exception with this tag carries.
///
/// On success `*tag_out` is a new tag; delete it with `safewasm_tag_delete`. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the type has results;
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_tag_new(
    store: *mut safewasm_store_t,
    functype: *mut safewasm_functype_t,
    tag_out: *mut *mut safewasm_tag_t,
) -> *mut safewasm_error_t {
    boundary(Out("tag_out", tag_out), || {
        let functype = functype.get("functype")?;
        let mut guard = registry::enter_store(store, "store")?;
        let ty = functype.of_engine(guard.context().engine())?;
        if ty.results().len() > 0 {
            return Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                "`functype` has results, which no exception can carry",
            ));
        }
        let _no_fork = forks::delay();
        let tag = Tag::new(guard.context(), &TagType::new(ty))
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
        guard.own(tag)
    })
}

/// Gets the type of a tag: a function type whose parameters are the values that its exceptions
/// carry.
///
/// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_tag_type(
    tag: *mut safewasm_tag_t,
    functype_out: *mut *mut safewasm_functype_t,
) -> *mut safewasm_error_t {
    boundary(Out("functype_out", functype_out), || {
        let (mut guard, tag) = tag.enter("tag")?;
        let context = guard.context();
        let _no_fork = forks::delay();
        registry::insert(FuncType::new(context.engine(), tag.ty(&context).ty().clone()))
    })
}

/// Compares two handles of one store.
///
/// On success `*same_out` is 1 if both stand for the same tag, and 0 otherwise. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_tag_same(
    tag: *mut safewasm_tag_t,
    other: *mut safewasm_tag_t,
    same_out: *mut u32,
) -> *mut safewasm_error_t {
    boundary(Out("same_out", same_out), || {
        other.check("other")?;
        let (mut guard, a) = tag.enter("tag")?;
        let b = other.get_in(&guard, "other")?;
        Ok(u32::from(Tag::eq(&a, &b, guard.context())))
    })
}

/// Returns true if `tag` is a tag that has not been deleted and whose store has not been deleted.
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_tag_is_valid(tag: *mut safewasm_tag_t) -> bool {
    quietly(|| tag.is_valid())
}

/// Deletes the handle `tag`. The tag itself lives as long as its store. Does nothing if `tag` is
/// NULL or was deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_tag_delete(tag: *mut safewasm_tag_t) {
    quietly(|| tag.delete());
}
