# WIT types: the types of what components import and export.

# The library's handle of a WIT type. Only the collector closes it.
mutable struct WitHandle <: WasmObject
    ptr::Ptr{API.safewasm_wittype_t}

    # `create` makes the handle, by a function of the library whose error it returns.
    function WitHandle(create::Function)
        type = finalizer(close, new(C_NULL))
        handle = Ref(getfield(type, :ptr))
        check_after_collection() do
            error = create(handle)
            setfield!(type, :ptr, handle[])
            error
        end
        return type
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_wittype_t}}, x::WitHandle) = getfield(x, :ptr)
Base.isvalid(x::WitHandle) = API.safewasm_wittype_is_valid(x)
delete_handle(x::WitHandle) = API.safewasm_wittype_delete(x)

"""
    WitType

The type of an import or export of a [`WasmComponent`](@ref): of a function, an interface, a
resource or another item. It is shown in WIT, the language that describes the interfaces of
components; `string(type)` is that text. [`exports`](@ref) lists the items of an interface.

`type.kind` is a symbol: `:func`, `:interface`, `:resource`, `:component` or `:module`; of a
type of values one of `:bool`, `:s8`, `:u8`, `:s16`, `:u16`, `:s32`, `:u32`, `:s64`, `:u64`,
`:f32`, `:f64`, `:char`, `:string`, `:list`, `:record`, `:tuple`, `:variant`, `:enum`,
`:option`, `:result`, `:flags`, `:own` and `:borrow`.

Types that are written alike are equal. A type is plain data: it needs neither its component
nor its engine, and may be serialized and be a constant of a package.

```julia
logging = WasmComponent(engine, wat\"\"\"(component
    (import "log" (func (param "text" string))))\"\"\")
type = imports(logging)["log"].type    # => func(text: string)
type.kind                              # => :func
```
"""
mutable struct WitType <: WasmType
    # Where the rest comes from when it is first asked for. In another process the rest is there.
    handle::Union{WitHandle,Nothing}
    kind::Union{Symbol,Nothing}
    text::Union{String,Nothing}
    items::Union{Vector{Pair{String,WitType}},Nothing}
    # Of a function that is called.
    signature::Union{WitSignature,Nothing}
end

function WitType(create::Function)
    type = WitType(WitHandle(create), nothing, nothing, nothing, nothing)
    # A constant of a precompiled package has no handle.
    is_precompiling() && foreach(part -> part(type), (kind_of, wit_text, items_of))
    return type
end

function Base.getproperty(type::WitType, name::Symbol)
    name === :kind && return kind_of(type)
    throw(ArgumentError("a WitType has no property $(quoted(name)); it has `kind`"))
end

Base.propertynames(::WitType, private::Bool=false) = (:kind,)

function Base.setproperty!(::WitType, name::Symbol, value)
    throw(ArgumentError("the field $(quoted(name)) of a WitType can't be set"))
end

# The value of a field, which `read` reads from the handle at first.
function known(read, type::WitType, field)
    value = getfield(type, field)
    value === nothing || return value
    handle = getfield(type, :handle)
    value = GC.@preserve handle read(handle)
    setfield!(type, field, value)
    return value
end

kind_of(type::WitType) = known(read_kind, type, :kind)::Symbol

function read_kind(handle)
    nodes, len = Ref{Ptr{API.safewasm_witnode_t}}(C_NULL), Ref{Csize_t}(0)
    check(API.safewasm_wittype_nodes(handle, nodes, len))
    return API.SAFEWASM_WIT_NAMES[unsafe_load(nodes[]).kind]
end

wit_text(type::WitType) = known(read_type_text, type, :text)::String

function read_type_text(handle)
    text = Ref{API.safewasm_text_t}()
    check(API.safewasm_wittype_text(handle, text))
    return printable(read_text(text[]), "\n")
end

items_of(type::WitType) = known(read_type_items, type, :items)::Vector{Pair{String,WitType}}

function read_type_items(handle)
    return read_wit_items(handle, API.safewasm_wittype_items_len, API.safewasm_wittype_item)
end

signature_of(type::WitType) = known(read_signature, type, :signature)::WitSignature

# The names and types that a component or a WIT type has. `count` and `item` are functions of the
# library.
function read_wit_items(owner, count, item)
    len = Ref{Csize_t}(0)
    check(count(owner, len))
    items = Pair{String,WitType}[]
    for index in 1:Int(len[])
        name = Ref{API.safewasm_text_t}()
        type = WitType(handle -> item(owner, index - 1, name, handle))
        push!(items, read_text(name[]) => type)
    end
    return items
end

