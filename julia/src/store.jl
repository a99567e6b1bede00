# How many stores were made. Wasm's memories are address space that Julia's collector doesn't see,
# so every few hundred stores it is asked to look for garbage.
const STORES_MADE = Threads.Atomic{Int}(0)
const STORES_PER_COLLECTION = 256

"""
    WasmStore(engine)
    WasmStore(f, engine)

What instances live in: their memories, globals, tables and functions. One thread at a time may
use a store. With a function (a `do` block), calls it with the store and closes it at the end.

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
        made = Threads.atomic_add!(STORES_MADE, 1) + 1
        made % STORES_PER_COLLECTION == 0 && GC.gc(false)
        handle = Ref{Ptr{API.safewasm_store_t}}(C_NULL)
        check_after_collection(() -> API.safewasm_store_new(engine, handle))
        return finalizer(close, new(handle[], engine))
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
