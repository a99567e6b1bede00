//! Makes and reads values of Wasmtime.

use super::{Data, types};
use crate::trace::Plain;
use safewasm::abi::safewasm_heapkind_t as Heap;
use wasmtime::{AnyRef, AsContextMut, HeapType, I31, Result, StoreContextMut, V128, Val, ValType};

/// Makes a value of type `ty`.
pub fn val(mut store: impl AsContextMut<Data = Data>, plain: &Plain, ty: &ValType) -> Result<Val> {
    let mut store = store.as_context_mut();
    Ok(match plain {
        Plain::I32(x) => Val::I32(*x),
        Plain::I64(x) => Val::I64(*x),
        Plain::F32(x) => Val::F32(*x),
        Plain::F64(x) => Val::F64(*x),
        Plain::V128(x) => Val::V128(V128::from(u128::from_le_bytes(*x))),
        Plain::Null => Val::null_ref(ty.as_ref().expect("only references are null").heap_type()),
        Plain::Extern(number) => {
            let found = store.data().externs[*number].clone();
            Val::ExternRef(Some(found.to_rooted(&mut store)))
        }
        Plain::I31(x) => Val::AnyRef(Some(AnyRef::from_i31(&mut store, I31::wrapping_u32(*x)))),
        Plain::Func(_) => Val::FuncRef(store.data().any_func),
        other => unreachable!("a plan doesn't draw {other:?}"),
    })
}

/// Describes a value.
pub fn plain(mut store: impl AsContextMut<Data = Data>, val: &Val) -> Plain {
    let mut store = store.as_context_mut();
    match val {
        Val::AnyRef(Some(any)) if any.is_struct(&store).expect(OWN) => {
            let found = any.unwrap_struct(&store).expect(OWN);
            let fields: Vec<_> = found.fields(&mut store).expect(OWN).collect();
            Plain::Struct(fields.iter().map(|field| shallow(&mut store, field)).collect())
        }
        Val::AnyRef(Some(any)) if any.is_array(&store).expect(OWN) => {
            let found = any.unwrap_array(&store).expect(OWN);
            let len = found.len(&store).expect(OWN) as usize;
            let first: Vec<_> = found.elems(&mut store).expect(OWN).take(4).collect();
            Plain::Array(len, first.iter().map(|field| shallow(&mut store, field)).collect())
        }
        Val::ExnRef(Some(exception)) => {
            let fields: Vec<_> = exception.fields(&mut store).expect(OWN).collect();
            Plain::Exception(fields.iter().map(|field| shallow(&mut store, field)).collect())
        }
        val => shallow(&mut store, val),
    }
}

const OWN: &str = "the reference is of this store";

/// Describes a value without its fields or elements.
pub fn shallow(store: &mut StoreContextMut<'_, Data>, val: &Val) -> Plain {
    match val {
        Val::I32(x) => Plain::I32(*x),
        Val::I64(x) => Plain::I64(*x),
        Val::F32(x) => Plain::F32(*x),
        Val::F64(x) => Plain::F64(*x),
        Val::V128(x) => Plain::V128(x.as_u128().to_le_bytes()),
        Val::FuncRef(Some(func)) => Plain::Func(types::signature(&func.ty(&*store))),
        Val::ExternRef(Some(found)) => {
            let data = found.data(&*store).expect(OWN);
            match data.and_then(|data| data.downcast_ref()) {
                Some(number) => Plain::Extern(*number),
                None => Plain::Other(Heap::EXTERN as u8),
            }
        }
        Val::AnyRef(Some(any)) => match any.as_i31(&*store).expect(OWN) {
            Some(value) => Plain::I31(value.get_u32()),
            None => Plain::Other(match any.ty(&*store).expect(OWN) {
                HeapType::ConcreteStruct(_) => Heap::CONCRETE_STRUCT,
                HeapType::ConcreteArray(_) => Heap::CONCRETE_ARRAY,
                _ => Heap::ANY,
            } as u8),
        },
        Val::ExnRef(Some(_)) => Plain::Other(Heap::CONCRETE_EXN as u8),
        _ => Plain::Null,
    }
}
