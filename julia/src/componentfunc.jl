# Functions of components.

"""
    WasmComponentFunc

A function of a component, from [`exports`](@ref) of an instance. It is called like any
function, with values of Julia:

| WIT | argument | result |
| --- | --- | --- |
| `bool`, numbers, `char` | what `convert` takes without loss | `Bool`, `Int8` … `Float64`, `Char` |
| `string` | any `AbstractString` | `String` |
| `list<T>` | any iterable but numbers, strings and pairs | `Vector` |
| `record` | a `NamedTuple`, a dictionary, or an object with such properties | `NamedTuple` |
| `tuple` | a tuple; a pair for a tuple of two | tuple |
| `variant` | `:case` or `:case => value` | [`WitVariant`](@ref) |
| `enum` | a symbol | `Symbol` |
| `option<T>` | `nothing` or the value; `Some(x)` where it must be said | the same |
| `result<T, E>` | [`Ok`](@ref)`(x)` or [`Err`](@ref)`(e)` | the same |
| `flags` | a collection of symbols | `Set{Symbol}` |
| `own`, `borrow` | a [`WasmResource`](@ref), or any object for a [`HostResource`](@ref) | the same |

A function that returns a `result` returns its value, or throws a [`WitError`](@ref). Names have
`_` for WIT's `-`; those of WIT are accepted too. An array with the elements of a list is passed
without another copy. It must not be changed by other threads during the call.

`f.type` is the function's [`WitType`](@ref), `f.name` its name in WIT, `f.interface` that of its
interface or nothing, and `f.instance` its instance. `f(args...; timeout=seconds)` limits the
time of the call; see [`with_timeout`](@ref).

# Errors
- `WasmtimeError` with code `:type_mismatch` for arguments of the wrong number or type; the
  message has the path to the mistake. With code `:components_ended` if an earlier call in the
  store has failed.
- `InexactError` for a number that doesn't fit; it names the parameter.
- `WitError` if the function returns the error of its `result`.
- `WasmTrap` if wasm traps or returns an invalid value. It ends all components of the store.

```julia
shapes = WasmComponent(engine, wat\"\"\"(component
    (core module \$m (func (export "area") (param f64 f64) (result f64)
        (f64.mul (local.get 0) (local.get 1))))
    (core instance \$i (instantiate \$m))
    (type \$t (record (field "width" f64) (field "height" f64)))
    (export \$size "size" (type \$t))
    (func (export "area") (param "of" \$size) (result f64)
        (canon lift (core func \$i "area"))))\"\"\")
area = exports(WasmInstance(store, shapes)).area
area((width=6, height=7))    # => 42.0
```
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
    GC.@preserve c args @guarded f call_with_nodes(f, c)
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
    has_failed && throw(mark_passing!(WitError(value)))
    return value
end

# One attempt of a call. Other tasks may run between two.
@inline function call_with_nodes(f::WasmComponentFunc, c::Conversion)
    set_addresses!(c)
    nodes = c.nodes
    return API.safewasm_componentfunc_call(f, pointer(nodes), length(nodes), c.values)
end

function Base.show(io::IO, f::WasmComponentFunc)
    isopen(f) || return print(io, "WasmComponentFunc (closed)")
    return print(io, "WasmComponentFunc ", shortened(f.name), ": ", f.type)
end
