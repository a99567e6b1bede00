# The imports that an instance is made with: given by name or in the module's order, they
# are brought into that order. Nothing here is compiled for the types of functions and
# containers, which differ in each program.

const NamedItem = Pair{String,Any}

# The items of a container with their names, in its order, or nothing if it isn't a
# container of named items.
function named_items(@nospecialize(given))
    named = NamedItem[]
    if given isa NamedTuple
        for index in 1:nfields(given)
            name = String(fieldname(typeof(given), index))
            push!(named, NamedItem(name, getfield(given, index)))
        end
    elseif given isa Pair
        push!(named, NamedItem(string(getfield(given, 1)), getfield(given, 2)))
    elseif given isa AbstractDict
        for (name, item) in given
            push!(named, NamedItem(string(name), item))
        end
    elseif given isa Union{Tuple,AbstractVector}
        for index in 1:length(given)
            pair = given[index]
            pair isa Pair || return nothing
            push!(named, NamedItem(string(getfield(pair, 1)), getfield(pair, 2)))
        end
    else
        return nothing
    end
    return named
end

# In these errors `declared` is the list of the module's imports.

@noinline function throw_no_imports(@nospecialize(given), declared)
    throw(
        ArgumentError(
            "imports are a vector in the order of the module's, a WasmLinker, or by name " *
            "a NamedTuple, a Dict or pairs, such as $(example_text(declared)), not " *
            "$(given_text(given)); $(modules_text(declared))",
        ),
    )
end

@noinline function throw_no_module_items(module_name, @nospecialize(given), declared)
    module_name == "wasi" && throw(
        ArgumentError(
            "`wasi` is a WasiConfig, such as `wasi=WasiConfig(stdout=stdout)`, or gives the " *
            "imports from a module of that name; it is $(given_text(given))",
        ),
    )
    throw(
        ArgumentError(
            "$(quoted(module_name)) must be a module's name with its imports, which are " *
            "a NamedTuple, a Dict, pairs or an instance, such as " *
            "$(example_text(declared, module_name)), not $(given_text(given)); " *
            modules_text(declared),
        ),
    )
end

# How an import is given by name: the one that `name` is part of, if there is one.
function example_text(declared, name="")
    isempty(declared) && return "`env=(log=f,)`"
    index = findfirst(import_ -> name in (import_.module_name, import_.name), declared)
    import_ = declared[something(index, 1)]
    names = (import_.module_name, import_.name)
    all(Base.isidentifier, names) &&
        return quoted("$(import_.module_name)=($(import_.name)=f,)")
    return quoted("$(repr(import_.module_name)) => ($(repr(import_.name)) => f,)")
end

function modules_text(declared)
    isempty(declared) && return "the module imports nothing"
    names = unique(import_.module_name for import_ in declared)
    listed = join(map(quoted, Iterators.take(names, MAX_LISTED)), ", ")
    return "the module imports from $listed" * (length(names) > MAX_LISTED ? ", …" : "")
end

# The items that are given for one module name. `Some` makes a `Dict` of one type for all.
const ModuleItems = Union{WasmExports,Dict{String,Some{Any}}}

function module_items(module_name, @nospecialize(given), declared)
    given isa WasmInstance && return exports(given)
    given isa WasmExports && return given
    items, named = Dict{String,Some{Any}}(), named_items(given)
    named === nothing && throw_no_module_items(module_name, given, declared)
    for (name, item) in named
        haskey(items, name) || (items[name] = Some{Any}(item))
    end
    return items
end

# The imports that are given by name. A module name may occur several times; the first that
# has an item counts.
const GivenImports = Vector{Pair{String,ModuleItems}}

function given_imports(@nospecialize(given), @nospecialize(keywords), declared)
    imports = GivenImports()
    for container in (keywords, given)
        named = named_items(container)
        named === nothing && throw_no_imports(container, declared)
        for (name, items) in named
            container === keywords && name == "unknown" && continue
            items = module_items(name, items, declared)
            push!(imports, Pair{String,ModuleItems}(name, items))
        end
    end
    return imports
end

function find_import(given::GivenImports, import_::Import)
    for (module_name, items) in given
        module_name == import_.module_name || continue
        item = get(items, import_.name, nothing)
        item isa Some && (item = item.value)
        item === nothing || return item
    end
    return nothing
end

# Whether something can be imported as it is.
is_item(@nospecialize(item)) = extern_kind(item) !== nothing

