//! The values that a call returns.

use super::node::{safewasm_node_t as Node, safewasm_nodevalue_t as Of};
use super::resource::Received;
use crate::error::Result;
use crate::kinds::{SharedKind, safewasm_resource_t, safewasm_values_t};
use crate::types::wit::safewasm_witkind_t as Kind;
use smallvec::SmallVec;
use std::alloc::{Layout, alloc, dealloc};
use std::ptr;

/// The object behind the handle of values: their nodes, with all that these point to.
pub(crate) struct Values {
    nodes: SmallVec<[Node; 2]>,
    /// Blocks of bytes. They never move, so nodes may point into them.
    blocks: SmallVec<[(*mut u8, Layout); 1]>,
    /// The free part of the newest block for small pieces.
    free: *mut u8,
    left: usize,
    /// The resources in the nodes, in their order, as long as they have no handles.
    received: Vec<Received>,
}

// SAFETY: the pointers are to memory that this owns, and nothing writes there once the values are complete.
unsafe impl Send for Values {}
// SAFETY: as above.
unsafe impl Sync for Values {}

impl SharedKind for safewasm_values_t {
    type Object = Values;
}

/// Pieces of more bytes have a block for themselves.
const LARGE: usize = 2048;

impl Values {
    pub(super) fn new() -> Self {
        let (nodes, blocks) = (SmallVec::new(), SmallVec::new());
        Self { nodes, blocks, free: ptr::null_mut(), left: 0, received: Vec::new() }
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Keeps the resource of the next node.
    pub(super) fn receive(&mut self, resource: Received) {
        self.received.push(resource);
    }

    /// Whether resources in the nodes have no handles yet.
    #[inline]
    pub(crate) fn has_received(&self) -> bool {
        !self.received.is_empty()
    }

    /// Gives each resource the handle that `own` makes. `own` is told whether the resource was handed over, and not
    /// lent.
    #[cold]
    pub(crate) fn own_received(
        &mut self,
        mut own: impl FnMut(Received, bool) -> Result<*mut safewasm_resource_t>,
    ) -> Result<()> {
        let kinds = [Kind::OWN as u8, Kind::BORROW as u8];
        let nodes = self.nodes.iter_mut().filter(|node| kinds.contains(&node.kind));
        for (node, received) in nodes.zip(self.received.drain(..)) {
            node.of = Of { resource: own(received, node.kind == Kind::OWN as u8)? };
        }
        Ok(())
    }

    pub(super) fn push(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Makes room for more nodes. False if no memory is left.
    pub(super) fn reserve(&mut self, nodes: usize) -> bool {
        self.nodes.try_reserve(nodes).is_ok()
    }

    /// Room for `len` bytes, aligned to 8, which aren't initialized. `None` if no memory is left.
    pub(super) fn bytes(&mut self, len: usize) -> Option<*mut u8> {
        let needed = len.checked_next_multiple_of(8)?;
        if needed <= self.left {
            let at = self.free;
            // SAFETY: the newest block has that many bytes left.
            self.free = unsafe { at.add(needed) };
            self.left -= needed;
            return Some(at);
        }
        if needed > LARGE {
            return self.block(needed);
        }
        // Small pieces share blocks, each larger than the one before.
        let size = (64 << (2 * self.blocks.len().min(5))).max(needed);
        let at = self.block(size)?;
        // SAFETY: the block is that large.
        self.free = unsafe { at.add(needed) };
        self.left = size - needed;
        Some(at)
    }

    fn block(&mut self, size: usize) -> Option<*mut u8> {
        let layout = Layout::from_size_align(size.max(8), 8).ok()?;
        // SAFETY: the size isn't 0.
        let at = unsafe { alloc(layout) };
        if at.is_null() {
            return None;
        }
        self.blocks.push((at, layout));
        Some(at)
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        for (at, layout) in &self.blocks {
            // SAFETY: `block` allocated it with that layout.
            unsafe { dealloc(*at, *layout) };
        }
    }
}
