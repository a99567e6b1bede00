//! Values as Wasmtime's.

use crate::types::Type;
use crate::value::Value;
use safewasm::abi::safewasm_witkind_t as Kind;
use wasmtime::component::Val;

pub fn to_val(ty: &Type, value: &Value) -> Val {
    match (ty, value) {
        (Type::Prim(kind), Value::Bits(bits)) => {
            let bits = *bits;
            match kind {
                Kind::BOOL => Val::Bool(bits != 0),
                Kind::S8 => Val::S8(bits as i8),
                Kind::U8 => Val::U8(bits as u8),
                Kind::S16 => Val::S16(bits as i16),
                Kind::U16 => Val::U16(bits as u16),
                Kind::S32 => Val::S32(bits as i32),
                Kind::U32 => Val::U32(bits as u32),
                Kind::S64 => Val::S64(bits as i64),
                Kind::U64 => Val::U64(bits),
                Kind::F32 => Val::Float32(f32::from_bits(bits as u32)),
                Kind::F64 => Val::Float64(f64::from_bits(bits)),
                _ => Val::Char(char::from_u32(bits as u32).expect("it is a char")),
            }
        }
        (_, Value::Text(text)) => Val::String(text.clone()),
        (_, Value::Bytes(bytes)) => Val::List(bytes.iter().map(|byte| Val::U8(*byte)).collect()),
        (Type::List(ty), Value::List(values)) => {
            Val::List(values.iter().map(|value| to_val(ty, value)).collect())
        }
        (Type::Tuple(types), Value::Fields(values)) => {
            Val::Tuple(types.iter().zip(values).map(|(ty, value)| to_val(ty, value)).collect())
        }
        (Type::Record(types), Value::Fields(values)) => {
            let fields = types.iter().zip(values).enumerate();
            let field = |(index, (ty, value))| (format!("f{index}"), to_val(ty, value));
            Val::Record(fields.map(field).collect())
        }
        (Type::Enum(_), Value::Case(index, _)) => Val::Enum(format!("c{index}")),
        (_, Value::Case(index, value)) => {
            let payload = ty.payload(*index).expect("the case exists").zip(value.as_ref());
            let payload = payload.map(|(ty, value)| Box::new(to_val(ty, value)));
            match ty {
                Type::Option(_) => Val::Option(payload),
                Type::Result(..) if *index == 0 => Val::Result(Ok(payload)),
                Type::Result(..) => Val::Result(Err(payload)),
                _ => Val::Variant(format!("c{index}"), payload),
            }
        }
        (_, Value::Flags(bits)) => {
            let flags = (0..64).filter(|flag| bits >> flag & 1 == 1);
            Val::Flags(flags.map(|flag| format!("g{flag}")).collect())
        }
        _ => unreachable!("{value:?} is a value of {ty:?}"),
    }
}

pub fn from_val(ty: &Type, val: &Val) -> Value {
    let number = |name: &str| name[1..].parse::<u32>().expect("names are made of numbers");
    let case = |index: u32, val: Option<&Val>| {
        let ty = ty.payload(index).expect("the case exists");
        assert_eq!(ty.is_some(), val.is_some(), "case {index} of {ty:?} is {val:?}");
        Value::Case(index, ty.zip(val).map(|(ty, val)| Box::new(from_val(ty, val))))
    };
    match (ty, val) {
        (_, Val::Bool(x)) => Value::Bits((*x).into()),
        (_, Val::S8(x)) => Value::Bits(i64::from(*x).cast_unsigned()),
        (_, Val::U8(x)) => Value::Bits((*x).into()),
        (_, Val::S16(x)) => Value::Bits(i64::from(*x).cast_unsigned()),
        (_, Val::U16(x)) => Value::Bits((*x).into()),
        (_, Val::S32(x)) => Value::Bits(i64::from(*x).cast_unsigned()),
        (_, Val::U32(x)) => Value::Bits((*x).into()),
        (_, Val::S64(x)) => Value::Bits(x.cast_unsigned()),
        (_, Val::U64(x)) => Value::Bits(*x),
        (_, Val::Float32(x)) => Value::Bits(x.to_bits().into()),
        (_, Val::Float64(x)) => Value::Bits(x.to_bits()),
        (_, Val::Char(x)) => Value::Bits((*x).into()),
        (_, Val::String(text)) => Value::Text(text.clone()),
        (Type::List(ty), Val::List(vals)) if **ty == Type::Prim(Kind::U8) => {
            let byte = |val: &Val| match val {
                Val::U8(byte) => *byte,
                _ => unreachable!("{val:?} is a value of {ty:?}"),
            };
            Value::Bytes(vals.iter().map(byte).collect())
        }
        (Type::List(ty), Val::List(vals)) => {
            Value::List(vals.iter().map(|val| from_val(ty, val)).collect())
        }
        (Type::Tuple(types), Val::Tuple(vals)) => {
            Value::Fields(types.iter().zip(vals).map(|(ty, val)| from_val(ty, val)).collect())
        }
        (Type::Record(types), Val::Record(fields)) => {
            let fields = types.iter().zip(fields);
            Value::Fields(fields.map(|(ty, (_, val))| from_val(ty, val)).collect())
        }
        (_, Val::Enum(name)) => Value::Case(number(name), None),
        (_, Val::Variant(name, val)) => case(number(name), val.as_deref()),
        (_, Val::Option(val)) => case(val.is_some().into(), val.as_deref()),
        (_, Val::Result(Ok(val))) => case(0, val.as_deref()),
        (_, Val::Result(Err(val))) => case(1, val.as_deref()),
        (_, Val::Flags(names)) => {
            Value::Flags(names.iter().fold(0, |bits, name| bits | 1 << number(name)))
        }
        _ => unreachable!("{val:?} is a value of {ty:?}"),
    }
}
