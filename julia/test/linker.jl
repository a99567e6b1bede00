engine = WasmEngine()

# Calls `add` of `env`, which a linker defines.
const ADDS = WasmModule(
    engine,
    wat"""(module
        (import "env" "add" (func $add (param i32 i32) (result i32)))
        (func (export "go") (param i32 i32) (result i32)
            (call $add (local.get 0) (local.get 1))))""",
)
const COUNTS = WasmModule(engine, COUNTER)
const NEXT = WasmModule(
    engine,
    wat"""(module
        (import "counter" "next" (func $next (result i32)))
        (func (export "twice") (result i32) (drop (call $next)) (call $next)))""",
)

adding() =
    define!((a, b) -> a + b, WasmLinker(engine), "env", "add", (Int32, Int32) => Int32)
listed(linker) = [(d.module_name, d.name, string(d.type)) for d in keys(linker)]

@testset "a linker defines imports by name" begin
    linker = WasmLinker(engine)
    @test define!((a, b) -> a + b, linker, "env", "add", (Int32, Int32) => Int32) === linker
    for make in (
        store -> instantiate(linker, store, ADDS),
        store -> WasmInstance(store, ADDS, linker),
        store -> instantiate(WasmInstancePre(linker, ADDS), store),
    )
        instance = make(WasmStore(engine))
        @test instance isa WasmInstance
        @test call(instance, "go", 3, 4) === Int32(7)
    end
end

only_method(a::Int32, b::Int32) = a * b

@testset "functions are defined with signatures in each form" begin
    store = WasmStore(engine)
    linker = WasmLinker(engine; allow_shadowing=true)
    define!(linker, "env", "add", (Int32, Int32) => Int32) do a, b
        10a + b
    end
    @test call(instantiate(linker, store, ADDS), "go", 1, 2) == 12
    define!(linker, "env", "add", only_method)
    @test call(instantiate(linker, store, ADDS), "go", 3, 4) == 12
    define!(linker, "env", "add", WasmFunc(-, store, (Int32, Int32) => Int32))
    @test call(instantiate(linker, store, ADDS), "go", 3, 4) == -1
    linker["env", "add"] = WasmFunc(max, store, (Int32, Int32) => Int32)
    @test call(instantiate(linker, store, ADDS), "go", 3, 4) == 4
    e = thrown(() -> define!(linker, "env", "sin", sin))
    @test e isa ArgumentError && occursin("sin has", e.msg)
    @test get(linker, store, "env", "add")(5, 6) == 6
end

@testset "a linker's host function gets its caller, references, and throws" begin
    linker = WasmLinker(engine)
    object = ErrorException("from the linker")
    define!(linker, "env", "add", (Int32, Int32) => Int32) do caller::WasmCaller, a, b
        a == 0 && throw(object)
        a == 1 && return caller.go(2, b)
        a + b
    end
    define!((a, b) -> (b, a), linker, "env", "swap", (Any, WasmFunc) => (WasmFunc, Any))
    store = WasmStore(engine)
    instance = instantiate(linker, store, ADDS)
    @test call(instance, "go", 1, 5) == 7
    @test thrown(() -> call(instance, "go", 0, 0)) === object
    go = exports(instance).go
    @test get(linker, store, "env", "swap")("text", go) == (go, "text")
end

