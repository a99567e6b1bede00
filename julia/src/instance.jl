"""
    WasmInstance(store, m)
    WasmInstance(store, m, imports)
    WasmInstance(store, m; env=(memory=mem,))

A module that runs in a store, with memories, globals and tables of its own. Runs the
module's start function. Also called `Instance`.

`imports` is a vector of [`WasmFunc`](@ref), [`WasmMemory`](@ref), [`WasmTable`](@ref),
[`WasmGlobal`](@ref) and [`WasmTag`](@ref) of the same store in the order of the module's
imports, or gives them by name: a `Dict`, a `NamedTuple` or pairs of module name → name →
item, which may also be given as keywords.

# Errors
- `WasmtimeError` if the store or the module is closed ("Invalid store", "Invalid module"),
  or of another engine than the other (`:wrong_engine`); if an import is missing, of another
  type (`:link`) or of another store (`:wrong_store`).
- `WasmTrap` from the start function.

```julia
instance = WasmInstance(store, mod)
exports(instance).add(1, 2)
```
"""
mutable struct WasmInstance
    ptr::Ptr{API.safewasm_instance_t}
    store::WasmStore
    mod::WasmModule
    exports::Any

    function WasmInstance(store::WasmStore, m::WasmModule, imports::AbstractVector)
        if !isempty(imports) && all(item -> item isa Pair, imports)
            imports = imports_by_name(m, Pair[pair for pair in imports], NamedTuple())
        end
        externs = API.safewasm_extern_t[to_extern(item) for item in imports]
        handle = Ref{Ptr{API.safewasm_instance_t}}(C_NULL)
        items = imports
        GC.@preserve items externs check_after_collection() do
            API.safewasm_instance_new(store, m, pointer(externs), length(externs), handle)
        end
        return finalizer(close, new(handle[], store, m, nothing))
    end
end

function WasmInstance(
    store::WasmStore, m::WasmModule, given::AbstractVector{<:Pair}; more...
)
    return WasmInstance(store, m, imports_by_name(m, given, values(more)))
end

function WasmInstance(store::WasmStore, m::WasmModule, given; more...)
    return WasmInstance(store, m, imports_by_name(m, given, values(more)))
end

function WasmInstance(store::WasmStore, m::WasmModule; given...)
    isempty(given) && return WasmInstance(store, m, [])
    return WasmInstance(store, m, imports_by_name(m, (), values(given)))
end

"""
    call(instance, name, args...)
    call(instance, name, args::AbstractVector)

Calls an exported function. A vector is the list of the arguments.

# Errors
- `WasmtimeError` if there is no such function, or for arguments of the wrong number or
  type.
- `InexactError` for a number that doesn't fit.
- `WasmTrap` if wasm traps.

```julia
call(instance, "add", 1, 2)      # 3
call(instance, "add", [1, 2])    # 3
```
"""
call(instance::WasmInstance, name, args...) = exported_func(instance, name)(args...)
function call(instance::WasmInstance, name, args::AbstractVector)
    return exported_func(instance, name)(args...)
end

function exported_func(instance::WasmInstance, name)
    func = look_up(exports(instance), String(name))
    func isa WasmFunc && return func
    throw(WasmtimeError("the export `$name` is no function but: $func", :type_mismatch))
end
