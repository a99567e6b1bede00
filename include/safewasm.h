/*
 * SafeWasm: WebAssembly for C and Julia, over Wasmtime.
 *
 * The rules that hold for every function:
 *
 * Objects are opaque pointers that are never dereferenced: handles, checked on every use. NULL, a
 * deleted object, an object of another kind or store, a made-up address: each is an error whose
 * message names the argument.
 *
 * Ownership. Every handle that comes out of a function is a new one and belongs to the caller, who
 * gives it to the `_delete` of its kind; two look-ups of one export give two handles. Arguments are
 * borrowed. `_delete` accepts NULL and what was deleted already, never waits and never fails, on
 * whichever thread. Engines and modules are reference-counted inside: delete them in any order.
 * Instances, funcs, memories, tables, globals and tags belong to a store: deleting one frees its
 * handle only, and they become invalid with their store.
 *
 * Errors. A function that can fail returns NULL for success, else an error that belongs to the
 * caller, who gives it to `safewasm_error_delete`. Out-parameters are cleared before anything else
 * is checked. When several arguments are bad, the store is reported last. Only parameters whose
 * description says so may be NULL.
 *
 * Text and bytes go in as pointer and length. Text is UTF-8; a NUL byte in it is a character like
 * any other. Text that comes out has a length and a NUL at its end, and lives until the object that
 * it came from is deleted. A `bool` that goes in may hold any byte: all but 0 are true.
 *
 * Threads. Everything that belongs to no store (engines, modules, configs, types, bytes, views,
 * errors) may be used from any threads at once. A store and what it owns may move between threads,
 * one thread in it at a time; a second one gets an error of kind SAFEWASM_ERROR_STORE_BUSY at once.
 *
 * Process. There is nothing to initialise or shut down. Creating an engine installs handlers for
 * SIGSEGV, SIGILL and SIGFPE; a signal that is no trap of wasm's does what it would have done without
 * them; see safewasm_config_set_signals_based_traps. The program may end (`exit`) while other threads
 * run wasm. While a thread forks, others that make or delete objects wait until `fork` returns. A library
 * once loaded stays in the process.
 *
 * MUST NOT. The library notices everything else. These it can't notice, or not in time:
 *
 * - Pass a data pointer that is neither NULL nor valid for its length during the whole call, or a
 *   struct whose `size` says more than there is.
 * - Use text, bytes or frames of an object after that was deleted; use a cell's `data` after its view
 *   was deleted, or after a call that may have moved the memory.
 * - Touch a memory through a view while another thread runs wasm in its store; touch a shared memory
 *   other than by atomics; have columns of a bulk call in a memory that the calls may grow.
 * - Free an `env`, before its finalizer ran; free an `env` of hooks, or their interrupt flag, before
 *   the engine and all of its stores and modules were deleted and the calls in them have ended.
 * - Leave a host function, hook or finalizer by `longjmp`, or jump over a call of this library, also
 *   from a signal handler. No wasm runs on that thread any more, and what the call had locked stays so.
 * - Switch to another stack in a host function and return from it in another order than that of the
 *   calls, on another thread or on another stack; run wasm on a stack that lies inside of the
 *   thread's own; have hooks report a stack that is larger than it is; lower the limit of the main
 *   thread's stack after its first call.
 * - Call this library from a signal handler that may have interrupted it: it locks and allocates. To
 *   end a call from one, set the interrupt flag of the hooks.
 * - Install handlers for SIGSEGV, SIGILL or SIGFPE that don't pass on what isn't theirs, or while the
 *   first engine is being made; block these signals on a thread after its first call of wasm; give such
 *   a thread a smaller stack for signals than 256 KiB. None of it matters with traps by signals off.
 * - Cancel a thread asynchronously in this library, or enable cancellation in a host function or
 *   finalizer.
 * - Use this library in a child of `vfork`, or fork in a signal handler that interrupted it. Use an engine
 *   of the parent's in a forked child if another thread may have been using references, tables, shared
 *   memories or start functions in it at the fork: such a use may wait for ever. An engine that the child
 *   makes always works.
 */

#ifndef SAFEWASM_H
#define SAFEWASM_H

