"""
    wat2wasm(text) -> Vector{UInt8}

Translates a module or a component from the text format into its bytes, without validating it.

# Errors
- `WasmtimeError` with code `:invalid_text` for a syntax error. The message shows the line
  and column, and marks the place in the source line.

```julia
wat2wasm("(module)")    # => UInt8[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
```
"""
function wat2wasm(text::AbstractString)
    source = String(text)
    create(handle) = GC.@preserve source API.safewasm_wat2wasm(
        Ptr{Cchar}(pointer(source)), sizeof(source), handle
    )
    return with_bytes(copy, create)
end

# Calls `f` with bytes of the library's as a vector, which it must not use later. `create`
# makes the bytes, by a function of the library whose error it returns.
function with_bytes(f, create)
    # A Ctrl-C is thrown when the bytes exist; they are this object's until the vector has them.
    handle = Ref{Ptr{API.safewasm_bytes_t}}(C_NULL)
    finalizer(handle -> API.safewasm_bytes_delete(handle[]), handle)
    check_after_collection(() -> create(handle))
    bytes, data, len = handle[], Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0)
    check(API.safewasm_bytes_data(bytes, data, len))
    vector = unsafe_wrap(Vector{UInt8}, data[], len[])
    # If `f` is interrupted, the system may go on to write the vector to a stream. Then the
    # bytes live until the collector finds the vector.
    finalizer(_ -> API.safewasm_bytes_delete(bytes), vector)
    handle[] = C_NULL
    result = f(vector)
    API.safewasm_bytes_delete(bytes)
    return result
end

"""
    wat"…"

The bytes of a module or a component in the text format, by [`wat2wasm`](@ref). Nothing is
interpolated.

```julia
mod = WasmModule(engine, wat"(module)")
WasmComponent(engine, wat"(component)")    # => WasmComponent with 0 imports and 0 exports
```
"""
macro wat_str(text)
    return :(wat2wasm($text))
end
