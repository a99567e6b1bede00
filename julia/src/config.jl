"""
    OptimizationLevel

How hard the compiler tries: `None`, `Speed` (the default) or `SpeedAndSize`.
"""
@enum OptimizationLevel::UInt32 begin
    None = API.SAFEWASM_OPT_LEVEL_NONE
    Speed = API.SAFEWASM_OPT_LEVEL_SPEED
    SpeedAndSize = API.SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE
end

@doc "The [`OptimizationLevel`](@ref) that compiles fast, to slower code." None
@doc "The [`OptimizationLevel`](@ref) for fast code; the default." Speed
@doc "The [`OptimizationLevel`](@ref) for code that is fast and small." SpeedAndSize

"""
    WasmConfig(; optimization_level=Speed, debug_info=false, signals_based_traps=true)

What an engine is to be like. [`WasmEngine`](@ref) consumes it.

- `optimization_level`: see [`OptimizationLevel`](@ref).
- `debug_info`: native debug info in the compiled code, for debuggers such as gdb.
- `signals_based_traps`: whether traps may rely on the signals SIGSEGV, SIGILL and SIGFPE;
  without, wasm checks by itself and is slower.

# Errors
- `WasmtimeError` from a setter if the config was consumed or closed.

```julia
engine = WasmEngine(WasmConfig(optimization_level=None))
```
"""
mutable struct WasmConfig
    ptr::Ptr{API.safewasm_config_t}

    function WasmConfig(;
        optimization_level::OptimizationLevel=Speed,
        debug_info::Bool=false,
        signals_based_traps::Bool=true,
    )
        handle = Ref{Ptr{API.safewasm_config_t}}(C_NULL)
        check(API.safewasm_config_new(handle))
        config = finalizer(close, new(handle[]))
        optimization_level!(config, optimization_level)
        debug_info!(config, debug_info)
        return signals_based_traps!(config, signals_based_traps)
    end
end

"""
    optimization_level!(config, level)

Sets how hard the compiler tries; returns the config. See [`OptimizationLevel`](@ref).
"""
function optimization_level!(config::WasmConfig, level::OptimizationLevel)
    check(API.safewasm_config_set_opt_level(config, UInt32(level)))
    return config
end

"""
    debug_info!(config, enabled)

Sets whether compiled code carries native debug info; returns the config.
"""
function debug_info!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_debug_info(config, enabled))
    return config
end

"""
    signals_based_traps!(config, enabled)

Sets whether traps may rely on signals; returns the config.
"""
function signals_based_traps!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_signals_based_traps(config, enabled))
    return config
end
