# Instances of components, and calls of their functions: values both ways, mistakes, failures.

using Distributed
using Serialization
include("echoing.jl")

engine = WasmEngine()

# The exports of a new instance of a component, from its text.
instance_of(text) = WasmInstance(WasmStore(engine), WasmComponent(engine, wat2wasm(text)))
exports_of(text) = exports(instance_of(text))

const KINDS_OF_NUMBERS = [
    ("bool", Bool, "i32"), ("s8", Int8, "i32"), ("u8", UInt8, "i32"), ("s16", Int16, "i32"),
    ("u16", UInt16, "i32"), ("s32", Int32, "i32"), ("u32", UInt32, "i32"), ("s64", Int64, "i64"),
    ("u64", UInt64, "i64"), ("f32", Float32, "f32"), ("f64", Float64, "f64"), ("char", Char, "i32"),
]

# A component that returns numbers, lists of them and strings, and has functions that fail.
const SIMPLE_TEXT = echo_text(
    ((name, ["x" => name], name, core, nothing) for (name, _, core) in KINDS_OF_NUMBERS)...,
    (("list-$name", ["x" => (:list, name)], (:list, name), "same", "free") for (name, _, _) in KINDS_OF_NUMBERS)...,
    ("string", ["x" => "string"], "string", "same", "free"),
    ("add", ["left" => "u32", "right" => "u32"], "u32", "add", nothing),
    ("nothing", [], nothing, "none", nothing),
    ("endless", [], nothing, "loop", nothing),
    ("trap", [], nothing, "trap", nothing),
    ("no-char", ["x" => "u32"], "char", "i32", nothing),
)
const SIMPLE = WasmComponent(engine, wat2wasm(SIMPLE_TEXT))
new_simple() = exports(WasmInstance(WasmStore(engine), SIMPLE))

# What a component gets, and what it returns, for values of a type: through lists of them.
function echoed(type, values...)
    f = exports_of(echo_of(type)).same
    return f(Any[values...])
end

message_of(use) = sprint(showerror, thrown(use))

@testset "numbers, bools and chars go both ways, as what they are" begin
    x = new_simple()
    for (name, T, _) in KINDS_OF_NUMBERS
        values = T === Char ? ['\0', 'a', 'é', '\U10ffff'] : T[typemin(T), 0, 1, typemax(T)]
        for value in values
            @test x[name](value) === value
            @test x["list-$name"]([value, value])::Vector{T} == [value, value]
        end
        @test x["list-$name"](T[])::Vector{T} == T[]
    end
    @test x.f64(-0.0) === -0.0 && x.f32(Inf) === Inf32 && isnan(x.f64(NaN)) && isnan(x.f32(NaN))
    @test x.nothing() === nothing
end

