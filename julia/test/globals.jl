engine = WasmEngine()

const GLOBALS = WasmModule(
    engine,
    wat"""(module
        (global (export "i32") (mut i32) (i32.const 1))
        (global (export "i64") (mut i64) (i64.const 2))
        (global (export "f32") (mut f32) (f32.const 0.5))
        (global (export "f64") (mut f64) (f64.const 1.5))
        (global (export "v128") (mut v128) (v128.const i64x2 1 2))
        (global (export "funcref") (mut funcref) (ref.func $one))
        (global (export "externref") (mut externref) (ref.null extern))
        (global (export "anyref") (mut anyref) (ref.null any))
        (global (export "constant") i32 (i32.const 9))
        (func $one (export "one") (result i32) (i32.const 1))
        (func (export "two") (result i32) (i32.const 2)))""",
)

new_globals(store=WasmStore(engine)) = exports(WasmInstance(store, GLOBALS))

@testset "a global of each type is read and set" begin
    x = new_globals()
    bytes = ntuple(i -> UInt8(i), 16)
    for (name, before, set, after) in (
        (:i32, Int32(1), 0xffffffff, Int32(-1)),
        (:i64, Int64(2), typemin(Int64), typemin(Int64)),
        (:f32, 0.5f0, 1 // 4, 0.25f0),
        (:f64, 1.5, π, Float64(π)),
        (:v128, nothing, bytes, bytes),
        (:funcref, nothing, x.two, x.two),
        (:externref, nothing, "text", "text"),
        (:anyref, nothing, nothing, nothing),
    )
        g = x[name]
        @test g.type.is_mutable && string(g.type) == "global (mut $name)"
        @test sprint(show, g) == "WasmGlobal $name: (mut $name)"
        before === nothing || @test g[] === before
        g[] = set
        @test g[] == after && typeof(g[]) == typeof(after)
    end
    @test x.funcref[]() == 2
    x.funcref[] = nothing
    @test x.funcref[] === nothing
    x.i32[] = WasmValue(Int32(6))
    @test x.i32[] === Int32(6)
end

# As a program reads and sets globals whose type it knows.
read_many(g, n) = sum(g[] for _ in 1:n)
function set_many!(g, value, n)
    for _ in 1:n
        g[] = value
    end
    return g
end

@testset "a global's value is inferred, and reading and setting a number allocates nothing" begin
    x = new_globals()
    for (name, T) in (
        "i32" => Int32, "i64" => Int64, "f32" => Float32, "f64" => Float64,
        "v128" => NTuple{16,UInt8},
    )
        g = x[name]
        @test g isa WasmGlobal{T}
        @test (@inferred g[]) isa T
        @test Base.return_types(getindex, Tuple{typeof(g)}) == [T]
        value = g[]
        set_many!(g, value, 2)
        @test @allocated(set_many!(g, value, 1000)) < 100
        T <: NTuple && continue
        read_many(g, 2)
        # The loop itself may allocate; a thousand values would be more.
        @test @allocated(read_many(g, 1000)) < 100
    end
    @test x.funcref isa WasmGlobal{Union{WasmFunc,Nothing}}
    @test Base.return_types(getindex, Tuple{typeof(x.funcref)}) == [Union{WasmFunc,Nothing}]
    @test x.externref isa WasmGlobal{Any} && x.anyref isa WasmGlobal{Any}
    made = WasmGlobal(WasmStore(engine), WasmGlobalType(Int64, true), 1)
    @test made isa WasmGlobal{Int64}
end

@testset "a program makes globals of each type" begin
    store = WasmStore(engine)
    f = WasmFunc(() -> 1, store, () => Int32)
    bytes = ntuple(i -> UInt8(i), 16)
    for (T, name, value, held) in (
        (Int32, "i32", 5, Int32(5)),
        (UInt32, "i32", 0xffffffff, Int32(-1)),
        (Int64, "i64", -1, Int64(-1)),
        (UInt64, "i64", typemax(UInt64), Int64(-1)),
        (Float32, "f32", 1.5, 1.5f0),
        (Float64, "f64", 2, 2.0),
        (NTuple{16,UInt8}, "v128", bytes, bytes),
        (WasmFunc, "funcref", f, f),
        (WasmFunc, "funcref", nothing, nothing),
        (Any, "externref", :object, :object),
        (WasmRef, "anyref", nothing, nothing),
    )
        for is_mutable in (true, false)
            g = WasmGlobal(store, WasmGlobalType(T, is_mutable), value)
            @test g[] == held && typeof(g[]) == typeof(held)
            @test g.type == WasmGlobalType(T, is_mutable)
            @test sprint(show, g) == "WasmGlobal " * (is_mutable ? "(mut $name)" : name)
            if is_mutable
                g[] = g[]
                @test g[] == held
            else
                e = thrown(() -> (g[] = value))
                @test e.code === :type_mismatch && occursin("immutable", e.message)
            end
        end
    end
    @test WasmGlobal(store, WasmGlobalType(Any, false), WasmValue(Any, "x"))[] == "x"
    @test_throws ArgumentError WasmGlobalType(String, true)
    @test_throws ArgumentError WasmValue("text")
    @test WasmValue(Int32(5)) == WasmValue(Int32, Int32(5)) != WasmValue(5)
    @test sprint(show, WasmValue(Any, "text")) == "WasmValue(externref: text)"
end

@testset "a value of another type is an error that says the global's" begin
    x = new_globals()
    for (name, value) in (
        (:i32, "text"), (:i32, 1.5), (:i32, nothing), (:i64, :a), (:f32, "1"), (:v128, 1),
        (:funcref, sin), (:funcref, 1), (:anyref, "text"), (:anyref, 5)
    )
        e = thrown(() -> (x[name][] = value))
        @test e isa WasmtimeError && e.code === :type_mismatch
        @test occursin("the global $name can't take $(repr(value))", e.message)
        @test occursin("global (mut $name)", e.message)
    end
    for (name, value) in ((:i32, 2^32), (:i32, -2^31 - 1), (:i64, big(2)^64))
        @test_throws InexactError x[name][] = value
    end
    @test (x.i32[], x.i64[], x.f32[]) == (1, 2, 0.5)
    e = thrown(() -> (x.constant[] = 1))
    @test e.code === :type_mismatch && occursin("immutable", e.message)
    @test x.constant[] == 9
    store = WasmStore(engine)
    @test thrown(() -> WasmGlobal(store, WasmGlobalType(Int32, true), "1")).code ===
          :type_mismatch
    @test_throws InexactError WasmGlobal(store, WasmGlobalType(Int32, true), 2^40)
end
