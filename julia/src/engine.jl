"""
    WasmEngine()
    WasmEngine(config)

Compiles modules. May be used by any threads at once. A [`WasmConfig`](@ref) is consumed.

# Errors
- `WasmtimeError` if the config was consumed or closed before.

```julia
engine = WasmEngine()
```
"""
mutable struct WasmEngine
    ptr::Ptr{API.safewasm_engine_t}

    WasmEngine() = new_engine(WasmConfig())
    WasmEngine(config::WasmConfig) = new_engine(config)
    WasmEngine(config::WasmConfig, hooks::API.safewasm_hooks_t) = new_engine(config, hooks)

    function new_engine(config, hooks=runtime_hooks())
        check(API.safewasm_config_set_hooks(config, Ref(hooks)))
        handle = Ref{Ptr{API.safewasm_engine_t}}(C_NULL)
        check(API.safewasm_engine_new(config, handle))
        return finalizer(close, new(handle[]))
    end
end

"""
    increment_epoch!(engine) -> Int

Counts the engine's epoch on by one, and gives it. Calls end in those of its stores whose
deadline, set by [`set_epoch_deadline!`](@ref), is reached. May be called from any thread.

# Errors
- `WasmtimeError` with code `:unsupported` if the config turned epoch interruption off.
"""
function increment_epoch!(engine::WasmEngine)
    epoch = Ref{UInt64}(0)
    check(API.safewasm_engine_increment_epoch(engine, epoch))
    return Int(epoch[])
end
