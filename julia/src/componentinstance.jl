# Instances of components.

"""
    WasmInstance(store, component) -> WasmComponentInstance

Makes an instance of a [`WasmComponent`](@ref) that imports nothing; see
[`WasmComponentInstance`](@ref).

# Errors
- `WasmtimeError` if the store or the component is closed; if they are of different engines
  (`:wrong_engine`); if the component imports something (`:link`); if a call in the store has
  failed before (`:components_ended`).
- `WasmTrap` from a start function.
"""
function WasmInstance(store::WasmStore, component::WasmComponent)
    handle = Ref{Ptr{API.safewasm_componentinstance_t}}(C_NULL)
    check_after_collection(store) do
        API.safewasm_componentinstance_new(store, component, handle)
    end
    return WasmComponentInstance(handle[], store, component, export_names(component))
end

"""
    WasmComponentInstance

An instance of a component in a store, made by `WasmInstance(store, component)`.
[`exports`](@ref)`(instance)` has its interfaces and functions. `instance.store` is its store,
`instance.component` its component and `instance.exports` the same as `exports(instance)`.

A failure, such as a trap or the end of the time or fuel, ends all components of a store:
from then on each call is a [`WasmtimeError`](@ref) with code `:components_ended`, which has
the message of the first failure. So use a store for each job. The `result` of a function is
the way for errors after which a component goes on; see [`WitError`](@ref).

```julia
greeter = WasmComponent(engine, wat\"\"\"(component
    (core module \$m (func (export "double") (param i32) (result i32)
        (i32.mul (local.get 0) (i32.const 2))))
    (core instance \$i (instantiate \$m))
    (func (export "double") (param "x" u32) (result u32)
        (canon lift (core func \$i "double"))))\"\"\")
WasmStore(engine) do store
    exports(WasmInstance(store, greeter)).double(21)
end    # => 0x0000002a
```
"""
mutable struct WasmComponentInstance <: WasmObject
    ptr::Ptr{API.safewasm_componentinstance_t}
    store::WasmStore
    component::WasmComponent
    names::Union{ExportNames,Nothing}
    # The functions that were looked up, by the names of their interfaces and their own.
    found::Dict{Tuple{String,String},Any}

    function WasmComponentInstance(
        ptr::Ptr{API.safewasm_componentinstance_t},
        store::WasmStore,
        component::WasmComponent,
        names::ExportNames,
    )
        return finalizer(close, new(ptr, store, component, names, Dict()))
    end
end

function Base.unsafe_convert(
    ::Type{Ptr{API.safewasm_componentinstance_t}}, x::WasmComponentInstance
)
    return getfield(x, :ptr)
end
Base.isvalid(x::WasmComponentInstance) = API.safewasm_componentinstance_is_valid(x)
delete_handle(x::WasmComponentInstance) = API.safewasm_componentinstance_delete(x)

properties(::WasmComponentInstance) = (:store, :component, :exports)
store_of(instance::WasmComponentInstance) = instance.store

@inline function Base.getproperty(instance::WasmComponentInstance, name::Symbol)
    return name === :exports ? exports(instance) : property(instance, name)
end

# An unknown property of an instance is most often meant to be an export.
function property_hint(instance::WasmComponentInstance, name)
    isopen(instance) || return ""
    nearest = nearest_name(string(name), map(string, propertynames(exports(instance))))
    nearest === nothing && return ""
    return ". Did you mean the export `$(access_text(nearest))`?"
end

function Base.show(io::IO, instance::WasmComponentInstance)
    isopen(instance) || return print(io, "WasmComponentInstance (closed)")
    count = length(getfield(instance, :names).names)
    return print(io, "WasmComponentInstance with ", count_text(count, "export"))
end

# Throws if the instance is closed.
function check_open(instance::WasmComponentInstance)
    isopen(instance) && return nothing
    # The library says what is wrong.
    find_func(instance, nothing, "")
    return nothing
end

# The library's handle of an exported function.
function find_func(instance::WasmComponentInstance, interface, name::String)
    handle = Ref{Ptr{API.safewasm_componentfunc_t}}(C_NULL)
    outer = interface === nothing ? Ptr{Cchar}(C_NULL) : text_pointer(interface)
    outer_len = interface === nothing ? 0 : sizeof(interface)
    GC.@preserve interface name check(
        API.safewasm_componentinstance_func(
            instance, outer, outer_len, text_pointer(name), sizeof(name), handle
        ),
    )
    return handle[]
end
