# Memories and tables as vectors.

# They are equal to vectors with equal elements. A closed one is equal to itself only.
Base.:(==)(a::WasmVector, b::WasmVector) = same_elements(==, a, b)
Base.:(==)(a::WasmVector, b::AbstractArray) = same_elements(==, a, b)
Base.:(==)(a::AbstractArray, b::WasmVector) = same_elements(==, a, b)
Base.isequal(a::WasmVector, b::WasmVector) = same_elements(isequal, a, b)
Base.isequal(a::WasmVector, b::AbstractArray) = same_elements(isequal, a, b)
Base.isequal(a::AbstractArray, b::WasmVector) = same_elements(isequal, a, b)

function same_elements(same, a, b)
    a === b && return true
    return has_elements(a) && has_elements(b) &&
           invoke(same, Tuple{AbstractArray,AbstractArray}, a, b)
end

has_elements(x::WasmVector) = isopen(x)
has_elements(::AbstractArray) = true

Base.IndexStyle(::Type{<:WasmVector}) = IndexLinear()

# One line, instead of the elements.
Base.summary(io::IO, x::WasmVector) = show(io, x)
Base.show(io::IO, ::MIME"text/plain", x::WasmVector) = show(io, x)

# Checks that the indices `first:first+count-1` lie in a vector. Their sum may overflow.
@inline function check_range(x::AbstractVector, first::Integer, count::Integer)
    0 < first && 0 <= count && first - 1 <= length(x) && count <= length(x) - (first - 1) ||
        throw_range_error(x, first, count)
    return nothing
end

@noinline function throw_range_error(x, first, count)
    throw(BoundsError(x, Int128(first):(Int128(first) + count - 1)))
end
