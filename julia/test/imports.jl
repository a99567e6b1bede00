engine = WasmEngine()
store = WasmStore(engine)

const APPLIES = wat"""(module
    (import "env" "f" (func $f (param i32 i64) (result f64)))
    (func (export "go") (param i32 i64) (result f64) (call $f (local.get 0) (local.get 1))))"""
applies = WasmModule(engine, APPLIES)
go(f) = call(WasmInstance(store, applies; env=(f=f,)), "go", 3, 4)

struct Scaled
    factor::Int
end
(scaled::Scaled)(a, b) = scaled.factor * (a + b)

optional(a, b=0, c=0) = a + b + c
with_caller(caller::WasmCaller, a, b) = a + b
with_caller_and_more(caller::WasmCaller, values...) = sum(values)
several(a) = -1
several(a, b) = a + b
several(a, b, c) = -1
narrow(a::Int32, b::Int64) = a + b
narrow(a::String, b::Int64) = -1
wide(a::Integer, b::Number) = a + b

@testset "any object that can be called is an import if a method takes the number of arguments" begin
    for f in (
        +,
        (a, b) -> a + b,
        (values...) -> sum(values),
        (a, more...) -> a + sum(more),
        optional,
        with_caller,
        with_caller_and_more,
        several,
        narrow,
        wide,
        Scaled(1),
        sum ∘ tuple,
        Base.Fix1(sum, identity) ∘ tuple,
        (a, b; keyword=0) -> a + b + keyword,
    )
        @test go(f) === 7.0
        linker = WasmLinker(engine)
        define!(linker, applies, "env", "f", f)
        @test call(instantiate(linker, store, applies), "go", 3, 4) === 7.0
    end
    @test call(WasmInstance(store, applies, [Scaled(2)]), "go", 3, 4) === 14.0
    @test WasmFunc(store, (Int32, Int32) => Int32, Scaled(2))(1, 2) === Int32(6)
    # Types and built-in functions.
    m = WasmModule(engine, wat"""(module (import "e" "f" (func $f (param i32) (result i64)))
        (func (export "go") (result i64) (call $f (i32.const 5))))""")
    for f in (Int64, Base.Fix1(+, 0), Base.Fix2(-, 0), identity, abs)
        @test call(WasmInstance(store, m; e=(f=f,)), "go") === Int64(5)
    end
    m = WasmModule(engine, wat"""(module (import "e" "f" (func $f (result i32)))
        (func (export "go") (result i32) (call $f)))""")
    @test_throws WasmtimeError call(WasmInstance(store, m; e=(f=tuple,)), "go")
end

@testset "a function that can't be called with an import's arguments is refused" begin
    for (f, problem) in (
        (() -> 1) => "takes 0 arguments",
        (a -> a) => "takes 1 argument",
        ((a, b, c) -> a) => "takes 3 arguments",
        ((a, b, c, more...) -> a) => "takes 3 or more arguments",
        ((caller::WasmCaller, a) -> a) => "takes 1 argument",
        ((a::String, b) -> 1) => "has no method for (Int32, Int64)",
        ((a::Int64, b) -> 1) => "has no method for (Int32, Int64)",
        Base.Fix1(+, 1) => "has no method for (Int32, Int64)",
        sin => "takes 1 argument",
        Scaled => "takes 1 argument",
    )
        f isa Base.Fix1 && VERSION >= v"1.12" && continue
        for give in (
            () -> WasmInstance(store, applies; env=(f=f,)),
            () -> WasmInstance(store, applies, [f]),
            () -> define!(WasmLinker(engine), applies, "env", "f", f),
        )
            e = thrown(give)
            @test e isa WasmtimeError && e.code === :link
            @test occursin("the import `f` of module `env`", e.message)
            @test occursin("2 arguments, as its signature is (i32, i64) -> f64", e.message)
            f isa Base.Fix1 || @test occursin(problem, e.message)
        end
    end
    e = thrown(() -> WasmInstance(store, applies; env=(f=sin,)))
    @test occursin("the Julia function sin takes 1 argument", e.message)
    # The same for a host function that isn't an import.
    for make in (
        () -> WasmFunc(sin, store, (Int32, Int32) => Int32),
        () -> define!(sin, WasmLinker(engine), "env", "sin", (Int32, Int32) => Int32),
    )
        e = thrown(make)
        @test e isa WasmtimeError && e.code === :type_mismatch
        @test startswith(e.message, "the host function sin is called with 2 arguments")
    end
    e = thrown(() -> WasmFunc((f::Int32) -> 1, store, WasmFunc => Int32))
    @test occursin("has no method for (Union{Nothing, WasmFunc})", e.message)
    @test WasmFunc((f::WasmFunc) -> 1, store, WasmFunc => Int32) isa WasmFunc
    @test WasmFunc((x::String) -> 1, store, Any => Int32)("text") == 1
