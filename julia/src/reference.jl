"""
    WasmRef
    WasmRef(store, type::WasmHeapType, values)
    WasmRef(store, type::WasmHeapType, undef, len)
    WasmRef(store, number::Integer)

A reference to a structure, an array, a 31-bit integer or an exception of wasm. (A function
is a [`WasmFunc`](@ref), a Julia object itself, and null `nothing`.) It keeps its object
alive. `r[i]` is the `i`-th field of a structure or element of an array, and `length(r)`
their number, or 0 for anything else. `r[i] = x` sets one that is mutable. A field of 8 or
16 bits is read as an `Int32` that isn't negative. `Int(r)` is the value of a 31-bit
integer. `==` tells whether two references refer to the same object.

`WasmRef(store, type, values)` makes a structure with these values in its fields, or an
array with these elements, from any collection. `Iterators.repeated(x, len)` stands for
`len` copies of `x`, and `undef` for elements that are 0 or null. See [`WasmHeapType`](@ref)
for types. `WasmRef(store, 5)` makes a 31-bit integer.

# Errors
- `BoundsError` for a field that isn't there.
- `WasmtimeError` with code `:type_mismatch` if it refers to something else, or a value
  doesn't have the type of its field, or the field is immutable; with code `:limit` if the
  store has no room for the object; with code `:invalid_handle` once its store is closed.
- `InexactError` for a number that doesn't fit.

```julia
points = WasmModule(engine, wat\"\"\"(module
    (type (struct (field i32) (field i32)))
    (func (export "new_point") (param i32 i32) (result (ref 0))
        (struct.new 0 (local.get 0) (local.get 1))))\"\"\")
point = call(WasmInstance(store, points), "new_point", 1, 2)
point[1]    # => 1
bytes = WasmRef(store, WasmHeapType(engine, "(array (mut i8))"), codeunits("box"))
bytes[1] = 'f' % Int
[Char(b) for b in bytes]    # => ['f', 'o', 'x']
```
"""
mutable struct WasmRef <: WasmObject
    ptr::Ptr{API.safewasm_ref_t}
    owner::Owner

    WasmRef(ptr::Ptr{API.safewasm_ref_t}, owner) = finalizer(close, new(ptr, owner))
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_ref_t}}, x::WasmRef) = getfield(x, :ptr)
Base.isvalid(r::WasmRef) = API.safewasm_ref_is_valid(r)
delete_handle(r::WasmRef) = API.safewasm_ref_delete(r)

store_of(r::WasmRef) = store_of(r.owner)

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

# The type of the object that it refers to.
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
Base.keys(r::WasmRef) = Base.OneTo(length(r))
Base.iterate(r::WasmRef, index=1) = index > length(r) ? nothing : (r[index], index + 1)

# The 31 bits are those of a signed number.
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
