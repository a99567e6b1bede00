# Host functions: Julia functions that wasm can call.

# A host function of numbers and vectors that is compiled for its Julia function. `Args` are
# the types that this takes, `Results` those that wasm wants; `Called` says whether it takes
# the caller first.
mutable struct CompiledHost{F,Args<:Tuple,Results<:Tuple,Called}
    f::F
    name::String
    type::WasmFuncType
    store::Any
end

# A host function for which nothing is compiled: all of them share their code.
mutable struct DynamicHost
    f::Any
    name::String
    type::WasmFuncType
    args::Vector{Any}
    called::Bool
    store::Any
end

const Host = Union{CompiledHost,DynamicHost}

# Compiling takes time that grows with the square of the number of values.
const MOST_VALUES_TO_COMPILE = 32

const ErrorPtr = Ptr{API.safewasm_error_t}

# One C function for each type of host function; the object comes as `env`.
struct SlotEntry{H} end
struct ValueEntry{H} end

@generated function entry(::Type{SlotEntry{H}}) where {H}
    types = Core.svec(Ptr{Cvoid}, CallerPtr, Ptr{Slot}, Csize_t)
    f = QuoteNode(SlotEntry{H}())
    return Expr(:cfunction, Ptr{Cvoid}, f, ErrorPtr, types, QuoteNode(:ccall))
end

@generated function entry(::Type{ValueEntry{H}}) where {H}
    values = Ptr{API.safewasm_val_t}
    types = Core.svec(Ptr{Cvoid}, CallerPtr, values, Csize_t, values, Csize_t)
    f = QuoteNode(ValueEntry{H}())
    return Expr(:cfunction, Ptr{Cvoid}, f, ErrorPtr, types, QuoteNode(:ccall))
end

# Interrupts wait outside of the `try`, into which they are let. Catching restores that.
function (::SlotEntry{H})(
    env::Ptr{Cvoid}, caller::CallerPtr, slots::Ptr{Slot}, len::Csize_t
) where {H}
    sticky = hold_task(env)
    error = ErrorPtr(C_NULL)
    try
        sigatomic_end()
        drop_released()
        run_host(rooted(env)::H, caller, slots)
        sigatomic_begin()
    catch e
        error = host_error(e)
    end
    release_task(sticky)
    return error
end

function (::ValueEntry{H})(
    env::Ptr{Cvoid},
    caller::CallerPtr,
    args::Ptr{API.safewasm_val_t},
    args_len::Csize_t,
    results::Ptr{API.safewasm_val_t},
    results_len::Csize_t,
) where {H}
    sticky = hold_task(env)
    error = ErrorPtr(C_NULL)
    try
        sigatomic_end()
        drop_released()
        run_host(rooted(env)::H, caller, args, results)
        sigatomic_begin()
    catch e
        error = host_error(e)
    end
    release_task(sticky)
    return error
end

@generated function run_host(
    host::CompiledHost{F,Args,Results,Called}, caller::CallerPtr, slots::Ptr{Slot}
) where {F,Args,Results,Called}
    args = Any[
        :(from_slot($T, unsafe_load(slots, $index))) for
        (index, T) in enumerate(Args.parameters)
    ]
    Called && pushfirst!(args, :(WasmCaller(caller, host.store)))
    count = length(Results.parameters)
    body = quote
        result = host.f($(args...))
    end
    if count == 1
        T = Results.parameters[1]
        value = :(to_wasm($T, result, Numbered(host, 1)))
        push!(body.args, :(unsafe_store!(slots, to_slot($value), 1)))
    elseif count > 1
        push!(
            body.args,
            quote
                result isa Tuple && length(result) == $count ||
                    throw_wrong_results(host, result)
            end,
        )
        values = [Symbol(:value, index) for index in 1:count]
        for (index, T) in enumerate(Results.parameters)
            value = :(to_wasm($T, result[$index], Numbered(host, $index)))
            push!(body.args, :($(values[index]) = to_slot($value)))
        end
        for index in 1:count
            push!(body.args, :(unsafe_store!(slots, $(values[index]), $index)))
        end
    end
    push!(body.args, :(return nothing))
    return body
end

function run_host(host::DynamicHost, caller::CallerPtr, slots::Ptr{Slot})
    result = call_host(host, caller, slots)
    results = check_results(host, result)
    if length(results) == 1
        store_result(host, slots, 1, result)
    else
        for index in 1:length(results)
            store_result(host, slots, index, getfield(result, index))
        end
    end
    return nothing
