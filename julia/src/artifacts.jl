# Artifacts: compiled modules as bytes.

"""
    compiled(m::WasmModule) -> Vector{UInt8}
    compiled(engine, bytes; progress) -> Vector{UInt8}

The artifact of a module: its compiled code as bytes, which [`unsafe_load_compiled`](@ref)
loads in a small part of the time that compiling takes. The second form compiles `bytes`, a
module in the binary format, as [`WasmModule`](@ref) does: in the background, and with the
keyword `progress`.

An artifact fits engines of the same configuration and the same version of the library, on
processors that have the features of this one. `WasmConfig(cpu_level=…)` sets which
features the code uses. An artifact also contains the module in the binary format.

A module can be serialized as well, to a file by `serialize`, or to another process by
`Distributed`, where `@everywhere using SafeWasm` has to come first. Its compiled code and
the configuration of its engine go along, except for the cache. Where the code doesn't fit,
the module is compiled again.

An engine can be serialized too. All modules and engines of one configuration that a process
receives share an engine, the `engine` of each module. A module that a process receives
again is the same object, as long as it is used there; so leave closing it to the garbage
collector.

# Errors
- `WasmtimeError` if the module or the engine is closed. For the second form, also as for
  [`WasmModule`](@ref).
- `ArgumentError` when a closed module or a closed engine is serialized to a file.
- `WasmtimeError` with code `:incompatible` when a module or an engine is received that has a
  setting which this version of the package doesn't have.

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
compiled(m::WasmModule) = with_artifact(copy, m)

# Calls `f` with the artifact as a vector, which it must not use later.
function with_artifact(f, m::WasmModule)
    return with_bytes(f, handle -> API.safewasm_module_serialize(m, handle))
end

function compiled(engine::WasmEngine, bytes::AbstractVector{UInt8}; progress=nothing)
    wasm = convert(Vector{UInt8}, bytes)
    if is_for_background(length(wasm), progress)
        m = compile_on_threads(engine, wasm, progress)
        try
            return compiled(m)
        finally
            close(m)
        end
    end
    create(handle) = GC.@preserve wasm API.safewasm_module_precompile(
        engine, pointer(wasm), length(wasm), handle
    )
    return with_bytes(copy, create)
end

"""
    unsafe_load_compiled(engine, bytes) -> WasmModule
    unsafe_load_compiled(engine, path) -> WasmModule

The module of an artifact, which [`compiled`](@ref) made, perhaps in another process. A file
is mapped and not read through, so that large ones load fast too, and processes that load
the same file share its memory.

An artifact is code, which runs outside of any sandbox: load only what you trust as you
trust a program. Artifacts that don't fit, were cut, or were changed by accident are found,
but nobody can tell whether one was written to do harm. Changes of the code in a file aren't
found, since it isn't read. A file must not be changed or cut while the module exists; it
may be deleted, or replaced by `mv`.

# Errors
- `WasmtimeError` with code `:incompatible` if the code is for another version of the
  library, another configuration, or a processor with more features. The message says what
  differs.
- `WasmtimeError` with code `:invalid_artifact` if it is something else, was cut or was
  changed.
- `WasmtimeError` with code `:limit` if the module is larger than the engine allows.
- `SystemError` if the file can't be read.

```julia
artifact = compiled(engine, wat"(module)")
unsafe_load_compiled(engine, artifact)    # => WasmModule with 0 imports and 0 exports
```
"""
function unsafe_load_compiled(engine::WasmEngine, bytes::AbstractVector{UInt8})
    artifact = convert(Vector{UInt8}, bytes)
    return WasmModule(engine) do handle
        GC.@preserve artifact API.safewasm_module_deserialize(
            engine, pointer(artifact), length(artifact), handle
        )
    end
end

function unsafe_load_compiled(engine::WasmEngine, path::AbstractString)
    name = String(path)
    return WasmModule(engine) do handle
        GC.@preserve name API.safewasm_module_deserialize_file(
            engine, text_pointer(name), sizeof(name), handle
        )
    end
end

"""
    wasm_bytes(m::WasmModule) -> Vector{UInt8}
    wasm_bytes(artifact) -> Vector{UInt8}

The module in the binary format, from which it was compiled. The second form takes the bytes
of an artifact, which [`compiled`](@ref) made, whether its code fits or not.

# Errors
- `WasmtimeError` if the module is closed.
- `WasmtimeError` with code `:invalid_artifact` if the bytes are something else, were cut or
  were changed.

```julia
wasm_bytes(WasmModule(engine, wat"(module)")) == wat"(module)"    # => true
wasm_bytes(compiled(engine, wat"(module)")) == wat"(module)"    # => true
```
"""
wasm_bytes(m::WasmModule) = with_clone(read_wasm, m)

function read_wasm(handle)
    data, len = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
    check(API.safewasm_module_wasm(handle, data, len))
    return copy(unsafe_wrap(Vector{UInt8}, data[], len[]))
end

function wasm_bytes(bytes::AbstractVector{UInt8})
    artifact = convert(Vector{UInt8}, bytes)
    data, len = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
    GC.@preserve artifact begin
        check(API.safewasm_artifact_wasm(pointer(artifact), length(artifact), data, len))
        return copy(unsafe_wrap(Vector{UInt8}, data[], len[]))
    end
end
