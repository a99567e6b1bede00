"""
    WasmInstancePre(linker, m)

A module with its imports, which are looked up and checked once for any number of instances;
see [`instantiate`](@ref). Any number of threads may use it at once. `pre.mod` is the
module.

# Errors
- `WasmtimeError` with code `:link` if an import is missing or of another type.

```julia
pre = WasmInstancePre(WasmLinker(engine), mod)
instance = instantiate(pre, WasmStore(engine))
exports(instance).add(1, 2)    # => 3
```
"""
mutable struct WasmInstancePre <: WasmObject
    ptr::Ptr{API.safewasm_instancepre_t}
    mod::WasmModule
    # As in the linker.
    roots::Roots
    kept::Vector{AnyObject}

    function WasmInstancePre(linker::WasmLinker, m::WasmModule)
        handle = Ref{Ptr{API.safewasm_instancepre_t}}(C_NULL)
        check(API.safewasm_linker_instantiate_pre(linker, m, handle))
        roots, kept = getfield(linker, :roots), copy(getfield(linker, :kept))
        return finalizer(close, new(handle[], m, roots, kept))
    end
end

function Base.unsafe_convert(::Type{Ptr{API.safewasm_instancepre_t}}, x::WasmInstancePre)
    return getfield(x, :ptr)
end
Base.isvalid(pre::WasmInstancePre) = API.safewasm_instancepre_is_valid(pre)
delete_handle(pre::WasmInstancePre) = API.safewasm_instancepre_delete(pre)

properties(::WasmInstancePre) = (:mod,)

function instantiate(pre::WasmInstancePre, store::WasmStore; keywords...)
    isempty(keywords) || throw_keywords(pre, keys(keywords))
    isopen(store) && keep_hosts!(store, pre)
    handle = Ref{Ptr{API.safewasm_instance_t}}(C_NULL)
    check_after_collection(store) do
        API.safewasm_instancepre_instantiate(pre, store, handle)
    end
    return initialized(WasmInstance(handle[], store, getfield(pre, :mod)))
end

function definitions_text(::WasmInstancePre)
    return "its imports are those of the linker that it was made with"
end
