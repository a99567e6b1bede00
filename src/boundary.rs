//! The boundary that every function of the ABI goes through: clears the out-parameters, catches
//! panics, turns results into handles, and checks data pointers.

use crate::cancellation;
use crate::error::{Error, ErrorKind, Result, safewasm_error_t};
use crate::panics;
use crate::registry;
use crate::store::safewasm_store_t;
use std::any::Any;
use std::os::raw::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;
use std::sync::Once;

// The panics of this library are caught with the unwinder that is linked into it. The process may
// have loaded another one first (Debian's Julia puts one into the global scope), whose
// `_Unwind_RaiseException` knows nothing of our frames and ends the process.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[link(name = "gcc_eh", kind = "static", modifiers = "-bundle")]
unsafe extern "C" {}

/// Makes the unwinder that is linked into the library ready, which it is from its first use on.
/// [`call_out`] needs that: there another unwinder, of C++ or of the system, asks ours about frames.
pub(crate) fn prepare_unwinder() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = catch_unwind(|| resume_unwind(Box::new(())));
    });
}

/// Runs the body of a fallible function of the ABI.
///
/// The out-parameters are cleared before anything else, all of them even if one is NULL, and
/// written only on success. The thread is not cancelled meanwhile.
#[inline(always)]
pub(crate) fn boundary<O: Outs>(
    outs: O,
    body: impl FnOnce() -> Result<O::Values>,
) -> *mut safewasm_error_t {
    let _held = cancellation::hold();
    hot_boundary(outs, body)
}

/// As [`boundary`], for a function that is called very often and makes no system call, in which a thread could
/// be cancelled, but where it holds that off.
#[inline(always)]
pub(crate) fn hot_boundary<O: Outs>(
    outs: O,
    body: impl FnOnce() -> Result<O::Values>,
) -> *mut safewasm_error_t {
    match catch_unwind(AssertUnwindSafe(|| {
        outs.clear()?;
        outs.write(body()?);
        Ok(())
    })) {
        Ok(Ok(())) => ptr::null_mut(),
        Ok(Err(error)) => hand_out(error),
        Err(payload) => hand_out_panic(payload),
    }
}

/// Runs the body of a function that cannot fail; a panic gives the default.
pub(crate) fn quietly<T: Default>(body: impl FnOnce() -> T) -> T {
    let _held = cancellation::hold();
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        discard(payload);
        T::default()
    })
}

#[cold]
fn hand_out(error: Error) -> *mut safewasm_error_t {
    catch_unwind(AssertUnwindSafe(|| error.into_handle())).unwrap_or_else(hand_out_panic)
}

#[cold]
fn hand_out_panic(payload: Box<dyn Any + Send>) -> *mut safewasm_error_t {
    let error = Error::panicked(&*payload);
    discard(payload);
    error.into_handle()
}

/// Calls a function of the caller's, which must return.
///
/// A C++ exception, or the end of a thread, that came out of it would pass through here and leave
/// the store entered; through frames of wasm it would find no way at all. So the process ends.
#[inline(always)]
pub(crate) fn call_out<R>(call: impl FnOnce() -> R) -> R {
    struct MustReturn;
    impl Drop for MustReturn {
        fn drop(&mut self) {
            give_up(
                "an exception, or the end of a thread, left a function that the library had \
                 called; such a function must return",
            );
        }
    }
    // The frame that catches lies right here, so that an unwinder that can't read wasm's frames
    // finds a handler; the guard within it speaks first.
    let result = catch_unwind(AssertUnwindSafe(|| {
        let must_return = MustReturn;
        let result = call();
        std::mem::forget(must_return);
        result
    }));
    match result {
        Ok(result) => result,
        Err(_) => unreachable!("the process has ended"),
    }
}

/// Ends the process, saying why.
#[cold]
pub(crate) fn give_up(why: &str) -> ! {
    // Not `eprintln`: the thread may be ending.
    for part in ["libsafewasm: ", why, "\n"] {
        // SAFETY: a text is as long as it says.
        unsafe { libc::write(2, part.as_ptr().cast(), part.len()) };
    }
    std::process::abort();
}

/// Drops what a panic left, which may panic in its turn.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
}