end

@testset "an object that isn't an item and can't be called is refused" begin
    for item in Any[5, "f", :f, [1], Dict(), Ref(1), zeros(UInt8, 65536)]
        linker = WasmLinker(engine)
        gives = (
            item -> WasmInstance(store, applies; env=(f=item,)),
            item -> WasmInstance(store, applies, [item]),
            item -> WasmInstance(store, applies; env=(f=item,), unknown=:trap),
            item -> define!(linker, "env", "f", item),
            item -> define!(linker, store, "env", "f", item),
            item -> define!(linker, applies, "env", "f", item),
        )
        for give in gives
            e = thrown(() -> give(item))
            @test e isa WasmtimeError && e.code === :type_mismatch
            @test startswith(e.message, "the import `f` of module `env` must be a WasmFunc, ")
            @test endswith(e.message, ", of type $(typeof(item))") && length(e.message) < 400
        end
    end
    e = thrown(() -> define!(WasmLinker(engine), applies, "e", "h", 3))
    @test startswith(e.message, "the import `h` of module `e` must be") &&
          endswith(e.message, "not 3, of type Int64")
    e = thrown(() -> WasmInstance(store, applies, [5, 6]))
    @test startswith(e.message, "an import must be a WasmFunc")
    @test startswith(thrown(() -> WasmInstance(store, applies, [nothing])).message, "the import `f`")
end

@testset "if the module's name is forgotten, the error says how to give it" begin
    f(a, b) = a + b
    for (give, name) in (
        (() -> WasmInstance(store, applies; f=f)) => "f",
        (() -> WasmInstance(store, applies, Dict("f" => f))) => "f",
        (() -> WasmInstance(store, applies, ("f" => f,))) => "f",
        (() -> WasmInstance(store, applies, exports(WasmInstance(store, applies, [f])))) => "go",
        (() -> WasmInstance(store, applies; env=f)) => "env",
        (() -> WasmInstance(store, applies; env=(f,))) => "env",
        (() -> WasmInstance(store, applies; env=[f])) => "env",
    )
        e = thrown(give)
        @test e isa ArgumentError
        @test startswith(e.msg, "`$name` must be a module's name with its imports, which are")
        @test occursin("such as `env=(f=f,)`", e.msg)
        @test endswith(e.msg, "; the module imports from `env`")
    end
    for given in (f, 5, (f,), WasmInstance(store, applies, [f]))
        e = thrown(() -> WasmInstance(store, applies, given))
        @test e isa ArgumentError && startswith(e.msg, "imports are a vector in the order")
        @test occursin("such as `env=(f=f,)`, not ", e.msg)
    end
    named = WasmModule(engine, wat"""(module (import "a-b" "c" (func)) (import "d" "e f" (func)))""")
    e = thrown(() -> WasmInstance(store, named; log=f))
    @test occursin("such as `\"a-b\" => (\"c\" => f,)`", e.msg)
    @test endswith(e.msg, "the module imports from `a-b`, `d`")
    nothing_imported = WasmModule(engine, wat"(module)")
    e = thrown(() -> WasmInstance(store, nothing_imported; log=f))
    @test endswith(e.msg, "the module imports nothing")
end

@testset "an instance of a linker, or of a pre-instantiation, takes no keywords" begin
    linker = WasmLinker(engine)
    pre = WasmInstancePre(linker, WasmModule(engine, wat"(module)"))
    e = thrown(() -> instantiate(pre, store; unknown=:trap, env=(log=println,)))
    @test e isa ArgumentError
    @test e.msg == "an instance of a WasmInstancePre takes no keywords, but `unknown`, `env` " *
                   "are given: its imports are those of the linker that it was made with"
    for give in (
        () -> WasmInstance(store, applies, linker; unknown=:trap),
        () -> instantiate(applies, linker; unknown=:trap),
        () -> instantiate(linker, store, applies; unknown=:trap),
    )
        e = thrown(give)
        @test e isa ArgumentError
        @test occursin("takes no keywords, but `unknown` is given", e.msg)
        @test occursin("`define_unknown_imports_as_traps!(linker, m)`", e.msg)
    end
end

