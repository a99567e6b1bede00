const WORK = wat"""(module $work
    (memory (export "memory") 1)
    (table (export "table") 1 funcref)
    (func $loop (export "loop") (loop $l (br $l)))
    (func (export "ok") (result i32) (i32.const 1))
    (func (export "count") (param i32) (result i32)
        (local $n i32)
        (loop $l
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $l (i32.lt_s (local.get $n) (local.get 0))))
        (local.get $n))
    (func $depth (export "depth") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0))
            (then (i32.const 0))
            (else (i32.add (i32.const 1)
                (call $depth (i32.sub (local.get 0) (i32.const 1))))))))"""

# Calls its host function in a loop that ends when it returns 0.
const ASKS = wat"""(module
    (import "host" "f" (func $f (result i32)))
    (func (export "ask") (loop $l (br_if $l (call $f))))
    (func (export "ok") (result i32) (i32.const 1)))"""

engine = WasmEngine()
work = WasmModule(engine, WORK)
asks = WasmModule(engine, ASKS)

working(engine; limits...) =
    WasmInstance(WasmStore(engine; limits...), WasmModule(engine, WORK))

# For each proposal a module that is valid only with it.
const PROPOSALS = (
    multi_value=wat"(module (func (result i32 i32) (i32.const 1) (i32.const 2)))",
    bulk_memory=wat"""(module (memory 1)
        (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))""",
    relaxed_simd=wat"""(module (func (param v128 v128) (result v128)
        (i8x16.relaxed_swizzle (local.get 0) (local.get 1))))""",
    threads=wat"(module (memory 1 1 shared))",
    tail_call=wat"(module (func (return_call 0)))",
    multi_memory=wat"(module (memory 1) (memory 1))",
    memory64=wat"(module (memory i64 1))",
    extended_const=wat"(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
    function_references=wat"""(module (type $t (func))
        (func (param (ref $t)) (call_ref $t (local.get 0))))""",
    gc=wat"(module (type (struct (field i32))))",
    exceptions=wat"(module (tag (param i32)))",
    custom_page_sizes=wat"(module (memory 1 (pagesize 1)))",
    wide_arithmetic=wat"""(module (func (param i64 i64 i64 i64) (result i64 i64)
        (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3))))""",
)
const OFF = (:custom_page_sizes, :wide_arithmetic)

@testset "each proposal has a switch, on or off as documented" begin
    for (name, bytes) in pairs(PROPOSALS)
        @test validate(engine, bytes) == !(name in OFF)
        switched = WasmEngine(WasmConfig(; name => name in OFF))
        @test validate(switched, bytes) == (name in OFF)
        refusing = name in OFF ? engine : switched
        e = thrown(() -> WasmModule(refusing, bytes))
        @test e isa WasmtimeError && e.code === :invalid_module
        @test occursin("`WasmConfig($name=true)` turns it on", e.message)
        # The last call of a setter counts.
        config = feature!(feature!(WasmConfig(), name, false), name, true)
        @test validate(WasmEngine(config), bytes)
    end
end

@testset "features that this version can't run are refused by name" begin
    e = thrown(() -> WasmEngine(WasmConfig(stack_switching=true)))
    @test e isa WasmtimeError && e.code === :unsupported
    @test occursin("turns on `stack_switching`, which this version", e.message)
    continuation = wat"(module (type $f (func)) (type $c (cont $f)))"
    component = UInt8[0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]
    legacy = wat"(module (tag $e) (func try throw $e catch $e end))"
    for (bytes, words) in (
        continuation => "it uses continuations",
        component => "it is a component",
        legacy => "wasm-opt -all --translate-to-exnref",
    )
        @test !validate(engine, bytes)
        e = thrown(() -> WasmModule(engine, bytes))
        @test e isa WasmtimeError && e.code === :invalid_module
        @test occursin(words, e.message)
    end
end

@testset "a module that is larger than the config allows is refused" begin
    bytes = wat"(module (func) (func))"
    for (setting, words) in (
        (max_module_size=length(bytes) - 1,) => "$(length(bytes)) bytes",
        (max_module_functions=1,) => "2 functions",
    )
        e = thrown(() -> WasmModule(WasmEngine(WasmConfig(; setting...)), bytes))
        @test e isa WasmtimeError && e.code === :limit
        @test occursin(words, e.message)
        @test occursin("WasmConfig($(first(keys(setting)))=", e.message)
    end
    fits = WasmConfig(max_module_size=length(bytes), max_module_functions=2)
    @test isvalid(WasmModule(WasmEngine(fits), bytes))
    @test_throws ArgumentError WasmConfig(max_module_size=-1)
