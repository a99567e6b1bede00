# What ends a call from outside.

"""
    with_timeout(f, store, seconds)

Calls `f`; calls of wasm in the store that still run `seconds` later end in a
[`WasmTrap`](@ref) with code `:interrupt`, and so do later ones until `f` is done. A start
function of an instance too. A host function that runs is not interrupted; wasm is once it
returns there. Within another `with_timeout` the earlier end counts. The store can be used
on.

The clock starts at the first call of wasm in `f`, so what Julia compiles before takes no time
from it. The first run of each host function isn't counted, since Julia compiles the function
then; wasm of the store that runs within it is. A call that waits for another task's host
function on the same thread is counted, and ends in time.

`f(args...; timeout=seconds)` and `call(instance, name, args...; timeout=seconds)` do so for
one call. Other tasks' calls in the same store have their own time.

# Errors
- `WasmtimeError` with code `:unsupported` if the config turned epoch interruption off.
- `ArgumentError` for a negative time.

```julia
with_timeout(store, 0.5) do
    instance = WasmInstance(store, mod)
    call(instance, "run")
end
```
"""
with_timeout(f, x, seconds::Real) = within(f, x, seconds, API.SAFEWASM_TIMEOUT_ALL_TASKS)

# With a time limit for the calls of all tasks, or for those of this one.
function within(f, x, seconds::Real, scope)
    seconds >= 0 || throw(ArgumentError("the time limit, $seconds seconds, is negative"))
    store, timeout = store_of(x), Ref{UInt64}(0)
    limit = seconds < 1e9 ? round(UInt64, seconds * 1e9) : typemax(UInt64)
    check(API.safewasm_store_begin_timeout(store, limit, scope, timeout))
    try
        return f()
    finally
        # A store that was closed meanwhile has no time limits.
        API.safewasm_error_delete(API.safewasm_store_end_timeout(store, timeout[]))
    end
end

"""
    interrupt!(store)

Ends the call that runs in the store, from another thread or task, with a
[`WasmTrap`](@ref) with code `:interrupt`. A host function that runs is not interrupted;
wasm is once it returns there. Calls in the store that wait until another task's host
function has returned end too. If no call runs or waits, this does nothing. The store can be
used on.

# Errors
- `WasmtimeError` with code `:unsupported` if the config turned epoch interruption off.
"""
function interrupt!(x)
    check(API.safewasm_store_interrupt(store_of(x)))
    return nothing
end

"""
    set_epoch_deadline!(store, ticks)

Calls in the store end in a [`WasmTrap`](@ref) with code `:interrupt` once
[`increment_epoch!`](@ref) was called `ticks` more times; `nothing` means never.

# Errors
- `WasmtimeError` with code `:unsupported` if the config turned epoch interruption off.
"""
function set_epoch_deadline!(store::WasmStore, ticks::Union{Integer,Nothing})
    ticks === nothing && (ticks = typemax(UInt64))
    check(API.safewasm_store_set_epoch_deadline(store, amount("number of ticks", ticks)))
    return store
end
