//! Tables: lists of references.
//!
//! Example: examples/tables.c

pub use crate::kinds::safewasm_table_t;

use crate::abi::args::{Nullable, optional, value};
use crate::abi::boundary::{Out, boundary, hot_boundary};
use crate::call::value::element;
use crate::error::text::count;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_error_t, safewasm_store_t};
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle};
use crate::store::entered::Entered;
use crate::store::limits::cannot_grow;
use crate::types::externtype::{safewasm_tabletype_t, tabletype};
use crate::types::valtype::type_name;
use crate::types::value::safewasm_val_t;
use wasmtime::{RefType, Table, ValType};

/// Creates a table of the type `*tabletype`, with all elements `*initial`, which is borrowed.
/// `initial` may be NULL, which means null references.
///
/// On success `*table_out` is a new table; delete it with `safewasm_table_delete`. On failure it is
/// NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is a concrete reference
/// type, which only a module can define; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another
/// type; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
/// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_table_new(
    store: *mut safewasm_store_t,
    tabletype: *const safewasm_tabletype_t,
    initial: Nullable<*const safewasm_val_t>,
    table_out: *mut *mut safewasm_table_t,
) -> *mut safewasm_error_t {
    boundary(Out("table_out", table_out), || {
        // SAFETY: the header demands a type at a pointer that isn't NULL.
        let ty = unsafe { value(tabletype, "tabletype") }?.to_tabletype()?;
        let mut guard = registry::enter_store(store, "store")?;
        guard.rooted(|guard| {
            // SAFETY: the header demands a value at a pointer that isn't NULL.
            let initial = element(guard, unsafe { optional(initial) }, ty.element(), "initial")?;
            let table = guard
                .allocate(|context| Table::new(context, ty, initial))
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
            guard.own(table)
        })
    })
}

/// Gets the type of a table.
///
/// On success `*type_out` is the type; its `min` is the present number of elements. On failure it
/// is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_table_type(
    table: *mut safewasm_table_t,
    type_out: *mut safewasm_tabletype_t,
) -> *mut safewasm_error_t {
    boundary(Out("type_out", type_out), || {
        let (mut guard, table) = table.enter("table")?;
        let context = guard.context();
        Ok(safewasm_tabletype_t { min: table.size(&context), ..tabletype(&table.ty(&context)) })
    })
}

/// Gets the number of elements of a table.
///
/// On success `*size_out` is the number. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_table_size(
    table: *mut safewasm_table_t,
    size_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("size_out", size_out), || {
        let (mut guard, table) = table.enter("table")?;
        Ok(table.size(guard.context()))
    })
}

/// Gets the element at `index`, counted from 0: a value of kind `SAFEWASM_VAL_FUNC` or
/// `SAFEWASM_VAL_REF`, whose handle is NULL for null.
///
/// On success `*value_out` is the element; if it is a reference, delete its handle. On failure it
/// is all zero, with kind 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_table_get(
    table: *mut safewasm_table_t,
    index: u64,
    value_out: *mut safewasm_val_t,
) -> *mut safewasm_error_t {
    hot_boundary(Out("value_out", value_out), || {
        table.within("table", |guard, table| {
            guard.rooted(|guard| match table.get(guard.context(), index) {
                Some(element) => safewasm_val_t::own(&element.into(), guard),
                None => Err(outside("index", index, 1, table.size(guard.context()))),
            })
        })
    })
}

/// Sets the element at `index`, counted from 0, to `*value`, which is borrowed. `value` may be
/// NULL, which means null.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another type;
/// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_table_set(
    table: *mut safewasm_table_t,
    index: u64,
    value: Nullable<*const safewasm_val_t>,
) -> *mut safewasm_error_t {
    hot_boundary((), || {
        let (mut guard, table) = table.enter("table")?;
        guard.rooted(|guard| {
            let (ty, size) = (table.ty(guard.context()), table.size(guard.context()));
            // SAFETY: the header demands a value at a pointer that isn't NULL.
            let element = element(guard, unsafe { optional(value) }, ty.element(), "value")?;
            check_range("index", index, 1, size)?;
            table
                .set(guard.context(), index, element)
                .map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
        })
    })
}

