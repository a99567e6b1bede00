engine = WasmEngine()

const HEAP = WasmModule(
    engine,
    wat"""(module
        (type $list (struct (field (mut i32)) (field (mut (ref null $list)))))
        (type $bytes (array (mut i8)))
        (type $mixed (struct (field i64) (field (mut f32)) (field (mut f64)) (field (mut i16))
            (field (mut externref)) (field (mut funcref)) (field (mut anyref))))
        (global (export "list") (mut (ref null $list)) (ref.null $list))
        (table (export "table") 2 (ref null $bytes))
        (func (export "sum") (param (ref null $list)) (result i32)
            (local $sum i32)
            (block $end (loop $next
                (br_if $end (ref.is_null (local.get 0)))
                (local.set $sum (i32.add (local.get $sum) (struct.get $list 0 (local.get 0))))
                (local.set 0 (struct.get $list 1 (local.get 0)))
                (br $next)))
            (local.get $sum))
        (func (export "at") (param (ref $bytes) i32) (result i32)
            (array.get_s $bytes (local.get 0) (local.get 1)))
        (func (export "mixed") (param (ref $mixed)) (result i32)
            (struct.get_s $mixed 3 (local.get 0)))
        (func (export "one") (result (ref $list))
            (struct.new $list (i32.const 1) (ref.null $list)))
        (func (export "number") (param i32 anyref)))""",
)

const IMPORTING = WasmModule(
    engine,
    wat"""(module
        (type $list (struct (field (mut i32)) (field (mut (ref null $list)))))
        (type $bytes (array (mut i8)))
        (import "env" "make" (func $make (param (ref null $bytes)) (result (ref null $list)))))""",
)

const LIST = "(struct (field (mut i32)) (field (mut (ref null (struct …)))))"

function heap()
    store = WasmStore(engine)
    return exports(WasmInstance(store, HEAP)), store
end

@testset "a heap type is that of a text, a signature, an item, a field or an object" begin
    x, store = heap()
    shown(type) = sprint(show, type)
    list = WasmHeapType(x.sum; param=1)
    @test shown(list) == "WasmHeapType $LIST"
    for type in (
        WasmHeapType(x.one; result=1),
        WasmHeapType(x.one()),
        WasmHeapType(list; field=2),
        WasmHeapType(HEAP, "sum"; param=1),
        WasmHeapType(HEAP, :one; result=1),
        WasmHeapType(HEAP, "list"),
        WasmHeapType(IMPORTING, "env" => "make"; result=1),
        WasmHeapType(engine, "(type \$l (struct (field (mut i32)) (field (mut (ref null \$l)))))"),
    )
        @test shown(type) == shown(list)
        @test x.sum(WasmRef(store, type, (3, nothing))) == 3
    end
    bytes = "WasmHeapType (array (mut i8))"
    @test shown(WasmHeapType(HEAP, "table")) == bytes
    @test shown(WasmHeapType(IMPORTING, "env" => "make"; param=1)) == bytes
    @test shown(WasmHeapType(store, "(array (mut i8))")) == bytes
    @test list.is_array === false && WasmHeapType(HEAP, "table").is_array === true
    @test map(string, list.fields) == ["(mut i32)", "(mut (ref null type:struct))"]
    point = WasmHeapType(engine, "(struct (field i8) (field (mut f64)) (field i16))")
    @test map(string, point.fields) == ["i8", "(mut f64)", "i16"]
    @test [f.bits for f in point.fields] == [8, 0, 16]
    @test [f.is_mutable for f in point.fields] == [false, true, false]
    @test point.fields[2].type == WasmValType(Float64)
    close(point)
    @test !isvalid(point) && shown(point) == "WasmHeapType (closed)"
    @test thrown(() -> WasmRef(store, point, (1, 2, 3))).code === :invalid_handle
    # Types belong to no store.
    close(store)
    @test WasmRef(WasmStore(engine), list, (1, nothing))[1] == 1
end

