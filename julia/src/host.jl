# Host functions: Julia functions that wasm can call.

# A host function of numbers and vectors. `Args` are the types that the Julia function
# takes, `Results` those that wasm wants; `Called` says whether it takes the caller first.
mutable struct Host{F,Args<:Tuple,Results<:Tuple,Called}
    f::F
    name::String
    type::WasmFuncType
    store::Any
end

# A host function that takes or gives references.
mutable struct ReferenceHost{F}
    f::F
    name::String
    type::WasmFuncType
    called::Bool
    store::Any
end

const CallerPtr = Ptr{API.safewasm_caller_t}
const ErrorPtr = Ptr{API.safewasm_error_t}

"""
    WasmCaller

What a host function was called by, as its first argument if it takes one of this type:
`caller.memory` or `caller["memory"]` is an export of the instance that called. Valid until
the host function returns.

# Errors
- `WasmtimeError` with code `:not_found` if there is no such export, `:invalid_handle` once
  the host function has returned.

```julia
log = WasmFunc(store, (Int32, Int32) => ()) do caller::WasmCaller, address, len
    println(read_string(caller.memory, address, len))
end
```
"""
struct WasmCaller
    ptr::CallerPtr
    store::Any
end

Base.isvalid(caller::WasmCaller) = API.safewasm_caller_is_valid(getfield(caller, :ptr))
Base.isopen(caller::WasmCaller) = isvalid(caller)
Base.getproperty(caller::WasmCaller, name::Symbol) = caller[name]

function Base.show(io::IO, caller::WasmCaller)
    return print(io, "WasmCaller", isvalid(caller) ? "" : " (closed)")
end

function Base.getindex(caller::WasmCaller, name::Union{AbstractString,Symbol})
    text, extern = String(name), Ref{API.safewasm_extern_t}()
    GC.@preserve text check(
        API.safewasm_caller_export(
            getfield(caller, :ptr), Ptr{Cchar}(pointer(text)), sizeof(text), extern
        ),
    )
    return from_extern(extern[], text, store_of(caller))
end

function store_of(caller::WasmCaller)
    store = getfield(caller, :store)
    store === nothing || return store
    handle = Ref{Ptr{API.safewasm_store_t}}(C_NULL)
    check(API.safewasm_caller_store(getfield(caller, :ptr), handle))
    return known_store(handle[])
end

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
    host::Host{F,Args,Results,Called}, caller::CallerPtr, slots::Ptr{Slot}
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
        push!(body.args, :(unsafe_store!(slots, to_slot(to_wasm($T, result, host)), 1)))
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
            push!(
                body.args, :($(values[index]) = to_slot(to_wasm($T, result[$index], host)))
            )
        end
        for index in 1:count
            push!(body.args, :(unsafe_store!(slots, $(values[index]), $index)))
        end
    end
    push!(body.args, :(return nothing))
    return body
end

function run_host(host::ReferenceHost, caller, args, results)
    store = host.store
    if store === nothing
        store = store_of(WasmCaller(caller, nothing))
    end
    given = Any[
        from_val(unsafe_load(args, index), store, true) for
        index in eachindex(host.type.params)
    ]
    host.called && pushfirst!(given, WasmCaller(caller, store))
    result = host.f(given...)
    types = host.type.results
    isempty(types) && return nothing
    outcome = length(types) == 1 ? (result,) : result
    outcome isa Tuple && length(outcome) == length(types) ||
        throw_wrong_results(host, result)
    for (index, type) in enumerate(types)
        unsafe_store!(results, to_val(type, outcome[index], host, store, true), index)
    end
    return nothing
end

spaced(name) = isempty(name) ? "" : " " * name

@noinline function throw_wrong_results(host, result)
    count = length(host.type.results)
    what = result isa Tuple ? "a tuple of $(length(result))" : repr(result)
    throw(
        WasmtimeError(
            "the host function$(spaced(host.name)) gave $what, not a tuple of $count results: " *
            "its signature is $(host.type)",
            :type_mismatch,
        ),
    )
end

