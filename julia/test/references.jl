engine = WasmEngine()

const REFERENCES = WasmModule(
    engine,
    wat"""(module
        (type $point (struct (field (mut i32)) (field f64) (field i8) (field externref)))
        (type $list (array i32))
        (tag $problem (export "problem") (param i32 externref))
        (tag $quiet (export "quiet"))
        (import "host" "f" (func $f (param i32)))
        (table $funcs (export "funcs") 3 6 funcref)
        (table $objects (export "objects") 4 externref)
        (table $anys (export "anys") 2 anyref)
        (global (export "i32") (mut i32) (i32.const 1))
        (global (export "funcref") (mut funcref) (ref.func $one))
        (global $kept (export "externref") (mut externref) (ref.null extern))
        (global (export "anyref") (mut anyref) (ref.null any))
        (func $one (export "one") (result i32) (i32.const 1))
        (func $two (export "two") (result i32) (i32.const 2))
        (func $other (export "other") (param i64) (result i64) (local.get 0))
        (func (export "call") (param i32) (result i32)
            (call_indirect $funcs (result i32) (local.get 0)))
        (func (export "object_at") (param i32) (result externref)
            (table.get $objects (local.get 0)))
        (func (export "extern") (param externref) (result externref) (local.get 0))
        (func (export "func") (param funcref) (result funcref) (local.get 0))
        (func (export "any") (param anyref) (result anyref) (local.get 0))
        (func (export "not_null") (param (ref extern)) (result i32) (i32.const 1))
        (func (export "is_null") (param externref) (result i32) (ref.is_null (local.get 0)))
        (func (export "drop") (param externref))
        (func (export "keep") (param externref) (global.set $kept (local.get 0)))
        (func (export "point") (param i32 externref) (result anyref)
            (struct.new $point
                (local.get 0) (f64.const 1.5) (i32.const 3) (local.get 1)))
        (func (export "list") (result anyref)
            (array.new_fixed $list 3 (i32.const 1) (i32.const 2) (i32.const 3)))
        (func (export "i31") (param i32) (result anyref) (ref.i31 (local.get 0)))
        (func (export "to_any") (param externref) (result anyref)
            (any.convert_extern (local.get 0)))
        (func (export "to_extern") (param anyref) (result externref)
            (extern.convert_any (local.get 0)))
        (func $throw (export "throw") (param i32 externref)
            (throw $problem (local.get 0) (local.get 1)))
        (func (export "quietly") (throw $quiet))
        (func (export "catch") (param i32) (result i32)
            (block $caught (result i32 externref)
                (try_table (catch $problem $caught) (call $f (local.get 0)))
                (return (i32.const -1)))
            (drop)))""",
)

# The exports of an instance, whose import is `f`.
referring(f=identity, store=WasmStore(engine)) =
    exports(WasmInstance(store, REFERENCES; host=(f=f,)))

mutable struct Counted
    n::Int
end
const FREED = Ref(0)
counted(n) = finalizer(_ -> (FREED[] += 1), Counted(n))

# How many counted objects were freed since `FREED` was 0, after a full collection.
function freed(store)
    for _ in 1:3
        GC.gc()
        isopen(store) && collect!(store)
        GC.gc()
    end
    return FREED[]
end

# In a function of its own, so that no variable of a test holds the objects.
@noinline numbers(objects) = [object.n for object in objects]
@noinline numbers(g::WasmGlobal) = g[].n

# Calls `use(object)` for `n` counted objects, to which nothing else refers.
@noinline function with_counted(use, n)
    FREED[] = 0
    foreach(i -> (use(counted(i)); nothing), 1:n)
    return nothing
end

@testset "any object can be an external reference, and comes back as the same object" begin
    x = referring()
    for object in (
        Ref(1), [1, 2], "text", :symbol, 5, big(7), Int, sin, missing, (1, "two"), engine,
        Main
    )
        @test x.extern(object) === object
    end
    for object in (Ref(1), "text", 5)
        x.objects[1] = object
        @test x.objects[1] === object && x.object_at(0) === object
        x.externref[] = object
        @test x.externref[] === object
        @test x.is_null(object) == 0
        @test x.not_null(object) == 1
    end
    @test x.extern(nothing) === nothing
    @test x.is_null(nothing) == 1
    adder = x.extern(y -> y + 1)
    @test adder(2) == 3
