"""
    WasmMemory(store, min => max)
    WasmMemory(store, type::WasmMemoryType)

A memory of wasm's, also from [`exports`](@ref) of an instance: `min` pages of 64 KiB that
can grow to `max`, or without end for `nothing`. An `AbstractVector{UInt8}` that is read
and written in place, without copying. It notices when wasm grows the memory. Like any
vector it counts from 1; [`read`](@ref), [`read!`](@ref), [`write`](@ref) and
[`read_string`](@ref) take wasm's addresses, which count from 0. [`grow!`](@ref) adds pages.

`reinterpret(T, mem)` works as for any vector, and on the bytes as they are. It promises no
more than that: wasm may put bytes there that are no `Bool`, `Char` or enumeration, where
`read` converts or refuses them.

Use it from one thread at a time, and not while wasm runs in its store on another.

# Errors
- `BoundsError` for an index outside of the memory.
- `WasmtimeError` once it or its store is closed, `length` included.

```julia
mem = exports(instance).memory
mem[1] = 0x2a
```
"""
mutable struct WasmMemory <: AbstractVector{UInt8}
    ptr::Ptr{API.safewasm_memory_t}
    view::Ptr{API.safewasm_view_t}
    # The cell says where the memory is; storage of the library's that is never freed. This is
    # its distance from `NO_MEMORY`, since precompilation writes addresses as NULL.
    cell::Ptr{API.safewasm_cell_t}
    name::String
    owner::Any

    function WasmMemory(ptr::Ptr{API.safewasm_memory_t}, name, owner)
        view = Ref{Ptr{API.safewasm_view_t}}(C_NULL)
        cell = Ref{Ptr{API.safewasm_cell_t}}(C_NULL)
        check_after_collection(() -> API.safewasm_memory_view(ptr, view, cell))
        distance = cell[] - UInt(no_memory())
        mem = finalizer(close, new(ptr, view[], distance, name, owner))
        count_mapping()
        return mem
    end
end

function WasmMemory(store::WasmStore, type::WasmMemoryType)
    handle = Ref{Ptr{API.safewasm_memory_t}}(C_NULL)
    check_after_collection(store) do
        API.safewasm_memory_new(store, Ref(memorytype(type)), handle)
    end
    return WasmMemory(handle[], "", store)
end

WasmMemory(store::WasmStore, pages::Pair) = WasmMemory(store, WasmMemoryType(pages))

"""
    grow!(mem, pages) -> Int

Adds pages, all zero, to the end of a memory. Gives the size in pages before.

# Errors
- `WasmtimeError` with code `:limit` beyond the memory's maximum or the store's limit.
"""
function grow!(mem::WasmMemory, pages::Integer)
    previous = Ref{UInt64}(0)
    check(API.safewasm_memory_grow(mem, amount("number of pages", pages), previous))
    return Int(previous[])
end

const AnyMemory = Union{WasmMemory,WasmSharedMemory}

# The cell of a memory that is closed or was precompiled: no memory at all.
const NO_MEMORY = Ref(API.safewasm_cell_t(C_NULL, 0, 0))

no_memory() = Base.unsafe_convert(Ptr{API.safewasm_cell_t}, NO_MEMORY)

# The view is deleted after its cell has been given up, since the cell may then show another
# memory.
function delete_handle(mem::WasmMemory, ptr)
    view = getfield(mem, :view)
    setfield!(mem, :cell, Ptr{API.safewasm_cell_t}(C_NULL))
    setfield!(mem, :view, Ptr{API.safewasm_view_t}(C_NULL))
    view == C_NULL || uncount_mapping()
    API.safewasm_view_delete(view)
    return API.safewasm_memory_delete(ptr)
end

@inline cell(mem::WasmMemory) = unsafe_load(getfield(mem, :cell) + UInt(no_memory()))

@noinline function throw_outside(mem::WasmMemory, index)
    check_open(mem)
    throw(BoundsError(mem, index))
end

@noinline function throw_outside(mem::WasmMemory, first, count)
    check_open(mem)
    return throw_no_places(mem, first, count)
end

function check_open(mem::WasmMemory)
    len = Ref{Csize_t}(0)
    check(API.safewasm_memory_len(mem, len))
    return nothing
end

# The address of the bytes `first:first+count-1`, which are checked to lie in the memory.
@inline function address(mem::WasmMemory, first::Integer, count::Integer)
    at = cell(mem)
    0 < first && 0 <= count && first - 1 <= at.len && count <= at.len - (first - 1) ||
        throw_outside(mem, first, count)
    return at.data + (first - 1)
end

function Base.size(mem::WasmMemory)
    len = cell(mem).len
    # Of an empty memory or a closed one.
    len == 0 && check_open(mem)
    return (Int(len),)
end

Base.IndexStyle(::Type{WasmMemory}) = IndexLinear()

