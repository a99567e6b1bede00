# The imports that an instance of a component is made with: a linker for one instance.

function with_component_linker(f, engine::WasmEngine)
    handle = Ref{Ptr{API.safewasm_componentlinker_t}}(C_NULL)
    check(API.safewasm_componentlinker_new(engine, handle))
    try
        # Imports may replace what WASI has.
        check(API.safewasm_componentlinker_allow_shadowing(handle[], true))
        return f(handle[])
    finally
        API.safewasm_componentlinker_delete(handle[])
    end
end

# What the imports of an instance are defined with.
struct ImportContext
    linker::Ptr{API.safewasm_componentlinker_t}
    store::WasmStore
    host_types::HostTypes
end

# Defines the imports of a component, and fills in the types of the program's resources.
function define_imports!(
    linker, store::WasmStore, names::ExportNames, @nospecialize(given), host_types
)
    context = ImportContext(linker, store, host_types)
    items = given_items(names, given, "the component imports")
    define_wasi!(context, names, items)
    define_items!(context, nothing, names, items)
    resources = []
    for (place, name) in enumerate(names.names)
        is_interface(names, place) || continue
        inner = inner_names(names, place)
        push!(resources, (name, inner))
        haskey(items, place) || continue
        define_items!(context, name, inner, interface_items(name, inner, items[place]))
    end
    # An interface may have the resource type of another one.
    for (interface, inner) in resources, (place, name) in enumerate(inner.names)
        define_alias!(context, interface, name, inner.types[place])
    end
    return nothing
end

# Defines WASI 0.2 if the component imports something of it that isn't given.
function define_wasi!(context::ImportContext, names::ExportNames, items)
    is_wasi(place) = startswith(names.names[place], "wasi:") && !haskey(items, place)
    wanted = filter(is_wasi, eachindex(names.names))
    isempty(wanted) && return nothing
    getfield(context.store, :has_wasi) || throw(
        WasmtimeError(
            "the component wants WASI: give it as `WasmInstance(store, component; " *
            "wasi=WasiConfig(…))`, or make the store by `WasmStore(engine; " *
            "wasi=WasiConfig(…))`; it imports $(listed(names.names[wanted]))",
            :link,
        ),
    )
    return check(API.safewasm_componentlinker_define_wasi(context.linker))
end

# The given items by their places among what is imported. `what` begins messages.
function given_items(names::ExportNames, @nospecialize(given), what)
    items = Dict{Int,Any}()
    named = named_items(given)
    named === nothing && throw(
        ArgumentError(
            "imports of a component are a Dict, a NamedTuple or pairs of names and items, such " *
            "as `Dict(\"docs:greet/log\" => (log=println,))`, not $(given_text(given))",
        ),
    )
    for (name, item) in named
        place = place_of(names, name)
        place in (nothing, 0) && throw_no_import(names, name, what)
        haskey(items, place) || (items[place] = item)
    end
    return items
end

@noinline function throw_no_import(names::ExportNames, name, what)
    message = if place_of(names, name) == 0
        "$(quoted(name)) stands for several imports: $(listed(meant_names(names, name)))"
    elseif isempty(names.names)
        "$what nothing, and $(quoted(name)) is given"
    else
        nearest = nearest_name(name, names.names)
        hint = nearest === nothing ? "" : " (did you mean $(quoted(nearest))?)"
        "$what nothing called $(quoted(name))$hint; there are: $(listed(names.names))"
    end
    throw(WasmtimeError(message, :link))
end

# The items of an interface: from a container of named items, a module, or an object with
# properties.
function interface_items(interface, names::ExportNames, @nospecialize(given))
    if !(given isa WasmComponentExports)
        is_container = given isa Union{NamedTuple,AbstractDict,Pair,Tuple,AbstractVector}
        is_container && return given_items(names, given, "the import $(quoted(interface)) has")
    end
    items = Dict{Int,Any}()
    for (place, name) in enumerate(names.names), key in (julia_name(name), name)
        has_property(given, Symbol(key)) || continue
        items[place] = getproperty(given, Symbol(key))
        break
    end
    isempty(items) && !isempty(names.names) && throw(
        ArgumentError(
            "the import $(quoted(interface)) is an interface, which is given as a NamedTuple, " *
            "a Dict, pairs, a module or an object with $(listed(names.names)), not " *
            given_text(given),
        ),
    )
    return items
end

has_property(m::Module, name) = isdefined(m, name)
has_property(@nospecialize(x), name) = hasproperty(x, name)

