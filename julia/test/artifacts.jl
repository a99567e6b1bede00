# Compiled modules as bytes, in files and in other processes.

using Distributed
using Serialization

const ADDING = wat"""(module $adds
    (memory (export "memory") 1)
    (data (i32.const 8) "text")
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    (func $inner (export "trap") unreachable))"""

add_in(m, settings...) = call(WasmInstance(WasmStore(m.engine; settings...), m), "add", 1, 2)

@testset "a module that was compiled before works as one that is compiled" begin
    engine = WasmEngine()
    m = WasmModule(engine, ADDING)
    path = joinpath(mktempdir(), "adds.artifact")
    write(path, compiled(engine, ADDING))
    for loaded in (
        unsafe_load_compiled(engine, compiled(m)),
        unsafe_load_compiled(engine, view(compiled(m), :)),
        unsafe_load_compiled(engine, compiled(engine, codeunits(String(copy(ADDING))))),
        unsafe_load_compiled(engine, path),
        unsafe_load_compiled(engine, SubString(path)),
        unsafe_load_compiled(WasmEngine(), compiled(unsafe_load_compiled(engine, path))),
    )
        @test add_in(loaded) == 3
        @test wasm_bytes(loaded) == wasm_bytes(m) == ADDING
        @test string(exports(loaded)) == string(exports(m)) && module_name(loaded) == "adds"
        instance = WasmInstance(WasmStore(loaded.engine), loaded)
        @test read_string(exports(instance).memory, 8, 4) == "text"
        trap = thrown(() -> call(instance, "trap"))
        @test trap.code === :unreachable && trap.frames[1].func == "inner"
        @test call(instance, "add", 3, 4; timeout=5) == 7
    end
end

@testset "a file of an artifact can be deleted while its module is used" begin
    engine = WasmEngine()
    path = joinpath(mktempdir(), "adds.artifact")
    write(path, compiled(engine, ADDING))
    m = unsafe_load_compiled(engine, path)
    rm(path)
    @test add_in(m) == 3 && wasm_bytes(m) == ADDING
    e = thrown(() -> unsafe_load_compiled(engine, path))
    @test e isa SystemError && e.errnum == Libc.ENOENT && occursin("adds.artifact", e.prefix)
    @test thrown(() -> unsafe_load_compiled(engine, dirname(path))) isa SystemError
end

# The code and the message of the error for loading `bytes`, which is the same for a file of them.
function refusal(engine, bytes)
    path = joinpath(mktempdir(), "bytes")
    write(path, bytes)
    e = thrown(() -> unsafe_load_compiled(engine, bytes))
    from_file = thrown(() -> unsafe_load_compiled(engine, path))
    @test e isa WasmtimeError && from_file isa WasmtimeError
    @test from_file.code === e.code
    @test e.code === :limit || startswith(from_file.message, "the file `")
    @test !occursin("safewasm_", e.message) && !occursin("SAFEWASM_", e.message)
    return e.code, e.message
end

@testset "an engine of another configuration refuses an artifact, and says what differs" begin
    artifact = compiled(WasmEngine(), ADDING)
    for (settings, said) in (
        (consume_fuel=true,) => "compiled with `consume_fuel` off, and the engine has it on",
        (epoch_interruption=false,) => "compiled with `epoch_interruption` on",
        (nan_canonicalization=true,) => "another `nan_canonicalization` than",
        (deterministic=true,) => "`nan_canonicalization`",
        (simd=false,) => "compiled with `simd` on",
        (memory_reservation=1 << 20,) => "`memory_reservation` at 4294967296",
        (collector=:null,) => "another `collector` than",
    )
        code, message = refusal(WasmEngine(; settings...), artifact)
        @test code === :incompatible && occursin(said, message)
    end
    code, message = refusal(WasmEngine(; max_module_size=8), artifact)
    @test code === :limit && occursin("`WasmConfig(max_module_size=…)`", message)
    # Settings that aren't about code don't matter.
    for settings in ((max_module_size=1 << 20,), (backtrace_frames=3,), (max_wasm_stack=1 << 18,))
        @test add_in(unsafe_load_compiled(WasmEngine(; settings...), artifact)) == 3
    end
end

