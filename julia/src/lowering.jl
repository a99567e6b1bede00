# From Julia's values to the nodes of a call's arguments.

const ValueNode = API.safewasm_node_t

function value_node(kind, index, len, bits=UInt64(0))
    return ValueNode(kind, index, len, API.safewasm_nodevalue_t((bits,)))
end

# The nodes of a call, which calls on a thread reuse one after another.
mutable struct Conversion
    # The function that is called, for messages.
    func::Any
    # The nodes of the arguments, and the strings that they point to.
    nodes::Vector{ValueNode}
    roots::Vector{Any}
    # The arrays that lists point to, and the places of their nodes. The addresses are set last,
    # since other code of the program's that runs before may resize an array.
    arrays::Vector{Pair{Int,Any}}
    # Which parameter is converted, and which field, element or case in it, for messages.
    path::Vector{Int}
    # The resources that were made for objects of the program.
    made::Vector{Ptr{API.safewasm_resource_t}}
    # The library's handle of the results, and their nodes.
    values::Base.RefValue{Ptr{API.safewasm_values_t}}
    results::Base.RefValue{Ptr{ValueNode}}
    results_len::Base.RefValue{Csize_t}
    # The node of the results that is read next.
    at::Int

    function Conversion()
        values, results = Ref(Ptr{API.safewasm_values_t}(C_NULL)), Ref(Ptr{ValueNode}(C_NULL))
        conversion = new(
            nothing,
            ValueNode[],
            [],
            Pair{Int,Any}[],
            Int[],
            Ptr{API.safewasm_resource_t}[],
            values,
            results,
            Ref{Csize_t}(0),
            1,
        )
        # After an exception nobody else deletes them.
        return finalizer(conversion) do c
            API.safewasm_values_delete(c.values[])
            foreach(API.safewasm_resource_delete, c.made)
        end
    end
end

# A conversion for each thread that no call uses.
const SPARE_CONVERSIONS = Ref(Vector{Union{Conversion,Nothing}}(nothing, 1))
const SPARE_LOCK = Threads.SpinLock()

# Takes the thread's conversion, or makes another: a call within a call has its own.
@inline function take_conversion(func)
    spare, thread = SPARE_CONVERSIONS[], Threads.threadid()
    # Between these lines the task stays on its thread.
    conversion = thread <= length(spare) ? (@inbounds spare[thread]) : nothing
    conversion === nothing && return new_conversion(func)
    @inbounds spare[thread] = nothing
    conversion.func = func
    return conversion
end

@noinline function new_conversion(func)
    if length(SPARE_CONVERSIONS[]) < thread_count()
        lock(SPARE_LOCK) do
            spare = SPARE_CONVERSIONS[]
            more = fill(nothing, max(0, thread_count() - length(spare)))
            SPARE_CONVERSIONS[] = [spare; more]
        end
    end
    conversion = Conversion()
    conversion.func = func
    return conversion
end

# How many nodes a conversion keeps the memory of.
const MAX_SPARE_NODES = 10_000

# Gives a conversion back after a call. One that isn't given back, because of an exception, is
# collected.
@inline function give_back(conversion::Conversion)
    length(conversion.nodes) > MAX_SPARE_NODES && return nothing
    conversion.func = nothing
    empty!(conversion.nodes)
    empty!(conversion.path)
    isempty(conversion.roots) || empty!(conversion.roots)
    isempty(conversion.arrays) || empty!(conversion.arrays)
    isempty(conversion.made) || delete_made!(conversion)
    spare, thread = SPARE_CONVERSIONS[], Threads.threadid()
    thread <= length(spare) && (@inbounds spare[thread] = conversion)
    return nothing
end

# Deletes the resources that were made for a call and that it didn't take over.
@noinline function delete_made!(c::Conversion)
    foreach(API.safewasm_resource_delete, c.made)
    return empty!(c.made)
end

@inline function put!(c::Conversion, kind, index, len, bits=UInt64(0))
    push!(c.nodes, value_node(kind, index, len, bits))
    return nothing
end

