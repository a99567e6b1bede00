/*
 * SafeWasm: WebAssembly for C and Julia, over Wasmtime.
 *
 * RULES
 *
 * These rules hold for every function. Wasm is short for WebAssembly and its code. The program is
 * the code that calls this library. A host function is a function of the program that wasm calls. A
 * trap is a fault of wasm, such as a division by zero: it ends the call of wasm with an error.
 * `examples/hello.c` is a first program.
 *
 * Objects. Functions return objects as opaque pointers, called handles. The library never
 * dereferences a handle, and checks it on every use. If a handle is NULL, or stands for a deleted
 * object or an object of another kind or store, or is a made-up address, the function returns an
 * error whose message names the argument.
 *
 * Ownership. Each handle that a function creates is a new one, and the caller owns it: two look-ups
 * of the same export create two handles. The caller deletes a handle with the `_delete` function of
 * its kind. Arguments are borrowed: they stay the caller's, except where a description says that the
 * library consumes them or takes them over. It does so whether the function succeeds or fails: after
 * `safewasm_engine_new` the config is gone, after `safewasm_process_new` the store is gone, and the
 * finalizer of an `env` runs even if the function that takes it over fails. A `_delete` function
 * does nothing if the handle is NULL or was deleted already. It never waits and never fails, and may
 * be called from any thread. Engines and modules are reference-counted, so they may be deleted in
 * any order. Instances, funcs, memories, tables, globals, tags and references belong to a store.
 * Deleting one of them deletes only its handle. Deleting the store makes all of them invalid.
 *
 * Errors. A function that can fail returns a `safewasm_error_t *`: NULL for success, or an error,
 * which the caller owns and deletes with `safewasm_error_delete`. Output parameters have names that
 * end in `_out`. They are set to NULL or zero before anything else is checked. If several arguments
 * are bad, a bad store is reported last. A pointer must not be NULL unless the description says that
 * it may. Each function that can fail may also return the kinds `SAFEWASM_ERROR_OUT_OF_MEMORY` and
 * `SAFEWASM_ERROR_INTERNAL`, which the descriptions don't repeat. A panic in the library never
 * reaches the program: it becomes an error of kind `SAFEWASM_ERROR_INTERNAL`, and the store in which
 * the panic happened can only be deleted.
 *
 * Text and bytes are passed as a pointer and a length. Text is UTF-8, and a NUL in it is an ordinary
 * character. If the length of a text is `SAFEWASM_STRLEN`, the text ends at its first NUL, as C
 * strings do. Text that the library returns has a length and is followed by a NUL. It lives until
 * the object that it came from is deleted. A `bool` argument may hold any byte: all values except 0
 * are true.
 *
 * Threads. Objects that belong to no store may be used from any threads at once. A store and its
 * objects may move between threads, but only one thread may use them at a time: a second thread gets
 * an error of kind `SAFEWASM_ERROR_STORE_BUSY` at once. Calls are fastest on the thread that created
 * the store, until another thread has used it.
 *
 * Process. There is nothing to initialise or shut down. Creating an engine installs handlers for
 * SIGSEGV, SIGILL and SIGFPE. A signal that is not a trap of wasm has the same effect as without
 * these handlers; see `safewasm_config_set_signals_based_traps`. The program may end (`exit`) while
 * other threads or processes run wasm. While one thread forks, other threads that create or delete
 * objects wait until `fork` returns. The library can't be unloaded from the process.
 *
 * MUST NOT. The library can't detect the following mistakes, or detects them too late. It detects
 * all others. A program MUST NOT:
 *
 * - Pass a pointer to data that is neither NULL nor valid for its whole length during the whole
 *   call. Pass a struct whose `size` is larger than the struct. Pass a text without a NUL with the
 *   length `SAFEWASM_STRLEN`.
 * - Use text, bytes or frames of an object after the object was deleted. Use the `data` of a cell
 *   after its view was deleted, or after a call that may have moved the memory.
 * - Touch a memory through a view while another thread runs wasm in its store. Access a shared
 *   memory without atomics. Pass columns to a bulk call that lie in a memory that the calls may
 *   grow.
 * - Free an `env` before its finalizer has run. Free the `env` of hooks, or their interrupt flag,
 *   before the engine and all its stores and modules were deleted and the calls in them have ended.
 * - Leave a host function, hook or finalizer by `longjmp`, or jump over a call of this library.
 *   Afterwards wasm can't run on that thread, and the locks that the call held stay locked. Jumps
 *   from a signal handler count too.
 * - Switch to another stack in a host function, and then return from a host function other than the
 *   one that was called last, or return on another thread or stack than the one on which it was
 *   called. Run wasm on a stack that lies inside the thread's own stack. Let hooks report a stack as
 *   larger than it is. Lower the limit of the main thread's stack after its first call.
 * - Call this library from a signal handler that may have interrupted it, since it locks and
 *   allocates. To end a call from a signal handler, set the interrupt flag of the hooks.
 * - Install handlers for SIGSEGV, SIGILL or SIGFPE that don't pass on signals that aren't theirs, or
 *   install them while the first engine is being made. Block these signals on a thread after its
 *   first call of wasm. Give a thread that runs wasm a stack for signals (`sigaltstack`) of less
 *   than 256 KiB. These rules don't apply if signals-based traps are off.
 * - Cancel a thread asynchronously in this library. Enable cancellation in a host function or
 *   finalizer.
 * - Use this library in a child of `vfork`, or fork in a signal handler that interrupted the
 *   library. In a forked child, use an engine of the parent if another thread may have been using
 *   references, tables, shared memories or start functions in it at the time of the fork: the child
 *   may then wait forever. An engine that the child makes always works.
 *
 * `docs/process.md` explains the rules about signals, stacks, threads and forks.
 *
 * OBJECTS
 *
 *   config              settings of an engine; safewasm_engine_new consumes it
 *   engine              compiles modules
 *   +- module           compiled WebAssembly
 *   +- linker           definitions, by name, for the imports of modules
 *   |  +- instancepre   a module whose imports are found, ready for many instances
 *   |  +- process       a command that runs on a thread of the library, in a store that it consumes
 *   +- sharedmemory     a memory that stores share
 *   +- functype         the type of a function
 *   +- store            a running program; owns:
 *      +- instance      a module that runs; its exports are funcs, memories, tables, globals, tags
 *      +- func, memory, table, global, tag, ref
 *      +- caller        a host function's access to the instance that calls it
 *   externtype, bytes, view, error
 *
 * A store and the objects that it owns are used by one thread at a time, and are gone when the store
 * is deleted. All other objects may be used from any threads at once, and live as long as something
 * uses them.
 */

#ifndef SAFEWASM_H
#define SAFEWASM_H

