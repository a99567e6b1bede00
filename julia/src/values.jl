# Values between Julia and wasm. A slot is 16 bytes, here two words; a number lies in the
# low end of the first.

const Slot = NTuple{2,UInt64}
const EMPTY_SLOT = (UInt64(0), UInt64(0))

# What a value is for, in messages: a function, a place, a tag.
who(x) = isempty(x.name) ? "the " * kind_name(x) : cut(x.name)
kind_name(x) = "function"

# An argument of a function, or a result of a host function, by its number from 1.
struct Numbered{F}
    func::F
    index::Int
end

who(x::Numbered) = "argument $(x.index) of $(who(x.func))"

# `T` is a type of values, Julia's or wasm's, and `place` what the value is for.
@noinline function throw_not_convertible(T, @nospecialize(value), @nospecialize(place))
    message = not_convertible(value_type(T), given_text(value), place)
    throw(WasmtimeError(message, :type_mismatch))
end

function not_convertible(type, given, place)
    return "$(who(place)) can't take $given, as $type: its type is $(shown_type(place.type))"
end

function not_convertible(type, given, place::Numbered)
    func = place.func
    return "$(who(func)) can't take $given, as argument $(place.index), which is $type: " *
           "its signature is $(shown_type(func.type))"
end

# The name is that of the place, so that the message says where: `InexactError: argument 2 of
# add: convert(Int32, 4294967296)`.
@noinline function throw_inexact(T, @nospecialize(value), @nospecialize(place))
    throw(InexactError(Symbol(who(place), ": convert"), T, value))
end

# An integer as `S`, signed, from what fits `S` or, as its bits, the unsigned `U`.
@inline function integer(::Type{S}, ::Type{U}, value::Integer, place) where {S,U}
    typemin(S) <= value <= typemax(S) && return S(value)
    typemax(S) < value <= typemax(U) && return reinterpret(S, U(value))
    return throw_inexact(S, value, place)
end

@inline to_wasm(::Type{Int32}, value::Int32, place) = value
@inline to_wasm(::Type{Int64}, value::Int64, place) = value
@inline to_wasm(::Type{Int32}, value::UInt32, place) = reinterpret(Int32, value)
@inline to_wasm(::Type{Int64}, value::UInt64, place) = reinterpret(Int64, value)
@inline to_wasm(::Type{Int32}, value::Integer, place) = integer(Int32, UInt32, value, place)
@inline to_wasm(::Type{Int64}, value::Integer, place) = integer(Int64, UInt64, value, place)
@inline to_wasm(::Type{UInt32}, value, place) = to_wasm(Int32, value, place) % UInt32
@inline to_wasm(::Type{UInt64}, value, place) = to_wasm(Int64, value, place) % UInt64
@inline to_wasm(::Type{T}, value::Real, place) where {T<:Union{Float32,Float64}} = T(value)
@inline to_wasm(::Type{NTuple{16,UInt8}}, value::NTuple{16,UInt8}, place) = value

function to_wasm(::Type{NTuple{16,UInt8}}, value::UInt128, place)
    return ntuple(i -> (value >> (8 * (i - 1))) % UInt8, Val(16))
end

# Lanes of one type that have 16 bytes together.
function to_wasm(
    T::Type{NTuple{16,UInt8}}, value::V, place
) where {V<:Tuple{Real,Vararg{Real}}}
    E = typeof(first(value))
    alike = isbitstype(E) && all(lane -> lane isa E, value)
    alike && sizeof(V) == 16 || throw_not_convertible(T, value, place)
    lanes = guest_cell(value)
    return GC.@preserve lanes unsafe_load(Ptr{NTuple{16,UInt8}}(bytes_pointer(lanes)))
end

to_wasm(T::Type, value, place) = throw_not_convertible(T, value, place)

@inline to_slot(value::Int32) = (UInt64(reinterpret(UInt32, value)), UInt64(0))
@inline to_slot(value::Int64) = (reinterpret(UInt64, value), UInt64(0))
@inline to_slot(value::Union{UInt32,UInt64}) = (UInt64(value), UInt64(0))
@inline to_slot(value::Float32) = (UInt64(reinterpret(UInt32, value)), UInt64(0))
@inline to_slot(value::Float64) = (reinterpret(UInt64, value), UInt64(0))

function to_slot(value::NTuple{16,UInt8})
    add(word, i) = word << 8 | UInt64(value[i])
    word(from) = foldl(add, (from + 7):-1:from; init=UInt64(0))
    return (word(1), word(9))
end