# Converts a value to a type, as further nodes.
function lower!(c::Conversion, shape::WitShape, @nospecialize(value))
    kind = shape.kind
    if kind == API.SAFEWASM_WIT_BOOL
        put!(c, kind, 0, 0, UInt64(number(Bool, value, c, shape)))
    elseif kind == API.SAFEWASM_WIT_S8
        put!(c, kind, 0, 0, number(Int8, value, c, shape) % UInt64)
    elseif kind == API.SAFEWASM_WIT_U8
        put!(c, kind, 0, 0, UInt64(number(UInt8, value, c, shape)))
    elseif kind == API.SAFEWASM_WIT_S16
        put!(c, kind, 0, 0, number(Int16, value, c, shape) % UInt64)
    elseif kind == API.SAFEWASM_WIT_U16
        put!(c, kind, 0, 0, UInt64(number(UInt16, value, c, shape)))
    elseif kind == API.SAFEWASM_WIT_S32
        put!(c, kind, 0, 0, number(Int32, value, c, shape) % UInt64)
    elseif kind == API.SAFEWASM_WIT_U32
        put!(c, kind, 0, 0, UInt64(number(UInt32, value, c, shape)))
    elseif kind == API.SAFEWASM_WIT_S64
        put!(c, kind, 0, 0, number(Int64, value, c, shape) % UInt64)
    elseif kind == API.SAFEWASM_WIT_U64
        put!(c, kind, 0, 0, number(UInt64, value, c, shape))
    elseif kind == API.SAFEWASM_WIT_F32
        put!(c, kind, 0, 0, UInt64(reinterpret(UInt32, number(Float32, value, c, shape))))
    elseif kind == API.SAFEWASM_WIT_F64
        put!(c, kind, 0, 0, reinterpret(UInt64, number(Float64, value, c, shape)))
    elseif kind == API.SAFEWASM_WIT_CHAR
        put!(c, kind, 0, 0, UInt64(scalar(number(Char, value, c, shape), c, shape)))
    elseif kind == API.SAFEWASM_WIT_STRING
        lower_string!(c, shape, value)
    elseif kind == API.SAFEWASM_WIT_LIST
        lower_list!(c, shape, value)
    elseif kind == API.SAFEWASM_WIT_RECORD
        lower_record!(c, shape, value)
    elseif kind == API.SAFEWASM_WIT_TUPLE
        lower_tuple!(c, shape, value)
    elseif kind == API.SAFEWASM_WIT_VARIANT
        lower_variant!(c, shape, value)
    elseif kind == API.SAFEWASM_WIT_ENUM
        put!(c, kind, case_index(c, shape, value, value) - 1, 0)
    elseif kind == API.SAFEWASM_WIT_OPTION
        lower_option!(c, shape, value)
    elseif kind == API.SAFEWASM_WIT_RESULT
        lower_result!(c, shape, value)
    elseif kind == API.SAFEWASM_WIT_FLAGS
        lower_flags!(c, shape, value)
    elseif is_resource(shape)
        lower_resource!(c, shape, value)
    else
        throw_unfit(c, shape, value)
    end
    return nothing
end

# A number or character of type `T`.
@inline function number(::Type{T}, @nospecialize(value), c, shape) where {T}
    return value isa T ? value : convert_number(T, value, c, shape)
end

@noinline function convert_number(::Type{T}, @nospecialize(value), c, shape)::T where {T}
    if T <: Integer && value isa Int
        typemin(T) <= value <= typemax(T) && return value % T
    elseif T <: AbstractFloat && value isa Union{Int,Float64}
        return T(value)
    end
    # A text has no number.
    value isa AbstractString && throw_unfit(c, shape, value)
    applicable(convert, T, value) || throw_unfit(c, shape, value)
    try
        return convert(T, value)
    catch e
        e isa InexactError || rethrow()
    end
    return throw_inexact(T, value, Place(c))
end

# The number of an element of a list, of which the type is known.
@inline function element_number(::Type{T}, value, index, c, shape) where {T}
    if value isa T
        return value
    elseif T <: Integer && value isa Base.BitInteger
        typemin(T) <= value <= typemax(T) && return value % T
    elseif T <: AbstractFloat && value isa Union{Base.BitInteger,Base.IEEEFloat}
        return T(value)
    end
    return with_index(c, index, () -> convert_number(T, value, c, shape))
end

@noinline function with_index(c::Conversion, index, f)
    c.path[end] = index
    return f()
end

# The code point of a character.
@inline function scalar(char::Char, c, shape)
    isvalid(char) || throw_unfit(c, shape, char)
    return UInt32(char)
end

function lower_string!(c::Conversion, shape, @nospecialize(value))
    value isa AbstractString || throw_unfit(c, shape, value)
    text = value isa String ? value : String(value)::String
    push!(c.roots, text)
    put!(c, shape.kind, 0, sizeof(text), UInt64(UInt(pointer(text))))
    return nothing
end

function lower_list!(c::Conversion, shape, @nospecialize(values))
    is_no_list(values) && throw_unfit(c, shape, values)
    applicable(iterate, values) || throw_unfit(c, shape, values)
    element = shape.children[1]
    push!(c.path, 0)
    if is_packed(element)
        lower_packed!(c, element, element.type, values)
    else
        lower_elements!(c, element, values)
    end
    pop!(c.path)
    return nothing