end

@testset "host functions take and return references" begin
    store, seen = WasmStore(engine), []
    pair = WasmFunc(store, (Any, WasmFunc, Int32) => (WasmFunc, Any)) do object, f, n
        push!(seen, object, f, n)
        f, (object, n)
    end
    x = referring(identity, store)
    f, object = pair("text", x.one, 3)
    @test f == x.one && f() == 1
    @test object === ("text", Int32(3))
    @test pair(nothing, nothing, 0) === (nothing, (nothing, Int32(0)))
    @test seen[1] == "text" && seen[2] == x.one && seen[4] === nothing === seen[5]
    e = thrown(() -> pair("text", sin, 3))
    @test e.code === :type_mismatch && occursin("funcref", e.message)
    bad = WasmFunc(() -> sin, store, () => WasmFunc)
    e = thrown(bad)
    @test e.code === :type_mismatch && occursin("funcref", e.message)
end

@testset "an object is kept for as long as wasm can reach it" begin
    store = WasmStore(engine)
    x = referring(identity, store)
    with_counted(x.drop, 50)
    @test freed(store) == 50
    with_counted(x.extern, 50)
    @test freed(store) == 50
    with_counted(object -> (x.objects[object.n] = object), 4)
    @test freed(store) == 0
    @test numbers(x.objects) == 1:4
    x.objects[2] = nothing
    @test freed(store) == 1
    fill!(x.objects, nothing)
    @test freed(store) == 4
    with_counted(x.keep, 3)
    @test freed(store) == 2
    @test numbers(x.externref) == 3
    x.externref[] = nothing
    @test freed(store) == 3
end

@testset "a guest that doesn't return keeps a bounded number of objects" begin
    text = wat"""(module
        (import "host" "give" (func $give (result externref)))
        (import "host" "tick" (func $tick))
        (func (export "go") (param i32)
            (loop $again
                (drop (call $give))
                (call $tick)
                (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
                (br_if $again (local.get 0))))
        (func (export "short")))"""
    store = WasmStore(engine)
    most, collects, made = Ref(0), Ref(false), Ref(0)
    give = function ()
        made[] += 1
        if collects[] && made[] % 100 == 0
            collect!(store)
            most[] = max(most[], length(store.roots))
        end
        return Ref(made[])
    end
    tick() = (collects[] || (most[] = max(most[], length(store.roots))); nothing)
    instance = WasmInstance(store, WasmModule(engine, text); host=(give=give, tick=tick))
    call(instance, "go", 20_000)
    @test made[] == 20_000 && most[] < 5000
    # After a collection in a host function.
    collect!(store)
    collects[], most[] = true, 0
    call(instance, "go", 2000)
    @test most[] < 10
    collect!(store)
    @test length(store.roots) < 10
    close(store)
end

@testset "a structure keeps the objects in its fields" begin
    store = WasmStore(engine)
    x = referring(identity, store)
    points = []
    with_counted(object -> push!(points, x.point(object.n, object)), 3)
    @test freed(store) == 0
    @test numbers(point[4] for point in points) == 1:3
    foreach(close, points)
    @test freed(store) == 3
end

@testset "no object of a store that is gone is kept, cycles included" begin
    function make()
        store = WasmStore(engine)
        object = counted(1)
        host = WasmFunc(() -> (object.n, isopen(store)), store, () => ())
        x = referring(_ -> (object.n; isopen(store)), store)
        x.externref[] = [store, x, object]
        x.funcref[] = host
        return nothing
    end
    FREED[] = 0
    foreach(_ -> make(), 1:10)
    GC.gc()
    @test freed(WasmStore(engine)) == 10
end

@testset "functions are arguments and results, and two handles of one are equal" begin
    x = referring()
    @test x.func(x.one) == x.one != x.two
    @test hash(x.func(x.one)) == hash(x.one)
    @test x.func(x.two)() === Int32(2)
    @test x.func(nothing) === nothing
    @test x.func(TypedFunc{Tuple{},Int32}(x.one)) == x.one
    for wrong in (sin, 5, "one", x.list())
        e = thrown(() -> x.func(wrong))
        @test e.code === :type_mismatch && occursin("(funcref) -> funcref", e.message)
    end
