# Plain types, whose values are copied to and from wasm's memory, and how their bytes differ
# there.

# The reason why values of a type can't be copied, or nothing.
function obstacle(T)
    T === String &&
        return "is text; `read_string` reads it, and `write(mem, address, text)` writes it"
    T isa Type && T <: AbstractArray && return "is an array: " *
           "`read(mem, T, address, count)` reads the elements, and " *
           "`write(mem, address, array)` writes them"
    T isa DataType && isbitstype(T) || return "is not a plain type of a fixed size"
    sizeof(T) == 0 && return "has no bytes"
    holds_address(T) && return "holds an address of this process"
    return nothing
end

# Julia's types whose values are addresses, or have a meaning in this process only.
const ADDRESS_TYPES = Union{
    Ptr,
    Cstring,
    Cwstring,
    Core.IntrinsicFunction,
    isdefined(Core, :LLVMPtr) ? Core.LLVMPtr : Union{},
}

holds_address(T) = T <: ADDRESS_TYPES || any(holds_address, part_types(T))

# The types of the fields; only one of them if all are the same.
part_types(T) = is_uniform(T) ? (fieldtype(T, 1),) : fieldtypes(T)

function is_uniform(T)
    return T <: Tuple && fieldcount(T) > 1 && all(P -> P === fieldtype(T, 1), T.parameters)
end

# Throws if values of a type can't be copied.
@generated function check_plain(::Type{T}) where {T}
    reason = obstacle(T)
    return reason === nothing ? nothing : :(throw_not_plain(T, $reason))
end

@noinline function throw_not_plain(T, reason)
    throw(ArgumentError("$(type_text(T)) can't be copied to or from wasm: it $reason"))
end

inlined(body) = Expr(:block, Expr(:meta, :inline), body, :(return nothing))

# The code of `to_guest!`, or nothing if it changes no bytes.
function to_guest_code(T)
    T === Char && return quote
        unsafe_store!(Ptr{UInt32}(at), UInt32(unsafe_load(Ptr{Char}(at))))
    end
    return parts_code(T, :to_guest!, to_guest_code, true)
end

# The code of `from_guest!`, or nothing if it changes no bytes.
function from_guest_code(T)
    T === Bool && return :(unsafe_store!(at, UInt8(unsafe_load(at) != 0)))
    T === Char && return quote
        unsafe_store!(Ptr{Char}(at), character(unsafe_load(Ptr{UInt32}(at))))
    end
    T <: Enum && return :($T(unsafe_load(Ptr{$(integer_type(T))}(at))))
    return parts_code(T, :from_guest!, from_guest_code, false)
end

integer_type(::Type{<:Enum{I}}) where {I} = I

function character(code::UInt32)
    code <= 0x10ffff ||
        throw(ArgumentError("0x$(string(code; base=16)) is not a code point"))
    return Char(code)
end

# Code that calls `convert!` for each part of a `T` whose bytes change, which `code_of`
# tells. It also clears the gaps between the parts if `clears`.
function parts_code(T, convert!, code_of, clears)
    is_uniform(T) && return uniform_parts_code(T, convert!, code_of, clears)
    code, filled = Any[], 0
    function clear_to!(offset)
        count = offset - filled
        clears && count > 0 && push!(code, :(clear!(at + $filled, $count)))
        filled = max(filled, offset)
    end
    isprimitivetype(T) && return nothing
    for index in 1:fieldcount(T)
        part, offset = fieldtype(T, index), Int(fieldoffset(T, index))
        sizeof(part) == 0 && continue
        clear_to!(offset)
        code_of(part) === nothing || push!(code, :($convert!(at + $offset, $part)))
        filled = offset + sizeof(part)
    end
    clear_to!(sizeof(T))
    return isempty(code) ? nothing : Expr(:block, code...)
end

# The same for a tuple whose parts have one type, in a loop.
function uniform_parts_code(T, convert!, code_of, clears)
    part, stride = fieldtype(T, 1), Int(fieldoffset(T, 2))
    clears = clears && sizeof(part) < stride
    code_of(part) === nothing && !clears && return nothing
    return :(each!($convert!, at, $part, $stride, $(fieldcount(T)), $clears))
end

# The generators of functions can call only functions that are defined before them, unless
# the package is precompiled.

# Changes the bytes of a Julia value at `at` to those for wasm: gaps between fields, which
# Julia leaves as they were, become zeros, and characters their code points.
@generated to_guest!(at::Ptr{UInt8}, ::Type{T}) where {T} = inlined(to_guest_code(T))

# Changes wasm's bytes at `at` to those of a Julia value: any byte but 0 becomes true, code
# points become characters, and the integers of enumerations are checked.
@generated from_guest!(at::Ptr{UInt8}, ::Type{T}) where {T} = inlined(from_guest_code(T))

# Whether `to_guest!` and `from_guest!` change any bytes of a type.
@generated changes_to_guest(::Type{T}) where {T} = to_guest_code(T) !== nothing
@generated changes_from_guest(::Type{T}) where {T} = from_guest_code(T) !== nothing

# Calls `convert!` for `count` values of a type, with `stride` bytes from one to the next.
@inline function each!(convert!, at, ::Type{T}, stride, count, clears) where {T}
    for offset in 0:stride:(stride * (count - 1))
        convert!(at + offset, T)
        clears && clear!(at + offset + sizeof(T), stride - sizeof(T))
    end
    return nothing
end

clear!(at, count) = ccall(:memset, Ptr{Cvoid}, (Ptr{Cvoid}, Cint, Csize_t), at, 0, count)

# A `Ref` with the bytes of a value for wasm.
@inline function guest_ref(x::T) where {T}
    check_plain(T)
    ref = Ref{T}(x)
    GC.@preserve ref to_guest!(bytes_pointer(ref), T)
    return ref
end

@inline function bytes_pointer(ref::Ref{T}) where {T}
    return Ptr{UInt8}(Base.unsafe_convert(Ptr{T}, ref))
end
bytes_pointer(array::Array) = Ptr{UInt8}(pointer(array))

stride_of(::Type{T}) where {T} = Base.elsize(Array{T})

# The same for an array, whose elements may have gaps between them.
changes_to_guest(::Array{T}) where {T} = changes_to_guest(T) || sizeof(T) < stride_of(T)
changes_from_guest(::Array{T}) where {T} = changes_from_guest(T)

# The bytes of an array for wasm.
function guest_bytes(array::Array{T}) where {T}
    bytes, stride = Vector{UInt8}(undef, sizeof(array)), stride_of(T)
    GC.@preserve array bytes begin
        unsafe_copyto!(pointer(bytes), bytes_pointer(array), length(bytes))
        each!(to_guest!, pointer(bytes), T, stride, length(array), sizeof(T) < stride)
    end
    return bytes
end

# Copies wasm's bytes into an array. The array is unchanged if some bytes aren't a value of
# its type.
function take_bytes!(array::Array{T}, bytes) where {T}
    GC.@preserve array bytes begin
        each!(from_guest!, pointer(bytes), T, stride_of(T), length(array), false)
        unsafe_copyto!(bytes_pointer(array), pointer(bytes), length(bytes))
    end
    return array
end
