"""
    WasmMemory(store, min => max)
    WasmMemory(store, type::WasmMemoryType)

A memory with `min` pages of 64 KiB, which can grow to `max`, or without limit if `max` is
`nothing`. Exported memories have this type too. A memory is an `AbstractVector{UInt8}` that
is read and written in place, without copying, even after wasm has grown it. Like any vector
it counts from 1; [`read`](@ref), [`read!`](@ref), [`write`](@ref) and [`read_string`](@ref)
take wasm's addresses, which count from 0. [`grow!`](@ref) adds pages.

`reinterpret(T, mem)` works as for any vector, on the bytes as they are. Wasm may write
bytes that are not a valid `Bool`, `Char` or enumeration: `read` converts or refuses these,
but `reinterpret` does not.

Use a memory from one thread at a time, and not while wasm runs in its store on another
thread.

# Errors
- `BoundsError` for an index outside of the memory.
- `WasmtimeError` once the memory or its store is closed, also from `length`.

```julia
mem = exports(instance).memory
mem[1] = 0x2a
mem[1:3]    # => UInt8[0x2a, 0x00, 0x00]
```
"""
mutable struct WasmMemory <: WasmVector{UInt8}
    ptr::Ptr{API.safewasm_memory_t}
    view::Ptr{API.safewasm_view_t}
    # The library keeps the memory's address and length up to date in a cell, which it never
    # frees. This is the distance of the cell from `NO_MEMORY`: a precompiled image has NULL
    # here, and so the cell of no memory.
    cell::Ptr{API.safewasm_cell_t}
    name::String
    owner::Owner

    function WasmMemory(ptr::Ptr{API.safewasm_memory_t}, name, owner)
        view = Ref{Ptr{API.safewasm_view_t}}(C_NULL)
        cell = Ref{Ptr{API.safewasm_cell_t}}(C_NULL)
        check_after_collection(() -> API.safewasm_memory_view(ptr, view, cell))
        distance = cell[] - UInt(no_memory_pointer())
        mem = finalizer(free!, new(ptr, view[], distance, name, owner))
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

Base.unsafe_convert(::Type{Ptr{API.safewasm_memory_t}}, x::WasmMemory) = getfield(x, :ptr)
Base.isvalid(mem::WasmMemory) = API.safewasm_memory_is_valid(mem)

function delete_handle(mem::WasmMemory)
    setfield!(mem, :cell, Ptr{API.safewasm_cell_t}(C_NULL))
    return API.safewasm_memory_delete(mem)
end

# A task may be reading the memory while another one closes it. The view keeps the bytes mapped, and
# its cell from being reused, until no task has the memory.
function free!(mem::WasmMemory)
    close(mem)
    API.safewasm_view_delete(getfield(mem, :view))
    return uncount_mapping()
end

properties(::WasmMemory) = (:name,)
function property_hint(::WasmMemory, name)
    name in (:size, :length) || return ""
    return "; `length(mem)` is its size in bytes, and `pages(mem)` in pages"
end
store_of(mem::WasmMemory) = store_of(mem.owner)
extern_kind(::WasmMemory) = API.SAFEWASM_EXTERN_MEMORY

WasmMemory(store::WasmStore, pages::Pair) = WasmMemory(store, WasmMemoryType(pages))

"""
    grow!(mem, pages) -> Int

Adds pages of zeros to the end of a memory. Returns the size in pages before.

# Errors
- `WasmtimeError` with code `:limit` beyond the memory's maximum or the store's limit.
"""
function grow!(mem::WasmMemory, pages::Integer)
    previous = Ref{UInt64}(0)
    check(API.safewasm_memory_grow(mem, nonnegative("number of pages", pages), previous))
    return Int(previous[])
end

# A memory, shared or not.
const AnyMemory = WasmVector{UInt8}

# The cell of a memory that is closed or was precompiled.
const NO_MEMORY = Ref(API.safewasm_cell_t(C_NULL, 0, 0))

no_memory_pointer() = Base.unsafe_convert(Ptr{API.safewasm_cell_t}, NO_MEMORY)

