# Structures and arrays of wasm that Julia makes and changes, and their types.

# The type of a field of a structure, or of the elements of an array. `bits` is 8 or 16 for
# a field that keeps that many bits of an `i32`, otherwise 0.
struct WasmFieldType <: WasmType
    type::WasmValType
    bits::Int
    is_mutable::Bool
end

function WasmFieldType(t::API.safewasm_fieldtype_t)
    return WasmFieldType(WasmValType(t.content), t.packed_bits, t.is_mutable)
end

function Base.show(io::IO, field::WasmFieldType)
    type = field.bits == 0 ? field.type : "i$(field.bits)"
    return print(io, field.is_mutable ? "(mut $type)" : type)
end

"""
    WasmHeapType(engine, text)
    WasmHeapType(object::WasmRef)
    WasmHeapType(f::WasmFunc; param=i)
    WasmHeapType(f::WasmFunc; result=i)
    WasmHeapType(m::WasmModule, name; …)
    WasmHeapType(type::WasmHeapType; field=i)

The type of structures, or of arrays, with which [`WasmRef`](@ref) makes one. It is

- the type in a text of wasm's text format, such as `"(struct (field i32) (field (mut
  f64)))"` or `"(array (mut i8))"`, or the last of several definitions, which may refer to
  each other: `"(type \\\$list (struct (field i32) (field (ref null \\\$list))))"`;
- the type of an object;
- the type of the objects that a parameter or result of a function refers to. They count
  from 1;
- the same for an export of a module, or for an import, whose name is `"module" =>
  "name"`. That of a global or table has no `param` or `result`;
- the type of the objects that a field refers to, which for an array is its elements
  (`field=1`).

Texts that are written alike are the same type, also as one of a module. `type.fields` is a
vector of the types of the fields, each with its `type`, whether it `is_mutable`, and the
number of its `bits` (8 or 16; 0 for a field that isn't packed). That of an array has one
element. `type.is_array` tells arrays from structures.

# Errors
- `WasmtimeError` with code `:invalid_text`, `:invalid_argument` or `:invalid_module` for a
  text that is no such type; with code `:type_mismatch` for anything that isn't a reference
  to structures or arrays of one type.
- `ArgumentError` for a parameter, result or field that there isn't; `KeyError` for an
  export or import.

```julia
point = WasmHeapType(engine, "(struct (field (mut i32)) (field f64))")
map(string, point.fields)    # => ["(mut i32)", "f64"]
p = WasmRef(store, point, (1, 2.5))
p[1] = 7
collect(p)                   # => Any[7, 2.5]
```
"""
mutable struct WasmHeapType <: WasmObject
    ptr::Ptr{API.safewasm_heaptype_t}
    fields::Vector{WasmFieldType}
    is_array::Bool
    text::String

    # `get` is a function of the library's that gives the handle.
    function WasmHeapType(get::Function)
        handle = Ref{Ptr{API.safewasm_heaptype_t}}(C_NULL)
        check(get(handle))
        kind, text = Ref{UInt32}(0), Ref{API.safewasm_text_t}()
        type = finalizer(close, new(handle[], WasmFieldType[], false, ""))
        check(API.safewasm_heaptype_kind(type, kind))
        check(API.safewasm_heaptype_text(type, text))
        setfield!(type, :is_array, kind[] == API.SAFEWASM_HEAP_ARRAY)
        setfield!(type, :text, GC.@preserve type read_text(text[]))
        setfield!(type, :fields, read_fields(type))
        return type
    end
end

function Base.unsafe_convert(::Type{Ptr{API.safewasm_heaptype_t}}, x::WasmHeapType)
    return getfield(x, :ptr)
end
Base.isvalid(t::WasmHeapType) = API.safewasm_heaptype_is_valid(t)
delete_handle(t::WasmHeapType) = API.safewasm_heaptype_delete(t)
properties(::WasmHeapType) = (:fields, :is_array)

function read_fields(type::WasmHeapType)
    len = Ref{Csize_t}(0)
    check(API.safewasm_heaptype_fields_len(type, len))
    return map(1:Int(len[])) do index
        field = Ref{API.safewasm_fieldtype_t}()
        check(API.safewasm_heaptype_field(type, index - 1, field))
        WasmFieldType(field[])
    end
end

function Base.show(io::IO, type::WasmHeapType)
    return print(io, "WasmHeapType ", isopen(type) ? shortened(type.text) : "(closed)")
end

function WasmHeapType(engine::WasmEngine, text::AbstractString)
    name = String(text)
    return WasmHeapType() do handle
        GC.@preserve name API.safewasm_heaptype_new_text(
            engine, text_pointer(name), sizeof(name), handle
        )
    end
end

WasmHeapType(store::WasmStore, text::AbstractString) = WasmHeapType(store.engine, text)

function WasmHeapType(object::WasmRef)
    return WasmHeapType(handle -> API.safewasm_heaptype_of_ref(object, handle))
end

function WasmHeapType(type::WasmHeapType; field)
    check_number(field, length(type.fields), "field", "the type")
    return WasmHeapType() do handle
        API.safewasm_heaptype_of_field(type, field - 1, handle)
    end
end

function WasmHeapType(f::WasmFunc; param=nothing, result=nothing)
    functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
    check(API.safewasm_func_type(f, functype))
    return type_in_signature(functype[], f.type, param, result)
end

