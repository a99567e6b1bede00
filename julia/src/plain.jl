# Plain values as bytes of wasm's: which can be copied, and which bytes differ there.

# What keeps values of a type from being copied to and from a memory, or nothing.
function obstacle(T)
    T === String && return "is text; use `read_string`"
    T isa DataType && isbitstype(T) || return "is not a plain type of a fixed size"
    sizeof(T) == 0 && return "has no bytes"
    holds_address(T) && return "holds an address of this process"
    return nothing
end

# The types of Julia's own whose values are addresses, or mean something to Julia alone.
const ADDRESS_TYPES = Union{
    Ptr,
    Cstring,
    Cwstring,
    Core.IntrinsicFunction,
    isdefined(Core, :LLVMPtr) ? Core.LLVMPtr : Union{},
}

holds_address(T) = T <: ADDRESS_TYPES || any(holds_address, part_types(T))

# The types of the fields, once where all are alike.
part_types(T) = is_uniform(T) ? (fieldtype(T, 1),) : fieldtypes(T)

function is_uniform(T)
    return T <: Tuple && fieldcount(T) > 1 && all(P -> P === fieldtype(T, 1), T.parameters)
end

# Throws if values of a type can't be copied.
@generated function check_plain(::Type{T}) where {T}
    why = obstacle(T)
    return why === nothing ? nothing : :(throw_not_plain(T, $why))
end

@noinline function throw_not_plain(T, why)
    throw(ArgumentError("$(shown_type(T)) can't be copied to or from wasm: it $why"))
end

# Changes the bytes of a Julia value at `at` to those that wasm sees: zeros between the
# fields, where Julia leaves what was there before, and the code points of characters.
@generated to_guest!(at::Ptr{UInt8}, ::Type{T}) where {T} = inlined(guest_code(T))

# Changes bytes of wasm's at `at` to those of a Julia value: any byte but 0 is true,
# characters are made of their code points, and the integers of enumerations are checked.
@generated from_guest!(at::Ptr{UInt8}, ::Type{T}) where {T} = inlined(host_code(T))

inlined(body) = Expr(:block, Expr(:meta, :inline), body, :(return nothing))

# Whether these change anything.
@generated changes_to_guest(::Type{T}) where {T} = guest_code(T) !== nothing
@generated changes_from_guest(::Type{T}) where {T} = host_code(T) !== nothing

# The code of these, or nothing.
function guest_code(T)
    T === Char && return quote
        unsafe_store!(Ptr{UInt32}(at), UInt32(unsafe_load(Ptr{Char}(at))))
    end
    return each_part(T, :to_guest!, guest_code, true)
end

function host_code(T)
    T === Bool && return :(unsafe_store!(at, UInt8(unsafe_load(at) != 0)))
    T === Char && return quote
        unsafe_store!(Ptr{Char}(at), character(unsafe_load(Ptr{UInt32}(at))))
    end
    T <: Enum && return :($T(unsafe_load(Ptr{$(integer_type(T))}(at))))
    return each_part(T, :from_guest!, host_code, false)
end

integer_type(::Type{<:Enum{I}}) where {I} = I

function character(code::UInt32)
    code <= 0x10ffff || throw(ArgumentError("0x$(string(code; base=16)) is no code point"))
    return Char(code)
end

# Code that calls `convert!` for each part of a `T` whose bytes change, and clears the gaps
# between the parts if it is to.
function each_part(T, convert!, code_of, clears)
    is_uniform(T) && return each_alike(T, convert!, code_of, clears)
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

function each_alike(T, convert!, code_of, clears)
    part, stride = fieldtype(T, 1), Int(fieldoffset(T, 2))
    clears = clears && sizeof(part) < stride
    code_of(part) === nothing && !clears && return nothing
    return :(each!($convert!, at, $part, $stride, $(fieldcount(T)), $clears))
end

# `count` values of a type, with `stride` bytes from one to the next.
@inline function each!(convert!, at, ::Type{T}, stride, count, clears) where {T}
    for offset in 0:stride:(stride * (count - 1))
        convert!(at + offset, T)
        clears && clear!(at + offset + sizeof(T), stride - sizeof(T))
    end
    return nothing
end

clear!(at, count) = ccall(:memset, Ptr{Cvoid}, (Ptr{Cvoid}, Cint, Csize_t), at, 0, count)

# A cell with the bytes that wasm sees of a value.
@inline function guest_cell(x::T) where {T}
    check_plain(T)
    cell = Ref{T}(x)
    GC.@preserve cell to_guest!(bytes_pointer(cell), T)
    return cell
end

@inline function bytes_pointer(cell::Ref{T}) where {T}
    return Ptr{UInt8}(Base.unsafe_convert(Ptr{T}, cell))
end
bytes_pointer(array::Array) = Ptr{UInt8}(pointer(array))

stride_of(::Type{T}) where {T} = Base.elsize(Array{T})

# The same for the elements of an array, which may have gaps between them.
changes_to_guest(::Array{T}) where {T} = changes_to_guest(T) || sizeof(T) < stride_of(T)
changes_from_guest(::Array{T}) where {T} = changes_from_guest(T)

# The bytes that wasm sees of an array.
function guest_bytes(array::Array{T}) where {T}
    bytes, stride = Vector{UInt8}(undef, sizeof(array)), stride_of(T)
    GC.@preserve array bytes begin
        unsafe_copyto!(pointer(bytes), bytes_pointer(array), length(bytes))
        each!(to_guest!, pointer(bytes), T, stride, length(array), sizeof(T) < stride)
    end
    return bytes
end

# Puts bytes of wasm's into an array, which is unchanged if some are no value of its type.
function take_bytes!(array::Array{T}, bytes) where {T}
    GC.@preserve array bytes begin
        each!(from_guest!, pointer(bytes), T, stride_of(T), length(array), false)
        unsafe_copyto!(bytes_pointer(array), pointer(bytes), length(bytes))
    end
    return array
end
