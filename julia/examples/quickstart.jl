# SafeWasm in a minute: two instances, two mistakes, a trap, and a picture. Run by `make demo`.

using SafeWasm

heading(text) = println("\n", text, "\n", "─"^textwidth(text))

# Mistakes -------------------------------------------------------------------------------------

function attempt(f, what)
    try
        f()
    catch e
        e isa WasmtimeError || rethrow()
        println(what, "\n  → WasmtimeError: ", e.message)
    end
end

# The picture ----------------------------------------------------------------------------------

# The colour for a brightness: 255 for points that escape at once, less for slower ones, and 0 for
# those that never escape.
function colour(brightness)
    brightness == 0 && return (0x08, 0x06, 0x14)
    t = 1 - brightness / 255
    wave(shift) = round(UInt8, 255 * (0.5 - 0.5 * cos(2π * (0.9 * sqrt(t) + shift))))
    return (wave(0.02), wave(0.10), wave(0.25))
end

const COLOURS = [colour(brightness) for brightness in 0:255]
const RAMP = " .:-=+*#%@"

in_colour() = stdout isa Base.TTY && !haskey(ENV, "NO_COLOR")

# Shows the picture with two pixels in a character: the upper half has the colour of one, the lower
# half that of the other.
function show_picture(io, picture)
    width, height = size(picture)
    for y in 1:2:height-1
        for x in 1:width
            if in_colour()
                above, below = COLOURS[picture[x, y]+1], COLOURS[picture[x, y+1]+1]
                print(io, "\e[38;2;", join(Int.(above), ';'), "m")
                print(io, "\e[48;2;", join(Int.(below), ';'), "m▀")
            else
                print(io, RAMP[1+picture[x, y]*9÷255])
            end
        end
        println(io, in_colour() ? "\e[0m" : "")
    end
end

# Writes the picture as a BMP file of 24 bits a pixel: a header, then the rows from the lowest up.
function write_bmp(path, picture)
    width, height = size(picture)
    padding = zeros(UInt8, mod(-3 * width, 4))
    size_of_pixels = (3 * width + length(padding)) * height
    open(path, "w") do file
        write(file, "BM", UInt32(54 + size_of_pixels), UInt32(0), UInt32(54))
        write(file, UInt32(40), Int32(width), Int32(height), UInt16(1), UInt16(24))
        write(file, UInt32(0), UInt32(size_of_pixels), Int32(2835), Int32(2835))
        write(file, UInt32(0), UInt32(0))
        for y in height:-1:1
            for x in 1:width
                red, green, blue = COLOURS[picture[x, y]+1]
                write(file, blue, green, red)
            end
            write(file, padding)
        end
    end
end

# Renders a picture in wasm. Returns it as a matrix in wasm's memory.
function render(instance, width, height)
    address = call(instance, "render", width, height, -0.8, 0.156)
    address == 0 && error("wasm has no room for a picture of $width × $height")
    first = address % UInt32 + 1
    pixels = view(exports(instance).memory, first:(first+width*height-1))
    return reshape(pixels, width, height)
end

function main()
    engine = WasmEngine()
    mod = WasmModule(engine, joinpath(@__DIR__, "julia_set.wasm"))

    heading("Two instances, each with a state of its own")
    one = WasmInstance(WasmStore(engine), mod)
    other = WasmInstance(WasmStore(engine), mod)
    foreach(_ -> render(one, 8, 8), 1:3)
    render(other, 8, 8)
    println("pictures rendered by the one:   ", call(one, "renders"))
    println("pictures rendered by the other: ", call(other, "renders"))

    heading("Two mistakes, and what comes of them")
    attempt("an instance in a store that was closed") do
        store = WasmStore(engine)
        store.ptr = C_NULL
        WasmInstance(store, mod)
    end
    attempt("an instance of a module that was closed") do
        closed = WasmModule(engine, wat"(module)")
        closed.ptr = C_NULL
        WasmInstance(WasmStore(engine), closed)
    end

    heading("A trap, and the lines of C that it happened in")
    # Off by default, since debug info costs memory, and time at each trap.
    lines = WasmEngine(WasmConfig(backtrace_lines=true))
    ratio = WasmModule(lines, joinpath(@__DIR__, "lines.wasm"))
    try
        call(WasmInstance(WasmStore(lines), ratio), "ratio", 6, 0)
    catch e
        e isa WasmTrap || rethrow()
        showerror(stdout, e)
        println()
    end

    heading("A Julia set, computed by C in WebAssembly, read by Julia where it lies")
    columns = min(100, displaysize(stdout)[2] - 1)
    show_picture(stdout, render(one, columns, 2 * (columns * 3 ÷ 10)))
    write_bmp("julia_set.bmp", render(one, 960, 640))
    println("\nA larger one is in ", abspath("julia_set.bmp"))
end

main()
