//! The kinds of errors, and the codes of traps.

use wasmtime::Trap;

// The names of the values of the enumerations, as `build/names.rs` makes them.
include!(concat!(env!("OUT_DIR"), "/names.rs"));

/// The kind of an error.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::upper_case_acronyms, reason = "the names in the header, less their prefix")]
pub enum safewasm_error_kind_t {
    /// There is no error: the function succeeded.
    NONE = 0,
    /// A pointer that must not be NULL is NULL.
    NULL_POINTER = 1,
    /// A handle doesn't stand for a living object of the kind that the parameter takes.
    INVALID_HANDLE = 2,
    /// An object belongs to another store.
    WRONG_STORE = 3,
    /// An object belongs to another engine.
    WRONG_ENGINE = 4,
    /// The store is in use: by another thread, or by this thread at a point where it can't be
    /// entered again.
    STORE_BUSY = 5,
    /// A panic happened in the store earlier. The store can only be deleted.
    STORE_POISONED = 6,
    /// An argument has a value that it must not have, or a text isn't UTF-8.
    INVALID_ARGUMENT = 7,
    /// Bytes are not a valid WebAssembly module.
    INVALID_MODULE = 8,
    /// A text is not a module in WebAssembly's text format. The message has the line and the
    /// column.
    INVALID_TEXT = 9,
    /// An import is missing, or its type is not the one that the module expects.
    LINK = 10,
    /// Nothing has that name, or nothing is at that index.
    NOT_FOUND = 11,
    /// A value or an object has the wrong type, or the number of values is wrong.
    TYPE_MISMATCH = 12,
    /// An access goes beyond the end of a memory or table.
    OUT_OF_BOUNDS = 13,
    /// Wasm trapped. `safewasm_error_trap_code` returns the reason, and the frames of the backtrace
    /// show where.
    TRAP = 14,
    /// Wasm threw an exception that nothing caught.
    EXCEPTION = 15,
    /// A limit was reached: of memory, of address space, of threads, or of objects in a store.
    LIMIT = 16,
    /// The operating system refused to read a file. `safewasm_error_os_code` returns the system's
    /// error number.
    IO = 17,
    /// This version of the library, the machine or the engine's config doesn't support the
    /// operation.
    UNSUPPORTED = 18,
    /// Memory or handles ran out, so there is no error with a better message.
    OUT_OF_MEMORY = 19,
    /// A defect of this library. Please report it.
    INTERNAL = 20,
    /// A host function returned an error that `safewasm_error_new` made.
    HOST = 21,
    /// Another task's call of wasm is suspended in a host function on this thread, and must return
    /// first; see `safewasm_hooks_t`.
    TASK = 22,
    /// The compiler refused a valid module. The message has the reason.
    COMPILER = 23,
    /// A program for WASI exited. `safewasm_error_exit_status` returns its status.
    EXIT = 24,
    /// A compiled module doesn't fit this version of the library, this machine or the engine's config.
    INCOMPATIBLE = 25,
    /// Bytes are not a compiled module, or were cut or changed since.
    INVALID_ARTIFACT = 26,
    /// The components of the store have ended, because a call in the store failed earlier: wasm
    /// trapped, a host function returned an error, or the time was over. The message has the first
    /// failure. Modules still run.
    COMPONENTS_ENDED = 27,
}

/// The reason of a trap. Wasm can't catch traps. Wasmtime's own C API has other numbers for them.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_trap_code_t {
    /// The error is not a trap.
    NOT_A_TRAP = 0,
    /// The call stack was exhausted.
    STACK_OVERFLOW = 1,
    /// An access went beyond the end of a memory.
    MEMORY_OUT_OF_BOUNDS = 2,
    /// The address of an atomic access was not aligned.
    HEAP_MISALIGNED = 3,
    /// An access went beyond the end of a table.
    TABLE_OUT_OF_BOUNDS = 4,
    /// The table element of an indirect call was null.
    INDIRECT_CALL_TO_NULL = 5,
    /// The function of an indirect call had another type than the call.
    BAD_SIGNATURE = 6,
    /// The result of an integer operation was too large.
    INTEGER_OVERFLOW = 7,
    /// An integer was divided by zero.
    INTEGER_DIVISION_BY_ZERO = 8,
    /// A float that has no integer value was converted to an integer.
    BAD_CONVERSION_TO_INTEGER = 9,
    /// An `unreachable` instruction was executed.
    UNREACHABLE = 10,
    /// The call was interrupted, or its time was over.
    INTERRUPT = 11,
    /// The store's fuel was used up.
    OUT_OF_FUEL = 12,
    /// An atomic wait was executed on a memory that is not shared.
    ATOMIC_WAIT_NON_SHARED_MEMORY = 13,
    /// A null reference was used.
    NULL_REFERENCE = 14,
    /// An access went beyond the end of an array.
    ARRAY_OUT_OF_BOUNDS = 15,
    /// An allocation was too large.
    ALLOCATION_TOO_LARGE = 16,
    /// A reference was cast to a type that it doesn't have.
    CAST_FAILURE = 17,
    /// A suspension had no handler for its tag.
    UNHANDLED_TAG = 18,
    /// A continuation was resumed twice.
    CONTINUATION_ALREADY_CONSUMED = 19,
    /// A trap for which this version has no code. The message has the reason.
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
