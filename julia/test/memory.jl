engine = WasmEngine()
counter = WasmModule(engine, COUNTER)
new_instance() = WasmInstance(WasmStore(engine), counter)

@testset "a memory is a vector of bytes that wasm sees too" begin
    instance = new_instance()
    mem = exports(instance).memory
    @test mem isa AbstractVector{UInt8}
    @test length(mem) == 65536 && size(mem) == (65536,)
    mem[11] = 200
    @test mem[11] === 0xc8
    @test call(instance, "load", 10) == 200
    @test mem[10:12] == [0x00, 0xc8, 0x00]
    @test sum(mem) == 200
    window = view(mem, 11:14)
    window[2] = 1
    @test reinterpret(UInt32, window)[1] == 0x000001c8
    copyto!(mem, 1, UInt8[9, 8, 7], 1, 3)
    @test copyto!(zeros(UInt8, 4), 2, mem, 1, 3) == [0, 9, 8, 7]
    fill!(mem, 0x55)
    @test all(==(0x55), mem)
    @test findfirst(==(0x56), mem) === nothing
end

@testset "an index outside is an error, under @inbounds too" begin
    mem = exports(new_instance()).memory
    for index in (0, -1, 65537, typemax(Int), typemin(Int))
        @test_throws BoundsError mem[index]
        @test_throws BoundsError mem[index] = 1
        @test_throws BoundsError @inbounds mem[index]
    end
    @test_throws BoundsError mem[65530:65540]
    @test_throws BoundsError copyto!(mem, 65536, UInt8[1, 2], 1, 2)
    @test_throws BoundsError copyto!(zeros(UInt8, 2), 1, mem, typemax(Int) - 1, 2)
    table = WasmTable(mem.owner.store, WasmTableType(4 => 4))
    # Indices whose sum with the count overflows.
    for (first, count) in ((typemax(Int), 2), (typemax(Int) - 1, 3), (Int8(127), Int8(2)), (0xff, 0x02))
        @test_throws BoundsError copyto!(zeros(UInt8, 4), first, mem, 1, count)
        @test_throws BoundsError copyto!(mem, 1, zeros(UInt8, 4), first, count)
        @test_throws BoundsError copyto!(table, first, table, 1, count)
        @test_throws BoundsError copyto!(table, 1, table, first, count)
    end
    @test copyto!(ones(UInt8, 4), Int8(2), mem, 0x01, Int128(3)) == [1, 0, 0, 0]
    @test_throws BoundsError copyto!(zeros(UInt8, 4), 1, mem, 1, -1)
    @test_throws InexactError mem[1] = 256
    @test mem[65536] == 0
end

function use_memory(mem, bytes, times)
    for _ in 1:times
        mem[1] = mem[2] + 0x01
        write(mem, 8, read(mem, Int32, 16))
        copyto!(bytes, mem)
        copyto!(mem, bytes)
        fill!(mem, 0x02)
    end
    return nothing
end

@testset "reading and writing a memory allocates nothing" begin
    mem = exports(new_instance()).memory
    bytes = zeros(UInt8, length(mem))
    use_memory(mem, bytes, 1)
    @test @allocated(use_memory(mem, bytes, 100)) == 0
    @test mem[1] == 0x02
end

@testset "growth by wasm is noticed" begin
    instance = new_instance()
    mem = exports(instance).memory
    @test call(instance, "grow", 1) == 1
    @test length(mem) == 2 * 65536
    mem[100_000] = 3
    @test call(instance, "load", 99_999) == 3
    @test sprint(show, mem) == "WasmMemory 2 pages (max 3)"
    @test call(instance, "grow", 9) == -1
    @test pages(mem) == 2
end

