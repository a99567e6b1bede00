//! The types of values.

use crate::error::{Error, ErrorKind, Result};
use crate::types::boolean::Bool;
use wasmtime::{HeapType, RefType, ValType};

/// The kind of a value, or of the type of a value.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum safewasm_valkind_t {
    /// A 32-bit integer.
    I32 = 1,
    /// A 64-bit integer.
    I64 = 2,
    /// A 32-bit float.
    F32 = 3,
    /// A 64-bit float.
    F64 = 4,
    /// A vector of 128 bits.
    V128 = 5,
    /// A reference to anything but a function.
    REF = 6,
    /// A reference to a function.
    FUNC = 7,
}

/// The set of objects that a reference type allows. A null reference is one that refers to no
/// object.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_heapkind_t {
    /// The type is not a reference type.
    NOT_A_REFERENCE = 0,
    /// Any function.
    FUNC = 1,
    /// Any external reference: an object of the program, which wasm can hold but not look into.
    EXTERN = 2,
    /// Any structure, array or 31-bit integer, and any external reference that wasm converted.
    ANY = 3,
    /// Any structure, array or 31-bit integer: wasm can compare these.
    EQ = 4,
    /// A 31-bit integer.
    I31 = 5,
    /// Any structure.
    STRUCT = 6,
    /// Any array.
    ARRAY = 7,
    /// An exception.
    EXN = 8,
    /// A continuation.
    CONT = 9,
    /// No structure, array or integer, only null.
    NONE = 10,
    /// No function, only null.
    NOFUNC = 11,
    /// No external reference, only null.
    NOEXTERN = 12,
    /// No exception, only null.
    NOEXN = 13,
    /// No continuation, only null.
    NOCONT = 14,
    /// A function of one type that the module defines.
    CONCRETE_FUNC = 15,
    /// A structure of one type that the module defines.
    CONCRETE_STRUCT = 16,
    /// An array of one type that the module defines.
    CONCRETE_ARRAY = 17,
    /// An exception of one type that the module defines.
    CONCRETE_EXN = 18,
    /// A continuation of one type that the module defines.
    CONCRETE_CONT = 19,
}

/// The type of a value.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct safewasm_valtype_t {
    /// The kind, a `safewasm_valkind_t`.
    pub kind: u8,
    /// For a reference type, the objects that it allows, a `safewasm_heapkind_t`; otherwise 0.
    pub heap: u8,
    /// Whether the reference may be null; false for other types.
    pub nullable: Bool,
}

/// The kind of a type; `None` for a reference.
pub(crate) fn numeric_kind(ty: &ValType) -> Option<safewasm_valkind_t> {
    match ty {
        ValType::I32 => Some(safewasm_valkind_t::I32),
        ValType::I64 => Some(safewasm_valkind_t::I64),
        ValType::F32 => Some(safewasm_valkind_t::F32),
        ValType::F64 => Some(safewasm_valkind_t::F64),
        ValType::V128 => Some(safewasm_valkind_t::V128),
        ValType::Ref(_) => None,
    }
}

/// The type of a kind, which is a kind of numbers or vectors.
pub(crate) fn numeric_type(kind: safewasm_valkind_t) -> ValType {
    match kind {
        safewasm_valkind_t::I32 => ValType::I32,
        safewasm_valkind_t::I64 => ValType::I64,
        safewasm_valkind_t::F32 => ValType::F32,
        safewasm_valkind_t::F64 => ValType::F64,
        _ => ValType::V128,
    }
}

/// A type as wasm's text format writes it.
pub(crate) fn type_name(ty: &ValType) -> String {
    let short = ty.as_ref().filter(|ty| ty.is_nullable()).and_then(|ty| match ty.heap_type() {
        HeapType::Func => Some("funcref"),
        HeapType::Extern => Some("externref"),
        HeapType::Any => Some("anyref"),
        HeapType::Eq => Some("eqref"),
        HeapType::I31 => Some("i31ref"),
        HeapType::Struct => Some("structref"),
        HeapType::Array => Some("arrayref"),
        HeapType::Exn => Some("exnref"),
        HeapType::Cont => Some("contref"),
        HeapType::None => Some("nullref"),
        HeapType::NoFunc => Some("nullfuncref"),
        HeapType::NoExtern => Some("nullexternref"),
        HeapType::NoExn => Some("nullexnref"),
        HeapType::NoCont => Some("nullcontref"),
        _ => None,
    });
    match (short, ty) {
        (Some(short), _) => short.to_owned(),
        (None, ValType::Ref(ty)) => reference_name(ty),
        (None, ty) => ty.to_string(),
    }
}

/// The most parameters and results that a function type inside another type is spelt out with.
const SPELT_OUT: usize = 16;

/// The type of a reference in the long form: `(ref null func)`.
pub(crate) fn reference_name(ty: &RefType) -> String {
    let heap = match ty.heap_type() {
        HeapType::ConcreteFunc(func) if func.params().len() + func.results().len() <= SPELT_OUT => {
            // Types may refer to each other, so the types inside this one aren't spelt out again.
            let list = |what: &str, types: &mut dyn Iterator<Item = ValType>| {
                let names: String = types.map(|ty| format!(" {}", inner_name(&ty))).collect();
                if names.is_empty() { names } else { format!(" ({what}{names})") }
            };
            let (params, results) = (&mut func.params(), &mut func.results());
            format!("(func{}{})", list("param", params), list("result", results))
        }
        heap => inner_heap_name(heap),
    };
    format!("(ref {}{heap})", if ty.is_nullable() { "null " } else { "" })
}

