//! Converts Wasmtime's types to those of the header.

use safewasm::abi::{safewasm_heapkind_t as Heap, safewasm_valtype_t};
use safewasm::abi::{safewasm_memorytype_t, safewasm_tabletype_t};
use wasmtime::{ExternType, FuncType, HeapType, MemoryType, Mutability, TableType, ValType};

pub fn valtype(ty: &ValType) -> safewasm_valtype_t {
    let number = |kind| safewasm_valtype_t { kind, heap: 0, nullable: false.into() };
    let ty = match ty {
        ValType::I32 => return number(1),
        ValType::I64 => return number(2),
        ValType::F32 => return number(3),
        ValType::F64 => return number(4),
        ValType::V128 => return number(5),
        ValType::Ref(ty) => ty,
    };
    let (kind, heap) = match ty.heap_type() {
        HeapType::Func => (7, Heap::FUNC),
        HeapType::NoFunc => (7, Heap::NOFUNC),
        HeapType::ConcreteFunc(_) => (7, Heap::CONCRETE_FUNC),
        HeapType::Extern => (6, Heap::EXTERN),
        HeapType::NoExtern => (6, Heap::NOEXTERN),
        HeapType::Any => (6, Heap::ANY),
        HeapType::Eq => (6, Heap::EQ),
        HeapType::I31 => (6, Heap::I31),
        HeapType::Struct => (6, Heap::STRUCT),
        HeapType::ConcreteStruct(_) => (6, Heap::CONCRETE_STRUCT),
        HeapType::Array => (6, Heap::ARRAY),
        HeapType::ConcreteArray(_) => (6, Heap::CONCRETE_ARRAY),
        HeapType::None => (6, Heap::NONE),
        HeapType::Exn => (6, Heap::EXN),
        HeapType::ConcreteExn(_) => (6, Heap::CONCRETE_EXN),
        HeapType::NoExn => (6, Heap::NOEXN),
        HeapType::Cont => (6, Heap::CONT),
        HeapType::ConcreteCont(_) => (6, Heap::CONCRETE_CONT),
        HeapType::NoCont => (6, Heap::NOCONT),
    };
    safewasm_valtype_t { kind, heap: heap as u8, nullable: ty.is_nullable().into() }
}

/// Describes a function type.
pub fn signature(ty: &FuncType) -> String {
    let params: Vec<_> = ty.params().map(|ty| valtype(&ty)).collect();
    let results: Vec<_> = ty.results().map(|ty| valtype(&ty)).collect();
    crate::describe::signature(&params, &results)
}

fn memorytype(ty: &MemoryType) -> safewasm_memorytype_t {
    safewasm_memorytype_t {
        min: ty.minimum(),
        max: ty.maximum().unwrap_or(0),
        page_size: ty.page_size(),
        has_max: ty.maximum().is_some().into(),
        is_64: ty.is_64().into(),
        is_shared: ty.is_shared().into(),
    }
}

fn tabletype(ty: &TableType) -> safewasm_tabletype_t {
    safewasm_tabletype_t {
        min: ty.minimum(),
        max: ty.maximum().unwrap_or(0),
        has_max: ty.maximum().is_some().into(),
        is_64: ty.is_64().into(),
        element: valtype(&ty.element().clone().into()),
    }
}

/// Describes the type of an import or export.
pub fn describe(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => format!("func {}", signature(ty)),
        ExternType::Tag(ty) => format!("tag {}", signature(ty.ty())),
        ExternType::Memory(ty) => format!("{:?}", memorytype(ty)),
        ExternType::Table(ty) => format!("{:?}", tabletype(ty)),
        ExternType::Global(ty) => {
            let is_mutable = ty.mutability() == Mutability::Var;
            format!("global {} {is_mutable}", crate::describe::valtype(&valtype(ty.content())))
        }
    }
}
