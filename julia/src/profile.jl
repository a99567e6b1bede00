# Profiles of wasm.

"""
    WasmSample

A sample of a profile. Its fields are `time` (seconds since the start), `weight` (how many
intervals have passed since the sample before) and `stack`: the indices in the profile's
`frames`, innermost function first.
"""
struct WasmSample
    time::Float64
    weight::Int
    stack::Vector{Int}
end

"""
    WasmProfile

A profile of wasm, which [`wasm_profile`](@ref) makes: `p.samples` are its
[`WasmSample`](@ref)s, `p.frames` the [`WasmFrame`](@ref)s in them, `p.interval` and
`p.duration` are in seconds, `p.dropped` is the weight of the samples for which there was no
room, and `p.value` is what the profiled function returned. The first two frames stand for
no function of wasm: frame 1 for a host function, frame 2 for the functions that are left out
of a stack that is too deep.

The REPL shows in which functions most of the time went. [`profile_data`](@ref),
[`collapsed_stacks`](@ref) and [`firefox_profile`](@ref) give it to other programs. A closed
profile keeps its samples and frames, so `profile_data` takes it too. In another process a
profile arrives closed.
"""
mutable struct WasmProfile <: WasmObject
    ptr::Ptr{API.safewasm_profile_t}
    frames::Vector{WasmFrame}
    samples::Vector{WasmSample}
    interval::Float64
    duration::Float64
    dropped::Int
    value::Any
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_profile_t}}, x::WasmProfile) = getfield(x, :ptr)
Base.isvalid(p::WasmProfile) = API.safewasm_profile_is_valid(p)
delete_handle(p::WasmProfile) = API.safewasm_profile_delete(p)
properties(::WasmProfile) = (:frames, :samples, :interval, :duration, :dropped, :value)

"""
    wasm_profile(f, store; interval=0.001, max_samples=100_000) -> WasmProfile

Calls `f`, and takes a sample of the functions that are being called each `interval` seconds
while wasm runs in the store. The interval is at least 0.0001 seconds.

A sample is taken where wasm next reaches a loop or the start of a function. Time in a host
function belongs to the frame of the host function. Time between calls of wasm isn't sampled;
Julia's own `Profile` samples that. A stack has the innermost 100 functions. Nothing is slower
without a profile; meanwhile each store of the engine looks each `interval` whether its calls
must end.

The profile keeps at most `max_samples` samples, up to 10,000,000, and 16,384 places in the
code; `dropped` counts the samples beyond that.

# Errors
- The exception of `f`, if it throws; there is no profile then.
- `WasmtimeError` with code `:invalid_argument` for a number that is out of range, and if a
  profile of the store is recorded already; with code `:unsupported` if the config turned
  epoch interruption or backtraces off.

```julia
count = WasmInstance(store, WasmModule(engine, wat\"\"\"(module
    (func (export "count") (param i32)
        (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))\"\"\"))
p = wasm_profile(() -> call(count, "count", 100_000_000), store)
length(p.samples) > 0    # => true
```
"""
function wasm_profile(f, x; interval::Real=0.001, max_samples::Integer=100_000)
    isfinite(interval) && 0 < interval < 1e9 ||
        throw(ArgumentError("`interval` is a number of seconds, not $interval"))
    max_samples > 0 ||
        throw(ArgumentError("`max_samples` is $max_samples; it must be positive"))
    store = store_of(x)
    nanoseconds = round(UInt64, interval * 1e9)
    nanoseconds >= 100_000 || throw(
        WasmtimeError(
            "`interval` is $interval seconds; it must be at least 0.0001", :invalid_argument
        ),
    )
    # A Ctrl-C may come at any time; the profile is this object's until it was read.
    handle = Ref{Ptr{API.safewasm_profile_t}}(C_NULL)
    finalizer(handle -> API.safewasm_profile_delete(handle[]), handle)
    has_started = false
    value = try
        check(API.safewasm_store_profile_start(store, nanoseconds, max_samples))
        has_started = true
        f()
    catch
        # An error says that the store was closed meanwhile, and its profile with it.
        has_started &&
            API.safewasm_error_delete(API.safewasm_store_profile_stop(store, handle))
        API.safewasm_profile_delete(handle[])
        rethrow()
    end
    check(API.safewasm_store_profile_stop(store, handle))
    return read_profile(handle, value)
end

function read_profile(handle, value)
    data = Ref{API.safewasm_profile_data_t}()
    check(API.safewasm_profile_data(handle[], data))
    found = data[]
    frames = WasmFrame[
        read_frame(unsafe_load(found.frames, index)) for index in 1:found.frames_len
    ]
    # Samples with the same stack share it.
    stacks = Dict{UInt,Vector{Int}}()
    samples = map(1:found.samples_len) do index
        sample = unsafe_load(found.samples, index)
        stack = get!(stacks, sample.stack) do
            range = (sample.stack + 1):(sample.stack + sample.stack_len)
            Int[unsafe_load(found.stacks, index) + 1 for index in range]
        end
        WasmSample(sample.time / 1e9, sample.weight, stack)
    end
    profile = WasmProfile(
        handle[],
        frames,
        samples,
        found.interval / 1e9,
        found.duration / 1e9,
        found.dropped,
        value,
    )
    finalizer(close, profile)
    handle[] = C_NULL
    return profile
