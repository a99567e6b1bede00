# Calls that wait for another task's host function, and the clocks of time limits.

engine = WasmEngine()
m = WasmModule(
    engine,
    wat"""(module
        (import "e" "f" (func $f (param i32) (result i32)))
        (func (export "go") (param i32) (result i32) (call $f (local.get 0)))
        (func (export "same") (param externref) (result externref) (local.get 0))
        (func (export "forever") (loop $l (drop (call $f (i32.const 0))) (br $l)))
        (func (export "spin") (loop $l (br $l))))""",
)
initialised = WasmModule(
    engine,
    wat"""(module (memory 1) (data (i32.const 0) "x") (table 2 funcref)
        (elem (i32.const 0) func $f) (global i32 (i32.add (i32.const 1) (i32.const 2)))
        (func $f (export "one") (result i32) (i32.const 1)))""",
)
starts = WasmModule(engine, wat"(module (func $f) (start $f))")

interrupted(f) = thrown(f)::WasmTrap
has_waited(e::WasmTrap) = e.code === :interrupt && occursin("while it waited for its turn", e.message)

# A task calls a host function that holds this thread until `body` returns. `body` gets an instance
# of another store and one of the same store. `ends` says whether `body` ends the task's call.
function behind_a_host_function(body; ends=false)
    entered, leave = Channel{Int}(1), Channel{Int}(1)
    holder = WasmInstance(WasmStore(engine), m; e=(f=x -> (put!(entered, 1); take!(leave)),))
    other = WasmInstance(WasmStore(engine), m; e=(f=identity,))
    held = @async try
        call(holder, "go", 1)
    catch e
        e
    end
    take!(entered)
    try
        body(other, holder)
    finally
        put!(leave, 7)
        given = fetch(held)
        @test ends ? given isa WasmTrap && given.code === :interrupt : given == 7
    end
    return call(other, "go", 5)
end

@testset "a timeout ends each kind of call that waits for another task's host function" begin
    @test behind_a_host_function() do other, holder
        f = exports(other).go
        typed = TypedFunc{Tuple{Int32},Int32}(f)
        linker = WasmLinker(engine)
        for use in (
            () -> call(other, "go", 1; timeout=0.05),
            () -> f(1; timeout=0.05),
            () -> exports(other).same("x"; timeout=0.05),
            () -> with_timeout(() -> typed(1), other, 0.05),
            () -> with_timeout(() -> f.([1, 2, 3]), other, 0.05),
            () -> with_timeout(() -> WasmInstance(other.store, starts), other, 0.05),
            () -> with_timeout(() -> instantiate(linker, other.store, starts), other, 0.05),
            () -> with_timeout(other, 0.05) do
                define_module!(linker, other.store, "m", starts)
            end,
            # The store of the other task's call.
            () -> call(holder, "go", 1; timeout=0.05),
        )
            start = time_ns()
            @test has_waited(interrupted(use))
            @test time_ns() - start >= 49_000_000
        end
    end == 5
end

@testset "a timeout of a call that waits ends no other task's call" begin
    done = Ref(false)
    function f(x)
        yield()
        Libc.systemsleep(0.1)
        done[] = true
        return x
    end
    instance = WasmInstance(WasmStore(engine), m; e=(f=f,))
    one = @async call(instance, "go", 3)
    yield()
    two = @async interrupted(() -> call(instance, "forever"; timeout=0.05)).code
    @test fetch(one) == 3 && done[]
    @test fetch(two) === :interrupt
end

@testset "time limits of several tasks in one store end in any order" begin
    instance = WasmInstance(WasmStore(engine), m; e=(f=identity,))
    leave = [Channel{Int}(1) for _ in 1:2]
    tasks = map(1:2) do index
        task = @async with_timeout(() -> take!(leave[index]), instance, index == 1 ? 60 : 0.05)
        yield()
        task
    end
    put!(leave[1], 1)
    @test fetch(tasks[1]) == 1
    # The end of the first limit didn't end the second.
    @test interrupted(() -> call(instance, "spin")).code === :interrupt
    put!(leave[2], 2)
    @test fetch(tasks[2]) == 2
    @test call(instance, "go", 4) == 4