end

function call_host(host::DynamicHost, caller::CallerPtr, slots::Ptr{Slot})
    f, count = host.f, length(host.args)
    # To splat a vector takes as long as all the rest.
    if !host.called && count <= 3
        count == 0 && return f()
        first = load_argument(host, slots, 1)
        count == 1 && return f(first)
        second = load_argument(host, slots, 2)
        count == 2 && return f(first, second)
        return f(first, second, load_argument(host, slots, 3))
    end
    args = host.called ? Any[WasmCaller(caller, host.store)] : Any[]
    for index in 1:count
        push!(args, load_argument(host, slots, index))
    end
    return f(args...)
end

# Not inlined, as that takes long to compile.
@noinline function load_argument(host::DynamicHost, slots::Ptr{Slot}, index)
    value = value_of(host.type.params[index], unsafe_load(slots, index))
    return argument(host.args[index], value)
end

function store_result(host::DynamicHost, slots::Ptr{Slot}, index, @nospecialize(value))
    type, place = host.type.results[index], Numbered(host, index)
    kind = type.kind
    # The usual ones, for which no method has to be looked up.
    if value isa Int32
        kind == API.SAFEWASM_VAL_I32 && return unsafe_store!(slots, to_slot(value), index)
    elseif value isa Int64
        kind == API.SAFEWASM_VAL_I64 && return unsafe_store!(slots, to_slot(value), index)
        kind == API.SAFEWASM_VAL_I32 &&
            return unsafe_store!(slots, to_slot(to_wasm(Int32, value, place)), index)
    elseif value isa Float64
        kind == API.SAFEWASM_VAL_F64 && return unsafe_store!(slots, to_slot(value), index)
    end
    return unsafe_store!(slots, slot_of(place, type, value)::Slot, index)
end

function run_host(
    host::DynamicHost, caller::CallerPtr, args::Ptr{WasmVal}, vals::Ptr{WasmVal}
)
    store = store_of(WasmCaller(caller, host.store))
    given = host.called ? Any[WasmCaller(caller, store)] : Any[]
    for (index, T) in enumerate(host.args)
        push!(given, argument(T, from_val(unsafe_load(args, index), store, true)))
    end
    result = host.f(given...)
    results = check_results(host, result)
    for index in 1:length(results)
        value = length(results) == 1 ? result : getfield(result, index)
        val = to_val(results[index], value, Numbered(host, index), store, true)
        unsafe_store!(vals, val, index)
    end
    return nothing
end

# A value as the type that the host function was declared with.
@inline argument(@nospecialize(T), value) = T === UInt32 || T === UInt64 ? value % T : value

# The types of the results, of which several have to come as a tuple.
@inline function check_results(host::DynamicHost, @nospecialize(result))
    types = host.type.results
    length(types) < 2 || result isa Tuple && nfields(result) == length(types) ||
        throw_wrong_results(host, result)
    return types
end

spaced(name) = isempty(name) ? "" : " " * cut(name)

who(host::Host) = "the host function" * spaced(host.name)
who(x::Numbered{<:Host}) = "result $(x.index) of $(who(x.func))"

function not_convertible(type, given, place::Numbered{<:Host})
    host = place.func
    return "$(who(host)) gave $given, as result $(place.index), which is $type: " *
           "its signature is $(shown_type(host.type))"
end

@noinline function throw_wrong_results(@nospecialize(host), @nospecialize(result))
    count = length(host.type.results)
    what = result isa Tuple ? "a tuple of $(length(result))" : shown(result)
    throw(
        WasmtimeError(
            "$(who(host)) gave $what, not a tuple of $count results: its signature is " *
            "$(shown_type(host.type))",
            :type_mismatch,
        ),
    )
end

# The error that stands for an exception on its way through wasm.
@noinline function host_error(exception)
    # One that only passes through keeps where it was thrown; to find that takes long.
    passing = PASSING[]
    backtrace = if passing isa HostException && passing.exception === exception
        passing.backtrace
    else
        catch_backtrace()
    end
    error = Ref(ErrorPtr(C_NULL))
    problem = if exception isa WasmException && isvalid(exception.ref)
        API.safewasm_error_new_exception(exception.ref, error)
    else
        message = "a Julia host function threw a $(typeof(exception))"
        env = root!(HOST_ERRORS, HostError(exception, backtrace))
        API.safewasm_error_new(message, sizeof(message), env, release_later(), error)
    end
    # An error about the error is one as well.
    return problem == C_NULL ? error[] : problem
