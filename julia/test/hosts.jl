engine = WasmEngine()

# Passes its argument to the host function, from a frame with a name of its own.
const PASS = wat"""(module $pass
    (import "host" "f" (func $f (param i32) (result i32)))
    (memory (export "memory") 1 9)
    (func $go (export "go") (param i32) (result i32) (call $f (local.get 0)))
    (func $boom (export "boom") (param i32) (result i32) unreachable)
    (func (export "grow") (drop (memory.grow (i32.const 1))))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0))))"""
pass = WasmModule(engine, PASS)

# An instance whose `go(x)` is `f(x)`.
passing(f, store=WasmStore(engine)) = WasmInstance(store, pass; host=(f=f,))

# A function that returns `value`, or throws it. It has one type for all values, since a host
# function is compiled for each type of function.
function giving(value; throws=false)
    held = Ref{Any}(value)
    return (args...) -> throws && args[1] == 0 ? throw(held[]) : held[]
end

exception_stack() =
    @static if VERSION >= v"1.7"
        Any[entry.exception for entry in current_exceptions()]
    else
        Any[first(entry) for entry in Base.catch_stack()]
    end

@testset "a host function is called with its signature's types" begin
    store = WasmStore(engine)
    seen = []
    add = WasmFunc(store, (Int32, Int32) => Int32) do a, b
        push!(seen, (a, b))
        a + b
    end
    @test add(1, 2) === Int32(3)
    @test seen == [(1, 2)] && typeof(seen[1]) == Tuple{Int32,Int32}
    @test string(add.type) == "(i32, i32) -> i32"
    nothing_in = WasmFunc(store, () => Int32) do
        7
    end
    @test nothing_in() === Int32(7)
    nothing_out = WasmFunc(store, Int32 => ()) do x
        push!(seen, x)
        "discarded"
    end
    @test nothing_out(5) === nothing
    @test seen[end] === Int32(5)
    several = WasmFunc(store, Int64 => (Int32, Float64, Int64, Float32)) do x
        x, x / 2, -x, 0.5
    end
    @test several(3) === (Int32(3), 1.5, Int64(-3), 0.5f0)
    @test WasmFunc(store, Float32 => Float64, x -> x)(0.1f0) === Float64(0.1f0)
    @test TypedFunc{Tuple{Int32,Int32},Int32}(add)(3, 4) === Int32(7)
end

@testset "a typed host function allocates nothing" begin
    store = WasmStore(engine)
    add = WasmFunc((a, b) -> a + b, store, (Int32, Int32) => Int32)
    again = WasmModule(engine, wat"""(module
        (import "host" "add" (func $add (param i32 i32) (result i32)))
        (func (export "again") (param i32) (result i32) (local i32)
            (loop $again
                (local.set 1 (call $add (local.get 0) (local.get 1)))
                (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 1)))""")
    f = TypedFunc{Tuple{Int32},Int32}(exports(WasmInstance(store, again, [add])).again)
    allocated(f, count) = (f(count); @allocated f(count))
    allocated(f, Int32(10))
    @test allocated(f, Int32(1000)) == 0
    @test f(100) == 5050
end

@testset "unsigned types have the same bits" begin
    store = WasmStore(engine)
    seen = []
    f = WasmFunc(store, (UInt32, UInt64) => (UInt32, UInt64)) do a, b
        push!(seen, a, b)
        a, b
    end
    @test f(-1, -2) === (Int32(-1), Int64(-2))
    @test seen == [typemax(UInt32), typemax(UInt64) - 1]
    @test typeof.(seen) == [UInt32, UInt64]
    @test string(f.type) == "(i32, i64) -> (i32, i64)"
end

@testset "vectors are arguments and results of host functions" begin
    store = WasmStore(engine)
    reversed = WasmFunc(reverse, store, NTuple{16,UInt8} => NTuple{16,UInt8})
    bytes = ntuple(i -> UInt8(i), 16)
    @test reversed(bytes) === reverse(bytes)
    m = WasmModule(
        engine,
        wat"""(module (import "e" "f" (func $f (param v128 i32) (result i32 v128)))
                      (func (export "go") (param v128) (result i32 v128)
                          (call $f (local.get 0) (i32.const 3))))""",
    )
    x = exports(WasmInstance(store, m; e=(f=(v, i) -> (v[i], UInt128(i)),)))
    @test x.go(bytes) === (Int32(3), (0x03, ntuple(_ -> 0x00, 15)...))
