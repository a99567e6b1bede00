# The exports of an instance of a component.

"""
    exports(instance::WasmComponentInstance) -> WasmComponentExports

The interfaces, functions and resources that the component exports: a dictionary of name →
item in the component's order. An interface is a dictionary of its functions. A resource is a
[`WasmResourceType`](@ref). Names of WIT become Julia's,
`set-size` is `set_size`, and names of interfaces may be short: the interface
`docs:adder/add@0.1.0` is found as `exports(instance)["docs:adder/add@0.1.0"]`, as
`["docs:adder/add"]` if there is one version of it, as `["docs:adder/add@0.1.3"]` or another
compatible version, and as the property `.add` if no other export is called so.

# Errors
- `KeyError` for a key that isn't there; for a property `WasmtimeError` with code
  `:not_found`, which lists the exports. It is also the error for a short name of several.

```julia
adder = WasmComponent(engine, wat\"\"\"(component
    (core module \$m (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1))))
    (core instance \$i (instantiate \$m))
    (func \$add (param "x" s32) (param "y" s32) (result s32) (canon lift (core func \$i "add")))
    (instance \$api (export "add" (func \$add)))
    (export "docs:adder/add@0.1.0" (instance \$api)))\"\"\")
instance = WasmInstance(store, adder)
exports(instance)["docs:adder/add"].add(1, 2)    # => 3
exports(instance).add.add                        # => WasmComponentFunc add: func(x: s32, y: s32) -> s32
```
"""
function exports(instance::WasmComponentInstance)
    check_open(instance)
    return WasmComponentExports(instance, nothing, getfield(instance, :names)::ExportNames)
end

"""
    WasmComponentExports <: AbstractDict{String,Any}

The exports of an instance of a component, or the functions of one of its interfaces; see
[`exports`](@ref).
"""
struct WasmComponentExports <: AbstractDict{String,Any}
    instance::WasmComponentInstance
    # The name of the interface, or nothing.
    interface::Union{String,Nothing}
    names::ExportNames
end

instance_of(all::WasmComponentExports) = getfield(all, :instance)
interface_of(all::WasmComponentExports) = getfield(all, :interface)
names_of(all::WasmComponentExports) = getfield(all, :names).names

# They are as open as their instance.
Base.isvalid(all::WasmComponentExports) = isvalid(instance_of(all))
Base.isopen(all::WasmComponentExports) = isopen(instance_of(all))

Base.deepcopy_internal(all::WasmComponentExports, ::IdDict) = all

# The export at a place. A function is looked up once, so that it is the same object each time.
function export_at(all::WasmComponentExports, place)
    instance, interface = instance_of(all), interface_of(all)
    names = getfield(all, :names)
    check_open(instance)
    name, type = names.names[place], names.types[place]
    is_interface(names, place) &&
        return WasmComponentExports(instance, name, inner_names(names, place))
    kind_of(type) === :resource &&
        return WasmResourceType(instance, ResourceHome(interface, name, names))
    return component_func(instance, interface, name, type)
end

function component_func(instance::WasmComponentInstance, interface, name::String, type::WitType)
    found, key = getfield(instance, :found), (something(interface, ""), name)
    known = get(found, key, nothing)
    known !== nothing && isopen(known) && return known::WasmComponentFunc
    handle = find_func(instance, interface, name)
    return found[key] = WasmComponentFunc(handle, name, interface, type, instance)
end

function find_export(all::WasmComponentExports, name::String)
    place = place_of(getfield(all, :names), name)
    place in (nothing, 0) && throw_no_export(all, name)
    return export_at(all, place)
end

@noinline function throw_no_export(all::WasmComponentExports, name)
    check_open(instance_of(all))
    interface = interface_of(all)
    inside = interface === nothing ? "" : " in $(quoted(interface))"
    return throw_no_export(getfield(all, :names), name, inside)
end

Base.length(all::WasmComponentExports) = length(names_of(all))
Base.keys(all::WasmComponentExports) = copy(names_of(all))
Base.haskey(all::WasmComponentExports, name) = false

function Base.haskey(all::WasmComponentExports, name::Name)
    return !(place_of(getfield(all, :names), String(name)) in (nothing, 0))
end

function Base.iterate(all::WasmComponentExports, index=1)
    names = names_of(all)
    index > length(names) && return nothing
    return names[index] => export_at(all, index), index + 1
end

function Base.getindex(all::WasmComponentExports, name)
    place = name isa Name ? place_of(getfield(all, :names), String(name)) : nothing
    place === nothing && throw(KeyError(short_key(name)))
    return find_export(all, String(name))
end

function Base.get(all::WasmComponentExports, name, default)
    return haskey(all, name) ? find_export(all, String(name)) : default
end

Base.getproperty(all::WasmComponentExports, name::Symbol) = find_export(all, String(name))

function Base.setproperty!(all::WasmComponentExports, name::Symbol, value)
    return throw_not_set(all, string(name))
end
Base.setindex!(all::WasmComponentExports, value, name) = throw_not_set(all, string(name))

@noinline function throw_not_set(::WasmComponentExports, name::String)
    throw(ArgumentError("the export $(quoted(name)) can't be replaced"))
end

function Base.propertynames(all::WasmComponentExports, private::Bool=false)
    return map(Symbol, property_names(getfield(all, :names)))
end

function Base.:(==)(a::WasmComponentExports, b::WasmComponentExports)
    return instance_of(a) === instance_of(b) && interface_of(a) == interface_of(b)
end

function Base.hash(all::WasmComponentExports, h::UInt)
    return hash(interface_of(all), hash(:WasmComponentExports, h))
end

function Base.show(io::IO, all::WasmComponentExports)
    return show_names(io, "WasmComponentExports", names_of(all))
end

# The items in WIT.
function Base.show(io::IO, ::MIME"text/plain", all::WasmComponentExports)
    isopen(all) || return print(io, "WasmComponentExports (closed)")
    names, interface = getfield(all, :names), interface_of(all)
    heading = interface === nothing ? "" : "$(printable(interface)): "
    lines = ["$heading$(count_text(length(all), "export")):"]
    for (name, type) in zip(names.names, names.types)
        push!(lines, "  $(printable(name)): $(repr(type))")
    end
    return print_lines(io, join(lines, '\n'))
end
