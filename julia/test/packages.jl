# What docs/other-packages.md says that users of other packages write here.

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
    project = dirname(@__DIR__)
    example = joinpath(project, "examples", "buffer.jl")
    command = `$(Base.julia_cmd()) --project=$project --startup-file=no $example`
    @test read(command, String) == "WHAT WASM CAN'T SEE, IT CAN'T SAY\n"
end
