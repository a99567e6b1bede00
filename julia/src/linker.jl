"""
    WasmLinker(engine; allow_shadowing=false)

A linker has definitions of the imports of modules, by module name and name: add them with
[`define!`](@ref), [`define_instance!`](@ref) or [`define_module!`](@ref), then make
instances with [`instantiate`](@ref). Any number of threads may use it at once. Once it has
an item of a store, it works with that store only.

`linker["env", "log"] = item` is the same as `define!`. `get(linker, store, "env", "log")`
looks an item up, and `keys(linker)` lists the definitions.

# Errors
- `WasmtimeError` if the engine is closed.

```julia
linker = WasmLinker(engine)
define!(linker, "env", "log", (Int32,) => ()) do x
    println(x)
end
logging = WasmModule(engine, wat\"\"\"(module
    (import "env" "log" (func (param i32)))
    (func (export "run") (call 0 (i32.const 42))))\"\"\")
call(instantiate(linker, store, logging), "run")
```

```output
42
```
"""
mutable struct WasmLinker <: WasmObject
    ptr::Ptr{API.safewasm_linker_t}
    engine::WasmEngine
    # Its host functions, which the library holds.
    roots::Roots
    # The stores, instances and items that it keeps alive.
    kept::Vector{AnyObject}

    function WasmLinker(engine::WasmEngine; allow_shadowing::Bool=false)
        handle = Ref{Ptr{API.safewasm_linker_t}}(C_NULL)
        check(API.safewasm_linker_new(engine, handle))
        linker = finalizer(close, new(handle[], engine, Roots(), AnyObject[]))
        return allow_shadowing!(linker, allow_shadowing)
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_linker_t}}, x::WasmLinker) = getfield(x, :ptr)
Base.isvalid(linker::WasmLinker) = API.safewasm_linker_is_valid(linker)
delete_handle(linker::WasmLinker) = API.safewasm_linker_delete(linker)

properties(::WasmLinker) = (:engine,)

function Base.show(io::IO, linker::WasmLinker)
    isopen(linker) || return print(io, "WasmLinker (closed)")
    return print(io, "WasmLinker with ", count_text(length(linker), "definition"))
end

keep!(linker::WasmLinker, object) = push!(getfield(linker, :kept), object)

"""
    allow_shadowing!(linker, allowed)

Sets whether a name that is defined may be defined again; returns the linker.

# Errors
- `WasmtimeError` if the linker is closed.
"""
function allow_shadowing!(linker::WasmLinker, allowed::Bool)
    check(API.safewasm_linker_allow_shadowing(linker, allowed))
    return linker
end

"""
    define!(linker, module_name, name, item)
    define!(linker, store, module_name, name, item)
    define!(f, linker, module_name, name, params => results)
    define!(linker, m, module_name, name, f)

Defines the import `name` of `module_name`; returns the linker. It is an item of a store
([`WasmFunc`](@ref), [`WasmMemory`](@ref), …), or a Julia function with its signature as in
[`WasmFunc`](@ref), which belongs to no store. With a module `m`, the signature is that of
the function that `m` imports by these names; then nothing is compiled for `f`, and calls
take up to a few times as long. For a [`WasmSharedMemory`](@ref) the store must be given.

# Errors
- `WasmtimeError` with code `:invalid_argument` if the name is defined and shadowing isn't
  allowed; with code `:wrong_store` for an item of a second store; with code `:not_found` if
  `m` imports nothing by these names; with code `:type_mismatch`, or `:link` with a module,
  for a Julia function that has no method for the arguments.

```julia
linker = WasmLinker(engine)
define!(linker, "env", "memory", exports(instance).memory)
define!((a, b) -> a + b, linker, "env", "add", (Int32, Int32) => Int32)
logging = WasmModule(engine, wat\"\"\"(module (import "env" "log" (func (param i32))))\"\"\")
define!(linker, logging, "env", "log", println)
```
"""
function define!(linker::WasmLinker, module_name, name, item)
    item isa WasmSharedMemory && throw(
        ArgumentError(
            "a shared memory belongs to no store; give the store that the linker is for: " *
            "define!(linker, store, module_name, name, item)",
        ),
    )
    is_function(item) &&
        return define_func!(
            linker, module_name, name, item, inferred_signature(item)...
        )
    is_item(item) || throw_no_item(item, "the import $(import_text(module_name, name))")
    return define!(linker, store_of(item), module_name, name, item)
end

function define!(
    linker::WasmLinker, store::WasmStore, module_name, name, @nospecialize(item)
)
    is_function(item) && (item = WasmFunc(store, item))
    is_item(item) || throw_no_item(item, "the import $(import_text(module_name, name))")
    module_text, text = String(module_name), String(name)
    extern = Ref{API.safewasm_extern_t}(to_extern(item))
    GC.@preserve item module_text text check(
        API.safewasm_linker_define(
            linker,
            store,
            text_pointer(module_text),
            sizeof(module_text),
            text_pointer(text),
            sizeof(text),
            extern,
        ),
    )
    store in getfield(linker, :kept) || keep!(linker, store)
    keep!(linker, item isa TypedFunc ? item.func : item)
    return linker