end

@testset "wasm calls the functions that were put into a table" begin
    x = referring()
    @test collect(x.funcs) == [nothing, nothing, nothing]
    @test thrown(() -> x.call(0)).code === :indirect_call_to_null
    x.funcs[1] = x.two
    @test x.call(0) == 2
    x.funcs[1] = WasmFunc(() -> 77, getfield(x, :instance).store, () => Int32)
    @test x.call(0) == 77
    x.funcs[2] = x.other
    @test thrown(() -> x.call(1)).code === :bad_signature
    @test thrown(() -> x.call(3)).code === :table_out_of_bounds
    x.funcs[1] = nothing
    @test thrown(() -> x.call(0)).code === :indirect_call_to_null
    x.funcs[1] = TypedFunc{Tuple{},Int32}(x.one)
    @test x.call(0) == x.funcs[1]() == 1
end

@testset "a table is a vector" begin
    x = referring()
    t = x.funcs
    @test t isa AbstractVector && size(t) == (3,) && eachindex(t) == 1:3
    @test sprint(show, t) == summary(t) == "WasmTable funcs: 3 elements (max 6) of funcref"
    t[1], t[end] = x.one, x.two
    @test t == [x.one, nothing, x.two] && [x.one, nothing, x.two] == t
    @test t != [x.one, nothing, nothing]
    @test findall(==(x.two), t) == [3]
    @test [f === nothing ? 0 : f() for f in t] == [1, 0, 2]
    @test t[1:2] == [x.one, nothing]
    @test grow!(t, 2, x.two) == 3
    @test length(t) == 5 && x.call(4) == 2
    @test grow!(t, 1) == 5 && t[6] === nothing
    @test fill!(t, x.one) === t && all(==(x.one), t)
    t[1] = x.two
    @test copyto!(t, 3, t, 1, 2) === t
    @test [f() for f in t] == [2, 1, 2, 1, 1, 1]
    other = WasmTable(getfield(x, :instance).store, 6 => nothing)
    copyto!(other, t)
    @test [f() for f in other] == [2, 1, 2, 1, 1, 1]
    objects = WasmTable(getfield(x, :instance).store, WasmTableType(2 => 3, Any), "text")
    @test collect(objects) == ["text", "text"]
    @test string(objects.type) == "table 2 3 externref"
end

@testset "an index outside of a table is an error" begin
    x = referring()
    t = x.funcs
    for index in (0, 4, -1, typemin(Int), typemax(Int))
        @test_throws BoundsError t[index]
        @test_throws BoundsError t[index] = nothing
    end
    @test_throws BoundsError copyto!(t, 1, t, 3, 2)
    @test_throws BoundsError copyto!(t, 0, t, 1, 1)
    @test_throws BoundsError copyto!(t, 3, t, 1, 2)
    @test_throws BoundsError t[2:4]
    e = thrown(() -> grow!(t, 4))
    @test e.code === :limit && occursin("maximum is 6", e.message)
    @test length(t) == 3
end

@testset "an element of another type is an error that says the table's" begin
    x = referring()
    for put in (
        () -> (x.funcs[1] = "text"),
        () -> (x.funcs[1] = sin),
        () -> fill!(x.funcs, 5),
        () -> grow!(x.funcs, 1, 5),
    )
        e = thrown(put)
        @test e isa WasmtimeError && e.code === :type_mismatch
        @test occursin("funcs", e.message) && occursin("funcref", e.message)
    end
    e = thrown(() -> (x.anys[1] = "text"))
    @test e.code === :type_mismatch && occursin("anyref", e.message)
    store = getfield(x, :instance).store
    @test thrown(() -> WasmTable(store, 1 => 2, 5)).code === :type_mismatch
    @test thrown(() -> copyto!(x.funcs, 1, x.objects, 1, 1)).code === :type_mismatch
    @test thrown(() -> WasmTable(store, 3 => 2)) isa WasmtimeError
    for bad in (-1 => 2, "one" => 2, 1.5 => 2, 1 => "two")
        @test_throws ArgumentError WasmTable(store, bad)
    end
    @test length(x.funcs) == 3 && all(isnothing, x.funcs)
