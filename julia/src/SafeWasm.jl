"""
WebAssembly for Julia, by Wasmtime. No misuse of an object is undefined behaviour.

```julia
using SafeWasm

engine = WasmEngine()
store = WasmStore(engine)
mod = WasmModule(engine, wat\"\"\"(module
    (memory (export "memory") 1)
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1))))\"\"\")
instance = WasmInstance(store, mod)
exports(instance).add(1, 2)    # => 3
```

The examples in other docstrings use these objects.

Objects are closed by `close`, or once nothing refers to them. Using a closed object is a
[`WasmtimeError`](@ref). An object exists in its own process only: a package makes objects
when it is used, or in its `__init__`, and not as constants. `deepcopy` of an object returns
the object itself. Modules, components and engines can be serialized, also in a message of
`Distributed`; see [`compiled`](@ref). Other objects can't be serialized; those in a message,
and all objects in an exception of wasm, arrive closed.
"""
module SafeWasm

VERSION >= v"1.5" || error("SafeWasm needs Julia 1.5 or newer, and this is Julia $VERSION")

using Libdl
using Serialization

export WasmConfig, OptimizationLevel, None, Speed, SpeedAndSize
export optimization_level!, debug_info!, backtrace_lines!, signals_based_traps!
export consume_fuel!, feature!, option!, operator_cost!
export max_module_size!, max_module_functions!
export epoch_interruption!, max_wasm_stack!, shared_memory!, pooling!
export Sandbox, WasmEngine, WasmStore, WasmModule, WasmInstance
export WasmComponent, WitType, WasmComponentInstance, WasmComponentExports, WasmComponentFunc
export WasmResource, WasmResourceType, HostResource
export WitVariant, Ok, Err, WitError
export WasModule, Engine, Store, Instance
export WasmFunc, TypedFunc, WasmMemory, WasmTable, WasmGlobal, WasmTag, WasmExports
export WasmLinker, WasmInstancePre, WasmSharedMemory, WasmRef, WasmCaller, WasmValue
export WasmValType, WasmFuncType, WasmMemoryType, WasmTableType, WasmGlobalType, WasmTagType
export WasmHeapType
export WasmtimeError, WasmTrap, WasmException, WasmFrame
export exports, imports, call, validate, pages, grow!, read_string, wat2wasm, @wat_str
export define!, define_instance!, define_module!, instantiate, allow_shadowing!
export define_unknown_imports_as_traps!, define_unknown_imports_as_default_values!
export set_fuel!, add_fuel!, get_fuel, fuel_consumed, collect!
export with_timeout, interrupt!, set_epoch_deadline!, increment_epoch!
export module_name, custom_sections, resources
export wasm_profile, WasmProfile, WasmSample
export profile_data, collapsed_stacks, firefox_profile
export compiled, unsafe_load_compiled, wasm_bytes, cache!, cache_counts
export WasmFile, @wasm_file
export WasiConfig, define_wasi!
export WasiCommand, WasiPipeline, WasiProcess, WasiExit, wasi_run, @wasi_cmd

# Names that are part of the interface but not exported.
const PUBLIC = (:API, :HostException, :library_path)
@static if VERSION >= v"1.11"
    eval(Expr(:public, PUBLIC...))
end

# The C library: its functions, and where it is found.
include("api.jl")
include("places.jl")
include("library.jl")

# Text and the messages of errors.
include("text.jl")
include("messages.jl")

# Julia's runtime: interrupts, garbage collection, tasks.
include("roots.jl")
include("runtime.jl")
include("turns.jl")
include("errors.jl")

# The common parts of objects, and the types of items and values.
include("object.jl")
include("vector.jl")
include("types.jl")

# Engines, stores, modules, components and instances.
include("sandbox.jl")
include("config.jl")
include("options.jl")
include("engine.jl")
include("mappings.jl")
include("store.jl")
include("interrupt.jl")
include("wat.jl")
include("item_list.jl")
include("progress.jl")
include("unit.jl")
include("compilation.jl")
include("module.jl")
include("component.jl")
include("witvalues.jl")
include("witshape.jl")
include("wittype.jl")
include("artifacts.jl")
include("wasm_file.jl")
include("instance.jl")
include("profile.jl")

# Values and functions.
include("plain_types.jl")
include("values.jl")
include("func.jl")
include("typedfunc.jl")
include("bulk.jl")

# Instances of components, and calls of their functions.
include("exportnames.jl")
include("hostresource.jl")
include("componentinstance.jl")
include("lowering.jl")
include("lifting.jl")
include("componentfunc.jl")
include("componentexports.jl")
include("resource.jl")

# Host functions.
include("caller.jl")
include("signature.jl")
include("host.jl")

# References, exceptions, memories, globals and tables.
include("reference.jl")
include("exception.jl")
include("heap.jl")
include("sharedmemory.jl")
include("memory.jl")
include("memory_access.jl")
include("global.jl")
include("table.jl")

# Exports and imports.
include("extern.jl")
include("exports.jl")
include("imports.jl")
include("missing_imports.jl")
include("linker.jl")
include("instancepre.jl")
include("componenthost.jl")
include("componentimports.jl")

# Programs for WASI, used as commands.
include("wasi_exit.jl")
include("wasi_settings.jl")
include("wasi_command.jl")
include("wasi_pipeline.jl")
include("wasi_compile.jl")
include("wasi_guest.jl")
include("wasi_process.jl")
include("wasi_streams.jl")
include("wasi_run.jl")
include("wasi_config.jl")

# The package as a whole: copies of objects, other names, precompilation.
include("copying.jl")
include("sending.jl")
include("hints.jl")
include("aliases.jl")
include("precompile.jl")

function __init__()
    register_hints()
    check_runtime()
    forget_library()
    forget_process_state()
    return nothing
end

end
