# Each kind of object is made and dropped many times, and memory stays flat.
include("kinds.jl")

cycles(kind) = something(CYCLES, kind.cycles)

# No cycle takes as long as ten milliseconds.
function run_cycles(kind)
    count = cycles(kind)
    words = run_worker(1, 120 + count / 100, "cycles", kind.name, count)
    words === nothing && return nothing
    seconds, before, after = map(number, words)
    show_figures("$(kind.name), $count", seconds, before, after)
    return (before=before, after=after)
end

growth_of(figures) = figures.after - figures.before

# A few at once, since each has a process of its own.
found = asyncmap(run_cycles, [KINDS; LEAK]; ntasks=PROCESSES)

for (kind, figures) in zip(KINDS, found)
    @testset "memory is flat however many are made and dropped: $(kind.name)" begin
        @test figures !== nothing
        figures === nothing || @test growth_of(figures) <= bound(figures.before)
    end
end

@testset "a leak of 64 bytes for each object would be seen" begin
    figures = last(found)
    @test figures !== nothing
    # The bytes that it leaks, which is more than noise.
    figures === nothing || !can_measure() ||
        @test growth_of(figures) > max(bound(figures.before), 57 * cycles(LEAK))
end

let grown = map(growth_of, filter(!isnothing, found[1:(end - 1)]))
    most = megabytes(maximum([grown; 0]))
    all = sum(cycles, KINDS)
    println("stress: $(length(grown)) kinds, $all cycles, growth at most $most MB")
end
