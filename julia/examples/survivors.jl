# A computation over processes that goes on when one of them dies. Primes are counted in
# ranges. A process is killed while it counts, and a new one takes its place. With
# `retry_delays`, `pmap` can try again on the processes that are left. The function below also
# replaces them, so that even the death of all does no harm.
using Distributed
using SafeWasm

wasm = wat"""(module
    (func $is_prime (param $n i32) (result i32)
        (local $factor i32)
        (if (i32.lt_u (local.get $n) (i32.const 2)) (then (return (i32.const 0))))
        (local.set $factor (i32.const 2))
        (loop $next
            (if (i32.lt_u (local.get $n) (i32.mul (local.get $factor) (local.get $factor)))
                (then (return (i32.const 1))))
            (if (i32.eqz (i32.rem_u (local.get $n) (local.get $factor)))
                (then (return (i32.const 0))))
            (local.set $factor (i32.add (local.get $factor) (i32.const 1)))
            (br $next))
        (unreachable))
    (func (export "count_primes") (param $n i32) (param $to i32) (result i32)
        (local $count i32)
        (loop $next
            (local.set $count (i32.add (local.get $count) (call $is_prime (local.get $n))))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $next (i32.le_u (local.get $n) (local.get $to))))
        (local.get $count)))"""

# Starts a process that has the package.
function new_process()
    id = only(addprocs(1; exeflags="--project=$(Base.active_project())"))
    remotecall_wait(Core.eval, id, Main, :(using SafeWasm))
    return id
end

# The process has died. A message to one that is dying may fail to be written.
is_death(e) = e isa Union{ProcessExitedException,Base.IOError}

# Returns `[f(x) for x in xs]`, computed by `count` processes. If one dies, its element goes to
# the process that takes its place, at most `deaths` times in all: an element that kills each
# process must not go on for ever. An exception of `f` ends all. `started` is called with each
# process and the index of its element.
function lasting_map(f, xs; count=2, deaths=10, started=(id, i) -> nothing)
    results, next = Vector{Any}(undef, length(xs)), 0
    @sync for _ in 1:min(count, length(xs))
        @async begin
            id = new_process()
            while next < length(xs)
                i = next += 1
                while !isassigned(results, i)
                    started(id, i)
                    try
                        results[i] = remotecall_fetch(f, id, xs[i])
                    catch e
                        is_death(e) && deaths > 0 || rethrow()
                        deaths -= 1
                        id = new_process()
                    end
                end
            end
            rmprocs(id)
        end
    end
    return results
end

# Compiled once, here. The processes get the function, which has no name, and the module in it.
count_primes = let m = WasmModule(WasmEngine(), wasm)
    range -> call(WasmInstance(WasmStore(m.engine), m), "count_primes", first(range), last(range))
end
ranges = [from:from+99_999 for from in 0:100_000:1_900_000]

# Kills the process that counts in the sixth range, once.
killed = Ref(false)
function kill_one(id, i)
    i == 6 && !killed[] || return nothing
    killed[] = true
    pid = remotecall_fetch(getpid, id)
    @async begin
        sleep(0.01)
        println("a process that counts in ", ranges[i], " is killed")
        run(`kill -KILL $pid`)
    end
    return nothing
end

counts = lasting_map(count_primes, ranges; started=kill_one)
println(sum(counts), " primes below 2000000")
println("each range is counted once: ", counts == map(count_primes, ranges))