end

@testset "a valid module that the compiler refuses is an error with a code of its own" begin
    labels = repeat(" 0", 70_000)
    text = "(module (func (param i32) (br_table $labels (local.get 0))))"
    e = thrown(() -> WasmModule(engine, wat2wasm(text)))
    @test e isa WasmtimeError && e.code === :compiler
    @test occursin("the compiler refused the module", e.message)
end

@testset "the vector instructions and reference types can be turned off together" begin
    vectors = wat"(module (func (param v128)))"
    @test validate(engine, vectors)
    @test !validate(WasmEngine(WasmConfig(simd=false, relaxed_simd=false)), vectors)
    references = wat"(module (func (param externref)))"
    config = WasmConfig(reference_types=false, function_references=false, gc=false)
    feature!(config, :exceptions, false)
    @test validate(engine, references)
    @test !validate(WasmEngine(config), references)
end

@testset "an unknown setting is an error that lists the settings, with the nearest" begin
    for make in (
        () -> WasmConfig(simdd=true),
        () -> WasmConfig(fuel=false),
        () -> feature!(WasmConfig(), :simdd, true),
    )
        e = thrown(make)
        @test e isa ArgumentError
        @test occursin("no setting of a WasmConfig", e.msg)
        @test occursin("simd", e.msg) && occursin("tail_call", e.msg)
    end
    e = thrown(() -> WasmConfig(optimisation_level=Speed))
    @test startswith(
        e.msg,
        "`optimisation_level` is no setting of a WasmConfig. Did you mean " *
        "`optimization_level`? The settings are optimization_level, debug_info, ",
    )
    e = thrown(() -> feature!(WasmConfig(), :bulk_memori, true))
    @test occursin("Did you mean `bulk_memory`? The settings are bulk_memory, ", e.msg)
    @test occursin("`$("x"^79)…`", thrown(() -> WasmConfig(; Symbol("x"^1000) => true)).msg)
    # The settings that the message lists are those of the constructor.
    for (name, value) in (
        :optimization_level => None, :debug_info => true, :backtrace_lines => true,
        :signals_based_traps => true, :consume_fuel => true, :epoch_interruption => true,
        :sandbox => Sandbox(), :max_wasm_stack => 1 << 16, :max_module_size => 1,
        :max_module_functions => 1,
        :shared_memory => true, :pooling => true, :cache => false, :operator_costs => ("nop" => 1,),
    )
        @test WasmConfig(; name => value) isa WasmConfig && name in SafeWasm.SETTINGS
    end
    @test length(SafeWasm.SETTINGS) == 14
    @test_throws Union{ArgumentError,TypeError} WasmConfig(optimization_level=2)
    for bytes in (0, 1 << 40)
        e = thrown(() -> WasmEngine(WasmConfig(max_wasm_stack=bytes)))
        @test e isa WasmtimeError && occursin("max_wasm_stack", e.message)
        @test occursin(string(bytes), e.message)
    end
end

@testset "every keyword and setter makes an engine that works" begin
    for keywords in (
        (optimization_level=None,),
        (optimization_level=SpeedAndSize, debug_info=true),
        (signals_based_traps=false,),
        (epoch_interruption=false,),
        (max_wasm_stack=1 << 20,),
        (shared_memory=true,),
        (gc=false, exceptions=false),
    )
        x = exports(working(WasmEngine(WasmConfig(; keywords...))))
        @test x.count(10) == 10
        @test thrown(() -> x.depth(10_000_000)).code === :stack_overflow
        @test x.ok() == 1
    end
    config = WasmConfig()
    for set in (
        c -> optimization_level!(c, None),
        c -> debug_info!(c, true),
        c -> signals_based_traps!(c, true),
        c -> consume_fuel!(c, true),
        c -> epoch_interruption!(c, true),
        c -> max_wasm_stack!(c, 1 << 18),
        c -> shared_memory!(c, true),
        c -> pooling!(c, true),
        c -> feature!(c, :tail_call, false),
    )
        @test set(config) === config
    end
    made = WasmEngine(config)
    @test call(working(made; fuel=1000), "count", 10) == 10
    @test thrown(() -> consume_fuel!(config, true)) isa WasmtimeError
    @test sprint(show, config) == "WasmConfig (closed)"
    @test !validate(made, PROPOSALS.tail_call)
