//! Errors: what a fallible function returns in place of NULL, and the one place that makes them.

use crate::boundary::{self, Out};
use crate::code::Codes;
use crate::finalizer::{self, Env, safewasm_finalizer_t};
use crate::frame::{Frame, Frames, MAX_FRAMES, safewasm_frame_t};
use crate::handle::Handle;
use crate::interrupt::Waiting;
use crate::panics;
use crate::reference::{Reference, safewasm_ref_t};
use crate::registry::{self, Object, ObjectHandle, Shared, SharedHandle};
use crate::store::{Entered, StoreData};
use crate::text::{LONGEST_NAME, Text, cut, safewasm_text_t};
use crate::words;
use std::ffi::c_void;
use std::fmt;
use std::os::raw::c_char;
use std::ptr;
use std::sync::Arc;
use wasmtime::{
    ExnRef, GcHeapOutOfMemory, OutOfMemory, OwnedRooted, StoreContextMut, Trap, WasmBacktrace,
};

/// An error: owned by who received it, who gives it to `safewasm_error_delete`.
pub struct safewasm_error_t {
    _opaque: (),
}

/// What kind of error an error is.
/// cbindgen:rename-all=prefix:SAFEWASM_ERROR_
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::upper_case_acronyms, reason = "the names in the header, less their prefix")]
pub enum safewasm_error_kind_t {
    /// A pointer that must not be NULL is.
    NULL_POINTER = 1,
    /// A handle means no living object of the kind that the argument wants.
    INVALID_HANDLE = 2,
    /// An object belongs to another store.
    WRONG_STORE = 3,
    /// An object belongs to another engine.
    WRONG_ENGINE = 4,
    /// The store is in use, on another thread or at a point where it can't be entered.
    STORE_BUSY = 5,
    /// A panic happened inside the store earlier; it can only be deleted.
    STORE_POISONED = 6,
    /// An argument is none of the values that it may have, or text is not UTF-8.
    INVALID_ARGUMENT = 7,
    /// Bytes are not a valid WebAssembly module.
    INVALID_MODULE = 8,
    /// Text is not WebAssembly text; the message has line and column.
    INVALID_TEXT = 9,
    /// An import is missing, or is of another type than the module expects.
    LINK = 10,
    /// There is no export of that name, or nothing at that index.
    NOT_FOUND = 11,
    /// A value or an object is of another type than wanted, or the number of values is wrong.
    TYPE_MISMATCH = 12,
    /// An access goes beyond the end of a memory or table.
    OUT_OF_BOUNDS = 13,
    /// Wasm trapped; `safewasm_error_trap_code` says how, and the frames say where.
    TRAP = 14,
    /// Wasm threw an exception that nothing caught.
    EXCEPTION = 15,
    /// A limit was reached: of memory, of address space, of objects in a store.
    LIMIT = 16,
    /// The operating system refused to read a file; `safewasm_error_os_code` says why.
    IO = 17,
    /// This version of the library can't do that.
    UNSUPPORTED = 18,
    /// No memory or handle was left for an error that says more.
    OUT_OF_MEMORY = 19,
    /// A defect of this library: please report it.
    INTERNAL = 20,
    /// A host function of the program's returned an error that `safewasm_error_new` made.
    HOST = 21,
    /// Another task's call of wasm is suspended in a host function on this thread, and must return
    /// first; see `safewasm_hooks_t`.
    TASK = 22,
    /// The compiler refused a module that is valid; the message says why.
    COMPILER = 23,
}

pub(crate) use safewasm_error_kind_t as ErrorKind;

