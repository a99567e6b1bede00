"""
    TypedFunc{Tuple{Int32,Int32},Int32}(f)

The function `f`, a [`WasmFunc`](@ref), with fixed types. They are checked here once, so
that a call allocates nothing and has a concrete result type. Parameters and results are
`Int32`, `Int64`, `Float32`, `Float64` and `NTuple{16,UInt8}`, also `UInt32` and `UInt64`
for the same bits. The result is `Nothing` for none, a `Tuple` for several. `f(args...;
timeout=seconds)` limits the time of the call, as for a `WasmFunc`.

# Errors
- `WasmtimeError` if the function has another signature, which the message shows.
- `ArgumentError` for a type that no wasm type corresponds to.

```julia
add = TypedFunc{Tuple{Int32,Int32},Int32}(exports(instance).add)
add(1, 2)    # => 3
```
"""
struct TypedFunc{Args<:Tuple,Result}
    func::WasmFunc

    function TypedFunc{Args,Result}(func::WasmFunc) where {Args<:Tuple,Result}
        isopen(func) || check_open(func)
        wanted = WasmFuncType(Args.parameters, result_types(Result))
        is_numeric(wanted) && wanted == func.type || throw(
            WasmtimeError(
                "$(subject_text(func)) has the signature $(type_text(func.type)), not " *
                "that of $(type_text(TypedFunc{Args,Result}))",
                :type_mismatch,
            ),
        )
        return new{Args,Result}(func)
    end
end

# A typed function is its function, seen with types.
@inline function Base.getproperty(f::TypedFunc, name::Symbol)
    func = getfield(f, :func)
    return name === :func ? func : getproperty(func, name)
end
function Base.propertynames(f::TypedFunc, private::Bool=false)
    return (:func, propertynames(f.func, private)...)
end
Base.setproperty!(f::TypedFunc, name::Symbol, value) = setproperty!(f.func, name, value)
Base.isvalid(f::TypedFunc) = isvalid(f.func)
Base.isopen(f::TypedFunc) = isopen(f.func)
Base.close(f::TypedFunc) = close(f.func)
Base.:(==)(a::TypedFunc, b::TypedFunc) = typeof(a) === typeof(b) && a.func == b.func
Base.hash(f::TypedFunc, h::UInt) = hash(f.func, hash(typeof(f), h))
Base.broadcastable(f::TypedFunc) = Ref(f)
store_of(f::TypedFunc) = store_of(f.func)
extern_kind(f::TypedFunc) = extern_kind(f.func)

# The types of the results of a function that returns a `T`.
result_types(::Type{Nothing}) = []
result_types(::Type{T}) where {T<:Tuple} = collect(T.parameters)
result_types(::Type{NTuple{16,UInt8}}) = [NTuple{16,UInt8}]
result_types(::Type{T}) where {T} = [T]

throw_wrong_number(f::TypedFunc, args) = throw_wrong_number(f.func, args)

@inline function (f::TypedFunc)(args...; timeout=nothing)
    timeout === nothing && return call_typed(f, args...)
    return call_with_timeout(timeout, f, args)
end

@generated function call_typed(f::TypedFunc{Args,Result}, args...) where {Args,Result}
    params, results = collect(Args.parameters), result_types(Result)
    length(args) == length(params) || return :(throw_wrong_number(f, args))
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
        value = :(to_wasm($(params[index]), args[$index], Position(func, $index)))
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
        # On the stack, since its address goes nowhere but to the call.
        buffer = Ref{NTuple{$count,Slot}}(($(slots...),))
        GC.@preserve buffer @guarded func API.safewasm_func_call_slots(
            func,
            Ptr{API.safewasm_slot_t}(Base.unsafe_convert(Ptr{NTuple{$count,Slot}}, buffer)),
            $count,
        )
        outcome = buffer[]
        return $value
    end
end

function Base.show(io::IO, f::TypedFunc{Args,Result}) where {Args,Result}
    isopen(f.func) || return print(io, "TypedFunc (closed)")
    func = f.func
    print(io, "TypedFunc{", Args, ",", Result, "} ")
    return print(io, name_prefix(func.name), func.type)
end
