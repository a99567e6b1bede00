# How many stores and views of memories are alive. They hold address space that Julia's
# collector doesn't see, so whenever some hundred more of them have come, it is asked to
# look for garbage.
const MAPPINGS = Threads.Atomic{Int}(0)
const MAPPINGS_AT_COLLECTION = Threads.Atomic{Int}(0)
const MAPPINGS_PER_COLLECTION = 256

function count_mapping()
    alive = Threads.atomic_add!(MAPPINGS, 1) + 1
    if alive - MAPPINGS_AT_COLLECTION[] > MAPPINGS_PER_COLLECTION
        GC.gc(false)
        MAPPINGS_AT_COLLECTION[] = MAPPINGS[]
    elseif alive < MAPPINGS_AT_COLLECTION[]
        MAPPINGS_AT_COLLECTION[] = alive
    end
    return nothing
end

uncount_mapping() = Threads.atomic_sub!(MAPPINGS, 1)

"""
    WasmStore(engine)
    WasmStore(f, engine)

What instances live in: their memories, globals, tables and functions. One thread at a time
may use a store. With a function (a `do` block), calls it with the store and closes it at
the end.

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

    function WasmStore(engine::WasmEngine)
        handle = Ref{Ptr{API.safewasm_store_t}}(C_NULL)
        check_after_collection(() -> API.safewasm_store_new(engine, handle))
        store = finalizer(close, new(handle[], engine))
        count_mapping()
        return store
    end
end

function WasmStore(f::Function, engine::WasmEngine)
    store = WasmStore(engine)
    try
        return f(store)
    finally
        close(store)
    end
end
