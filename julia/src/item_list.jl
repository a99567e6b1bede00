# The lists of the imports and exports of modules and components.

# Named tuples in the order of the module or component, which are also found by their field `Key`. `noun` is
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
    hint = no_property_hint(list, name, shortened(repr(string(name))))
    throw(ArgumentError("a list of $(list.noun)s has no property $(quoted(name))$hint"))
end

function no_property_hint(list::ItemList, name, item)
    if !haskey(list, name)
        return list.noun == "export" ? ", and the module has no export of this name" : ""
    elseif list.noun == "export"
        return "; `exports(m)[$item]` is its type, and the export itself is one of an " *
               "instance: `exports(WasmInstance(store, m))[$item]`"
    else
        return "; `imports(m)[$item]` is the list of the imports of that module"
    end
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