@noinline function throw_not_convertible(T, value, host::Union{Host,ReferenceHost})
    throw(
        WasmtimeError(
            "the host function$(spaced(host.name)) gave $(repr(value)), of type " *
            "$(typeof(value)), which is no $(WasmValType(T)): its signature is $(host.type)",
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

# A signature names one type, or several.
type_list(types::Union{Tuple,AbstractVector}) = Any[types...]
type_list(::Union{Nothing,Type{Nothing}}) = Any[]
type_list(T) = Any[T]

# The Julia type in which an argument of that wasm type arrives: the one that was named, if
# it is another view of the same bits.
argument_type(T::Type{<:Union{UInt32,UInt64}}, ::WasmValType) = T
argument_type(_, type::WasmValType) = julia_type(type)

# The types that a host function takes and gives, from its only method.
function inferred_signature(f)
    known = methods(f)
    length(known) == 1 || throw(
        ArgumentError(
            "$f has $(length(known)) methods; give its signature: " *
            "WasmFunc(store, (Int32, Int32) => Int32) do …",
        ),
    )
    method = first(known)
    types = Base.unwrap_unionall(method.sig).parameters[2:end]
    params = filter(T -> T !== WasmCaller, Any[types...])
    all(isconcretetype, params) || throw(
        ArgumentError(
            "the parameters of $f have no concrete types; annotate them, or give the " *
            "signature: WasmFunc(store, (Int32, Int32) => Int32) do …",
        ),
    )
    found = Base.return_types(f, Tuple{types...})
    T = length(found) == 1 ? found[1] : Any
    results = if T === Nothing || T === Union{}
        Any[]
    elseif T <: Tuple && T !== NTuple{16,UInt8} && isconcretetype(T)
        Any[T.parameters...]
    elseif isconcretetype(T)
        Any[T]
    else
        throw(
            ArgumentError(
                "what $f returns can't be told ($T); give the signature: " *
                "WasmFunc(store, (Int32, Int32) => Int32) do …",
            ),
        )
    end
    return params, results
end

function callable_name(f::Function)
    name = string(nameof(f))
    return startswith(name, '#') ? "" : name
end
callable_name(f) = string(typeof(f))

# Whether a function wants the caller before its arguments.
function wants_caller(f, count)
    return any(methods(f)) do method
        types = Base.unwrap_unionall(method.sig).parameters
        length(types) == count + 2 && types[2] === WasmCaller
    end
end

# What `make` needs to create a host function: the function type, the entry, the `env`.
function with_host(make, engine, roots, store, f, params, results, name)
    types = WasmFuncType(params, results)
    numeric = !any(is_reference, types.params) && !any(is_reference, types.results)
    arguments = Any[argument_type(T, type) for (T, type) in zip(params, types.params)]
    called = wants_caller(f, length(arguments))
    host, pointer = if numeric
        given = Tuple{map(julia_type, types.results)...}
        made = Host{typeof(f),Tuple{arguments...},given,called}(f, name, types, store)
        made, entry(SlotEntry{typeof(made)})
    else
        made = ReferenceHost{typeof(f)}(f, name, types, called, store)
        made, entry(ValueEntry{typeof(made)})
    end
    functype = new_functype(engine, types)
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

function WasmFunc(f, store::WasmStore, params, results, name=callable_name(f))
    handle = Ref{Ptr{API.safewasm_func_t}}(C_NULL)
    isopen(store) || check_open(store)
    lent = (store.engine, store.roots, store)
    with_host(lent..., f, params, results, name) do type, entry, env, numeric
        new = numeric ? API.safewasm_func_new_slots : API.safewasm_func_new
        check(new(store, type, entry, env, release_later(), handle))
    end
    return WasmFunc(handle[], name, store)
end

"""
    WasmFunc(f, store, params => results)
    WasmFunc(store, f)

A host function: wasm that gets it as an import can call the Julia function `f`.

`params` and `results` are types or tuples of types: `Int32`, `Int64`, `Float32`, `Float64`,
`NTuple{16,UInt8}` (`v128`), `WasmFunc` (`funcref`), `Any` (`externref`), also `UInt32` and
`UInt64` for the same bits; `()` or `Nothing` means none. Without them they are those of `f`'s only
method, whose parameters have concrete types. If `f` takes a [`WasmCaller`](@ref) before its
arguments it gets that.

Results are converted and checked as arguments are. With several results `f` returns a
tuple; with none what it returns is discarded. What `f` throws arrives at the caller of wasm
as the same object. `f` may call wasm, also in the same store, and may switch tasks; until
it returns, its task stays on its thread, and other tasks there wait to call wasm.

# Errors
- `ArgumentError` if the types can't be told.
- `WasmtimeError` if the store is closed.

```julia
add = WasmFunc(store, (Int32, Int32) => Int32) do a, b
    a + b
end
```
"""
function WasmFunc(f, store::WasmStore, signature::Pair)
    return WasmFunc(f, store, type_list(first(signature)), type_list(last(signature)))
end

WasmFunc(store::WasmStore, signature::Pair, f) = WasmFunc(f, store, signature)
WasmFunc(store::WasmStore, f) = WasmFunc(f, store, inferred_signature(f)...)