/* Generated from the library's Rust source by `make header`; do not edit. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The version of this header; `safewasm_version` returns that of the library.
#define SAFEWASM_VERSION "0.1.0"
#define SAFEWASM_VERSION_MAJOR 0
#define SAFEWASM_VERSION_MINOR 1
#define SAFEWASM_VERSION_PATCH 0

#if defined(__GNUC__) || defined(__clang__)
#define SAFEWASM_MUST_USE __attribute__((warn_unused_result))
#else
#define SAFEWASM_MUST_USE
#endif

#ifdef __cplusplus
extern "C" {
#endif

// The objects. Each is described at the start of its section.
typedef struct safewasm_config_t safewasm_config_t;
typedef struct safewasm_engine_t safewasm_engine_t;
typedef struct safewasm_store_t safewasm_store_t;
typedef struct safewasm_module_t safewasm_module_t;
typedef struct safewasm_component_t safewasm_component_t;
typedef struct safewasm_wittype_t safewasm_wittype_t;
typedef struct safewasm_componentlinker_t safewasm_componentlinker_t;
typedef struct safewasm_componentinstancepre_t safewasm_componentinstancepre_t;
typedef struct safewasm_resourcetype_t safewasm_resourcetype_t;
typedef struct safewasm_values_t safewasm_values_t;
typedef struct safewasm_compilation_t safewasm_compilation_t;
typedef struct safewasm_error_t safewasm_error_t;
typedef struct safewasm_bytes_t safewasm_bytes_t;
typedef struct safewasm_functype_t safewasm_functype_t;
typedef struct safewasm_externtype_t safewasm_externtype_t;
typedef struct safewasm_heaptype_t safewasm_heaptype_t;
typedef struct safewasm_view_t safewasm_view_t;
typedef struct safewasm_linker_t safewasm_linker_t;
typedef struct safewasm_instancepre_t safewasm_instancepre_t;
typedef struct safewasm_sharedmemory_t safewasm_sharedmemory_t;
typedef struct safewasm_wasi_t safewasm_wasi_t;
typedef struct safewasm_buffer_t safewasm_buffer_t;
typedef struct safewasm_process_t safewasm_process_t;
typedef struct safewasm_profile_t safewasm_profile_t;
typedef struct safewasm_instance_t safewasm_instance_t;
typedef struct safewasm_func_t safewasm_func_t;
typedef struct safewasm_memory_t safewasm_memory_t;
typedef struct safewasm_table_t safewasm_table_t;
typedef struct safewasm_global_t safewasm_global_t;
typedef struct safewasm_tag_t safewasm_tag_t;
typedef struct safewasm_ref_t safewasm_ref_t;
typedef struct safewasm_componentinstance_t safewasm_componentinstance_t;
typedef struct safewasm_componentfunc_t safewasm_componentfunc_t;
typedef struct safewasm_resource_t safewasm_resource_t;
typedef struct safewasm_caller_t safewasm_caller_t;


// =================================================================================================
// Errors: why a function failed, with backtraces. Also the texts and finalizers that other sections
// use.
//
// Example: examples/traps.c
// =================================================================================================

// `safewasm_error_t`
//
// An error: the result of a function that failed. The caller owns it and must delete it with
// `safewasm_error_delete`.
//
// Errors may be used from any threads at once.

// The length of a text that ends at its first NUL, as C strings do. Every function that takes the
// length of a text accepts it. The lengths of bytes, values and other arrays are numbers.
#define SAFEWASM_STRLEN SIZE_MAX

// The kind of an error.
typedef enum {
  // There is no error: the function succeeded.
  SAFEWASM_ERROR_NONE = 0,
  // A pointer that must not be NULL is NULL.
  SAFEWASM_ERROR_NULL_POINTER = 1,
  // A handle doesn't stand for a living object of the kind that the parameter takes.
  SAFEWASM_ERROR_INVALID_HANDLE = 2,
  // An object belongs to another store.
  SAFEWASM_ERROR_WRONG_STORE = 3,
  // An object belongs to another engine.
  SAFEWASM_ERROR_WRONG_ENGINE = 4,
  // The store is in use: by another thread, or by this thread at a point where it can't be entered
  // again.
  SAFEWASM_ERROR_STORE_BUSY = 5,
  // A panic happened in the store earlier. The store can only be deleted.
  SAFEWASM_ERROR_STORE_POISONED = 6,
  // An argument has a value that it must not have, or a text isn't UTF-8.
  SAFEWASM_ERROR_INVALID_ARGUMENT = 7,
  // Bytes are not a valid WebAssembly module.
  SAFEWASM_ERROR_INVALID_MODULE = 8,
  // A text is not a module in WebAssembly's text format. The message has the line and the column.
  SAFEWASM_ERROR_INVALID_TEXT = 9,
  // An import is missing, or its type is not the one that the module expects.
  SAFEWASM_ERROR_LINK = 10,
  // Nothing has that name, or nothing is at that index.
  SAFEWASM_ERROR_NOT_FOUND = 11,
  // A value or an object has the wrong type, or the number of values is wrong.
  SAFEWASM_ERROR_TYPE_MISMATCH = 12,
  // An access goes beyond the end of a memory or table.
  SAFEWASM_ERROR_OUT_OF_BOUNDS = 13,
  // Wasm trapped. `safewasm_error_trap_code` returns the reason, and the frames of the backtrace
  // show where.
  SAFEWASM_ERROR_TRAP = 14,
  // Wasm threw an exception that nothing caught.
  SAFEWASM_ERROR_EXCEPTION = 15,
  // A limit was reached: of memory, of address space, of threads, or of objects in a store.
  SAFEWASM_ERROR_LIMIT = 16,
  // The operating system refused to read a file. `safewasm_error_os_code` returns the system's error
  // number.
  SAFEWASM_ERROR_IO = 17,
  // This version of the library, the machine or the engine's config doesn't support the operation.
  SAFEWASM_ERROR_UNSUPPORTED = 18,
  // Memory or handles ran out, so there is no error with a better message.
  SAFEWASM_ERROR_OUT_OF_MEMORY = 19,
  // A defect of this library. Please report it.
  SAFEWASM_ERROR_INTERNAL = 20,
  // A host function returned an error that `safewasm_error_new` made.
  SAFEWASM_ERROR_HOST = 21,
  // Another task's call of wasm is suspended in a host function on this thread, and must return
  // first; see `safewasm_hooks_t`.
  SAFEWASM_ERROR_TASK = 22,
  // The compiler refused a valid module. The message has the reason.
  SAFEWASM_ERROR_COMPILER = 23,
  // A program for WASI exited. `safewasm_error_exit_status` returns its status.
  SAFEWASM_ERROR_EXIT = 24,
  // A compiled module doesn't fit this version of the library, this machine or the engine's config.
  SAFEWASM_ERROR_INCOMPATIBLE = 25,
  // Bytes are not a compiled module, or were cut or changed since.
  SAFEWASM_ERROR_INVALID_ARTIFACT = 26,
  // The components of the store have ended, because a call in the store failed earlier: wasm
  // trapped, a host function returned an error, or the time was over. The message has the first
  // failure. Modules still run.
  SAFEWASM_ERROR_COMPONENTS_ENDED = 27,
} safewasm_error_kind_t;

// The reason of a trap. Wasm can't catch traps. Wasmtime's own C API has other numbers for them.
typedef enum {
  // The error is not a trap.
  SAFEWASM_TRAP_NOT_A_TRAP = 0,
  // The call stack was exhausted.
  SAFEWASM_TRAP_STACK_OVERFLOW = 1,
  // An access went beyond the end of a memory.
  SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS = 2,
  // The address of an atomic access was not aligned.
  SAFEWASM_TRAP_HEAP_MISALIGNED = 3,
  // An access went beyond the end of a table.
  SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS = 4,
  // The table element of an indirect call was null.
  SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL = 5,
  // The function of an indirect call had another type than the call.
  SAFEWASM_TRAP_BAD_SIGNATURE = 6,
  // The result of an integer operation was too large.
  SAFEWASM_TRAP_INTEGER_OVERFLOW = 7,
  // An integer was divided by zero.
  SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO = 8,
  // A float that has no integer value was converted to an integer.
  SAFEWASM_TRAP_BAD_CONVERSION_TO_INTEGER = 9,
  // An `unreachable` instruction was executed.
  SAFEWASM_TRAP_UNREACHABLE = 10,
  // The call was interrupted, or its time was over.
  SAFEWASM_TRAP_INTERRUPT = 11,
  // The store's fuel was used up.
  SAFEWASM_TRAP_OUT_OF_FUEL = 12,
  // An atomic wait was executed on a memory that is not shared.
  SAFEWASM_TRAP_ATOMIC_WAIT_NON_SHARED_MEMORY = 13,
  // A null reference was used.
  SAFEWASM_TRAP_NULL_REFERENCE = 14,
  // An access went beyond the end of an array.
  SAFEWASM_TRAP_ARRAY_OUT_OF_BOUNDS = 15,
  // An allocation was too large.
  SAFEWASM_TRAP_ALLOCATION_TOO_LARGE = 16,
  // A reference was cast to a type that it doesn't have.
  SAFEWASM_TRAP_CAST_FAILURE = 17,
  // A suspension had no handler for its tag.
  SAFEWASM_TRAP_UNHANDLED_TAG = 18,
  // A continuation was resumed twice.
  SAFEWASM_TRAP_CONTINUATION_ALREADY_CONSUMED = 19,
  // A trap for which this version has no code. The message has the reason.
  SAFEWASM_TRAP_OTHER = 255,
} safewasm_trap_code_t;

// A text that the library hands out: UTF-8 of `len` bytes, followed by a NUL. It may contain other
// NULs.
//
// A text lives until the object that it came from is deleted.
typedef struct {
  // The first byte, or NULL if there is no text.
  const char *data;
  // The length in bytes, without the NUL at the end.
  size_t len;
} safewasm_text_t;

// A frame of a wasm backtrace.
//
// With `safewasm_config_set_backtrace_lines`, a call that the module's compiler had inlined is a
// frame of its own, if the module's debug info records it. A text of more than 1,000 bytes is cut
// and ends in an ellipsis (`…`).
typedef struct {
  // The module's name, if it has one.
  safewasm_text_t module_name;
  // The function's name from the debug info or from the module's name section, if either has it.
  safewasm_text_t func_name;
  // The source file, if the debug info has it; see `safewasm_config_set_backtrace_lines`.
  safewasm_text_t file;
  // The offset of the instruction in the module's bytes, or 0 if it is not known.
  uint64_t module_offset;
  // The offset of the instruction in the function's body in bytes, or 0 if it is not known.
  uint64_t func_offset;
  // The function's index in its module.
  uint32_t func_index;
  // The line in `file`, counted from 1, or 0 if it is not known.
  uint32_t line;
  // The column in the line, counted from 1, or 0 if it is not known.
  uint32_t column;
} safewasm_frame_t;

// A function of the program that frees an `env`. The library calls it exactly once, when the library
// no longer needs that `env`: on any thread, and at the latest when the last object that uses the
// `env` is freed.
//
// A finalizer may call any function of the library. While it runs, no other finalizer runs on its
// thread. If it deletes objects, their finalizers run after it returns; during a host function, they
// run together with the next finalizer or when the call ends. A finalizer MUST NOT throw an
// exception or leave by `longjmp`.
typedef void (*safewasm_finalizer_t)(void *env);

// Returns the kind of `error`, copies its message to `message`, and deletes it.
//
// `message` has room for `message_size` bytes; `message` may be NULL, and then no message is copied.
// The copy ends with a NUL. A message that is too long is cut between two characters;
// `safewasm_error_message` gives the whole message.
//
// If `error` is NULL, which means success, returns `SAFEWASM_ERROR_NONE`, which is 0, and the
// message is empty. So a call of the library can be the first argument: the result says whether the
// call failed, and nothing is left to delete. If `error` was deleted already or never was an error,
// returns `SAFEWASM_ERROR_INVALID_HANDLE`, and the message says so.
//
// Never fails. May be called from any thread.
safewasm_error_kind_t safewasm_error_take(safewasm_error_t *error,
                                          char *message,
                                          size_t message_size);

// Returns the kind of `error`: `SAFEWASM_ERROR_NONE` if it is NULL, and
// `SAFEWASM_ERROR_INVALID_HANDLE` if it is not a living error.
//
// Never fails. May be called from any thread.
safewasm_error_kind_t safewasm_error_kind(safewasm_error_t *error);

// Returns the name of `kind`, a `safewasm_error_kind_t`: its name in this header without the prefix,
// in lower case and with spaces, such as `not found`. The name of any other number is `unknown`.
//
// Never returns NULL and never fails. The text is static, with a NUL at its end. May be called from
// any thread.
const char *safewasm_error_kind_name(uint32_t kind);

// Returns the name of `code`, a `safewasm_trap_code_t`: its name in this header without the prefix,
// in lower case and with spaces, such as `memory out of bounds`. The name of any other number is
// `unknown`.
//
// Never returns NULL and never fails. The text is static, with a NUL at its end. May be called from
// any thread.
const char *safewasm_trap_code_name(uint32_t code);

// Returns the message of `error`: a sentence in UTF-8 with a NUL at its end, which lives until
// `safewasm_error_delete`. A name from a module or from the program that has more than 200 bytes is
// cut in the message and ends in an ellipsis (`…`).
//
// `len_out` may be NULL. If it is not, `*len_out` is the message's length in bytes, without the NUL.
//
// Never returns NULL and never fails: if `error` is not a living error, the result is a static text
// that says so. May be called from any thread.
const char *safewasm_error_message(safewasm_error_t *error,
                                   size_t *len_out);

// Returns the reason of the trap, or `SAFEWASM_TRAP_NOT_A_TRAP` if `error` is not a trap or not a
// living error.
//
// Never fails. May be called from any thread.
safewasm_trap_code_t safewasm_error_trap_code(safewasm_error_t *error);

// Returns the operating system's error number (`errno`) of an error of kind `SAFEWASM_ERROR_IO`, and
// 0 for other errors.
//
// Never fails. May be called from any thread.
int32_t safewasm_error_os_code(safewasm_error_t *error);

// Returns the number of frames in the wasm backtrace of `error`: 0 if it has no backtrace, or is not
// a living error. The innermost 100 functions of a call are kept, and 400 frames of an error that
// has passed through several calls.
//
// Never fails. May be called from any thread.
size_t safewasm_error_frames_len(safewasm_error_t *error);

// Gets a frame of the wasm backtrace of `error`. Frame 0 is the innermost: the function in which the
// error happened.
//
// Returns true and sets `*frame_out` to the frame, whose texts live until `safewasm_error_delete`.
// If `error` is not a living error, has no frame `index`, or `frame_out` is NULL, returns false;
// `*frame_out`, unless `frame_out` is NULL, is all zero.
//
// May be called from any thread.
bool safewasm_error_frame(safewasm_error_t *error,
                          size_t index,
                          safewasm_frame_t *frame_out);

// Gets the core dump of `error`, a trap in an engine with `SAFEWASM_OPTION_COREDUMP_SIZE`.
//
// Returns its first byte, and sets `*len_out` to the number of bytes; they live until
// `safewasm_error_delete`. `len_out` may be NULL. If there is no core dump, or `error` is not a
// living error, returns NULL, and `*len_out` is 0.
//
// A core dump is a file in WebAssembly's binary format, as the tool conventions for core dumps
// describe it. It has the store's modules, instances and globals, the memories that aren't shared,
// and the functions of the backtrace, as they were when the call trapped. So it contains everything
// that the guest kept in memory, secrets too.
//
// If the memories, the globals and the names of modules could exceed
// `SAFEWASM_OPTION_COREDUMP_SIZE`, the dump is without memories and globals, and names are cut. The
// same holds if a global refers to exceptions, or a memory has pages of another size than 64 KiB.
// Local variables and operands are in no dump. If there isn't enough memory to make a dump, there is
// none.
//
// Never fails. May be called from any thread.
const uint8_t *safewasm_error_coredump(safewasm_error_t *error,
                                       size_t *len_out);

// Creates an error for a host function to return.
//
// `message` is UTF-8 text of `message_len` bytes (or `SAFEWASM_STRLEN`). `env` is any pointer of the
// program. The library calls `finalizer` with `env` when no error refers to `env` any more, and also
// if this function fails. `env` and `finalizer` may be NULL.
//
// `tag` is an address of the program's own, such as that of a static variable, which the library
// only compares. `safewasm_error_env` returns `env` to a caller that knows the tag, so that two
// languages in one process don't take each other's data for their own. `tag` may be NULL: then no
// function returns `env`.
//
// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_HOST`; return it from a host
// function or delete it with `safewasm_error_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `message` isn't UTF-8;
// `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_error_new(const char *message,
                                     size_t message_len,
                                     void *env,
                                     safewasm_finalizer_t finalizer,
                                     const void *tag,
                                     safewasm_error_t **error_out);

// Creates an error that throws `exception`, an exception of wasm, for a host function to return.
// Wasm in the exception's store may catch it. `safewasm_ref_new_exception` creates exceptions.
//
// On success `*error_out` is a new error of kind `SAFEWASM_ERROR_EXCEPTION`; return it from a host
// function or delete it with `safewasm_error_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if `exception` refers to something else than an exception;
// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_error_new_exception(safewasm_ref_t *exception,
                                               safewasm_error_t **error_out);

// Returns the `env` that `safewasm_error_new` made `error` with, if it was made with the same `tag`,
// even if the error has passed through calls of wasm since. Returns NULL for other errors, if `tag`
// is NULL, and if `error` is not a living error. `tag` may be NULL.
//
// Never fails. May be called from any thread.
void *safewasm_error_env(safewasm_error_t *error,
                         const void *tag);

// Gets the exception of wasm that `error` reports.
//
// On success `*ref_out` is a new reference to the exception; delete it with `safewasm_ref_delete`.
// On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_HANDLE`, also if the exception's
// store was deleted; `SAFEWASM_ERROR_NOT_FOUND` if `error` is not of kind
// `SAFEWASM_ERROR_EXCEPTION`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_error_exception(safewasm_error_t *error,
                                           safewasm_ref_t **ref_out);

// Returns true if `error` is an error that has not been deleted. Never fails. May be called from any
// thread.
bool safewasm_error_is_valid(safewasm_error_t *error);

// Deletes `error`. Does nothing if `error` is NULL or was deleted already. Never fails and never
// waits. May be called from any thread.
void safewasm_error_delete(safewasm_error_t *error);


// =================================================================================================
// Values: what wasm computes with, and the types of values.
//
// Example: examples/hello.c
// =================================================================================================

// The kind of a value, or of the type of a value.
typedef enum {
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
  // A reference to anything but a function.
  SAFEWASM_VAL_REF = 6,
  // A reference to a function.
  SAFEWASM_VAL_FUNC = 7,
} safewasm_valkind_t;

// The set of objects that a reference type allows. A null reference is one that refers to no object.
typedef enum {
  // The type is not a reference type.
  SAFEWASM_HEAP_NOT_A_REFERENCE = 0,
  // Any function.
  SAFEWASM_HEAP_FUNC = 1,
  // Any external reference: an object of the program, which wasm can hold but not look into.
  SAFEWASM_HEAP_EXTERN = 2,
  // Any structure, array or 31-bit integer, and any external reference that wasm converted.
  SAFEWASM_HEAP_ANY = 3,
  // Any structure, array or 31-bit integer: wasm can compare these.
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
  // No structure, array or integer, only null.
  SAFEWASM_HEAP_NONE = 10,
  // No function, only null.
  SAFEWASM_HEAP_NOFUNC = 11,
  // No external reference, only null.
  SAFEWASM_HEAP_NOEXTERN = 12,
  // No exception, only null.
  SAFEWASM_HEAP_NOEXN = 13,
  // No continuation, only null.
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
} safewasm_heapkind_t;

// The type of a value.
typedef struct {
  // The kind, a `safewasm_valkind_t`.
  uint8_t kind;
  // For a reference type, the objects that it allows, a `safewasm_heapkind_t`; otherwise 0.
  uint8_t heap;
  // Whether the reference may be null; false for other types.
  bool nullable;
} safewasm_valtype_t;

// The payload of a value: a union of 16 bytes, of which the member of the value's kind is set.
//
// Slot calls pass arguments and results as bare slots, without kinds. Those slots hold no
// references.
typedef union {
  // A 32-bit integer.
  int32_t i32;
  // A 64-bit integer.
  int64_t i64;
  // A 32-bit float.
  float f32;
  // A 64-bit float.
  double f64;
  // A vector of 128 bits: its bytes in the order in which they lie in a memory.
  uint8_t v128[16];
  // A reference to anything but a function. NULL is the null reference.
  safewasm_ref_t *reference;
  // A reference to a function. NULL is the null reference.
  safewasm_func_t *func;
} safewasm_slot_t;

// A value.
//
// In a result, the caller owns the handle of a reference and must delete it with
// `safewasm_ref_delete` or `safewasm_func_delete`. An argument is borrowed.
typedef struct {
  // The kind, a `safewasm_valkind_t`. It selects the member of `of`.
  uint8_t kind;
  // The payload.
  safewasm_slot_t of;
} safewasm_val_t;


// =================================================================================================
// Function types: the parameters and results of functions.
//
// Example: examples/host.c
// =================================================================================================

// `safewasm_functype_t`
//
// The type of a function: the types of its parameters and of its results. May be used from any
// threads at once.

// Creates a function type.
//
// `params` holds the types of `params_len` parameters, and `results` those of `results_len` results.
// Concrete reference types, which a module defines, can't be described here; take the function type
// of the module's import or export instead. `params` may be NULL if `params_len` is 0. `results` may
// be NULL if `results_len` is 0.
//
// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if an element of `params` or `results` is not a type.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_new(safewasm_engine_t *engine,
                                        const safewasm_valtype_t *params,
                                        size_t params_len,
                                        const safewasm_valtype_t *results,
                                        size_t results_len,
                                        safewasm_functype_t **functype_out);

// Creates a function type from text, such as `(i32, i64) -> f64`.
//
// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`), in the notation of
// `safewasm_functype_text`: the types of the parameters in parentheses, an arrow, and the type of
// the result. Several results are in parentheses too, and `()` stands for no result: `() -> (i32,
// externref)`, `(i32) -> ()`. The types are spelled as in WebAssembly's text format: `i32`, `i64`,
// `f32`, `f64`, `v128`, `funcref`, `externref`, `anyref`, `(ref null eq)`, `(ref i31)`, and so on. A
// type that a module defines can't be written: take the function type of the module's import or
// export.
//
// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` is no function type: the message says where the
// mistake is, and what is expected there; `SAFEWASM_ERROR_LIMIT`. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_new_text(safewasm_engine_t *engine,
                                             const char *text,
                                             size_t text_len,
                                             safewasm_functype_t **functype_out);

// Gets the number of parameters.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_params_len(safewasm_functype_t *functype,
                                               size_t *len_out);

// Gets the type of the parameter at `index`, counted from 0.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such parameter.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_param(safewasm_functype_t *functype,
                                          size_t index,
                                          safewasm_valtype_t *type_out);

// Gets the number of results.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_results_len(safewasm_functype_t *functype,
                                                size_t *len_out);

// Gets the type of the result at `index`, counted from 0.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such result.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_result(safewasm_functype_t *functype,
                                           size_t index,
                                           safewasm_valtype_t *type_out);

// Gets the type as text, such as `(i32, i32) -> i32`.
//
// On success `*text_out` is the text, which lives until `safewasm_functype_delete`. On failure it is
// NULL with length 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_functype_text(safewasm_functype_t *functype,
                                         safewasm_text_t *text_out);

// Returns true if `functype` is a function type that has not been deleted. Never fails. May be
// called from any thread.
bool safewasm_functype_is_valid(safewasm_functype_t *functype);

// Deletes `functype`. Does nothing if `functype` is NULL or was deleted already. Never fails and
// never waits. May be called from any thread.
void safewasm_functype_delete(safewasm_functype_t *functype);


// =================================================================================================
// Extern types: the types of imports and exports.
//
// Example: examples/imports.c
// =================================================================================================

// `safewasm_externtype_t`
//
// The type of an import or export: the type of a function, memory, table, global or tag. May be used
// from any threads at once.

// The kind of an import or export.
typedef enum {
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
} safewasm_externkind_t;

// The type of a memory.
typedef struct {
  // The initial size in pages.
  uint64_t min;
  // The largest size in pages, if `has_max` is true.
  uint64_t max;
  // The size of a page in bytes: 65,536, unless the module defines another one.
  uint64_t page_size;
  // Whether there is a largest size.
  bool has_max;
  // Whether addresses have 64 bits instead of 32.
  bool is_64;
  // Whether the memory can be shared between threads.
  bool is_shared;
} safewasm_memorytype_t;

// The type of a table.
typedef struct {
  // The initial number of elements.
  uint64_t min;
  // The largest number of elements, if `has_max` is true.
  uint64_t max;
  // Whether there is a largest number of elements.
  bool has_max;
  // Whether indices have 64 bits instead of 32.
  bool is_64;
  // The type of the elements.
  safewasm_valtype_t element;
} safewasm_tabletype_t;

// The type of a global.
typedef struct {
  // The type of its value.
  safewasm_valtype_t content;
  // Whether the value can be changed.
  bool is_mutable;
} safewasm_globaltype_t;

// Gets the kind of import or export that the type belongs to.
//
// On success `*kind_out` is the kind, a `safewasm_externkind_t`. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_kind(safewasm_externtype_t *externtype,
                                           uint32_t *kind_out);

// Gets the type of a function or tag. The parameters of a tag's type are the values that its
// exceptions carry.
//
// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_functype(safewasm_externtype_t *externtype,
                                               safewasm_functype_t **functype_out);

// Gets the type of a memory.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_memorytype(safewasm_externtype_t *externtype,
                                                 safewasm_memorytype_t *type_out);

// Gets the type of a table.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_tabletype(safewasm_externtype_t *externtype,
                                                safewasm_tabletype_t *type_out);

// Gets the type of a global.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_globaltype(safewasm_externtype_t *externtype,
                                                 safewasm_globaltype_t *type_out);

// Gets the type as WebAssembly's text format writes it, such as `(func (param i32 i32) (result
// i32))`, `(memory 1 10)` or `(global (mut i32))`.
//
// On success `*text_out` is the text, which lives until `safewasm_externtype_delete`. On failure it
// is NULL with length 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_externtype_text(safewasm_externtype_t *externtype,
                                           safewasm_text_t *text_out);

// Returns true if `externtype` is an external type that has not been deleted. Never fails. May be
// called from any thread.
bool safewasm_externtype_is_valid(safewasm_externtype_t *externtype);

// Deletes `externtype`. Does nothing if `externtype` is NULL or was deleted already. Never fails and
// never waits. May be called from any thread.
void safewasm_externtype_delete(safewasm_externtype_t *externtype);


// =================================================================================================
// Heap types: the types of structures and of arrays.
//
// Example: examples/structures.c
// =================================================================================================

// `safewasm_heaptype_t`
//
// A heap type: the type of structures, or of arrays. May be used from any threads at once.

// The type of a field of a structure, or of the elements of an array.
typedef struct {
  // The type of its value. It is i32 for a field of 8 or 16 bits.
  safewasm_valtype_t content;
  // The number of bits that the field keeps of an i32, 8 or 16; 0 for a field that keeps its value
  // as it is.
  uint8_t packed_bits;
  // Whether the value can be changed.
  bool is_mutable;
} safewasm_fieldtype_t;

// Creates a heap type from text, such as `(struct (field i32) (field (mut f64)))` or `(array (mut
// i8))`.
//
// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`), as WebAssembly's text format
// writes a type. It may also be a list of definitions, of which the type is the last; they may refer
// to each other as in a module: `(type $list (struct (field i32) (field (mut (ref null $list)))))`.
// The type is the same as one of a module if both are written alike.
//
// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_TEXT` if `text` is not in the text format;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if it is not UTF-8, or has something else than types in it;
// `SAFEWASM_ERROR_INVALID_MODULE` if the types are not valid, or the engine's config has turned off
// a proposal that they need; `SAFEWASM_ERROR_TYPE_MISMATCH` if the type is one of functions;
// `SAFEWASM_ERROR_LIMIT`. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_new_text(safewasm_engine_t *engine,
                                             const char *text,
                                             size_t text_len,
                                             safewasm_heaptype_t **heaptype_out);

// Gets the type of the objects that the parameter at `index`, counted from 0, refers to.
//
// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such parameter; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is not a reference to
// structures or arrays of one type. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_of_param(safewasm_functype_t *functype,
                                             size_t index,
                                             safewasm_heaptype_t **heaptype_out);

// Gets the type of the objects that the result at `index`, counted from 0, refers to.
//
// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such result; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is not a reference to structures
// or arrays of one type. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_of_result(safewasm_functype_t *functype,
                                              size_t index,
                                              safewasm_heaptype_t **heaptype_out);

// Gets the type of the objects that the value of a global, or the elements of a table, refer to.
//
// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if these are not references to structures or arrays of one type, or
// if `externtype` is the type of something else. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_of_extern(safewasm_externtype_t *externtype,
                                              safewasm_heaptype_t **heaptype_out);

// Gets the type of the structure or array that a reference refers to.
//
// On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if it refers to something else; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_of_ref(safewasm_ref_t *reference,
                                           safewasm_heaptype_t **heaptype_out);

// Gets the type of the objects that the field at `index`, counted from 0, of a heap type refers to.
// A type of arrays has one field, which stands for all elements.
//
// On success `*other_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such field; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is not a reference to structures
// or arrays of one type. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_of_field(safewasm_heaptype_t *heaptype,
                                             size_t index,
                                             safewasm_heaptype_t **other_out);

// Gets the kind of the objects: `SAFEWASM_HEAP_STRUCT` or `SAFEWASM_HEAP_ARRAY`.
//
// On success `*kind_out` is the kind. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
// thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_kind(safewasm_heaptype_t *heaptype,
                                         uint32_t *kind_out);

// Gets the number of fields of a type of structures; 1 for a type of arrays, whose field stands for
// all elements.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
// thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_fields_len(safewasm_heaptype_t *heaptype,
                                               size_t *len_out);

// Gets the type of the field at `index`, counted from 0. A type of arrays has one field, which
// stands for all elements.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such field. May be called from any thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_field(safewasm_heaptype_t *heaptype,
                                          size_t index,
                                          safewasm_fieldtype_t *type_out);

// Gets the type as WebAssembly's text format writes it, such as `(struct (field i32) (field (mut
// f64)))`. Other types of the module in it are cut short: `(ref null (struct …))`.
//
// On success `*text_out` is the text, which lives until `safewasm_heaptype_delete`. On failure it is
// NULL with length 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
// thread.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_heaptype_text(safewasm_heaptype_t *heaptype,
                                         safewasm_text_t *text_out);

// Returns true if `heaptype` is a heap type that has not been deleted. Never fails. May be called
// from any thread.
bool safewasm_heaptype_is_valid(safewasm_heaptype_t *heaptype);

// Deletes `heaptype`. Does nothing if `heaptype` is NULL or was deleted already. Never fails and
// never waits. May be called from any thread.
void safewasm_heaptype_delete(safewasm_heaptype_t *heaptype);


// =================================================================================================
// Configs: the settings of an engine.
//
// Example: examples/limits.c
// =================================================================================================

// `safewasm_config_t`
//
// The settings of an engine. Create a config, change its settings, and pass it to
// `safewasm_engine_new`, which consumes it. May be used from any threads at once.

// A proposal to WebAssembly, or a part of one, that can be turned on and off. A feature is on by
// default unless its description says otherwise.
typedef enum {
  // Functions with several results.
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
  // Tail calls: calls that replace their caller's frame.
  SAFEWASM_FEATURE_TAIL_CALL = 6,
  // Several memories in a module.
  SAFEWASM_FEATURE_MULTI_MEMORY = 7,
  // Memories and tables with 64-bit addresses.
  SAFEWASM_FEATURE_MEMORY64 = 8,
  // More instructions in constant expressions.
  SAFEWASM_FEATURE_EXTENDED_CONST = 9,
  // Typed references to functions.
  SAFEWASM_FEATURE_FUNCTION_REFERENCES = 10,
  // Garbage-collected structures and arrays, and 31-bit integers.
  SAFEWASM_FEATURE_GC = 11,
  // Exceptions and tags.
  SAFEWASM_FEATURE_EXCEPTIONS = 12,
  // Memories with pages of other sizes than 64 KiB. Off by default.
  SAFEWASM_FEATURE_CUSTOM_PAGE_SIZES = 13,
  // Arithmetic on 128 bits. Off by default.
  SAFEWASM_FEATURE_WIDE_ARITHMETIC = 14,
  // Continuations. Off by default. This version can't run them: with this feature on, no engine can
  // be made.
  SAFEWASM_FEATURE_STACK_SWITCHING = 15,
} safewasm_feature_t;

// The compiler of an engine, for `SAFEWASM_OPTION_STRATEGY`.
typedef enum {
  // Cranelift, which optimizes.
  SAFEWASM_STRATEGY_CRANELIFT = 0,
  // Winch, which compiles several times faster, to code that is several times slower. It has no
  // garbage-collected types, typed references to functions, exceptions, tail calls and relaxed SIMD
  // instructions: these features are off with it.
  SAFEWASM_STRATEGY_WINCH = 1,
} safewasm_strategy_t;

// The garbage collector of an engine's stores, for `SAFEWASM_OPTION_COLLECTOR`.
typedef enum {
  // Counts references. Pauses are short. Objects that refer to each other in a cycle stay until
  // their store is deleted.
  SAFEWASM_COLLECTOR_DRC = 0,
  // Never collects. Allocation is fastest, and what is allocated stays until the store is deleted.
  SAFEWASM_COLLECTOR_NULL = 1,
  // Copies the objects that are in use, and frees cycles too. It uses half of the heap at a time.
  SAFEWASM_COLLECTOR_COPYING = 2,
} safewasm_collector_t;

// How Linux's profiler `perf` is told of compiled functions, for
// `SAFEWASM_OPTION_PROFILING_STRATEGY`. Names of functions are cut and written without control
// characters.
typedef enum {
  // Not at all.
  SAFEWASM_PROFILING_NONE = 0,
  // By `/tmp/perf-PID.map`, where `perf report` finds the functions' names.
  SAFEWASM_PROFILING_PERF_MAP = 1,
  // By `jit-PID.dump` in the folder that the environment variable `JITDUMPDIR` names, or else in the
  // current folder. It has the machine code too. `perf record -k mono` notes where the file is, and
  // `perf inject --jit` adds it to the recording.
  SAFEWASM_PROFILING_JIT_DUMP = 2,
} safewasm_profiling_t;

// A setting that `safewasm_config_set_option` changes. The description of each says which values it
// takes and which is the default. A switch is 0 (off) or 1 (on). Sizes are in bytes.
typedef enum {
  // Switch, off by default: wasm computes the same results each time and on each machine. It turns
  // `SAFEWASM_OPTION_NAN_CANONICALIZATION` and `SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC` on, and
  // `SAFEWASM_FEATURE_THREADS` off. These still differ: host functions of the program, whether the
  // system has memory for a `memory.grow`, and how deep a recursion goes before the stack is full.
  // Time limits and interrupts end a call at any point; fuel ends it always at the same.
  SAFEWASM_OPTION_DETERMINISTIC = 0,
  // Switch, off by default: each NaN that an instruction computes has the same bits. Arithmetic on
  // floats takes longer.
  SAFEWASM_OPTION_NAN_CANONICALIZATION = 1,
  // Switch, off by default: relaxed SIMD instructions have the same result on each machine. They may
  // take longer.
  SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC = 2,
  // A `safewasm_strategy_t`: the compiler. The default is Cranelift.
  SAFEWASM_OPTION_STRATEGY = 3,
  // 0 to 4: the CPU features that the code uses. 0, the default, means all that the machine has. 1
  // to 4 are the levels of x86-64, where 1 is what each such machine has, and 3 includes AVX2: the
  // code uses no feature beyond that level. On other machines 1 to 4 mean no optional feature.
  SAFEWASM_OPTION_CPU_LEVEL = 4,
  // Switch, off by default: small functions are compiled into their callers within a module. It
  // takes longer and makes larger code, which may run faster. Backtraces lack the frames of
  // functions that were compiled into others.
  SAFEWASM_OPTION_INLINING = 5,
  // Switch, off by default: the compiler assigns registers in a single pass. It takes less time, and
  // less memory for large functions, and the code is slower.
  SAFEWASM_OPTION_SINGLE_PASS_REGALLOC = 6,
  // Switch, on by default: a module is compiled by several threads.
  SAFEWASM_OPTION_PARALLEL_COMPILATION = 7,
  // Switch, off by default: the compiler checks its own work, and an error of the compiler is of
  // kind `SAFEWASM_ERROR_COMPILER`. It takes longer.
  SAFEWASM_OPTION_DEBUG_VERIFIER = 8,
  // Switch, off by default: the compiler uses the hints on branches in a module.
  SAFEWASM_OPTION_BRANCH_HINTING = 9,
  // Switch, on by default: compiled code has tables (`.eh_frame`) with which debuggers and profilers
  // walk the stack. Backtraces of this library don't need them. Without them a module takes less
  // memory, and is made and deleted faster.
  SAFEWASM_OPTION_NATIVE_UNWIND_INFO = 10,
  // Switch, on by default: compiled code has the names of its functions, for debuggers. Without them
  // a module takes less memory.
  SAFEWASM_OPTION_DEBUG_SYMBOLS = 11,
  // Switch, on by default: compiled code has a table from its addresses to those in the module.
  // Without it a module takes less memory, and the offsets in backtraces are 0.
  SAFEWASM_OPTION_ADDRESS_MAP = 12,
  // 0 to 100: the number of frames in the backtrace of a trap. The default is 100. With 0, traps
  // have no backtraces and take less time.
  SAFEWASM_OPTION_BACKTRACE_FRAMES = 13,
  // Up to 2^46: the address space that a memory has at first, and into which it grows without
  // moving. The default is 4 GiB, with which 32-bit memories need no checks of bounds. Smaller
  // reservations take less address space, and wasm checks each access.
  SAFEWASM_OPTION_MEMORY_RESERVATION = 14,
  // Up to 2^46: the size of the inaccessible pages after a memory. The default is 32 MiB. With
  // fewer, wasm checks more accesses. Memory safety doesn't depend on it.
  SAFEWASM_OPTION_MEMORY_GUARD_SIZE = 15,
  // Up to 2^46: the address space that a memory has beyond its size when it has moved. The default
  // is 2 GiB.
  SAFEWASM_OPTION_MEMORY_RESERVATION_FOR_GROWTH = 16,
  // Switch, on by default: a memory that has no room to grow moves to another address. If off,
  // growing beyond the reservation fails.
  SAFEWASM_OPTION_MEMORY_MAY_MOVE = 17,
  // Switch, on by default: inaccessible pages lie before each memory too, as many as after it. It is
  // a second line of defence, which costs address space only.
  SAFEWASM_OPTION_GUARD_BEFORE_MEMORY = 18,
  // Switch, on by default: memories begin as copy-on-write mappings of their module's data. If off,
  // each instance copies its data. It is off where the process has a limit on the size of files.
  SAFEWASM_OPTION_MEMORY_INIT_COW = 19,
  // Up to 2^32: a module whose data spans up to this size gets such a mapping, however sparse the
  // data is. The default is 16 MiB.
  SAFEWASM_OPTION_MEMORY_IMAGE_SIZE = 20,
  // Switch, on by default: references to functions are put into tables when they are first used. If
  // off, instances take longer to make, and indirect calls are a little faster.
  SAFEWASM_OPTION_TABLE_LAZY_INIT = 21,
  // A `safewasm_collector_t`: the garbage collector. The default counts references.
  SAFEWASM_OPTION_COLLECTOR = 22,
  // Up to 2^32: the size of a store's heap of garbage-collected objects when the first is made. The
  // default is 0: it grows as needed.
  SAFEWASM_OPTION_GC_HEAP_INITIAL_SIZE = 23,
  // As `SAFEWASM_OPTION_MEMORY_RESERVATION`, whose value is the default, for the heaps of
  // garbage-collected objects.
  SAFEWASM_OPTION_GC_HEAP_RESERVATION = 24,
  // As `SAFEWASM_OPTION_MEMORY_GUARD_SIZE`, whose value is the default, for these heaps.
  SAFEWASM_OPTION_GC_HEAP_GUARD_SIZE = 25,
  // As `SAFEWASM_OPTION_MEMORY_RESERVATION_FOR_GROWTH`, whose value is the default, for these heaps.
  SAFEWASM_OPTION_GC_HEAP_RESERVATION_FOR_GROWTH = 26,
  // As `SAFEWASM_OPTION_MEMORY_MAY_MOVE`, whose value is the default, for these heaps.
  SAFEWASM_OPTION_GC_HEAP_MAY_MOVE = 27,
  // Up to 2^32: the size of the largest core dump. If it isn't 0, the error of a trap has a core
  // dump, which `safewasm_error_coredump` gets. The default is 0.
  SAFEWASM_OPTION_COREDUMP_SIZE = 28,
  // A `safewasm_profiling_t`. The default is `SAFEWASM_PROFILING_NONE`. If the file can't be
  // written, `safewasm_engine_new` fails.
  SAFEWASM_OPTION_PROFILING_STRATEGY = 29,
} safewasm_option_t;

// How much the compiler optimizes.
typedef enum {
  // Compiles fast. The code is slower.
  SAFEWASM_OPT_LEVEL_NONE = 0,
  // Optimizes the code for speed. The default.
  SAFEWASM_OPT_LEVEL_SPEED = 1,
  // Optimizes the code for speed and size.
  SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE = 2,
} safewasm_opt_level_t;

// The sizes of an engine's pool. 0 selects the default given at each member. The numbers of
// memories, tables and heaps of all stores together are at most 1,048,576, those of a module at most
// 1,000.
typedef struct {
  // The number of memories of all stores together. A store that holds garbage-collected objects,
  // such as external references, takes one memory for them. Default: 1000.
  uint32_t total_memories;
  // The number of tables of all stores together. Default: 1000.
  uint32_t total_tables;
  // The number of memories that a module may define. Default: 1.
  uint32_t max_memories_per_module;
  // The number of tables that a module may define. Default: 1.
  uint32_t max_tables_per_module;
  // The largest size of a memory in bytes. Default: `SAFEWASM_OPTION_MEMORY_RESERVATION`, but at
  // most 4 GiB. A memory takes the address space of that reservation, whatever this size is.
  size_t max_memory_size;
  // The largest number of elements of a table. Default: 20,000.
  size_t table_elements;
  // The number of bytes at the start of a memory that are set to zero when its store is freed, and
  // stay allocated for the next store. The rest of the memory is given back to the system. Setting a
  // few pages to zero is faster than giving them back. Default: none.
  size_t linear_memory_keep_resident;
  // The same for a table. Default: none.
  size_t table_keep_resident;
  // The number of memories that are set to zero together when their stores are freed. Larger batches
  // take fewer calls to the system, and their room becomes free later. Default: 1.
  size_t decommit_batch_size;
  // The number of heaps of garbage-collected objects of all stores together. A store that holds such
  // objects takes a memory and a heap. Default: `total_memories`.
  uint32_t total_gc_heaps;
  // The number of unused memories that stay assigned to the module that had them, which is faster
  // when the module is instantiated again. Default: 100.
  uint32_t max_unused_warm_slots;
  // 1 if the system is asked which pages to set to zero, where it can tell (Linux 6.7 or newer).
  // Only the members that keep pages allocated make use of it. Default: 0, it isn't asked.
  uint32_t pagemap_scan;
} safewasm_pooling_t;

// Creates a config with the default settings.
//
// On success `*config_out` is a new config; pass it to `safewasm_engine_new` or delete it with
// `safewasm_config_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_config_new(safewasm_config_t **config_out);

// Sets how much the compiler optimizes. `level` is a `safewasm_opt_level_t`;
// `SAFEWASM_OPT_LEVEL_SPEED` is the default.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another level.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_opt_level(safewasm_config_t *config,
                                                uint32_t level);

// Sets whether the compiled code carries native debug info, with which a debugger such as gdb shows
// the source lines of wasm. Off by default.
//
// The time and memory that the compiler spends on a module's debug info have no bound: leave this
// off for modules that aren't trusted. Files and lines in backtraces are another setting,
// `safewasm_config_set_backtrace_lines`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_debug_info(safewasm_config_t *config,
                                                 bool enabled);

// Sets whether backtraces show files, lines and inlined calls, which the library reads from the
// debug info (DWARF) in a module. Off by default.
//
// Reading the debug info takes no more than some tenths of a second and some megabytes for each
// error, and works on a stack of any size, whatever the debug info contains. Anything beyond that is
// left out, and a note at the end of the error's message says so. An error of the program itself (of
// kind `SAFEWASM_ERROR_HOST`) has no such note. At most 32 inlined calls are shown for a function,
// and at most 400 for a backtrace.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_backtrace_lines(safewasm_config_t *config,
                                                      bool enabled);

// Sets whether the library may find traps by the signals SIGSEGV, SIGILL and SIGFPE. On by default.
//
// If on, the first engine of the process installs handlers for these signals. A signal that isn't a
// trap of wasm, such as a fault of the program or a signal that was sent, goes to the handler that
// was installed before. A program that installs its own handlers later MUST pass signals on to the
// earlier ones, and MUST NOT install them while the first engine is being made.
//
// If off, the compiled code checks each operation itself and is slower. Turn it off where signal
// handlers must not be changed, and under valgrind.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_signals_based_traps(safewasm_config_t *config,
                                                          bool enabled);

// Turns a feature of WebAssembly on or off. `feature` is a `safewasm_feature_t`.
//
// A module that uses a feature that is off is invalid. Objects that the program makes itself, such
// as a memory, may use it all the same. If a feature depends on another one that is off,
// `safewasm_engine_new` fails with a message that says which.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such feature.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_feature(safewasm_config_t *config,
                                              uint32_t feature,
                                              bool enabled);

// Sets an option of the compiler, the memories or the garbage collector. `option` is a
// `safewasm_option_t`, whose description says which values it takes.
//
// Options may be set in any order. If two of them, or an option and another setting, contradict each
// other, `safewasm_engine_new` fails with an error that names both. No value makes wasm unsafe: a
// guest can leave its memory with none of them.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such option, or if it doesn't take the value.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_option(safewasm_config_t *config,
                                             uint32_t option,
                                             uint64_t value);

// Sets whether shared memories can be made: memories that several threads use at once, each thread
// with a store of its own. Off by default.
//
// Wasmtime's documentation says: "there are enough deficiencies in Wasmtime's implementation and API
// integration that creation of a shared memory is disabled by default", and threads are "a tier 2
// feature in Wasmtime meaning that it will not receive security updates or fixes to historical
// releases".
//
// A thread that waits on a shared memory in wasm (`memory.atomic.wait32`, `wait64`) is woken only by
// `memory.atomic.notify` and by the time limit of the wait itself. No deadline and no interrupt ends
// the wait.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_shared_memory(safewasm_config_t *config,
                                                    bool enabled);

// Sets the stack that wasm may use in a call, including nested calls, in bytes. A call that needs
// more traps with `SAFEWASM_TRAP_STACK_OVERFLOW`. The default is 512 KiB.
//
// A thread must have this much left on its stack, and some more for the library and for host
// functions; otherwise calls are refused with that trap.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` for less than 4 KiB or more than 1 GiB.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_max_wasm_stack(safewasm_config_t *config,
                                                     size_t max_wasm_stack);

// Sets how large a module may be, in bytes of the binary format. Larger modules are refused before
// they are compiled. `SIZE_MAX`, the default, means no limit.
//
// A compilation can't be stopped, neither by a deadline nor by `safewasm_store_interrupt`. Its time
// and memory grow with the module, and faster than linearly with the size of a function that has
// deeply nested loops: twenty kilobytes may take ten seconds. All engines of the process compile on
// the threads of one pool.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_max_module_size(safewasm_config_t *config,
                                                      size_t max_module_size);

// Sets how many functions a module may define. Modules with more are refused before they are
// compiled. `SIZE_MAX`, the default, means no limit. Each function costs some time and memory,
// however small it is. See also `safewasm_config_set_max_module_size`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_max_module_functions(safewasm_config_t *config,
                                                           size_t max_module_functions);

// Sets a cache of compiled modules: a folder in which modules stay compiled when the process has
// ended. A module whose bytes and config are known is loaded from there and not compiled again.
// Processes of one user may share a folder, at the same time too. There is no cache by default.
//
// `folder` is UTF-8 text of `folder_len` bytes (or `SAFEWASM_STRLEN`). NULL with the length 0 means
// the folder `safewasm` in the user's folder for caches, which is that of the environment variable
// `XDG_CACHE_HOME`, or else `.cache` in that of `HOME`. The folder is made if it isn't there,
// readable for its user only. `max_size` is how many bytes the cache may have: the modules that were
// used longest ago are deleted. 0 means no cache. `folder` may be NULL if `folder_len` is 0.
//
// A module that the cache has can't be told from one that was compiled, except by
// `safewasm_engine_cache_counts`. If files in the folder can't be read or written, modules are
// compiled as without a cache; so they are if `folder` is NULL and the user has no folder for
// caches, or one in which the cache can't be made. A module of the cache that was damaged, or that
// another user wrote, is compiled again: the library has a secret in the folder, by which it knows
// its own modules.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `folder` isn't UTF-8, is empty or has a NUL. A `folder` that
// isn't one and can't be made, or that other users may write to, is an error of
// `safewasm_engine_new`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_cache(safewasm_config_t *config,
                                            const char *folder,
                                            size_t folder_len,
                                            uint64_t max_size);

// Sets whether wasm consumes fuel, which limits how many instructions it executes; see
// `safewasm_store_set_fuel`. Off by default.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_consume_fuel(safewasm_config_t *config,
                                                   bool enabled);

// Sets how much fuel an operator consumes, from 0 to 255. `name` is the operator's name in the text
// format, such as `i32.add`. By default most operators consume 1, and those that only structure the
// code (`block`, `loop`, `end`, `else`, `return`, `unreachable`, `nop`, `drop`) consume 0. It has no
// effect without `safewasm_config_set_consume_fuel`.
//
// Operators that work on many bytes or elements consume fuel for each too, by default 1. The names
// of these costs are `memory.copy per byte`, `memory.fill per byte`, `memory.init per byte`,
// `memory.grow per page` (by default 0), and `per element` after `table.copy`, `table.fill`,
// `table.init`, `table.grow`, `array.copy`, `array.fill`, `array.new`, `array.new_default`,
// `array.new_data`, `array.new_elem`, `array.init_data` and `array.init_elem`.
//
// With costs of 0, a loop may never run out of fuel.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such operator, if the name isn't UTF-8, or for a
// cost above 255.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_operator_cost(safewasm_config_t *config,
                                                    const char *name,
                                                    size_t name_len,
                                                    uint32_t cost);

// Sets whether a running call can be ended: by `safewasm_store_interrupt`, by a deadline, by a time
// limit, by epochs, or by the interrupt flag of the hooks. Off by default, since wasm then checks a
// counter in each loop and function: the code is larger by a quarter to a third, compiling takes
// longer by as much, and wasm takes 1.0 to 1.5 times as long, in some loops 2.5 times.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_epoch_interruption(safewasm_config_t *config,
                                                         bool enabled);

// Sets whether the memories and tables of instances come from a pool, which `safewasm_engine_new`
// reserves. Off by default. With a pool, a store and its instance are made and freed faster, and
// more threads can do so at once.
//
// `pooling` has the sizes of the pool. `pooling` may be NULL, which turns the pool off. A pool of
// the default sizes takes about 4 TiB of address space, and hardly any memory until it is used. If
// the pool has no room for an instance, or a module could never fit, the error is of kind
// `SAFEWASM_ERROR_LIMIT`. Room becomes free when a store is freed.
//
// Objects that the program makes itself, for instance with `safewasm_memory_new`, don't come from
// the pool. With a pool, modules can't define shared memories.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a size is out of range. Later, `safewasm_engine_new` fails
// with `SAFEWASM_ERROR_LIMIT` if the process has too little address space.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_pooling(safewasm_config_t *config,
                                              const safewasm_pooling_t *pooling);

// Returns true if `config` is a config that has neither been deleted nor passed to an engine. Never
// fails. May be called from any thread.
bool safewasm_config_is_valid(safewasm_config_t *config);

// Deletes `config`. Does nothing if `config` is NULL or was deleted already. Never fails and never
// waits. May be called from any thread.
void safewasm_config_delete(safewasm_config_t *config);


// =================================================================================================
// Engines: they compile modules.
//
// Example: examples/hello.c
// =================================================================================================

// `safewasm_engine_t`
//
// An engine: compiles modules. A program usually has one. May be used from any threads at once.
//
// An engine is reference-counted: it may be deleted before the stores and modules made with it.

// Creates an engine with the settings of `config`.
//
// `config` may be NULL, which means the default settings. The config is consumed, even if this
// function fails: its handle is invalid afterwards.
//
// Installs handlers for SIGSEGV, SIGILL and SIGFPE, unless the config turns that off; see
// `safewasm_config_set_signals_based_traps`.
//
// On success `*engine_out` is a new engine; delete it with `safewasm_engine_delete`. On failure it
// is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the machine or this version doesn't support a setting, or if
// settings contradict each other; `SAFEWASM_ERROR_LIMIT` if the process has too little address space
// for the pool; `SAFEWASM_ERROR_IO` if the folder of a cache can't be used, with the operating
// system's error number; `SAFEWASM_ERROR_INVALID_ARGUMENT` if other users may write to it.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_engine_new(safewasm_config_t *config,
                                      safewasm_engine_t **engine_out);

// Returns true if `engine` is an engine that has not been deleted. Never fails. May be called from
// any thread.
bool safewasm_engine_is_valid(safewasm_engine_t *engine);

// Gets how often the engine's cache had a module, didn't have it, and couldn't be read or written;
// see `safewasm_config_set_cache`. May be called from any thread.
//
// On success `*hits_out`, `*misses_out` and `*failures_out` are the numbers since the engine was
// made. On failure they are 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine has no cache.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_engine_cache_counts(safewasm_engine_t *engine,
                                               uint64_t *hits_out,
                                               uint64_t *misses_out,
                                               uint64_t *failures_out);

// Deletes `engine`. Its stores and modules live on. Does nothing if `engine` is NULL or was deleted
// already. Never fails and never waits. May be called from any thread.
void safewasm_engine_delete(safewasm_engine_t *engine);


// =================================================================================================
// Modules: compiled WebAssembly.
//
// Example: examples/imports.c
// =================================================================================================

// `safewasm_module_t`
//
// A module: compiled WebAssembly, from which instances are made. May be used from any threads at
// once.
//
// A module is reference-counted: it may be deleted before its instances.

// The resources that an instance of a module needs when it is made.
typedef struct {
  // The number of memories that the module defines.
  uint32_t memories;
  // The number of tables that the module defines.
  uint32_t tables;
  // The initial size of the largest of these memories, in pages.
  uint64_t max_memory_size;
  // The initial size of the largest of these tables, in elements.
  uint64_t max_table_size;
} safewasm_resources_t;

// Compiles a module from its bytes.
//
// `bytes` is a module in the binary format, of `bytes_len` bytes. The library doesn't use the bytes
// after this function returns.
//
// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
// is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if the
// compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the config
// allows, if no thread is left to compile on, or if no memory is left for the code.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_new(safewasm_engine_t *engine,
                                      const uint8_t *bytes,
                                      size_t bytes_len,
                                      safewasm_module_t **module_out);

// Compiles a module from WebAssembly's text format.
//
// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`). The library doesn't use the text
// after this function returns.
//
// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
// is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` isn't UTF-8; `SAFEWASM_ERROR_INVALID_TEXT`, with the
// line and the column; `SAFEWASM_ERROR_INVALID_MODULE`; `SAFEWASM_ERROR_COMPILER` if the compiler
// refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the config allows, if
// no thread is left to compile on, or if no memory is left for the code.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_new_text(safewasm_engine_t *engine,
                                           const char *text,
                                           size_t text_len,
                                           safewasm_module_t **module_out);

// Compiles a module from an ordinary file, in the binary or the text format.
//
// `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).
//
// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
// is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or is the text of a module;
// `SAFEWASM_ERROR_IO`, with the operating system's error number; `SAFEWASM_ERROR_INVALID_TEXT`, with
// the line and the column; `SAFEWASM_ERROR_INVALID_MODULE`; `SAFEWASM_ERROR_COMPILER` if the
// compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the config
// allows, if no thread is left to compile on, or if no memory is left for the code.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_new_file(safewasm_engine_t *engine,
                                           const char *path,
                                           size_t path_len,
                                           safewasm_module_t **module_out);

// Checks whether bytes are a valid module for `engine`, without compiling it. Returns NULL if they
// are.
//
// `bytes` is a module in the binary format, of `bytes_len` bytes.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_validate(safewasm_engine_t *engine,
                                           const uint8_t *bytes,
                                           size_t bytes_len);

// Gets the number of the module's imports.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_imports_len(safewasm_module_t *module,
                                              size_t *len_out);

// Gets the import at `index`, counted from 0, in the module's order.
//
// An import has two names: the name of the module that it comes from, and its name there. On success
// `*module_name_out` and `*name_out` are these names, which live until `safewasm_module_delete`, and
// `*type_out` is a new external type; delete it with `safewasm_externtype_delete`. On failure all
// are NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such import.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_import(safewasm_module_t *module,
                                         size_t index,
                                         safewasm_text_t *module_name_out,
                                         safewasm_text_t *name_out,
                                         safewasm_externtype_t **type_out);

// Gets the number of the module's exports.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_exports_len(safewasm_module_t *module,
                                              size_t *len_out);

// Gets the export at `index`, counted from 0, in the module's order.
//
// On success `*name_out` is its name, which lives until `safewasm_module_delete`, and `*type_out` is
// a new external type; delete it with `safewasm_externtype_delete`. On failure both are NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such export.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_export(safewasm_module_t *module,
                                         size_t index,
                                         safewasm_text_t *name_out,
                                         safewasm_externtype_t **type_out);

// Gets the module's name, from its name section.
//
// On success `*name_out` is the name, which lives until `safewasm_module_delete`, or NULL with
// length 0 if the module has no name. On failure it is NULL with length 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_name(safewasm_module_t *module,
                                       safewasm_text_t *name_out);

// Gets the number of the module's custom sections.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_custom_sections_len(safewasm_module_t *module,
                                                      size_t *len_out);

// Gets the custom section at `index`, counted from 0, in the module's order. Several sections may
// have the same name.
//
// On success `*name_out` is its name, `*data_out` is its first byte, or NULL if it is empty, and
// `*len_out` is the number of its bytes; the name and the bytes live until `safewasm_module_delete`.
// On failure they are NULL and 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such section.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_custom_section(safewasm_module_t *module,
                                                 size_t index,
                                                 safewasm_text_t *name_out,
                                                 const uint8_t **data_out,
                                                 size_t *len_out);

// Gets the resources that an instance of the module needs when it is made.
//
// On success `*resources_out` is the resources. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_resources(safewasm_module_t *module,
                                            safewasm_resources_t *resources_out);

// Creates another handle of the same module, which is reference-counted. It keeps the module, and
// the texts and bytes that were borrowed from it, alive while other owners delete their handles: a
// thread that reads a module which other threads may delete reads it through a handle of its own.
// May be called from any thread.
//
// On success `*module_out` is a new handle of the module; delete it with `safewasm_module_delete`.
// On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_clone(safewasm_module_t *module,
                                        safewasm_module_t **module_out);

// Returns true if `module` is a module that has not been deleted. Never fails. May be called from
// any thread.
bool safewasm_module_is_valid(safewasm_module_t *module);

// Deletes the handle `module`. Its instances and its other handles live on. Does nothing if `module`
// is NULL or was deleted already. Never fails and never waits. May be called from any thread.
void safewasm_module_delete(safewasm_module_t *module);


// =================================================================================================
// Compilations: modules and components that threads of the library compile while the program does
// something else.
//
// A large module takes seconds or minutes to compile. A compilation can be waited for with a time
// limit, says how far it is, and can be given up at once.
//
// Example: examples/compilation.c
// =================================================================================================

// `safewasm_compilation_t`
//
// A compilation: a module or a component that threads of the library compile, or have compiled. May
// be used from any threads at once.

// A function of the program that the library calls once, when a process or a compilation has ended.
// `env` is the pointer that this was created with.
//
// The function runs on a thread of the library, with all signals blocked; for a compilation for
// which the system allows no thread, on the one that calls `safewasm_compilation_new`, before that
// returns. It may call any function of the library, those for the same process or compilation
// included. It must return soon: until then the `env` isn't finalized. If it throws a C++ exception
// or ends its thread, the whole program ends. It MUST NOT leave by `longjmp`.
typedef void (*safewasm_notify_t)(void *env);

// A function of the program that is told how far the compiler is with a module: it has compiled
// `done` of `total` functions. `done` never decreases. `env` is the pointer that was passed with the
// function.
//
// Returns NULL to go on, or an error that `safewasm_error_new` created or that another function of
// the library returned, to give the module up. The library takes the error over.
//
// The function runs on the thread that waits for the module. It may call any function of the
// library. It MUST NOT leave by `longjmp`. If it throws a C++ exception or ends its thread, the
// process ends.
typedef safewasm_error_t *(*safewasm_progress_t)(void *env, size_t done, size_t total);

// Starts to compile a module or a component from its bytes, on threads of the library. Returns at
// once.
//
// `bytes` is a module or a component in the binary format, of `bytes_len` bytes, of which the
// library makes a copy. Each compilation has as many threads as the machine has processors, or fewer
// if the system allows no more. If it allows none, the module is compiled, and `notify` called,
// before this function returns. `engine` may be deleted meanwhile. `notify` and `env` and
// `finalizer` may be NULL.
//
// When the compilation has ended, the library calls `notify` with `env`, unless `notify` is NULL. It
// calls `finalizer` with `env` once: after `notify`, or on the calling thread if this function
// fails.
//
// The program may end (`exit`) while modules are compiled. What is compiled while the program forks
// is compiled in the parent only.
//
// On success `*compilation_out` is a new compilation; delete it with `safewasm_compilation_delete`.
// On failure it is NULL. Most errors of a module are those of `safewasm_compilation_module`, and
// those of a component those of `safewasm_compilation_component`.
//
// May be called from any thread.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_MODULE` if the bytes begin neither as a module nor as a component;
// `SAFEWASM_ERROR_LIMIT` if the module or component is larger than the config allows, or if no
// memory is left.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_compilation_new(safewasm_engine_t *engine,
                                           const uint8_t *bytes,
                                           size_t bytes_len,
                                           safewasm_notify_t notify,
                                           void *env,
                                           safewasm_finalizer_t finalizer,
                                           safewasm_compilation_t **compilation_out);

// Waits until `compilation` has ended, but no longer than `timeout` nanoseconds. `UINT64_MAX` means
// without a limit, and 0 doesn't wait.
//
// On success `*has_ended_out` is true if the compilation has ended, and false if the time is over.
// On failure it is false.
//
// May be called from any thread, and from several at once.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had not ended before the fork.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_compilation_wait(safewasm_compilation_t *compilation,
                                            uint64_t timeout,
                                            bool *has_ended_out);

// Gets how far `compilation` is. Never waits.
//
// On success `*total_out` is the number of functions that the module or the component defines, and
// `*done_out` how many of them were compiled, or are being compiled. It never decreases, and reaches
// the total when there is a module. With `SAFEWASM_STRATEGY_WINCH`, and for a module that the cache
// has, it is 0 before. On failure both are 0.
//
// May be called from any thread.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had not ended before the fork.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_compilation_progress(safewasm_compilation_t *compilation,
                                                size_t *done_out,
                                                size_t *total_out);

// Gets the module of `compilation`. Waits until it is compiled.
//
// On success `*module_out` is the module, with a new handle at each call; delete it with
// `safewasm_module_delete`. It lives on when the compilation is deleted. On failure it is NULL.
//
// May be called from any thread, and from several at once.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if it compiles a component; `SAFEWASM_ERROR_INVALID_MODULE`,
// with the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if the compiler refuses a valid module;
// `SAFEWASM_ERROR_LIMIT` if no thread is left to compile on, or if no memory is left for the code;
// `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had not ended before the fork.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_compilation_module(safewasm_compilation_t *compilation,
                                              safewasm_module_t **module_out);

// Gets the component of `compilation`. Waits until it is compiled.
//
// On success `*component_out` is the component, with a new handle at each call; delete it with
// `safewasm_component_delete`. It lives on when the compilation is deleted. On failure it is NULL.
//
// May be called from any thread, and from several at once.
//
// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if it compiles a module;
// `SAFEWASM_ERROR_UNSUPPORTED` if the component uses asynchronous functions or types, and in a
// forked child if the compilation had not ended before the fork.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_compilation_component(safewasm_compilation_t *compilation,
                                                 safewasm_component_t **component_out);

// Returns true if `compilation` is a compilation that has not been deleted, whether it goes on or
// has ended. Never fails. May be called from any thread.
bool safewasm_compilation_is_valid(safewasm_compilation_t *compilation);

// Deletes `compilation`. If it goes on and no thread waits for it, it is given up: the compiler ends
// in the background, after its current step of a function. If the engine has a cache, the compiler
// goes on, and the cache gets the module. `notify` is called in any case. Does nothing if
// `compilation` is NULL or was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_compilation_delete(safewasm_compilation_t *compilation);

// Compiles a module from its bytes as `safewasm_module_new` does, and tells `progress` how far the
// compiler is: about ten times a second, and once the module is compiled. `progress` and `env` may
// be NULL.
//
// `bytes` is a module in the binary format, of `bytes_len` bytes. `env` is passed on to `progress`.
// The module is compiled on threads as for `safewasm_compilation_new`, and given up, as by
// `safewasm_compilation_delete`, when `progress` returns an error.
//
// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
// is NULL.
//
// May be called from any thread.
//
// Errors: as for `safewasm_module_new`, `SAFEWASM_ERROR_NULL_POINTER`,
// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
// `SAFEWASM_ERROR_LIMIT`; the error that `progress` returned; `SAFEWASM_ERROR_UNSUPPORTED` if
// `progress` returns in a forked child.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_new_with_progress(safewasm_engine_t *engine,
                                                    const uint8_t *bytes,
                                                    size_t bytes_len,
                                                    safewasm_progress_t progress,
                                                    void *env,
                                                    safewasm_module_t **module_out);

// Compiles a component from its bytes as `safewasm_component_new` does, and tells `progress` how far
// the compiler is, as `safewasm_module_new_with_progress` does for a module. `progress` and `env`
// may be NULL.
//
// `bytes` is a component in the binary format, of `bytes_len` bytes. `env` is passed on to
// `progress`. The component is given up when `progress` returns an error.
//
// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
// failure it is NULL.
//
// May be called from any thread.
//
// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
// `SAFEWASM_ERROR_LIMIT`; the error that `progress` returned; `SAFEWASM_ERROR_UNSUPPORTED` if the
// component uses asynchronous functions or types, and if `progress` returns in a forked child.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_new_with_progress(safewasm_engine_t *engine,
                                                       const uint8_t *bytes,
                                                       size_t bytes_len,
                                                       safewasm_progress_t progress,
                                                       void *env,
                                                       safewasm_component_t **component_out);


// =================================================================================================
// Compiled modules: compiled code as bytes, for other processes and machines.
//
// An artifact is a compiled module as bytes. It has the module's code for one version of this
// library, one kind of processor and one config, and also the module in the binary format. Loading
// an artifact takes a small part of the time that compiling takes.
//
// An artifact is code: what it holds is going to run, outside of any sandbox. The library notices
// when an artifact doesn't fit, was cut, or was changed by accident. It can't notice when somebody
// wrote an artifact to do harm. So load only artifacts that you trust as you trust a program.
// Modules in the binary and the text format are always safe.
//
// Example: examples/artifact.c
// =================================================================================================

// What bytes are.
typedef enum {
  // Something else.
  SAFEWASM_CONTENT_UNKNOWN = 0,
  // A module in the binary format: the bytes begin as one.
  SAFEWASM_CONTENT_MODULE = 1,
  // What may be a module in the text format: the first character is that of a list or a comment.
  SAFEWASM_CONTENT_TEXT = 2,
  // A component in the binary format.
  SAFEWASM_CONTENT_COMPONENT = 3,
  // A compiled module, which this version of the library or another made.
  SAFEWASM_CONTENT_ARTIFACT = 4,
  // A compiled component, which this version of the library or another made.
  SAFEWASM_CONTENT_COMPONENT_ARTIFACT = 5,
} safewasm_content_t;

// Makes the artifact of a module, which `safewasm_module_deserialize` loads. May be called from any
// thread.
//
// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT` if
// no memory is left.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_serialize(safewasm_module_t *module,
                                            safewasm_bytes_t **bytes_out);

// Compiles a module to an artifact, without loading its code. With `SAFEWASM_OPTION_CPU_LEVEL`, the
// artifact fits each machine whose processor has that level. May be called from any thread.
//
// `wasm` is a module in the binary format, of `wasm_len` bytes.
//
// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if the
// compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the config
// allows, if no thread is left to compile on, or if no memory is left for the code.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_precompile(safewasm_engine_t *engine,
                                             const uint8_t *wasm,
                                             size_t wasm_len,
                                             safewasm_bytes_t **bytes_out);

// Loads the module of an artifact. The library doesn't use `bytes` after this function returns. May
// be called from any thread.
//
// `bytes` is an artifact of `bytes_len` bytes. It MUST come from `safewasm_module_serialize` or
// `safewasm_module_precompile`, perhaps of another process, and from somebody whom you trust: its
// code is going to run outside of any sandbox.
//
// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
// is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something else, were cut or were changed;
// `SAFEWASM_ERROR_INCOMPATIBLE` if the code is for another version of the library, for a processor
// with more features, or for another config, with what differs; `SAFEWASM_ERROR_LIMIT` if the module
// is larger than the config allows, or if no memory is left.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_deserialize(safewasm_engine_t *engine,
                                              const uint8_t *bytes,
                                              size_t bytes_len,
                                              safewasm_module_t **module_out);

// Loads the module of an artifact in a file. The file is mapped and not read through, so that it is
// fast however large the file is, and processes that load the same file share its memory. May be
// called from any thread.
//
// `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`). The file MUST have the bytes of
// an artifact, as for `safewasm_module_deserialize`, and MUST NOT be changed or cut as long as the
// module or an instance of it exists. It may be deleted, or replaced by another file of its name. Of
// the code, which isn't read, the library doesn't notice changes.
//
// On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
// is NULL.
//
// Errors: as for `safewasm_module_deserialize`, `SAFEWASM_ERROR_NULL_POINTER`,
// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_ARTIFACT`, `SAFEWASM_ERROR_INCOMPATIBLE`
// and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or
// is the text of a module; `SAFEWASM_ERROR_IO`, with the operating system's error number, also if
// the file system doesn't let code run.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_deserialize_file(safewasm_engine_t *engine,
                                                   const char *path,
                                                   size_t path_len,
                                                   safewasm_module_t **module_out);

// Gets the module in the binary format, from which it was compiled. May be called from any thread.
//
// On success `*data_out` is its first byte and `*len_out` is the number of its bytes, which live
// until `safewasm_module_delete`. On failure they are NULL and 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_module_wasm(safewasm_module_t *module,
                                       const uint8_t **data_out,
                                       size_t *len_out);

// Gets the module in the binary format from an artifact, without loading its code. So a module can
// be compiled again where its artifact doesn't fit: another config, processor or version of the
// library doesn't matter. May be called from any thread.
//
// `bytes` is an artifact of `bytes_len` bytes.
//
// On success `*data_out` is the first byte of the module, which lies in `bytes`, and `*len_out` is
// the number of its bytes. On failure they are NULL and 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something
// else, were cut or were changed.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_artifact_wasm(const uint8_t *bytes,
                                         size_t bytes_len,
                                         const uint8_t **data_out,
                                         size_t *len_out);

// Finds out what bytes are, by their beginning and their end. They may still be invalid. May be
// called from any thread.
//
// On success `*content_out` is a `safewasm_content_t`. On failure it is `SAFEWASM_CONTENT_UNKNOWN`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_detect(const uint8_t *bytes,
                                  size_t bytes_len,
                                  uint32_t *content_out);


// =================================================================================================
// Text format: WebAssembly in text is turned into bytes, which the library hands out.
//
// Example: examples/instances.c
// =================================================================================================

// `safewasm_bytes_t`
//
// Bytes that the library hands out. May be used from any threads at once.

// Gets the bytes.
//
// On success `*data_out` is the first byte and `*len_out` is the number of bytes, which live until
// `safewasm_bytes_delete`. On failure they are NULL and 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_bytes_data(safewasm_bytes_t *bytes,
                                      const uint8_t **data_out,
                                      size_t *len_out);

// Returns true if `bytes` is a bytes object that has not been deleted. Never fails. May be called
// from any thread.
bool safewasm_bytes_is_valid(safewasm_bytes_t *bytes);

// Deletes `bytes`. Does nothing if `bytes` is NULL or was deleted already. Never fails and never
// waits. May be called from any thread.
void safewasm_bytes_delete(safewasm_bytes_t *bytes);

// Turns a module or a component from WebAssembly's text format into the binary format, without
// validating it. May be called from any thread.
//
// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`).
//
// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` isn't UTF-8;
// `SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column; the message also shows a line of up
// to 1,000 bytes, with a mark.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wat2wasm(const char *text,
                                    size_t text_len,
                                    safewasm_bytes_t **bytes_out);


// =================================================================================================
// Components: compiled WebAssembly with typed interfaces.
//
// A component has interfaces of functions that take and return strings, lists, records, resources
// and more. WIT describes them. Components come from many languages, and a program that knows a
// component's WIT can use it without knowing which.
//
// Example: examples/component.c
// =================================================================================================

// `safewasm_component_t`
//
// A component: compiled WebAssembly with typed interfaces, from which component instances are made.
// May be used from any threads at once.
//
// A component is reference-counted: it may be deleted before its instances.

// Compiles a component from its bytes. May be called from any thread.
//
// `bytes` is a component in the binary format, of `bytes_len` bytes. The library doesn't use the
// bytes after this function returns.
//
// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake, also for a core module;
// `SAFEWASM_ERROR_UNSUPPORTED` for a component that uses asynchronous functions or types;
// `SAFEWASM_ERROR_COMPILER` if the compiler refuses a valid component; `SAFEWASM_ERROR_LIMIT` if the
// component is larger than the config allows, if components in it are nested more than 100 deep,
// make more than 10,000 instances or have more than 1,000,000 items with those of each instance, if
// no thread is left to compile on, or if no memory is left for the code.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_new(safewasm_engine_t *engine,
                                         const uint8_t *bytes,
                                         size_t bytes_len,
                                         safewasm_component_t **component_out);

// Compiles a component from WebAssembly's text format. May be called from any thread.
//
// `text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`). The library doesn't use the text
// after this function returns.
//
// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
// failure it is NULL.
//
// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
// `SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if
// `text` isn't UTF-8; `SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_new_text(safewasm_engine_t *engine,
                                              const char *text,
                                              size_t text_len,
                                              safewasm_component_t **component_out);

// Compiles a component from an ordinary file, in the binary or the text format. May be called from
// any thread.
//
// `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).
//
// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
// failure it is NULL.
//
// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
// `SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if
// `path` isn't UTF-8, has a NUL, or is the text of a component; `SAFEWASM_ERROR_IO`, with the
// operating system's error number; `SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_new_file(safewasm_engine_t *engine,
                                              const char *path,
                                              size_t path_len,
                                              safewasm_component_t **component_out);

// Makes the artifact of a component, which `safewasm_component_deserialize` loads. May be called
// from any thread.
//
// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT` if
// no memory is left.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_serialize(safewasm_component_t *component,
                                               safewasm_bytes_t **bytes_out);

// Compiles a component to an artifact, without loading its code, as `safewasm_module_precompile`
// does for a module. May be called from any thread.
//
// `wasm` is a component in the binary format, of `wasm_len` bytes.
//
// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
// it is NULL.
//
// Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
// `SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_precompile(safewasm_engine_t *engine,
                                                const uint8_t *wasm,
                                                size_t wasm_len,
                                                safewasm_bytes_t **bytes_out);

// Loads the component of an artifact. The library doesn't use `bytes` after this function returns.
// May be called from any thread.
//
// `bytes` is an artifact of `bytes_len` bytes. It MUST come from `safewasm_component_serialize` or
// `safewasm_component_precompile`, perhaps of another process, and from somebody whom you trust: its
// code is going to run outside of any sandbox.
//
// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something else, were cut or were changed;
// `SAFEWASM_ERROR_INCOMPATIBLE` if the code is for another version of the library, for a processor
// with more features, or for another config, with what differs; `SAFEWASM_ERROR_LIMIT` if the
// component is larger than the config allows, or if no memory is left.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_deserialize(safewasm_engine_t *engine,
                                                 const uint8_t *bytes,
                                                 size_t bytes_len,
                                                 safewasm_component_t **component_out);

// Loads the component of an artifact in a file. May be called from any thread.
//
// `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`). The file MUST have the bytes of
// an artifact, as for `safewasm_component_deserialize`. It may be changed or deleted once this
// function has returned.
//
// On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
// failure it is NULL.
//
// Errors: as for `safewasm_component_deserialize`, `SAFEWASM_ERROR_NULL_POINTER`,
// `SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_ARTIFACT`, `SAFEWASM_ERROR_INCOMPATIBLE`
// and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or
// is the text of a component; `SAFEWASM_ERROR_IO`, with the operating system's error number.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_deserialize_file(safewasm_engine_t *engine,
                                                      const char *path,
                                                      size_t path_len,
                                                      safewasm_component_t **component_out);

// Gets the component in the binary format, from which it was compiled. May be called from any
// thread.
//
// On success `*data_out` is its first byte and `*len_out` is the number of its bytes, which live
// until `safewasm_component_delete`. On failure they are NULL and 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_wasm(safewasm_component_t *component,
                                          const uint8_t **data_out,
                                          size_t *len_out);

// Gets the component's world in WIT, with the packages that it uses. Where WIT can't express a
// component, the text lists its imports and exports in a notation like WIT. A text of more than a
// megabyte is cut, and ends with an ellipsis. May be called from any thread.
//
// On success `*text_out` is the text, which lives until `safewasm_component_delete`. On failure it
// is NULL with length 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_wit(safewasm_component_t *component,
                                         safewasm_text_t *text_out);

// Gets the number of the component's imports. May be called from any thread.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_imports_len(safewasm_component_t *component,
                                                 size_t *len_out);

// Gets the import at `index`, counted from 0, in the component's order. May be called from any
// thread.
//
// On success `*name_out` is its name, such as `wasi:cli/stdout@0.2.0`, which lives until
// `safewasm_component_delete`, and `*type_out` is a new WIT type; delete it with
// `safewasm_wittype_delete`. On failure both are NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such import.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_import(safewasm_component_t *component,
                                            size_t index,
                                            safewasm_text_t *name_out,
                                            safewasm_wittype_t **type_out);

// Gets the number of the component's exports. May be called from any thread.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_exports_len(safewasm_component_t *component,
                                                 size_t *len_out);

// Gets the export at `index`, counted from 0, in the component's order. May be called from any
// thread.
//
// On success `*name_out` is its name, such as `wasi:cli/stdout@0.2.0`, which lives until
// `safewasm_component_delete`, and `*type_out` is a new WIT type; delete it with
// `safewasm_wittype_delete`. On failure both are NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such export.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_export(safewasm_component_t *component,
                                            size_t index,
                                            safewasm_text_t *name_out,
                                            safewasm_wittype_t **type_out);

// Creates another handle of the same component, which is reference-counted. It keeps the component,
// and the texts that were borrowed from it, alive while other owners delete their handles. May be
// called from any thread.
//
// On success `*component_out` is a new handle of the component; delete it with
// `safewasm_component_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_component_clone(safewasm_component_t *component,
                                           safewasm_component_t **component_out);

// Returns true if `component` is a component that has not been deleted. Never fails. May be called
// from any thread.
bool safewasm_component_is_valid(safewasm_component_t *component);

// Deletes the handle `component`. Its instances and its other handles live on. Does nothing if
// `component` is NULL or was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_component_delete(safewasm_component_t *component);


// =================================================================================================
// WIT types: the types of a component's imports, exports and values.
//
// A type of functions or values is an array of nodes, which a program reads once. An interface has
// items of its own, each with a name and a type.
//
// Example: examples/component.c
// =================================================================================================

// `safewasm_wittype_t`
//
// A WIT type: the type of a value, a function, a resource, an interface or another item of a
// component. May be used from any threads at once.

// What a WIT type is. Nodes of types and of values have these kinds.
typedef enum {
  // No type: of a case without a value, or of the result of a function without one.
  SAFEWASM_WIT_NONE = 0,
  // `bool`.
  SAFEWASM_WIT_BOOL = 1,
  // `s8`.
  SAFEWASM_WIT_S8 = 2,
  // `u8`.
  SAFEWASM_WIT_U8 = 3,
  // `s16`.
  SAFEWASM_WIT_S16 = 4,
  // `u16`.
  SAFEWASM_WIT_U16 = 5,
  // `s32`.
  SAFEWASM_WIT_S32 = 6,
  // `u32`.
  SAFEWASM_WIT_U32 = 7,
  // `s64`.
  SAFEWASM_WIT_S64 = 8,
  // `u64`.
  SAFEWASM_WIT_U64 = 9,
  // `f32`.
  SAFEWASM_WIT_F32 = 10,
  // `f64`.
  SAFEWASM_WIT_F64 = 11,
  // `char`: a Unicode scalar value.
  SAFEWASM_WIT_CHAR = 12,
  // `string`.
  SAFEWASM_WIT_STRING = 13,
  // `list<T>`. Its child is T.
  SAFEWASM_WIT_LIST = 14,
  // `record`. Its children are the fields, with their names.
  SAFEWASM_WIT_RECORD = 15,
  // `tuple<A, B>`. Its children are the fields.
  SAFEWASM_WIT_TUPLE = 16,
  // `variant`. Its children are the cases, with their names; a case without a value has the kind
  // `SAFEWASM_WIT_NONE`.
  SAFEWASM_WIT_VARIANT = 17,
  // `enum`. Its children are the cases, of kind `SAFEWASM_WIT_NONE`, with their names.
  SAFEWASM_WIT_ENUM = 18,
  // `option<T>`. Its child is T.
  SAFEWASM_WIT_OPTION = 19,
  // `result<T, E>`. Its two children are T and E; a missing one has the kind `SAFEWASM_WIT_NONE`.
  SAFEWASM_WIT_RESULT = 20,
  // `flags`. Its children are the flags, of kind `SAFEWASM_WIT_NONE`, with their names.
  SAFEWASM_WIT_FLAGS = 21,
  // `own<R>`, written `R` in WIT: a resource that is handed over.
  SAFEWASM_WIT_OWN = 22,
  // `borrow<R>`: a resource that is lent for a call.
  SAFEWASM_WIT_BORROW = 23,
  // A function. Its children are the parameters, with their names, and then the result.
  SAFEWASM_WIT_FUNC = 24,
  // A resource type.
  SAFEWASM_WIT_RESOURCE = 25,
  // An interface: named items.
  SAFEWASM_WIT_INTERFACE = 26,
  // A component.
  SAFEWASM_WIT_COMPONENT = 27,
  // A core module.
  SAFEWASM_WIT_MODULE = 28,
  // A type that this library doesn't have.
  SAFEWASM_WIT_UNSUPPORTED = 29,
} safewasm_witkind_t;

// A node of a WIT type. A type is an array of nodes: a node, followed by the nodes of its children.
typedef struct {
  // A `safewasm_witkind_t`.
  uint8_t kind;
  // Of a resource type, and of an owned or borrowed resource: the number of the resource type in its
  // component, counted from 0; `UINT32_MAX` after the first 1,000.
  uint32_t index;
  // The number of children. Of an interface, a component and a module: the number of items, which
  // are no nodes.
  size_t len;
  // The number of nodes that this node and all below it are. The next sibling is that many nodes
  // further.
  size_t size;
  // The name that the parent gives it: of a field, a case, a flag or a parameter; else NULL.
  safewasm_text_t name;
  // Of a resource type, and of an owned or borrowed resource: the name of the resource type; else
  // NULL.
  safewasm_text_t resource;
} safewasm_witnode_t;

// Gets the nodes of a type, in pre-order: a node, followed by the nodes of its children. May be
// called from any thread.
//
// On success `*nodes_out` is the first node and `*len_out` is the number of nodes, at least 1. The
// nodes and their texts live until `safewasm_wittype_delete`. On failure they are NULL and 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wittype_nodes(safewasm_wittype_t *wittype,
                                         const safewasm_witnode_t **nodes_out,
                                         size_t *len_out);

// Gets the number of the items of an interface, or of the exports of a component. It is 0 for other
// types. May be called from any thread.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wittype_items_len(safewasm_wittype_t *wittype,
                                             size_t *len_out);

// Gets the item at `index`, counted from 0, of an interface or a component. The functions of a
// resource type `r` are named `[constructor]r`, `[method]r.name` and `[static]r.name`. May be called
// from any thread.
//
// On success `*name_out` is its name, which lives until `safewasm_wittype_delete` of `wittype`, and
// `*type_out` is a new WIT type; delete it with `safewasm_wittype_delete`. On failure both are NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such item.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wittype_item(safewasm_wittype_t *wittype,
                                        size_t index,
                                        safewasm_text_t *name_out,
                                        safewasm_wittype_t **type_out);

// Gets a type as text in WIT, for people: `func(text: string) -> list<u8>`. A text of more than a
// megabyte is cut, and ends with an ellipsis. May be called from any thread.
//
// On success `*text_out` is the text, which lives until `safewasm_wittype_delete`. On failure it is
// NULL with length 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wittype_text(safewasm_wittype_t *wittype,
                                        safewasm_text_t *text_out);

// Returns true if `wittype` is a WIT type that has not been deleted. Never fails. May be called from
// any thread.
bool safewasm_wittype_is_valid(safewasm_wittype_t *wittype);

// Deletes `wittype`. Does nothing if `wittype` is NULL or was deleted already. Never fails and never
// waits. May be called from any thread.
void safewasm_wittype_delete(safewasm_wittype_t *wittype);


// =================================================================================================
// Stores: wasm runs in them.
//
// Example: examples/hello.c
// =================================================================================================

// `safewasm_store_t`
//
// A store: the instances, funcs, memories, tables, globals, tags and references of a running
// program. They live until the store is deleted.
//
// A store and its objects may move between threads, but only one thread may use them at a time. A
// second thread gets an error of kind `SAFEWASM_ERROR_STORE_BUSY` at once. Calls are fastest on the
// thread that created the store, until another thread has used it.

// Creates a store of `engine`.
//
// On success `*store_out` is a new store; delete it with `safewasm_store_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_new(safewasm_engine_t *engine,
                                     safewasm_store_t **store_out);

// Gets the engine of a store.
//
// On success `*engine_out` is a new handle of the engine; delete it with `safewasm_engine_delete`.
// On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_engine(safewasm_store_t *store,
                                        safewasm_engine_t **engine_out);

// Attaches a pointer of the program to `store`. It replaces a pointer that was attached before.
//
// `data` is any pointer. `safewasm_store_data` returns it, and so does `safewasm_caller_data` in a
// host function. The library calls `finalizer` with `data` once, on any thread: after another
// pointer has taken its place, when the store is freed, or if this function fails. `data` and
// `finalizer` may be NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_data(safewasm_store_t *store,
                                          void *data,
                                          safewasm_finalizer_t finalizer);

// Gets the pointer that `safewasm_store_set_data` attached to `store`.
//
// On success `*data_out` is the pointer, or NULL if there is none. It still belongs to the store:
// its finalizer runs when another pointer takes its place or the store is freed. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_store_data(safewasm_store_t *store, void **data_out);

// Collects the store's garbage: frees the objects that neither wasm nor a handle can reach any more.
// Wasmtime also does this itself when the store's heap is full.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_collect(safewasm_store_t *store);

// Returns true if `store` is a store that has not been deleted. Never fails. May be called from any
// thread.
bool safewasm_store_is_valid(safewasm_store_t *store);

// Deletes `store`, and with it all instances, funcs, memories, tables, globals, tags and references
// in it. Their handles become invalid. Does nothing if `store` is NULL or was deleted already. Never
// fails and never waits. May be called from any thread.
//
// If a thread is using the store, the store is freed when that thread leaves it. A call of wasm that
// runs there ends with the trap `SAFEWASM_TRAP_INTERRUPT` when wasm next reaches a loop or the start
// of a function, if the engine's config has epoch interruption. Without it, the call runs to its
// end. Memory that a view shows stays mapped until the view is deleted.
void safewasm_store_delete(safewasm_store_t *store);


// =================================================================================================
// Limits: on memory, tables and instances of a store, and on the instructions that wasm executes
// (fuel).
//
// Example: examples/limits.c
// =================================================================================================

// Sets the fuel of `store`. Wasm consumes about one unit for each instruction. A call that has no
// fuel left ends with the trap `SAFEWASM_TRAP_OUT_OF_FUEL`, and so does each later call until fuel
// is added. A new store has no fuel. `safewasm_store_fuel_consumed` starts again at 0.
//
// A call that is interrupted or traps takes all the fuel that is left, since its consumption isn't
// known. A call takes only the fuel that it consumed if it ends by a return, by an error of a host
// function, by an exception, or by one of the traps `SAFEWASM_TRAP_UNREACHABLE`,
// `SAFEWASM_TRAP_STACK_OVERFLOW`, `SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL` and
// `SAFEWASM_TRAP_BAD_SIGNATURE`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_store_set_fuel(safewasm_store_t *store, uint64_t fuel);

// Adds to the fuel of `store`, up to `UINT64_MAX`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_store_add_fuel(safewasm_store_t *store, uint64_t fuel);

// Gets the fuel that `store` has left.
//
// On success `*fuel_out` is the fuel. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_fuel(safewasm_store_t *store,
                                      uint64_t *fuel_out);

// Gets the fuel that wasm in `store` has consumed since `safewasm_store_set_fuel`, up to
// `UINT64_MAX`.
//
// On success `*fuel_out` is the fuel. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_fuel_consumed(safewasm_store_t *store,
                                               uint64_t *fuel_out);

// Sets how many bytes all memories of the store may have together. `UINT64_MAX`, the initial value,
// means no limit.
//
// Beyond the limit `memory.grow` returns -1, and making an instance or memory that needs more fails
// with `SAFEWASM_ERROR_LIMIT`. Memories that exist already stay as they are. The heap of
// garbage-collected structures and arrays counts too. Shared memories belong to no store and don't
// count, with one exception: a shared memory that a module of the store defines counts with its
// initial size.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_memory_limit(safewasm_store_t *store,
                                                  uint64_t bytes);

// Sets how many elements all tables of the store may have together. `UINT64_MAX`, the initial value,
// means no limit.
//
// Beyond the limit `table.grow` returns -1, and making an instance or table that needs more fails
// with `SAFEWASM_ERROR_LIMIT`. Tables that exist already stay as they are.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_table_limit(safewasm_store_t *store,
                                                 uint64_t elements);

// Sets how many instances may be made in the store. The initial value is 10,000. Making one more
// fails with `SAFEWASM_ERROR_LIMIT`.
//
// Instances live as long as the store, so they still count after their handles were deleted. Each
// call of a command counts as an instance; see `safewasm_linker_define_module`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_instance_limit(safewasm_store_t *store,
                                                    uint64_t instances);


// =================================================================================================
// Ending calls: interrupts, deadlines and time limits. All of them need
// `safewasm_config_set_epoch_interruption`.
//
// Example: examples/limits.c
// =================================================================================================

// The calls that a time limit applies to.
typedef enum {
  // The calls of all tasks.
  SAFEWASM_TIMEOUT_ALL_TASKS = 0,
  // The calls of the task that begins the time limit. The hooks of the engine tell tasks apart;
  // without them, the calls of all tasks.
  SAFEWASM_TIMEOUT_ONE_TASK = 1,
} safewasm_timeout_scope_t;

// Ends the call that runs in `store` with the trap `SAFEWASM_TRAP_INTERRUPT`, when wasm next reaches
// a loop or the start of a function. A running host function is not interrupted; the trap follows
// when it returns to wasm. If no call runs, this function does nothing. The store stays usable.
//
// A call that was refused with `SAFEWASM_ERROR_TASK` counts as waiting until that error is deleted.
// If the store is interrupted in that time, the next call of the same task in the store ends with
// the trap. A program that waits and calls again therefore deletes the error after the second call.
//
// May be called from any thread, even while another thread uses the store.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_interrupt(safewasm_store_t *store);

// Sets the deadline of `store`: `nanoseconds` from now. Calls end with the trap
// `SAFEWASM_TRAP_INTERRUPT` once it has passed: the call that runs and each later one, until the
// deadline is set again. `UINT64_MAX`, the initial value, means no deadline.
//
// A running host function is not interrupted; the trap follows when it returns to wasm. A deadline
// doesn't wake a thread that waits on a shared memory (`memory.atomic.wait32`, `wait64`). It doesn't
// stop a single instruction that works on much memory, such as `memory.fill` of 4 GiB, before that
// instruction is done.
//
// May be called from any thread, even while another thread uses the store.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption;
// `SAFEWASM_ERROR_LIMIT` if the system has no thread left for the clock.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_deadline(safewasm_store_t *store,
                                              uint64_t nanoseconds);

// Sets the epoch deadline of `store`. Calls end with the trap `SAFEWASM_TRAP_INTERRUPT` after
// `safewasm_engine_increment_epoch` has been called `ticks` more times. `UINT64_MAX`, the initial
// value, means no epoch deadline.
//
// May be called from any thread, even while another thread uses the store.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_epoch_deadline(safewasm_store_t *store,
                                                    uint64_t ticks);

// Increments the engine's epoch by one. Calls end in each of its stores whose epoch deadline is
// reached; see `safewasm_store_set_epoch_deadline`.
//
// `epoch_out` may be NULL.
//
// On success `*epoch_out` is the new epoch. On failure it is 0.
//
// May be called from any thread.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_engine_increment_epoch(safewasm_engine_t *engine,
                                                  uint64_t *epoch_out);

// Begins a time limit. Calls of wasm in `store` that still run `nanoseconds` after the clock of the
// time limit has started end with the trap `SAFEWASM_TRAP_INTERRUPT`, and so does each later call
// until `safewasm_store_end_timeout`. `UINT64_MAX` means no limit.
//
// The clock starts at the first attempt to run wasm in the store, including the start function of an
// instance. Work that the program does before that, such as compiling its own code, doesn't count.
// An attempt that is refused with `SAFEWASM_ERROR_TASK` starts the clock too: the time that a task
// waits for its turn counts, and an attempt after the end of the time ends with the trap. The clock
// stops during the first run of a host function if the hooks of the engine ask for that; see
// `compiles_late` of `safewasm_hooks_t`.
//
// `scope`, a `safewasm_timeout_scope_t`, selects the calls that the limit applies to. A store may
// have several time limits and a deadline; the earliest end counts. A running host function is not
// interrupted; the trap follows when it returns to wasm.
//
// On success `*timeout_out` is the number of the time limit, never 0; end it with
// `safewasm_store_end_timeout`. On failure it is 0.
//
// May be called from any thread, even while another thread uses the store.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such `scope`; `SAFEWASM_ERROR_UNSUPPORTED` if the
// engine's config has no epoch interruption; `SAFEWASM_ERROR_LIMIT` if the system has no thread left
// for the clock.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_begin_timeout(safewasm_store_t *store,
                                               uint64_t nanoseconds,
                                               uint32_t scope,
                                               uint64_t *timeout_out);

// Ends a time limit that `safewasm_store_begin_timeout` began. Time limits may end in any order; the
// others stay. If `timeout` is 0, this function does nothing. Deleting a store ends its time limits.
//
// May be called from any thread, even while another thread uses the store.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `timeout` is not a time limit of the store or has ended;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_end_timeout(safewasm_store_t *store,
                                             uint64_t timeout);


// =================================================================================================
// Profiles: how often a store was found in which functions, for viewers and as data.
//
// Example: examples/profile.c
// =================================================================================================

// `safewasm_profile_t`
//
// A profile: samples of the functions that ran in a store. May be used from any threads at once.

// A moment at which wasm ran, or a host function that wasm had called.
typedef struct {
  // The nanoseconds since the profile was started.
  uint64_t time;
  // The number of intervals that have passed since the sample before. It is more than 1 after
  // instructions and host functions that take long.
  uint64_t weight;
  // The index of the sample's first frame in `stacks`.
  size_t stack;
  // The number of its frames. The innermost function comes first.
  size_t stack_len;
} safewasm_sample_t;

// A profile as data. The arrays live until `safewasm_profile_delete`.
typedef struct {
  // The places in the code at which functions were found. The first two stand for no function, and
  // have the `func_index` `UINT32_MAX`: frame 0 for a host function, and frame 1 for the functions
  // around the innermost ones of a stack that is cut.
  const safewasm_frame_t *frames;
  // The number of frames.
  size_t frames_len;
  // The frames of all stacks, as indices of `frames`. Samples with the same stack share them.
  const uint32_t *stacks;
  // The number of indices in `stacks`.
  size_t stacks_len;
  // The samples, in the order in which they were taken.
  const safewasm_sample_t *samples;
  // The number of samples.
  size_t samples_len;
  // The nanoseconds between samples.
  uint64_t interval;
  // The nanoseconds from the start of the profile to its end.
  uint64_t duration;
  // The weight of the samples for which there was no room.
  uint64_t dropped;
} safewasm_profile_data_t;

// Starts to record a profile of `store`: a sample of the functions that are being called, each
// `interval` nanoseconds while wasm runs in the store. `interval` is at least 100,000; 0 means
// 1,000,000, a thousand samples a second.
//
// A sample is taken when wasm next reaches a loop or the start of a function, and has the innermost
// functions, as many as a backtrace. When a host function returns and an interval has passed, a
// sample is taken whose innermost frame stands for the host function. Time between calls isn't
// sampled. The profile ends with `safewasm_store_profile_stop`; if the store is deleted before, it
// is lost. In a forked child no samples are taken.
//
// The profile keeps at most `max_samples` samples, up to 10,000,000; 0 means 100,000. It also keeps
// at most 16 times as many frames of different stacks, and 16,384 places in the code. Samples for
// which there is no room are counted and dropped.
//
// Meanwhile each store of the engine checks whether its calls must end each `interval` nanoseconds.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` for a number that is out of range, and if a profile of the store
// is recorded already; `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch
// interruption, or no backtraces; `SAFEWASM_ERROR_LIMIT` if the system has no thread left for the
// clock; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_profile_start(safewasm_store_t *store,
                                               uint64_t interval,
                                               size_t max_samples);

// Ends the profile that is recorded of `store`. A host function may call it too.
//
// On success `*profile_out` is a new profile; delete it with `safewasm_profile_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if no profile is recorded; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_profile_stop(safewasm_store_t *store,
                                              safewasm_profile_t **profile_out);

// Gets a profile as data: samples, their stacks, and the frames in them.
//
// On success `*data_out` has the data, which live until `safewasm_profile_delete`. On failure it is
// all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_profile_data(safewasm_profile_t *profile,
                                        safewasm_profile_data_t *data_out);

// Writes a profile in the format of the Firefox profiler, as JSON that
// <https://profiler.firefox.com> opens. Names of more than 200 bytes are cut, and control characters
// in them are escaped. Mangled names stay as they are.
//
// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`,
// also for more than 2,000,000 samples, or places in their stacks.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_profile_firefox(safewasm_profile_t *profile,
                                           safewasm_bytes_t **bytes_out);

// Writes a profile as collapsed stacks, the text that programs for flame graphs read: for each
// different stack a line with its functions, outermost first and with semicolons between them, a
// space, and its weight. Names are as in `safewasm_profile_firefox`; a semicolon in a name becomes a
// colon.
//
// On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`,
// also if the text would have more than 256 MiB.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_profile_collapsed(safewasm_profile_t *profile,
                                             safewasm_bytes_t **bytes_out);

// Returns true if `profile` is a profile that has not been deleted. Never fails. May be called from
// any thread.
bool safewasm_profile_is_valid(safewasm_profile_t *profile);

// Deletes `profile`. Does nothing if `profile` is NULL or was deleted already. Never fails and never
// waits. May be called from any thread.
void safewasm_profile_delete(safewasm_profile_t *profile);


// =================================================================================================
// Sandboxes: all limits for guests that nobody trusts, at once and with safe defaults.
//
// Example: examples/sandbox.c
// =================================================================================================

// The limits of a sandbox, for guests that nobody trusts. 0 selects the default given at each
// member, and the largest number that a member can hold means no limit.
typedef struct {
  // How long the calls in a store may take together, in nanoseconds, from the first one on. Default:
  // 10 seconds.
  uint64_t timeout;
  // The number of instructions that wasm may execute in a store. Default: no limit.
  uint64_t fuel;
  // The number of bytes that all memories of a store may have together. Default: 256 MiB.
  uint64_t memory_limit;
  // The number of elements that all tables of a store may have together. Default: 100,000.
  uint64_t table_limit;
  // The number of instances that may be made in a store. Default: 100.
  uint64_t instance_limit;
  // The number of bytes that a module may have. Default: 16 MiB.
  size_t max_module_size;
  // The number of functions that a module may define. Default: 50,000.
  size_t max_module_functions;
  // The number of bytes that a program for WASI may write to its folders. Default: 256 MiB.
  uint64_t written_limit;
  // The number of bytes that a program for WASI may write to its standard output and standard error
  // together. Default: 64 MiB.
  uint64_t output_limit;
  // The number of files and folders that a program for WASI may have open at once. Default: 100.
  uint32_t open_limit;
} safewasm_sandbox_t;

// Sets a config for modules that nobody trusts: limits the size of modules as `sandbox` says, turns
// epoch interruption on, and turns native debug info and shared memories off. Fuel is on if
// `sandbox` limits it, and off otherwise. All other settings stay as they are.
//
// `sandbox` may be NULL, which selects the defaults. `safewasm_store_set_sandbox` gives each store
// of the engine its limits.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_sandbox(safewasm_config_t *config,
                                              const safewasm_sandbox_t *sandbox);

// Limits the time, fuel, memory, tables and instances of a store as `sandbox` says. Call it before
// the store runs wasm.
//
// `sandbox` may be NULL, which selects the defaults. The time is that of all calls in the store
// together, from the first one on, as after `safewasm_store_begin_timeout`. A store that is used
// again needs new limits: this function replaces those that it set before, and the clock starts
// again. If the engine has fuel and `sandbox` doesn't limit it, the store gets `UINT64_MAX`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if `sandbox` limits the time and the engine's config has no epoch
// interruption, or limits the fuel and it has no fuel; `SAFEWASM_ERROR_LIMIT` if the system has no
// thread left for the clock; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_sandbox(safewasm_store_t *store,
                                             const safewasm_sandbox_t *sandbox);


// =================================================================================================
// Externs: the imports and exports of instances, each of any kind.
//
// Example: examples/imports.c
// =================================================================================================

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
// In a result, the caller owns the handle and must delete it with `safewasm_extern_delete` or with
// the `_delete` function of its kind. An argument is borrowed.
typedef struct {
  // The kind, a `safewasm_externkind_t`. It selects the member of `of`.
  uint32_t kind;
  // The handle.
  safewasm_externhandle_t of;
} safewasm_extern_t;

// Deletes the handle in `*item`, whatever its kind, and sets `*item` to zero. Does nothing if `item`
// is NULL or the handle was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_extern_delete(safewasm_extern_t *item);


// =================================================================================================
// Instances: modules that run in a store.
//
// Example: examples/hello.c
// =================================================================================================

// `safewasm_instance_t`
//
// An instance: a module that runs in a store, with memories, tables and globals of its own.

// Creates an instance of `module` in `store`.
//
// `imports` holds `imports_len` externs of the same store, in the order of the module's imports. If
// the module has a start function, it runs now, so this function can trap. A store holds up to
// 10,000 instances (`safewasm_store_set_instance_limit`); the memory of an instance is freed with
// the store. `imports` may be NULL if `imports_len` is 0.
//
// On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_STORE` if an import belongs to another store; `SAFEWASM_ERROR_WRONG_ENGINE`
// if the module belongs to another engine than the store; `SAFEWASM_ERROR_LINK`, with the names of
// the missing imports or of the import with the wrong type; `SAFEWASM_ERROR_TRAP` and
// `SAFEWASM_ERROR_EXCEPTION` from the start function, and the errors that its host functions return;
// `SAFEWASM_ERROR_UNSUPPORTED` if the module has a shared memory and the engine's config allows
// none; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_new(safewasm_store_t *store,
                                        safewasm_module_t *module,
                                        const safewasm_extern_t *imports,
                                        size_t imports_len,
                                        safewasm_instance_t **instance_out);

// Gets the number of the instance's exports.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_exports_len(safewasm_instance_t *instance,
                                                size_t *len_out);

// Gets the export called `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`).
//
// On success `*export_out` is the export, with a new handle; delete it with
// `safewasm_extern_delete`. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
// names that the instance exports; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_export(safewasm_instance_t *instance,
                                           const char *name,
                                           size_t name_len,
                                           safewasm_extern_t *export_out);

// Gets the function that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
// `SAFEWASM_STRLEN`).
//
// On success `*func_out` is a new handle of the function; delete it with `safewasm_func_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind of
// the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_func(safewasm_instance_t *instance,
                                         const char *name,
                                         size_t name_len,
                                         safewasm_func_t **func_out);

// Gets the memory that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
// `SAFEWASM_STRLEN`). `safewasm_instance_export` gets shared memories.
//
// On success `*memory_out` is a new handle of the memory; delete it with `safewasm_memory_delete`.
// On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind of
// the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_memory(safewasm_instance_t *instance,
                                           const char *name,
                                           size_t name_len,
                                           safewasm_memory_t **memory_out);

// Gets the global that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
// `SAFEWASM_STRLEN`).
//
// On success `*global_out` is a new handle of the global; delete it with `safewasm_global_delete`.
// On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind of
// the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_global(safewasm_instance_t *instance,
                                           const char *name,
                                           size_t name_len,
                                           safewasm_global_t **global_out);

// Gets the table that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
// `SAFEWASM_STRLEN`).
//
// On success `*table_out` is a new handle of the table; delete it with `safewasm_table_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind of
// the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_table(safewasm_instance_t *instance,
                                          const char *name,
                                          size_t name_len,
                                          safewasm_table_t **table_out);

// Gets the tag that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
// `SAFEWASM_STRLEN`).
//
// On success `*tag_out` is a new handle of the tag; delete it with `safewasm_tag_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
// names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind of
// the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_tag(safewasm_instance_t *instance,
                                        const char *name,
                                        size_t name_len,
                                        safewasm_tag_t **tag_out);

// Gets the export at `index`, counted from 0, in the module's order. `safewasm_module_export` of the
// module (`safewasm_instance_module`) gets its name.
//
// On success `*export_out` is the export, with a new handle; delete it with
// `safewasm_extern_delete`. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such export; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_export_at(safewasm_instance_t *instance,
                                              size_t index,
                                              safewasm_extern_t *export_out);

// Gets the module that the instance was made from.
//
// On success `*module_out` is a new handle of the module; delete it with `safewasm_module_delete`.
// On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_module(safewasm_instance_t *instance,
                                           safewasm_module_t **module_out);

// Returns true if `instance` is an instance that has not been deleted and whose store has not been
// deleted. Never fails. May be called from any thread.
bool safewasm_instance_is_valid(safewasm_instance_t *instance);

// Deletes the handle `instance`. The instance itself lives as long as its store. Does nothing if
// `instance` is NULL or was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_instance_delete(safewasm_instance_t *instance);


// =================================================================================================
// Funcs: calling functions of wasm, and host functions, which wasm calls.
//
// Example: examples/host.c
// =================================================================================================

// `safewasm_func_t`
//
// A function of wasm or of the program. It can be called, and passed to an instance as an import.

// A host function: a function of the program that wasm calls.
//
// `env` is the pointer that the host function was created with. `caller` gives access to the
// instance that calls, and is valid until the function returns. `args` holds `args_len` values, one
// for each parameter of the function's type. References among them are valid until the function
// returns and must not be deleted. `results` has room for `results_len` values, one for each result
// of the type. The function sets all of them, each to a value of the kind that the type gives for
// it; the library takes over the handles of references among them.
//
// Returns NULL for success, or an error that `safewasm_error_new` created or that another function
// of the library returned. The library takes the error over. The call of wasm during which the
// function ran then fails with that error, unless wasm catches it.
//
// The function may call any function of the library, also with the same store. It MUST NOT leave by
// `longjmp`. If it throws a C++ exception or ends its thread, the process ends.
typedef safewasm_error_t *(*safewasm_callback_t)(void *env,
                                                 safewasm_caller_t *caller,
                                                 const safewasm_val_t *args,
                                                 size_t args_len,
                                                 safewasm_val_t *results,
                                                 size_t results_len);

// A host function of numbers and vectors, which takes and returns bare slots. It is called faster
// than a `safewasm_callback_t`.
//
// `slots` holds the arguments from its first slot on, and takes the results from its first slot on.
// `slots_len` is the number of parameters or of results, whichever is larger. The function's type
// says which member of each slot is set. Otherwise the same rules hold as for `safewasm_callback_t`.
typedef safewasm_error_t *(*safewasm_slot_callback_t)(void *env,
                                                      safewasm_caller_t *caller,
                                                      safewasm_slot_t *slots,
                                                      size_t slots_len);

// Creates a host function of the type `functype`, which belongs to the store's engine.
//
// Wasm's calls go to `callback`, with `env`. The library calls `finalizer` with `env` when the
// function can't be called any more, at the latest when the store is freed, and also if this
// function fails. `env` and `finalizer` may be NULL.
//
// On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_new(safewasm_store_t *store,
                                    safewasm_functype_t *functype,
                                    safewasm_callback_t callback,
                                    void *env,
                                    safewasm_finalizer_t finalizer,
                                    safewasm_func_t **func_out);

// Creates a host function of numbers and vectors, which takes and returns bare slots. Calls of it
// are faster. Otherwise the same as `safewasm_func_new`.
//
// `env` and `finalizer` may be NULL.
//
// On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_UNSUPPORTED` if the type has references;
// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_new_slots(safewasm_store_t *store,
                                          safewasm_functype_t *functype,
                                          safewasm_slot_callback_t callback,
                                          void *env,
                                          safewasm_finalizer_t finalizer,
                                          safewasm_func_t **func_out);

// Gets the type of a function.
//
// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_type(safewasm_func_t *func,
                                     safewasm_functype_t **functype_out);

// Calls a function. The number and the kinds of the arguments are checked.
//
// `args` holds `args_len` values, one for each parameter. `results` has room for `results_len`
// values, one for each result. `args` and `results` may overlap. `args` may be NULL if `args_len` is
// 0. `results` may be NULL if `results_len` is 0.
//
// On success `results` holds the results; delete the handles of references among them. On failure
// all of them are zero, with kind 0. The store stays usable after a trap.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH`, with the function's signature; `SAFEWASM_ERROR_WRONG_STORE` if a
// reference belongs to another store; `SAFEWASM_ERROR_TRAP`; `SAFEWASM_ERROR_EXCEPTION`; the errors
// that host functions return; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_call(safewasm_func_t *func,
                                     const safewasm_val_t *args,
                                     size_t args_len,
                                     safewasm_val_t *results,
                                     size_t results_len);

// Calls a function whose parameters and results are all numbers or vectors, with arguments and
// results in bare slots. This is faster than `safewasm_func_call`.
//
// `slots` holds the arguments from its first slot on, and takes the results from its first slot on.
// `slots_len` is the number of parameters or of results, whichever is larger. The function's type
// says which member of each slot is set. A function's type never changes, so it is enough to get it
// once, with `safewasm_func_type`. `slots` may be NULL if `slots_len` is 0.
//
// If the call is refused, the slots are unchanged. After a trap their contents are unspecified. The
// store stays usable after a trap.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` for another number of slots, with the function's signature;
// `SAFEWASM_ERROR_UNSUPPORTED` if the function has references; `SAFEWASM_ERROR_TRAP`;
// `SAFEWASM_ERROR_EXCEPTION`; the errors that host functions return; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_call_slots(safewasm_func_t *func,
                                           safewasm_slot_t *slots,
                                           size_t slots_len);

// Creates another handle of the same function, for instance in a host function that keeps one of its
// arguments.
//
// On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_clone(safewasm_func_t *func,
                                      safewasm_func_t **func_out);

// Compares two handles of one store. A function that an instance re-exports, or that a linker
// returned twice, may count as different.
//
// On success `*same_out` is 1 if both stand for the same function, and 0 otherwise. On failure it is
// 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_same(safewasm_func_t *func,
                                     safewasm_func_t *other,
                                     uint32_t *same_out);

// Returns true if `func` is a func that has not been deleted and whose store has not been deleted.
// Never fails. May be called from any thread.
bool safewasm_func_is_valid(safewasm_func_t *func);

// Deletes the handle `func`. The function itself lives as long as its store. Does nothing if `func`
// is NULL or was deleted already. Never fails and never waits. May be called from any thread.
void safewasm_func_delete(safewasm_func_t *func);


// =================================================================================================
// Callers: access to the instance that calls a host function.
//
// Example: examples/host.c
// =================================================================================================

// `safewasm_caller_t`
//
// The instance that calls a host function. A caller is valid on the thread of the host function
// until that function returns. It is never deleted.

// Gets the export called `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`), of the
// instance that called the host function.
//
// On success `*export_out` is the export, with a new handle; delete it with
// `safewasm_extern_delete`. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, also if the
// program called the host function itself; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_caller_export(safewasm_caller_t *caller,
                                         const char *name,
                                         size_t name_len,
                                         safewasm_extern_t *export_out);

// Gets the bytes of the memory that the calling instance exports as `name`, UTF-8 text of `name_len`
// bytes (or `SAFEWASM_STRLEN`). This makes no handle, so it suits host functions that read or write
// many bytes.
//
// On success `*data_out` is the memory's first byte and `*len_out` is its size in bytes. On failure
// they are NULL and 0. They are valid until the host function returns or until the memory may have
// grown: by a call of wasm in the store, or by `safewasm_memory_grow`. An address from wasm MUST be
// compared with `*len_out` before it is used; `safewasm_memory_read` does this itself.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, also if the
// program called the host function itself; `SAFEWASM_ERROR_TYPE_MISMATCH` if the export is not a
// memory; `SAFEWASM_ERROR_UNSUPPORTED` for a shared memory, whose bytes other threads may change
// (read it with `safewasm_sharedmemory_read`); `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_caller_memory(safewasm_caller_t *caller,
                                         const char *name,
                                         size_t name_len,
                                         uint8_t **data_out,
                                         size_t *len_out);

// Gets the store in which the host function runs.
//
// On success `*store_out` is the store's own handle, not a new one. The program that created the
// store still owns it; `safewasm_store_delete` deletes the store. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_caller_store(safewasm_caller_t *caller,
                                        safewasm_store_t **store_out);

// Gets the pointer that `safewasm_store_set_data` attached to the store in which the host function
// runs.
//
// On success `*data_out` is the pointer, or NULL if there is none; it still belongs to the store. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_caller_data(safewasm_caller_t *caller,
                                       void **data_out);

// Returns true if `caller` is the caller of a host function that runs on this thread. Never fails.
// May be called from any thread.
bool safewasm_caller_is_valid(safewasm_caller_t *caller);


// =================================================================================================
// Bulk calls: one function, called with many rows of arguments.
//
// Example: examples/bulk.c
// =================================================================================================

// The values of one parameter or one result in a bulk call: one number or vector for each call, as
// wide as its type (4 bytes for i32 and f32, 8 for i64 and f64, 16 for v128). They may have any
// alignment.
typedef struct {
  // The first value.
  void *data;
  // The distance from one value to the next in bytes: the width if they lie side by side, 0 if all
  // calls use the same value, negative if they lie in reverse order.
  ptrdiff_t stride;
} safewasm_column_t;

// Calls a function of numbers and vectors `count` times, each time with the next value of each
// column. This does the same as a loop over `safewasm_func_call_slots`, at a smaller cost for each
// call.
//
// `args` holds `args_len` columns, one for each parameter. `results` holds `results_len` columns,
// one for each result, to which the results are written. The columns' `data` may be NULL if `count`
// is 0. `args` may be NULL if `args_len` is 0. `results` may be NULL if `results_len` is 0.
//
// The calls run in order. A call's arguments are read after the results of the earlier calls are
// written and before its own results are written, so a result may overwrite arguments, those of
// later calls too. The values that wasm or a host function finds in the columns during the calls are
// unspecified. A column MUST NOT lie in a memory that the calls may grow.
//
// If a call fails, this function fails with that call's error, whose message has the number of the
// call. The results of the earlier calls are written, and the later calls are not made. The store
// stays usable after a trap.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` for another number of columns, with the function's signature;
// `SAFEWASM_ERROR_UNSUPPORTED` if the function has references; `SAFEWASM_ERROR_TRAP`;
// `SAFEWASM_ERROR_EXCEPTION`; the errors that host functions return; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_func_call_bulk(safewasm_func_t *func,
                                          size_t count,
                                          const safewasm_column_t *args,
                                          size_t args_len,
                                          const safewasm_column_t *results,
                                          size_t results_len);


// =================================================================================================
// Memories: the bytes that wasm works on.
//
// Example: examples/memory.c
// =================================================================================================

// `safewasm_memory_t`
//
// A memory, made by an instance or by the program.

// Creates a memory of the type `*memorytype`, with all bytes zero. A `page_size` of 0 means 65,536.
//
// On success `*memory_out` is a new memory; delete it with `safewasm_memory_delete`. On failure it
// is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is shared;
// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_new(safewasm_store_t *store,
                                      const safewasm_memorytype_t *memorytype,
                                      safewasm_memory_t **memory_out);

// Adds `delta` pages, all zero, to a memory. The memory may move: read the cells of its views again.
//
// On success `*previous_out` is the size before, in pages. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
// beyond the memory's maximum or the store's limit; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_grow(safewasm_memory_t *memory,
                                       uint64_t delta,
                                       uint64_t *previous_out);

// Gets the type of a memory.
//
// On success `*type_out` is the type; its `min` is the present size in pages. On failure it is all
// zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_type(safewasm_memory_t *memory,
                                       safewasm_memorytype_t *type_out);

// Gets the size of a memory in bytes.
//
// On success `*len_out` is the size. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_memory_len(safewasm_memory_t *memory, size_t *len_out);

// Copies `len` bytes from `address`, an offset into the memory, to `data`. `data` may lie in the
// memory itself. On failure nothing is written. `data` may be NULL if `len` is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_OUT_OF_BOUNDS` if not all of the bytes lie in the memory;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_read(safewasm_memory_t *memory,
                                       uint64_t address,
                                       uint8_t *data,
                                       size_t len);

// Copies `len` bytes from `data` to `address`, an offset into the memory. `data` may lie in the
// memory itself. On failure nothing is written. `data` may be NULL if `len` is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_OUT_OF_BOUNDS` if the bytes don't fit into the memory;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_write(safewasm_memory_t *memory,
                                        uint64_t address,
                                        const uint8_t *data,
                                        size_t len);

// Returns true if `memory` is a memory that has not been deleted and whose store has not been
// deleted. Never fails. May be called from any thread.
bool safewasm_memory_is_valid(safewasm_memory_t *memory);

// Deletes the handle `memory`. The memory itself lives as long as its store. Does nothing if
// `memory` is NULL or was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_memory_delete(safewasm_memory_t *memory);


// =================================================================================================
// Views: direct access to the bytes of a memory.
//
// Example: examples/memory.c
// =================================================================================================

// `safewasm_view_t`
//
// A view of a memory, made by `safewasm_memory_view`. It has a cell that holds the memory's address
// and size, and keeps the memory mapped until the view is deleted. May be used from any threads at
// once.

// The address and the size of a memory. Read them again before each access.
//
// The library updates a cell whenever wasm returns to the program, and when the memory grows, so
// `data` and `len` are right after each call. When the store is deleted, both become 0. A cell is
// never freed, so it can always be read. After its view is deleted, it may show another memory;
// `generation` has changed then.
typedef struct {
  // The memory's first byte, or NULL if the memory no longer exists.
  uint8_t *data;
  // The memory's size in bytes.
  size_t len;
  // A number that changes when the cell is reused for another view.
  uint64_t generation;
} safewasm_cell_t;

// Opens a view of a memory, through which the program reads and writes the memory directly.
//
// On success `*view_out` is a new view; delete it with `safewasm_view_delete`. `*cell_out` is its
// cell, which holds the memory's address and size. On failure both are NULL.
//
// Read the cell again after each call into the library: the memory may have grown and moved. While a
// thread runs wasm in the store, other threads MUST NOT touch the memory through the view. The
// memory stays mapped until the view is deleted, even if the store is deleted first. Once the store
// is deleted, the cell's `data` and `len` are 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_memory_view(safewasm_memory_t *memory,
                                       safewasm_view_t **view_out,
                                       const safewasm_cell_t **cell_out);

// Returns true if `view` is a view that has not been deleted. It stays valid when its memory's store
// is deleted; its cell then shows no memory. Never fails. May be called from any thread.
bool safewasm_view_is_valid(safewasm_view_t *view);

// Deletes `view`. Its cell may then show another memory, with another `generation`. If the store was
// deleted, its memory is unmapped when the last view of it is deleted, and pointers into it MUST NOT
// be used any more. Does nothing if `view` is NULL or was deleted already. Never fails and never
// waits. May be called from any thread.
void safewasm_view_delete(safewasm_view_t *view);


// =================================================================================================
// Globals: single values that instances and the program share.
//
// Example: examples/tables.c
// =================================================================================================

// `safewasm_global_t`
//
// A global: a value, made by an instance or by the program.

// Creates a global of the type `*globaltype` with the value `*initial`, which is borrowed.
//
// On success `*global_out` is a new global; delete it with `safewasm_global_delete`. On failure it
// is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is a concrete reference type,
// which only a module can define; `SAFEWASM_ERROR_TYPE_MISMATCH` if the value has another type;
// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_global_new(safewasm_store_t *store,
                                      const safewasm_globaltype_t *globaltype,
                                      const safewasm_val_t *initial,
                                      safewasm_global_t **global_out);

// Gets the type of a global.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_global_type(safewasm_global_t *global,
                                       safewasm_globaltype_t *type_out);

// Gets the value of a global.
//
// On success `*value_out` is the value; if it is a reference, delete its handle. On failure it is
// all zero, with kind 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_global_get(safewasm_global_t *global,
                                      safewasm_val_t *value_out);

// Sets the value of a global to `*value`, which is borrowed.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if the value has another type or the global is immutable;
// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_global_set(safewasm_global_t *global,
                                      const safewasm_val_t *value);

// Returns true if `global` is a global that has not been deleted and whose store has not been
// deleted. Never fails. May be called from any thread.
bool safewasm_global_is_valid(safewasm_global_t *global);

// Deletes the handle `global`. The global itself lives as long as its store. Does nothing if
// `global` is NULL or was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_global_delete(safewasm_global_t *global);


// =================================================================================================
// Tables: lists of references.
//
// Example: examples/tables.c
// =================================================================================================

// `safewasm_table_t`
//
// A table: a list of references, made by an instance or by the program.

// Creates a table of the type `*tabletype`, with all elements `*initial`, which is borrowed.
// `initial` may be NULL, which means null references.
//
// On success `*table_out` is a new table; delete it with `safewasm_table_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is a concrete reference type,
// which only a module can define; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another type;
// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_new(safewasm_store_t *store,
                                     const safewasm_tabletype_t *tabletype,
                                     const safewasm_val_t *initial,
                                     safewasm_table_t **table_out);

// Gets the type of a table.
//
// On success `*type_out` is the type; its `min` is the present number of elements. On failure it is
// all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_type(safewasm_table_t *table,
                                      safewasm_tabletype_t *type_out);

// Gets the number of elements of a table.
//
// On success `*size_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_size(safewasm_table_t *table,
                                      uint64_t *size_out);

// Gets the element at `index`, counted from 0: a value of kind `SAFEWASM_VAL_FUNC` or
// `SAFEWASM_VAL_REF`, whose handle is NULL for null.
//
// On success `*value_out` is the element; if it is a reference, delete its handle. On failure it is
// all zero, with kind 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_get(safewasm_table_t *table,
                                     uint64_t index,
                                     safewasm_val_t *value_out);

// Sets the element at `index`, counted from 0, to `*value`, which is borrowed. `value` may be NULL,
// which means null.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another type;
// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_set(safewasm_table_t *table,
                                     uint64_t index,
                                     const safewasm_val_t *value);

// Adds `delta` elements to a table, each of them `*initial`, which is borrowed. `initial` may be
// NULL, which means null.
//
// On success `*previous_out` is the number of elements before. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
// beyond the table's maximum or the store's limit; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has
// another type; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_grow(safewasm_table_t *table,
                                      uint64_t delta,
                                      const safewasm_val_t *initial,
                                      uint64_t *previous_out);

// Sets `len` elements of a table, starting at index `start`, to `*value`, which is borrowed. `value`
// may be NULL, which means null. On failure nothing is set.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another type;
// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_fill(safewasm_table_t *table,
                                      uint64_t start,
                                      uint64_t len,
                                      const safewasm_val_t *value);

// Copies `len` elements of `from`, starting at index `from_start`, to `table`, starting at index
// `start`. Both tables belong to one store. They may be the same table, and the ranges may overlap.
// On failure nothing is copied.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if
// the elements have another type; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_table_copy(safewasm_table_t *table,
                                      uint64_t start,
                                      safewasm_table_t *from,
                                      uint64_t from_start,
                                      uint64_t len);

// Returns true if `table` is a table that has not been deleted and whose store has not been deleted.
// Never fails. May be called from any thread.
bool safewasm_table_is_valid(safewasm_table_t *table);

// Deletes the handle `table`. The table itself lives as long as its store. Does nothing if `table`
// is NULL or was deleted already. Never fails and never waits. May be called from any thread.
void safewasm_table_delete(safewasm_table_t *table);


// =================================================================================================
// Tags: the types of wasm's exceptions.
//
// Example: examples/exceptions.c
// =================================================================================================

// `safewasm_tag_t`
//
// A tag: identifies a kind of exception of wasm. Each exception has a tag, and wasm catches
// exceptions by their tags.

// Creates a tag. The parameters of `functype`, which belongs to the store's engine and has no
// results, are the values that an exception with this tag carries.
//
// On success `*tag_out` is a new tag; delete it with `safewasm_tag_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the type has results;
// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_tag_new(safewasm_store_t *store,
                                   safewasm_functype_t *functype,
                                   safewasm_tag_t **tag_out);

// Gets the type of a tag: a function type whose parameters are the values that its exceptions carry.
//
// On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_tag_type(safewasm_tag_t *tag,
                                    safewasm_functype_t **functype_out);

// Compares two handles of one store.
//
// On success `*same_out` is 1 if both stand for the same tag, and 0 otherwise. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_tag_same(safewasm_tag_t *tag,
                                    safewasm_tag_t *other,
                                    uint32_t *same_out);

// Returns true if `tag` is a tag that has not been deleted and whose store has not been deleted.
// Never fails. May be called from any thread.
bool safewasm_tag_is_valid(safewasm_tag_t *tag);

// Deletes the handle `tag`. The tag itself lives as long as its store. Does nothing if `tag` is NULL
// or was deleted already. Never fails and never waits. May be called from any thread.
void safewasm_tag_delete(safewasm_tag_t *tag);


// =================================================================================================
// References: to objects of wasm and of the program; and exceptions.
//
// Example: examples/exceptions.c
// =================================================================================================

// `safewasm_ref_t`
//
// A reference that isn't null, to anything but a function: to an object of the program (external
// reference), a structure, an array, a 31-bit integer or an exception. Its object stays alive while
// the handle does.

// Creates an external reference: a pointer of the program that wasm can hold and pass on, but not
// look into.
//
// `env` is the pointer; the library never dereferences it. The library calls `finalizer` with `env`
// after a garbage collection has found that neither wasm nor a handle can reach the reference any
// more: before the next call of a host function in the store, when `safewasm_store_collect` returns,
// or when the thread leaves the store; at the latest when the store is freed. It also calls
// `finalizer` if this function fails. `env` and `finalizer` may be NULL.
//
// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_extern(safewasm_store_t *store,
                                          void *env,
                                          safewasm_finalizer_t finalizer,
                                          safewasm_ref_t **ref_out);

// Gets the `env` that an external reference was made with.
//
// On success `*env_out` is that pointer. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` is not an external reference of the program;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_ref_env(safewasm_ref_t *reference, void **env_out);

// Creates a reference to a 31-bit integer: the low 31 bits of `value`.
//
// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_i31(safewasm_store_t *store,
                                       uint32_t value,
                                       safewasm_ref_t **ref_out);

// Gets the value of a reference to a 31-bit integer, as an unsigned integer.
//
// On success `*value_out` is the value. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` refers to something else;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_i31(safewasm_ref_t *reference,
                                   uint32_t *value_out);

// Creates an exception of wasm with `tag`. `safewasm_error_new_exception` makes an error that throws
// it.
//
// `fields` holds `fields_len` values, which are borrowed: one for each parameter of the tag's type.
// `fields` may be NULL if `fields_len` is 0.
//
// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if the values don't have the types of the tag;
// `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_exception(safewasm_tag_t *tag,
                                             const safewasm_val_t *fields,
                                             size_t fields_len,
                                             safewasm_ref_t **ref_out);

// Creates a structure of the type `heaptype`.
//
// `values` holds `values_len` values, which are borrowed: one for each field. A field of 8 or 16
// bits takes an i32 that fits into so many bits, as a signed or as an unsigned number. `values` may
// be NULL if `values_len` is 0.
//
// The structure is in the garbage-collected memory of the store, which counts towards the store's
// memory limit. The call may collect the store's garbage, as `safewasm_store_collect` does.
//
// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of arrays, or if the values don't have the
// types of the fields; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a value doesn't fit into the bits of its
// field; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_struct(safewasm_store_t *store,
                                          safewasm_heaptype_t *heaptype,
                                          const safewasm_val_t *values,
                                          size_t values_len,
                                          safewasm_ref_t **ref_out);

// Creates an array of the type `heaptype` with these elements.
//
// `values` holds `values_len` values, which are borrowed. An element of 8 or 16 bits takes an i32
// that fits into so many bits, as a signed or as an unsigned number. `values` may be NULL if
// `values_len` is 0.
//
// The array is in the garbage-collected memory of the store, which counts towards the store's memory
// limit. The call may collect the store's garbage, as `safewasm_store_collect` does.
//
// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of structures, or if a value doesn't have
// the type of the elements; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a value doesn't fit into the bits
// of an element; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_array(safewasm_store_t *store,
                                         safewasm_heaptype_t *heaptype,
                                         const safewasm_val_t *values,
                                         size_t values_len,
                                         safewasm_ref_t **ref_out);

// Creates an array of the type `heaptype` with `len` elements, each of them `value`. `value` may be
// NULL.
//
// `value` is borrowed. If it is NULL, the elements are 0 or null. An element of 8 or 16 bits takes
// an i32 that fits into so many bits, as a signed or as an unsigned number.
//
// The array is in the garbage-collected memory of the store, which counts towards the store's memory
// limit. The call may collect the store's garbage, as `safewasm_store_collect` does.
//
// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of structures, if `value` doesn't have the
// type of the elements, or if `value` is NULL and the elements can't be null;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `value` doesn't fit into the bits of an element;
// `SAFEWASM_ERROR_WRONG_STORE` if `value` is a reference of another store;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it, as for 2^32
// elements; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_new_array_filled(safewasm_store_t *store,
                                                safewasm_heaptype_t *heaptype,
                                                size_t len,
                                                const safewasm_val_t *value,
                                                safewasm_ref_t **ref_out);

// Gets the tag of an exception.
//
// On success `*tag_out` is a new handle of the tag; delete it with `safewasm_tag_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` refers to something else;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_tag(safewasm_ref_t *reference,
                                   safewasm_tag_t **tag_out);

// Gets the number of values in an exception, of fields in a structure, or of elements in an array; 0
// for any other object.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_fields_len(safewasm_ref_t *reference,
                                          size_t *len_out);

// Gets the value at `index`, counted from 0, of an exception, a structure or an array. A field of 8
// or 16 bits is returned as an i32 whose other bits are 0.
//
// On success `*value_out` is the value; if it is a reference, delete its handle. On failure it is
// all zero, with kind 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such value; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_field(safewasm_ref_t *reference,
                                     size_t index,
                                     safewasm_val_t *value_out);

// Gets the type of the value at `index`, counted from 0, of an exception, a structure or an array,
// and whether the value can be changed.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such value; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_field_type(safewasm_ref_t *reference,
                                          size_t index,
                                          safewasm_fieldtype_t *type_out);

// Sets the value at `index`, counted from 0, of a structure or an array.
//
// `value` is borrowed. A field of 8 or 16 bits takes an i32 that fits into so many bits, as a signed
// or as an unsigned number.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such value; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is immutable, as all values of
// exceptions are, or if `value` is of another type; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `value`
// doesn't fit into the bits of the field; `SAFEWASM_ERROR_WRONG_STORE` if `value` is a reference of
// another store; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_set_field(safewasm_ref_t *reference,
                                         size_t index,
                                         const safewasm_val_t *value);

// Gets the type of the object that a reference refers to.
//
// On success `*type_out` is the type. On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_type(safewasm_ref_t *reference,
                                    safewasm_valtype_t *type_out);

// Compares two references of one store. An object that wasm converted between `anyref` and
// `externref` counts as a different one.
//
// On success `*same_out` is 1 if both refer to the same object, and 0 otherwise. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_same(safewasm_ref_t *reference,
                                    safewasm_ref_t *other,
                                    uint32_t *same_out);

// Creates another handle of the same reference, for instance in a host function that keeps one of
// its arguments.
//
// On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_ref_clone(safewasm_ref_t *reference,
                                     safewasm_ref_t **ref_out);

// Returns true if `reference` is a reference that has not been deleted and whose store has not been
// deleted. Never fails. May be called from any thread.
bool safewasm_ref_is_valid(safewasm_ref_t *reference);

// Deletes the handle `reference`. Its object lives as long as wasm or another handle can reach it.
// Does nothing if `reference` is NULL or was deleted already. Never fails and never waits. May be
// called from any thread.
void safewasm_ref_delete(safewasm_ref_t *reference);


// =================================================================================================
// Resources: what components and programs hand each other without showing what is inside.
//
// A component makes a resource in a constructor, `[constructor]counter`, and its methods, such as
// `[method]counter.increment`, take the resource as their first argument. A program has resource
// types of its own too: a resource of one stands for a pointer of the program.
//
// A handle of an owned resource can be passed as `own`, which gives the resource away, or as
// `borrow`, which lends it for the call. A handle that was given away or dropped is of no use any
// more.
//
// Example: examples/component.c
// =================================================================================================

// `safewasm_resourcetype_t`
//
// A resource type of the program: components get resources of it from the program, and can only pass
// them on, give them back and drop them. May be used from any threads at once.

// `safewasm_resource_t`
//
// A resource, which a component or the program has made. It is owned or borrowed.
//
// An owned resource belongs to the program until it is passed to a function that takes it over, or
// dropped. A borrowed one is lent to a host function until that returns.

// A function of the program that the library calls when a component drops a resource of the program.
//
// `env` is the pointer that the resource type was created with, and `data` is the pointer that the
// resource stands for. The finalizer of the resource runs later.
//
// Returns NULL for success, or an error that `safewasm_error_new` created or that another function
// of the library returned. The library takes the error over. The call of the component then fails
// with that error, and the components of the store end.
//
// The same rules hold as for `safewasm_component_callback_t`.
typedef safewasm_error_t *(*safewasm_destructor_t)(void *env, void *data);

// Creates a resource type of the program.
//
// `destructor`, if it isn't NULL, is called with `env` when a component drops a resource of the
// type. `env` may be NULL. If `finalizer` isn't NULL, it is called with `env` when the library no
// longer needs it, also if this function fails: when the type was deleted and no linker,
// pre-instantiation and store uses it. `destructor` and `finalizer` may be NULL.
//
// On success `*type_out` is a new resource type; delete it with `safewasm_resourcetype_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_resourcetype_new(safewasm_destructor_t destructor,
                                            void *env,
                                            safewasm_finalizer_t finalizer,
                                            safewasm_resourcetype_t **type_out);

// Returns true if `resourcetype` is a resource type that has not been deleted. Never fails. May be
// called from any thread.
bool safewasm_resourcetype_is_valid(safewasm_resourcetype_t *resourcetype);

// Deletes `resourcetype`. Resources of the type, and linkers that define it, live on. Does nothing
// if `resourcetype` is NULL or was deleted already. Never fails and never waits. May be called from
// any thread.
void safewasm_resourcetype_delete(safewasm_resourcetype_t *resourcetype);

// Creates a resource of the program in `store`. It stands for `data`, which may be NULL. `data` and
// `finalizer` may be NULL.
//
// If `finalizer` isn't NULL, it is called with `data` exactly once, when the resource is gone: when
// a component or the program has dropped it, or its store has ended. It is called also if this
// function fails.
//
// On success `*resource_out` is a new owned resource; drop it with `safewasm_resource_drop` or
// `safewasm_resource_delete`, or give it to a component. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_resource_new(safewasm_store_t *store,
                                        safewasm_resourcetype_t *resourcetype,
                                        void *data,
                                        safewasm_finalizer_t finalizer,
                                        safewasm_resource_t **resource_out);

// Gets the pointer that a resource of the program stands for. `resourcetype` is its type.
//
// On success `*data_out` is the pointer. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if the resource is of another type, such as one of a component;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_resource_data(safewasm_resource_t *resource,
                                         safewasm_resourcetype_t *resourcetype,
                                         void **data_out);

// Gets whether a resource is owned, and not borrowed.
//
// On success `*owned_out` is the answer. On failure it is false.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_resource_is_owned(safewasm_resource_t *resource,
                                             bool *owned_out);

// Drops an owned resource, and deletes its handle. The destructor of a component's resource runs
// now. For a resource of the program its finalizer is called, but not the destructor of its type,
// which is for components.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if the resource is borrowed; `SAFEWASM_ERROR_TRAP` and the errors
// of host functions from the destructor, which end the components of the store;
// `SAFEWASM_ERROR_COMPONENTS_ENDED` if they have ended, so that the destructor can't run;
// `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, also if the resource is lent to a call that
// runs, or its component instance waits for a host function; `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_resource_drop(safewasm_resource_t *resource);

// Returns true if `resource` is a resource that has not been deleted, dropped or given away. Never
// fails. May be called from any thread.
bool safewasm_resource_is_valid(safewasm_resource_t *resource);

// Deletes the handle `resource`. An owned resource is dropped later: after the next call of a
// component func in its store, when no wasm runs there. All destructors that run then have one
// second, if the engine has epoch interruption. A failure of one ends the components of the store,
// which later calls report. Does nothing if `resource` is NULL, or was deleted, dropped or given
// away already. Never fails and never waits. May be called from any thread.
void safewasm_resource_delete(safewasm_resource_t *resource);


// =================================================================================================
// Component instances: components that run in a store.
//
// A failure in a store, such as a trap, ends all components in it: later calls fail with
// `SAFEWASM_ERROR_COMPONENTS_ENDED`. So use a store for each job.
//
// Example: examples/component.c
// =================================================================================================

// `safewasm_componentinstance_t`
//
// A component instance: a component that runs in a store.

// Creates an instance of `component`, which has no imports, in `store`. A component linker
// (`safewasm_componentlinker_instantiate`) makes an instance of a component with imports.
//
// Start functions of modules in the component run now, so this function can trap. A component counts
// as one instance (`safewasm_store_set_instance_limit`), however many modules it has inside.
//
// On success `*instance_out` is a new component instance; delete it with
// `safewasm_componentinstance_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE` if the component belongs to another engine than the store;
// `SAFEWASM_ERROR_LINK`, with the name of an import, if it has imports; `SAFEWASM_ERROR_TRAP` from a
// start function; `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentinstance_new(safewasm_store_t *store,
                                                 safewasm_component_t *component,
                                                 safewasm_componentinstance_t **instance_out);

// Gets an exported function.
//
// `interface` is the name of the exported interface that has the function, such as
// `docs:adder/add@0.1.0`, UTF-8 text of `interface_len` bytes (or `SAFEWASM_STRLEN`). It is also
// found with another compatible version, and without a version if the component exports only one.
// NULL with the length 0 means that the component itself exports the function. `name` is the
// function's name, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). `interface` may be NULL if
// `interface_len` is 0.
//
// On success `*func_out` is a new component func; delete it with `safewasm_componentfunc_delete`. On
// failure it is NULL. A program looks a function up once and calls it often.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
// names of the exports; `SAFEWASM_ERROR_TYPE_MISMATCH` if the export is no function;
// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentinstance_func(safewasm_componentinstance_t *instance,
                                                  const char *interface,
                                                  size_t interface_len,
                                                  const char *name,
                                                  size_t name_len,
                                                  safewasm_componentfunc_t **func_out);

// Returns true if `instance` is a component instance that has not been deleted. Never fails. May be
// called from any thread.
bool safewasm_componentinstance_is_valid(safewasm_componentinstance_t *instance);

// Deletes the handle `instance`. The instance itself lives as long as its store. Does nothing if
// `instance` is NULL or was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_componentinstance_delete(safewasm_componentinstance_t *instance);


// =================================================================================================
// Component funcs: functions of component instances.
//
// Arguments and results are arrays of nodes. All arguments of a call are in one array, and so is its
// result. The library checks arguments against the function's type before the component sees
// anything.
//
// Example: examples/component.c
// =================================================================================================

// `safewasm_values_t`
//
// Values of WIT types that a call has returned. May be used from any threads at once.

// `safewasm_componentfunc_t`
//
// A component func: a function of a component instance, which takes and returns values of WIT types.

// What a node holds: a union of 8 bytes, of which the member of the node's kind is set.
typedef union {
  // Of `bool`: 0 or 1.
  uint8_t b;
  // Of `s8`, `s16`, `s32` and `s64`.
  int64_t s;
  // Of `u8`, `u16`, `u32` and `u64`. Of flags: bit 0 is the first flag.
  uint64_t u;
  // Of `f32`.
  float f32;
  // Of `f64`.
  double f64;
  // Of `char`: a Unicode scalar value.
  uint32_t c;
  // Of `string`: UTF-8. Of a list whose elements are `bool`, numbers or `char`: the elements,
  // packed, in the byte order of the machine. They need no alignment.
  const void *data;
  // Of an owned and of a borrowed resource.
  safewasm_resource_t *resource;
} safewasm_nodevalue_t;

// A node of a value. A value is an array of nodes: a node, followed by the nodes of its children.
//
// A record and a tuple have a child for each field. A variant, an option and a result have a child
// if the case has a value. A list whose elements are `bool`, numbers or `char` is one node; other
// lists have a child for each element. Several values, such as the arguments of a call, follow each
// other in one array.
typedef struct {
  // The kind, a `safewasm_witkind_t`, the same as in the type.
  uint8_t kind;
  // Of a variant and an enum: which case, counted from 0. Of an option: 0 without, 1 with a value.
  // Of a result: 0 for success, 1 for an error. Else 0.
  uint32_t index;
  // Of a list: the number of elements. Of a string: the number of bytes. Of a record and a tuple:
  // the number of fields. Of flags: the number of flags of the type. Else 0.
  size_t len;
  // What the node holds. Not used for records, tuples, variants, enums, options, results, and lists
  // with children.
  safewasm_nodevalue_t of;
} safewasm_node_t;

// Calls a component func.
//
// `args` holds the nodes of all arguments, `args_len` nodes. What they point to is only read, and
// only during the call. It MUST NOT be written meanwhile, so it MUST NOT be in a memory of the
// component. A resource that is passed as `own` is given away: its handle is deleted. One that is
// passed as `borrow` is lent for the call. `args` may be NULL if `args_len` is 0.
//
// On success `*values_out` is a new values object with the result: the nodes of one value, or none
// if the function returns nothing. Delete it with `safewasm_values_delete`. Resources in it are new
// handles, which the caller owns. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `args` isn't aligned or is too long;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if the nodes don't fit the function's type, with the path to the
// one that doesn't; `SAFEWASM_ERROR_TRAP`, also if the component returns an invalid value or more
// than the library allows for one call (128 MiB); `SAFEWASM_ERROR_COMPONENTS_ENDED` after such a
// failure; `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentfunc_call(safewasm_componentfunc_t *func,
                                              const safewasm_node_t *args,
                                              size_t args_len,
                                              safewasm_values_t **values_out);

// Calls a component func whose parameters and result are all `bool`, numbers or `char`, with the
// arguments and the result in bare slots. This is faster than `safewasm_componentfunc_call`.
//
// `slots` holds the arguments from its first slot on, and takes the result in its first slot.
// `slots_len` is the number of parameters, or 1 if there is a result and no parameter. `s64` and
// `u64` are in the member `i64`, `f32` and `f64` in the members of their names, and all others in
// `i32`: signed numbers with their sign, unsigned ones without (`u32` as the same 32 bits), a `bool`
// as 0 or 1, a `char` as its number. `slots` may be NULL if `slots_len` is 0.
//
// If the call is refused, the slots are unchanged. After a trap their contents are unspecified.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` for another number of slots, or if a slot holds no value of its
// type; `SAFEWASM_ERROR_UNSUPPORTED` if the function takes or returns anything else;
// `SAFEWASM_ERROR_TRAP`; `SAFEWASM_ERROR_COMPONENTS_ENDED` after such a failure;
// `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentfunc_call_slots(safewasm_componentfunc_t *func,
                                                    safewasm_slot_t *slots,
                                                    size_t slots_len);

// Calls a component func of `bool`, numbers and `char` `count` times, each time with the next value
// of each column. This does the same as a loop over `safewasm_componentfunc_call_slots`, at a
// smaller cost for each call.
//
// `args` holds `args_len` columns, one for each parameter. `results` holds `results_len` columns:
// one if the function has a result, which is written there, and none otherwise. The values of a
// column are as wide as its type: 1 byte for `bool`, `s8` and `u8`, 2 for `s16` and `u16`, 4 for
// `s32`, `u32`, `f32` and `char`, 8 for `s64`, `u64` and `f64`. The columns' `data` may be NULL if
// `count` is 0. `args` may be NULL if `args_len` is 0. `results` may be NULL if `results_len` is 0.
//
// The calls run in order. A call's arguments are read after the results of the earlier calls are
// written and before its own result is written, so a result may overwrite arguments, those of later
// calls too.
//
// If a call fails or is refused, this function fails with that call's error, whose message has the
// number of the call. The results of the earlier calls are written, and the later calls are not
// made.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_TYPE_MISMATCH` for another number of columns, or if a column holds no value of its
// type; `SAFEWASM_ERROR_UNSUPPORTED` if the function takes or returns anything else;
// `SAFEWASM_ERROR_TRAP`; `SAFEWASM_ERROR_COMPONENTS_ENDED` after such a failure;
// `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentfunc_call_bulk(safewasm_componentfunc_t *func,
                                                   size_t count,
                                                   const safewasm_column_t *args,
                                                   size_t args_len,
                                                   const safewasm_column_t *results,
                                                   size_t results_len);

// Returns true if `func` is a component func that has not been deleted. Never fails. May be called
// from any thread.
bool safewasm_componentfunc_is_valid(safewasm_componentfunc_t *func);

// Deletes the handle `func`. The function itself lives as long as its store. Does nothing if `func`
// is NULL or was deleted already. Never fails and never waits. May be called from any thread.
void safewasm_componentfunc_delete(safewasm_componentfunc_t *func);

// Gets the nodes of values. May be called from any thread.
//
// On success `*nodes_out` is the first node and `*len_out` is the number of nodes. They, and what
// they point to, live until `safewasm_values_delete`. On failure they are NULL and 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_values_nodes(safewasm_values_t *values,
                                        const safewasm_node_t **nodes_out,
                                        size_t *len_out);

// Returns true if `values` is a values object that has not been deleted. Never fails. May be called
// from any thread.
bool safewasm_values_is_valid(safewasm_values_t *values);

// Deletes `values` and what its nodes point to. Does nothing if `values` is NULL or was deleted
// already. Never fails and never waits. May be called from any thread.
void safewasm_values_delete(safewasm_values_t *values);


// =================================================================================================
// Linkers: they find a module's imports by name.
//
// Example: examples/host.c
// =================================================================================================

// `safewasm_linker_t`
//
// A linker: definitions, by name, for the imports of modules. May be used from any threads at once.
// A linker that holds an object of a store works with that store only.

// Creates a linker of `engine`.
//
// On success `*linker_out` is a new linker; delete it with `safewasm_linker_delete`. On failure it
// is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_new(safewasm_engine_t *engine,
                                      safewasm_linker_t **linker_out);

// Sets whether a new definition may replace an earlier one of the same name. Off by default:
// defining a name twice is an error.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_allow_shadowing(safewasm_linker_t *linker,
                                                  bool allowed);

// Defines an import as `*item`, an object of `store`, which is borrowed. From now on the linker
// works with `store` only.
//
// The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes from
// the module called `module_name`, UTF-8 text of `module_name_len` bytes (or `SAFEWASM_STRLEN`).
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
// `SAFEWASM_ERROR_WRONG_STORE` if the item belongs to another store, or the linker works with
// another one; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define(safewasm_linker_t *linker,
                                         safewasm_store_t *store,
                                         const char *module_name,
                                         size_t module_name_len,
                                         const char *name,
                                         size_t name_len,
                                         const safewasm_extern_t *item);

// Defines an import as a host function. The function belongs to no store.
//
// The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes from
// the module called `module_name`, UTF-8 text of `module_name_len` bytes (or `SAFEWASM_STRLEN`).
//
// `functype`, `callback`, `env` and `finalizer` are as for `safewasm_func_new`. The function lives
// as long as the linker, the pre-instantiations made with it, and the stores in which it was used
// for an instance. `env` and `finalizer` may be NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the
// import is defined already; `SAFEWASM_ERROR_LIMIT`.
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

// Defines an import as a host function of numbers and vectors, which takes and returns bare slots.
// Calls of it are faster. Otherwise the same as `safewasm_linker_define_func`.
//
// `env` and `finalizer` may be NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the
// import is defined already; `SAFEWASM_ERROR_UNSUPPORTED` if the type has references;
// `SAFEWASM_ERROR_LIMIT`.
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

// Defines all exports of `instance` as imports from the module called `module_name`, UTF-8 text of
// `module_name_len` bytes (or `SAFEWASM_STRLEN`). From now on the linker works with the instance's
// store only. On failure nothing is defined.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the name isn't UTF-8 or one of the imports is defined
// already; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_instance(safewasm_linker_t *linker,
                                                  const char *module_name,
                                                  size_t module_name_len,
                                                  safewasm_instance_t *instance);

// Defines the exports of `module` as imports from the module called `module_name`, UTF-8 text of
// `module_name_len` bytes (or `SAFEWASM_STRLEN`). From now on the linker works with `store` only. On
// failure nothing is defined.
//
// A module that exports `_start` is a command. Only its functions are defined, and each call of one
// makes a new instance, which counts against the store's limit of instances as long as the store
// lives. Any other module is a reactor: it is instantiated in `store` now, its function
// `_initialize` is called if it exports one, and its exports are defined.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the name isn't UTF-8 or one of the imports is defined
// already; `SAFEWASM_ERROR_LINK`, with the names of the missing imports or of the import with the
// wrong type; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from a reactor, and the errors
// that its host functions return; `SAFEWASM_ERROR_INVALID_MODULE` if the module exports both
// functions, or one of them with parameters or results; `SAFEWASM_ERROR_UNSUPPORTED` if the module
// has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_WRONG_STORE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_module(safewasm_linker_t *linker,
                                                safewasm_store_t *store,
                                                const char *module_name,
                                                size_t module_name_len,
                                                safewasm_module_t *module);

// Defines each function that `module` imports and that isn't defined yet as a function that traps
// when it is called. The message of the trap names the function.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_unknown_imports_as_traps(safewasm_linker_t *linker,
                                                                  safewasm_module_t *module);

// Defines each import of `module` that isn't defined yet, in `store`: a function as one that returns
// zeros and null references, and any other import as a new object of its type that holds zeros and
// null references. From now on the linker works with `store` only. On failure nothing is defined.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK` if a
// type has no such value; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_unknown_imports_as_default_values(safewasm_linker_t *linker,
                                                                           safewasm_store_t *store,
                                                                           safewasm_module_t *module);

// Creates an instance of `module` in `store`, with the linker's definitions as its imports. If the
// module has a start function, it runs now, so this function can trap.
//
// On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`,
// with the names of the missing imports and similar names, or of the import with the wrong type;
// `SAFEWASM_ERROR_WRONG_STORE` if the linker works with another store;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from the start
// function, and the errors that its host functions return; `SAFEWASM_ERROR_UNSUPPORTED` if the
// module has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_instantiate(safewasm_linker_t *linker,
                                              safewasm_store_t *store,
                                              safewasm_module_t *module,
                                              safewasm_instance_t **instance_out);

// Does all work that can be done before `module` is instantiated, once for many instances: looks up
// its imports and compares their types. Later definitions in the linker have no effect on the
// result. For a memory or table in the linker, the size that is compared is the one that it had when
// it was defined, or when an instance was last made with the linker.
//
// On success `*instancepre_out` is a new pre-instantiation; delete it with
// `safewasm_instancepre_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`,
// with the names of the missing imports and similar names, or of the import with the wrong type;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_instantiate_pre(safewasm_linker_t *linker,
                                                  safewasm_module_t *module,
                                                  safewasm_instancepre_t **instancepre_out);

// Gets a definition as an object of `store`.
//
// The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes from
// the module called `module_name`, UTF-8 text of `module_name_len` bytes (or `SAFEWASM_STRLEN`).
//
// On success `*item_out` is the object, with a new handle; delete it with `safewasm_extern_delete`.
// On failure it is all zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with similar
// names; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_get(safewasm_linker_t *linker,
                                      safewasm_store_t *store,
                                      const char *module_name,
                                      size_t module_name_len,
                                      const char *name,
                                      size_t name_len,
                                      safewasm_extern_t *item_out);

// Gets the number of definitions in the linker.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_linker_len(safewasm_linker_t *linker, size_t *len_out);

// Gets the definition at `index`, counted from 0, in the order in which they were made. A definition
// that replaced an earlier one has the index of that one.
//
// On success `*module_name_out` and `*name_out` are its names, and `*type_out` is a new external
// type; delete it with `safewasm_externtype_delete`. The names live until that type and the linker
// are both deleted. On failure all are NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if there is no such definition.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_definition(safewasm_linker_t *linker,
                                             size_t index,
                                             safewasm_text_t *module_name_out,
                                             safewasm_text_t *name_out,
                                             safewasm_externtype_t **type_out);

// Returns true if `linker` is a linker that has not been deleted. Never fails. May be called from
// any thread.
bool safewasm_linker_is_valid(safewasm_linker_t *linker);

// Deletes `linker`. Instances made with it live on. Does nothing if `linker` is NULL or was deleted
// already. Never fails and never waits. May be called from any thread.
void safewasm_linker_delete(safewasm_linker_t *linker);


// =================================================================================================
// Pre-instantiations: modules whose imports a linker has already found.
//
// Example: examples/instances.c
// =================================================================================================

// `safewasm_instancepre_t`
//
// A pre-instantiation: a module whose imports a linker has found and checked, ready for many
// instances. May be used from any threads at once.

// Creates an instance in `store`. If the module has a start function, it runs now, so this function
// can trap.
//
// On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_STORE` if the imports belong to another store;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from the start
// function, and the errors that its host functions return; `SAFEWASM_ERROR_UNSUPPORTED` if the
// module has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instancepre_instantiate(safewasm_instancepre_t *instancepre,
                                                   safewasm_store_t *store,
                                                   safewasm_instance_t **instance_out);

// Returns true if `instancepre` is a pre-instantiation that has not been deleted. Never fails. May
// be called from any thread.
bool safewasm_instancepre_is_valid(safewasm_instancepre_t *instancepre);

// Deletes `instancepre`. Instances made with it live on. Does nothing if `instancepre` is NULL or
// was deleted already. Never fails and never waits. May be called from any thread.
void safewasm_instancepre_delete(safewasm_instancepre_t *instancepre);


// =================================================================================================
// Component linkers: they find a component's imports by interface and name.
//
// An interface is found with another compatible version too: a component that imports
// `wasi:io/streams@0.2.0` gets what is defined for `wasi:io/streams@0.2.3`, and the other way round.
// An exact match comes first, then the highest version.
//
// Example: examples/componenthost.c
// =================================================================================================

// `safewasm_componentlinker_t`
//
// A component linker: definitions, by interface and name, for the imports of components. May be used
// from any threads at once.

// A host function: a function of the program that a component calls.
//
// `env` is the pointer that the host function was created with. `caller` is valid until the function
// returns. `args` holds the nodes of all arguments, `args_len` nodes. They, and what they point to,
// are valid until the function returns, and fit the type that the function was defined with.
//
// A function that has a result gives it by `safewasm_caller_return`.
//
// Returns NULL for success, or an error that `safewasm_error_new` created or that another function
// of the library returned. The library takes the error over. The call of the component during which
// the function ran then fails with that error, and the components of the store end.
//
// The function may call any function of the library, also with the same store, but not a function of
// the component instance that called it. It MUST NOT leave by `longjmp`. If it throws a C++
// exception or ends its thread, the process ends.
typedef safewasm_error_t *(*safewasm_component_callback_t)(void *env,
                                                           safewasm_caller_t *caller,
                                                           const safewasm_node_t *args,
                                                           size_t args_len);

// Creates a component linker of `engine`.
//
// On success `*linker_out` is a new component linker; delete it with
// `safewasm_componentlinker_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_new(safewasm_engine_t *engine,
                                               safewasm_componentlinker_t **linker_out);

// Sets whether a new definition may replace an earlier one of the same name. Off by default:
// defining a name twice is an error.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_allow_shadowing(safewasm_componentlinker_t *linker,
                                                           bool allowed);

// Defines an import as a host function. The function belongs to no store.
//
// `interface` is the name of the interface that has the function, such as `docs:logger/log@0.1.0`,
// UTF-8 text of `interface_len` bytes (or `SAFEWASM_STRLEN`). NULL with the length 0 means an import
// of the component itself. `name` is the function's name, UTF-8 text of `name_len` bytes (or
// `SAFEWASM_STRLEN`). `interface` may be NULL if `interface_len` is 0.
//
// `wittype` is the type of the function, such as the type of an import (`safewasm_component_import`,
// `safewasm_wittype_item`). A component that imports the function with another type can't be
// instantiated: so `callback` gets only nodes that fit `wittype`.
//
// `callback`, `env` and `finalizer`: `callback` is called with `env`, which may be NULL. If
// `finalizer` isn't NULL, it is called with `env` when the library no longer needs it, also if this
// function fails. The function lives as long as the linker, the pre-instantiations made with it, and
// the stores in which it was used for an instance. `env` and `finalizer` may be NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if `wittype` isn't the type of a function; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_define_func(safewasm_componentlinker_t *linker,
                                                       const char *interface,
                                                       size_t interface_len,
                                                       const char *name,
                                                       size_t name_len,
                                                       safewasm_wittype_t *wittype,
                                                       safewasm_component_callback_t callback,
                                                       void *env,
                                                       safewasm_finalizer_t finalizer);

// Defines an import as `module`, a core module. `interface` and `name` are as for
// `safewasm_componentlinker_define_func`. `interface` may be NULL if `interface_len` is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_define_module(safewasm_componentlinker_t *linker,
                                                         const char *interface,
                                                         size_t interface_len,
                                                         const char *name,
                                                         size_t name_len,
                                                         safewasm_module_t *module);

// Defines an import as a resource type of the program. `interface` and `name` are as for
// `safewasm_componentlinker_define_func`. The constructor, methods and static functions of the type
// are host functions with the names `[constructor]name`, `[method]name.method` and
// `[static]name.function`. `interface` may be NULL if `interface_len` is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
// `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_define_resource(safewasm_componentlinker_t *linker,
                                                           const char *interface,
                                                           size_t interface_len,
                                                           const char *name,
                                                           size_t name_len,
                                                           safewasm_resourcetype_t *resourcetype);

// Defines each function that `component` imports and that isn't defined yet as a function that traps
// when it is called. The message of the trap names the function.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_define_unknown_imports_as_traps(safewasm_componentlinker_t *linker,
                                                                           safewasm_component_t *component);

// Gives the result of a host function that a component called (`safewasm_component_callback_t`).
//
// `nodes` holds the nodes of the result, `nodes_len` nodes. The library copies them with what they
// point to. A later call in the same host function replaces the result. A host function without a
// result needs no call. `nodes` may be NULL if `nodes_len` is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `nodes` isn't aligned or is too long;
// `SAFEWASM_ERROR_TYPE_MISMATCH` if the nodes don't fit the function's type, with the path to the
// one that doesn't; `SAFEWASM_ERROR_UNSUPPORTED` if core WebAssembly called the host function;
// `SAFEWASM_ERROR_OUT_OF_MEMORY`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_caller_return(safewasm_caller_t *caller,
                                         const safewasm_node_t *nodes,
                                         size_t nodes_len);

// Creates an instance of `component` in `store`, with the linker's definitions as its imports. Start
// functions of modules in the component run now, so this function can trap.
//
// On success `*instance_out` is a new component instance; delete it with
// `safewasm_componentinstance_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`,
// with the missing imports and similar names, or with what differs between the types of an import
// and of its definition; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` from a start function,
// and the errors that its host functions return; `SAFEWASM_ERROR_COMPONENTS_ENDED`;
// `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_instantiate(safewasm_componentlinker_t *linker,
                                                       safewasm_store_t *store,
                                                       safewasm_component_t *component,
                                                       safewasm_componentinstance_t **instance_out);

// Does all work that can be done before `component` is instantiated, once for many instances: looks
// up its imports and compares their types. Later definitions in the linker have no effect on the
// result.
//
// On success `*instancepre_out` is a new component pre-instantiation; delete it with
// `safewasm_componentinstancepre_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`,
// with the missing imports and similar names, or with what differs between the types of an import
// and of its definition; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_instantiate_pre(safewasm_componentlinker_t *linker,
                                                           safewasm_component_t *component,
                                                           safewasm_componentinstancepre_t **instancepre_out);

// Returns true if `linker` is a component linker that has not been deleted. Never fails. May be
// called from any thread.
bool safewasm_componentlinker_is_valid(safewasm_componentlinker_t *linker);

// Deletes `linker`. Instances made with it live on. Does nothing if `linker` is NULL or was deleted
// already. Never fails and never waits. May be called from any thread.
void safewasm_componentlinker_delete(safewasm_componentlinker_t *linker);


// =================================================================================================
// Component pre-instantiations: components whose imports a component linker has already found.
//
// Example: examples/componenthost.c
// =================================================================================================

// `safewasm_componentinstancepre_t`
//
// A component pre-instantiation: a component whose imports a component linker has found and checked,
// ready for many instances. May be used from any threads at once.

// Creates a component instance in `store`. Start functions of modules in the component run now, so
// this function can trap.
//
// On success `*instance_out` is a new component instance; delete it with
// `safewasm_componentinstance_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` from a start function, and the errors that
// its host functions return; `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentinstancepre_instantiate(safewasm_componentinstancepre_t *instancepre,
                                                            safewasm_store_t *store,
                                                            safewasm_componentinstance_t **instance_out);

// Returns true if `instancepre` is a component pre-instantiation that has not been deleted. Never
// fails. May be called from any thread.
bool safewasm_componentinstancepre_is_valid(safewasm_componentinstancepre_t *instancepre);

// Deletes `instancepre`. Instances made with it live on. Does nothing if `instancepre` is NULL or
// was deleted already. Never fails and never waits. May be called from any thread.
void safewasm_componentinstancepre_delete(safewasm_componentinstancepre_t *instancepre);


// =================================================================================================
// Shared memories: memories that several threads use at once. They need
// `safewasm_config_set_shared_memory`.
//
// Example: examples/threads.c
// =================================================================================================

// `safewasm_sharedmemory_t`
//
// A shared memory. It belongs to no store: instances in any store of its engine may import it and
// keep it alive. May be used from any threads at once.

// Creates a shared memory of the type `*memorytype`, which must be shared and have a maximum.
//
// On success `*sharedmemory_out` is a new shared memory; delete it with
// `safewasm_sharedmemory_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type; `SAFEWASM_ERROR_UNSUPPORTED` if the
// engine's config has no shared memory; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_new(safewasm_engine_t *engine,
                                            const safewasm_memorytype_t *memorytype,
                                            safewasm_sharedmemory_t **sharedmemory_out);

// Gets the type of a shared memory.
//
// On success `*type_out` is the type; its `min` is the present size in pages. On failure it is all
// zero.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_type(safewasm_sharedmemory_t *sharedmemory,
                                             safewasm_memorytype_t *type_out);

// Gets the bytes of a shared memory. Other threads may write them: the program MUST access them with
// atomics.
//
// On success `*data_out` is the first byte and `*len_out` is their present number. On failure they
// are NULL and 0. A shared memory never moves. It lives until `safewasm_sharedmemory_delete`, and as
// long as an instance has it.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_data(safewasm_sharedmemory_t *sharedmemory,
                                             uint8_t **data_out,
                                             size_t *len_out);

// Adds `delta` pages to a shared memory.
//
// On success `*previous_out` is the size before, in pages. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
// beyond the memory's maximum.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_grow(safewasm_sharedmemory_t *sharedmemory,
                                             uint64_t delta,
                                             uint64_t *previous_out);

// Copies `len` bytes from `address`, an offset into the shared memory, to `data`, each by a relaxed
// atomic load. On failure nothing is written. `data` may be NULL if `len` is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_OUT_OF_BOUNDS` if not all of the bytes lie in the memory.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_read(safewasm_sharedmemory_t *sharedmemory,
                                             uint64_t address,
                                             uint8_t *data,
                                             size_t len);

// Copies `len` bytes from `data` to `address`, an offset into the shared memory, each by a relaxed
// atomic store. On failure nothing is written. `data` may be NULL if `len` is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_OUT_OF_BOUNDS` if the bytes don't fit into the memory.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_sharedmemory_write(safewasm_sharedmemory_t *sharedmemory,
                                              uint64_t address,
                                              const uint8_t *data,
                                              size_t len);

// Returns true if `sharedmemory` is a shared memory that has not been deleted. Never fails. May be
// called from any thread.
bool safewasm_sharedmemory_is_valid(safewasm_sharedmemory_t *sharedmemory);

// Deletes the handle `sharedmemory`. The memory lives on in the instances that have it. Does nothing
// if `sharedmemory` is NULL or was deleted already. Never fails and never waits. May be called from
// any thread.
void safewasm_sharedmemory_delete(safewasm_sharedmemory_t *sharedmemory);


// =================================================================================================
// WASI: the files, streams and clocks of a program. A library that was built without its feature
// `wasi` lacks the functions of this section.
//
// Example: examples/wasi.c
// =================================================================================================

// `safewasm_wasi_t`
//
// A WASI config: the arguments, environment, streams, folders, clocks and random numbers of a
// program for WASI preview 1, and their limits. May be used from any threads at once.

// Creates a WASI config with nothing in it: no arguments, no environment, no folders, an empty
// standard input; standard output and standard error are discarded.
//
// On success `*wasi_out` is a new WASI config; pass it to `safewasm_store_set_wasi` or delete it
// with `safewasm_wasi_delete`. On failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_wasi_new(safewasm_wasi_t **wasi_out);

// Adds an argument of the program, UTF-8 text of `arg_len` bytes (or `SAFEWASM_STRLEN`). The first
// one is the program's name.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the text isn't UTF-8 or contains a NUL.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_add_arg(safewasm_wasi_t *wasi,
                                        const char *arg,
                                        size_t arg_len);

// Sets an environment variable of the program. Its name is `name`, UTF-8 text of `name_len` bytes
// (or `SAFEWASM_STRLEN`), and its value is `value`, UTF-8 text of `value_len` bytes (or
// `SAFEWASM_STRLEN`). A value that was set before is replaced.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8 or contains a NUL, or if the name is empty
// or contains `=`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_add_env(safewasm_wasi_t *wasi,
                                        const char *name,
                                        size_t name_len,
                                        const char *value,
                                        size_t value_len);

// Adds the arguments of this process, the name of its program first. What isn't UTF-8 in them is
// replaced by U+FFFD.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_wasi_inherit_args(safewasm_wasi_t *wasi);

// Sets the environment variables that this process has now. What isn't UTF-8 in them is replaced by
// U+FFFD. No other thread MUST change the environment meanwhile (`setenv`).
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_wasi_inherit_env(safewasm_wasi_t *wasi);

// Opens a folder for the program. Its path is `host`, UTF-8 text of `host_len` bytes (or
// `SAFEWASM_STRLEN`), and the program sees it under the path `guest`, UTF-8 text of `guest_len`
// bytes (or `SAFEWASM_STRLEN`), for instance `/in`, or `.` for the folder that relative paths start
// from.
//
// The program can read what is in the folder and in its folders. If `writable` is true, it can also
// change it. It can't leave the folder, neither by `..` nor by symbolic links. It can open files and
// folders only: FIFOs, sockets and devices are refused with the errno `notsup`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8 or contains a NUL, or if `guest` is empty;
// `SAFEWASM_ERROR_IO` if the folder can't be opened, or is no folder.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_add_dir(safewasm_wasi_t *wasi,
                                        const char *host,
                                        size_t host_len,
                                        const char *guest,
                                        size_t guest_len,
                                        bool writable);

// Fixes the clocks of the program: the realtime clock shows `unix_nanoseconds` since 1970, the
// monotonic clock 0. Only a sleep of the program advances them, and takes no time itself.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_fixed_clock(safewasm_wasi_t *wasi,
                                                uint64_t unix_nanoseconds);

// Makes the random numbers of the program a function of `seed`: two runs get the same ones. They are
// not fit for cryptography. Without a seed they are the system's, which are.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_seed(safewasm_wasi_t *wasi,
                                         uint64_t seed);

// Sets how many files and folders the program may have open at once, beside its streams and the
// folders of `safewasm_wasi_add_dir`. The initial value is 1,000. Opening one more fails with the
// errno `mfile`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_open_limit(safewasm_wasi_t *wasi,
                                               uint32_t files);

// Sets how many bytes the program may write to its folders. `UINT64_MAX`, the initial value, means
// no limit. A write beyond the limit fails as a whole, with the errno `nospc`.
//
// Each byte that is written counts, whether the file grows or not. A file that grows otherwise
// counts with the difference. Each new name of a file, folder or link counts 4,096 bytes. Deleting
// gives nothing back.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_written_limit(safewasm_wasi_t *wasi,
                                                  uint64_t bytes);

// Limits the bytes that the program may write and the files that it may have open as `sandbox` says;
// see `safewasm_store_set_sandbox`. Everything else stays as it is: a WASI config gives the program
// nothing that it wasn't told to give.
//
// `sandbox` may be NULL, which selects the defaults.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_sandbox(safewasm_wasi_t *wasi,
                                            const safewasm_sandbox_t *sandbox);

// Returns true if `wasi` is a WASI config that has neither been deleted nor given to a store. Never
// fails. May be called from any thread.
bool safewasm_wasi_is_valid(safewasm_wasi_t *wasi);

// Deletes `wasi`. Does nothing if `wasi` is NULL or was deleted already. Never fails and never
// waits. May be called from any thread.
void safewasm_wasi_delete(safewasm_wasi_t *wasi);

// Gives `store` the WASI that `wasi` describes. Instances in the store share it: their files, their
// position in standard input, their limits. `wasi` is consumed, even if this function fails. A store
// has one WASI at most.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the store has WASI already; `SAFEWASM_ERROR_LIMIT` if the
// library's threads for WASI can't be started; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_store_set_wasi(safewasm_store_t *store,
                                          safewasm_wasi_t *wasi);

// Defines the functions of WASI preview 1 as imports from the module `wasi_snapshot_preview1`. They
// work in stores that have WASI (`safewasm_store_set_wasi`). On failure nothing is defined.
//
// A program's own memory must be exported as `memory`, as compilers do. The functions never end the
// process: `proc_exit` ends the call, see `safewasm_instance_run`. Each runs on the thread that
// calls wasm, and needs up to 128 KiB of its stack, which the library keeps free for it. A call that
// waits in a read, in a write or in a sleep is ended by all that ends wasm (with
// `safewasm_config_set_epoch_interruption`): deadlines, time limits, `safewasm_store_interrupt`,
// epochs, and the interrupt flag of the hooks.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if one of them is defined already; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_linker_define_wasi(safewasm_linker_t *linker);

// Defines the interfaces of WASI 0.2 that `wasi:cli/imports` has: of `wasi:cli`, `wasi:clocks`,
// `wasi:filesystem`, `wasi:io`, `wasi:random` and `wasi:sockets`. Components may import any version
// 0.2 of them. They work in stores that have WASI (`safewasm_store_set_wasi`), which modules and
// components in a store share. On failure nothing is defined.
//
// The functions end no process and wait like those of `safewasm_linker_define_wasi`. There is no
// network: `wasi:sockets` makes no socket and looks up no name, but answers `access-denied`. The
// sockets' functions are there because many components import them.
//
// The limits of a WASI config hold, too. Opening more files than `safewasm_wasi_set_open_limit`
// allows fails with `insufficient-memory`, and writing more to folders than
// `safewasm_wasi_set_written_limit` allows with `insufficient-space`. A component has at most 65,536
// resources of WASI beside its files, such as streams and pollables; one more ends the call with an
// error.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if one of them is defined already; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentlinker_define_wasi(safewasm_componentlinker_t *linker);

// Runs a command: calls the function `run` of the interface `wasi:cli/run`, which `instance`
// exports.
//
// On success `*status_out` is the exit status: that of `exit` or `exit-with-code`, or 0 if `run`
// returned without an error and 1 if it returned one. On failure it is 0. `exit` has no status but 0
// and 1. Like every end of a call that isn't a return, an exit ends the components of the store.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if the component exports no such function; `SAFEWASM_ERROR_TYPE_MISMATCH` if it isn't a function
// without parameters that returns a `result` without values; `SAFEWASM_ERROR_TRAP` from wasm, and
// the errors that host functions return; `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`
// if the program reached a limit of its WASI; `SAFEWASM_ERROR_UNSUPPORTED` if it called a WASI
// function and the store has no WASI; `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`,
// `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_componentinstance_run(safewasm_componentinstance_t *instance,
                                                 uint32_t *status_out);

// Runs a command: calls the function `_start` of `instance`. A command can run once.
//
// On success `*status_out` is the exit status: that of `proc_exit`, or 0 if the function returned.
// On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if the module exports no `_start`; `SAFEWASM_ERROR_INVALID_MODULE` if it isn't a function without
// parameters and results; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from wasm, and the
// errors that host functions return; `SAFEWASM_ERROR_LIMIT` if the program reached a limit of its
// WASI; `SAFEWASM_ERROR_UNSUPPORTED` if it called a WASI function and the store has no WASI;
// `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_run(safewasm_instance_t *instance,
                                        uint32_t *status_out);

// Initializes a reactor, a module whose functions the program calls: calls the function
// `_initialize` of `instance`, if it exports one and it was not called in this way before. Call this
// before any other function of the instance.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_MODULE` if the module exports an `_initialize` that isn't a function
// without parameters and results; `SAFEWASM_ERROR_EXIT` if the program exited; `SAFEWASM_ERROR_TRAP`
// and `SAFEWASM_ERROR_EXCEPTION` from wasm, and the errors that host functions return;
// `SAFEWASM_ERROR_LIMIT` if the program reached a limit of its WASI; `SAFEWASM_ERROR_UNSUPPORTED` if
// it called a WASI function and the store has no WASI; `SAFEWASM_ERROR_TASK`;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_instance_initialize(safewasm_instance_t *instance);

// Returns true if `error` is of kind `SAFEWASM_ERROR_EXIT`: a program for WASI exited in another
// call than `safewasm_instance_run`. `*status_out` is then its exit status. Otherwise returns false,
// and `*status_out` is 0. `status_out` may be NULL.
//
// Never fails. May be called from any thread.
bool safewasm_error_exit_status(safewasm_error_t *error,
                                uint32_t *status_out);


// =================================================================================================
// WASI streams: where a program's standard input comes from, and where its output goes.
//
// Each of a program's three streams is empty or discarded at first. It can be one of the process, a
// file, a file descriptor, bytes, an output buffer or a callback. The last one that was set counts.
//
// A read or write that waits ends when the call's time is over or the store is interrupted. A
// program that writes to a pipe or socket that nobody reads ends like a process that the signal
// SIGPIPE ends, with the exit status 141; the process itself never gets that signal. After any other
// error of the system the program gets the error's number.
//
// Example: examples/wasi.c
// =================================================================================================

// `safewasm_buffer_t`
//
// An output buffer: keeps what programs for WASI preview 1 write to their standard output and
// standard error, until it is taken. May be used from any threads at once.

// A standard stream of a WASI program.
typedef enum {
  // Standard input.
  SAFEWASM_WASI_STDIN = 0,
  // Standard output.
  SAFEWASM_WASI_STDOUT = 1,
  // Standard error.
  SAFEWASM_WASI_STDERR = 2,
} safewasm_wasi_stream_t;

// A function of the program from which a guest reads its standard input.
//
// `env` is the pointer that the function was set with. `bytes` has room for `len` bytes, at least
// one; it is valid until the function returns. The function writes at least one byte there and sets
// `*len_out`, which is 0 before, to their number. 0 is the end of the input.
//
// Returns NULL for success, or an error that `safewasm_error_new` created or that another function
// of the library returned. The library takes the error over. The call of wasm during which the guest
// reads then fails with that error.
//
// The function runs on the thread of the call, like a host function. Time limits and interrupts
// don't end it: they end the call of wasm when it returns. It may call any function of the library,
// but the guest's store is busy. It MUST NOT leave by `longjmp`. If it throws a C++ exception or
// ends its thread, the process ends.
typedef safewasm_error_t *(*safewasm_read_callback_t)(void *env,
                                                      uint8_t *bytes,
                                                      size_t len,
                                                      size_t *len_out);

// A function of the program that takes what a guest writes to its standard output or standard error.
//
// `env` is the pointer that the function was set with. `bytes` holds `len` bytes, at least one, and
// is valid until the function returns. The function takes all of them. One write of the guest may be
// several calls.
//
// Its result and the rules for it are those of `safewasm_read_callback_t`.
typedef safewasm_error_t *(*safewasm_write_callback_t)(void *env, const uint8_t *bytes, size_t len);

// Connects a stream of the program to the same stream of the process, as it is at this call:
// `stream` is a `safewasm_wasi_stream_t`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number; `SAFEWASM_ERROR_IO` if the process has
// closed the stream, or has too many open files.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_inherit_stream(safewasm_wasi_t *wasi,
                                               uint32_t stream);

// Connects a stream of the program to a file, which is opened by this call. `stream` is a
// `safewasm_wasi_stream_t`, and `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).
//
// A file for standard output or standard error is created if it doesn't exist. It is emptied, unless
// `append` is true: then all output goes to its end. Two streams that share a file need `append` for
// both, or one file descriptor (`safewasm_wasi_set_stream_fd`). A named pipe for standard input may
// have no writer yet; one for output must have a reader.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number, for a `path` that isn't UTF-8 or has a NUL,
// and if `append` is true for standard input; `SAFEWASM_ERROR_IO` if the file can't be opened or is
// a folder.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_stream_file(safewasm_wasi_t *wasi,
                                                uint32_t stream,
                                                const char *path,
                                                size_t path_len,
                                                bool append);

// Connects a stream of the program to the file descriptor `fd`, which must be open for the stream's
// direction: of a pipe, a socket, a terminal, a device or a file. The library duplicates it; the
// caller may close its own at once. The duplicate is closed when the program closes the stream, or
// with the store. `stream` is a `safewasm_wasi_stream_t`.
//
// The descriptor may be blocking or non-blocking, and the library never changes that, since other
// processes may share it. Where the library can't open a pipe again by `/proc/self/fd`, and for
// devices, it asks the system whether the descriptor is ready, and then reads or writes it. If
// another process takes the bytes or the room in between, the thread waits in the system for the
// next ones, where the system can't refuse that; time limits and interrupts wait with it.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number, and if `fd` isn't open for the direction;
// `SAFEWASM_ERROR_IO` if `fd` isn't open, or the process has too many open files.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_stream_fd(safewasm_wasi_t *wasi,
                                              uint32_t stream,
                                              int32_t fd);

// Gives the program the `len` bytes at `bytes` as its standard input. They are copied. `bytes` may
// be NULL if `len` is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `len` is more than any object has.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_stdin_bytes(safewasm_wasi_t *wasi,
                                                const uint8_t *bytes,
                                                size_t len);

// Has the program read its standard input from `callback`, which gets `env`. The library calls
// `finalizer` with `env` when the callback is no longer needed, also if this function fails. `env`
// and `finalizer` may be NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_stdin_callback(safewasm_wasi_t *wasi,
                                                   safewasm_read_callback_t callback,
                                                   void *env,
                                                   safewasm_finalizer_t finalizer);

// Has the program's standard output or standard error go to `callback`, which gets `env`. The
// library calls `finalizer` with `env` when the callback is no longer needed, also if this function
// fails. `stream` is `SAFEWASM_WASI_STDOUT` or `SAFEWASM_WASI_STDERR`. `env` and `finalizer` may be
// NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_stream_callback(safewasm_wasi_t *wasi,
                                                    uint32_t stream,
                                                    safewasm_write_callback_t callback,
                                                    void *env,
                                                    safewasm_finalizer_t finalizer);

// Has the program's standard output or standard error go to an output buffer. Both may go to the
// same one, and so may the streams of several programs. `stream` is `SAFEWASM_WASI_STDOUT` or
// `SAFEWASM_WASI_STDERR`.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` for another number.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_stream_buffer(safewasm_wasi_t *wasi,
                                                  uint32_t stream,
                                                  safewasm_buffer_t *buffer);

// Limits what the program may write to its standard output and standard error together, to `bytes`
// bytes. A write beyond that writes what the limit allows, and then ends the call with an error of
// kind `SAFEWASM_ERROR_LIMIT`. There is no limit at first.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_wasi_set_output_limit(safewasm_wasi_t *wasi,
                                                 uint64_t bytes);

// Creates an output buffer that holds at most `limit` bytes at a time. A program's write that needs
// more fills the buffer, and then ends the call with an error of kind `SAFEWASM_ERROR_LIMIT`. What
// is taken makes room.
//
// On success `*buffer_out` is a new output buffer; delete it with `safewasm_buffer_delete`. On
// failure it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_buffer_new(uint64_t limit,
                                      safewasm_buffer_t **buffer_out);

// Takes all bytes out of an output buffer. A program may write to it at the same time.
//
// On success `*bytes_out` is a new bytes object with what was written since the last call; delete it
// with `safewasm_bytes_delete`. On failure it is NULL, and the buffer keeps its bytes.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_buffer_take(safewasm_buffer_t *buffer,
                                       safewasm_bytes_t **bytes_out);

// Gets the number of bytes in an output buffer.
//
// On success `*len_out` is the number. On failure it is 0.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_buffer_len(safewasm_buffer_t *buffer, size_t *len_out);

// Returns true if `buffer` is an output buffer that has not been deleted. Never fails. May be called
// from any thread.
bool safewasm_buffer_is_valid(safewasm_buffer_t *buffer);

// Deletes the handle `buffer`. Programs that write to the buffer keep it alive. Does nothing if
// `buffer` is NULL or was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_buffer_delete(safewasm_buffer_t *buffer);


// =================================================================================================
// Processes: commands that run on threads of the library.
//
// Example: examples/process.c
// =================================================================================================

// `safewasm_process_t`
//
// A process: a command that runs on a thread of the library, or has ended. May be used from any
// threads at once.

// Starts a process: instantiates `module` in `store` with the linker's definitions as its imports,
// and calls its function `_start`, on a thread of the library. Returns at once.
//
// `module` must be a command: it exports a function `_start` without parameters and results. Its
// imports are looked up and checked before the thread starts. Its start function, if it has one,
// runs on the thread.
//
// `store` is consumed, even if this function fails: its handle and the handles of its objects are
// invalid afterwards, and its views are empty. It keeps its limits, its fuel, its deadline, its time
// limits, which are for all tasks from now on, and the data that is attached to it. If a call runs
// in it, this function fails, and the store is deleted as by `safewasm_store_delete`. The process
// frees it when it ends.
//
// All signals but those of faults are blocked on the thread. It has at least 2 MiB of stack beside
// the stack of wasm. Host functions of the linker are called on it. They get the store from their
// caller (`safewasm_caller_store`). If the engine has hooks, `current_task` should return NULL on
// this thread.
//
// When the process has ended and its store is freed, the library calls `notify` with `env`, unless
// `notify` is NULL. It calls `finalizer` with `env` once: on the thread after `notify`, or on the
// calling thread if this function fails. `notify` and `env` and `finalizer` may be NULL.
//
// The program may end (`exit`) while processes run. A process that runs while the program forks runs
// in the parent only.
//
// On success `*process_out` is a new process; delete it with `safewasm_process_delete`. On failure
// it is NULL.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
// if the module exports no `_start`; `SAFEWASM_ERROR_INVALID_MODULE` if it isn't a function without
// parameters and results; `SAFEWASM_ERROR_LINK`, with the names of the missing imports and similar
// names, or of the import with the wrong type; `SAFEWASM_ERROR_WRONG_STORE` if the linker works with
// another store; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if no thread can be started;
// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_process_new(safewasm_linker_t *linker,
                                       safewasm_module_t *module,
                                       safewasm_store_t *store,
                                       safewasm_notify_t notify,
                                       void *env,
                                       safewasm_finalizer_t finalizer,
                                       safewasm_process_t **process_out);

// Waits until `process` has ended, but no longer than `timeout` nanoseconds. `UINT64_MAX` means
// without a limit.
//
// On success `*has_ended_out` is true if the process has ended, and false if the time is over. On
// failure it is false.
//
// May be called from any thread, and from several at once. A host function that the process has
// called can't wait for it.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` on the thread that runs the process, and in a forked child if the
// process had not ended before the fork.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_process_wait(safewasm_process_t *process,
                                        uint64_t timeout,
                                        bool *has_ended_out);

// Gets the status of `process`: whether it has ended, and how. Never waits.
//
// On success `*has_ended_out` is true if the process has ended. `*status_out` is then its exit
// status: that of `proc_exit`, or 0 if `_start` returned. If the process runs, `*has_ended_out` is
// false and `*status_out` is 0.
//
// If an error ended the process, this function returns that error, a new one at each call, with its
// backtrace. `*has_ended_out` is then true and `*status_out` is 0. If the function fails for another
// reason, `*has_ended_out` is false.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the process had not ended before the fork. If an
// error ended the process: `SAFEWASM_ERROR_TRAP`, with the code `SAFEWASM_TRAP_INTERRUPT` if it was
// killed or its time was over; `SAFEWASM_ERROR_EXCEPTION`; `SAFEWASM_ERROR_LIMIT`, also if the
// program reached a limit of its WASI; the errors that host functions return;
// `SAFEWASM_ERROR_UNSUPPORTED` if the module has a shared memory and the engine's config allows
// none, or if the program called a WASI function and the store has no WASI.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_process_status(safewasm_process_t *process,
                                          bool *has_ended_out,
                                          uint32_t *status_out);

// Kills `process`: ends it with the trap `SAFEWASM_TRAP_INTERRUPT` and the message that it was
// killed, when wasm next reaches a loop or the start of a function, or at once if it waits in a WASI
// function. A process that has not begun to run yet ends when it begins. Does nothing if the process
// has ended. Waits for nothing.
//
// A running host function is not interrupted; the trap follows when it returns to wasm. Killing
// doesn't wake a thread that waits on a shared memory (`memory.atomic.wait32`, `wait64`).
//
// May be called from any thread.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption, and in a forked
// child if the process had not ended before the fork.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_process_kill(safewasm_process_t *process);

// Returns true if `process` is a process that has not been deleted, whether it runs or has ended.
// Never fails. May be called from any thread.
bool safewasm_process_is_valid(safewasm_process_t *process);

// Deletes `process`. If it still runs, it is killed as by `safewasm_process_kill`; without epoch
// interruption it runs on until it ends. `notify` is called in either case. Does nothing if
// `process` is NULL or was deleted already. Never fails and never waits. May be called from any
// thread.
void safewasm_process_delete(safewasm_process_t *process);


// =================================================================================================
// Hooks: for the runtimes of other languages, with their garbage collectors, locks, tasks, stacks
// and Ctrl-C. A C program needs none of this.
// =================================================================================================

// Returns the task (coroutine, fiber) that runs on the calling thread, as a pointer that identifies
// it. NULL means that the thread doesn't belong to the runtime; then no other hook is called.
// Threads of processes (`safewasm_process_new`) are the library's: NULL there keeps the other hooks
// from being called for processes.
typedef void *(*safewasm_current_task_t)(void *env);

// Called before wasm or a host function runs. The library passes the result to the hook that it
// calls afterwards.
typedef ptrdiff_t (*safewasm_begin_t)(void *env);

// Called after wasm or a host function has run. `state` is the result of the hook that was called
// before.
typedef void (*safewasm_end_t)(ptrdiff_t state, void *env);

// Returns the lowest address of the stack of `task`, which is the current task, and sets `*size_out`
// to the size of the stack in bytes. NULL means not known. `scratch` points to an integer that the
// hook may overwrite.
typedef const void *(*safewasm_task_stack_t)(void *task, size_t *size_out, int32_t *scratch);

// Gets the stack of `task`, which is the current task: sets `*total_start_out` to its lowest address
// and `*total_end_out` to the address after its highest. Both NULL means not known. The library
// ignores `*active_start_out` and `*active_end_out`, the part of the stack in use.
typedef void (*safewasm_task_bounds_t)(void *task,
                                       char **active_start_out,
                                       char **active_end_out,
                                       char **total_start_out,
                                       char **total_end_out);

// The functions of a language runtime that the library calls around calls of wasm: for runtimes with
// a garbage collector or a lock that other threads wait for, with tasks that share a thread, with
// stacks of their own, or with their own handling of Ctrl-C.
//
// Each member may be NULL. The functions are called on the thread that calls wasm. They MUST return,
// MUST NOT reach a point at which their thread can be cancelled (`pthread_cancel`), and MUST NOT
// call this library, except for functions that take no store.
typedef struct {
  // The size of this struct in bytes when the program was compiled: `sizeof(safewasm_hooks_t)`.
  size_t size;
  // The argument of the functions. It MUST live as long as `interrupt_flag`.
  void *env;
  // Identifies the current task. With this hook, a task that calls wasm on a thread where another
  // task's call is suspended in a host function gets an error of kind `SAFEWASM_ERROR_TASK`. A host
  // function that returns on another thread than the one it began on ends the process with a
  // message.
  safewasm_current_task_t current_task;
  // Called before wasm runs, for instance to let a garbage collector run meanwhile.
  safewasm_begin_t begin_wasm;
  // Called after wasm has run.
  safewasm_end_t end_wasm;
  // Called before a host function runs. No other code of the program runs before it.
  safewasm_begin_t begin_host;
  // Called after a host function has run.
  safewasm_end_t end_host;
  // Returns the current task's stack. Called before wasm runs on another stack than the thread's
  // own. Unless this hook or `task_bounds` knows the stack, the call is refused with an error of
  // kind `SAFEWASM_ERROR_UNSUPPORTED`, since wasm could overwrite the memory below the stack.
  safewasm_task_stack_t task_stack;
  // A flag that is not 0 while an interrupt by the user (Ctrl-C) is pending. While wasm runs on the
  // process's main thread, to which runtimes deliver interrupts, the library reads the flag about 20
  // times a second. If it is set, the call ends with the trap `SAFEWASM_TRAP_INTERRUPT`. The flag is
  // read only with `safewasm_config_set_epoch_interruption`. It MUST live until the engine, its
  // stores and its modules are deleted and no call runs in them.
  const int32_t *interrupt_flag;
  // Gets the current task's stack. If this hook is set, `task_stack` isn't called.
  safewasm_task_bounds_t task_bounds;
  // Not 0 if the runtime compiles a host function when it runs for the first time. The clocks of
  // time limits (`safewasm_store_begin_timeout`) stop during the first run of each host function, in
  // every store. Wasm that this host function calls counts for the limits of the store in which it
  // runs.
  size_t compiles_late;
} safewasm_hooks_t;

// The argument of `safewasm_release_later`: an element of a linked list of the program.
typedef struct {
  // The next element, which is another `safewasm_released_t`, or NULL at the end of the list. Set
  // when the library inserts this element.
  void *next;
  // The list: points to the pointer to its first element, which is NULL if the list is empty.
  void **list;
} safewasm_released_t;

// A finalizer for runtimes that can't run their own code in a finalizer. It only inserts `env`,
// which points to a `safewasm_released_t`, at the start of its list, atomically; the runtime frees
// the elements later. Pass it as a `safewasm_finalizer_t`, together with such an `env`. To take the
// list, exchange `*list` with NULL atomically. `env` may be NULL, and then this function does
// nothing.
//
// `env` and its list MUST live until the program has taken the element from the list. Never fails.
// May be called from any thread.
void safewasm_release_later(void *env);

// Sets the hooks that the engine made with `config`, and its stores, call. `*hooks` is copied;
// `hooks->size` is its size.
//
// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the size is impossible.
SAFEWASM_MUST_USE
safewasm_error_t *safewasm_config_set_hooks(safewasm_config_t *config,
                                            const safewasm_hooks_t *hooks);


// =================================================================================================
// Diagnostics: the version of the library, and a test of its panics.
// =================================================================================================

// The number of the ABI that this header describes. It changes whenever a program that was built
// against the older ABI would no longer work. The library's SONAME carries it.
#define SAFEWASM_ABI_VERSION 0

// Panics inside the library and returns the error that the panic becomes. Use it when you port the
// library to a new runtime: if this function returns, panics are caught in that process, whichever
// unwinder it has loaded.
//
// `store` may be NULL. Otherwise the panic happens in that store, which is poisoned then: every use
// of it is an error until it is deleted.
//
// Errors: always `SAFEWASM_ERROR_INTERNAL`, unless `store` is bad: then
// `SAFEWASM_ERROR_INVALID_HANDLE` or `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
SAFEWASM_MUST_USE safewasm_error_t *safewasm_provoke_panic(safewasm_store_t *store);

// Returns the version of the library as a static text, such as "0.1.0", with a NUL at its end.
// Compare it with `SAFEWASM_VERSION`, the version of this header.
//
// Never fails. May be called from any thread.
const char *safewasm_version(void);

// Returns the number of the library's ABI. Compare it with `SAFEWASM_ABI_VERSION`.
//
// Never fails. May be called from any thread.
uint32_t safewasm_abi_version(void);

#ifdef __cplusplus
}
#endif

#endif /* SAFEWASM_H */
