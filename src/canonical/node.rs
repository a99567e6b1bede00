//! Values as flat arrays of nodes.

use crate::kinds::safewasm_resource_t;
use crate::types::wit::safewasm_witkind_t as Kind;
use std::ffi::c_void;

/// What a node holds: a union of 8 bytes, of which the member of the node's kind is set.
#[repr(C)]
#[derive(Clone, Copy)]
pub union safewasm_nodevalue_t {
    /// Of `bool`: 0 or 1.
    pub b: u8,
    /// Of `s8`, `s16`, `s32` and `s64`.
    pub s: i64,
    /// Of `u8`, `u16`, `u32` and `u64`. Of flags: bit 0 is the first flag.
    pub u: u64,
    /// Of `f32`.
    pub f32: f32,
    /// Of `f64`.
    pub f64: f64,
    /// Of `char`: a Unicode scalar value.
    pub c: u32,
    /// Of `string`: UTF-8. Of a list whose elements are `bool`, numbers or `char`: the elements, packed, in
    /// the byte order of the machine. They need no alignment.
    pub data: *const c_void,
    /// Of an owned and of a borrowed resource.
    pub resource: *mut safewasm_resource_t,
}

/// A node of a value. A value is an array of nodes: a node, followed by the nodes of its children.
///
/// A record and a tuple have a child for each field. A variant, an option and a result have a child if the
/// case has a value. A list whose elements are `bool`, numbers or `char` is one node; other lists have a
/// child for each element. Several values, such as the arguments of a call, follow each other in one array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct safewasm_node_t {
    /// The kind, a `safewasm_witkind_t`, the same as in the type.
    pub kind: u8,
    /// Of a variant and an enum: which case, counted from 0. Of an option: 0 without, 1 with a value. Of a
    /// result: 0 for success, 1 for an error. Else 0.
    pub index: u32,
    /// Of a list: the number of elements. Of a string: the number of bytes. Of a record and a tuple: the
    /// number of fields. Of flags: the number of flags of the type. Else 0.
    pub len: usize,
    /// What the node holds. Not used for records, tuples, variants, enums, options, results, and lists with
    /// children.
    pub of: safewasm_nodevalue_t,
}

use safewasm_nodevalue_t as Of;

impl safewasm_node_t {
    pub(super) fn new(kind: Kind, index: u32, len: usize, of: Of) -> Self {
        Self { kind: kind as u8, index, len, of }
    }

    /// The `len` bytes that `data` points to.
    ///
    /// # Safety
    ///
    /// There are that many bytes, unless `len` is 0, and nothing writes them as long as the result is used.
    pub(super) unsafe fn bytes<'a>(&self, len: usize) -> &'a [u8] {
        if len == 0 {
            return &[];
        }
        // SAFETY: as the caller vouches; each member of the union takes any bits.
        unsafe { std::slice::from_raw_parts(self.of.data.cast(), len) }
    }
}
