//! Bulk calls: many calls of a function with arguments and results in columns.

use crate::call::enter::Runs;
use crate::call::func::wrong_number;
use crate::call::rowloop::RowLoop;
use crate::engine::loops::{MIN_ROWS_TO_USE, SLOT};
use crate::error::{Error, ErrorKind, Result};
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::store::func::Func;
use crate::types::signature::SignatureId;
use crate::types::valtype::safewasm_valkind_t;
use smallvec::SmallVec;
use std::ffi::c_void;
use std::ops::Range;
use std::ptr;
use wasmtime::{StoreContextMut, ValRaw};

/// The values of one parameter or one result in a bulk call: one number or vector for each call, as
/// wide as its type (4 bytes for i32 and f32, 8 for i64 and f64, 16 for v128). They may have any
/// alignment.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct safewasm_column_t {
    /// The first value.
    pub data: *mut c_void,
    /// The distance from one value to the next in bytes: the width if they lie side by side, 0 if
    /// all calls use the same value, negative if they lie in reverse order.
    pub stride: isize,
}

/// The columns of a call. Most calls have few.
type Columns = SmallVec<[Column; 8]>;

/// A column whose width is known.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    next: *mut u8,
    stride: isize,
    width: Width,
}

#[derive(Clone, Copy)]
pub(crate) enum Width {
    Four = 4,
    Eight = 8,
    Sixteen = 16,
}

impl Width {
    fn of(kind: safewasm_valkind_t) -> Self {
        match kind {
            safewasm_valkind_t::I32 | safewasm_valkind_t::F32 => Self::Four,
            safewasm_valkind_t::I64 | safewasm_valkind_t::F64 => Self::Eight,
            _ => Self::Sixteen,
        }
    }
}

impl Column {
    /// Copies the next value into a value slot.
    ///
    /// # Safety
    ///
    /// There is a next value.
    #[inline(always)]
    unsafe fn load(&mut self, slot: &mut ValRaw) {
        // SAFETY: as the caller vouches.
        unsafe {
            match self.width {
                Width::Four => *slot = ValRaw::u32(self.next.cast::<u32>().read_unaligned()),
                Width::Eight => *slot = ValRaw::u64(self.next.cast::<u64>().read_unaligned()),
                Width::Sixteen => *slot = ValRaw::v128(self.next.cast::<u128>().read_unaligned()),
            }
        }
        self.next = self.next.wrapping_offset(self.stride);
    }

    /// Copies a value slot to the next value.
    ///
    /// # Safety
    ///
    /// A next value can be written.
    #[inline(always)]
    unsafe fn store(&mut self, slot: &ValRaw) {
        // SAFETY: as the caller vouches.
        unsafe {
            match self.width {
                Width::Four => self.next.cast::<u32>().write_unaligned(slot.get_u32()),
                Width::Eight => self.next.cast::<u64>().write_unaligned(slot.get_u64()),
                Width::Sixteen => self.next.cast::<u128>().write_unaligned(slot.get_v128()),
            }
        }
        self.next = self.next.wrapping_offset(self.stride);
    }

    /// Copies the next values to the value slot `index` of each row. A row has `row` bytes.
    ///
    /// # Safety
    ///
    /// There are as many values as rows.
    unsafe fn load_rows(&mut self, rows: &mut [u8], row: usize, index: usize) {
        // SAFETY: as the caller vouches.
        unsafe {
            match self.width {
                Width::Four => self.load_rows_of::<4>(rows, row, index),
                Width::Eight => self.load_rows_of::<8>(rows, row, index),
                Width::Sixteen => self.load_rows_of::<16>(rows, row, index),
            }
        }
    }

    /// # Safety
    ///
    /// There are as many values of that width as rows.
    unsafe fn load_rows_of<const WIDTH: usize>(
        &mut self,
        rows: &mut [u8],
        row: usize,
        index: usize,
    ) {
        for row in rows.chunks_exact_mut(row) {
            // SAFETY: as the caller vouches.
            let value = unsafe { self.next.cast::<[u8; WIDTH]>().read() };
            row[index * SLOT..][..WIDTH].copy_from_slice(&value);
            self.next = self.next.wrapping_offset(self.stride);
        }
    }

    /// Copies the value slot `index` of each row to the next values.
    ///
    /// # Safety
    ///
    /// As many values as rows can be written.
    unsafe fn store_rows(&mut self, rows: &[u8], row: usize, index: usize) {
        // SAFETY: as the caller vouches.
        unsafe {
            match self.width {
                Width::Four => self.store_rows_of::<4>(rows, row, index),
                Width::Eight => self.store_rows_of::<8>(rows, row, index),
                Width::Sixteen => self.store_rows_of::<16>(rows, row, index),
            }
        }
    }

    /// # Safety
    ///
    /// As many values of that width as rows can be written.
    unsafe fn store_rows_of<const WIDTH: usize>(&mut self, rows: &[u8], row: usize, index: usize) {
        for row in rows.chunks_exact(row) {
            let mut value = [0; WIDTH];
            value.copy_from_slice(&row[index * SLOT..][..WIDTH]);
            // SAFETY: as the caller vouches.
            unsafe { self.next.cast::<[u8; WIDTH]>().write(value) };
            self.next = self.next.wrapping_offset(self.stride);
        }
    }

    /// The addresses of its values, from the first byte to the one after the last.
    fn range(&self, count: usize) -> Range<i128> {
        let first = self.next.addr() as i128;
        let last = first + self.stride as i128 * (count as i128 - 1);
        first.min(last)..first.max(last) + self.width as i128
    }

