# Units: modules and components, which are compiled, and made into artifacts, in the same way.

# Each type of units has the fields `ptr` and `engine`, and a method of `functions_for`.
abstract type Unit <: WasmObject end

# Takes the handle that `create` makes, by a function of the library whose error it returns.
function created(create, unit::Unit)
    finalizer(close, unit)
    handle = Ref(getfield(unit, :ptr))
    check_after_collection() do
        error = create(handle)
        setfield!(unit, :ptr, handle[])
        error == C_NULL && count_mapping()
        error
    end
    return unit
end

function unit_of_bytes(::Type{T}, engine, bytes, progress) where {T<:Unit}
    wasm = convert(Vector{UInt8}, bytes)
    is_for_background(length(wasm), progress) && unit_type(wasm) === T &&
        return compile_on_threads(T, engine, wasm, progress)
    # The library refuses a unit of another type at once.
    return T(engine) do handle
        GC.@preserve wasm functions_for(T).new(engine, pointer(wasm), length(wasm), handle)
    end
end

function unit_of_path(::Type{T}, engine, path, progress) where {T<:Unit}
    name = String(path)
    startswith(name, "\0asm") && throw(
        ArgumentError(
            "the path is the bytes of a $(noun(T)); `read(path)`, without `String`, returns " *
            "them as the `Vector{UInt8}` that a $(noun(T)) is made of",
        ),
    )
    is_for_background(file_size(name), progress) &&
        return unit_of_file(T, engine, name, progress)
    return T(engine) do handle
        GC.@preserve name functions_for(T).new_file(
            engine, text_pointer(name), sizeof(name), handle
        )
    end
end

# The library reports what is wrong with a path.
function file_size(path)
    return try
        isfile(path) ? filesize(path) : 0
    catch
        0
    end
end

function unit_of_file(::Type{T}, engine, path, progress) where {T<:Unit}
    content = read(path)
    try
        is_text = content_of(content) == API.SAFEWASM_CONTENT_TEXT
        return unit_of_bytes(T, engine, is_text ? wat2wasm(String(content)) : content, progress)
    catch e
        e isa WasmtimeError || rethrow()
        throw(WasmtimeError("$(shortened(path)): $(e.message)", e.code))
    end
end

# What bytes are, by their beginning and their end.
function content_of(bytes)
    content = Ref{UInt32}(0)
    check(API.safewasm_detect(bytes, length(bytes), content))
    return content[]
end

# The type of the unit that bytes in the binary format are, if they are one.
function unit_type(wasm)
    return content_of(wasm) == API.SAFEWASM_CONTENT_COMPONENT ? WasmComponent : WasmModule
end

Base.isvalid(unit::Unit) = functions_for(typeof(unit)).is_valid(unit)

function delete_handle(unit::Unit)
    isvalid(unit) && uncount_mapping()
    return functions_for(typeof(unit)).delete(unit)
end

properties(::Unit) = (:engine,)

# Calls `f` with a second handle of a unit, so that the texts and bytes that lie in the unit are
# there even if another task closes `unit`.
function with_clone(f, unit::T) where {T<:Unit}
    return with_handle(f, T, handle -> functions_for(T).clone(unit, handle))
end

# Calls `f` with a handle of a unit, which it must not use later. `create` makes the handle, by a
# function of the library whose error it returns.
function with_handle(f, ::Type{T}, create) where {T<:Unit}
    delete = functions_for(T).delete
    # A Ctrl-C is thrown when the handle exists; it is this object's.
    handle = Ref{fieldtype(T, :ptr)}(C_NULL)
    finalizer(handle -> delete(handle[]), handle)
    check_after_collection(() -> create(handle))
    result = GC.@preserve handle f(handle[])
    delete(handle[])
    return result
end