end

only_ints(a::Int32, b::UInt64) = a + Float64(b)
only_nothing(a::Int32) = nothing
only_throws(a::Int32) = error("never returns $a")
only_several(a::Int32) = (a, 2.0)
only_caller(caller::WasmCaller, a::Int32) = a
only_funcs(f::WasmFunc) = f
two_methods(a::Int32) = a
two_methods(a::Int64) = a
untyped(a, b::Int32) = b
unstable(a::Int32) = a > 0 ? 1 : "one"

@testset "the signature is that of the function's only method" begin
    store = WasmStore(engine)
    for (f, signature) in (
        only_ints => "(i32, i64) -> f64",
        only_nothing => "(i32) -> ()",
        only_throws => "(i32) -> ()",
        only_several => "(i32) -> (i32, f64)",
        only_caller => "(i32) -> i32",
        only_funcs => "(funcref) -> funcref",
    )
        @test sprint(show, WasmFunc(store, f)) == "WasmFunc $f: $signature"
    end
    @test WasmFunc(store, only_ints)(1, typemax(UInt64)) == 1 + 2.0^64
    @test thrown(() -> WasmFunc(store, only_throws)(3)) == ErrorException("never returns 3")
    scale = 3
    @test WasmFunc(store, (a::Float64) -> scale * a)(2) === 6.0
end

@testset "a signature that can't be inferred is an error that says what to do" begin
    store = WasmStore(engine)
    for (f, problem) in (
        two_methods => "two_methods has 2 methods",
        untyped => "the parameters of untyped have no concrete types",
        unstable => "the type that unstable returns can't be inferred",
    )
        e = thrown(() -> WasmFunc(store, f))
        @test e isa ArgumentError
        @test occursin(problem, e.msg)
        @test occursin("WasmFunc(store, (Int32, Int32) => Int32) do", e.msg)
    end
    e = thrown(() -> WasmFunc(store, String => (), identity))
    @test e isa ArgumentError && occursin("String", e.msg)
    close(store)
    @test thrown(() -> WasmFunc(store, only_ints)) isa WasmtimeError
    @test thrown(() -> WasmFunc(identity, store, Int32 => Int32)) isa WasmtimeError
end

@testset "a Julia function can be given as an import in each way" begin
    store = WasmStore(engine)
    double(x) = 2x
    for give in (
        () -> WasmInstance(store, pass; host=(f=double,)),
        () -> WasmInstance(store, pass; host=Dict(:f => double)),
        () -> WasmInstance(store, pass, (host=(f=double,),)),
        () -> WasmInstance(store, pass, Dict("host" => Dict("f" => double))),
        () -> WasmInstance(store, pass, ["host" => ["f" => double]]),
        () -> WasmInstance(store, pass, "host" => ("f" => double)),
        () -> WasmInstance(store, pass, [double]),
        () -> WasmInstance(store, pass, [WasmFunc(double, store, Int32 => Int32)]),
    )
        @test call(give(), "go", 21) === Int32(42)
    end
    e = thrown(() -> WasmInstance(store, pass, [WasmFunc(double, store, Int64 => Int64)]))
    @test e.code === :link
    @test occursin("(i32) -> i32", e.message) && occursin("(i64) -> i64", e.message)
    wants_memory = WasmModule(engine, wat"""(module (import "host" "f" (memory 1)))""")
    e = thrown(() -> WasmInstance(store, wants_memory; host=(f=double,)))
    @test e.code === :link
    @test occursin("expected memory 1", e.message) && occursin("double", e.message)
    # A type is a function too.
    @test call(WasmInstance(store, pass; host=(f=Int64,)), "go", 5) === Int32(5)
end