/// The type as [`type_name`] writes it, with types that a module defines cut short: `(ref null (struct …))`.
pub(crate) fn inner_name(ty: &ValType) -> String {
    match ty {
        ValType::Ref(reference) if is_concrete(reference.heap_type()) => {
            let null = if reference.is_nullable() { "null " } else { "" };
            format!("(ref {null}{})", inner_heap_name(reference.heap_type()))
        }
        ty => type_name(ty),
    }
}

fn is_concrete(heap: &HeapType) -> bool {
    matches!(
        heap,
        HeapType::ConcreteFunc(_)
            | HeapType::ConcreteStruct(_)
            | HeapType::ConcreteArray(_)
            | HeapType::ConcreteExn(_)
            | HeapType::ConcreteCont(_)
    )
}

fn inner_heap_name(heap: &HeapType) -> String {
    match heap {
        HeapType::ConcreteFunc(_) => "(func …)".to_owned(),
        HeapType::ConcreteStruct(_) => "(struct …)".to_owned(),
        HeapType::ConcreteArray(_) => "(array …)".to_owned(),
        HeapType::ConcreteExn(_) => "(exn …)".to_owned(),
        HeapType::ConcreteCont(_) => "(cont …)".to_owned(),
        heap => heap.to_string(),
    }
}

/// A type in the form of the header.
pub(crate) fn valtype(ty: &ValType) -> safewasm_valtype_t {
    use safewasm_heapkind_t as Heap;
    if let Some(kind) = numeric_kind(ty) {
        return safewasm_valtype_t { kind: kind as u8, heap: 0, nullable: false.into() };
    }
    let heap = match ty {
        ValType::Ref(ty) => match ty.heap_type() {
            HeapType::Func => Heap::FUNC,
            HeapType::Extern => Heap::EXTERN,
            HeapType::Any => Heap::ANY,
            HeapType::Eq => Heap::EQ,
            HeapType::I31 => Heap::I31,
            HeapType::Struct => Heap::STRUCT,
            HeapType::Array => Heap::ARRAY,
            HeapType::Exn => Heap::EXN,
            HeapType::Cont => Heap::CONT,
            HeapType::None => Heap::NONE,
            HeapType::NoFunc => Heap::NOFUNC,
            HeapType::NoExtern => Heap::NOEXTERN,
            HeapType::NoExn => Heap::NOEXN,
            HeapType::NoCont => Heap::NOCONT,
            HeapType::ConcreteFunc(_) => Heap::CONCRETE_FUNC,
            HeapType::ConcreteStruct(_) => Heap::CONCRETE_STRUCT,
            HeapType::ConcreteArray(_) => Heap::CONCRETE_ARRAY,
            HeapType::ConcreteExn(_) => Heap::CONCRETE_EXN,
            HeapType::ConcreteCont(_) => Heap::CONCRETE_CONT,
        },
        _ => Heap::NOT_A_REFERENCE,
    };
    let kind = match heap {
        Heap::FUNC | Heap::NOFUNC | Heap::CONCRETE_FUNC => safewasm_valkind_t::FUNC,
        _ => safewasm_valkind_t::REF,
    };
    safewasm_valtype_t {
        kind: kind as u8,
        heap: heap as u8,
        nullable: ty.as_ref().is_some_and(wasmtime::RefType::is_nullable).into(),
    }
}

/// The heap type for a `safewasm_heapkind_t` of a program's.
fn heap_type(kind: u8) -> Option<HeapType> {
    Some(match kind {
        1 => HeapType::Func,
        2 => HeapType::Extern,
        3 => HeapType::Any,
        4 => HeapType::Eq,
        5 => HeapType::I31,
        6 => HeapType::Struct,
        7 => HeapType::Array,
        8 => HeapType::Exn,
        10 => HeapType::None,
        11 => HeapType::NoFunc,
        12 => HeapType::NoExtern,
        13 => HeapType::NoExn,
        _ => return None,
    })
}

/// The types that a program can describe.
pub(crate) fn describable() -> impl Iterator<Item = ValType> {
    let references = (0..=u8::MAX).filter_map(heap_type).flat_map(|heap| {
        [true, false].map(|nullable| ValType::Ref(RefType::new(nullable, heap.clone())))
    });
    let numbers = [ValType::I32, ValType::I64, ValType::F32, ValType::F64, ValType::V128];
    numbers.into_iter().chain(references)
}

impl safewasm_valtype_t {
    /// Converts the type that a caller describes. Errors call the argument `name`.
    pub(crate) fn to_valtype(self, name: &dyn Fn() -> String) -> Result<ValType> {
        let invalid = |why: String| Err(Error::new(ErrorKind::INVALID_ARGUMENT, why));
        Ok(match self.kind {
            1 => ValType::I32,
            2 => ValType::I64,
            3 => ValType::F32,
            4 => ValType::F64,
            5 => ValType::V128,
            6 | 7 => {
                let Some(heap) = heap_type(self.heap) else {
                    return invalid(format!(
                        "{}.heap is {}, which can't be chosen: a program can choose 1 to 8 and 10 to 13, and \
                         gets types that a module defines from the module",
                        name(),
                        self.heap
                    ));
                };
                let ty = ValType::Ref(RefType::new(self.nullable.get(), heap));
                if valtype(&ty).kind != self.kind {
                    return invalid(format!(
                        "{}.kind is {}, but the kind of {} is {}",
                        name(),
                        self.kind,
                        type_name(&ty),
                        valtype(&ty).kind
                    ));
                }
                ty
            }
            kind => {
                return invalid(format!(
                    "{}.kind is {kind}, which is no kind of value: the kinds are 1 to 7",
                    name()
                ));
            }
        })
    }
}
