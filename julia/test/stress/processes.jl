# Runs worker.jl, and reads what it printed.

const PROJECT = dirname(dirname(@__DIR__))
const WORKER = joinpath(@__DIR__, "worker.jl")

"""
The words of the last line that a worker with `threads` threads printed, or nothing if it
failed or took longer than `seconds`. Its errors go to our standard error.
"""
function run_worker(threads, seconds, args...)
    julia = `$(Base.julia_cmd()) -t $threads --project=$PROJECT --startup-file=no`
    process = open(`$julia $WORKER $args`, "r")
    # At the first signal Julia shows where it hangs.
    ends = [
        Timer(_ -> kill(process), seconds),
        Timer(_ -> kill(process, Base.SIGKILL), seconds + 10),
    ]
    said = readlines(process)
    foreach(close, ends)
    ok = success(process)
    how = "exit status $(process.exitcode), signal $(process.termsignal)"
    ok || println("stress: ", join(args, " "), " ended badly: ", how)
    return ok && !isempty(said) ? split(last(said)) : nothing
end

# How many more bytes may be resident at the end than after 10 % of the cycles.
bound(before) = 0.05 * before

number(word) = parse(Float64, word)
megabytes(bytes) = round(bytes / 2^20; digits=2)

function show_figures(what, seconds, before, after)
    figures = (round(seconds; digits=1), megabytes(before), megabytes(after))
    println(rpad(what, 44), join(map(figure -> lpad(figure, 10), figures)))
    # Shows the progress.
    return flush(stdout)
end
