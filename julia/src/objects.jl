# What all objects have in common: a handle of the library's in the field `ptr`, which is NULL once
# the object is closed.

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
)
    C = Symbol("safewasm_", name, "_t")
    @eval begin
        # An object goes into a `ccall` as itself, so that it isn't collected during the call.
        Base.cconvert(::Type{Ptr{API.$C}}, x::$T) = x
        Base.unsafe_convert(::Type{Ptr{API.$C}}, x::$T) = getfield(x, :ptr)

        Base.isvalid(x::$T) = API.$(Symbol("safewasm_", name, "_is_valid"))(x)
    end
    T === :WasmMemory || @eval begin
        delete_handle(x::$T, ptr) = API.$(Symbol("safewasm_", name, "_delete"))(ptr)
    end
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
    name === :ptr || return setfield!(x, name, convert(fieldtype(typeof(x), name), value))
    value isa Ptr && value == C_NULL || throw(
        ArgumentError("a handle can't be set; `x.ptr = C_NULL` closes x, as `close(x)` does")
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
    WasmTable,
    WasmGlobal,
    WasmTag,
}
Base.broadcastable(x::Scalar) = Ref(x)

# Two look-ups of one export give two handles, which stand for the same thing.
const Named = Union{WasmFunc,WasmTable,WasmGlobal,WasmTag}
stands_for(x::Named) = (typeof(x), x.name, objectid(x.owner))
Base.:(==)(a::Named, b::Named) = a === b || (isopen(a) && isopen(b) && stands_for(a) == stands_for(b))
Base.hash(x::Named, h::UInt) = hash(stands_for(x), h)

# A handle means something in its own process only.
function Serialization.serialize(::Serialization.AbstractSerializer, x::Handle)
    throw(ArgumentError("a $(nameof(typeof(x))) can't be serialized"))
end

state(x, open) = isopen(x) ? open : " (closed)"

Base.show(io::IO, x::WasmConfig) = print(io, "WasmConfig", state(x, ""))
Base.show(io::IO, x::WasmEngine) = print(io, "WasmEngine", state(x, ""))
Base.show(io::IO, x::WasmStore) = print(io, "WasmStore", state(x, ""))

function Base.show(io::IO, x::WasmModule)
    isopen(x) || return print(io, "WasmModule (closed)")
    return print(io, "WasmModule with ", counted(imports(x), "import"), " and ", counted(exports(x), "export"))
end

function Base.show(io::IO, x::WasmInstance)
    isopen(x) || return print(io, "WasmInstance (closed)")
    return print(io, "WasmInstance with ", counted(exports(x), "export"))
end

counted(list, name) = string(length(list), " ", name, length(list) == 1 ? "" : "s")
