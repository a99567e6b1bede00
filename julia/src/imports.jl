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
                "missing: expected $(import_text(wanted.type))",
                :link,
            ),
        )
        item
    end
end

import_text(type::WasmFuncType) = "func $type"
import_text(type) = string(type)