    /// Whether values of the two columns that belong to different calls may overlap.
    fn overlaps(&self, other: &Self, count: usize) -> bool {
        let (width, other_width) = (self.width as i128, other.width as i128);
        let stride = (self.stride as i128).abs();
        if self.stride == other.stride && stride != 0 {
            let apart = self.next.addr() as i128 - other.next.addr() as i128;
            let offset = apart.rem_euclid(stride);
            // At the same addresses, or side by side as the fields of a structure.
            if apart == 0 && width.max(other_width) <= stride
                || offset >= other_width && offset + width <= stride
            {
                return false;
            }
        }
        let (a, b) = (self.range(count), other.range(count));
        a.start < b.end && b.start < a.end
    }
}

/// The columns that a caller passes, with the widths of `kinds`.
pub(crate) fn columns(
    given: *const [safewasm_column_t],
    kinds: &[safewasm_valkind_t],
    count: usize,
    name: &str,
) -> Result<Columns> {
    // SAFETY: the header demands that the pointer is valid for its length; nothing is written meanwhile.
    let given = unsafe { &*given };
    let columns = given.iter().zip(kinds).enumerate().map(|(index, (column, kind))| {
        if column.data.is_null() && count > 0 {
            return Err(Error::new(
                ErrorKind::NULL_POINTER,
                format!("`{name}[{index}].data` is NULL"),
            ));
        }
        Ok(Column { next: column.data.cast(), stride: column.stride, width: Width::of(*kind) })
    });
    columns.collect()
}

/// The columns of arguments and of results. An error if their numbers are not those of the function's
/// parameters and results.
pub(crate) fn check(
    guard: &mut Guard,
    func: Func,
    id: SignatureId,
    count: usize,
    args: *const [safewasm_column_t],
    results: *const [safewasm_column_t],
) -> Result<(Columns, Columns)> {
    let context = guard.context();
    let signature = context.data().signatures.get(id);
    let (params, outcomes) = (signature.params(), signature.results());
    let wrong = if args.len() != params.len() {
        Some(("args_len", args.len(), "parameter", params.len()))
    } else if results.len() != outcomes.len() {
        Some(("results_len", results.len(), "result", outcomes.len()))
    } else {
        None
    };
    if let Some((name, given, what, wanted)) = wrong {
        return Err(wrong_number(func.wasmtime(), guard, name, given, what, wanted));
    }
    Ok((columns(args, params, count, "args")?, columns(results, outcomes, count, "results")?))
}

/// Calls a function `count` times, by a row loop if that is possible and faster.
pub(crate) fn call(
    guard: &mut Guard,
    func: Func,
    id: SignatureId,
    count: usize,
    args: Columns,
    results: Columns,
) -> Result<()> {
    // A row loop reads the arguments of many calls before it makes the first one.
    let overlap = || {
        let mut pairs = results.iter().flat_map(|result| {
            let others = args.iter().chain(&results).filter(move |other| !ptr::eq(*other, result));
            others.map(move |other| (result, other))
        });
        pairs.any(|(result, other)| result.overlaps(other, count))
    };
    let rows = if count < MIN_ROWS_TO_USE || overlap() {
        None
    } else {
        RowLoop::begin(guard, func.wasmtime(), id, count)
    };
    let mut done = 0;
    let result = match rows {
        Some(rows) => {
            let each = |context: StoreContextMut<'_, _>| {
                call_rows(context, &rows, count, args, results, &mut done)
            };
            let result = guard.run(ErrorKind::INTERNAL, each);
            rows.end(guard);
            result
        }
        None => {
            let slots = guard.context().data().signatures.get(id).slots();
            let each = |context: StoreContextMut<'_, _>| {
                call_one_by_one(context, func.wasmtime(), slots, count, args, results, &mut done)
            };
            guard.run(ErrorKind::INTERNAL, each)
        }
    };
    result.map_err(|error| error.context(&format!("call {done} of {count}, counted from 0")))
}

fn call_rows(
    mut context: StoreContextMut<'_, StoreData>,
    rows: &RowLoop,
    count: usize,
    mut args: Columns,
    mut results: Columns,
    done: &mut usize,
) -> wasmtime::Result<()> {
    while *done < count {
        let len = rows.capacity().min(count - *done);
        let bytes = &mut rows.rows(&mut context)[..len * rows.row];
        for (index, column) in args.iter_mut().enumerate() {
            // SAFETY: the header demands `count` values in each column of arguments.
            unsafe { column.load_rows(bytes, rows.row, index) };
        }
        let (succeeded, result) = rows.call(&mut context, len);
        let bytes = &rows.rows(&mut context)[..succeeded * rows.row];
        for (index, column) in results.iter_mut().enumerate() {
            // SAFETY: the header demands that each column of results can be written for `count` values.
            unsafe { column.store_rows(bytes, rows.row, index) };
        }
        *done += succeeded;
        result?;
    }
    Ok(())
}

fn call_one_by_one(
    mut context: StoreContextMut<'_, StoreData>,
    func: wasmtime::Func,
    slots: usize,
    count: usize,
    mut args: Columns,
    mut results: Columns,
    done: &mut usize,
) -> wasmtime::Result<()> {
    let mut slots: SmallVec<[ValRaw; 8]> = SmallVec::from_elem(ValRaw::v128(0), slots);
    while *done < count {
        for (column, slot) in args.iter_mut().zip(slots.iter_mut()) {
            // SAFETY: the header demands `count` values in each column of arguments.
            unsafe { column.load(slot) };
        }
        // SAFETY: the slots hold values of the parameters' types, none of them references, and there are as
        // many as the function needs.
        unsafe { func.call_unchecked(&mut context, &raw mut *slots) }?;
        for (column, slot) in results.iter_mut().zip(&slots) {
            // SAFETY: the header demands that each column of results can be written for `count` values.
            unsafe { column.store(slot) };
        }
        *done += 1;
    }
    Ok(())
}
