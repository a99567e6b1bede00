# Imports by name, put into the module's order. Nothing here is compiled for the types of
# functions and containers, of which each program has its own.

const NamedItem = Pair{String,Any}

# The items of a container by their names, in its order, or nothing if it is none.
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

@noinline function throw_no_imports(@nospecialize(given), wanted)
    throw(
        ArgumentError(
            "imports are a vector in the order of the module's, a WasmLinker, or by name a " *
            "NamedTuple, a Dict or pairs, such as $(example(wanted)), not " *
            "$(given_text(given)); $(imported_modules(wanted))",
        ),
    )
end

@noinline function throw_no_space(module_name, @nospecialize(given), wanted)
    throw(
        ArgumentError(
            "$(quoted(module_name)) must be a module's name with its imports, which are a " *
            "NamedTuple, a Dict, pairs or an instance, such as " *
            "$(example(wanted, module_name)), not $(given_text(given)); " *
            imported_modules(wanted),
        ),
    )
end

# How an import is given by name: one that is meant by `name`, if there is one.
function example(wanted, name="")
    meant = findfirst(known -> name in (known.module_name, known.name), wanted)
    meant === nothing && isempty(wanted) && return "`env=(log=f,)`"
    known = wanted[something(meant, 1)]
    plain = Base.isidentifier(known.module_name) && Base.isidentifier(known.name)
    plain && return quoted("$(known.module_name)=($(known.name)=f,)")
    return quoted("$(repr(known.module_name)) => ($(repr(known.name)) => f,)")
end

function imported_modules(wanted)
    isempty(wanted) && return "the module imports nothing"
    names = unique(known.module_name for known in wanted)
    listed = join(map(quoted, Iterators.take(names, MOST_LISTED)), ", ")
    return "the module imports from $listed" * (length(names) > MOST_LISTED ? ", …" : "")
end

# The items of one module name.
const Space = Union{WasmExports,Dict{String,Some{Any}}}

function space(module_name, @nospecialize(given), wanted)
    given isa WasmInstance && return exports(given)
    given isa WasmExports && return given
    items, named = Dict{String,Some{Any}}(), named_items(given)
    named === nothing && throw_no_space(module_name, given, wanted)
    for (name, item) in named
        haskey(items, name) || (items[name] = Some{Any}(item))
    end
    return items
end

# What was given as imports by name. A module name may occur several times; the first that has
# an item counts.
const GivenImports = Vector{Pair{String,Space}}

function given_imports(@nospecialize(given), @nospecialize(keywords), wanted)
    found = GivenImports()
    for container in (keywords, given)
        named = named_items(container)
        named === nothing && throw_no_imports(container, wanted)
        for (module_name, items) in named
            container === keywords && module_name == "unknown" && continue
            push!(found, Pair{String,Space}(module_name, space(module_name, items, wanted)))
        end
    end
    return found
end

function find_import(given::GivenImports, wanted::Import)
    for (module_name, items) in given
        module_name == wanted.module_name || continue
        item = get(items, wanted.name, nothing)
        item isa Some && (item = item.value)
        item === nothing || return item
    end
    return nothing
end

is_item(@nospecialize(item)) = item isa Union{External,TypedFunc}

# Whether an import is to become a host function.
is_function(@nospecialize(item)) = item isa Union{Function,Type} || is_functor(item)

function is_functor(@nospecialize(item))
    (is_item(item) || item === nothing) && return false
    return !isempty(methods(item))
end

import_name(module_name, name) = "$(quoted(name)) of module $(quoted(module_name))"
import_name(wanted) = import_name(wanted.module_name, wanted.name)

# The host function that `f` becomes as an import. Nothing is compiled for it.
function import_host(store, @nospecialize(f), wanted)
    type, place = wanted.type, "the import $(import_name(wanted))"
    type isa WasmFuncType || throw(
        WasmtimeError(
            "$place is of another type: expected $type, given the Julia function $(cut(string(f)))", :link
        ),
    )
    as = Wanted(place, :link)
    return new_host(f, type.params, type.results, wanted.name, store, as; compiled=false)
end

# Gives what is missing as `unknown` says: functions that trap, or defaults of all kinds.
function define_unknown!(items, wanted, store::WasmStore, m::WasmModule, unknown)
    unknown === :default && return define_defaults!(items, wanted, store, m)
    for (index, known) in enumerate(wanted)
        if items[index] === nothing && known.type isa WasmFuncType
            items[index] = WasmFunc(store, import_host(store, trapping(known), known))
        end
    end
    return nothing
end

function trapping(wanted::Import)
    said = "the import $(import_name(wanted)) was called, but not given"
    return (args...) -> throw(WasmTrap(said, :other, WasmFrame[]))
end

function define_defaults!(items, wanted, store::WasmStore, m::WasmModule)
    linker = WasmLinker(store.engine; allow_shadowing=true)
    for (known, item) in zip(wanted, items)
        item === nothing || define!(linker, store, known.module_name, known.name, item)
    end
    define_unknown_imports_as_default_values!(linker, store, m)
    for (index, known) in enumerate(wanted)
        items[index] === nothing || continue
        items[index] = get(linker, store, known.module_name, known.name)
    end
    return close(linker)
end

# The module's imports in its order: host functions in place of Julia functions, and what
# `unknown` says in place of what isn't given. They are given as a vector in this order, or by
# name.
function find_imports(
    store::WasmStore, m::WasmModule, @nospecialize(given), @nospecialize(keywords), unknown
)
    items, by_name = Any[], GivenImports()
    if in_order(given, keywords)
        items = listed(given)
        len = Ref{Csize_t}(0)
        check(API.safewasm_module_imports_len(m, len))
        # Nothing is to be done for a vector of all imports.
        length(items) == len[] && all(is_item, items) && return items
        length(items) <= len[] || throw_too_many(items, len[])
        append!(items, Iterators.repeated(nothing, len[] - length(items)))
        wanted = all_imports(m)
    else
        wanted = all_imports(m)
        by_name = given_imports(given, keywords, wanted)
        for known in wanted
            push!(items, find_import(by_name, known))
        end
    end
    for (index, known) in enumerate(wanted)
        item = items[index]
        if is_function(item)
            items[index] = WasmFunc(store, import_host(store, item, known))
        elseif !(item === nothing || is_item(item))
            throw_no_item(item, "the import $(import_name(known))")
        end
    end
    unknown === :error || define_unknown!(items, wanted, store, m, unknown)
    any(isnothing, items) && throw_missing(wanted, items, by_name)
    return items
end

@noinline function throw_too_many(items, len)
    # What is no import, or can't be used, is worth more words.
    for item in items
        is_function(item) && continue
        is_item(item) ? to_extern(item) : throw_no_item(item, "an import")
    end
    count = length(items)
    throw(WasmtimeError("$count imports are given, but the module has $len", :link))
end

# Whether imports are given in the module's order, and not by name.
function in_order(@nospecialize(given), @nospecialize(keywords))
    given isa AbstractVector || return false
    nfields(keywords) == isdefined(keywords, :unknown) || return false
    return isempty(given) || !all(item -> item isa Pair, listed(given))
end

# Compiles nothing for the type of the vector.
listed(@nospecialize(given)) = Any[given[index] for index in eachindex(given)]
