# The names of what components and interfaces export, in WIT and in Julia.

# The functions, interfaces and resources that a component or an interface exports, or that a
# component imports.
struct ExportNames
    # The names in WIT, in the order of the component, and the types.
    names::Vector{String}
    types::Vector{WitType}
    # The place of the export that a name stands for; 0 if it stands for several.
    places::Dict{String,Int}
    # What an interface exports, once that was asked for.
    inner::Vector{Union{ExportNames,Nothing}}
    # The functions of resources, which have names such as `[method]counter.get`.
    functions::Dict{String,WitType}
end

function ExportNames(items)
    functions = Dict(filter(item -> startswith(first(item), '['), items))
    items = filter(is_usable, items)
    names, types = map(first, items), map(last, items)
    places = Dict{String,Int}()
    # A name stands for the export that has it in the first of these forms.
    for form in (identity, without_version, last_part)
        found = Dict{String,Int}()
        for (index, name) in enumerate(names), short in (form(name), julia_name(form(name)))
            found[short] = get(found, short, index) == index ? index : 0
        end
        merge!(places, merge(found, places))
    end
    inner = Vector{Union{ExportNames,Nothing}}(nothing, length(names))
    return ExportNames(names, types, places, inner, functions)
end

# Whether instances have it under its name. Those of resources have their functions.
function is_usable(item)
    name, type = item
    return kind_of(type) in (:interface, :resource) ||
           kind_of(type) === :func && !startswith(name, '[')
end

# "docs:adder/add@0.1.0" is also found as "docs:adder/add" and as "add".
without_version(name) = String(first(split(name, '@')))
last_part(name) = String(last(split(without_version(name), '/')))

is_interface(names::ExportNames, place) = kind_of(names.types[place]) === :interface

# What a component exports. Its instances share it.
function export_names(component::WasmComponent)
    known = getfield(component, :exported)
    known === nothing || return known::ExportNames
    count, item = API.safewasm_component_exports_len, API.safewasm_component_export
    items = with_clone(handle -> read_wit_items(handle, count, item), component)
    return setfield!(component, :exported, ExportNames(items))::ExportNames
end

# What a component imports.
function import_names(component::WasmComponent)
    known = getfield(component, :imported)
    known === nothing || return known::ExportNames
    count, item = API.safewasm_component_imports_len, API.safewasm_component_import
    items = with_clone(handle -> read_wit_items(handle, count, item), component)
    return setfield!(component, :imported, ExportNames(items))::ExportNames
end

# What the interface at a place exports.
function inner_names(names::ExportNames, place)
    known = names.inner[place]
    known === nothing || return known
    return names.inner[place] = ExportNames(items_of(names.types[place]))
end

# The place of the export that a name stands for, 0 if there are several, or nothing.
function place_of(names::ExportNames, name::String)
    place = get(names.places, name, nothing)
    return place === nothing && '@' in name ? compatible_place(names, name) : place
end

# The place of the newest version of an interface that is compatible with the one that is named.
function compatible_place(names::ExportNames, name)
    wanted = version_of(name)
    wanted === nothing && return nothing
    place, newest = nothing, nothing
    for (index, known) in enumerate(names.names)
        without_version(known) == without_version(name) || continue
        version = version_of(known)
        version !== nothing && release_of(version) == release_of(wanted) || continue
        newest === nothing || newest < version || continue
        place, newest = index, version
    end
    return place
end

# The numbers of a version, or nothing. A version before a release is compatible with itself only.
function version_of(name)
    found = match(r"@(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:\+.*)?$", name)
    return found === nothing ? nothing : map(n -> parse(Int, n), Tuple(found.captures))
end

# Versions with the same release are compatible: 1.2.3 and 1.4.0, 0.1.2 and 0.1.3.
function release_of((major, minor, patch))
    major > 0 && return (major,)
    return minor > 0 ? (major, minor) : (major, minor, patch)
end

# The names under which exports are properties: the shortest that stand for one export.
function property_names(names::ExportNames)
    return map(enumerate(names.names)) do (index, name)
        forms = (julia_name(last_part(name)), julia_name(without_version(name)), name)
        first(form for form in forms if get(names.places, form, 0) == index)
    end
end

# The names that a short name stands for.
function meant_names(names::ExportNames, name)
    return filter(known -> name in short_names(known), names.names)
end

# The error for a name that stands for no export, or for several.
@noinline function throw_no_export(names::ExportNames, name, inside)
    missing_name = "there is no export called $(quoted(name))$inside"
    text = if place_of(names, name) == 0
        all = meant_names(names, name)
        "$(quoted(name)) stands for several exports$inside: $(listed(all)); use the whole " *
        "name, as in `exports(instance)[$(shortened(repr(first(all))))]`"
    elseif isempty(names.names)
        "$missing_name; nothing is exported"
    else
        "$missing_name; the exports are: $(listed(names.names))"
    end
    throw(WasmtimeError(text, :not_found))
end

# The names that may stand for an interface.
function short_names(name)
    short, last = without_version(name), last_part(name)
    return (short, julia_name(short), last, julia_name(last))
end

function listed(names)
    shown = join((quoted(name) for name in Iterators.take(names, MAX_LISTED)), ", ")
    return shown * (length(names) > MAX_LISTED ? ", …" : "")
end
