# Artifacts: compiled modules and components as bytes.

"""
    compiled(m::WasmModule) -> Vector{UInt8}
    compiled(c::WasmComponent) -> Vector{UInt8}
    compiled(engine, bytes; progress) -> Vector{UInt8}

The artifact of a module or a component: its compiled code as bytes, which
[`unsafe_load_compiled`](@ref) loads in a small part of the time that compiling takes. The
last form compiles `bytes`, a module or a component in the binary format, as
[`WasmModule`](@ref) and [`WasmComponent`](@ref) do: in the background, and with the keyword
`progress`.

An artifact fits engines of the same configuration and the same version of the library, on
processors that have the features of this one. `WasmConfig(cpu_level=…)` sets which
features the code uses. An artifact also contains the module or component in the binary
format.

A module or component can be serialized as well, to a file by `serialize`, or to another
process by `Distributed`, where `@everywhere using SafeWasm` has to come first. Its compiled
code and the configuration of its engine go along, except for the cache. Where the code
doesn't fit, it is compiled again.

An engine can be serialized too. All modules, components and engines of one configuration
that a process receives share an engine, the `engine` of each module and component. One that
a process receives again is the same object, as long as it is used there; so leave closing it
to the garbage collector.

# Errors
- `WasmtimeError` if the module, the component or the engine is closed. For the last form,
  also as for [`WasmModule`](@ref) and [`WasmComponent`](@ref).
- `ArgumentError` when a closed module, component or engine is serialized to a file.
- `WasmtimeError` with code `:incompatible` when a module, a component or an engine is
  received that has a setting which this version of the package doesn't have.

```julia
write("add.artifact", compiled(mod))
again = unsafe_load_compiled(engine, "add.artifact")
call(WasmInstance(store, again), "add", 1, 2)    # => 3

using Serialization
serialize("add.jls", mod)
received = deserialize("add.jls")
call(WasmInstance(WasmStore(received.engine), received), "add", 1, 2)    # => 3
```
"""
compiled(unit::Unit) = with_artifact(copy, unit)

# Calls `f` with the artifact as a vector, which it must not use later.
function with_artifact(f, unit::Unit)
    return with_bytes(f, handle -> functions_for(typeof(unit)).serialize(unit, handle))
end

function compiled(engine::WasmEngine, bytes::AbstractVector{UInt8}; progress=nothing)
    wasm = convert(Vector{UInt8}, bytes)
    return compiled_bytes(unit_type(wasm), engine, wasm, progress)
end

function compiled_bytes(::Type{T}, engine, wasm, progress) where {T<:Unit}
    if is_for_background(length(wasm), progress)
        unit = compile_on_threads(T, engine, wasm, progress)
        try
            return compiled(unit)
        finally
            close(unit)
        end
    end
    create(handle) = GC.@preserve wasm functions_for(T).precompile(
        engine, pointer(wasm), length(wasm), handle
    )
    return with_bytes(copy, create)
end

"""
    unsafe_load_compiled(engine, bytes) -> Union{WasmModule,WasmComponent}
    unsafe_load_compiled(engine, path) -> Union{WasmModule,WasmComponent}

The module or component of an artifact, which [`compiled`](@ref) made, perhaps in another
process. The file of a module is mapped and not read through, so that large ones load fast
too, and processes that load the same file share its memory.

An artifact is code, which runs outside of any sandbox: load only what you trust as you
trust a program. Artifacts that don't fit, were cut, or were changed by accident are found,
but nobody can tell whether one was written to do harm. Changes of the code in a file aren't
found, since it isn't read. A file must not be changed or cut while the module exists; it
may be deleted, or replaced by `mv`. The file of a component may also be changed.

# Errors
- `WasmtimeError` with code `:incompatible` if the code is for another version of the
  library, another configuration, or a processor with more features. The message says what
  differs.
- `WasmtimeError` with code `:invalid_artifact` if it is something else, was cut or was
  changed.
- `WasmtimeError` with code `:limit` if the module or component is larger than the engine
  allows.
- `SystemError` if the file can't be read.

```julia
artifact = compiled(engine, wat"(module)")
unsafe_load_compiled(engine, artifact)    # => WasmModule with 0 imports and 0 exports
```
"""
function unsafe_load_compiled(engine::WasmEngine, bytes::AbstractVector{UInt8})
    artifact = convert(Vector{UInt8}, bytes)
    return load_artifact(compiled_type(artifact), engine, artifact)
end

# The type of the unit that an artifact has, if it is one.
function compiled_type(artifact)
    is_component = content_of(artifact) == API.SAFEWASM_CONTENT_COMPONENT_ARTIFACT
    return is_component ? WasmComponent : WasmModule
end

function load_artifact(::Type{T}, engine, artifact::Vector{UInt8}) where {T<:Unit}
    return T(engine) do handle
        GC.@preserve artifact functions_for(T).deserialize(
            engine, pointer(artifact), length(artifact), handle
        )
    end
end

# A file is read only if it has no module.
function unsafe_load_compiled(engine::WasmEngine, path::AbstractString)
    name = String(path)
    try
        return load_artifact(WasmModule, engine, name)
    catch e
        is_artifact_error = e isa WasmtimeError && e.code === :invalid_artifact
        is_artifact_error && compiled_type(read(name)) === WasmComponent || rethrow()
    end
    return load_artifact(WasmComponent, engine, name)
end

function load_artifact(::Type{T}, engine, name::String) where {T<:Unit}
    return T(engine) do handle
        GC.@preserve name functions_for(T).deserialize_file(
            engine, text_pointer(name), sizeof(name), handle
        )
    end
end

"""
    wasm_bytes(m::WasmModule) -> Vector{UInt8}
    wasm_bytes(c::WasmComponent) -> Vector{UInt8}
    wasm_bytes(artifact) -> Vector{UInt8}

The module or component in the binary format, from which it was compiled. The last form takes
the bytes of an artifact, which [`compiled`](@ref) made, whether its code fits or not.

# Errors
- `WasmtimeError` if the module or component is closed.
- `WasmtimeError` with code `:invalid_artifact` if the bytes are something else, were cut or
  were changed.

```julia
wasm_bytes(WasmModule(engine, wat"(module)")) == wat"(module)"    # => true
wasm_bytes(compiled(engine, wat"(module)")) == wat"(module)"    # => true
```
"""
function wasm_bytes(unit::Unit)
    return with_clone(unit) do handle
        data, len = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
        check(functions_for(typeof(unit)).wasm(handle, data, len))
        copy(unsafe_wrap(Vector{UInt8}, data[], len[]))
    end
end

function wasm_bytes(bytes::AbstractVector{UInt8})
    artifact = convert(Vector{UInt8}, bytes)
    data, len = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
    GC.@preserve artifact begin
        check(API.safewasm_artifact_wasm(pointer(artifact), length(artifact), data, len))
        return copy(unsafe_wrap(Vector{UInt8}, data[], len[]))
    end
end