@testset "names with a NUL are given and found as text" begin
    m = WasmModule(engine, wat"""(module
        (import "a\00b" "c\00d" (func $f (result i32)))
        (import "a" "plain" (func))
        (func (export "e\00f") (result i32) (call $f)))""")
    for imports in (
        ("a\0b" => ("c\0d" => () -> 7), "a" => (plain=() -> 1,)),
        Dict("a\0b" => Dict("c\0d" => () -> 7), "a" => Dict("plain" => () -> 1)),
        ["a\0b" => ["c\0d" => () -> 7], "a" => (plain=() -> 1,)],
    )
        @test exports(WasmInstance(store, m, imports))["e\0f"]() === Int32(7)
    end
    instance = WasmInstance(store, m, "a\0b" => Dict("c\0d" => () -> 7); a=(plain=() -> 1,))
    @test call(instance, "e\0f") === Int32(7)
    @test haskey(exports(instance), "e\0f") && propertynames(exports(instance)) == Symbol[]
    linker = WasmLinker(engine)
    define!(linker, m, "a\0b", "c\0d", () -> 8)
    define!(linker, m, "a", "plain", () -> 1)
    @test exports(instantiate(linker, store, m))["e\0f"]() === Int32(8)
    e = thrown(() -> WasmInstance(store, m; a=(plain=() -> 1,)))
    @test e.code === :link && occursin("c\\0d", e.message)
    # A name with a NUL in the error about a number.
    m = WasmModule(engine, wat"""(module (func (export "e\00f") (param i32)))""")
    @test thrown(() -> call(WasmInstance(store, m), "e\0f", 2^40)) isa InexactError
end

@testset "a number that doesn't fit is an error with function and parameter" begin
    x = exports(instantiate(wat"""(module
        (func (export "add") (param i32 i64 f32))
        (global (export "g") (mut i32) (i32.const 0)))"""))
    for (args, index, T, value) in (
        ((2^40, 1, 1), 1, "Int32", 2^40),
        ((1, big(2)^64, 1), 2, "Int64", big(2)^64),
        ((-2^31 - 1, 1, 1), 1, "Int32", -2^31 - 1),
    )
        typed = TypedFunc{Tuple{Int32,Int64,Float32},Nothing}(x.add)
        bulk = () -> x.add.([args[1]], args[2:3]...)
        for called in (() -> x.add(args...), () -> typed(args...), bulk)
            e = thrown(called)
            @test e isa InexactError
            @test sprint(showerror, e) ==
                  "InexactError: argument $index of add: convert($T, $value)"
        end
    end
    e = thrown(() -> x.g[] = 2^40)
    @test sprint(showerror, e) == "InexactError: the global g: convert(Int32, $(2^40))"
    e = thrown(() -> x.add(1, "x", 2))
    @test e.message == "add can't take \"x\", of type String, as argument 2, which is i64: " *
                       "its signature is (i32, i64, f32) -> (); `write` it to wasm's memory and give its " *
                       "address"
    m = WasmModule(engine, wat"""(module
        (import "e" "f" (func $f (result i32 i32)))
        (func (export "go") (drop (drop (call $f)))))""")
    for make in (identity, f -> WasmFunc(f, store, () => (Int32, Int32)))
        e = thrown(() -> call(WasmInstance(store, m; e=(f=make(() -> (1, 2^40)),)), "go"))
        @test e isa InexactError && occursin("result 2 of the host function", sprint(showerror, e))
        e = thrown(() -> call(WasmInstance(store, m; e=(f=make(() -> (1, :two)),)), "go"))
        @test e.code === :type_mismatch && occursin("as result 2, which is i32", e.message)
    end
end

const MANY = wat"""(module
    (import "env" "log" (func (param i32)))
    (import "env" "memory" (memory 1))
    (import "env" "table" (table 2 funcref))
    (import "wasi" "write" (func (param i32 i32) (result i32)))
    (import "env" "counter" (global (mut i64))))"""
many = WasmModule(engine, MANY)

@testset "all missing imports are listed, with their types" begin
    listed = "5 imports are missing:\n" *
             "  `log` of module `env`: func (i32) -> ()\n" *
             "  `memory` of module `env`: memory 1\n" *
             "  `table` of module `env`: table 2 funcref\n" *
             "  `write` of module `wasi`: func (i32, i32) -> i32\n" *
             "  `counter` of module `env`: global (mut i64)\n" *
             "`wasi` isn't WASI preview 1, the version that this library has; compile the " *
             "module for the target `wasm32-wasip1`"
    for give in (
        () -> WasmInstance(store, many),
        () -> WasmInstance(store, many, []),
        () -> WasmInstance(store, many; env=NamedTuple()),
        () -> WasmInstance(store, many, Dict("wasi" => ())),
        () -> instantiate(WasmLinker(engine), store, many),
        () -> WasmInstancePre(WasmLinker(engine), many),
    )
        e = thrown(give)
        @test e isa WasmtimeError && e.code === :link
        @test e.message == listed
    end
    memory = WasmMemory(store, 1 => 2)
    e = thrown(() -> WasmInstance(store, many, [println, memory]))
    @test startswith(e.message, "3 imports are missing:\n  `table` of module `env`")
    e = thrown(() -> WasmInstance(store, many, [println for _ in 1:6]))
    @test e.code === :link && e.message == "6 imports are given, but the module has 5"
    e = thrown(() -> WasmInstance(store, applies, []))
    @test e.message == "the import `f` of module `env` is missing: expected func (i32, i64) -> f64"
