"""
    WasmtimeError(message, code)

An error of the library that isn't a trap: a closed object, bytes that aren't a module, a
missing import, a wrong argument. `message` says what is wrong and names the argument;
`code` is a symbol such as `:invalid_handle`, `:wrong_store`, `:link`, `:type_mismatch`,
`:compiler` (a module is valid, but the compiler refused it), `:incompatible` (a compiled
module is for another configuration, processor or version), `:invalid_artifact` (bytes
aren't a compiled module, or were changed) or `:components_ended` (an earlier call in the
store failed, which ended the components in it).

```julia
try
    call(instance, "run")
catch e
    e isa WasmtimeError && e.code === :not_found || rethrow()
end
```
"""
struct WasmtimeError <: Exception
    message::String
    code::Symbol
end

function Base.showerror(io::IO, error::WasmtimeError)
    return print(io, "WasmtimeError: ", error.message)
end

"""
    WasmFrame

A frame of a wasm backtrace. Its fields are `func` (the function's name, or `nothing`),
`func_index`, `module_name` (or `nothing`), `module_offset`, `func_offset`, `file` (or
`nothing`), `line` and `column` (0 if not known). Files and lines are those of the module's
debug info, with `WasmConfig(backtrace_lines=true)`. A name of more than 1,000 bytes is cut,
and ends in `…`.
"""
struct WasmFrame
    func::Union{String,Nothing}
    func_index::Int
    module_name::Union{String,Nothing}
    module_offset::Int
    func_offset::Int
    file::Union{String,Nothing}
    line::Int
    column::Int
end

function Base.show(io::IO, frame::WasmFrame)
    print(io, printable(something(frame.func, "wasm function $(frame.func_index)")))
    frame.module_name === nothing || print(io, " in ", printable(frame.module_name))
    if frame.file === nothing
        print(io, " at offset 0x", string(frame.module_offset; base=16))
    else
        print(io, " at ", printable(frame.file), ":", frame.line)
    end
    return nothing
end

"""
    WasmTrap(message, code, frames, coredump=UInt8[])

A trap, which ended a call of wasm. `code` is a symbol such as `:unreachable`,
`:integer_division_by_zero`, `:memory_out_of_bounds`, `:stack_overflow`, `:out_of_fuel` or
`:interrupt`. `frames` is the wasm backtrace, a vector of [`WasmFrame`](@ref), innermost
first. The store can be used again.

`coredump` has the bytes of a core dump, if the engine was made with
`WasmConfig(coredump_size=…)`: the store's memories, globals and instances as they were when
the call trapped, in a file in the binary format that tools for WebAssembly read. It has
everything that the guest kept in memory, secrets too. It is empty if there is none, or if
Julia has no memory for it. A store whose memories, together with its globals, exceed
`coredump_size` bytes has a dump without them.

```julia
endless = WasmModule(engine, wat\"\"\"(module (func (export "run") (loop (br 0))))\"\"\")
try
    call(WasmInstance(store, endless), "run"; timeout=0.5)
catch e
    e isa WasmTrap && e.code === :interrupt || rethrow()
end
```
"""
struct WasmTrap <: Exception
    message::String
    code::Symbol
    frames::Vector{WasmFrame}
    coredump::Vector{UInt8}
end

WasmTrap(message, code, frames) = WasmTrap(message, code, frames, UInt8[])

# Without the bytes of the core dump, which may be many.
function Base.show(io::IO, trap::WasmTrap)
    print(io, "WasmTrap(")
    show(io, trap.message)
    print(io, ", ", repr(trap.code), ", ", count_text(length(trap.frames), "frame"))
    size = length(trap.coredump)
    size > 0 && print(io, ", core dump of ", count_text(size, "byte"))
    return print(io, ")")
end

function Base.showerror(io::IO, trap::WasmTrap)
    print(io, "WasmTrap: ", trap.message)
    return show_frames(io, trap.frames)
end

const MAX_SHOWN_FRAMES = 30

