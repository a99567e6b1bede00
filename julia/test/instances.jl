engine = WasmEngine()
counter = WasmModule(engine, COUNTER)

function check_own_state(one, other)
    @test [call(one, "next") for _ in 1:3] == [1, 2, 3]
    @test call(other, "next") == 1
    exports(one).memory[1] = 7
    @test call(one, "load", 0) == 7
    @test call(other, "load", 0) == 0
    @test exports(other).memory[1] == 0
    call(one, "grow", 1)
    @test (pages(exports(one).memory), pages(exports(other).memory)) == (2, 1)
end

@testset "instances in two stores have their own state" begin
    check_own_state(Instance(Store(engine), counter), Instance(Store(engine), counter))
end

@testset "instances in one store have their own state" begin
    store = WasmStore(engine)
    check_own_state(WasmInstance(store, counter), WasmInstance(store, counter))
end

@testset "the documented mistakes are errors, one after the other in one session" begin
    store, mod = Store(Engine()), nothing
    mod = WasmModule(store.engine, COUNTER)
    store.ptr = C_NULL
    e = thrown(() -> Instance(store, mod))
    @test e isa WasmtimeError
    @test occursin("Invalid store", e.message)
    mod.ptr = C_NULL
    e = thrown(() -> Instance(store, mod))
    @test e isa WasmtimeError
    @test occursin("Invalid module", e.message)
end

@testset "an object of one store can't be used with another" begin
    importer = WasmModule(
        engine,
        wat"""(module (import "a" "next" (func (result i32)))
                      (import "a" "memory" (memory 1)))""",
    )
    source = exports(WasmInstance(WasmStore(engine), counter))
    store = WasmStore(engine)
    own = exports(WasmInstance(store, counter))
    @test isvalid(WasmInstance(store, importer, [own.next, own.memory]))
    for items in ([source.next, own.memory], [own.next, source.memory])
        e = thrown(() -> WasmInstance(store, importer, items))
        @test e isa WasmtimeError
        @test e.code === :wrong_store
    end
    # Also across engines.
    foreign = WasmEngine()
    elsewhere = exports(WasmInstance(WasmStore(foreign), WasmModule(foreign, COUNTER)))
    @test thrown(() -> WasmInstance(store, importer, [elsewhere.next, own.memory])).code ===
          :wrong_store
    e = thrown(() -> WasmInstance(WasmStore(foreign), counter))
    @test e.code === :wrong_engine
    @test occursin("module", e.message)
    # The store can still be used.
    @test isvalid(WasmInstance(store, importer, [own.next, own.memory]))
end

@testset "imports are given by position or by name" begin
    importer = WasmModule(
        engine,
        wat"""(module (import "a" "next" (func $next (result i32)))
                      (import "b" "memory" (memory 1))
                      (import "b" "count" (global (mut i32)))
                      (import "b" "table" (table 1 funcref))
                      (func (export "twice") (result i32) (drop (call $next)) (call $next)))""",
    )
    store = WasmStore(engine)
    x = exports(WasmInstance(store, counter))
    b = (memory=x.memory, count=x.count, table=x.table)
    for make in (
        () -> WasmInstance(store, importer, [x.next, x.memory, x.count, x.table]),
        () -> WasmInstance(store, importer; a=(next=x.next,), b=b),
        () -> WasmInstance(store, importer, (a=(next=x.next,), b=b)),
        () -> WasmInstance(store, importer, Dict("a" => Dict("next" => x.next), "b" => b)),
        () -> WasmInstance(store, importer, ["a" => ["next" => x.next], "b" => b]),
    )
        before = call(make(), "twice")
        @test call(make(), "twice") == before + 2
    end
end

@testset "an import that is missing or wrong is named, with its type" begin
    importer = WasmModule(engine, wat"""(module (import "env" "log" (func (param i32))))""")
    store = WasmStore(engine)
    for make in (
        () -> WasmInstance(store, importer),
        () -> WasmInstance(store, importer; env=(lag=1,)),
        () -> WasmInstance(store, importer; other=(log=1,)),
    )
        e = thrown(make)
        @test e isa WasmtimeError
        @test e.code === :link
        @test occursin("env", e.message) && occursin("log", e.message)
        @test occursin("func (i32) -> ()", e.message)
    end
    next = exports(WasmInstance(store, counter)).next
    e = thrown(() -> WasmInstance(store, importer, [next]))
    @test e.code === :link
    @test occursin("env", e.message) && occursin("log", e.message)
    @test thrown(() -> WasmInstance(store, importer, [next, next])).code === :link
    @test thrown(() -> WasmInstance(store, importer, ["text"])).code === :type_mismatch
    @test thrown(() -> WasmInstance(store, importer, [println, println])).code === :link
    @test call(WasmInstance(store, counter), "next") == 1
end

@testset "exports are a dictionary with properties" begin
    x = exports(WasmInstance(WasmStore(engine), counter))
    @test collect(keys(x)) == ["memory", "count", "table", "next", "load", "grow"]
    @test propertynames(x) == [:memory, :count, :table, :next, :load, :grow]
    @test x.next == x[:next] == x["next"]
    @test x.next !== nothing && hash(x.next) == hash(x["next"])
    @test [typeof(item) for (_, item) in x] ==
          [WasmMemory, WasmGlobal{Int32}, WasmTable, WasmFunc, WasmFunc, WasmFunc]
    @test haskey(x, "next") && haskey(x, :next) && !haskey(x, "none")
    @test_throws KeyError x["none"]
    for key in ("x"^100_000, Symbol("x"^100_000), ones(100_000))
        said = sprint(showerror, thrown(() -> x[key]))
        @test occursin("KeyError: key", said) && occursin("…", said) && length(said) < 150
    end
    @test thrown(() -> x["none"]).key == "none" && thrown(() -> x[:none]).key === :none
    @test get(x, "none", 5) == 5
    e = thrown(() -> x.none)
    @test e isa WasmtimeError && e.code === :not_found
    @test occursin("`next`", e.message)
    @test thrown(() -> call(getfield(x, :instance), "memory")) isa WasmtimeError
end

@testset "names may have any characters, and bad ones are errors" begin
    m = WasmModule(engine, wat"""(module (func (export "a\00b") (result i32) i32.const 1)
                                         (func (export "ü") (result i32) i32.const 2))""")
    instance = WasmInstance(WasmStore(engine), m)
    @test exports(instance)["a\0b"]() == 1
    @test exports(instance)["ü"]() == 2
    @test thrown(() -> SafeWasm.find_export(exports(instance), "\xff")).code === :invalid_argument
    @test exports(instance)["ü"]() == 2
end

@testset "a start function that traps makes no instance" begin
    m = WasmModule(engine, wat"(module (func $f unreachable) (start $f))")
    store = WasmStore(engine)
    @test thrown(() -> WasmInstance(store, m)).code === :unreachable
    @test call(WasmInstance(store, counter), "next") == 1
end
