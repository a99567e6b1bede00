"""
    wat2wasm(text) -> Vector{UInt8}

Translates a module from the text format into its bytes, without validating it.

# Errors
- `WasmtimeError` with code `:invalid_text` for a syntax error. The message shows the line
  and column, and marks the place in the source line.

```julia
wat2wasm("(module)")    # => UInt8[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
```
"""
function wat2wasm(text::AbstractString)
    source = String(text)
    handle = Ref{Ptr{API.safewasm_bytes_t}}(C_NULL)
    GC.@preserve source check(
        API.safewasm_wat2wasm(Ptr{Cchar}(pointer(source)), sizeof(source), handle),
    )
    return take_bytes(handle[])
end

# Bytes of the library's as a vector. Deletes them.
function take_bytes(handle::Ptr{API.safewasm_bytes_t})
    data = Ref{Ptr{UInt8}}(C_NULL)
    len = Ref{Csize_t}(0)
    check(API.safewasm_bytes_data(handle, data, len))
    bytes = copy(unsafe_wrap(Vector{UInt8}, data[], len[]))
    API.safewasm_bytes_delete(handle)
    return bytes
end

"""
    wat"…"

The bytes of a module in the text format, by [`wat2wasm`](@ref). Nothing is interpolated.

```julia
mod = WasmModule(engine, wat"(module)")
```
"""
macro wat_str(text)
    return :(wat2wasm($text))
end
