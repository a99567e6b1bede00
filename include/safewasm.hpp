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
 * examples/hello.cpp is a whole program, docs/cpp.md explains more. Link with -lsafewasm.
 *
 * The classes, in the order of their files:
 *
 *   handle.hpp    Span                             arrays, texts and bytes as parameters
 *                 UniqueHandle, SharedHandle       bases of the classes of objects
 *   error.hpp     Error, Trap, WasmException       the exceptions that the layer throws; Frame
 *                 Result                           a value or an error, from `try_call`
 *   types.hpp     FuncType, ExternType, ValType    types; MemoryType, TableType, GlobalType
 *   engine.hpp    Config, Engine                   settings, and the compiler
 *                 Module                           a compiled module; Bytes, wat2wasm
 *   store.hpp     Store, StoreRef                  the owner of all that runs, and a reference to one
 *                 Timeout, Interrupter             time limits, and interrupts from another thread
 *   value.hpp     Func, Ref                        functions and references
 *                 Val, Arg, V128                   values as results, and as arguments
 *   func.hpp      TypedFunc                        a function with its type in C++
 *   memory.hpp    Memory, SharedMemory             memories; MemoryView, MemorySpan: their bytes in place
 *   items.hpp     Global, Table, Tag               further imports and exports
 *                 Extern, Import                   any item as an export, and as an import
 *   host.hpp      Caller                           the instance that calls a host function
 *   instance.hpp  Instance                         a module that runs
 *                 Linker, InstancePre              imports by name
 *
 * The rules of safewasm.h hold, and what it says of a function holds for the one of the same name here.
 * In addition:
 *
 * Ownership. Each object owns its handle and deletes it. Objects of a store (Instance, Func, Memory, Table,
 * Global, Tag, Ref) and Store, Config, Linker, MemoryView and Bytes move and don't copy. Engine, Module,
 * SharedMemory, InstancePre, FuncType and ExternType copy cheaply: the copies share a handle. Objects may be
 * destroyed in any order. Using one that was moved from, or whose store is gone, is an error.
 *
 * Errors. Every function that isn't `noexcept` may throw an `Error`: a `Trap` or a `WasmException` where wasm
 * ended so, `std::bad_alloc` where memory for C++ objects is short. `Errors:` in a description lists the kinds
 * that say something about the call; those of handles (`null_pointer`, `invalid_handle`) and stores
 * (`store_busy`, `store_poisoned`) may always come. Destructors and moves never throw. The layer needs
 * exceptions, and no run-time type information.
 *
 * Host functions may throw anything. No exception passes through the library: it is caught where the host
 * function ends, and thrown again, as itself, by the call that led there. Whatever a host function or a
 * reference owns is destroyed once, by a destructor that can't throw.
 *
 * Text is `std::string_view`, UTF-8; a NUL in it is a character like any other.
 *
 * Threads. Those of safewasm.h. A C++ object itself, such as one that is moved from or assigned to, is used by
 * one thread at a time, as any other. The layer has no state of its own.
 */
#ifndef SAFEWASM_HPP
#define SAFEWASM_HPP

#if __cplusplus < 201703L
#error "safewasm.hpp needs C++17"
#endif
#ifndef __cpp_exceptions
#error "safewasm.hpp needs exceptions; a program without them uses safewasm.h"
#endif

#include <safewasm/instance.hpp>

#endif