end

@testset "the stack of wasm is as large as the config says" begin
    reached = map((64 << 10, 512 << 10, 1 << 20)) do bytes
        x = exports(working(WasmEngine(WasmConfig(max_wasm_stack=bytes))))
        depth = 1
        while depth < 1 << 24
            problem = try
                x.depth(depth)
                nothing
            catch e
                e
            end
            problem === nothing || break
            depth *= 2
        end
        @test thrown(() -> x.depth(depth)).code === :stack_overflow
        @test x.depth(10) == 10
        depth
    end
    @test issorted(reached) && reached[1] < reached[2] < 1 << 24
end

@testset "fuel is used up by wasm, and can be added" begin
    fueled = WasmEngine(WasmConfig(consume_fuel=true))
    instance = working(fueled; fuel=1000)
    store, x = instance.store, exports(instance)
    @test get_fuel(store) + fuel_consumed(store) == 1000
    before = get_fuel(store)
    @test x.count(10) == 10
    @test get_fuel(store) < before
    @test get_fuel(store) + fuel_consumed(store) == 1000
    for use in (() -> x.loop(), () -> x.ok(), () -> x.count(1))
        e = thrown(use)
        @test e isa WasmTrap && e.code === :out_of_fuel
        @test occursin("fuel", sprint(showerror, e))
        @test get_fuel(store) < 1000
    end
    @test add_fuel!(store, 500) === store
    @test x.ok() == 1
    @test set_fuel!(store, 50) === store
    @test (get_fuel(store), fuel_consumed(store)) == (50, 0)
    @test x.ok() == 1 && fuel_consumed(store) > 0
    set_fuel!(store, typemax(UInt64))
    @test get_fuel(store) == typemax(UInt64)
    @test x.count(1000) == 1000
    @test_throws ArgumentError set_fuel!(store, -1)
    @test_throws ArgumentError add_fuel!(store, -1)
    # There is none at first, also for a start function.
    empty = WasmStore(fueled)
    @test get_fuel(empty) == 0
    start = WasmModule(fueled, wat"(module (func $f) (start $f))")
    @test thrown(() -> WasmInstance(empty, start)).code === :out_of_fuel
    set_fuel!(empty, 100)
    @test isvalid(WasmInstance(empty, start))
end

@testset "slices of time don't make fuel last longer" begin
    fueled = WasmEngine(WasmConfig(consume_fuel=true))
    instance = working(fueled; fuel=10^6)
    store = instance.store
    for _ in 1:3
        e = thrown(() -> call(instance, "loop"; timeout=0.0005))
        @test e isa WasmTrap && e.code in (:interrupt, :out_of_fuel)
        @test (get_fuel(store), fuel_consumed(store)) == (0, 10^6)
    end
    @test thrown(() -> call(instance, "ok")).code === :out_of_fuel
    add_fuel!(store, 10^6)
    @test call(instance, "ok") == 1
end

@testset "using a feature that the engine lacks is an error that names the option" begin
    store = WasmStore(engine)
    for use in (
        () -> set_fuel!(store, 1),
        () -> add_fuel!(store, 1),
        () -> get_fuel(store),
        () -> fuel_consumed(store),
        () -> WasmStore(engine; fuel=5),
    )
        e = thrown(use)
        @test e isa WasmtimeError && e.code === :unsupported
        @test occursin("consume_fuel", e.message)
    end
    bare = WasmEngine(WasmConfig(epoch_interruption=false))
    instance = working(bare)
    store, x = instance.store, exports(instance)
    for use in (
        () -> interrupt!(store),
        () -> with_timeout(() -> 1, store, 1),
        () -> x.ok(timeout=1),
        () -> call(instance, "ok"; timeout=1),
        () -> set_epoch_deadline!(store, 1),
        () -> increment_epoch!(bare),
    )
        e = thrown(use)
        @test e isa WasmtimeError && e.code === :unsupported
        @test occursin("epoch_interruption", e.message)
    end
    @test x.ok() == 1
    e = thrown(() -> WasmSharedMemory(engine, 1 => 2))
    @test e.code === :unsupported && occursin("shared_memory", e.message)
