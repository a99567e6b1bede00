"""
WebAssembly for Julia, over Wasmtime, in which no misuse of an object is undefined
behaviour.

```julia
using SafeWasm

engine = WasmEngine()
store = WasmStore(engine)
wasm = wat\"\"\"(module (func (export "add") (param i32 i32) (result i32)
                 (i32.add (local.get 0) (local.get 1))))\"\"\"
instance = WasmInstance(store, WasmModule(engine, wasm))
exports(instance).add(1, 2)    # 3
```

Objects close themselves once nothing refers to them, or by `close`; using a closed one is a
[`WasmtimeError`](@ref). They exist in their own process only: a package makes them when it is
used, or in its `__init__`, not as constants. `deepcopy` of an object gives the object itself.
Objects can't be serialized; those in an exception, or in any message of `Distributed`, arrive
closed.
"""
module SafeWasm

using Libdl
using Serialization

export WasmConfig, OptimizationLevel, None, Speed, SpeedAndSize
export optimization_level!, debug_info!, backtrace_lines!, signals_based_traps!
export consume_fuel!, feature!
export max_module_size!, max_module_functions!
export epoch_interruption!, max_wasm_stack!, shared_memory!, pooling!
export WasmEngine, WasmStore, WasmModule, WasmInstance
export WasModule, Engine, Store, Instance
export WasmFunc, TypedFunc, WasmMemory, WasmTable, WasmGlobal, WasmTag, WasmExports
export WasmLinker, WasmInstancePre, WasmSharedMemory, WasmRef, WasmCaller, WasmValue
export WasmValType, WasmFuncType, WasmMemoryType, WasmTableType, WasmGlobalType, WasmTagType
export WasmtimeError, WasmTrap, WasmException, WasmFrame
export exports, imports, call, validate, pages, grow!, read_string, wat2wasm, @wat_str
export define!, define_instance!, define_module!, instantiate, allow_shadowing!
export define_unknown_imports_as_traps!, define_unknown_imports_as_default_values!
export set_fuel!, add_fuel!, get_fuel, fuel_consumed, collect!
export with_timeout, interrupt!, set_epoch_deadline!, increment_epoch!
export module_name, custom_sections, resources

include("api.jl")
include("library.jl")
include("runtime.jl")
include("roots.jl")
include("turns.jl")
include("errors.jl")
include("messages.jl")
include("types.jl")
include("config.jl")
include("engine.jl")
include("store.jl")
include("interrupt.jl")
include("wat.jl")
include("itemlist.jl")
include("module.jl")
include("instance.jl")
include("plain.jl")
include("values.jl")
include("func.jl")
include("typedfunc.jl")
include("bulk.jl")
include("caller.jl")
include("signature.jl")
include("host.jl")
include("reference.jl")
include("sharedmemory.jl")
include("memory.jl")
include("access.jl")
include("global.jl")
include("table.jl")
include("external.jl")
include("exports.jl")
include("imports.jl")
include("missing.jl")
include("linker.jl")
include("objects.jl")
include("copies.jl")
include("precompile.jl")

"""
The name that some published examples use for [`WasmModule`](@ref).
"""
const WasModule = WasmModule

"""
Short for [`WasmEngine`](@ref).
"""
const Engine = WasmEngine

"""
Short for [`WasmStore`](@ref).
"""
const Store = WasmStore

"""
Short for [`WasmInstance`](@ref).
"""
const Instance = WasmInstance

function __init__()
    check_runtime()
    open_library()
    return nothing
end

end
