# Reading and writing memories at wasm's addresses, which count from 0.

function read_bytes(mem::WasmMemory, address, data, len)
    return API.safewasm_memory_read(mem, address, data, len)
end
function read_bytes(mem::WasmSharedMemory, address, data, len)
    return API.safewasm_sharedmemory_read(mem, address, data, len)
end
function write_bytes(mem::WasmMemory, address, data, len)
    return API.safewasm_memory_write(mem, address, data, len)
end
function write_bytes(mem::WasmSharedMemory, address, data, len)
    return API.safewasm_sharedmemory_write(mem, address, data, len)
end

@inline function copy_in!(data::Ptr{UInt8}, mem::AnyMemory, address, len)
    at = wasm_address(mem, address, len)
    error = read_bytes(mem, at, data, len)
    return error == C_NULL ? nothing : throw_access(mem, at, len, error)
end

@inline function copy_out(mem::AnyMemory, address, data::Ptr{UInt8}, len)
    at = wasm_address(mem, address, len)
    error = write_bytes(mem, at, data, len)
    return error == C_NULL ? nothing : throw_access(mem, at, len, error)
end

# The address of `len` bytes as the unsigned number that wasm uses.
@inline function wasm_address(mem, address::Integer, len)
    0 <= address <= typemax(UInt64) && return address % UInt64
    return from_signed_address(mem, address, len)
end

# A negative address was computed as an i32 in wasm, which Julia sees as signed, and
# stands for the same bits; in a memory of 64 bits with an i64.
@noinline function from_signed_address(mem, address, len)
    S = memory_type(mem).is_64 ? Int64 : Int32
    typemin(S) <= address < 0 || throw_out_of_bounds(mem, address, len)
    return UInt64(unsigned(S(address)))::UInt64
end

@noinline function throw_access(mem, address, len, error)
    API.safewasm_error_kind(error) == API.SAFEWASM_ERROR_OUT_OF_BOUNDS || throw_error(error)
    API.safewasm_error_delete(error)
    return throw_out_of_bounds(mem, address, len)
end

@noinline function throw_out_of_bounds(mem, address, len)
    size = length(mem)
    S = memory_type(mem).is_64 ? Int64 : Int32
    U = unsigned(S)
    other_forms = if typemax(S) < address <= typemax(U)
        " (0x$(string(address; base=16)), or $(U(address) % S) as a signed number)"
    else
        ""
    end
    bytes = len == 1 ? "1 byte" : "$len bytes"
    throw(
        WasmtimeError(
            "can't access $bytes at address $address$other_forms: the memory has $size " *
            "bytes",
            :out_of_bounds,
        ),
    )
end

# The address of `count` values of `stride` bytes each, which are checked to lie in the
# memory before a result is allocated for them.
function checked_address(mem, address, count::Integer, stride)
    nonnegative("number of elements", count)
    size, len = length(mem), widemul(count, stride)
    at = wasm_address(mem, address, len)
    at <= size && len <= size - at || throw_out_of_bounds(mem, at, len)
    return at
end

"""
    read(mem::WasmMemory, T, address) -> T
    read(mem::WasmMemory, T, address, count) -> Vector{T}
    read(mem::WasmMemory, address, count) -> Vector{UInt8}

Reads a value of the plain type `T` at wasm's `address`, or a vector of `count` values or
bytes. Plain types are numbers such as `UInt32` and `Float64`, and structs and tuples of
plain types. Bytes are in wasm's order, little-endian, and structs are laid out as in C.

`address` counts from 0. Wasm's pointers arrive as `Int32`, so in a memory of 32 bits an
address from `-2^31` to -1 stands for the one with the same bits, 2^32 higher.

A `Bool` is true for any byte but 0. An enumeration is read as its integer, which must be
one of its values, and a `Char` as its code point in 32 bits. This holds within structs
too, whose constructors aren't called. Types with addresses of the process, such as `Ptr`,
are refused.

# Errors
- `WasmtimeError` with code `:out_of_bounds` if not all of it lies in the memory.
- `ArgumentError` if `T` is not plain, or if the bytes are no value of an enumeration or no
  code point.

```julia
mem = exports(instance).memory
read(mem, UInt32, 16)        # => 0x00000000
read(mem, Float64, 16, 3)    # => [0.0, 0.0, 0.0]
read(mem, 16, 4)             # => UInt8[0x00, 0x00, 0x00, 0x00]
```
"""
function Base.read(mem::AnyMemory, ::Type{T}, address::Integer) where {T}
    check_plain(T)
    value = Ref{T}()
    GC.@preserve value begin
        copy_in!(bytes_pointer(value), mem, address, sizeof(T))
        from_guest!(bytes_pointer(value), T)
    end
    return value[]
