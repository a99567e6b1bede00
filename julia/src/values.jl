# Converting values between Julia and wasm.

# A slot of the library's, 16 bytes, as two words. A number is in the low end of the first.
const Slot = NTuple{2,UInt64}
const EMPTY_SLOT = (UInt64(0), UInt64(0))

# A value is converted for a target, which errors name: an argument of a function, a result
# of a host function, a global, an element of a table.

# An argument of a function, or a result of a host function, by its number from 1.
struct Position{F}
    func::F
    index::Int
end

# The target, or the function of a position, as the subject of a sentence.
subject_text(x) = isempty(x.name) ? "the " * kind_name(x) : shortened(x.name)
subject_text(x::Position) = "argument $(x.index) of $(subject_text(x.func))"
kind_name(x) = "function"

# `T` is a Julia type or a `WasmValType`.
@noinline function throw_not_convertible(T, @nospecialize(value), @nospecialize(target))
    type = value_type(T)
    message = not_convertible_text(type, given_text(value), target)
    throw(WasmtimeError(message * remedy(type, value), :type_mismatch))
end

function not_convertible_text(type, given, target)
    return "$(subject_text(target)) can't take $given, as $type: its type is " *
           type_text(target.type)
end

const WRITTEN = "; `write` it to wasm's memory and give its address"

# What to pass in place of `value`, as the end of a message.
function remedy(type::WasmValType, @nospecialize(value))
    if type.kind == API.SAFEWASM_VAL_FUNC
        is_function(value) && return "; `WasmFunc(store, f)` makes a host function of it"
    elseif type.kind in (API.SAFEWASM_VAL_I32, API.SAFEWASM_VAL_I64)
        value isa AbstractFloat && return "; round it, as in `round(Int, x)`"
        value isa Char && return "; `Int('c')` is the number of a character"
        value isa AbstractString && return WRITTEN
        value isa Union{Ptr,Ref} && return "; wasm can't reach the memory of this process: " *
               "`write` the value to wasm's memory and give its address there"
    elseif value isa AbstractString && !is_reference(type)
        return "; `parse(Float64, x)` is the number that a text stands for"
    end
    value isa AbstractArray && !is_reference(type) || return ""
    return WRITTEN * ", or call `f.(x)` for each element"
end

function not_convertible_text(type, given, target::Position)
    func = target.func
    return "$(subject_text(func)) can't take $given, as argument $(target.index), " *
           "which is $type: its signature is $(type_text(func.type))"
end

# The error has the target in place of a function's name, and reads
# `InexactError: argument 2 of add: convert(Int32, 4294967296)`.
@noinline function throw_inexact(T, @nospecialize(value), @nospecialize(target))
    throw(InexactError(Symbol(subject_text(target), ": convert"), T, value))
end

# An integer as the signed type `S`. One that fits only the unsigned type `U` keeps its
# bits.
@inline function integer(::Type{S}, ::Type{U}, value::Integer, target) where {S,U}
    typemin(S) <= value <= typemax(S) && return S(value)
    typemax(S) < value <= typemax(U) && return reinterpret(S, U(value))
    return throw_inexact(S, value, target)
end

@inline to_wasm(::Type{Int32}, value::Int32, target) = value
@inline to_wasm(::Type{Int64}, value::Int64, target) = value
@inline to_wasm(::Type{Int32}, value::UInt32, target) = reinterpret(Int32, value)
@inline to_wasm(::Type{Int64}, value::UInt64, target) = reinterpret(Int64, value)
@inline function to_wasm(::Type{Int32}, value::Integer, target)
    return integer(Int32, UInt32, value, target)
end
@inline function to_wasm(::Type{Int64}, value::Integer, target)
    return integer(Int64, UInt64, value, target)
end
@inline to_wasm(::Type{UInt32}, value, target) = to_wasm(Int32, value, target) % UInt32
@inline to_wasm(::Type{UInt64}, value, target) = to_wasm(Int64, value, target) % UInt64
@inline to_wasm(::Type{T}, value::Real, target) where {T<:Union{Float32,Float64}} = T(value)
@inline to_wasm(::Type{NTuple{16,UInt8}}, value::NTuple{16,UInt8}, target) = value

function to_wasm(::Type{NTuple{16,UInt8}}, value::UInt128, target)
    return ntuple(i -> (value >> (8 * (i - 1))) % UInt8, Val(16))
