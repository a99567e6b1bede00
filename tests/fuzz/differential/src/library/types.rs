//! Reads the types of the library.

use super::own::{Own, check};
use safewasm::abi::safewasm_externkind_t as Kind;
use safewasm::abi::safewasm_functype_t;
use safewasm::abi::safewasm_valtype_t;
use safewasm::abi::{
    safewasm_externtype_t, safewasm_globaltype_t, safewasm_memorytype_t, safewasm_tabletype_t,
};
use safewasm_capi::*;

/// The type of an import or export.
pub enum Type {
    Func(Own<safewasm_functype_t>),
    Tag(Own<safewasm_functype_t>),
    Memory(safewasm_memorytype_t),
    Table(safewasm_tabletype_t),
    Global(safewasm_globaltype_t),
}

impl Type {
    pub fn new(ty: &Own<safewasm_externtype_t>) -> Self {
        let ty = ty.handle;
        let functype = || {
            // SAFETY: there is room for a handle.
            Own::new(safewasm_functype_delete, |out| unsafe {
                safewasm_externtype_functype(ty, out)
            })
            .expect("it is the type of a function or tag")
        };
        let mut kind = 0;
        // SAFETY: there is room for the results, and all zeros are a type of each sort.
        unsafe {
            check(safewasm_externtype_kind(ty, &mut kind)).expect("the handle is valid");
            if kind == Kind::FUNC as u32 {
                Self::Func(functype())
            } else if kind == Kind::TAG as u32 {
                Self::Tag(functype())
            } else if kind == Kind::MEMORY as u32 || kind == Kind::SHARED_MEMORY as u32 {
                let mut found = std::mem::zeroed();
                check(safewasm_externtype_memorytype(ty, &mut found)).expect("it is a memory's");
                Self::Memory(found)
            } else if kind == Kind::TABLE as u32 {
                let mut found = std::mem::zeroed();
                check(safewasm_externtype_tabletype(ty, &mut found)).expect("it is a table's");
                Self::Table(found)
            } else {
                let mut found = std::mem::zeroed();
                check(safewasm_externtype_globaltype(ty, &mut found)).expect("it is a global's");
                Self::Global(found)
            }
        }
    }

    pub fn describe(&self) -> String {
        match self {
            Self::Func(ty) => format!("func {}", signature(ty.handle)),
            Self::Tag(ty) => format!("tag {}", signature(ty.handle)),
            Self::Memory(ty) => format!("{ty:?}"),
            Self::Table(ty) => format!("{ty:?}"),
            Self::Global(ty) => {
                format!("global {} {}", crate::describe::valtype(&ty.content), ty.is_mutable.get())
            }
        }
    }
}

/// Describes a function type.
pub fn signature(ty: *mut safewasm_functype_t) -> String {
    crate::describe::signature(&params(ty), &results(ty))
}

pub fn params(ty: *mut safewasm_functype_t) -> Vec<safewasm_valtype_t> {
    let mut len = 0;
    // SAFETY: there is room for the results.
    unsafe {
        check(safewasm_functype_params_len(ty, &mut len)).expect("the handle is valid");
        list(len, |index, out| check(safewasm_functype_param(ty, index, out)).is_ok())
    }
}

pub fn results(ty: *mut safewasm_functype_t) -> Vec<safewasm_valtype_t> {
    let mut len = 0;
    // SAFETY: there is room for the results.
    unsafe {
        check(safewasm_functype_results_len(ty, &mut len)).expect("the handle is valid");
        list(len, |index, out| check(safewasm_functype_result(ty, index, out)).is_ok())
    }
}

fn list(
    len: usize,
    get: impl Fn(usize, &mut safewasm_valtype_t) -> bool,
) -> Vec<safewasm_valtype_t> {
    (0..len)
        .map(|index| {
            let mut ty = safewasm_valtype_t { kind: 0, heap: 0, nullable: false.into() };
            assert!(get(index, &mut ty), "type {index} of {len} is missing");
            ty
        })
        .collect()
}
