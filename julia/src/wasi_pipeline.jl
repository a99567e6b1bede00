"""
    WasiPipeline

Commands that are connected: what `pipeline` and `&` return if one of their commands is a
[`WasiCommand`](@ref) or a `WasiPipeline`. It is used as a command is.

```julia
pipeline(wasi`a.wasm`, wasi`b.wasm`)    # => pipeline(wasi`a.wasm`, stdout=wasi`b.wasm`)
pipeline(`ls`, wasi`a.wasm`, "out.txt") isa WasiPipeline    # => true
```
"""
abstract type WasiPipeline end

const WasiProgram = Union{WasiCommand,WasiPipeline}
const AnyCommand = Union{WasiProgram,Base.AbstractCmd}

# The standard streams, by their numbers.
const STREAM_NAMES = ("stdin", "stdout", "stderr")
const STDIN, STDOUT, STDERR = 0, 1, 2

# A file for a stream.
struct FileStream
    path::String
    append::Bool
end

Base.show(io::IO, file::FileStream) = show(io, file.path)

# A command with one of its streams redirected.
struct Redirected <: WasiPipeline
    command::AnyCommand
    stream::Int
    # An `IO`, a `RawFD`, a `FileStream`, or bytes for stdin.
    target::Any
end

# Two commands, where the second reads the output, or the errors, of the first.
struct Piped <: WasiPipeline
    from::AnyCommand
    stream::Int
    to::AnyCommand
end

# Two commands that run at the same time.
struct Parallel <: WasiPipeline
    a::AnyCommand
    b::AnyCommand
end

Base.:(==)(a::P, b::P) where {P<:WasiPipeline} = same_fields(a, b)
Base.hash(x::WasiPipeline, h::UInt) = hash_fields(x, hash(nameof(typeof(x)), h))
Base.broadcastable(x::WasiPipeline) = Ref(x)

function Base.show(io::IO, x::Redirected)
    print(io, "pipeline(", x.command, ", ", STREAM_NAMES[x.stream + 1], "=")
    x.target isa AbstractVector ? print(io, count_text(length(x.target), "byte")) :
    print(io, x.target)
    is_appending = x.target isa FileStream && x.target.append
    return print(io, is_appending ? ", append=true)" : ")")
end

function Base.show(io::IO, x::Piped)
    return print(io, "pipeline(", x.from, ", ", STREAM_NAMES[x.stream + 1], "=", x.to, ")")
end

Base.show(io::IO, x::Parallel) = print(io, x.a, " & ", x.b)

Base.:&(a::WasiProgram, b::WasiProgram) = Parallel(a, b)
Base.:&(a::WasiProgram, b::Base.AbstractCmd) = Parallel(a, b)
Base.:&(a::Base.AbstractCmd, b::WasiProgram) = Parallel(a, b)

Base.ignorestatus(x::Redirected) = Redirected(ignorestatus(x.command), x.stream, x.target)
Base.ignorestatus(x::Piped) = Piped(ignorestatus(x.from), x.stream, ignorestatus(x.to))
Base.ignorestatus(x::Parallel) = Parallel(ignorestatus(x.a), ignorestatus(x.b))

"""
    pipeline(command; stdin, stdout, stderr, append=false)
    pipeline(from, to, ...)

Redirects streams of a [`WasiCommand`](@ref) or [`WasiPipeline`](@ref), or connects several,
as Julia's `pipeline` does for a `Cmd`. Both kinds of command can be in one pipeline. A
stream is the name of a file, an `IO`, `devnull`, or for `stdin` also a vector of bytes.
`append` says whether what a file contains is kept. `stdout` and `stderr` may be a command,
which then reads them.

```julia
upper = wasi`upper.wasm`
pipeline(upper; stdin=IOBuffer("text"), stdout="out.txt")
pipeline("in.txt", upper, `sort`) isa WasiPipeline    # => true
```
"""
function Base.pipeline(
    command::WasiProgram; stdin=nothing, stdout=nothing, stderr=nothing, append::Bool=false
)
    append && stdout === nothing && stderr === nothing && throw(
        ArgumentError("append set to true, but no output redirections specified")
    )
    stdin === nothing || (command = redirect_input(command, stdin))
    stdout === nothing || (command = redirect_output(command, STDOUT, stdout, append))
    stderr === nothing || (command = redirect_output(command, STDERR, stderr, append))
    return command
end

Base.pipeline(command::WasiProgram, to) = pipeline(command; stdout=to)
Base.pipeline(from::Base.AbstractCmd, to::WasiProgram) = Piped(from, STDOUT, to)
Base.pipeline(from::Union{IO,RawFD,AbstractString,AbstractVector{UInt8}}, to::WasiProgram) =
    pipeline(to; stdin=from)

# The functions by which Julia's `pipeline` of a `Cmd` connects its streams.
Base.redir_out(from::Base.AbstractCmd, to::WasiProgram) = Piped(from, STDOUT, to)
Base.redir_err(from::Base.AbstractCmd, to::WasiProgram) = Piped(from, STDERR, to)
Base.redir_out(from::WasiProgram, to) = redirect_output(from, STDOUT, to, false)
Base.redir_err(from::WasiProgram, to) = redirect_output(from, STDERR, to, false)
Base.redir_out_append(from::WasiProgram, to) = redirect_output(from, STDOUT, to, true)
Base.redir_err_append(from::WasiProgram, to) = redirect_output(from, STDERR, to, true)

function redirect_input(command, from)
    from isa AnyCommand && return Piped(from, STDOUT, command)
    target = from isa AbstractVector{UInt8} ? from : stream_target("stdin", from, false)
    return Redirected(command, STDIN, target)
end

function redirect_output(command, stream, to, append)
    to isa AnyCommand && !append && return Piped(command, stream, to)
    target = stream_target(STREAM_NAMES[stream + 1], to, append)
    return Redirected(command, stream, target)
end

stream_target(name, path::AbstractString, append) =
    FileStream(wasi_text("the path of the file for `$name`", path), append)

function stream_target(name, stream::Union{IO,RawFD}, append)
    append || return stream
    throw(ArgumentError("`append=true` is for names of files, and `$name` is none"))
end

function stream_target(name, x, append)
    data = name == "stdin" ? ", a vector of bytes" : ""
    throw(
        ArgumentError(
            "`$name` is the name of a file, an `IO`$data or a command, not " * given_text(x),
        ),
    )
end
