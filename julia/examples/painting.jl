# Paints a Julia set in wasm: the program of docs/tutorials/julia-5-picture.md. Shows the picture before
# and after, side by side, in the file `painting.png`, or in the one that is given as an argument.
using SafeWasm

const SIZE = 400

# PNG --------------------------------------------------------------------------------------------

# The checksums of the format PNG.
const CRC_TABLE = map(0x00000000:0x000000ff) do byte
    foldl((crc, _) -> isodd(crc) ? crc >> 1 ⊻ 0xedb88320 : crc >> 1, 1:8; init=byte)
end

crc32(bytes) =
    ~foldl((crc, b) -> crc >> 8 ⊻ CRC_TABLE[(crc ⊻ b) & 0xff + 1], bytes; init=0xffffffff)

function adler32(bytes)
    a, b = foldl(((a, b), byte) -> ((a + byte) % 65521, (a + b + byte) % 65521), bytes; init=(1, 0))
    return UInt32(b << 16 | a)
end

# A chunk: its length, its name, its data and their checksum.
function write_chunk(file, name, parts...)
    content = IOBuffer()
    write(content, name, parts...)
    bytes = take!(content)
    write(file, hton(UInt32(length(bytes) - 4)), bytes, hton(crc32(bytes)))
end

# Bytes in the format zlib, in blocks that are stored as they are.
function zlib(bytes)
    out = IOBuffer()
    write(out, 0x78, 0x01)
    for first in 1:65535:length(bytes)
        block = bytes[first:min(first + 65534, end)]
        is_last = first + 65535 > length(bytes)
        write(out, UInt8(is_last), htol(UInt16(length(block))), htol(~UInt16(length(block))), block)
    end
    write(out, hton(adler32(bytes)))
    return take!(out)
end

# Writes a matrix of numbers from 0 to 255, each of which stands for one of 256 colours 0xRRGGBB.
function write_png(path, picture, colours)
    width, height = size(picture)
    # Each row begins with the number of its filter, which is none.
    rows = vcat(zeros(UInt8, 1, height), picture)
    palette = UInt8[colour >> shift & 0xff for shift in (16, 8, 0), colour in colours]
    open(path, "w") do file
        write(file, "\x89PNG\r\n\x1a\n")
        # Eight bits a pixel, which select a colour of the palette.
        write_chunk(file, "IHDR", hton(UInt32(width)), hton(UInt32(height)), UInt8[8, 3, 0, 0, 0])
        write_chunk(file, "PLTE", palette)
        write_chunk(file, "IDAT", zlib(vec(rows)))
        write_chunk(file, "IEND")
    end
end

# The picture ------------------------------------------------------------------------------------

function main(path)
    night = TypedFunc{Tuple{UInt32},UInt32}(
        instantiate(joinpath(@__DIR__, "night.wasm")).exports.night
    )
    x = instantiate(joinpath(@__DIR__, "painting.wasm")).exports
    glow = TypedFunc{Tuple{Float32,Float32,Float32},Int32}(x.glow)

    # A part of the complex plane.
    pixel = 0.8f0 / SIZE
    xs = [-0.95f0 + pixel * i for i in 1:SIZE]
    ys = [0.62f0 - pixel * i for i in 1:SIZE]
    before = glow.(xs, ys', pixel)

    # The canvas is the place in wasm's memory.
    address = x.canvas(SIZE, SIZE)
    canvas = reshape(view(x.memory, address+1:address+SIZE^2), SIZE, SIZE)
    canvas .= before
    x.paint(7)

    gap = fill(0xff, 8, SIZE)
    write_png(path, vcat(UInt8.(before), gap, canvas), night.(0:255))
    println("The picture is in ", abspath(path))
end

main(isempty(ARGS) ? "painting.png" : ARGS[1])