@testset "a heap type that there isn't is an error" begin
    x, store = heap()
    type(text) = () -> WasmHeapType(engine, text)
    for (make, code, words) in (
        (type("(struct (field i33))"), :invalid_text, "line 1, column"),
        (type(""), :invalid_text, "expected"),
        (type("(memory 1)"), :invalid_text, "expected"),
        (type("(type (struct)) (memory 1)"), :invalid_argument, "the text is no type"),
        (type("(func)"), :type_mismatch, "the type in `text`"),
        (type("(sub 3 (struct))"), :invalid_module, "Invalid module"),
        (() -> WasmHeapType(x.number; param=1), :type_mismatch, "parameter 1 is i32"),
        (() -> WasmHeapType(x.number; param=2), :type_mismatch, "parameter 2 is anyref"),
        (() -> WasmHeapType(x.sum; result=1), :type_mismatch, "result 1 is i32"),
        (() -> WasmHeapType(WasmRef(store, 5)), :type_mismatch, "the reference is (ref i31)"),
        (() -> WasmHeapType(WasmHeapType(x.sum; param=1); field=1), :type_mismatch, "field 1 of"),
        (() -> WasmHeapType(HEAP, "sum"), :type_mismatch, "global or table"),
        (() -> WasmHeapType(HEAP, "table"; param=1), :type_mismatch, "function or tag"),
    )
        e = thrown(make)
        @test e isa WasmtimeError && e.code === code
        @test occursin(words, e.message)
    end
    @test_throws KeyError WasmHeapType(HEAP, "nothing")
    @test_throws KeyError WasmHeapType(IMPORTING, "env" => "nothing"; param=1)
    for make in (
        () -> WasmHeapType(x.sum),
        () -> WasmHeapType(x.sum; param=1, result=1),
        () -> WasmHeapType(x.sum; param=0),
        () -> WasmHeapType(x.sum; param=2),
        () -> WasmHeapType(x.sum; param="one"),
        () -> WasmHeapType(x.number; result=1),
        () -> WasmHeapType(WasmHeapType(x.sum; param=1); field=3),
    )
        @test thrown(make) isa ArgumentError
    end
    @test thrown(() -> WasmHeapType(x.number; result=1)).msg ==
          "the function has 0 results, and no result 1"
end

@testset "a structure that Julia makes is seen and changed by both sides" begin
    x, store = heap()
    list = WasmHeapType(x.sum; param=1)
    first = WasmRef(store, list, (40, nothing))
    second = WasmRef(store, list, [2, first])
    @test x.sum(second) == 42
    second[1] = 5
    @test x.sum(second) == 45 && second[1] === Int32(5) && second[2] == first
    first[2] = second
    @test first[2] == second && collect(first) == [40, second]
    second[2] = nothing
    @test x.sum(first) == 45
    @test eachindex(first) == 1:2 && collect(pairs(second)) == [1 => 5, 2 => nothing]
end

@testset "fields take values of each type" begin
    x, store = heap()
    mixed = WasmHeapType(x.mixed; param=1)
    object = Ref(1)
    values = (typemin(Int64), 1.5, 2, -3, object, x.sum, WasmRef(store, 7))
    r = WasmRef(store, mixed, values)
    @test x.mixed(r) == -3
    @test r[1] === typemin(Int64) && r[2] === 1.5f0 && r[3] === 2.0 && r[4] === Int32(65533)
    @test r[5] === object && r[6] == x.sum && Int(r[7]) == 7
    for (index, value) in zip(2:7, (2, 3.5, 65535, "text", nothing, r))
        r[index] = value
        @test r[index] == value
    end
    @test x.mixed(r) == -1
    r[3] = WasmValue(4.5)
    @test r[3] == 4.5
    e = thrown(() -> (r[1] = 5))
    @test e.code === :type_mismatch && e.message == "field 1 of the structure is immutable"
    for index in (0, 8, -1, typemax(Int))
        @test_throws BoundsError r[index] = 1
    end
end

@testset "an array is made of a collection, of copies, or of nothing" begin
    x, store = heap()
    bytes = WasmHeapType(x.at; param=1)
    for values in ([1, 0xfe, 3], (1, -2, 3), (n for n in (1, 254, 3)), Any[1, UInt8(254), 3])
        r = WasmRef(store, bytes, values)
        @test length(r) == 3 && collect(r) == [1, 254, 3] && x.at(r, 1) == -2
    end
    r = WasmRef(store, bytes, codeunits("box"))
    r[1] = 'f' % Int
    r[end] = 'x' % UInt8
    @test String([UInt8(b) for b in r]) == "fox"
    @test length(WasmRef(store, bytes, [])) == 0
    copies = WasmRef(store, bytes, Iterators.repeated(-1, 100_000))
    @test length(copies) == 100_000 && copies[end] == 255 && x.at(copies, 99_999) == -1
    @test collect(WasmRef(store, bytes, undef, 3)) == [0, 0, 0]
    objects = WasmHeapType(engine, "(array (mut externref))")
    @test collect(WasmRef(store, objects, undef, 2)) == [nothing, nothing]
    @test collect(WasmRef(store, objects, Iterators.repeated("text", 3))) == fill("text", 3)
    @test collect(WasmRef(store, objects, ["a", :b, nothing])) == ["a", :b, nothing]
    pair = WasmHeapType(engine, "(struct (field i64) (field i64))")
    @test collect(WasmRef(store, pair, Iterators.repeated(4, 2))) == [4, 4]
    e = thrown(() -> WasmRef(store, WasmHeapType(engine, "(array (ref any))"), undef, 2))
    @test e.code === :type_mismatch && occursin("can't be null", e.message)
