# Imports of components: Julia functions that components call.

include("echoing.jl")

engine = WasmEngine()

# A component that imports an interface, which is its first argument, and the function of
# which, `same`, it exports. Values go through lists.
function forwarder(type; interface="docs:echo/api@1.0.2")
    definitions = String[]
    ref = wit_ref!(definitions, type)
    text = join(definitions, ' ')
    exported = r"\(export (\$e\d+) (\"[^\"]*\") \(type (\$t\d+)\)\)"
    aliases = ["(alias export \$api $(m[2]) (type $(m[1])))" for m in eachmatch(exported, text)]
    return WasmComponent(engine, wat2wasm("""(component
        (import "$interface" (instance \$api
            $(replace(text, exported => s"(export \2 (type \1 (eq \3)))"))
            (export "same-list" (func (param "x" (list $ref)) (result (list $ref))))))
        $(join(aliases, ' '))
        (core module \$memory
            (memory (export "memory") 64)
            (global \$at (mut i32) (i32.const 1024))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local \$p i32)
                (local.set \$p (i32.and (i32.add (global.get \$at) (i32.const 15)) (i32.const -16)))
                (global.set \$at (i32.add (local.get \$p) (local.get 3)))
                (local.get \$p)))
        (core instance \$memory (instantiate \$memory))
        (alias core export \$memory "memory" (core memory \$memory))
        (alias core export \$memory "realloc" (core func \$realloc))
        (core func \$same (canon lower (func \$api "same-list") (memory \$memory) (realloc \$realloc)))
        (core module \$m
            (import "" "same" (func \$same (param i32 i32 i32)))
            (func (export "same") (param i32 i32) (result i32)
                (call \$same (local.get 0) (local.get 1) (i32.const 0)) (i32.const 0)))
        (core instance \$i (instantiate \$m (with "" (instance (export "same" (func \$same))))))
        (func (export "same") (param "x" (list $ref)) (result (list $ref))
            (canon lift (core func \$i "same") (memory \$memory) (realloc \$realloc))))"""))
end

function forwarded(type, given, f)
    store = WasmStore(engine)
    return exports(WasmInstance(store, forwarder(type), (api=(same_list=f,),))).same(given)
end

# A component that imports functions of no interface: one with a result, and ones without.
const PARSING = WasmComponent(engine, wat"""(component
    (import "parse" (func $parse (param "x" u32) (result (result u32 (error string)))))
    (import "log-it" (func $log (param "x" u32)))
    (import "half" (func $half (param "x" u32) (result u8)))
    (core module $memory
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $memory (instantiate $memory))
    (alias core export $memory "memory" (core memory $memory))
    (alias core export $memory "realloc" (core func $realloc))
    (core func $parse (canon lower (func $parse) (memory $memory) (realloc $realloc)))
    (core func $log (canon lower (func $log)))
    (core func $half (canon lower (func $half)))
    (core module $m
        (import "" "parse" (func $parse (param i32 i32)))
        (import "" "log" (func $log (param i32)))
        (import "" "half" (func $half (param i32) (result i32)))
        (func (export "parse") (param i32) (result i32) (call $parse (local.get 0) (i32.const 16)) (i32.const 16))
        (func (export "log") (param i32) (call $log (local.get 0)))
        (func (export "half") (param i32) (result i32) (call $half (local.get 0))))
    (core instance $i (instantiate $m (with "" (instance
        (export "parse" (func $parse)) (export "log" (func $log)) (export "half" (func $half))))))
    (func (export "parse") (param "x" u32) (result (result u32 (error string)))
        (canon lift (core func $i "parse") (memory $memory) (realloc $realloc)))
    (func (export "log") (param "x" u32) (canon lift (core func $i "log")))
    (func (export "half") (param "x" u32) (result u8) (canon lift (core func $i "half"))))""")

unused(args...) = error("not called")
function parsing(; parse=unused, log_it=unused, half=unused, store=WasmStore(engine))
    return exports(WasmInstance(store, PARSING, (parse=parse, log_it=log_it, half=half)))
end

