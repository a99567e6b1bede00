"""
    OptimizationLevel

How much the compiler optimizes: `None`, `Speed` (the default) or `SpeedAndSize`.
"""
@enum OptimizationLevel::UInt32 begin
    None = API.SAFEWASM_OPT_LEVEL_NONE
    Speed = API.SAFEWASM_OPT_LEVEL_SPEED
    SpeedAndSize = API.SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE
end

@doc "The [`OptimizationLevel`](@ref) that compiles fastest, to slower code." None
@doc "The [`OptimizationLevel`](@ref) for fast code; the default." Speed
@doc "The [`OptimizationLevel`](@ref) for code that is fast and small." SpeedAndSize

"""
    WasmConfig(; optimization_level=Speed, debug_info=false, …)

The settings of an engine. [`WasmEngine`](@ref) consumes it. The guide "The configuration of
an engine" has all settings in one table, with what each costs. Sizes are in bytes.

What ends a call, and what a module may be:

- `sandbox=nothing`: a [`Sandbox`](@ref) for modules that nobody trusts, or `nothing`.
- `epoch_interruption=true`: whether calls can be ended from outside: by Ctrl-C, by
  `timeout`, by [`interrupt!`](@ref), by epochs. Wasm then reads a counter in each loop and
  function: the code is larger by a quarter to a third, compiling takes longer by as much,
  and wasm takes 1.0 to 1.5 times as long, in some loops 2.5 times. Without it, no Ctrl-C
  ends wasm.
- `consume_fuel=false`: whether wasm consumes fuel; see [`set_fuel!`](@ref).
- `operator_costs=()`: pairs of operators and the fuel that they consume, such as
  `("i32.div_s" => 20,)`; see [`operator_cost!`](@ref).
- `max_wasm_stack=524288`: how much stack wasm may use in a call. A task has 4 MiB of stack,
  unless it was made with another size.
- `cache=false`: whether compiled modules are kept in a folder, for later processes: `true`,
  the folder, or keywords of [`cache!`](@ref) as a `NamedTuple`.
- `max_module_size` and `max_module_functions`: the most bytes and the most functions that a
  module may have; no limit by default. See [`max_module_size!`](@ref).

The same results everywhere:

- `deterministic=false`: whether wasm computes the same results each time and on each
  machine. It turns the next two on, and `threads` off. Host functions, memory that the
  system doesn't have, and the depth at which the stack is full may still differ, and so may
  the point at which a time limit ends a call. Fuel always ends it at the same.
- `nan_canonicalization=false`: whether each computed NaN has the same bits.
- `relaxed_simd_deterministic=false`: whether relaxed SIMD has the same results everywhere.

The compiler:

- `optimization_level=Speed`: see [`OptimizationLevel`](@ref).
- `strategy=:cranelift`: the compiler. `:winch` compiles several times faster, to code that
  is several times slower, and without `gc`, `function_references`, `exceptions`,
  `tail_call` and `relaxed_simd`.
- `cpu_level=0`: the CPU features that the code uses: 0 for all of this machine, or at most
  those of a level of x86-64, from 1 to 4.
- `inlining=false`, `single_pass_regalloc=false`, `parallel_compilation=true`,
  `branch_hinting=false`: what the compiler does.
- `debug_verifier=false`: whether the compiler checks its own work.

Traps and debugging:

- `debug_info=false`: whether compiled code has native debug info, for debuggers such as
  gdb; only for modules that are trusted.
- `backtrace_lines=false`: whether backtraces have the files, lines and inlined calls of the
  debug info in a module; see [`backtrace_lines!`](@ref).
- `backtrace_frames=100`: the most frames in the backtrace of a trap; 0 for none.
- `coredump_size=0`: the size of the largest core dump of a trap; 0 for none. See
  [`WasmTrap`](@ref).
- `profiling_strategy=:none`: how Linux's profiler `perf` is told of compiled functions:
  `:perf_map` by the file `/tmp/perf-PID.map`, or `:jit_dump` by the file `jit-PID.dump` in
  the folder that `ENV["JITDUMPDIR"]` names, or else in the current folder.
- `signals_based_traps=true`: whether traps rely on the signals SIGSEGV, SIGILL and SIGFPE;
  without them wasm checks for each trap itself, and is slower.
- `native_unwind_info=true`, `debug_symbols=true`, `address_map=true`: tables of compiled
  code, for debuggers and backtraces. Without them a module takes less memory.

Memories and tables:

- `memory_reservation=4 << 30`, `memory_guard_size=32 << 20`,
  `memory_reservation_for_growth=2 << 30`, `memory_may_move=true`,
  `guard_before_memory=true`: the address space of a memory. Wasm is as safe with all values.
- `memory_init_cow=true` and `memory_image_size=16 << 20`: copy-on-write mappings of a
  module's data.
- `table_lazy_init=true`: whether tables are filled when they are used.
- `shared_memory=false`: whether a [`WasmSharedMemory`](@ref) can be made.
- `pooling=false`: whether instances get their memories and tables from a pool: `true`, or
  keywords of [`pooling!`](@ref) as a `NamedTuple`.

Garbage-collected objects of wasm:

- `collector=:drc`: counts references; `:copying` frees cycles too; `:null` never collects.
- `gc_heap_initial_size=0`, and `gc_heap_reservation`, `gc_heap_guard_size`,
  `gc_heap_reservation_for_growth` and `gc_heap_may_move`, which are as those of memories.

Each proposal to WebAssembly also has a keyword, which is `true` or `false`. By default
these are on: `multi_value`, `bulk_memory`, `reference_types`, `simd`, `relaxed_simd`,
`threads`, `tail_call`, `multi_memory`, `memory64`, `extended_const`, `function_references`,
`gc` and `exceptions`. These are off: `custom_page_sizes`, `wide_arithmetic` and
`stack_switching`; an engine with `stack_switching` can't be made in this version.
`simd=false` also turns `relaxed_simd` off.

# Errors
- `ArgumentError` for an unknown setting; the message has similar names and a list of all
  settings. Also for a value that isn't `true` or `false` where one of them is needed.
- `WasmtimeError` with code `:invalid_argument` for a number that is out of range.
- `WasmtimeError` from a setter if the config is closed or consumed; from `WasmEngine` with
  code `:unsupported` if two settings contradict each other; the message names both.

```julia
engine = WasmEngine(WasmConfig(optimization_level=None, consume_fuel=true, simd=false))
engine = WasmEngine(WasmConfig(deterministic=true, memory_reservation=1 << 20))
```
"""
mutable struct WasmConfig <: WasmObject
    ptr::Ptr{API.safewasm_config_t}
    # The keywords that make a config with the same settings.
    settings::Dict{Symbol,Any}

    function WasmConfig(;
        sandbox::Union{Sandbox,Nothing}=nothing,
        optimization_level::OptimizationLevel=Speed,
        debug_info=false,
        backtrace_lines=false,
        signals_based_traps=true,
        consume_fuel=sandbox !== nothing && sandbox.fuel !== nothing,
        epoch_interruption=true,
        max_wasm_stack::Integer=512 << 10,
        max_module_size::Integer=largest(sandbox, :max_module_size),
        max_module_functions::Integer=largest(sandbox, :max_module_functions),
        shared_memory=false,
        pooling::Union{Bool,NamedTuple}=false,
        cache::Union{Bool,AbstractString,NamedTuple}=false,
        operator_costs=(),
        others...,
    )
        for (name, value) in others
            if haskey(FEATURES, name)
                boolean(name, value)
            elseif haskey(OPTIONS, name)
                option_value(name, value)
            else
                check_setting(name)
            end
        end
        handle = Ref{Ptr{API.safewasm_config_t}}(C_NULL)
        check(API.safewasm_config_new(handle))
        config = finalizer(close, new(handle[], Dict{Symbol,Any}()))
        optimization_level!(config, optimization_level)
        debug_info!(config, boolean(:debug_info, debug_info))
        backtrace_lines!(config, boolean(:backtrace_lines, backtrace_lines))
        signals_based_traps!(config, boolean(:signals_based_traps, signals_based_traps))
        consume_fuel!(config, boolean(:consume_fuel, consume_fuel))
        epoch_interruption!(config, boolean(:epoch_interruption, epoch_interruption))
        max_wasm_stack!(config, max_wasm_stack)
        max_module_size!(config, max_module_size)
        max_module_functions!(config, max_module_functions)
        shared_memory!(config, boolean(:shared_memory, shared_memory))
        pooling isa Bool ? pooling!(config, pooling) : pooling!(config; pooling...)
        cache isa NamedTuple ? cache!(config; cache...) : cache!(config, cache)
        for (operator, cost) in operator_costs
            operator_cost!(config, operator, cost)
        end
        for (name, value) in others
            haskey(FEATURES, name) ? feature!(config, name, value) :
            option!(config, name, value)
        end
        # Relaxed SIMD can't be on without SIMD.
        get(others, :simd, true) || haskey(others, :relaxed_simd) ||
            feature!(config, :relaxed_simd, false)
        return config
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_config_t}}, x::WasmConfig) = getfield(x, :ptr)
Base.isvalid(config::WasmConfig) = API.safewasm_config_is_valid(config)
delete_handle(config::WasmConfig) = API.safewasm_config_delete(config)