@testset "a result is converted in the same way as an argument" begin
    for (given, result) in (
        true => 1, big(3) => 3, 0xffffffff => -1, typemax(UInt32) => -1, -2^31 => -2^31
    )
        @test call(passing(giving(given)), "go", 0) === Int32(result)
    end
    float = WasmFunc(giving(1 // 4), WasmStore(engine), () => Float64)
    @test float() === 0.25
end

@testset "a result that doesn't fit is an error that names the function" begin
    for given in (2.5, 2.0, "two", nothing, missing, (1,), (1, 2), [1])
        e = thrown(() -> call(passing(giving(given)), "go", 0))
        @test e isa WasmtimeError && e.code === :type_mismatch
        for part in ("host function f", repr(given), string(typeof(given)), "(i32) -> i32")
            @test occursin(part, e.message)
        end
    end
    for given in (2^32, -2^31 - 1, big(2)^70)
        @test_throws InexactError call(passing(giving(given)), "go", 0)
    end
    instance = passing(x -> x == 0 ? "zero" : x)
    @test thrown(() -> call(instance, "go", 0)) isa WasmtimeError
    @test call(instance, "go", 1) == 1
end

@testset "several results are a tuple of the same length" begin
    store = WasmStore(engine)
    pair(given) = WasmFunc(giving(given), store, () => (Int32, Float64))
    with_reference(given) = WasmFunc(giving(given), store, () => (Int32, Any))
    @test pair((1, 2))() === (Int32(1), 2.0)
    @test with_reference((1, :two))() === (Int32(1), :two)
    for f in (pair, with_reference)
        for given in ((1,), (1, 2, 3), (), 1, nothing, [1, 2])
            e = thrown(f(given))
            @test e isa WasmtimeError && e.code === :type_mismatch
            @test occursin("not a tuple of 2 results", e.message)
            @test occursin("() -> (i32, ", e.message)
            given isa Tuple && @test occursin("a tuple of $(length(given))", e.message)
        end
        @test thrown(f(("one", 2))).code === :type_mismatch
        @test_throws InexactError f((2^40, 2))()
    end
end

@testset "twenty parameters and results keep their order" begin
    types = [(Int32, "i32"), (Int64, "i64"), (Float32, "f32"), (Float64, "f64")]
    chosen = [types[mod1(i, 4)] for i in 1:20]
    wasm_types = join(last.(chosen), ' ')
    gets = join(("(local.get $i)" for i in 0:19), ' ')
    m = WasmModule(
        engine,
        wat2wasm("""(module
            (import "e" "f" (func \$f (param $wasm_types) (result $wasm_types)))
            (func (export "go") (param $wasm_types) (result $wasm_types)
                (call \$f $gets)))"""),
    )
    seen = Ref{Any}()
    f = (args...) -> (seen[] = args; 2 .* args)
    instance = WasmInstance(WasmStore(engine), m; e=(f=f,))
    result = exports(instance).go(1:20...)
    @test seen[] == Tuple(1:20) && result == Tuple(2:2:40)
    @test collect(typeof.(seen[])) == collect(typeof.(result)) == first.(chosen)
    @test call(instance, "go", collect(1:20)) == Tuple(2:2:40)
    @test thrown(() -> call(instance, "go", collect(1:19))) isa WasmtimeError
end

struct SilentError <: Exception end
struct UnshowableError <: Exception end
Base.showerror(io::IO, ::UnshowableError) = error("showerror failed")

@testset "an exception from a host function arrives as the same object" begin
    for object in (
        ErrorException("one"),
        SilentError(),
        UnshowableError(),
        KeyError(:two),
        WasmtimeError("made in Julia", :link),
        5,
        "a string",
        nothing,
        [1, 2],
    )
        instance = passing(giving(object; throws=true))
        @test thrown(() -> call(instance, "go", 0)) === object
        @test thrown(() -> call(instance, "boom", 0)).code === :unreachable
        typed = TypedFunc{Tuple{Int32},Int32}(exports(instance).go)
        @test thrown(() -> typed(0)) === object
    end
end

@testset "such an exception passes through many levels of wasm and Julia" begin
    object = ErrorException("from the bottom")
    instance = Ref{Any}()
    instance[] = passing(x -> x == 0 ? throw(object) : call(instance[], "go", x - 1))
    @test thrown(() -> call(instance[], "go", 50)) === object
    # It can be caught half way.
    outer = passing() do x
        try
            call(instance[], "go", x)
        catch e
            e === object ? 77 : rethrow()
        end
    end
    @test call(outer, "go", 10) == 77
end

@noinline culprit(x) = error("no $x")

@testset "the cause shows where the host function threw" begin
    instance = passing(x -> culprit(x))
    shown, stack = try
        call(instance, "go", 4)
    catch e
        sprint(showerror, e, catch_backtrace()), exception_stack()
    end
    @test startswith(shown, "no 4")
    # A log doesn't show causes.
    @test occursin(r"\[1\] throw_from.*culprit at .*hosts\.jl:\d+", shown)
    @test stack[end] == ErrorException("no 4")
    cause = sprint(showerror, stack[end - 1])
    # The exception itself is shown above its cause.
    @test occursin("thrown in a host function", cause) && !occursin("no 4", cause)
    @test !occursin("SlotEntry", cause) && !occursin("run_host", cause)
    @test occursin("culprit", cause) && occursin("hosts.jl", cause)
    @test occursin("[1] go in pass", cause)
end

@testset "a trap that passes through a host function shows the frames of both sides" begin
    inner = passing(identity)
    outer = passing(x -> call(inner, "boom", x))
    e = thrown(() -> call(outer, "go", 1))
    @test e isa WasmTrap && e.code === :unreachable
    @test [frame.func for frame in e.frames] == ["boom", "go"]
    shown = sprint(showerror, e)
    @test occursin("[1] boom", shown) && occursin("[2] go", shown)
    @test call(inner, "go", 1) == 1
end

@testset "a host function may use the instance that calls it" begin
    depth = Ref(0)
    instance = Ref{Any}()
    instance[] = passing() do x
        depth[] += 1
        x == 0 ? 0 : x + call(instance[], "go", x - 1)
    end
    @test call(instance[], "go", 10) == 55
    @test depth[] == 11
end

@testset "growth in a host function is noticed by every object of the memory" begin
    instance = passing() do caller::WasmCaller, x
        mem = caller.memory
        @test grow!(mem, 1) == 1
        mem[100_000] = x
        caller["grow"]()
        @test length(mem) == 3 * 65536
        pages(mem)
    end
    mem = exports(instance).memory
    window = view(mem, 1:4)
    @test call(instance, "go", 9) == 3
    @test length(mem) == 3 * 65536 && mem[100_000] == 9
    window[2] = 0x2a
    @test call(instance, "load", 1) == 0x2a
    @test call(instance, "load", 99_999) == 9
end

@testset "a host function may make functions, instances and stores" begin
    store = WasmStore(engine)
    instance = passing(store) do x
        triple = WasmFunc(y -> 3y, store, Int32 => Int32)
        inner = passing(triple, store)
        elsewhere = WasmStore(own -> call(passing(y -> y + 1, own), "go", x), engine)
        call(inner, "go", x) + elsewhere
    end
    for x in 1:20
        @test call(instance, "go", x) == 4x + 1
    end
    GC.gc()
    @test call(instance, "go", 5) == 21
end

@testset "a host function that closes its own store ends the call" begin
    store = WasmStore(engine)
    instance = passing(store) do x
        close(store)
        @test !isvalid(store)
        @test thrown(() -> call(instance, "go", 1)) isa WasmtimeError
        x + 1
    end
    mem = exports(instance).memory
    go = exports(instance).go
    e = thrown(() -> go(1))
    @test e isa WasmTrap && e.code === :interrupt && occursin("closed", e.message)
    @test thrown(() -> go(1)).code === :invalid_handle
    @test thrown(() -> mem[1]) isa WasmtimeError
    @test sprint(show, go) == "WasmFunc (closed)"
    @test call(passing(identity), "go", 3) == 3
end

@testset "the caller has the exports of the instance that called" begin
    store = WasmStore(engine)
    kept = Ref{Any}()
    f = WasmFunc(store, (Int32,) => Int32) do caller::WasmCaller, x
        kept[] = caller
        @test isvalid(caller) && isopen(caller) && sprint(show, caller) == "WasmCaller"
        caller.memory[1] += x
        @test caller["memory"] == caller[:memory]
        e = thrown(() -> caller.none)
        @test e isa WasmtimeError && e.code === :not_found && occursin("none", e.message)
        x == 5 ? caller.load(0) : x
    end
    one, other = passing(f, store), passing(f, store)
    @test call(one, "go", 3) == 3
    @test call(other, "go", 5) == 5
    @test exports(one).memory[1] == 3 && exports(other).memory[1] == 5
    @test !isvalid(kept[]) && sprint(show, kept[]) == "WasmCaller (closed)"
    for use in (() -> kept[].memory, () -> kept[]["memory"])
        @test thrown(use).code === :invalid_handle
    end
    # A call from Julia has no instance.
    g = WasmFunc((caller::WasmCaller) -> caller.memory[1], store, () => Int32)
    @test thrown(g).code === :not_found
end

@testset "endless recursion through host functions is a trap" begin
    # With less stack than usual, since each level has a backtrace of its own.
    small = WasmEngine(WasmConfig(max_wasm_stack=128 << 10))
    instance = Ref{Any}()
    f(x) = call(instance[], "go", x + 1)
    instance[] = WasmInstance(WasmStore(small), WasmModule(small, PASS); host=(f=f,))
    e = thrown(() -> call(instance[], "go", 0))
    @test e isa WasmTrap && e.code === :stack_overflow
    # With references, and in a task of its own.
    m = WasmModule(
        small,
        wat"""(module
            (import "host" "f" (func $f (param externref) (result externref)))
            (func (export "go") (param externref) (result externref)
                (call $f (local.get 0))))""",
    )
    deeper(x) = call(instance[], "go", x)
    instance[] = WasmInstance(WasmStore(small), m; host=(f=deeper,))
    e = fetch(@async thrown(() -> call(instance[], "go", "deep")))
    @test e isa WasmTrap && e.code === :stack_overflow
    @test call(passing(identity), "go", 1) == 1
end

@testset "endless recursion in a host function is a StackOverflowError" begin
    endless(x) = 1 + endless(x + 1)
    instance = passing(x -> x == 0 ? endless(x) : x)
    @test thrown(() -> call(instance, "go", 0)) isa StackOverflowError
    @test call(instance, "go", 1) == 1
end

@testset "a host function may wait, and other tasks wait for it" begin
    started, finish, order = Channel{Int}(1), Channel{Int}(1), []
    waiting = passing() do x
        put!(started, x)
        take!(finish)
    end
    one = @async (result = call(waiting, "go", 1); push!(order, :one); result)
    @test take!(started) == 1
    other = @async (result = call(passing(identity), "go", 2); push!(order, :other); result)
    foreach(_ -> yield(), 1:10)
    put!(finish, 11)
    @test (fetch(one), fetch(other)) == (11, 2)
    @test order == [:one, :other]
end

@testset "a host function lives as long as an instance that imports it" begin
    make() = passing(WasmFunc(x -> x + 1, WasmStore(engine), Int32 => Int32))
    store = WasmStore(engine)
    instances = map(1:20) do n
        f = WasmFunc(x -> x + n, store, Int32 => Int32)
        instance = passing(f, store)
        close(f)
        instance
    end
    GC.gc()
    @test [call(instance, "go", 1) for instance in instances] == 2:21
    @test thrown(make).code === :wrong_store
end

# The two kinds of host functions: compiled for `f`, and called dynamically, as imports by name are.
const KINDS = (
    (f, store, m) -> WasmInstance(store, m; host=(f=f,)),
    (f, store, m) -> WasmInstance(store, m; host=(f=WasmFunc(f, store, Int32 => Int32),)),
    (f, store, m) -> instantiate(define!(WasmLinker(engine), m, "host", "f", f), store, m),
    function (f, store, m)
        linker = define!(f, WasmLinker(engine), "host", "f", Int32 => Int32)
        return instantiate(linker, store, m)
    end,
)

redefined(x) = x + 1

@testset "each kind of host function converts, throws and waits in the same way" begin
    for make in KINDS
        answers = Dict(8 => 2^40, 9 => "nine")
        f(x) = x == 7 ? culprit(x) : get(answers, x, x * 2)
        instance = make(f, WasmStore(engine), pass)
        go(x) = call(instance, "go", x)
        @test go(5) === Int32(10)
        @test thrown(() -> go(7)) == ErrorException("no 7")
        stack = try
            go(7)
        catch
            exception_stack()
        end
        cause = sprint(showerror, stack[end - 1])
        @test occursin("culprit", cause) && occursin("[1] go in pass", cause)
        e = thrown(() -> go(8))
        @test e isa InexactError && occursin("result 1 of the host function", string(e.func))
        @test thrown(() -> go(9)).code === :type_mismatch
        @test go(6) === Int32(12)
        slow = make(x -> (sleep(0.01); x + 1), WasmStore(engine), pass)
        @test map(fetch, [@async(call(slow, "go", n)) for n in 1:3]) == 2:4
        @test isempty(SafeWasm.held_tasks())
        # A call calls the method that is defined now.
        global instance_of_redefined = make(redefined, WasmStore(engine), pass)
        @test call(instance_of_redefined, "go", 1) == 2
        @eval redefined(x) = x + 10
        @test call(instance_of_redefined, "go", 1) == 11
        @eval redefined(x) = x + 1
        @test call(instance_of_redefined, "go", 1) == 2
    end
end

@testset "imports by name take and return values of all types" begin
    m = WasmModule(engine, wat"""(module
        (type $f (func (param i32 i64 f32 f64 v128 externref funcref)
                       (result funcref externref v128 f64 f32 i64 i32)))
        (import "e" "all" (func $all (type $f)))
        (import "e" "none" (func $none))
        (import "e" "three" (func $three (param i32 i64 f64) (result f32)))
        (func (export "all") (type $f)
            (call $all (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)
                       (local.get 5) (local.get 6)))
        (func (export "none") (call $none))
        (func (export "three") (result f32)
            (call $three (i32.const -1) (i64.const -2) (f64.const 0.5))))""")
    seen = []
    x = exports(WasmInstance(WasmStore(engine), m; e=(
        all=(args...) -> (append!(seen, args); reverse(args)),
        none=() -> push!(seen, :none),
        three=(a, b, c) -> (append!(seen, (a, b, c)); 1 // 4),
    )))
    bytes = ntuple(i -> UInt8(i), 16)
    given = (Int32(1), Int64(2), 3.0f0, 4.0, bytes, [:any], nothing)
    @test x.all(given...) === reverse(given) && Tuple(seen) === given
    @test x.all(1, 2, 3, 4, bytes, nothing, x.none)[1] == x.none
    empty!(seen)
    @test x.none() === nothing && seen == [:none]
    @test x.three() === 0.25f0
    @test Tuple(seen[2:end]) === (Int32(-1), Int64(-2), 0.5)
    # An argument that is declared as unsigned arrives so, also beside references.
    store = WasmStore(engine)
    f = WasmFunc((a, b, c) -> (push!(seen, a, b); c), store, (UInt32, UInt64, Any) => Any)
    @test f(-1, -1, :three) === :three
    @test seen[(end - 1):end] == [typemax(UInt32), typemax(UInt64)]
end

@testset "hundreds of results and parameters take no time to compile" begin
    count = 900
    types, gets = repeat("i64 ", count), join(("(local.get $n)" for n in 0:(count - 1)), ' ')
    m = WasmModule(
        engine,
        wat2wasm("""(module
            (import "host" "f" (func \$f (param $types) (result $types)))
            (func (export "go") (param $types) (result $types) (call \$f $gets)))"""),
    )
    seconds = @elapsed for make in (
        (f, store) -> f,
        (f, store) -> WasmFunc(f, store, fill(Int64, count) => fill(Int64, count)),
    )
        store = WasmStore(engine)
        instance = WasmInstance(store, m; host=(f=make((args...) -> reverse(args), store),))
        @test call(instance, "go", collect(1:count)) == Tuple(count:-1:1)
    end
    @test seconds < 60
end

@testset "nothing is compiled for a further closure among imports by name" begin
    closures = [@eval(x -> x + $n) for n in 1:2]
    instances = [passing(closure) for closure in closures]
    @test [call(instance, "go", 5) for instance in instances] == [6, 7]
    # The code that makes a host function isn't compiled for types of closures, which share one entry.
    hosts = [SafeWasm.host_for_import(WasmStore(engine), closure, first(SafeWasm.all_imports(passing(closure).mod))) for closure in closures]
    @test all(host -> typeof(host) === SafeWasm.DynamicHost, hosts)
end
