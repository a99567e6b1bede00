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
    WasmConfig(; optimization_level=Speed, debug_info=false, …)

What an engine is to be like. [`WasmEngine`](@ref) consumes it.

- `optimization_level`: see [`OptimizationLevel`](@ref).
- `debug_info`: native debug info in the compiled code, for debuggers such as gdb.
- `signals_based_traps`: whether traps may rely on the signals SIGSEGV, SIGILL and SIGFPE;
  without, wasm checks by itself and is slower.
- `consume_fuel=false`: whether wasm consumes fuel; see [`set_fuel!`](@ref).
- `epoch_interruption=true`: whether calls can be ended from outside: by Ctrl-C, by
  `timeout`, by [`interrupt!`](@ref), by epochs. Wasm then looks at a counter in each loop
  and function.
- `max_wasm_stack=524288`: the stack that wasm may use in a call, in bytes. A task has 4 MiB
  unless it was made with another size.
- `shared_memory=false`: whether there can be a [`WasmSharedMemory`](@ref).

And a switch for each proposal to WebAssembly, all on unless said otherwise: `multi_value`,
`bulk_memory`, `reference_types`, `simd`, `relaxed_simd`, `threads`, `tail_call`,
`multi_memory`, `memory64`, `extended_const`, `function_references`, `gc`, `exceptions`;
and off: `custom_page_sizes`, `wide_arithmetic`, `stack_switching`. Without `simd` there is
no `relaxed_simd` either.

# Errors
- `ArgumentError` for a setting that there is not.
- `WasmtimeError` from a setter if the config was consumed or closed; from `WasmEngine` with
  code `:unsupported` if the settings contradict each other.

```julia
engine = WasmEngine(WasmConfig(optimization_level=None, consume_fuel=true, simd=false))
```
"""
mutable struct WasmConfig
    ptr::Ptr{API.safewasm_config_t}

    function WasmConfig(;
        optimization_level::OptimizationLevel=Speed,
        debug_info::Bool=false,
        signals_based_traps::Bool=true,
        consume_fuel::Bool=false,
        epoch_interruption::Bool=true,
        max_wasm_stack::Integer=512 << 10,
        shared_memory::Bool=false,
        features...,
    )
        handle = Ref{Ptr{API.safewasm_config_t}}(C_NULL)
        check(API.safewasm_config_new(handle))
        config = finalizer(close, new(handle[]))
        optimization_level!(config, optimization_level)
        debug_info!(config, debug_info)
        signals_based_traps!(config, signals_based_traps)
        consume_fuel!(config, consume_fuel)
        epoch_interruption!(config, epoch_interruption)
        max_wasm_stack!(config, max_wasm_stack)
        shared_memory!(config, shared_memory)
        for (name, enabled) in features
            feature!(config, name, enabled)
        end
        # What builds on it goes with it.
        get(features, :simd, true) || haskey(features, :relaxed_simd) ||
            feature!(config, :relaxed_simd, false)
        return config
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

"""
    consume_fuel!(config, enabled)

Sets whether wasm consumes fuel; returns the config. See [`set_fuel!`](@ref).
"""
function consume_fuel!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_consume_fuel(config, enabled))
    return config
end

"""
    epoch_interruption!(config, enabled)

Sets whether calls can be ended from outside; returns the config.
"""
function epoch_interruption!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_epoch_interruption(config, enabled))
    return config
end

"""
    max_wasm_stack!(config, bytes)

Sets the stack that wasm may use in a call; returns the config.
"""
function max_wasm_stack!(config::WasmConfig, bytes::Integer)
    check(API.safewasm_config_set_max_wasm_stack(config, amount("stack", bytes)))
    return config
end

"""
    shared_memory!(config, enabled)

Sets whether there can be a [`WasmSharedMemory`](@ref); returns the config.
"""
function shared_memory!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_shared_memory(config, enabled))
    return config
end

const FEATURES = Dict(name => value for (value, name) in API.SAFEWASM_FEATURE_NAMES)

"""
    feature!(config, name::Symbol, enabled)

Turns a proposal to WebAssembly on or off, such as `:simd`; returns the config. The names
are those of the switches of [`WasmConfig`](@ref).

# Errors
- `ArgumentError` for a name that is none.
"""
function feature!(config::WasmConfig, name::Symbol, enabled::Bool)
    haskey(FEATURES, name) || throw(
        ArgumentError(
            "`$name` is no setting of a WasmConfig; the proposals are " *
            join(sort!(collect(keys(FEATURES))), ", "),
        ),
    )
    check(API.safewasm_config_set_feature(config, FEATURES[name], enabled))
    return config
end