end

@testset "structures and arrays have fields" begin
    x = referring()
    point = x.point(7, :object)
    @test point isa WasmRef && length(point) == 4
    @test collect(point) == [7, 1.5, 3, :object]
    @test point[1] === Int32(7) && point[2] === 1.5 && point[end] === :object
    @test sprint(show, point) == "WasmRef (ref type:struct)"
    list = x.list()
    @test sum(list) == 6 && list[2] === Int32(2) && length(list) == 3
    for index in (0, 5, -1, typemax(Int))
        @test_throws BoundsError point[index]
    end
    @test x.any(list) == list != x.list()
    @test point != list && point == point && hash(x.any(list)) == hash(list)
    e = thrown(() -> Int(point))
    @test e.code === :type_mismatch && occursin("31-bit", e.message)
    x.anyref[] = point
    x.anys[2] = list
    @test x.anyref[] == point && x.anys[2] == list && x.anys[1] === nothing
    GC.gc()
    collect!(getfield(x, :instance).store)
    @test collect(x.anyref[]) == [7, 1.5, 3, :object]
end

@testset "31-bit integers are references with a value" begin
    x = referring()
    store = getfield(x, :instance).store
    for value in (0, 5, -1, -(1 << 30), (1 << 30) - 1)
        @test Int(x.i31(value)) === value
        @test Int32(WasmRef(store, value)) === Int32(value)
        @test x.any(WasmRef(store, value)) == x.i31(value)
    end
    @test Int(x.i31(typemin(Int32))) == 0
    @test_throws InexactError WasmRef(store, 1 << 31)
    @test_throws InexactError WasmRef(store, -(1 << 30) - 1)
    @test_throws InexactError UInt8(x.i31(-5))
    @test sprint(show, x.i31(1)) == "WasmRef (ref i31)"
end

@testset "only references of wasm's can be an anyref" begin
    x = referring()
    for wrong in ("text", 5, sin, x.one)
        e = thrown(() -> x.any(wrong))
        @test e isa WasmtimeError && e.code === :type_mismatch
        @test occursin("anyref", e.message)
    end
    @test x.any(nothing) === nothing
    object = Ref(1)
    @test x.to_extern(x.to_any(object)) === object
    @test thrown(() -> x.not_null(nothing)).code === :type_mismatch
end

@testset "an exception that wasm throws has its values and frames" begin
    x = referring()
    object = Ref(1)
    e = thrown(() -> x.throw(5, object))
    @test e isa WasmException
    @test e.values === (Int32(5), object)
    @test e.tag isa WasmTag && e.tag.type.func == x.problem.type.func
    @test string(x.problem.type) == "tag (i32, externref) -> ()"
    @test [frame.func for frame in e.frames] == ["throw"]
    shown = sprint(showerror, e)
    @test occursin("WasmException", shown) && occursin("5", shown)
    @test occursin("[1] throw", shown)
    e = thrown(() -> x.quietly())
    @test e isa WasmException && e.values === ()
    @test x.one() == 1
end

@testset "an exception that a host function throws is caught by wasm" begin
    tag = Ref{Any}()
    x = referring(v -> v > 5 ? throw(WasmException(tag[], 10v, "text")) : nothing)
    tag[] = x.problem
    @test x.catch(9) == 90
    @test x.catch(3) == -1
    # Wasm doesn't catch one with another tag, nor a Julia exception.
    tag[] = WasmTag(getfield(x, :instance).store, (Int32, Any))
    e = thrown(() -> x.catch(9))
    @test e isa WasmException && e.values == (90, "text")
    x = referring(_ -> error("Julia's"))
    @test thrown(() -> x.catch(9)) == ErrorException("Julia's")
    # A host function catches an exception of wasm, and throws it again.
    inner = referring()
    store = getfield(inner, :instance).store
    outer = referring(v -> inner.throw(v, "below"), store)
    e = thrown(() -> outer.catch(4))
    @test e isa WasmException && e.values == (4, "below")
    seen = Ref{Any}()
    outer = referring(store) do v
        try
            inner.throw(v, "caught")
        catch problem
            seen[] = problem.values
        end
    end
    @test outer.catch(4) == -1 && seen[] == (4, "caught")
