# Functions of numbers over arrays: `f.(xs, ys)` makes one call of the library for thousands
# of elements.

using Base.Broadcast: Broadcast, Broadcasted, BroadcastStyle

# How many elements are converted and called at a time. Ctrl-C is noticed in between.
const CALLS_PER_CHUNK = 4096

# The function with fixed types, so that they are looked at once for all elements.
function typed_func(f::WasmFunc)
    isopen(f) || check_open(f)
    params, results = map(julia_type, f.type.params), map(julia_type, f.type.results)
    result = if isempty(results)
        Nothing
    else
        length(results) == 1 ? results[1] : Tuple{results...}
    end
    return TypedFunc{Tuple{params...},result}(f)
end

function Broadcast.broadcasted(style::BroadcastStyle, f::WasmFunc, args...)
    # Functions of references have no typed function. A wrong number of arguments is an
    # error of the first call.
    if f.has_references || length(args) != length(f.type.params)
        return Broadcasted{typeof(style)}(ElementByElement(f), args)
    end
    return Broadcast.broadcasted(style, typed_func(f), args...)
end

function Broadcast.broadcasted(style::BroadcastStyle, f::TypedFunc)
    return Broadcasted{typeof(style)}(IgnoringArgument(f), (0,))
end

# A function without parameters that is given a number and ignores it. Other packages define
# methods for broadcasts without arguments, which would be called instead of ours.
struct IgnoringArgument{F<:TypedFunc} <: Function
    func::F
end
(f::IgnoringArgument)(_) = f.func()

# A function that is called once for each element.
struct ElementByElement <: Function
    func::WasmFunc
end
(f::ElementByElement)(args...) = f.func(args...)

# The type of the results doesn't depend on the arguments.
Broadcast.combine_eltypes(::TypedFunc{Args,Result}, ::Tuple) where {Args,Result} = Result
Broadcast.combine_eltypes(f::IgnoringArgument, ::Tuple) =
    Broadcast.combine_eltypes(f.func, ())

const BulkCallable = Union{TypedFunc,IgnoringArgument}
const BulkBroadcasted = Broadcasted{Nothing,<:Any,<:BulkCallable,<:Tuple{Any,Vararg{Any}}}

Base.copyto!(dest::AbstractArray, bc::BulkBroadcasted) = copy_bulk!(dest, bc)
# Otherwise ambiguous with Julia's own method for `BitArray`.
Base.copyto!(dest::BitArray, bc::BulkBroadcasted) = copy_bulk!(dest, bc)

function copy_bulk!(dest, bc)
    axes(dest) == axes(bc) || Broadcast.throwdm(axes(dest), axes(bc))
    isempty(dest) && return dest
    return call_bulk!(dest, bc.f, bc.args)
end

call_bulk!(dest, f::IgnoringArgument, _) = call_bulk!(dest, f.func, ())

function call_bulk!(dest, f::TypedFunc{Args,Result}, args) where {Args,Result}
    params, count = Tuple(Args.parameters), length(dest)
    length(args) == length(params) || throw_wrong_number(f, args)
    isempty(params) && Result === Nothing && return call_for_nothing!(dest, f)
    targets = ntuple(index -> Position(f.func, index), length(params))
    sources = map(params, args, targets) do T, arg, target
        source(T, arg, dest, target)
    end
    output = sink(Result, dest)
    indices = CartesianIndices(dest)
    for first in 1:CALLS_PER_CHUNK:count
        chunk = first:min(first + CALLS_PER_CHUNK - 1, count)
        foreach(source -> load!(source, indices, chunk), sources)
        try
            GC.@preserve sources output call_columns(
                f.func, length(chunk), map(column, sources), columns_of(output)
            )
        catch e
            store!(output, indices, chunk[1:calls_before(e)])
            rethrow(renumbered(e, first - 1, count))
        end
        store!(output, indices, chunk)
    end
    return dest
end

# The library counts the calls of a chunk, from 0.
const NUMBERED = r"^call (\d+) of \d+, counted from 0: "

# How many calls succeeded before the one that failed, or 0 if the exception doesn't say so.
calls_before(e::Union{WasmTrap,WasmtimeError}) = calls_before(match(NUMBERED, e.message))
calls_before(_) = 0
calls_before(numbered::RegexMatch) = parse(Int, numbered[1])

