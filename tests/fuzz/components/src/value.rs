//! Random values.

use crate::types::Type;
use fastrand::Rng;
use safewasm::abi::safewasm_witkind_t as Kind;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The bits of a `bool`, a number or a `char`, sign-extended for signed types.
    Bits(u64),
    Text(String),
    /// A list of `u8`.
    Bytes(Vec<u8>),
    /// Any other list.
    List(Vec<Value>),
    /// Of a record or a tuple.
    Fields(Vec<Value>),
    /// Of a variant, an enum, an option or a result.
    Case(u32, Option<Box<Value>>),
    Flags(u64),
}

impl Value {
    /// Draws a value of the type. `depth` is how deep it is in another value.
    pub fn random(random: &mut Rng, ty: &Type, depth: u32) -> Self {
        match ty {
            Type::Prim(kind) => {
                let bits = match random.u8(..4) {
                    0 => random.u64(..4),
                    1 => random.u64(..4).wrapping_neg(),
                    _ => random.u64(..),
                };
                Self::Bits(match *kind {
                    Kind::BOOL => bits & 1,
                    Kind::CHAR => char::from_u32(bits as u32 % 0x11_0000).unwrap_or('é').into(),
                    kind => narrow(kind, bits),
                })
            }
            Type::String => {
                let most = [0x80, 0x100, 0x1_0000, 0x11_0000][random.usize(..4)];
                let chars = random.u8(..12);
                let char = |_| char::from_u32(random.u32(..most)).unwrap_or('ß');
                Self::Text((0..chars).map(char).collect())
            }
            Type::List(ty) => {
                let len = match random.u8(..8) {
                    0 => 0,
                    1 if depth == 0 => random.u32(..1_500),
                    _ => random.u32(..6),
                };
                match **ty {
                    Type::Prim(Kind::U8) => Self::Bytes((0..len).map(|_| random.u8(..)).collect()),
                    _ => {
                        Self::List((0..len).map(|_| Self::random(random, ty, depth + 1)).collect())
                    }
                }
            }
            Type::Record(types) | Type::Tuple(types) => {
                Self::Fields(types.iter().map(|ty| Self::random(random, ty, depth + 1)).collect())
            }
            Type::Variant(cases) => {
                let index = random.usize(..cases.len()) as u32;
                Self::case(random, index, ty, depth)
            }
            Type::Enum(cases) => Self::Case(random.u32(..cases), None),
            Type::Option(_) | Type::Result(..) => {
                let index = random.u32(..2);
                Self::case(random, index, ty, depth)
            }
            Type::Flags(flags) => Self::Flags(random.u64(..) & ((1 << flags) - 1)),
        }
    }

    fn case(random: &mut Rng, index: u32, ty: &Type, depth: u32) -> Self {
        let payload = ty.payload(index).expect("the case exists");
        Self::Case(index, payload.map(|ty| Box::new(Self::random(random, ty, depth + 1))))
    }
}

/// Whether bits are a value of that kind, as they are in a slot: 32 bits count, or 64 for a kind as wide.
pub fn fits(kind: Kind, bits: u64) -> bool {
    match kind {
        Kind::BOOL => bits as u32 <= 1,
        Kind::CHAR => char::from_u32(bits as u32).is_some(),
        kind => narrow(kind, bits) as u32 == bits as u32,
    }
}

/// The bits of a number of that kind, from the lowest bits.
pub fn narrow(kind: Kind, bits: u64) -> u64 {
    match kind {
        Kind::S8 => i64::from(bits as i8).cast_unsigned(),
        Kind::S16 => i64::from(bits as i16).cast_unsigned(),
        Kind::S32 => i64::from(bits as i32).cast_unsigned(),
        Kind::BOOL | Kind::U8 => u64::from(bits as u8),
        Kind::U16 => u64::from(bits as u16),
        Kind::U32 | Kind::F32 | Kind::CHAR => u64::from(bits as u32),
        _ => bits,
    }
}