@testset "items of every kind are defined, and belong to their store" begin
    store = WasmStore(engine)
    linker = WasmLinker(engine)
    mem = WasmMemory(store, 1 => 2)
    define!(linker, "env", "memory", mem)
    define!(linker, "env", "table", WasmTable(store, 1 => 2))
    define!(linker, "env", "global", WasmGlobal(store, WasmGlobalType(Int32, true), 5))
    define!(linker, "env", "tag", WasmTag(store, (Int32,)))
    @test listed(linker) == [
        ("env", "memory", "memory 1 2"),
        ("env", "table", "table 1 2 funcref"),
        ("env", "global", "global (mut i32)"),
        ("env", "tag", "tag (i32) -> ()"),
    ]
    m = WasmModule(
        engine,
        wat"""(module
            (import "env" "memory" (memory 1))
            (import "env" "table" (table 1 funcref))
            (import "env" "global" (global $g (mut i32)))
            (import "env" "tag" (tag (param i32)))
            (func (export "go") (result i32)
                (i32.add (global.get $g) (i32.load8_u (i32.const 0)))))""",
    )
    mem[1] = 7
    @test call(instantiate(linker, store, m), "go") == 12
    get(linker, store, "env", "global")[] = 1
    @test call(instantiate(linker, store, m), "go") == 8
    @test get(linker, store, "env", "memory")[1] == 7
    e = thrown(() -> define!(linker, "env", "other", WasmMemory(WasmStore(engine), 1 => 2)))
    @test e.code === :wrong_store
    elsewhere = WasmStore(engine)
    for use in (
        () -> instantiate(linker, elsewhere, m),
        () -> instantiate(WasmInstancePre(linker, m), elsewhere),
        () -> get(linker, elsewhere, "env", "memory"),
    )
        @test thrown(use).code === :wrong_store
    end
    @test pages(WasmMemory(elsewhere, 1 => 1)) == 1
    foreign = WasmMemory(WasmStore(WasmEngine()), 1 => 2)
    @test thrown(() -> define!(linker, "env", "other", foreign)).code in
          (:wrong_store, :wrong_engine)
    @test length(linker) == 4
end

@testset "an object of another engine is refused" begin
    linker, foreign = adding(), WasmEngine()
    @test thrown(() -> instantiate(linker, WasmStore(foreign), ADDS)).code === :wrong_engine
    m = WasmModule(foreign, wat"(module)")
    @test thrown(() -> instantiate(linker, WasmStore(engine), m)).code === :wrong_engine
    @test thrown(() -> WasmInstancePre(linker, m)).code === :wrong_engine
    pre = WasmInstancePre(linker, ADDS)
    @test thrown(() -> instantiate(pre, WasmStore(foreign))).code === :wrong_engine
    @test call(instantiate(pre, WasmStore(engine)), "go", 1, 2) == 3
end

@testset "a name can be defined again only with shadowing" begin
    linker = adding()
    again() = define!((a, b) -> a - b, linker, "env", "add", (Int32, Int32) => Int32)
    e = thrown(again)
    @test e isa WasmtimeError && e.code === :invalid_argument
    @test occursin("`add` of `env`", e.message) && occursin("shadowing", e.message)
    @test call(instantiate(linker, WasmStore(engine), ADDS), "go", 3, 4) == 7
    @test allow_shadowing!(linker, true) === linker
    @test again() === linker
    @test call(instantiate(linker, WasmStore(engine), ADDS), "go", 3, 4) == -1
    @test length(linker) == 1
    allow_shadowing!(linker, false)
    @test thrown(again).code === :invalid_argument
end

@testset "a linker lists its definitions and looks them up" begin
    linker = WasmLinker(engine)
    @test isempty(keys(linker)) && length(linker) == 0
    @test sprint(show, linker) == "WasmLinker with 0 definitions"
    define!(identity, linker, "b", "second", Int64 => Int64)
    @test sprint(show, linker) == "WasmLinker with 1 definition"
    define!(() -> nothing, linker, "a", "first", () => ())
    @test listed(linker) == [("b", "second", "(i64) -> i64"), ("a", "first", "() -> ()")]
    @test length(linker) == 2
    store = WasmStore(engine)
    @test get(linker, store, "b", "second")(2) === Int64(2)
    e = thrown(() -> get(linker, store, "b", "secnd"))
    @test e isa WasmtimeError && e.code === :not_found
    @test occursin("`secnd` of `b`", e.message)
    @test occursin("did you mean `second` of `b`", e.message)
    @test thrown(() -> get(linker, store, "none", "at all")).code === :not_found
    @test linker == linker != WasmLinker(engine)
