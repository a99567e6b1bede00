# What ends a call from outside.

# When the store's calls are to end, by `time_ns`.
function set_deadline!(store::WasmStore, deadline::UInt64)
    left = NO_DEADLINE
    if deadline != NO_DEADLINE
        now = time_ns()
        left = deadline > now ? deadline - now : UInt64(0)
    end
    check(API.safewasm_store_set_deadline(store, left))
    setfield!(store, :deadline, deadline)
    return nothing
end

"""
    with_timeout(f, store, seconds)

Calls `f`; calls of wasm in the store that still run `seconds` later end in a
[`WasmTrap`](@ref) with code `:interrupt`, and so do later ones until `f` is done. A start
function of an instance too. A host function that runs is not interrupted; wasm is once it
returns there. Within another `with_timeout` the earlier end counts. The store can be used
on.

`f(args...; timeout=seconds)` and `call(instance, name, args...; timeout=seconds)` do so for
one call.

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
function with_timeout(f, x, seconds::Real)
    seconds >= 0 || throw(ArgumentError("the time limit, $seconds seconds, is negative"))
    store = store_of(x)
    outer = getfield(store, :deadline)
    limit = seconds < 1e9 ? time_ns() + round(UInt64, seconds * 1e9) : NO_DEADLINE
    set_deadline!(store, min(outer, limit))
    try
        return f()
    finally
        # The store may have been closed meanwhile.
        isopen(store) && set_deadline!(store, outer)
    end
end

"""
    interrupt!(store)

Ends the call that runs in the store, from another thread or task, with a
[`WasmTrap`](@ref) with code `:interrupt`. A host function that runs is not interrupted;
wasm is once it returns there. If no call runs, this does nothing. The store can be used on.

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