# Notes the value of a setting, which the library has; returns the config.
function note!(config::WasmConfig, name::Symbol, value)
    config.settings[name] = value
    return config
end

# A limit of a module, which a sandbox may have.
function largest(sandbox, name)
    limit = sandbox === nothing ? nothing : getfield(sandbox, name)
    return something(limit, typemax(Csize_t))
end

# The keywords of `WasmConfig` that are neither options nor proposals.
const SETTINGS = [
    :optimization_level,
    :debug_info,
    :backtrace_lines,
    :signals_based_traps,
    :consume_fuel,
    :epoch_interruption,
    :max_wasm_stack,
    :max_module_size,
    :max_module_functions,
    :shared_memory,
    :pooling,
    :cache,
    :sandbox,
    :operator_costs,
]

const FEATURES = Dict(name => value for (value, name) in API.SAFEWASM_FEATURE_NAMES)

feature_names() = sort!(collect(keys(FEATURES)))

# Throws unless `name` is a keyword of `WasmConfig`.
function check_setting(name)
    name in SETTINGS || haskey(OPTIONS, name) || haskey(FEATURES, name) ||
        throw_unknown_setting(name, [SETTINGS; option_names(); feature_names()])
    return nothing
end

# Returns `x`, or throws unless it is true or false. Julia's own error for the type of a
# keyword doesn't name one that must be a `Bool`.
function boolean(name, x)
    x isa Bool || throw(ArgumentError("`$name` is true or false, not $(given_text(x))"))
    return x
