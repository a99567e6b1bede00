"""
    WasmSharedMemory(engine, min => max)

A memory that several threads use at once, each with a store of its own, between `min` and
`max` pages; given to instances as an import, or exported by one. Belongs to no store. Needs
`WasmConfig(shared_memory=true)`; Wasmtime supports shared memory less well than the rest,
and may not send security fixes for it to earlier releases. Wasm that waits on one
(`memory.atomic.wait32`, `wait64`) is ended neither by a `timeout` nor by Ctrl-C.

An `AbstractVector{UInt8}` that counts from 1; each access is atomic (relaxed). `read`,
`read!`, `write` and [`read_string`](@ref) take wasm's addresses, [`grow!`](@ref) adds pages.

# Errors
- `BoundsError` for an index outside of the memory.
- `WasmtimeError` with code `:unsupported` if the config has no shared memory.
"""
mutable struct WasmSharedMemory <: AbstractVector{UInt8}
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

function Base.size(mem::WasmSharedMemory)
    data, len = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
    check(API.safewasm_sharedmemory_data(mem, data, len))
    return (Int(len[]),)
end

Base.IndexStyle(::Type{WasmSharedMemory}) = IndexLinear()

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

check_open(mem::WasmSharedMemory) = (length(mem); nothing)

function memory_type(mem::WasmSharedMemory)
    type = Ref{API.safewasm_memorytype_t}()
    check(API.safewasm_sharedmemory_type(mem, type))
    return WasmMemoryType(type[])
end

function grow!(mem::WasmSharedMemory, pages::Integer)
    previous = Ref{UInt64}(0)
    pages = amount("number of pages", pages)
    check(API.safewasm_sharedmemory_grow(mem, pages, previous))
    return Int(previous[])
end

Base.summary(io::IO, mem::WasmSharedMemory) = show(io, mem)
Base.show(io::IO, ::MIME"text/plain", mem::WasmSharedMemory) = show(io, mem)

function Base.show(io::IO, mem::WasmSharedMemory)
    isopen(mem) || return print(io, "WasmSharedMemory (closed)")
    type = memory_type(mem)
    count = counted(1:type.min, "page")
    return print(io, "WasmSharedMemory ", count, " (max ", type.max, ")")
end
