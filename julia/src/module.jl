"""
    WasmModule(engine, bytes)
    WasmModule(engine, path)

A compiled module, from its bytes or from a file in the binary (`.wasm`) or text (`.wat`)
format. May be used by any threads at once. `m.engine` is its engine; see [`imports`](@ref)
and [`exports`](@ref). A store in place of the engine means that store's. Also called
`WasModule`.

# Errors
- `WasmtimeError` with code `:invalid_module` or `:invalid_text` for what is no module.
- `SystemError` if the file can't be read.

```julia
mod = WasmModule(engine, read("module.wasm"))
```
"""
mutable struct WasmModule
    ptr::Ptr{API.safewasm_module_t}
    engine::WasmEngine

    function WasmModule(engine::WasmEngine, bytes::AbstractVector{UInt8})
        wasm = convert(Vector{UInt8}, bytes)
        return new_module(engine) do handle
            GC.@preserve wasm API.safewasm_module_new(
                engine, pointer(wasm), length(wasm), handle
            )
        end
    end

    function WasmModule(engine::WasmEngine, path::AbstractString)
        name = String(path)
        return new_module(engine) do handle
            GC.@preserve name API.safewasm_module_new_file(
                engine, Ptr{Cchar}(pointer(name)), sizeof(name), handle
            )
        end
    end

    function new_module(create, engine)
        handle = Ref{Ptr{API.safewasm_module_t}}(C_NULL)
        check_after_collection(() -> create(handle))
        m = finalizer(close, new(handle[], engine))
        count_mapping()
        return m
    end
end

# A store stands for its engine, as in other packages.
WasmModule(store::WasmStore, source) = WasmModule(store.engine, source)
validate(store::WasmStore, bytes) = validate(store.engine, bytes)

"""
    validate(engine, bytes) -> Bool

Whether bytes are a valid module for the engine, without compiling it.

# Errors
- `WasmtimeError` if the engine is closed.

```julia
validate(engine, wat"(module)")    # true
```
"""
function validate(engine::WasmEngine, bytes::AbstractVector{UInt8})
    wasm = convert(Vector{UInt8}, bytes)
    error = GC.@preserve wasm API.safewasm_module_validate(
        engine, pointer(wasm), length(wasm)
    )
    if error != C_NULL &&
       API.safewasm_error_kind(error) == API.SAFEWASM_ERROR_INVALID_MODULE
        API.safewasm_error_delete(error)
        return false
    end
    check(error)
    return true
end

"""
    imports(m::WasmModule)

What the module imports, in its order: a vector of named tuples `(module_name, name, type)`.
Indexed with the name of a module it gives those from there, which are found by their names.
A type is a [`WasmFuncType`](@ref), [`WasmMemoryType`](@ref), [`WasmTableType`](@ref),
[`WasmGlobalType`](@ref) or [`WasmTagType`](@ref).

# Errors
- `WasmtimeError` if the module is closed.
- `KeyError` for a name that isn't there.

```julia
imports(m)["env"]["log"].type
```
"""
function imports(m::WasmModule)
    items = map(x -> (module_name=x.module_name, name=x.name, type=x.type), all_imports(m))
    return item_list(items, "import", :module_name)
end

# Of one type for all modules, so that what works with them is compiled once.
struct Import
    module_name::String
    name::String
    type::Any
end

function all_imports(m::WasmModule)
    len = Ref{Csize_t}(0)
    check(API.safewasm_module_imports_len(m, len))
    found = Import[]
    for index in 1:Int(len[])
        module_name, name = Ref{API.safewasm_text_t}(), Ref{API.safewasm_text_t}()
        type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
        check(API.safewasm_module_import(m, index - 1, module_name, name, type))
        # The texts are the module's.
        names = GC.@preserve m (text(module_name[]), text(name[]))
        push!(found, Import(names..., take_externtype(type[])))
    end
    return found
end

"""
    exports(m::WasmModule)

What the module exports, in its order: a vector of named tuples `(name, type)`, which are also
found by their names.

# Errors
- `WasmtimeError` if the module is closed.
- `KeyError` for a name that isn't there.

```julia
exports(m)["memory"].type
```
"""
function exports(m::WasmModule)
    len = Ref{Csize_t}(0)
    check(API.safewasm_module_exports_len(m, len))
    items = map(1:Int(len[])) do index
        name = Ref{API.safewasm_text_t}()
        type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
        check(API.safewasm_module_export(m, index - 1, name, type))
        (name=(GC.@preserve m text(name[])), type=take_externtype(type[]))
    end
    return item_list(items, "export", :name)
end

"""
    module_name(m::WasmModule)

The module's name, from its name section, or `nothing`.

# Errors
- `WasmtimeError` if the module is closed.
"""
function module_name(m::WasmModule)
    name = Ref{API.safewasm_text_t}()
    check(API.safewasm_module_name(m, name))
    return GC.@preserve m text(name[])
end

"""
    custom_sections(m::WasmModule)

The module's custom sections, in its order: a vector of `name => bytes`. Several may have
one name.

# Errors
- `WasmtimeError` if the module is closed.
"""
function custom_sections(m::WasmModule)
    len = Ref{Csize_t}(0)
    check(API.safewasm_module_custom_sections_len(m, len))
    return map(1:Int(len[])) do index
        name = Ref{API.safewasm_text_t}()
        data, size = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
        check(API.safewasm_module_custom_section(m, index - 1, name, data, size))
        bytes = Vector{UInt8}(undef, size[])
        GC.@preserve m begin
            isempty(bytes) || unsafe_copyto!(pointer(bytes), data[], length(bytes))
            text(name[]) => bytes
        end
    end
end

"""
    resources(m::WasmModule)

What an instance of the module needs at its start: a named tuple with the numbers of
`memories` and `tables` that the module defines, and `max_memory_size`, in pages, and
`max_table_size`, in elements, of the largest of them.

# Errors
- `WasmtimeError` if the module is closed.
"""
function resources(m::WasmModule)
    found = Ref{API.safewasm_resources_t}()
    check(API.safewasm_module_resources(m, found))
    r = found[]
    return (
        memories=Int(r.memories),
        tables=Int(r.tables),
        max_memory_size=Int(r.max_memory_size),
        max_table_size=Int(r.max_table_size),
    )
end