end

function define!(f, linker::WasmLinker, module_name, name, signature::Pair)
    params, results = type_list(first(signature)), type_list(last(signature))
    return define_func!(linker, module_name, name, f, params, results)
end

function define!(linker::WasmLinker, module_name, name, (signature, f)::Pair{<:Pair})
    return define!(f, linker, module_name, name, signature)
end

function define_func!(linker, module_name, name, f, params, results)
    host = new_host(f, params, results, String(name), nothing; compiled=true)
    return define_host!(linker, module_name, host)
end

function define!(
    linker::WasmLinker, m::WasmModule, module_name, name, @nospecialize(item)
)
    is_function(item) || return define!(linker, module_name, name, item)
    import_ = declared_import(m, String(module_name), String(name))
    return define_host!(linker, module_name, host_for_import(nothing, item, import_))
end

function define!(f, linker::WasmLinker, m::WasmModule, module_name::Name, name::Name)
    return define!(linker, m, module_name, name, f)
end

function declared_import(m, module_name, name)
    declared = all_imports(m)
    for import_ in declared
        import_.module_name == module_name && import_.name == name && return import_
    end
    nearest = nearest_import(module_name, name, declared)
    hint = nearest === nothing ? "" : "; did you mean $(import_text(nearest))?"
    throw(
        WasmtimeError(
            "the module doesn't import $(quoted(name)) of $(quoted(module_name))$hint",
            :not_found,
        ),
    )
end

function define_host!(linker, module_name, @nospecialize(host::Host))
    module_text, text = String(module_name), host.name
    isopen(linker) || length(linker)
    roots = getfield(linker, :roots)
    with_host(linker.engine, roots, host) do type, entry, env, numeric
        define = API.safewasm_linker_define_func
        numeric && (define = API.safewasm_linker_define_func_slots)
        GC.@preserve module_text text check(
            define(
                linker,
                text_pointer(module_text),
                sizeof(module_text),
                text_pointer(text),
                sizeof(text),
                type,
                entry,
                env,
                release_later(),
            ),
        )
    end
    return linker
end

function Base.setindex!(linker::WasmLinker, item, module_name, name)
    return define!(linker, module_name, name, item)
end

"""
    define_instance!(linker, module_name, instance)

Defines all exports of an instance, as imports from `module_name`; returns the linker.

# Errors
- `WasmtimeError` with code `:invalid_argument` if one of the names is defined and shadowing
  isn't allowed; then none is defined. With code `:wrong_store` for an instance of a second
  store.
"""
function define_instance!(linker::WasmLinker, module_name, instance::WasmInstance)
    module_text = String(module_name)
    GC.@preserve module_text check(
        API.safewasm_linker_define_instance(
            linker, text_pointer(module_text), sizeof(module_text), instance
        ),
    )
    keep!(linker, instance)
    return linker
end

"""
    define_module!(linker, store, module_name, m)

Defines all exports of a module, as imports from `module_name`; returns the linker. A module
that exports `_start` is a command: each call of one of its functions makes a new instance.
Any other module is instantiated here, and its `_initialize` is called if it has one.

# Errors
- `WasmtimeError` with code `:link` if the module's imports aren't defined; with code
  `:invalid_argument` if one of the names is defined and shadowing isn't allowed.
- `WasmTrap` from the module.
"""
function define_module!(linker::WasmLinker, store::WasmStore, module_name, m::WasmModule)
    module_text = String(module_name)
    keep_hosts!(store, linker)
    GC.@preserve module_text @guarded store API.safewasm_linker_define_module(
        linker, store, text_pointer(module_text), sizeof(module_text), m
    )
    keep!(linker, store)
    return linker
end

"""
    define_unknown_imports_as_traps!(linker, m)

Defines each function that the module imports and the linker doesn't define yet, as one that
traps when it is called, with a message that names it. Returns the linker.

# Errors
- `WasmtimeError` if the linker or the module is closed.
"""
function define_unknown_imports_as_traps!(linker::WasmLinker, m::WasmModule)
    check(API.safewasm_linker_define_unknown_imports_as_traps(linker, m))
    return linker
end

"""
    define_unknown_imports_as_default_values!(linker, store, m)

Defines each import of the module that the linker doesn't define yet: a function as one that
returns zeros and nulls, anything else as a new item of its type. Returns the linker.

# Errors
- `WasmtimeError` with code `:link` for a type that has no zero or null.
"""
function define_unknown_imports_as_default_values!(
    linker::WasmLinker, store::WasmStore, m::WasmModule
)
    check(API.safewasm_linker_define_unknown_imports_as_default_values(linker, store, m))
    keep!(linker, store)
    return linker