/// An out-parameter: its name in the header, and the pointer.
pub(crate) struct Out<T: Cleared>(pub(crate) &'static str, pub(crate) *mut T);

/// The out-parameters of a function.
pub(crate) trait Outs {
    type Values;

    fn clear(&self) -> Result<()>;

    fn write(&self, values: Self::Values);
}

impl Outs for () {
    type Values = ();

    fn clear(&self) -> Result<()> {
        Ok(())
    }

    fn write(&self, (): ()) {}
}

impl<T: Cleared> Outs for Out<T> {
    type Values = T;

    fn clear(&self) -> Result<()> {
        if self.1.is_null() {
            return Err(null(self.0));
        }
        // SAFETY: what isn't NULL points to a `T`, as the header demands. Bytes and not a value, so
        // that padding is cleared too.
        unsafe { self.1.cast::<u8>().write_bytes(0, size_of::<T>()) };
        Ok(())
    }

    fn write(&self, value: T) {
        // SAFETY: `clear` saw that it isn't NULL, and what isn't NULL points to a `T`, as the
        // header demands.
        unsafe { self.1.write_unaligned(value) };
    }
}

impl<A: Outs, B: Outs> Outs for (A, B) {
    type Values = (A::Values, B::Values);

    fn clear(&self) -> Result<()> {
        let first = self.0.clear();
        self.1.clear().and(first)
    }

    fn write(&self, values: Self::Values) {
        self.0.write(values.0);
        self.1.write(values.1);
    }
}

/// What can be an out-parameter: while there is no result, all its bytes are 0.
pub(crate) trait Cleared: Copy {}

impl<T> Cleared for *mut T {}
impl<T> Cleared for *const T {}
impl Cleared for usize {}
impl Cleared for u32 {}
impl Cleared for u64 {}

#[cold]
fn null(name: &str) -> Error {
    Error::new(ErrorKind::NULL_POINTER, format!("`{name}` is NULL"))
}

/// The elements that a caller passes as pointer and length: a pointer still, as wasm that runs
/// meanwhile may write the same bytes, if they lie in a memory of its own.
#[inline(always)]
pub(crate) fn array<T>(pointer: *const T, len: usize, name: &str) -> Result<*const [T]> {
    array_mut(pointer.cast_mut(), len, name).map(<*mut [T]>::cast_const)
}

/// As [`array`], for elements that the library writes.
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

/// What a caller passes by a pointer that may not be NULL.
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

/// Bytes that a caller passes as pointer and length; the pointer may not be NULL.
///
/// # Safety
///
/// A `pointer` that isn't NULL points to `len` bytes, which nobody writes while the slice is in use.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, len: usize, name: &str) -> Result<&'a [u8]> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: as the caller vouches.
    array(pointer, len, name).map(|array| unsafe { &*array })
}

/// UTF-8 that a caller passes as pointer and length.
///
/// # Safety
///
/// A `pointer` that isn't NULL points to `len` bytes, which nobody writes while the text is in use.
pub(crate) unsafe fn utf8<'a>(pointer: *const c_char, len: usize, name: &str) -> Result<&'a str> {
    // SAFETY: as the caller vouches.
    let bytes = unsafe { bytes(pointer.cast(), len, name) }?;
    std::str::from_utf8(bytes).map_err(|error| {
        Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!("`{name}` is not UTF-8: byte {} begins no character", error.valid_up_to()),
        )
    })
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
    let why = if aligned {
        format!("can't have {len} elements: no object is that large")
    } else {
        format!("is not aligned to {} bytes", align_of::<T>())
    };
    Error::new(ErrorKind::INVALID_ARGUMENT, format!("`{name}` {why}"))
}

/// Panics inside the library, and returns the internal error that the panic becomes.
///
/// For those who bring the library into a new runtime: if this comes back, panics are caught
/// there, whichever unwinder the process has loaded. If `store` isn't NULL, the panic happens
/// inside that store, which is then poisoned: every use of it is an error, until it is deleted.
/// `store` may be NULL.
///
/// Always returns an error: of kind `SAFEWASM_ERROR_INTERNAL`, or what is wrong with `store`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_provoke_panic(store: *mut safewasm_store_t) -> *mut safewasm_error_t {
    boundary((), || {
        panics::keep_quiet();
        let _guard =
            if store.is_null() { None } else { Some(registry::enter_store(store, "store")?) };
        panics::within(|| panic!("safewasm_provoke_panic was called"))
    })
}
