# Messages of the build. Pkg writes a build's output into a file `build.log`, unless it is called
# as `Pkg.build("SafeWasm"; verbose=true)`. A build takes minutes, so the most important lines are
# also written to the terminal, if there is one.

# The file into which Pkg writes the output, or nothing.
function log_file()
    path = try
        readlink("/proc/self/fd/1")
    catch
        ""
    end
    return endswith(path, ".log") ? path : nothing
end

function say(text)
    println(stdout, "SafeWasm: ", text)
    flush(stdout)
    log_file() === nothing || say_on_terminal(text)
    return nothing
end

function say_on_terminal(text)
    try
        open(terminal -> println(terminal, "SafeWasm: ", text), "/dev/tty", "w")
    catch
        # There is no terminal.
    end
    return nothing
end

# Ends the build. Pkg shows the end of its output.
function fail(message)
    print(stderr, "\nSafeWasm: the C library is not built.\n", message, '\n')
    exit(1)
end