function show_frames(io::IO, frames::Vector{WasmFrame})
    isempty(frames) && return nothing
    print(io, "\nWasm backtrace:")
    for (index, frame) in enumerate(Iterators.take(frames, MAX_SHOWN_FRAMES))
        print(io, "\n [", index, "] ", frame)
    end
    left = length(frames) - MAX_SHOWN_FRAMES
    left > 0 || return nothing
    # The library keeps no more functions of a call than that.
    about = length(frames) < 100 ? "" : "at least "
    return print(io, "\n … and ", about, left, " more")
end

function read_frames(error::Ptr{API.safewasm_error_t})
    frames = WasmFrame[]
    for index in 1:API.safewasm_error_frames_len(error)
        found = Ref{API.safewasm_frame_t}()
        API.safewasm_error_frame(error, index - 1, found) || continue
        push!(frames, read_frame(found[]))
    end
    return frames
end

function read_frame(frame::API.safewasm_frame_t)
    return WasmFrame(
        read_text(frame.func_name),
        frame.func_index,
        read_text(frame.module_name),
        frame.module_offset % Int,
        frame.func_offset % Int,
        read_text(frame.file),
        frame.line,
        frame.column,
    )
end

function read_coredump(error::Ptr{API.safewasm_error_t})
    len = Ref{Csize_t}(0)
    data = API.safewasm_error_coredump(error, len)
    dump = bytes_or_none(len[])
    GC.@preserve dump unsafe_copyto!(pointer(dump), data, length(dump))
    return dump
end

# A vector of so many bytes, or an empty one if there is no memory for it.
function bytes_or_none(len)
    try
        return Vector{UInt8}(undef, len)
    catch e
        e isa OutOfMemoryError || rethrow()
        return UInt8[]
    end
end

# An exception that a host function threw, while it passes through wasm.
mutable struct HostError
    exception::Any
    backtrace::Any
end

# The host functions' exceptions that the library holds.
const HOST_ERRORS = Roots()

# The tag of their errors: other users of the library in this process have other tags.
host_error_tag() = pointer_from_objref(HOST_ERRORS)

"""
    HostException

Shown as the cause of an exception that a host function threw and that arrived at the caller
of wasm: where the host function threw it, and the wasm frames in between.
"""
struct HostException <: Exception
    exception::Any
    backtrace::Any
    frames::Vector{WasmFrame}
end

# Julia shows the exception itself above this, its cause.
function Base.showerror(io::IO, e::HostException)
    print(io, "thrown in a host function:")
    Base.show_backtrace(io, host_frames(e.backtrace))
    return show_frames(io, e.frames)
end

# The frames of a host function, without those of this package that called it.
function host_frames(backtrace)
    is_stacktrace = backtrace isa Vector{StackTraces.StackFrame}
    frames = is_stacktrace ? backtrace : stacktrace(backtrace)
    last = findfirst(frame -> frame.func in (:call_host, :run_host), frames)
    last === nothing && return frames
    while last > 1 && string(frames[last - 1].func) == "macro expansion"
        last -= 1
    end
    return frames[1:(last - 1)]
end

# The exception for an error of the library's, for `throw_from_library`. Deletes the error.
# `owner` is an object of the store in which the call was made, or nothing.
@noinline function take_error(error::Ptr{API.safewasm_error_t}, owner)
    kind = API.safewasm_error_kind(error)
    env = API.safewasm_error_env(error, host_error_tag())
    exception = if env != C_NULL
        host = object_of(env)::HostError
        HostException(mark_passing!(host.exception), host.backtrace, read_frames(error))
    elseif kind == API.SAFEWASM_ERROR_EXCEPTION && owner !== nothing
        take_exception(error, store_of(owner))
    else
        plain_error(error, kind)
    end
    API.safewasm_error_delete(error)
    drop_released()
    return exception
end

