# One part of the stress in a process of its own: its memory is not that of others, and a
# crash is a failed test. The last line of its output has its figures:
#
#     worker.jl cycles KIND COUNT      seconds, bytes after 10 % of the cycles, at the end
#     worker.jl stores COUNT           the same, stores made, finalized, left
#     worker.jl mixed SECONDS SEED     checks that passed, that failed
using Random
using SafeWasm

include("resident.jl")

const PART, WORDS = ARGS[1], ARGS[2:end]

include(Dict("cycles" => "kinds.jl", "stores" => "garbage.jl", "mixed" => "walks.jl")[PART])

if PART == "cycles"
    let kind = find_kind(WORDS[1]), start = time()
        before, after = growth(kind.prepare(), parse(Int, WORDS[2]), kind.batch)
        println(join((time() - start, before, after), " "))
    end
elseif PART == "stores"
    let start = time()
        figures = leave_stores(parse(Int, WORDS[1]))
        println(join((time() - start, figures...), " "))
    end
else
    let (passed, failures) = mix(parse(Float64, WORDS[1]), parse(Int, WORDS[2]))
        foreach(failure -> println(stderr, failure), Iterators.take(failures, 20))
        println(passed, " ", length(failures))
    end
end
