"""
    WasmComponent(engine, bytes)
    WasmComponent(engine, path)

A compiled component, from its bytes or from a file in the binary (`.wasm`) or text (`.wat`)
format. A component is WebAssembly with an interface of functions that take and return
strings, lists, records and more. It is shown as its world in WIT, the language that describes
such interfaces; [`imports`](@ref) and [`exports`](@ref) list what it imports and exports. Any
number of threads may use it at once. `c.engine` is its engine. A store may be given in place
of its engine.

A component is compiled in the background, and has the keyword `progress`, as a
[`WasmModule`](@ref).

# Errors
- `WasmtimeError` with code `:invalid_module` or `:invalid_text` if it isn't a valid component.
  A module that isn't one is made by [`WasmModule`](@ref).
- `WasmtimeError` with code `:unsupported` if it uses parts of the component model that the
  library doesn't have, such as asynchronous functions.
- `SystemError` if the file can't be read.

```julia
adder = WasmComponent(engine, wat\"\"\"(component
    (core module \$m (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1))))
    (core instance \$i (instantiate \$m))
    (func (export "add") (param "x" s32) (param "y" s32) (result s32)
        (canon lift (core func \$i "add"))))\"\"\")
exports(adder)["add"].type    # => func(x: s32, y: s32) -> s32
```
"""
mutable struct WasmComponent <: Unit
    ptr::Ptr{API.safewasm_component_t}
    engine::WasmEngine
    # What it imports and what its instances export, both `ExportNames`, and the types of resources
    # that these export, once that was asked for.
    imported::Any
    exported::Any
    homes::Any

    # `create` makes the handle, by a function of the library whose error it returns.
    function WasmComponent(create::Function, engine::WasmEngine)
        return created(create, new(C_NULL, engine, nothing, nothing, nothing))
    end
end

function WasmComponent(engine::WasmEngine, bytes::AbstractVector{UInt8}; progress=nothing)
    return unit_of_bytes(WasmComponent, engine, bytes, progress)
end

function WasmComponent(engine::WasmEngine, path::AbstractString; progress=nothing)
    return unit_of_path(WasmComponent, engine, path, progress)
end

function WasmComponent(store::WasmStore, source; keywords...)
    return WasmComponent(store.engine, source; keywords...)
end

function Base.unsafe_convert(::Type{Ptr{API.safewasm_component_t}}, x::WasmComponent)
    return getfield(x, :ptr)
end

noun(::Type{WasmComponent}) = "component"

functions_for(::Type{WasmComponent}) = (
    new=API.safewasm_component_new,
    new_file=API.safewasm_component_new_file,
    of_compilation=API.safewasm_compilation_component,
    precompile=API.safewasm_component_precompile,
    serialize=API.safewasm_component_serialize,
    deserialize=API.safewasm_component_deserialize,
    deserialize_file=API.safewasm_component_deserialize_file,
    wasm=API.safewasm_component_wasm,
    clone=API.safewasm_component_clone,
    is_valid=API.safewasm_component_is_valid,
    delete=API.safewasm_component_delete,
)

function property_hint(::WasmComponent, name)
    return name in (:exports, :imports) ? "; see `$name(c)`" : ""
end

function Base.show(io::IO, c::WasmComponent)
    isopen(c) || return print(io, "WasmComponent (closed)")
    function counted(noun, count)
        len = Ref{Csize_t}(0)
        check(count(c, len))
        return count_text(Int(len[]), noun)
    end
    imported = counted("import", API.safewasm_component_imports_len)
    exported = counted("export", API.safewasm_component_exports_len)
    return print(io, "WasmComponent with ", imported, " and ", exported)
end

function Base.show(io::IO, ::MIME"text/plain", c::WasmComponent)
    isopen(c) || return show(io, c)
    return print_lines(io, with_clone(read_world, c))
end

# The text may have comments of the component's.
function read_world(handle)
    text = Ref{API.safewasm_text_t}()
    check(API.safewasm_component_wit(handle, text))
    return printable(chomp(read_text(text[])), "\n\t")
end