# The bounds are checked under `@inbounds` too: a wrong index must never reach foreign
# memory.
@inline function Base.getindex(mem::WasmMemory, index::Int)
    GC.@preserve mem begin
        at = cell(mem)
        (index - 1) % UInt < at.len || throw_outside(mem, index)
        return unsafe_load(at.data, index)
    end
end

@inline function Base.setindex!(mem::WasmMemory, value, index::Int)
    byte = convert(UInt8, value)
    GC.@preserve mem begin
        at = cell(mem)
        (index - 1) % UInt < at.len || throw_outside(mem, index)
        unsafe_store!(at.data, byte, index)
    end
    return mem
end

function Base.getindex(mem::WasmMemory, range::AbstractUnitRange{<:Integer})
    # Checked before room is made for it.
    isempty(range) || GC.@preserve mem address(mem, first(range), length(range))
    return copyto!(Vector{UInt8}(undef, length(range)), 1, mem, first(range), length(range))
end

# Checks that the places `first:first+count-1` lie in a vector, whatever sum that may be.
@inline function check_places(x::AbstractVector, first::Integer, count::Integer)
    0 < first && 0 <= count && first - 1 <= length(x) && count <= length(x) - (first - 1) ||
        throw_no_places(x, first, count)
    return nothing
end

@noinline function throw_no_places(x, first, count)
    throw(BoundsError(x, Int128(first):(Int128(first) + count - 1)))
end

function Base.copyto!(
    to::Vector{UInt8}, at::Integer, mem::WasmMemory, from::Integer, count::Integer
)
    count == 0 && return (check_open(mem); to)
    check_places(to, at, count)
    GC.@preserve to mem unsafe_copyto!(pointer(to, at), address(mem, from, count), count)
    return to
end

function Base.copyto!(
    mem::WasmMemory, at::Integer, from::Vector{UInt8}, start::Integer, count::Integer
)
    count == 0 && return (check_open(mem); mem)
    check_places(from, start, count)
    GC.@preserve mem from begin
        unsafe_copyto!(address(mem, at, count), pointer(from, start), count)
    end
    return mem
end

Base.getindex(mem::WasmMemory, ::Colon) = mem[1:length(mem)]

function Base.setindex!(
    mem::WasmMemory, from::Vector{UInt8}, range::AbstractUnitRange{<:Integer}
)
    length(from) == length(range) || throw(
        DimensionMismatch("$(length(from)) bytes don't fit $(length(range)) places")
    )
    return copyto!(mem, first(range), from, 1, length(from))
end

# The two may be one memory, so this moves rather than copies.
function Base.copyto!(
    mem::WasmMemory, at::Integer, from::WasmMemory, start::Integer, count::Integer
)
    count == 0 && return (check_open(mem); check_open(from); mem)
    GC.@preserve mem from ccall(
        :memmove,
        Ptr{Cvoid},
        (Ptr{Cvoid}, Ptr{Cvoid}, Csize_t),
        address(mem, at, count),
        address(from, start, count),
        count,
    )
    return mem
end

Base.copyto!(mem::WasmMemory, from::WasmMemory) = copyto!(mem, 1, from, 1, length(from))

function Base.copyto!(to::Vector{UInt8}, mem::WasmMemory)
    return copyto!(to, 1, mem, 1, length(mem))
end

function Base.copyto!(mem::WasmMemory, from::Vector{UInt8})
    return copyto!(mem, 1, from, 1, length(from))
end

function Base.fill!(mem::WasmMemory, value)
    byte = convert(UInt8, value)
    GC.@preserve mem begin
        at = cell(mem)
        at.data == C_NULL && check_open(mem)
        ccall(:memset, Ptr{Cvoid}, (Ptr{Cvoid}, Cint, Csize_t), at.data, byte, at.len)
    end
    return mem
end

"""
    pages(mem::WasmMemory)

The size of the memory in pages, of 65,536 bytes unless its module says otherwise.

# Errors
- `WasmtimeError` if the memory is closed.
"""
pages(mem::AnyMemory) = memory_type(mem).min

# The type, with the size that the memory has now.
function memory_type(mem::WasmMemory)
    type = Ref{API.safewasm_memorytype_t}()
    check(API.safewasm_memory_type(mem, type))
    return WasmMemoryType(type[])
end

Base.summary(io::IO, mem::WasmMemory) = show(io, mem)

function Base.show(io::IO, mem::WasmMemory)
    isopen(mem) || return print(io, "WasmMemory (closed)")
    type = Ref{API.safewasm_memorytype_t}()
    error = API.safewasm_memory_type(mem, type)
    if error != C_NULL
        # Another thread is in the store, or has just closed it.
        API.safewasm_error_delete(error)
        return print(io, "WasmMemory ", size(mem, 1), " bytes")
    end
    pages = Int(type[].min)
    print(io, "WasmMemory ", pages, pages == 1 ? " page" : " pages")
    return type[].has_max ? print(io, " (max ", type[].max, ")") : nothing
end

Base.show(io::IO, ::MIME"text/plain", mem::WasmMemory) = show(io, mem)
