"""
    WasmModule(engine, bytes)
    WasmModule(engine, path)

A compiled module, from its bytes or from a file in the binary (`.wasm`) or text (`.wat`)
format. Any number of threads may use it at once. `m.engine` is its engine;
[`imports`](@ref) and [`exports`](@ref) list what it imports and exports. A store may be
given in place of its engine. Also called `WasModule`.

A module is compiled on threads of the library, unless it is tiny: other tasks go on
meanwhile, other threads collect garbage, and a Ctrl-C gives the module up at once. After two
seconds in an interactive session, a progress bar shows how far the compiler is; a logger that
takes the records by which packages report progress gets these instead. The keyword `progress` says
otherwise. `true` and `false` turn the bar on and off. A function is called with two numbers,
how many functions of the module are compiled and how many there are, about ten times a second
and once all are; an exception that it throws gives the module up. Where the keyword isn't
given, the environment variable `SAFEWASM_PROGRESS` (`yes`, `no`) turns the bar on and off.

# Errors
- `WasmtimeError` with code `:invalid_module` or `:invalid_text` if it isn't a valid module. A
  component is made by [`WasmComponent`](@ref).
- `SystemError` if the file can't be read.

```julia
write("empty.wat", "(module)")
WasmModule(engine, "empty.wat")    # => WasmModule with 0 imports and 0 exports
WasmModule(engine, wat"(module)")
```
"""
mutable struct WasmModule <: Unit
    ptr::Ptr{API.safewasm_module_t}
    engine::WasmEngine

    # `create` makes the handle, by a function of the library whose error it returns.
    function WasmModule(create::Function, engine::WasmEngine)
        return created(create, new(C_NULL, engine))
    end
end

function WasmModule(engine::WasmEngine, bytes::AbstractVector{UInt8}; progress=nothing)
    return unit_of_bytes(WasmModule, engine, bytes, progress)
end

function WasmModule(engine::WasmEngine, path::AbstractString; progress=nothing)
    return unit_of_path(WasmModule, engine, path, progress)
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_module_t}}, x::WasmModule) = getfield(x, :ptr)

noun(::Type{WasmModule}) = "module"

functions_for(::Type{WasmModule}) = (
    new=API.safewasm_module_new,
    new_file=API.safewasm_module_new_file,
    of_compilation=API.safewasm_compilation_module,
    precompile=API.safewasm_module_precompile,
    serialize=API.safewasm_module_serialize,
    deserialize=API.safewasm_module_deserialize,
    deserialize_file=API.safewasm_module_deserialize_file,
    wasm=API.safewasm_module_wasm,
    clone=API.safewasm_module_clone,
    is_valid=API.safewasm_module_is_valid,
    delete=API.safewasm_module_delete,
)

# An unknown property of a module is most often meant to be an export of an instance.
function property_hint(m::WasmModule, name)
    name in (:exports, :imports) && return "; see `$name(m)`"
    isopen(m) && haskey(exports(m), name) || return ""
    return "; the export is one of an instance: " *
           "`exports(WasmInstance(store, m))[$(shortened(repr(string(name))))]`"
end

function Base.show(io::IO, m::WasmModule)
    isopen(m) || return print(io, "WasmModule (closed)")
    imported = count_text(length(imports(m)), "import")
    exported = count_text(length(exports(m)), "export")
    return print(io, "WasmModule with ", imported, " and ", exported)
end

# A store stands for its engine, as in other packages.
WasmModule(store::WasmStore, source; keywords...) = WasmModule(store.engine, source; keywords...)
validate(store::WasmStore, bytes) = validate(store.engine, bytes)

"""
    validate(engine, bytes) -> Bool

Whether `bytes` are a module that is valid for the engine. Nothing is compiled.

# Errors
- `WasmtimeError` if the engine is closed.

```julia
validate(engine, wat"(module)")    # => true
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

The module's imports, in its order: a vector of named tuples `(module_name, name, type)`.
Indexed with the name of a module, it is the list of the imports from that module, which can
be indexed with their names. A type is a [`WasmFuncType`](@ref), [`WasmMemoryType`](@ref),
[`WasmTableType`](@ref), [`WasmGlobalType`](@ref) or [`WasmTagType`](@ref).

# Errors
- `WasmtimeError` if the module is closed.
- `KeyError` for a name that the list doesn't have.

```julia
logging = WasmModule(engine, wat\"\"\"(module (import "env" "log" (func (param i32))))\"\"\")
imports(logging)["env"]["log"].type    # => (i32) -> ()
```
"""
function imports(m::WasmModule)
    items = map(x -> (module_name=x.module_name, name=x.name, type=x.type), all_imports(m))
    return item_list(items, "import", :module_name)
end

# An import, of one Julia type whatever it imports, so that functions of imports are
# compiled once.
struct Import
    module_name::String
    name::String
    type::WasmType
end

all_imports(m::WasmModule) = with_clone(read_imports, m)

function read_imports(handle)
    len = Ref{Csize_t}(0)
    check(API.safewasm_module_imports_len(handle, len))
    found = Import[]
    for index in 1:Int(len[])
        module_name, name = Ref{API.safewasm_text_t}(), Ref{API.safewasm_text_t}()
        type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
        check(API.safewasm_module_import(handle, index - 1, module_name, name, type))
        names = read_text(module_name[]), read_text(name[])
        push!(found, Import(names..., take_externtype(type[])))
    end
    return found
end

"""
    exports(m::WasmModule)

The module's exports, in its order: a vector of named tuples `(name, type)`, which can also
be indexed with their names.

# Errors
- `WasmtimeError` if the module is closed.
- `KeyError` for a name that the list doesn't have.

```julia
exports(mod)["memory"].type    # => memory 1
```
"""
exports(m::WasmModule) = item_list(with_clone(read_exports, m), "export", :name)

function read_exports(handle)
    len = Ref{Csize_t}(0)
    check(API.safewasm_module_exports_len(handle, len))
    return map(1:Int(len[])) do index
        name = Ref{API.safewasm_text_t}()
        type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
        check(API.safewasm_module_export(handle, index - 1, name, type))
        (name=read_text(name[]), type=take_externtype(type[]))
    end
end

"""
    module_name(m::WasmModule)

The module's name, from its name section, or `nothing` if it has none.

# Errors
- `WasmtimeError` if the module is closed.
"""
module_name(m::WasmModule) = with_clone(read_name, m)

function read_name(handle)
    name = Ref{API.safewasm_text_t}()
    check(API.safewasm_module_name(handle, name))
    return read_text(name[])
end

"""
    custom_sections(m::WasmModule)

The module's custom sections, in its order: a vector of `name => bytes`. Several sections
may have the same name.

# Errors
- `WasmtimeError` if the module is closed.
"""
custom_sections(m::WasmModule) = with_clone(read_custom_sections, m)

function read_custom_sections(handle)
    len = Ref{Csize_t}(0)
    check(API.safewasm_module_custom_sections_len(handle, len))
    return map(1:Int(len[])) do index
        name = Ref{API.safewasm_text_t}()
        data, size = Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
        check(API.safewasm_module_custom_section(handle, index - 1, name, data, size))
        bytes = Vector{UInt8}(undef, size[])
        GC.@preserve bytes unsafe_copyto!(pointer(bytes), data[], length(bytes))
        read_text(name[]) => bytes
    end
end

"""
    resources(m::WasmModule)

The resources that an instance of the module needs when it is made, as a named tuple:
`memories` and `tables` are how many of each the module defines; `max_memory_size` is the
initial size of the largest memory in pages, `max_table_size` that of the largest table in
elements.

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
