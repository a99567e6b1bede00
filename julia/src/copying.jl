# Copies of objects: `deepcopy` returns the object itself. Another process gets objects closed,
# except for modules, components and engines: see `sending.jl`.

# A copy of a handle would stand for the same thing, and closing one would close both.
Base.deepcopy_internal(x::AnyObject, ::IdDict) = x

# A handle means something in its own process only. `Distributed` sends objects closed,
# because an error while it sends a message would end the worker.
function Serialization.serialize(s::AbstractSerializer, x::AnyObject)
    return serialize_closed(s, x, "; only open modules, components and engines can")
end

function serialize_closed(s::AbstractSerializer, x::AnyObject, why="")
    is_message(s) && return serialize(s, Closed(x))
    nonnull_handle(x)
    state = isopen(x) ? "a" : "a closed"
    throw(ArgumentError("$state $(nameof(typeof(x))) can't be serialized$why"))
end

# Whether it writes a message of `Distributed`.
is_message(s::AbstractSerializer) = nameof(typeof(s)) === :ClusterSerializer

# An object that is serialized as a closed one.
struct Closed{T<:AnyObject}
    object::T
end

# The values of fields that a closed object keeps: what it is, and the data of a profile.
const Description = Union{
    AnyObject,
    String,
    Number,
    WasmType,
    Vector{<:WasmType},
    Vector{WasmFrame},
    Vector{WasmSample},
}

# The value of a field in another process. A field of no certain type has a value of the user's.
kept(::Type, value) = value isa Description ? portable(value) : nothing
kept(::Type{Any}, value) = portable(value)

# The value of a field whose value isn't kept.
empty_value(::Type{T}) where {T<:Union{AbstractVector,AbstractDict}} = T()
empty_value(::Type{T}) where {T>:Nothing} = nothing

function Serialization.serialize(s::AbstractSerializer, closed::Closed{T}) where {T}
    Serialization.serialize_type(s, T)
    for (field, type) in zip(fieldnames(T), fieldtypes(T))
        serialize(s, kept(type, getfield(closed.object, field)))
    end
    return nothing
end

function Serialization.deserialize(s::AbstractSerializer, ::Type{T}) where {T<:AnyObject}
    x = ccall(:jl_new_struct_uninit, Any, (Any,), T)
    for (field, type) in zip(fieldnames(T), fieldtypes(T))
        value = deserialize(s)
        if type <: Ptr
            # The handle becomes an address that the library doesn't know.
            setfield!(x, field, type(field === :ptr ? typemax(UInt) : UInt(0)))
        else
            setfield!(x, field, value isa type ? value : empty_value(type))
        end
    end
    return x
end

# Exceptions can always be serialized: parts that can't are replaced.
function Serialization.serialize(s::AbstractSerializer, e::WasmException)
    Serialization.serialize_type(s, WasmException)
    parts = (Closed(e.tag), map(portable, e.values), e.frames, Closed(e.ref))
    foreach(part -> serialize(s, part), parts)
    return nothing
end

function Serialization.deserialize(s::AbstractSerializer, ::Type{WasmException})
    return WasmException(deserialize(s), deserialize(s), deserialize(s), deserialize(s))
end

function Serialization.serialize(s::AbstractSerializer, e::HostException)
    Serialization.serialize_type(s, HostException)
    backtrace = e.backtrace
    backtrace isa Vector{StackTraces.StackFrame} || (backtrace = stacktrace(backtrace))
    foreach(part -> serialize(s, part), (portable(e.exception), backtrace, e.frames))
    return nothing
end

function Serialization.deserialize(s::AbstractSerializer, ::Type{HostException})
    return HostException(deserialize(s), deserialize(s), deserialize(s))
end

# The value to serialize for a value: a closed object, the value itself, or a summary of it.
portable(x::AnyObject) = Closed(x)
portable(x::Union{String,Number,WasmType}) = x
function portable(x)
    return try
        serialize(IOBuffer(), x)
        x
    catch
        summary(x)
    end
end
