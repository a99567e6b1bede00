# Running commands, as `Base` does for a `Cmd`.

"""
    run(command, stdin, stdout, stderr; wait=true) -> WasiProcess

Runs a [`WasiCommand`](@ref) or [`WasiPipeline`](@ref) and waits for its end. Throws if a
command fails; see [`WasiCommand`](@ref). Streams that aren't given are those of Julia's
process. With `wait=false` it returns at once, streams that aren't given are `devnull`, and
the returned [`WasiProcess`](@ref) tells how it ended.
"""
function Base.run(command::WasiProgram, streams...; wait::Bool=true)
    length(streams) <= 3 ||
        throw(ArgumentError("a command has 3 streams, and $(length(streams)) are given"))
    given = Any[stream_argument(index, x) for (index, x) in enumerate(streams)]
    others = wait ? (RawFD(0), RawFD(1), RawFD(2)) : (devnull, devnull, devnull)
    append!(given, others[(length(given) + 1):3])
    p = start(command, given[1], given[2], given[3])
    if wait
        check_success(p)
    else
        given[1] isa IO && (p.in = given[1])
        given[2] isa IO && (p.out = given[2])
        given[3] isa IO && (p.err = given[3])
    end
    return p
end

# A stream that is given as an argument.
function stream_argument(index, x)
    index == 1 && x isa AbstractVector{UInt8} && return x
    return stream_target(STREAM_NAMES[index], x, false)
end

Base.success(command::WasiProgram) = success(start(command, devnull, devnull, devnull))

"""
    read(command) -> Vector{UInt8}
    read(command, String)

Runs a [`WasiCommand`](@ref) or [`WasiPipeline`](@ref), and returns what it writes to its
standard output. Throws if a command fails; see [`WasiCommand`](@ref).
"""
function Base.read(command::WasiProgram)
    output = Collected()
    check_success(start(command, devnull, output, stderr))
    return take_output(output)
end

Base.read(command::WasiProgram, ::Type{String}) = String(read(command))

"""
    wasi_run(command; stdin=devnull) -> (status, stdout, stderr)

Runs a [`WasiCommand`](@ref) or [`WasiPipeline`](@ref). Returns its exit status, and what it
writes to its standard output and standard error, as a `String` each. Throws nothing for a
status. For a pipeline, the status is that of the last command whose status is not 0.

`stdin` is a stream as in `pipeline`: bytes or an `IOBuffer` for data, or the name of a
file.

# Errors
- [`WasmTrap`](@ref) for a trap, a timeout or a lack of fuel, and `WasmtimeError` with code
  `:limit` for a limit. What was written before is lost, unless `pipeline` redirects it.
- If a command can't be started, or a stream fails: as for [`WasiCommand`](@ref).

```julia
quiet = WasiCommand(wat\"\"\"(module (func (export "_start")))\"\"\")
wasi_run(quiet)    # => (status = 0, stdout = "", stderr = "")
```
"""
function wasi_run(command::WasiProgram; stdin=devnull)
    output, errors = Collected(), Collected()
    p = start(command, stream_argument(1, stdin), output, errors)
    check_success(p; ignorestatus=true)
    return (
        status=p.exitcode,
        stdout=String(take_output(output)),
        stderr=String(take_output(errors)),
    )
end

"""
    open(command, stdio=devnull; read, write) -> WasiProcess
    open(command, mode, stdio=devnull)
    open(f, command, …)

Starts a [`WasiCommand`](@ref) or [`WasiPipeline`](@ref), and returns the process as a
stream. Reading it reads the standard output, writing it writes to the standard input, and
closing it closes both; `p.in` and `p.out` are the two streams. `mode` is `"r"`, `"w"`,
`"r+"` or `"w+"`. If it is only read, or only written, `stdio` is the other stream.

With a function `f`, `open` calls `f` with the process, closes its streams, waits for its
end and returns the function's result. It throws if a command fails; see
[`WasiCommand`](@ref). A program that still writes when its output is closed ends then,
which is no failure. If `f` throws, the process is killed.

```julia
quiet = WasiCommand(wat\"\"\"(module (func (export "_start")))\"\"\")
open(read, quiet)    # => UInt8[]
```
"""
function Base.open(command::WasiProgram, mode::AbstractString, stdio=devnull)
    mode in ("r+", "w+") && return open(command, stdio; read=true, write=true)
    mode == "r" && return open(command, stdio)
    mode == "w" && return open(command, stdio; write=true)
    modes = "\"r\", \"w\", \"r+\" or \"w+\""
    throw(ArgumentError("the mode must be $modes, not $(value_text(mode))"))
end

function Base.open(
    command::WasiProgram, stdio=devnull; write::Bool=false, read::Bool=!write
)
    input = write ? Base.PipeEndpoint() : read ? stdio : devnull
    output = read ? Base.PipeEndpoint() : write ? stdio : devnull
    read == write && stdio !== devnull && throw(
        ArgumentError("`stdio` is for a command that is only read, or only written")
    )
    p = start(
        command, stream_argument(1, input), stream_argument(2, output), stderr
    )
    write && (p.in = input)
    read && (p.out = output)
    return p
end

function Base.open(f::Function, command::WasiProgram, args...; kwargs...)
    p = open(command, args...; kwargs...)
    result = try
        f(p)
    catch
        end_now(p)
        rethrow()
    finally
        close(p)
    end
    check_success(p)
    return result
end

"""
    eachline(command; keep=false)

The lines of what a [`WasiCommand`](@ref) or [`WasiPipeline`](@ref) writes to its standard
output, while it runs. After the last one it throws if a command has failed; see
[`WasiCommand`](@ref).

```julia
quiet = WasiCommand(wat\"\"\"(module (func (export "_start")))\"\"\")
collect(eachline(pipeline(quiet, `echo hello`)))    # => ["hello"]
```
"""
function Base.eachline(command::WasiProgram; keep::Bool=false)
    output = Base.PipeEndpoint()
    p = start(command, devnull, output, stderr)
    return Base.EachLine(output; keep=keep, ondone=() -> check_success(p))
end
