# Instances of components.

"""
    WasmInstance(store, component) -> WasmComponentInstance
    WasmInstance(store, component, imports; wasi)

Makes an instance of a [`WasmComponent`](@ref); see [`WasmComponentInstance`](@ref).

`imports` has the functions that the component imports, by interface: a `Dict`, a `NamedTuple`
or pairs of the interface's name => its functions. These are a `Dict`, a `NamedTuple`, pairs, a
module, an object with such properties, or an interface that another instance exports. A
function that the component imports without an interface is given by its name. Names of
interfaces may be short, as for [`exports`](@ref): `"docs:greet/log@0.1.0"`, `"docs:greet/log"`
or `log`. Names of functions have `_` for WIT's `-`; those of WIT are accepted too.

A function is any Julia function or object that can be called. It gets and returns values as a
[`WasmComponentFunc`](@ref) does. One that returns a WIT `result` returns its value, or throws a
[`WitError`](@ref). Another exception that it throws ends the call of the component, and arrives
at the caller of the component as the same object. It may call wasm, but not the instance that
has called it. A resource is given as a [`HostResource`](@ref).

A component that imports WASI gets WASI 0.2 if the store has WASI: it was made with `wasi=…`, or a
[`WasiConfig`](@ref) is given here. `imports` may replace functions of it.

# Errors
- `WasmtimeError` if the store or the component is closed; if they are of different engines
  (`:wrong_engine`); if imports are missing, `imports` has a name that the component doesn't
  import, or a Julia function has no method for the arguments (`:link`); if a call in the store
  has failed before (`:components_ended`).
- `ArgumentError` if `imports` is something else than the above.
- `WasmTrap` from a start function.

```julia
logging = WasmComponent(engine, wat\"\"\"(component
    (import "docs:greet/log@0.1.0" (instance \$log (export "log-number" (func (param "x" u32)))))
    (core func \$log (canon lower (func \$log "log-number")))
    (core module \$m
        (import "" "log" (func \$log (param i32)))
        (func (export "run") (call \$log (i32.const 42))))
    (core instance \$i (instantiate \$m (with "" (instance (export "log" (func \$log))))))
    (func (export "run") (canon lift (core func \$i "run"))))\"\"\")
numbers = []
WasmStore(engine) do store
    log = (log_number=x -> push!(numbers, x),)
    exports(WasmInstance(store, logging, Dict("docs:greet/log" => log))).run()
end
numbers    # => Any[0x0000002a]
```
"""
function WasmInstance(
    store::WasmStore, component::WasmComponent, @nospecialize(given=NamedTuple()); wasi=nothing
)
    names, host_types = import_names(component), HostTypes()
    handle = Ref{Ptr{API.safewasm_componentinstance_t}}(C_NULL)
    with_component_linker(component.engine) do linker
        wasi === nothing || set_wasi!(store, wasi)
        define_imports!(linker, store, names, Ref{Any}(given)[], host_types)
        check_after_collection(store) do
            API.safewasm_componentlinker_instantiate(linker, store, component, handle)
        end
    end
    exported = export_names(component)
    return WasmComponentInstance(handle[], store, component, exported, host_types)
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
    # The types of the program's resources that it imports.
    host_types::HostTypes

    function WasmComponentInstance(
        ptr::Ptr{API.safewasm_componentinstance_t},
        store::WasmStore,
        component::WasmComponent,
        names::ExportNames,
        host_types::HostTypes,
    )
        return finalizer(close, new(ptr, store, component, names, Dict(), host_types))
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