end

@testset "the error for a missing import has its type and near names" begin
    linker = WasmLinker(engine)
    define!((a, b) -> a, linker, "env", "ad", (Int32, Int32) => Int32)
    define!((a, b) -> a, linker, "nev", "add", (Int32, Int32) => Int32)
    store = WasmStore(engine)
    for make in (
        () -> instantiate(linker, store, ADDS),
        () -> WasmInstance(store, ADDS, linker),
        () -> WasmInstancePre(linker, ADDS),
    )
        e = thrown(make)
        @test e isa WasmtimeError && e.code === :link
        @test occursin("import `add` of module `env` is missing", e.message)
        @test occursin("expected func (i32, i32) -> i32", e.message)
        @test occursin("did you mean", e.message) && occursin("`ad` of `env`", e.message)
    end
    define!(+, linker, "env", "add", (Int32, Int32) => Int32)
    @test call(instantiate(linker, store, ADDS), "go", 1, 2) == 3
end

@testset "the error for an import of another type has both types" begin
    store = WasmStore(engine)
    for (item, given) in (
        WasmFunc(identity, store, Int32 => Int32) => "func (i32) -> i32",
        WasmMemory(store, 1 => 2) => "memory 1 2",
        WasmGlobal(store, WasmGlobalType(Float64, false), 1) => "global f64",
    )
        linker = define!(WasmLinker(engine), "env", "add", item)
        for make in
            (() -> instantiate(linker, store, ADDS), () -> WasmInstancePre(linker, ADDS))
            e = thrown(make)
            @test e.code === :link
            @test occursin("expected func (i32, i32) -> i32, given $given", e.message)
        end
    end
end

@testset "an instance's exports become imports together" begin
    store = WasmStore(engine)
    counter = WasmInstance(store, COUNTS)
    linker = WasmLinker(engine)
    @test define_instance!(linker, "counter", counter) === linker
    names = [d.name for d in keys(linker)]
    @test names == ["memory", "count", "table", "next", "load", "grow"]
    # All importers share it.
    @test call(instantiate(linker, store, NEXT), "twice") == 2
    @test call(instantiate(linker, store, NEXT), "twice") == 4
    @test exports(counter).count[] == 4
    @test get(linker, store, "counter", "next")() == 5
    e = thrown(() -> define_instance!(linker, "counter", counter))
    @test e.code === :invalid_argument && occursin("of `counter`", e.message)
    elsewhere = WasmInstance(WasmStore(engine), COUNTS)
    @test thrown(() -> define_instance!(linker, "other", elsewhere)).code === :wrong_store
    @test length(linker) == 6
    # If one name is defined already, no name is defined.
    taken = define!(() -> 1, WasmLinker(engine), "counter", "next", () => Int32)
    e = thrown(() -> define_instance!(taken, "counter", counter))
    @test e.code === :invalid_argument
    @test length(taken) == 1
end

# A module that counts its calls, and logs when `name` is called.
counting(name) = WasmModule(
    engine,
    wat2wasm("""(module
        (import "env" "log" (func \$log (param i32)))
        (global \$n (mut i32) (i32.const 0))
        (func (export "$name") (call \$log (i32.const 7)))
        (func (export "next") (result i32)
            (global.set \$n (i32.add (global.get \$n) (i32.const 1)))
            (global.get \$n)))"""),
)

function logging()
    logged, linker = Int32[], WasmLinker(engine)
    return logged, define!(x -> push!(logged, x), linker, "env", "log", Int32 => ())
end

@testset "a reactor is instantiated once, and initialized" begin
    store, (logged, linker) = WasmStore(engine), logging()
    @test define_module!(linker, store, "counter", counting("_initialize")) === linker
    @test logged == [7]
    @test call(instantiate(linker, store, NEXT), "twice") == 2
    @test call(instantiate(linker, store, NEXT), "twice") == 4
    @test logged == [7]
    e = thrown(() -> define_module!(linker, store, "counter", COUNTS))
    @test e.code === :invalid_argument
