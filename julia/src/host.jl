# Host functions: Julia functions that wasm can call.

# A host function of numbers and vectors that is compiled for its Julia function. `Args` are
# the Julia types of the arguments, `Results` those of the results; `TakesCaller` says
# whether the function takes the caller before its arguments. The store is nothing if the
# host function is one of a linker.
mutable struct CompiledHost{F,Args<:Tuple,Results<:Tuple,TakesCaller}
    f::F
    name::String
    type::WasmFuncType
    store::Union{WasmStore,Nothing}
end

# A host function for which nothing is compiled, with the Julia types of its arguments: all
# of them share their code.
mutable struct DynamicHost
    f::Any
    name::String
    type::WasmFuncType
    args::Vector{Any}
    takes_caller::Bool
    store::Union{WasmStore,Nothing}
end

const Host = Union{CompiledHost,DynamicHost}

# The most parameters and results for which a host function is compiled. The time for that
# grows with the square of their number.
const MAX_COMPILED_VALUES = 32

const ErrorPtr = Ptr{API.safewasm_error_t}

# The functions that the library calls, one for each type of host function, by slots or by
# values. The host function itself is passed as `env`.
struct SlotEntry{H} end
struct ValueEntry{H} end

@generated function entry_pointer(::Type{SlotEntry{H}}) where {H}
    types = Core.svec(Ptr{Cvoid}, CallerPtr, Ptr{Slot}, Csize_t)
    f = QuoteNode(SlotEntry{H}())
    return Expr(:cfunction, Ptr{Cvoid}, f, ErrorPtr, types, QuoteNode(:ccall))
end

@generated function entry_pointer(::Type{ValueEntry{H}}) where {H}
    values = Ptr{API.safewasm_val_t}
    types = Core.svec(Ptr{Cvoid}, CallerPtr, values, Csize_t, values, Csize_t)
    f = QuoteNode(ValueEntry{H}())
    return Expr(:cfunction, Ptr{Cvoid}, f, ErrorPtr, types, QuoteNode(:ccall))
end

# Runs Julia's code for a callback of the library with that `env`. Returns the library's
# error, if an exception is thrown. Interrupts are deferred when the library calls, and
# enabled within the `try` only. When an exception is caught, Julia holds them off again by
# itself.
macro host_entry(env, run)
    return quote
        sticky = hold_task($(esc(env)))
        error = ErrorPtr(C_NULL)
        try
            sigatomic_end()
            drop_released()
            $(esc(run))
            sigatomic_begin()
        catch e
            error = host_error(e)
        end
        release_task(sticky)
        error
    end
end

function (::SlotEntry{H})(
    env::Ptr{Cvoid}, caller::CallerPtr, slots::Ptr{Slot}, len::Csize_t
) where {H}
    return @host_entry env run_host(object_of(env)::H, caller, slots)
end

function (::ValueEntry{H})(
    env::Ptr{Cvoid},
    caller::CallerPtr,
    args::Ptr{API.safewasm_val_t},
    args_len::Csize_t,
    results::Ptr{API.safewasm_val_t},
    results_len::Csize_t,
) where {H}
    return @host_entry env run_host(object_of(env)::H, caller, args, results)
end

@generated function run_host(
    host::CompiledHost{F,Args,Results,TakesCaller}, caller::CallerPtr, slots::Ptr{Slot}
) where {F,Args,Results,TakesCaller}
    args = Any[
        :(from_slot($T, unsafe_load(slots, $index))) for
        (index, T) in enumerate(Args.parameters)
    ]
    TakesCaller && pushfirst!(args, :(WasmCaller(caller, host.store)))
    count = length(Results.parameters)
    body = quote
        result = host.f($(args...))
    end
    if count == 1
        T = Results.parameters[1]
        value = :(to_wasm($T, result, Position(host, 1)))
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
            value = :(to_wasm($T, result[$index], Position(host, $index)))
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
    # Splatting a vector takes as long as the rest of the call.
    if !host.takes_caller && count <= 3
        count == 0 && return f()
        first = load_argument(host, slots, 1)
        count == 1 && return f(first)
        second = load_argument(host, slots, 2)
        count == 2 && return f(first, second)
        return f(first, second, load_argument(host, slots, 3))
    end
    args = host.takes_caller ? Any[WasmCaller(caller, host.store)] : Any[]
    for index in 1:count
        push!(args, load_argument(host, slots, index))
    end
    return f(args...)
end

# Not inlined, to save compile time.
@noinline function load_argument(host::DynamicHost, slots::Ptr{Slot}, index)
    value = value_of(host.type.params[index], unsafe_load(slots, index))
    return argument(host.args[index], value)
end

function store_result(host::DynamicHost, slots::Ptr{Slot}, index, @nospecialize(value))
    type, target = host.type.results[index], Position(host, index)
    kind = type.kind
    # The most common types, without a dynamic dispatch.
    if value isa Int32
        kind == API.SAFEWASM_VAL_I32 && return unsafe_store!(slots, to_slot(value), index)
    elseif value isa Int64
        kind == API.SAFEWASM_VAL_I64 && return unsafe_store!(slots, to_slot(value), index)
        kind == API.SAFEWASM_VAL_I32 &&
            return unsafe_store!(slots, to_slot(to_wasm(Int32, value, target)), index)
    elseif value isa Float64
        kind == API.SAFEWASM_VAL_F64 && return unsafe_store!(slots, to_slot(value), index)
    end
    return unsafe_store!(slots, slot_of(target, type, value)::Slot, index)
end