end

@testset "a store's memories, tables and instances have limits" begin
    instance = working(
        engine; memory_limit=2 * 65536, table_limit=3, instance_limit=2
    )
    store, x = instance.store, exports(instance)
    @test grow!(x.memory, 1) == 1
    e = thrown(() -> grow!(x.memory, 1))
    @test e isa WasmtimeError && e.code === :limit && occursin("limit", e.message)
    @test grow!(x.table, 2) == 1
    @test thrown(() -> grow!(x.table, 1)).code === :limit
    @test (pages(x.memory), length(x.table)) == (2, 3)
    for make in (
        () -> WasmInstance(store, work),
        () -> WasmMemory(store, 1 => 1),
        () -> WasmTable(store, 1 => 1),
        () -> WasmMemory(WasmStore(engine; memory_limit=65535), 1 => 2),
        () -> WasmTable(WasmStore(engine; table_limit=1), 2 => 3),
    )
        e = thrown(make)
        @test e isa WasmtimeError && e.code === :limit
    end
    @test x.ok() == 1
    one = WasmStore(engine; instance_limit=1)
    instance = WasmInstance(one, work)
    e = thrown(() -> WasmInstance(one, work))
    @test e.code === :limit && occursin("instance", e.message)
    @test call(instance, "ok") == 1
    @test_throws ArgumentError WasmStore(engine; memory_limit=-1)
end

@testset "a call ends in time, and the store can be used again" begin
    instance = WasmInstance(WasmStore(engine), work)
    store, x = instance.store, exports(instance)
    for use in (
        () -> x.loop(timeout=0.02),
        () -> call(instance, "loop"; timeout=0.02),
        () -> call(instance, "loop", []; timeout=0.02),
        () -> with_timeout(x.loop, store, 0.02),
        () -> with_timeout(() -> x.loop(), instance, 0.02),
        () -> with_timeout(TypedFunc{Tuple{},Nothing}(x.loop), store, 0.02),
    )
        e = thrown(use)
        @test e isa WasmTrap && e.code === :interrupt
        @test e.frames[1].func == "loop"
        @test occursin("time limit", sprint(showerror, e))
        @test x.ok() == x.ok(timeout=60) == 1
    end
    @test with_timeout(() -> 7, store, 0) == 7
    @test with_timeout(x.ok, store, Inf) == 1
    @test x.ok(timeout=1e30) == 1
    @test thrown(() -> with_timeout(x.loop, store, 0)).code === :interrupt
    for seconds in (-1, -0.5, NaN)
        @test_throws ArgumentError with_timeout(x.ok, store, seconds)
        @test_throws ArgumentError x.ok(timeout=seconds)
        problem = isnan(seconds) ? "not a number" : "negative"
        @test thrown(() -> x.ok(timeout=seconds)).msg ==
              "the time limit, $seconds seconds, is $problem"
    end
    start = WasmModule(engine, wat"(module (func $l (loop $a (br $a))) (start $l))")
    @test thrown(() -> with_timeout(() -> WasmInstance(store, start), store, 0.02)).code ===
          :interrupt
    @test x.ok() == 1
end

@testset "the earlier end of nested time limits counts" begin
    instance = WasmInstance(WasmStore(engine), work)
    store, x = instance.store, exports(instance)
    e = thrown(() -> with_timeout(() -> with_timeout(x.loop, store, 60), store, 0.02))
    @test e.code === :interrupt
    result = with_timeout(store, 60) do
        inner = thrown(() -> x.loop(timeout=0.02))
        @test inner.code === :interrupt
        x.ok()
    end
    @test result == 1
    # The outer limit still holds after an inner one has ended.
    e = thrown() do
        with_timeout(store, 0.05) do
            with_timeout(x.ok, store, 60)
            x.loop()
        end
    end
    @test e.code === :interrupt
    @test x.ok() == 1
    # An exception ends a time limit too.
    problem = ErrorException("thrown within")
    @test thrown(() -> with_timeout(() -> throw(problem), store, 0.02)) === problem
    sleep(0.03)
    @test x.ok() == 1
    @test with_timeout(() -> (close(store); 3), store, 60) == 3
end