end

@testset "a command has a fresh instance for each call" begin
    store, (logged, linker) = WasmStore(engine), logging()
    define_module!(linker, store, "counter", counting("_start"))
    @test isempty(logged)
    instance = instantiate(linker, store, NEXT)
    @test [call(instance, "twice") for _ in 1:3] == [1, 1, 1]
    @test get(linker, store, "counter", "next")() == 1
    get(linker, store, "counter", "_start")()
    get(linker, store, "counter", "_start")()
    @test logged == [7, 7]
end

@testset "a module that can't be linked or that traps defines nothing" begin
    store, linker = WasmStore(engine), WasmLinker(engine)
    e = thrown(() -> define_module!(linker, store, "counter", counting("_initialize")))
    @test e.code === :link && occursin("`log` of module `env` is missing", e.message)
    traps = WasmModule(
        engine,
        wat"""(module (func (export "_initialize") unreachable) (func (export "f")))""",
    )
    @test thrown(() -> define_module!(linker, store, "m", traps)).code === :unreachable
    problem = ErrorException("in the log")
    define!(_ -> throw(problem), linker, "env", "log", Int32 => ())
    e = thrown(() -> define_module!(linker, store, "m", counting("_initialize")))
    @test e === problem
    @test length(linker) == 1
end

const UNKNOWN = WasmModule(
    engine,
    wat"""(module
        (import "env" "add" (func $add (param i32 i32) (result i32)))
        (import "env" "numbers" (func $numbers (result i32 i64 f32 f64 v128 externref)))
        (func (export "add") (result i32) (call $add (i32.const 1) (i32.const 2)))
        (func (export "numbers") (result i32 i64 f32 f64 v128 externref)
            (call $numbers)))""",
)

@testset "unknown imports become functions that trap with their name" begin
    store, linker = WasmStore(engine), adding()
    @test define_unknown_imports_as_traps!(linker, UNKNOWN) === linker
    @test [d.name for d in keys(linker)] == ["add", "numbers"]
    instance = instantiate(linker, store, UNKNOWN)
    @test call(instance, "add") == 3
    for _ in 1:2
        e = thrown(() -> call(instance, "numbers"))
        @test e isa WasmTrap
        @test occursin("`numbers`", e.message) && occursin("`env`", e.message)
    end
    @test call(instance, "add") == 3
end

@testset "unknown imports become default values" begin
    store, linker = WasmStore(engine), adding()
    @test define_unknown_imports_as_default_values!(linker, store, UNKNOWN) === linker
    instance = instantiate(linker, store, UNKNOWN)
    @test call(instance, "add") == 3
    @test call(instance, "numbers") ===
          (Int32(0), Int64(0), 0.0f0, 0.0, ntuple(_ -> 0x00, 16), nothing)
    items = WasmModule(
        engine,
        wat"""(module
            (import "env" "memory" (memory 2 3))
            (import "env" "table" (table 4 funcref))
            (import "env" "global" (global (mut f64)))
            (export "memory" (memory 0)) (export "table" (table 0))
            (export "global" (global 0)))""",
    )
    define_unknown_imports_as_default_values!(linker, store, items)
    x = exports(instantiate(linker, store, items))
    @test (pages(x.memory), length(x.table), x.global[]) == (2, 4, 0.0)
    no_default = WasmModule(
        engine, wat"""(module (import "env" "object" (func (result (ref extern)))))"""
    )
    e = thrown(() -> define_unknown_imports_as_default_values!(linker, store, no_default))
    @test e.code === :link
    @test occursin("`object` of module `env`", e.message) && occursin("default", e.message)
end

