"""
    WasmFunc

A function of wasm, from [`exports`](@ref) of an instance or from a table, or a host
function. It is called like any function. Integers and floats become the types that it takes
if they fit; any object is an `externref`, a `WasmFunc` a `funcref`, and `nothing` is null.
The result is `nothing`, a value, or a tuple of several. `f.type` is its
[`WasmFuncType`](@ref), `f.name` the name of the export. `f(args...; timeout=seconds)`
limits the time of the call; see [`with_timeout`](@ref). See [`TypedFunc`](@ref) for calls
without overhead.

`f.(xs, ys)` with a function of numbers makes one call of the library for thousands of
elements, several times faster than a call for each. For each such batch of elements, the
arguments are converted, and inner functions of `f.(g.(xs))` are applied, before the batch's
first call. If wasm traps, the message has the number of the call, counted from 1; if the
array of results was given, it has the results of the calls before that one.

# Errors
- `WasmtimeError` for arguments of the wrong number or type; the message shows the
  signature.
- `InexactError` for a number that doesn't fit; it names the function and the argument.
- `WasmTrap` if wasm traps; the store can be used again.

```julia
add = exports(instance).add
add(1, 2)            # => 3
add.([1, 2], 10)     # => Int32[11, 12]
```
"""
mutable struct WasmFunc <: WasmObject
    ptr::Ptr{API.safewasm_func_t}
    name::String
    type::WasmFuncType
    has_references::Bool
    owner::Owner

    function WasmFunc(ptr::Ptr{API.safewasm_func_t}, name::AbstractString, owner)
        functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
        check(API.safewasm_func_type(ptr, functype))
        type = take_functype(functype[])
        return finalizer(close, new(ptr, name, type, !is_numeric(type), owner))
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_func_t}}, x::WasmFunc) = getfield(x, :ptr)
Base.isvalid(f::WasmFunc) = API.safewasm_func_is_valid(f)
delete_handle(f::WasmFunc) = API.safewasm_func_delete(f)

properties(::WasmFunc) = (:name, :type)
store_of(f::WasmFunc) = store_of(f.owner)
extern_kind(::WasmFunc) = API.SAFEWASM_EXTERN_FUNC

# Two handles may stand for the same function.
function Base.:(==)(a::WasmFunc, b::WasmFunc)
    a === b && return true
    same = Ref{UInt32}(0)
    error = API.safewasm_func_same(a, b, same)
    API.safewasm_error_delete(error)
    return same[] == 1
end
Base.hash(f::WasmFunc, h::UInt) = hash(f.type, hash(:WasmFunc, h))

# Throws if the function is closed.
function check_open(f::WasmFunc)
    functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
    check(API.safewasm_func_type(f, functype))
    return API.safewasm_functype_delete(functype[])
end

@noinline function throw_wrong_number(f::WasmFunc, @nospecialize(args))
    wanted, given = length(f.type.params), length(args)
    is_list = given == 1 && args[1] isa Union{Tuple,AbstractVector}
    hint = is_list ? "; `f(x...)` passes the elements of `x` as arguments" : ""
    throw(
        WasmtimeError(
            "$(subject_text(f)) takes $(count_text(wanted, "argument")), not $given: its " *
            "signature is $(type_text(f.type))$hint",
            :type_mismatch,
        ),
    )
end

# Compiled for each number of arguments; a method with `args...` alone would not be.
function (f::WasmFunc)(args::Vararg{Any,N}; timeout=nothing) where {N}
    timeout === nothing || return call_with_timeout(timeout, f, args)
    params, results = f.type.params, f.type.results
    N == length(params) || throw_wrong_number(f, args)
    f.has_references && return call_with_references(f, args)
    if N <= 8 && length(results) <= max(N, 1)
        slots = argument_slots(f, params, args)
        # On the stack, since its address goes nowhere but to the call.
        buffer = Ref(slots)
        GC.@preserve buffer @guarded f API.safewasm_func_call_slots(
            f,
            Ptr{API.safewasm_slot_t}(Base.unsafe_convert(Ptr{typeof(slots)}, buffer)),
            max(N, length(results)),
        )
        return results_of(results, buffer[])
    end
    slots = fill(EMPTY_SLOT, max(N, length(results)))
    for index in 1:N
        slots[index] = slot_of(Position(f, index), params[index], args[index])
    end
    GC.@preserve slots @guarded f API.safewasm_func_call_slots(
        f, Ptr{API.safewasm_slot_t}(pointer(slots)), length(slots)
    )
    return results_of(results, slots)
end

# The slots of a call's arguments, one at least, for a result. The compiler unrolls this, so
# that the type of each argument is known.
@inline argument_slots(f, params, args::Tuple{}) = (EMPTY_SLOT,)
@inline function argument_slots(f, params, args::Tuple{Vararg{Any,N}}) where {N}
    return ntuple(Val(N)) do index
        slot_of(Position(f, index), params[index], args[index])
    end
end

function results_of(results, slots)
    isempty(results) && return nothing
    length(results) == 1 && return value_of(results[1], slots[1])
    return ntuple(index -> value_of(results[index], slots[index]), length(results))
end

call_with_timeout(::Nothing, f, args) = f(args...)
function call_with_timeout(seconds, f, args)
    return limit_time(() -> f(args...), f, seconds, API.SAFEWASM_TIMEOUT_ONE_TASK)
end

function call_with_references(f::WasmFunc, args)
    params, types = f.type.params, f.type.results
    isopen(f) || check_open(f)
    store = store_of(f)
    vals = WasmVal[]
    results = fill(number_val(0, EMPTY_SLOT), length(types))
    try
        for (index, arg) in enumerate(args)
            push!(vals, to_val(params[index], arg, Position(f, index), store))
        end
        GC.@preserve vals results args @guarded f API.safewasm_func_call(
            f, pointer(vals), length(vals), pointer(results), length(results)
        )
    finally
        for (index, val) in enumerate(vals)
            creates_handle(params[index], args[index]) && delete_reference(val)
        end
    end
    isempty(types) && return nothing
    length(types) == 1 && return from_val(results[1], store)
    return ntuple(index -> from_val(results[index], store), length(types))
end

# The slot of a number or vector that is converted to `type`.
function slot_of(target, type::WasmValType, arg)
    kind = type.kind
    kind == API.SAFEWASM_VAL_I32 && return to_slot(to_wasm(Int32, arg, target))
    kind == API.SAFEWASM_VAL_I64 && return to_slot(to_wasm(Int64, arg, target))
    kind == API.SAFEWASM_VAL_F32 && return to_slot(to_wasm(Float32, arg, target))
    kind == API.SAFEWASM_VAL_F64 && return to_slot(to_wasm(Float64, arg, target))
    return to_slot(to_wasm(NTuple{16,UInt8}, arg, target))
end

# The number or vector of `type` in a slot.
function value_of(type::WasmValType, slot::Slot)
    kind = type.kind
    kind == API.SAFEWASM_VAL_I32 && return from_slot(Int32, slot)
    kind == API.SAFEWASM_VAL_I64 && return from_slot(Int64, slot)
    kind == API.SAFEWASM_VAL_F32 && return from_slot(Float32, slot)
    kind == API.SAFEWASM_VAL_F64 && return from_slot(Float64, slot)
    return from_slot(NTuple{16,UInt8}, slot)
end

function Base.show(io::IO, f::WasmFunc)
    isopen(f) || return print(io, "WasmFunc (closed)")
    return print(io, "WasmFunc ", name_prefix(f.name), f.type)
end