@testset "closing a store ends the call that runs in it" begin
    store = WasmStore(engine)
    instance = WasmInstance(store, asks; host=(f=() -> (close(store); 1),))
    e = thrown(() -> call(instance, "ask"))
    @test e isa WasmTrap && e.code === :interrupt
    @test occursin("the store was closed while the call ran", sprint(showerror, e))
    @test !isopen(store)
end

@testset "a host function is not interrupted, but wasm is when the host function returns" begin
    done = Ref(0)
    store = WasmStore(engine)
    instance = WasmInstance(store, asks; host=(f=() -> (sleep(0.05); done[] += 1),))
    e = thrown(() -> call(instance, "ask"; timeout=0.02))
    @test e isa WasmTrap && e.code === :interrupt
    # The first run isn't counted.
    @test done[] == 2
    @test call(instance, "ok") == 1
end

@testset "a host function can interrupt the wasm that called it" begin
    calls = Ref(0)
    store = WasmStore(engine)
    f() = (calls[] += 1; calls[] % 5 == 0 && interrupt!(store); 1)
    instance = WasmInstance(store, asks; host=(f=f,))
    for round in 1:3
        e = thrown(() -> call(instance, "ask"))
        @test e isa WasmTrap && e.code === :interrupt
        @test calls[] == 5round
        @test call(instance, "ok") == 1
    end
    # Without a running call it does nothing.
    interrupt!(store)
    @test call(instance, "ok") == 1
end

@testset "another thread interrupts a call" begin
    if has_other_thread()
        instance = WasmInstance(WasmStore(engine), work)
        store = instance.store
        for _ in 1:3
            finished = Threads.Atomic{Bool}(false)
            interrupter = Threads.@spawn while !finished[]
                interrupt!(store)
                # `sleep` might need the thread that runs wasm.
                Libc.systemsleep(0.002)
            end
            e = try
                thrown(() -> call(instance, "loop"; timeout=60))
            finally
                finished[] = true
            end
            wait(interrupter)
            @test e isa WasmTrap && e.code === :interrupt
            @test call(instance, "ok") == 1
        end
    else
        @info "one thread only, so no other thread can interrupt a call"
    end
end

@testset "calls end when the epoch reaches the store's deadline" begin
    own = WasmEngine()
    ticks = Ref(0)
    store, other = WasmStore(own), WasmStore(own)
    tick() = (ticks[] += 1; increment_epoch!(own); 1)
    instance = WasmInstance(store, WasmModule(own, ASKS); host=(f=tick,))
    unaffected = WasmInstance(other, WasmModule(own, WORK))
    before = increment_epoch!(own)
    @test increment_epoch!(own) == before + 1
    for wanted in (1, 3, 10)
        ticks[] = 0
        @test set_epoch_deadline!(store, wanted) === store
        e = thrown(() -> call(instance, "ask"))
        @test e isa WasmTrap && e.code === :interrupt
        @test occursin("epoch", e.message)
        @test ticks[] == wanted
        # The deadline is still in the past.
        @test thrown(() -> call(instance, "ok")).code === :interrupt
        set_epoch_deadline!(store, 1)
        @test call(instance, "ok") == 1
    end
    increment_epoch!(own)
    @test thrown(() -> call(instance, "ok")).code === :interrupt
    set_epoch_deadline!(store, nothing)
    foreach(_ -> increment_epoch!(own), 1:100)
    @test call(instance, "ok") == 1
    @test call(unaffected, "ok") == 1
    # Time limits don't change the deadline.
    set_epoch_deadline!(store, 1)
    @test call(instance, "ok"; timeout=60) == 1
    increment_epoch!(own)
    @test thrown(() -> call(instance, "ok"; timeout=60)).code === :interrupt
end

@testset "a store that is closed has no limits to set" begin
    store = WasmStore(engine)
    close(store)
    for use in (
        () -> interrupt!(store),
        () -> with_timeout(() -> 1, store, 1),
        () -> set_epoch_deadline!(store, 1),
        () -> set_fuel!(store, 1),
        () -> get_fuel(store),
    )
        e = thrown(use)
        @test e isa WasmtimeError && occursin("Invalid store", e.message)
    end
    own = WasmEngine()
    close(own)
    @test thrown(() -> increment_epoch!(own)) isa WasmtimeError
    @test thrown(() -> WasmStore(own; memory_limit=5)) isa WasmtimeError
end

