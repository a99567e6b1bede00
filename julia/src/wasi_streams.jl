# The standard streams of programs. A program reads and writes descriptors, files and bytes
# by itself, on its thread. For any other `IO`, a task of Julia's copies between it and a
# pipe.

# An output that grows in the library until it is taken.
mutable struct OutputBuffer <: WasmObject
    ptr::Ptr{API.safewasm_buffer_t}

    function OutputBuffer()
        handle = Ref{Ptr{API.safewasm_buffer_t}}(C_NULL)
        check(API.safewasm_buffer_new(typemax(UInt64), handle))
        return finalizer(close, new(handle[]))
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_buffer_t}}, x::OutputBuffer) =
    getfield(x, :ptr)
Base.isvalid(buffer::OutputBuffer) = API.safewasm_buffer_is_valid(buffer)
delete_handle(buffer::OutputBuffer) = API.safewasm_buffer_delete(buffer)

function take_output(buffer::OutputBuffer)
    return with_bytes(copy, handle -> API.safewasm_buffer_take(buffer, handle))
end

# An output that is taken when all who write to it have ended: programs to the buffer,
# native commands by a pipe.
struct Collected
    buffer::OutputBuffer
    piped::IOBuffer
end

Collected() = Collected(OutputBuffer(), IOBuffer())

function take_output(collected::Collected)
    return append!(take_output(collected.buffer), take!(collected.piped))
end

# A pipe between two commands. Its ends are opened before the commands start.
mutable struct Link
    reader::RawFD
    writer::RawFD
end

Link() = Link(RawFD(-1), RawFD(-1))

# The streams of a process that is being started.
struct Opened
    process::WasiProcess
    # Julia's descriptors of ends that belong to commands. Commands get duplicates.
    descriptors::Vector{RawFD}
    # The ends of pipes to a stream of Julia's, which several commands may share.
    inputs::IdDict{Any,RawFD}
    outputs::IdDict{Any,RawFD}
end

Opened(process) = Opened(process, [], IdDict(), IdDict())

function open_link!(opened::Opened, link::Link)
    link.reader, link.writer = Base.link_pipe(false, false)
    append!(opened.descriptors, [link.reader, link.writer])
    return nothing
end

close_descriptors(opened::Opened) = foreach(Base.close_pipe_sync, opened.descriptors)

# The end of a stream that a program gets: `devnull`, a descriptor, a file, bytes or a
# buffer.
program_end(opened, stream, is_input) = command_end(opened, stream, is_input)
program_end(opened, bytes::AbstractVector{UInt8}, is_input) = convert(Vector{UInt8}, bytes)
program_end(opened, collected::Collected, is_input) = collected.buffer
program_end(opened, io::Base.GenericIOBuffer, is_input) =
    is_input ? read(io) : command_end(opened, io, is_input)

# The end that a native command gets, as `Base.run` takes it.
native_end(opened, stream, is_input) = command_end(opened, stream, is_input)
native_end(opened, bytes::AbstractVector{UInt8}, is_input) =
    command_end(opened, IOBuffer(bytes), is_input)
native_end(opened, collected::Collected, is_input) =
    command_end(opened, collected.piped, is_input)
native_end(opened, file::FileStream, is_input) = Base.FileRedirect(file.path, file.append)

# The end that either gets.
command_end(opened, stream::Union{typeof(devnull),RawFD,FileStream}, is_input) = stream
command_end(opened, link::Link, is_input) = is_input ? link.reader : link.writer

function command_end(opened, io::IOStream, is_input)
    isopen(io) || throw_closed_stream(io)
    is_input || flush(io)
    return RawFD(fd(io))
end

function command_end(opened, file::Base.Filesystem.File, is_input)
    isopen(file) || throw_closed_stream(file)
    return file.handle
end

function command_end(opened, io::Base.AbstractPipe, is_input)
    inner = is_input ? Base.pipe_reader(io) : Base.pipe_writer(io)
    return command_end(opened, inner, is_input)
end

function command_end(opened, pipe::Pipe, is_input)
    connect(pipe)
    return command_end(opened, is_input ? pipe.out : pipe.in, is_input)
end

# Connects the ends of a new `Pipe`, which has none yet.
function connect(pipe::Pipe)
    ends = (pipe.in, pipe.out)
    all(x -> x.status == Base.StatusInit, ends) && Base.link_pipe!(pipe)
    return nothing