function WasmHeapType(m::WasmModule, name::Union{Name,Pair}; param=nothing, result=nothing)
    externtype = extern_type(m, name)
    try
        param === result === nothing && return WasmHeapType() do handle
            API.safewasm_heaptype_of_extern(externtype, handle)
        end
        functype = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
        check(API.safewasm_externtype_functype(externtype, functype))
        copy = Ref{Ptr{API.safewasm_functype_t}}(C_NULL)
        check(API.safewasm_externtype_functype(externtype, copy))
        return type_in_signature(functype[], take_functype(copy[]), param, result)
    finally
        API.safewasm_externtype_delete(externtype)
    end
end

# The type that a parameter or result refers to. Deletes the handle of the signature.
function type_in_signature(handle, type::WasmFuncType, param, result)
    try
        (param === nothing) != (result === nothing) ||
            throw(ArgumentError("give one of `param` and `result`, a number from 1"))
        if param !== nothing
            check_number(param, length(type.params), "parameter", "the function")
            return WasmHeapType(to -> API.safewasm_heaptype_of_param(handle, param - 1, to))
        end
        check_number(result, length(type.results), "result", "the function")
        return WasmHeapType(to -> API.safewasm_heaptype_of_result(handle, result - 1, to))
    finally
        API.safewasm_functype_delete(handle)
    end
end

function check_number(index, len, noun, owner)
    index isa Integer && 1 <= index <= len && return
    given = value_text(index)
    throw(ArgumentError("$owner has $(count_text(len, noun)), and no $noun $given"))
end

# The handle of the type of an export, or of the import `"module" => "name"`.
function extern_type(m::WasmModule, name::Name)
    index = findfirst(item -> item.name == String(name), exports(m))
    index === nothing && throw(KeyError(short_key(name)))
    text, type = Ref{API.safewasm_text_t}(), Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
    check(API.safewasm_module_export(m, index - 1, text, type))
    return type[]
end

function extern_type(m::WasmModule, (from, name)::Pair)
    is_meant(x) = x.module_name == String(from) && x.name == String(name)
    index = findfirst(is_meant, imports(m))
    index === nothing && throw(KeyError(short_key(name)))
    texts = Ref{API.safewasm_text_t}(), Ref{API.safewasm_text_t}()
    type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
    check(API.safewasm_module_import(m, index - 1, texts..., type))
    return type[]
end

# The value for a field: an integer for one of 8 or 16 bits fits into these, signed or not.
function narrowed(field::WasmFieldType, value, target)
    (field.bits == 0 || !(value isa Integer)) && return value
    field.bits == 8 && return integer(Int8, UInt8, value, target)
    return integer(Int16, UInt16, value, target)
end

function WasmRef(store::WasmStore, type::WasmHeapType, values)
    type.is_array || return new_object(store, type, values, API.safewasm_ref_new_struct)
    return new_object(store, type, values, API.safewasm_ref_new_array)
end

function new_object(store, type, values, create)
    vals, made = WasmVal[], WasmVal[]
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    try
        append_values!(vals, made, store, type, values)
        check(GC.@preserve vals values create(
            store, type, pointer(vals), length(vals), handle
        ))
    finally
        foreach(delete_reference, made)
    end
    return WasmRef(handle[], store)
end

# Converts the values of the fields, and notes those with a handle that was made for them.
function append_values!(vals, made, store, type, values)
    fields, index = type.fields, 0
    element = type.is_array ? NewItem("an element", fields[1].type) : nothing
    for value in values
        index += 1
        type.is_array || index <= length(fields) || continue
        field = type.is_array ? fields[1] : fields[index]
        target = something(element, Some(NewItem("field $index", field.type)))
        given = unwrapped(value)
        val = to_val(field.type, narrowed(field, given, target), target, store)
        push!(vals, val)
        creates_handle(field.type, given) && push!(made, val)
    end
    type.is_array || index == length(fields) || throw(
        WasmtimeError(
            "a structure of the type has $(count_text(length(fields), "field")), not " *
            "$index: $(shortened(type.text))",
            :type_mismatch,
        ),
    )
    return vals
end

# Copies of one value need no list of them.
function WasmRef(
    store::WasmStore,
    type::WasmHeapType,
    values::Base.Iterators.Take{<:Base.Iterators.Repeated},
)
    type.is_array || return new_object(store, type, values, API.safewasm_ref_new_struct)
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    field = type.fields[1]
    target = NewItem("an element", field.type)
    value = narrowed(field, unwrapped(values.xs.x), target)
    with_val(field.type, value, target, store) do val
        API.safewasm_ref_new_array_filled(store, type, values.n, val, handle)
    end
    return WasmRef(handle[], store)
end

function WasmRef(store::WasmStore, type::WasmHeapType, ::UndefInitializer, len::Integer)
    nonnegative("number of elements", len)
    handle = Ref{Ptr{API.safewasm_ref_t}}(C_NULL)
    check(API.safewasm_ref_new_array_filled(store, type, len, C_NULL, handle))
    return WasmRef(handle[], store)
end

function Base.setindex!(r::WasmRef, value, index::Integer)
    1 <= index <= length(r) || throw(BoundsError(r, index))
    type = Ref{API.safewasm_fieldtype_t}()
    check(API.safewasm_ref_field_type(r, index - 1, type))
    field = WasmFieldType(type[])
    target = NewItem("value $index of the object", field.type)
    given = narrowed(field, unwrapped(value), target)
    with_val(field.type, given, target, store_of(r)) do val
        API.safewasm_ref_set_field(r, index - 1, val)
    end
    return r
end