# Defines the functions and resources of an interface, or of the component itself.
function define_items!(context::ImportContext, interface, names::ExportNames, items)
    for place in sort!(collect(keys(items)))
        name, type, item = names.names[place], names.types[place], items[place]
        kind = kind_of(type)
        kind === :func && define_host!(context, interface, name, type, item)
        kind === :resource &&
            define_resource!(context, ResourceHome(interface, name, names), type, item)
    end
    return nothing
end

# `name` of an interface, for messages.
function item_text(interface, name)
    return interface === nothing ? quoted(name) : "$(quoted(name)) of $(quoted(interface))"
end

# The arguments of the library for names of an interface and of an item in it.
function with_names(f, interface, name::String)
    outer = interface === nothing ? "" : interface
    pointer = interface === nothing ? Ptr{Cchar}(C_NULL) : text_pointer(outer)
    GC.@preserve outer name check(
        f(pointer, sizeof(outer), text_pointer(name), sizeof(name))
    )
    return nothing
end

function define_host!(context::ImportContext, interface, name, type::WitType, @nospecialize(f))
    text = "the import $(item_text(interface, name))"
    is_function(f) || throw(
        ArgumentError("$text is a function, and $(given_text(f)) was given, which can't be called")
    )
    signature = signature_of(type)
    args = Any[shape.type for shape in signature.params]
    f isa Core.Builtin || !isempty(methods(f, Tuple{args...})) ||
        throw_no_method(f, args, type, HostRole(text, :link))
    host = ComponentHost(f, name, type, signature, context.store, context.host_types)
    isopen(context.store) || check_open(context.store)
    env = root!(context.store.roots, host)
    entry = @cfunction(
        enter_host, ErrorPtr, (Ptr{Cvoid}, CallerPtr, Ptr{ValueNode}, Csize_t)
    )
    handle = getfield(type, :handle)::WitHandle
    return with_names(interface, name) do names...
        API.safewasm_componentlinker_define_func(
            context.linker, names..., handle, entry, env, release_later()
        )
    end
end

# Defines a resource of the program, with its functions.
function define_resource!(context::ImportContext, home::ResourceHome, type, @nospecialize(given))
    text = "the import $(item_text(home.interface, home.name))"
    given isa HostResource || throw(
        ArgumentError(
            "$text is a resource, which is given as a HostResource, not $(given_text(given))"
        ),
    )
    number = resource_number(type)
    haskey(context.host_types, number) ||
        (context.host_types[number] = new_host_type(context.store, home.name, given.drop))
    define_type!(context, home.interface, home.name, context.host_types[number])
    given.new === nothing || define_function!(context, home, "constructor", "", given.new)
    for (kind, items) in (("method", given.methods), ("static", given.statics))
        known = resource_names(home, kind)
        for (name, f) in resource_items(known, items, "the $(kind)s of $text")
            define_function!(context, home, kind, name, f)
        end
    end
    return nothing
end

# The given methods or static functions of a resource, by name.
function resource_items(known, @nospecialize(given), owner)
    named = named_items(given)
    if named === nothing
        given_names = filter(name -> has_property(given, Symbol(name)), known)
        return [name => getproperty(given, Symbol(name)) for name in given_names]
    end
    for (name, _) in named
        julia_name(name) in known && continue
        others = isempty(known) ? "there are none" : "they are: $(listed(known))"
        throw(WasmtimeError("$(quoted(name)) isn't one of $owner; $others", :link))
    end
    return named
end

function define_function!(context::ImportContext, home::ResourceHome, kind, name, @nospecialize(f))
    found = resource_function(home, kind, julia_name(name))
    found === nothing && return nothing
    return define_host!(context, home.interface, first(found), last(found), f)
end

function new_host_type(store::WasmStore, name, @nospecialize(drop))
    drop === nothing && return HostType() do handle
        API.safewasm_resourcetype_new(C_NULL, C_NULL, C_NULL, handle)
    end
    is_function(drop) || throw(
        ArgumentError(
            "`drop` of a HostResource is a function, not $(given_text(drop))"
        ),
    )
    isopen(store) || check_open(store)
    env = root!(store.roots, HostDrop(drop, name))
    entry = @cfunction(enter_drop, ErrorPtr, (Ptr{Cvoid}, Ptr{Cvoid}))
    return HostType() do handle
        API.safewasm_resourcetype_new(entry, env, release_later(), handle)
    end
end

function define_type!(context::ImportContext, interface, name, type::HostType)
    return with_names(interface, name) do names...
        API.safewasm_componentlinker_define_resource(context.linker, names..., type)
    end
end

# Defines the type of a resource in an interface for which none is given, if the type is that of
# another interface.
function define_alias!(context::ImportContext, interface, name, type::WitType)
    kind_of(type) === :resource || return nothing
    known = get(context.host_types, resource_number(type), nothing)
    known === nothing && return nothing
    return define_type!(context, interface, name, known)
end
