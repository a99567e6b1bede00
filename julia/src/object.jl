# Objects: the library's handles in Julia.

# An object has its handle in the field `ptr`. A closed object keeps it, since the library
# knows which handles have been deleted. The handle is NULL only in an object that was made
# while a package was precompiled: Julia writes addresses into precompiled images as NULL.
#
# Each type of object defines, beside itself:
#   - `Base.unsafe_convert` to its handle: an object is passed to `ccall` as itself, so that
#     it isn't collected during the call;
#   - `Base.isvalid` and `delete_handle`, by the library's functions;
#   - `properties`, if users may read more of its fields than `ptr`;
#   - `store_of`, if it belongs to a store;
#   - `extern_kind`, if modules import and export it.
abstract type WasmObject end

# An object that is also a vector: a memory or a table.
abstract type WasmVector{T} <: AbstractVector{T} end

const AnyObject = Union{WasmObject,WasmVector}

# The names of the fields that users may read.
properties(::AnyObject) = ()

# The store that an object belongs to.
store_of(x) = throw(ArgumentError("a $(type_text(typeof(x))) belongs to no store; pass a store"))

# The library's number for the kind of import and export that an object is, or nothing.
extern_kind(x) = nothing

# Finalizers call this too, on any thread, so it must neither print nor wait.
function Base.close(x::AnyObject)
    delete_handle(x)
    return nothing
end

Base.isopen(x::AnyObject) = isvalid(x)

closed_suffix(x) = isopen(x) ? "" : " (closed)"

Base.show(io::IO, x::WasmObject) = print(io, nameof(typeof(x)), closed_suffix(x))

Base.broadcastable(x::WasmObject) = Ref(x)

# The handle of `x`, as an argument where the library takes NULL for a null reference.
function nonnull_handle(x::AnyObject)
    ptr = getfield(x, :ptr)
    ptr == C_NULL && throw_precompiled(x)
    return ptr
end

@noinline function throw_precompiled(x)
    throw(WasmtimeError("Invalid $(nameof(typeof(x))): it $PRECOMPILED", :invalid_handle))
end

@inline Base.getproperty(x::AnyObject, name::Symbol) = property(x, name)

@inline function property(x::AnyObject, name::Symbol)
    name === :ptr && return visible_handle(x)
    isdefined(x, name) || throw_no_property(x, name)
    return getfield(x, name)
end

# The handle as users see it: that of a closed object is NULL.
function visible_handle(x::AnyObject)
    ptr = getfield(x, :ptr)
    return isvalid(x) ? ptr : typeof(ptr)(C_NULL)
end

function Base.propertynames(x::AnyObject, private::Bool=false)
    return private ? fieldnames(typeof(x)) : properties(x)
end

@noinline function throw_no_property(x, name)
    names = join(("`$name`" for name in properties(x)), ", ", " and ")
    others = isempty(names) ? "" : "; it has $names"
    throw(
        ArgumentError(
            "a $(nameof(typeof(x))) has no property $(quoted(name))$others" *
            property_hint(x, name),
        ),
    )
end

# The property that `name` is probably meant to be, as the end of an error's message.
property_hint(::AnyObject, name) = ""

function Base.setproperty!(x::AnyObject, name::Symbol, value)
    name === :ptr || throw(
        ArgumentError(
            "the field $(quoted(name)) of a $(nameof(typeof(x))) can't be set" *
            property_hint(x, name),
        ),
    )
    value isa Ptr && value == C_NULL || throw(
        ArgumentError("`x.ptr` can only be set to `C_NULL`, which closes `x`")
    )
    close(x)
    return value
end
