# The names of an instance's exports, and those exports that have been looked up.
struct ExportTable
    names::Vector{String}
    name_set::Set{String}
    found::Dict{String,Any}
end

"""
    WasmInstance(store, m)
    WasmInstance(store, m, imports)
    WasmInstance(store, m; env=(memory=mem, log=println), unknown=:error)
    WasmInstance(store, m; wasi=WasiConfig(…), env=(log=println,))

An instance of a module in a store, with memories, globals and tables of its own. Making it
runs the module's start function. `instance.store` is its store, `instance.mod` its module
and `instance.exports` the same as [`exports`](@ref)`(instance)`. Also called `Instance`.

`imports` is a vector of [`WasmFunc`](@ref), [`WasmMemory`](@ref), [`WasmTable`](@ref),
[`WasmGlobal`](@ref) and [`WasmTag`](@ref) of the same store in the order of the module's
imports. Or it gives imports by name: a [`WasmLinker`](@ref), or a `Dict`, a `NamedTuple` or
pairs of module name → name → item, which may also be keywords. Where the module imports a
function, the item may be a Julia function or any object that can be called. It becomes a
host function of the type that the module imports; see [`WasmFunc`](@ref) for what it may
do, and give a `WasmFunc` where calls must be fast.

Imports by name may have more names than the module imports, so several modules can be given
the same. `unknown` is what to do about imports that aren't given: `:error` refuses the
module, `:trap` makes functions that trap when they are called, `:default` makes functions
that return zeros and nulls, and new memories, tables and globals. Imports of a module that
is itself called `unknown` are given as a pair, `"unknown" => (…,)`.

A module that imports functions of WASI preview 1 gets them if the store has WASI: it was made
with `wasi=…`, or a [`WasiConfig`](@ref) is given here. Other imports may be given beside it,
also functions of WASI in place of the library's. By WASI's convention, the function
`_initialize` of the instance is called then, if there is one. If the module exits, the call
throws a [`WasiExit`](@ref), also for status 0. Imports of a module that is itself called
`wasi` are given as `wasi=(…,)`.

# Errors
- `WasmtimeError` if the store or the module is closed ("Invalid store", "Invalid module");
  if they are of different engines (`:wrong_engine`); if imports are missing, which are
  listed with their types and the unused names that were given, or an import has another
  type, or a Julia function has no method for its arguments (`:link`); if an import is of
  another store (`:wrong_store`).
- `ArgumentError` if `imports` is something else than the above.
- `WasmTrap` from the start function.

```julia
instance = WasmInstance(store, mod)
exports(instance).add(1, 2)    # => 3
```
"""
mutable struct WasmInstance <: WasmObject
    ptr::Ptr{API.safewasm_instance_t}
    store::WasmStore
    mod::WasmModule
    exports::Union{ExportTable,Nothing}

    function WasmInstance(
        ptr::Ptr{API.safewasm_instance_t}, store::WasmStore, m::WasmModule
    )
        return finalizer(close, new(ptr, store, m, nothing))
    end
end

# The object that a function, memory, table, global or tag keeps alive: the instance that it
# is an export of, or its store.
const Owner = Union{WasmStore,WasmInstance}

function Base.unsafe_convert(::Type{Ptr{API.safewasm_instance_t}}, x::WasmInstance)
    return getfield(x, :ptr)
end
Base.isvalid(instance::WasmInstance) = API.safewasm_instance_is_valid(instance)
delete_handle(instance::WasmInstance) = API.safewasm_instance_delete(instance)

properties(::WasmInstance) = (:store, :mod, :exports)
store_of(instance::WasmInstance) = instance.store

@inline function Base.getproperty(instance::WasmInstance, name::Symbol)
    return name === :exports ? exports(instance) : property(instance, name)
end

