"""
    WasmTable(store, type, value=nothing)

A table: a list of functions or other references, whose elements are `value` at the start.
`type` is a [`WasmTableType`](@ref), or its limits `min => max`. Also an export of an
instance. An `AbstractVector` that counts from 1; elements are [`WasmFunc`](@ref)s, or
Julia objects (`externref`), or `nothing`. [`grow!`](@ref) makes it longer, `fill!` and
`copyto!` work within wasm.

# Errors
- `BoundsError` for an index outside of the table.
- `WasmtimeError` with code `:type_mismatch` for an element of another type.

```julia
table = WasmTable(store, 2 => 5)
table[1] = exports(instance).add
table[1](1, 2)    # 3
```
"""
mutable struct WasmTable <: AbstractVector{Any}
    ptr::Ptr{API.safewasm_table_t}
    name::String
    type::WasmTableType
    owner::Any

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
    with_element(type, value, "a table", store) do val
        API.safewasm_table_new(store, described, val, handle)
    end
    return WasmTable(handle[], "", store)
end

WasmTable(store::WasmStore, limits::Pair, value=nothing) =
    WasmTable(store, WasmTableType(limits), value)

function with_element(use, type::WasmTableType, value, name, store)
    return with_val(use, type.element, plain(value), Place(name, type), store)
end

function with_element(use, t::WasmTable, value)
    name = isempty(t.name) ? "the table" : "the table $(t.name)"
    return with_element(use, t.type, value, name, store_of(t))
end

function Base.size(t::WasmTable)
    size = Ref{UInt64}(0)
    check(API.safewasm_table_size(t, size))
    return (Int(size[]),)
end

Base.IndexStyle(::Type{WasmTable}) = IndexLinear()

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

Adds `count` elements, each of them `value`, to the end of a table. Gives the length before.

# Errors
- `WasmtimeError` with code `:limit` beyond the table's maximum or the store's limit.
"""
function grow!(t::WasmTable, count::Integer, value=nothing)
    previous = Ref{UInt64}(0)
    amount("number of elements", count)
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
    check_places(to, at, count)
    check_places(from, start, count)
    check(API.safewasm_table_copy(to, at - 1, from, start - 1, count))
    return to
end

Base.copyto!(to::WasmTable, from::WasmTable) = copyto!(to, 1, from, 1, length(from))

Base.summary(io::IO, t::WasmTable) = show(io, t)

function Base.show(io::IO, t::WasmTable)
    isopen(t) || return print(io, "WasmTable (closed)")
    size = Ref{UInt64}(0)
    # Another thread may be in the store, or have just closed it.
    error = API.safewasm_table_size(t, size)
    API.safewasm_error_delete(error)
    count = error == C_NULL ? "$(size[]) elements" : ""
    max = t.type.max === nothing ? "" : " (max $(t.type.max))"
    return print(io, "WasmTable ", named(t.name), count, max, " of ", t.type.element)
end

Base.show(io::IO, ::MIME"text/plain", t::WasmTable) = show(io, t)
