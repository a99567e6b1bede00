"""
    WasmStore(engine; sandbox, memory_limit, table_limit, instance_limit, fuel, wasi)
    WasmStore(f, engine; …)

A store holds instances with their memories, globals, tables and functions. One thread at a
time may use it. If a function `f` is given (a `do` block), `WasmStore` calls `f` with the
store, closes the store at the end, and returns the function's result. `close(store)` ends a
call that runs in the store with a [`WasmTrap`](@ref) with code `:interrupt`, unless the
engine has no epoch interruption. Also called `Store`.

- `sandbox`: a [`Sandbox`](@ref), which sets each limit that isn't given, also in the store's
  [`WasiConfig`](@ref), and limits the time.
- `memory_limit`: the most bytes of all memories together.
- `table_limit`: the most elements of all tables together.
- `instance_limit`: the most instances that can be made; 10,000 by default.
- `fuel`: see [`set_fuel!`](@ref).
- `wasi`: a [`WasiConfig`](@ref), which the instances in the store share. A `WasmInstance`
  then gets the functions of WASI, and its `_initialize` is called.

# Errors
- `WasmtimeError` if the engine is closed.
- With `wasi`: `SystemError` for a file or folder that can't be opened.

```julia
WasmStore(engine) do store
    instance = WasmInstance(store, mod)
    call(instance, "add", 1, 2)
end    # => 3
```
"""
mutable struct WasmStore <: WasmObject
    ptr::Ptr{API.safewasm_store_t}
    engine::WasmEngine
    # The Julia objects that the library holds for the store.
    roots::Roots
    # Those of linkers whose host functions instances in the store may call.
    linker_roots::Vector{Roots}
    has_wasi::Bool
    sandbox::Union{Sandbox,Nothing}

    function WasmStore(
        engine::WasmEngine;
        sandbox::Union{Sandbox,Nothing}=nothing,
        memory_limit=nothing,
        table_limit=nothing,
        instance_limit=nothing,
        fuel=nothing,
        wasi=nothing,
    )
        drop_released()
        store = finalizer(close, new(C_NULL, engine, Roots(), Roots[], false, sandbox))
        handle = Ref(getfield(store, :ptr))
        check_after_collection() do
            error = API.safewasm_store_new(engine, handle)
            setfield!(store, :ptr, handle[])
            error == C_NULL && count_mapping()
            error
        end
        sandbox === nothing || apply(sandbox, store)
        limit(set, name, x) = x === nothing || check(set(store, nonnegative(name, x)))
        limit(API.safewasm_store_set_memory_limit, "memory limit", memory_limit)
        limit(API.safewasm_store_set_table_limit, "table limit", table_limit)
        limit(API.safewasm_store_set_instance_limit, "instance limit", instance_limit)
        fuel === nothing || set_fuel!(store, fuel)
        wasi === nothing || set_wasi!(store, wasi)
        return store
    end
end

function apply(sandbox::Sandbox, store::WasmStore)
    return check(API.safewasm_store_set_sandbox(store, Ref(limits_in_c(sandbox))))
end

function WasmStore(f::Function, engine::WasmEngine; settings...)
    store = WasmStore(engine; settings...)
    try
        return f(store)
    finally
        close(store)
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_store_t}}, x::WasmStore) = getfield(x, :ptr)
Base.isvalid(store::WasmStore) = API.safewasm_store_is_valid(store)

function delete_handle(store::WasmStore)
    isvalid(store) && uncount_mapping()
    return API.safewasm_store_delete(store)
end

properties(::WasmStore) = (:engine,)
store_of(store::WasmStore) = store

# A store's settings are no properties.
function property_hint(::WasmStore, name)
    name === :fuel && return "; see `get_fuel(store)` and `set_fuel!(store, fuel)`"
    return name in STORE_SETTINGS ? "; $STORE_SETTING" : ""
end

const STORE_SETTINGS = (:sandbox, :memory_limit, :table_limit, :instance_limit, :fuel, :wasi)
const STORE_SETTING = "a store's settings are given by `WasmStore(engine; name=value)`"

# Throws if the store is closed.
function check_open(store::WasmStore)
    handle = Ref{Ptr{API.safewasm_engine_t}}(C_NULL)
    check(API.safewasm_store_engine(store, handle))
    return API.safewasm_engine_delete(handle[])
end

# The stores in which instances may call host functions of linkers: such a host function is
# told only the store's handle.
const STORES_BY_HANDLE = Dict{UInt,WeakRef}()

function remember_store(store::WasmStore)
    return lock(NODES_LOCK) do
        length(STORES_BY_HANDLE) % 256 == 255 &&
            filter!(entry -> last(entry).value !== nothing, STORES_BY_HANDLE)
        STORES_BY_HANDLE[UInt(getfield(store, :ptr))] = WeakRef(store)
    end
end

function store_by_handle(handle::Ptr{API.safewasm_store_t})
    return lock(() -> STORES_BY_HANDLE[UInt(handle)].value, NODES_LOCK)::WasmStore
end

"""
    collect!(store)

Runs the store's own garbage collector, which also runs by itself when it needs memory. It
frees the structures, arrays, exceptions and external references that wasm no longer
reaches, and releases the Julia objects behind external references. Returns the store.

# Errors
- `WasmtimeError` if the store is closed.
"""
function collect!(store::WasmStore)
    check(API.safewasm_store_collect(store))
    drop_released()
    return store
end

"""
    set_fuel!(store, fuel)

Sets how much fuel the store has; returns the store. Wasm consumes about one unit for each
instruction. A call that runs out of fuel ends in a [`WasmTrap`](@ref) with code
`:out_of_fuel`; the store can be used again once it has fuel. Needs
`WasmConfig(consume_fuel=true)`.

A call consumes exactly what it used if it returns or throws, or ends with the code
`:unreachable`, `:stack_overflow`, `:indirect_call_to_null` or `:bad_signature`. A call that
ends by a timeout, an interrupt or another trap consumes all the fuel that is left, because
its use isn't known.

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no fuel.

```julia
store = WasmStore(WasmEngine(WasmConfig(consume_fuel=true)))
set_fuel!(store, 10_000)
get_fuel(store)    # => 10000
```
"""
function set_fuel!(store::WasmStore, fuel::Integer)
    check(API.safewasm_store_set_fuel(store, nonnegative("fuel", fuel)))
    return store
end

"""
    add_fuel!(store, fuel)

Adds to the fuel of the store; returns the store. See [`set_fuel!`](@ref).

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no fuel.
"""
function add_fuel!(store::WasmStore, fuel::Integer)
    check(API.safewasm_store_add_fuel(store, nonnegative("fuel", fuel)))
    return store
end

"""
    get_fuel(store) -> Int

The fuel that is left. See [`set_fuel!`](@ref).

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no fuel.
"""
get_fuel(store::WasmStore) = read_fuel(API.safewasm_store_fuel, store)

"""
    fuel_consumed(store) -> Int

The fuel that was consumed since the last [`set_fuel!`](@ref).

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no fuel.
"""
fuel_consumed(store::WasmStore) = read_fuel(API.safewasm_store_fuel_consumed, store)

# An amount above `typemax(Int)` is an `Int128`.
function read_fuel(get, store)
    fuel = Ref{UInt64}(0)
    check(get(store, fuel))
    return fuel[] <= typemax(Int) ? Int(fuel[]) : Int128(fuel[])
end