@testset "values of each type go to a host function and back" begin
    for (type, given, expected) in (
        ("bool", [true, false], [true, false]), ("u8", [1, 255], UInt8[1, 255]), ("s64", [-5], [-5]),
        ("f64", [1.5, 2], [1.5, 2.0]), ("char", ['a', '\U10ffff'], ['a', '\U10ffff']),
        ("string", ["", "grüße"], ["", "grüße"]), ((:list, "u16"), [[1], []], [UInt16[1], UInt16[]]),
        ((:tuple, "u8", "string"), [(1, "a")], [(0x01, "a")]), ((:option, "u8"), [nothing, 5], [nothing, 0x05]),
        ((:result, "u8", "string"), [Ok(1), Err("no")], [Ok(1), Err("no")]),
        ((:record, "size-x" => "u8", "y" => "f32"), [(size_x=1, y=2)], [(size_x=0x01, y=2.0f0)]),
        ((:variant, "circle" => "f64", "empty-set" => nothing), [:circle => 1, :empty_set],
            [WitVariant(:circle, 1.0), WitVariant(:empty_set)]),
        ((:enum, "red", "dark-blue"), [:red, :dark_blue], [:red, :dark_blue]),
        ((:flags, "read", "write-all"), [[:read], [:write_all, :read]], [Set([:read]), Set([:read, :write_all])]),
    )
        seen = Ref{Any}(nothing)
        returned = forwarded(type, given, x -> seen[] = x)
        @test seen[] == expected && returned == expected
        @test typeof(seen[]) === typeof(returned)
    end
    @test forwarded("u8", rand(UInt8, 1 << 20), x -> view(x, 1:3)) isa Vector{UInt8}
end

module Functions
same_list(x) = reverse(x)
end

struct ObjectOfFunctions
    same_list::Any
end

@testset "functions are given by interface, in any container, by any of their names" begin
    component = forwarder("u8")
    f = reverse
    call_with(given) = exports(WasmInstance(WasmStore(engine), component, given)).same([1, 2])
    for name in ("docs:echo/api@1.0.2", "docs:echo/api", "docs:echo/api@1.3.0", "api")
        for items in (
            (same_list=f,), Dict("same-list" => f), Dict(:same_list => f), "same-list" => f, ["same_list" => f],
            Functions, ObjectOfFunctions(f),
        )
            @test call_with(Dict(name => items)) == [2, 1]
        end
        @test call_with(name => (same_list=f,)) == [2, 1]
    end
    @test call_with((api=Functions,)) == [2, 1]
    other = WasmInstance(WasmStore(engine), WasmComponent(engine, wat"""(component
        (core module $m (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
        (core instance $i (instantiate $m))
        (func $f (param "x" u32) (result u8) (canon lift (core func $i "f")))
        (instance $api (export "half" (func $f)) (export "more" (func $f)))
        (export "docs:x/api" (instance $api)))"""))
    component = WasmComponent(engine, wat"""(component
        (import "docs:x/api" (instance $api (export "half" (func (param "x" u32) (result u8)))))
        (core func $f (canon lower (func $api "half")))
        (core module $m (import "" "f" (func $f (param i32) (result i32)))
            (func (export "f") (param i32) (result i32) (call $f (local.get 0))))
        (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
        (func (export "f") (param "x" u32) (result u8) (canon lift (core func $i "f"))))""")
    @test exports(WasmInstance(WasmStore(engine), component, Dict("docs:x/api" => exports(other).api))).f(4) === 0x05
end

