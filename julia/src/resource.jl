# Resources: what components hand out without showing what is inside.

# Where the functions of a resource type are: in an interface, or in the component itself.
struct ResourceHome
    interface::Union{String,Nothing}
    # The name of the type in WIT.
    name::String
    names::ExportNames
end

# The name of a function of a resource in WIT, and its type, or nothing. `kind` is `constructor`,
# `method` or `static`.
function resource_function(home::ResourceHome, kind, name="")
    prefix = string('[', kind, ']', home.name, isempty(name) ? "" : ".")
    functions = home.names.functions
    haskey(functions, prefix * name) && return prefix * name => functions[prefix * name]
    for (known, type) in functions
        startswith(known, prefix) && julia_name(known[(sizeof(prefix) + 1):end]) == name &&
            return known => type
    end
    return nothing
end

# The names of the methods or static functions of a resource in Julia.
function resource_names(home::ResourceHome, kind)
    prefix = "[$kind]$(home.name)."
    found = filter(name -> startswith(name, prefix), collect(keys(home.names.functions)))
    return sort!([julia_name(name[(sizeof(prefix) + 1):end]) for name in found])
end

function resource_func(instance::WasmComponentInstance, home::ResourceHome, kind, name="")
    found = resource_function(home, kind, name)
    found === nothing && return nothing
    return component_func(instance, home.interface, first(found), last(found))
end

# The number of a resource type in its component.
resource_number(type::WitType) = GC.@preserve type begin
    nodes, len = Ref{Ptr{API.safewasm_witnode_t}}(C_NULL), Ref{Csize_t}(0)
    check(API.safewasm_wittype_nodes(getfield(type, :handle)::WitHandle, nodes, len))
    unsafe_load(nodes[]).index
end

# The resource types that a component exports, by number. One that several interfaces have is at
# home where its functions are.
function resource_homes(component::WasmComponent)
    known = getfield(component, :homes)
    known === nothing || return known::Dict{UInt32,ResourceHome}
    homes = Dict{UInt32,ResourceHome}()
    add_homes!(homes, nothing, export_names(component))
    return setfield!(component, :homes, homes)::Dict{UInt32,ResourceHome}
end

function add_homes!(homes, interface, names::ExportNames)
    for (place, name) in enumerate(names.names)
        if is_interface(names, place)
            add_homes!(homes, name, inner_names(names, place))
        elseif kind_of(names.types[place]) === :resource
            home, number = ResourceHome(interface, name, names), resource_number(names.types[place])
            has_functions = any(n -> occursin("]$name", n), keys(names.functions))
            (has_functions || !haskey(homes, number)) && (homes[number] = home)
        end
    end
    return nothing
end

"""
    WasmResource

A resource that a component has handed out: something that stays in the component, and that the
program has a handle of. Its methods are properties: `counter.increment(2)`. It is an argument
wherever the component takes such a resource. A function that takes it over, `own` in WIT,
closes it; one that borrows it doesn't.

`close(r)` drops the resource, which runs the component's destructor, and throws what that
throws. A resource that is collected is dropped after the next call in its store. A resource
that a host function borrows is open until the host function returns. `isopen(r)` says whether
the resource can be used.

# Errors
- `WasmtimeError` for a resource that is closed or was given away (`:invalid_handle`), one of
  another store (`:wrong_store`), of another type or instance, or passed twice in a call of which
  one takes it over (`:type_mismatch`); from `close`, if the resource is lent to a call that runs
  (`:store_busy`), or its components have ended (`:components_ended`).

See [`WasmResourceType`](@ref) for an example.
"""
mutable struct WasmResource <: WasmObject
    ptr::Ptr{API.safewasm_resource_t}
    store::WasmStore
    # The name of the type.
    name::String
    is_owned::Bool
    # Where its methods are. Nothing for a resource of which no functions are known.
    instance::Union{WasmComponentInstance,Nothing}
    home::Union{ResourceHome,Nothing}

    function WasmResource(
        ptr::Ptr{API.safewasm_resource_t}, store, name, is_owned, instance, home
    )
        return finalizer(delete_handle, new(ptr, store, name, is_owned, instance, home))
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_resource_t}}, x::WasmResource) = getfield(x, :ptr)
Base.isvalid(r::WasmResource) = API.safewasm_resource_is_valid(r)
delete_handle(r::WasmResource) = API.safewasm_resource_delete(r)
store_of(r::WasmResource) = getfield(r, :store)

function Base.close(r::WasmResource)
    isopen(r) || return nothing
    getfield(r, :is_owned) || return delete_handle(r)
    @guarded r API.safewasm_resource_drop(r)
    return nothing
end

function Base.getproperty(r::WasmResource, name::Symbol)
    home, instance = getfield(r, :home), getfield(r, :instance)
    if home !== nothing
        func = resource_func(instance::WasmComponentInstance, home, "method", String(name))
        func === nothing || return ResourceMethod(r, func)
    end
    name === :ptr && return visible_handle(r)
    return throw_no_property(r, name)
end

function Base.propertynames(r::WasmResource, private::Bool=false)
    home = getfield(r, :home)
    return home === nothing ? Symbol[] : map(Symbol, resource_names(home, "method"))
end
properties(r::WasmResource) = propertynames(r)

function Base.show(io::IO, r::WasmResource)
    return print(io, "WasmResource ", shortened(getfield(r, :name)), closed_suffix(r))
end

# A method of a resource.
struct ResourceMethod
    resource::WasmResource
    func::WasmComponentFunc
