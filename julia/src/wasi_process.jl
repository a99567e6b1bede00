"""
    WasiProcess

A [`WasiCommand`](@ref) or [`WasiPipeline`](@ref) that runs or has ended: what `run` and
`open` return. `wait`, `kill`, `success`, `process_running` and `process_exited` work as for
Julia's processes. One that `open` returns is an `IO`: it is read, written and closed.
`p.exitcode` is its exit status after `wait(p)`; for a pipeline that of the last command
whose status is not 0. It is `typemin(Int)` before, and if a program has no status because a
trap or a limit ended it. `p.exception` is the exception that `run` would throw, or nothing.

A process goes on if nothing refers to it. Programs end when Julia exits.

```julia
quiet = WasiCommand(wat\"\"\"(module (func (export "_start")))\"\"\")
p = run(quiet; wait=false)
wait(p)
process_exited(p), p.exitcode    # => (true, 0)
```
"""
mutable struct WasiProcess <: Base.AbstractPipe
    command::WasiProgram
    # A `Guest` for each program, and Julia's object for each native command.
    parts::Vector{Any}
    in::IO
    out::IO
    err::IO
    exitcode::Int
    exception::Any
    # For each task that copies output, an event that is notified when it has copied all.
    outputs::Vector{Base.Event}
    # Notified when the process was waited for.
    ended::Base.Event
    # The exception of a stream that failed.
    failure::Any

    function WasiProcess(command)
        streams = (devnull, devnull, devnull)
        status = typemin(Int)
        return new(command, [], streams..., status, nothing, [], Base.Event(), nothing)
    end
end

Base.pipe_reader(p::WasiProcess) = p.out
Base.pipe_writer(p::WasiProcess) = p.in

function Base.show(io::IO, p::WasiProcess)
    status = process_running(p) ? "running" : "ended"
    return print(io, "WasiProcess(", p.command, ", ", status, ")")
end

# A command of a pipeline with its three streams.
struct Part
    command::Union{WasiCommand,Base.AbstractCmd}
    streams::Vector{Any}
end

# Adds the commands of a pipeline, in its order, to `parts`, and the pipes between them to
# `links`.
function add_parts!(parts, links, command::Union{WasiCommand,Base.AbstractCmd}, streams)
    push!(parts, Part(command, streams))
    return nothing
end

function add_parts!(parts, links, x::Redirected, streams)
    return add_parts!(parts, links, x.command, with_stream(streams, x.stream, x.target))
end

function add_parts!(parts, links, x::Piped, streams)
    link = Link()
    push!(links, link)
    add_parts!(parts, links, x.from, with_stream(streams, x.stream, link))
    return add_parts!(parts, links, x.to, with_stream(streams, STDIN, link))
end

function add_parts!(parts, links, x::Parallel, streams)
    add_parts!(parts, links, x.a, streams)
    return add_parts!(parts, links, x.b, streams)
end

function with_stream(streams, number, target)
    changed = copy(streams)
    changed[number + 1] = target
    return changed
end

# Starts a command with its three streams.
function start(
    command::WasiProgram, @nospecialize(in), @nospecialize(out), @nospecialize(err)
)
    parts, links = Part[], Link[]
    add_parts!(parts, links, command, Any[in, out, err])
    # What can be wrong with programs is found before any of them starts.
    programs = Any[]
    foreach(part -> push!(programs, compiled_program(part.command)), parts)
    process = WasiProcess(command)
    opened = Opened(process)
    try
        foreach(link -> open_link!(opened, link), links)
        for (index, part) in enumerate(parts)
            start_part!(opened, part.command, programs[index], part.streams)
        end
    catch
        end_now(process)
        rethrow()
    finally
        close_descriptors(opened)
    end
    process.failure === nothing || kill(process)
    return process
end

compiled_program(::Base.AbstractCmd) = nothing

function start_part!(opened, command::WasiCommand, program, streams)
    ends = all_ends(program_end, opened, streams)
    guest = Guest(command)
    push!(opened.process.parts, guest)
    try
        start!(guest, program, ends)
    catch e
        guest.outcome = e
        rethrow()
    end
    return nothing
end