# The exception with the number of the call among all `count` calls, from 1. `before` calls
# were made before the chunk.
renumbered(e, before, count) = e
function renumbered(e::WasmTrap, before, count)
    return WasmTrap(renumbered(e.message, before, count), e.code, e.frames, e.coredump)
end
function renumbered(e::WasmtimeError, before, count)
    return WasmtimeError(renumbered(e.message, before, count), e.code)
end
function renumbered(message::AbstractString, before, count)
    numbered = match(NUMBERED, message)
    numbered === nothing && return message
    rest = message[(ncodeunits(numbered.match) + 1):end]
    return "call $(before + calls_before(numbered) + 1) of $count: $rest"
end

function call_for_nothing!(dest, f)
    for index in eachindex(dest)
        dest[index] = f()
    end
    return dest
end

@noinline function call_columns(f::WasmFunc, count, args, results)
    args, results = collect_columns(args), collect_columns(results)
    return GC.@preserve args results @guarded f API.safewasm_func_call_bulk(
        f, count, pointer(args), length(args), pointer(results), length(results)
    )
end

collect_columns(columns) = API.safewasm_column_t[columns...]

# Where the arguments of one parameter come from, or the results go to: an array that has
# them in wasm's type, one value for all calls, or anything whose elements are converted.
# Wasm reads and writes buffers of this package's own, since a host function may change the
# size of any array of the program.
struct ArrayColumn{T,A}
    buffer::Vector{T}
    array::A
end
struct ConstantColumn{T}
    cell::Base.RefValue{T}
end
struct ConvertedColumn{T,A,P}
    buffer::Vector{T}
    arg::A
    target::P
end

function source(::Type{T}, arg, dest, target) where {T}
    if arg isa Number || arg isa Ref
        return ConstantColumn(Ref{T}(to_wasm(T, arg[], target)))
    elseif arg isa Array{T} && axes(arg) == axes(dest)
        return ArrayColumn(buffer(T, dest), Broadcast.broadcast_unalias(dest, arg))
    end
    return ConvertedColumn(buffer(T, dest), extruded(dest, arg), target)
end

buffer(T, dest) = Vector{T}(undef, min(CALLS_PER_CHUNK, length(dest)))

extruded(dest, arg) = Broadcast.preprocess(dest, arg)

# The n-th index of an array, whose axes may start anywhere.
@inline nth(indices, n) = indices[first(LinearIndices(indices)) + n - 1]

load!(::ConstantColumn, indices, chunk) = nothing
function load!(source::ArrayColumn, indices, chunk)
    return copyto!(source.buffer, 1, source.array, first(chunk), length(chunk))
end
function load!(source::ConvertedColumn{T}, indices, chunk) where {T}
    for (at, index) in enumerate(chunk)
        value = Broadcast._broadcast_getindex(source.arg, nth(indices, index))
        @inbounds source.buffer[at] = to_wasm(T, value, source.target)
    end
    return nothing
end

function column(source::Union{ArrayColumn{T},ConvertedColumn{T}}) where {T}
    return API.safewasm_column_t(pointer(source.buffer), sizeof(T))
end
function column(source::ConstantColumn{T}) where {T}
    return API.safewasm_column_t(Base.unsafe_convert(Ptr{T}, source.cell), 0)
end

function sink(::Type{Result}, dest) where {Result}
    is_array = dest isa Array{Result} && isbitstype(Result)
    is_array && return ArrayColumn(buffer(Result, dest), dest)
    return ConvertedColumn(buffer(Result, dest), dest, nothing)
end

function store!(output::ArrayColumn, indices, chunk)
    return copyto!(output.array, first(chunk), output.buffer, 1, length(chunk))
end
function store!(output::ConvertedColumn, indices, chunk)
    for (at, index) in enumerate(chunk)
        output.arg[nth(indices, index)] = output.buffer[at]
    end
    return nothing
end

# The columns of the results. Those of one call are side by side, as the fields of a tuple.
function columns_of(
    output::Union{ArrayColumn{Result},ConvertedColumn{Result}}
) where {Result}
    types, data = result_types(Result), Ptr{Cvoid}(pointer(output.buffer))
    Result <: Tuple && !(Result === NTuple{16,UInt8}) || return map(types) do _
        API.safewasm_column_t(data, sizeof(Result))
    end
    return map(eachindex(types)) do field
        API.safewasm_column_t(data + fieldoffset(Result, field), sizeof(Result))
    end
end