end

function Base.read(mem::AnyMemory, ::Type{T}, address::Integer, count::Integer) where {T}
    check_plain(T)
    at = checked_address(mem, address, count, stride_of(T))
    return read!(mem, at, Vector{T}(undef, count))
end

function Base.read(mem::AnyMemory, address::Integer, count::Integer)
    return read(mem, UInt8, address, count)
end

"""
    read!(mem::WasmMemory, address, array) -> array

Fills an array with the values at wasm's `address`. See [`read`](@ref).

# Errors
- As for [`read`](@ref); the array is then unchanged.

```julia
read!(exports(instance).memory, 16, ones(3))    # => [0.0, 0.0, 0.0]
```
"""
function Base.read!(mem::AnyMemory, address::Integer, array::Array{T}) where {T}
    check_plain(T)
    if changes_from_guest(array)
        return take_bytes!(array, read(mem, address, sizeof(array)))
    end
    GC.@preserve array copy_in!(bytes_pointer(array), mem, address, sizeof(array))
    return array
end

function Base.read!(mem::AnyMemory, address::Integer, array::AbstractArray{T}) where {T}
    return copyto!(array, read(mem, T, address, length(array)))
end

"""
    write(mem::WasmMemory, address, x)
    write(mem::WasmMemory, address, text; nul=false)

Writes `x`, a value of a plain type, an array of them or a string, at wasm's `address`; see
[`read`](@ref) for plain types and addresses. With `nul=true` a NUL byte follows the text,
as C programs expect. Gaps between the fields of structs are written as zeros. Returns
the number of bytes.

# Errors
- `WasmtimeError` with code `:out_of_bounds` if it doesn't fit in the memory.
- `ArgumentError` for a value that is not plain, and with `nul=true` for a text with a NUL.

```julia
mem = exports(instance).memory
write(mem, 16, "hello")       # => 5
write(mem, 32, [1.5, 2.5])    # => 16
```
"""
function Base.write(mem::AnyMemory, address::Integer, x)
    ref = guest_ref(x)
    GC.@preserve ref copy_out(mem, address, bytes_pointer(ref), sizeof(x))
    return sizeof(x)
end

function Base.write(mem::AnyMemory, address::Integer, x::Array{T}) where {T}
    check_plain(T)
    bytes = changes_to_guest(x) ? guest_bytes(x) : x
    GC.@preserve bytes copy_out(mem, address, bytes_pointer(bytes), sizeof(bytes))
    return sizeof(bytes)
end

function Base.write(mem::AnyMemory, address::Integer, x::AbstractArray)
    return write(mem, address, Array(x))
end

function Base.write(mem::AnyMemory, address::Integer, x::AbstractString; nul::Bool=false)
    text = String(x)
    if nul
        '\0' in text && throw(ArgumentError("the text has a NUL before its end"))
        text *= '\0'
    end
    GC.@preserve text copy_out(mem, address, pointer(text), sizeof(text))
    return sizeof(text)
end

"""
    read_string(mem::WasmMemory, address, len) -> String
    read_string(mem::WasmMemory, address) -> String

Reads the text of `len` bytes at wasm's `address`, or up to the next NUL byte. See
[`read`](@ref) for addresses.

# Errors
- `WasmtimeError` with code `:out_of_bounds` if not all of it lies in the memory, or no NUL
  follows.

```julia
mem = exports(instance).memory
write(mem, 16, "hello"; nul=true)
read_string(mem, 16, 4)    # => "hell"
read_string(mem, 16)       # => "hello"
```
"""
function read_string(mem::AnyMemory, address::Integer, len::Integer)
    return String(read(mem, address, len))
end

# How many bytes at a time are read in search of a NUL.
const SEARCH_CHUNK = 4096

function read_string(mem::AnyMemory, address::Integer)
    start, size = checked_address(mem, address, 1, 1), length(mem)
    for at in start:SEARCH_CHUNK:(size - 1)
        bytes = read(mem, at, min(SEARCH_CHUNK, size - at))
        nul = findfirst(==(0x00), bytes)
        nul === nothing || return read_string(mem, start, at - start + nul - 1)
    end
    throw(
        WasmtimeError("no NUL ends the text at address $start", :out_of_bounds)
    )
end