/// How wasm trapped: Wasmtime's trap codes.
/// cbindgen:rename-all=prefix:SAFEWASM_TRAP_
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_trap_code_t {
    /// The error is no trap.
    NOT_A_TRAP = 0,
    /// The call stack was exhausted.
    STACK_OVERFLOW = 1,
    /// A memory was accessed beyond its end.
    MEMORY_OUT_OF_BOUNDS = 2,
    /// An atomic access was not aligned.
    HEAP_MISALIGNED = 3,
    /// A table was accessed beyond its end.
    TABLE_OUT_OF_BOUNDS = 4,
    /// An indirect call met a null table element.
    INDIRECT_CALL_TO_NULL = 5,
    /// An indirect call met a function of another type.
    BAD_SIGNATURE = 6,
    /// An integer operation overflowed.
    INTEGER_OVERFLOW = 7,
    /// An integer was divided by zero.
    INTEGER_DIVISION_BY_ZERO = 8,
    /// A float has no integer value.
    BAD_CONVERSION_TO_INTEGER = 9,
    /// An `unreachable` instruction was executed.
    UNREACHABLE = 10,
    /// The call was interrupted.
    INTERRUPT = 11,
    /// The store's fuel was used up.
    OUT_OF_FUEL = 12,
    /// An atomic wait on a memory that is not shared.
    ATOMIC_WAIT_NON_SHARED_MEMORY = 13,
    /// A null reference was used.
    NULL_REFERENCE = 14,
    /// An array was accessed beyond its end.
    ARRAY_OUT_OF_BOUNDS = 15,
    /// An allocation was too large.
    ALLOCATION_TOO_LARGE = 16,
    /// A reference was cast to a type that it is not of.
    CAST_FAILURE = 17,
    /// A suspension has no handler for its tag.
    UNHANDLED_TAG = 18,
    /// A continuation was resumed twice.
    CONTINUATION_ALREADY_CONSUMED = 19,
    /// A trap that this version has no code for; the message says more.
    OTHER = 255,
}

