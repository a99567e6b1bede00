# Runs the deeds of `modules.txt` in sandboxes, as `modules.c` does in C.

# What every deed has where its line says nothing else.
const USUAL = (timeout=100, memory_limit=64 << 20)

const LONGEST_MESSAGE = 40_000

function sandbox_of(deed)
    whole(name) = haskey(deed.limits, name) ? Int(deed.limits[name]) : nothing
    limits = Dict{Symbol,Any}(pairs(USUAL))
    for (name, value) in deed.limits
        name in fieldnames(Sandbox) || continue
        limits[name] = name === :timeout ? value : Int(value)
    end
    return Sandbox(; limits...)
end

function engine_of(deed, sandbox)
    pool = (total_memories=1, total_tables=1, linear_memory_keep_resident=1 << 18)
    return WasmEngine(;
        sandbox=sandbox,
        backtrace_lines=haskey(deed.limits, :lines),
        pooling=haskey(deed.limits, :pool) ? pool : false,
    )
end

function compile(engine, deed)
    path = joinpath(endswith(deed.guest, ".wat") ? TEXTS : BINARIES, deed.guest)
    bytes = read(path)
    return WasmModule(engine, endswith(path, ".wat") ? wat2wasm(String(bytes)) : bytes)
end

# Imports for a guest of that module.
host_functions(store, mod) = (
    nothing=() -> nothing,
    again=(caller::WasmCaller) -> caller.run(),
    spawn=() -> (instantiate_guest(store, mod); nothing),
    refuse=() -> error("the host refuses"),
)

instantiate_guest(store, mod) = WasmInstance(store, mod; host=host_functions(store, mod))

function check_end(deed, outcome)
    message = outcome isa Exception ? sprint(showerror, outcome) : ""
    is_right = ends_as(deed, ending(outcome)) && occursin(deed.words, message)
    is_right || println("it ended in `$(ending(outcome))`: ", first(message, 1000))
    @test is_right
    @test sizeof(message) < LONGEST_MESSAGE
end

function outcome_of(f)
    try
        return f()
    catch e
        return e
    end
end

const HONEST = wat"""(module (memory 1) (func (export "run") (result i32) (i32.const 42)))"""

function check_honest_guest(engine, store)
    lifted = Sandbox(; (name => nothing for name in fieldnames(Sandbox))...)
    SafeWasm.apply(lifted, store)
    mod = WasmModule(engine, HONEST)
    @test call(WasmInstance(store, mod), "run") == 42
    return close(mod)
end

function commit(engine, sandbox, deed)
    store = WasmStore(engine; sandbox=sandbox)
    mod = outcome_of(() -> compile(engine, deed))
    guest = mod isa Exception ? mod : outcome_of(() -> instantiate_guest(store, mod))
    if guest isa Exception
        check_end(deed, guest)
    else
        for _ in 1:Int(get(deed.limits, :calls, 1))
            check_end(deed, outcome_of(() -> call(guest, "run")))
        end
    end
    mod isa Exception || close(mod)
    haskey(deed.limits, :pool) || check_honest_guest(engine, store)
    close(store)
    WasmStore(store -> check_honest_guest(engine, store), engine)
    return nothing
end

function commit_twice(deed)
    sandbox = sandbox_of(deed)
    engine = engine_of(deed, sandbox)
    commit(engine, sandbox, deed)
    before = measure_process()
    commit(engine, sandbox, deed)
    @test measure_process() == before
    close(engine)
    return nothing
end

for deed in read_deeds(joinpath(@__DIR__, "modules.txt"))
    @testset "$(deed.name)" begin
        watched(() -> commit_twice(deed), deed.name; seconds=240)
    end
end
