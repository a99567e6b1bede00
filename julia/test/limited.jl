# Time limits for tests. A test that hangs prints where, and ends.

# A command that runs Julia with this package, and with nothing else of the user's.
function julia(arguments...)
    project = dirname(@__DIR__)
    return `$(Base.julia_cmd()) --project=$project --startup-file=no $arguments`
end

# With this signal Julia prints the backtrace of each of its threads, and ends.
const SIGQUIT = 3

# Runs a command. Returns whether it succeeded, and its output. After `seconds` it is ended, and its
# output has the place where it was.
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

# Calls `f`. After `seconds` another process makes this one print where it is, and end: a thread that
# is busy with wasm can't do so itself.
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
