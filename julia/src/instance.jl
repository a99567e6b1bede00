"""
    WasmInstance(store, m)
    WasmInstance(store, m, imports)
    WasmInstance(store, m; env=(memory=mem, log=println), unknown=:error)

A module that runs in a store, with memories, globals and tables of its own. Runs the
module's start function. Also called `Instance`.

`imports` is a vector of [`WasmFunc`](@ref), [`WasmMemory`](@ref), [`WasmTable`](@ref),
[`WasmGlobal`](@ref) and [`WasmTag`](@ref) of the same store in the order of the module's
imports, or gives them by name: a [`WasmLinker`](@ref), or a `Dict`, a `NamedTuple` or pairs
of module name → name → item, which may also be given as keywords. For a function the item
may be a Julia function or any object that can be called, which becomes a host function of
the type that the module imports; see [`WasmFunc`](@ref) for what it may do, and give a
`WasmFunc` where calls have to cost least.

More names may be given than the module imports, so that several modules can be given the
same. `unknown` says what becomes of the imports that aren't given: `:error` refuses the
module, `:trap` makes them functions that trap when they are called, `:default` functions
that return zeros and nulls, and new memories, tables and globals. Imports of a module that
is itself called `unknown` are given as a pair, `"unknown" => (…,)`.

# Errors
- `WasmtimeError` if the store or the module is closed ("Invalid store", "Invalid module"),
  or of another engine than the other (`:wrong_engine`); if imports are missing, which are
  then listed with their types, and with the names that were given in vain; if an import is of
  another type, or a Julia function has no method for its arguments (`:link`); if one is of
  another store (`:wrong_store`).
- `ArgumentError` if imports by name are given as something else.
- `WasmTrap` from the start function.

```julia
instance = WasmInstance(store, mod)
exports(instance).add(1, 2)
```
"""
mutable struct WasmInstance
    ptr::Ptr{API.safewasm_instance_t}
    store::WasmStore
    mod::WasmModule
    exports::Any

    function WasmInstance(
        ptr::Ptr{API.safewasm_instance_t}, store::WasmStore, m::WasmModule
    )
        return finalizer(close, new(ptr, store, m, nothing))
    end
end

store_of(instance::WasmInstance) = instance.store

function WasmInstance(store::WasmStore, m::WasmModule, @nospecialize(given=[]); named...)
    # Through a field of no type, so that nothing is inferred for the types of the imports.
    return new_instance(store, m, Ref{Any}(given)[], Ref{Any}(values(named))[])
end

function new_instance(
    store::WasmStore, m::WasmModule, @nospecialize(given), @nospecialize(named::NamedTuple)
)
    given isa WasmLinker && throw_keywords(keys(named))
    unknown = isdefined(named, :unknown) ? named.unknown : :error
    unknown in (:error, :trap, :default) || throw(
        ArgumentError(
            "`unknown` is :error, :trap or :default, not $(shown(unknown)); imports of a module " *
            "called `unknown` are given as a pair: " *
            "WasmInstance(store, m, \"unknown\" => (…,))",
        ),
    )
    items = find_imports(store, m, given, named, unknown)
    externs = API.safewasm_extern_t[to_extern(item) for item in items]
    handle = Ref{Ptr{API.safewasm_instance_t}}(C_NULL)
    GC.@preserve items externs check_after_collection(store) do
        API.safewasm_instance_new(store, m, pointer(externs), length(externs), handle)
    end
    return WasmInstance(handle[], store, m)
end

"""
    call(instance, name, args...; timeout)
    call(instance, name, args::AbstractVector; timeout)

Calls an exported function. A vector is the list of the arguments. With `timeout` the call
ends after so many seconds in a [`WasmTrap`](@ref) with code `:interrupt`; see
[`with_timeout`](@ref).

# Errors
- `WasmtimeError` if there is no such function, or for arguments of the wrong number or
  type.
- `InexactError` for a number that doesn't fit.
- `WasmTrap` if wasm traps.

```julia
call(instance, "add", 1, 2)      # 3
call(instance, "add", [1, 2])    # 3
```
"""
function call(instance::WasmInstance, name, args...; timeout=nothing)
    return call_within(timeout, exported_func(instance, name), args)
end
function call(instance::WasmInstance, name, args::AbstractVector; timeout=nothing)
    func = exported_func(instance, name)
    # Before the call is compiled for so many arguments.
    length(args) == length(func.type.params) || throw_wrong_number(func, length(args))
    return call_within(timeout, func, args)
end

function exported_func(instance::WasmInstance, name)
    func = look_up(exports(instance), String(name))
    func isa WasmFunc && return func
    throw(
        WasmtimeError(
            "the export $(quoted(name)) is no function but: $func", :type_mismatch
        ),
    )
end