impl safewasm_trap_code_t {
    fn of(trap: Trap) -> Self {
        match trap {
            Trap::StackOverflow => Self::STACK_OVERFLOW,
            Trap::MemoryOutOfBounds => Self::MEMORY_OUT_OF_BOUNDS,
            Trap::HeapMisaligned => Self::HEAP_MISALIGNED,
            Trap::TableOutOfBounds => Self::TABLE_OUT_OF_BOUNDS,
            Trap::IndirectCallToNull => Self::INDIRECT_CALL_TO_NULL,
            Trap::BadSignature => Self::BAD_SIGNATURE,
            Trap::IntegerOverflow => Self::INTEGER_OVERFLOW,
            Trap::IntegerDivisionByZero => Self::INTEGER_DIVISION_BY_ZERO,
            Trap::BadConversionToInteger => Self::BAD_CONVERSION_TO_INTEGER,
            Trap::UnreachableCodeReached => Self::UNREACHABLE,
            Trap::Interrupt => Self::INTERRUPT,
            Trap::OutOfFuel => Self::OUT_OF_FUEL,
            Trap::AtomicWaitNonSharedMemory => Self::ATOMIC_WAIT_NON_SHARED_MEMORY,
            Trap::NullReference => Self::NULL_REFERENCE,
            Trap::ArrayOutOfBounds => Self::ARRAY_OUT_OF_BOUNDS,
            Trap::AllocationTooLarge => Self::ALLOCATION_TOO_LARGE,
            Trap::CastFailure => Self::CAST_FAILURE,
            Trap::UnhandledTag => Self::UNHANDLED_TAG,
            Trap::ContinuationAlreadyConsumed => Self::CONTINUATION_ALREADY_CONSUMED,
            _ => Self::OTHER,
        }
    }
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// An error on its way to the caller.
#[derive(Debug)]
pub(crate) struct Error(Box<Report>);

/// What an error handle means.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    kind: ErrorKind,
    message: Text,
    trap: safewasm_trap_code_t,
    os_code: i32,
    frames: Vec<Frame>,
    env: Option<Arc<Env>>,
    exception: Option<(Handle, OwnedRooted<ExnRef>)>,
    waiting: Option<Arc<Waiting>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Report {
            kind,
            // A NUL of a name would end the message for who prints it as C text.
            message: Text::new(message.into().replace('\0', "\\0")),
            trap: safewasm_trap_code_t::NOT_A_TRAP,
            os_code: 0,
            frames: Vec::new(),
            env: None,
            exception: None,
            waiting: None,
        }))
    }

    pub(crate) fn with_trap(mut self, trap: Trap) -> Self {
        self.0.trap = safewasm_trap_code_t::of(trap);
        self
    }

    /// A trap that Wasmtime has no code for.
    pub(crate) fn with_other_trap(mut self) -> Self {
        self.0.trap = safewasm_trap_code_t::OTHER;
        self
    }

    /// An error of the operating system while it did what `doing` says.
    pub(crate) fn io(doing: &str, error: &std::io::Error) -> Self {
        let mut report = Self::new(ErrorKind::IO, format!("cannot {doing}: {error}"));
        report.0.os_code = error.raw_os_error().unwrap_or(0);
        report
    }

    /// An exception of wasm's, of that store.
    pub(crate) fn with_exception(mut self, store: Handle, exception: OwnedRooted<ExnRef>) -> Self {
        self.0.exception = Some((store, exception));
        self
    }

    /// The trap of a call that is interrupted.
    #[cold]
    pub(crate) fn interrupt(why: &str) -> Self {
        Self::new(ErrorKind::TRAP, format!("interrupt: {why}")).with_trap(Trap::Interrupt)
    }

    /// The error of a call that waits for its turn until this is deleted.
    pub(crate) fn with_waiting(mut self, waiting: Waiting) -> Self {
        self.0.waiting = Some(Arc::new(waiting));
        self
    }

    /// What Wasmtime reports that called no wasm: an error of kind `other`, as a rule.
    #[cold]
    pub(crate) fn wasmtime(error: &wasmtime::Error, other: ErrorKind) -> Self {
        Self::of_call(error, other, 0, &Codes::default())
    }

    /// What Wasmtime reports of a call: a trap or an exception if it is one, what a host function
    /// returned if it is that, else an error of kind `other`. The last `outer` frames of the stack are
    /// of calls around this one; `codes` is what the store has run.
    #[cold]
    pub(crate) fn of_call(
        error: &wasmtime::Error,
        other: ErrorKind,
        outer: usize,
        codes: &Codes,
    ) -> Self {
        let backtrace = error.downcast_ref::<WasmBacktrace>();
        let frames = backtrace.map_or(&[][..], WasmBacktrace::frames);
        // Where there were too many, those further out are not among them.
        let outer = if frames.len() < MAX_FRAMES { outer } else { 0 };
        let own = Frames::of(&frames[..frames.len().saturating_sub(outer)], codes);
        if let Some(HostFailure { report, .. }) = error.downcast_ref() {
            return Self(Box::new(Report::clone(report))).with_frames(own);
        }
        // The backtrace is in the chain as well: as text, it would be as long as the module wants.
        let backtrace = backtrace.map(|backtrace| ptr::from_ref(backtrace).addr());
        let mut parts: Vec<String> = error
            .chain()
            .filter(|cause| Some(ptr::from_ref(*cause).addr()) != backtrace)
            .map(|cause| cut(&cause.to_string(), LONGEST_NAME).into_owned())
            .collect();
        // Root cause first: what happened, then in which circumstances.
        parts.reverse();
        let trap = error.downcast_ref::<Trap>().copied();
        let kind = if trap.is_some() {
            ErrorKind::TRAP
        } else if error.is::<wasmtime::ThrownException>() {
            ErrorKind::EXCEPTION
        } else if error.is::<GcHeapOutOfMemory<()>>() || error.is::<OutOfMemory>() {
            ErrorKind::LIMIT
        } else if parts.iter().any(|part| part.starts_with(INCOMPATIBLE_IMPORT)) {
            ErrorKind::LINK
        } else {
            other
        };
        if kind == other && parts.iter().any(|part| part.starts_with(NO_SHARED_MEMORY)) {
            return Self::new(
                ErrorKind::UNSUPPORTED,
                "a shared memory is needed, which the engine's config turned off; see \
                 `safewasm_config_set_shared_memory`",
            );
        }
        let message = match kind {
            ErrorKind::TRAP => parts.join("; "),
            ErrorKind::EXCEPTION => "wasm threw an exception that nothing caught".to_owned(),
            _ => {
                parts.reverse();
                words::plain(&parts)
            }
        };
        let mut report = Self::new(kind, message);
        if let Some(trap) = trap {
            report = report.with_trap(trap);
        }
        report.with_frames(own)
    }

    /// The same error with more frames, further out.
    fn with_frames(mut self, frames: Frames) -> Self {
        self.0.frames.extend(frames.frames);
        if frames.are_incomplete
            && self.kind() != ErrorKind::HOST
            && !self.message().ends_with(NOTE)
        {
            self.0.message = Text::new(format!("{}{NOTE}", self.message()));
        }
        self
    }

    /// What should not have happened.
    pub(crate) fn internal(cause: &anyhow::Error) -> Self {
        Self::new(ErrorKind::INTERNAL, format!("internal error: {cause:#}"))
    }

    /// What a panic that reached the boundary becomes.
    #[cold]
    pub(crate) fn panicked(payload: &(dyn std::any::Any + Send)) -> Self {
        let said = panics::describe(payload);
        Self::new(ErrorKind::INTERNAL, format!("internal error (a panic in the library): {said}"))
    }

    pub(crate) fn message(&self) -> &str {
        self.0.message.as_str()
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The same error with words before its message.
    pub(crate) fn context(mut self, before: &str) -> Self {
        self.0.message = Text::new(format!("{before}: {}", self.message()));
        self
    }

    /// The handle that a caller gets, or the static one when none is left.
    #[cold]
    pub(crate) fn into_handle(self) -> *mut safewasm_error_t {
        registry::insert(Shared::Error(Arc::new(*self.0))).unwrap_or(OUT_OF_MEMORY)
    }
}

