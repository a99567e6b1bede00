"""
    WasmLinker(engine; allow_shadowing=false)

Names for what modules import: [`define!`](@ref) items and Julia functions,
[`define_instance!`](@ref), [`define_module!`](@ref), then [`instantiate`](@ref). May be
used from any threads at once. Once it holds an item of a store it works with that store only.

`linker["env", "log"] = item` is `define!`; `get(linker, store, "env", "log")` looks an item
up, and `keys(linker)` lists the definitions.

```julia
linker = WasmLinker(engine)
define!(linker, "env", "log", (Int32,) => ()) do x
    println(x)
end
instance = instantiate(linker, store, mod)
```
"""
mutable struct WasmLinker
    ptr::Ptr{API.safewasm_linker_t}
    engine::WasmEngine
    roots::Roots
    # The stores and instances whose items it holds.
    held::Vector{Any}

    function WasmLinker(engine::WasmEngine; allow_shadowing::Bool=false)
        handle = Ref{Ptr{API.safewasm_linker_t}}(C_NULL)
        check(API.safewasm_linker_new(engine, handle))
        linker = finalizer(close, new(handle[], engine, Roots(), []))
        return allow_shadowing!(linker, allow_shadowing)
    end
end

"""
    allow_shadowing!(linker, allowed)

Sets whether a name may be defined anew; returns the linker.
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

Defines what modules import as `name` of `module_name`: an item of a store
([`WasmFunc`](@ref), [`WasmMemory`](@ref), …), or a Julia function with its signature as
in [`WasmFunc`](@ref), which belongs to no store. With a module `m` the signature is that of
the function that `m` imports by these names; then nothing is compiled for `f`, and calls
take up to a few times as long. A [`WasmSharedMemory`](@ref) needs a store to be named. Returns
the linker.

# Errors
- `WasmtimeError` with code `:invalid_argument` if the name is defined already, unless
  shadowing is allowed; with code `:wrong_store` for an item of a second store; with code
  `:not_found` if `m` imports nothing by these names; with codes `:type_mismatch` and `:link`
  for a Julia function that has no method for the arguments.

```julia
define!(linker, "env", "memory", mem)
define!(linker, mod, "env", "log", println)
define!((a, b) -> a + b, linker, "env", "add", (Int32, Int32) => Int32)
```
"""
function define!(linker::WasmLinker, module_name, name, item)
    item isa WasmSharedMemory && throw(
        ArgumentError(
            "a shared memory belongs to no store; say for which one the linker is: " *
            "define!(linker, store, module_name, name, item)",
        ),
    )
    is_function(item) &&
        return define_compiled!(
            linker, module_name, name, item, inferred_signature(item)...
        )
    is_item(item) || throw_no_item(item, "the import $(import_name(module_name, name))")
    return define!(linker, store_of(item), module_name, name, item)
end

function define!(
    linker::WasmLinker, store::WasmStore, module_name, name, @nospecialize(item)
)
    is_function(item) && (item = WasmFunc(store, item))
    is_item(item) || throw_no_item(item, "the import $(import_name(module_name, name))")
    space, text = String(module_name), String(name)
    extern = Ref{API.safewasm_extern_t}(to_extern(item))
    GC.@preserve item space text check(
        API.safewasm_linker_define(
            linker,
            store,
            text_pointer(space),
            sizeof(space),
            text_pointer(text),
            sizeof(text),
            extern,
        ),
    )
    store in getfield(linker, :held) || push!(getfield(linker, :held), store)
    push!(getfield(linker, :held), item)
    return linker
end

text_pointer(text::String) = Ptr{Cchar}(pointer(text))

function define!(f, linker::WasmLinker, module_name, name, signature::Pair)
    params, results = type_list(first(signature)), type_list(last(signature))
    return define_compiled!(linker, module_name, name, f, params, results)
end

function define!(linker::WasmLinker, module_name, name, (signature, f)::Pair{<:Pair})
    return define!(f, linker, module_name, name, signature)
end

function define_compiled!(linker, module_name, name, f, params, results)
    host = new_host(f, params, results, String(name), nothing; compiled=true)
    return define_host!(linker, module_name, host)
end

