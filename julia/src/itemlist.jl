# Lists of what a module imports or exports.

# Named tuples in the module's order, which are also found by the field `Key`. `kind` is what
# one of them is called.
struct ItemList{Item<:NamedTuple,Key} <: AbstractVector{Item}
    items::Vector{Item}
    kind::String
end

item_list(items::Vector{Item}, kind, key) where {Item} = ItemList{Item,key}(items, kind)

Base.size(list::ItemList) = size(list.items)
Base.IndexStyle(::Type{<:ItemList}) = IndexLinear()
Base.getindex(list::ItemList, index::Int) = list.items[index]

const Name = Union{AbstractString,Symbol}

function Base.getindex(list::ItemList, name::Name)
    found = get(list, name, nothing)
    return found === nothing ? throw(KeyError(name)) : found
end

Base.haskey(list::ItemList, name::Name) = get(list, name, nothing) !== nothing

# By its own name an item is found, by the name of a module all that come from there.
function Base.get(list::ItemList{Item,:name}, name::Name, default) where {Item}
    index = findfirst(item -> item.name == String(name), list.items)
    return index === nothing ? default : list.items[index]
end

function Base.get(list::ItemList{Item,:module_name}, name::Name, default) where {Item}
    found = filter(item -> item.module_name == String(name), list.items)
    return isempty(found) ? default : item_list(found, list.kind, :name)
end

Base.summary(io::IO, list::ItemList) = print(io, counted(list, list.kind))