@inline from_slot(::Type{Int32}, slot::Slot) = reinterpret(Int32, slot[1] % UInt32)
@inline from_slot(::Type{Int64}, slot::Slot) = reinterpret(Int64, slot[1])
@inline from_slot(::Type{UInt32}, slot::Slot) = slot[1] % UInt32
@inline from_slot(::Type{UInt64}, slot::Slot) = slot[1]
@inline from_slot(::Type{Float32}, slot::Slot) = reinterpret(Float32, slot[1] % UInt32)
@inline from_slot(::Type{Float64}, slot::Slot) = reinterpret(Float64, slot[1])

function from_slot(::Type{NTuple{16,UInt8}}, slot::Slot)
    return ntuple(i -> (slot[(i + 7) ÷ 8] >> (8 * ((i - 1) % 8))) % UInt8, Val(16))
end

# Values that may be references, for the general call. A reference that is made here for an
# argument is to be deleted after the call: its handle goes into `made`.

const WasmVal = API.safewasm_val_t

number_val(kind, slot::Slot) = WasmVal(kind, API.safewasm_slot_t(slot))

# What is wrapped as an external reference: so that numbers and other immutable objects have
# an address.
mutable struct Box
    object::Any
end

# `value` as what `type` says, for the place `place` in `store`. If the library
# is to own the handle (as a host function's result) it is a new one.
function to_val(type::WasmValType, value, place, store, owned=false)
    kind = type.kind
    is_reference(type) || return number_val(kind, slot_of(place, type, value))
    value === nothing && return number_val(kind, EMPTY_SLOT)
    handle = if kind == API.SAFEWASM_VAL_FUNC
        value isa TypedFunc && (value = value.func)
        value isa WasmFunc || throw_not_convertible(type, value, place)
        owned ? clone(value) : own_handle(value)
    elseif value isa WasmRef
        owned ? clone(value) : own_handle(value)
    elseif type.heap == API.SAFEWASM_HEAP_EXTERN
        new_extern(store, value)
    else
        throw_not_convertible(type, value, place)
    end
    return number_val(kind, (UInt64(UInt(handle)), UInt64(0)))
end

# Whether `to_val` made a handle that isn't the value's own.
makes_handle(type::WasmValType, value) = is_reference(type) && value !== nothing &&
    !(value isa Union{WasmFunc,TypedFunc,WasmRef})

function delete_made(val::WasmVal)
    return API.safewasm_ref_delete(Ptr{API.safewasm_ref_t}(UInt(val.of.data[1])))
end

function new_extern(store::WasmStore, object)
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    isopen(store) || check_open(store)
    env = root!(store.roots, Box(object))
    check(API.safewasm_ref_new_extern(store, env, release_later(), handle))
    return handle[]
end

# What a value of wasm's is in Julia. Takes over its handle, unless that is `borrowed`.
function from_val(val::WasmVal, owner, borrowed=false)
    kind, slot = val.kind, val.of.data
    kind == API.SAFEWASM_VAL_I32 && return from_slot(Int32, slot)
    kind == API.SAFEWASM_VAL_I64 && return from_slot(Int64, slot)
    kind == API.SAFEWASM_VAL_F32 && return from_slot(Float32, slot)
    kind == API.SAFEWASM_VAL_F64 && return from_slot(Float64, slot)
    kind == API.SAFEWASM_VAL_V128 && return from_slot(NTuple{16,UInt8}, slot)
    handle = UInt(slot[1])
    handle == 0 && return nothing
    if kind == API.SAFEWASM_VAL_FUNC
        func = Ptr{API.safewasm_func_t}(handle)
        return WasmFunc(borrowed ? cloned(func) : func, "", owner)
    end
    return from_reference(Ptr{API.safewasm_ref_t}(handle), owner, borrowed)
end

function from_reference(handle::Ptr{API.safewasm_ref_t}, owner, borrowed)
    env = Ref{Ptr{Cvoid}}(C_NULL)
    error = API.safewasm_ref_env(handle, env)
    if error == C_NULL && is_ours(env[])
        object = (rooted(env[])::Box).object
        borrowed || API.safewasm_ref_delete(handle)
        return object
    end
    API.safewasm_error_delete(error)
    return WasmRef(borrowed ? cloned(handle) : handle, owner)
end

function cloned(handle::Ptr{API.safewasm_func_t})
    copy = Ref{Ptr{API.safewasm_func_t}}(C_NULL)
    check(API.safewasm_func_clone(handle, copy))
    return copy[]
end

function cloned(handle::Ptr{API.safewasm_ref_t})
    copy = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    check(API.safewasm_ref_clone(handle, copy))
    return copy[]
end

clone(x) = GC.@preserve x cloned(own_handle(x))