end

@noinline function throw_unknown_setting(name, settings)
    nearest = nearest_name(string(name), map(string, settings))
    hint = if name in STORE_SETTINGS
        " It is one of a store: `WasmStore(engine; $name=…)`."
    elseif name === :timeout
        " Each call takes one: `call(instance, \"name\", …; timeout=seconds)`."
    else
        nearest === nothing ? "" : " Did you mean `$nearest`?"
    end
    throw(
        ArgumentError(
            "$(quoted(name)) is no setting of a WasmConfig.$hint The settings are " *
            join(settings, ", "),
        ),
    )
end

"""
    optimization_level!(config, level)

Sets how much the compiler optimizes; returns the config. See [`OptimizationLevel`](@ref).
"""
function optimization_level!(config::WasmConfig, level::OptimizationLevel)
    check(API.safewasm_config_set_opt_level(config, UInt32(level)))
    return note!(config, :optimization_level, level)
end

"""
    debug_info!(config, enabled)

Sets whether compiled code has native debug info; returns the config. Nothing limits the
time and memory that a module's debug info takes to compile: leave this off for modules that
aren't trusted.
"""
function debug_info!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_debug_info(config, enabled))
    return note!(config, :debug_info, enabled)
end

"""
    backtrace_lines!(config, enabled)

Sets whether backtraces have the files, lines and inlined calls of the debug info (DWARF) in
a module; returns the config.

Reading debug info takes at most some tenths of a second and some megabytes for each
exception, whatever the module contains. If it would take more, the rest is left out and the
message of the trap says so. A backtrace shows at most 32 inlined calls for each function,
and 400 in all.
"""
function backtrace_lines!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_backtrace_lines(config, enabled))
    return note!(config, :backtrace_lines, enabled)
end

"""
    signals_based_traps!(config, enabled)

Sets whether traps rely on signals; returns the config. See [`WasmConfig`](@ref).
"""
function signals_based_traps!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_signals_based_traps(config, enabled))
    return note!(config, :signals_based_traps, enabled)