@testset "bytes that aren't an artifact are refused, and the message says what they are" begin
    engine = WasmEngine()
    for (bytes, said) in (
        UInt8[] => "empty",
        ADDING => "isn't compiled yet; compile it with `WasmModule`",
        Vector{UInt8}("(module)") => "isn't compiled yet",
        rand(UInt8, 5000) .| 0x80 => "is no compiled module",
        Vector{UInt8}("<html></html>") => "HTML",
    )
        code, message = refusal(engine, bytes)
        @test code === :invalid_artifact && occursin(said, message)
    end
    for artifact in (compiled(engine, ADDING), UInt8[0])
        @test thrown(() -> WasmModule(engine, artifact)).code === :invalid_module
        @test thrown(() -> compiled(engine, artifact)).code === :invalid_module
    end
end

@testset "an artifact that was cut or changed anywhere is refused" begin
    engine = WasmEngine()
    artifact = compiled(engine, ADDING)
    size = length(artifact)
    for kept in (1, 64, size ÷ 2, size - 100, size - 1)
        @test refusal(engine, artifact[1:kept])[1] === :invalid_artifact
        @test refusal(engine, artifact[(end - kept + 1):end])[1] === :invalid_artifact
    end
    @test refusal(engine, [artifact; 0x00])[1] === :invalid_artifact
    function changed(index)
        bytes = copy(artifact)
        bytes[index] ⊻= 0x10
        return thrown(() -> unsafe_load_compiled(engine, bytes))
    end
    for index in [1:64; 65:101:(size - 200); (size - 200):(size - 1)]
        @test changed(index).code === :invalid_artifact
    end
    # The last byte is the number of the format.
    @test changed(size).code === :incompatible
    @test occursin("by another version of the library", changed(size).message)
end

@testset "closed modules and engines are errors" begin
    engine = WasmEngine()
    m, artifact = WasmModule(engine, ADDING), compiled(engine, ADDING)
    close(m)
    close(engine)
    for (use, said) in (
        (() -> compiled(m)) => "the module is closed",
        (() -> wasm_bytes(m)) => "the module is closed",
        (() -> compiled(engine, ADDING)) => "the engine is closed",
        (() -> unsafe_load_compiled(engine, artifact)) => "the engine is closed",
        (() -> unsafe_load_compiled(engine, "file")) => "the engine is closed",
    )
        e = thrown(use)
        @test e.code === :invalid_handle && occursin(said, e.message)
    end
    for x in (m, [m], () -> m)
        e = thrown(() -> serialize(IOBuffer(), x))
        @test e isa ArgumentError && occursin("closed WasmModule", e.msg)
    end
end

# Something after it was serialized and read again.
function reread(x)
    file = IOBuffer()
    serialize(file, x)
    return deserialize(seekstart(file))
end

@testset "received modules of one configuration share an engine, which has the configuration" begin
    engine = WasmEngine(; consume_fuel=true, operator_costs=("i32.add" => 50,))
    m, other = WasmModule(engine, ADDING), WasmModule(engine, wat"(module)")
    same, received, second = reread((m, m, other))
    @test same === received !== m
    @test received.engine === second.engine === reread(m).engine !== engine
    @test reread(received).engine === received.engine
    @test wasm_bytes(received) == ADDING
    store = WasmStore(received.engine; fuel=1000)
    @test call(WasmInstance(store, received), "add", 1, 2) == 3
    @test 50 < fuel_consumed(store) < 100
    plain = WasmModule(WasmEngine(), ADDING)
    @test reread(plain).engine === reread([plain])[1].engine !== received.engine
    # The sender's cache isn't the receiver's.
    cached = WasmModule(WasmEngine(; cache=mktempdir()), ADDING)
    @test reread(cached).engine === reread(plain).engine
    # A closed engine isn't used again.
    close(received.engine)
    @test isopen(reread(m).engine) && add_in(reread(m), :fuel => 1000) == 3
    @test reread(() -> m)() isa WasmModule
end