function run_host(
    host::DynamicHost, caller::CallerPtr, args::Ptr{WasmVal}, vals::Ptr{WasmVal}
)
    store = store_of(WasmCaller(caller, host.store))
    given = host.takes_caller ? Any[WasmCaller(caller, store)] : Any[]
    for (index, T) in enumerate(host.args)
        push!(given, argument(T, from_val(unsafe_load(args, index), store, true)))
    end
    result = host.f(given...)
    results = check_results(host, result)
    for index in 1:length(results)
        value = length(results) == 1 ? result : getfield(result, index)
        val = to_val(results[index], value, Position(host, index), store, true)
        unsafe_store!(vals, val, index)
    end
    return nothing
end

# A value as the type that the host function was declared with.
@inline argument(@nospecialize(T), value) = T === UInt32 || T === UInt64 ? value % T : value

# The types of the results, after checking that several come as a tuple.
@inline function check_results(host::DynamicHost, @nospecialize(result))
    types = host.type.results
    length(types) < 2 || result isa Tuple && nfields(result) == length(types) ||
        throw_wrong_results(host, result)
    return types
end

subject_text(host::Host) = "the host function" * name_suffix(host.name)
subject_text(x::Position{<:Host}) = "result $(x.index) of $(subject_text(x.func))"

function not_convertible_text(type, given, target::Position{<:Host})
    host = target.func
    return "$(subject_text(host)) returned $given, as result $(target.index), " *
           "which is $type: its signature is $(type_text(host.type))"
end

@noinline function throw_wrong_results(@nospecialize(host), @nospecialize(result))
    count = length(host.type.results)
    given = result isa Tuple ? "a tuple of $(length(result))" : value_text(result)
    throw(
        WasmtimeError(
            "$(subject_text(host)) returned $given, not a tuple of $count results: its " *
            "signature is $(type_text(host.type))",
            :type_mismatch,
        ),
    )
end

# The library's error that represents an exception while it passes through wasm.
@noinline function host_error(exception)
    # An exception that passes through several calls keeps its first backtrace: making one
    # takes long.
    last = LAST_HOST_EXCEPTION[]
    backtrace = if last isa HostException && last.exception === exception
        last.backtrace
    else
        catch_backtrace()
    end
    error = Ref(ErrorPtr(C_NULL))
    problem = if exception isa WasmException && isvalid(exception.ref)
        API.safewasm_error_new_exception(exception.ref, error)
    else
        message = "a Julia host function threw a $(typeof(exception))"
        env = root!(HOST_ERRORS, HostError(exception, backtrace))
        API.safewasm_error_new(
            message, sizeof(message), env, release_later(), host_error_tag(), error
        )
    end
    # If the error couldn't be made, the one that says so takes its place.
    return problem == C_NULL ? error[] : problem
end

# A host function for `f`, named `name`, in `store` or, if that is nothing, in any. `role`
# is for errors.
function new_host(
    @nospecialize(f), params, results, name, store, role=HostRole(name); compiled::Bool
)
    type = WasmFuncType(params, results)
    args = Any[argument_type(T, param) for (T, param) in zip(params, type.params)]
    with_caller = takes_caller(f, args, type, role)
    if compiled && is_numeric(type) &&
       length(type.params) + length(type.results) <= MAX_COMPILED_VALUES
        Args, Results = Tuple{args...}, Tuple{map(julia_type, type.results)...}
        return CompiledHost{typeof(f),Args,Results,with_caller}(f, name, type, store)
    end
    return DynamicHost(f, name, type, args, with_caller, store)
end

# Calls `make` with what the library needs to create a function: the function type, the
# entry with its `env`, and whether the entry takes slots.
function with_host(make, engine::WasmEngine, roots::Roots, @nospecialize(host::Host))
    numeric = is_numeric(host.type)
    pointer = entry_pointer(numeric ? SlotEntry{typeof(host)} : ValueEntry{typeof(host)})
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

A host function: a function that wasm can call, and that calls the Julia function `f`.

`params` and `results` are types or tuples of types: `Int32`, `Int64`, `Float32`, `Float64`,
`NTuple{16,UInt8}` (`v128`), `WasmFunc` (`funcref`), `Any` (`externref`), also `UInt32` and
`UInt64` for the same bits; `()` or `Nothing` means none. Without a signature, `f` must have
one method with parameters of concrete types, from which the signature is taken. If the
first parameter of `f` is a [`WasmCaller`](@ref), `f` gets the caller before its arguments.
`f` is a function, a type, or any object that can be called.

The host function is compiled for `f` and for the signature, which takes some tenths of a
second; calls are then as fast as possible. With more than $MAX_COMPILED_VALUES parameters
and results together nothing is compiled, as for Julia functions among the imports of a
[`WasmInstance`](@ref), and a call takes up to a few times as long.

Results are converted and checked as arguments are. Several results are returned as a tuple;
with no results, the value that `f` returns is discarded. An exception that `f` throws
arrives at the caller of wasm as the same object. `f` may call wasm, also in the same store,
and may switch tasks. Until it returns, its task stays on its thread, and calls of wasm by
other tasks on that thread wait.

# Errors
- `ArgumentError` if the signature can't be inferred, or has a type that no wasm type
  corresponds to.
- `WasmtimeError` if the store is closed, or if `f` has no method for such arguments.

```julia
add = WasmFunc(store, (Int32, Int32) => Int32) do a, b
    a + b
end
add(1, 2)    # => 3
```
"""
function WasmFunc(f, store::WasmStore, signature::Pair)
    return compiled_func(f, store, type_list(first(signature)), type_list(last(signature)))
end

WasmFunc(store::WasmStore, signature::Pair, f) = WasmFunc(f, store, signature)
WasmFunc(store::WasmStore, f) = compiled_func(f, store, inferred_signature(f)...)