end

# Keeps the host functions of a linker or pre-instantiation alive for as long as the store,
# whose instances may call them.
function keep_hosts!(store::WasmStore, linker)
    roots, all_roots = getfield(linker, :roots), getfield(store, :linker_roots)
    any(other -> other === roots, all_roots) || push!(all_roots, roots)
    return remember_store(store)
end

"""
    instantiate(linker, store, m) -> WasmInstance
    instantiate(pre, store) -> WasmInstance
    instantiate(store, m, imports...; …) -> WasmInstance
    instantiate(m, imports...; …) -> WasmInstance
    instantiate(wasm, imports...; …) -> WasmInstance

Makes an instance of a module, and runs the module's start function. If a linker is given,
it defines the imports; `WasmInstance(store, m, linker)` is the same. `pre` is a
[`WasmInstancePre`](@ref).

The other methods call [`WasmInstance`](@ref)`(store, m, imports...; …)`. Without a store
they make one; `wasm`, the bytes of a module or the path of a file, also gets a new engine.

# Errors
- `WasmtimeError` with code `:link` if imports are missing or of another type; the message
  lists all missing imports, with their types and similar names.
- `ArgumentError` for keywords with a linker or a `WasmInstancePre`.
- `WasmTrap` from the start function.

```julia
instance = instantiate(WasmLinker(engine), store, mod)
exports(instance).add(1, 2)         # => 3
exports(instantiate(mod)).add(1, 2) # => 3
```
"""
function instantiate(linker::WasmLinker, store::WasmStore, m::WasmModule; keywords...)
    isempty(keywords) || throw_keywords(linker, keys(keywords))
    isopen(store) && keep_hosts!(store, linker)
    handle = Ref{Ptr{API.safewasm_instance_t}}(C_NULL)
    check_after_collection(store) do
        API.safewasm_linker_instantiate(linker, store, m, handle)
    end
    return initialized(WasmInstance(handle[], store, m))
end

@noinline function throw_keywords(source, names)
    given = join(map(quoted, Iterators.take(names, MAX_LISTED)), ", ")
    verb = length(names) == 1 ? "is" : "are"
    throw(
        ArgumentError(
            "an instance of a $(nameof(typeof(source))) takes no keywords, but $given " *
            "$verb given: $(definitions_text(source))",
        ),
    )
end

# Where the imports are defined instead.
function definitions_text(::WasmLinker)
    return "imports are defined in the linker, with `define!`, and unknown ones with " *
           "`define_unknown_imports_as_traps!(linker, m)` or " *
           "`define_unknown_imports_as_default_values!(linker, store, m)`"
end

function WasmInstance(store::WasmStore, m::WasmModule, linker::WasmLinker)
    return instantiate(linker, store, m)
end

function instantiate(
    wasm::Union{AbstractVector{UInt8},AbstractString}, imports...; keywords...
)
    return instantiate(WasmModule(WasmEngine(), wasm), imports...; keywords...)
end

function instantiate(m::WasmModule, imports...; keywords...)
    return WasmInstance(WasmStore(m.engine), m, imports...; keywords...)
end

function instantiate(store::WasmStore, m::WasmModule, imports...; keywords...)
    return WasmInstance(store, m, imports...; keywords...)
end

"""
    get(linker, store, module_name, name)

The definition of `name` of `module_name`, as an item of the store.

# Errors
- `WasmtimeError` with code `:not_found` if there is none; the message has similar names.
"""
function Base.get(linker::WasmLinker, store::WasmStore, module_name, name)
    module_text, text = String(module_name), String(name)
    isopen(store) && keep_hosts!(store, linker)
    extern = Ref{API.safewasm_extern_t}()
    GC.@preserve module_text text check(
        API.safewasm_linker_get(
            linker,
            store,
            text_pointer(module_text),
            sizeof(module_text),
            text_pointer(text),
            sizeof(text),
            extern,
        ),
    )
    return from_extern(extern[], text, store)
end

function Base.length(linker::WasmLinker)
    len = Ref{Csize_t}(0)
    check(API.safewasm_linker_len(linker, len))
    return Int(len[])
end

"""
    keys(linker::WasmLinker)

The definitions, in the order in which they were made: a vector of named tuples
`(module_name, name, type)`.
"""
function Base.keys(linker::WasmLinker)
    return map(1:length(linker)) do index
        module_name, name = Ref{API.safewasm_text_t}(), Ref{API.safewasm_text_t}()
        type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
        check(API.safewasm_linker_definition(linker, index - 1, module_name, name, type))
        # The names live as long as the type, even if another task closes the linker.
        names = read_text(module_name[]), read_text(name[])
        (module_name=names[1], name=names[2], type=take_externtype(type[]))
    end
end