/* Generated from the library's Rust source by `make header`; do not edit. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define SAFEWASM_MUST_USE __attribute__((warn_unused_result))
#else
#define SAFEWASM_MUST_USE
#endif

// The number of the ABI that this header describes. It changes whenever a program that was built
// against the older one would no longer work; the library's SONAME carries it.
#define SAFEWASM_ABI_VERSION 0

// What kind of error an error is.
typedef enum {
  // A pointer that must not be NULL is.
  SAFEWASM_ERROR_NULL_POINTER = 1,
  // A handle means no living object of the kind that the argument wants.
  SAFEWASM_ERROR_INVALID_HANDLE = 2,
  // An object belongs to another store.
  SAFEWASM_ERROR_WRONG_STORE = 3,
  // An object belongs to another engine.
  SAFEWASM_ERROR_WRONG_ENGINE = 4,
  // The store is in use, on another thread or at a point where it can't be entered.
  SAFEWASM_ERROR_STORE_BUSY = 5,
  // A panic happened inside the store earlier; it can only be deleted.
  SAFEWASM_ERROR_STORE_POISONED = 6,
  // An argument is none of the values that it may have, or text is not UTF-8.
  SAFEWASM_ERROR_INVALID_ARGUMENT = 7,
  // Bytes are not a valid WebAssembly module.
  SAFEWASM_ERROR_INVALID_MODULE = 8,
  // Text is not WebAssembly text; the message has line and column.
  SAFEWASM_ERROR_INVALID_TEXT = 9,
  // An import is missing, or is of another type than the module expects.
  SAFEWASM_ERROR_LINK = 10,
  // There is no export of that name, or nothing at that index.
  SAFEWASM_ERROR_NOT_FOUND = 11,
  // A value or an object is of another type than wanted, or the number of values is wrong.
  SAFEWASM_ERROR_TYPE_MISMATCH = 12,
  // An access goes beyond the end of a memory or table.
  SAFEWASM_ERROR_OUT_OF_BOUNDS = 13,
  // Wasm trapped; `safewasm_error_trap_code` says how, and the frames say where.
  SAFEWASM_ERROR_TRAP = 14,
  // Wasm threw an exception that nothing caught.
  SAFEWASM_ERROR_EXCEPTION = 15,
  // A limit was reached: of memory, of address space, of objects in a store.
  SAFEWASM_ERROR_LIMIT = 16,
  // The operating system refused to read a file; `safewasm_error_os_code` says why.
  SAFEWASM_ERROR_IO = 17,
  // This version of the library can't do that.
  SAFEWASM_ERROR_UNSUPPORTED = 18,
  // No memory or handle was left for an error that says more.
  SAFEWASM_ERROR_OUT_OF_MEMORY = 19,
  // A defect of this library: please report it.
  SAFEWASM_ERROR_INTERNAL = 20,
  // A host function of the program's returned an error that `safewasm_error_new` made.
  SAFEWASM_ERROR_HOST = 21,
  // Another task's call of wasm is suspended in a host function on this thread, and must return
  // first; see `safewasm_hooks_t`.
  SAFEWASM_ERROR_TASK = 22,
  // The compiler refused a module that is valid; the message says why.
  SAFEWASM_ERROR_COMPILER = 23,
} safewasm_error_kind_t;

// How wasm trapped: Wasmtime's trap codes.
typedef enum {
  // The error is no trap.
  SAFEWASM_TRAP_NOT_A_TRAP = 0,
  // The call stack was exhausted.
  SAFEWASM_TRAP_STACK_OVERFLOW = 1,
  // A memory was accessed beyond its end.
  SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS = 2,
  // An atomic access was not aligned.
  SAFEWASM_TRAP_HEAP_MISALIGNED = 3,
  // A table was accessed beyond its end.
  SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS = 4,
  // An indirect call met a null table element.
  SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL = 5,
  // An indirect call met a function of another type.
  SAFEWASM_TRAP_BAD_SIGNATURE = 6,
  // An integer operation overflowed.
  SAFEWASM_TRAP_INTEGER_OVERFLOW = 7,
  // An integer was divided by zero.
  SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO = 8,
  // A float has no integer value.
  SAFEWASM_TRAP_BAD_CONVERSION_TO_INTEGER = 9,
  // An `unreachable` instruction was executed.
  SAFEWASM_TRAP_UNREACHABLE = 10,
  // The call was interrupted.
  SAFEWASM_TRAP_INTERRUPT = 11,
  // The store's fuel was used up.
  SAFEWASM_TRAP_OUT_OF_FUEL = 12,
  // An atomic wait on a memory that is not shared.
  SAFEWASM_TRAP_ATOMIC_WAIT_NON_SHARED_MEMORY = 13,
  // A null reference was used.
  SAFEWASM_TRAP_NULL_REFERENCE = 14,
  // An array was accessed beyond its end.
  SAFEWASM_TRAP_ARRAY_OUT_OF_BOUNDS = 15,
  // An allocation was too large.
  SAFEWASM_TRAP_ALLOCATION_TOO_LARGE = 16,
  // A reference was cast to a type that it is not of.
  SAFEWASM_TRAP_CAST_FAILURE = 17,
  // A suspension has no handler for its tag.
  SAFEWASM_TRAP_UNHANDLED_TAG = 18,
  // A continuation was resumed twice.
  SAFEWASM_TRAP_CONTINUATION_ALREADY_CONSUMED = 19,
  // A trap that this version has no code for; the message says more.
  SAFEWASM_TRAP_OTHER = 255,
} safewasm_trap_code_t;

// How hard the compiler tries.
enum safewasm_opt_level_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Compiles fast; the code is slower.
  SAFEWASM_OPT_LEVEL_NONE = 0,
  // The code is to be fast. The default.
  SAFEWASM_OPT_LEVEL_SPEED = 1,
  // The code is to be fast and small.
  SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum safewasm_opt_level_t safewasm_opt_level_t;
#else
typedef uint32_t safewasm_opt_level_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A proposal to WebAssembly, or a part of it, that can be turned on and off.
enum safewasm_feature_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Functions with several results. On by default, as all of these are but where it says otherwise.
  SAFEWASM_FEATURE_MULTI_VALUE = 0,
  // Instructions that copy and fill memories and tables.
  SAFEWASM_FEATURE_BULK_MEMORY = 1,
  // `externref` and several tables.
  SAFEWASM_FEATURE_REFERENCE_TYPES = 2,
  // Vectors of 128 bits.
  SAFEWASM_FEATURE_SIMD = 3,
  // Vector instructions whose results may differ between machines.
  SAFEWASM_FEATURE_RELAXED_SIMD = 4,
  // Atomic instructions and shared memories; see also `safewasm_config_set_shared_memory`.
  SAFEWASM_FEATURE_THREADS = 5,
  // Calls that take the place of their caller.
  SAFEWASM_FEATURE_TAIL_CALL = 6,
  // Several memories in a module.
  SAFEWASM_FEATURE_MULTI_MEMORY = 7,
  // Memories and tables with 64-bit addresses.
  SAFEWASM_FEATURE_MEMORY64 = 8,
  // More constant expressions.
  SAFEWASM_FEATURE_EXTENDED_CONST = 9,
  // References to functions by their type.
  SAFEWASM_FEATURE_FUNCTION_REFERENCES = 10,
  // Structures, arrays and 31-bit integers that are collected.
  SAFEWASM_FEATURE_GC = 11,
  // Exceptions and tags.
  SAFEWASM_FEATURE_EXCEPTIONS = 12,
  // Pages of other sizes than 64 KiB. Off by default.
  SAFEWASM_FEATURE_CUSTOM_PAGE_SIZES = 13,
  // Arithmetic on 128 bits. Off by default.
  SAFEWASM_FEATURE_WIDE_ARITHMETIC = 14,
  // Continuations. Off by default; this version can't run them, and turned on, no engine can be made.
  SAFEWASM_FEATURE_STACK_SWITCHING = 15,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum safewasm_feature_t safewasm_feature_t;
#else
typedef uint32_t safewasm_feature_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Whose calls a time limit is for.
enum safewasm_timeout_scope_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Those of all tasks.
  SAFEWASM_TIMEOUT_ALL_TASKS = 0,
  // Those of the task that begins it, as the hooks of the engine tell tasks apart; without such hooks,
  // those of all.
  SAFEWASM_TIMEOUT_ONE_TASK = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum safewasm_timeout_scope_t safewasm_timeout_scope_t;
#else
typedef uint32_t safewasm_timeout_scope_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The kind of an import or export.
enum safewasm_externkind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // A function.
  SAFEWASM_EXTERN_FUNC = 1,
  // A memory.
  SAFEWASM_EXTERN_MEMORY = 2,
  // A table.
  SAFEWASM_EXTERN_TABLE = 3,
  // A global.
  SAFEWASM_EXTERN_GLOBAL = 4,
  // A tag.
  SAFEWASM_EXTERN_TAG = 5,
  // A shared memory.
  SAFEWASM_EXTERN_SHARED_MEMORY = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum safewasm_externkind_t safewasm_externkind_t;
#else
typedef uint32_t safewasm_externkind_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The kind of a value or of a value's type.
enum safewasm_valkind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // A 32-bit integer.
  SAFEWASM_VAL_I32 = 1,
  // A 64-bit integer.
  SAFEWASM_VAL_I64 = 2,
  // A 32-bit float.
  SAFEWASM_VAL_F32 = 3,
  // A 64-bit float.
  SAFEWASM_VAL_F64 = 4,
  // A vector of 128 bits.
  SAFEWASM_VAL_V128 = 5,
  // A reference to something other than a function.
  SAFEWASM_VAL_REF = 6,
  // A reference to a function.
  SAFEWASM_VAL_FUNC = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum safewasm_valkind_t safewasm_valkind_t;
#else
typedef uint8_t safewasm_valkind_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a reference refers to.
enum safewasm_heapkind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Not a reference.
  SAFEWASM_HEAP_NOT_A_REFERENCE = 0,
  // Any function.
  SAFEWASM_HEAP_FUNC = 1,
  // Any object of the host's.
  SAFEWASM_HEAP_EXTERN = 2,
  // Any value of wasm's.
  SAFEWASM_HEAP_ANY = 3,
  // Any value that can be compared.
  SAFEWASM_HEAP_EQ = 4,
  // A 31-bit integer.
  SAFEWASM_HEAP_I31 = 5,
  // Any structure.
  SAFEWASM_HEAP_STRUCT = 6,
  // Any array.
  SAFEWASM_HEAP_ARRAY = 7,
  // An exception.
  SAFEWASM_HEAP_EXN = 8,
  // A continuation.
  SAFEWASM_HEAP_CONT = 9,
  // No value of wasm's but null.
  SAFEWASM_HEAP_NONE = 10,
  // No function but null.
  SAFEWASM_HEAP_NOFUNC = 11,
  // No object of the host's but null.
  SAFEWASM_HEAP_NOEXTERN = 12,
  // No exception but null.
  SAFEWASM_HEAP_NOEXN = 13,
  // No continuation but null.
  SAFEWASM_HEAP_NOCONT = 14,
  // A function of one type that the module defines.
  SAFEWASM_HEAP_CONCRETE_FUNC = 15,
  // A structure of one type that the module defines.
  SAFEWASM_HEAP_CONCRETE_STRUCT = 16,
  // An array of one type that the module defines.
  SAFEWASM_HEAP_CONCRETE_ARRAY = 17,
  // An exception of one type that the module defines.
  SAFEWASM_HEAP_CONCRETE_EXN = 18,
  // A continuation of one type that the module defines.
  SAFEWASM_HEAP_CONCRETE_CONT = 19,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum safewasm_heapkind_t safewasm_heapkind_t;
#else
typedef uint8_t safewasm_heapkind_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Bytes of the library's, such as `safewasm_wat2wasm` makes.
typedef struct safewasm_bytes_t safewasm_bytes_t;

// What a host function is called by: gives access to the exports of the calling instance. Valid on
// the thread of the host function until that returns; nobody deletes it.
typedef struct safewasm_caller_t safewasm_caller_t;

// The configuration of an engine: made, set, and given to `safewasm_engine_new`, which consumes it.
typedef struct safewasm_config_t safewasm_config_t;

// An engine: compiles modules. Reference-counted inside, so that it may be deleted before the
// stores and modules made with it. May be used from any threads at once.
typedef struct safewasm_engine_t safewasm_engine_t;

// An error: owned by who received it, who gives it to `safewasm_error_delete`.
typedef struct safewasm_error_t safewasm_error_t;

// The type of an import or export: of a function, memory, table, global or tag.
typedef struct safewasm_externtype_t safewasm_externtype_t;

// A function, which can be called and given to an instance as an import.
typedef struct safewasm_func_t safewasm_func_t;

// The type of a function: its parameters and results.
typedef struct safewasm_functype_t safewasm_functype_t;

// A global: a value that an instance, or the program, shares with others.
typedef struct safewasm_global_t safewasm_global_t;

// An instance: a module that runs in a store, with memories, globals and tables of its own.
typedef struct safewasm_instance_t safewasm_instance_t;

// A pre-instantiation: a module whose imports a linker has settled. May be used from any threads at
// once.
typedef struct safewasm_instancepre_t safewasm_instancepre_t;

// A linker: names for what modules import. May be used from any threads at once. Once it holds an item
// of a store it works with that store only.
typedef struct safewasm_linker_t safewasm_linker_t;

// A memory: of an instance, or of the program.
typedef struct safewasm_memory_t safewasm_memory_t;

// A module: compiled WebAssembly, not yet running. Reference-counted inside, so that it may be
// deleted before its instances. May be used from any threads at once.
typedef struct safewasm_module_t safewasm_module_t;

// A reference that isn't null, to something other than a function: an external reference, a
// structure, an array, a 31-bit integer, an exception. What it refers to stays alive while the
// handle does.
typedef struct safewasm_ref_t safewasm_ref_t;

// A shared memory. Belongs to no store, and is reference-counted inside: instances that import it in
// any store of its engine keep it. May be used from any threads at once; needs
// `safewasm_config_set_shared_memory`.
typedef struct safewasm_sharedmemory_t safewasm_sharedmemory_t;

// A store: the instances, memories, globals, tables and functions of a running program.
//
// A store and what it owns may move between threads, one thread in it at a time; a second one
// gets an error of kind `SAFEWASM_ERROR_STORE_BUSY` at once. The thread that made the store enters it
// fastest, until another one has entered.
typedef struct safewasm_store_t safewasm_store_t;

// A table: a list of references.
typedef struct safewasm_table_t safewasm_table_t;

// A tag: what an exception of wasm's is known by.
typedef struct safewasm_tag_t safewasm_tag_t;

// A view of a memory, made by `safewasm_memory_view`: keeps the memory's mapping until it is
// deleted, and has a cell that says where the memory is.
typedef struct safewasm_view_t safewasm_view_t;

// The values that a bulk call has for one parameter, or room for those of one result: numbers as wide as
// the function's type says (4 bytes for i32 and f32, 8 for i64 and f64, 16 for v128), of any alignment.
typedef struct {
  // The first of them.
  void *data;
  // From one to the next, in bytes: the width if they lie side by side, 0 if all are the same one,
  // negative if they lie backwards.
  ptrdiff_t stride;
} safewasm_column_t;

// The handle in a `safewasm_extern_t`.
typedef union {
  // A function.
  safewasm_func_t *func;
  // A memory.
  safewasm_memory_t *memory;
  // A table.
  safewasm_table_t *table;
  // A global.
  safewasm_global_t *global;
  // A tag.
  safewasm_tag_t *tag;
  // A shared memory.
  safewasm_sharedmemory_t *sharedmemory;
} safewasm_externhandle_t;

// An import or export: a func, memory, table, global, tag or shared memory.
//
// As a result it owns its handle, which `safewasm_extern_delete` deletes, as does the `_delete` of
// its kind. As an argument it is borrowed.
typedef struct {
  // The kind, a `safewasm_externkind_t`: it says which member of `of` counts.
  uint32_t kind;
  // The handle.
  safewasm_externhandle_t of;
} safewasm_extern_t;

// What an engine's pool has room for. 0 stands for what it says.
typedef struct {
  // How many memories there are, of all stores together. A store with references to what is
  // collected, such as external ones, takes one for them. 0: 1000.
  uint32_t total_memories;
  // How many tables there are, of all stores together. 0: 1000.
  uint32_t total_tables;
  // How many memories a module may have of its own. 0: 1.
  uint32_t max_memories_per_module;
  // How many tables a module may have of its own. 0: 1.
  uint32_t max_tables_per_module;
  // How large a memory can become, in bytes. 0: 4 GiB. A memory needs at least 4 GiB of address space
  // all the same.
  size_t max_memory_size;
  // How many elements a table can have. 0: 20,000.
  size_t table_elements;
  // How many bytes of a memory, from its begin, are cleared when its store is freed, and stay for the
  // next; the rest is given back to the system. For some pages clearing is faster. 0: none.
  size_t linear_memory_keep_resident;
} safewasm_pooling_t;

// Text of the library's: UTF-8, `len` bytes and a NUL after them. A NUL may also be within.
//
// Lives until the object that it came from is deleted. `data` is NULL where there is no text.
typedef struct {
  // The first byte.
  const char *data;
  // The length in bytes, without the NUL at the end.
  size_t len;
} safewasm_text_t;

// One frame of a wasm backtrace. A call that the compiler of the module had inlined, as its debug
// info says, is a frame of its own if the config asks for that
// (`safewasm_config_set_backtrace_lines`).
//
// A text of more than 1,000 bytes is cut, and ends in an ellipsis (`…`).
typedef struct {
  // The module's name, if it has one.
  safewasm_text_t module_name;
  // The function's name, from debug info or the module's name section, if it is known.
  safewasm_text_t func_name;
  // The source file, where debug info has it; see `safewasm_config_set_backtrace_lines`.
  safewasm_text_t file;
  // The instruction's offset in the module's bytes; 0 where it is not known.
  uint64_t module_offset;
  // The instruction's offset in the function's body, in bytes; 0 where it is not known.
  uint64_t func_offset;
  // The function's index in its module.
  uint32_t func_index;
  // The line in `file`, from 1; 0 where it is not known.
  uint32_t line;
  // The column in that line, from 1; 0 where it is not known.
  uint32_t column;
} safewasm_frame_t;

// A function that is called with an `env` when the library no longer needs that: exactly once, on
// whichever thread that is, at the latest when the last object that uses it is freed. It may call
// any function of the library; while it runs no other finalizer runs on its thread, those of what it
// deletes come after it; in a host function, with the next one or when the call ends. It MUST NOT throw or `longjmp` out.
typedef void (*safewasm_finalizer_t)(void *env);

// The type of a memory.
typedef struct {
  // The size at the start, in pages.
  uint64_t min;
  // The largest size, in pages, if `has_max`.
  uint64_t max;
  // The size of a page in bytes: 65,536, unless the module says otherwise.
  uint64_t page_size;
  // Whether there is a largest size.
  bool has_max;
  // Whether addresses have 64 bits.
  bool is_64;
  // Whether threads may share the memory.
  bool is_shared;
} safewasm_memorytype_t;

// The type of a value.
typedef struct {
  // A `safewasm_valkind_t`.
  uint8_t kind;
  // For a reference what it refers to, a `safewasm_heapkind_t`; else 0.
  uint8_t heap;
  // Whether the reference may be null; else false.
  bool nullable;
} safewasm_valtype_t;

// The type of a table.
typedef struct {
  // The number of elements at the start.
  uint64_t min;
  // The largest number of elements, if `has_max`.
  uint64_t max;
  // Whether there is a largest number.
  bool has_max;
  // Whether indices have 64 bits.
  bool is_64;
  // The type of the elements.
  safewasm_valtype_t element;
} safewasm_tabletype_t;

// The type of a global.
typedef struct {
  // The type of the value.
  safewasm_valtype_t content;
  // Whether the value can change.
  bool is_mutable;
} safewasm_globaltype_t;

// The payload of a value, and a slot of a slot call: 16 bytes, of which the member of the value's
// kind counts. Slots have no references.
typedef union {
  // A 32-bit integer.
  int32_t i32;
  // A 64-bit integer.
  int64_t i64;
  // A 32-bit float.
  float f32;
  // A 64-bit float.
  double f64;
  // A vector, its bytes in the order in which they lie in a memory.
  uint8_t v128[16];
  // A reference to something other than a function; NULL is a null reference.
  safewasm_ref_t *reference;
  // A reference to a function; NULL is a null reference.
  safewasm_func_t *func;
} safewasm_slot_t;

// A value.
//
// As a result it owns the handle of a reference, which goes to the `_delete` of its kind. As an
// argument it is borrowed.
typedef struct {
  // The kind, a `safewasm_valkind_t`: it says which member of `of` counts.
  uint8_t kind;
  // The value itself.
  safewasm_slot_t of;
} safewasm_val_t;

// A host function that takes and gives values.
//
// `env` is what it was made with, `caller` the way to the calling instance, valid during this call.
// `args` holds `args_len` values, as many and of such kinds as the function's type has parameters;
// references among them are valid during this call, and are not to be deleted. `results` has room
// for `results_len` values, all of which the function sets, to such kinds as its type has results;
// handles of references that it puts there belong to the library from then on.
//
// Returns NULL, or an error, which then belongs to the library: the call of wasm that led here
// fails with it, unless wasm catches it.
//
// It may call any function of the library, also ones that enter the same store. It MUST NOT
// `longjmp` out; if it throws a C++ exception or ends its thread, the process ends.
typedef safewasm_error_t *(*safewasm_callback_t)(void *env,
                                                 safewasm_caller_t *caller,
                                                 const safewasm_val_t *args,
                                                 size_t args_len,
                                                 safewasm_val_t *results,
                                                 size_t results_len);

// A host function of numbers and vectors, in bare slots: the fast way.
//
// As `safewasm_callback_t`, but `slots` holds the arguments and takes the results, each from the
// first slot on; `slots_len` is the larger of the numbers of both. The function's type says which
// member of a slot counts.
typedef safewasm_error_t *(*safewasm_slot_callback_t)(void *env,
                                                      safewasm_caller_t *caller,
                                                      safewasm_slot_t *slots,
                                                      size_t slots_len);

// The task (coroutine, fiber) that runs on the calling thread, as a pointer that tells tasks apart.
// NULL: this thread isn't one of the runtime's; no other hook is called then.
typedef void *(*safewasm_current_task_t)(void *env);

// Called when something begins; what it returns goes to the hook that is called at its end.
typedef ptrdiff_t (*safewasm_begin_t)(void *env);

// Called when something ends, with what the hook returned that was called when it began.
typedef void (*safewasm_end_t)(ptrdiff_t state, void *env);

// The lowest address of the stack of `task`, which is the current task, and in `*size_out` the
// stack's size in bytes. `scratch` is room that the hook may write to. NULL: not known.
typedef const void *(*safewasm_task_stack_t)(void *task, size_t *size_out, int32_t *scratch);

// Where the stack of `task` lies, which is the current task: the lowest address in `*total_start_out`,
// and the one after the highest in `*total_end_out`; both NULL: not known. The part in use, in
// `*active_start_out` and `*active_end_out`, isn't looked at.
typedef void (*safewasm_task_bounds_t)(void *task,
                                       char **active_start_out,
                                       char **active_end_out,
                                       char **total_start_out,
                                       char **total_end_out);

// What a language's runtime wants to be told, and is asked, around calls of wasm: for runtimes with
// a garbage collector or a lock that other threads wait for, with tasks that share a thread, with
// stacks of their own, or with a way of their own to note Ctrl-C.
//
// Each member may be NULL. The functions MUST return, MUST NOT reach a point at which their thread could be
// cancelled (`pthread_cancel`), and MUST NOT call this library, but for what takes no store. They are called on the thread that the call of wasm is on.
typedef struct {
  // The size of this struct in bytes, as the program was compiled with it.
  size_t size;
  // What the functions are called with. It MUST live as long as `interrupt_flag`.
  void *env;
  // Tells tasks apart. With it, a task that calls wasm on a thread where another task's call is
  // suspended in a host function gets an error of kind `SAFEWASM_ERROR_TASK`, and a host function
  // that returns on another thread than it began on ends the process with a message.
  safewasm_current_task_t current_task;
  // Called before wasm runs, for instance to let a garbage collector run meanwhile.
  safewasm_begin_t begin_wasm;
  // Called after wasm ran.
  safewasm_end_t end_wasm;
  // Called before a host function, the first of the program's code that runs then.
  safewasm_begin_t begin_host;
  // Called after a host function.
  safewasm_end_t end_host;
  // Where the current task's stack ends; asked before wasm is entered on another stack than the
  // thread's own. Such a call is refused with an error of kind `SAFEWASM_ERROR_UNSUPPORTED` unless this
  // hook or `task_bounds` knows the stack: wasm would overwrite what lies below it.
  safewasm_task_stack_t task_stack;
  // A flag that isn't 0 while an interrupt of the user's (Ctrl-C) is pending. While wasm runs on
  // the process's main thread, to which runtimes deliver interrupts, the library looks at it about
  // 20 times a second, and ends the call with the trap `SAFEWASM_TRAP_INTERRUPT` if it is set.
  // Without `safewasm_config_set_epoch_interruption` nobody looks at it.
  // It MUST live until the engine, its stores and its modules are deleted and no call runs in them.
  const int32_t *interrupt_flag;
  // As `task_stack`, which isn't asked if this one is set.
  safewasm_task_bounds_t task_bounds;
  // Not 0 if the runtime compiles a host function when that runs for the first time. The clocks of time
  // limits (`safewasm_store_begin_timeout`) stand still during the first run of each host function, in
  // whichever store. Wasm that this host function calls counts for the limits of the store it runs in.
  size_t compiles_late;
} safewasm_hooks_t;

// Where a memory is: read this anew before each access.
//
// The library writes a cell whenever wasm gives control back, so that after a call, and after the
// memory has grown, `data` and `len` are right; when the store is deleted both become 0. A cell is
// never freed, so reading it is always safe. After its view is deleted it may show another
// memory; `generation` has changed then.
typedef struct {
  // The memory's first byte, or NULL when there is no memory any more.
  uint8_t *data;
  // The memory's length in bytes.
  size_t len;
  // Changes when the cell begins to serve another view.
  uint64_t generation;
} safewasm_cell_t;

// What the instances of a module need at their start.
typedef struct {
  // The number of memories that the module defines.
  uint32_t memories;
  // The number of tables that the module defines.
  uint32_t tables;
  // The size of the largest of these memories at the start, in pages.
  uint64_t max_memory_size;
  // The size of the largest of these tables at the start, in elements.
  uint64_t max_table_size;
} safewasm_resources_t;

// What `safewasm_release_later` takes: an element of a list of the program's, which begins where `list`
// points.
typedef struct {
  // The next element of the list, another of these, or NULL at the end; once the library has put this
  // one there.
  void *next;
  // The list: what points to its first element, NULL for none.
  void **list;
} safewasm_released_t;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Calls a function of numbers and vectors `count` times in one go, each time with the next value of each
// column: as a loop over `safewasm_func_call_slots` does, at a smaller cost for each call.
//
// `args` holds `args_len` columns, one for each parameter; `args` may be NULL if `args_len` is 0.
// `results` holds `results_len` columns, one for each result, into which they are written; `results` may be
// NULL if `results_len` is 0. The columns' `data` may be NULL if `count` is 0. Results may take the places
// of arguments, and of later ones: the arguments of a call are read after the results of those before it are
// written, and before its own are. What wasm or a host function would itself read or write there during the
// calls is not specified. A column MUST NOT lie in a memory that the calls may grow.
//
// The calls are made in their order. When one fails, so does this, with that call's error, whose message
// says which it was; the results of those before are there, and those after aren't made.
//
// Errors: null pointer, invalid handle; type mismatch for another number of columns, quoting the function's
// signature; unsupported if it takes or gives references; trap and exception; what a host function returned;
// store busy or poisoned. After a trap the store can be used on.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_call_bulk(safewasm_func_t *func,
                                          size_t count,
                                          const safewasm_column_t *args,
                                          size_t args_len,
                                          const safewasm_column_t *results,
                                          size_t results_len);

// Where the bytes are, and how many.
//
// On success `*data_out` is the first byte and `*len_out` the number of bytes; they live until
// `safewasm_bytes_delete`. On failure they are NULL and 0.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_bytes_data(safewasm_bytes_t *bytes,
                                      const uint8_t **data_out,
                                      size_t *len_out);

// Whether `bytes` is a bytes object that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_bytes_is_valid(safewasm_bytes_t *bytes);

// Deletes `bytes`. NULL and what was deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_bytes_delete(safewasm_bytes_t *bytes);

// Turns WebAssembly text into bytes, without validating the module that it describes.
//
// `text` is UTF-8 of `text_len` bytes.
//
// On success `*bytes_out` is a new bytes object, which belongs to the caller, who gives it to
// `safewasm_bytes_delete`; on failure it is NULL.
//
// Errors: null pointer; invalid argument for what isn't UTF-8; invalid text, whose message has
// the line, the column and, unless it is longer than 1,000 bytes, the line itself with a mark. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wat2wasm(const char *text,
                                    size_t text_len,
                                    safewasm_bytes_t **bytes_out);

// The export called `name`, UTF-8 of `name_len` bytes, of the instance that called the host
// function.
//
// On success `*export_out` is the export with a new handle, which belongs to the caller of this
// function, who gives it to `safewasm_extern_delete`; on failure it is all zero.
//
// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8; not found,
// also if no instance called, but the program itself; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_caller_export(safewasm_caller_t *caller,
                                         const char *name,
                                         size_t name_len,
                                         safewasm_extern_t *export_out);

// Where the memory lies that the calling instance exports as `name`, UTF-8 of `name_len` bytes: for a host
// function that reads or writes much of it, without a handle.
//
// On success `*data_out` is the memory's first byte and `*len_out` its size in bytes; on failure they are
// NULL and 0. They hold until the host function returns, or until something may grow the memory before that:
// a call of wasm in the store, or `safewasm_memory_grow`. Addresses that wasm gave MUST be compared with
// `*len_out` before they are used; `safewasm_memory_read` does so itself.
//
// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8; not found, also if
// no instance called, but the program itself; type mismatch for an export that is no memory; unsupported
// for a shared memory, whose bytes other threads change meanwhile: read it by
// `safewasm_sharedmemory_read`; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_caller_memory(safewasm_caller_t *caller,
                                         const char *name,
                                         size_t name_len,
                                         uint8_t **data_out,
                                         size_t *len_out);

// The store that the host function runs in.
//
// On success `*store_out` is the store's own handle, which still belongs to whoever made the store:
// `safewasm_store_delete` of it deletes the store. On failure it is NULL.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_caller_store(safewasm_caller_t *caller,
                                        safewasm_store_t **store_out);

// Whether `caller` is the caller of a host function that runs on this thread.
//
// Never fails. May be called from any thread.
bool safewasm_caller_is_valid(safewasm_caller_t *caller);

// Creates a config with default settings: optimised for speed, no native debug info, traps by
// signals.
//
// On success `*config_out` is a new config, which belongs to the caller, who gives it to
// `safewasm_engine_new` or `safewasm_config_delete`; on failure it is NULL.
//
// Errors: null pointer, limit.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_config_new(safewasm_config_t **config_out);

// Sets how hard the compiler tries: `level` is one of `SAFEWASM_OPT_LEVEL_NONE`,
// `SAFEWASM_OPT_LEVEL_SPEED` (the default) and `SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE`.
//
// Errors: null pointer, invalid handle; invalid argument for another level.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_opt_level(safewasm_config_t *config,
                                                uint32_t level);

// Sets whether the compiled code carries native debug info, so that a debugger such as gdb shows
// the source lines of wasm. Off by default. Files and lines in backtraces are another setting,
// `safewasm_config_set_backtrace_lines`. What the compiler does with a module's debug info has no bound:
// leave this off for modules that aren't trusted.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_debug_info(safewasm_config_t *config,
                                                 bool enabled);

// Sets whether backtraces have the files and lines, and the inlined calls, that the debug info (DWARF)
// in a module tells of. Off by default.
//
// Whatever a module has as its debug info, reading it takes no more than some tenths of a second and
// some megabytes for each error, on a stack of any size. What would take more is left out, and the
// error's message ends in a note that says so, unless it is the program's own (an error of kind
// `SAFEWASM_ERROR_HOST`). Of a function 32 inlined calls are shown at most, of a backtrace 400.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_backtrace_lines(safewasm_config_t *config,
                                                      bool enabled);

// Sets whether wasm's traps may rely on the signals SIGSEGV, SIGILL and SIGFPE. On by default.
//
// On, the first engine of the process installs handlers for them. What is no fault of wasm's does
// what it would have done without them: a fault of the program, or a signal that was sent, goes to
// the handler that was there before. A program that installs handlers of its own later MUST chain to
// the earlier ones, and MUST NOT install them while the first engine is being made. Off, the
// compiled code checks by itself and is slower; use it where signals are not to be touched, and
// under valgrind.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_signals_based_traps(safewasm_config_t *config,
                                                          bool enabled);

// Turns a proposal to WebAssembly on or off: `feature` is a `safewasm_feature_t`. Modules that use
// what is off are invalid; what the program makes by itself, such as a memory, isn't bound to that.
// What builds on something else that is off makes `safewasm_engine_new`
// fail, and its message says what.
//
// Errors: null pointer, invalid handle; invalid argument for what is no feature.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_feature(safewasm_config_t *config,
                                              uint32_t feature,
                                              bool enabled);

// Sets whether shared memories can be made: memories that several threads use at once, each with a
// store of its own. Off by default. Of Wasmtime's own documentation: "there are enough deficiencies
// in Wasmtime's implementation and API integration that creation of a shared memory is disabled by
// default", and threads are "a tier 2 feature in Wasmtime meaning that it will not receive security
// updates or fixes to historical releases".
//
// A thread of wasm's that waits on a shared memory (`memory.atomic.wait32`, `wait64`) is woken by
// `memory.atomic.notify` and by the wait's own time limit only: no deadline and no interrupt ends it.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_shared_memory(safewasm_config_t *config,
                                                    bool enabled);

// Sets the stack that wasm may use in a call, nested ones included, in bytes; beyond it a call traps
// with `SAFEWASM_TRAP_STACK_OVERFLOW`. 512 KiB by default. A thread must have that much, and some
// for the library and for host functions, left on its stack, or calls are refused with that trap.
//
// Errors: null pointer, invalid handle; invalid argument for less than 4 KiB or more than 1 GiB.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_max_wasm_stack(safewasm_config_t *config,
                                                     size_t max_wasm_stack);

// Sets how large a module may be, in bytes of the binary format; larger ones are refused before they are
// compiled. `SIZE_MAX`, the default, means no limit.
//
// Nothing ends a compilation that has begun, neither a deadline nor `safewasm_store_interrupt`. Its time
// and memory grow with the module, and faster than the size of a function whose loops are nested deep:
// some hundred kilobytes may take seconds. The compiler uses the threads of one pool in the process.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_max_module_size(safewasm_config_t *config,
                                                      size_t max_module_size);

// Sets how many functions a module may define; modules with more are refused before they are compiled.
// `SIZE_MAX`, the default, means no limit. Each function costs some time and memory, however small it
// is. See also `safewasm_config_set_max_module_size`.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_max_module_functions(safewasm_config_t *config,
                                                           size_t max_module_functions);

// Sets whether wasm consumes fuel, which limits how much it can do; see `safewasm_store_set_fuel`.
// Off by default.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_consume_fuel(safewasm_config_t *config,
                                                   bool enabled);

// Sets whether calls can be ended from outside: by `safewasm_store_interrupt`, by a deadline, by
// epochs, by an interrupt flag. Off by default, since wasm then looks at a counter in each loop and
// function.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_epoch_interruption(safewasm_config_t *config,
                                                         bool enabled);

// Whether `config` is a config that was neither deleted nor given to an engine.
//
// Never fails. May be called from any thread.
bool safewasm_config_is_valid(safewasm_config_t *config);

// Deletes `config`. NULL and what was deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_config_delete(safewasm_config_t *config);

// Sets whether instances get their memories and tables from a pool, which `safewasm_engine_new` sets
// aside: a store and its instance are then made and freed in less time, and more threads do so at
// once. Off by default.
//
// `pooling` says what there is room for. `pooling` may be NULL, which turns it off again. A pool of the
// default size takes some 4 TiB of address space, but hardly any memory before it is used. An
// instance for which there is no room is an error of kind `SAFEWASM_ERROR_LIMIT`, and so is a module that
// would never fit; room comes back when a store is freed. What a program makes by itself, such as
// a memory by `safewasm_memory_new`, isn't from the pool, and there are no shared memories in modules.
//
// Errors: null pointer, invalid handle; invalid argument for a size that can't be. When the engine is
// made: limit if there is not so much address space.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_pooling(safewasm_config_t *config,
                                              const safewasm_pooling_t *pooling);

// Panics inside the library, and returns the internal error that the panic becomes.
//
// For those who bring the library into a new runtime: if this comes back, panics are caught
// there, whichever unwinder the process has loaded. If `store` isn't NULL, the panic happens
// inside that store, which is then poisoned: every use of it is an error, until it is deleted.
// `store` may be NULL.
//
// Always returns an error: of kind `SAFEWASM_ERROR_INTERNAL`, or what is wrong with `store`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_provoke_panic(safewasm_store_t *store);

// The version of the library as text, such as "0.1.0": static, with a NUL at its end.
//
// Never fails. May be called from any thread.
const char *safewasm_version(void);

// The number of the library's ABI, to be compared with `SAFEWASM_ABI_VERSION`.
//
// Never fails. May be called from any thread.
uint32_t safewasm_abi_version(void);

// Creates an engine.
//
// `config` says what it is to be like; `config` may be NULL, which means the default settings. The
// config is consumed, also if this fails: its handle is invalid afterwards.
//
// On success `*engine_out` is a new engine, which belongs to the caller, who gives it to
// `safewasm_engine_delete`; on failure it is NULL.
//
// Unless the config says otherwise, installs handlers for SIGSEGV, SIGILL and SIGFPE; see
// `safewasm_config_set_signals_based_traps`.
//
// Errors: null pointer, invalid handle; unsupported if the machine, or this version, can't do what
// the config asks, or if parts of it contradict each other.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_engine_new(safewasm_config_t *config,
                                      safewasm_engine_t **engine_out);

// Whether `engine` is an engine that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_engine_is_valid(safewasm_engine_t *engine);

// Deletes `engine`. NULL and what was deleted already are left alone; stores and modules of the
// engine live on.
//
// Never fails and never waits. May be called from any thread.
void safewasm_engine_delete(safewasm_engine_t *engine);

// What kind of error `error` is: `SAFEWASM_ERROR_INVALID_HANDLE` if it is none.
//
// Never fails. May be called from any thread.
safewasm_error_kind_t safewasm_error_kind(safewasm_error_t *error);

// The message of `error`, in plain words: UTF-8 with a NUL at its end. A name that a module or the
// program chose is cut in it if it has more than 200 bytes, and ends in an ellipsis (`…`) then.
//
// If `len_out` isn't NULL, `*len_out` is the message's length in bytes without that NUL.
// `len_out` may be NULL.
//
// Never NULL and never fails: of an invalid error it is a static text that says so. The text
// lives until `safewasm_error_delete`. May be called from any thread.
const char *safewasm_error_message(safewasm_error_t *error, size_t *len_out);

// How wasm trapped: `SAFEWASM_TRAP_NOT_A_TRAP` if `error` is no trap, or no error.
//
// Never fails. May be called from any thread.
safewasm_trap_code_t safewasm_error_trap_code(safewasm_error_t *error);

// The operating system's error number (`errno`) behind an error of kind `SAFEWASM_ERROR_IO`, else
// 0.
//
// Never fails. May be called from any thread.
int32_t safewasm_error_os_code(safewasm_error_t *error);

// The number of frames of the wasm backtrace of `error`: 0 if it has none, or is no error.
//
// Never fails. May be called from any thread.
size_t safewasm_error_frames_len(safewasm_error_t *error);

// A frame of the wasm backtrace of `error`; frame 0 is where it happened.
//
// On success writes the frame to `*frame_out` and returns true; its texts live until
// `safewasm_error_delete`. Else (`error` is no error, has no frame `index`, or `frame_out` is
// NULL) returns false, and `*frame_out` is all zero.
//
// Never fails otherwise. May be called from any thread.
bool safewasm_error_frame(safewasm_error_t *error, size_t index, safewasm_frame_t *frame_out);

// Creates an error, for a host function to return.
//
// `message` is what to say, UTF-8 of `message_len` bytes. `env` is whatever the program wants to
// find again in the error that comes out of the call of wasm; `env` may be NULL. `finalizer` is
// called with it when no error has it any more; `finalizer` may be NULL. On failure too it is
// called.
//
// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_HOST`, which belongs to the
// caller, who returns it from a host function or gives it to `safewasm_error_delete`; on failure it
// is NULL.
//
// Errors: null pointer; invalid argument for a message that isn't UTF-8; limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_error_new(const char *message,
                                     size_t message_len,
                                     void *env,
                                     safewasm_finalizer_t finalizer,
                                     safewasm_error_t **error_out);

// Creates an error that throws an exception of wasm's, for a host function to return: wasm in the
// exception's store may catch it.
//
// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_EXCEPTION`, which belongs to the
// caller, who returns it from a host function or gives it to `safewasm_error_delete`; on failure it
// is NULL.
//
// Errors: null pointer, invalid handle; type mismatch if `exception` refers to something else; store
// busy or poisoned; limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_error_new_exception(safewasm_ref_t *exception,
                                               safewasm_error_t **error_out);

// The `env` that `error` was made with by `safewasm_error_new`, also if it has come through calls
// of wasm since: NULL if it wasn't, or is no error.
//
// Never fails. May be called from any thread.
void *safewasm_error_env(safewasm_error_t *error);

// The exception of wasm's that `error` reports.
//
// On success `*ref_out` is a new reference to it, which belongs to the caller, who gives it to
// `safewasm_ref_delete`; on failure it is NULL.
//
// Errors: null pointer; invalid handle, also if the exception's store was deleted; not found if
// `error` is of another kind than `SAFEWASM_ERROR_EXCEPTION`; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_error_exception(safewasm_error_t *error,
                                           safewasm_ref_t **ref_out);

// Whether `error` is an error that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_error_is_valid(safewasm_error_t *error);

// Deletes `error`. NULL and what was deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_error_delete(safewasm_error_t *error);

// Deletes the handle in `*item`, whatever its kind, and clears `*item`. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_extern_delete(safewasm_extern_t *item);

// What the type is the type of, a `safewasm_externkind_t`.
//
// On success `*kind_out` is the kind; on failure it is 0.
//
// Errors: null pointer, invalid handle. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_kind(safewasm_externtype_t *externtype,
                                           uint32_t *kind_out);

// The type of a function or tag: a tag's parameters are what it carries.
//
// On success `*functype_out` is a new function type, which belongs to the caller, who gives it to
// `safewasm_functype_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; type mismatch if it is the type of something else. May be
// called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_functype(safewasm_externtype_t *externtype,
                                               safewasm_functype_t **functype_out);

// The type of a memory.
//
// On success `*type_out` is the type; on failure it is all zero.
//
// Errors: null pointer, invalid handle; type mismatch if it is the type of something else. May be
// called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_memorytype(safewasm_externtype_t *externtype,
                                                 safewasm_memorytype_t *type_out);

// The type of a table.
//
// On success `*type_out` is the type; on failure it is all zero.
//
// Errors: null pointer, invalid handle; type mismatch if it is the type of something else. May be
// called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_tabletype(safewasm_externtype_t *externtype,
                                                safewasm_tabletype_t *type_out);

// The type of a global.
//
// On success `*type_out` is the type; on failure it is all zero.
//
// Errors: null pointer, invalid handle; type mismatch if it is the type of something else. May be
// called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_globaltype(safewasm_externtype_t *externtype,
                                                 safewasm_globaltype_t *type_out);

// The type as wasm's text format writes it, such as `(func (param i32 i32) (result i32))`,
// `(memory 1 10)` or `(global (mut i32))`.
//
// On success `*text_out` is the text, which lives until `safewasm_externtype_delete`; on failure
// it is NULL with length 0.
//
// Errors: null pointer, invalid handle. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_text(safewasm_externtype_t *externtype,
                                           safewasm_text_t *text_out);

// Whether `externtype` is an external type that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_externtype_is_valid(safewasm_externtype_t *externtype);

// Deletes `externtype`. NULL and what was deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_externtype_delete(safewasm_externtype_t *externtype);

// Creates a host function: a function of the program's that wasm can call, which takes and gives
// values.
//
// `functype` is its type, of the store's engine. `callback` is called with `env`; `env` may be NULL.
// `finalizer` is called with `env` when the function can't be called any more, at the latest when
// the store is freed; `finalizer` may be NULL. On failure too it is called.
//
// On success `*func_out` is a new func, which belongs to the caller, who gives it to
// `safewasm_func_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, wrong engine, limit, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_new(safewasm_store_t *store,
                                    safewasm_functype_t *functype,
                                    safewasm_callback_t callback,
                                    void *env,
                                    safewasm_finalizer_t finalizer,
                                    safewasm_func_t **func_out);

// Creates a host function of numbers and vectors, which takes and gives slots: the fast way.
//
// As `safewasm_func_new` otherwise: `env` may be NULL, and `finalizer` may be NULL.
//
// On success `*func_out` is a new func, which belongs to the caller, who gives it to
// `safewasm_func_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, wrong engine; unsupported for a type with references; limit,
// store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_new_slots(safewasm_store_t *store,
                                          safewasm_functype_t *functype,
                                          safewasm_slot_callback_t callback,
                                          void *env,
                                          safewasm_finalizer_t finalizer,
                                          safewasm_func_t **func_out);

// The type of a function.
//
// On success `*functype_out` is a new function type, which belongs to the caller, who gives it to
// `safewasm_functype_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_type(safewasm_func_t *func,
                                     safewasm_functype_t **functype_out);

// Calls a function, checking the number and kinds of its arguments.
//
// `args` holds `args_len` values, as many and of such kinds as the function has parameters; `args`
// may be NULL if `args_len` is 0. `results` has room for `results_len` values, as many as the
// function has results; `results` may be NULL if `results_len` is 0. They may overlap.
//
// On success `results` holds the results, in which handles of references belong to the caller; on
// failure all of them are zero, of kind 0.
//
// Errors: null pointer, invalid handle; type mismatch, quoting the function's signature; wrong store
// for a reference of another store; trap and exception; what a host function returned; store busy
// or poisoned. After a trap the store can be used on.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_call(safewasm_func_t *func,
                                     const safewasm_val_t *args,
                                     size_t args_len,
                                     safewasm_val_t *results,
                                     size_t results_len);

// Calls a function whose parameters and results are all numbers or vectors, with the arguments and
// results in bare slots: the fast way.
//
// `slots` holds the arguments and takes the results, each from the first slot on. `slots_len` is
// the larger of the numbers of parameters and of results; `slots` may be NULL if `slots_len` is 0.
// Which member of a slot counts is for the function's type to say, which doesn't change: look at
// it once, with `safewasm_func_type`.
//
// A call that is refused leaves the slots as they were; after a trap what is in them is not
// specified.
//
// Errors: null pointer, invalid handle; type mismatch for another number of slots, quoting the
// function's signature; trap and exception; what a host function returned; unsupported for a
// function with references; store busy or poisoned. After a trap the store can be used on.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_call_slots(safewasm_func_t *func,
                                           safewasm_slot_t *slots,
                                           size_t slots_len);

// Another handle of the same function: for a host function that keeps one of its arguments.
//
// On success `*func_out` is a new func, which belongs to the caller, who gives it to
// `safewasm_func_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, limit, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_clone(safewasm_func_t *func,
                                      safewasm_func_t **func_out);

// Whether two handles of one store mean the same function. A function that came by another instance,
// which imported it, or twice out of a linker, may count as another.
//
// On success `*same_out` is 1 if they do, else 0; on failure it is 0.
//
// Errors: null pointer, invalid handle; wrong store; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_same(safewasm_func_t *func,
                                     safewasm_func_t *other,
                                     uint32_t *same_out);

// Whether `func` is a func that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_func_is_valid(safewasm_func_t *func);

// Deletes the handle `func`; the function itself lives as long as its store. NULL and what was
// deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_func_delete(safewasm_func_t *func);

// Creates a function type.
//
// `params` holds the types of `params_len` parameters, and `results` those of `results_len`
// results; `params` may be NULL if `params_len` is 0, and `results` may be NULL if `results_len` is
// 0. Types that a module defines can't be described so: take the function type of the module's
// import or export.
//
// On success `*functype_out` is a new function type, which belongs to the caller, who gives it to
// `safewasm_functype_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid argument for what is no type.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_new(safewasm_engine_t *engine,
                                        const safewasm_valtype_t *params,
                                        size_t params_len,
                                        const safewasm_valtype_t *results,
                                        size_t results_len,
                                        safewasm_functype_t **functype_out);

// The number of parameters.
//
// On success `*len_out` is the number; on failure it is 0.
//
// Errors: null pointer, invalid handle. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_params_len(safewasm_functype_t *functype,
                                               size_t *len_out);

// The type of the parameter at `index`, from 0.
//
// On success `*type_out` is the type; on failure it is all zero.
//
// Errors: null pointer, invalid handle, not found. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_param(safewasm_functype_t *functype,
                                          size_t index,
                                          safewasm_valtype_t *type_out);

// The number of results.
//
// On success `*len_out` is the number; on failure it is 0.
//
// Errors: null pointer, invalid handle. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_results_len(safewasm_functype_t *functype,
                                                size_t *len_out);

// The type of the result at `index`, from 0.
//
// On success `*type_out` is the type; on failure it is all zero.
//
// Errors: null pointer, invalid handle, not found. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_result(safewasm_functype_t *functype,
                                           size_t index,
                                           safewasm_valtype_t *type_out);

// The type as text, such as `(i32, i32) -> i32`.
//
// On success `*text_out` is the text, which lives until `safewasm_functype_delete`; on failure it
// is NULL with length 0.
//
// Errors: null pointer, invalid handle. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_text(safewasm_functype_t *functype,
                                         safewasm_text_t *text_out);

// Whether `functype` is a function type that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_functype_is_valid(safewasm_functype_t *functype);

// Deletes `functype`. NULL and what was deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_functype_delete(safewasm_functype_t *functype);

// Creates a global of type `*globaltype` with the value `*initial`, which is borrowed.
//
// On success `*global_out` is a new global, which belongs to the caller, who gives it to
// `safewasm_global_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid argument for a type that is none, and
// for types that a module defines, which can't be described; type mismatch for
// a value of another type; wrong store for a reference of another store; limit, store busy or
// poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_global_new(safewasm_store_t *store,
                                      const safewasm_globaltype_t *globaltype,
                                      const safewasm_val_t *initial,
                                      safewasm_global_t **global_out);

// The type of a global.
//
// On success `*type_out` is the type; on failure it is all zero.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_global_type(safewasm_global_t *global,
                                       safewasm_globaltype_t *type_out);

// The value of a global.
//
// On success `*value_out` is the value, in which the handle of a reference belongs to the caller; on
// failure it is all zero, of kind 0.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_global_get(safewasm_global_t *global,
                                      safewasm_val_t *value_out);

// Sets the value of a global to `*value`, which is borrowed.
//
// Errors: null pointer, invalid handle; type mismatch for a value of another type, and for a global
// that is immutable; wrong store for a reference of another store; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_global_set(safewasm_global_t *global,
                                      const safewasm_val_t *value);

// Whether `global` is a global that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_global_is_valid(safewasm_global_t *global);

// Deletes the handle `global`; the global itself lives as long as its store. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_global_delete(safewasm_global_t *global);

// A finalizer for runtimes that can't run code of theirs in one: puts `env`, which points to a
// `safewasm_released_t`, at the begin of its list, atomically. Give it, with such an `env`, where a
// `safewasm_finalizer_t` is wanted; take the list with an atomic exchange of `*list` with NULL.
// `env` may be NULL, which does nothing.
//
// `env` and its list MUST live until then. Never fails. May be called from any thread.
void safewasm_release_later(void *env);

// Sets the hooks that engines made with `config`, and their stores, call.
//
// `*hooks` is copied. `hooks->size` says how much of it there is.
//
// Errors: null pointer, invalid handle; invalid argument for a size that can't be.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_hooks(safewasm_config_t *config,
                                            const safewasm_hooks_t *hooks);

// Creates an instance of `module` in `store`.
//
// `imports` holds `imports_len` externs of the same store, in the order of the module's imports;
// `imports` may be NULL if `imports_len` is 0. Runs the module's start function, so it can trap.
// A store takes 10,000 instances; what they use is freed with the store.
//
// On success `*instance_out` is a new instance, which belongs to the caller, who gives it to
// `safewasm_instance_delete`; it is valid until then or until `store` is deleted. On failure it is
// NULL.
//
// Errors: null pointer, invalid handle; wrong store for an import of another store, wrong engine
// for a module of another engine than the store's; link, naming the imports that are missing or the one
// of another type; trap and exception from the start function; unsupported for a module with a shared memory
// if the engine's config has none; limit; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_new(safewasm_store_t *store,
                                        safewasm_module_t *module,
                                        const safewasm_extern_t *imports,
                                        size_t imports_len,
                                        safewasm_instance_t **instance_out);

// The number of the instance's exports.
//
// On success `*len_out` is the number; on failure it is 0.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_exports_len(safewasm_instance_t *instance,
                                                size_t *len_out);

// The export called `name`, UTF-8 of `name_len` bytes.
//
// On success `*export_out` is the export with a new handle, which belongs to the caller, who gives
// it to `safewasm_extern_delete`; on failure it is all zero.
//
// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8; not found,
// with the names that there are; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_export(safewasm_instance_t *instance,
                                           const char *name,
                                           size_t name_len,
                                           safewasm_extern_t *export_out);

// The export at `index`, from 0, in the module's order.
//
// On success `*export_out` is the export with a new handle, which belongs to the caller, who gives
// it to `safewasm_extern_delete`; on failure it is all zero. `safewasm_module_export` of the
// module (`safewasm_instance_module`) gives the name.
//
// Errors: null pointer, invalid handle, not found, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_export_at(safewasm_instance_t *instance,
                                              size_t index,
                                              safewasm_extern_t *export_out);

// The module that the instance was made from.
//
// On success `*module_out` is a new handle of it, which belongs to the caller, who gives it to
// `safewasm_module_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_module(safewasm_instance_t *instance,
                                           safewasm_module_t **module_out);

// Whether `instance` is an instance that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_instance_is_valid(safewasm_instance_t *instance);

// Deletes the handle `instance`; the instance itself lives as long as its store. NULL and what was
// deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_instance_delete(safewasm_instance_t *instance);

// Creates an instance in `store`. Runs the module's start function, so it can trap.
//
// On success `*instance_out` is a new instance, which belongs to the caller, who gives it to
// `safewasm_instance_delete`; it is valid until then or until `store` is deleted. On failure it is
// NULL.
//
// Errors: null pointer, invalid handle; wrong store if imports belong to another; wrong engine; trap
// and exception from the start function; unsupported for a module with a shared memory if the engine's
// config has none; limit; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instancepre_instantiate(safewasm_instancepre_t *instancepre,
                                                   safewasm_store_t *store,
                                                   safewasm_instance_t **instance_out);

// Whether `instancepre` is a pre-instantiation that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_instancepre_is_valid(safewasm_instancepre_t *instancepre);

// Deletes `instancepre`. NULL and what was deleted already are left alone; instances made with it live
// on.
//
// Never fails and never waits. May be called from any thread.
void safewasm_instancepre_delete(safewasm_instancepre_t *instancepre);

// Sets the fuel that wasm in `store` has: about one unit for each instruction. A call that has none
// left ends with the trap `SAFEWASM_TRAP_OUT_OF_FUEL`, also if it ran out earlier. A new store has
// none. What was consumed so far is forgotten.
//
// A call that is interrupted, or traps, takes all the fuel that is left, as what it consumed isn't known.
// These ends take only what was consumed: a return, an error of a host function, an exception, and the
// traps `SAFEWASM_TRAP_UNREACHABLE`, `SAFEWASM_TRAP_STACK_OVERFLOW`,
// `SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL` and `SAFEWASM_TRAP_BAD_SIGNATURE`.
//
// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
// or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_fuel(safewasm_store_t *store,
                                          uint64_t fuel);

// Adds to the fuel that wasm in `store` has, up to `UINT64_MAX`.
//
// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
// or poisoned.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_store_add_fuel(safewasm_store_t *store, uint64_t fuel);

// The fuel that wasm in `store` has left.
//
// On success `*fuel_out` is that; on failure it is 0.
//
// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
// or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_fuel(safewasm_store_t *store,
                                      uint64_t *fuel_out);

// The fuel that wasm in `store` has consumed since `safewasm_store_set_fuel`, up to `UINT64_MAX`.
//
// On success `*fuel_out` is that; on failure it is 0.
//
// Errors: null pointer, invalid handle; unsupported if the engine's config has no fuel; store busy
// or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_fuel_consumed(safewasm_store_t *store,
                                               uint64_t *fuel_out);

// Sets how many bytes all memories of the store may have together; `UINT64_MAX`, as at the start,
// means as many as there are. Growing beyond it fails: `memory.grow` gives -1, an instance or memory
// that needs more is an error of kind `SAFEWASM_ERROR_LIMIT`. What the store has already stays.
// Structures and arrays of wasm's count too, with the heap that they are in. Shared memories, which
// belong to no store, don't, but for those that a module of the store defines, at their start.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_memory_limit(safewasm_store_t *store,
                                                  uint64_t bytes);

// Sets how many elements all tables of the store may have together; `UINT64_MAX`, as at the start,
// means as many as there are. Growing beyond it fails: `table.grow` gives -1, an instance or table
// that needs more is an error of kind `SAFEWASM_ERROR_LIMIT`. What the store has already stays.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_table_limit(safewasm_store_t *store,
                                                 uint64_t elements);

// Sets how many instances may be made in the store: 10,000 at the start. One more is an error of
// kind `SAFEWASM_ERROR_LIMIT`. Those whose handles were deleted count, as they live on in the store;
// so does each call of a command (see `safewasm_linker_define_module`).
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_instance_limit(safewasm_store_t *store,
                                                    uint64_t instances);

// Creates a linker of `engine`.
//
// On success `*linker_out` is a new linker, which belongs to the caller, who gives it to
// `safewasm_linker_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_new(safewasm_engine_t *engine,
                                      safewasm_linker_t **linker_out);

// Sets whether a name may be defined anew, which then takes the place of its earlier definition. Off
// at the start: a name that is defined twice is an error.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_allow_shadowing(safewasm_linker_t *linker,
                                                  bool allowed);

// Defines `*item`, an item of `store`, which is borrowed, as the import called `name`, UTF-8 of
// `name_len` bytes, of the module called `module_name`, UTF-8 of `module_name_len` bytes. From now on the
// linker works with `store` only.
//
// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8 or is defined
// already; wrong store for an item of another store, or for a linker that holds such items; wrong
// engine; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define(safewasm_linker_t *linker,
                                         safewasm_store_t *store,
                                         const char *module_name,
                                         size_t module_name_len,
                                         const char *name,
                                         size_t name_len,
                                         const safewasm_extern_t *item);

// Defines a host function that takes and gives values, as the import called `name`, UTF-8 of
// `name_len` bytes, of the module called `module_name`, UTF-8 of `module_name_len` bytes. It belongs to no
// store.
//
// `functype`, `callback`, `env` and `finalizer` are as for `safewasm_func_new`; `env` may be NULL, and
// `finalizer` may be NULL. The function lives as long as the linker, what was pre-instantiated with
// it, and the stores that it was instantiated in.
//
// Errors: null pointer, invalid handle, wrong engine; invalid argument for a name that isn't UTF-8 or
// is defined already; limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_func(safewasm_linker_t *linker,
                                              const char *module_name,
                                              size_t module_name_len,
                                              const char *name,
                                              size_t name_len,
                                              safewasm_functype_t *functype,
                                              safewasm_callback_t callback,
                                              void *env,
                                              safewasm_finalizer_t finalizer);

// Defines a host function of numbers and vectors, which takes and gives slots: the fast way.
//
// As `safewasm_linker_define_func` otherwise: `env` may be NULL, and `finalizer` may be NULL.
//
// Errors: null pointer, invalid handle, wrong engine; invalid argument for a name that isn't UTF-8 or
// is defined already; unsupported for a type with references; limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_func_slots(safewasm_linker_t *linker,
                                                    const char *module_name,
                                                    size_t module_name_len,
                                                    const char *name,
                                                    size_t name_len,
                                                    safewasm_functype_t *functype,
                                                    safewasm_slot_callback_t callback,
                                                    void *env,
                                                    safewasm_finalizer_t finalizer);

// Defines all that `instance` exports, as the imports of the module called `module_name`, UTF-8 of
// `module_name_len` bytes. From now on the linker works with the instance's store only.
//
// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8, and if one of the
// exports is defined already, then none is defined; wrong store, wrong engine; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_instance(safewasm_linker_t *linker,
                                                  const char *module_name,
                                                  size_t module_name_len,
                                                  safewasm_instance_t *instance);

// Defines what `module` exports, as the imports of the module called `module_name`, UTF-8 of
// `module_name_len` bytes. From now on the linker works with `store` only.
//
// A module that exports `_start` is a command: each call of one of its functions makes an instance of
// its own, which counts for good among those of the store; only functions are defined. Any other is a reactor: it is instantiated here and now, in `store`, its function
// `_initialize` is called if it exports one, and its exports are defined.
//
// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8, and if one of the
// exports is defined already; link, naming the imports that are missing or the one of another type; trap and
// exception of a reactor; invalid module for one that exports both functions, or one of them with
// parameters or results; unsupported for one with a shared memory if the engine's config has none; wrong
// store, wrong engine; limit, store busy or poisoned. Then nothing is defined.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_module(safewasm_linker_t *linker,
                                                safewasm_store_t *store,
                                                const char *module_name,
                                                size_t module_name_len,
                                                safewasm_module_t *module);

// Defines each function that `module` imports and that isn't defined as one that traps when it is
// called. The message of the trap names it.
//
// Errors: null pointer, invalid handle, wrong engine, limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_unknown_imports_as_traps(safewasm_linker_t *linker,
                                                                  safewasm_module_t *module);

// Defines each import of `module` that isn't defined, in `store`: a function as one that returns
// zeros and null references, anything else as a new one of its type with zeros and null references
// in it. From now on the linker works with `store` only.
//
// Errors: null pointer, invalid handle; link for a type without such a value; wrong store, wrong
// engine; limit, store busy or poisoned. Then nothing is defined.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_unknown_imports_as_default_values(safewasm_linker_t *linker,
                                                                           safewasm_store_t *store,
                                                                           safewasm_module_t *module);

// Creates an instance of `module` in `store`, with imports that the linker has. Runs the module's
// start function, so it can trap.
//
// On success `*instance_out` is a new instance, which belongs to the caller, who gives it to
// `safewasm_instance_delete`; it is valid until then or until `store` is deleted. On failure it is
// NULL.
//
// Errors: null pointer, invalid handle; link, naming the imports that are missing or the one of another
// type, and near names; wrong store for a linker with items of another; wrong engine; trap and exception
// from the start function; unsupported for a module with a shared memory if the engine's config has
// none; limit; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_instantiate(safewasm_linker_t *linker,
                                              safewasm_store_t *store,
                                              safewasm_module_t *module,
                                              safewasm_instance_t **instance_out);

// Does everything that can be done before `module` is instantiated, once for many instances: its
// imports are looked up and their types compared. What is defined in the linker later has no effect
// on it. Of a memory or table that the linker has, the size is compared that it had when it was defined,
// or when an instance was last made with it.
//
// On success `*instancepre_out` is a new pre-instantiation, which belongs to the caller, who gives it
// to `safewasm_instancepre_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; link, naming the imports that are missing or the one of another
// type, and near names; wrong engine; limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_instantiate_pre(safewasm_linker_t *linker,
                                                  safewasm_module_t *module,
                                                  safewasm_instancepre_t **instancepre_out);

// What is defined as `name`, UTF-8 of `name_len` bytes, of the module called `module_name`, UTF-8 of
// `module_name_len` bytes, as an item of `store`.
//
// On success `*item_out` is the item with a new handle, which belongs to the caller, who gives it to
// `safewasm_extern_delete`; on failure it is all zero.
//
// Errors: null pointer, invalid handle; invalid argument for a name that isn't UTF-8; not found, with
// near names; wrong store, wrong engine; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_get(safewasm_linker_t *linker,
                                      safewasm_store_t *store,
                                      const char *module_name,
                                      size_t module_name_len,
                                      const char *name,
                                      size_t name_len,
                                      safewasm_extern_t *item_out);

// The number of definitions in the linker.
//
// On success `*len_out` is that; on failure it is 0.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_linker_len(safewasm_linker_t *linker, size_t *len_out);

// The definition at `index`, from 0, in the order in which they were made; one that was shadowed is in
// the place of the first of its name.
//
// On success `*module_name_out` and `*name_out` are its names, both living until
// `safewasm_linker_delete`, and `*type_out` is its type, new, which belongs to the caller, who gives it
// to `safewasm_externtype_delete`. On failure all are NULL.
//
// Errors: null pointer, invalid handle, not found.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_definition(safewasm_linker_t *linker,
                                             size_t index,
                                             safewasm_text_t *module_name_out,
                                             safewasm_text_t *name_out,
                                             safewasm_externtype_t **type_out);

// Whether `linker` is a linker that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_linker_is_valid(safewasm_linker_t *linker);

// Deletes `linker`. NULL and what was deleted already are left alone; instances made with it live on.
//
// Never fails and never waits. May be called from any thread.
void safewasm_linker_delete(safewasm_linker_t *linker);

// Creates a memory of type `*memorytype`, all zero. A `page_size` of 0 means 65,536.
//
// On success `*memory_out` is a new memory, which belongs to the caller, who gives it to
// `safewasm_memory_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid argument for a type that can't be, and for a shared
// one; limit, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_new(safewasm_store_t *store,
                                      const safewasm_memorytype_t *memorytype,
                                      safewasm_memory_t **memory_out);

// Adds `delta` pages, all zero, to a memory.
//
// On success `*previous_out` is the size in pages before; on failure it is 0. The memory may move:
// read the cells of its views anew.
//
// Errors: null pointer, invalid handle; limit beyond the memory's maximum or the store's limit; store
// busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_grow(safewasm_memory_t *memory,
                                       uint64_t delta,
                                       uint64_t *previous_out);

// The type of a memory.
//
// On success `*type_out` is the type; its `min` is the size in pages that the memory has now. On
// failure it is all zero.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_type(safewasm_memory_t *memory,
                                       safewasm_memorytype_t *type_out);

// The length of a memory in bytes.
//
// On success `*len_out` is the length; on failure it is 0.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_memory_len(safewasm_memory_t *memory, size_t *len_out);

// Copies bytes out of a memory: `len` bytes from `address` on, counted from 0, to `data`.
//
// `data` may be NULL if `len` is 0, and may lie in the memory itself. On failure nothing is
// written.
//
// Errors: null pointer, invalid handle; out of bounds if not all of them lie in the memory; store
// busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_read(safewasm_memory_t *memory,
                                       uint64_t address,
                                       uint8_t *data,
                                       size_t len);

// Copies bytes into a memory: `len` bytes at `data`, to `address` on, counted from 0.
//
// `data` may be NULL if `len` is 0, and may lie in the memory itself. On failure nothing is
// written.
//
// Errors: null pointer, invalid handle; out of bounds if not all of them fit; store busy or
// poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_write(safewasm_memory_t *memory,
                                        uint64_t address,
                                        const uint8_t *data,
                                        size_t len);

// Opens a view of a memory, to read and write it without a call.
//
// On success `*view_out` is a new view, which belongs to the caller, who gives it to
// `safewasm_view_delete`, and `*cell_out` is its cell, which says where the memory is. On failure
// both are NULL.
//
// Read the cell anew after each call into the library: the memory may have grown and moved. While
// a thread runs wasm in the store, other threads MUST NOT touch the memory through the view.
// The mapping lives until the view is deleted, even if the store is deleted before; the cell is 0
// then.
//
// Errors: null pointer, invalid handle, limit, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_view(safewasm_memory_t *memory,
                                       safewasm_view_t **view_out,
                                       const safewasm_cell_t **cell_out);

// Whether `memory` is a memory that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_memory_is_valid(safewasm_memory_t *memory);

// Deletes the handle `memory`; the memory itself lives as long as its store. NULL and what was
// deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_memory_delete(safewasm_memory_t *memory);

// Compiles a module from its bytes.
//
// `bytes` is a module in the binary format, of `bytes_len` bytes; it isn't used afterwards.
//
// On success `*module_out` is a new module, which belongs to the caller, who gives it to
// `safewasm_module_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid module, with the offset of what is wrong; compiler
// for a valid module that the compiler refuses; limit if the module is larger than the config allows, if no
// thread is left to compile on, or no memory for the code.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_new(safewasm_engine_t *engine,
                                      const uint8_t *bytes,
                                      size_t bytes_len,
                                      safewasm_module_t **module_out);

// Compiles a module from its text.
//
// `text` is a module in the text format, UTF-8 of `text_len` bytes; it isn't used afterwards.
//
// On success `*module_out` is a new module, which belongs to the caller, who gives it to
// `safewasm_module_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid argument for what isn't UTF-8; invalid text, with
// line and column; invalid module; compiler for a valid module that the compiler refuses; limit if the module is
// larger than the config allows, if no thread is left to compile on, or no memory for the code.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_new_text(safewasm_engine_t *engine,
                                           const char *text,
                                           size_t text_len,
                                           safewasm_module_t **module_out);

// Compiles a module from a file: in the binary format if it begins as that does, else as text.
//
// `path` is UTF-8 of `path_len` bytes.
//
// On success `*module_out` is a new module, which belongs to the caller, who gives it to
// `safewasm_module_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid argument for what isn't UTF-8; I/O, with the
// operating system's number; invalid text, with line and column; invalid module; compiler for a
// valid module that the compiler refuses; limit if the module is larger than the config allows, if no
// thread is left to compile on, or no memory for the code.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_new_file(safewasm_engine_t *engine,
                                           const char *path,
                                           size_t path_len,
                                           safewasm_module_t **module_out);

// Checks that bytes are a valid module for `engine`, without compiling it.
//
// `bytes` is a module in the binary format, of `bytes_len` bytes.
//
// Returns NULL if it is valid. Errors: null pointer, invalid handle; invalid module, with the
// offset of what is wrong.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_validate(safewasm_engine_t *engine,
                                           const uint8_t *bytes,
                                           size_t bytes_len);

// The number of the module's imports.
//
// On success `*len_out` is the number; on failure it is 0.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_imports_len(safewasm_module_t *module,
                                              size_t *len_out);

// The import at `index`, from 0, in the module's order.
//
// On success `*module_name_out` is the name of the module that it is to come from, `*name_out` its
// name there, both living until `safewasm_module_delete`; and `*type_out` is its type, new, which
// belongs to the caller, who gives it to `safewasm_externtype_delete`. On failure all are NULL.
//
// Errors: null pointer, invalid handle, not found.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_import(safewasm_module_t *module,
                                         size_t index,
                                         safewasm_text_t *module_name_out,
                                         safewasm_text_t *name_out,
                                         safewasm_externtype_t **type_out);

// The number of the module's exports.
//
// On success `*len_out` is the number; on failure it is 0.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_exports_len(safewasm_module_t *module,
                                              size_t *len_out);

// The export at `index`, from 0, in the module's order.
//
// On success `*name_out` is its name, which lives until `safewasm_module_delete`, and `*type_out`
// its type, new, which belongs to the caller, who gives it to `safewasm_externtype_delete`. On
// failure both are NULL.
//
// Errors: null pointer, invalid handle, not found.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_export(safewasm_module_t *module,
                                         size_t index,
                                         safewasm_text_t *name_out,
                                         safewasm_externtype_t **type_out);

// The module's name, from its name section.
//
// On success `*name_out` is the name, which lives until `safewasm_module_delete`, or NULL with length
// 0 if it has none; on failure too.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_name(safewasm_module_t *module,
                                       safewasm_text_t *name_out);

// The number of the module's custom sections.
//
// On success `*len_out` is the number; on failure it is 0.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_custom_sections_len(safewasm_module_t *module,
                                                      size_t *len_out);

// The custom section at `index`, from 0, in the module's order. Several may have one name.
//
// On success `*name_out` is its name, `*data_out` the first of its bytes, NULL if it has none, and
// `*len_out` their number, all of which live until `safewasm_module_delete`. On failure they are NULL and 0.
//
// Errors: null pointer, invalid handle, not found.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_custom_section(safewasm_module_t *module,
                                                 size_t index,
                                                 safewasm_text_t *name_out,
                                                 const uint8_t **data_out,
                                                 size_t *len_out);

// What an instance of the module needs at its start.
//
// On success `*resources_out` says that; on failure it is all zero.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_resources(safewasm_module_t *module,
                                            safewasm_resources_t *resources_out);

// Whether `module` is a module that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_module_is_valid(safewasm_module_t *module);

// Deletes `module`. NULL and what was deleted already are left alone; instances of the module live
// on.
//
// Never fails and never waits. May be called from any thread.
void safewasm_module_delete(safewasm_module_t *module);

// Creates an external reference: something of the host's that wasm can hold and give back, but not
// look into.
//
// `env` is what it refers to; the library only passes it on. `env` may be NULL. `finalizer` is
// called with it when neither wasm nor a handle can reach the reference any more and a collection
// has found that out: before the next host function in the store is called, when
// `safewasm_store_collect` returns, or when the thread leaves the store, at the latest with the store; `finalizer` may be NULL. On failure too it is
// called.
//
// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
// `safewasm_ref_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, limit, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_extern(safewasm_store_t *store,
                                          void *env,
                                          safewasm_finalizer_t finalizer,
                                          safewasm_ref_t **ref_out);

// The `env` that an external reference was made with.
//
// On success `*env_out` is that; on failure it is NULL.
//
// Errors: null pointer, invalid handle; type mismatch if `reference` is none of the host's own; store
// busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_env(safewasm_ref_t *reference,
                                   void **env_out);

// Creates a reference to a 31-bit integer: the low 31 bits of `value`.
//
// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
// `safewasm_ref_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, limit, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_i31(safewasm_store_t *store,
                                       uint32_t value,
                                       safewasm_ref_t **ref_out);

// The value of a reference to a 31-bit integer, as an unsigned one.
//
// On success `*value_out` is the value; on failure it is 0.
//
// Errors: null pointer, invalid handle; type mismatch if `reference` refers to something else; store
// busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_i31(safewasm_ref_t *reference,
                                   uint32_t *value_out);

// Creates an exception of wasm's with `tag`, which carries `fields_len` values at `fields`, as many
// and of such kinds as the tag's type has parameters; `fields` may be NULL if `fields_len` is 0. They
// are borrowed. See `safewasm_error_new_exception` for how to throw it.
//
// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
// `safewasm_ref_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; type mismatch for other values than the tag's; wrong store
// for a reference of another store; limit, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_exception(safewasm_tag_t *tag,
                                             const safewasm_val_t *fields,
                                             size_t fields_len,
                                             safewasm_ref_t **ref_out);

// The tag of an exception.
//
// On success `*tag_out` is a new handle of the tag, which belongs to the caller, who gives it to
// `safewasm_tag_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; type mismatch if `reference` refers to something else; store
// busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_tag(safewasm_ref_t *reference,
                                   safewasm_tag_t **tag_out);

// The number of values in what a reference refers to: what an exception carries, the fields of a
// structure, the elements of an array; 0 for anything else.
//
// On success `*len_out` is that; on failure it is 0.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_fields_len(safewasm_ref_t *reference,
                                          size_t *len_out);

// The value at `index`, from 0, in what a reference refers to: an exception, a structure or an array.
// Fields of 8 and 16 bits are given as an i32 whose other bits are 0.
//
// On success `*value_out` is the value, in which the handle of a reference belongs to the caller; on
// failure it is all zero, of kind 0.
//
// Errors: null pointer, invalid handle, not found, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_field(safewasm_ref_t *reference,
                                     size_t index,
                                     safewasm_val_t *value_out);

// What a reference refers to, as a type: that of the object itself.
//
// On success `*type_out` is the type; on failure it is all zero.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_type(safewasm_ref_t *reference,
                                    safewasm_valtype_t *type_out);

// Whether two references of one store refer to the same object. An object that wasm converted between
// `anyref` and `externref` counts as another.
//
// On success `*same_out` is 1 if they do, else 0; on failure it is 0.
//
// Errors: null pointer, invalid handle; wrong store; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_same(safewasm_ref_t *reference,
                                    safewasm_ref_t *other,
                                    uint32_t *same_out);

// Another handle of the same reference: for a host function that keeps one of its arguments.
//
// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
// `safewasm_ref_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, limit, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_clone(safewasm_ref_t *reference,
                                     safewasm_ref_t **ref_out);

// Whether `reference` is a reference that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_ref_is_valid(safewasm_ref_t *reference);

// Deletes the handle `reference`; what it refers to lives as long as wasm or another handle can
// reach it. NULL and what was deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_ref_delete(safewasm_ref_t *reference);

// Creates a shared memory of type `*memorytype`, which has a maximum and is shared.
//
// On success `*sharedmemory_out` is a new shared memory, which belongs to the caller, who gives it to
// `safewasm_sharedmemory_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid argument for a type that can't be; unsupported if the
// engine's config has no shared memory; limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_new(safewasm_engine_t *engine,
                                            const safewasm_memorytype_t *memorytype,
                                            safewasm_sharedmemory_t **sharedmemory_out);

// The type of a shared memory.
//
// On success `*type_out` is the type; its `min` is the size in pages that the memory has now. On
// failure it is all zero.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_type(safewasm_sharedmemory_t *sharedmemory,
                                             safewasm_memorytype_t *type_out);

// The bytes of a shared memory: where they are, and how many there are now.
//
// On success `*data_out` is the first byte and `*len_out` their number; on failure they are NULL and 0.
// The memory never moves, and lives until `safewasm_sharedmemory_delete` and as long as an instance
// has it. Other threads may write it: the program MUST access it with atomics.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_data(safewasm_sharedmemory_t *sharedmemory,
                                             uint8_t **data_out,
                                             size_t *len_out);

// Adds `delta` pages to a shared memory.
//
// On success `*previous_out` is the size in pages before; on failure it is 0.
//
// Errors: null pointer, invalid handle; limit beyond the memory's maximum.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_grow(safewasm_sharedmemory_t *sharedmemory,
                                             uint64_t delta,
                                             uint64_t *previous_out);

// Copies bytes out of a shared memory: `len` bytes from `address` on, counted from 0, to `data`, each
// by a relaxed atomic load. `data` may be NULL if `len` is 0. On failure nothing is written.
//
// Errors: null pointer, invalid handle; out of bounds if not all of them lie in the memory.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_read(safewasm_sharedmemory_t *sharedmemory,
                                             uint64_t address,
                                             uint8_t *data,
                                             size_t len);

// Copies bytes into a shared memory: `len` bytes at `data`, to `address` on, counted from 0, each by a
// relaxed atomic store. `data` may be NULL if `len` is 0. On failure nothing is written.
//
// Errors: null pointer, invalid handle; out of bounds if not all of them fit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_write(safewasm_sharedmemory_t *sharedmemory,
                                              uint64_t address,
                                              const uint8_t *data,
                                              size_t len);

// Whether `sharedmemory` is a shared memory that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_sharedmemory_is_valid(safewasm_sharedmemory_t *sharedmemory);

// Deletes `sharedmemory`; the memory lives on in the instances that have it. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_sharedmemory_delete(safewasm_sharedmemory_t *sharedmemory);

// Creates a store of `engine`.
//
// On success `*store_out` is a new store, which belongs to the caller, who gives it to
// `safewasm_store_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, limit.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_new(safewasm_engine_t *engine,
                                     safewasm_store_t **store_out);

// The engine of a store.
//
// On success `*engine_out` is a new handle of it, which belongs to the caller, who gives it to
// `safewasm_engine_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_engine(safewasm_store_t *store,
                                        safewasm_engine_t **engine_out);

// Collects the store's garbage: frees what references referred to that neither wasm nor a handle
// can reach any more. Wasmtime also does so by itself, when a store's heap is full.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_store_collect(safewasm_store_t *store);

// Whether `store` is a store that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_store_is_valid(safewasm_store_t *store);

// Deletes `store` and with it the instances, funcs, memories, tables, globals and tags in it,
// whose handles become invalid. NULL and what was deleted already are left alone.
//
// Never fails and never waits, and may be called from any thread. If a thread is inside the store, the
// store is freed when that thread leaves. A call of wasm that runs there ends with the trap
// `SAFEWASM_TRAP_INTERRUPT` as soon as wasm reaches a loop or a function's begin, if the engine's config has
// epoch interruption; without, it goes on to its own end. The mapping of a memory that
// a view shows stays until the view is deleted.
void safewasm_store_delete(safewasm_store_t *store);

// Creates a table of type `*tabletype`, whose elements are `*initial` at the start. `initial` is
// borrowed; `initial` may be NULL, which means null references.
//
// On success `*table_out` is a new table, which belongs to the caller, who gives it to
// `safewasm_table_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid argument for a type that is none, and
// for types that a module defines, which can't be described; type mismatch for
// an element of another type; wrong store for a reference of another store; limit, store busy or
// poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_new(safewasm_store_t *store,
                                     const safewasm_tabletype_t *tabletype,
                                     const safewasm_val_t *initial,
                                     safewasm_table_t **table_out);

// The type of a table.
//
// On success `*type_out` is the type; its `min` is the number of elements that the table has now. On
// failure it is all zero.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_type(safewasm_table_t *table,
                                      safewasm_tabletype_t *type_out);

// The number of elements of a table.
//
// On success `*size_out` is that; on failure it is 0.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_size(safewasm_table_t *table,
                                      uint64_t *size_out);

// The element at `index`, from 0.
//
// On success `*value_out` is the element: a value of kind `SAFEWASM_VAL_FUNC` or `SAFEWASM_VAL_REF`,
// whose handle belongs to the caller and is NULL for null. On failure it is all zero, of kind 0.
//
// Errors: null pointer, invalid handle, out of bounds, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_get(safewasm_table_t *table,
                                     uint64_t index,
                                     safewasm_val_t *value_out);

// Sets the element at `index`, from 0, to `*value`, which is borrowed. `value` may be NULL, which
// means null.
//
// Errors: null pointer, invalid handle; out of bounds; type mismatch for an element of another type;
// wrong store for a reference of another store; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_set(safewasm_table_t *table,
                                     uint64_t index,
                                     const safewasm_val_t *value);

// Adds `delta` elements to a table, each of them `*initial`, which is borrowed. `initial` may be NULL,
// which means null.
//
// On success `*previous_out` is the number of elements before; on failure it is 0.
//
// Errors: null pointer, invalid handle; limit beyond the table's maximum or the store's limit; type
// mismatch for an element of another type; wrong store for a reference of another store; store busy
// or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_grow(safewasm_table_t *table,
                                      uint64_t delta,
                                      const safewasm_val_t *initial,
                                      uint64_t *previous_out);

// Sets `len` elements of a table, from index `start` on, to `*value`, which is borrowed. `value` may
// be NULL, which means null.
//
// Errors: null pointer, invalid handle; out of bounds, then nothing is set; type mismatch for an
// element of another type; wrong store for a reference of another store; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_fill(safewasm_table_t *table,
                                      uint64_t start,
                                      uint64_t len,
                                      const safewasm_val_t *value);

// Copies `len` elements from index `from_start` of `from` on to index `start` of `table` on. The two
// tables, of one store, may be the same one, and the ranges may overlap.
//
// Errors: null pointer, invalid handle, wrong store; out of bounds, then nothing is copied; type
// mismatch if the elements are of another type; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_copy(safewasm_table_t *table,
                                      uint64_t start,
                                      safewasm_table_t *from,
                                      uint64_t from_start,
                                      uint64_t len);

// Whether `table` is a table that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_table_is_valid(safewasm_table_t *table);

// Deletes the handle `table`; the table itself lives as long as its store. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_table_delete(safewasm_table_t *table);

// Creates a tag. The parameters of `functype`, of the store's engine, are what exceptions with the tag
// carry; it has no results.
//
// On success `*tag_out` is a new tag, which belongs to the caller, who gives it to
// `safewasm_tag_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, wrong engine; type mismatch for a type with results; limit,
// store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_tag_new(safewasm_store_t *store,
                                   safewasm_functype_t *functype,
                                   safewasm_tag_t **tag_out);

// The type of a tag: a function type whose parameters are what its exceptions carry.
//
// On success `*functype_out` is a new function type, which belongs to the caller, who gives it to
// `safewasm_functype_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_tag_type(safewasm_tag_t *tag,
                                    safewasm_functype_t **functype_out);

// Whether two handles of one store mean the same tag.
//
// On success `*same_out` is 1 if they do, else 0; on failure it is 0.
//
// Errors: null pointer, invalid handle; wrong store; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_tag_same(safewasm_tag_t *tag,
                                    safewasm_tag_t *other,
                                    uint32_t *same_out);

// Whether `tag` is a tag that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_tag_is_valid(safewasm_tag_t *tag);

// Deletes the handle `tag`; the tag itself lives as long as its store. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_tag_delete(safewasm_tag_t *tag);

// Ends the call that runs in `store` with the trap `SAFEWASM_TRAP_INTERRUPT`, as soon as wasm
// reaches a loop or a function's begin. A host function that runs is not interrupted; wasm is once
// it returns there. If no call runs, this does nothing. The store can be used on.
//
// A call that was refused with `SAFEWASM_ERROR_TASK` waits for its turn until that error is deleted. If the
// store is interrupted meanwhile, the next call of the same task in the store ends with the trap. So a
// program that waits and calls again deletes the error after that.
//
// May be called from any thread, also while another is in the store.
//
// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
// interruption.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_interrupt(safewasm_store_t *store);

// Sets a time after which calls in `store` end with the trap `SAFEWASM_TRAP_INTERRUPT`:
// `nanoseconds` from now, which takes the place of an earlier one. `UINT64_MAX` means none, as at
// the start. It holds for the calls that run and for later ones, until it is set anew. A host
// function that runs is not interrupted; wasm is once it returns there.
//
// May be called from any thread, also while another is in the store.
//
// A deadline doesn't wake a thread that waits in `memory.atomic.wait32` or `wait64` on a shared memory, nor
// does it end a single instruction that works on much memory, such as `memory.fill` of 4 GiB, before its
// end.
//
// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
// interruption; limit if the system has no thread left for the clock.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_deadline(safewasm_store_t *store,
                                              uint64_t nanoseconds);

// Sets the epoch deadline of `store`: calls end with the trap `SAFEWASM_TRAP_INTERRUPT` once
// `safewasm_engine_increment_epoch` was called `ticks` more times. `UINT64_MAX` means never, as at
// the start.
//
// May be called from any thread, also while another is in the store.
//
// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
// interruption.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_epoch_deadline(safewasm_store_t *store,
                                                    uint64_t ticks);

// Counts the engine's epoch on by one. Calls end in those of its stores whose epoch deadline is
// reached; see `safewasm_store_set_epoch_deadline`.
//
// On success `*epoch_out` is the new epoch; on failure it is 0. `epoch_out` may be NULL. May be
// called from any thread.
//
// Errors: null pointer, invalid handle; unsupported if the engine's config has no epoch
// interruption.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_engine_increment_epoch(safewasm_engine_t *engine,
                                                  uint64_t *epoch_out);

// Begins a time limit: calls of wasm in `store` that still run `nanoseconds` after its clock has started
// end with the trap `SAFEWASM_TRAP_INTERRUPT`, and so do later ones, until `safewasm_store_end_timeout`.
// `UINT64_MAX` nanoseconds never end.
//
// The clock starts at the first attempt to run wasm in the store, start functions of instances included.
// So what the program does before, such as compiling its own code, takes no time from the call. An attempt
// that is refused with `SAFEWASM_ERROR_TASK` starts the clock too: waiting for one's turn counts, and such
// an attempt ends with the trap once the time is over. The clock stands still during the first run of a
// host function if the hooks of the engine say so; see `compiles_late` of `safewasm_hooks_t`.
//
// `scope`, a `safewasm_timeout_scope_t`, says whose calls it is for. A store may have several time limits,
// and a deadline; the earliest end counts. A host function that runs is not interrupted; wasm is once it
// returns there.
//
// On success `*timeout_out` is the number of the time limit, never 0, which
// `safewasm_store_end_timeout` takes; on failure it is 0. May be called from any thread, also while
// another is in the store.
//
// Errors: null pointer, invalid handle; invalid argument for another `scope`; unsupported if the engine's
// config has no epoch interruption; limit if the system has no thread left for the clock.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_begin_timeout(safewasm_store_t *store,
                                               uint64_t nanoseconds,
                                               uint32_t scope,
                                               uint64_t *timeout_out);

// Ends a time limit that `safewasm_store_begin_timeout` began. Other limits of the store stay as they are,
// in whatever order they end. A store that is deleted ends its limits. If `timeout` is 0 this does nothing.
//
// May be called from any thread, also while another is in the store.
//
// Errors: null pointer, invalid handle; invalid argument if `timeout` is no time limit of the store, or
// has ended; unsupported if the engine's config has no epoch interruption.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_end_timeout(safewasm_store_t *store,
                                             uint64_t timeout);

// Whether `view` is a view that wasn't deleted. It stays valid when its memory's store is deleted;
// its cell then shows no memory.
//
// Never fails. May be called from any thread.
bool safewasm_view_is_valid(safewasm_view_t *view);

// Deletes `view`. NULL and what was deleted already are left alone.
//
// Its cell may show another memory from now on, with another generation. If the store was deleted,
// its mappings go with the last view, and pointers into them MUST NOT be used any more.
//
// Never fails and never waits. May be called from any thread.
void safewasm_view_delete(safewasm_view_t *view);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SAFEWASM_H */
