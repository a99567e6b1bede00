"""
    WasmTable(store, min => max, value=nothing)
    WasmTable(store, type::WasmTableType, value=nothing)

A table: a vector of functions, or of the references that its `type` says, each of them
`value` at the start. See [`WasmTableType`](@ref). Exported tables have this
type too. A table is an `AbstractVector` whose elements are [`WasmFunc`](@ref)s, or Julia
objects (`externref`), or `nothing`, and counts from 1. [`grow!`](@ref) adds elements;
`fill!` and `copyto!` between tables run in the library.

# Errors
- `BoundsError` for an index outside of the table.
- `WasmtimeError` with code `:type_mismatch` for an element of another type.

```julia
table = WasmTable(store, 2 => 5)
table[1] = exports(instance).add
table[1](1, 2)    # => 3
```
"""
mutable struct WasmTable <: WasmVector{Any}
    ptr::Ptr{API.safewasm_table_t}
    name::String
    type::WasmTableType
    owner::Owner

    function WasmTable(ptr::Ptr{API.safewasm_table_t}, name, owner)
        type = Ref{API.safewasm_tabletype_t}()
        check(API.safewasm_table_type(ptr, type))
        return finalizer(close, new(ptr, name, WasmTableType(type[]), owner))
    end
end

function WasmTable(store::WasmStore, type::WasmTableType, value=nothing)
    isopen(store) || check_open(store)
    handle = Ref{Ptr{API.safewasm_table_t}}(C_NULL)
    described = Ref(tabletype(type))
    with_val(type.element, unwrapped(value), NewItem("a table", type), store) do val
        API.safewasm_table_new(store, described, val, handle)
    end
    return WasmTable(handle[], "", store)
end

function WasmTable(store::WasmStore, limits::Pair, value=nothing)
    return WasmTable(store, WasmTableType(limits), value)
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_table_t}}, x::WasmTable) = getfield(x, :ptr)
Base.isvalid(t::WasmTable) = API.safewasm_table_is_valid(t)
delete_handle(t::WasmTable) = API.safewasm_table_delete(t)

properties(::WasmTable) = (:name, :type)
store_of(t::WasmTable) = store_of(t.owner)
extern_kind(::WasmTable) = API.SAFEWASM_EXTERN_TABLE
subject_text(t::WasmTable) = "the table" * name_suffix(t.name)

# Not by its elements, which are objects with identities.
Base.hash(::WasmTable, h::UInt) = hash(:WasmTable, h)

# Calls `use` with a pointer to `value`, which is converted to an element.
function with_element(use, t::WasmTable, value)
    return with_val(use, t.type.element, unwrapped(value), t, store_of(t))
end

function Base.size(t::WasmTable)
    size = Ref{UInt64}(0)
    check(API.safewasm_table_size(t, size))
    return (Int(size[]),)
end

function Base.getindex(t::WasmTable, index::Int)
    checkbounds(t, index)
    value = Ref{WasmVal}()
    check(API.safewasm_table_get(t, index - 1, value))
    return from_val(value[], store_of(t))
end

function Base.setindex!(t::WasmTable, value, index::Int)
    checkbounds(t, index)
    with_element(val -> API.safewasm_table_set(t, index - 1, val), t, value)
    return t
end

"""
    grow!(table, count, value=nothing) -> Int

Adds `count` elements, each of them `value`, to the end of a table. Returns the length
before.

# Errors
- `WasmtimeError` with code `:limit` beyond the table's maximum or the store's limit.
"""
function grow!(t::WasmTable, count::Integer, value=nothing)
    previous = Ref{UInt64}(0)
    nonnegative("number of elements", count)
    with_element(val -> API.safewasm_table_grow(t, count, val, previous), t, value)
    return Int(previous[])
end

function Base.fill!(t::WasmTable, value)
    count = length(t)
    with_element(val -> API.safewasm_table_fill(t, 0, count, val), t, value)
    return t
end

function Base.copyto!(
    to::WasmTable, at::Integer, from::WasmTable, start::Integer, count::Integer
)
    check_range(to, at, count)
    check_range(from, start, count)
    check(API.safewasm_table_copy(to, at - 1, from, start - 1, count))
    return to
end

Base.copyto!(to::WasmTable, from::WasmTable) = copyto!(to, 1, from, 1, length(from))

function Base.show(io::IO, t::WasmTable)
    isopen(t) || return print(io, "WasmTable (closed)")
    size = Ref{UInt64}(0)
    # Another thread may be in the store, or have just closed it.
    error = API.safewasm_table_size(t, size)
    API.safewasm_error_delete(error)
    count = error == C_NULL ? "$(size[]) elements" : ""
    max = t.type.max === nothing ? "" : " (max $(t.type.max))"
    return print(io, "WasmTable ", name_prefix(t.name), count, max, " of ", t.type.element)
end
