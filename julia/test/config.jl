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

@testset "each option has a keyword and takes its values" begin
    for name in SafeWasm.option_names()
        if haskey(SafeWasm.CHOICES, name)
            for choice in values(SafeWasm.CHOICES[name])
                @test isvalid(WasmEngine(; NamedTuple{(name,)}((choice,))...))
            end
            @test thrown(() -> option!(WasmConfig(), name, :other)) isa ArgumentError
            @test thrown(() -> option!(WasmConfig(), name, 0)) isa ArgumentError
        elseif name in SafeWasm.NUMBERS
            @test isvalid(option!(WasmConfig(; NamedTuple{(name,)}((0,))...), name, 1))
            @test thrown(() -> option!(WasmConfig(), name, true)) isa ArgumentError
            @test thrown(() -> option!(WasmConfig(), name, -1)) isa ArgumentError
            e = thrown(() -> option!(WasmConfig(), name, 1 << 47))
            @test e isa WasmtimeError && e.code == :invalid_argument
            @test occursin("`$name` is from 0 to ", e.message)
        else
            @test isvalid(WasmEngine(option!(WasmConfig(), name, true)))
            @test isvalid(WasmEngine(; NamedTuple{(name,)}((false,))...))
            @test thrown(() -> option!(WasmConfig(), name, 1)) isa ArgumentError
        end
    end
    @test thrown(() -> option!(WasmConfig(), :strategy, "winch")) isa ArgumentError
    e = thrown(() -> WasmConfig(profiling_strategy=:vtune))
    @test e isa ArgumentError
    @test occursin("`profiling_strategy` is :jit_dump, :none or :perf_map", e.msg)
    e = thrown(() -> WasmConfig(collector=:none))
    @test e isa ArgumentError && occursin("`collector` is :copying, :drc or :null", e.msg)
    e = thrown(() -> WasmConfig(memory_reservatoin=1))
    @test e isa ArgumentError && occursin("Did you mean `memory_reservation`?", e.msg)
    e = thrown(() -> option!(WasmConfig(), :simd, true))
    @test e isa ArgumentError && occursin("is no setting of a WasmConfig", e.msg)
end

@testset "settings that contradict each other are named as keywords" begin
    for (settings, first, second) in (
        (
            (deterministic=true, nan_canonicalization=false),
            "deterministic=true",
            "nan_canonicalization=false",
        ),
        ((deterministic=true, threads=true), "deterministic=true", "threads=true"),
        ((deterministic=true, shared_memory=true), "deterministic=true", "shared_memory=true"),
        ((strategy=:winch, gc=true), "strategy=:winch", "gc=true"),
        (
            (strategy=:winch, signals_based_traps=false),
            "strategy=:winch",
            "signals_based_traps=false",
        ),
        ((shared_memory=true, threads=false), "shared_memory=true", "threads=false"),
        ((simd=false, relaxed_simd=true), "simd=false", "relaxed_simd=true"),
        ((debug_info=true, address_map=false), "debug_info=true", "address_map=false"),
        (
            (backtrace_lines=true, backtrace_frames=0),
            "backtrace_lines=true",
            "backtrace_frames=0",
        ),
        (
            (pooling=(max_memory_size=1 << 20,), memory_reservation=1 << 16),
            "pooling=(max_memory_size=1048576,)",
            "memory_reservation=65536",
        ),
        (
            (pooling=true, gc_heap_may_move=false),
            "WasmConfig(pooling=true)",
            "gc_heap_may_move=false",
        ),
    )
        e = thrown(() -> WasmEngine(; settings...))
        @test e isa WasmtimeError && e.code == :unsupported
        @test occursin("`$first` and `$second` contradict each other: ", e.message)
        @test !occursin("safewasm", lowercase(e.message))
    end
end

@testset "a deterministic engine computes NaN with the same bits" begin
    wasm = wat"""(module (func (export "f") (param i64) (result i64)
        (i64.reinterpret_f64 (f64.add (f64.reinterpret_i64 (local.get 0)) (f64.const 1)))))"""
    odd = 0x7ff8123456789abc
    results = map((false, true)) do deterministic
        engine = WasmEngine(deterministic=deterministic)
        instance = WasmInstance(WasmStore(engine), WasmModule(engine, wasm))
        reinterpret(UInt64, call(instance, "f", reinterpret(Int64, odd)))
    end
    @test results == (odd, 0x7ff8000000000000)
end

@testset "operators consume the fuel that they cost" begin
    wasm = wat"""(module (func (export "f") (param i32) (result i32)
        (i32.div_s (local.get 0) (i32.const 2))))"""
    function used(config)
        engine = WasmEngine(config)
        store = WasmStore(engine; fuel=1000)
        @test call(WasmInstance(store, WasmModule(engine, wasm)), "f", 8) === Int32(4)
        return 1000 - get_fuel(store)
    end
    usual = used(WasmConfig(consume_fuel=true))
    costly = WasmConfig(consume_fuel=true, operator_costs=("i32.div_s" => 21,))
    @test used(costly) == usual + 20
    costs = Dict("i32.div_s" => 11, "i32.const" => 0)
    @test used(WasmConfig(consume_fuel=true, operator_costs=costs)) == usual + 9
    e = thrown(() -> operator_cost!(WasmConfig(), "i32.divide", 1))
    @test e isa WasmtimeError && e.code == :invalid_argument
    @test occursin("is \"i32.divide\", which is no operator", e.message)
    @test thrown(() -> operator_cost!(WasmConfig(), "nop", 256)) isa ArgumentError
    @test thrown(() -> operator_cost!(WasmConfig(), "nop", -1)) isa ArgumentError
end