# The address and length of the memory now.
@inline function contents(mem::WasmMemory)
    return unsafe_load(getfield(mem, :cell) + UInt(no_memory_pointer()))
end

@noinline function throw_bounds_error(mem::WasmMemory, index)
    check_open(mem)
    throw(BoundsError(mem, index))
end

@noinline function throw_bounds_error(mem::WasmMemory, first, count)
    check_open(mem)
    return throw_range_error(mem, first, count)
end

# Throws if the memory is closed.
function check_open(mem::WasmMemory)
    len = Ref{Csize_t}(0)
    check(API.safewasm_memory_len(mem, len))
    return nothing
end

# The address of the bytes `first:first+count-1`, which are checked to lie in the memory.
@inline function address(mem::WasmMemory, first::Integer, count::Integer)
    at = contents(mem)
    0 < first && 0 <= count && first - 1 <= at.len && count <= at.len - (first - 1) ||
        throw_bounds_error(mem, first, count)
    return at.data + (first - 1)
end

# A pointer would be wrong once the memory has moved or is closed.
function Base.unsafe_convert(::Type{Ptr{UInt8}}, mem::AnyMemory)
    throw(
        ArgumentError(
            "a memory has no fixed address, as it moves when it grows; `read`, `write`, " *
            "`copyto!` and indices check each access",
        ),
    )
end

function Base.size(mem::WasmMemory)
    len = contents(mem).len
    # The memory is empty, or closed.
    len == 0 && check_open(mem)
    return (Int(len),)
end

# The bounds are checked even under `@inbounds`: a wrong index must never reach the
# process's own memory.
@inline function Base.getindex(mem::WasmMemory, index::Int)
    GC.@preserve mem begin
        at = contents(mem)
        (index - 1) % UInt < at.len || throw_bounds_error(mem, index)
        return unsafe_load(at.data, index)
    end
end

@inline function Base.setindex!(mem::WasmMemory, value, index::Int)
    byte = convert(UInt8, value)
    GC.@preserve mem begin
        at = contents(mem)
        (index - 1) % UInt < at.len || throw_bounds_error(mem, index)
        unsafe_store!(at.data, byte, index)
    end
    return mem
end

function Base.getindex(mem::WasmMemory, range::AbstractUnitRange{<:Integer})
    # Checked before the result is allocated.
    isempty(range) || GC.@preserve mem address(mem, first(range), length(range))
    return copyto!(Vector{UInt8}(undef, length(range)), 1, mem, first(range), length(range))
end

function Base.copyto!(
    to::Vector{UInt8}, at::Integer, mem::WasmMemory, from::Integer, count::Integer
)
    count == 0 && return (check_open(mem); to)
    check_range(to, at, count)
    GC.@preserve to mem unsafe_copyto!(pointer(to, at), address(mem, from, count), count)
    return to
end

function Base.copyto!(
    mem::WasmMemory, at::Integer, from::Vector{UInt8}, start::Integer, count::Integer
)
    count == 0 && return (check_open(mem); mem)
    check_range(from, start, count)
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
        DimensionMismatch("$(length(from)) bytes can't be set at $(length(range)) indices")
    )
    return copyto!(mem, first(range), from, 1, length(from))
end

# The two may be the same memory, with ranges that overlap.
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
        at = contents(mem)
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

function Base.hash(mem::AnyMemory, h::UInt)
    isopen(mem) || return hash(:WasmMemory, h)
    return invoke(hash, Tuple{AbstractArray,UInt}, mem, h)
end

function Base.show(io::IO, mem::WasmMemory)
    isopen(mem) || return print(io, "WasmMemory (closed)")
    type = Ref{API.safewasm_memorytype_t}()
    error = API.safewasm_memory_type(mem, type)
    if error != C_NULL
        # Another thread is in the store, or has just closed it.
        API.safewasm_error_delete(error)
        return print(io, "WasmMemory ", size(mem, 1), " bytes")
    end
    print(io, "WasmMemory ", count_text(Int(type[].min), "page"))
    return type[].has_max ? print(io, " (max ", type[].max, ")") : nothing
end
