# How a computation scales over threads and over processes. The Mandelbrot set is drawn in
# bands of rows, and each band is computed in a store of its own. The command
#
#     julia --threads=4 scaling.jl scaling.svg
#
# computes it with 1 to 4 threads and then with 1 to 4 processes, checks that each picture is
# the one that a plain loop makes, and draws a chart of the times.
using Distributed
using SafeWasm

include(joinpath(@__DIR__, "chart.jl"))

wasm = wat"""(module
    (memory (export "memory") 1)
    ;; The steps after which a point leaves the circle of radius 2, at most $most.
    (func $steps (param $a f64) (param $b f64) (param $most i32) (result i32)
        (local $x f64) (local $y f64) (local $xx f64) (local $yy f64) (local $n i32)
        (loop $next
            (local.set $xx (f64.mul (local.get $x) (local.get $x)))
            (local.set $yy (f64.mul (local.get $y) (local.get $y)))
            (local.set $y (f64.add (local.get $b)
                (f64.mul (f64.const 2) (f64.mul (local.get $x) (local.get $y)))))
            (local.set $x (f64.add (local.get $a) (f64.sub (local.get $xx) (local.get $yy))))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $next (i32.and
                (f64.le (f64.add (local.get $xx) (local.get $yy)) (f64.const 4))
                (i32.lt_u (local.get $n) (local.get $most)))))
        (local.get $n))
    ;; Writes the steps of $width points of a row into the memory, as 32-bit numbers.
    (func (export "row") (param $b f64) (param $width i32) (param $most i32)
        (local $i i32)
        (loop $next
            (i32.store (i32.mul (i32.const 4) (local.get $i)) (call $steps
                (f64.add (f64.const -2) (f64.div
                    (f64.mul (f64.const 2.5) (f64.convert_i32_u (local.get $i)))
                    (f64.convert_i32_u (local.get $width))))
                (local.get $b) (local.get $most)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $i) (local.get $width))))))"""

most = Threads.nthreads()
steps = length(ARGS) < 2 ? 2000 : parse(Int, ARGS[2])

# A file that can't be written is an error now, and not after the computation.
isempty(ARGS) || close(open(ARGS[1], "a"))

# Compiled once, here. Other processes get the compiled code.
mandelbrot = WasmModule(WasmEngine(), wasm)
bands = collect(Iterators.partition(range(-1.25, 1.25; length=400), 5))

# The steps of the points in a band, a column for each of its rows. The function has no name, so
# it can be sent to processes that don't know it.
compute = function (m, band, steps, width=600)
    guest = WasmInstance(WasmStore(m.engine), m).exports
    rows = map(band) do b
        guest.row(b, width, steps)
        reinterpret(UInt32, guest.memory[1:(4 * width)])
    end
    return reduce(hcat, rows)
end

in_a_loop() = reduce(hcat, [compute(mandelbrot, band, steps) for band in bands])

# Each task takes the next band when it is done with one, since bands take unequal times.
function with_threads(count)
    parts, taken = Vector{Any}(undef, length(bands)), Threads.Atomic{Int}(0)
    @sync for _ in 1:count
        Threads.@spawn while (i = Threads.atomic_add!(taken, 1) + 1) <= length(bands)
            parts[i] = compute(mandelbrot, bands[i], steps)
        end
    end
    return reduce(hcat, parts)
end

# A pool of this kind sends the function, and the module that it captures, to each of its
# processes once.
function with_processes(pool)
    f = let m = mandelbrot, compute = compute, steps = steps
        band -> compute(m, band, steps)
    end
    return reduce(hcat, pmap(f, pool, bands))
end

# How many times as fast as the loop each of the `ways` is. The least time of some runs counts.
# They take turns with the loop, so that other work of the machine affects all of them.
picture = in_a_loop()
function speed_ups(ways)
    all(way -> way() == picture, ways) || error("the pictures differ")
    rounds = [map(way -> @elapsed(way()), [in_a_loop; ways]) for _ in 1:5]
    times = reduce((a, b) -> min.(a, b), rounds)
    return first(times) ./ times[2:end]
end

threads = speed_ups([() -> with_threads(count) for count in 1:most])

# After the threads: before Julia 1.9, `Distributed` is to be used by one thread alone.
addprocs(most; exeflags="--project=$(Base.active_project())")
@everywhere using SafeWasm
pools = [CachingPool(workers()[1:count]) for count in 1:most]
processes = speed_ups([() -> with_processes(pool) for pool in pools])
rmprocs(workers())

println("all pictures are equal: ", length(picture), " points, ", sum(Int, picture), " steps")
println("workers  threads          processes")
for count in 1:most
    shown(x) = string(rpad(round(x; digits=2), 4, '0'), " times ", lpad(round(Int, 100x / count), 4), " %")
    println(lpad(count, 7), "  ", shown(threads[count]), "  ", shown(processes[count]))
end
if !isempty(ARGS)
    write_chart(ARGS[1], ["threads" => threads, "processes" => processes])
    println("The chart is in ", ARGS[1])
end
