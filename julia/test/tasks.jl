# Julia's tasks, collector and threads while wasm runs.

engine = WasmEngine()
m = WasmModule(
    engine,
    wat"""(module
        (import "e" "f" (func $f (param i32) (result i32)))
        (global $kept (mut externref) (ref.null extern))
        (func (export "go") (param i32) (result i32)
            (i32.add (call $f (local.get 0)) (i32.const 100)))
        (func (export "fall") (param i32) (result i32)
            (drop (call $f (local.get 0))) unreachable)
        (func (export "keep") (param externref) (global.set $kept (local.get 0)))
        (func (export "kept") (result externref) (global.get $kept)))""",
)

# The result of a call, or the code of its trap.
function outcome(instance, name, x)
    return try
        call(instance, name, x)
    catch e
        e isa WasmTrap ? e.code : e
    end
end

@testset "tasks on one thread whose host functions yield to each other end in any order" begin
    for first in ("go", "fall"), second in ("go", "fall"), in_order in (true, false)
        entered, leave = [Channel{Int}(1) for _ in 1:2], [Channel{Int}(1) for _ in 1:2]
        wait_for(index) = x -> (put!(entered[index], 1); take!(leave[index]); x)
        instances =
            [WasmInstance(WasmStore(engine), m; e=(f=wait_for(index),)) for index in 1:2]
        one = @async outcome(instances[1], first, 1)
        take!(entered[1])
        two = @async outcome(instances[2], second, 2)
        for index in (in_order ? (1, 2) : (2, 1))
            put!(leave[index], 1)
            yield()
        end
        @test fetch(one) == (first == "go" ? 101 : :unreachable)
        @test fetch(two) == (second == "go" ? 102 : :unreachable)
    end
end

@testset "many tasks may use one store in turn" begin
    instance = WasmInstance(WasmStore(engine), m; e=(f=x -> (sleep(0.001); x),))
    tasks = [@async(call(instance, "go", k)) for k in 1:20]
    @test map(fetch, tasks) == 101:120
end

@testset "a task in a host function is on its thread and alive, and free again later" begin
    instance = WasmInstance(WasmStore(engine), m; e=(f=x -> (GC.gc(); yield(); x),))
    sticky = Ref(true)
    task = @task begin
        result = call(instance, "go", 1)
        sticky[] = current_task().sticky
        result
    end
    task.sticky = false
    schedule(task)
    @test fetch(task) == 101
    @test !sticky[]
    # A task that waits for something unreachable is not collected with its stack.
    function lose()
        never = Channel{Int}()
        other = WasmInstance(WasmStore(engine), m; e=(f=x -> take!(never),))
        lost = @async call(other, "go", 1)
        yield()
        return WeakRef(lost), () -> put!(never, 5)
    end
    lost, free = lose()
    GC.gc()
    @test lost.value isa Task
    free()
    @test fetch(lost.value::Task) == 105
end

@testset "a Julia object is the same in wasm and lives while wasm can reach it" begin
    store = WasmStore(engine)
    instance = WasmInstance(store, m, [WasmFunc(identity, store, Int32 => Int32)])
    x = exports(instance)
    gone = Ref(0)
    counted() = finalizer(_ -> gone[] += 1, Ref(7))
    function lend()
        for _ in 1:50
            x.keep(counted())
        end
        return WeakRef(x.kept())
    end
    kept = lend()
    collect!(store)
    GC.gc()
    @test gone[] == 49
    same() = x.kept() === kept.value
    @test same()
    x.keep(nothing)
    collect!(store)
    for _ in 1:3
        GC.gc()
    end
    @test gone[] == 50
    @test isempty(filter(root -> last(root) isa SafeWasm.Box, store.roots))
end

@testset "a host function that holds its own store keeps neither alive" begin
    gone = Ref(0)
    function make()
        store = WasmStore(engine)
        big = finalizer(_ -> gone[] += 1, Ref(0))
        instance = Ref{WasmInstance}()
        instance[] = WasmInstance(store, m; e=(f=x -> (big[] += 1; instance[]; store; x),))
        return call(instance[], "go", 1)
    end
    for _ in 1:20
        @test make() == 101
    end
    GC.gc()
    GC.gc()
    # The last one may still be in a register.
    @test gone[] >= 19
end

@testset "the Julia objects of a store are dropped when it is garbage, not when it is closed" begin
    store = WasmStore(engine)
    inside = Ref(false)
    close_it(x) = (close(store); GC.gc(); inside[] = !isempty(store.roots); x)
    instance = WasmInstance(store, m; e=(f=close_it,))
    @test thrown(() -> call(instance, "go", 1)).code === :interrupt
    @test inside[]
    SafeWasm.drop_released()
    @test isempty(store.roots)
    @test thrown(() -> call(instance, "go", 1)).code in (:null_pointer, :invalid_handle)
end

@testset "a task with a small stack gets a trap and not a crash" begin
    instance = WasmInstance(WasmStore(engine), m; e=(f=identity,))
    small = Task(() -> outcome(instance, "go", 1), 256 << 10)
    schedule(small)
    @test fetch(small) === :stack_overflow
    large = Task(() -> outcome(instance, "go", 1), 16 << 20)
    schedule(large)
    @test fetch(large) == 101
    deep = Ref{WasmInstance}()
    deep[] = WasmInstance(WasmStore(engine), m; e=(f=x -> call(deep[], "go", x + 1),))
    recursing = @async outcome(deep[], "go", 1)
    @test fetch(recursing) === :stack_overflow
    @test outcome(deep[], "go", 1) === :stack_overflow
    @test call(instance, "go", 1) == 101