end

# A host function for `f`, named `name`; `store` is its store, or `nothing`. Errors say with
# `wanted` what it is for.
function new_host(
    @nospecialize(f), params, results, name, store, wanted=Wanted(name); compiled::Bool
)
    type = WasmFuncType(params, results)
    args = Any[argument_type(T, known) for (T, known) in zip(params, type.params)]
    called = takes_caller(f, args, type, wanted)
    if compiled && is_numeric(type) &&
       length(type.params) + length(type.results) <= MOST_VALUES_TO_COMPILE
        given = Tuple{map(julia_type, type.results)...}
        return CompiledHost{typeof(f),Tuple{args...},given,called}(f, name, type, store)
    end
    return DynamicHost(f, name, type, args, called, store)
end

# Calls `make` with what it takes to create a function of the library's: the function type,
# the entry, the `env`, and whether the entry is one of slots.
function with_host(make, engine::WasmEngine, roots::Roots, @nospecialize(host::Host))
    numeric = is_numeric(host.type)
    pointer = entry(numeric ? SlotEntry{typeof(host)} : ValueEntry{typeof(host)})
    functype = new_functype(engine, host.type)
    try
        make(functype, pointer, root!(roots, host), numeric)
    finally
        API.safewasm_functype_delete(functype)
    end
    return nothing
end

function new_functype(engine, type::WasmFuncType)
    handle = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
    list(types) = API.safewasm_valtype_t[valtype(t) for t in types]
    params, results = list(type.params), list(type.results)
    GC.@preserve params results check(
        API.safewasm_functype_new(
            engine,
            pointer(params),
            length(params),
            pointer(results),
            length(results),
            handle,
        ),
    )
    return handle[]
end

function WasmFunc(store::WasmStore, @nospecialize(host::Host))
    handle = Ref{Ptr{API.safewasm_func_t}}(C_NULL)
    isopen(store) || check_open(store)
    with_host(store.engine, store.roots, host) do type, entry, env, numeric
        new = numeric ? API.safewasm_func_new_slots : API.safewasm_func_new
        check(new(store, type, entry, env, release_later(), handle))
    end
    return WasmFunc(handle[], host.name, store)
end

function compiled_func(f, store::WasmStore, params, results)
    name = callable_name(f)
    return WasmFunc(store, new_host(f, params, results, name, store; compiled=true))
end

"""
    WasmFunc(f, store, params => results)
    WasmFunc(store, f)

A host function: wasm that gets it as an import can call the Julia function `f`.

`params` and `results` are types or tuples of types: `Int32`, `Int64`, `Float32`, `Float64`,
`NTuple{16,UInt8}` (`v128`), `WasmFunc` (`funcref`), `Any` (`externref`), also `UInt32` and
`UInt64` for the same bits; `()` or `Nothing` means none. Without them they are those of `f`'s only
method, whose parameters have concrete types. If `f` takes a [`WasmCaller`](@ref) before its
arguments it gets that. `f` is a function, a type, or any object that can be called.

The host function is compiled for `f` and for the signature, which takes some tenths of a
second; calls then cost least. With more than $MOST_VALUES_TO_COMPILE parameters and results
together it is called dynamically, as Julia functions among the imports of a
[`WasmInstance`](@ref) are: nothing is compiled, and a call takes up to a few times as long.

Results are converted and checked as arguments are. With several results `f` returns a
tuple; with none what it returns is discarded. What `f` throws arrives at the caller of wasm
as the same object. `f` may call wasm, also in the same store, and may switch tasks; until
it returns, its task stays on its thread, and other tasks there wait to call wasm.

# Errors
- `ArgumentError` if the types can't be told.
- `WasmtimeError` if the store is closed, or if `f` has no method for such arguments.

```julia
add = WasmFunc(store, (Int32, Int32) => Int32) do a, b
    a + b
end
```
"""
function WasmFunc(f, store::WasmStore, signature::Pair)
    return compiled_func(f, store, type_list(first(signature)), type_list(last(signature)))
end

WasmFunc(store::WasmStore, signature::Pair, f) = WasmFunc(f, store, signature)
WasmFunc(store::WasmStore, f) = compiled_func(f, store, inferred_signature(f)...)
