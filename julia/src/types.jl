# The types of values, and of the items that modules define, import and export.

abstract type WasmType end

"""
    WasmValType(T)

The type of a wasm value. `T` is `Int32`, `Int64`, `Float32`, `Float64`, `NTuple{16,UInt8}`
(`v128`), `WasmFunc` (`funcref`), `Any` (`externref`) or `WasmRef` (`anyref`). `UInt32` and
`UInt64` stand for the types with as many bits. Modules also have types of references that
no `T` stands for.
"""
struct WasmValType <: WasmType
    kind::UInt8
    heap::UInt8
    nullable::Bool
end

const NUMBER_KINDS = (
    (API.SAFEWASM_VAL_I32, Int32),
    (API.SAFEWASM_VAL_I64, Int64),
    (API.SAFEWASM_VAL_F32, Float32),
    (API.SAFEWASM_VAL_F64, Float64),
    (API.SAFEWASM_VAL_V128, NTuple{16,UInt8}),
)

function WasmValType(T::Type)
    for (kind, type) in NUMBER_KINDS
        T === type && return WasmValType(kind, 0x00, false)
    end
    throw(ArgumentError("$(type_text(T)) is not the Julia type of a wasm value; $VALUE_TYPES"))
end

const VALUE_TYPES =
    "those are Int32, Int64, Float32, Float64, NTuple{16,UInt8}, WasmFunc and Any. Text, " *
    "arrays and pointers are passed as addresses in wasm's memory, which are Int32"

WasmValType(::Type{UInt32}) = WasmValType(Int32)
WasmValType(::Type{UInt64}) = WasmValType(Int64)
function WasmValType(::Type{Any})
    return WasmValType(API.SAFEWASM_VAL_REF, API.SAFEWASM_HEAP_EXTERN, true)
end

WasmValType(t::API.safewasm_valtype_t) = WasmValType(t.kind, t.heap, t.nullable)
valtype(t::WasmValType) = API.safewasm_valtype_t(t.kind, t.heap, t.nullable)

is_reference(type::WasmValType) = type.kind >= API.SAFEWASM_VAL_REF

# The Julia type of a value of this type.
function julia_type(type::WasmValType)
    for (kind, T) in NUMBER_KINDS
        type.kind == kind && return T
    end
    return type.kind == API.SAFEWASM_VAL_FUNC ? Union{WasmFunc,Nothing} : Any
end

function Base.show(io::IO, type::WasmValType)
    if !is_reference(type)
        return print(io, API.SAFEWASM_VAL_NAMES[type.kind])
    end
    heap = string(API.SAFEWASM_HEAP_NAMES[type.heap])
    startswith(heap, "concrete_") && (heap = "type:" * heap[10:end])
    if type.nullable && !startswith(heap, "type:")
        # As the text format spells it: a null reference to `noextern` is a `nullexternref`.
        startswith(heap, "no") && (heap = "null" * (heap == "none" ? "" : heap[3:end]))
        return print(io, heap, "ref")
    end
    return print(io, "(ref ", type.nullable ? "null " : "", heap, ")")
end

"""
    WasmFuncType(params, results)

The type of a function. `params` and `results` are lists of types, and as fields vectors of
[`WasmValType`](@ref). It is shown as `(i32, i32) -> i32`.
"""
struct WasmFuncType <: WasmType
    params::Vector{WasmValType}
    results::Vector{WasmValType}

    function WasmFuncType(params, results)
        list(types) = WasmValType[value_type(T) for T in types]
        return new(list(params), list(results))
    end
end

# The type that is named in a signature.
value_type(T::Type) = WasmValType(T)
value_type(type::WasmValType) = type
function value_type(x)
    throw(ArgumentError("$(value_text(x)) is not the type of a wasm value; $VALUE_TYPES"))
end

# Returns `x`, or throws unless it is an integer that isn't negative. `name` is its name in
# the message.
function nonnegative(name, x)
    x isa Integer || throw(ArgumentError("the $name is an integer, not $(given_text(x))"))
    x >= 0 || throw(ArgumentError("the $name, $x, is negative"))
    return x
end

function Base.show(io::IO, type::WasmFuncType)
    results = join(type.results, ", ")
    length(type.results) == 1 || (results = "($results)")
    return print(io, "(", join(type.params, ", "), ") -> ", results)
end

# Whether a function has no references among its parameters and results.
function is_numeric(type::WasmFuncType)
    return !any(is_reference, type.params) && !any(is_reference, type.results)
end

function Base.:(==)(a::WasmFuncType, b::WasmFuncType)
    return a.params == b.params && a.results == b.results
end
Base.hash(type::WasmFuncType, h::UInt) = hash(type.results, hash(type.params, h))

"""
    WasmMemoryType(min => max; is_64=false, is_shared=false, page_size=65536)

The type of a memory that starts with `min` pages and can grow to `max`, or without limit if
`max` is `nothing`. It has the fields `min` and `max` in pages, `page_size` in bytes,
`is_64` and `is_shared`.
"""
struct WasmMemoryType <: WasmType
    min::Int
    max::Union{Int,Nothing}
    page_size::Int
    is_64::Bool
    is_shared::Bool
end

# The minimum and maximum of `min => max`. A maximum of 0 below the minimum means none, as
# in other packages.
function limits((min, max)::Pair)
    min isa Integer && (max === nothing || max isa Integer) ||
        throw(ArgumentError("limits are `min => max`, or `min => nothing`"))
    0 <= min || throw(ArgumentError("the minimum, $min, is negative"))
    max === nothing && return Int(min), nothing
    0 <= max || throw(ArgumentError("the maximum, $max, is negative"))
    max == 0 && min > 0 && return Int(min), nothing
    return Int(min), Int(max)
end

