//! Checks nodes against types, before wasm sees anything. Nothing is allocated unless the check fails.

use super::node::safewasm_node_t as Node;
use crate::error::text::{count, quoted};
use crate::types::wit::safewasm_witkind_t as Kind;
use wasmtime::component::__internal::{ComponentTypes, InterfaceType};

/// How a list of elements of this type is packed: the kind of the elements, and the bytes of each.
#[inline]
pub(super) fn packed(ty: InterfaceType) -> Option<(Kind, usize)> {
    Some(match ty {
        InterfaceType::Bool => (Kind::BOOL, 1),
        InterfaceType::S8 => (Kind::S8, 1),
        InterfaceType::U8 => (Kind::U8, 1),
        InterfaceType::S16 => (Kind::S16, 2),
        InterfaceType::U16 => (Kind::U16, 2),
        InterfaceType::S32 => (Kind::S32, 4),
        InterfaceType::U32 => (Kind::U32, 4),
        InterfaceType::S64 => (Kind::S64, 8),
        InterfaceType::U64 => (Kind::U64, 8),
        InterfaceType::Float32 => (Kind::F32, 4),
        InterfaceType::Float64 => (Kind::F64, 8),
        InterfaceType::Char => (Kind::CHAR, 4),
        _ => return None,
    })
}

/// What is wrong with nodes, with the path to it from the inside out.
pub(super) struct Bad {
    what: String,
    path: Vec<String>,
}

impl Bad {
    #[cold]
    fn new(what: impl Into<String>) -> Box<Self> {
        Box::new(Self { what: what.into(), path: Vec::new() })
    }

    #[cold]
    fn at(mut self: Box<Self>, step: String) -> Box<Self> {
        self.path.push(step);
        self
    }

    /// The message: "parameter `shape`, field `points`, element 3: expected f64, got string".
    pub(super) fn message(mut self) -> String {
        self.path.reverse();
        match self.path.as_slice() {
            [] => self.what,
            path => format!("{}: {}", path.join(", "), self.what),
        }
    }
}

/// Reads nodes along a type.
pub(super) struct Checker<'a> {
    types: &'a ComponentTypes,
    nodes: &'a [Node],
    /// The next node.
    at: usize,
}

type Checked = Result<(), Box<Bad>>;

impl<'a> Checker<'a> {
    pub(super) fn new(types: &'a ComponentTypes, nodes: &'a [Node]) -> Self {
        Self { types, nodes, at: 0 }
    }

    /// Checks that the nodes are the arguments for parameters of these types, and nothing more.
    pub(super) fn arguments(&mut self, types: &[InterfaceType], names: &[String]) -> Checked {
        for (ty, name) in types.iter().zip(names) {
            self.one(*ty).map_err(|bad| bad.at(format!("parameter `{}`", quoted(name))))?;
        }
        let more = self.nodes.len() - self.at;
        if more > 0 {
            let (more, params) = (count(more, "node"), count(types.len(), "parameter"));
            return Err(Bad::new(format!("there are {more} too many; the function has {params}")));
        }
        Ok(())
    }

    /// Checks that the nodes are the result of a function that returns these types, one or none, and nothing more.
    pub(super) fn result(&mut self, types: &[InterfaceType]) -> Checked {
        for ty in types {
            self.one(*ty)?;
        }
        match self.nodes.len() - self.at {
            0 => Ok(()),
            more => {
                let result = if types.is_empty() { "no result" } else { "one result" };
                Err(Bad::new(format!(
                    "there are {} too many; the function has {result}",
                    count(more, "node")
                )))
            }
        }
    }