function plain_error(error::Ptr{API.safewasm_error_t}, kind)
    len = Ref{Csize_t}(0)
    message = unsafe_string(Ptr{UInt8}(API.safewasm_error_message(error, len)), len[])
    if kind == API.SAFEWASM_ERROR_TRAP
        code = get(API.SAFEWASM_TRAP_NAMES, API.safewasm_error_trap_code(error), :other)
        return WasmTrap(julia_message(message), code, read_frames(error), read_coredump(error))
    end
    if kind == API.SAFEWASM_ERROR_EXIT
        status = Ref{UInt32}(0)
        API.safewasm_error_exit_status(error, status)
        return WasiExit(Int(status[]))
    end
    os_code = API.safewasm_error_os_code(error)
    if kind == API.SAFEWASM_ERROR_IO && os_code != 0
        # A `SystemError` shows the meaning of its number itself.
        meaning = ": $(Libc.strerror(os_code)) (os error $os_code)"
        endswith(message, meaning) && (message = chop(message; tail=length(meaning)))
        return SystemError(julia_message(message), os_code)
    end
    # The only NULL in a Julia program is the handle of an object that was precompiled.
    kind == API.SAFEWASM_ERROR_NULL_POINTER && (kind = API.SAFEWASM_ERROR_INVALID_HANDLE)
    code = get(API.SAFEWASM_ERROR_NAMES, kind, :internal)
    return WasmtimeError(julia_message(message), code)
end

throw_from_library(exception) = throw(exception)

# The last exception that a host function threw and that arrived at a call within another
# host function. It may pass on through that one.
const LAST_HOST_EXCEPTION = Ref{Any}(nothing)

# Throws the same object that the host function threw, with the `HostException` as its
# cause.
function throw_from_library(host_exception::HostException)
    exception = host_exception.exception
    # A trap has the frames of both calls, its own and the one through which it passed.
    exception isa WasmTrap && append!(exception.frames, host_exception.frames)
    if !isempty(held_tasks())
        # Within a host function: the cause is added by the outermost call.
        LAST_HOST_EXCEPTION[] = host_exception
        throw(exception)
    end
    LAST_HOST_EXCEPTION[] = nothing
    try
        throw(host_exception)
    catch
        throw_from(throw_site(host_exception.backtrace), exception)
    end
end

# The place where a host function threw, as text in the name of a type. A log of an
# exception has its message and the backtrace of where it arrived, and Julia prints there
# the types of the arguments of functions: so an argument of this type shows the place.
# `throw_from` is compiled once for each place.
struct ThrownAt{place} end

@noinline throw_from(::ThrownAt, @nospecialize(exception)) = throw(exception)

# The innermost function of a host function's backtrace that isn't one of Julia's own.
function throw_site(backtrace)
    backtrace isa Vector || return ThrownAt{:unknown}()
    for entry in Iterators.take(backtrace, 50)
        site = site_of(entry)
        site === nothing || return site
    end
    return ThrownAt{:unknown}()
end

# The place of an entry of a backtrace, or nothing if that is in Julia itself. Finding it
# takes milliseconds, so it is kept; compiled code stays at its address for as long as Julia
# runs.
const SITES = Dict{Ptr{Cvoid},Any}()
const SITES_LOCK = ReentrantLock()

function site_of(address::Ptr{Cvoid})
    return lock(() -> get!(() -> find_site(address), SITES, address), SITES_LOCK)
end
site_of(entry) = find_site(entry)

function find_site(entry)
    for frame in stacktrace([entry])
        frame.func in (:call_host, :run_host) && return ThrownAt{:unknown}()
        startswith(string(frame.file), "./") && continue
        return ThrownAt{Symbol(frame.func, " at ", frame.file, ":", frame.line)}()
    end
    return nothing
end

# Throws the exception for an error of the library's, and deletes the error.
@noinline function throw_error(error::Ptr{API.safewasm_error_t})
    return throw_from_library(take_error(error, nothing))
end

# Throws if a function of the library returned an error. For functions that run no wasm.
@inline function check(error::Ptr{API.safewasm_error_t})
    return error == C_NULL ? nothing : throw_error(error)
end
