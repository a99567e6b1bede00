//! Tags of exceptions.

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

/// Creates a tag. The parameters of `functype`, of the store's engine, are what exceptions with the tag
/// carry; it has no results.
///
/// On success `*tag_out` is a new tag, which belongs to the caller, who gives it to
/// `safewasm_tag_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, wrong engine; type mismatch for a type with results; limit,
/// store busy or poisoned.
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

/// The type of a tag: a function type whose parameters are what its exceptions carry.
///
/// On success `*functype_out` is a new function type, which belongs to the caller, who gives it to
/// `safewasm_functype_delete`; on failure it is NULL.
///
/// Errors: null pointer, invalid handle, store busy or poisoned.
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

/// Whether two handles of one store mean the same tag.
///
/// On success `*same_out` is 1 if they do, else 0; on failure it is 0.
///
/// Errors: null pointer, invalid handle; wrong store; store busy or poisoned.
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

/// Whether `tag` is a tag that wasn't deleted, and whose store wasn't.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_tag_is_valid(tag: *mut safewasm_tag_t) -> bool {
    quietly(|| tag.is_valid())
}

/// Deletes the handle `tag`; the tag itself lives as long as its store. NULL and what was deleted
/// already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_tag_delete(tag: *mut safewasm_tag_t) {
    quietly(|| tag.delete());
}