    #[inline]
    fn next(&mut self, kind: Kind) -> Result<&'a Node, Box<Bad>> {
        match self.nodes.get(self.at) {
            Some(node) if node.kind == kind as u8 => {
                self.at += 1;
                Ok(node)
            }
            other => Err(Self::wrong(kind, other)),
        }
    }

    #[cold]
    fn wrong(wanted: Kind, found: Option<&Node>) -> Box<Bad> {
        let wanted = wanted.word();
        Bad::new(match found.map(|node| Kind::of(node.kind)) {
            None => format!("expected {wanted}, but there are no more nodes"),
            Some(None) => format!("expected {wanted}, but the node has no valid kind"),
            Some(Some(found)) => format!("expected {wanted}, got {}", found.word()),
        })
    }

    #[inline]
    fn len(node: &Node, wanted: usize, noun: &str) -> Checked {
        if node.len != wanted {
            let wanted = count(wanted, noun);
            return Err(Bad::new(format!("expected {wanted}, but `len` is {}", node.len)));
        }
        Ok(())
    }

    #[cold]
    fn no_case(index: u32, cases: usize) -> Box<Bad> {
        Bad::new(format!("`index` is {index}, but there are {}", count(cases, "case")))
    }

    /// Refuses a NULL in place of the elements of a list or the bytes of a string.
    fn data(node: &Node) -> Checked {
        // SAFETY: each member of the union takes any bits.
        if node.len > 0 && unsafe { node.of.data }.is_null() {
            return Err(Bad::new(format!("`data` is NULL, and `len` is {}", node.len)));
        }
        Ok(())
    }

    fn signed(&mut self, kind: Kind, bits: u32) -> Checked {
        // SAFETY: each member of the union takes any bits.
        let s = unsafe { self.next(kind)?.of.s };
        if (s << (64 - bits)) >> (64 - bits) != s {
            return Err(Bad::new(format!("{s} is no {}", kind.word())));
        }
        Ok(())
    }

    fn unsigned(&mut self, kind: Kind, bits: u32) -> Checked {
        // SAFETY: each member of the union takes any bits.
        let u = unsafe { self.next(kind)?.of.u };
        if (u << (64 - bits)) >> (64 - bits) != u {
            return Err(Bad::new(format!("{u} is no {}", kind.word())));
        }
        Ok(())
    }

    fn one(&mut self, ty: InterfaceType) -> Checked {
        match ty {
            InterfaceType::Bool => {
                // SAFETY: each member of the union takes any bits.
                if unsafe { self.next(Kind::BOOL)?.of.b } > 1 {
                    return Err(Bad::new("a bool is 0 or 1"));
                }
            }
            InterfaceType::S8 => self.signed(Kind::S8, 8)?,
            InterfaceType::S16 => self.signed(Kind::S16, 16)?,
            InterfaceType::S32 => self.signed(Kind::S32, 32)?,
            InterfaceType::U8 => self.unsigned(Kind::U8, 8)?,
            InterfaceType::U16 => self.unsigned(Kind::U16, 16)?,
            InterfaceType::U32 => self.unsigned(Kind::U32, 32)?,
            InterfaceType::S64 => drop(self.next(Kind::S64)?),
            InterfaceType::U64 => drop(self.next(Kind::U64)?),
            InterfaceType::Float32 => drop(self.next(Kind::F32)?),
            InterfaceType::Float64 => drop(self.next(Kind::F64)?),
            InterfaceType::Char => {
                // SAFETY: each member of the union takes any bits.
                let c = unsafe { self.next(Kind::CHAR)?.of.c };
                if char::from_u32(c).is_none() {
                    return Err(Bad::new(format!("{c:#x} is no Unicode scalar value")));
                }
            }
            InterfaceType::String => {
                let node = self.next(Kind::STRING)?;
                if node.len > i32::MAX as usize {
                    return Err(Bad::new("the string is too long"));
                }
                Self::data(node)?;
                // SAFETY: the header demands `len` bytes at a `data` that isn't NULL.
                if std::str::from_utf8(unsafe { node.bytes(node.len) }).is_err() {
                    return Err(Bad::new("the string isn't UTF-8"));
                }
            }
            InterfaceType::List(i) => {
                let elem = self.types[i].element;
                let node = self.next(Kind::LIST)?;
                let size = self.types.canonical_abi(&elem).size32 as usize;
                if node.len.checked_mul(size).is_none_or(|n| n > u32::MAX as usize) {
                    return Err(Bad::new("the list is too long"));
                }
                if let Some((k, size)) = packed(elem) {
                    Self::data(node)?;
                    // SAFETY: the header demands `len` elements at a `data` that isn't NULL.
                    let bytes = unsafe { node.bytes(node.len * size) };
                    if k == Kind::BOOL && bytes.iter().fold(0, |a, b| a | b) > 1 {
                        return Err(Bad::new("a bool is 0 or 1"));
                    }
                    if k == Kind::CHAR
                        && let Some(n) = bytes
                            .as_chunks::<4>()
                            .0
                            .iter()
                            .position(|c| char::from_u32(u32::from_ne_bytes(*c)).is_none())
                    {
                        return Err(
                            Bad::new("it is no Unicode scalar value").at(format!("element {n}"))
                        );
                    }
                } else {
                    for n in 0..node.len {
                        self.one(elem).map_err(|e| e.at(format!("element {n}")))?;
                    }
                }
            }
            InterfaceType::Record(i) => {
                let fields = &self.types[i].fields;
                Self::len(self.next(Kind::RECORD)?, fields.len(), "field")?;
                for f in fields {
                    self.one(f.ty).map_err(|e| e.at(format!("field `{}`", quoted(&f.name))))?;
                }
            }
            InterfaceType::Tuple(i) => {
                let types = &self.types[i].types;
                Self::len(self.next(Kind::TUPLE)?, types.len(), "field")?;
                for (n, ty) in types.iter().enumerate() {
                    self.one(*ty).map_err(|e| e.at(format!("field {n}")))?;
                }
            }
            InterfaceType::Variant(i) => {
                let node = self.next(Kind::VARIANT)?;
                let cases = &self.types[i].cases;
                let Some((name, ty)) = cases.get_index(node.index as usize) else {
                    return Err(Self::no_case(node.index, cases.len()));
                };
                if let Some(ty) = ty {
                    self.one(*ty).map_err(|e| e.at(format!("case `{}`", quoted(name))))?;
                }
            }
            InterfaceType::Enum(i) => {
                let node = self.next(Kind::ENUM)?;
                let cases = self.types[i].names.len();
                if node.index as usize >= cases {
                    return Err(Self::no_case(node.index, cases));
                }
            }
            InterfaceType::Option(i) => match self.next(Kind::OPTION)?.index {
                0 => {}
                1 => self
                    .one(self.types[i].ty)
                    .map_err(|e| e.at("the value of the option".into()))?,
                n => return Err(Self::no_case(n, 2)),
            },
            InterfaceType::Result(i) => {
                let ty = &self.types[i];
                let (name, ty) = match self.next(Kind::RESULT)?.index {
                    0 => ("the value of the result", ty.ok),
                    1 => ("the error of the result", ty.err),
                    n => return Err(Self::no_case(n, 2)),
                };
                if let Some(ty) = ty {
                    self.one(ty).map_err(|e| e.at(name.into()))?;
                }
            }
            InterfaceType::Flags(i) => {
                let node = self.next(Kind::FLAGS)?;
                let n = self.types[i].names.len();
                Self::len(node, n, "flag")?;
                // SAFETY: each member of the union takes any bits.
                if n < 64 && unsafe { node.of.u } >> n != 0 {
                    return Err(Bad::new("a flag is set that the type doesn't have"));
                }
            }
            _ => return Err(Bad::new("values of this type aren't supported")),
        }
        Ok(())
    }
}
