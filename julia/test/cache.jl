const CACHED = wat"""(module (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"""

add_cached(engine, mod) = call(WasmInstance(WasmStore(engine), mod), "add", 40, 2)

@testset "a module is compiled once for all engines with a folder" begin
    mktempdir() do folder
        engine = WasmEngine(cache=folder)
        @test add_cached(engine, WasmModule(engine, CACHED)) === Int32(42)
        @test cache_counts(engine) === (hits=0, misses=1, failures=0)
        for config in (
            WasmConfig(cache=folder), WasmConfig(cache=(folder=folder, max_size=10^8)),
            cache!(WasmConfig(), folder), cache!(WasmConfig(); folder=folder),
        )
            again = WasmEngine(config)
            @test add_cached(again, WasmModule(again, CACHED)) === Int32(42)
            @test cache_counts(again) === (hits=1, misses=0, failures=0)
        end
        other = WasmEngine(cache=folder, consume_fuel=true)
        WasmModule(other, CACHED)
        @test cache_counts(other).misses == 1
    end
end

@testset "a damaged entry is compiled again" begin
    mktempdir() do folder
        engine = WasmEngine(cache=folder)
        WasmModule(engine, CACHED)
        entry = only(filter(endswith(".artifact"), readdir(folder; join=true)))
        bytes = read(entry)
        bytes[end ÷ 2] ⊻= 0xff
        write(entry, bytes)
        @test add_cached(engine, WasmModule(engine, CACHED)) === Int32(42)
        @test cache_counts(engine) === (hits=0, misses=2, failures=1)
    end
end

@testset "settings of a cache that can't be are errors" begin
    mktempdir() do folder
        file = joinpath(folder, "file")
        write(file, "")
        e = thrown(() -> WasmEngine(cache=file))
        @test e isa SystemError || e isa WasmtimeError
        chmod(folder, 0o777)
        e = thrown(() -> WasmEngine(cache=folder))
        @test e isa WasmtimeError && occursin("other users may write to it", e.message)
    end
    @test thrown(() -> WasmConfig(cache="")) isa Union{ArgumentError,WasmtimeError}
    @test thrown(() -> WasmConfig(cache="a\0b")) isa Union{ArgumentError,WasmtimeError}
    @test_throws ArgumentError WasmConfig(cache=(max_size=0,))
    @test_throws MethodError WasmConfig(cache=(size=1,))
    e = thrown(() -> cache_counts(WasmEngine()))
    @test e isa WasmtimeError && e.code === :unsupported
    @test occursin("cache", e.message) && !occursin("safewasm", e.message)
    @test thrown(() -> cache_counts(WasmEngine(cache!(WasmConfig(), false)))) isa WasmtimeError
end

@testset "a command uses the cache of its config" begin
    mktempdir() do folder
        program = wat"""(module (memory (export "memory") 1) (func (export "_start")))"""
        run(WasiCommand(program; config=(cache=folder,)))
        @test count(endswith(".artifact"), readdir(folder)) == 1
        path = joinpath(folder, "program.wasm")
        write(path, program)
        @test success(WasiCommand(SafeWasm.wasm_file(path)))
    end
end

@testset "a package's file is a constant, and its module is in the cache" begin
    mktempdir() do folder
        mkpath(joinpath(folder, "Filed", "src"))
        write(joinpath(folder, "Filed", "add.wasm"), CACHED)
        write(joinpath(folder, "Filed", "Project.toml"), """
            name = "Filed"
            uuid = "7c2b1a52-51a3-4f0a-8d25-0b9a4f3d1e11"
            [deps]
            SafeWasm = "5d0c2f3a-8f0e-4f43-9d5b-6a1a3b1d7c42"
            """)
        write(joinpath(folder, "Filed", "src", "Filed.jl"), """
            module Filed
            using SafeWasm
            const ADD = @wasm_file joinpath("..", "add.wasm")
            end
            """)
        program = """
            using SafeWasm, Filed
            engine = WasmEngine(cache=true)
            mod = WasmModule(engine, Filed.ADD)
            println(call(WasmInstance(WasmStore(engine), mod), "add", 1, 2))
            println(cache_counts(engine).hits)
            open(file -> write(file, "other"), Filed.ADD.path, "w")
            try
                WasmModule(engine, Filed.ADD)
            catch e
                println(e isa ArgumentError && occursin("has changed", e.msg))
            end
            """
        environment = [
            "JULIA_LOAD_PATH" => join((folder, dirname(@__DIR__), "@stdlib"), ':'),
            "JULIA_DEPOT_PATH" => join((joinpath(folder, "depot"), DEPOT_PATH...), ':'),
            "XDG_CACHE_HOME" => joinpath(folder, "caches"),
        ]
        command = `$(Base.julia_cmd()) --startup-file=no -e $program`
        @test withenv(() -> read(command, String), environment...) == "3\n1\ntrue\n"
    end
end
