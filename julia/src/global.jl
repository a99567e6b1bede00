"""
    WasmValue(x)
    WasmValue(type, x)

A value with its wasm type, such as the initial value of a [`WasmGlobal`](@ref). Without a
`type`, the type is that of `x`. It has the fields `type` and `value`.

```julia
WasmValue(Int32(5)).type                 # => i32
WasmValue(Any, "a Julia object").type    # => externref
```
"""
struct WasmValue
    type::WasmValType
    value::Any
end

WasmValue(x) = WasmValue(WasmValType(typeof(x)), x)
WasmValue(x::Union{WasmFunc,WasmRef}) = WasmValue(WasmValType(typeof(x)), x)
WasmValue(T::Type, x) = WasmValue(WasmValType(T), x)
Base.:(==)(a::WasmValue, b::WasmValue) = a.type == b.type && a.value == b.value
Base.hash(x::WasmValue, h::UInt) = hash(x.value, hash(x.type, h))
Base.show(io::IO, x::WasmValue) = print(io, "WasmValue(", x.type, ": ", x.value, ")")

unwrapped(x) = x
unwrapped(x::WasmValue) = x.value

# A global or table that is being made, as the target of its first value.
struct NewItem
    name::String
    type::WasmType
end

# Calls `use` with a pointer to `value`, which is converted to `type`.
function with_val(use, type::WasmValType, value, target, store)
    val = Ref(to_val(type, value, target, store))
    error = GC.@preserve value val use(Base.unsafe_convert(Ptr{WasmVal}, val))
    creates_handle(type, value) && delete_reference(val[])
    return check(error)
end

"""
    WasmGlobal(store, type::WasmGlobalType, value)

A global: a value that instances and the program share. For `type` see
[`WasmGlobalType`](@ref); `value` is a [`WasmValue`](@ref) or a value that converts to the
type. Exported globals have this type too. `g[]` is its value and `g[] = x` sets it;
`g.type` is its type, `g.name` the name of the export.

A `WasmGlobal{T}` has values of the Julia type `T`: for numbers `Int32`, `Int64`, `Float32`
and `Float64`, whose `g[]` allocates nothing. The compiler knows the type of `g[]` where it
knows that of the global, for example in a function that takes the global as an argument, or
after `g = exports(instance).count::WasmGlobal{Int32}`.

# Errors
- `WasmtimeError` with code `:type_mismatch` for a value of another type, and for setting a
  global that is immutable.
- `InexactError` for a number that doesn't fit.

```julia
g = WasmGlobal(store, WasmGlobalType(Int32, true), 0)
g[] = 5
g[]    # => 5
```
"""
mutable struct WasmGlobal{T} <: WasmObject
    ptr::Ptr{API.safewasm_global_t}
    name::String
    type::WasmGlobalType
    owner::Owner

    function WasmGlobal{T}(ptr::Ptr{API.safewasm_global_t}, type, name, owner) where {T}
        return finalizer(close, new{T}(ptr, name, type, owner))
    end
end

function WasmGlobal(ptr::Ptr{API.safewasm_global_t}, name, owner)
    found = Ref{API.safewasm_globaltype_t}()
    check(API.safewasm_global_type(ptr, found))
    type = WasmGlobalType(found[])
    return WasmGlobal{julia_type(type.content)}(ptr, type, name, owner)
end

function WasmGlobal(store::WasmStore, type::WasmGlobalType, value)
    isopen(store) || check_open(store)
    if value isa WasmValue && value.type != type.content
        message = "the value $(value_text(value)) is not of the type $type"
        throw(WasmtimeError(message, :type_mismatch))
    end
    handle = Ref{Ptr{API.safewasm_global_t}}(C_NULL)
    content = Ref(globaltype(type))
    with_val(type.content, unwrapped(value), NewItem("a global", type), store) do val
        API.safewasm_global_new(store, content, val, handle)
    end
    return WasmGlobal(handle[], "", store)
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_global_t}}, x::WasmGlobal) = getfield(x, :ptr)
Base.isvalid(g::WasmGlobal) = API.safewasm_global_is_valid(g)
delete_handle(g::WasmGlobal) = API.safewasm_global_delete(g)

properties(::WasmGlobal) = (:name, :type)
property_hint(::WasmGlobal, name) = ". Its value is `g[]`"
store_of(g::WasmGlobal) = store_of(g.owner)
extern_kind(::WasmGlobal) = API.SAFEWASM_EXTERN_GLOBAL
subject_text(g::WasmGlobal) = "the global" * name_suffix(g.name)

# Two look-ups of one export give two handles of the same global.
function Base.:(==)(a::WasmGlobal, b::WasmGlobal)
    a === b && return true
    isempty(a.name) && return false
    return isopen(a) && isopen(b) && a.name == b.name && a.owner === b.owner
end
Base.hash(g::WasmGlobal, h::UInt) = hash(g.name, hash(:WasmGlobal, h))

function Base.getindex(g::WasmGlobal{T}) where {T}
    # On the stack, since its address goes nowhere but to the call.
    val = Ref{WasmVal}()
    GC.@preserve val check(
        API.safewasm_global_get(g, Base.unsafe_convert(Ptr{WasmVal}, val))
    )
    return from_val(T, val[], g.owner)
end

function Base.setindex!(g::WasmGlobal, value)
    isopen(g) || g[]
    set_value!(g, unwrapped(value))
    return g
end

function set_value!(g::WasmGlobal{T}, value) where {T<:Numeric}
    val = Ref(number_val(g.type.content.kind, to_slot(to_wasm(T, value, g))))
    return GC.@preserve val check(
        API.safewasm_global_set(g, Base.unsafe_convert(Ptr{WasmVal}, val))
    )
end

function set_value!(g::WasmGlobal, value)
    return with_val(g.type.content, value, g, store_of(g)) do val
        API.safewasm_global_set(g, val)
    end
end

function Base.show(io::IO, g::WasmGlobal)
    isopen(g) || return print(io, "WasmGlobal (closed)")
    content = g.type.is_mutable ? "(mut $(g.type.content))" : string(g.type.content)
    return print(io, "WasmGlobal ", name_prefix(g.name), content)
end
