"""
    WasmFunc

A function of wasm's, from [`exports`](@ref) of an instance or a table, or a host function.
Call it like any function: integers and floats become what the function takes if they fit,
any object goes as `externref`, a `WasmFunc` as `funcref`, `nothing` is null; and the result
is `nothing`, a value, or a tuple of several. `f.type` is its [`WasmFuncType`](@ref). With
`f(args...; timeout=seconds)` the call ends in time; see [`with_timeout`](@ref). See
[`TypedFunc`](@ref) for calls without overhead.

`f.(xs, ys)` with a function of numbers is one call of the library for thousands of elements,
several times faster than call by call. Some thousand arguments are converted, and inner
functions of `f.(g.(xs))` applied to them, before the first of these calls is made. If wasm traps
the message says in which call, counted from 1; the results of those before it are in the array,
if that was there.

# Errors
- `WasmtimeError` for arguments of the wrong number or type, quoting the signature.
- `InexactError` for a number that doesn't fit, naming the function and the argument.
- `WasmTrap` if wasm traps; the store can be used on.

```julia
add = exports(instance).add
add(1, 2)    # 3
```
"""
mutable struct WasmFunc
    ptr::Ptr{API.safewasm_func_t}
    name::String
    type::WasmFuncType
    has_references::Bool
    owner::Any

    function WasmFunc(ptr::Ptr{API.safewasm_func_t}, name::AbstractString, owner)
        functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
        check(API.safewasm_func_type(ptr, functype))
        type = take_functype(functype[])
        references = any(is_reference, type.params) || any(is_reference, type.results)
        return finalizer(close, new(ptr, name, type, !is_numeric(type), owner))
    end
end

# Two handles may mean the same function.
function Base.:(==)(a::WasmFunc, b::WasmFunc)
    a === b && return true
    same = Ref{UInt32}(0)
    error = API.safewasm_func_same(a, b, same)
    API.safewasm_error_delete(error)
    return same[] == 1
end
Base.hash(f::WasmFunc, h::UInt) = hash(f.type, hash(:WasmFunc, h))

function check_open(f::WasmFunc)
    functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
    check(API.safewasm_func_type(f, functype))
    return API.safewasm_functype_delete(functype[])
end

@noinline function throw_wrong_number(f::WasmFunc, given)
    wanted = length(f.type.params)
    throw(
        WasmtimeError(
            "$(who(f)) takes $wanted argument$(wanted == 1 ? "" : "s"), not $given: " *
            "its signature is $(shown_type(f.type))",
            :type_mismatch,
        ),
    )
end

# Compiled for each number of arguments, which a function of `args...` isn't.
function (f::WasmFunc)(args::Vararg{Any,N}; timeout=nothing) where {N}
    timeout === nothing || return call_within(timeout, f, args)
    params, results = f.type.params, f.type.results
    N == length(params) || throw_wrong_number(f, N)
    f.has_references && return call_with_references(f, args)
    if N <= 8 && length(results) <= max(N, 1)
        slots = few_slots(f, params, args)
        # Lives on the stack, as nothing but the call sees where it is.
        cell = Ref(slots)
        GC.@preserve cell @guarded f API.safewasm_func_call_slots(
            f,
            Ptr{API.safewasm_slot_t}(Base.unsafe_convert(Ptr{typeof(slots)}, cell)),
            max(N, length(results)),
        )
        return values_of(results, cell[])
    end
    slots = fill(EMPTY_SLOT, max(N, length(results)))
    for index in 1:N
        slots[index] = slot_of(Numbered(f, index), params[index], args[index])
    end
    GC.@preserve slots @guarded f API.safewasm_func_call_slots(
        f, Ptr{API.safewasm_slot_t}(pointer(slots)), length(slots)
    )
    return values_of(results, slots)
end

# Room for one result at least. Unrolled by the compiler, so that each argument has its type.
@inline few_slots(f, params, args::Tuple{}) = (EMPTY_SLOT,)
@inline function few_slots(f, params, args::Tuple{Vararg{Any,N}}) where {N}
    return ntuple(Val(N)) do index
        slot_of(Numbered(f, index), params[index], args[index])
    end
end

function values_of(results, slots)
    isempty(results) && return nothing
    length(results) == 1 && return value_of(results[1], slots[1])
    return ntuple(index -> value_of(results[index], slots[index]), length(results))
end

call_within(::Nothing, f, args) = f(args...)
function call_within(seconds, f, args)
    return within(() -> f(args...), f, seconds, API.SAFEWASM_TIMEOUT_ONE_TASK)
end

function call_with_references(f::WasmFunc, args)
    params, types = f.type.params, f.type.results
    isopen(f) || check_open(f)
    store = store_of(f)
    vals = WasmVal[]
    results = fill(number_val(0, EMPTY_SLOT), length(types))
    try
        for (index, arg) in enumerate(args)
            push!(vals, to_val(params[index], arg, Numbered(f, index), store))
        end
        GC.@preserve vals results args @guarded f API.safewasm_func_call(
            f, pointer(vals), length(vals), pointer(results), length(results)
        )
    finally
        for (index, val) in enumerate(vals)
            makes_handle(params[index], args[index]) && delete_made(val)
        end
    end
    isempty(types) && return nothing
    length(types) == 1 && return from_val(results[1], store)
    return ntuple(index -> from_val(results[index], store), length(types))
end

# A value of a type of numbers or vectors, for `place`.
function slot_of(place, type::WasmValType, arg)
    kind = type.kind
    kind == API.SAFEWASM_VAL_I32 && return to_slot(to_wasm(Int32, arg, place))
    kind == API.SAFEWASM_VAL_I64 && return to_slot(to_wasm(Int64, arg, place))
    kind == API.SAFEWASM_VAL_F32 && return to_slot(to_wasm(Float32, arg, place))
    kind == API.SAFEWASM_VAL_F64 && return to_slot(to_wasm(Float64, arg, place))
    return to_slot(to_wasm(NTuple{16,UInt8}, arg, place))
end

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
    return print(io, "WasmFunc ", named(f.name), f.type)
end