end

@testset "unused names that were given are listed, with the imports that they may be meant for" begin
    message(; given...) = thrown(() -> WasmInstance(store, many; given...)).message
    said = message(env=(lgo=println, memory=WasmMemory(store, 1 => 2), zzz=sin), wsai=(write=+,))
    @test startswith(said, "4 imports are missing:\n  `log` of module `env`: func (i32) -> ()\n")
    @test occursin(
        "\ngiven, but not imported by the module: `lgo` of `env` (did you mean `log`?), " *
        "`write` of `wsai` (did you mean `write` of `wasi`?), `zzz` of `env`\n",
        said,
    )
    e = thrown(() -> WasmInstance(store, applies; env=(g=+,), other=(x=1,)))
    @test e.message ==
          "the import `f` of module `env` is missing: expected func (i32, i64) -> f64; given, but " *
          "not imported by the module: `g` of `env` (did you mean `f`?), `x` of `other`"
    # Of the exports of an instance only near names are listed, as not all need be imports.
    provider = WasmModule(engine, wat"""(module
        (memory (export "memory") 1) (func (export "F") (param i32 i64) (result f64) unreachable)
        (func (export "entirely_different")))""")
    e = thrown(() -> WasmInstance(store, applies; env=WasmInstance(store, provider)))
    @test endswith(e.message, "not imported by the module: `F` of `env` (did you mean `f`?)")
    # More items may be given than are imported: the same for several modules.
    @test call(WasmInstance(store, applies; env=(f=+, g=-), other=(x=1,)), "go", 1, 2) === 3.0
    # A value that isn't a container of items is refused even if the module doesn't import from it.
    e = thrown(() -> WasmInstance(store, applies; env=(f=+,), unknwon=:trap))
    @test e isa ArgumentError && occursin("not :trap, of type Symbol", e.msg)
end

@testset "however much is missing, the message is short" begin
    text = join("(import \"$(repeat("m", i % 100 * 50))\" \"f$i\" (func))" for i in 1:3000)
    m = WasmModule(engine, wat2wasm("(module $text)"))
    given = NamedTuple{Tuple(Symbol(:g, i) for i in 1:3000)}(fill(sin, 3000))
    for give in (
        () -> WasmInstance(store, m; m=given),
        () -> WasmInstance(store, m),
        () -> instantiate(WasmLinker(engine), store, m),
    )
        e = thrown(give)
        @test e.code === :link && occursin("3000 imports are missing", e.message)
        @test occursin("and 2990 more", e.message) && length(e.message) < 6000
    end
    long = repeat("x", 50_000)
    types = repeat("i32 ", 900)
    m = WasmModule(engine, wat2wasm("(module (import \"$long\" \"$long\" (func (param $types))))"))
    for give in (
        () -> WasmInstance(store, m; env=(f=sin,)),
        () -> instantiate(WasmLinker(engine), store, m),
    )
        e = thrown(give)
        @test e.code === :link && length(e.message) < 2000
        @test occursin("is missing", e.message) && occursin("func (i32, i32", e.message)
    end
end

