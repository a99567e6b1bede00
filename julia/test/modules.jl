engine = WasmEngine()

@testset "a module comes from bytes, from text, and from files of either" begin
    mktempdir() do folder
        binary, source = joinpath(folder, "m.wasm"), joinpath(folder, "m.wat")
        write(binary, COUNTER)
        write(source, "(module (func (export \"f\")))")
        for m in (WasmModule(engine, read(binary)), WasmModule(engine, binary))
            @test length(exports(m)) == 6
            @test m.engine === engine
        end
        @test only(exports(WasmModule(engine, source))).name == "f"
        @test WasModule === WasmModule
        broken = joinpath(folder, "broken.wat")
        write(broken, "(module\n  (oops))")
        @test occursin("broken.wat", thrown(() -> WasmModule(engine, broken)).message)

        missing_file = thrown(() -> WasmModule(engine, joinpath(folder, "none.wasm")))
        @test missing_file isa SystemError
        @test missing_file.errnum == Base.Libc.ENOENT
        @test occursin("none.wasm", missing_file.prefix)
        @test thrown(() -> WasmModule(engine, folder)) isa SystemError
    end
end

@testset "bytes that aren't a module are an error" begin
    good = COUNTER
    for bytes in (UInt8[], good[1:4], good[1:(end - 3)], rand(UInt8, 100), zeros(UInt8, 8))
        e = thrown(() -> WasmModule(engine, bytes))
        @test e isa WasmtimeError
        @test e.code === :invalid_module
        @test startswith(e.message, "Invalid module")
        @test !validate(engine, bytes)
    end
    @test validate(engine, good)
    @test isvalid(WasmModule(engine, good))
end

@testset "a syntax error in text has its place" begin
    e = thrown(() -> wat2wasm("(module\n  (func (expotr \"f\")))"))
    @test e isa WasmtimeError
    @test e.code === :invalid_text
    @test occursin("line 2, column 10", e.message)
    @test occursin("expotr", e.message)
    @test wat2wasm("(module)") == [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
    @test thrown(() -> wat2wasm("(module \xff)")).code === :invalid_argument
end

@testset "imports and exports come in order, with full types" begin
    m = WasmModule(
        engine,
        wat"""(module
            (import "env" "log" (func (param i32 f64) (result i64 f32)))
            (import "env" "mem" (memory 1 10))
            (import "host" "tab" (table 2 externref))
            (import "host" "g" (global (mut v128)))
            (import "host" "e" (tag (param i32)))
            (func (export "f") (param funcref))
            (global (export "ten") i32 (i32.const 10)))""",
    )
    @test [(i.module_name, i.name, string(i.type)) for i in imports(m)] == [
        ("env", "log", "(i32, f64) -> (i64, f32)"),
        ("env", "mem", "memory 1 10"),
        ("host", "tab", "table 2 externref"),
        ("host", "g", "global (mut v128)"),
        ("host", "e", "tag (i32) -> ()"),
    ]
    @test [(e.name, string(e.type)) for e in exports(m)] ==
          [("f", "(funcref) -> ()"), ("ten", "global i32")]
    @test imports(m)[2].type == WasmMemoryType(1, 10, 65536, false, false)
    @test imports(m)[1].type.params == [WasmValType(Int32), WasmValType(Float64)]
end

@testset "imports and exports are also found by name" begin
    m = WasmModule(
        engine,
        wat"""(module
            (import "env" "log" (func (param i32)))
            (import "host" "log" (global i32))
            (import "env" "mem" (memory 1))
            (import "" "" (func (result i64)))
            (export "run" (func 0))
            (export "memory" (memory 0)))""",
    )
    @test exports(m)["memory"] === exports(m)[:memory] === exports(m)[2]
    @test exports(m)["run"].type == imports(m)["env"]["log"].type
    @test imports(m)["host"][:log] == imports(m)[2] && imports(m)[""][""].type == imports(m)[4].type
    @test [i.name for i in imports(m)["env"]] == ["log", "mem"]
    @test map(i -> i.name, imports(m)) == ["log", "log", "mem", ""] && length(exports(m)) == 2
    @test haskey(exports(m), "run") && !haskey(exports(m), "ru")
    @test haskey(imports(m), "env") && !haskey(imports(m), "log")
    @test get(exports(m), "none", 5) == 5 && get(imports(m)["env"], "none", nothing) === nothing
    for missing in (() -> exports(m)["none"], () -> imports(m)["log"], () -> imports(m)["env"][:x])
        @test thrown(missing) isa KeyError
    end
    @test summary(exports(m)) == "2 exports" && summary(imports(m)["host"]) == "1 import"
    none = WasmModule(engine, wat"(module)")
    @test isempty(imports(none)) && exports(none) == [] && thrown(() -> exports(none)[""]) isa KeyError
    @test thrown(() -> exports(none)[1]) isa BoundsError
end

@testset "a module has a name, custom sections and needs of resources" begin
    m = WasmModule(
        engine,
        wat"""(module $named
            (@custom "first" "xyz") (@custom "empty" "") (@custom "first" "\00\ff")
            (import "env" "memory" (memory 20))
            (memory 3 9) (memory 1) (table 4 funcref) (table 2 externref))""",
    )
    @test module_name(m) == "named"
    sections = filter(section -> first(section) != "name", custom_sections(m))
    @test sections ==
          ["first" => Vector{UInt8}("xyz"), "empty" => UInt8[], "first" => [0x00, 0xff]]
    @test resources(m) ==
          (memories=2, tables=2, max_memory_size=3, max_table_size=4)
    plain = WasmModule(engine, wat"(module)")
    @test module_name(plain) === nothing
    @test isempty(custom_sections(plain))
    @test resources(plain) ==
          (memories=0, tables=0, max_memory_size=0, max_table_size=0)
    close(m)
    for use in (module_name, custom_sections, resources)
        e = thrown(() -> use(m))
        @test e isa WasmtimeError && occursin("Invalid module", e.message)
    end
end
