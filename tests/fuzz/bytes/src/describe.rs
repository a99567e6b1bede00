//! Describes types of imports and exports, those of the library and those of Wasmtime in the same words.

use crate::call::{FUNCTYPE, Owned, Verdict, answer, done};
use safewasm::abi::safewasm_error_kind_t;
use safewasm::abi::safewasm_externkind_t as Extern;
use safewasm::abi::safewasm_functype_t;
use safewasm::abi::{
    safewasm_externtype_t, safewasm_globaltype_t, safewasm_memorytype_t, safewasm_tabletype_t,
};
use safewasm::abi::{safewasm_heapkind_t as Heap, safewasm_valtype_t};
use safewasm_capi::*;
use wasmtime::{ExternType, FuncType, HeapType, Mutability, ValType};

/// Describes a type of the library.
pub fn ours(ty: &Owned<safewasm_externtype_t>) -> Verdict<String> {
    let ty = ty.handle;
    let mut kind = 0;
    // SAFETY: there is room for the results, and all zeros are a type of each sort.
    unsafe {
        done("safewasm_externtype_kind", safewasm_externtype_kind(ty, &mut kind))?;
        let functype = || {
            Owned::made(FUNCTYPE, "safewasm_externtype_functype", |out| {
                safewasm_externtype_functype(ty, out)
            })
        };
        if kind == Extern::FUNC as u32 {
            return Ok(format!("func {}", our_signature(&functype()?)?));
        }
        if kind == Extern::TAG as u32 {
            return Ok(format!("tag {}", our_signature(&functype()?)?));
        }
        if kind == Extern::MEMORY as u32 || kind == Extern::SHARED_MEMORY as u32 {
            let mut found: safewasm_memorytype_t = std::mem::zeroed();
            done("safewasm_externtype_memorytype", safewasm_externtype_memorytype(ty, &mut found))?;
            return Ok(format!("{found:?}"));
        }
        if kind == Extern::TABLE as u32 {
            let mut found: safewasm_tabletype_t = std::mem::zeroed();
            done("safewasm_externtype_tabletype", safewasm_externtype_tabletype(ty, &mut found))?;
            return Ok(format!("{found:?}"));
        }
        let mut found: safewasm_globaltype_t = std::mem::zeroed();
        done("safewasm_externtype_globaltype", safewasm_externtype_globaltype(ty, &mut found))?;
        Ok(format!("{found:?}"))
    }
}

fn our_signature(ty: &Owned<safewasm_functype_t>) -> Verdict<String> {
    let (mut params, mut results) = (0, 0);
    // SAFETY: there is room for the results.
    unsafe {
        done("safewasm_functype_params_len", safewasm_functype_params_len(ty.handle, &mut params))?;
        done(
            "safewasm_functype_results_len",
            safewasm_functype_results_len(ty.handle, &mut results),
        )?;
    }
    let params = list(params, |index, out| {
        // SAFETY: there is room for a type.
        answer("safewasm_functype_param", unsafe { safewasm_functype_param(ty.handle, index, out) })
    })?;
    let results = list(results, |index, out| {
        // SAFETY: there is room for a type.
        answer("safewasm_functype_result", unsafe {
            safewasm_functype_result(ty.handle, index, out)
        })
    })?;
    Ok(format!("{params:?} {results:?}"))
}

/// Reads the types at all indices. There must be none at higher indices.
fn list(
    len: usize,
    get: impl Fn(usize, &mut safewasm_valtype_t) -> Verdict<Result<(), crate::call::Refusal>>,
) -> Verdict<Vec<safewasm_valtype_t>> {
    let mut found = Vec::new();
    loop {
        let mut ty = safewasm_valtype_t { kind: 0, heap: 0, nullable: false.into() };
        match get(found.len(), &mut ty)? {
            Ok(()) => found.push(ty),
            Err(refusal)
                if refusal.kind == safewasm_error_kind_t::NOT_FOUND && found.len() == len =>
            {
                return Ok(found);
            }
            Err(refusal) => return Err(format!("type {} of {len}: {refusal:?}", found.len())),
        }
    }
}

/// Describes a type of Wasmtime.
pub fn theirs(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => format!("func {}", their_signature(ty)),
        ExternType::Tag(ty) => format!("tag {}", their_signature(ty.ty())),
        ExternType::Memory(ty) => {
            let ty = safewasm_memorytype_t {
                min: ty.minimum(),
                max: ty.maximum().unwrap_or(0),
                page_size: ty.page_size(),
                has_max: ty.maximum().is_some().into(),
                is_64: ty.is_64().into(),
                is_shared: ty.is_shared().into(),
            };
            format!("{ty:?}")
        }
        ExternType::Table(ty) => {
            let ty = safewasm_tabletype_t {
                min: ty.minimum(),
                max: ty.maximum().unwrap_or(0),
                has_max: ty.maximum().is_some().into(),
                is_64: ty.is_64().into(),
                element: valtype(&ty.element().clone().into()),
            };
            format!("{ty:?}")
        }
        ExternType::Global(ty) => {
            let is_mutable = ty.mutability() == Mutability::Var;
            let ty = safewasm_globaltype_t {
                content: valtype(ty.content()),
                is_mutable: is_mutable.into(),
            };
            format!("{ty:?}")
        }
    }
}

fn their_signature(ty: &FuncType) -> String {
    let params: Vec<_> = ty.params().map(|ty| valtype(&ty)).collect();
    let results: Vec<_> = ty.results().map(|ty| valtype(&ty)).collect();
    format!("{params:?} {results:?}")
}

/// Converts a type of values to that of the header.
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
    let heap = match ty.heap_type() {
        HeapType::Func => Heap::FUNC,
        HeapType::NoFunc => Heap::NOFUNC,
        HeapType::ConcreteFunc(_) => Heap::CONCRETE_FUNC,
        HeapType::Extern => Heap::EXTERN,
        HeapType::NoExtern => Heap::NOEXTERN,
        HeapType::Any => Heap::ANY,
        HeapType::Eq => Heap::EQ,
        HeapType::I31 => Heap::I31,
        HeapType::Struct => Heap::STRUCT,
        HeapType::ConcreteStruct(_) => Heap::CONCRETE_STRUCT,
        HeapType::Array => Heap::ARRAY,
        HeapType::ConcreteArray(_) => Heap::CONCRETE_ARRAY,
        HeapType::None => Heap::NONE,
        HeapType::Exn => Heap::EXN,
        HeapType::ConcreteExn(_) => Heap::CONCRETE_EXN,
        HeapType::NoExn => Heap::NOEXN,
        HeapType::Cont => Heap::CONT,
        HeapType::ConcreteCont(_) => Heap::CONCRETE_CONT,
        HeapType::NoCont => Heap::NOCONT,
    };
    let is_func = matches!(heap, Heap::FUNC | Heap::NOFUNC | Heap::CONCRETE_FUNC);
    safewasm_valtype_t {
        kind: if is_func { 7 } else { 6 },
        heap: heap as u8,
        nullable: ty.is_nullable().into(),
    }
}
