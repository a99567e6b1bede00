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
 * it came from is deleted.
 *
 * Threads. Everything that belongs to no store (engines, modules, configs, types, bytes, views,
 * errors) may be used from any threads at once. A store and what it owns may move between threads,
 * one thread in it at a time; a second one gets an error of kind SAFEWASM_ERROR_STORE_BUSY at once.
 *
 * MUST NOT, since the library can't notice it: pass data pointers that are neither NULL nor valid
 * for their length during the whole call; touch a memory through a view while another thread runs
 * wasm in its store; use a cell's `data` after its view was deleted, or after a call that may have
 * moved the memory; install signal handlers later that don't chain to earlier ones, unless traps by
 * signals are off.
 *
 * Process. There is nothing to initialise or shut down. Creating an engine installs handlers for
 * SIGSEGV, SIGILL and SIGFPE that pass on what isn't wasm's; see
 * safewasm_config_set_signals_based_traps. A library once loaded stays in the process.
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
  // An access goes beyond the end of a memory.
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum safewasm_externkind_t safewasm_externkind_t;
#else
typedef uint32_t safewasm_externkind_t;
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

// A global that an instance exports, to be given to another as an import.
typedef struct safewasm_global_t safewasm_global_t;

// An instance: a module that runs in a store, with memories, globals and tables of its own.
typedef struct safewasm_instance_t safewasm_instance_t;

// A memory of an instance.
typedef struct safewasm_memory_t safewasm_memory_t;

// A module: compiled WebAssembly, not yet running. Reference-counted inside, so that it may be
// deleted before its instances. May be used from any threads at once.
typedef struct safewasm_module_t safewasm_module_t;

// A reference that isn't null, to something other than a function: an external reference, a
// structure, an array, a 31-bit integer, an exception. What it refers to stays alive while the
// handle does.
typedef struct safewasm_ref_t safewasm_ref_t;

// A store: the instances, memories, globals, tables and functions of a running program.
//
// A store and what it owns may move between threads, one thread in it at a time; a second one
// gets an error of kind `SAFEWASM_ERROR_STORE_BUSY` at once.
typedef struct safewasm_store_t safewasm_store_t;

// A table that an instance exports, to be given to another as an import.
typedef struct safewasm_table_t safewasm_table_t;

// A tag that an instance exports, to be given to another as an import.
typedef struct safewasm_tag_t safewasm_tag_t;

// A view of a memory, made by `safewasm_memory_view`: keeps the memory's mapping until it is
// deleted, and has a cell that says where the memory is.
typedef struct safewasm_view_t safewasm_view_t;

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
// info says, is a frame of its own.
typedef struct {
  // The module's name, if it has one.
  safewasm_text_t module_name;
  // The function's name, from debug info or the module's name section, if it is known.
  safewasm_text_t func_name;
  // The source file, where debug info has it.
  safewasm_text_t file;
  // The instruction's offset in the module's bytes.
  uint64_t module_offset;
  // The instruction's offset in the function's body, in bytes.
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
// any function of the library. It MUST NOT throw or `longjmp` out.
typedef void (*safewasm_finalizer_t)(void *env);

// The type of a value.
typedef struct {
  // A `safewasm_valkind_t`.
  uint8_t kind;
  // For a reference what it refers to, a `safewasm_heapkind_t`; else 0.
  uint8_t heap;
  // Whether the reference may be null; else false.
  bool nullable;
} safewasm_valtype_t;

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
} safewasm_externhandle_t;

// An import or export: a func, memory, table, global or tag.
//
// As a result it owns its handle, which `safewasm_extern_delete` deletes, as does the `_delete` of
// its kind. As an argument it is borrowed.
typedef struct {
  // The kind, a `safewasm_externkind_t`: it says which member of `of` counts.
  uint32_t kind;
  // The handle.
  safewasm_externhandle_t of;
} safewasm_extern_t;

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

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The version of the library as text, such as "0.1.0": static, with a NUL at its end.
//
// Never fails. May be called from any thread.
const char *safewasm_version(void);

// The number of the library's ABI, to be compared with `SAFEWASM_ABI_VERSION`.
//
// Never fails. May be called from any thread.
uint32_t safewasm_abi_version(void);

// What kind of error `error` is: `SAFEWASM_ERROR_INVALID_HANDLE` if it is none.
//
// Never fails. May be called from any thread.
safewasm_error_kind_t safewasm_error_kind(safewasm_error_t *error);

// The message of `error`, in plain words: UTF-8 with a NUL at its end.
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
// the source lines of wasm. Off by default. Files and lines in backtraces need no setting, only a
// module with DWARF in it.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_debug_info(safewasm_config_t *config,
                                                 bool enabled);

// Sets whether wasm's traps may rely on the signals SIGSEGV, SIGILL and SIGFPE. On by default.
//
// On, the first engine of the process installs handlers for them, which pass on what isn't wasm's;
// a program that installs handlers of its own later MUST chain to the earlier ones. Off, the
// compiled code checks by itself and is slower; use it where signals are not to be touched, and
// under valgrind.
//
// Errors: null pointer, invalid handle.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_signals_based_traps(safewasm_config_t *config,
                                                          bool enabled);

// Whether `config` is a config that was neither deleted nor given to an engine.
//
// Never fails. May be called from any thread.
bool safewasm_config_is_valid(safewasm_config_t *config);

