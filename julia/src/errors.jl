"""
    WasmtimeError(message, code)

What the library reports, but for traps: a closed object, bytes that are no module, a
missing import, a wrong argument. `message` says in plain words what is wrong and names the
argument; `code` is a symbol such as `:invalid_handle`, `:wrong_store`, `:link`,
`:type_mismatch` or `:compiler` (a module is valid, but the compiler refused it).
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

A frame of a wasm backtrace, with the fields `func` (the function's name, or `nothing`),
`func_index`, `module_name`, `module_offset`, `func_offset`, `file` (or `nothing`), `line`
and `column` (0 where not known). Files and lines are those of the module's debug info, if the
config asks for them: `WasmConfig(backtrace_lines=true)`. A name of more than 1,000 bytes is
cut, and ends in `…`.
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
    WasmTrap(message, code, frames)

Wasm trapped. `code` is a symbol such as `:unreachable`, `:integer_division_by_zero`,
`:memory_out_of_bounds`, `:stack_overflow`, `:out_of_fuel` or `:interrupt`; `frames` is the
wasm backtrace, a vector of [`WasmFrame`](@ref), innermost first. The store can be used on.
"""
struct WasmTrap <: Exception
    message::String
    code::Symbol
    frames::Vector{WasmFrame}
end

function Base.showerror(io::IO, trap::WasmTrap)
    print(io, "WasmTrap: ", trap.message)
    return show_frames(io, trap.frames)
end

const SHOWN_FRAMES = 30

function show_frames(io::IO, frames::Vector{WasmFrame})
    isempty(frames) && return nothing
    print(io, "\nWasm backtrace:")
    for (index, frame) in enumerate(Iterators.take(frames, SHOWN_FRAMES))
        print(io, "\n [", index, "] ", frame)
    end
    left = length(frames) - SHOWN_FRAMES
    return left > 0 ? print(io, "\n … and ", left, " more") : nothing
end

text(t::API.safewasm_text_t) = t.data == C_NULL ? nothing : unsafe_string(t.data, t.len)

function read_frames(error::Ptr{API.safewasm_error_t})
    frames = WasmFrame[]
    for index in 1:API.safewasm_error_frames_len(error)
        cell = Ref{API.safewasm_frame_t}()
        API.safewasm_error_frame(error, index - 1, cell) || continue
        frame = cell[]
        push!(
            frames,
            WasmFrame(
                text(frame.func_name),
                frame.func_index,
                text(frame.module_name),
                frame.module_offset % Int,
                frame.func_offset % Int,
                text(frame.file),
                frame.line,
                frame.column,
            ),
        )
    end
    return frames
end

# An exception that a host function threw, on its way through wasm.
mutable struct HostError
    exception::Any
    backtrace::Any
end

# The host functions' exceptions that the library has.
const HOST_ERRORS = Roots()

"""
    HostException

What shows as the cause of an exception that a host function threw and that arrived at the
caller of wasm: where in the host function it was thrown, and the wasm frames between.
"""
struct HostException <: Exception
    exception::Any
    backtrace::Any
    frames::Vector{WasmFrame}
end

# Julia shows the exception itself above it, as that which this is the cause of.
function Base.showerror(io::IO, e::HostException)
    print(io, "thrown in a host function:")
    Base.show_backtrace(io, in_host(e.backtrace))
    return show_frames(io, e.frames)
end

# The frames of the host function, without those of this package that called it.
function in_host(backtrace)
    frames = backtrace isa Vector{StackTraces.StackFrame} ? backtrace : stacktrace(backtrace)
    last = findfirst(frame -> frame.func in (:call_host, :run_host), frames)
    last === nothing && return frames
    while last > 1 && string(frames[last - 1].func) == "macro expansion"
        last -= 1
    end
    return frames[1:(last - 1)]
end

