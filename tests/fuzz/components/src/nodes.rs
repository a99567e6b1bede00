//! Values as the library's nodes.

use crate::types::{Type, size_of};
use crate::value::{Value, narrow};
use safewasm::abi::safewasm_witkind_t as Kind;
use safewasm::abi::{safewasm_node_t as Node, safewasm_nodevalue_t as Of};

/// A node that owns what it points to.
#[derive(Clone, Debug)]
pub struct Draft {
    pub kind: u8,
    pub index: u32,
    pub len: usize,
    pub of: Hold,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Hold {
    Bits(u64),
    /// A pointer to these bytes.
    Bytes(Vec<u8>),
}

impl Draft {
    fn new(kind: Kind, index: u32, len: usize, of: Hold) -> Self {
        Self { kind: kind as u8, index, len, of }
    }

    /// The node, which points into the draft.
    pub fn node(&self) -> Node {
        let of = match &self.of {
            Hold::Bits(u) => Of { u: *u },
            Hold::Bytes(bytes) => Of { data: bytes.as_ptr().cast() },
        };
        Node { kind: self.kind, index: self.index, len: self.len, of }
    }

    /// Whether a node has the same fields, but for what it holds.
    pub fn resembles(&self, node: &Node) -> bool {
        (self.kind, self.index, self.len) == (node.kind, node.index, node.len)
    }
}

/// Appends the nodes of a value.
pub fn encode(ty: &Type, value: &Value, out: &mut Vec<Draft>) {
    let mut push = |kind, index, len, of| out.push(Draft::new(kind, index, len, of));
    match (ty, value) {
        (Type::Prim(kind), Value::Bits(bits)) => push(*kind, 0, 0, Hold::Bits(*bits)),
        (Type::String, Value::Text(text)) => {
            push(Kind::STRING, 0, text.len(), Hold::Bytes(text.as_bytes().to_vec()));
        }
        (_, Value::Bytes(bytes)) => push(Kind::LIST, 0, bytes.len(), Hold::Bytes(bytes.clone())),
        (Type::List(elem), Value::List(values)) => match **elem {
            Type::Prim(kind) => {
                let bytes = values.iter().flat_map(|value| match value {
                    Value::Bits(bits) => bits.to_le_bytes().into_iter().take(size_of(kind)),
                    other => unreachable!("{other:?} is an element of {ty:?}"),
                });
                push(Kind::LIST, 0, values.len(), Hold::Bytes(bytes.collect()));
            }
            _ => {
                push(Kind::LIST, 0, values.len(), Hold::Bits(0));
                values.iter().for_each(|value| encode(elem, value, out));
            }
        },
        (Type::Record(types) | Type::Tuple(types), Value::Fields(values)) => {
            let is_record = matches!(ty, Type::Record(_));
            let kind = if is_record { Kind::RECORD } else { Kind::TUPLE };
            push(kind, 0, values.len(), Hold::Bits(0));
            types.iter().zip(values).for_each(|(ty, value)| encode(ty, value, out));
        }
        (_, Value::Case(index, value)) => {
            let kind = match ty {
                Type::Variant(_) => Kind::VARIANT,
                Type::Enum(_) => Kind::ENUM,
                Type::Option(_) => Kind::OPTION,
                _ => Kind::RESULT,
            };
            push(kind, *index, 0, Hold::Bits(0));
            if let (Some(Some(ty)), Some(value)) = (ty.payload(*index), value) {
                encode(ty, value, out);
            }
        }
        (Type::Flags(flags), Value::Flags(bits)) => {
            push(Kind::FLAGS, 0, *flags as usize, Hold::Bits(*bits));
        }
        _ => unreachable!("{value:?} is a value of {ty:?}"),
    }
}

/// Reads the nodes of a value from the first ones of `nodes`, which are then the others. Returns `None` if they are no
/// value of the type.
///
/// # Safety
///
/// What the nodes of strings and of lists point to is there, unless it is NULL or the length is more than such a value
/// may have.
pub unsafe fn decode(ty: &Type, nodes: &mut &[Node]) -> Option<Value> {
    let (node, rest) = nodes.split_first()?;
    *nodes = rest;
    let is = |kind: Kind| (node.kind == kind as u8).then_some(());
    // SAFETY: each member takes any bits. The rest is as the caller vouches.
    unsafe {
        Some(match ty {
            Type::Prim(kind) => {
                is(*kind)?;
                Value::Bits(match *kind {
                    Kind::BOOL | Kind::F32 | Kind::CHAR => valid(*kind, narrow(*kind, node.of.u))?,
                    kind => (narrow(kind, node.of.u) == node.of.u).then_some(node.of.u)?,
                })
            }
            Type::String => {
                is(Kind::STRING)?;
                let bytes = bytes(node, 1, i32::MAX as usize)?;
                Value::Text(str::from_utf8(bytes).ok()?.to_owned())
            }
            Type::List(elem) => {
                is(Kind::LIST)?;
                match **elem {
                    Type::Prim(Kind::U8) => {
                        Value::Bytes(bytes(node, 1, u32::MAX as usize)?.to_vec())
                    }
                    Type::Prim(kind) => {
                        let size = size_of(kind);
                        let elems = bytes(node, size, u32::MAX as usize)?.chunks(size);
                        let elem = |chunk: &[u8]| {
                            let mut bits = [0; 8];
                            bits[..size].copy_from_slice(chunk);
                            valid(kind, narrow(kind, u64::from_le_bytes(bits))).map(Value::Bits)
                        };
                        Value::List(elems.map(elem).collect::<Option<_>>()?)
                    }
                    _ => {
                        let elems = (0..node.len).map(|_| decode(elem, nodes));
                        Value::List(elems.collect::<Option<_>>()?)
                    }
                }
            }
            Type::Record(types) | Type::Tuple(types) => {
                is(if matches!(ty, Type::Record(_)) { Kind::RECORD } else { Kind::TUPLE })?;
                (node.len == types.len()).then_some(())?;
                Value::Fields(types.iter().map(|ty| decode(ty, nodes)).collect::<Option<_>>()?)
            }
            Type::Enum(cases) => {
                is(Kind::ENUM)?;
                (node.index < *cases).then_some(Value::Case(node.index, None))?
            }
            Type::Variant(_) | Type::Option(_) | Type::Result(..) => {
                is(match ty {
                    Type::Variant(_) => Kind::VARIANT,
                    Type::Option(_) => Kind::OPTION,
                    _ => Kind::RESULT,
                })?;
                Value::Case(
                    node.index,
                    match ty.payload(node.index)? {
                        Some(ty) => Some(Box::new(decode(ty, nodes)?)),
                        None => None,
                    },
                )
            }
            Type::Flags(flags) => {
                is(Kind::FLAGS)?;
                (node.len == *flags as usize && node.of.u >> flags == 0).then_some(())?;
                Value::Flags(node.of.u)
            }
        })
    }
}

/// The bits, if they are a value of that kind.
fn valid(kind: Kind, bits: u64) -> Option<u64> {
    let is_valid = match kind {
        Kind::BOOL => bits <= 1,
        Kind::CHAR => char::from_u32(bits as u32).is_some(),
        _ => true,
    };
    is_valid.then_some(bits)
}

/// The bytes that a node points to, if they are at most `most`.
///
/// # Safety
///
/// They are there, or the node points to NULL.
unsafe fn bytes(node: &Node, size: usize, most: usize) -> Option<&[u8]> {
    let len = node.len.checked_mul(size).filter(|len| *len <= most)?;
    // SAFETY: each member takes any bits. The rest is as the caller vouches.
    unsafe {
        match node.of.data {
            _ if len == 0 => Some(&[]),
            data if data.is_null() => None,
            data => Some(std::slice::from_raw_parts(data.cast(), len)),
        }
    }
}
