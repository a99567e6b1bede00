# Imports by name, put into the module's order.

function lookup(given, name)
    throw(
        ArgumentError(
            "imports by name are a NamedTuple, a Dict, pairs or an instance, not a " *
            "$(typeof(given))",
        ),
    )
end

lookup(given::WasmInstance, name) = lookup(exports(given), name)

function lookup(given::NamedTuple, name)
    return haskey(given, Symbol(name)) ? given[Symbol(name)] : nothing
end

function lookup(given::AbstractDict, name)
    haskey(given, name) && return given[name]
    return haskey(given, Symbol(name)) ? given[Symbol(name)] : nothing
end

lookup(given::Pair, name) = string(first(given)) == name ? last(given) : nothing

function lookup(given::Union{Tuple{Vararg{Pair}},AbstractVector{<:Pair}}, name)
    for pair in given
        string(first(pair)) == name && return last(pair)
    end
    return nothing
end

function imports_by_name(m::WasmModule, given, keywords)
    return map(imports(m)) do wanted
        space = lookup(keywords, wanted.module_name)
        space === nothing && (space = lookup(given, wanted.module_name))
        item = space === nothing ? nothing : lookup(space, wanted.name)
        item === nothing && throw(
            WasmtimeError(
                "the import `$(wanted.name)` of module `$(wanted.module_name)` is " *
                "missing: expected $(import_text(wanted.type))$(what_is_given(space))",
                :link,
            ),
        )
        item
    end
end

# What there is in place of a missing import, for its message.
function what_is_given(space)
    space isa Union{NamedTuple,AbstractDict} || return ""
    isempty(space) && return ""
    names = sort!([string(name) for name in keys(space)])
    return "; given are " * join(("`$name`" for name in names), ", ")
end

# Whether an import is to become a host function.
is_function(item) = item isa Union{Function,Type}

# The imports, with a host function in place of each Julia function, of the type that the
# module wants.
function with_host_functions(store::WasmStore, m::WasmModule, given)
    wanted = imports(m)
    return map(enumerate(given)) do (index, item)
        is_function(item) || return item
        # The library says so of too many.
        index <= length(wanted) || return WasmFunc(item, store, Any[], Any[])
        type, name = wanted[index].type, wanted[index].name
        type isa WasmFuncType || throw(
            WasmtimeError(
                "the import `$name` of module `$(wanted[index].module_name)` is of " *
                "another type: expected $type, given the Julia function $item",
                :link,
            ),
        )
        return WasmFunc(item, store, type.params, type.results, name)
    end
end

import_text(type::WasmFuncType) = "func $type"
import_text(type) = string(type)