end

function (m::ResourceMethod)(@nospecialize(args...); timeout=nothing)
    return m.func(m.resource, args...; timeout=timeout)
end

Base.show(io::IO, m::ResourceMethod) = print(io, "method of ", m.resource, ": ", m.func)

"""
    WasmResourceType

A type of resources that a component exports: `exports(instance).counter`. It is called to make
one, `counter(5)`, with the arguments of the component's constructor. Its static functions are
properties: `counter.merge(a, b)`. With a function as the first argument, as in a `do` block, the
new [`WasmResource`](@ref) is passed to that and closed afterwards.

# Errors
- `WasmtimeError` with code `:not_found` if the component has no constructor for it; otherwise as
  for a [`WasmComponentFunc`](@ref).

```julia
counting = WasmComponent(engine, wat\"\"\"(component
    (type \$counter' (resource (rep i32)))
    (export \$counter "counter" (type \$counter'))
    (core func \$new (canon resource.new \$counter'))
    (core module \$m
        (import "" "new" (func \$new (param i32) (result i32)))
        (func (export "new") (param i32) (result i32) (call \$new (local.get 0)))
        (func (export "add") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1))))
    (core instance \$i (instantiate \$m (with "" (instance (export "new" (func \$new))))))
    (func (export "[constructor]counter") (param "start" u32) (result (own \$counter))
        (canon lift (core func \$i "new")))
    (func (export "[method]counter.plus") (param "self" (borrow \$counter)) (param "x" u32)
        (result u32) (canon lift (core func \$i "add"))))\"\"\")
WasmStore(engine) do store
    exports(WasmInstance(store, counting)).counter(40) do c
        c.plus(2)
    end
end    # => 0x0000002a
```
"""
struct WasmResourceType
    instance::WasmComponentInstance
    home::ResourceHome
end

function (type::WasmResourceType)(@nospecialize(args...); timeout=nothing)
    home = getfield(type, :home)
    func = resource_func(getfield(type, :instance), home, "constructor")
    func === nothing && throw(
        WasmtimeError("the resource $(quoted(home.name)) has no constructor", :not_found)
    )
    return func(args...; timeout=timeout)
end

function (type::WasmResourceType)(f::Function, @nospecialize(args...); timeout=nothing)
    resource = type(args...; timeout=timeout)
    result = try
        f(resource)
    catch
        # Closing may fail, and hide what was thrown.
        delete_handle(resource)
        rethrow()
    end
    close(resource)
    return result
end

Base.isvalid(type::WasmResourceType) = isvalid(getfield(type, :instance))
Base.isopen(type::WasmResourceType) = isvalid(type)
Base.broadcastable(type::WasmResourceType) = Ref(type)
Base.deepcopy_internal(type::WasmResourceType, ::IdDict) = type

function Base.getproperty(type::WasmResourceType, name::Symbol)
    home = getfield(type, :home)
    func = resource_func(getfield(type, :instance), home, "static", String(name))
    func === nothing || return func
    names = resource_names(home, "static")
    others = isempty(names) ? "it has none" : "they are: $(listed(names))"
    throw(
        WasmtimeError(
            "the resource $(quoted(home.name)) has no static function $(quoted(name)); $others",
            :not_found,
        ),
    )
end

function Base.propertynames(type::WasmResourceType, private::Bool=false)
    return map(Symbol, resource_names(getfield(type, :home), "static"))
end

function Base.show(io::IO, type::WasmResourceType)
    name = shortened(getfield(type, :home).name)
    return print(io, "WasmResourceType ", name, closed_suffix(type))
end

# The types of the program's resources that a function may take and return.
host_types_of(f::WasmComponentFunc) = getfield(f.instance, :host_types)

function new_resource(f::WasmComponentFunc, shape::WitShape, handle)
    instance = f.instance
    home = get(resource_homes(instance.component), shape.number, nothing)
    is_owned = shape.kind == API.SAFEWASM_WIT_OWN
    return WasmResource(handle, instance.store, shape.resource, is_owned, instance, home)
end

# A resource that was passed to the program: an object of the program's, or one of a component.
@noinline function lift_resource(c::Conversion, shape, handle)
    type = get(host_types_of(c.func), shape.number, nothing)
    type === nothing && return new_resource(c.func, shape, handle)
    data = Ref{Ptr{Cvoid}}(C_NULL)
    check(API.safewasm_resource_data(handle, type, data))
    object = (object_of(data[])::Box).object
    # The object is home again.
    shape.kind == API.SAFEWASM_WIT_OWN && API.safewasm_resource_delete(handle)
    return object
end

@noinline function lower_resource!(c::Conversion, shape, @nospecialize(value))
    type = get(host_types_of(c.func), shape.number, nothing)
    if type === nothing
        value isa WasmResource || throw_unfit(c, shape, value)
        push!(c.roots, value)
        handle = nonnull_handle(value)
    else
        handle = new_host_resource(store_of(c.func), type, value)
        push!(c.made, handle)
    end
    return put!(c, shape.kind, 0, 0, UInt64(UInt(handle)))
end

function new_host_resource(store::WasmStore, type::HostType, @nospecialize(object))
    handle = Ref{Ptr{API.safewasm_resource_t}}(C_NULL)
    isopen(store) || check_open(store)
    data = root!(store.roots, Box(object))
    check(API.safewasm_resource_new(store, type, data, release_later(), handle))
    return handle[]
end
