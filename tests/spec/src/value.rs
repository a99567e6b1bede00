//! Values, and whether they are the results that a script expects.

use wast::core::{NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};

/// A value. A float is its bits.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
    V128([u8; 16]),
    Ref(Reference),
}

/// A reference, as far as a program can observe it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reference {
    Null,
    Func,
    /// An external reference: the number of an object of the host, or none for an internal reference that was
    /// converted.
    Extern(Option<u32>),
    /// The number of an object of the host that was converted to an internal reference.
    Host(u32),
    I31,
    Struct,
    Array,
    Exn,
}

impl Value {
    /// Converts an argument in a script.
    pub fn argument(arg: &WastArgCore<'_>) -> Self {
        match arg {
            WastArgCore::I32(x) => Self::I32(*x),
            WastArgCore::I64(x) => Self::I64(*x),
            WastArgCore::F32(x) => Self::F32(x.bits),
            WastArgCore::F64(x) => Self::F64(x.bits),
            WastArgCore::V128(x) => Self::V128(x.to_le_bytes()),
            WastArgCore::RefNull(_) => Self::Ref(Reference::Null),
            WastArgCore::RefExtern(x) => Self::Ref(Reference::Extern(Some(*x))),
            WastArgCore::RefHost(x) => Self::Ref(Reference::Host(*x)),
        }
    }

    /// Whether the value is one that a script expects.
    pub fn is(&self, expected: &WastRetCore<'_>) -> bool {
        use Reference::{Array, Extern, Func, Host, I31, Null, Struct};
        match (self, expected) {
            (_, WastRetCore::Either(cases)) => cases.iter().any(|case| self.is(case)),
            (Self::I32(x), WastRetCore::I32(y)) => x == y,
            (Self::I64(x), WastRetCore::I64(y)) => x == y,
            (Self::F32(x), WastRetCore::F32(y)) => is_f32(*x, y),
            (Self::F64(x), WastRetCore::F64(y)) => is_f64(*x, y),
            (Self::V128(x), WastRetCore::V128(y)) => is_v128(*x, y),
            (Self::Ref(reference), expected) => match (reference, expected) {
                (Null, WastRetCore::RefNull(_))
                | (Func, WastRetCore::RefFunc(_))
                | (Extern(_), WastRetCore::RefExtern(None))
                | (I31, WastRetCore::RefI31)
                | (Struct, WastRetCore::RefStruct)
                | (Array, WastRetCore::RefArray)
                | (I31 | Struct | Array, WastRetCore::RefEq)
                | (I31 | Struct | Array | Host(_), WastRetCore::RefAny) => true,
                (Extern(Some(x)), WastRetCore::RefExtern(Some(y)))
                | (Host(x), WastRetCore::RefHost(y)) => x == y,
                _ => false,
            },
            _ => false,
        }
    }
}

fn is_f32(bits: u32, pattern: &NanPattern<F32>) -> bool {
    match pattern {
        NanPattern::CanonicalNan => bits & 0x7fff_ffff == 0x7fc0_0000,
        NanPattern::ArithmeticNan => bits & 0x7fc0_0000 == 0x7fc0_0000,
        NanPattern::Value(x) => bits == x.bits,
    }
}

fn is_f64(bits: u64, pattern: &NanPattern<F64>) -> bool {
    match pattern {
        NanPattern::CanonicalNan => bits & (u64::MAX >> 1) == 0x7ff8_0000_0000_0000,
        NanPattern::ArithmeticNan => bits & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
        NanPattern::Value(x) => bits == x.bits,
    }
}

fn is_v128(bytes: [u8; 16], pattern: &V128Pattern) -> bool {
    /// Splits a vector into lanes of `N` bytes.
    fn lanes<const N: usize>(bytes: &[u8; 16]) -> impl Iterator<Item = [u8; N]> {
        bytes.as_chunks().0.iter().copied()
    }
    match pattern {
        V128Pattern::I8x16(x) => lanes(&bytes).map(i8::from_le_bytes).eq(*x),
        V128Pattern::I16x8(x) => lanes(&bytes).map(i16::from_le_bytes).eq(*x),
        V128Pattern::I32x4(x) => lanes(&bytes).map(i32::from_le_bytes).eq(*x),
        V128Pattern::I64x2(x) => lanes(&bytes).map(i64::from_le_bytes).eq(*x),
        V128Pattern::F32x4(x) => {
            lanes(&bytes).map(u32::from_le_bytes).zip(x).all(|(bits, x)| is_f32(bits, x))
        }
        V128Pattern::F64x2(x) => {
            lanes(&bytes).map(u64::from_le_bytes).zip(x).all(|(bits, x)| is_f64(bits, x))
        }
    }
}
