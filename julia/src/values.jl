# Values between Julia and wasm. A slot is 16 bytes, here two words; a number lies in the
# low end of the first.

const Slot = NTuple{2,UInt64}
const EMPTY_SLOT = (UInt64(0), UInt64(0))

# `func` is the function that the value is an argument of.
@noinline function throw_not_convertible(T, value, func)
    throw(
        WasmtimeError(
            "$(func.name) can't take $(repr(value)), of type $(typeof(value)), as " *
            "$(WasmValType(T)): its signature is $(func.type)",
            :type_mismatch,
        ),
    )
end

# An integer as `S`, signed, from what fits `S` or, as its bits, the unsigned `U`.
@inline function integer(::Type{S}, ::Type{U}, value::Integer) where {S,U}
    typemin(S) <= value <= typemax(S) && return S(value)
    typemax(S) < value <= typemax(U) && return reinterpret(S, U(value))
    throw(InexactError(nameof(S), S, value))
end

@inline to_wasm(::Type{Int32}, value::Int32, func) = value
@inline to_wasm(::Type{Int64}, value::Int64, func) = value
@inline to_wasm(::Type{Int32}, value::UInt32, func) = reinterpret(Int32, value)
@inline to_wasm(::Type{Int64}, value::UInt64, func) = reinterpret(Int64, value)
@inline to_wasm(::Type{Int32}, value::Integer, func) = integer(Int32, UInt32, value)
@inline to_wasm(::Type{Int64}, value::Integer, func) = integer(Int64, UInt64, value)
@inline to_wasm(::Type{T}, value::Real, func) where {T<:Union{Float32,Float64}} = T(value)
@inline to_wasm(::Type{NTuple{16,UInt8}}, value::NTuple{16,UInt8}, func) = value

function to_wasm(::Type{NTuple{16,UInt8}}, value::UInt128, func)
    return ntuple(i -> (value >> (8 * (i - 1))) % UInt8, Val(16))
end

# Lanes of one type that have 16 bytes together.
function to_wasm(
    T::Type{NTuple{16,UInt8}}, value::V, func
) where {V<:Tuple{Real,Vararg{Real}}}
    E = typeof(first(value))
    alike = isbitstype(E) && all(lane -> lane isa E, value)
    alike && sizeof(V) == 16 || throw_not_convertible(T, value, func)
    lanes = Ref{V}(value)
    return GC.@preserve lanes unsafe_load(
        Ptr{NTuple{16,UInt8}}(Base.unsafe_convert(Ptr{V}, lanes)),
    )
end

to_wasm(T::Type, value, func) = throw_not_convertible(T, value, func)

@inline to_slot(value::Int32) = (UInt64(reinterpret(UInt32, value)), UInt64(0))
@inline to_slot(value::Int64) = (reinterpret(UInt64, value), UInt64(0))
@inline to_slot(value::Float32) = (UInt64(reinterpret(UInt32, value)), UInt64(0))
@inline to_slot(value::Float64) = (reinterpret(UInt64, value), UInt64(0))

function to_slot(value::NTuple{16,UInt8})
    add(word, i) = word << 8 | UInt64(value[i])
    word(from) = foldl(add, (from + 7):-1:from; init=UInt64(0))
    return (word(1), word(9))
end

@inline from_slot(::Type{Int32}, slot::Slot) = reinterpret(Int32, slot[1] % UInt32)
@inline from_slot(::Type{Int64}, slot::Slot) = reinterpret(Int64, slot[1])
@inline from_slot(::Type{Float32}, slot::Slot) = reinterpret(Float32, slot[1] % UInt32)
@inline from_slot(::Type{Float64}, slot::Slot) = reinterpret(Float64, slot[1])

function from_slot(::Type{NTuple{16,UInt8}}, slot::Slot)
    return ntuple(i -> (slot[(i + 7) ÷ 8] >> (8 * ((i - 1) % 8))) % UInt8, Val(16))
end
