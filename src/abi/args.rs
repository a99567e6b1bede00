//! Arguments that callers pass by pointers: arrays, values and text.

use crate::error::text::{SAFEWASM_STRLEN, count};
use crate::error::{Error, ErrorKind, Result};
use std::ffi::CStr;
use std::ops::Range;
use std::os::raw::c_char;
use std::ptr;

/// A pointer that callers may pass as NULL: the generators read it in the signatures, and the header says so.
/// An array, which has its length in the next parameter, may be NULL only if it has no elements.
pub type Nullable<P> = P;

#[cold]
pub(crate) fn null(name: &str) -> Error {
    Error::new(ErrorKind::NULL_POINTER, format!("`{name}` is NULL"))
}

/// The elements that a caller passes as pointer and length. Not a reference: if the elements are in a memory of
/// wasm, wasm that runs during the call may write them.
#[inline(always)]
pub(crate) fn array<T>(pointer: *const T, len: usize, name: &str) -> Result<*const [T]> {
    array_mut(pointer.cast_mut(), len, name).map(<*mut [T]>::cast_const)
}

/// [`array`] for elements that the library writes.
#[inline(always)]
pub(crate) fn array_mut<T>(pointer: *mut T, len: usize, name: &str) -> Result<*mut [T]> {
    if len == 0 {
        return Ok(ptr::slice_from_raw_parts_mut(ptr::dangling_mut(), 0));
    }
    if pointer.is_null() {
        return Err(null(name));
    }
    check_array(pointer, len, name)?;
    Ok(ptr::slice_from_raw_parts_mut(pointer, len))
}

/// A copy of the elements that a caller passes as pointer and length.
///
/// # Safety
///
/// A `pointer` that isn't NULL points to `len` initialised elements.
pub(crate) unsafe fn copied<T: Copy>(pointer: *const T, len: usize, name: &str) -> Result<Vec<T>> {
    // SAFETY: as the caller vouches; nothing is written while the elements are copied.
    array(pointer, len, name).map(|array| unsafe { &*array }.to_vec())
}

/// The value that a caller passes by a pointer that may not be NULL.
///
/// # Safety
///
/// A `pointer` that isn't NULL points to an initialised `T`.
pub(crate) unsafe fn value<T: Copy>(pointer: *const T, name: &str) -> Result<T> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: as the caller vouches.
    Ok(unsafe { pointer.read_unaligned() })
}

/// [`value`] for a pointer that may be NULL.
///
/// # Safety
///
/// A `pointer` that isn't NULL points to an initialised `T`.
pub(crate) unsafe fn optional<T: Copy>(pointer: *const T) -> Option<T> {
    // SAFETY: as the caller vouches.
    (!pointer.is_null()).then(|| unsafe { pointer.read_unaligned() })
}

/// Bytes that a caller passes as pointer and length; the pointer may not be NULL.
///
/// # Safety
///
/// A `pointer` that isn't NULL points to `len` bytes, which nobody writes while the slice is in use.
pub(crate) unsafe fn bytes_of<'a>(pointer: *const u8, len: usize, name: &str) -> Result<&'a [u8]> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: as the caller vouches.
    array(pointer, len, name).map(|array| unsafe { &*array })
}

/// UTF-8 that a caller passes as pointer and length, or with a NUL at its end and
/// [`SAFEWASM_STRLEN`] as its length; the pointer may not be NULL.
///
/// # Safety
///
/// A `pointer` that isn't NULL points to `len` bytes, or to bytes that a NUL ends, which nobody
/// writes while the text is in use.
pub(crate) unsafe fn utf8<'a>(pointer: *const c_char, len: usize, name: &str) -> Result<&'a str> {
    let bytes = if len == SAFEWASM_STRLEN && !pointer.is_null() {
        // SAFETY: as the caller vouches.
        unsafe { CStr::from_ptr(pointer) }.to_bytes()
    } else {
        // SAFETY: as the caller vouches.
        unsafe { bytes_of(pointer.cast(), len, name) }?
    };
    std::str::from_utf8(bytes).map_err(|error| {
        Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!("`{name}` is not UTF-8: no character starts at byte {}", error.valid_up_to()),
        )
    })
}

/// Copies `text` to a caller's buffer of `size` bytes, with a NUL after it. Text that has no room
/// is cut between two characters.
///
/// # Safety
///
/// A `buffer` that isn't NULL has room for `size` bytes.
pub(crate) unsafe fn copy_text(text: &str, buffer: *mut c_char, size: usize) {
    if buffer.is_null() || size == 0 {
        return;
    }
    let len = text.floor_char_boundary(size - 1);
    // SAFETY: as the caller vouches; `len` is less than `size`, and no more than the text has.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr().cast(), buffer, len);
        buffer.add(len).write(0);
    }
}

#[inline(always)]
fn check_array<T>(pointer: *const T, len: usize, name: &str) -> Result<()> {
    if pointer.is_aligned() && len <= isize::MAX as usize / size_of::<T>() {
        return Ok(());
    }
    Err(bad_array::<T>(pointer.is_aligned(), len, name))
}

#[cold]
fn bad_array<T>(aligned: bool, len: usize, name: &str) -> Error {
    let why = if !aligned {
        format!("is not aligned to {} bytes", align_of::<T>())
    } else if len == usize::MAX {
        "has the length `SAFEWASM_STRLEN`, which only texts may have; pass a number".to_owned()
    } else {
        format!("can't have {len} elements: no object is that large")
    };
    Error::new(ErrorKind::INVALID_ARGUMENT, format!("`{name}` {why}"))
}

/// The `len` bytes from `address` on, if all of them lie in a memory of `size` bytes.
pub(crate) fn range(address: u64, len: usize, size: usize) -> Result<Range<usize>> {
    let end = address.checked_add(len as u64).filter(|&end| end <= size as u64);
    match end {
        Some(end) => Ok(address as usize..end as usize),
        None => Err(beyond(address, len, size)),
    }
}

/// The error for a range that doesn't lie in the memory. Not inlined, so that its callers can be.
#[cold]
#[inline(never)]
fn beyond(address: u64, len: usize, size: usize) -> Error {
    let len = count(len, "byte");
    Error::new(
        ErrorKind::OUT_OF_BOUNDS,
        format!("`address` {address} and {len} go beyond the memory's {size} bytes"),
    )
}
