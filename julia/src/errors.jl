"""
    WasmtimeError(message, code)

What the library reports, but for traps: a closed object, bytes that are no module, a
missing import, a wrong argument. `message` says in plain words what is wrong and names the
argument; `code` is a symbol such as `:invalid_handle`, `:wrong_store`, `:link` or
`:type_mismatch`.
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
and `column` (0 where not known).
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
    print(io, something(frame.func, "wasm function $(frame.func_index)"))
    frame.module_name === nothing || print(io, " in ", frame.module_name)
    if frame.file === nothing
        print(io, " at offset 0x", string(frame.module_offset; base=16))
    else
        print(io, " at ", frame.file, ":", frame.line)
    end
    return nothing
end

"""
    WasmTrap(message, code, frames)

Wasm trapped. `code` is a symbol such as `:unreachable`, `:integer_division_by_zero`,
`:memory_out_of_bounds` or `:stack_overflow`; `frames` is the wasm backtrace, a vector of
[`WasmFrame`](@ref), innermost first. The store can be used on.
"""
struct WasmTrap <: Exception
    message::String
    code::Symbol
    frames::Vector{WasmFrame}
end

function Base.showerror(io::IO, trap::WasmTrap)
    print(io, "WasmTrap: ", trap.message)
    isempty(trap.frames) && return nothing
    print(io, "\nWasm backtrace:")
    for (index, frame) in enumerate(trap.frames)
        print(io, "\n [", index, "] ", frame)
    end
    return nothing
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

# Throws what an error of the library's says, and deletes it.
@noinline function throw_error(error::Ptr{API.safewasm_error_t})
    len = Ref{Csize_t}(0)
    kind = API.safewasm_error_kind(error)
    message = unsafe_string(Ptr{UInt8}(API.safewasm_error_message(error, len)), len[])
    trap = API.safewasm_error_trap_code(error)
    os_code = API.safewasm_error_os_code(error)
    frames = read_frames(error)
    API.safewasm_error_delete(error)
    if kind == API.SAFEWASM_ERROR_TRAP
        throw(WasmTrap(message, get(API.SAFEWASM_TRAP_NAMES, trap, :other), frames))
    elseif kind == API.SAFEWASM_ERROR_IO && os_code != 0
        # Julia adds what the number means by itself.
        meaning = ": $(Libc.strerror(os_code)) (os error $os_code)"
        endswith(message, meaning) && (message = chop(message; tail=length(meaning)))
        throw(SystemError(String(message), os_code))
    end
    throw(WasmtimeError(message, get(API.SAFEWASM_ERROR_NAMES, kind, :internal)))
end

# Throws if a function of the library returned an error.
@inline function check(error::Ptr{API.safewasm_error_t})
    return error == C_NULL ? nothing : throw_error(error)
end

# Calls `create`, which makes something that takes address space, and once again after a
# collection if there is none left: memory of wasm's that nobody uses any more is invisible
# to Julia's collector, which so has no reason to run.
function check_after_collection(create)
    error = create()
    if error != C_NULL && API.safewasm_error_kind(error) == API.SAFEWASM_ERROR_LIMIT
        API.safewasm_error_delete(error)
        GC.gc()
        error = create()
    end
    return check(error)
end
