"""
    TypedFunc{Tuple{Int32,Int32},Int32}(f)

The function `f` with its types fixed: checked here once, so that a call allocates nothing
and has a concrete result type. Parameters and results are `Int32`, `Int64`, `Float32`,
`Float64` and `NTuple{16,UInt8}`, also `UInt32` and `UInt64` for the same bits; the result is
`Nothing` for none, a `Tuple` for several. With `f(args...; timeout=seconds)` the call ends in
time, as that of a [`WasmFunc`](@ref) does.

# Errors
- `WasmtimeError` if the function has another signature, which the message quotes.
- `ArgumentError` for a type that stands for none of wasm's.

```julia
add = TypedFunc{Tuple{Int32,Int32},Int32}(exports(instance).add)
add(1, 2)    # 3
```
"""
struct TypedFunc{Args<:Tuple,Result}
    func::WasmFunc

    function TypedFunc{Args,Result}(func::WasmFunc) where {Args<:Tuple,Result}
        isopen(func) || check_open(func)
        wanted = WasmFuncType(Args.parameters, result_types(Result))
        is_numeric(wanted) && wanted == func.type || throw(
            WasmtimeError(
                "$(who(func)) has the signature $(shown_type(func.type)), not that of " *
                shown_type(TypedFunc{Args,Result}),
                :type_mismatch,
            ),
        )
        return new{Args,Result}(func)
    end
end

result_types(::Type{Nothing}) = []
result_types(::Type{T}) where {T<:Tuple} = collect(T.parameters)
result_types(::Type{NTuple{16,UInt8}}) = [NTuple{16,UInt8}]
result_types(::Type{T}) where {T} = [T]

store_of(f::TypedFunc) = store_of(f.func)

@noinline throw_wrong_number(f::TypedFunc, given) = throw_wrong_number(f.func, given)

@inline function (f::TypedFunc)(args...; timeout=nothing)
    timeout === nothing && return call_typed(f, args...)
    return call_within(timeout, f, args)
end

@generated function call_typed(f::TypedFunc{Args,Result}, args...) where {Args,Result}
    params, results = collect(Args.parameters), result_types(Result)
    length(args) == length(params) || return :(throw_wrong_number(f, $(length(args))))
    count = max(length(params), length(results))
    if count == 0
        return quote
            func = f.func
            @guarded func API.safewasm_func_call_slots(
                func, Ptr{API.safewasm_slot_t}(C_NULL), 0
            )
            return nothing
        end
    end
    slots = Any[:(EMPTY_SLOT) for _ in 1:count]
    for index in eachindex(params)
        value = :(to_wasm($(params[index]), args[$index], Numbered(func, $index)))
        slots[index] = :(to_slot($value))
    end
    values = map(eachindex(results)) do index
        :(from_slot($(results[index]), outcome[$index]))
    end
    value = if isempty(results)
        nothing
    elseif length(results) == 1 && !(Result <: Tuple{Any})
        values[1]
    else
        Expr(:tuple, values...)
    end
    return quote
        func = f.func
        # Lives on the stack, as nothing but the call sees where it is.
        cell = Ref{NTuple{$count,Slot}}(($(slots...),))
        GC.@preserve cell @guarded func API.safewasm_func_call_slots(
            func,
            Ptr{API.safewasm_slot_t}(Base.unsafe_convert(Ptr{NTuple{$count,Slot}}, cell)),
            $count,
        )
        outcome = cell[]
        return $value
    end
end

function Base.show(io::IO, f::TypedFunc{Args,Result}) where {Args,Result}
    isopen(f.func) || return print(io, "TypedFunc (closed)")
    return print(io, "TypedFunc{", Args, ",", Result, "} ", named(f.func.name), f.func.type)
end