function start_part!(opened, command::Base.AbstractCmd, program, streams)
    ends = all_ends(native_end, opened, streams)
    push!(opened.process.parts, run(command, ends...; wait=false))
    return nothing
end

# The ends of three streams that a command gets.
function all_ends(make_end, opened, streams)
    ends = Any[]
    foreach(index -> push!(ends, make_end(opened, streams[index], index == 1)), 1:3)
    return ends
end

guests(p::WasiProcess) = Iterators.filter(part -> part isa Guest, p.parts)

# Ends a process, and waits until its programs have ended.
function end_now(p::WasiProcess)
    kill(p)
    foreach(wait, guests(p))
    notify(p.ended)
    return nothing
end

# A stream of the process failed, or a Ctrl-C came to the task that copies it.
function fail!(p::WasiProcess, exception)
    p.failure === nothing && (p.failure = exception)
    return kill(p)
end

"""
    wait(p::WasiProcess)

Waits until the process has ended. A Ctrl-C ends it, and is thrown as an
`InterruptException`.
"""
function Base.wait(p::WasiProcess)
    try
        foreach(wait, p.parts)
        foreach(wait, p.outputs)
        notify(p.ended)
        # Lets the tasks that copied end.
        yield()
    catch
        end_now(p)
        rethrow()
    end
    p.failure isa InterruptException && throw(p.failure)
    statuses = Any[exit_status(part) for part in p.parts]
    all(status -> status isa Int, statuses) && (p.exitcode = last_failure(statuses))
    p.exception = exception_of(p, false)
    return nothing
end

# The exception of a process that has ended and failed, or nothing.
function exception_of(p::WasiProcess, ignorestatus)
    p.failure === nothing || return p.failure
    failures = Any[failure(part, ignorestatus) for part in p.parts]
    filter!(!isnothing, failures)
    isempty(failures) && return nothing
    return length(failures) == 1 ? failures[1] : CompositeException(failures)
end

"""
    kill(p::WasiProcess, signal=Base.SIGTERM)

Ends the programs of the process, even if they wait in a read, a write or a sleep. They end
with a [`WasmTrap`](@ref) with code `:interrupt`. Native commands get the signal. Does
nothing if the process has ended.
"""
function Base.kill(p::WasiProcess, signal::Integer=Base.SIGTERM)
    for part in p.parts
        part isa Guest ? kill(part) : kill(part, signal)
    end
    return nothing
end

"""
    process_running(p::WasiProcess)

Whether a command of the process still runs.
"""
Base.process_running(p::WasiProcess) = any(is_running, p.parts)

"""
    process_exited(p::WasiProcess)

Whether all commands of the process have ended.
"""
Base.process_exited(p::WasiProcess) = !process_running(p)

is_running(guest::Guest) = outcome(guest) === nothing
is_running(native) = process_running(native)

"""
    success(command)
    success(p::WasiProcess)

Whether a [`WasiCommand`](@ref) or [`WasiPipeline`](@ref), which is run without any streams,
or a process, which is waited for, ends with status 0. A trap, a timeout and a limit are no
success either.

# Errors
- If a command can't be started, or a stream fails: as for [`WasiCommand`](@ref).
"""
function Base.success(p::WasiProcess)
    wait(p)
    p.failure === nothing || throw(p.failure)
    return all(has_succeeded, p.parts)
end

has_succeeded(native) = success(native)

# Waits for a process, and throws if it has failed: for any status, or only if a program has
# none.
function check_success(p::WasiProcess; ignorestatus=false)
    wait(p)
    exception = exception_of(p, ignorestatus)
    exception === nothing || throw(exception)
    return nothing
end

# The exception for a native command that has failed, or nothing.
function failure(native, ignorestatus)
    (ignorestatus || success(native)) && return nothing
    return try
        Base.pipeline_error(native)
    catch e
        e
    end
end

# The statuses of native commands, as shells give them.
exit_status(p::Base.Process) =
    p.termsignal in (0, Base.SIGPIPE) ? Int(p.exitcode) : 128 + p.termsignal
exit_status(chain) = last_failure(map(exit_status, chain.processes))

# The last status that isn't 0, if there is one.
function last_failure(statuses)
    index = findlast(!iszero, statuses)
    return index === nothing ? 0 : statuses[index]
end
