# LZ4, a C library for compression, as a module of wasm, called on strings and arrays.
# Whatever data it gets, a fault of it can't touch the memory of this program.
#
# `examples/libraries/lz4.sh` in the repository of SafeWasm makes the module, whose path is
# the argument.
using SafeWasm

lz4 = instantiate(isempty(ARGS) ? "lz4.wasm" : ARGS[1]).exports
lz4._initialize()    # each module that clang made as a reactor has it, for C's own start

# A `const char *` arrives as an address.
println("LZ4 ", read_string(lz4.memory, lz4.LZ4_versionString()))

# An integer function of C applies to whole arrays with a dot, in one call of the library.
println("sizes that are always enough: ", lz4.LZ4_compressBound.([0, 1000, 1_000_000]))

# Calls `f` with the addresses of new blocks of memory in wasm, which are freed afterwards.
function with_blocks(f, sizes...)
    addresses = map(lz4.malloc, sizes)
    try
        any(iszero, addresses) && throw(OutOfMemoryError())
        return f(addresses...)
    finally
        foreach(lz4.free, addresses)    # of null, `free` does nothing
    end
end

# The compressed bytes of a string or an array of numbers.
function compress(data)
    capacity = lz4.LZ4_compressBound(sizeof(data))
    with_blocks(sizeof(data), capacity) do from, to
        write(lz4.memory, from, data)
        len = lz4.LZ4_compress_default(from, to, sizeof(data), capacity)
        len > 0 || throw(ArgumentError("LZ4 can't compress $(sizeof(data)) bytes"))
        return read(lz4.memory, to, len)
    end
end

# What `bytes` were compressed from: `count` numbers of type `T`.
function decompress(T, bytes, count)
    size = count * sizeof(T)
    with_blocks(length(bytes), size) do from, to
        write(lz4.memory, from, bytes)
        len = lz4.LZ4_decompress_safe(from, to, length(bytes), size)
        len == size || throw(ArgumentError("not the compressed form of $count × $T"))
        return read(lz4.memory, T, to, count)
    end
end

text = "She sells sea shells by the sea shore. "^100
small = compress(text)
println(sizeof(text), " bytes of text become ", length(small))
println("and again the text: ", String(decompress(UInt8, small, sizeof(text))) == text)

numbers = [i % 25 / 25 for i in 1:10_000]
small = compress(numbers)
println(sizeof(numbers), " bytes of numbers become ", length(small))
println("and again the numbers: ", decompress(Float64, small, length(numbers)) == numbers)

# Damaged data is an error.
try
    decompress(Float64, reverse(small), length(numbers))
catch e
    println("damaged data: ", sprint(showerror, e))
end

# An access out of bounds is a trap. The program is untouched, and goes on with a new instance.
try
    lz4.LZ4_compress_default(-16, 0, 1000, 2000)    # reads beyond the end of the memory
catch e
    e isa WasmTrap || rethrow()
    println("wild access: ", e.code)
end
