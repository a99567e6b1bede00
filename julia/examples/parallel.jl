# A map over threads. The engine and the module are shared. Each task has an instance in a
# store of its own, since one thread at a time uses a store. The command
# `julia --threads=4 parallel.jl` uses 4 threads; the output doesn't depend on the number.
using SafeWasm

# Counts the primes in `from:to`, by dividing.
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

# Returns `[f(guest, x) for x in xs]`, computed by several tasks. `make_guest` makes a guest
# for each. A task takes the next element when it is done with one, so elements may take
# unequal times.
function parallel_map(f, make_guest, xs, T=Any; tasks=Threads.nthreads())
    results = Vector{T}(undef, length(xs))
    taken = Threads.Atomic{Int}(0)
    @sync for _ in 1:min(tasks, length(xs))
        Threads.@spawn begin
            guest = make_guest()
            while (i = Threads.atomic_add!(taken, 1) + 1) <= length(xs)
                results[i] = f(guest, xs[i])
            end
        end
    end
    return results
end

engine = WasmEngine()
mod = WasmModule(engine, wasm)    # compiled once
make_guest() = WasmInstance(WasmStore(engine), mod).exports

ranges = [from:from+49_999 for from in 0:50_000:350_000]
counts = parallel_map(make_guest, ranges, Int) do guest, range
    guest.count_primes(first(range), last(range))
end

for (range, count) in zip(ranges, counts)
    println(count, " primes in ", range)
end
println(sum(counts), " primes below 400000")

# Guests can also be kept for later maps. A channel holds those that are free: a task waits
# until it gets one.
pool = Channel{Any}(Threads.nthreads())
foreach(_ -> put!(pool, make_guest()), 1:Threads.nthreads())
function with_guest(f)
    guest = take!(pool)
    try
        return f(guest)
    finally
        put!(pool, guest)
    end
end

tasks = map(ranges) do range
    Threads.@spawn with_guest(guest -> guest.count_primes(first(range), last(range)))
end
println("the pool counts the same: ", fetch.(tasks) == counts)
