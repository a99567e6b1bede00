//! The types of imports and exports.

use super::boolean::Bool;
use super::functype::{signature, wat_signature};
use super::valtype::{safewasm_valtype_t, type_name, valtype};
use crate::error::text::{LONGEST_NAME, Text, cut};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_externtype_t};
use wasmtime::{ExternType as Type, MemoryType, MemoryTypeBuilder, TableType, ValType};

/// The type of a memory.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_memorytype_t {
    /// The initial size in pages.
    pub min: u64,
    /// The largest size in pages, if `has_max` is true.
    pub max: u64,
    /// The size of a page in bytes: 65,536, unless the module defines another one.
    pub page_size: u64,
    /// Whether there is a largest size.
    pub has_max: Bool,
    /// Whether addresses have 64 bits instead of 32.
    pub is_64: Bool,
    /// Whether the memory can be shared between threads.
    pub is_shared: Bool,
}

/// The type of a table.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_tabletype_t {
    /// The initial number of elements.
    pub min: u64,
    /// The largest number of elements, if `has_max` is true.
    pub max: u64,
    /// Whether there is a largest number of elements.
    pub has_max: Bool,
    /// Whether indices have 64 bits instead of 32.
    pub is_64: Bool,
    /// The type of the elements.
    pub element: safewasm_valtype_t,
}

/// The type of a global.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_globaltype_t {
    /// The type of its value.
    pub content: safewasm_valtype_t,
    /// Whether the value can be changed.
    pub is_mutable: Bool,
}

/// The object behind the handle of an external type.
pub(crate) struct ExternType {
    pub(crate) engine: wasmtime::Engine,
    pub(crate) ty: Type,
    pub(crate) text: Text,
    /// The names of the definition in a linker that it is the type of, which the program may read.
    _names: Option<(Text, Text)>,
}

impl SharedKind for safewasm_externtype_t {
    type Object = ExternType;
}

impl ExternType {
    pub(crate) fn new(engine: &wasmtime::Engine, ty: Type) -> Self {
        Self { engine: engine.clone(), text: Text::new(wat(&ty)), ty, _names: None }
    }

    /// The type of a definition of those names, which it keeps.
    pub(crate) fn of_definition(self, names: (Text, Text)) -> Self {
        Self { _names: Some(names), ..self }
    }

    /// The error for a type that is not the type of a `wanted`.
    pub(crate) fn mismatch(&self, wanted: &str) -> Error {
        Error::new(
            ErrorKind::TYPE_MISMATCH,
            format!("`externtype` is not the type of a {wanted} but: {}", shown(&self.ty)),
        )
    }
}

/// An external type as messages show it: `func (i32) -> i32`, `memory 1 10`.
pub(crate) fn describe(ty: &Type) -> String {
    match ty {
        Type::Func(ty) => format!("func {}", signature(ty)),
        Type::Tag(ty) => format!("tag {}", signature(ty.ty())),
        ty => {
            let text = wat(ty);
            text[1..text.len() - 1].to_owned()
        }
    }
}

/// [`describe`], cut for a message.
pub(crate) fn shown(ty: &Type) -> String {
    cut(&describe(ty), LONGEST_NAME).into_owned()
}

/// An external type as wasm's text format writes it: `(func (param i32) (result i32))`.
fn wat(ty: &Type) -> String {
    let limits = |min: u64, max: Option<u64>, page_size: u64| {
        let max = max.map_or(String::new(), |max| format!(" {max}"));
        let page =
            if page_size == 0x1_0000 { String::new() } else { format!(" (pagesize {page_size})") };
        format!("{min}{max}{page}")
    };
    let index = |is_64| if is_64 { "i64 " } else { "" };
    match ty {
        Type::Func(ty) => format!("(func{})", wat_signature(ty)),
        Type::Global(ty) if ty.mutability().is_var() => {
            format!("(global (mut {}))", type_name(ty.content()))
        }
        Type::Global(ty) => format!("(global {})", type_name(ty.content())),
        Type::Table(ty) => {
            let element = type_name(&wasmtime::ValType::Ref(ty.element().clone()));
            let limits = limits(ty.minimum(), ty.maximum(), 0x1_0000);
            format!("(table {}{limits} {element})", index(ty.is_64()))
        }
        Type::Memory(ty) => {
            let shared = if ty.is_shared() { " shared" } else { "" };
            let limits = limits(ty.minimum(), ty.maximum(), ty.page_size());
            format!("(memory {}{limits}{shared})", index(ty.is_64()))
        }
        Type::Tag(ty) => format!("(tag{})", wat_signature(ty.ty())),
    }
}

