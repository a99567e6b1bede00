/*
 * SafeWasm for C++17 and newer: a header-only layer over safewasm.h.
 *
 *   #include <safewasm.hpp>
 *
 *   safewasm::Engine engine;
 *   safewasm::Store store(engine);
 *   safewasm::Module module = safewasm::Module::from_file(engine, "plugin.wasm");
 *   safewasm::Linker linker(engine);
 *   linker.define("env", "log", [](safewasm::Caller &caller, std::uint32_t address, std::uint32_t len) {
 *     std::cout << caller.memory().text(address, len) << '\n';  // may also throw
 *   });
 *   safewasm::Instance instance = linker.instantiate(store, module);
 *   auto add = instance.func<std::int32_t(std::int32_t, std::int32_t)>("add");
 *   std::int32_t sum = add(1, 2);
 *
 * `examples/hello.cpp` is a whole program, `docs/guides/cpp.md` explains more. Link with `-lsafewasm`.
 *
 * The classes, in the order of their files:
 *
 *   handle.hpp    Span                             arrays, texts and bytes as parameters
 *                 UniqueHandle, SharedHandle       bases of the classes of objects
 *   carrier.hpp                                    for the layer: C++ objects in errors of the library
 *   error.hpp     Error, Trap, WasmException       the exceptions that the layer throws; Frame
 *                 Result                           a value or an error, from `try_call`
 *   types.hpp     FuncType, ExternType, ValType    types; MemoryType, TableType, GlobalType
 *   engine.hpp    Config, Engine                   settings, and the compiler
 *                 Module                           a compiled module; Bytes, wat2wasm
 *   profile.hpp   Profile                          where the time goes
 *   wasi.hpp      WasiConfig, OutputBuffer         what programs for WASI are given
 *   store.hpp     Store, StoreRef                  the owner of all that runs, and a reference to one
 *                 Timeout, Interrupter             time limits, and interrupts from another thread
 *   compilation.hpp  Compilation                   a module that threads of the library compile; Progress
 *   value.hpp     Func, Ref                        functions and references
 *                 Val, Arg, V128                   values as results, and as arguments
 *   func.hpp      TypedFunc                        a function with its type in C++
 *   memory.hpp    Memory, SharedMemory             memories; MemoryView, MemorySpan: their bytes in place
 *   items.hpp     Global, Table, Tag               further imports and exports
 *                 Extern, Import                   any item as an export, and as an import
 *   host.hpp      Caller                           the instance that calls a host function
 *   instance.hpp  Instance                         a module that runs
 *                 Linker, InstancePre              imports by name
 *   process.hpp   Process                          a command that runs on a thread of the library
 *
 * The rules of safewasm.h hold. A function here and the C function of the same name do the same, so the
 * description in safewasm.h holds for both. In addition:
 *
 * Ownership. Each object owns its handle and deletes it. Config, Store, Instance, Func, Memory, MemoryView,
 * Global, Table, Tag, Ref, Linker, Compilation, Process, Profile and Bytes can be moved but not copied. Engine, Module,
 * SharedMemory, InstancePre, FuncType and ExternType can be copied at a small cost; the copies share one
 * handle. Objects may be destroyed in any order. To use an object that was moved from, or whose store was
 * deleted, is an error.
 *
 * Errors. A function that isn't `noexcept` may throw an `Error`, or `std::bad_alloc`. `Trap` and
 * `WasmException` are errors: wasm trapped, or wasm threw an exception that it didn't catch. In a description,
 * `Errors:` lists kinds of errors. Each function that takes an object may also fail with an error about its
 * handle or its store: `null_pointer`, `invalid_handle`, `store_busy`, `store_poisoned`. Destructors and moves
 * never throw. The layer needs exceptions; it doesn't need run-time type information.
 *
 * Host functions. A host function may throw an exception of any type. The layer catches it at the end of the
 * host function, and the call that led there throws it again, with its own type. So no exception passes a
 * frame of the library or of wasm. An exception of another language or runtime becomes an `Error` of kind
 * `host`; `pthread_exit` in a host function aborts the program. The library destroys each host function, and
 * each C++ object that a reference refers to, exactly once. Types whose destructors can throw are refused when
 * the program is compiled.
 *
 * Text is a `std::string_view` in UTF-8. A NUL is a character like any other.
 *
 * Threads. As with any C++ object, no thread may use an object while another thread moves it, assigns to it
 * or destroys it. The layer has no state of its own.
 */
#ifndef SAFEWASM_HPP
#define SAFEWASM_HPP

#if __cplusplus < 201703L
#error "safewasm.hpp needs C++17"
#endif
#ifndef __cpp_exceptions
#error "safewasm.hpp needs exceptions; a program without them uses safewasm.h"
#endif

#include <safewasm/compilation.hpp>
#include <safewasm/process.hpp>

#endif
