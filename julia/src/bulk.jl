# Functions of numbers over arrays: `f.(xs, ys)` is one call of the library for very many
# elements.

using Base.Broadcast: Broadcast, Broadcasted, BroadcastStyle

# So many elements are converted and called at a time; Ctrl-C gets its turn in between.
const CHUNK = 4096

# The function with its types fixed: they are looked at once for all elements.
function typed(f::WasmFunc)
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
    # What can't be typed, or not be called, is left to the call.
    one_by_one = f.has_references || length(args) != length(f.type.params)
    one_by_one && return Broadcasted{typeof(style)}(OneByOne(f), args)
    return Broadcast.broadcasted(style, typed(f), args...)
end

function Broadcast.broadcasted(style::BroadcastStyle, f::TypedFunc)
    return Broadcasted{typeof(style)}(OfNothing(f), (0,))
end

# A function without parameters, which is given a number to ignore: packages have broadcasts
# of their own for functions that are given nothing.
struct OfNothing{F<:TypedFunc} <: Function
    func::F
end
(f::OfNothing)(_) = f.func()

# A function that is called for each element by itself.
struct OneByOne <: Function
    func::WasmFunc
end
(f::OneByOne)(args...) = f.func(args...)

# What it gives is known, whatever it is given.
Broadcast.combine_eltypes(::TypedFunc{Args,Result}, ::Tuple) where {Args,Result} = Result
Broadcast.combine_eltypes(f::OfNothing, _::Tuple) = Broadcast.combine_eltypes(f.func, ())

const Called = Union{TypedFunc,OfNothing}
const BulkBroadcasted = Broadcasted{Nothing,<:Any,<:Called,<:Tuple{Any,Vararg{Any}}}

Base.copyto!(dest::AbstractArray, bc::BulkBroadcasted) = copy_bulk!(dest, bc)
# Julia's own method for it would fit as well.
Base.copyto!(dest::BitArray, bc::BulkBroadcasted) = copy_bulk!(dest, bc)

function copy_bulk!(dest, bc)
    axes(dest) == axes(bc) || Broadcast.throwdm(axes(dest), axes(bc))
    isempty(dest) && return dest
    return call_bulk!(dest, bc.f, bc.args)
end

call_bulk!(dest, f::OfNothing, _) = call_bulk!(dest, f.func, ())

function call_bulk!(dest, f::TypedFunc{Args,Result}, args) where {Args,Result}
    params, count = Tuple(Args.parameters), length(dest)
    length(args) == length(params) || throw_wrong_number(f, length(args))
    isempty(params) && Result === Nothing && return call_for_nothing!(dest, f)
    places = ntuple(index -> Numbered(f.func, index), length(params))
    sources = map((T, arg, place) -> source(T, arg, dest, place), params, args, places)
    target = sink(Result, dest)
    indices = CartesianIndices(dest)
    for first in 1:CHUNK:count
        chunk = first:min(first + CHUNK - 1, count)
        foreach(source -> load!(source, indices, chunk), sources)
        try
            GC.@preserve sources target call_columns(
                f.func, length(chunk), map(column, sources), columns_of(target)
            )
        catch e
            store!(target, indices, chunk[1:calls_before(e)])
            rethrow(renumbered(e, first - 1, count))
        end
        store!(target, indices, chunk)
    end
    return dest
end

# The library counts the calls of a chunk, from 0.
const NUMBERED = r"^call (\d+) of \d+, counted from 0: "

# How many calls succeeded before the one that failed, where the exception says so.
calls_before(e::Union{WasmTrap,WasmtimeError}) = calls_before(match(NUMBERED, e.message))
calls_before(e) = 0
calls_before(said::RegexMatch) = parse(Int, said[1])

# The exception with the number among all calls.
renumbered(e, before, count) = e
function renumbered(e::WasmTrap, before, count)
    return WasmTrap(renumbered(e.message, before, count), e.code, e.frames)
end
function renumbered(e::WasmtimeError, before, count)
    return WasmtimeError(renumbered(e.message, before, count), e.code)
end
function renumbered(message::AbstractString, before, count)
    said = match(NUMBERED, message)
    said === nothing && return message
    rest = message[(ncodeunits(said.match) + 1):end]
    return "call $(before + calls_before(said) + 1) of $count: $rest"
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

# Where the arguments of one parameter come from: an array that has them as wasm wants them,
# one value for all, or anything else. Wasm reads and writes buffers of this package's own, since
# a host function may change the size of any array of the program's.
struct Dense{T,A}
    buffer::Vector{T}
    array::A
end
struct Same{T}
    cell::Base.RefValue{T}
end
struct Buffered{T,A,P}
    buffer::Vector{T}
    arg::A
    place::P
end

function source(::Type{T}, arg, dest, place) where {T}
    if arg isa Number || arg isa Ref
        return Same(Ref{T}(to_wasm(T, arg[], place)))
    elseif arg isa Array{T} && axes(arg) == axes(dest)
        return Dense(buffer(T, dest), Broadcast.broadcast_unalias(dest, arg))
    end
    return Buffered(buffer(T, dest), extruded(dest, arg), place)
end

buffer(T, dest) = Vector{T}(undef, min(CHUNK, length(dest)))

extruded(dest, arg) = Broadcast.preprocess(dest, arg)

# Axes may begin anywhere.
@inline nth(indices, n) = indices[first(LinearIndices(indices)) + n - 1]

load!(::Same, indices, chunk) = nothing
function load!(source::Dense, indices, chunk)
    return copyto!(source.buffer, 1, source.array, first(chunk), length(chunk))
end
function load!(source::Buffered{T}, indices, chunk) where {T}
    for (at, index) in enumerate(chunk)
        value = Broadcast._broadcast_getindex(source.arg, nth(indices, index))
        @inbounds source.buffer[at] = to_wasm(T, value, source.place)
    end
    return nothing
end

function column(source::Union{Dense{T},Buffered{T}}) where {T}
    return API.safewasm_column_t(pointer(source.buffer), sizeof(T))
end
function column(source::Same{T}) where {T}
    return API.safewasm_column_t(Base.unsafe_convert(Ptr{T}, source.cell), 0)
end

# Where the results go: an array of just their type, or anything else.
function sink(::Type{Result}, dest) where {Result}
    dest isa Array{Result} && isbitstype(Result) && return Dense(buffer(Result, dest), dest)
    return Buffered(buffer(Result, dest), dest, nothing)
end

function store!(target::Dense, indices, chunk)
    return copyto!(target.array, first(chunk), target.buffer, 1, length(chunk))
end
function store!(target::Buffered, indices, chunk)
    for (at, index) in enumerate(chunk)
        target.arg[nth(indices, index)] = target.buffer[at]
    end
    return nothing
end

# The results of one call lie side by side: a column for each field of a tuple.
function columns_of(target::Union{Dense{Result},Buffered{Result}}) where {Result}
    types, data = result_types(Result), Ptr{Cvoid}(pointer(target.buffer))
    Result <: Tuple && !(Result === NTuple{16,UInt8}) || return map(types) do _
        API.safewasm_column_t(data, sizeof(Result))
    end
    return map(eachindex(types)) do field
        API.safewasm_column_t(data + fieldoffset(Result, field), sizeof(Result))
    end
end