@testset "what `convert` takes without loss is taken, and other numbers are an error that names the parameter" begin
    x = new_simple()
    for given in (5, 0x05, 5.0, 5 // 1, big(5), 5.0f0, 5 + 0im)
        @test x.u8(given) === 0x05 && x.s64(given) === 5 && x.f32(given) === 5.0f0
        @test x["list-u8"]((given, given)) == [5, 5]
    end
    @test x.u32(true) === 0x00000001 && x.bool(1) === true && x.bool(0.0) === false
    @test x.f32(0.1) === 0.1f0 && x.f64(1 // 3) === 1 / 3 && x.f64(pi) === Float64(pi)
    @test x.char(0x61) === 'a' && x.u32('a') === UInt32('a')
    for (name, given) in (
        ("u8", 256), ("u8", -1), ("s8", 128), ("u16", 1 << 16), ("s16", 1 << 15), ("u32", 1 << 40),
        ("s32", big(2)^31), ("u64", -1), ("s64", typemax(UInt64)), ("bool", 2), ("u32", 1.5),
        ("u8", 1 + 1im), ("s64", 1e30), ("u32", NaN),
    )
        T = Dict(n => T for (n, T, _) in KINDS_OF_NUMBERS)[name]
        e = thrown(() -> x[name](given))
        @test e isa InexactError && e.T === T && e.val === given
        @test sprint(showerror, e) == "InexactError: parameter `x` of $name: convert($T, $given)"
        for values in (Any[1, given], [1, given], (1, given), (v for v in (1, given)))
            said = message_of(() -> x["list-$name"](values))
            @test startswith(said, "InexactError: parameter `x` of list-$name, element 2: convert($T, ")
        end
    end
    @test sprint(showerror, thrown(() -> x.add(1, 1 << 40))) ==
        "InexactError: parameter `right` of add: convert(UInt32, 1099511627776)"
    for (name, _, _) in KINDS_OF_NUMBERS, given in ("1", nothing, :a, [1], 1 => 2, missing, (1,))
        e = thrown(() -> x[name](given))
        @test e isa WasmtimeError && e.code === :type_mismatch
        @test e.message == "$name can't take $(repr(given)), of type $(typeof(given)), as " *
            "parameter `x`, which is $name: its signature is func(x: $name) -> $name"
        @test occursin("as parameter `x`, element 2, which is $name: ",
            message_of(() -> x["list-$name"](Any[name == "char" ? 'a' : 1, given])))
    end
    for bad in (reinterpret(Char, 0xd8000000), reinterpret(Char, 0xeda08000), reinterpret(Char, 0xffffffff))
        @test occursin("which is char", message_of(() -> x.char(bad)))
        @test occursin("element 2, which is char", message_of(() -> x["list-char"](['a', bad])))
    end
end

@testset "strings go both ways, from any kind of string" begin
    x = new_simple()
    for text in ("", "a", "grüße 🎉", "nul \0 within", "x"^100_000)
        @test x.string(text)::String == text
        @test x.string(SubString("<$text>", 2, 1 + lastindex(text))) == text
    end
    @test x.string(Test.GenericString("any")) == "any"
    for given in (:symbol, 'c', nothing, 5, UInt8[0x61], ["a"])
        e = thrown(() -> x.string(given))
        @test e.code === :type_mismatch && occursin("as parameter `x`, which is string: ", e.message)
    end
    e = thrown(() -> x.string("\xff"))
    @test e.code === :type_mismatch && e.message == "parameter `x`: the string isn't UTF-8"
    e = thrown(() -> exports_of(echo_of((:tuple, "string", "string"))).same([("a", "b"), ("a", "\xff")]))
    @test e.message == "parameter `x`, element 2, field 2: the string isn't UTF-8"
    # Nothing has ended.
    @test x.string("on") == "on"
end

@testset "a list is any iterable but numbers, strings and pairs" begin
    x = new_simple()
    matrix = [1.0 3.0; 2.0 4.0]
    for values in (
        [1.0, 2.0, 3.0, 4.0], matrix, 1:4, (1, 2.0, 3, 4 // 1), (i for i in 1:4), Any[1, 2, 3, 4],
        view(collect(1.0:6.0), 1:4), view([1.0 0; 2 0; 3 0; 4 0], :, 1), view(collect(0.5:0.5:4), 2:2:8),
        view(matrix, :, :), reinterpret(Float64, collect(reinterpret(Int, [1.0, 2.0, 3.0, 4.0]))),
        Iterators.filter(isinteger, 1:0.5:4), Float32[1, 2, 3, 4],
    )
        @test x["list-f64"](values)::Vector{Float64} == [1, 2, 3, 4]
    end
    @test x["list-u8"](codeunits("abc")) == b"abc"
    @test x["list-bool"](BitVector([true, false])) == [true, false] == x["list-bool"]([1, 0])
    @test sort(x["list-s64"](Set([3, 1, 2]))) == [1, 2, 3]
    big = rand(UInt8, 1 << 20)
    @test x["list-u8"](big) == big == x["list-u8"](Int.(big))
    for given in (5, "text", 1 => 2, 'c', nothing, :a, x.string)
        e = thrown(() -> x["list-u8"](given))
        @test e.code === :type_mismatch && occursin("parameter `x`, which is list<u8>: ", e.message)
    end
    words = exports_of(echo_of("string")).same
    for values in (["a", "b"], ("a", SubString("xb", 2)), (c for c in ("a", "b")), split("a b"))
        @test words(values)::Vector{String} == ["a", "b"]
    end
    @test occursin("as parameter `x`, element 2, which is string", message_of(() -> words(["a", 'b'])))
    @test occursin("which is list<string>", message_of(() -> words("ab")))
    nested = exports_of(echo_of((:list, (:list, "u16")))).same
    @test nested([[[1, 2], []], [], [1:3]])::Vector{Vector{Vector{UInt16}}} == [[[1, 2], []], [], [[1, 2, 3]]]
    @test startswith(message_of(() -> nested([[[1, 2], []], [], [[1, 2, -3]]])),
        "InexactError: parameter `x` of same, element 3, element 1, element 3: ")
end

@testset "an array that is resized while other arguments are converted is passed as it is then" begin
    text = echo_text(("f", ["x" => (:list, "u8"), "y" => (:list, (:list, "u8"))], "u32", "length", nothing))
    length_of_first = "(func (export \"length\") (param i32 i32 i32 i32) (result i32) (local.get 1))"
    f = exports_of(replace(text, "(func (export \"none\"))" => "(func (export \"none\")) $length_of_first")).f
    numbers = fill(0x01, 100_000)
    @test f(numbers, (begin resize!(numbers, 10); GC.gc(); [1] end for _ in 1:3)) == 10
    part = view(fill(0x01, 100), 11:100)
    @test f(part, (begin resize!(parent(part), 20); [1] end for _ in 1:3)) == 90
end

# An array that has other elements than it says.
struct Lying <: AbstractVector{Int}
    said::Int
    iterated::Int
end
Base.size(x::Lying) = (x.said,)
Base.getindex(x::Lying, index::Int) = index
Base.iterate(x::Lying, index=1) = index > x.iterated ? nothing : (index, index + 1)

@testset "an array with other elements than it says is an error, or passed with those that it has" begin
    f = new_simple()["list-u8"]
    @test f(Lying(1000, 3)) == 1:3
    @test thrown(() -> f(Lying(3, 1000))) isa BoundsError
    @test f(1:3) == 1:3
end

struct WithFields
    x_axis::Float64
    y::Float64
end

point = (:record, "x-axis" => "f64", "y" => "f64")

@testset "a record is a named tuple, a dictionary or an object with its fields" begin
    f = exports_of(echo_of(point)).same
    object = WithFields(1.0, 2.0)
    for given in (
        (x_axis=1.0, y=2), (y=2, x_axis=1, more=3), Dict(:x_axis => 1, :y => 2), Dict("x_axis" => 1, "y" => 2),
        Dict("x-axis" => 1, "y" => 2.0), Dict{Any,Any}(Symbol("x-axis") => 1, "y" => 2), object,
        NamedTuple{(Symbol("x-axis"), :y)}((1, 2)), pairs((x_axis=1, y=2)),
    )
        returned = f([given])
        @test returned isa Vector{NamedTuple{(:x_axis, :y),Tuple{Float64,Float64}}}
        @test returned == [(x_axis=1.0, y=2.0)]
    end
    @test f([(x_axis=i, y=-i) for i in 1:1000]) == [(x_axis=i, y=-i) for i in 1:1000]
    for given in ((x_axis=1,), Dict(:x_axis => 1), (1, 2), 5, "text", nothing, [1, 2], :x, (x=1, y=2))
        e = thrown(() -> f([given]))
        @test e.code === :type_mismatch
        @test occursin("as parameter `x`, element 1, which is a record with the fields :x_axis, :y, and this has no `", e.message)
    end
    @test occursin("parameter `x`, element 2, field `y`, which is f64",
        message_of(() -> f([(x_axis=1, y=1), (x_axis=1, y="b")])))
end

@testset "a tuple is a tuple, and one of two also a pair" begin
    f = exports_of(echo_of((:tuple, "string", "u32"))).same
    @test f([("a", 1), "b" => 2])::Vector{Tuple{String,UInt32}} == [("a", 1), ("b", 2)]
    @test sort(f(Dict("a" => 1, "b" => 2))) == [("a", 1), ("b", 2)]
    for given in (("a",), ("a", 1, 2), ["a", 1], (a="a", b=1), "a1", nothing, 5)
        @test occursin("element 1, which is a tuple of 2: ", message_of(() -> f([given])))
    end
    @test startswith(message_of(() -> f([("a", 1), ("b", -1)])), "InexactError: parameter `x` of same, element 2, field 2: ")
    @test echoed((:tuple, "u8"), (1,)) == [(0x01,)]
end

@testset "an option is nothing or the value, and a nested one says which" begin
    returned = echoed((:option, "u32"), nothing, 5, Some(6))
    @test returned isa Vector{Union{Nothing,UInt32}} && returned == [nothing, 5, 6]
    returned = echoed((:option, (:option, "u32")), nothing, Some(nothing), Some(Some(5)), Some(6), 7)
    @test returned isa Vector{Union{Nothing,Some}}
    @test returned[1] === nothing && returned[2] === Some(nothing)
    @test all(i -> returned[i] === Some(UInt32(i + 2)), 3:5)
    three = echoed((:option, (:option, (:option, "string"))), nothing, Some(nothing), Some(Some(nothing)), "deep")
    @test three[1:3] == [nothing, Some(nothing), Some(Some(nothing))] && three[4].value.value == "deep"
    e = thrown(() -> echoed((:option, "u32"), 1, "b"))
    @test occursin("parameter `x`, element 2, the value of the option, which is u32", e.message)
    @test occursin("list<option<string>>", message_of(() -> exports_of(echo_of((:option, "string"))).same(5)))
end

@testset "a result within a value is `Ok` or `Err`" begin
    returned = echoed((:result, "u32", "string"), Ok(5), Err("no"))
    @test returned == [Ok(5), Err("no")] && returned isa Vector{Union{Ok,Err}}
    @test echoed((:result, nothing, "string"), Ok(), Ok(nothing), Err("no")) == [Ok(), Ok(), Err("no")]
    @test echoed((:result, "u8", nothing), Ok(1), Err()) == [Ok(1), Err()]
    @test echoed((:result, nothing, nothing), Ok(), Err()) == [Ok(), Err()]
    f = exports_of(echo_of((:result, "u32", nothing))).same
    for given in (5, nothing, Err(5), WitError(5), Ok("a"))
        e = thrown(() -> f([given]))
        @test e.code === :type_mismatch && occursin("parameter `x`, element 1", e.message)
    end
    @test occursin("the value of the result, which is u32", message_of(() -> f([Ok("a")])))
    @test occursin("which is result<u32, _>; it is `Ok(x)` or `Err(x)`: ", message_of(() -> f([5])))
end

@testset "results, variants and errors are equal and hashed by what they hold" begin
    for (a, b, c) in (
        (Ok(1), Ok(1.0), Ok(2)), (Err("a"), Err("a"), Err("b")),
        (WitVariant(:a, 1), WitVariant(:a, 1.0), WitVariant(:b, 1)), (WitVariant(:a), WitVariant(:a), WitVariant(:a, 1)),
    )
        @test a == b && isequal(a, b) && hash(a) == hash(b) && a != c && hash(a) != hash(c)
    end
    @test Ok(1) != Err(1) && hash(Ok(1)) != hash(Err(1))
    @test isequal(Ok(NaN), Ok(NaN)) && Ok(NaN) != Ok(NaN) && isequal(WitVariant(:a, NaN), WitVariant(:a, NaN))
    @test repr(WitVariant(:a)) == "WitVariant(:a)" && repr(WitVariant(:a, "b")) == "WitVariant(:a, \"b\")"
    @test sprint(showerror, WitError((code=5,))) == "WitError: (code = 5,)"
    @test length(sprint(showerror, WitError("x"^5000))) < 1100 && startswith(sprint(showerror, WitError(nothing)), "WitError: ")
end

shape = (:variant, "empty-set" => nothing, "circle" => "f64", "name" => (:option, "string"))

@testset "a variant is a case, with a value or without" begin
    f = exports_of(echo_of(shape)).same
    given = Any[
        :empty_set, Symbol("empty-set"), "empty-set", :circle => 2, "circle" => 2, WitVariant(:circle, 2),
        WitVariant(:empty_set), :name => nothing, WitVariant(:name, nothing), :name => "n",
    ]
    returned = f(given)::Vector{WitVariant}
    empty, circle, unnamed = WitVariant(:empty_set), WitVariant(:circle, 2.0), WitVariant(:name, nothing)
    @test returned == [empty, empty, empty, circle, circle, circle, empty, unnamed, unnamed, WitVariant(:name, "n")]
    @test f(returned) == returned
    for (given, said) in (
        :square => "which is a variant with the cases :empty_set, :circle, :name: ", 5 => "variant", nothing => "variant",
        :circle => "and this case has a value: `:circle => value`: ", WitVariant(:name, 5) => "case `name`, the value of the option, which is string",
        (:empty_set => nothing) => ":empty_set is a case without a value: ", WitVariant(:empty_set, 1) => "without a value",
        (:circle => "two") => "parameter `x`, element 1, case `circle`, which is f64: ", (1 => 2) => "variant",
    )
        e = thrown(() -> f([given]))
        @test e.code === :type_mismatch && occursin(said, e.message)
    end
end

@testset "an enum is a symbol, flags are a set of symbols" begin
    colors = exports_of(echo_of((:enum, "red", "dark-blue"))).same
    @test colors([:red, :dark_blue, "dark-blue", Symbol("dark-blue")])::Vector{Symbol} == [:red; fill(:dark_blue, 3)]
    for given in (:green, 1, nothing, 'r', :red => nothing, WitVariant(:red))
        e = thrown(() -> colors(Any[:red, given]))
        @test e.code === :type_mismatch && occursin("element 2, which is an enum with the cases :red, :dark_blue", e.message)
    end
    rights = exports_of(echo_of((:flags, "read", "write-all", "run"))).same
    given = Any[Symbol[], [:read], (:write_all, :run), Set([:run]), ["write-all"], (f for f in (:read, :run)), [:run, :run]]
    returned = rights(given)::Vector{Set{Symbol}}
    @test returned == map(Set, [[], [:read], [:write_all, :run], [:run], [:write_all], [:read, :run], [:run]])
    for given in (:read, "read", [:execute], 5, nothing, Dict(:read => true), [1])
        e = thrown(() -> rights([given]))
        @test e.code === :type_mismatch && occursin("element 1, which is flags, which are :read, :write_all, :run", e.message)
    end
    many = ["flag-$i" for i in 1:32]
    @test echoed((:flags, many...), Symbol.(replace.(many, '-' => '_')), [:flag_32, :flag_1]) ==
        [Set(Symbol.(replace.(many, '-' => '_'))), Set([:flag_1, :flag_32])]
end

@testset "the result of a function is its value, or thrown" begin
    failing = (:result, (:list, "u8"), (:variant, "closed" => nothing, "code" => "u32"))
    f = exports_of(echo_text(("first", ["x" => (:list, failing)], failing, "at", nothing))).first
    @test f([Ok(b"abc")]) == b"abc"
    e = thrown(() -> f([Err(:code => 7)]))
    @test e isa WitError && e.value == WitVariant(:code, 7)
    @test thrown(() -> f([Err(:closed)])).value == WitVariant(:closed)
    # It goes on.
    @test f([Ok([1, 2])]) == [1, 2]
    plain = (:result, nothing, nothing)
    g = exports_of(echo_text(("first", ["x" => (:list, plain)], plain, "byte", nothing))).first
    @test g([Ok()]) === nothing && thrown(() -> g([Err()])).value === nothing
    # Not where it is within another value.
    h = exports_of(echo_text(("first", ["x" => (:list, (:option, failing))], (:option, failing), "at", nothing))).first
    @test h([Some(Err(:closed))]) == Err(WitVariant(:closed)) && h([nothing]) === nothing
end

@testset "values nested in each other go both ways" begin
    inner = (:record, "shape" => shape, "tags" => (:list, (:tuple, "string", (:option, "char"))))
    type = (:record, "points" => (:list, point), "inner" => (:option, inner), "rights" => (:flags, "a", "b"),
        "outcome" => (:result, (:list, inner), (:enum, "one", "two")))
    f = exports_of(echo_of(type)).same
    some = (shape=WitVariant(:circle, 1.5), tags=[("a", 'b'), ("", nothing)])
    values = [
        (points=[(x_axis=1.0, y=2.0)], inner=some, rights=Set([:a]), outcome=Ok([some, some])),
        (points=[], inner=nothing, rights=Set(Symbol[]), outcome=Err(:two)),
    ]
    returned = f(values)
    @test returned == f(returned) && isconcretetype(eltype(returned))
    @test returned[1].inner == some && returned[1].outcome == Ok([some, some]) && returned[2].outcome == Err(:two)
    bad = merge(values[1], (outcome=Ok([some, (shape=:circle => "x", tags=[])]),))
    @test occursin("as parameter `x`, element 2, field `outcome`, the value of the result, element 2, field `shape`, " *
        "case `circle`, which is f64: ", message_of(() -> f([values[1], bad])))
    deep = foldl((type, _) -> (:list, type), 1:50; init="u8")
    value = foldl((value, _) -> [value], 1:49; init=[1, 2])
    @test echoed(deep, value)[1] == value
    # More than 16 parameters go through memory.
    f = exports_of(echo_text(("f", ["p$i" => "u8" for i in 1:20], "u8", "byte", nothing)) |>
        text -> replace(text, "(func (export \"byte\") (param i32 i32)" => "(func (export \"byte\") (param i32)")).f
    @test f(7, 2:20...) === 0x07
    @test startswith(message_of(() -> f(1:19..., -1)), "InexactError: parameter `p20` of f: ")
end

@testset "a wrong number of arguments is an error with the signature" begin
    x = new_simple()
    for args in ((), (1,), (1, 2, 3))
        e = thrown(() -> x.add(args...))
        @test e.code === :type_mismatch && e.message == "add takes 2 arguments, not $(length(args)): " *
            "its signature is func(left: u32, right: u32) -> u32"
    end
    @test thrown(() -> x.nothing(1)).code === :type_mismatch
end

const API_TEXT = """(component $ECHO_MODULE
    (func \$add (param "x" u32) (param "y" u32) (result u32) (canon lift (core func \$i "add")))
    (func \$none (canon lift (core func \$i "none")))
    (instance \$math (export "add-up" (func \$add)) (export "end" (func \$none)))
    (instance \$other (export "none" (func \$none)))
    (export "docs:math/whole-numbers@0.1.2" (instance \$math))
    (export "docs:math/add@1.2.0" (instance \$math))
    (export "docs:math/add@2.0.0" (instance \$math))
    (export "docs:one/same" (instance \$math))
    (export "docs:two/same" (instance \$other))
    (export "docs:three/other-thing" (instance \$other))
    (func (export "whole-numbers") (canon lift (core func \$i "none")))
    (type \$size (record (field "width" f64)))
    (export "size" (type \$size))
    (export "tools" (instance \$other)))"""

@testset "exports are found by their names in WIT and in Julia, long and short" begin
    x = exports_of(API_TEXT)
    whole = x["docs:math/whole-numbers@0.1.2"]
    @test whole["add-up"](1, 2) === whole.add_up(1, 2) === UInt32(3) && whole["end"]() === nothing
    @test x["docs:math/whole-numbers"] == x["docs:math/whole-numbers@0.1.0"] == whole
    @test x["docs:math/whole-numbers@0.1.9"] == x[Symbol("docs:math/whole_numbers")] == whole
    # The component's own function comes before the interface.
    @test x.whole_numbers isa WasmComponentFunc && x["whole-numbers"] === x.whole_numbers
    @test x.other_thing == x["other-thing"] == x["docs:three/other-thing"] != x["docs:two/same"]
    @test x["docs:math/add@1.2.0"] == x["docs:math/add@1.9.3"] != x["docs:math/add@2.0.1"]
    @test x["docs:math/add@1.2.0"].add_up !== x["docs:math/add@2.0.0"].add_up
    @test whole.add_up === whole["add-up"] && whole.add_up.interface == "docs:math/whole-numbers@0.1.2"
    for name in ("docs:math/whole-numbers@0.2.0", "docs:math/add@3.0.0", "nothing-there", "size", "docs:math", "", "a@1.2.x")
        @test !haskey(x, name) && get(x, name, 7) === 7 && thrown(() -> x[name]) isa KeyError
    end
    @test !haskey(x, 5) && thrown(() -> x[5]) isa KeyError && thrown(() -> x[nothing]) isa KeyError
    e = thrown(() -> x.nothing_there)
    @test e.code === :not_found && startswith(e.message, "there is no export called `nothing_there`; the exports are: `docs:math/whole-numbers@0.1.2`, `docs:math/add@1.2.0`")
    e = thrown(() -> whole.none)
    @test e.message == "there is no export called `none` in `docs:math/whole-numbers@0.1.2`; the exports are: `add-up`, `end`"
    for name in ("same", "add", "docs:math/add")
        @test !haskey(x, name)
        e = thrown(() -> x[name])
        @test e.code === :not_found && startswith(e.message, "`$name` stands for several exports: `docs:")
    end
    @test occursin("`docs:one/same`, `docs:two/same`; use the whole name, as in `exports(instance)[\"docs:one/same\"]`", thrown(() -> x.same).message)
    @test propertynames(x) == Symbol[Symbol("docs:math/whole_numbers"), Symbol("docs:math/add@1.2.0"), Symbol("docs:math/add@2.0.0"), Symbol("docs:one/same"),
        Symbol("docs:two/same"), :other_thing, :tools, :whole_numbers]
    @test all(name -> getproperty(x, name) == x[String(name)], propertynames(x))
    @test propertynames(whole) == [:add_up, :end]
    @test keys(x)[[1, 8]] == ["docs:math/whole-numbers@0.1.2", "whole-numbers"] && length(x) == 8 && x.tools.none() === nothing
    @test [name => item for (name, item) in whole] == ["add-up" => whole.add_up, "end" => whole["end"]]
    for use in (() -> x.whole_numbers = 5, () -> x["size"] = 5)
        @test thrown(use) isa ArgumentError
    end
end

@testset "exports, instances and functions are shown as what they are in WIT" begin
    instance = instance_of(API_TEXT)
    x = exports(instance)
    @test repr(instance) == "WasmComponentInstance with 8 exports" && instance.exports == x
    @test startswith(repr("text/plain", x), "8 exports:\n  docs:math/whole-numbers@0.1.2: interface with 2 exports\n")
    @test endswith(repr("text/plain", x), "\n  tools: interface with 1 export\n  whole-numbers: func()")
    @test repr("text/plain", x.other_thing) == "docs:three/other-thing: 1 export:\n  none: func()"
    @test startswith(repr(x), "WasmComponentExports(docs:math/whole-numbers@0.1.2, ")
    f = x["docs:one/same"].add_up
    @test repr(f) == "WasmComponentFunc add-up: func(x: u32, y: u32) -> u32"
    @test (f.name, f.interface, f.type.kind, f.instance) == ("add-up", "docs:one/same", :func, instance)
    @test f == x["docs:one/same"].add_up && hash(f) == hash(x["docs:one/same"].add_up)
    @test f != x["docs:math/add@1.2.0"].add_up && x == exports(instance) && hash(x) == hash(exports(instance))
    @test f != exports(WasmInstance(instance.store, instance.component))["docs:one/same"].add_up
    @test occursin("Did you mean the export `exports(instance).whole_numbers`?", thrown(() -> instance.whole_number).msg)
    limited = IOContext(IOBuffer(), :limit => true, :displaysize => (7, 60))
    show(limited, MIME("text/plain"), x)
    @test length(split(String(take!(limited.io)), '\n')) == 3
    none = exports_of("(component)")
    @test isempty(none) && thrown(() -> none.f).message == "there is no export called `f`; nothing is exported"
    @test repr("text/plain", none) == "0 exports:"
end

@testset "a failure ends the components of the store, and no others" begin
    for (use, code) in (
        (x -> x.trap(), :unreachable), (x -> x.no_char(0xd800), :other), (x -> x.endless(; timeout=0.05), :interrupt),
    )
        x, other = new_simple(), new_simple()
        @test x.add(1, 2) == 3
        first = thrown(() -> use(x))
        @test first isa WasmTrap && first.code === code
        for again in (() -> x.add(1, 2), () -> x.string("a"), () -> WasmInstance(SafeWasm.instance_of(x).store, SIMPLE))
            e = thrown(again)
            @test e isa WasmtimeError && e.code === :components_ended
            @test occursin("use another store", e.message) && occursin(chomp(first.message), e.message)
        end
        @test other.add(1, 2) == 3
    end
    # Refused arguments end nothing.
    x = new_simple()
    for _ in 1:3
        @test thrown(() -> x.add(1, -1)) isa InexactError && thrown(() -> x.string("\xff")) isa WasmtimeError
        @test x.add(1, 2) == 3
    end
    e = thrown(() -> WasmInstance(WasmStore(engine), WasmComponent(engine, wat"(component (core module $m (func $f unreachable) (start $f)) (core instance (instantiate $m)))")))
    @test e isa WasmTrap && e.code === :unreachable
end

@testset "time limits, fuel and other limits hold for components" begin
    x = new_simple()
    @test x.add(1, 2; timeout=10) == 3
    @test thrown(() -> x.add(1, 2; timeout="long")) isa ArgumentError
    @test thrown(() -> with_timeout(() -> new_simple().endless(), SafeWasm.instance_of(x).store, -1)) isa ArgumentError
    instance = WasmInstance(WasmStore(engine), SIMPLE)
    @test thrown(() -> with_timeout(exports(instance).endless, instance.store, 0.05)).code === :interrupt
    fueled = WasmEngine(; consume_fuel=true)
    store = WasmStore(fueled; fuel=1000)
    y = exports(WasmInstance(store, WasmComponent(fueled, wat2wasm(SIMPLE_TEXT))))
    @test y.add(1, 2) == 3 && get_fuel(store) < 1000
    @test thrown(y.endless).code === :out_of_fuel
    small = WasmStore(engine; memory_limit=1000)
    @test thrown(() -> WasmInstance(small, SIMPLE)).code === :limit
end

@testset "components with imports, and mixed engines, are errors" begin
    store = WasmStore(engine)
    e = thrown(() -> WasmInstance(store, WasmComponent(engine, wat"""(component (import "f" (func)))""")))
    @test e.code === :link && startswith(e.message, "an import of the component is missing: `f`")
    e = thrown(() -> WasmInstance(WasmStore(WasmEngine()), SIMPLE))
    @test e.code === :wrong_engine && !occursin('_', replace(e.message, r"`[^`]*`" => ""))
end

@testset "closed stores, instances and functions are errors, whatever the arguments" begin
    for closing in (x -> SafeWasm.instance_of(x).store, identity)
        x = new_simple()
        f = closing === identity ? x.add : x.add
        instance = SafeWasm.instance_of(x)
        close(closing === identity ? instance : instance.store)
        for use in (() -> exports(instance), () -> x.add, () -> x["add"], () -> collect(x), () -> x.nothing_there)
            e = thrown(use)
            @test e.code === :invalid_handle && occursin("closed", e.message)
        end
        @test !isopen(x) && repr(instance) == "WasmComponentInstance (closed)" && repr("text/plain", x) == "WasmComponentExports (closed)"
        @test x == x && haskey(x, "add") && repr(x) isa String
        closing === identity || @test thrown(() -> f(1, 2)).message == "Invalid function: the function is closed, or its store is"
        close(f)
        @test thrown(() -> f(1, 2)).message == "Invalid function: the function is closed, or its store is"
        @test repr(f) == "WasmComponentFunc (closed)" && f == f && f.ptr == C_NULL
    end
    x = new_simple()
    close(x.add)
    # It is looked up again.
    @test x.add(1, 2) == 3
    store = WasmStore(engine)
    c = WasmComponent(engine, wat2wasm(SIMPLE_TEXT))
    y = exports(WasmInstance(store, c))
    close(c)
    @test y.add(1, 2) == 3
    @test thrown(() -> WasmInstance(store, c)).message == "Invalid component: the component is closed"
    close(store)
    @test thrown(() -> WasmInstance(store, SIMPLE)).message == "Invalid store: the store is closed"
end

@testset "collections in between disturb nothing, and what is given is kept during a call" begin
    f = exports_of(echo_text(("f", ["a" => "string", "b" => (:list, (:list, "u8")), "c" => "string"], "u8", "byte", nothing)) |>
        text -> replace(text, "(func (export \"byte\") (param i32 i32)" => "(func (export \"byte\") (param i32 i32 i32 i32 i32 i32)")).f
    for round in 1:5
        lists = (begin GC.gc(); fill(UInt8(i), 1000 * i) end for i in 1:5)
        @test f(string("a", round), lists, string("c", round)) == UInt8('a')
    end
    same = exports_of(echo_of((:tuple, "string", (:list, "s32")))).same
    for round in 1:5
        given = ((begin GC.gc(false); string(i, "-", round) end, fill(i, 100)) for i in 1:50)
        returned = same(given)
        GC.gc(false)
        @test returned == [("$i-$round", fill(i, 100)) for i in 1:50]
    end
    x = let
        new_simple().add
    end
    GC.gc()
    @test x(1, 2) == 3
    for _ in 1:100
        new_simple().add(1, 2)
    end
end

@testset "calls within the conversion of arguments, and exceptions there, disturb nothing" begin
    x, y = new_simple(), exports_of(echo_of("string")).same
    returned = y(begin @test x.string("within $i") == "within $i"; y(["again"]); "$i" end for i in 1:100)
    @test returned == string.(1:100)
    for _ in 1:50
        @test thrown(() -> y(i < 3 ? "$i" : error("mine") for i in 1:5)).msg == "mine"
        @test x.string("on") == "on"
    end
end

@testset "tasks and threads call components at the same time" begin
    count = 500
    work(k) = (x = new_simple(); all(i -> x.string("$k-$i") == "$k-$i" && x["list-u8"](fill(k, i)) == fill(k, i), 1:count))
    @test all(fetch.([(@async (yield(); work(k))) for k in 1:4]))
    @test all(fetch.([Threads.@spawn(work(k)) for k in 1:4]))
    # Tasks share a store if they take turns.
    x = new_simple()
    @test all(fetch.([(@async (yield(); x.add(k, 1))) for k in 1:10]) .== (1:10) .+ 1)
end

@testset "the objects of component calls are sent closed, and values as they are" begin
    x = new_simple()
    through(object) = (io = IOBuffer(); serialize(Distributed.ClusterSerializer(io), object); deserialize(Distributed.ClusterSerializer(seekstart(io))))
    there = through(x.add)
    @test !isopen(there) && there.name == "add" && there.type == x.add.type
    @test occursin("another process", thrown(() -> there(1, 2)).message)
    for value in (Ok(5), Err("a"), WitVariant(:a, [1]), WitError(:b))
        file = IOBuffer()
        serialize(file, value)
        back = deserialize(seekstart(file))
        @test typeof(back) === typeof(value) && back.value == value.value
    end
    @test deepcopy(x) === x && deepcopy(x.add) === x.add
end

@testset "the first call of another signature takes little time" begin
    instance_of(echo_of((:list, "u32")))
    types = [(:record, "a$i" => "u32", "b$i" => "string", "c$i" => (:option, (:tuple, "u8", "f64"))) for i in 1:20]
    for type in types[1:2]
        f = exports_of(echo_of(type)).same
        f([Dict(type[2][1] => 1, type[3][1] => "b", type[4][1] => (1, 2.0))])
    end
    functions = map(type -> exports_of(echo_of(type)).same, types)
    seconds = map(types, functions) do type, f
        given = [Dict(type[2][1] => 1, type[3][1] => "b", type[4][1] => (1, 2.0))]
        @elapsed f(given)
    end
    @test minimum(seconds) < 0.2
end

@testset "calls allocate little beside their results" begin
    x = new_simple()
    add(f, n) = (for _ in 1:n; f(1, 2); end; nothing)
    bytes(f, data, n) = (for _ in 1:n; f(data); end; nothing)
    data = rand(UInt8, 1 << 16)
    add(x.add, 10), bytes(x["list-u8"], data, 10)
    GC.gc()
    @test (@allocated add(x.add, 1000)) < 1000 * 200
    # One copy, of the result.
    @test (@allocated bytes(x["list-u8"], data, 10)) < 11 * sizeof(data)
end