end

# A vector from lanes of one type, which have 16 bytes together.
function to_wasm(
    T::Type{NTuple{16,UInt8}}, value::V, target
) where {V<:Tuple{Real,Vararg{Real}}}
    E = typeof(first(value))
    alike = isbitstype(E) && all(lane -> lane isa E, value)
    alike && sizeof(V) == 16 || throw_not_convertible(T, value, target)
    lanes = guest_ref(value)
    return GC.@preserve lanes unsafe_load(Ptr{NTuple{16,UInt8}}(bytes_pointer(lanes)))
end

to_wasm(T::Type, value, target) = throw_not_convertible(T, value, target)

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

# The Julia types of numbers and vectors.
const Numeric = Union{Int32,Int64,Float32,Float64,NTuple{16,UInt8}}

# A value that may be a reference, as the library's general functions take it.
const WasmVal = API.safewasm_val_t

number_val(kind, slot::Slot) = WasmVal(kind, API.safewasm_slot_t(slot))

# The object of an external reference, in a mutable struct that has an address.
mutable struct Box
    object::Any
end

# Converts `value` to a value of `type` in `store`. With `owned` the library takes over its
# handle, as it does those of a host function's results. Otherwise a handle that is made
# here (see `creates_handle`) must be deleted with `delete_reference` once the value was
# used.
function to_val(type::WasmValType, value, target, store, owned=false)
    kind = type.kind
    is_reference(type) || return number_val(kind, slot_of(target, type, value))
    value === nothing && return number_val(kind, EMPTY_SLOT)
    handle = if kind == API.SAFEWASM_VAL_FUNC
        value isa TypedFunc && (value = value.func)
        value isa WasmFunc || throw_not_convertible(type, value, target)
        owned ? cloned_handle(value) : nonnull_handle(value)
    elseif value isa WasmRef
        owned ? cloned_handle(value) : nonnull_handle(value)
    elseif type.heap == API.SAFEWASM_HEAP_EXTERN
        new_extern(store, value)
    else
        throw_not_convertible(type, value, target)
    end
    return number_val(kind, (UInt64(UInt(handle)), UInt64(0)))
end

# Whether `to_val` makes a handle, because the value has none of its own.
function creates_handle(type::WasmValType, value)
    return is_reference(type) && value !== nothing &&
           !(value isa Union{WasmFunc,TypedFunc,WasmRef})
end

function delete_reference(val::WasmVal)
    return API.safewasm_ref_delete(Ptr{API.safewasm_ref_t}(UInt(val.of.data[1])))
end

function new_extern(store::WasmStore, object)
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    isopen(store) || check_open(store)
    env = root!(store.roots, Box(object))
    check(API.safewasm_ref_new_extern(store, env, release_later(), handle))
    return handle[]
end

# Converts a wasm value to Julia. Takes over its handle, unless the handle is `borrowed`.
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
        return WasmFunc(borrowed ? cloned_handle(func) : func, "", owner)
    end
    return from_reference(Ptr{API.safewasm_ref_t}(handle), owner, borrowed)
end

# The same where the Julia type is known, which the compiler then infers.
@inline function from_val(::Type{T}, val::WasmVal, owner) where {T<:Numeric}
    return from_slot(T, val.of.data)
end
from_val(::Type{T}, val::WasmVal, owner) where {T} = from_val(val, store_of(owner))::T

function from_reference(handle::Ptr{API.safewasm_ref_t}, owner, borrowed)
    env = Ref{Ptr{Cvoid}}(C_NULL)
    error = API.safewasm_ref_env(handle, env)
    if error == C_NULL && is_root(env[])
        object = (object_of(env[])::Box).object
        borrowed || API.safewasm_ref_delete(handle)
        return object
    end
    API.safewasm_error_delete(error)
    return WasmRef(borrowed ? cloned_handle(handle) : handle, owner)
end

function cloned_handle(handle::Ptr{API.safewasm_func_t})
    copy = Ref{Ptr{API.safewasm_func_t}}(C_NULL)
    check(API.safewasm_func_clone(handle, copy))
    return copy[]
end

function cloned_handle(handle::Ptr{API.safewasm_ref_t})
    copy = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    check(API.safewasm_ref_clone(handle, copy))
    return copy[]
end

cloned_handle(x::AnyObject) = GC.@preserve x cloned_handle(nonnull_handle(x))
