# Wasm's exceptions and their tags.

"""
    WasmTag(store, params)

A tag: the kind of an exception of wasm. `params` is the type, or a tuple of the types, of
the values that exceptions with the tag carry. Exported tags have this type too. `t.type` is
its [`WasmTagType`](@ref), `t.name` the name of the export.

# Errors
- `WasmtimeError` if the store is closed.

```julia
tag = WasmTag(store, (Int32,))
tag.type    # => tag (i32) -> ()
```
"""
mutable struct WasmTag <: WasmObject
    ptr::Ptr{API.safewasm_tag_t}
    name::String
    type::WasmTagType
    owner::Owner

    function WasmTag(ptr::Ptr{API.safewasm_tag_t}, name, owner)
        functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
        check(API.safewasm_tag_type(ptr, functype))
        type = WasmTagType(take_functype(functype[]))
        return finalizer(close, new(ptr, name, type, owner))
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_tag_t}}, x::WasmTag) = getfield(x, :ptr)
Base.isvalid(t::WasmTag) = API.safewasm_tag_is_valid(t)
delete_handle(t::WasmTag) = API.safewasm_tag_delete(t)

properties(::WasmTag) = (:name, :type)
store_of(t::WasmTag) = store_of(t.owner)
extern_kind(::WasmTag) = API.SAFEWASM_EXTERN_TAG

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
    return print(io, "WasmTag ", name_prefix(t.name), t.type.func)
end

kind_name(::WasmTag) = "tag"

"""
    WasmException(tag, values...)

An exception of wasm. If wasm throws it and doesn't catch it, the call of wasm throws it in
Julia. If a host function throws it, wasm may catch it. `e.tag` is its [`WasmTag`](@ref),
`e.values` the values that it carries, and `e.frames` the [`WasmFrame`](@ref)s of where wasm
threw it. If it is sent to another process by `Distributed`, its tag and references arrive
closed.

# Errors
- `WasmtimeError` with code `:type_mismatch` for values that don't fit the tag.

```julia
tag = WasmTag(store, (Int32,))
refuse = WasmFunc(() -> throw(WasmException(tag, 42)), store, () => ())
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
            "exceptions with the tag carry $(count_text(length(types), "value")), not " *
            "$(length(values)): $(type_text(tag.type))",
            :type_mismatch,
        ),
    )
    vals = WasmVal[
        to_val(types[index], values[index], Position(tag, index), store) for
        index in eachindex(types)
    ]
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    error = GC.@preserve vals API.safewasm_ref_new_exception(
        tag, pointer(vals), length(vals), handle
    )
    for (type, x, val) in zip(types, values, vals)
        creates_handle(type, x) && delete_reference(val)
    end
    check(error)
    return WasmException(tag, values, WasmFrame[], WasmRef(handle[], store))
end

# The exception that an error of the library's reports. It was thrown in `store`.
function take_exception(error::ErrorPtr, store)
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    problem = API.safewasm_error_exception(error, handle)
    tag = Ref{Ptr{API.safewasm_tag_t}}(C_NULL)
    problem == C_NULL && (problem = API.safewasm_ref_tag(handle[], tag))
    if problem != C_NULL
        API.safewasm_ref_delete(handle[])
        API.safewasm_error_delete(problem)
        return plain_error(error, API.SAFEWASM_ERROR_EXCEPTION)
    end
    ref = WasmRef(handle[], store)
    return WasmException(WasmTag(tag[], "", store), (ref...,), read_frames(error), ref)
end

function Base.showerror(io::IO, e::WasmException)
    print(io, "WasmException: WasmTag ", name_prefix(e.tag.name), e.tag.type.func)
    print(io, " with ", e.values)
    return show_frames(io, e.frames)
end
