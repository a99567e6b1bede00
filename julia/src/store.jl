# How many stores, modules and views of memories are alive. They hold memory and address
# space that Julia's collector doesn't see, so whenever some hundred more of them have come,
# it is asked to look for garbage: among young objects at first, and among old ones too when
# there are twice as many as such a look last left.
const MAPPINGS = Threads.Atomic{Int}(0)
const MAPPINGS_AT_COLLECTION = Threads.Atomic{Int}(0)
const MAPPINGS_AT_FULL_COLLECTION = Threads.Atomic{Int}(0)
const MAPPINGS_PER_COLLECTION = 256

function count_mapping()
    alive = Threads.atomic_add!(MAPPINGS, 1) + 1
    if alive - MAPPINGS_AT_COLLECTION[] > MAPPINGS_PER_COLLECTION
        collect_mappings()
    elseif alive < MAPPINGS_AT_COLLECTION[]
        MAPPINGS_AT_COLLECTION[] = alive
    end
    return nothing
end

@noinline function collect_mappings()
    GC.gc(false)
    kept = min(MAPPINGS[], MAPPINGS_AT_FULL_COLLECTION[])
    if MAPPINGS[] > 2 * (kept + MAPPINGS_PER_COLLECTION)
        GC.gc()
        kept = MAPPINGS[]
    end
    MAPPINGS_AT_FULL_COLLECTION[] = kept
    MAPPINGS_AT_COLLECTION[] = MAPPINGS[]
    return nothing
end

uncount_mapping() = Threads.atomic_sub!(MAPPINGS, 1)

"""
    WasmStore(engine; memory_limit, table_limit, instance_limit, fuel)
    WasmStore(f, engine; …)

What instances live in: their memories, globals, tables and functions. One thread at a time
may use a store. With a function (a `do` block), calls it with the store and closes it at
the end. `close(store)` ends the call of wasm that runs in it, by a [`WasmTrap`](@ref) with
code `:interrupt`, unless the engine has no epoch interruption.

- `memory_limit`: how many bytes all memories may have together.
- `table_limit`: how many elements all tables may have together.
- `instance_limit`: how many instances may be made; 10,000 without.
- `fuel`: see [`set_fuel!`](@ref).

# Errors
- `WasmtimeError` if the engine is closed.

```julia
WasmStore(engine) do store
    instance = WasmInstance(store, mod)
    call(instance, "run")
end
```
"""
mutable struct WasmStore
    ptr::Ptr{API.safewasm_store_t}
    engine::WasmEngine
    # What it lends the library, and the roots of linkers that instances in it came from.
    roots::Roots
    lent::Vector{Any}

    function WasmStore(
        engine::WasmEngine;
        memory_limit=nothing,
        table_limit=nothing,
        instance_limit=nothing,
        fuel=nothing,
    )
        drop_released()
        handle = Ref{Ptr{API.safewasm_store_t}}(C_NULL)
        check_after_collection(() -> API.safewasm_store_new(engine, handle))
        store = finalizer(close, new(handle[], engine, Roots(), []))
        count_mapping()
        limit(set, name, x) = x === nothing || check(set(store, amount(name, x)))
        limit(API.safewasm_store_set_memory_limit, "memory limit", memory_limit)
        limit(API.safewasm_store_set_table_limit, "table limit", table_limit)
        limit(API.safewasm_store_set_instance_limit, "instance limit", instance_limit)
        fuel === nothing || set_fuel!(store, fuel)
        return store
    end
end

function WasmStore(f::Function, engine::WasmEngine; settings...)
    store = WasmStore(engine; settings...)
    try
        return f(store)
    finally
        close(store)
    end
end

function check_open(store::WasmStore)
    handle = Ref{Ptr{API.safewasm_engine_t}}(C_NULL)
    check(API.safewasm_store_engine(store, handle))
    return API.safewasm_engine_delete(handle[])
end

# The store that an object belongs to.
store_of(store::WasmStore) = store
function store_of(x)
    hasfield(typeof(x), :owner) && return store_of(x.owner)
    throw(ArgumentError("$(given_text(x)) belongs to no store"))
end

# Stores in which there are host functions of linkers, which are told the handle only.
const KNOWN_STORES = Dict{UInt,WeakRef}()

function know_store(store::WasmStore)
    return lock(NODES_LOCK) do
        length(KNOWN_STORES) % 256 == 255 &&
            filter!(known -> last(known).value !== nothing, KNOWN_STORES)
        KNOWN_STORES[UInt(getfield(store, :ptr))] = WeakRef(store)
    end
end

function known_store(handle::Ptr{API.safewasm_store_t})
    return lock(() -> KNOWN_STORES[UInt(handle)].value, NODES_LOCK)::WasmStore
end

"""
    collect!(store)

Has wasm's own garbage collector look for structures, arrays, exceptions and external
references in the store that wasm can no longer reach. The Julia objects behind such
references are let go. It also does so by itself when it needs memory.

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

Sets how much wasm in the store may still do: about one unit for each instruction. A call
that has none left ends in a [`WasmTrap`](@ref) with code `:out_of_fuel`; the store can be
used on once it has fuel again. Needs `WasmConfig(consume_fuel=true)`.

A call that ends by a timeout, an interrupt or a trap takes all the fuel that is left, because
what it consumed isn't known. A call that returns or throws takes what it consumed, and so
does one that ends with the code `:unreachable`, `:stack_overflow`, `:indirect_call_to_null`
or `:bad_signature`.

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no fuel.
"""
function set_fuel!(store::WasmStore, fuel::Integer)
    check(API.safewasm_store_set_fuel(store, amount("fuel", fuel)))
    return store
end

"""
    add_fuel!(store, fuel)

Adds to the fuel of the store. See [`set_fuel!`](@ref).

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no fuel.
"""
function add_fuel!(store::WasmStore, fuel::Integer)
    check(API.safewasm_store_add_fuel(store, amount("fuel", fuel)))
    return store
end

"""
    get_fuel(store) -> Int

The fuel that is left. See [`set_fuel!`](@ref).

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no fuel.
"""
get_fuel(store::WasmStore) = fuel(API.safewasm_store_fuel, store)

"""
    fuel_consumed(store) -> Int

The fuel that was consumed since [`set_fuel!`](@ref).

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no fuel.
"""
fuel_consumed(store::WasmStore) = fuel(API.safewasm_store_fuel_consumed, store)

function fuel(get, store)
    found = Ref{UInt64}(0)
    check(get(store, found))
    return found[] <= typemax(Int) ? Int(found[]) : Int128(found[])
end
