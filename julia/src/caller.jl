const CallerPtr = Ptr{API.safewasm_caller_t}

"""
    WasmCaller

The instance that called a host function, which is passed to the host function if its first
parameter has this type. `caller.memory` or `caller["memory"]` is an export of that
instance. It can be used until the host function returns.

# Errors
- `WasmtimeError` with code `:not_found` if there is no such export, `:invalid_handle` once
  the host function has returned.

```julia
log = WasmFunc(store, (Int32, Int32) => ()) do caller::WasmCaller, address, len
    println(read_string(caller.memory, address, len))
end
```
"""
struct WasmCaller
    ptr::CallerPtr
    # Nothing for a host function of a linker, which is called from any store.
    store::Union{WasmStore,Nothing}
end

Base.isvalid(caller::WasmCaller) = API.safewasm_caller_is_valid(getfield(caller, :ptr))
Base.isopen(caller::WasmCaller) = isvalid(caller)
Base.getproperty(caller::WasmCaller, name::Symbol) = caller[name]

Base.show(io::IO, caller::WasmCaller) = print(io, "WasmCaller", closed_suffix(caller))

function Base.getindex(caller::WasmCaller, name::Name)
    text, extern = String(name), Ref{API.safewasm_extern_t}()
    GC.@preserve text check(
        API.safewasm_caller_export(
            getfield(caller, :ptr), text_pointer(text), sizeof(text), extern
        ),
    )
    return from_extern(extern[], text, store_of(caller))
end

function store_of(caller::WasmCaller)
    store = getfield(caller, :store)
    store === nothing || return store
    handle = Ref{Ptr{API.safewasm_store_t}}(C_NULL)
    check(API.safewasm_caller_store(getfield(caller, :ptr), handle))
    return store_by_handle(handle[])
end
