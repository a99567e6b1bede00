# Whatever a test waits for has an end, and what hangs says where.

# Julia with this package and nothing else of the user's, and what it is to run.
function julia(arguments...)
    project = dirname(@__DIR__)
    return `$(Base.julia_cmd()) --project=$project --startup-file=no $arguments`
end

# At this signal Julia prints where each of its threads is, and ends.
const SIGQUIT = 3

# Runs a command. Gives whether it succeeded, and what it printed. One that takes longer is ended,
# and has printed where it was then.
function run_limited(command, settings::Pair...; seconds=240)
    path, output = mktemp()
    environment = merge(Dict(ENV), Dict{String,String}(settings...))
    limited = pipeline(
        ignorestatus(setenv(command, environment)); stdout=output, stderr=output
    )
    process = Base.run(limited; wait=false)
    ended(seconds) = timedwait(() -> process_exited(process), Float64(seconds)) === :ok
    in_time = ended(seconds)
    if !in_time
        kill(process, SIGQUIT)
        ended(20) || kill(process, Base.SIGKILL)
        ended(20)
    end
    close(output)
    said = read(path, String)
    in_time || (said *= "\nnot done after $seconds s: $command\n")
    return in_time && success(process), said
end

# Calls `f`. If that takes longer another process has this one print where it is, and end: a thread
# that wasm keeps busy can't do so by itself.
function watched(f, name; seconds=900)
    id = getpid()
    script = """
    n=0
    while [ \$n -lt $seconds ]; do
        sleep 1
        kill -0 $id 2>/dev/null || exit
        n=\$((n + 1))
    done
    echo "not done after $seconds s: $name"
    kill -QUIT $id
    sleep 20
    kill -KILL $id 2>/dev/null
    """
    watchdog = Base.run(pipeline(`sh -c $script`; stdout=stderr, stderr=stderr); wait=false)
    try
        return f()
    finally
        kill(watchdog)
    end
end
