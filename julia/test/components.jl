# Components as objects: where they come from, what they show, and their artifacts.

using Distributed
using Serialization

engine = WasmEngine()

# A component with functions, an interface and a resource.
const SIZED_TEXT = """(component
    (import "docs:shop/stock" (instance
        (export "item" (type (sub resource)))
        (export "[method]item.price" (func (param "self" (borrow 0)) (result f64)))
        (export "count" (func (param "of" string) (result u32)))))
    (import "beep" (func))
    (core module \$m
        (func (export "area") (param f64 f64) (result f64) (f64.mul (local.get 0) (local.get 1)))
        (func (export "ring")))
    (core instance \$i (instantiate \$m))
    (func (export "area") (param "width" f64) (param "height" f64) (result f64)
        (canon lift (core func \$i "area")))
    (func (export "ring") (canon lift (core func \$i "ring"))))"""
const SIZED = wat2wasm(SIZED_TEXT)

const SIZED_WIT = """
    package root:component;

    world root {
      import docs:shop/stock;
      import beep: func();

      export area: func(width: f64, height: f64) -> f64;
      export ring: func();
    }
    package docs:shop {
      interface stock {
        resource item {
          price: func() -> f64;
        }

        count: func(of: string) -> u32;
      }
    }"""

shown(x) = repr("text/plain", x)

# The names and the types of a list, as texts.
listed(list) = [(item.name, repr(item.type)) for item in list]

const SIZED_EXPORTS = [
    ("area", "func(width: f64, height: f64) -> f64"),
    ("ring", "func()"),
]

@testset "a component comes from bytes, from text, and from files of either" begin
    mktempdir() do folder
        binary, text = joinpath(folder, "sized.wasm"), joinpath(folder, "sized.wat")
        write(binary, SIZED)
        write(text, SIZED_TEXT)
        for c in (
            WasmComponent(engine, SIZED),
            WasmComponent(engine, view(SIZED, :)),
            WasmComponent(WasmStore(engine), SIZED; progress=false),
            WasmComponent(engine, binary),
            WasmComponent(engine, text),
            WasmComponent(engine, SafeWasm.wasm_file(binary)),
            WasmComponent(engine, SafeWasm.wasm_file(text)),
        )
            @test c.engine === engine && wasm_bytes(c) == SIZED
            @test listed(exports(c)) == SIZED_EXPORTS
        end
        write(text, "(component\n  (oops))")
        e = thrown(() -> WasmComponent(engine, text))
        @test e.code === :invalid_text && occursin("sized.wat: ", e.message)
        e = thrown(() -> WasmComponent(engine, joinpath(folder, "none.wasm")))
        @test e isa SystemError && e.errnum == Libc.ENOENT
        e = thrown(() -> WasmComponent(engine, "(component)"))
        @test e.message == "the path is the text of a component, not the path of a file; " *
            "compile text with `wat2wasm`"
        e = thrown(() -> WasmComponent(engine, String(copy(SIZED))))
        @test e isa ArgumentError && occursin("the bytes of a component; `read(path)`", e.msg)
    end
    @test isopen(WasmComponent(engine, wat"(component)"))
end

@testset "a component is shown as its world in WIT, and on one line by its counts" begin
    c = WasmComponent(engine, SIZED)
    @test shown(c) == SIZED_WIT
    @test repr(c) == string(c) == "WasmComponent with 2 imports and 2 exports"
    limited = IOContext(IOBuffer(), :limit => true, :displaysize => (12, 60))
    show(limited, MIME("text/plain"), c)
    lines = split(String(take!(limited.io)), '\n')
    @test lines == [split(SIZED_WIT, '\n')[1:7]; "⋮"]
    # No world in WIT exports a type.
    point = WasmComponent(engine, wat"""(component
        (type $p (record (field "x" u8))) (export "point" (type $p)))""")
    @test shown(point) == "world {\n  export point: record { x: u8 };\n}"
    close(c)
    @test shown(c) == repr(c) == "WasmComponent (closed)"
end

