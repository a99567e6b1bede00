//! The kinds of errors, and the codes of traps.

use wasmtime::Trap;

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
    pub(crate) fn of(trap: Trap) -> Self {
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
