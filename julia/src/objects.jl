# What all objects have in common: a handle of the library's in the field `ptr`, which is
# NULL once the object is closed.

for (T, name) in (
    (:WasmConfig, :config),
    (:WasmEngine, :engine),
    (:WasmStore, :store),
    (:WasmModule, :module),
    (:WasmInstance, :instance),
    (:WasmFunc, :func),
    (:WasmMemory, :memory),
    (:WasmTable, :table),
    (:WasmGlobal, :global),
    (:WasmTag, :tag),
    (:WasmRef, :ref),
    (:WasmLinker, :linker),
    (:WasmInstancePre, :instancepre),
    (:WasmSharedMemory, :sharedmemory),
)
    C = Symbol("safewasm_", name, "_t")
    @eval begin
        # An object goes into a `ccall` as itself, so that it isn't collected during the
        # call.
        Base.cconvert(::Type{Ptr{API.$C}}, x::$T) = x
        Base.unsafe_convert(::Type{Ptr{API.$C}}, x::$T) = getfield(x, :ptr)

        Base.isvalid(x::$T) = API.$(Symbol("safewasm_", name, "_is_valid"))(x)
    end
    T in (:WasmMemory, :WasmStore, :WasmModule) || @eval begin
        delete_handle(x::$T, ptr) = API.$(Symbol("safewasm_", name, "_delete"))(ptr)
    end
end

function delete_handle(::WasmStore, ptr)
    ptr == C_NULL || uncount_mapping()
    return API.safewasm_store_delete(ptr)
end

function delete_handle(::WasmModule, ptr)
    ptr == C_NULL || uncount_mapping()
    return API.safewasm_module_delete(ptr)
end

const Handle = Union{
    WasmConfig,
    WasmEngine,
    WasmStore,
    WasmModule,
    WasmInstance,
    WasmFunc,
    WasmMemory,
    WasmTable,
    WasmGlobal,
    WasmTag,
    WasmRef,
    WasmLinker,
    WasmInstancePre,
    WasmSharedMemory,
}

# A finalizer calls this too, on any thread: it does not print, and it does not wait.
function Base.close(x::Handle)
    ptr = getfield(x, :ptr)
    setfield!(x, :ptr, typeof(ptr)(C_NULL))
    delete_handle(x, ptr)
    return nothing
end

Base.isopen(x::Handle) = isvalid(x)

function Base.setproperty!(x::Handle, name::Symbol, value)
    name === :ptr ||
        throw(ArgumentError("the field `$name` of a $(nameof(typeof(x))) can't be set"))
    value isa Ptr && value == C_NULL || throw(
        ArgumentError("a handle can't be set, but for `x.ptr = C_NULL`, which closes x")
    )
    close(x)
    return value
end

const Scalar = Union{
    WasmConfig,
    WasmEngine,
    WasmStore,
    WasmModule,
    WasmInstance,
    WasmFunc,
    TypedFunc,
    WasmGlobal,
    WasmTag,
    WasmRef,
    WasmLinker,
    WasmInstancePre,
}
Base.broadcastable(x::Scalar) = Ref(x)

# Two look-ups of one export give two handles, which stand for the same thing.
function Base.:(==)(a::WasmGlobal, b::WasmGlobal)
    a === b && return true
    isempty(a.name) && return false
    return isopen(a) && isopen(b) && a.name == b.name && a.owner === b.owner
end
Base.hash(g::WasmGlobal, h::UInt) = hash(g.name, hash(:WasmGlobal, h))

# Like any vectors, by their elements.
function Base.:(==)(a::WasmTable, b::WasmTable)
    a === b && return true
    isopen(a) && isopen(b) && length(a) == length(b) || return false
    return all(index -> a[index] == b[index], eachindex(a))
end
Base.hash(::WasmTable, h::UInt) = hash(:WasmTable, h)

# A typed function is its function, seen with types.
Base.isvalid(f::TypedFunc) = isvalid(f.func)
Base.isopen(f::TypedFunc) = isopen(f.func)
Base.close(f::TypedFunc) = close(f.func)
Base.:(==)(a::TypedFunc, b::TypedFunc) = typeof(a) === typeof(b) && a.func == b.func
Base.hash(f::TypedFunc, h::UInt) = hash(f.func, hash(typeof(f), h))

# A handle means something in its own process only.
function Serialization.serialize(::Serialization.AbstractSerializer, x::Handle)
    throw(ArgumentError("a $(nameof(typeof(x))) can't be serialized"))
end

state(x, open) = isopen(x) ? open : " (closed)"

Base.show(io::IO, x::WasmConfig) = print(io, "WasmConfig", state(x, ""))
Base.show(io::IO, x::WasmEngine) = print(io, "WasmEngine", state(x, ""))
Base.show(io::IO, x::WasmStore) = print(io, "WasmStore", state(x, ""))
Base.show(io::IO, x::WasmInstancePre) = print(io, "WasmInstancePre", state(x, ""))

function Base.show(io::IO, x::WasmLinker)
    isopen(x) || return print(io, "WasmLinker (closed)")
    return print(io, "WasmLinker with ", counted(1:length(x), "definition"))
end

function Base.show(io::IO, x::WasmModule)
    isopen(x) || return print(io, "WasmModule (closed)")
    m = string(counted(imports(x), "import"), " and ", counted(exports(x), "export"))
    return print(io, "WasmModule with ", m)
end

function Base.show(io::IO, x::WasmInstance)
    isopen(x) || return print(io, "WasmInstance (closed)")
    len = Ref{Csize_t}(0)
    error = API.safewasm_instance_exports_len(x, len)
    if error != C_NULL
        # Another thread is in the store, or has just closed it.
        API.safewasm_error_delete(error)
        return print(io, "WasmInstance")
    end
    return print(io, "WasmInstance with ", counted(1:len[], "export"))
end

counted(list, name) = string(length(list), " ", name, length(list) == 1 ? "" : "s")
