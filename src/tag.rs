//! Tags: in this version, what is taken from one instance and given to another.

use crate::boundary::quietly;
use crate::registry::ObjectHandle;

/// A tag that an instance exports, to be given to another as an import.
pub struct safewasm_tag_t {
    _opaque: (),
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
