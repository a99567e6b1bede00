# Resources: of components, and of the program.

engine = WasmEngine()

# A component with a resource `counter`, whose representation is its value. `dropped` returns how
# many were dropped. A counter of 13 traps when it is dropped.
const COUNTERS = WasmComponent(engine, wat"""(component
      (core module $d
        (global $dropped (mut i32) (i32.const 0))
        (func (export "dtor") (param i32)
          (if (i32.eq (local.get 0) (i32.const 13)) (then unreachable))
          (if (i32.eq (local.get 0) (i32.const 14)) (then (loop (br 0))))
          (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))
        (func (export "dropped") (result i32) (global.get $dropped)))
      (core instance $d (instantiate $d))
      (type $counter' (resource (rep i32) (dtor (core func $d "dtor"))))
      (export $counter "counter" (type $counter'))
      (core func $new (canon resource.new $counter'))
      (core func $rep (canon resource.rep $counter'))
      (core func $drop (canon resource.drop $counter'))
      (core module $m
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "rep" (func $rep (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (memory (export "memory") 1)
        (global $at (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $p i32)
          (local.set $p (global.get $at))
          (global.set $at (i32.add (local.get $p) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16))))
          (local.get $p))
        (func (export "new") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "get") (param i32) (result i32) (local.get 0))
        (func (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "merge") (param i32 i32) (result i32) (local $sum i32)
          (local.set $sum (i32.add (call $rep (local.get 0)) (call $rep (local.get 1))))
          (call $drop (local.get 0)) (call $drop (local.get 1))
          (call $new (local.get $sum)))
        (func (export "take") (param i32 i32) (call $drop (local.get 0)))
        (func (export "sum-of") (param i32 i32) (result i32) (local $sum i32)
          (loop $next
            (if (local.get 1) (then
              (local.set $sum (i32.add (local.get $sum) (i32.load (local.get 0))))
              (local.set 0 (i32.add (local.get 0) (i32.const 4)))
              (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
              (br $next))))
          (local.get $sum))
        (func (export "two") (result i32)
          (i32.store (i32.const 16) (call $new (i32.const 1))) (i32.store (i32.const 20) (call $new (i32.const 2)))
          (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 2))
          (i32.const 0))
        (func (export "trap") unreachable))
      (core instance $i (instantiate $m (with "" (instance
        (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
      (func (export "[constructor]counter") (param "start" u32) (result (own $counter))
        (canon lift (core func $i "new")))
      (func (export "[method]counter.get") (param "self" (borrow $counter)) (result u32)
        (canon lift (core func $i "get")))
      (func (export "[static]counter.sum") (param "a" (borrow $counter)) (param "b" (borrow $counter))
        (result u32) (canon lift (core func $i "sum")))
      (func (export "[static]counter.merge") (param "a" (own $counter)) (param "b" (own $counter))
        (result (own $counter)) (canon lift (core func $i "merge")))
      (func (export "take") (param "x" (own $counter)) (param "y" (borrow $counter))
        (canon lift (core func $i "take")))
      (func (export "sum-of") (param "all" (list (borrow $counter))) (result u32)
        (canon lift (core func $i "sum-of") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
      (func (export "two") (result (list (own $counter)))
        (canon lift (core func $i "two") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
      (func (export "trap") (canon lift (core func $i "trap")))
      (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))""")

# A component that imports a resource `file`, and passes files on.
const FILES_USED = WasmComponent(engine, wat"""(component
      (import "host:res/files@1.0.0" (instance $f
        (export "file" (type $file (sub resource)))
        (export "[constructor]file" (func (param "n" u32) (result (own $file))))
        (export "[method]file.read" (func (param "self" (borrow $file)) (result u32)))
        (export "close" (func (param "f" (own $file))))))
      (alias export $f "file" (type $file))
      (core func $new (canon lower (func $f "[constructor]file")))
      (core func $read (canon lower (func $f "[method]file.read")))
      (core func $close (canon lower (func $f "close")))
      (core func $drop (canon resource.drop $file))
      (core module $m
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "read" (func $read (param i32) (result i32)))
        (import "" "close" (func $close (param i32)))
        (import "" "drop" (func $drop (param i32)))
        (global $kept (mut i32) (i32.const 0))
        (func (export "run") (param i32) (result i32) (local $f i32) (local $r i32)
          (local.set $f (call $new (local.get 0)))
          (local.set $r (call $read (local.get $f)))
          (call $drop (local.get $f))
          (local.get $r))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "read-of") (param i32) (result i32) (local $r i32)
          (local.set $r (call $read (local.get 0)))
          (call $drop (local.get 0))
          (local.get $r))
        (func (export "keep") (param i32) (global.set $kept (local.get 0)))
        (func (export "read-kept") (result i32) (call $read (global.get $kept)))
        (func (export "drop-kept") (call $drop (global.get $kept)))
        (func (export "close-kept") (call $close (global.get $kept)))
        (func (export "leak") (param i32)))
      (core instance $i (instantiate $m (with "" (instance
        (export "new" (func $new)) (export "read" (func $read)) (export "close" (func $close))
        (export "drop" (func $drop))))))
      (export $exported "file" (type $file))
      (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run")))
      (func (export "make") (param "n" u32) (result (own $exported)) (canon lift (core func $i "make")))
      (func (export "read-of") (param "f" (borrow $exported)) (result u32) (canon lift (core func $i "read-of")))
      (func (export "keep") (param "f" (own $exported)) (canon lift (core func $i "keep")))
      (func (export "read-kept") (result u32) (canon lift (core func $i "read-kept")))
      (func (export "drop-kept") (canon lift (core func $i "drop-kept")))
      (func (export "close-kept") (canon lift (core func $i "close-kept")))
      (func (export "leak") (param "f" (borrow $exported)) (canon lift (core func $i "leak"))))""")