end

@testset "a value that doesn't fit is an error that names it" begin
    x, store = heap()
    list, bytes = WasmHeapType(x.sum; param=1), WasmHeapType(x.at; param=1)
    array, other = WasmRef(store, bytes, [1]), heap()[2]
    foreign = WasmRef(other, list, (1, nothing))
    for value in (256, -129, 2^40, typemin(Int))
        for make in (
            () -> WasmRef(store, bytes, [value]),
            () -> WasmRef(store, bytes, Iterators.repeated(value, 2)),
            () -> (array[1] = value),
        )
            @test thrown(make) isa InexactError
        end
    end
    @test occursin("value 1 of the object", sprint(showerror, thrown(() -> (array[1] = 256))))
    for (make, code, words) in (
        (() -> WasmRef(store, list, (1,)), :type_mismatch, "2 fields, not 1: $LIST"),
        (() -> WasmRef(store, list, (1, nothing, 2)), :type_mismatch, "2 fields, not 3"),
        (() -> WasmRef(store, list, ("one", nothing)), :type_mismatch, "field 1 can't take"),
        (() -> WasmRef(store, list, (1.5, nothing)), :type_mismatch, "field 1 can't take"),
        (() -> WasmRef(store, list, (1, "text")), :type_mismatch, "field 2 can't take"),
        (() -> WasmRef(store, list, (1, array)), :type_mismatch, "value 2 is"),
        (() -> WasmRef(store, list, (1, foreign)), :wrong_store, "another store"),
        (() -> WasmRef(store, bytes, "box"), :type_mismatch, "an element can't take 'b'"),
        (() -> (array[1] = 1.5), :type_mismatch, "value 1 of the object can't take 1.5"),
        (() -> (WasmRef(store, list, (1, nothing))[2] = array), :type_mismatch, "field 2 is"),
        (() -> (WasmRef(store, list, (1, nothing))[2] = foreign), :wrong_store, "another store"),
        (() -> WasmRef(store, bytes, undef, 2^32), :limit, "the length is 4294967296"),
        (() -> WasmRef(WasmStore(WasmEngine()), list, (1, nothing)), :wrong_engine, "the type"),
    )
        e = thrown(make)
        @test e isa WasmtimeError && e.code === code
        @test occursin(words, e.message)
    end
    @test_throws ArgumentError WasmRef(store, bytes, undef, -1)
    @test_throws MethodError WasmRef(store, bytes, :box)
    @test x.sum(WasmRef(store, list, (1, nothing))) == 1
    e = thrown(() -> WasmRef(store, bytes, (error("in the middle") for _ in 1:3)))
    @test e == ErrorException("in the middle")
end

@testset "objects that Julia makes are collected, and the limits hold" begin
    x, _ = heap()
    store = WasmStore(engine; memory_limit=4 << 20)
    bytes = WasmHeapType(engine, "(array (mut i8))")
    kept = [WasmRef(store, bytes, [n]) for n in 1:10]
    for _ in 1:100
        close(WasmRef(store, bytes, undef, 300_000))
    end
    @test [only(collect(r)) for r in kept] == 1:10
    e = thrown(() -> WasmRef(store, bytes, undef, 5 << 20))
    @test e.code === :limit && occursin("memory_limit", e.message)
    @test WasmRef(store, bytes, [5])[1] == 5
    # A structure keeps the object in its field, until it is collected.
    holder = WasmHeapType(engine, "(struct (field externref))")
    before = length(store.roots)
    r = WasmRef(store, holder, [Ref(1)])
    collect!(store)
    @test length(store.roots) == before + 1 && r[1][] == 1
    close(r)
    collect!(store)
    GC.gc()
    collect!(store)
    @test length(store.roots) == before
end