function WasmMemoryType(pages::Pair; is_64=false, is_shared=false, page_size=65536)
    min, max = limits(pages)
    return WasmMemoryType(min, max, page_size, is_64, is_shared)
end

function memorytype(t::WasmMemoryType)
    max = something(t.max, 0)
    return API.safewasm_memorytype_t(
        t.min, max, t.page_size, t.max !== nothing, t.is_64, t.is_shared
    )
end

function Base.show(io::IO, type::WasmMemoryType)
    print(io, "memory ", type.is_64 ? "i64 " : "", type.min)
    type.max === nothing || print(io, " ", type.max)
    return print(io, type.is_shared ? " shared" : "")
end

"""
    WasmTableType(min => max, T=WasmFunc)

The type of a table that starts with `min` elements and can grow to `max`, or without limit
if `max` is `nothing`. `T` is the type of the elements: `WasmFunc` or `Any`. It has the
fields `min`, `max`, `is_64` and `element`, a [`WasmValType`](@ref).
"""
struct WasmTableType <: WasmType
    min::Int
    max::Union{Int,Nothing}
    is_64::Bool
    element::WasmValType
end

function WasmTableType(elements::Pair, element=WasmFunc; is_64=false)
    min, max = limits(elements)
    return WasmTableType(min, max, is_64, value_type(element))
end

function tabletype(t::WasmTableType)
    max, element = something(t.max, 0), valtype(t.element)
    return API.safewasm_tabletype_t(t.min, max, t.max !== nothing, t.is_64, element)
end

function WasmTableType(t::API.safewasm_tabletype_t)
    return WasmTableType(minimum_of(t), maximum_of(t), t.is_64, WasmValType(t.element))
end

function Base.show(io::IO, type::WasmTableType)
    print(io, "table ", type.is_64 ? "i64 " : "", type.min)
    type.max === nothing || print(io, " ", type.max)
    return print(io, " ", type.element)
end

"""
    WasmGlobalType(T, is_mutable)

The type of a global with a value of type `T`, a Julia type or a [`WasmValType`](@ref). It
has the fields `content`, a `WasmValType`, and `is_mutable`.
"""
struct WasmGlobalType <: WasmType
    content::WasmValType
    is_mutable::Bool
end

WasmGlobalType(T::Type, is_mutable) = WasmGlobalType(WasmValType(T), is_mutable)

function globaltype(t::WasmGlobalType)
    return API.safewasm_globaltype_t(valtype(t.content), t.is_mutable)
end

function WasmGlobalType(t::API.safewasm_globaltype_t)
    return WasmGlobalType(WasmValType(t.content), t.is_mutable)
end

function Base.show(io::IO, type::WasmGlobalType)
    return print(io, "global ", type.is_mutable ? "(mut $(type.content))" : type.content)
end

"""
    WasmTagType

The type of a tag. Its field `func` is a [`WasmFuncType`](@ref), whose parameters are the
types of the values that an exception with the tag carries.
"""
struct WasmTagType <: WasmType
    func::WasmFuncType
end

Base.:(==)(a::WasmTagType, b::WasmTagType) = a.func == b.func
Base.hash(type::WasmTagType, h::UInt) = hash(type.func, hash(:WasmTagType, h))
Base.show(io::IO, type::WasmTagType) = print(io, "tag ", type.func)

# Reads a function type of the library's and deletes it.
function take_functype(handle::Ptr{API.safewasm_functype_t})
    read(count, get) = begin
        len = Ref{Csize_t}(0)
        check(count(handle, len))
        map(1:Int(len[])) do index
            type = Ref{API.safewasm_valtype_t}()
            check(get(handle, index - 1, type))
            WasmValType(type[])
        end
    end
    params = read(API.safewasm_functype_params_len, API.safewasm_functype_param)
    results = read(API.safewasm_functype_results_len, API.safewasm_functype_result)
    API.safewasm_functype_delete(handle)
    return WasmFuncType(params, results)
end

# The maximum of a type of the library's, or nothing. Nothing can reach one beyond `Int`.
maximum_of(type) = type.has_max && type.max <= typemax(Int) ? Int(type.max) : nothing

# The minimum of a type of the library's. One beyond `Int`, which nothing can have, is cut.
minimum_of(type) = Int(min(type.min, UInt64(typemax(Int))))

function WasmMemoryType(t::API.safewasm_memorytype_t)
    return WasmMemoryType(minimum_of(t), maximum_of(t), t.page_size, t.is_64, t.is_shared)
end

# Reads a type of an import or export of the library's and deletes it.
function take_externtype(handle::Ptr{API.safewasm_externtype_t})
    kind = Ref{UInt32}(0)
    check(API.safewasm_externtype_kind(handle, kind))
    result = if kind[] == API.SAFEWASM_EXTERN_FUNC || kind[] == API.SAFEWASM_EXTERN_TAG
        functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
        check(API.safewasm_externtype_functype(handle, functype))
        func = take_functype(functype[])
        kind[] == API.SAFEWASM_EXTERN_FUNC ? func : WasmTagType(func)
    elseif kind[] == API.SAFEWASM_EXTERN_MEMORY
        memory = Ref{API.safewasm_memorytype_t}()
        check(API.safewasm_externtype_memorytype(handle, memory))
        WasmMemoryType(memory[])
    elseif kind[] == API.SAFEWASM_EXTERN_TABLE
        table = Ref{API.safewasm_tabletype_t}()
        check(API.safewasm_externtype_tabletype(handle, table))
        WasmTableType(table[])
    else
        global_type = Ref{API.safewasm_globaltype_t}()
        check(API.safewasm_externtype_globaltype(handle, global_type))
        WasmGlobalType(global_type[])
    end
    API.safewasm_externtype_delete(handle)
    return result
end
