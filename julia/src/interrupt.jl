# Ending calls from outside.

"""
    with_timeout(f, store, seconds)

Calls `f` with a time limit for the wasm that it runs in the store, and returns its result.
Once the time is over, a call that runs in the store ends in a [`WasmTrap`](@ref) with code
`:interrupt`, and so does each later call until `f` returns. This includes the start
functions of instances. A host function is not interrupted; wasm is interrupted when the
host function returns. Inside another `with_timeout` the earlier end counts. The store can
be used again.

The clock starts at the first call of wasm in `f`, so the time in which Julia compiles
before that isn't counted. The first run of each host function, in which Julia compiles it,
isn't counted either, nor is the first read or write of an `IO` of a [`WasiConfig`](@ref),
except for wasm of the store that runs within it. A call that waits for another task's host
function on the same thread is counted, and ends in time.

`f(args...; timeout=seconds)` and `call(instance, name, args...; timeout=seconds)` limit the
time of one call, and don't affect other tasks' calls in the same store.

# Errors
- `WasmtimeError` with code `:unsupported` if the config turned epoch interruption off.
- `ArgumentError` for a time that is negative or not a number.

```julia
with_timeout(store, 0.5) do
    instance = WasmInstance(store, mod)
    call(instance, "add", 1, 2)
end    # => 3
```
"""
function with_timeout(f, x, seconds::Real)
    return limit_time(f, x, seconds, API.SAFEWASM_TIMEOUT_ALL_TASKS)
end

# `scope` says whether the limit is for the calls of all tasks, or for those of this one.
function limit_time(f, x, seconds::Real, scope)
    seconds >= 0 || throw_bad_timeout(seconds)
    store = store_of(x)
    timeout = begin_timeout(store, seconds, scope)
    try
        return f()
    finally
        # An error says that the store was closed meanwhile, and its time limits with it.
        API.safewasm_error_delete(API.safewasm_store_end_timeout(store, timeout))
    end
end

# Begins a time limit, whose clock starts at the first call of wasm. Returns its number.
function begin_timeout(store, seconds, scope)
    timeout = Ref{UInt64}(0)
    limit = seconds < 1e9 ? round(UInt64, seconds * 1e9) : typemax(UInt64)
    check(API.safewasm_store_begin_timeout(store, limit, scope, timeout))
    return timeout[]
end

function limit_time(f, x, seconds, scope)
    throw(ArgumentError("the time limit is a number of seconds, not $(given_text(seconds))"))
end

@noinline function throw_bad_timeout(seconds)
    problem = isnan(seconds) ? "not a number" : "negative"
    throw(ArgumentError("the time limit, $seconds seconds, is $problem"))
end

"""
    interrupt!(store)

Ends the call that runs in the store with a [`WasmTrap`](@ref) with code `:interrupt`. It is
called from another thread or task. A host function is not interrupted; wasm is interrupted
when the host function returns. Calls in the store that wait for another task's host
function end too. If no call runs or waits, this does nothing. The store can be used again.

# Errors
- `WasmtimeError` with code `:unsupported` if the config turned epoch interruption off.

```julia
task = Threads.@spawn call(instance, "add", 1, 2)
interrupt!(store)
```
"""
function interrupt!(x)
    check(API.safewasm_store_interrupt(store_of(x)))
    return nothing
end

"""
    set_epoch_deadline!(store, ticks)

Sets the epoch deadline: calls in the store end in a [`WasmTrap`](@ref) with code
`:interrupt` once [`increment_epoch!`](@ref) was called `ticks` more times, or never if
`ticks` is `nothing`. Returns the store.

# Errors
- `WasmtimeError` with code `:unsupported` if the config turned epoch interruption off.
"""
function set_epoch_deadline!(store::WasmStore, ticks::Union{Integer,Nothing})
    ticks === nothing && (ticks = typemax(UInt64))
    ticks = nonnegative("number of ticks", ticks)
    check(API.safewasm_store_set_epoch_deadline(store, ticks))
    return store
end