@testset "mistakes in imports are errors that say what is meant" begin
    instance(given) = WasmInstance(WasmStore(engine), forwarder("u8"), given)
    for (given, code, text) in (
        (NamedTuple(), :link, "an import of the component is missing: `same-list` of `docs:echo/api@1.0.2`"),
        ((api=NamedTuple(),), :link, "an import of the component is missing: `same-list`"),
        ((apo=NamedTuple(),), :link, "the component imports nothing called `apo`"),
        (("docs:echo/ap" => (same_list=reverse,)), :link, "there are: `docs:echo/api@1.0.2`"),
        (Dict("docs:echo/api@2.0.0" => (same_list=reverse,)), :link, "nothing called `docs:echo/api@2.0.0`"),
        ((api=(same_lists=reverse,),), :link,
            "the import `docs:echo/api@1.0.2` has nothing called `same_lists` (did you mean `same-list`?); there are: `same-list`"),
        ((api=(same_list=() -> 1,),), :link,
            "the import `same-list` of `docs:echo/api@1.0.2` is called with 1 argument, as its signature is " *
            "func(x: list<u8>) -> list<u8>, but the Julia function takes 0 arguments"),
        ((api=(same_list=(x::String) -> 1,),), :link, "has no method for (Array{UInt8,1})"),
    )
        e = thrown(() -> instance(given))
        text = replace(text, "Array{UInt8,1}" => string(Vector{UInt8}))
        @test e isa WasmtimeError && e.code === code && occursin(text, e.message)
    end
    for (given, text) in (
        (5, "imports of a component are a Dict, a NamedTuple or pairs"), (println, "not println"),
        ((api=5,), "the import `docs:echo/api@1.0.2` is an interface"), ((api=reverse,), "is an interface"),
        ((api=Main.Base.Iterators,), "is an interface"),
        ((api=(same_list=5,),), "`same-list` of `docs:echo/api@1.0.2` is a function, and 5"),
    )
        e = thrown(() -> instance(given))
        @test e isa ArgumentError && occursin(text, e.msg)
    end
    e = thrown(() -> WasmInstance(WasmStore(engine), WasmComponent(engine, wat"(component)"), (a=1,)))
    @test e.message == "the component imports nothing, and `a` is given"
    closed = WasmStore(engine)
    close(closed)
    @test thrown(() -> WasmInstance(closed, forwarder("u8"), (api=(same_list=reverse,),))).code === :invalid_handle
end

@testset "a host function with a `result` returns its value or throws a `WitError`" begin
    x = parsing(; parse=x -> x == 0 ? throw(WitError("zero")) : x + 1)
    @test x.parse(5) === 0x00000006
    e = thrown(() -> x.parse(0))
    @test e == WitError("zero") && e isa WitError
    # It ends nothing.
    @test x.parse(1) === 0x00000002
    bad = parsing(; parse=x -> throw(WitError(5)))
    e = thrown(() -> bad.parse(1))
    @test e.code === :type_mismatch && e.message ==
        "the host function parse can't return 5, of type Int64, as the error of the result, which is string: " *
        "its signature is func(x: u32) -> result<u32, string>"
    @test thrown(() -> bad.parse(1)).code === :components_ended
end

@testset "a `WitError` of a nested call that passes through is not the host function's own" begin
    inner = parsing(; parse=x -> throw(WitError("inner")))
    outer = parsing(; parse=x -> inner.parse(x))
    e = thrown(() -> outer.parse(1))
    @test e isa WitError && e.value == "inner"
    @test thrown(() -> outer.parse(1)).code === :components_ended
    # The inner one goes on: its function has returned.
    @test thrown(() -> inner.parse(1)) == WitError("inner")
    # Thrown anew, it is.
    again = parsing(; parse=x -> try
        inner.parse(x)
    catch e
        throw(WitError("again: $(e.value)"))
    end)
    @test thrown(() -> again.parse(1)) == WitError("again: inner") == thrown(() -> again.parse(1))
    # One that a function without a `result` throws passes through all calls.
    mine = WitError("mine")
    plain = parsing(; log_it=x -> throw(mine))
    outer = parsing(; parse=x -> plain.log(x))
    @test thrown(() -> outer.parse(1)) === mine
end

@testset "an exception of a host function arrives as itself, and ends the components of the store" begin
    mine = ErrorException("mine")
    for f in (x -> throw(mine), x -> parsing(; log_it=x -> throw(mine)).log(x))
        x = parsing(; log_it=f)
        @test thrown(() -> x.log(1)) === mine
        e = thrown(() -> x.log(1))
        @test e.code === :components_ended && occursin("a Julia host function threw a", e.message)
    end
    trace = sprint() do io
        try
            parsing(; log_it=x -> throw(mine)).log(1)
        catch
            Base.display_error(io, Base.catch_stack())
        end
    end
    @test occursin("thrown in a host function:", trace)