end

"""
    consume_fuel!(config, enabled)

Sets whether wasm consumes fuel; returns the config. See [`set_fuel!`](@ref).
"""
function consume_fuel!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_consume_fuel(config, enabled))
    return note!(config, :consume_fuel, enabled)
end

"""
    epoch_interruption!(config, enabled)

Sets whether calls can be ended from outside; returns the config. See [`WasmConfig`](@ref).
"""
function epoch_interruption!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_epoch_interruption(config, enabled))
    return note!(config, :epoch_interruption, enabled)
end

"""
    max_wasm_stack!(config, bytes)

Sets how many bytes of stack wasm may use in a call; returns the config.
"""
function max_wasm_stack!(config::WasmConfig, bytes::Integer)
    bytes = nonnegative("max_wasm_stack", bytes)
    check(API.safewasm_config_set_max_wasm_stack(config, bytes))
    return note!(config, :max_wasm_stack, bytes)
end

"""
    max_module_size!(config, bytes)

Sets the most bytes that a module may have in the binary format; returns the config. A
larger module is refused before it is compiled, by a `WasmtimeError` with code `:limit`.

A compilation can't be ended, neither by a `timeout` nor by [`interrupt!`](@ref). Its time
and memory grow with the size of the module, and faster than that with the size of a
function whose loops are nested deeply: twenty kilobytes may take ten seconds.
"""
function max_module_size!(config::WasmConfig, bytes::Integer)
    bytes = nonnegative("max_module_size", bytes)
    check(API.safewasm_config_set_max_module_size(config, bytes))
    return note!(config, :max_module_size, bytes)
end

"""
    max_module_functions!(config, count)

Sets the most functions that a module may define; returns the config. A module with more is
refused before it is compiled, by a `WasmtimeError` with code `:limit`. See
[`max_module_size!`](@ref).
"""
function max_module_functions!(config::WasmConfig, count::Integer)
    count = nonnegative("max_module_functions", count)
    check(API.safewasm_config_set_max_module_functions(config, count))
    return note!(config, :max_module_functions, count)
end

"""
    shared_memory!(config, enabled)

Sets whether a [`WasmSharedMemory`](@ref) can be made; returns the config.
"""
function shared_memory!(config::WasmConfig, enabled::Bool)
    check(API.safewasm_config_set_shared_memory(config, enabled))
    return note!(config, :shared_memory, enabled)
end

"""
    pooling!(config, enabled=true)
    pooling!(config; total_memories=1000, …)

Sets whether instances get their memories and tables from a pool; returns the config. An
engine reserves its pool when it is made. Making and closing a store with an instance then
takes less time. The pool has room for:

- `total_memories=1000` and `total_tables=1000`, of all stores together; a store with
  references that are garbage collected, such as to Julia objects, uses one memory for them;
- `max_memories_per_module=1` and `max_tables_per_module=1`, at most 1,000;
- `max_memory_size=4 << 30`: the most bytes of a memory;
- `table_elements=20_000`: the most elements of a table;
- `linear_memory_keep_resident=0`: how many bytes of a closed store's memory are cleared and
  kept for the next store, instead of being returned to the operating system;
- `table_keep_resident=0`: the same for a table;
- `total_gc_heaps`: heaps of garbage-collected objects, as many as memories by default; these
  three numbers are at most 1,048,576;
- `max_unused_warm_slots=100`: unused memories that wait for the module that had them;
- `decommit_batch_size=1`: how many memories are returned to the system together;
- `pagemap_scan=false`: whether the system is asked which pages have to be cleared, where it
  can tell (Linux 6.7 or newer).

Making an instance for which there is no room throws a `WasmtimeError` with code `:limit`,
and so does making a module that can never fit. Closing a store frees its room. A pool of
the default size takes some 4 TiB of address space, but hardly any memory before it is used.

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
    table_keep_resident::Integer=0,
    decommit_batch_size::Integer=1,
    total_gc_heaps::Integer=total_memories,
    max_unused_warm_slots::Integer=100,
    pagemap_scan::Bool=false,
)
    pooling = API.safewasm_pooling_t(
        positive("total_memories", total_memories),
        positive("total_tables", total_tables),
        positive("max_memories_per_module", max_memories_per_module),
        positive("max_tables_per_module", max_tables_per_module),
        positive("max_memory_size", max_memory_size),
        positive("table_elements", table_elements),
        nonnegative("linear_memory_keep_resident", linear_memory_keep_resident),
        nonnegative("table_keep_resident", table_keep_resident),
        positive("decommit_batch_size", decommit_batch_size),
        positive("total_gc_heaps", total_gc_heaps),
        positive("max_unused_warm_slots", max_unused_warm_slots),
        pagemap_scan,
    )
    check(API.safewasm_config_set_pooling(config, Ref(pooling)))
    sizes = NamedTuple{POOL_SIZES}(map(name -> getfield(pooling, name), POOL_SIZES))
    return note!(config, :pooling, merge(sizes, (pagemap_scan=pagemap_scan,)))
end

function pooling!(config::WasmConfig, enabled::Bool)
    enabled && return pooling!(config)
    check(API.safewasm_config_set_pooling(config, C_NULL))
    return note!(config, :pooling, false)
end

"""
    cache!(config; folder=nothing, max_size=2^31) -> WasmConfig
    cache!(config, folder) -> WasmConfig
    cache!(config, enabled::Bool) -> WasmConfig

