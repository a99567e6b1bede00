# Several threads: wasm in some, collection, traps and tasks in others.
using SafeWasm

println(Threads.nthreads(), " threads")

engine = WasmEngine()
m = WasmModule(
    engine,
    wat"""(module
        (import "e" "f" (func $f (param i32) (result i32)))
        (memory 1)
        (func (export "spin") (param i64)
            (loop $l
                (local.set 0 (i64.sub (local.get 0) (i64.const 1)))
                (br_if $l (i64.ne (local.get 0) (i64.const 0)))))
        (func (export "forever") (loop $l (br $l)))
        (func (export "go") (param i32) (result i32)
            (i32.add (call $f (local.get 0)) (i32.const 100)))
        (func $deep (export "deep") (call $deep))
        (func (export "far") (drop (i32.load (i32.const -1)))))""",
)
new_instance(f=identity) = WasmInstance(WasmStore(engine), m; e=(f=f,))

# The longest time that anything here may wait, in seconds.
const SECONDS = 200
const START = time()
check_time() = time() - START < SECONDS || error("not done after $SECONDS s")

# Waits without yielding this thread to a task that is meant for the other thread.
function stay(seconds)
    start = time()
    while time() - start < seconds
        GC.safepoint()
    end
end

# A collection doesn't wait for wasm, which has no safepoint. The wasm runs until it is
# interrupted.
instance = new_instance()
call(instance, "spin", 1000)
GC.gc()
entered = Threads.Atomic{Bool}(false)
long = Threads.@spawn try
    entered[] = true
    call(instance, "forever"; timeout=SECONDS)
catch e
    e.code
end
while !entered[]
    check_time()
    stay(0.01)
end
stay(0.05)
GC.gc()
istaskdone(long) || println("collected while wasm ran")

# Meanwhile the store is in use.
busy = try
    call(instance, "go", 1)
catch e
    occursin("in use, by another thread or by a call that can't be interrupted; one thread at a time", e.message) || println(e.message)
    e.code
end
another = try
    exports(instance).go(1)
catch e
    e.code
end
busy === another === :store_busy && println("stores are busy, not broken")

# Interrupts come from any thread.
while !istaskdone(long)
    check_time()
    interrupt!(instance)
    stay(0.01)
end
fetch(long) === :interrupt && println("interrupted from another thread")

# Traps in one thread and Julia's safepoints in another: both are signals.
stop = Threads.Atomic{Bool}(false)
traps = Threads.Atomic{Int}(0)
trapping = Threads.@spawn begin
    own = new_instance()
    while !stop[]
        for name in ("deep", "far")
            try
                call(own, name)
            catch e
                e isa WasmTrap || rethrow()
                Threads.atomic_add!(traps, 1)
            end
        end
    end
end
collections = 0
while traps[] < 500 || collections < 20
    check_time()
    istaskdone(trapping) && wait(trapping)
    [zeros(10) for _ in 1:1000]
    GC.gc(collections % 5 == 0)
    global collections += 1
    stay(0)
end
stop[] = true
wait(trapping)
println("trapped and collected")

# Tasks on any thread, whose host functions switch tasks.
tasks = map(1:10) do k
    Threads.@spawn begin
        own = new_instance(x -> (yield(); sleep(0.001 * rand()); GC.gc(false); x))
        sum(call(own, "go", k) for _ in 1:20)
    end
end
map(fetch, tasks) == [20 * (100 + k) for k in 1:10] && println("10 tasks on any thread")
