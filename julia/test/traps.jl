using Serialization

engine = WasmEngine()
m = WasmModule(
    engine,
    wat"""(module $traps
        (memory 1)
        (table 1 funcref)
        (type $empty (func))
        (func $unreachable (export "unreachable") unreachable)
        (func $outer (export "outer") (call $unreachable))
        (func (export "div") (param i32 i32) (result i32)
            (i32.div_s (local.get 0) (local.get 1)))
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "trunc") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
        (func (export "null") (call_indirect (type $empty) (i32.const 0)))
        (func (export "far") (call_indirect (type $empty) (i32.const 9)))
        (func $deep (export "deep") (call $deep))
        (func (export "ok") (result i32) (i32.const 1)))""",
)
x = exports(WasmInstance(WasmStore(engine), m))

@testset "each trap has its code, and the store can be used again" begin
    for (code, f) in (
        :unreachable => () -> x.unreachable(),
        :integer_division_by_zero => () -> x.div(1, 0),
        :integer_overflow => () -> x.div(typemin(Int32), -1),
        :memory_out_of_bounds => () -> x.load(70_000),
        :bad_conversion_to_integer => () -> x.trunc(NaN),
        :indirect_call_to_null => () -> x.null(),
        :table_out_of_bounds => () -> x.far(),
        :stack_overflow => () -> x.deep(),
    )
        e = thrown(f)
        @test e isa WasmTrap
        @test e.code === code
        @test !isempty(e.frames)
        @test x.ok() == 1
    end
end

@testset "a typed call traps like any other" begin
    div = TypedFunc{Tuple{Int32,Int32},Int32}(x.div)
    @test thrown(() -> div(1, 0)).code === :integer_division_by_zero
    @test div(6, 3) === Int32(2)
end

@testset "the backtrace names the functions" begin
    e = thrown(() -> x.outer())
    @test [frame.func for frame in e.frames] == ["unreachable", "outer"]
    @test e.frames[1].module_name == "traps"
    shown = sprint(showerror, e)
    @test occursin("[1] unreachable", shown) && occursin("[2] outer", shown)
end

@testset "a trap is printed without the bytes of its core dump" begin
    e = thrown(() -> x.outer())
    @test startswith(repr(e), "WasmTrap(\"") && endswith(repr(e), ", :unreachable, 2 frames)")
    e = WasmTrap("a \"trap\"", :unreachable, e.frames[1:1], zeros(UInt8, 70_000))
    text = "WasmTrap(\"a \\\"trap\\\"\", :unreachable, 1 frame, core dump of 70000 bytes)"
    @test repr(e) == string(e) == sprint(print, e) == "$e" == text
    @test repr(MIME("text/plain"), e) == text
    @test sprint(showerror, e) == "WasmTrap: a \"trap\"\nWasm backtrace:\n [1] $(e.frames[1])"
end

@testset "a core dump for which there is no memory is empty" begin
    @test SafeWasm.bytes_or_none(Csize_t(2)^60) == UInt8[]
    @test length(SafeWasm.bytes_or_none(Csize_t(5))) == 5
end

@testset "a trap has a core dump if the engine is made for it" begin
    @test isempty(thrown(() -> x.outer()).coredump)
    dumping = WasmEngine(coredump_size=1 << 20)
    store = WasmStore(dumping)
    guest = wat"""(module (import "env" "f" (func $f))
        (memory (export "memory") 1) (data (i32.const 99) "at the trap")
        (func (export "trap") unreachable)
        (func (export "pass") (call $f)))"""
    inner = Ref{Any}()
    nested = WasmInstance(store, WasmModule(dumping, guest); env=(f=() -> inner[](),))
    inner[] = () -> exports(nested).trap()
    e = thrown(() -> exports(nested).trap())
    exports(nested).memory[100] = 0x41
    has(e, text) = occursin(text, String(copy(e.coredump)))
    @test e.coredump[1:8] == [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    @test has(e, "at the trap") && has(e, "corestack")
    @test !occursin("at the trap", sprint(showerror, e))
    # The trap of a nested call keeps its dump.
    e = thrown(() -> exports(nested).pass())
    @test e isa WasmTrap && has(e, "At the trap") && length(e.frames) == 2
    # It stays when the exception is sent to another process.
    close(store)
    file = IOBuffer()
    serialize(file, e)
    sent = deserialize(seekstart(file))
    @test sent.coredump == e.coredump && sent.code === :unreachable
end

@testset "a panic in the library is an error, and poisons only its store" begin
    store = WasmStore(engine)
    instance = WasmInstance(store, m)
    e = thrown(() -> SafeWasm.check(SafeWasm.API.safewasm_provoke_panic(C_NULL)))
    @test e isa WasmtimeError && e.code === :internal
    e = thrown(() -> SafeWasm.check(SafeWasm.API.safewasm_provoke_panic(store)))
    @test e.code === :internal
    @test thrown(() -> exports(instance)).code === :store_poisoned
    @test thrown(() -> WasmInstance(store, m)).code === :store_poisoned
    @test x.ok() == 1
    close(store)
    @test !isvalid(store) && !isvalid(instance)
end

@testset "frames have the files and lines of the debug info if the config says so" begin
    # lines.c has a function that the compiler inlined.
    file = joinpath(@__DIR__, "..", "examples", "lines.wasm")
    without = exports(instantiate(file))
    e = thrown(() -> without.ratio(6, 0))
    @test e.code === :integer_division_by_zero
    @test [(f.func, f.file, f.line) for f in e.frames] ==
          [("divide", nothing, 0), ("ratio", nothing, 0)]
    engine = WasmEngine(WasmConfig(backtrace_lines=true))
    lines = exports(WasmInstance(WasmStore(engine), WasmModule(engine, file)))
    @test lines.ratio(6, 3) == 5
    e = thrown(() -> lines.ratio(6, 0))
    @test e.code === :integer_division_by_zero
    @test [(f.func, f.file, f.line) for f in e.frames] ==
          [("divide", "./lines.c", 9), ("twice", "./lines.c", 13), ("ratio", "./lines.c", 17)]
    @test occursin("\n [2] twice at ./lines.c:13", sprint(showerror, e))
end
