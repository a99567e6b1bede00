const ATOMIC = wat"""(module
    (import "env" "memory" (memory 1 3 shared))
    (export "memory" (memory 0))
    (func (export "increment") (param i32 i32)
        (loop $l
            (drop (i32.atomic.rmw.add (local.get 0) (i32.const 1)))
            (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
            (br_if $l (local.get 1))))
    (func (export "grow") (result i32) (memory.grow (i32.const 1))))"""

sharing = WasmEngine(WasmConfig(shared_memory=true))

@testset "a shared memory is a vector of bytes that belongs to no store" begin
    mem = WasmSharedMemory(sharing, 1 => 3)
    @test mem isa AbstractVector{UInt8} && length(mem) == 65536 && mem[1] == 0
    @test sprint(show, mem) == summary(mem) == "WasmSharedMemory 1 page (max 3)"
    mem[1] = 5
    @test mem[1:2] == [0x05, 0x00]
    @test write(mem, 100, "grüß") == 6
    @test read_string(mem, 100, 6) == "grüß"
    @test write(mem, 0, 0x01020304) == 4 && read(mem, UInt16, 2) === 0x0102
    @test grow!(mem, 1) == 1 && pages(mem) == 2 && length(mem) == 2 * 65536
    e = thrown(() -> grow!(mem, 2))
    @test e.code === :limit && occursin("maximum is 3", e.message)
    for index in (0, -1, 2 * 65536 + 1, typemax(Int))
        @test_throws BoundsError mem[index]
        @test_throws BoundsError mem[index] = 1
    end
    @test_throws InexactError mem[1] = 256
    @test thrown(() -> read(mem, UInt32, 2 * 65536 - 1)).code === :out_of_bounds
    @test thrown(() -> read_string(mem, 0, 1 << 40)).code === :out_of_bounds
    @test thrown(() -> WasmSharedMemory(sharing, 1 => nothing)) isa WasmtimeError
    close(mem)
    @test sprint(show, mem) == "WasmSharedMemory (closed)"
    for use in
        (() -> mem[1], () -> length(mem), () -> read(mem, UInt8, 0), () -> pages(mem))
        @test thrown(use) isa WasmtimeError
    end
end

@testset "two stores count in one shared memory" begin
    m = WasmModule(sharing, ATOMIC)
    mem = WasmSharedMemory(sharing, 1 => 3)
    instances =
        [WasmInstance(WasmStore(sharing), m; env=(memory=mem,)) for _ in 1:2]
    exported = exports(instances[2]).memory
    @test exported isa WasmSharedMemory
    if has_other_thread()
        count(instance) = call(instance, "increment", 0, 20_000)
        foreach(wait, [Threads.@spawn count(instance) for instance in instances])
    else
        foreach(instance -> call(instance, "increment", 0, 20_000), instances)
    end
    @test read(mem, Int32, 0) == read(exported, Int32, 0) == 40_000
    # Growth by one is seen by all.
    @test call(instances[1], "grow") == 1
    @test pages(mem) == pages(exported) == 2
    mem[100_000] = 7
    @test exported[100_000] == 7
    # It outlives stores and handles.
    close(instances[1].store)
    close(mem)
    call(instances[2], "increment", 0, 1)
    @test read(exported, Int32, 0) == 40_001
    close(instances[2].store)
    @test read(exported, Int32, 0) == 40_001
end

@testset "instances import a shared memory from a linker" begin
    m = WasmModule(sharing, ATOMIC)
    mem, store = WasmSharedMemory(sharing, 1 => 3), WasmStore(sharing)
    linker = WasmLinker(sharing)
    e = thrown(() -> define!(linker, "env", "memory", mem))
    @test e isa ArgumentError && occursin("define!(linker, store, ", e.msg)
    define!(linker, store, "env", "memory", mem)
    call(instantiate(linker, store, m), "increment", 8, 3)
    @test read(mem, Int32, 8) == 3
end

@testset "shared and unshared memories have different types" begin
    m, store = WasmModule(sharing, ATOMIC), WasmStore(sharing)
    e = thrown(() -> WasmInstance(store, m; env=(memory=WasmMemory(store, 1 => 3),)))
    @test e.code === :link
    @test occursin("expected memory 1 3 shared, given memory 1 3", e.message)
    foreign = WasmEngine(WasmConfig(shared_memory=true))
    mem = WasmSharedMemory(foreign, 1 => 3)
    @test thrown(() -> WasmInstance(store, m; env=(memory=mem,))).code === :wrong_engine
    plain = WasmModule(WasmEngine(), wat"(module (memory 1 1 shared))")
    e = thrown(() -> WasmInstance(WasmStore(plain.engine), plain))
    @test e isa WasmtimeError && occursin("shared", e.message)
end