@testset "values are read and written at wasm's addresses" begin
    mem = exports(new_instance()).memory
    @test write(mem, 8, 0x01020304) == 4
    @test mem[9:12] == [0x04, 0x03, 0x02, 0x01]
    @test read(mem, UInt16, 10) === 0x0102
    write(mem, 100, 2.5)
    @test read(mem, Float64, 100) === 2.5
    @test write(mem, 0, "grüß") == sizeof("grüß")
    @test read_string(mem, 0, sizeof("grüß")) == "grüß"
    write(mem, 65534, UInt8[1, 2])
    for bad in (
        () -> read(mem, UInt32, 65533),
        () -> read(mem, UInt8, -1),
        () -> write(mem, 65535, 0x0102),
        () -> read(mem, UInt8, typemax(UInt64)),
        () -> read_string(mem, 65530, 100),
        () -> read_string(mem, 0, typemax(Int)),
    )
        e = thrown(bad)
        @test e isa WasmtimeError && e.code === :out_of_bounds
    end
    @test_throws ArgumentError read(mem, String, 0)
end

@testset "using a memory that is closed, or whose store is, is an error" begin
    for close_it in (
        instance -> close(exports(instance).memory),
        instance -> close(instance.store),
        instance -> (instance.store.ptr = C_NULL),
        instance -> finalize(instance.store),
    )
        instance = new_instance()
        mem = exports(instance).memory
        mem[1] = 1
        close_it(instance)
        @test thrown(() -> mem[1]) isa WasmtimeError
        @test thrown(() -> (mem[1] = 1)) isa WasmtimeError
        @test thrown(() -> mem[1:2]) isa WasmtimeError
        @test thrown(() -> fill!(mem, 0)) isa WasmtimeError
        @test thrown(() -> read(mem, UInt8, 0)) isa WasmtimeError
        @test sprint(show, mem) == summary(mem) == "WasmMemory (closed)"
    end
end

@testset "a closed memory can't be used as a vector" begin
    shared = WasmEngine(WasmConfig(; shared_memory=true))
    store() = WasmStore(engine)
    for make in (
        () -> WasmMemory(store(), 1 => 2),
        () -> WasmSharedMemory(shared, 1 => 2),
        () -> WasmTable(store(), 2 => 3),
    )
        open, mem, again = make(), make(), make()
        window = view(mem, 1:2)
        @test mem == again && isequal(mem, again) && hash(mem) == hash(again)
        mem isa WasmSharedMemory || @test collect(mem) == mem
        hasfield(typeof(mem), :owner) ? close(mem.owner) : close(mem)
        for use in (
            x -> x[:],
            x -> x[1:0],
            x -> x[1:2],
            x -> x[end],
            copy,
            collect,
            sum,
            x -> foreach(identity, x),
            x -> identity.(x),
            iterate,
            length,
            size,
            isempty,
            similar,
            x -> view(x, 1:0),
            x -> x isa WasmTable ? x[1] : write(IOBuffer(), x),
            x -> copyto!(x, x),
            x -> fill!(x, x isa WasmTable ? nothing : 0),
        )
                        e = thrown(() -> use(mem))
            e isa WasmtimeError && e.code === :invalid_handle || @info "closed" use typeof(mem) e
            @test e isa WasmtimeError && e.code === :invalid_handle
        end
        @test thrown(() -> collect(window)) isa WasmtimeError
        @test endswith(sprint(show, mem), "(closed)") && endswith(summary(mem), "(closed)")
        @test mem == mem && isequal(mem, mem)
        for other in (again, open, UInt8[], 1:0, [], close(open))
            @test mem != other && other != mem && !isequal(mem, other) && !isequal(other, mem)
        end
        @test haskey(Dict(mem => 1), mem)
    end
    closed, empty = WasmMemory(store(), 0 => 1), WasmMemory(store(), 0 => 1)
    close(closed)
    @test isempty(empty) && length(empty) == 0 && empty[:] == UInt8[] && empty == UInt8[]
    @test thrown(() -> copyto!(UInt8[], 1, closed, 1, 0)) isa WasmtimeError
    @test thrown(() -> copyto!(closed, 1, UInt8[], 1, 0)) isa WasmtimeError
    @test thrown(() -> copyto!(empty, 1, closed, 1, 0)) isa WasmtimeError
end
