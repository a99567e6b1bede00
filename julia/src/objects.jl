# What all objects have in common: a handle of the library's in the field `ptr`. It stays
# there once the object is closed, when the library knows that it stands for nothing. It is
# NULL only in an object that was made while a package was precompiled.

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

        Serialization.deserialize(s::AbstractSerializer, ::Type{$T}) = deserialize_closed(s, $T)

        Base.isvalid(x::$T) = API.$(Symbol("safewasm_", name, "_is_valid"))(x)
    end
    T in (:WasmMemory, :WasmStore, :WasmModule) || @eval begin
        delete_handle(x::$T, ptr) = API.$(Symbol("safewasm_", name, "_delete"))(ptr)
    end
end

function delete_handle(store::WasmStore, ptr)
    isvalid(store) && uncount_mapping()
    return API.safewasm_store_delete(ptr)
end

function delete_handle(m::WasmModule, ptr)
    isvalid(m) && uncount_mapping()
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
    delete_handle(x, getfield(x, :ptr))
    return nothing
end

Base.isopen(x::Handle) = isvalid(x)

# A closed object shows NULL, which is also what can be set, to close it.
@inline function Base.getproperty(x::Handle, name::Symbol)
    hasfield(typeof(x), name) || throw_no_property(x, name)
    x isa WasmInstance && name === :exports && return exports(x)
    value = getfield(x, name)
    name === :ptr || return value
    return isvalid(x) ? value : typeof(value)(C_NULL)
end

# The fields that a program may want. It may set `ptr` too, see below.
properties(::Handle) = ()
properties(::Union{WasmModule,WasmLinker,WasmStore}) = (:engine,)
properties(::WasmInstancePre) = (:mod,)
properties(::WasmInstance) = (:store, :mod, :exports)
properties(::Union{WasmFunc,WasmTable,WasmGlobal,WasmTag}) = (:name, :type)
properties(::Union{WasmMemory,WasmSharedMemory}) = (:name,)

function Base.propertynames(x::Handle, private::Bool=false)
    return private ? fieldnames(typeof(x)) : properties(x)
end

@noinline function throw_no_property(x::Handle, name)
    there = join(("`$name`" for name in properties(x)), ", ", " and ")
    has = isempty(there) ? "" : "; it has $there"
    throw(
        ArgumentError(
            "a $(nameof(typeof(x))) has no property $(quoted(name))$has$(hint(x, name))"
        ),
    )
end

hint(::Handle, name) = ""

# What is missed most often.
function hint(instance::WasmInstance, name)
    isopen(instance) && haskey(exports(instance), name) || return ""
    return ". Did you mean the export `exports(instance).$(cut(string(name)))`?"
end

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

const WasmVector = Union{WasmMemory,WasmSharedMemory,WasmTable}

# Like any vectors, by their elements; a closed one is equal to itself alone.
for same in (:(==), :isequal)
    @eval begin
        function Base.$same(a::WasmVector, b::WasmVector)
            return a === b || isopen(a) && isopen(b) && same_elements($same, a, b)
        end
        function Base.$same(a::WasmVector, b::AbstractArray)
            return isopen(a) && same_elements($same, a, b)
        end
        function Base.$same(a::AbstractArray, b::WasmVector)
            return isopen(b) && same_elements($same, a, b)
        end
    end
end

same_elements(same, a, b) = invoke(same, Tuple{AbstractArray,AbstractArray}, a, b)

Base.hash(::WasmTable, h::UInt) = hash(:WasmTable, h)
function Base.hash(mem::AnyMemory, h::UInt)
    isopen(mem) || return hash(:WasmMemory, h)
    return invoke(hash, Tuple{AbstractArray,UInt}, mem, h)
end

function Base.:(==)(a::WasmExports, b::WasmExports)
    a === b && return true
    all(x -> isopen(getfield(x, :instance)), (a, b)) || return false
    return invoke(==, Tuple{AbstractDict,AbstractDict}, a, b)
end
function Base.hash(all::WasmExports, h::UInt)
    isopen(getfield(all, :instance)) || return hash(:WasmExports, h)
    return invoke(hash, Tuple{AbstractDict,UInt}, all, h)
end

# A typed function is its function, seen with types.
Base.isvalid(f::TypedFunc) = isvalid(f.func)
Base.isopen(f::TypedFunc) = isopen(f.func)
Base.close(f::TypedFunc) = close(f.func)
Base.:(==)(a::TypedFunc, b::TypedFunc) = typeof(a) === typeof(b) && a.func == b.func
Base.hash(f::TypedFunc, h::UInt) = hash(f.func, hash(typeof(f), h))

# The handle of `x` as an argument, where NULL would stand for a null reference.
function own_handle(x::Handle)
    ptr = getfield(x, :ptr)
    ptr == C_NULL && throw_precompiled(x)
    return ptr
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