// Deletes `config`. NULL and what was deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_config_delete(safewasm_config_t *config);

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
// Errors: null pointer, invalid handle; unsupported if the machine can't do what the config asks.
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
// Never fails and never waits, and may be called from any thread: if a thread is inside the store,
// its call goes on, and the store is freed when that thread leaves. The mapping of a memory that
// a view shows stays until the view is deleted.
void safewasm_store_delete(safewasm_store_t *store);

// Panics inside the library, and returns the internal error that the panic becomes.
//
// For those who bring the library into a new runtime: if this comes back, panics are caught
// there, whichever unwinder the process has loaded. If `store` isn't NULL, the panic happens
// inside that store, which is then poisoned: every use of it is an error, until it is deleted.
// `store` may be NULL.
//
// Always returns an error: of kind `SAFEWASM_ERROR_INTERNAL`, or what is wrong with `store`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_provoke_panic(safewasm_store_t *store);

// Compiles a module from its bytes.
//
// `bytes` is a module in the binary format, of `bytes_len` bytes; it isn't used afterwards.
//
// On success `*module_out` is a new module, which belongs to the caller, who gives it to
// `safewasm_module_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle; invalid module, with the offset of what is wrong.
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
// line and column; invalid module.
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
// operating system's number; invalid text, with line and column; invalid module.
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
// On success `*namespace_out` is the name of the module that it is to come from, `*name_out` its
// name there, both living until `safewasm_module_delete`; and `*type_out` is its type, new, which
// belongs to the caller, who gives it to `safewasm_externtype_delete`. On failure all are NULL.
//
// Errors: null pointer, invalid handle, not found.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_import(safewasm_module_t *module,
                                         size_t index,
                                         safewasm_text_t *namespace_out,
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

// Whether `module` is a module that wasn't deleted.
//
// Never fails. May be called from any thread.
bool safewasm_module_is_valid(safewasm_module_t *module);

// Deletes `module`. NULL and what was deleted already are left alone; instances of the module live
// on.
//
// Never fails and never waits. May be called from any thread.
void safewasm_module_delete(safewasm_module_t *module);

// Turns WebAssembly text into bytes, without validating the module that it describes.
//
// `text` is UTF-8 of `text_len` bytes.
//
// On success `*bytes_out` is a new bytes object, which belongs to the caller, who gives it to
// `safewasm_bytes_delete`; on failure it is NULL.
//
// Errors: null pointer; invalid argument for what isn't UTF-8; invalid text, whose message has
// the line, the column and the line itself with a mark. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wat2wasm(const char *text,
                                    size_t text_len,
                                    safewasm_bytes_t **bytes_out);

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

// The type as text, such as `func (i32, i32) -> i32`, `memory 1 10` or `global (mut i32)`.
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

// Deletes the handle in `*item`, whatever its kind, and clears `*item`. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_extern_delete(safewasm_extern_t *item);

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
// for a module of another engine than the store's; link, naming the import that is missing or of
// another type; trap and exception from the start function; limit; store busy or poisoned.
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

// Whether `func` is a func that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_func_is_valid(safewasm_func_t *func);

// Deletes the handle `func`; the function itself lives as long as its store. NULL and what was
// deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_func_delete(safewasm_func_t *func);

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

// Creates an external reference: something of the host's that wasm can hold and give back, but not
// look into.
//
// `env` is what it refers to; the library only passes it on. `env` may be NULL. `finalizer` is
// called with it when neither wasm nor a handle can reach the reference any more and a collection
// has found that out, at the latest with the store; `finalizer` may be NULL. On failure too it is
// called.
//
// On success `*ref_out` is a new reference, which belongs to the caller, who gives it to
// `safewasm_ref_delete`; on failure it is NULL.
//
// Errors: null pointer, invalid handle, limit, store busy or poisoned; unsupported if the engine's
// config turned references off.
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

// What a reference refers to, as a type: that of the object itself.
//
// On success `*type_out` is the type; on failure it is all zero.
//
// Errors: null pointer, invalid handle, store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_type(safewasm_ref_t *reference,
                                    safewasm_valtype_t *type_out);

// Whether two references of one store refer to the same object.
//
// On success `*same_out` is 1 if they do, else 0; on failure it is 0.
//
// Errors: null pointer, invalid handle; wrong store; store busy or poisoned.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_same(safewasm_ref_t *reference,
                                    safewasm_ref_t *other,
                                    uint32_t *same_out);

// Whether `reference` is a reference that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_ref_is_valid(safewasm_ref_t *reference);

// Deletes the handle `reference`; what it refers to lives as long as wasm or another handle can
// reach it. NULL and what was deleted already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_ref_delete(safewasm_ref_t *reference);

// Whether `table` is a table that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_table_is_valid(safewasm_table_t *table);

// Deletes the handle `table`; the table itself lives as long as its store. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_table_delete(safewasm_table_t *table);

// Whether `global` is a global that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_global_is_valid(safewasm_global_t *global);

// Deletes the handle `global`; the global itself lives as long as its store. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_global_delete(safewasm_global_t *global);

// Whether `tag` is a tag that wasn't deleted, and whose store wasn't.
//
// Never fails. May be called from any thread.
bool safewasm_tag_is_valid(safewasm_tag_t *tag);

// Deletes the handle `tag`; the tag itself lives as long as its store. NULL and what was deleted
// already are left alone.
//
// Never fails and never waits. May be called from any thread.
void safewasm_tag_delete(safewasm_tag_t *tag);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SAFEWASM_H */