end

total_weight(p) = mapreduce(sample -> sample.weight, +, p.samples; init=0)

# The function of a frame, for a viewer.
function function_name(frame::WasmFrame)
    name = printable(something(frame.func, "wasm function $(frame.func_index)"))
    return length(name) <= 200 ? name : string(first(name, 199), '…')
end

function Base.show(io::IO, p::WasmProfile)
    count = count_text(length(p.samples), "sample")
    seconds = round(p.duration; digits=3)
    return print(io, "WasmProfile with ", count, " in ", seconds, " s", closed_suffix(p))
end

const MAX_SHOWN_FUNCTIONS = 15

function Base.show(io::IO, ::MIME"text/plain", p::WasmProfile)
    show(io, p)
    p.dropped > 0 && print(io, ", and ", p.dropped, " dropped")
    total = total_weight(p)
    total == 0 && return nothing
    own, all = Dict{String,Int}(), Dict{String,Int}()
    names = map(function_name, p.frames)
    for sample in p.samples
        isempty(sample.stack) && continue
        for name in unique(names[sample.stack])
            all[name] = get(all, name, 0) + sample.weight
        end
        name = names[sample.stack[1]]
        own[name] = get(own, name, 0) + sample.weight
    end
    percent(part) = lpad(round(Int, 100 * part / total), 4) * " %"
    print(io, "\n  self   total  function")
    order = sort!(collect(keys(all)); by=name -> (-get(own, name, 0), -all[name], name))
    for name in Iterators.take(order, MAX_SHOWN_FUNCTIONS)
        print(io, "\n", percent(get(own, name, 0)), "  ", percent(all[name]), "  ", name)
    end
    left = length(order) - MAX_SHOWN_FUNCTIONS
    left > 0 && print(io, "\n  … and ", count_text(left, "more function"))
    return nothing
end

"""
    profile_data(p::WasmProfile) -> (data, lidict)

A profile in the form of `Profile.retrieve()`, for `Profile.print(data, lidict)` and for
viewers that take it, such as ProfileView, PProf and StatProfilerHTML. Each sample is there as
often as its weight says; if that makes more than a million, all are there less often, in the
same proportions.

```julia
import Profile
count = WasmInstance(store, WasmModule(engine, wat\"\"\"(module
    (func (export "count") (param i32)
        (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))\"\"\"))
p = wasm_profile(() -> call(count, "count", 200_000_000), store)
data, lidict = profile_data(p)
Profile.print(IOBuffer(), data, lidict)
```
"""
function profile_data(p::WasmProfile)
    lidict = Dict{UInt64,Vector{StackTraces.StackFrame}}()
    for (index, frame) in enumerate(p.frames)
        file = something(frame.file, frame.module_name, "wasm")
        lidict[index] = [
            StackTraces.StackFrame(
                Symbol(function_name(frame)),
                Symbol(printable(file)),
                frame.line,
                nothing,
                false,
                false,
                UInt64(index),
            ),
        ]
    end
    total = total_weight(p)
    scale = max(cld(total, MAX_COPIES), 1)
    data = UInt64[]
    # The weight of each stack that isn't in the data yet.
    rest = IdDict{Vector{Int},Int}()
    for sample in p.samples
        weight = get(rest, sample.stack, 0) + sample.weight
        copies, rest[sample.stack] = divrem(weight, scale)
        for _ in 1:copies
            append!(data, sample.stack)
            append!(data, SAMPLE_END)
        end
    end
    return data, lidict
end

const MAX_COPIES = 1_000_000

# The end of a sample in the data of `Profile`. Since Julia 1.8 these numbers come first: the
# thread, the task, a clock, and whether the thread slept, where 1 means that it didn't.
const SAMPLE_END = VERSION >= v"1.8" ? UInt64[1, 1, 1, 1, 0, 0] : UInt64[0]

"""
    collapsed_stacks(p::WasmProfile) -> String

A profile as collapsed stacks, the text that programs for flame graphs read: for each
different stack a line with its functions, outermost first and with semicolons between them,
a space, and its weight.

# Errors
- `WasmtimeError` if the profile is closed; with code `:limit` if the text has more than
  256 MiB.

```julia
p = wasm_profile(() -> call(instance, "add", 1, 2), store)
write(joinpath(mktempdir(), "stacks.txt"), collapsed_stacks(p)) >= 0    # => true
```
"""
function collapsed_stacks(p::WasmProfile)
    return String(take_profile(API.safewasm_profile_collapsed, p))
end

"""
    firefox_profile(p::WasmProfile) -> Vector{UInt8}

A profile as JSON that the Firefox profiler at <https://profiler.firefox.com> opens.

# Errors
- `WasmtimeError` if the profile is closed.

```julia
p = wasm_profile(() -> call(instance, "add", 1, 2), store)
write(joinpath(mktempdir(), "profile.json"), firefox_profile(p)) > 0    # => true
```
"""
firefox_profile(p::WasmProfile) = take_profile(API.safewasm_profile_firefox, p)

take_profile(f, p) = with_bytes(copy, handle -> f(p, handle))
