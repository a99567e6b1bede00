# Files of packages with modules and components.

"""
    WasmFile

A file with a module or a component, which belongs to a package; see [`@wasm_file`](@ref). It is plain data
and may be a constant of a package. `file.path` is its path.
"""
struct WasmFile
    path::String
    # Of the content when the package was precompiled.
    hash::UInt64
end

"""
    @wasm_file(path)

A [`WasmFile`](@ref): a file with a module or a component, in the binary or the text format, as
a constant of a package. `path` is relative to the folder of the source file. The package is
precompiled again when the file changes. While a package is precompiled, the file is compiled
into the user's cache, where an engine with `cache=true` finds it.

[`WasmModule`](@ref), [`WasmComponent`](@ref) and [`WasiCommand`](@ref) take the file in place
of a path.

# Errors
- `SystemError` if the file can't be read.
- `WasmtimeError` if a file in the text format isn't right, and while a package is precompiled
  also if the file is neither a valid module nor a valid component.
- `ArgumentError` from its use if the file has changed since the package was loaded.

```julia
write("add.wat", "(module)")
const ADD = @wasm_file "add.wat"
WasmModule(WasmEngine(cache=true), ADD)    # => WasmModule with 0 imports and 0 exports
```
"""
macro wasm_file(path)
    source = String(__source__.file)
    folder = isabspath(source) ? dirname(source) : pwd()
    return quote
        path = joinpath($folder, $(esc(path)))
        include_dependency(path)
        wasm_file(path)
    end
end

function wasm_file(path)
    content = read(path)
    file = WasmFile(path, content_hash(content))
    is_precompiling() && warm(file)
    return file
end

# A `String` is hashed whole, an array in samples.
content_hash(content) = hash(String(copy(content)), UInt(0))

is_precompiling() = ccall(:jl_generating_output, Cint, ()) == 1

# Compiles the file into the cache. Without a cache or the library, that happens at its use.
function warm(file)
    try
        engine = WasmEngine(cache=true)
        try
            wasm = wasm_bytes(file)
            close(unit_type(wasm)(engine, wasm))
        finally
            close(engine)
        end
    catch e
        e isa WasmtimeError && e.code in (:invalid_module, :invalid_text) && rethrow()
    end
    return nothing
end

# The file's bytes, in the binary format.
function wasm_bytes(file::WasmFile)
    content = read(file.path)
    content_hash(content) == file.hash || throw(
        ArgumentError(
            "the file $(quoted(file.path)) has changed since its package was precompiled; " *
            "restart Julia, which precompiles the package again",
        ),
    )
    startswith(String(copy(content)), "\0asm") && return content
    return wat2wasm(String(content))
end

function WasmModule(engine::WasmEngine, file::WasmFile; progress=nothing)
    return WasmModule(engine, wasm_bytes(file); progress=progress)
end

function WasmComponent(engine::WasmEngine, file::WasmFile; progress=nothing)
    return WasmComponent(engine, wasm_bytes(file); progress=progress)
end