# What an error of the library's says, as something for `throw_taken`. Deletes the error.
# `owner` is an object of the store that the call was in, or nothing.
@noinline function take_error(error::Ptr{API.safewasm_error_t}, owner)
    kind = API.safewasm_error_kind(error)
    env = API.safewasm_error_env(error)
    thrown = if env != C_NULL && is_ours(env)
        host = rooted(env)::HostError
        HostException(host.exception, host.backtrace, read_frames(error))
    elseif kind == API.SAFEWASM_ERROR_EXCEPTION && owner !== nothing
        take_exception(error, store_of(owner))
    else
        plain_error(error, kind)
    end
    API.safewasm_error_delete(error)
    drop_released()
    return thrown
end

function plain_error(error::Ptr{API.safewasm_error_t}, kind)
    len = Ref{Csize_t}(0)
    message = unsafe_string(Ptr{UInt8}(API.safewasm_error_message(error, len)), len[])
    if kind == API.SAFEWASM_ERROR_TRAP
        code = get(API.SAFEWASM_TRAP_NAMES, API.safewasm_error_trap_code(error), :other)
        return WasmTrap(in_julia(message), code, read_frames(error))
    end
    os_code = API.safewasm_error_os_code(error)
    if kind == API.SAFEWASM_ERROR_IO && os_code != 0
        # Julia adds what the number means by itself.
        meaning = ": $(Libc.strerror(os_code)) (os error $os_code)"
        endswith(message, meaning) && (message = chop(message; tail=length(meaning)))
        return SystemError(String(message), os_code)
    end
    # From a Julia program, NULL is the handle of an object.
    kind == API.SAFEWASM_ERROR_NULL_POINTER && (kind = API.SAFEWASM_ERROR_INVALID_HANDLE)
    return WasmtimeError(in_julia(message), get(API.SAFEWASM_ERROR_NAMES, kind, :internal))
end

throw_taken(thrown) = throw(thrown)

# What was thrown last in a call within a host function, and may be on its way further out.
const PASSING = Ref{Any}(nothing)

# The same object that the host function threw, with where that was as its cause.
function throw_taken(thrown::HostException)
    exception = thrown.exception
    # Both parts of a trap in wasm that a host function called.
    exception isa WasmTrap && append!(exception.frames, thrown.frames)
    if !isempty(held_tasks())
        # Within a host function: the outermost call says it all.
        PASSING[] = thrown
        throw(exception)
    end
    PASSING[] = nothing
    try
        throw(thrown)
    catch
        throw_from(place_in_host(thrown.backtrace), exception)
    end
end

# Where a host function threw, in the name of a type. A log shows of an exception what it says
# and the backtrace of where it arrived. What Julia prints there is names of functions and types
# of their arguments, so the place stands among those. Compiled once for each place.
struct ThrownAt{place} end

@noinline throw_from(::ThrownAt, @nospecialize(exception)) = throw(exception)

# The innermost function in a host function that is none of Julia's own.
function place_in_host(backtrace)
    backtrace isa Vector || return ThrownAt{:unknown}()
    for entry in Iterators.take(backtrace, 50)
        found = place_of(entry)
        found === nothing || return found
    end
    return ThrownAt{:unknown}()
end

# The place that an entry of a backtrace means, or nothing if that is in Julia itself. To find it
# takes milliseconds, so it is kept. Compiled code stays where it is for as long as Julia runs.
const PLACES = Dict{Ptr{Cvoid},Any}()
const PLACES_LOCK = ReentrantLock()

function place_of(address::Ptr{Cvoid})
    return lock(PLACES_LOCK) do
        get!(() -> new_place_of(address), PLACES, address)
    end
end
place_of(entry) = new_place_of(entry)

function new_place_of(entry)
    for frame in stacktrace([entry])
        frame.func in (:call_host, :run_host) && return ThrownAt{:unknown}()
        startswith(string(frame.file), "./") && continue
        return ThrownAt{Symbol(frame.func, " at ", frame.file, ":", frame.line)}()
    end
    return nothing
end

# Throws what an error of the library's says, and deletes it.
@noinline function throw_error(error::Ptr{API.safewasm_error_t})
    return throw_taken(take_error(error, nothing))
end

# Throws if a function of the library returned an error. For those that run no wasm.
@inline function check(error::Ptr{API.safewasm_error_t})
    return error == C_NULL ? nothing : throw_error(error)
end