pub(crate) fn memorytype(ty: &wasmtime::MemoryType) -> safewasm_memorytype_t {
    safewasm_memorytype_t {
        min: ty.minimum(),
        max: ty.maximum().unwrap_or(0),
        page_size: ty.page_size(),
        has_max: ty.maximum().is_some().into(),
        is_64: ty.is_64().into(),
        is_shared: ty.is_shared().into(),
    }
}

pub(crate) fn tabletype(ty: &wasmtime::TableType) -> safewasm_tabletype_t {
    safewasm_tabletype_t {
        min: ty.minimum(),
        max: ty.maximum().unwrap_or(0),
        has_max: ty.maximum().is_some().into(),
        is_64: ty.is_64().into(),
        element: valtype(&wasmtime::ValType::Ref(ty.element().clone())),
    }
}

pub(crate) fn globaltype(ty: &wasmtime::GlobalType) -> safewasm_globaltype_t {
    safewasm_globaltype_t {
        content: valtype(ty.content()),
        is_mutable: ty.mutability().is_var().into(),
    }
}

impl safewasm_memorytype_t {
    /// The type that a caller describes.
    pub(crate) fn to_memorytype(self) -> Result<MemoryType> {
        let page_size = if self.page_size == 0 { 0x1_0000 } else { self.page_size };
        let invalid = |why: String| Error::new(ErrorKind::INVALID_ARGUMENT, why);
        if page_size != 1 && page_size != 0x1_0000 {
            let why = "it must be 1 or 65536, or 0 for 65536";
            return Err(invalid(format!("`memorytype->page_size` is {page_size}; {why}")));
        }
        if self.has_max.get() && self.max < self.min {
            return Err(invalid(format!(
                "`memorytype->max` is {}, less than `memorytype->min`, {}",
                self.max, self.min
            )));
        }
        if self.is_shared.get() && !self.has_max.get() {
            let why = "a shared memory needs a maximum";
            return Err(invalid(format!("`memorytype->has_max` is false; {why}")));
        }
        MemoryTypeBuilder::default()
            .min(self.min)
            .max(self.has_max.get().then_some(self.max))
            .memory64(self.is_64.get())
            .shared(self.is_shared.get())
            .page_size_log2(page_size.trailing_zeros() as u8)
            .build()
            .map_err(|_| {
                let is_64 = self.is_64.get();
                let most = (1_u128 << if is_64 { 64 } else { 32 }) / u128::from(page_size);
                let larger = if is_64 { "" } else { "; larger memories need `is_64`" };
                invalid(format!(
                    "`memorytype->min` or `memorytype->max` is more than {most} pages{larger}"
                ))
            })
    }
}

impl safewasm_tabletype_t {
    /// The type that a caller describes.
    pub(crate) fn to_tabletype(self) -> Result<TableType> {
        let element = self.element.to_valtype(&|| "`tabletype->element`".to_owned())?;
        let invalid = |why: String| Err(Error::new(ErrorKind::INVALID_ARGUMENT, why));
        let ValType::Ref(element) = element else {
            return invalid("`tabletype->element` is not the type of a reference".to_owned());
        };
        let max = self.has_max.get().then_some(self.max);
        if max.is_some_and(|max| max < self.min) {
            return invalid(format!(
                "`tabletype->max` is {}, less than `tabletype->min`, {}",
                self.max, self.min
            ));
        }
        if self.is_64.get() {
            return Ok(TableType::new64(element, self.min, max));
        }
        match (u32::try_from(self.min), max.map(u32::try_from).transpose()) {
            (Ok(min), Ok(max)) => Ok(TableType::new(element, min, max)),
            _ => invalid(
                "`tabletype->min` or `tabletype->max` is more than 4294967295 elements; larger \
                 tables need `is_64`"
                    .to_owned(),
            ),
        }
    }
}
