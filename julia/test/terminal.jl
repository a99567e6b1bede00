# Julia at a terminal of its own, as a user has it.

struct Terminal
    process::Base.Process
    io::Base.TTY
    # All that was printed there.
    said::Ref{String}
end

function Terminal(command)
    flags = Base.Filesystem.JL_O_RDWR | Base.Filesystem.JL_O_NOCTTY
    own = ccall(:posix_openpt, Cint, (Cint,), flags)
    opened = own >= 0 && ccall(:grantpt, Cint, (Cint,), own) == 0 &&
        ccall(:unlockpt, Cint, (Cint,), own) == 0
    opened || error("no terminal can be opened")
    path = unsafe_string(ccall(:ptsname, Cstring, (Cint,), own))
    of_child = Base.Filesystem.open(path, flags)
    process = run(command, of_child, of_child, of_child; wait=false)
    close(of_child)
    terminal = Terminal(process, Base.TTY(RawFD(own)), Ref(""))
    @async try
        while isopen(terminal.io)
            terminal.said[] *= String(readavailable(terminal.io))
        end
    catch e
        # The end of a terminal whose process has ended.
        e isa Base.IOError || rethrow()
    end
    return terminal
end

type(terminal, line) = write(terminal.io, line, "\n")

# Whether the terminal shows the text within two minutes.
function shows(terminal, text)
    return timedwait(() -> occursin(text, terminal.said[]), 120.0) === :ok
end

function Base.close(terminal::Terminal)
    kill(terminal.process, Base.SIGKILL)
    wait(terminal.process)
    close(terminal.io)
    return nothing
end