# An item of a list of imports and exports of a component.
const WitItem = NamedTuple{(:name, :type),Tuple{String,WitType}}

function wit_list(items, noun)
    return item_list(WitItem[(name=name, type=type) for (name, type) in items], noun, :name)
end

function no_property_hint(list::ItemList{WitItem}, name, item)
    haskey(list, name) || return ", and there is no $(list.noun) of this name"
    return "; `list[$item].type` is the type of the $(list.noun)"
end

"""
    imports(c::WasmComponent)

The component's imports, in its order: a vector of named tuples `(name, type)`, which can also
be indexed with their names. A type is a [`WitType`](@ref).

# Errors
- `WasmtimeError` if the component is closed.
- `KeyError` for a name that the list doesn't have.

```julia
logging = WasmComponent(engine, wat\"\"\"(component
    (import "log" (func (param "text" string))))\"\"\")
imports(logging)["log"].type    # => func(text: string)
```
"""
function imports(c::WasmComponent)
    count, item = API.safewasm_component_imports_len, API.safewasm_component_import
    return wit_list(with_clone(handle -> read_wit_items(handle, count, item), c), "import")
end

"""
    exports(c::WasmComponent)

The component's exports, in its order: a vector of named tuples `(name, type)`, which can also
be indexed with their names. A type is a [`WitType`](@ref).

# Errors
- `WasmtimeError` if the component is closed.
- `KeyError` for a name that the list doesn't have.

```julia
sized = WasmComponent(engine, wat\"\"\"(component
    (type \$size (record (field "width" f64) (field "height" f64)))
    (export "size" (type \$size)))\"\"\")
exports(sized)["size"].type    # => record { width: f64, height: f64 }
```
"""
function exports(c::WasmComponent)
    count, item = API.safewasm_component_exports_len, API.safewasm_component_export
    return wit_list(with_clone(handle -> read_wit_items(handle, count, item), c), "export")
end

"""
    exports(type::WitType)

The functions and types of an interface, in its order: a vector of named tuples `(name,
type)`, which can also be indexed with their names. Of a component within a component, it is
what that exports; for other types the list is empty. The functions of a resource `r` are
named `[constructor]r`, `[method]r.name` and `[static]r.name`.

# Errors
- `KeyError` for a name that the list doesn't have.

```julia
polite = WasmComponent(engine, wat\"\"\"(component
    (import "docs:polite/words" (instance
        (export "thank" (func (param "name" string))))))\"\"\")
words = imports(polite)["docs:polite/words"].type    # => interface with 1 export
exports(words)["thank"].type                         # => func(name: string)
```
"""
exports(type::WitType) = wit_list(items_of(type), "export")

Base.:(==)(a::WitType, b::WitType) = a === b || wit_text(a) == wit_text(b)
Base.hash(type::WitType, h::UInt) = hash(wit_text(type), hash(:WitType, h))

Base.print(io::IO, type::WitType) = print(io, wit_text(type))

# On one line.
function Base.show(io::IO, type::WitType)
    kind = kind_of(type)
    if kind in (:interface, :component)
        return print(io, kind, " with ", count_text(length(items_of(type)), "export"))
    end
    text = wit_text(type)
    return print(io, get(io, :limit, false) ? shortened(text, MAX_TYPE_LENGTH) : text)
end

Base.show(io::IO, ::MIME"text/plain", type::WitType) = print_lines(io, wit_text(type))

# Prints the first lines of a text, as many as the display has room for.
function print_lines(io, text)
    rows, columns = display_limits(io)
    lines = split(text, '\n')
    is_cut = length(lines) > rows
    for (index, line) in enumerate(is_cut ? lines[1:(rows - 1)] : lines)
        print(io, index == 1 ? "" : "\n", shortened(line, columns))
    end
    return is_cut ? print(io, "\n⋮") : nothing
end

# A handle means nothing in another process, so a type is sent with all that it has.
function Serialization.serialize(s::AbstractSerializer, type::WitType)
    Serialization.serialize_cycle(s, type) && return nothing
    Serialization.serialize_type(s, WitType, true)
    foreach(part -> serialize(s, part), (kind_of(type), wit_text(type), items_of(type)))
    return nothing
end

function Serialization.deserialize(s::AbstractSerializer, ::Type{WitType})
    type = WitType(nothing, nothing, nothing, nothing, nothing)
    Serialization.deserialize_cycle(s, type)
    foreach(field -> setfield!(type, field, deserialize(s)), (:kind, :text, :items))
    return type
end

# A copy of a type would close its handle.
Base.deepcopy_internal(type::WitType, ::IdDict) = type
