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
- `debug_info`: native debug info in the compiled code, for debuggers such as gdb; only for
  modules that are trusted.
- `backtrace_lines=false`: whether backtraces have the files and lines, and the inlined calls,
  that the debug info in a module tells of; see [`backtrace_lines!`](@ref).
- `signals_based_traps`: whether traps may rely on the signals SIGSEGV, SIGILL and SIGFPE;
  without, wasm checks by itself and is slower.
- `consume_fuel=false`: whether wasm consumes fuel; see [`set_fuel!`](@ref).
- `epoch_interruption=true`: whether calls can be ended from outside: by Ctrl-C, by
  `timeout`, by [`interrupt!`](@ref), by epochs. Wasm then looks at a counter in each loop
  and function.
- `max_wasm_stack=524288`: the stack that wasm may use in a call, in bytes. A task has 4 MiB
  unless it was made with another size.
- `max_module_size` and `max_module_functions`: how many bytes a module may have, and how many
  functions, before it is refused; without limit by default. See [`max_module_size!`](@ref).
- `shared_memory=false`: whether there can be a [`WasmSharedMemory`](@ref).
- `pooling=false`: whether instances get their memories and tables from a pool, or what it
  has room for: `true`, or settings of [`pooling!`](@ref) as a `NamedTuple`.

And a switch for each proposal to WebAssembly, all on unless said otherwise: `multi_value`,
`bulk_memory`, `reference_types`, `simd`, `relaxed_simd`, `threads`, `tail_call`,
`multi_memory`, `memory64`, `extended_const`, `function_references`, `gc`, `exceptions`;
and off: `custom_page_sizes`, `wide_arithmetic`, and `stack_switching`, with which this
version can't make an engine. Without `simd` there is no `relaxed_simd` either.

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
        backtrace_lines::Bool=false,
        signals_based_traps::Bool=true,
        consume_fuel::Bool=false,
        epoch_interruption::Bool=true,
        max_wasm_stack::Integer=512 << 10,
        max_module_size::Integer=typemax(Csize_t),
        max_module_functions::Integer=typemax(Csize_t),
        shared_memory::Bool=false,
        pooling::Union{Bool,NamedTuple}=false,
        features...,
    )
        handle = Ref{Ptr{API.safewasm_config_t}}(C_NULL)
        check(API.safewasm_config_new(handle))
        config = finalizer(close, new(handle[]))
        optimization_level!(config, optimization_level)
        debug_info!(config, debug_info)
        backtrace_lines!(config, backtrace_lines)
        signals_based_traps!(config, signals_based_traps)
        consume_fuel!(config, consume_fuel)
        epoch_interruption!(config, epoch_interruption)
        max_wasm_stack!(config, max_wasm_stack)
        max_module_size!(config, max_module_size)
        max_module_functions!(config, max_module_functions)
        shared_memory!(config, shared_memory)
        pooling isa Bool ? pooling!(config, pooling) : pooling!(config; pooling...)
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

Sets whether compiled code carries native debug info; returns the config. What the compiler
does with a module's debug info has no bound: leave it off for modules that aren't trusted.
"""
function debug_info!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_debug_info(config, enabled))
    return config
end

"""
    backtrace_lines!(config, enabled)

Sets whether backtraces have the files and lines, and the inlined calls, that the debug info
(DWARF) in a module tells of; returns the config.

Whatever a module has as its debug info, reading it takes no more than some tenths of a
second and some megabytes for each exception. What would take more is left out, and the
message of the trap ends in a note that says so. Of a function 32 inlined calls are shown at
most, of a backtrace 400.
"""
function backtrace_lines!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_backtrace_lines(config, enabled))
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
    max_module_size!(config, bytes)

Sets how many bytes a module may have, in the binary format; a larger one is refused before
it is compiled, by a `WasmtimeError` with code `:limit`. Returns the config.

Nothing ends a compilation that has begun, neither a `timeout` nor [`interrupt!`](@ref). It
takes a time and a memory that grow with the module, and faster than the size of a function
whose loops are nested deep: some hundred kilobytes may take seconds.
"""
function max_module_size!(config::WasmConfig, bytes::Integer)
    check(API.safewasm_config_set_max_module_size(config, amount("max_module_size", bytes)))
    return config
end

"""
    max_module_functions!(config, count)

Sets how many functions a module may define; one with more is refused before it is compiled,
by a `WasmtimeError` with code `:limit`. Returns the config. See [`max_module_size!`](@ref).
"""
function max_module_functions!(config::WasmConfig, count::Integer)
    count = amount("max_module_functions", count)
    check(API.safewasm_config_set_max_module_functions(config, count))
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

"""
    pooling!(config, enabled=true)
    pooling!(config; total_memories=1000, …)

Sets whether instances get their memories and tables from a pool, which the engine sets aside
when it is made: a store and its instance are then made and freed in less time. Returns the
config. What there is room for:

- `total_memories=1000` and `total_tables=1000`, of all stores together; a store with
  references to what is collected, such as Julia objects, takes one memory for them;
- `max_memories_per_module=1` and `max_tables_per_module=1`;
- `max_memory_size=4 << 30`: how large a memory can become, in bytes;
- `table_elements=20_000`: how many elements a table can have;
- `linear_memory_keep_resident=0`: how many bytes of a memory stay there when its store is
  freed, to be cleared for the next.

An instance for which there is no room is a `WasmtimeError` with code `:limit`, and so is a
module that would never fit; room comes back when a store is closed. A pool of the default
size takes some 4 TiB of address space, but hardly any memory before it is used.

```julia
engine = WasmEngine(WasmConfig(pooling=(total_memories=100, max_memory_size=1 << 20)))
```
"""
function pooling!(
    config::WasmConfig;
    total_memories::Integer=1000,
    total_tables::Integer=1000,
    max_memories_per_module::Integer=1,
    max_tables_per_module::Integer=1,
    max_memory_size::Integer=4 << 30,
    table_elements::Integer=20_000,
    linear_memory_keep_resident::Integer=0,
)
    pooling = API.safewasm_pooling_t(
        positive("total_memories", total_memories),
        positive("total_tables", total_tables),
        positive("max_memories_per_module", max_memories_per_module),
        positive("max_tables_per_module", max_tables_per_module),
        positive("max_memory_size", max_memory_size),
        positive("table_elements", table_elements),
        amount("linear_memory_keep_resident", linear_memory_keep_resident),
    )
    check(API.safewasm_config_set_pooling(config, Ref(pooling)))
    return config
end

function pooling!(config::WasmConfig, enabled::Bool)
    enabled && return pooling!(config)
    check(API.safewasm_config_set_pooling(config, C_NULL))
    return config
end

# In C, 0 would mean the default.
function positive(name, value::Integer)
    value > 0 || throw(ArgumentError("`$name` is $value; it must be positive"))
    return value
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
            "$(quoted(name)) is no setting of a WasmConfig; the proposals are " *
            join(sort!(collect(keys(FEATURES))), ", "),
        ),
    )
    check(API.safewasm_config_set_feature(config, FEATURES[name], enabled))
    return config
end