@testset "control characters in a component's comments are escaped" begin
    docs = "{\"worlds\":{\"root\":{\"docs\":\"red \\u001b[31m\"}}}"
    text = "(component (import \"f\" (func)) (@custom \"package-docs\" \"\\00$(escape_string(docs))\"))"
    said = shown(WasmComponent(engine, wat2wasm(text)))
    @test occursin("red \\e[31m", said) && !occursin('\e', said)
    @test SafeWasm.printable("a\e\n\tb", "\n\t") == "a\\e\n\tb"
end

@testset "imports and exports come in order, with their types, and are found by name" begin
    c = WasmComponent(engine, SIZED)
    @test listed(exports(c)) == SIZED_EXPORTS
    @test listed(imports(c)) ==
        [("docs:shop/stock", "interface with 3 exports"), ("beep", "func()")]
    @test exports(c)["ring"] == exports(c)[:ring] == exports(c)[2]
    @test exports(c)["ring"].type == imports(c)["beep"].type != exports(c)["area"].type
    @test exports(c) == exports(c) && hash(exports(c)) == hash(exports(c))
    @test summary(exports(c)) == "2 exports" && summary(imports(c)) == "2 imports"
    @test haskey(exports(c), "area") && !haskey(exports(c), "are")
    @test thrown(() -> exports(c)["are"]) isa KeyError
    @test thrown(() -> exports(c).area).msg ==
        "a list of exports has no property `area`; `list[\"area\"].type` is the type of the export"
    @test endswith(thrown(() -> imports(c).bep).msg, "and there is no import of this name")
    @test endswith(thrown(() -> c.exports).msg, "it has `engine`; see `exports(c)`")
    none = WasmComponent(engine, wat"(component)")
    @test isempty(imports(none)) && exports(none) == []
end

@testset "a WIT type has a kind, a text and the items of an interface" begin
    c = WasmComponent(engine, SIZED)
    stock, area = imports(c)["docs:shop/stock"].type, exports(c)["area"].type
    close(c)
    GC.gc()
    @test (stock.kind, area.kind, propertynames(area)) == (:interface, :func, (:kind,))
    @test string(area) == repr(area) == shown(area)
    @test string(stock) == shown(stock) && startswith(shown(stock), "interface {\n  resource item;\n")
    @test listed(exports(stock)) == [
        ("item", "resource item"),
        ("[method]item.price", "func(self: borrow<item>) -> f64"),
        ("count", "func(of: string) -> u32"),
    ]
    @test exports(stock)["item"].type.kind === :resource
    @test isempty(exports(area))
    @test allunique(Any[area, stock, exports(stock)[1].type]) && deepcopy(area) === area
    for use in (() -> area.text, () -> (area.kind = :func))
        @test thrown(use) isa ArgumentError
    end
    long = join(("(field \"a$i\" u8)" for i in 1:1000), ' ')
    wide = WasmComponent(engine, wat2wasm("(component (type \$t (record $long)) (export \"t\" (type \$t)))"))
    type = exports(wide)["t"].type
    @test length(sprint(show, type; context=:limit => true)) == 200 && length(repr(type)) > 5000
end

@testset "a module in place of a component, and a component in place of a module, is an error that says so" begin
    large(text) = replace(text, r"\)$" => "(@custom \"more\" \"$(repeat("x", 1000))\"))")
    mktempdir() do folder
        path = joinpath(folder, "file.wasm")
        for (T, text, said) in (
            (WasmModule, "(component)", "it is a component, not a module; `WasmComponent` compiles components"),
            (WasmComponent, "(module)", "it is a core module, not a component; `WasmModule` compiles modules"),
        ), wasm in (wat2wasm(text), wat2wasm(large(text)))
            write(path, wasm)
            told = Ref(0)
            for source in (wasm, path)
                e = thrown(() -> T(engine, source; progress=(_, _) -> told[] += 1))
                @test e isa WasmtimeError && e.code === :invalid_module && occursin(said, e.message)
            end
            # Nothing was compiled.
            @test told[] == 0
        end
        artifact = compiled(engine, wat"(component)")
        for (T, bytes) in (WasmModule => artifact, WasmComponent => compiled(engine, wat"(module)"))
            @test occursin("load it by `unsafe_load_compiled`", thrown(() -> T(engine, bytes)).message)
        end
    end