/// What a message ends in where frames lack something.
const NOTE: &str = " (some files, lines or inlined calls are left out of the backtrace: the module's debug \
                    info has too much of them)";

/// How Wasmtime begins to say that an import is of the wrong type.
const INCOMPATIBLE_IMPORT: &str = "incompatible import type";

/// How Wasmtime begins to say so.
const NO_SHARED_MEMORY: &str = "shared memory support is disabled";

/// Whether an error came out of wasm that ran, or of what it called.
pub(crate) fn is_of_wasm(error: &wasmtime::Error) -> bool {
    error.is::<Trap>()
        || error.is::<wasmtime::ThrownException>()
        || error.is::<HostFailure>()
        || error.is::<GcHeapOutOfMemory<()>>()
        || error.is::<OutOfMemory>()
}

/// An error of the library's on its way through wasm: what a host function returned, or that the call is
/// interrupted.
#[derive(Debug)]
pub(crate) struct HostFailure {
    report: Arc<Report>,
    is_interrupt: bool,
}

impl HostFailure {
    /// The error that a host function returned, which belongs to the library now.
    #[cold]
    pub(crate) fn take(error: *mut safewasm_error_t) -> Self {
        let found = report(error);
        // Between wasm's frames nothing of the program's runs.
        finalizer::defer(|| boundary::quietly(|| error.delete()));
        match found {
            Some(report) => Self { report, is_interrupt: false },
            None if error == OUT_OF_MEMORY => {
                Self::from(Error::new(ErrorKind::OUT_OF_MEMORY, text_of(OUT_OF_MEMORY_MESSAGE)))
            }
            None => Self::from(Error::new(
                ErrorKind::INVALID_HANDLE,
                "a host function returned an invalid error handle: not NULL, and no living error",
            )),
        }
    }

    /// Why a call is interrupted.
    #[cold]
    pub(crate) fn interrupt(why: &str) -> Self {
        Self { is_interrupt: true, ..Self::from(Error::interrupt(why)) }
    }

    /// Whether it interrupts the call, and is nothing that a host function returned.
    pub(crate) fn is_interrupt(&self) -> bool {
        self.is_interrupt
    }

    /// For when a panic happened in the store meanwhile.
    #[cold]
    pub(crate) fn poisoned() -> Self {
        Self::from(Error::new(
            ErrorKind::STORE_POISONED,
            "an internal error happened in the store while it was in a host function",
        ))
    }

    /// Lets wasm go on with it: an exception of the same store as that exception, which wasm may
    /// catch; anything else as a trap.
    #[cold]
    pub(crate) fn raise(
        self,
        mut context: StoreContextMut<'_, StoreData>,
        store: Handle,
    ) -> wasmtime::Result<()> {
        match &self.report.exception {
            Some((of, exception)) if *of == store => {
                let exception = exception.to_rooted(&mut context);
                Err(context.throw::<()>(exception).unwrap_err())
            }
            _ => Err(wasmtime::Error::new(self)),
        }
    }
}

impl From<Error> for HostFailure {
    fn from(error: Error) -> Self {
        Self { report: Arc::from(error.0), is_interrupt: false }
    }
}