@testset "a pre-instantiation makes instances in many stores" begin
    calls = Ref(0)
    linker = define!(WasmLinker(engine), "env", "add", (Int32, Int32) => Int32) do a, b
        calls[] += 1
        a + b
    end
    pre = WasmInstancePre(linker, ADDS)
    @test sprint(show, pre) == "WasmInstancePre"
    # The linker isn't needed any more.
    allow_shadowing!(linker, true)
    define!((a, b) -> 0, linker, "env", "add", (Int32, Int32) => Int32)
    close(linker)
    instances = [instantiate(pre, WasmStore(engine)) for _ in 1:20]
    close(pre)
    GC.gc()
    @test [call(instances[n], "go", n, 1) for n in 1:20] == 2:21
    @test calls[] == 20
    @test sprint(show, pre) == "WasmInstancePre (closed)"
    @test thrown(() -> instantiate(pre, WasmStore(engine))) isa WasmtimeError
end

const LINKED_FREED = Ref(0)
mutable struct Offset
    by::Int
end

# An instance, or a function, whose linker is garbage.
@noinline function orphaned(by, make, closes=false)
    offset = finalizer(_ -> (LINKED_FREED[] += 1), Offset(by))
    linker = WasmLinker(engine)
    define!((a, b) -> a + b + offset.by, linker, "env", "add", (Int32, Int32) => Int32)
    made = make(linker, WasmStore(engine))
    closes && close(linker)
    return made
end

@testset "a linker's host functions live as long as instances use them" begin
    LINKED_FREED[] = 0
    direct(linker, store) = instantiate(linker, store, ADDS)
    settled(linker, store) = instantiate(WasmInstancePre(linker, ADDS), store)
    taken(linker, store) = get(linker, store, "env", "add")
    instances = Any[
        orphaned(1, direct), orphaned(2, settled), orphaned(3, direct, true),
        orphaned(4, settled, true),
    ]
    f, g = orphaned(5, taken), orphaned(6, taken, true)
    for _ in 1:3
        GC.gc()
        WasmStore(engine)
    end
    @test LINKED_FREED[] == 0
    @test [call(instance, "go", 10, 0) for instance in instances] == 11:14
    @test (f(10, 0), g(10, 0)) == (15, 16)
    foreach(instance -> close(instance.store), instances)
    empty!(instances)
    for _ in 1:4
        GC.gc()
        WasmStore(engine)
    end
    @test LINKED_FREED[] >= 3
    @test (f(10, 0), g(10, 0)) == (15, 16)
end

@testset "using a closed linker or store is an error" begin
    store, linker, instance = WasmStore(engine), adding(), nothing
    instance = instantiate(linker, store, ADDS)
    close(linker)
    @test !isvalid(linker) && sprint(show, linker) == "WasmLinker (closed)"
    for use in (
        () -> length(linker),
        () -> keys(linker),
        () -> define!(identity, linker, "a", "b", Int32 => Int32),
        () -> define!(linker, "a", "b", exports(instance).go),
        () -> define_instance!(linker, "a", instance),
        () -> define_module!(linker, store, "a", COUNTS),
        () -> define_unknown_imports_as_traps!(linker, ADDS),
        () -> define_unknown_imports_as_default_values!(linker, store, ADDS),
        () -> instantiate(linker, store, ADDS),
        () -> WasmInstance(store, ADDS, linker),
        () -> WasmInstancePre(linker, ADDS),
        () -> get(linker, store, "env", "add"),
        () -> allow_shadowing!(linker, true),
    )
        e = thrown(use)
        @test e isa WasmtimeError && occursin("Invalid linker", e.message)
    end
    @test call(instance, "go", 1, 2) == 3
    close(store)
    linker = adding()
    for use in (
        () -> instantiate(linker, store, ADDS),
        () -> define_module!(linker, store, "a", COUNTS),
        () -> get(linker, store, "env", "add"),
    )
        e = thrown(use)
        @test e isa WasmtimeError && occursin("Invalid store", e.message)
    end
    @test call(instantiate(linker, WasmStore(engine), ADDS), "go", 1, 2) == 3
end