end

@testset "bytes that aren't a component are an error" begin
    for bytes in (UInt8[], SIZED[1:4], SIZED[1:(end - 3)], [SIZED; 0xff], rand(UInt8, 100) .| 0x80)
        for use in (() -> WasmComponent(engine, bytes), () -> WasmComponent(engine, bytes; progress=(_, _) -> nothing))
            e = thrown(use)
            @test e isa WasmtimeError && e.code === :invalid_module
            @test startswith(e.message, "Invalid component: ") && !occursin("safewasm", e.message)
        end
    end
    small = WasmEngine(max_module_size=100)
    @test thrown(() -> WasmComponent(small, SIZED)).code === :limit
end

@testset "a component with asynchronous functions isn't supported" begin
    for wasm in (
        wat"""(component (import "f" (func async)))""",
        wat"""(component (core func (canon task.cancel)))""",
        wat"""(component (import "f" (func (param "x" (stream u8)))))""",
    ), progress in (nothing, (_, _) -> nothing)
        e = thrown(() -> WasmComponent(engine, wasm; progress=progress))
        @test e isa WasmtimeError && e.code === :unsupported
        @test occursin("such as asynchronous functions, streams and futures", e.message)
    end
end

# A component with so many functions, and the bytes of it.
function with_many(count)
    step = "(local.set 1 (i32.add (i32.mul (local.get 0) (local.get 1)) (local.get 0)))"
    f = "(func (param i32) (result i32) (local i32) $(repeat(step, 40)) (local.get 1))"
    return wat2wasm("(component (core module $(repeat(f, count))))")
end
const MANY_ITEMS = with_many(600)

@testset "a component is compiled in the background, with its progress" begin
    told = Tuple{Int,Int}[]
    note(done, total) = push!(told, (done, total))
    for compile in (WasmComponent, compiled)
        empty!(told)
        compile(engine, MANY_ITEMS; progress=note)
        @test issorted(told) && last(told) == (600, 600)
    end
    has_run = Ref(false)
    task = @async (has_run[] = true)
    WasmComponent(engine, MANY_ITEMS)
    @test has_run[]
    wait(task)
    calls = Ref(0)
    mine = WasmtimeError("mine", :limit)
    @test thrown(() -> WasmComponent(engine, MANY_ITEMS; progress=(_, _) -> (calls[] += 1; throw(mine)))) === mine
    @test calls[] == 1
end

@testset "an interrupt of the task that waits gives the component up at once" begin
    told = Channel{Any}(Inf)
    very_many = with_many(8000)
    task = @async thrown() do
        WasmComponent(engine, very_many; progress=(done, total) -> put!(told, done => total))
    end
    take!(told)
    schedule(task, InterruptException(); error=true)
    @test fetch(task) isa InterruptException
    close(told)
    @test all(done < total for (done, total) in told)
end

@testset "a component is compiled once for all engines with a cache" begin
    mktempdir() do folder
        for (hits, misses) in ((0, 1), (1, 0)), wasm in (SIZED, wat"(component)")
            cached = WasmEngine(cache=folder)
            WasmComponent(cached, wasm)
            @test cache_counts(cached) === (hits=hits, misses=misses, failures=0)
        end
    end
end