impl fmt::Display for HostFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.report.message.as_str())
    }
}

impl std::error::Error for HostFailure {}

/// A static text without the NUL at its end.
fn text_of(text: &'static str) -> &'static str {
    text.trim_end_matches('\0')
}

/// The error that is there when no other can be made. Its bits are a handle of an error whose slot
/// can't exist.
const OUT_OF_MEMORY: *mut safewasm_error_t =
    std::ptr::without_provenance_mut(registry::Kind::Error.first_bits() | 0xff_ffff);

const OUT_OF_MEMORY_MESSAGE: &str = "no memory or handle was left for an error that says more\0";
const INVALID_MESSAGE: &str = "invalid error: NULL, deleted, or never an error of this library\0";

fn report(error: *mut safewasm_error_t) -> Option<Arc<Report>> {
    boundary::quietly(|| error.get("error").ok())
}

/// What kind of error `error` is: `SAFEWASM_ERROR_INVALID_HANDLE` if it is none.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_kind(error: *mut safewasm_error_t) -> safewasm_error_kind_t {
    match report(error) {
        Some(report) => report.kind,
        None if error == OUT_OF_MEMORY => ErrorKind::OUT_OF_MEMORY,
        None => ErrorKind::INVALID_HANDLE,
    }
}

/// The message of `error`, in plain words: UTF-8 with a NUL at its end. A name that a module or the
/// program chose is cut in it if it has more than 200 bytes, and ends in an ellipsis (`…`) then.
///
/// If `len_out` isn't NULL, `*len_out` is the message's length in bytes without that NUL.
/// `len_out` may be NULL.
///
/// Never NULL and never fails: of an invalid error it is a static text that says so. The text
/// lives until `safewasm_error_delete`. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_error_message(
    error: *mut safewasm_error_t,
    len_out: *mut usize,
) -> *const c_char {
    let of_static =
        |text: &'static str| safewasm_text_t { data: text.as_ptr().cast(), len: text.len() - 1 };
    let text = match report(error) {
        Some(report) => report.message.view(),
        None if error == OUT_OF_MEMORY => of_static(OUT_OF_MEMORY_MESSAGE),
        None => of_static(INVALID_MESSAGE),
    };
    if !len_out.is_null() {
        // SAFETY: what isn't NULL points to a `size_t`, as the header demands.
        unsafe { len_out.write_unaligned(text.len) };
    }
    text.data
}

/// How wasm trapped: `SAFEWASM_TRAP_NOT_A_TRAP` if `error` is no trap, or no error.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_trap_code(error: *mut safewasm_error_t) -> safewasm_trap_code_t {
    report(error).map_or(safewasm_trap_code_t::NOT_A_TRAP, |report| report.trap)
}

/// The operating system's error number (`errno`) behind an error of kind `SAFEWASM_ERROR_IO`, else
/// 0.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_os_code(error: *mut safewasm_error_t) -> i32 {
    report(error).map_or(0, |report| report.os_code)
}

/// The number of frames of the wasm backtrace of `error`: 0 if it has none, or is no error.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_frames_len(error: *mut safewasm_error_t) -> usize {
    report(error).map_or(0, |report| report.frames.len())
}

/// A frame of the wasm backtrace of `error`; frame 0 is where it happened.
///
/// On success writes the frame to `*frame_out` and returns true; its texts live until
/// `safewasm_error_delete`. Else (`error` is no error, has no frame `index`, or `frame_out` is
/// NULL) returns false, and `*frame_out` is all zero.
///
/// Never fails otherwise. May be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn safewasm_error_frame(
    error: *mut safewasm_error_t,
    index: usize,
    frame_out: *mut safewasm_frame_t,
) -> bool {
    let found = report(error).and_then(|report| report.frames.get(index).map(Frame::view));
    if frame_out.is_null() {
        return false;
    }
    // SAFETY: what isn't NULL points to a frame, as the header demands.
    unsafe { frame_out.cast::<u8>().write_bytes(0, size_of::<safewasm_frame_t>()) };
    match found {
        // SAFETY: as above; the report, and with it the frame's text, lives until it is deleted.
        Some(frame) => unsafe { frame_out.write_unaligned(frame) },
        None => return false,
    }
    true
}

