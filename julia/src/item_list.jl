# The lists of a module's imports and exports.

# Named tuples in the module's order, which are also found by their field `Key`. `noun` is
# the word for one of them.
struct ItemList{Item<:NamedTuple,Key} <: AbstractVector{Item}
    items::Vector{Item}
    noun::String
end

item_list(items::Vector{Item}, noun, key) where {Item} = ItemList{Item,key}(items, noun)

function Base.getproperty(list::ItemList, name::Symbol)
    hasfield(typeof(list), name) || throw_no_item_property(list, name)
    return getfield(list, name)
end

@noinline function throw_no_item_property(list, name)
    item = shortened(repr(string(name)))
    hint = if !haskey(list, name)
        list.noun == "export" ? ", and the module has no export of this name" : ""
    elseif list.noun == "export"
        "; `exports(m)[$item]` is its type, and the export itself is one of an instance: " *
        "`exports(WasmInstance(store, m))[$item]`"
    else
        "; `imports(m)[$item]` is the list of the imports of that module"
    end
    throw(ArgumentError("a list of $(list.noun)s has no property $(quoted(name))$hint"))
end

Base.size(list::ItemList) = size(list.items)
Base.IndexStyle(::Type{<:ItemList}) = IndexLinear()
Base.getindex(list::ItemList, index::Int) = list.items[index]

const Name = Union{AbstractString,Symbol}

function Base.getindex(list::ItemList, name::Name)
    found = get(list, name, nothing)
    return found === nothing ? throw(KeyError(short_key(name))) : found
end

Base.haskey(list::ItemList, name::Name) = get(list, name, nothing) !== nothing

# An export is found by its own name.
function Base.get(list::ItemList{Item,:name}, name::Name, default) where {Item}
    index = findfirst(item -> item.name == String(name), list.items)
    return index === nothing ? default : list.items[index]
end

# The imports from a module are found by the name of that module, as a list.
function Base.get(list::ItemList{Item,:module_name}, name::Name, default) where {Item}
    found = filter(item -> item.module_name == String(name), list.items)
    return isempty(found) ? default : item_list(found, list.noun, :name)
end

Base.summary(io::IO, list::ItemList) = print(io, count_text(length(list), list.noun))
