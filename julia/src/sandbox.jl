"""
    Sandbox(; timeout=10, memory_limit=2^28, …)
    Sandbox(sandbox; limits...)

The limits for guests that nobody trusts, with safe defaults. The second form has the other
limits of `sandbox`. A sandbox is plain data; an engine, a store or a command takes it as the
keyword `sandbox`. `nothing` for a limit means no limit.

- `timeout=10`: how many seconds the calls in a store may take together, from the first one
  on.
- `fuel=nothing`: how many instructions wasm may execute in a store; see [`set_fuel!`](@ref).
- `memory_limit=2^28`: the most bytes of all memories of a store together.
- `table_limit=100_000`: the most elements of all tables of a store together.
- `instance_limit=100`: the most instances that can be made in a store.
- `max_module_size=2^24`: the most bytes of a module.
- `max_module_functions=50_000`: the most functions that a module may define.
- `written_limit=2^28`: the most bytes that a program for WASI may write to its folders.
- `output_limit=2^26`: the most bytes that it may write to its standard output and standard
  error together.
- `open_limit=100`: the most files and folders that it may have open at once.

`WasmEngine(sandbox=…)` limits modules, turns epoch interruption on, native debug info and
shared memories off, and fuel on if the sandbox limits it. `WasmStore(engine; sandbox=…)`
limits what runs in the store. Other keywords take precedence over the sandbox.

# Errors
- `ArgumentError` for a limit that isn't a positive number or `nothing`.

```julia
sandbox = Sandbox(timeout=2, fuel=10^9)
guarded = WasmStore(WasmEngine(sandbox=sandbox); sandbox=sandbox)
get_fuel(guarded)    # => 1000000000
```
"""
struct Sandbox
    timeout::Union{Float64,Nothing}
    fuel::Union{Int,Nothing}
    memory_limit::Union{Int,Nothing}
    table_limit::Union{Int,Nothing}
    instance_limit::Union{Int,Nothing}
    max_module_size::Union{Int,Nothing}
    max_module_functions::Union{Int,Nothing}
    written_limit::Union{Int,Nothing}
    output_limit::Union{Int,Nothing}
    open_limit::Union{Int,Nothing}

    function Sandbox(;
        timeout=10,
        fuel=nothing,
        memory_limit=1 << 28,
        table_limit=100_000,
        instance_limit=100,
        max_module_size=1 << 24,
        max_module_functions=50_000,
        written_limit=1 << 28,
        output_limit=1 << 26,
        open_limit=100,
    )
        return new(
            sandbox_limit(Real, :timeout, timeout),
            sandbox_limit(Integer, :fuel, fuel),
            sandbox_limit(Integer, :memory_limit, memory_limit),
            sandbox_limit(Integer, :table_limit, table_limit),
            sandbox_limit(Integer, :instance_limit, instance_limit),
            sandbox_limit(Integer, :max_module_size, max_module_size),
            sandbox_limit(Integer, :max_module_functions, max_module_functions),
            sandbox_limit(Integer, :written_limit, written_limit),
            sandbox_limit(Integer, :output_limit, output_limit),
            sandbox_limit(Integer, :open_limit, open_limit),
        )
    end
end

function Sandbox(sandbox::Sandbox; limits...)
    names = fieldnames(Sandbox)
    same = NamedTuple{names}(map(name -> getfield(sandbox, name), names))
    return Sandbox(; same..., limits...)
end

function sandbox_limit(type, name, x)
    x === nothing && return nothing
    kind = type === Real ? "number of seconds" : "whole number"
    x isa type || throw(ArgumentError("`$name` is a $kind or `nothing`, not $(given_text(x))"))
    x > 0 || throw(ArgumentError("`$name` is $x; it must be positive, or `nothing`"))
    return x
end

function Base.show(io::IO, sandbox::Sandbox)
    limits = ("$name=$(repr(getfield(sandbox, name)))" for name in fieldnames(Sandbox))
    return print(io, "Sandbox(", join(limits, ", "), ")")
end

# The limits as the library takes them.
function limits_in_c(sandbox::Sandbox)
    most(x) = something(x, typemax(UInt64))
    timeout = something(sandbox.timeout, Inf)
    return API.safewasm_sandbox_t(
        timeout < 1e9 ? max(1, round(UInt64, timeout * 1e9)) : typemax(UInt64),
        most(sandbox.fuel),
        most(sandbox.memory_limit),
        most(sandbox.table_limit),
        most(sandbox.instance_limit),
        most(sandbox.max_module_size),
        most(sandbox.max_module_functions),
        most(sandbox.written_limit),
        most(sandbox.output_limit),
        min(something(sandbox.open_limit, typemax(UInt32)), typemax(UInt32)),
    )
end