function define!(
    linker::WasmLinker, m::WasmModule, module_name, name, @nospecialize(item)
)
    is_function(item) || return define!(linker, module_name, name, item)
    wanted = find_wanted(m, String(module_name), String(name))
    return define_host!(linker, module_name, import_host(nothing, item, wanted))
end

const Name = Union{AbstractString,Symbol}

define!(f, linker::WasmLinker, m::WasmModule, module_name::Name, name::Name) =
    define!(linker, m, module_name, name, f)

function find_wanted(m, module_name, name)
    wanted = all_imports(m)
    for known in wanted
        known.module_name == module_name && known.name == name && return known
    end
    meant = nearest(module_name, name, Iterators.take(wanted, MOST_COMPARED))
    hint = meant === nothing ? "" : "; did you mean $(import_name(meant))?"
    throw(
        WasmtimeError(
            "the module doesn't import $(quoted(name)) of $(quoted(module_name))$hint",
            :not_found,
        ),
    )
end

function define_host!(linker, module_name, @nospecialize(host::Host))
    space, text = String(module_name), host.name
    isopen(linker) || length(linker)
    roots = getfield(linker, :roots)
    with_host(linker.engine, roots, host) do type, entry, env, numeric
        define = API.safewasm_linker_define_func
        numeric && (define = API.safewasm_linker_define_func_slots)
        GC.@preserve space text check(
            define(
                linker,
                text_pointer(space),
                sizeof(space),
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

Defines all that an instance exports, as imports from `module_name`. Returns the linker.

# Errors
- `WasmtimeError` with code `:invalid_argument` if one of the names is defined already, then
  none is defined; with code `:wrong_store` for an instance of a second store.
"""
function define_instance!(linker::WasmLinker, module_name, instance::WasmInstance)
    space = String(module_name)
    GC.@preserve space check(
        API.safewasm_linker_define_instance(
            linker, text_pointer(space), sizeof(space), instance
        ),
    )
    push!(getfield(linker, :held), instance)
    return linker
end

"""
    define_module!(linker, store, module_name, m)

Defines what a module exports, as imports from `module_name`. A module that exports `_start`
is a command: each call of one of its functions makes an instance of its own. Any other is
instantiated here and now, and its `_initialize` called if it has one. Returns the linker.

# Errors
- `WasmtimeError` with code `:link` if the module's imports aren't defined; with code
  `:invalid_argument` if one of the names is defined already.
- `WasmTrap` from the module.
"""
function define_module!(linker::WasmLinker, store::WasmStore, module_name, m::WasmModule)
    space = String(module_name)
    lend!(store, linker)
    GC.@preserve space @guarded store API.safewasm_linker_define_module(
        linker, store, text_pointer(space), sizeof(space), m
    )
    push!(getfield(linker, :held), store)
    return linker
end

"""
    define_unknown_imports_as_traps!(linker, m)

Defines each function that the module imports and that isn't defined as one that traps when
it is called, with a message that names it. Returns the linker.
"""
function define_unknown_imports_as_traps!(linker::WasmLinker, m::WasmModule)
    check(API.safewasm_linker_define_unknown_imports_as_traps(linker, m))
    return linker
end

"""
    define_unknown_imports_as_default_values!(linker, store, m)

Defines each import of the module that isn't defined: a function as one that returns zeros
and nulls, anything else as a new one of its type. Returns the linker.

# Errors
- `WasmtimeError` with code `:link` for a type without such a value.
"""
function define_unknown_imports_as_default_values!(
    linker::WasmLinker, store::WasmStore, m::WasmModule
)
    check(API.safewasm_linker_define_unknown_imports_as_default_values(linker, store, m))
    push!(getfield(linker, :held), store)
    return linker
end

# The store keeps the host functions of a linker that instances in it may call.
function lend!(store::WasmStore, linker)
    roots = getfield(linker, :roots)
    lent = getfield(store, :lent)
    any(known -> known === roots, lent) || push!(lent, roots)
    return know_store(store)
end

"""
    instantiate(linker, store, m) -> WasmInstance
    instantiate(pre, store) -> WasmInstance
    instantiate(store, m, imports...; …) -> WasmInstance
    instantiate(m, imports...; …) -> WasmInstance
    instantiate(wasm, imports...; …) -> WasmInstance

Creates an instance of a module with imports that the linker has; or one of a
[`WasmInstancePre`](@ref). `WasmInstance(store, m, linker)` is the same. Runs the module's
start function.

The others are `WasmInstance(store, m, imports...; …)`, see [`WasmInstance`](@ref). Without a
store it gets a store of its own; `wasm` is the bytes of a module or the path of a file, which
gets an engine of its own too.

# Errors
- `WasmtimeError` with code `:link` if imports are missing or of another type; the message
  lists all that are missing with their types and near names.
- `WasmTrap` from the start function.
"""
function instantiate(linker::WasmLinker, store::WasmStore, m::WasmModule; named...)
    isempty(named) || throw_keywords(keys(named))
    isopen(store) && lend!(store, linker)
    handle = Ref{Ptr{API.safewasm_instance_t}}(C_NULL)
    check_after_collection(store) do
        API.safewasm_linker_instantiate(linker, store, m, handle)
    end
    return WasmInstance(handle[], store, m)
end

@noinline function throw_keywords(names)
    said = join(map(quoted, Iterators.take(names, MOST_LISTED)), ", ")
    throw(
        ArgumentError(
            "an instance with a linker takes no keywords, but $said is given: imports are " *
            "defined in the linker, with `define!`, and unknown ones with " *
            "`define_unknown_imports_as_traps!(linker, m)` or " *
            "`define_unknown_imports_as_default_values!(linker, store, m)`",
        ),
    )
end

WasmInstance(store::WasmStore, m::WasmModule, linker::WasmLinker) =
    instantiate(linker, store, m)

function instantiate(wasm::Union{AbstractVector{UInt8},AbstractString}, given...; more...)
    return instantiate(WasmModule(WasmEngine(), wasm), given...; more...)
end

function instantiate(m::WasmModule, given...; more...)
    return WasmInstance(WasmStore(m.engine), m, given...; more...)
end

function instantiate(store::WasmStore, m::WasmModule, given...; more...)
    return WasmInstance(store, m, given...; more...)
end

"""
    WasmInstancePre(linker, m)

A module whose imports are settled, once for many instances; see [`instantiate`](@ref). May
be used from any threads at once.

# Errors
- `WasmtimeError` with code `:link` if an import is missing or of another type.
"""
mutable struct WasmInstancePre
    ptr::Ptr{API.safewasm_instancepre_t}
    mod::WasmModule
    roots::Roots
    held::Vector{Any}

    function WasmInstancePre(linker::WasmLinker, m::WasmModule)
        handle = Ref{Ptr{API.safewasm_instancepre_t}}(C_NULL)
        check(API.safewasm_linker_instantiate_pre(linker, m, handle))
        roots, held = getfield(linker, :roots), copy(getfield(linker, :held))
        return finalizer(close, new(handle[], m, roots, held))
    end
end

function instantiate(pre::WasmInstancePre, store::WasmStore)
    isopen(store) && lend!(store, pre)
    handle = Ref{Ptr{API.safewasm_instance_t}}(C_NULL)
    check_after_collection(store) do
        API.safewasm_instancepre_instantiate(pre, store, handle)
    end
    return WasmInstance(handle[], store, getfield(pre, :mod))
end

"""
    get(linker, store, module_name, name)

What is defined as `name` of `module_name`, as an item of the store.

# Errors
- `WasmtimeError` with code `:not_found`, and near names.
"""
function Base.get(linker::WasmLinker, store::WasmStore, module_name, name)
    space, text = String(module_name), String(name)
    isopen(store) && lend!(store, linker)
    extern = Ref{API.safewasm_extern_t}()
    GC.@preserve space text check(
        API.safewasm_linker_get(
            linker,
            store,
            text_pointer(space),
            sizeof(space),
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
        space, name = Ref{API.safewasm_text_t}(), Ref{API.safewasm_text_t}()
        type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
        check(API.safewasm_linker_definition(linker, index - 1, space, name, type))
        names = GC.@preserve linker (text(space[]), text(name[]))
        (module_name=names[1], name=names[2], type=take_externtype(type[]))
    end
end
