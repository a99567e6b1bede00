# The replacements in docs/guides/other-packages.md for the code of users of other packages.

add = wat"""(module (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"""

@testset "one call makes an instance, of bytes or a file, with imports" begin
    @test exports(instantiate(add)).add(1, 2) == 3
    path = joinpath(mktempdir(), "add.wasm")
    write(path, add)
    @test call(instantiate(path), "add", [1, 2]) == 3
    importing = wat"""(module (import "env" "x" (func $x (result i32)))
                              (func (export "y") (result i32) (call $x)))"""
    @test exports(instantiate(importing; env=(x=() -> 7,))).y() == 7
    @test exports(instantiate(importing, ["env" => Dict("x" => () -> 8)])).y() == 8
end

@testset "a store stands for its engine" begin
    store = WasmStore(WasmEngine())
    m = WasmModule(store, add)
    @test m.engine === store.engine
    @test validate(store, add) && !validate(store, UInt8[0])
    @test exports(WasmInstance(store, m)).add(1, 2) == 3
end

@testset "configs take the settings of other packages, and setters can be chained" begin
    config = WasmConfig(;
        debug_info=false,
        optimization_level=None,
        consume_fuel=true,
        epoch_interruption=false,
        max_wasm_stack=2^20,
    )
    @test option!(config, :profiling_strategy, :jit_dump) === config
    option!(config, :profiling_strategy, :none)
    @test max_wasm_stack!(consume_fuel!(debug_info!(config, true), true), 2^19) === config
    store = WasmStore(WasmEngine(config); fuel=100)
    @test !isvalid(config)
    add_fuel!(store, 50)
    @test get_fuel(store) == 150 && fuel_consumed(store) == 0
    @test exports(WasmInstance(store, WasmModule(store, add))).add(1, 2) == 3
    @test fuel_consumed(store) > 0
end

@testset "types are made from Julia's, and items from types" begin
    store = WasmStore(WasmEngine())
    type = WasmFuncType([Int32, Float64], [Int32])
    @test sprint(show, type) == "(i32, f64) -> i32"
    @test type == WasmFuncType([WasmValType(Int32), WasmValType(Float64)], [Int32])
    @test sprint(show, WasmMemoryType(1 => 10)) == "memory 1 10"
    @test sprint(show, WasmTableType(2 => 10)) == "table 2 10 funcref"
    @test sprint(show, WasmGlobalType(WasmValType(Int32), true)) == "global (mut i32)"
    g = WasmGlobal(store, WasmGlobalType(WasmValType(Int32), true), WasmValue(Int32(0)))
    g[] = 3
    @test g[] === Int32(3) && WasmValue(Int32(3)) == WasmValue(Int32, 3)
    mem = WasmMemory(store, 1 => 10)
    mem[1] = 0x2a
    @test mem[1] == 0x2a && length(mem) == 65536 && grow!(mem, 1) == 1 && pages(mem) == 2
    reinterpret(Float32, mem)[2] = 1.5
    @test read(mem, Float32, 4) === 1.5f0
    t = WasmTable(store, 2 => 5)
    t[2] = exports(WasmInstance(store, WasmModule(store, add))).add
    @test t[1] === nothing && t[2](3, 4) == 7 && length(t) == 2
end

@testset "the example of a buffer that goes to wasm and back" begin
    example = joinpath(dirname(@__DIR__), "examples", "buffer.jl")
    @test run_limited(julia(example)) == (true, "WHAT WASM CAN'T SEE, IT CAN'T SAY\n")
end

@testset "different items are not equal, and one tag is" begin
    store = WasmStore(WasmEngine())
    @test WasmTable(store, 1 => 2) != WasmTable(store, 2 => 3)
    @test WasmGlobal(store, WasmGlobalType(Int32, true), 1) !=
          WasmGlobal(store, WasmGlobalType(Int64, true), 2)
    @test WasmTag(store, (Int32,)) != WasmTag(store, (Int64,))
    throwing = wat"""(module (tag $e (export "e") (param i32))
                             (func (export "throw") (throw $e (i32.const 1))))"""
    x = exports(WasmInstance(store, WasmModule(store, throwing)))
    e = thrown(() -> x.throw())
    @test e.tag == x.e && hash(e.tag) == hash(x.e) && e.tag.type == x.e.type
    @test e.tag != WasmTag(store, (Int32,))
end

@testset "impossible amounts, signatures and items are errors" begin
    engine = WasmEngine()
    store, linker = WasmStore(engine), WasmLinker(engine)
    for use in (
        () -> WasmStore(engine; memory_limit=-1),
        () -> grow!(WasmMemory(store, 1 => 2), -1),
        () -> grow!(WasmTable(store, 1 => 2), -1),
        () -> set_epoch_deadline!(store, -1),
        () -> WasmConfig(; max_wasm_stack=-1),
        () -> WasmTableType(1 => -2),
    )
        e = thrown(use)
        @test e isa ArgumentError && occursin("negative", e.msg)
    end
    e = thrown(() -> define!(linker, "env", "x", 5))
    @test e isa WasmtimeError && occursin("the import `x` of module `env` must be", e.message)
    @test thrown(() -> with_timeout(() -> 1, 5, 1)) isa ArgumentError
    typed = TypedFunc{Tuple{Int32},Int32}(WasmFunc(identity, store, [Int32] => [Int32]))
    @test define!(linker, "env", "typed", typed) === linker
    @test WasmFunc(x -> nothing, store, Int32 => Nothing).type.results == []
    e = thrown(() -> WasmFunc(identity, store, String => Int32))
    @test e isa ArgumentError && occursin("those are Int32", e.msg)
    e = thrown(() -> WasmFunc(identity, store, Int32 => Int32)("a"))
    @test startswith(e.message, "identity can't take")
    e = thrown(() -> WasmFunc(x -> x, store, Int32 => Int32)("a"))
    @test startswith(e.message, "the function can't take")
    value = WasmValue(Int64(5))
    @test thrown(() -> WasmGlobal(store, WasmGlobalType(Int32, true), value)).code ===
          :type_mismatch
    @test isvalid(WasmEngine(WasmConfig(; simd=false)))
    e = thrown(() -> set_fuel!(store, 5))
    @test occursin("WasmConfig(consume_fuel=true)", e.message)
end

@testset "a time limit of 0 ends even the shortest call" begin
    engine = WasmEngine()
    m = WasmModule(engine, wat"""(module (func (export "ok") (result i32) (i32.const 1)))""")
    for _ in 1:200
        store = WasmStore(engine)
        ok = exports(WasmInstance(store, m)).ok
        with_timeout(() -> 7, store, 0)
        @test with_timeout(ok, store, 100) == 1
        @test thrown(() -> with_timeout(ok, store, 0)).code === :interrupt
        @test ok() == 1
    end
end
