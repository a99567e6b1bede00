@testset "a config is consumed by its engine" begin
    config = WasmConfig(optimization_level=SpeedAndSize, debug_info=true)
    @test isvalid(config)
    @test isvalid(WasmEngine(config))
    @test !isvalid(config)
    e = thrown(() -> WasmEngine(config))
    @test e isa WasmtimeError
    @test occursin("Invalid config", e.message)
    @test thrown(() -> debug_info!(config, true)) isa WasmtimeError
end

@testset "setters return the config, and each level makes an engine that works" begin
    for level in (None, Speed, SpeedAndSize)
        config = optimization_level!(WasmConfig(), level)
        config = signals_based_traps!(debug_info!(config, level == None), level != Speed)
        engine = WasmEngine(config)
        instance = WasmInstance(WasmStore(engine), WasmModule(engine, COUNTER))
        @test call(instance, "next") === Int32(1)
        @test call(instance, "load", 70_000 - 5_000) === Int32(0)
        @test thrown(() -> call(instance, "load", 65_536)) isa WasmTrap
    end
end
