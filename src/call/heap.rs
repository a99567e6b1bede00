//! Structures and arrays that the program makes and changes.

use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use crate::store::entered::{Entered, Guard};
use crate::store::reference::{Composite, Reference, internal};
use crate::types::heaptype::Composite as Type;
use crate::types::heaptype::{HeapType, is_mutable, packed_bits};
use crate::types::value::safewasm_val_t;
use wasmtime::{
    ArrayRef, ArrayRefPre, FieldType, GcHeapOutOfMemory, StructRef, StructRefPre, Trap, Val,
};

/// The elements of a new array.
pub(crate) enum Elements<'a> {
    These(&'a [safewasm_val_t]),
    /// So many copies of a value; `None` stands for zero or null.
    Copies(Option<safewasm_val_t>, usize),
}

impl Elements<'_> {
    fn len(&self) -> usize {
        match self {
            Self::These(values) => values.len(),
            Self::Copies(_, len) => *len,
        }
    }
}

/// A new structure with one value for each field. The caller has a root scope.
pub(crate) fn new_struct(
    guard: &mut Guard,
    ty: &HeapType,
    values: &[safewasm_val_t],
) -> Result<Reference> {
    let Type::Struct(structure) = ty.of_engine(guard.context().engine())? else {
        return Err(mismatch(format!("`heaptype` is no type of structures: {}", ty.shown())));
    };
    if values.len() != ty.fields().len() {
        return Err(mismatch(format!(
            "`values_len` is {}, but a structure of the type has {}: {}",
            values.len(),
            count(ty.fields().len(), "field"),
            ty.shown()
        )));
    }
    let mut fields = Vec::with_capacity(values.len());
    for (index, (field, value)) in ty.fields().iter().zip(values).enumerate() {
        fields.push(value_of_field(*value, guard, field, &|| format!("`values[{index}]`"))?);
    }
    let made = allocate(guard, "a structure", |guard| {
        let allocator = StructRefPre::new(guard.context(), structure.clone());
        guard.allocate(|context| StructRef::new(context, &allocator, &fields).map_err(plain))
    })?;
    made.to_anyref().to_owned_rooted(guard.context()).map(Reference::Any).map_err(internal)
}

/// A new array. The caller has a root scope.
pub(crate) fn new_array(
    guard: &mut Guard,
    ty: &HeapType,
    elements: &Elements<'_>,
    len_name: &str,
) -> Result<Reference> {
    let Type::Array(array) = ty.of_engine(guard.context().engine())? else {
        return Err(mismatch(format!("`heaptype` is no type of arrays: {}", ty.shown())));
    };
    let len = u32::try_from(elements.len()).map_err(|_| {
        let said =
            format!("`{len_name}` is {}, and an array has less than 2^32 elements", elements.len());
        Error::new(ErrorKind::LIMIT, said)
    })?;
    let field = array.field_type();
    let (mut these, mut copied) = (Vec::new(), None);
    match *elements {
        Elements::These(values) => {
            these.reserve_exact(values.len());
            for (index, value) in values.iter().enumerate() {
                these
                    .push(value_of_field(*value, guard, &field, &|| format!("`values[{index}]`"))?);
            }
        }
        Elements::Copies(Some(value), _) => {
            copied = Some(value_of_field(value, guard, &field, &|| "`value`".to_owned())?);
        }
        Elements::Copies(None, _) => copied = Some(default(&field, ty)?),
    }
    let made = allocate(guard, &format!("an array of {}", count(len, "element")), |guard| {
        let allocator = ArrayRefPre::new(guard.context(), array.clone());
        guard.allocate(|context| {
            let made = match &copied {
                Some(value) => ArrayRef::new(context, &allocator, value, len),
                None => ArrayRef::new_fixed(context, &allocator, &these),
            };
            made.map_err(plain)
        })
    })?;
    made.to_anyref().to_owned_rooted(guard.context()).map(Reference::Any).map_err(internal)
}

/// Sets the field or element at an index. The caller has a root scope.
pub(crate) fn set(
    guard: &mut Guard,
    of: &Composite,
    index: usize,
    value: safewasm_val_t,
) -> Result<()> {
    let field = of.field_type(guard, index)?;
    if !is_mutable(&field) {
        return Err(mismatch(match of {
            Composite::Exception(_) => "the values of an exception can't be changed".to_owned(),
            Composite::Array(_) => "the elements of the array are immutable".to_owned(),
            _ => format!("field {index} of the structure is immutable"),
        }));
    }
    let value = value_of_field(value, guard, &field, &|| "`value`".to_owned())
        .map_err(|error| error.context(&format!("{} {index}", of.part())))?;
    of.set(guard, index, value).map_err(internal)
}

/// The value for a field. Errors call the value `name`.
fn value_of_field(
    given: safewasm_val_t,
    guard: &mut Guard,
    field: &FieldType,
    name: &dyn Fn() -> String,
) -> Result<Val> {
    let value = given.to_val(guard, field.element_type().unpack(), name)?;
    if let (Some(bits), Val::I32(number)) = (packed_bits(field), value)
        && !(-(1 << (bits - 1))..1 << bits).contains(&number)
    {
        let said = format!("{} is {number}, which doesn't fit into {bits} bits", name());
        return Err(Error::new(ErrorKind::INVALID_ARGUMENT, said));
    }
    Ok(value)
}

/// The value of elements that nothing else is said about.
fn default(field: &FieldType, ty: &HeapType) -> Result<Val> {
    Val::default_for_ty(field.element_type().unpack()).ok_or_else(|| {
        let said = format!("`value` is NULL, but the elements can't be null: {}", ty.shown());
        Error::new(ErrorKind::TYPE_MISMATCH, said)
    })
}

/// Runs `make`, whose errors mean that there is no room for `what`.
fn allocate<R>(
    guard: &mut Guard,
    what: &str,
    make: impl FnOnce(&mut Guard) -> wasmtime::Result<R>,
) -> Result<R> {
    make(guard).map_err(|error| {
        Error::wasmtime(&error, ErrorKind::LIMIT).context(&format!("no room for {what}"))
    })
}

/// The error of an allocation without the types by which a limit is told from an error of wasm that ran.
#[cold]
fn plain(error: wasmtime::Error) -> wasmtime::Error {
    if error.is::<GcHeapOutOfMemory<()>>() || error.is::<Trap>() {
        return wasmtime::Error::msg(
            "the store's objects would have more than 4 GiB, or than there is",
        );
    }
    error
}

#[cold]
fn mismatch(message: String) -> Error {
    Error::new(ErrorKind::TYPE_MISMATCH, message)
}