@testset "an engine's settings are those of its keywords and setters" begin
    config = WasmConfig(;
        simd=false,
        memory_reservation=1 << 20,
        pooling=(total_memories=3, max_memory_size=1 << 20),
    )
    debug_info!(optimization_level!(config, None), true)
    epoch_interruption!(consume_fuel!(config, true), false)
    max_wasm_stack!(backtrace_lines!(config, true), 1 << 18)
    max_module_functions!(max_module_size!(config, 5000), 5)
    signals_based_traps!(shared_memory!(config, true), true)
    option!(feature!(config, :multi_memory, false), :nan_canonicalization, true)
    operator_cost!(operator_cost!(config, "i32.add", 3), "i32.sub", 0)
    given = WasmEngine(config)
    settings = getfield(given, :settings)
    for (name, value) in (
        :simd => false,
        :relaxed_simd => false,
        :memory_reservation => 1 << 20,
        :optimization_level => None,
        :debug_info => true,
        :consume_fuel => true,
        :epoch_interruption => false,
        :max_wasm_stack => 1 << 18,
        :backtrace_lines => true,
        :max_module_size => 5000,
        :max_module_functions => 5,
        :signals_based_traps => true,
        :shared_memory => true,
        :multi_memory => false,
        :nan_canonicalization => true,
        :operator_costs => Dict("i32.add" => 3, "i32.sub" => 0),
    )
        @test settings[name] == value
    end
    @test settings[:pooling].total_memories == 3
    again = WasmEngine(; settings...)
    @test getfield(again, :settings) == settings
    @test unsafe_load_compiled(again, compiled(given, wat"(module)")) isa WasmModule
    @test getfield(WasmEngine(pooling!(WasmConfig(), false)), :settings)[:pooling] === false
    limited = getfield(WasmEngine(; sandbox=Sandbox(; fuel=5, max_module_size=9)), :settings)
    @test limited[:consume_fuel] && limited[:max_module_size] == 9
end

@testset "a module whose code doesn't fit the receiver is compiled from its bytes" begin
    engine = WasmEngine()
    settings, wasm = getfield(engine, :settings), wat"(module (func (export \"bytes\")))"
    fits, unfit = compiled(engine, ADDING), compiled(WasmEngine(; consume_fuel=true), ADDING)
    received(artifact) = SafeWasm.receive(SafeWasm.SentModule(settings, artifact, wasm))
    @test haskey(exports(received(fits)), "add")
    for artifact in (unfit, fits[1:(end - 1)], [fits[1:(end - 1)]; 0x00], UInt8[])
        @test haskey(exports(received(artifact)), "bytes")
    end
    bad = SafeWasm.SentModule(settings, unfit, UInt8[1])
    @test thrown(() -> SafeWasm.receive(bad)).code === :invalid_module
    small = SafeWasm.SentModule(merge(settings, Dict(:max_module_size => 8)), fits, ADDING)
    @test thrown(() -> SafeWasm.receive(small)).code === :limit
end

@testset "a serialized module is read in a new process" begin
    mktempdir() do folder
        path = joinpath(folder, "module.jls")
        m = WasmModule(WasmEngine(; consume_fuel=true, optimization_level=None), ADDING)
        serialize(path, Dict("module" => m))
        program = """
        using SafeWasm, Serialization
        m = deserialize(ARGS[1])["module"]
        print(call(WasmInstance(WasmStore(m.engine; fuel=1000), m), "add", 1, 2))"""
        @test run_limited(julia("-e", program, path)) == (true, "3")
    end
end

@testset "a module that is sent to a worker runs there, and is not compiled again" begin
    options = `--startup-file=no --project=$(Base.active_project())`
    worker = withenv("JULIA_LOAD_PATH" => join(LOAD_PATH, ':')) do
        only(addprocs(1; exeflags=options))
    end
    there(f, args...) = remotecall_fetch(f, worker, args...)
    try
        there(Core.eval, Main, :(using SafeWasm))
        # Compiling is an error in the worker.
        there(Core.eval, SafeWasm, quote
            WasmModule(::WasmEngine, ::Vector{UInt8}) = error("compiled here")
        end)
        e = thrown(() -> there(bytes -> string(WasmModule(WasmEngine(), bytes)), ADDING))
        @test occursin("compiled here", sprint(showerror, e))
        engine = WasmEngine(; epoch_interruption=false)
        m, other = WasmModule(engine, ADDING), WasmModule(engine, wat"(module)")
        add(m) = call(WasmInstance(WasmStore(m.engine), m), "add", 1, 2)
        @test there(add, m) == 3
        @test there(() -> add(m)) == 3
        @test there(modules -> add(modules[1]), Dict(1 => m)) == 3
        @test there((a, b, c) -> a === b && a.engine === c.engine, m, m, other)
        @test pmap(x -> call(WasmInstance(WasmStore(m.engine), m), "add", x, 1), 1:3) == 2:4
        pool = CachingPool([worker])
        @test pmap(_ -> add(m), pool, 1:3) == [3, 3, 3]
        # It comes back, into the engine of received modules.
        back = there(identity, m)
        @test add(back) == 3 && back.engine === there(identity, other).engine
        e = thrown(() -> there(sin, m))
        @test e.captured.ex isa MethodError && e.captured.ex.args[1] isa WasmModule
        close(other)
        @test there(isopen, other) === false && !isopen(there(identity, other))
        @test there(add, m) == 3
    finally
        rmprocs(worker)
    end
end
