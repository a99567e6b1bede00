# A module from npm: lodepng, which reads pictures in the format PNG. The program shows a
# picture as characters. Pictures often come from strangers, and a fault in a decoder of C
# can't leave wasm.
#
#   julia png.jl [PICTURE]
using SafeWasm
include("npm_package.jl")

store = WasmStore(WasmEngine(); memory_limit=256 << 20)
path = joinpath(npm_package("@cwasm/lodepng@0.1.9"), "lodepng.wasm")
png = WasmInstance(store, WasmModule(store.engine, path)).exports
png._initialize()

# The pixels of a picture, as a matrix of (red, green, blue, alpha).
function decode(bytes)
    # In C: unsigned lodepng_decode32(unsigned char **pixels, unsigned *width, unsigned
    # *height,
    #                                 const unsigned char *bytes, size_t size)
    input, outputs = png.malloc(length(bytes)), png.malloc(12)
    try
        write(png.memory, input, bytes)
        status = png.lodepng_decode32(
            outputs, outputs + 4, outputs + 8, input, length(bytes); timeout=10
        )
        status == 0 || throw(ArgumentError("lodepng can't read the picture: error $status"))
        address, width, height = Int.(read(png.memory, UInt32, outputs, 3))
        pixels = read(png.memory, NTuple{4,UInt8}, address, width * height)
        png.free(address)
        return reshape(pixels, width, height)
    finally
        foreach(png.free, (input, outputs))
    end
end

# The character for a pixel: dark, light, or transparent.
function character((red, green, blue, alpha))
    brightness = 0.3 * red + 0.6 * green + 0.1 * blue
    return alpha < 128 ? '.' : "#%+-"[clamp(1 + floor(Int, brightness / 64), 1, 4)]
end

picture = decode(read(isempty(ARGS) ? joinpath(@__DIR__, "face.png") : ARGS[1]))
println(join(size(picture), " × "), " pixels")
for y in 1:2:size(picture, 2)    # a character is about twice as high as it is wide
    println(String(character.(picture[:, y])))
end

try
    decode(b"GIF89a")
catch e
    println(sprint(showerror, e))
end