Sets a cache of compiled modules: a folder in which modules stay compiled when the process
has ended. A module whose bytes and configuration are known is loaded from there, in a small
part of the time that compiling takes. Processes of one user may share a folder, at the same
time too. `folder=nothing` is the folder `safewasm` in the user's folder for caches: that of
the environment variable `XDG_CACHE_HOME`, or else `.cache` in the home folder. `max_size` is
how many bytes the cache may have: the modules that were used longest ago are deleted.

If files in the folder can't be read or written, modules are compiled as without a cache. So
they are with `folder=nothing` if the user has no folder for caches, or one in which the cache
can't be made. A module of the cache that was damaged, or that another user wrote, is compiled
again: the library has a secret in the folder, by which it knows its own modules.
[`cache_counts`](@ref) tells how often the cache had a module.

# Errors
- `ArgumentError` if `max_size` isn't positive.
- `WasmtimeError` if the config is closed. From [`WasmEngine`](@ref): `SystemError` if `folder`
  isn't one and can't be made, and `WasmtimeError` if other users may write to it.

```julia
first_engine = WasmEngine(cache="compiled")
WasmModule(first_engine, wat"(module)")
second_engine = WasmEngine(cache="compiled")
WasmModule(second_engine, wat"(module)")
cache_counts(second_engine)    # => (hits = 1, misses = 0, failures = 0)
```
"""
function cache!(
    config::WasmConfig; folder::Union{AbstractString,Nothing}=nothing, max_size::Integer=2^31
)
    max_size = positive("max_size", max_size)
    if folder === nothing
        check(API.safewasm_config_set_cache(config, C_NULL, 0, max_size))
    else
        path = String(folder)
        GC.@preserve path check(
            API.safewasm_config_set_cache(config, text_pointer(path), sizeof(path), max_size),
        )
    end
    return note!(config, :cache, (folder=folder, max_size=max_size))
end

cache!(config::WasmConfig, folder::AbstractString) = cache!(config; folder=folder)

function cache!(config::WasmConfig, enabled::Bool)
    enabled && return cache!(config)
    check(API.safewasm_config_set_cache(config, ".", 1, 0))
    return note!(config, :cache, false)
end

# The keywords of `pooling!`, by the names that the library's struct has for them.
const POOL_SIZES = fieldnames(API.safewasm_pooling_t)

# The library takes 0 for its default.
function positive(name, value::Integer)
    value > 0 || throw(ArgumentError("`$name` is $value; it must be positive"))
    return value
end

"""
    feature!(config, name::Symbol, enabled)

Turns a proposal to WebAssembly on or off, such as `:simd`; returns the config. The names
are those of the keywords of [`WasmConfig`](@ref).

# Errors
- `ArgumentError` for an unknown name.
"""
function feature!(config::WasmConfig, name::Symbol, enabled::Bool)
    haskey(FEATURES, name) || throw_unknown_setting(name, feature_names())
    check(API.safewasm_config_set_feature(config, FEATURES[name], enabled))
    return note!(config, name, enabled)
end
