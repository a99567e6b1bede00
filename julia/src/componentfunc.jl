"""
    WasmComponentFunc

A function of a component, from [`exports`](@ref) of an instance. It is called like any
function, with Julia values; [the guide](https://github.com/) has the table. `f.type` is its
[`WitType`](@ref), `f.name` its name and `f.interface` the name of its interface, or nothing.
`f(args...; timeout=seconds)` limits the time of the call; see [`with_timeout`](@ref).
"""
mutable struct WasmComponentFunc <: WasmObject
    ptr::Ptr{API.safewasm_componentfunc_t}
    name::String
    interface::Union{String,Nothing}
    type::WitType
    instance::WasmComponentInstance

    function WasmComponentFunc(
        ptr::Ptr{API.safewasm_componentfunc_t}, name, interface, type, instance
    )
        return finalizer(close, new(ptr, name, interface, type, instance))
    end
end

function Base.unsafe_convert(::Type{Ptr{API.safewasm_componentfunc_t}}, x::WasmComponentFunc)
    return getfield(x, :ptr)
end
Base.isvalid(f::WasmComponentFunc) = API.safewasm_componentfunc_is_valid(f)
delete_handle(f::WasmComponentFunc) = API.safewasm_componentfunc_delete(f)

properties(::WasmComponentFunc) = (:name, :interface, :type, :instance)
store_of(f::WasmComponentFunc) = store_of(f.instance)

# Two handles may stand for the same function.
function Base.:(==)(a::WasmComponentFunc, b::WasmComponentFunc)
    return a === b ||
           a.instance === b.instance && a.interface == b.interface && a.name == b.name
end
function Base.hash(f::WasmComponentFunc, h::UInt)
    return hash(f.name, hash(f.interface, hash(:WasmComponentFunc, h)))
end

# Throws if the function is closed.
function check_open(f::WasmComponentFunc)
    values = Ref{Ptr{API.safewasm_values_t}}(C_NULL)
    error = API.safewasm_componentfunc_call(f, Ptr{ValueNode}(C_NULL), 0, values)
    return check(error)
end

@noinline function throw_wrong_number(f::WasmComponentFunc, given)
    wanted = length(signature_of(f.type).params)
    throw(
        WasmtimeError(
            "$(subject_text(f)) takes $(count_text(wanted, "argument")), not $given: its " *
            "signature is $(type_text(f.type))",
            :type_mismatch,
        ),
    )
end

# A function of another process has no signature.
@noinline function first_signature(f::WasmComponentFunc)
    isopen(f) || check_open(f)
    return signature_of(f.type)
end

# Not compiled for each tuple of types.
function (f::WasmComponentFunc)(@nospecialize(args...); timeout=nothing)
    timeout === nothing || return call_with_timeout(timeout, f, args)
    return call_component(f, args)
end

function call_component(f::WasmComponentFunc, @nospecialize(args::Tuple))
    known = getfield(f.type, :signature)
    signature = known === nothing ? first_signature(f) : known
    params, result = signature.params, signature.result
    nfields(args) == length(params) || throw_wrong_number(f, nfields(args))
    c = take_conversion(f)
    push!(c.path, 0)
    for index in 1:length(params)
        c.path[1] = index
        lower!(c, params[index], getfield(args, index))
    end
    set_addresses!(c)
    nodes = c.nodes
    GC.@preserve c args @guarded f API.safewasm_componentfunc_call(
        f, pointer(nodes), length(nodes), c.values
    )
    # The error of a result is thrown.
    has_failed, value = false, nothing
    if result.kind != API.SAFEWASM_WIT_NONE
        check(API.safewasm_values_nodes(c.values[], c.results, c.results_len))
        c.at = 1
        if result.kind == API.SAFEWASM_WIT_RESULT
            index = unsafe_load(c.results[]).index
            has_failed = index == 1
            c.at = 2
            value = lift_payload!(c, result.children[index + 1])
        else
            value = lift!(c, result)
        end
    end
    API.safewasm_values_delete(c.values[])
    c.values[] = C_NULL
    give_back(c)
    has_failed && throw(WitError(value))
    return value
end

function Base.show(io::IO, f::WasmComponentFunc)
    isopen(f) || return print(io, "WasmComponentFunc (closed)")
    return print(io, "WasmComponentFunc ", shortened(f.name), ": ", f.type)
end
