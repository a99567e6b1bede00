"""
    WasmEngine(; settings...)
    WasmEngine(config)

An engine compiles modules. Any number of threads may use it at once. It consumes its
[`WasmConfig`](@ref), or makes one of the `settings`. Also called `Engine`.

# Errors
- `WasmtimeError` if the config is closed or was consumed before.
- As for [`WasmConfig`](@ref).

```julia
engine = WasmEngine()
slower = WasmEngine(consume_fuel=true, optimization_level=None)
```
"""
mutable struct WasmEngine <: WasmObject
    ptr::Ptr{API.safewasm_engine_t}
    # The keywords that make an engine with the same settings.
    settings::Dict{Symbol,Any}

    WasmEngine(; settings...) = new_engine(WasmConfig(; settings...))
    WasmEngine(config::WasmConfig) = new_engine(config)
    WasmEngine(config::WasmConfig, hooks::API.safewasm_hooks_t) = new_engine(config, hooks)

    function new_engine(config, hooks=runtime_hooks())
        check(API.safewasm_config_set_hooks(config, Ref(hooks)))
        handle = Ref{Ptr{API.safewasm_engine_t}}(C_NULL)
        check(API.safewasm_engine_new(config, handle))
        return finalizer(close, new(handle[], config.settings))
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_engine_t}}, x::WasmEngine) = getfield(x, :ptr)
Base.isvalid(engine::WasmEngine) = API.safewasm_engine_is_valid(engine)
delete_handle(engine::WasmEngine) = API.safewasm_engine_delete(engine)

"""
    increment_epoch!(engine) -> Int

Increments the engine's epoch, and returns it. A call ends if its store has a deadline,
set by [`set_epoch_deadline!`](@ref), that the epoch has reached. Any thread may call this.

# Errors
- `WasmtimeError` with code `:unsupported` if the config turned epoch interruption off.

```julia
set_epoch_deadline!(store, 1)
increment_epoch!(engine)    # ends a call that runs in the store
```
"""
function increment_epoch!(engine::WasmEngine)
    epoch = Ref{UInt64}(0)
    check(API.safewasm_engine_increment_epoch(engine, epoch))
    return Int(epoch[])
end

"""
    cache_counts(engine) -> NamedTuple

How often the engine's cache had a module (`hits`), didn't have it (`misses`), and couldn't be
read or written (`failures`). See [`cache!`](@ref).

# Errors
- `WasmtimeError` with code `:unsupported` if the engine has no cache.

```julia
cached = WasmEngine(cache="compiled")
cache_counts(cached).misses    # => 0
```
"""
function cache_counts(engine::WasmEngine)
    hits, misses, failures = Ref{UInt64}(0), Ref{UInt64}(0), Ref{UInt64}(0)
    check(API.safewasm_engine_cache_counts(engine, hits, misses, failures))
    return (hits=Int(hits[]), misses=Int(misses[]), failures=Int(failures[]))
end