counters(store=WasmStore(engine)) = exports(WasmInstance(store, COUNTERS))

@testset "a resource is made, used and dropped" begin
    x = counters()
    a = x.counter(5)
    @test a isa WasmResource && isopen(a) && a.get() === 0x00000005 === a.get(; timeout=5)
    @test x.counter.sum(a, a) === 0x0000000a
    @test propertynames(a) == [:get] && propertynames(x.counter) == [:merge, :sum]
    @test string(a) == "WasmResource counter" && string(x.counter) == "WasmResourceType counter"
    @test x.dropped() === 0x00000000
    close(a)
    @test x.dropped() === 0x00000001 && !isopen(a) && string(a) == "WasmResource counter (closed)"
    close(a)
    @test x.dropped() === 0x00000001
    for use in (() -> a.get(), () -> x.counter.sum(a, a))
        e = thrown(use)
        @test e isa WasmtimeError && e.code === :invalid_handle && occursin("parameter `", e.message)
    end
    value = x.counter(7) do c
        c.get()
    end
    @test value === 0x00000007 && x.dropped() === 0x00000002
    mine = ErrorException("mine")
    @test thrown(() -> x.counter(c -> throw(mine), 7)) === mine
    @test x["counter"].merge isa WasmComponentFunc && haskey(x, "counter") && "counter" in keys(x)
    @test deepcopy(a) === a && deepcopy(x.counter) === x.counter
    @test occursin("counter.get", repr(x.counter(1).get))
end

@testset "a resource that is taken over is closed, one that is lent isn't" begin
    x = counters()
    a, b = x.counter(1), x.counter(2)
    c = x.counter.merge(a, b)
    @test !isopen(a) && !isopen(b) && c.get() === 0x00000003 && x.dropped() === 0x00000002
    @test thrown(() -> x.counter.merge(a, c)).code === :invalid_handle && isopen(c)
    e = thrown(() -> x.take(c, c))
    @test e.code === :type_mismatch && occursin("passed twice", e.message) && isopen(c)
    two = x.two()
    @test two isa Vector && all(r -> r isa WasmResource, two) && map(r -> r.get(), two) == [1, 2]
    @test x.sum_of([two; c]) === 0x00000006 && all(isopen, two)
    for given in (5, nothing, "a", x.counter, x)
        e = thrown(() -> x.counter.sum(c, given))
        @test e.code === :type_mismatch && occursin("as parameter `b`, which is a resource `counter`", e.message)
    end
    @test thrown(() -> x.sum_of([c, 5])).code === :type_mismatch
    e = thrown(() -> c.nothing)
    @test e isa ArgumentError && occursin("`get`", e.msg)
    e = thrown(() -> x.counter.nothing)
    @test e.code === :not_found && occursin("they are: `merge`, `sum`", e.message)
    @test thrown(() -> setproperty!(c, :get, 5)) isa ArgumentError
end

@testset "resources of another store or instance, and of a store that has ended, are errors" begin
    x, y = counters(), counters()
    foreign = y.counter(1)
    e = thrown(() -> x.counter.sum(foreign, foreign))
    @test e.code === :wrong_store && occursin("parameter `a`", e.message)
    second = counters(SafeWasm.instance_of(x).store)
    e = thrown(() -> x.counter.sum(second.counter(1), x.counter(1)))
    @test e.code === :type_mismatch && occursin("another component instance", e.message)
    bad, other = x.counter(13), x.counter(1)
    @test thrown(() -> close(bad)).code === :unreachable && !isopen(bad)
    @test thrown(() -> close(other)).code === :components_ended && isopen(other)
    @test thrown(() -> other.get()).code === :components_ended
    close(SafeWasm.instance_of(x).store)
    @test !isopen(other) && close(other) === nothing
    @test thrown(() -> other.get()).code === :invalid_handle
    @test thrown(() -> counters().counter(c -> c.nothing, 13)) isa ArgumentError