end

# What is iterable, but no list of values.
is_no_list(@nospecialize(x)) = x isa Union{Number,AbstractString,AbstractChar,Pair}

# A list whose elements are packed. An array that has them so isn't copied here.
function lower_packed!(c::Conversion, element, ::Type{T}, values) where {T}
    is_array = T !== Char && values isa Array{T}
    array = is_array ? values : packed_vector(c, element, T, values)
    push!(c.arrays, length(c.nodes) + 1 => array)
    return put!(c, API.SAFEWASM_WIT_LIST, 0, 0)
end

function packed_vector(c, element, ::Type{T}, values) where {T}
    packed = T[]
    index = 0
    for value in values
        index += 1
        push!(packed, element_number(T, value, index, c, element))
    end
    return packed
end

function packed_vector(c, element, ::Type{T}, values::AbstractArray) where {T}
    packed = Vector{T}(undef, length(values))
    index = 0
    for value in values
        index += 1
        packed[index] = element_number(T, value, index, c, element)
    end
    return resize!(packed, index)
end

function packed_vector(c, element, ::Type{Char}, values)
    return packed_scalars(c, element, values)
end
function packed_vector(c, element, ::Type{Char}, values::AbstractArray)
    return packed_scalars(c, element, values)
end

function packed_scalars(c, element, values)
    packed = UInt32[]
    index = 0
    for value in values
        index += 1
        c.path[end] = index
        push!(packed, scalar(number(Char, value, c, element), c, element))
    end
    return packed
end

# A list whose elements have nodes of their own.
function lower_elements!(c::Conversion, element, values)
    at, count = length(c.nodes) + 1, 0
    put!(c, API.SAFEWASM_WIT_LIST, 0, 0)
    for value in values
        count += 1
        c.path[end] = count
        lower!(c, element, value)
    end
    c.nodes[at] = value_node(API.SAFEWASM_WIT_LIST, 0, count)
    return nothing
end

function lower_record!(c::Conversion, shape, @nospecialize(value))
    fields = shape.children
    put!(c, shape.kind, 0, length(fields))
    push!(c.path, 0)
    for index in 1:length(fields)
        c.path[end] = index
        field = fields[index]
        lower!(c, field, field_value(c, shape, field, value))
    end
    pop!(c.path)
    return nothing
end

# The field of a record in a named tuple, a dictionary, or an object with this property.
function field_value(c, shape, field, @nospecialize(value))
    name = field.name
    if value isa NamedTuple
        isdefined(value, name) && return getfield(value, name)
        wit_name = Symbol(field.wit_name)
        isdefined(value, wit_name) && return getfield(value, wit_name)
    elseif value isa AbstractDict
        for key in (name, String(name), field.wit_name, Symbol(field.wit_name))
            haskey(value, key) && return value[key]
        end
    else
        hasproperty(value, name) && return getproperty(value, name)
        wit_name = Symbol(field.wit_name)
        hasproperty(value, wit_name) && return getproperty(value, wit_name)
    end
    pop!(c.path)
    return throw_unfit(c, shape, value, ", and this has no $(quoted(name))")
end

function lower_tuple!(c::Conversion, shape, @nospecialize(value))
    fields = shape.children
    value isa Union{Tuple,Pair} && nfields(value) == length(fields) ||
        throw_unfit(c, shape, value)
    put!(c, shape.kind, 0, length(fields))
    push!(c.path, 0)
    for index in 1:length(fields)
        c.path[end] = index
        lower!(c, fields[index], getfield(value, index))
    end
    pop!(c.path)
    return nothing
end

# The number of the case of a variant or an enum, counted from 1. `value` is what was given.
function case_index(c, shape, @nospecialize(case), @nospecialize(value))
    cases = shape.children
    if case isa Symbol
        for index in 1:length(cases)
            cases[index].name === case && return index
        end
    end
    index = case isa Name ? findfirst(known -> is_named(known, case), cases) : nothing
    index === nothing && throw_unfit(c, shape, value)
    return index::Int
end

function lower_variant!(c::Conversion, shape, @nospecialize(value))
    if value isa WitVariant
        case, inner = value.case, value.value
    elseif value isa Pair
        case, inner = getfield(value, 1), getfield(value, 2)
    else
        case, inner = value, nothing
    end
    index = case_index(c, shape, case, value)
    known = shape.children[index]
    put!(c, shape.kind, index - 1, 0)
    if known.kind == API.SAFEWASM_WIT_NONE
        value isa Pair || inner !== nothing || return nothing
        return throw_unfit(
            c, shape, value, ", and $(repr(known.name)) is a case without a value"
        )
    end
    value isa Name && throw_unfit(
        c, shape, value, ", and this case has a value: `$(repr(known.name)) => value`"
    )
    push!(c.path, index)
    lower!(c, known, inner)
    pop!(c.path)
    return nothing
