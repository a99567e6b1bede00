# One part of the stress in a process of its own, where it has the memory for itself and where
# a crash is a test that failed. The last line that it prints are its figures:
#
#     worker.jl cycles KIND COUNT      seconds, bytes after 10 % of the cycles, at the end
#     worker.jl stores COUNT           the same, stores made, finalized, left with views
#     worker.jl mixed SECONDS SEED     checks that passed, that failed, steps not taken
using Random
using SafeWasm

include("resident.jl")

const PART, WORDS = ARGS[1], ARGS[2:end]

if PART == "cycles"
    include("kinds.jl")
    let kind = find_kind(WORDS[1]), start = time()
        before, after = growth(kind.prepare(), parse(Int, WORDS[2]), kind.batch)
        println(join((time() - start, before, after), " "))
    end
elseif PART == "stores"
    include("garbage.jl")
    let start = time()
        figures = leave_stores(parse(Int, WORDS[1]))
        println(join((time() - start, figures..., SafeWasm.MAPPINGS[]), " "))
    end
else
    include("walks.jl")
    let (passed, failures, untaken) = mix(parse(Float64, WORDS[1]), parse(Int, WORDS[2]))
        foreach(failure -> println(stderr, failure), Iterators.take(failures, 20))
        println(join((passed, length(failures), length(untaken)), " "))
    end
end
