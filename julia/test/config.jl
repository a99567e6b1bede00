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

@testset "instances from a pool work, until it has no more room" begin
    for config in (
        WasmConfig(pooling=(total_memories=2, max_memory_size=4 << 16)),
        pooling!(WasmConfig(); total_memories=2, max_memory_size=4 << 16),
        WasmConfig(
            pooling=(
                total_memories=2,
                total_tables=2,
                max_memories_per_module=1,
                max_tables_per_module=1,
                max_memory_size=4 << 16,
                table_elements=10,
                linear_memory_keep_resident=1 << 16,
            ),
        ),
    )
        engine = WasmEngine(config)
        wasm = WasmModule(engine, COUNTER)
        stores = [WasmStore(engine) for _ in 1:2]
        instances = [WasmInstance(store, wasm) for store in stores]
        @test [call(instance, "next") for instance in instances] == [1, 1]
        store = WasmStore(engine)
        e = thrown(() -> WasmInstance(store, wasm))
        @test e isa WasmtimeError && e.code == :limit
        close(stores[1])
        @test call(WasmInstance(store, wasm), "next") === Int32(1)
        e = thrown(() -> WasmModule(engine, wat"(module (memory 5))"))
        @test e isa WasmtimeError && e.code == :limit
        @test occursin("doesn't fit the pool", e.message)
        foreach(close, [stores; store])
    end
end

@testset "pooling is on, off, or has settings, and wrong settings are errors" begin
    @test isvalid(WasmEngine(pooling!(WasmConfig(pooling=(total_memories=1,)), false)))
    @test isvalid(WasmEngine(pooling!(WasmConfig(), true)))
    @test thrown(() -> WasmConfig(pooling=(total_memories=0,))) isa ArgumentError
    @test thrown(() -> WasmConfig(pooling=(table_elements=-1,))) isa ArgumentError
    @test thrown(() -> WasmConfig(pooling=(linear_memory_keep_resident=-1,))) isa ArgumentError
    @test thrown(() -> WasmConfig(pooling=(total_memories=2^40,))) isa InexactError
    @test thrown(() -> WasmConfig(pooling=(memories=1,))) isa Union{MethodError,UndefKeywordError}
    e = thrown(() -> WasmConfig(pooling=(max_memory_size=2^40,)))
    @test e isa WasmtimeError && e.code == :invalid_argument
end
