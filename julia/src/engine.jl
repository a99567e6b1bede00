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

    WasmEngine() = new_engine(C_NULL)
    WasmEngine(config::WasmConfig) = new_engine(config)

    function new_engine(config)
        # A closed config is an error, and not, like NULL, the default settings.
        if config !== C_NULL && getfield(config, :ptr) == C_NULL
            check(API.safewasm_config_set_debug_info(config, false))
        end
        handle = Ref{Ptr{API.safewasm_engine_t}}(C_NULL)
        check(API.safewasm_engine_new(config, handle))
        return finalizer(close, new(handle[]))
    end
end