/// Adds `delta` elements to a table, each of them `*initial`, which is borrowed. `initial` may be
/// NULL, which means null.
///
/// On success `*previous_out` is the number of elements before. On failure it is 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
/// beyond the table's maximum or the store's limit; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element
/// has another type; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_table_grow(
    table: *mut safewasm_table_t,
    delta: u64,
    initial: Nullable<*const safewasm_val_t>,
    previous_out: *mut u64,
) -> *mut safewasm_error_t {
    boundary(Out("previous_out", previous_out), || {
        let (mut guard, table) = table.enter("table")?;
        guard.rooted(|guard| {
            let ty = table.ty(guard.context());
            // SAFETY: the header demands a value at a pointer that isn't NULL.
            let initial = element(guard, unsafe { optional(initial) }, ty.element(), "initial")?;
            guard.allocate(|context| table.grow(context, delta, initial)).map_err(|error| {
                let size = table.size(guard.context());
                cannot_grow("table", delta, "element", size, ty.maximum(), &error)
            })
        })
    })
}

/// Sets `len` elements of a table, starting at index `start`, to `*value`, which is borrowed.
/// `value` may be NULL, which means null. On failure nothing is set.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another type;
/// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_table_fill(
    table: *mut safewasm_table_t,
    start: u64,
    len: u64,
    value: Nullable<*const safewasm_val_t>,
) -> *mut safewasm_error_t {
    boundary((), || {
        let (mut guard, table) = table.enter("table")?;
        guard.rooted(|guard| {
            let (ty, size) = (table.ty(guard.context()), table.size(guard.context()));
            // SAFETY: the header demands a value at a pointer that isn't NULL.
            let element = element(guard, unsafe { optional(value) }, ty.element(), "value")?;
            check_range("start", start, len, size)?;
            table
                .fill(guard.context(), start, element, len)
                .map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
        })
    })
}

/// Copies `len` elements of `from`, starting at index `from_start`, to `table`, starting at index
/// `start`. Both tables belong to one store. They may be the same table, and the ranges may
/// overlap. On failure nothing is copied.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if
/// the elements have another type; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_table_copy(
    table: *mut safewasm_table_t,
    start: u64,
    from: *mut safewasm_table_t,
    from_start: u64,
    len: u64,
) -> *mut safewasm_error_t {
    boundary((), || {
        from.check("from")?;
        let (mut guard, table) = table.enter("table")?;
        let from = from.get_in(&guard, "from")?;
        guard.rooted(|guard| {
            let context = guard.context();
            check_range("start", start, len, table.size(&context))?;
            check_range("from_start", from_start, len, from.size(&context))?;
            let (wanted, given) = (table.ty(&context), from.ty(&context));
            if !given.element().matches(wanted.element()) {
                let name = |ty: &RefType| type_name(&ValType::Ref(ty.clone()));
                return Err(Error::new(
                    ErrorKind::TYPE_MISMATCH,
                    format!(
                        "`from` has elements of type {}, but those of `table` are {}",
                        name(given.element()),
                        name(wanted.element())
                    ),
                ));
            }
            Table::copy(context, &table, start, &from, from_start, len)
                .map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))
        })
    })
}

/// Returns true if `table` is a table that has not been deleted and whose store has not been
/// deleted. Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_table_is_valid(table: *mut safewasm_table_t) -> bool {
    quietly(|| table.is_valid())
}

/// Deletes the handle `table`. The table itself lives as long as its store. Does nothing if `table`
/// is NULL or was deleted already. Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_table_delete(table: *mut safewasm_table_t) {
    quietly(|| table.delete());
}

#[cold]
fn outside(what: &str, first: u64, len: u64, size: u64) -> Error {
    Error::new(
        ErrorKind::OUT_OF_BOUNDS,
        match len {
            1 => format!("`{what}` is {first}, but the table has {}", count(size, "element")),
            len => format!(
                "`{what}` {first} and {} go beyond the table's {size}",
                count(len, "element")
            ),
        },
    )
}

/// Refuses a range that isn't in a table of `size` elements.
fn check_range(what: &str, first: u64, len: u64, size: u64) -> Result<()> {
    match first.checked_add(len) {
        Some(end) if end <= size => Ok(()),
        _ => Err(outside(what, first, len, size)),
    }
}
