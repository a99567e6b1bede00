//! Calls of functions of components that take and return numbers only, over slots and columns.

use super::bulk::safewasm_column_t;
use super::component::run;
use crate::canonical::function::Function;
use crate::canonical::numbers::{fits, misfit};
use crate::error::text::{count, quoted};
use crate::error::{Error, ErrorKind, Result};
use crate::store::entered::Guard;
use crate::types::wit::safewasm_witkind_t as Kind;
use smallvec::SmallVec;
use std::ptr;
use wasmtime::ValRaw;

/// Calls with the arguments in `slots`, whose first one takes the result.
///
/// # Safety
///
/// `slots` can be read and written.
#[inline]
pub(crate) unsafe fn call_slots(
    func: &Function,
    slots: *mut [ValRaw],
    guard: &mut Guard,
) -> Result<()> {
    let numbers = func.numbers()?;
    let (params, result) = (numbers.params(), numbers.result());
    let wanted = params.len().max(usize::from(result.is_some()));
    if slots.len() != wanted {
        let (given, wanted) = (slots.len(), count(wanted, "slot"));
        let why = format!("`slots_len` is {given}, but the function needs {wanted}");
        return Err(Error::new(ErrorKind::TYPE_MISMATCH, why));
    }
    for (index, kind) in params.iter().enumerate() {
        // SAFETY: as the caller vouches; there is a slot for each parameter.
        let slot = unsafe { slots.cast::<ValRaw>().add(index).read() };
        if !fits(*kind, &slot) {
            return Err(unfit(func, "slots", index, *kind, &slot));
        }
    }
    let args = ptr::slice_from_raw_parts(slots.cast::<ValRaw>(), params.len());
    // SAFETY: the arguments were checked.
    let value = run(func, guard, |context| unsafe { numbers.call(context, args) })?;
    if result.is_some() {
        // SAFETY: as the caller vouches; with a result there is a slot.
        unsafe { slots.cast::<ValRaw>().write(value) };
    }
    Ok(())
}

/// The error for a slot or a value of a column that is no value of its parameter.
#[cold]
fn unfit(func: &Function, name: &str, index: usize, kind: Kind, slot: &ValRaw) -> Error {
    let (param, why) = (quoted(&func.names()[index]), misfit(kind, slot));
    let why = format!("`{name}[{index}]`: parameter `{param}`: {why}");
    Error::new(ErrorKind::TYPE_MISMATCH, why)
}

/// A column, and the kind of its values.
struct Column {
    next: *mut u8,
    stride: isize,
    kind: Kind,
}

impl Column {
    /// The next value.
    ///
    /// # Safety
    ///
    /// There is a next value.
    #[inline]
    unsafe fn load(&mut self) -> ValRaw {
        let at = self.advance();
        // SAFETY: as the caller vouches.
        unsafe {
            match self.kind {
                Kind::BOOL | Kind::U8 => ValRaw::u32(at.read().into()),
                Kind::S8 => ValRaw::i32(at.cast::<i8>().read().into()),
                Kind::U16 => ValRaw::u32(at.cast::<u16>().read_unaligned().into()),
                Kind::S16 => ValRaw::i32(at.cast::<i16>().read_unaligned().into()),
                Kind::S64 | Kind::U64 | Kind::F64 => ValRaw::u64(at.cast::<u64>().read_unaligned()),
                _ => ValRaw::u32(at.cast::<u32>().read_unaligned()),
            }
        }
    }

    /// Writes the next value.
    ///
    /// # Safety
    ///
    /// A next value can be written.
    #[inline]
    unsafe fn store(&mut self, slot: &ValRaw) {
        let at = self.advance();
        // SAFETY: as the caller vouches.
        unsafe {
            match self.kind {
                Kind::BOOL | Kind::S8 | Kind::U8 => at.write(slot.get_u32() as u8),
                Kind::S16 | Kind::U16 => at.cast::<u16>().write_unaligned(slot.get_u32() as u16),
                Kind::S64 | Kind::U64 | Kind::F64 => {
                    at.cast::<u64>().write_unaligned(slot.get_u64());
                }
                _ => at.cast::<u32>().write_unaligned(slot.get_u32()),
            }
        }
    }

    fn advance(&mut self) -> *mut u8 {
        let at = self.next;
        self.next = at.wrapping_offset(self.stride);
        at
    }
}

/// The columns of a call. Most calls have few.
type Columns = SmallVec<[Column; 8]>;

/// The columns that a caller passes, which must be as many as the `kinds`. Errors call them `name`, and say that they
/// are for `what`.
///
/// # Safety
///
/// `given` can be read.
unsafe fn columns(
    given: *const [safewasm_column_t],
    kinds: &[Kind],
    rows: usize,
    (name, what): (&str, &str),
) -> Result<Columns> {
    if given.len() != kinds.len() {
        let (given, wanted) = (given.len(), count(kinds.len(), what));
        let why = format!("`{name}_len` is {given}, but the function has {wanted}");
        return Err(Error::new(ErrorKind::TYPE_MISMATCH, why));
    }
    // SAFETY: as the caller vouches; nothing is written meanwhile.
    let columns = unsafe { &*given }.iter().zip(kinds).enumerate();
    let columns = columns.map(|(index, (column, kind))| {
        if column.data.is_null() && rows > 0 {
            let why = format!("`{name}[{index}].data` is NULL");
            return Err(Error::new(ErrorKind::NULL_POINTER, why));
        }
        Ok(Column { next: column.data.cast(), stride: column.stride, kind: *kind })
    });
    columns.collect()
}

/// Calls a function `rows` times, with arguments and results in columns.
///
/// # Safety
///
/// The columns of `args` can be read and those of `results` written, for as many values.
pub(crate) unsafe fn call_bulk(
    func: &Function,
    rows: usize,
    args: *const [safewasm_column_t],
    results: *const [safewasm_column_t],
    guard: &mut Guard,
) -> Result<()> {
    let numbers = func.numbers()?;
    let (params, result) = (numbers.params(), numbers.result());
    // SAFETY: as the caller vouches.
    let mut args = unsafe { columns(args, params, rows, ("args", "parameter")) }?;
    // SAFETY: as the caller vouches.
    let mut results = unsafe { columns(results, result.as_slice(), rows, ("results", "result")) }?;
    let mut slots: SmallVec<[ValRaw; 8]> = SmallVec::from_elem(ValRaw::u64(0), params.len());
    let mut done = 0;
    let called = run(func, guard, |mut context| {
        while done < rows {
            for (index, (column, slot)) in args.iter_mut().zip(&mut slots).enumerate() {
                // SAFETY: as the caller vouches.
                *slot = unsafe { column.load() };
                if !fits(column.kind, slot) {
                    return Ok(Err(unfit(func, "args", index, column.kind, slot)));
                }
            }
            // SAFETY: the arguments were checked.
            let value = unsafe { numbers.call(&mut context, &raw const *slots) }?;
            for column in &mut results {
                // SAFETY: as the caller vouches.
                unsafe { column.store(&value) };
            }
            done += 1;
        }
        Ok(Ok(()))
    });
    called
        .and_then(|called| called)
        .map_err(|error| error.context(&format!("call {done} of {rows}, counted from 0")))
}
