engine = WasmEngine()
x = exports(
    WasmInstance(
        WasmStore(engine),
        WasmModule(
            engine,
            wat"""(module
                (func (export "i32") (param i32) (result i32) (local.get 0))
                (func (export "i64") (param i64) (result i64) (local.get 0))
                (func (export "f32") (param f32) (result f32) (local.get 0))
                (func (export "f64") (param f64) (result f64) (local.get 0))
                (func (export "v128") (param v128) (result v128) (local.get 0))
                (func (export "add") (param i32 i32) (result i32)
                    (i32.add (local.get 0) (local.get 1)))
                (func (export "swap") (param i32 f64) (result f64 i32)
                    (local.get 1) (local.get 0))
                (func (export "none"))
                (func (export "seven") (result i32 i32 i32 i32 i32 i32 i32)
                    (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)
                    (i32.const 6) (i32.const 7))
                (func (export "ref") (param externref)))""",
        ),
    ),
)

@testset "integers that fit are passed, signed or as bits" begin
    @test x.i32(5) === Int32(5)
    @test x.i32(-1) === x.i32(0xffffffff) === x.i32(UInt64(4294967295)) === Int32(-1)
    @test x.i32(true) === Int32(1)
    @test x.i32(big(7)) === Int32(7)
    @test x.i64(typemax(UInt64)) === Int64(-1)
    @test x.i64(typemin(Int64)) === typemin(Int64)
    for value in (2^32, -2^31 - 1, big(2)^70)
        @test_throws InexactError x.i32(value)
    end
    @test_throws InexactError x.i64(big(2)^64)
end

