# Copies of objects: `deepcopy` returns the object itself. Another process gets a module
# compiled, and other objects closed.

# A copy of a handle would stand for the same thing, and closing one would close both.
Base.deepcopy_internal(x::AnyObject, ::IdDict) = x

# A handle means something in its own process only. `Distributed` sends objects closed,
# because an error while it sends a message would end the worker.
function Serialization.serialize(s::AbstractSerializer, x::AnyObject)
    is_message(s) || throw(ArgumentError("a $(nameof(typeof(x))) can't be serialized"))
    return serialize(s, Closed(x))
end

# Whether it writes a message of `Distributed`.
is_message(s::AbstractSerializer) = nameof(typeof(s)) === :ClusterSerializer

# An object that is serialized as a closed one.
struct Closed{T<:AnyObject}
    object::T
end

# The values of fields that a closed object keeps.
const Description = Union{AnyObject,String,Number,WasmType}

function Serialization.serialize(s::AbstractSerializer, closed::Closed{T}) where {T}
    Serialization.serialize_type(s, T)
    for field in fieldnames(T)
        value = isdefined(closed.object, field) ? getfield(closed.object, field) : nothing
        serialize(s, value isa Description ? portable(value) : nothing)
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
        elseif value isa type
            setfield!(x, field, value)
        end
    end
    return x
end

# A module as it is sent. Its code may not fit the receiver, which then compiles `wasm`.
struct SentModule
    settings::Dict{Symbol,Any}
    artifact::Vector{UInt8}
    wasm::Vector{UInt8}
end

# A cache is a folder of the sender's machine.
function SentModule(m::WasmModule)
    settings = filter(setting -> first(setting) !== :cache, m.engine.settings)
    return SentModule(settings, compiled(m), wasm_bytes(m))
end

function Serialization.serialize(s::AbstractSerializer, m::WasmModule)
    if !isopen(m)
        is_message(s) && return serialize(s, Closed(m))
        nonnull_handle(m)
        throw(ArgumentError("a closed WasmModule can't be serialized"))
    end
    # A module that is in a message twice arrives as one.
    Serialization.serialize_cycle(s, m) && return nothing
    Serialization.serialize_type(s, SentModule, true)
    sent = SentModule(m)
    foreach(field -> serialize(s, getfield(sent, field)), fieldnames(SentModule))
    return nothing
end

function Serialization.deserialize(s::AbstractSerializer, ::Type{SentModule})
    m = receive(SentModule(deserialize(s), deserialize(s), deserialize(s)))
    Serialization.deserialize_cycle(s, m)
    return m
end

function receive(sent::SentModule)
    engine = engine_for(sent.settings)
    try
        return unsafe_load_compiled(engine, sent.artifact)
    catch e
        is_unfit(e) || rethrow()
    end
    return WasmModule(engine, sent.wasm)
end

is_unfit(e) = e isa WasmtimeError && e.code in (:incompatible, :invalid_artifact)

# The engines of received modules, one for each configuration.
struct ReceivingEngines
    lock::ReentrantLock
    engines::Dict{Dict{Symbol,Any},WasmEngine}
end

ReceivingEngines() = ReceivingEngines(ReentrantLock(), Dict())

# Nothing before the first one.
const RECEIVING_ENGINES = Ref{Union{ReceivingEngines,Nothing}}(nothing)

function engine_for(settings::Dict{Symbol,Any})
    receiving = process_state(ReceivingEngines, RECEIVING_ENGINES)
    return lock(receiving.lock) do
        engine = get(receiving.engines, settings, nothing)
        engine !== nothing && isopen(engine) && return engine
        receiving.engines[settings] = WasmEngine(; settings...)
    end
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
portable(x::Union{String,Number}) = x
function portable(x)
    return try
        serialize(IOBuffer(), x)
        x
    catch
        summary(x)
    end
end
