"""
    WasmSharedMemory(engine, min => max)

A memory that several threads use at once, each with its own store: an import or export of
instances, with `min` pages that can grow to `max`. It belongs to no store. Needs
`WasmConfig(shared_memory=true)`. Wasmtime supports shared memory less well than the rest,
and may not publish security fixes for it in earlier releases. Wasm that waits on a shared
memory (`memory.atomic.wait32`, `wait64`) is ended neither by a `timeout` nor by Ctrl-C.

It is an `AbstractVector{UInt8}` that counts from 1; each access to a byte is atomic
(relaxed). `read`, `read!`, `write` and [`read_string`](@ref) take wasm's addresses.
[`grow!`](@ref) adds pages.

# Errors
- `BoundsError` for an index outside of the memory.
- `WasmtimeError` with code `:unsupported` if the config has no shared memory.

```julia
engine = WasmEngine(WasmConfig(shared_memory=true))
mem = WasmSharedMemory(engine, 1 => 10)
```
"""
mutable struct WasmSharedMemory <: WasmVector{UInt8}
    ptr::Ptr{API.safewasm_sharedmemory_t}
    name::String

    function WasmSharedMemory(ptr::Ptr{API.safewasm_sharedmemory_t}, name)
        return finalizer(close, new(ptr, name))
    end
end

function WasmSharedMemory(engine::WasmEngine, pages::Pair)
    handle = Ref{Ptr{API.safewasm_sharedmemory_t}}(C_NULL)
    type = Ref(memorytype(WasmMemoryType(pages; is_shared=true)))
    check(API.safewasm_sharedmemory_new(engine, type, handle))
    return WasmSharedMemory(handle[], "")
end

function Base.unsafe_convert(
    ::Type{Ptr{API.safewasm_sharedmemory_t}}, x::WasmSharedMemory
)
    return getfield(x, :ptr)
end
Base.isvalid(mem::WasmSharedMemory) = API.safewasm_sharedmemory_is_valid(mem)
delete_handle(mem::WasmSharedMemory) = API.safewasm_sharedmemory_delete(mem)

properties(::WasmSharedMemory) = (:name,)
extern_kind(::WasmSharedMemory) = API.SAFEWASM_EXTERN_SHARED_MEMORY

function Base.size(mem::WasmSharedMemory)
    data, len = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
    check(API.safewasm_sharedmemory_data(mem, data, len))
    return (Int(len[]),)
end

function Base.getindex(mem::WasmSharedMemory, index::Int)
    checkbounds(mem, index)
    byte = Ref(0x00)
    check(API.safewasm_sharedmemory_read(mem, index - 1, byte, 1))
    return byte[]
end

function Base.setindex!(mem::WasmSharedMemory, value, index::Int)
    checkbounds(mem, index)
    check(API.safewasm_sharedmemory_write(mem, index - 1, Ref(convert(UInt8, value)), 1))
    return mem
end

# Throws if the memory is closed.
check_open(mem::WasmSharedMemory) = (length(mem); nothing)

function memory_type(mem::WasmSharedMemory)
    type = Ref{API.safewasm_memorytype_t}()
    check(API.safewasm_sharedmemory_type(mem, type))
    return WasmMemoryType(type[])
end

function grow!(mem::WasmSharedMemory, pages::Integer)
    previous = Ref{UInt64}(0)
    pages = nonnegative("number of pages", pages)
    check(API.safewasm_sharedmemory_grow(mem, pages, previous))
    return Int(previous[])
end

function Base.show(io::IO, mem::WasmSharedMemory)
    isopen(mem) || return print(io, "WasmSharedMemory (closed)")
    type = memory_type(mem)
    pages = count_text(type.min, "page")
    return print(io, "WasmSharedMemory ", pages, " (max ", type.max, ")")
end
