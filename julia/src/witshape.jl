# What the conversions of components' values know of types: a tree for each parameter and result,
# which is read once for each function of a component. The conversions walk it, so that Julia
# compiles nothing anew for another type.

struct WitShape
    # A `SAFEWASM_WIT_…`.
    kind::UInt8
    # The name that the type has in its parent: of a parameter, a field, a case or a flag.
    wit_name::String
    name::Symbol
    children::Vector{WitShape}
    # The Julia type of the values.
    type::Any
    # Of an owned or borrowed resource: the name of its type in WIT, and the number that the type
    # has in the component.
    resource::String
    number::UInt32
end

# The parameters and the result of a function.
struct WitSignature
    params::Vector{WitShape}
    result::WitShape
end

# A name of WIT in Julia: `set-size` is `set_size`.
julia_name(name) = replace(name, '-' => '_')

# Whether a name that a program gives is that of a parameter, a field, a case or a flag.
is_named(shape::WitShape, name::Symbol) = name === shape.name || is_named(shape, String(name))
function is_named(shape::WitShape, name::AbstractString)
    return name == shape.wit_name || name == String(shape.name)
end
is_named(::WitShape, name) = false

function read_signature(handle)
    nodes, len = Ref{Ptr{API.safewasm_witnode_t}}(C_NULL), Ref{Csize_t}(0)
    check(API.safewasm_wittype_nodes(handle, nodes, len))
    shapes = read_children(nodes[], 1, unsafe_load(nodes[]).len)
    return WitSignature(shapes[1:(end - 1)], shapes[end])
end

# The shapes of the children of the node at `index`.
function read_children(nodes, index, count)
    shapes, at = WitShape[], index + 1
    for _ in 1:count
        node = unsafe_load(nodes, at)
        wit_name = something(read_text(node.name), "")
        children = read_children(nodes, at, node.len)
        name, type = Symbol(julia_name(wit_name)), julia_type(node.kind, children)
        resource = something(read_text(node.resource), "")
        push!(
            shapes, WitShape(node.kind, wit_name, name, children, type, resource, node.index)
        )
        at += node.size
    end
    return shapes
end

# The Julia types of values of the kinds that have one type.
const SIMPLE_TYPES = Dict{UInt8,Any}(
    API.SAFEWASM_WIT_NONE => Nothing,
    API.SAFEWASM_WIT_BOOL => Bool,
    API.SAFEWASM_WIT_S8 => Int8,
    API.SAFEWASM_WIT_U8 => UInt8,
    API.SAFEWASM_WIT_S16 => Int16,
    API.SAFEWASM_WIT_U16 => UInt16,
    API.SAFEWASM_WIT_S32 => Int32,
    API.SAFEWASM_WIT_U32 => UInt32,
    API.SAFEWASM_WIT_S64 => Int64,
    API.SAFEWASM_WIT_U64 => UInt64,
    API.SAFEWASM_WIT_F32 => Float32,
    API.SAFEWASM_WIT_F64 => Float64,
    API.SAFEWASM_WIT_CHAR => Char,
    API.SAFEWASM_WIT_STRING => String,
    API.SAFEWASM_WIT_VARIANT => WitVariant,
    API.SAFEWASM_WIT_ENUM => Symbol,
    API.SAFEWASM_WIT_RESULT => Union{Ok,Err},
    API.SAFEWASM_WIT_FLAGS => Set{Symbol},
)

# The Julia type of the values of a kind.
function julia_type(kind::UInt8, children)
    types = Any[child.type for child in children]
    if kind == API.SAFEWASM_WIT_LIST
        return Vector{types[1]}
    elseif kind == API.SAFEWASM_WIT_RECORD
        return NamedTuple{Tuple(child.name for child in children),Tuple{types...}}
    elseif kind == API.SAFEWASM_WIT_TUPLE
        return Tuple{types...}
    elseif kind == API.SAFEWASM_WIT_OPTION
        return Union{Nothing,is_option(children[1]) ? Some : types[1]}
    end
    # Values of other types can't be passed.
    return get(SIMPLE_TYPES, kind, Any)
end

is_option(shape::WitShape) = shape.kind == API.SAFEWASM_WIT_OPTION

function is_resource(shape::WitShape)
    return shape.kind in (API.SAFEWASM_WIT_OWN, API.SAFEWASM_WIT_BORROW)
end

# Whether a list of such elements has them packed.
is_packed(element::WitShape) =
    API.SAFEWASM_WIT_BOOL <= element.kind <= API.SAFEWASM_WIT_CHAR

# The most names that the text of a type lists.
const MAX_SHAPE_NAMES = 8

# A short text for a type, in messages.
function shape_text(shape::WitShape)
    kind, children = shape.kind, shape.children
    word, names = string(API.SAFEWASM_WIT_NAMES[kind]), names_text(children)
    kind == API.SAFEWASM_WIT_RECORD && return "a record with the fields $names"
    kind == API.SAFEWASM_WIT_TUPLE && return "a tuple of $(length(children))"
    kind == API.SAFEWASM_WIT_VARIANT && return "a variant with the cases $names"
    kind == API.SAFEWASM_WIT_ENUM && return "an enum with the cases $names"
    kind == API.SAFEWASM_WIT_FLAGS && return "flags, which are $names"
    is_resource(shape) && return "a resource $(quoted(shape.resource))"
    kind in (API.SAFEWASM_WIT_LIST, API.SAFEWASM_WIT_OPTION) &&
        return string(word, "<", word_of(children[1]), ">")
    kind == API.SAFEWASM_WIT_RESULT &&
        return string("result<", word_of(children[1]), ", ", word_of(children[2]), ">")
    return word
end

function word_of(shape::WitShape)
    shape.kind == API.SAFEWASM_WIT_NONE && return "_"
    is_deep = shape.kind in (API.SAFEWASM_WIT_LIST, API.SAFEWASM_WIT_OPTION)
    return is_deep ? shape_text(shape) : string(API.SAFEWASM_WIT_NAMES[shape.kind])
end

function names_text(shapes)
    listed = [repr(shape.name) for shape in Iterators.take(shapes, MAX_SHAPE_NAMES)]
    return join(listed, ", ") * (length(shapes) > length(listed) ? ", …" : "")
end