# An unknown property of an instance is most often meant to be an export.
function property_hint(instance::WasmInstance, name)
    isopen(instance) || return ""
    nearest = nearest_name(string(name), keys(exports(instance)))
    nearest === nothing && return ""
    return ". Did you mean the export `$(access_text(nearest))`?"
end

function Base.show(io::IO, instance::WasmInstance)
    isopen(instance) || return print(io, "WasmInstance (closed)")
    len = Ref{Csize_t}(0)
    error = API.safewasm_instance_exports_len(instance, len)
    if error != C_NULL
        # Another thread is in the store, or has just closed it.
        API.safewasm_error_delete(error)
        return print(io, "WasmInstance")
    end
    return print(io, "WasmInstance with ", count_text(Int(len[]), "export"))
end

function WasmInstance(store::WasmStore, m::WasmModule, @nospecialize(given=[]); keywords...)
    # Read from a `Ref{Any}`, so that nothing is inferred for the types of the imports.
    return new_instance(store, m, Ref{Any}(given)[], Ref{Any}(values(keywords))[])
end

function new_instance(
    store::WasmStore,
    m::WasmModule,
    @nospecialize(given),
    @nospecialize(keywords::NamedTuple),
)
    given isa WasmLinker && throw_keywords(given, keys(keywords))
    unknown = isdefined(keywords, :unknown) ? keywords.unknown : :error
    unknown in (:error, :trap, :default) || throw(
        ArgumentError(
            "`unknown` is :error, :trap or :default, not $(value_text(unknown)); imports " *
            "of a module called `unknown` are given as a pair: " *
            "WasmInstance(store, m, \"unknown\" => (…,))",
        ),
    )
    # Anything but a config gives the imports from a module of that name.
    wasi = isdefined(keywords, :wasi) && keywords.wasi isa WasiConfig ? keywords.wasi : nothing
    wasi === nothing || (keywords = Base.structdiff(keywords, NamedTuple{(:wasi,)}))
    has_wasi = wasi !== nothing || getfield(store, :has_wasi)
    items = resolve_imports(store, m, given, keywords, unknown, has_wasi)
    wasi === nothing || set_wasi!(store, wasi)
    externs = API.safewasm_extern_t[to_extern(item) for item in items]
    handle = Ref{Ptr{API.safewasm_instance_t}}(C_NULL)
    GC.@preserve items externs check_after_collection(store) do
        API.safewasm_instance_new(store, m, pointer(externs), length(externs), handle)
    end
    return initialized(WasmInstance(handle[], store, m))
end

"""
    call(instance, name, args...; timeout)
    call(instance, name, args::AbstractVector; timeout)

Calls an exported function. A vector is the list of the arguments. With `timeout=seconds`, a
call that takes longer ends in a [`WasmTrap`](@ref) with code `:interrupt`; see
[`with_timeout`](@ref).

# Errors
- `WasmtimeError` if there is no such function, or for arguments of the wrong number or
  type.
- `ArgumentError` if the name is neither a `String` nor a `Symbol`.
- `InexactError` for a number that doesn't fit.
- `WasmTrap` if wasm traps.

```julia
call(instance, "add", 1, 2)      # => 3
call(instance, "add", [1, 2])    # => 3
```
"""
function call(instance::WasmInstance, name, args...; timeout=nothing)
    return call_with_timeout(timeout, exported_func(instance, name), args)
end
function call(instance::WasmInstance, name, args::AbstractVector; timeout=nothing)
    func = exported_func(instance, name)
    # Checked here, before the call is compiled for this number of arguments.
    length(args) == length(func.type.params) || throw_wrong_number(func, args)
    return call_with_timeout(timeout, func, args)
end

function exported_func(instance::WasmInstance, name)
    name isa Name || throw(
        ArgumentError("the name of an export is a String or a Symbol, not $(given_text(name))")
    )
    func = find_export(exports(instance), String(name))
    func isa WasmFunc && return func
    throw(
        WasmtimeError("the export $(quoted(name)) is not a function: $func", :type_mismatch)
    )
end
