# Functions over arrays: one call of the library for thousands of elements.
@testset "functions over arrays" begin
    engine = WasmEngine()
    store = WasmStore(engine)
    x = exports(WasmInstance(store, WasmModule(engine, wat"""(module
        (global $calls (export "calls") (mut i32) (i32.const 0))
        (func (export "add") (param i32 i32) (result i32)
          (i32.add (local.get 0) (local.get 1)))
        (func (export "hypot") (param f64 f64) (result f64)
          (f64.sqrt (f64.add (f64.mul (local.get 0) (local.get 0))
                             (f64.mul (local.get 1) (local.get 1)))))
        (func (export "swap") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))
        (func (export "not") (param v128) (result v128) (v128.not (local.get 0)))
        (func (export "div") (param i32 i32) (result i32)
          (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          (i32.div_s (local.get 0) (local.get 1)))
        (func (export "next") (result i32)
          (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          (global.get $calls))
        (func (export "count") (param i32)
          (global.set $calls (i32.add (global.get $calls) (local.get 0))))
        (func (export "same") (param externref) (result externref) (local.get 0)))""")))
    add = TypedFunc{Tuple{Int32,Int32},Int32}(x.add)
    many = Int32.(1:10_000)

    @testset "the result is an array of the function's results" begin
        @test x.add.(many, reverse(many)) == fill(10_001, 10_000)
        @test eltype(x.add.(many, 1)) === Int32
        @test add.(many, many) == 2 .* many
        @test x.hypot.([3.0, 5.0], [4, 12]) == [5.0, 13.0]
        @test x.swap.([1, 2], [3.0, 4.0]) == [(3.0, Int32(1)), (4.0, Int32(2))]
        zeros16 = ntuple(_ -> 0x00, 16)
        @test x.not.([zeros16, zeros16]) == fill(ntuple(_ -> 0xff, 16), 2)
        @test x.add.(Int32[], 1) == Int32[]
        @test eltype(x.add.(Any[], 1)) === eltype(x.add.(Any[1, 0x2], 1)) === Int32
        @test x.same.([1, "two", nothing]) == [1, "two", nothing]
    end

    @testset "shapes are those of any broadcast" begin
        @test x.add.([1, 2], [3 4]) == [4 5; 5 6]
        @test x.add.(reshape(1:8, 2, 2, 2), [10, 20])[2, 1, 2] == 26
        @test x.add.(1, 2) === Int32(3)
        @test x.add.(fill(1), fill(2)) === Int32(3)
        @test x.add.((1, 2), 3) === (Int32(4), Int32(5))
        @test x.add.(Ref(1), [1, 2]) == [2, 3]
        @test_throws DimensionMismatch x.add.([1, 2], [1, 2, 3])
    end

    @testset "expressions nest" begin
        @test x.add.(many .+ 1, x.add.(many, 2)) == 2 .* many .+ 3
        @test 2 .* x.add.([1, 2], 1) .+ 1 == [5, 7]
        @test sum(x.add.(many, add.(many, many))) == 3 * sum(many)
    end

    @testset "results go into existing arrays" begin
        into = zeros(Int32, 10_000)
        into .= add.(many, 1)
        @test into == many .+ 1
        into .= x.add.(into, into)
        @test into == 2 .* many .+ 2
        wider = zeros(2, 2)
        wider .= x.add.([1, 2], [3 4])
        @test wider == [4.0 5.0; 5.0 6.0]
        every_other = view(zeros(Int, 10), 2:2:6)
        every_other .= x.add.(1:3, 1)
        @test every_other == 2:4
        bits = falses(2)
        bits .= x.add.([1, 0], 0)
        @test bits == [true, false]
        # The arguments are read before the results are written.
        shifted = Int32.(1:5)
        view(shifted, 2:5) .= add.(view(shifted, 1:4), 10)
        @test shifted == [1, 11, 12, 13, 14]
        @test_throws DimensionMismatch (zeros(Int32, 3) .= add.(many, 1))
        # Axes that don't start at 1.
        numbers = zeros(Int32, 10)
        elsewhere = view(numbers, Base.IdentityUnitRange(3:6))
        elsewhere .= x.add.(elsewhere, 1)
        @test numbers == [0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    end

    @testset "functions without parameters or results are called for each element" begin
        x.calls[] = 0
        numbers = zeros(Int32, 3)
        numbers .= x.next.()
        @test numbers == [1, 2, 3]
        @test x.count.([10, 20]) == [nothing, nothing]
        @test x.calls[] == 33
    end

    @testset "the first call that fails ends it, and its number is in the message" begin
        x.calls[] = 0
        into = fill(Int32(-1), 4)
        e = thrown(() -> into .= x.div.([10, 20, 30, 40], [1, 2, 0, 4]))
        @test e isa WasmTrap
        @test occursin("call 3 of 4: wasm trap", e.message)
        @test into == [10, 10, -1, -1]
        @test x.calls[] == 3
        # Among many thousands, also if the results are converted.
        divisors = ones(Int32, 10_000)
        divisors[7001] = 0
        for into in (fill(Int32(-1), 10_000), fill(-1.0, 10_000))
            e = thrown(() -> into .= x.div.(many, divisors))
            @test occursin("call 7001 of 10000: wasm trap", e.message)
            @test e.code === :integer_division_by_zero
            @test length(e.frames) == 1
            @test into[1:7000] == 1:7000 && all(==(-1), into[7001:end])
        end
    end

    @testset "wrong arguments are refused as for one call" begin
        @test thrown(() -> x.add.([1, 2])).code === :type_mismatch
        @test thrown(() -> add.([1, 2])).code === :type_mismatch
        @test thrown(() -> x.add.([1, 2], ["a", "b"])).code === :type_mismatch
        @test_throws InexactError x.add.([1, 2], 2^40)
        close(store)
        @test thrown(() -> x.add.([1, 2], 3)) isa WasmtimeError
    end

    @testset "a Julia function that throws ends it with its exception" begin
        store = WasmStore(engine)
        seen = Int32[]
        host = WasmFunc(store, (Int32,) => Int32) do value
            push!(seen, value)
            value == 3 && throw(KeyError(value))
            value + 1
        end
        @test host.([1, 2]) == [2, 3]
        @test thrown(() -> host.([1, 2, 3, 4])) == KeyError(Int32(3))
        @test seen == [1, 2, 1, 2, 3]
    end

    @testset "a host function may change the size of the arrays" begin
        shrink(x) = (empty!(x); sizehint!(x, 0); GC.gc())
        for change! in (x -> resize!(x, 10^6), shrink), (from, to) in ((1, 2), (1, 1), (2, 1))
            arrays = [zeros(Int32, 20_000), zeros(Int32, 20_000)]
            calls = 0
            host = WasmFunc(WasmStore(engine), (Int32,) => Int32) do value
                calls += 1
                calls == 10 && change!(arrays[1])
                value + 1
            end
            e = try
                arrays[to] .= host.(arrays[from])
                nothing
            catch e
                e
            end
            # A vector as long as the first chunk, or longer, remains one.
            @test e === nothing || e isa BoundsError
            @test all(in((0, 1)), arrays[2])
            @test calls % 4096 == 0 || calls == 20_000
        end
    end
end

@testset "a bulk call into an array allocates no more for more elements" begin
    engine = WasmEngine()
    store = WasmStore(engine)
    add = TypedFunc{Tuple{Int32,Int32},Int32}(
        exports(WasmInstance(store, WasmModule(engine, wat"""(module
            (func (export "add") (param i32 i32) (result i32)
              (i32.add (local.get 0) (local.get 1))))"""))).add
    )
    into!(out, f, a, b) = (out .= f.(a, b); nothing)
    few, many = ones(Int32, 4000), ones(Int32, 4000 * 100)
    into!(few, add, few, few)
    into!(many, add, many, many)
    # Buffers for some thousand elements, however many there are.
    @test @allocated(into!(few, add, few, few)) < 4000 * 16
    @test @allocated(into!(many, add, many, many)) < 4000 * 100
end
