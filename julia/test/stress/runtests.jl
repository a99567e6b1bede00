# Problems that only show in the long run: leaks, races, and effects of collections,
# finalizers, traps and exceptions on each other.
#
#     runtests.jl [mixed] [cycles] [stores] [start]
#                 [--seconds N] [--cycles N] [--stores N] [--seed N]
#
# By default, tasks do everything at once for 15 seconds (mixed), each kind of object is made
# and dropped for some seconds (cycles), and 100,000 stores are left to the collector
# (stores). A large program is started again (start) only if that part is named. Each part runs in processes of its own, with the threads that it needs.
using Random
using SafeWasm
using Test

include("resident.jl")
include("processes.jl")

const DEFAULT_PARTS = ("mixed", "cycles", "stores")
const PARTS = (DEFAULT_PARTS..., "start")

function setting(name)
    at = findfirst(==("--" * name), ARGS)
    return at === nothing ? nothing : parse(Int, ARGS[at + 1])
end

const SECONDS = something(setting("seconds"), 15)
const STORES = something(setting("stores"), 100_000)
# Printed, so that a run can be repeated.
const SEED = something(setting("seed"), rand(RandomDevice(), 1:(10^9)))
# The number for each kind, or nothing for the kind's own.
const CYCLES = setting("cycles")
const PROCESSES = min(Sys.CPU_THREADS, 2)

const CHOSEN = filter(part -> part in ARGS, PARTS)

can_measure() || println("stress: no $STATM here, so memory is not measured")

counts(t) = (0, 1)
counts(::Test.Pass) = (1, 0)
function counts(set::Test.DefaultTestSet)
    return foldl(set.results; init=(set.n_passed, 0)) do sum, result
        # The passes of this set are in `n_passed`; those of inner sets aren't.
        result isa Test.Pass ? sum : sum .+ counts(result)
    end
end

passed, failed = try
    counts(@testset "stress" begin
        for part in (isempty(CHOSEN) ? DEFAULT_PARTS : CHOSEN)
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
