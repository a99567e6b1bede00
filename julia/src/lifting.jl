# From the nodes of a call's result to Julia's values.

# The value of a type that the next nodes are.
function lift!(c::Conversion, shape::WitShape)
    node = unsafe_load(c.results[], c.at)
    c.at += 1
    kind, bits = shape.kind, node.of.data[1]
    if kind == API.SAFEWASM_WIT_BOOL
        return bits % UInt8 != 0
    elseif kind == API.SAFEWASM_WIT_S8
        return bits % Int8
    elseif kind == API.SAFEWASM_WIT_U8
        return bits % UInt8
    elseif kind == API.SAFEWASM_WIT_S16
        return bits % Int16
    elseif kind == API.SAFEWASM_WIT_U16
        return bits % UInt16
    elseif kind == API.SAFEWASM_WIT_S32
        return bits % Int32
    elseif kind == API.SAFEWASM_WIT_U32
        return bits % UInt32
    elseif kind == API.SAFEWASM_WIT_S64
        return bits % Int64
    elseif kind == API.SAFEWASM_WIT_U64
        return bits
    elseif kind == API.SAFEWASM_WIT_F32
        return reinterpret(Float32, bits % UInt32)
    elseif kind == API.SAFEWASM_WIT_F64
        return reinterpret(Float64, bits)
    elseif kind == API.SAFEWASM_WIT_CHAR
        return Char(bits % UInt32)
    elseif kind == API.SAFEWASM_WIT_STRING
        return node.len == 0 ? "" : unsafe_string(Ptr{UInt8}(UInt(bits)), node.len)
    elseif kind == API.SAFEWASM_WIT_LIST
        element = shape.children[1]
        is_packed(element) && return copy_packed(element.type, UInt(bits), node.len)
        return lift_elements!(element.type, c, element, Int(node.len))
    elseif kind == API.SAFEWASM_WIT_RECORD
        fields = lift_fields!(c, shape)
        return GC.@preserve fields ccall(
            :jl_new_structv, Any, (Any, Ptr{Any}, UInt32), shape.type, fields, length(fields)
        )
    elseif kind == API.SAFEWASM_WIT_TUPLE
        return (lift_fields!(c, shape)...,)
    elseif kind == API.SAFEWASM_WIT_VARIANT
        case = shape.children[node.index + 1]
        return WitVariant(case.name, lift_payload!(c, case))
    elseif kind == API.SAFEWASM_WIT_ENUM
        return shape.children[node.index + 1].name
    elseif kind == API.SAFEWASM_WIT_OPTION
        node.index == 0 && return nothing
        inner = shape.children[1]
        value = lift!(c, inner)
        return is_option(inner) ? Some(value) : value
    elseif kind == API.SAFEWASM_WIT_RESULT
        value = lift_payload!(c, shape.children[node.index + 1])
        return node.index == 0 ? Ok(value) : Err(value)
    end
    is_resource(shape) && return lift_resource(c, shape, Ptr{API.safewasm_resource_t}(UInt(bits)))
    # The library returns values of no other types.
    return flags_of(shape, bits)
end

lift_payload!(c, shape) = shape.kind == API.SAFEWASM_WIT_NONE ? nothing : lift!(c, shape)

function lift_fields!(c::Conversion, shape)
    fields = shape.children
    values = Vector{Any}(undef, length(fields))
    for index in 1:length(fields)
        values[index] = lift!(c, fields[index])
    end
    return values
end

function copy_packed(::Type{T}, address, len) where {T}
    copied = Vector{T}(undef, len)
    GC.@preserve copied unsafe_copyto!(pointer(copied), Ptr{T}(address), len)
    return copied
end

function copy_packed(::Type{Char}, address, len)
    return Char[Char(unsafe_load(Ptr{UInt32}(address), index)) for index in 1:Int(len)]
end

# Compiled for each type of elements.
function lift_elements!(::Type{T}, c, element, len) where {T}
    values = Vector{T}(undef, len)
    for index in 1:len
        values[index] = lift!(c, element)::T
    end
    return values
end

function flags_of(shape, bits)
    flags = Set{Symbol}()
    for (index, flag) in enumerate(shape.children)
        (bits >> (index - 1)) & 1 == 1 && push!(flags, flag.name)
    end
    return flags
end
