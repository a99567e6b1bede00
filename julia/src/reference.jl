"""
    WasmRef

A reference of wasm's that isn't null and is neither a function nor a Julia object: to a
structure, an array, a 31-bit integer, an exception. What it refers to stays alive with it.
`r[i]` is the `i`-th field of a structure or element of an array, `length(r)` their number,
0 for anything else;
`Int(r)` the value of a 31-bit integer, `WasmRef(store, 5)` makes one. `==` tells whether
two refer to the same.

# Errors
- `BoundsError` for a field that isn't there.
- `WasmtimeError` with code `:type_mismatch` if it refers to something else; with code
  `:invalid_handle` once its store is closed.
"""
mutable struct WasmRef
    ptr::Ptr{API.safewasm_ref_t}
    owner::Any

    WasmRef(ptr::Ptr{API.safewasm_ref_t}, owner) = finalizer(close, new(ptr, owner))
end

function WasmRef(store::WasmStore, value::Integer)
    -(1 << 30) <= value < 1 << 31 || throw(InexactError(:WasmRef, Int32, value))
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    check(API.safewasm_ref_new_i31(store, value % UInt32, handle))
    return WasmRef(handle[], store)
end

function WasmValType(::Type{WasmFunc})
    return WasmValType(API.SAFEWASM_VAL_FUNC, API.SAFEWASM_HEAP_FUNC, true)
end
WasmValType(::Type{Union{Nothing,WasmFunc}}) = WasmValType(WasmFunc)
function WasmValType(::Type{WasmRef})
    return WasmValType(API.SAFEWASM_VAL_REF, API.SAFEWASM_HEAP_ANY, true)
end
WasmValType(::Type{Union{Nothing,WasmRef}}) = WasmValType(WasmRef)

# The type of what it refers to.
function reference_type(r::WasmRef)
    type = Ref{API.safewasm_valtype_t}()
    check(API.safewasm_ref_type(r, type))
    return WasmValType(type[])
end

function Base.length(r::WasmRef)
    len = Ref{Csize_t}(0)
    check(API.safewasm_ref_fields_len(r, len))
    return Int(len[])
end

function Base.getindex(r::WasmRef, index::Integer)
    1 <= index <= length(r) || throw(BoundsError(r, index))
    value = Ref{WasmVal}()
    check(API.safewasm_ref_field(r, index - 1, value))
    return from_val(value[], store_of(r))
end

Base.firstindex(::WasmRef) = 1
Base.lastindex(r::WasmRef) = length(r)
Base.iterate(r::WasmRef, index=1) = index > length(r) ? nothing : (r[index], index + 1)

# The bits are those of a signed number.
function (::Type{T})(r::WasmRef) where {T<:Integer}
    value = Ref{UInt32}(0)
    check(API.safewasm_ref_i31(r, value))
    return T(reinterpret(Int32, value[] << 1) >> 1)
end

function Base.:(==)(a::WasmRef, b::WasmRef)
    a === b && return true
    same = Ref{UInt32}(0)
    error = API.safewasm_ref_same(a, b, same)
    API.safewasm_error_delete(error)
    return same[] == 1
end
Base.hash(::WasmRef, h::UInt) = hash(:WasmRef, h)

function Base.show(io::IO, r::WasmRef)
    type = Ref{API.safewasm_valtype_t}()
    error = API.safewasm_ref_type(r, type)
    API.safewasm_error_delete(error)
    return print(io, "WasmRef", error == C_NULL ? " $(WasmValType(type[]))" : " (closed)")
end

"""
    WasmTag(store, params)

What an exception of wasm's is known by; `params` is the type, or a tuple of the types, of
what such exceptions carry. Also an export of an instance. `t.type` is its
[`WasmTagType`](@ref).

```julia
tag = WasmTag(store, (Int32,))
```
"""
mutable struct WasmTag
    ptr::Ptr{API.safewasm_tag_t}
    name::String
    type::WasmTagType
    owner::Any

    function WasmTag(ptr::Ptr{API.safewasm_tag_t}, name, owner)
        functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
        check(API.safewasm_tag_type(ptr, functype))
        type = WasmTagType(take_functype(functype[]))
        return finalizer(close, new(ptr, name, type, owner))
    end
end

function WasmTag(store::WasmStore, params)
    isopen(store) || check_open(store)
    functype = new_functype(store.engine, WasmFuncType(type_list(params), []))
    handle = Ref{Ptr{API.safewasm_tag_t}}(C_NULL)
    error = API.safewasm_tag_new(store, functype, handle)
    API.safewasm_functype_delete(functype)
    check(error)
    return WasmTag(handle[], "", store)
end

function Base.:(==)(a::WasmTag, b::WasmTag)
    a === b && return true
    same = Ref{UInt32}(0)
    error = API.safewasm_tag_same(a, b, same)
    API.safewasm_error_delete(error)
    return same[] == 1
end
Base.hash(t::WasmTag, h::UInt) = hash(t.type, hash(:WasmTag, h))

function Base.show(io::IO, t::WasmTag)
    isopen(t) || return print(io, "WasmTag (closed)")
    return print(io, "WasmTag ", named(t.name), t.type.func)
end

kind_name(::WasmTag) = "tag"

named(name) = isempty(name) ? "" : "$(cut(name)): "

"""
    WasmException(tag, values...)

An exception of wasm's. Thrown at the caller of wasm if wasm doesn't catch it; a host
function throws one that wasm may catch. `e.tag` is its [`WasmTag`](@ref), `e.values` what
it carries, `e.frames` where wasm threw it. In another process, as from a worker of `Distributed`,
the tag and references that it carries arrive closed.

# Errors
- `WasmtimeError` with code `:type_mismatch` for values that aren't the tag's.

```julia
throw(WasmException(tag, 42))
```
"""
struct WasmException <: Exception
    tag::WasmTag
    values::Tuple
    frames::Vector{WasmFrame}
    ref::WasmRef
end

function WasmException(tag::WasmTag, values...)
    types, store = tag.type.func.params, store_of(tag)
    length(values) == length(types) || throw(
        WasmtimeError(
            "exceptions with the tag carry $(length(types)) values, not " *
            "$(length(values)): $(shown_type(tag.type))",
            :type_mismatch,
        ),
    )
    vals = WasmVal[
        to_val(types[index], values[index], Numbered(tag, index), store) for
        index in eachindex(types)
    ]
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    error = GC.@preserve vals API.safewasm_ref_new_exception(
        tag, pointer(vals), length(vals), handle
    )
    for (type, x, val) in zip(types, values, vals)
        makes_handle(type, x) && delete_made(val)
    end
    check(error)
    return WasmException(tag, values, WasmFrame[], WasmRef(handle[], store))
end

# The exception that an error of the library's reports, of the store that `owner` leads to.
function take_exception(error::ErrorPtr, owner)
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    problem = API.safewasm_error_exception(error, handle)
    tag = Ref{Ptr{API.safewasm_tag_t}}(C_NULL)
    problem == C_NULL && (problem = API.safewasm_ref_tag(handle[], tag))
    if problem != C_NULL
        API.safewasm_ref_delete(handle[])
        API.safewasm_error_delete(problem)
        return plain_error(error, API.SAFEWASM_ERROR_EXCEPTION)
    end
    ref = WasmRef(handle[], owner)
    return WasmException(WasmTag(tag[], "", owner), (ref...,), read_frames(error), ref)
end

function Base.showerror(io::IO, e::WasmException)
    print(io, "WasmException: WasmTag ", named(e.tag.name), e.tag.type.func)
    print(io, " with ", e.values)
    return show_frames(io, e.frames)
end