# Whether something becomes a host function where it is imported.
is_function(@nospecialize(item)) = item isa Union{Function,Type} || is_functor(item)

function is_functor(@nospecialize(item))
    (is_item(item) || item === nothing) && return false
    return !isempty(methods(item))
end

import_text(module_name, name) = "$(quoted(name)) of module $(quoted(module_name))"
import_text(import_::Import) = import_text(import_.module_name, import_.name)

# The host function that `f` becomes as an import. Nothing is compiled for it.
function host_for_import(store, @nospecialize(f), import_::Import)
    type, text = import_.type, "the import $(import_text(import_))"
    type isa WasmFuncType || throw(
        WasmtimeError(
            "$text is of another type: expected $type, given the Julia function " *
            shortened(string(f)),
            :link,
        ),
    )
    role = HostRole(text, :link)
    return new_host(f, type.params, type.results, import_.name, store, role; compiled=false)
end

# Fills in the items that aren't given: functions that trap, or defaults of all kinds.
function define_unknown!(items, declared, store::WasmStore, m::WasmModule, unknown)
    unknown === :default && return define_defaults!(items, declared, store, m)
    for (index, import_) in enumerate(declared)
        if items[index] === nothing && import_.type isa WasmFuncType
            host = host_for_import(store, trapping_function(import_), import_)
            items[index] = WasmFunc(store, host)
        end
    end
    return nothing
end

function trapping_function(import_::Import)
    message = "the import $(import_text(import_)) was called, but not given"
    return (args...) -> throw(WasmTrap(message, :other, WasmFrame[]))
end

function define_defaults!(items, declared, store::WasmStore, m::WasmModule)
    linker = WasmLinker(store.engine; allow_shadowing=true)
    for (import_, item) in zip(declared, items)
        item === nothing || define!(linker, store, import_.module_name, import_.name, item)
    end
    define_unknown_imports_as_default_values!(linker, store, m)
    for (index, import_) in enumerate(declared)
        items[index] === nothing || continue
        items[index] = get(linker, store, import_.module_name, import_.name)
    end
    return close(linker)
end

# The items to instantiate a module with, in the order of its imports, with host functions
# in place of Julia functions. `given` is a vector in that order, or gives them by name, as
# `keywords` do. `unknown` says what to do about items that aren't given,
# and `has_wasi` whether the functions of WASI are among these.
function resolve_imports(
    store::WasmStore,
    m::WasmModule,
    @nospecialize(given),
    @nospecialize(keywords),
    unknown,
    has_wasi,
)
    items, by_name = Any[], GivenImports()
    if is_positional(given, keywords)
        items = as_vector(given)
        len = Ref{Csize_t}(0)
        check(API.safewasm_module_imports_len(m, len))
        # The usual case is done without reading the module's imports.
        length(items) == len[] && all(is_item, items) && return items
        length(items) <= len[] || throw_too_many(items, len[])
        append!(items, Iterators.repeated(nothing, len[] - length(items)))
        declared = all_imports(m)
    else
        declared = all_imports(m)
        by_name = given_imports(given, keywords, declared)
        for import_ in declared
            push!(items, find_import(by_name, import_))
        end
    end
    for (index, import_) in enumerate(declared)
        item = items[index]
        if is_function(item)
            items[index] = WasmFunc(store, host_for_import(store, item, import_))
        elseif !(item === nothing || is_item(item))
            throw_no_item(item, "the import $(import_text(import_))")
        end
    end
    has_wasi && add_wasi_items!(items, declared, store)
    unknown === :error || define_unknown!(items, declared, store, m, unknown)
    any(isnothing, items) && throw_missing(declared, items, by_name, has_wasi)
    return items
end

@noinline function throw_too_many(items, len)
    # An item that can't be an import is the more important error.
    for item in items
        is_function(item) && continue
        is_item(item) ? to_extern(item) : throw_no_item(item, "an import")
    end
    count = length(items)
    throw(WasmtimeError("$count imports are given, but the module has $len", :link))
end

# Whether imports are given in the module's order, and not by name.
function is_positional(@nospecialize(given), @nospecialize(keywords))
    given isa AbstractVector || return false
    nfields(keywords) == isdefined(keywords, :unknown) || return false
    return isempty(given) || !all(item -> item isa Pair, as_vector(given))
end

# A copy with elements of type `Any`, for which nothing is compiled for the type of the
# vector.
as_vector(@nospecialize(given)) = Any[given[index] for index in eachindex(given)]