end

@testset "an exception's values are checked" begin
    x = referring()
    own = WasmTag(getfield(x, :instance).store, Int32)
    @test string(own.type) == "tag (i32) -> ()"
    @test sprint(show, x.problem) == "WasmTag problem: (i32, externref) -> ()"
    for make in (
        () -> WasmException(x.problem, 1),
        () -> WasmException(x.problem, 1, 2, 3),
        () -> WasmException(x.problem, "one", 2),
    )
        e = thrown(make)
        @test e isa WasmtimeError && e.code === :type_mismatch
        @test occursin("tag (i32, externref) -> ()", e.message)
    end
    @test_throws InexactError WasmException(x.problem, 2^40, 2)
    e = WasmException(own, 42)
    @test e.values == (42,) && isempty(e.frames)
    @test thrown(() -> throw(e)) === e
end

@testset "an object of one store is refused by another" begin
    x, y = referring(), referring()
    for use in (
        () -> y.func(x.one),
        () -> y.any(x.list()),
        () -> (y.funcs[1] = x.one),
        () -> fill!(y.funcs, x.one),
        () -> grow!(y.funcs, 1, x.one),
        () -> copyto!(y.funcs, x.funcs),
        () -> (y.anys[1] = x.list()),
        () -> (y.funcref[] = x.one),
        () -> (y.anyref[] = x.list()),
        () -> WasmTable(getfield(y, :instance).store, 1 => 2, x.one),
        () -> WasmGlobal(
            getfield(y, :instance).store, WasmGlobalType(WasmFunc, true), x.one
        ),
        () -> WasmException(y.problem, 1, x.list()),
        () -> referring(WasmFunc(identity, getfield(y, :instance).store, Int32 => ())),
    )
        e = thrown(use)
        @test e isa WasmtimeError && e.code === :wrong_store
    end
    @test x.list() != y.list()
    @test y.one() == 1 && length(y.funcs) == 3
    # A Julia object belongs to no store.
    y.externref[] = x
    @test y.externref[] === x
end

@testset "after a store is closed, using its objects is an error, and they can still be shown" begin
    store = WasmStore(engine)
    x = referring(identity, store)
    own = WasmTable(store, 1 => 2)
    point, number = x.point(1, "text"), x.i31(3)
    exception = thrown(() -> x.throw(1, "text"))
    all = (
        x.funcs, x.objects, x.i32, x.funcref, x.externref, x.one, x.problem, point, number,
        own, exception.tag, exception.ref,
    )
    tag, f, g, t = x.problem, x.one, x.i32, x.funcs
    close(store)
    for use in (
        () -> t[1],
        () -> (t[1] = nothing),
        () -> length(t),
        () -> collect(t),
        () -> grow!(t, 1),
        () -> fill!(t, nothing),
        () -> copyto!(t, own),
        () -> g[],
        () -> (g[] = 1),
        () -> f(),
        () -> point[1],
        () -> length(point),
        () -> collect(point),
        () -> Int(number),
        () -> WasmException(tag, 1, 2),
        () -> WasmTag(store, Int32),
        () -> WasmRef(store, 1),
        () -> WasmTable(store, 1 => 2),
        () -> WasmGlobal(store, WasmGlobalType(Int32, true), 1),
        () -> collect!(store),
        () -> x.one,
    )
        e = thrown(use)
        @test e isa WasmtimeError
        @test e.code === :invalid_handle || e.code === :null_pointer
    end
    for object in all
        @test !isvalid(object)
        shown = "$(nameof(typeof(object))) (closed)"
        @test sprint(show, object) == shown
        @test sprint(show, MIME("text/plain"), object) == shown
        @test object == object && hash(object) isa UInt
    end
    @test occursin("WasmExports", sprint(show, x))
    @test occursin("[1] throw", sprint(showerror, exception))
    @test exception.values == (1, "text")
end