end

@testset "an interrupt ends a call that waits for another task's host function" begin
    @test behind_a_host_function(; ends=true) do other, holder
        for instance in (other, holder)
            waiting = @async interrupted(() -> call(instance, "go", 1))
            sleep(0.02)
            @test !istaskdone(waiting)
            interrupt!(instance)
            @test has_waited(fetch(waiting))
        end
        # Only the calls that wait at that time.
        interrupt!(other)
        waiting = @async interrupted(() -> call(other, "go", 1; timeout=0.1))
        @test occursin("time limit", fetch(waiting).message)
    end == 5
end

@testset "an exception that is thrown into a waiting call ends it, and leaves nothing behind" begin
    @test behind_a_host_function() do other, holder
        waiting = @async thrown(() -> call(other, "go", 1))
        sleep(0.02)
        schedule(waiting, InterruptException(); error=true)
        @test fetch(waiting) isa InterruptException
        interrupt!(other)
    end == 5
end

@testset "an instance without a start function waits for no other task" begin
    @test behind_a_host_function() do other, holder
        for instance in (other, holder)
            made = WasmInstance(instance.store, initialised)
            @test isvalid(instantiate(WasmLinker(engine), instance.store, initialised))
            @test has_waited(interrupted(() -> call(made, "one"; timeout=0.02)))
        end
    end == 5
end

@testset "there is one warning of a wait of some seconds, which names the host function" begin
    seconds, SafeWasm.SECONDS_TO_WARNING[] = SafeWasm.SECONDS_TO_WARNING[], 0.05
    try
        logger = Test.TestLogger()
        Base.CoreLogging.with_logger(logger) do
            behind_a_host_function() do other, holder
                @test has_waited(interrupted(() -> call(other, "go", 1; timeout=0.3)))
            end
        end
        @test length(logger.logs) == 1
        @test occursin("f: (i32) -> i32", logger.logs[1].message)
        @test logger.logs[1].kwargs[:task] isa Task
        # Two tasks that wait for each other.
        logger = Test.TestLogger()
        instance = WasmInstance(WasmStore(engine), m; e=(f=x -> fetch(other),))
        other = @async begin
            yield()
            Base.CoreLogging.with_logger(logger) do
                interrupted(() -> call(instance, "go", 1; timeout=0.3))
                6
            end
        end
        @test call(instance, "go", 1) == 6
        @test length(logger.logs) == 1
        @test occursin("both wait for ever", logger.logs[1].message)
    finally
        SafeWasm.SECONDS_TO_WARNING[] = seconds
    end
end

@testset "the clock starts at the first call" begin
    instance = WasmInstance(WasmStore(engine), m; e=(f=identity,))
    @test with_timeout(instance, 0.1) do
        Libc.systemsleep(0.2)
        # Functions that run no wasm don't start it.
        WasmInstance(instance.store, initialised)
        Libc.systemsleep(0.1)
        call(instance, "go", 2)
    end == 2
    start = time_ns()
    e = interrupted() do
        with_timeout(() -> (Libc.systemsleep(0.1); call(instance, "spin")), instance, 0.1)
    end
    @test e.code === :interrupt && time_ns() - start >= 199_000_000
end

@testset "the first run of a host function is not counted, but wasm that it calls is" begin
    store = WasmStore(engine)
    slow(x) = (Libc.systemsleep(0.1); x)
    spins(x) = (Libc.systemsleep(0.1); interrupted(() -> call(quick, "spin")); x)
    quick = WasmInstance(store, m; e=(f=identity,))
    for f in (slow, spins)
        instance = WasmInstance(store, m; e=(f=f,))
        start = time_ns()
        e = interrupted(() -> call(instance, "forever"; timeout=0.05))
        @test e.code === :interrupt
        @test 0.1 <= (time_ns() - start) / 1e9 < 20
    end
end