@testset "a call ends if a host function returns after the time limit, whatever wasm does then" begin
    calls = Ref(0)
    act = Ref{Any}(() -> nothing)
    store = WasmStore(WasmEngine())
    instance = WasmInstance(
        store,
        WasmModule(store.engine, wat"""(module
            (import "env" "h" (func $h))
            (func (export "thrice") (call $h) (call $h) (call $h)))""");
        env=(h=() -> (calls[] += 1; act[](); nothing),),
    )
    call(instance, "thrice")
    @test calls[] == 3
    act[] = () -> sleep(0.3)
    @test thrown(() -> call(instance, "thrice"; timeout=0.05)).code === :interrupt
    @test calls[] == 4
    act[] = () -> interrupt!(store)
    @test thrown(() -> call(instance, "thrice")).code === :interrupt
    @test calls[] == 5
    act[] = () -> nothing
    call(instance, "thrice")
    @test calls[] == 8
end

@testset "a sandbox has the documented defaults and shows them" begin
    sandbox = Sandbox()
    @test repr(sandbox) ==
        "Sandbox(timeout=10.0, fuel=nothing, memory_limit=268435456, " *
          "table_limit=100000, instance_limit=100, max_module_size=16777216, " *
          "max_module_functions=50000, written_limit=268435456, " *
          "output_limit=67108864, open_limit=100)"
    @test eval(Meta.parse(repr(sandbox))) == sandbox
    engine = WasmEngine(sandbox=sandbox)
    store = WasmStore(engine; sandbox=sandbox)
    for (text, words) in (
        wat"(module (memory 4097))" => "memory limit is 268435456 bytes",
        wat"(module (table 100001 funcref))" => "table limit is 100000 elements",
        wat"(module (memory 1 1 shared))" => "shared_memory",
    )
        e = thrown(() -> WasmInstance(store, WasmModule(engine, text)))
        @test e isa WasmtimeError && occursin(words, e.message)
    end
    many = wat2wasm("(module $("(func)"^50_001))")
    e = thrown(() -> WasmModule(engine, many))
    @test e.code === :limit && occursin("the limit is 50000", e.message)
    @test_throws WasmtimeError get_fuel(store)
end

@testset "a sandbox limits calls, and other keywords take precedence" begin
    sandbox = Sandbox(timeout=0.05, fuel=10^12, memory_limit=1 << 16)
    engine = WasmEngine(sandbox=sandbox, max_module_size=100)
    e = thrown(() -> WasmModule(engine, WORK))
    @test e.code === :limit && occursin("the limit is 100", e.message)
    engine = WasmEngine(sandbox=sandbox)
    store = WasmStore(engine; sandbox=sandbox, memory_limit=1 << 17)
    @test get_fuel(store) == 10^12
    guest = WasmInstance(store, WasmModule(engine, WORK))
    @test thrown(() -> call(guest, "loop")).code === :interrupt
    @test grow!(exports(guest).memory, 1) == 1
    @test_throws WasmtimeError grow!(exports(guest).memory, 1)
end

@testset "limits of a sandbox are positive numbers or `nothing`" begin
    for name in fieldnames(Sandbox)
        @test getfield(Sandbox(; name => nothing), name) === nothing
        @test getfield(Sandbox(; name => 5), name) == 5
        e = thrown(() -> Sandbox(; name => 0))
        @test e isa ArgumentError && occursin("`$name` is 0; it must be positive", e.msg)
        e = thrown(() -> Sandbox(; name => "5"))
        @test e isa ArgumentError && occursin("not ", e.msg)
    end
    longer = Sandbox(Sandbox(timeout=1, fuel=7); timeout=2)
    @test (longer.timeout, longer.fuel) == (2.0, 7)
    @test longer === Sandbox(timeout=2, fuel=7)
    @test Sandbox(longer) === longer
    @test_throws ArgumentError Sandbox(longer; fuel=0)
    @test_throws MethodError Sandbox(longer; memory=5)
    @test_throws MethodError Sandbox(memory=5)
    @test Sandbox(timeout=2) == Sandbox(timeout=2.0)
    @test hash(Sandbox(timeout=2)) == hash(Sandbox(timeout=2.0))
    none = Sandbox(; (name => nothing for name in fieldnames(Sandbox))...)
    engine = WasmEngine(sandbox=none)
    @test call(WasmInstance(WasmStore(engine; sandbox=none), WasmModule(engine, WORK)), "ok") == 1
end