/// Creates an error, for a host function to return.
///
/// `message` is what to say, UTF-8 of `message_len` bytes. `env` is whatever the program wants to
/// find again in the error that comes out of the call of wasm; `env` may be NULL. `finalizer` is
/// called with it when no error has it any more; `finalizer` may be NULL. On failure too it is
/// called.
///
/// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_HOST`, which belongs to the
/// caller, who returns it from a host function or gives it to `safewasm_error_delete`; on failure it
/// is NULL.
///
/// Errors: null pointer; invalid argument for a message that isn't UTF-8; limit.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_error_new(
    message: *const c_char,
    message_len: usize,
    env: *mut c_void,
    finalizer: safewasm_finalizer_t,
    error_out: *mut *mut safewasm_error_t,
) -> *mut safewasm_error_t {
    let env = Env::new(env, finalizer);
    boundary::boundary(Out("error_out", error_out), || {
        // SAFETY: the header demands `message_len` bytes at a `message` that isn't NULL.
        let message = unsafe { boundary::utf8(message, message_len, "message") }?;
        let mut error = Error::new(ErrorKind::HOST, message);
        error.0.env = Some(Arc::new(env));
        registry::insert(Shared::Error(Arc::from(error.0)))
    })
}

/// Creates an error that throws an exception of wasm's, for a host function to return: wasm in the
/// exception's store may catch it.
///
/// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_EXCEPTION`, which belongs to the
/// caller, who returns it from a host function or gives it to `safewasm_error_delete`; on failure it
/// is NULL.
///
/// Errors: null pointer, invalid handle; type mismatch if `exception` refers to something else; store
/// busy or poisoned; limit.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_error_new_exception(
    exception: *mut safewasm_ref_t,
    error_out: *mut *mut safewasm_error_t,
) -> *mut safewasm_error_t {
    boundary::boundary(Out("error_out", error_out), || {
        let (guard, reference) = exception.enter("exception")?;
        let Reference::Exn(exception) = reference else {
            return Err(Error::new(
                ErrorKind::TYPE_MISMATCH,
                "`exception` refers to no exception of wasm's",
            ));
        };
        let error =
            Error::new(ErrorKind::EXCEPTION, "a host function threw an exception of wasm's");
        let error = error.with_exception(guard.store(), exception);
        registry::insert(Shared::Error(Arc::from(error.0)))
    })
}

/// The `env` that `error` was made with by `safewasm_error_new`, also if it has come through calls
/// of wasm since: NULL if it wasn't, or is no error.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_env(error: *mut safewasm_error_t) -> *mut c_void {
    report(error)
        .and_then(|report| report.env.as_ref().map(|env| env.data()))
        .unwrap_or(std::ptr::null_mut())
}

/// The exception of wasm's that `error` reports.
///
/// On success `*ref_out` is a new reference to it, which belongs to the caller, who gives it to
/// `safewasm_ref_delete`; on failure it is NULL.
///
/// Errors: null pointer; invalid handle, also if the exception's store was deleted; not found if
/// `error` is of another kind than `SAFEWASM_ERROR_EXCEPTION`; store busy or poisoned.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_error_exception(
    error: *mut safewasm_error_t,
    ref_out: *mut *mut safewasm_ref_t,
) -> *mut safewasm_error_t {
    boundary::boundary(Out("ref_out", ref_out), || {
        let report = error.get("error")?;
        let Some((store, exception)) = &report.exception else {
            return Err(Error::new(ErrorKind::NOT_FOUND, "`error` reports no exception of wasm's"));
        };
        let mut guard =
            registry::enter_handle(*store, "error").map_err(|refused| match refused.kind() {
                ErrorKind::INVALID_HANDLE => Error::new(
                    ErrorKind::INVALID_HANDLE,
                    "the store of the exception that `error` reports was deleted",
                ),
                _ => refused,
            })?;
        guard.own(Object::Ref(Reference::Exn(exception.clone())))
    })
}

/// Whether `error` is an error that wasn't deleted.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_is_valid(error: *mut safewasm_error_t) -> bool {
    error == OUT_OF_MEMORY || boundary::quietly(|| error.is_valid())
}

/// Deletes `error`. NULL and what was deleted already are left alone.
///
/// Never fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_error_delete(error: *mut safewasm_error_t) {
    boundary::quietly(|| error.delete());
}
