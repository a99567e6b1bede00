# Compiled modules as bytes, and in files.

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

@testset "the bytes of a module are in its artifact, whether its code fits or not" begin
    engine = WasmEngine()
    artifact = compiled(WasmEngine(; consume_fuel=true), ADDING)
    @test wasm_bytes(artifact) == wasm_bytes(view(artifact, :)) == ADDING
    for bytes in (ADDING, UInt8[], artifact[1:(end - 1)], artifact[2:end], rand(UInt8, 300))
        e = thrown(() -> wasm_bytes(bytes))
        @test e.code === :invalid_artifact && !occursin("safewasm_", e.message)
    end
    for index in [1:701:length(artifact); length(artifact) - 8]
        changed = copy(artifact)
        changed[index] ⊻= 0x10
        @test thrown(() -> wasm_bytes(changed)).code === :invalid_artifact
    end
    newer = [artifact[1:(end - 1)]; artifact[end] + 0x01]
    @test thrown(() -> unsafe_load_compiled(engine, newer)).code === :incompatible
    @test wasm_bytes(newer) == ADDING
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
