# What only shows in the long run: leaks, races, what collections, finalizers, traps and
# exceptions do to each other.
#
#     runtests.jl [mixed] [cycles] [stores]
#                 [--seconds N] [--cycles N] [--stores N] [--seed N]
#
# Unless it is said otherwise, tasks do all at once for 15 seconds (mixed), each kind of
# object is made and dropped as often as goes in some seconds (cycles), and 100,000 stores
# are left to the collector (stores). All of it runs in processes of its own, with the
# threads that it needs.
using Random
using SafeWasm
using Test

include("resident.jl")
include("processes.jl")

const PARTS = ("mixed", "cycles", "stores")

function setting(name)
    at = findfirst(==("--" * name), ARGS)
    return at === nothing ? nothing : parse(Int, ARGS[at + 1])
end

const SECONDS = something(setting("seconds"), 15)
const STORES = something(setting("stores"), 100_000)
# One is printed, so that a run can be had again.
const SEED = something(setting("seed"), rand(RandomDevice(), 1:(10^9)))
# As many of each kind, or what the kind says.
const CYCLES = setting("cycles")
const PROCESSES = min(Sys.CPU_THREADS, 2)

const CHOSEN = filter(part -> part in ARGS, PARTS)

can_measure() || println("stress: no $STATM here, so memory is not measured")

counts(t) = (0, 1)
counts(::Test.Pass) = (1, 0)
function counts(set::Test.DefaultTestSet)
    return foldl(set.results; init=(set.n_passed, 0)) do sum, result
        # Passes are in `n_passed` already, but for those of the sets within.
        result isa Test.Pass ? sum : sum .+ counts(result)
    end
end

passed, failed = try
    counts(@testset "stress" begin
        for part in (isempty(CHOSEN) ? PARTS : CHOSEN)
            @testset "$part" begin
                include(part * ".jl")
            end
        end
    end)
catch e
    e isa Test.TestSetException || rethrow()
    e.pass, e.fail + e.error
end

println("stress: ", passed, " passed, ", failed, " failed")
exit(failed == 0 && passed > 0 ? 0 : 1)
