# Compiling in the background: on threads of the library, which own the bytes, so that other
# tasks go on and other threads collect garbage.

# A module or component of fewer bytes is compiled in one call, which saves some tenths of a millisecond. It
# takes no longer than about a tenth of a second, even if it is written to take long.
const TINY_UNIT = 2^9

# How long the call waits for the compiler before other tasks run: 5 ms in nanoseconds. Most small
# modules are compiled by then.
const FIRST_WAIT = 5_000_000

# Whether a unit is compiled in the background: unless it is tiny, or if the user's function is
# to be told how far the compiler is.
function is_for_background(size, progress)
    return size >= TINY_UNIT || !(progress isa Union{Bool,Nothing})
end

mutable struct Compilation
    ptr::Ptr{API.safewasm_compilation_t}

    function Compilation(engine, wasm::Vector{UInt8})
        compilation = finalizer(give_up, new(C_NULL))
        handle = Ref(compilation.ptr)
        check_after_collection() do
            error = GC.@preserve wasm API.safewasm_compilation_new(
                engine, pointer(wasm), length(wasm), C_NULL, C_NULL, C_NULL, handle
            )
            compilation.ptr = handle[]
            error
        end
        return compilation
    end
end

function Base.unsafe_convert(::Type{Ptr{API.safewasm_compilation_t}}, x::Compilation)
    return x.ptr
end

# The compilation then ends in the background.
give_up(compilation) = API.safewasm_compilation_delete(compilation.ptr)

# The unit of the bytes. If no memory is left for its code, it is compiled once more after a
# garbage collection.
function compile_on_threads(::Type{T}, engine, wasm, progress) where {T<:Unit}
    result = compile_in_background(T, engine, wasm, progress)
    result isa T || (result = compile_in_background(T, engine, wasm, progress))
    return result isa T ? result : throw(result)
end

# The unit, or the error of a limit. An exception that is thrown to the task, such as that of
# a Ctrl-C, gives the unit up.
function compile_in_background(::Type{T}, engine, wasm, progress) where {T<:Unit}
    compilation = Compilation(engine, wasm)
    display = progress_display(progress, length(wasm))
    try
        wait_for(compilation, display)
        result = unit_or_limit(T, engine, compilation)
        result isa T && finish!(display, functions_done(compilation)...)
        return result
    finally
        give_up(compilation)
        clear!(display)
    end
end

function unit_or_limit(::Type{T}, engine, compilation) where {T<:Unit}
    try
        return T(engine) do handle
            functions_for(T).of_compilation(compilation, handle)
        end
    catch e
        return e isa WasmtimeError && e.code === :limit ? e : rethrow()
    end
end

# Waits for the end. The library is asked now and then, so that none of its threads has to call
# Julia: Julia may exit while they compile.
function wait_for(compilation, display)
    begun = time_ns()
    has_ended(compilation, FIRST_WAIT) && return nothing
    while !has_ended(compilation, 0)
        elapsed = (time_ns() - begun) / 1e9
        done, total = functions_done(compilation)
        done < total && update!(display, done, total, elapsed)
        sleep(clamp(elapsed / 50, 0.001, 0.05))
    end
    return nothing
end

function has_ended(compilation, timeout)
    has_ended = Ref(false)
    check(API.safewasm_compilation_wait(compilation, timeout, has_ended))
    return has_ended[]
end

# How many functions of the unit were compiled, and how many it has.
function functions_done(compilation)
    done, total = Ref{Csize_t}(0), Ref{Csize_t}(0)
    check(API.safewasm_compilation_progress(compilation, done, total))
    return Int(done[]), Int(total[])
end
