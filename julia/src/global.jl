"""
    WasmValue(x)
    WasmValue(type, x)

A value with its wasm type, such as the initial value of a [`WasmGlobal`](@ref). The type is
that of `x` where it isn't given. It has the fields `type` and `value`.

```julia
WasmValue(Int32(5))
WasmValue(Any, "an object of Julia's")
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

plain(x) = x
plain(x::WasmValue) = x.value

# Calls `use` with a pointer to `value` as what `type` says. `what` is named in errors.
function with_val(use, type::WasmValType, value, what, store)
    val = Ref(to_val(type, value, what, store))
    error = GC.@preserve value val use(Base.unsafe_convert(Ptr{WasmVal}, val))
    makes_handle(type, value) && delete_made(val[])
    return check(error)
end

"""
    WasmGlobal(store, type, value)

A global: a value that instances and the program share. `type` is a
[`WasmGlobalType`](@ref), `value` a [`WasmValue`](@ref) or what converts to the type. Also an export of an instance.
`g[]` is its value and `g[] = x` sets it; `g.type` is its type.

# Errors
- `WasmtimeError` with code `:type_mismatch` for a value of another type, and on setting one
  that is immutable.
- `InexactError` for a number that doesn't fit.

```julia
g = WasmGlobal(store, WasmGlobalType(Int32, true), 0)
g[] = 5
g[]    # 5
```
"""
mutable struct WasmGlobal
    ptr::Ptr{API.safewasm_global_t}
    name::String
    type::WasmGlobalType
    owner::Any

    function WasmGlobal(ptr::Ptr{API.safewasm_global_t}, name, owner)
        type = Ref{API.safewasm_globaltype_t}()
        check(API.safewasm_global_type(ptr, type))
        return finalizer(close, new(ptr, name, WasmGlobalType(type[]), owner))
    end
end

# What the errors of a value on its way in name.
struct Place
    name::String
    type::Any
end

function WasmGlobal(store::WasmStore, type::WasmGlobalType, value)
    isopen(store) || check_open(store)
    value isa WasmValue && value.type != type.content && throw(
        WasmtimeError("the value $(shown(value)) is not of the type $type", :type_mismatch)
    )
    handle = Ref{Ptr{API.safewasm_global_t}}(C_NULL)
    content = Ref(globaltype(type))
    with_val(type.content, plain(value), Place("a global", type), store) do val
        API.safewasm_global_new(store, content, val, handle)
    end
    return WasmGlobal(handle[], "", store)
end

function Base.getindex(g::WasmGlobal)
    value = Ref{WasmVal}()
    check(API.safewasm_global_get(g, value))
    return from_val(value[], store_of(g))
end

function Base.setindex!(g::WasmGlobal, value)
    isopen(g) || g[]
    name = isempty(g.name) ? "the global" : "the global $(g.name)"
    with_val(g.type.content, plain(value), Place(name, g.type), store_of(g)) do val
        API.safewasm_global_set(g, val)
    end
    return g
end

function Base.show(io::IO, g::WasmGlobal)
    isopen(g) || return print(io, "WasmGlobal (closed)")
    content = g.type.is_mutable ? "(mut $(g.type.content))" : string(g.type.content)
    return print(io, "WasmGlobal ", named(g.name), content)
end
