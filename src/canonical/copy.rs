//! Copies nodes with what they point to. The nodes were checked (`check.rs`).

use super::check::packed;
use super::lower::payload;
use super::node::{safewasm_node_t as Node, safewasm_nodevalue_t as Of};
use super::values::Values;
use wasmtime::component::__internal::{ComponentTypes, InterfaceType};

/// Copies nodes, one after another.
pub(super) struct Copier<'a> {
    types: &'a ComponentTypes,
    nodes: &'a [Node],
    /// The next node.
    at: usize,
    out: Values,
}

impl<'a> Copier<'a> {
    pub(super) fn new(types: &'a ComponentTypes, nodes: &'a [Node]) -> Self {
        Self { types, nodes, at: 0, out: Values::new() }
    }

    /// The copies of values of these types. `None` if no memory is left.
    ///
    /// # Safety
    ///
    /// What the nodes point to is there, and nothing writes it meanwhile.
    pub(super) unsafe fn all(mut self, types: &[InterfaceType]) -> Option<Values> {
        if !self.out.reserve(self.nodes.len()) {
            return None;
        }
        for ty in types {
            // SAFETY: as the caller vouches.
            unsafe { self.one(*ty) }?;
        }
        Some(self.out)
    }

    /// # Safety
    ///
    /// As for [`Self::all`].
    unsafe fn one(&mut self, ty: InterfaceType) -> Option<()> {
        let mut node = self.nodes[self.at];
        self.at += 1;
        let bytes = match ty {
            InterfaceType::String => node.len,
            InterfaceType::List(i) => {
                let element = self.types[i].element;
                match packed(element) {
                    Some((_, size)) => node.len * size,
                    None => {
                        self.out.push(node);
                        for _ in 0..node.len {
                            // SAFETY: as the caller vouches.
                            unsafe { self.one(element) }?;
                        }
                        return Some(());
                    }
                }
            }
            _ => {
                self.out.push(node);
                // SAFETY: as the caller vouches.
                return unsafe { self.children(ty, node.index) };
            }
        };
        let copy = self.out.bytes(bytes)?;
        // SAFETY: there are that many bytes, as the caller vouches; the room for the copy is new and as large.
        unsafe { copy.copy_from_nonoverlapping(node.bytes(bytes).as_ptr(), bytes) };
        node.of = Of { data: copy.cast_const().cast() };
        self.out.push(node);
        Some(())
    }

    /// The children of a node of that type and case.
    ///
    /// # Safety
    ///
    /// As for [`Self::all`].
    unsafe fn children(&mut self, ty: InterfaceType, index: u32) -> Option<()> {
        let types = self.types;
        // SAFETY: as the caller vouches.
        unsafe {
            match ty {
                InterfaceType::Record(i) => {
                    types[i].fields.iter().try_for_each(|field| self.one(field.ty))
                }
                InterfaceType::Tuple(i) => types[i].types.iter().try_for_each(|ty| self.one(*ty)),
                InterfaceType::Variant(_) | InterfaceType::Option(_) | InterfaceType::Result(_) => {
                    payload(types, ty, index).map_or(Some(()), |ty| self.one(ty))
                }
                _ => Some(()),
            }
        }
    }
}