@testset "a component that was compiled before is as one that is compiled" begin
    c = WasmComponent(engine, SIZED)
    path = joinpath(mktempdir(), "sized.artifact")
    write(path, compiled(engine, SIZED))
    for artifact in (compiled(c), compiled(engine, SIZED), compiled(engine, SIZED; progress=(_, _) -> nothing), path)
        loaded = unsafe_load_compiled(engine, artifact)
        @test loaded isa WasmComponent && loaded.engine === engine
        @test wasm_bytes(loaded) == SIZED && shown(loaded) == shown(c)
        @test listed(exports(loaded)) == SIZED_EXPORTS
        @test compiled(loaded) == compiled(c)
    end
    @test wasm_bytes(compiled(c)) == SIZED
    write(path, compiled(engine, wat"(module)"))
    @test unsafe_load_compiled(engine, path) isa WasmModule
    fueled = WasmEngine(consume_fuel=true)
    write(path, compiled(c))
    for artifact in (compiled(c), path)
        e = thrown(() -> unsafe_load_compiled(fueled, artifact))
        @test e.code === :incompatible && occursin("compiled with `consume_fuel` off", e.message)
    end
    artifact = compiled(c)
    artifact[end ÷ 2] ⊻= 0x10
    for damaged in (artifact, artifact[1:(end - 1)])
        e = thrown(() -> unsafe_load_compiled(engine, damaged))
        @test e.code === :invalid_artifact && !occursin("safewasm", e.message)
    end
    e = thrown(() -> unsafe_load_compiled(engine, SIZED))
    @test occursin("`WasmComponent` compiles components", e.message)
end

# What arrives in another process.
function arrived(x)
    message = IOBuffer()
    serialize(Distributed.ClusterSerializer(message), x)
    return deserialize(Distributed.ClusterSerializer(seekstart(message)))
end

# What was written to a file and read again.
function written(x)
    file = IOBuffer()
    serialize(file, x)
    return deserialize(seekstart(file))
end

@testset "a component is sent to other processes and written to files" begin
    fueled = WasmEngine(; consume_fuel=true)
    c, m = WasmComponent(fueled, SIZED), WasmModule(fueled, wat"(module)")
    first, second, other = written((c, c, m))
    @test first === second !== c && first.engine === other.engine
    @test first isa WasmComponent && shown(first) == shown(c)
    @test written(c) !== first
    received = arrived(c)
    @test received !== c && arrived([c])[1] === received && wasm_bytes(received) == SIZED
    @test getfield(received.engine, :settings) == getfield(fueled, :settings)
    # Where the code doesn't fit, it is compiled again.
    settings = SafeWasm.SentEngine(WasmEngine())
    again = SafeWasm.receive(SafeWasm.SentUnit(settings, (0, 0), compiled(c)))
    @test again isa WasmComponent && wasm_bytes(again) == SIZED
    close(c)
    @test thrown(() -> written(c)) isa ArgumentError
    @test sprint(show, arrived(c)) == "WasmComponent (closed)"
end

@testset "WIT types are sent as what they are" begin
    stock = imports(WasmComponent(engine, SIZED))["docs:shop/stock"].type
    for there in (written(stock), arrived(stock), arrived(written(stock)))
        @test there == stock && hash(there) == hash(stock) && there.kind === :interface
        @test listed(exports(there)) == listed(exports(stock)) && shown(there) == shown(stock)
    end
    @test written(exports(stock)) == exports(stock)
    same, also = written((stock, stock))
    @test same === also
end

@testset "using a closed component, or one of a closed engine, is an error or works as before" begin
    own = WasmEngine()
    c = WasmComponent(own, SIZED)
    close(own)
    @test length(exports(c)) == 2 && wasm_bytes(c) == SIZED
    @test thrown(() -> WasmComponent(own, SIZED)).message == "Invalid engine: the engine is closed"
    close(c), close(c)
    @test c == c && !isopen(c) && !isvalid(c) && c.ptr == C_NULL
    for use in (imports, exports, compiled, wasm_bytes)
        e = thrown(() -> use(c))
        @test e.code === :invalid_handle && e.message == "Invalid component: the component is closed"
    end
    other = WasmComponent(engine, SIZED)
    @test other != WasmComponent(engine, SIZED) && other == other
    other.ptr = C_NULL
    @test !isopen(other)
end

@testset "components that nobody closes are collected before there are no mappings left" begin
    gone, empty = Ref(0), wat"(component)"
    for _ in 1:2000
        finalizer(_ -> gone[] += 1, WasmComponent(engine, empty))
    end
    @test gone[] > 1000
end