end

# Runs a program of this folder in a new Julia process. Returns its output.
function run_program(name, settings...)
    succeeded, said = run_limited(julia(joinpath(@__DIR__, "programs", name)), settings...)
    succeeded || println(said)
    return said
end

@testset "Ctrl-C ends wasm and host functions, and is an InterruptException" begin
    said = run_program("interrupts.jl")
    @test occursin("wasm: 25 of 25", said)
    @test occursin("host: 25 of 25", said)
    @test occursin("between: 25 of 25", said)
    @test occursin("the store works on", said)
end

@testset "a Ctrl-C while an object is made leaves nothing behind" begin
    said = run_program("making.jl")
    @test occursin("module: InterruptException, deleted", said)
    @test occursin("bytes: InterruptException, deleted", said)
    @test occursin("clone: InterruptException, deleted", said)
end

@testset "Ctrl-C ends a call that waits for another task's host function" begin
    said = run_program("waiting.jl")
    @test occursin("5 of 5 waits were interrupted", said)
    @test occursin("the store works on", said)
end

@testset "a call that Julia left by force is recognised" begin
    said = run_program("forced.jl")
    @test occursin("left by force", said)
    @test occursin("refused: an earlier call on this thread never returned", said)
    @test occursin("alive", said)
end

@testset "collection and traps go on in several threads at once" begin
    said = run_program("threads.jl", "JULIA_NUM_THREADS" => "2")
    @test occursin("2 threads", said)
    @test occursin("collected while wasm ran", said)
    @test occursin("trapped and collected", said)
    @test occursin("stores are busy, not broken", said)
    @test occursin("interrupted from another thread", said)
    @test occursin("10 tasks on any thread", said)
end

@testset "a task may close what another thread reads" begin
    said = run_program("closing.jl", "JULIA_NUM_THREADS" => "2")
    @test occursin("2 threads", said)
    for what in ("module's bytes", "module's sections", "module's texts", "linker's names", "memory's bytes")
        @test occursin("a $what: read, or refused once closed", said)
    end
end

@testset "a time limit doesn't count the time in which Julia compiles what it first calls" begin
    @test run_program("slow.jl") == "3\n"
end

@testset "a host function may end the process" begin
    program = "using SafeWasm; exports(instantiate(wat\"(module (import \\\"e\\\" \\\"f\\\" " *
              "(func \$f)) (func (export \\\"go\\\") (call \$f)))\"; e=(f=() -> exit(7),))).go()"
    succeeded, said = run_limited(`sh -c '"$@"; test $? = 7' sh $(julia("-e", program))`)
    @test succeeded
    succeeded || println(said)
end

# Like the function of that name in Julia 1.6 and newer, which older versions lack.
function active_task_stack(task, active_start, active_end, total_start, total_end)
    size, thread = Ref{Csize_t}(0), Ref{Cint}(0)
    low = ccall(SafeWasm.runtime_addresses().jl_task_stack_buffer, Ptr{Cvoid},
        (Ptr{Cvoid}, Ptr{Csize_t}, Ptr{Cint}), task, size, thread)
    unsafe_store!(total_start, low)
    unsafe_store!(total_end, low + size[])
    unsafe_store!(active_start, C_NULL)
    unsafe_store!(active_end, C_NULL)
    return nothing
end

@testset "endless recursion of wasm in a task is a trap, whichever function finds the stack" begin
    known = SafeWasm.runtime_addresses()
    variants = Any[known]
    if known.jl_active_task_stack == C_NULL
        own = @cfunction(active_task_stack, Cvoid, (
            Ptr{Cvoid},
            Ptr{Ptr{Cvoid}},
            Ptr{Ptr{Cvoid}},
            Ptr{Ptr{Cvoid}},
            Ptr{Ptr{Cvoid}},
        ))
        push!(variants, merge(known, (jl_active_task_stack=own, jl_task_stack_buffer=C_NULL)))
    end
    wasm = wat"""(module (func $f (export "f") (param i32) (result i32)
        (i32.add (call $f (local.get 0)) (i32.const 1))))"""
    for addresses in variants
        engine = WasmEngine(WasmConfig(), SafeWasm.runtime_hooks(addresses))
        f = exports(WasmInstance(WasmStore(engine), WasmModule(engine, wasm))).f
        overflow() = thrown(() -> f(1))
        for _ in 1:3
            @test fetch(@async overflow()).code === :stack_overflow
            @test overflow().code === :stack_overflow
        end
    end
    # Without such a function wasm can't run in a task.
    none = merge(known, (jl_active_task_stack=C_NULL, jl_task_stack_buffer=C_NULL))
    engine = WasmEngine(WasmConfig(), SafeWasm.runtime_hooks(none))
    refused = fetch(@async thrown(() -> WasmInstance(WasmStore(engine), WasmModule(engine, wat"(module)"))))
    @test refused isa WasmtimeError && refused.code === :unsupported
end
