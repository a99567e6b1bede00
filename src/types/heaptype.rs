//! Heap types: the types of structures and of arrays.

use super::boolean::Bool;
use super::valtype::{inner_name, safewasm_heapkind_t, safewasm_valtype_t, type_name, valtype};
use crate::error::text::{LONGEST_NAME, Text, count, cut};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_heaptype_t};
use crate::process::forks;
use wasmtime::{
    ArrayType, FieldType, Finality, HeapType as Heap, Mutability, StorageType, StructType, ValType,
};

/// The type of a field of a structure, or of the elements of an array.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_fieldtype_t {
    /// The type of its value. It is i32 for a field of 8 or 16 bits.
    pub content: safewasm_valtype_t,
    /// The number of bits that the field keeps of an i32, 8 or 16; 0 for a field that keeps its
    /// value as it is.
    pub packed_bits: u8,
    /// Whether the value can be changed.
    pub is_mutable: Bool,
}

/// The object behind the handle of a heap type.
pub(crate) struct HeapType {
    engine: wasmtime::Engine,
    ty: Composite,
    fields: Vec<FieldType>,
    pub(crate) text: Text,
}

impl SharedKind for safewasm_heaptype_t {
    type Object = HeapType;
}

/// The type of the objects with fields that can be made.
#[derive(Clone)]
pub(crate) enum Composite {
    Struct(StructType),
    Array(ArrayType),
}

impl Composite {
    /// The types of its fields; an array has the one of all elements.
    pub(crate) fn fields(&self) -> Vec<FieldType> {
        match self {
            Self::Struct(ty) => ty.fields().collect(),
            Self::Array(ty) => vec![ty.field_type()],
        }
    }

    /// The type as wasm's text format writes it: `(struct (field i32) (field (mut f64)))`.
    fn text(&self) -> String {
        let fields = self.fields();
        let (is_final, supertype, text) = match self {
            Self::Struct(ty) => {
                let fields: String =
                    fields.iter().map(|field| format!(" (field {})", field_text(field))).collect();
                let supertype = ty.supertype().is_some().then_some("(struct …) ");
                (ty.finality(), supertype, format!("(struct{fields})"))
            }
            Self::Array(ty) => {
                let supertype = ty.supertype().is_some().then_some("(array …) ");
                (ty.finality(), supertype, format!("(array {})", field_text(&fields[0])))
            }
        };
        match (is_final, supertype) {
            (Finality::Final, None) => text,
            (Finality::Final, Some(supertype)) => format!("(sub final {supertype}{text})"),
            (Finality::NonFinal, supertype) => format!("(sub {}{text})", supertype.unwrap_or("")),
        }
    }
}

impl HeapType {
    pub(crate) fn new(engine: &wasmtime::Engine, ty: Composite) -> Self {
        let _no_fork = forks::delay();
        let (fields, text) = (ty.fields(), Text::new(ty.text()));
        Self { engine: engine.clone(), ty, fields, text }
    }

    /// The type of the objects that values of type `ty` refer to. `what` is the value in an error.
    pub(crate) fn of_value(engine: &wasmtime::Engine, ty: &ValType, what: &str) -> Result<Self> {
        match ty.as_ref().map(wasmtime::RefType::heap_type) {
            Some(Heap::ConcreteStruct(ty)) => Ok(Self::new(engine, Composite::Struct(ty.clone()))),
            Some(Heap::ConcreteArray(ty)) => Ok(Self::new(engine, Composite::Array(ty.clone()))),
            _ => Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                format!(
                    "{what} is {}, which is no reference to structures or arrays of one type",
                    type_name(ty)
                ),
            )),
        }
    }

    /// The type, if it belongs to that engine.
    pub(crate) fn of_engine(&self, engine: &wasmtime::Engine) -> Result<&Composite> {
        if wasmtime::Engine::same(&self.engine, engine) {
            return Ok(&self.ty);
        }
        Err(Error::new(ErrorKind::WRONG_ENGINE, "`heaptype` belongs to another engine"))
    }

    pub(crate) fn kind(&self) -> safewasm_heapkind_t {
        match self.ty {
            Composite::Struct(_) => safewasm_heapkind_t::STRUCT,
            Composite::Array(_) => safewasm_heapkind_t::ARRAY,
        }
    }

    pub(crate) fn fields(&self) -> &[FieldType] {
        &self.fields
    }

    /// The field at an index.
    pub(crate) fn field(&self, index: usize) -> Result<&FieldType> {
        self.fields.get(index).ok_or_else(|| {
            let len = count(self.fields.len(), "field");
            let said = format!("`index` is {index}, but {} has {len}", self.shown());
            Error::new(ErrorKind::NOT_FOUND, said)
        })
    }

    /// The type of the objects that a field refers to.
    pub(crate) fn of_field(&self, index: usize) -> Result<Self> {
        let ty = self.field(index)?.element_type().unpack().clone();
        Self::of_value(&self.engine, &ty, &format!("field {index} of {}", self.shown()))
    }

    /// The text, cut for a message.
    pub(crate) fn shown(&self) -> String {
        cut(self.text.as_str(), LONGEST_NAME).into_owned()
    }
}

/// The bits that a field keeps of an i32, if it doesn't keep the value as it is.
pub(crate) fn packed_bits(field: &FieldType) -> Option<u8> {
    match field.element_type() {
        StorageType::I8 => Some(8),
        StorageType::I16 => Some(16),
        StorageType::ValType(_) => None,
    }
}

pub(crate) fn is_mutable(field: &FieldType) -> bool {
    field.mutability() == Mutability::Var
}

/// A type of fields in the form of the header.
pub(crate) fn fieldtype(field: &FieldType) -> safewasm_fieldtype_t {
    safewasm_fieldtype_t {
        content: valtype(field.element_type().unpack()),
        packed_bits: packed_bits(field).unwrap_or(0),
        is_mutable: is_mutable(field).into(),
    }
}

/// A type of fields as wasm's text format writes it: `(mut i8)`.
fn field_text(field: &FieldType) -> String {
    let storage = match packed_bits(field) {
        Some(bits) => format!("i{bits}"),
        // Types may refer to each other, so the types inside this one aren't spelt out.
        None => inner_name(field.element_type().unpack()),
    };
    if is_mutable(field) { format!("(mut {storage})") } else { storage }
}