end

@testset "what a host function returns is checked, and the error says where the mistake is" begin
    for (value, text) in (
        (300, "InexactError: the result of the host function half: convert(UInt8, 300)"),
        ("a", "the host function half can't return \"a\", of type String, as the result, which is u8"),
        (nothing, "can't return nothing"),
    )
        said = sprint(showerror, thrown(() -> parsing(; half=x -> value).half(1)))
        @test occursin(text, said)
    end
    @test parsing(; half=x -> x ÷ 2).half(10) === 0x05
    @test parsing(; log_it=x -> "ignored").log(1) === nothing
    said = sprint(showerror, thrown(() -> forwarded("string", ["a"], x -> ["b", 5])))
    @test occursin("host function same-list can't return 5, of type Int64, as the result, element 2, which is string", said)
    said = sprint(showerror, thrown(() -> forwarded("string", ["a"], x -> ["b", "\xff"])))
    @test said == "WasmtimeError: the result, element 2: the string isn't UTF-8"
    said = sprint(showerror, thrown(() -> parsing(; parse=x -> throw(WitError("\xff"))).parse(1)))
    @test said == "WasmtimeError: the error of the result: the string isn't UTF-8"
end

@testset "a host function may call wasm, but not the instance that has called it" begin
    instance = Ref{Any}(nothing)
    store = WasmStore(engine)
    other = parsing(; half=x -> 1, store=store)
    instance[] = parsing(; half=x -> x > 5 ? instance[].half(1) : other.half(x), store=store)
    @test instance[].half(1) === 0x01
    e = thrown(() -> instance[].half(6))
    @test e isa Union{WasmtimeError,WasmTrap} && occursin("instance", e.message)
end

@testset "host functions switch tasks, and garbage is collected while they run" begin
    slow(x) = (yield(); GC.gc(false); sleep(0.01); x ÷ 2)
    instances = [parsing(; half=slow) for _ in 1:8]
    tasks = [@async instances[t].half(2t) for t in 1:8]
    @test map(fetch, tasks) == 1:8
    for _ in 1:3
        kept = [parsing(; parse=x -> (GC.gc(false); Ref(x)[]), log_it=println) for _ in 1:5]
        GC.gc()
        @test all(x -> x.parse(7) === 0x00000007, kept)
    end
    # A store is collected with the host functions that refer to it.
    function make()
        store = WasmStore(engine)
        exports(WasmInstance(store, forwarder("u8"), (api=(same_list=x -> (store; x),),))).same([1])
        return WeakRef(store)
    end
    stores = [make() for _ in 1:10]
    for _ in 1:3
        GC.gc()
    end
    @test count(store -> store.value === nothing, stores) >= 8
end

@testset "a component that imports WASI gets it from the store" begin
    component = WasmComponent(engine, wat"""(component
        (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
        (core func $random (canon lower (func $random "get-random-u64")))
        (core module $m (import "" "random" (func $random (result i64)))
            (func (export "next") (result i64) (call $random)))
        (core instance $i (instantiate $m (with "" (instance (export "random" (func $random))))))
        (func (export "next") (result u64) (canon lift (core func $i "next"))))""")
    next(store, given...; settings...) = exports(WasmInstance(store, component, given...; settings...)).next()
    with_wasi() = WasmStore(engine; wasi=WasiConfig(seed=1))
    @test next(with_wasi()) == next(with_wasi()) == next(WasmStore(engine); wasi=WasiConfig(seed=1))
    @test next(WasmStore(engine), (random=(get_random_u64=() -> 5,),)) === UInt64(5)
    @test next(with_wasi(), (random=(get_random_u64=() -> 5,),)) === UInt64(5)
    e = thrown(() -> next(WasmStore(engine)))
    @test e.code === :link && occursin("wasi=WasiConfig", e.message) && occursin("`wasi:random/random@0.2.0`", e.message)
    @test thrown(() -> next(WasmStore(engine); wasi=5)) isa ArgumentError
end