@testset "reals become floats, exactly" begin
    @test x.f32(1) === 1.0f0
    @test x.f64(1 // 4) === 0.25
    @test x.f64(π) === Float64(π)
    @test x.f32(-0.0f0) === -0.0f0
    @test reinterpret(UInt64, x.f64(reinterpret(Float64, 0x7ff0000000000001))) ==
          0x7ff0000000000001
end

@testset "vectors are tuples of 16 bytes in all" begin
    bytes = ntuple(i -> UInt8(i), 16)
    @test x.v128(bytes) === bytes
    lanes = x.v128((Int32(1), Int32(2), Int32(3), Int32(-1)))
    @test collect(reinterpret(Int32, collect(lanes))) == [1, 2, 3, -1]
    @test collect(reinterpret(Float64, collect(x.v128((1.0, 2.0))))) == [1.0, 2.0]
    @test x.v128(UInt128(0x0201))[1:3] == (0x01, 0x02, 0x00)
    @test thrown(() -> x.v128((1, 2, 3))).code === :type_mismatch
end

@testset "results are nothing, a value, or a tuple" begin
    @test x.none() === nothing
    @test x.add(1, 2) === Int32(3)
    @test x.swap(1, 2) === (2.0, Int32(1))
    @test x.seven() === Tuple(Int32.(1:7))
end

@testset "a call takes the arguments one by one or as a vector" begin
    instance = getfield(x, :instance)
    @test call(instance, "add", 1, 2) === call(instance, "add", [1, 2]) === Int32(3)
    @test call(instance, :none) === call(instance, "none", []) === nothing
end

@testset "wrong arguments are errors that quote the signature" begin
    for bad in (
        () -> x.add(1),
        () -> x.add(1, 2, 3),
        () -> x.add(1, "two"),
        () -> x.add(1, 2.5),
    )
        e = thrown(bad)
        @test e isa Union{WasmtimeError,InexactError}
        e isa WasmtimeError && @test occursin("(i32, i32) -> i32", e.message)
    end
    e = thrown(() -> x.add(1, "two"))
    @test e isa WasmtimeError && e.code === :type_mismatch
    @test x.ref(nothing) === nothing
    @test x.add(1, 2) == 3
end

@testset "a typed call allocates nothing and knows its result type" begin
    add = TypedFunc{Tuple{Int32,Int32},Int32}(x.add)
    f64 = TypedFunc{Tuple{Float64},Float64}(x.f64)
    none = TypedFunc{Tuple{},Nothing}(x.none)
    swap = TypedFunc{Tuple{Int32,Float64},Tuple{Float64,Int32}}(x.swap)
    v128 = TypedFunc{Tuple{NTuple{16,UInt8}},NTuple{16,UInt8}}(x.v128)
    bytes = ntuple(i -> UInt8(i), 16)
    allocated(f) = (f(); @allocated f())
    allocated(f, a) = (f(a); @allocated f(a))
    allocated(f, a, b) = (f(a, b); @allocated f(a, b))
    measure() = (
        allocated(add, Int32(1), Int32(2)),
        allocated(f64, 1.0),
        allocated(none),
        allocated(swap, Int32(1), 2.0),
        allocated(add, 1, 2),
    )
    measure()
    @test measure() == (0, 0, 0, 0, 0)
    @test (@inferred add(1, 2)) === Int32(3)
    @test (@inferred f64(2)) === 2.0
    @test (@inferred none()) === nothing
    @test (@inferred swap(1, 2)) === (2.0, Int32(1))
    @test (@inferred v128(bytes)) === bytes
    @test thrown(() -> add(1)).code === :type_mismatch
    @test_throws InexactError add(1, 2^40)
end

@testset "an untyped call allocates nothing but its result" begin
    allocated(f, args::Vararg{Any,N}) where {N} = (f(args...); @allocated f(args...))
    measure() = (allocated(x.none), allocated(x.add, 1, 2), allocated(x.f64, 1.0))
    measure()
    @test all(<=(64), measure())
end

@testset "a typed function of another signature is refused" begin
    for T in (TypedFunc{Tuple{Int32},Int32}, TypedFunc{Tuple{Int32,Int32},Int64})
        e = thrown(() -> T(x.add))
        @test e.code === :type_mismatch
        @test occursin("(i32, i32) -> i32", e.message)
    end
end

@testset "a typed function takes and returns unsigned numbers, and can have a time limit" begin
    x = exports(instantiate(wat"""(module
        (func (export "same") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
        (func (export "add") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1)))
        (func (export "loop") (param i32) (loop $again (br_if $again (local.get 0)))))"""))
    same = TypedFunc{Tuple{UInt32,UInt64},Tuple{UInt64,UInt32}}(x.same)
    @test same(-1, typemax(UInt64)) === (typemax(UInt64), typemax(UInt32))
    @test same(5, 6) === (UInt64(6), UInt32(5))
    @test_throws InexactError same(2^32, 1)
    mixed = TypedFunc{Tuple{Int32,UInt64},Tuple{Int64,UInt32}}(x.same)
    @test mixed(-1, 2^63 + 0x5) === (typemin(Int64) + 5, typemax(UInt32))
    add = TypedFunc{Tuple{UInt32,UInt32},UInt32}(x.add)
    @test add(0xfffffff0, 1) === 0xfffffff1
    @test add.([-1, 7], 0x02) == UInt32[1, 9]
    @test add.(UInt32[1, 2], UInt32[3, 4]) == UInt32[4, 6]
    allocated(f, a, b) = (f(a, b); @allocated f(a, b))
    @test allocated(add, 0x00000001, 0x00000002) == 0
    @test add(1, 2; timeout=10) === UInt32(3)
    endless = TypedFunc{Tuple{Int32},Nothing}(x.loop)
    @test thrown(() -> endless(1; timeout=0.05)).code === :interrupt
    @test endless(0; timeout=10) === nothing
    for T in (Tuple{UInt64,UInt64}, Tuple{UInt32}, Tuple{Float32,UInt64}, Tuple{Any,UInt64})
        e = thrown(() -> TypedFunc{T,Tuple{UInt64,UInt32}}(x.same))
        @test e isa WasmtimeError && e.code === :type_mismatch
        @test occursin("same has the signature (i32, i64) -> (i64, i32)", e.message)
    end
    @test thrown(() -> TypedFunc{Tuple{Int8,Int64},Nothing}(x.same)) isa ArgumentError
end