@testset "with `unknown` the imports that aren't given trap, or are defaults" begin
    m = WasmModule(engine, wat"""(module
        (import "env" "f" (func $f (param i32) (result i32)))
        (import "env" "g" (func $g (param i32) (result i32)))
        (import "env" "g" (func $other_g))
        (func (export "f") (result i32) (call $f (i32.const 1)))
        (func (export "g") (result i32) (call $g (i32.const 1)))
        (func (export "other") (call $other_g)))""")
    for give in (
        () -> WasmInstance(store, m; env=(f=x -> x + 1,), unknown=:trap),
        () -> WasmInstance(store, m, Dict("env" => Dict("f" => x -> x + 1)); unknown=:trap),
        () -> WasmInstance(store, m, [x -> x + 1]; unknown=:trap),
        () -> instantiate(store, m; env=(f=x -> x + 1,), unknown=:trap),
    )
        instance = give()
        @test call(instance, "f") === Int32(2)
        for name in ("g", "other")
            e = thrown(() -> call(instance, name))
            @test e isa WasmTrap && e.code === :other && length(e.frames) == 1
            @test occursin("the import `g` of module `env` was called, but not given", e.message)
        end
        @test call(instance, "f") === Int32(2)
    end
    nothing_given = WasmInstance(store, m; unknown=:trap)
    @test thrown(() -> call(nothing_given, "f")) isa WasmTrap
    m = WasmModule(engine, wat"""(module
        (import "env" "f" (func $f (param i32) (result i32)))
        (import "env" "g" (func $g (param i32) (result i32)))
        (func (export "f") (result i32) (call $f (i32.const 1)))
        (func (export "g") (result i32) (call $g (i32.const 1))))""")
    instance = WasmInstance(store, m; env=(f=x -> x + 1,), unknown=:default)
    @test call(instance, "f") == 2 && call(instance, "g") == 0
    # Only functions can trap.
    e = thrown(() -> WasmInstance(store, many; unknown=:trap))
    @test startswith(e.message, "3 imports are missing:\n  `memory` of module `env`: memory 1\n")
    memory = WasmMemory(store, 1 => 2)
    @test WasmInstance(store, many; env=(memory=memory,), unknown=:default) isa WasmInstance
    # An import that is given is checked as usual.
    e = thrown(() -> WasmInstance(store, m; env=(f=() -> 1,), unknown=:trap))
    @test e.code === :link && occursin("the import `f` of module `env`", e.message)
end

@testset "`unknown` has one of three values, and a module of that name is given as a pair" begin
    for unknown in (:traps, nothing, true, (f=sin,))
        e = thrown(() -> WasmInstance(store, applies; unknown=unknown))
        @test e isa ArgumentError && occursin("`unknown` is :error, :trap or :default", e.msg)
    end
    m = WasmModule(engine, wat"""(module (import "unknown" "f" (func $f (result i32)))
        (func (export "go") (result i32) (call $f)))""")
    @test call(WasmInstance(store, m, "unknown" => (f=() -> 3,)), "go") == 3
    trapping = WasmInstance(store, m; unknown=:trap)
    @test thrown(() -> call(trapping, "go")) isa WasmTrap
end

@testset "a linker takes the type of a host function from the module" begin
    linker = WasmLinker(engine)
    @test define!((a, b) -> a - b, linker, applies, "env", "f") === linker
    @test string(keys(linker)[1].type) == "(i32, i64) -> f64"
    @test call(instantiate(linker, store, applies), "go", 3, 4) === -1.0
    linker = WasmLinker(engine)
    # An item is defined as usual.
    define!(linker, applies, "env", "f", WasmFunc((a, b) -> 9, store, (Int32, Int64) => Float64))
    @test call(instantiate(linker, store, applies), "go", 3, 4) === 9.0
    e = thrown(() -> define!(WasmLinker(engine), applies, "env", "ff", +))
    @test e isa WasmtimeError && e.code === :not_found
    @test e.message ==
          "the module doesn't import `ff` of `env`; did you mean `f` of module `env`?"
    e = thrown(() -> define!(WasmLinker(engine), many, "env", "memory", +))
    @test e.code === :link && occursin("expected memory 1", e.message)
end

@testset "a module is instantiated in a store of its own, or in a given one" begin
    m = WasmModule(engine, COUNTER)
    for make in (
        () -> instantiate(m),
        () -> instantiate(store, m),
        () -> instantiate(m; env=(f=sin,)),
        () -> instantiate(COUNTER),
    )
        @test call(make(), "next") == 1
    end
    @test call(instantiate(applies; env=(f=+,)), "go", 1, 2) === 3.0
    @test call(instantiate(applies, [+]), "go", 1, 2) === 3.0
    @test call(instantiate(store, applies, [+]), "go", 1, 2) === 3.0
    @test exports(instantiate(store, m)).memory isa WasmMemory
    @test thrown(() -> instantiate(applies)).code === :link
end

@testset "if a name is given twice, the first counts" begin
    three(a, b) = 3
    instance = WasmInstance(store, applies, ["env" => (), "env" => (f=three,), "env" => (f=+,)])
    @test call(instance, "go", 1, 1) === 3.0
    instance = WasmInstance(store, applies, "env" => (f=+,); env=(g=+, f=three))
    @test call(instance, "go", 1, 1) === 3.0
    instance = WasmInstance(store, applies, "env" => (f=three,); env=(g=+,))
    @test call(instance, "go", 1, 1) === 3.0
end
