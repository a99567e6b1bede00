# Modules, components and engines in other processes: as messages of `Distributed`, and in files.

# A module or component is sent as its artifact, and an engine as its settings. All engines of
# one configuration that a process receives are one. A unit that a process receives again is the
# same object, as long as it is used there. One that is read from a file is a new object.

# An engine, as it is sent.
struct SentEngine
    settings::Dict{Symbol,Any}
end

# A cache is a folder of the sender's machine.
function SentEngine(engine::WasmEngine)
    return SentEngine(filter(setting -> first(setting) !== :cache, engine.settings))
end

# A module or component, as it is sent.
struct SentUnit
    engine::SentEngine
    # The process that sends it, and the handle there: no process uses a handle twice.
    id::Tuple{UInt128,UInt}
    artifact::Vector{UInt8}
end

# The engines, and the modules and components, that this process has received.
struct Received
    lock::ReentrantLock
    # A number for the process, which no other one has.
    process::UInt128
    engines::Dict{Dict{Symbol,Any},WasmEngine}
    units::Dict{Tuple{UInt128,UInt},WeakRef}
end

function Received()
    process = open(file -> read(file, UInt128), "/dev/urandom")
    return Received(ReentrantLock(), process, Dict(), Dict())
end

# Nothing before the first one is sent or received.
const RECEIVED = Ref{Union{Received,Nothing}}(nothing)

received() = process_state(Received, RECEIVED)::Received

function Serialization.serialize(s::AbstractSerializer, engine::WasmEngine)
    isopen(engine) || return serialize_closed(s, engine)
    Serialization.serialize_cycle(s, engine) && return nothing
    Serialization.serialize_type(s, SentEngine, true)
    serialize(s, SentEngine(engine).settings)
    return nothing
end

function Serialization.deserialize(s::AbstractSerializer, ::Type{SentEngine})
    engine = engine_for(SentEngine(deserialize(s)))
    Serialization.deserialize_cycle(s, engine)
    return engine
end

function engine_for(sent::SentEngine)
    all = received()
    return lock(all.lock) do
        engine = get(all.engines, sent.settings, nothing)
        engine !== nothing && isopen(engine) && return engine
        all.engines[sent.settings] = engine_of(sent.settings)
    end
end

# The settings are those of an engine, so a name or a value can only be unknown here.
function engine_of(settings)
    return try
        WasmEngine(; settings...)
    catch e
        e isa Union{ArgumentError,MethodError} || rethrow()
        reason = shortened(first(split(sprint(showerror, e), r"\. |\n")), 200)
        throw(
            WasmtimeError(
                "the module, component or engine is from another version of SafeWasm, and has a " *
                "setting that this version doesn't have; use the same version in both " *
                "processes ($reason)",
                :incompatible,
            ),
        )
    end
end

function Serialization.serialize(s::AbstractSerializer, unit::Unit)
    isopen(unit) || return serialize_closed(s, unit)
    # One that is in a message twice arrives as one.
    Serialization.serialize_cycle(s, unit) && return nothing
    id = (received().process, UInt(getfield(unit, :ptr)))
    with_artifact(unit) do artifact
        Serialization.serialize_type(s, SentUnit, true)
        foreach(part -> serialize(s, part), (SentEngine(unit.engine).settings, id, artifact))
    end
    return nothing
end

function Serialization.deserialize(s::AbstractSerializer, ::Type{SentUnit})
    sent = SentUnit(SentEngine(deserialize(s)), deserialize(s), deserialize(s))
    unit = is_message(s) ? receive(sent) : load(sent)
    Serialization.deserialize_cycle(s, unit)
    return unit
end

# The unit that was received before, if it is still used, or a new one. It is loaded without
# the lock, since a task that holds a lock runs no finalizers.
function receive(sent::SentUnit)
    all = received()
    known = lock(() -> known_unit(all, sent.id), all.lock)
    known === nothing || return known
    unit = load(sent)
    return lock(all.lock) do
        known = known_unit(all, sent.id)
        if known !== nothing
            # Another task was faster.
            close(unit)
            return known
        end
        filter!(pair -> last(pair).value !== nothing, all.units)
        all.units[sent.id] = WeakRef(unit)
        return unit
    end
end

function known_unit(all::Received, id)
    unit = get(all.units, id, WeakRef()).value
    return unit !== nothing && isopen(unit) && isopen(unit.engine) ? unit : nothing
end

# The unit. Where its code doesn't fit this process, it is compiled again.
function load(sent::SentUnit)
    engine = engine_for(sent.engine)
    try
        return unsafe_load_compiled(engine, sent.artifact)
    catch e
        e isa WasmtimeError && e.code === :incompatible || rethrow()
    end
    wasm = wasm_bytes(sent.artifact)
    return unit_type(wasm)(engine, wasm)
end