end

@testset "resources that are collected are dropped after the next call" begin
    x = counters()
    make(count) = foreach(n -> x.counter(n), 20 .+ (1:count))
    make(50)
    for _ in 1:3
        GC.gc()
        x.dropped()
    end
    @test 40 <= x.dropped() <= 50
end

mutable struct File
    number::Int
end

# The exports of an instance, and the files that were dropped.
function files(; read=f -> f.number, open=File, drop=nothing, close=f -> nothing)
    dropped = []
    drop === nothing && (drop = f -> push!(dropped, f))
    file = HostResource(; new=open, methods=(read=read,), drop=drop)
    given = Dict("host:res/files" => (file=file, close=close))
    return exports(WasmInstance(WasmStore(engine), FILES_USED, given)), dropped
end

@testset "a component makes, uses and drops a resource of the program" begin
    x, dropped = files()
    for n in 1:20
        @test x.run(n) == n
        n % 5 == 0 && GC.gc()
        @test length(dropped) == n && dropped[n].number == n
    end
end

@testset "the same object comes back" begin
    seen = []
    x, dropped = files(; read=f -> (push!(seen, f); f.number), close=f -> push!(seen, f))
    made = x.make(8)
    @test made isa File && made.number == 8
    @test x.read_of(made) === 0x00000008 && only(seen) === made
    kept = File(9)
    x.keep(kept)
    GC.gc()
    @test x.read_kept() === 0x00000009 && last(seen) === kept
    x.close_kept()
    @test last(seen) === kept && isempty(dropped)
    x.keep(kept)
    x.drop_kept()
    @test only(dropped) === kept
    # Any object is one.
    any, _ = files(; read=f -> f === nothing ? 1 : length(f), open=n -> nothing)
    @test any.run(1) === 0x00000001 && any.read_of("abc") === 0x00000003 && any.read_of((1, 2)) === 0x00000002
end

@testset "an object lives as long as a component holds it" begin
    kept = [files(; drop=f -> nothing)[1] for _ in 1:10]
    function keep(x)
        file = File(77)
        x.keep(file)
        return WeakRef(file)
    end
    lives(file) = file.value !== nothing
    all_files = map(keep, kept)
    foreach(_ -> GC.gc(), 1:3)
    @test all(lives, all_files) && all(x -> x.read_kept() == 77, kept)
    foreach(x -> x.drop_kept(), kept)
    for _ in 1:3
        foreach(x -> x.run(1), kept)
        GC.gc()
    end
    @test count(lives, all_files) <= 2
end

@testset "exceptions from functions and `drop` of a resource arrive as themselves" begin
    mine = ErrorException("mine")
    for functions in ((open=n -> throw(mine),), (read=f -> throw(mine),), (drop=f -> throw(mine),))
        x, _ = files(; functions...)
        @test thrown(() -> x.run(1)) === mine
        @test thrown(() -> x.run(1)).code === :components_ended
    end
end

@testset "mistakes in host resources are errors that say what is meant" begin
    instance(items) = WasmInstance(WasmStore(engine), FILES_USED, Dict("host:res/files" => items))
    part(; settings...) = (file=HostResource(; settings...), close=f -> nothing)
    for (items, code, text) in (
        (part(; new=File, methods=(reed=f -> 1,)), :link, "`reed` isn't one of the methods of the import `file` of " *
            "`host:res/files@1.0.0`; they are: `read`"),
        (part(; new=File, methods=(read=f -> 1,), statics=(a=1,)), :link, "there are none"),
        (part(; methods=(read=f -> 1,)), :link, "`[constructor]file`"),
        (part(; new=() -> 1, methods=(read=f -> 1,)), :link, "takes 0 arguments"),
    )
        e = thrown(() -> instance(items))
        @test e isa WasmtimeError && e.code === code && occursin(text, e.message)
    end
    for (items, text) in (
        ((file=5, close=f -> nothing), "`file` of `host:res/files@1.0.0` is a resource, which is given as a HostResource, not 5"),
        (part(; new=5), "`[constructor]file` of `host:res/files@1.0.0` is a function, and 5"),
        (part(; new=File, drop=5), "`drop` of a HostResource is a function, not 5"),
    )
        e = thrown(() -> instance(items))
        @test e isa ArgumentError && occursin(text, e.msg)
    end
end
