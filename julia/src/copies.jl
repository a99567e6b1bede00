# Copies of objects: `deepcopy` gives the object itself, another process gets a closed one.

# A copy of a handle would stand for the same thing, and be closed by whoever closes one of
# them.
const Copied = Union{Handle,TypedFunc,WasmCaller,WasmExports}
Base.deepcopy_internal(x::Copied, ::IdDict) = x

# A handle means something in its own process only. An error while `Distributed` sends a message
# would end the worker, so there it arrives closed.
function Serialization.serialize(s::AbstractSerializer, x::Handle)
    nameof(typeof(s)) === :ClusterSerializer ||
        throw(ArgumentError("a $(nameof(typeof(x))) can't be serialized"))
    return serialize(s, Closed(x))
end

# Stands for an object where it is serialized as a closed one.
struct Closed{T<:Handle}
    object::T
end

# What a closed object still says of itself.
const Description = Union{
    Handle,String,Number,WasmFuncType,WasmTableType,WasmGlobalType,WasmTagType
}

function Serialization.serialize(s::AbstractSerializer, closed::Closed{T}) where {T}
    Serialization.serialize_type(s, T)
    for field in fieldnames(T)
        value = isdefined(closed.object, field) ? getfield(closed.object, field) : nothing
        serialize(s, value isa Description ? portable(value) : nothing)
    end
    return nothing
end

function deserialize_closed(s::AbstractSerializer, T)
    x = ccall(:jl_new_struct_uninit, Any, (Any,), T)
    for (field, type) in zip(fieldnames(T), fieldtypes(T))
        value = deserialize(s)
        if type <: Ptr
            # An address that is no handle of the library's.
            setfield!(x, field, type(field === :ptr ? typemax(UInt) : UInt(0)))
        elseif value isa type
            setfield!(x, field, value)
        end
    end
    return x
end

# Exceptions go anywhere, so what they carry arrives as something else if it can't.
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

# What is sent of a value: a closed object, the value, or what it is called.
portable(x::Handle) = Closed(x)
portable(x::Union{String,Number}) = x
function portable(x)
    return try
        serialize(IOBuffer(), x)
        x
    catch
        summary(x)
    end
end