end

function lower_option!(c::Conversion, shape, @nospecialize(value))
    inner = shape.children[1]
    if value === nothing
        return put!(c, shape.kind, 0, 0)
    end
    put!(c, shape.kind, 1, 0)
    push!(c.path, 1)
    lower!(c, inner, value isa Some ? getfield(value, 1) : value)
    pop!(c.path)
    return nothing
end

function lower_result!(c::Conversion, shape, @nospecialize(value))
    value isa Union{Ok,Err} || throw_unfit(c, shape, value, "; it is `Ok(x)` or `Err(x)`")
    index = value isa Ok ? 1 : 2
    inner = shape.children[index]
    put!(c, shape.kind, index - 1, 0)
    if inner.kind == API.SAFEWASM_WIT_NONE
        getfield(value, 1) === nothing || throw_unfit(c, shape, value)
        return nothing
    end
    push!(c.path, index)
    lower!(c, inner, getfield(value, 1))
    pop!(c.path)
    return nothing
end

function lower_flags!(c::Conversion, shape, @nospecialize(values))
    values isa Union{Symbol,AbstractDict} &&
        throw_unfit(c, shape, values, "; they are `[:name, …]`")
    is_no_list(values) && throw_unfit(c, shape, values)
    applicable(iterate, values) || throw_unfit(c, shape, values)
    put!(c, shape.kind, 0, length(shape.children), flag_bits(c, shape, values))
    return nothing
end

function flag_bits(c, shape, values)
    bits = UInt64(0)
    for flag in values
        bits |= UInt64(1) << (case_index(c, shape, flag, flag) - 1)
    end
    return bits
end

# Sets the addresses and lengths of arrays, when no other code runs until the call. It throws
# nothing.
@inline function set_addresses!(c::Conversion)
    for index in 1:length(c.arrays)
        at, array = c.arrays[index]
        c.nodes[at] = array_node(array)
    end
    return nothing
end

function array_node(array::Array)
    return value_node(API.SAFEWASM_WIT_LIST, 0, length(array), UInt64(UInt(pointer(array))))
end

# Where a value is in the arguments of a call, as the subject of a sentence.
struct Place
    conversion::Conversion
end

function subject_text(x::Place)
    c = x.conversion
    parameter, steps = path_steps(c)
    return join(["$parameter of $(subject_text(c.func))"; steps], ", ")
end

# "parameter `shape`, field `points`, element 3"
function path_text(c::Conversion)
    parameter, steps = path_steps(c)
    return join([parameter; steps], ", ")
end

function path_steps(c::Conversion)
    (shape, parameter), path = first_step(signature_of(c.func.type), c.path)
    steps = String[]
    for index in path
        # A list has one child for all its elements.
        inner = shape.children[shape.kind == API.SAFEWASM_WIT_LIST ? 1 : index]
        push!(steps, step_text(shape.kind, index, inner))
        shape = inner
    end
    return parameter, steps
end

# The parameter, or the result of a host function, that a path begins with, and the rest of the
# path. The value of a function's `result` is its result in Julia.
function first_step(signature::WitSignature, path)
    if path[1] > 0
        shape = signature.params[path[1]]
        return (shape, "parameter $(quoted(shape.name))"), path[2:end]
    end
    shape = signature.result
    shape.kind == API.SAFEWASM_WIT_RESULT && length(path) > 1 ||
        return (shape, "the result"), path[2:end]
    text = path[2] == 1 ? "the result" : "the error of the result"
    return (shape.children[path[2]], text), path[3:end]
end

function step_text(kind, index, inner)
    kind == API.SAFEWASM_WIT_LIST && return "element $index"
    kind == API.SAFEWASM_WIT_RECORD && return "field $(quoted(inner.name))"
    kind == API.SAFEWASM_WIT_TUPLE && return "field $index"
    kind == API.SAFEWASM_WIT_VARIANT && return "case $(quoted(inner.name))"
    kind == API.SAFEWASM_WIT_OPTION && return "the value of the option"
    return index == 1 ? "the value of the result" : "the error of the result"
end

@noinline function throw_unfit(c::Conversion, shape, @nospecialize(value), more="")
    func = c.func
    verb = c.path[1] > 0 ? "can't take" : "can't return"
    message =
        "$(subject_text(func)) $verb $(given_text(value)), as $(path_text(c)), which is " *
        "$(shape_text(shape))$more: its signature is $(type_text(func.type))"
    throw(WasmtimeError(message, :type_mismatch))
end