end

function command_end(opened, io::Base.PipeEndpoint, is_input)
    ends = pipe_ends(opened, is_input)
    haskey(ends, io) && return ends[io]
    io.status == Base.StatusInit || return descriptor(io)
    return ends[io] = new_pipe!(opened, io, is_input)
end

pipe_ends(opened, is_input) = is_input ? opened.inputs : opened.outputs

command_end(opened, io::Base.LibuvStream, is_input) = descriptor(io)
command_end(opened, io::Base.BufferStream, is_input) = copied_end(opened, io, is_input)
command_end(opened, io::IO, is_input) = copied_end(opened, io, is_input)

function copied_end(opened, io, is_input)
    ends = pipe_ends(opened, is_input)
    haskey(ends, io) && return ends[io]
    pipe = Base.PipeEndpoint()
    ends[io] = new_pipe!(opened, pipe, is_input)
    process = opened.process
    if is_input
        copy_in_task(() -> copy_input(io, pipe), process)
    else
        push!(process.outputs, copy_in_task(() -> copy_output(pipe, io), process))
    end
    return ends[io]
end

# Copies in a task of its own. Returns an event that is notified when that is done.
function copy_in_task(copy, process)
    done = Base.Event()
    @async try
        copy()
        notify(done)
        # A Ctrl-C comes to the task that has run last. If that had ended, Julia would end
        # too.
        wait(process.ended)
    catch e
        fail!(process, e)
    finally
        notify(done)
    end
    return done
end

function descriptor(io::Base.LibuvStream)
    isopen(io) || throw_closed_stream(io)
    return Base._fd(io)
end

throw_closed_stream(io) = throw(ArgumentError("a stream of the command is closed: $io"))

# Makes a pipe with `io` as Julia's end. Returns the command's end.
function new_pipe!(opened::Opened, io::Base.PipeEndpoint, is_input)
    reader, writer = Base.link_pipe(!is_input, is_input)
    ours, theirs = is_input ? (writer, reader) : (reader, writer)
    push!(opened.descriptors, theirs)
    try
        Base.open_pipe!(io, ours)
    catch
        Base.close_pipe_sync(ours)
        rethrow()
    end
    return theirs
end

# Copies what `io` has to the pipe that a command reads, until one of them ends.
function copy_input(io, pipe)
    try
        while !eof(io)
            write_quietly(pipe, read_available(io)) || break
        end
    finally
        close(pipe)
    end
    return nothing
end

const MAX_READ = 1 << 20

# At least one of the bytes that can be read without waiting, and no more than `most`. There
# are some.
function read_available(io, most=MAX_READ)
    available = applicable(bytesavailable, io) ? bytesavailable(io) : 1
    return read(io, clamp(available, 1, most))
end

# Returns false if nobody reads the pipe any more.
function write_quietly(pipe, bytes)
    try
        write(pipe, bytes)
        return true
    catch e
        e isa Base.IOError || rethrow()
        return false
    end
end

# Copies what a command writes to a pipe to `io`.
function copy_output(pipe, io)
    try
        while !eof(pipe)
            write(io, readavailable(pipe))
        end
    finally
        close(pipe)
    end
    return nothing
end

# Sets a standard stream of the library's WASI config.
set_stream!(wasi::WasiHandle, stream, ::typeof(devnull)) = nothing

function set_stream!(wasi::WasiHandle, stream, descriptor::RawFD)
    number = Base.cconvert(Cint, descriptor)
    number == stream && return check(API.safewasm_wasi_inherit_stream(wasi, stream))
    return check(API.safewasm_wasi_set_stream_fd(wasi, stream, number))
end

function set_stream!(wasi::WasiHandle, stream, file::FileStream)
    path = file.path
    return GC.@preserve path check(
        API.safewasm_wasi_set_stream_file(wasi, stream, c_text(path)..., file.append)
    )
end

function set_stream!(wasi::WasiHandle, stream, bytes::Vector{UInt8})
    return GC.@preserve bytes check(
        API.safewasm_wasi_set_stdin_bytes(wasi, pointer(bytes), length(bytes))
    )
end

function set_stream!(wasi::WasiHandle, stream, buffer::OutputBuffer)
    return check(API.safewasm_wasi_set_stream_buffer(wasi, stream, buffer))
end
