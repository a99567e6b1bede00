"""
    WasmFunc

A function of wasm's, from [`exports`](@ref) of an instance. Call it like any function:
integers and floats become what the function takes if they fit, and the result is `nothing`,
a value, or a tuple of several. `f.type` is its [`WasmFuncType`](@ref). See
[`TypedFunc`](@ref) for calls without overhead.

# Errors
- `WasmtimeError` for arguments of the wrong number or type, quoting the signature.
- `InexactError` for a number that doesn't fit.
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
    owner::Any

    function WasmFunc(ptr::Ptr{API.safewasm_func_t}, name, owner)
        functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
        check(API.safewasm_func_type(ptr, functype))
        return finalizer(close, new(ptr, name, take_functype(functype[]), owner))
    end
end

function check_open(f::WasmFunc)
    functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
    check(API.safewasm_func_type(f, functype))
    return API.safewasm_functype_delete(functype[])
end

@noinline function throw_wrong_number(f::WasmFunc, given)
    wanted = length(f.type.params)
    throw(
        WasmtimeError(
            "$(f.name) takes $wanted argument$(wanted == 1 ? "" : "s"), not $given: " *
            "its signature is $(f.type)",
            :type_mismatch,
        ),
    )
end

function (f::WasmFunc)(args...)
    params, results = f.type.params, f.type.results
    length(args) == length(params) || throw_wrong_number(f, length(args))
    slots = fill(EMPTY_SLOT, max(length(params), length(results)))
    put_arguments!(slots, f, params, args)
    GC.@preserve slots check(
        API.safewasm_func_call_slots(
            f, Ptr{API.safewasm_slot_t}(pointer(slots)), length(slots)
        ),
    )
    isempty(results) && return nothing
    length(results) == 1 && return value_of(results[1], slots[1])
    return ntuple(index -> value_of(results[index], slots[index]), length(results))
end

# Unrolled by the compiler for the usual number of arguments, so that each has its type.
@inline function put_arguments!(slots, f, params, args::Tuple{Vararg{Any,N}}) where {N}
    N > 8 && return put_arguments_in_turn!(slots, f, params, args)
    ntuple(Val(N)) do index
        slots[index] = slot_of(f, params[index], args[index])
        nothing
    end
    return nothing
end

function put_arguments_in_turn!(slots, f, params, args)
    for index in eachindex(params)
        slots[index] = slot_of(f, params[index], args[index])
    end
    return nothing
end

# A reference is left to the library, which refuses the call.
function slot_of(f::WasmFunc, type::WasmValType, arg)
    kind = type.kind
    kind == API.SAFEWASM_VAL_I32 && return to_slot(to_wasm(Int32, arg, f))
    kind == API.SAFEWASM_VAL_I64 && return to_slot(to_wasm(Int64, arg, f))
    kind == API.SAFEWASM_VAL_F32 && return to_slot(to_wasm(Float32, arg, f))
    kind == API.SAFEWASM_VAL_F64 && return to_slot(to_wasm(Float64, arg, f))
    kind == API.SAFEWASM_VAL_V128 && return to_slot(to_wasm(NTuple{16,UInt8}, arg, f))
    return EMPTY_SLOT
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
    return print(io, "WasmFunc ", f.name, ": ", f.type)
end
