# Measures the functions of docs/tutorials/julia-5-picture.md beside the same functions in Julia, and prints
# the ratios. The functions in Julia give the same pixels.
using SafeWasm

const EXAMPLES = joinpath(dirname(@__DIR__), "examples")
const SIZE = 400

# The same as `night.c` ----------------------------------------------------------------------------

const COLOURS = (
    (8, 12, 44), (16, 34, 92), (26, 66, 142), (46, 110, 176), (92, 158, 188),
    (166, 196, 160), (236, 206, 100), (250, 180, 44), (255, 246, 206),
)

function night_in_julia(grey)
    index, part = grey ÷ 32 % 8 + 1, grey % 32
    rgb = UInt32(0)
    for i in 1:3
        mixed = COLOURS[index][i] * (32 - part) + COLOURS[index+1][i] * part
        rgb = rgb << 8 | UInt32(mixed ÷ 32)
    end
    return rgb
end

# The same as `painting.c` -------------------------------------------------------------------------

function escape(x::Float32, y::Float32)
    sum, step = 0.0f0, 0
    while step < 1000 && x * x + y * y < 1.0f6
        x, y = x * x - y * y - 0.8f0, 2 * x * y + 0.156f0
        sum += 1 / (1 + x * x + y * y)
        step += 1
    end
    return sum
end

function glow_in_julia(x, y, size)
    sum = 0.0f0
    for i in 0:8
        sum += escape(x + size * (i % 3) / 3, y + size * (i ÷ 3) / 3) / 9
    end
    return trunc(Int32, 255 * sum / (sum + 34))
end

struct Canvas
    picture::Matrix{UInt8}
    painting::Matrix{UInt8}
    flow::Matrix{NTuple{2,Float32}}
    seed::Base.RefValue{UInt32}
end

Canvas(picture) = Canvas(
    picture, zeros(UInt8, size(picture)), fill((0.0f0, 0.0f0), size(picture)), Ref{UInt32}(7)
)

# The nearest pixel.
@inline at(c, x, y) =
    CartesianIndex(clamp(x, 0, size(c.picture, 1) - 1) + 1, clamp(y, 0, size(c.picture, 2) - 1) + 1)

@inline function grey(c, x, y)
    @inbounds return Int32(c.picture[at(c, x, y)])
end

function below(c, n)
    c.seed[] = c.seed[] * 0x0019660d + 0x3c6ef35f
    return Int((UInt64(c.seed[]) * n) >> 32)
end

function find_flow!(c)
    for pixel in CartesianIndices(c.picture)
        x, y = Tuple(pixel) .- 1
        xx = xy = yy = 0.0f0
        for v in y-9:2:y+9, u in x-9:2:x+9
            dx = Float32(grey(c, u + 1, v) - grey(c, u - 1, v))
            dy = Float32(grey(c, u, v + 1) - grey(c, u, v - 1))
            xx += dx * dx
            xy += dx * dy
            yy += dy * dy
        end
        least = (xx + yy - sqrt((xx - yy) * (xx - yy) + 4 * xy * xy)) / 2
        across = least - xx
        len = sqrt(xy * xy + across * across)
        @inbounds c.flow[pixel] = len > 0 ? (xy / len, across / len) : (1.0f0, 0.0f0)
    end
end

function press!(c, x, y, along_x, along_y, radius, grey, brush)
    width, height = size(c.picture)
    for v in -radius:radius, u in -radius:radius
        u * u + v * v <= radius * radius && 0 <= x + u < width && 0 <= y + v < height || continue
        side = v * along_x - u * along_y
        hair = ((brush + unsafe_trunc(UInt32, side + 100)) * 0x9e3779b1) >> 28
        light = unsafe_trunc(Int32, side * (along_x - along_y) / radius * 10)
        shade = clamp(grey + Int(hair) - 8 + light, 0, 255)
        @inbounds c.painting[x+u+1, y+v+1] = shade % UInt8
    end
end

function stroke!(c, x0, y0, radius)
    start = grey(c, x0, y0)
    paint = start + below(c, 32) - 16
    brush = UInt32(below(c, 1 << 30))
    for sign in (-1, 1)
        x, y, last = Float32(x0), Float32(y0), (0.0f0, 0.0f0)
        for step in 0:5*radius-1
            column, row = unsafe_trunc(Int, x), unsafe_trunc(Int, y)
            step > 2 && abs(grey(c, column, row) - start) > 40 && break
            @inbounds along = c.flow[at(c, column, row)]
            turn = along[1] * last[1] + along[2] * last[2]
            if step == 0 ? sign < 0 : turn < 0
                along = .-along
            end
            press!(c, column, row, sign * along[1], sign * along[2], radius - step ÷ 10, paint, brush)
            x += along[1]
            y += along[2]
            last = along
        end
    end
end

function paint_in_julia!(c, radius)
    c.seed[] = 7
    find_flow!(c)
    fill!(c.painting, 0)
    width, height = size(c.picture)
    r = radius
    while r > 1
        for _ in 1:width*height÷(r*r)*3÷2
            x, y = below(c, width), below(c, height)
            difference = Int(c.picture[x+1, y+1]) - c.painting[x+1, y+1]
            (r == radius || abs(difference) > 22) && stroke!(c, x, y, r)
        end
        r = r * 2 ÷ 3
    end
    copyto!(c.picture, c.painting)
end

# Times --------------------------------------------------------------------------------------------

# The least time of some runs, in turns, so that other load of the machine affects both.
function ratio(in_wasm, in_julia; runs=7)
    times = [(@elapsed(in_wasm()), @elapsed(in_julia())) for _ in 0:runs][2:end]
    return minimum(first.(times)) / minimum(last.(times))
end

function main()
    night = TypedFunc{Tuple{UInt32},UInt32}(
        instantiate(joinpath(EXAMPLES, "night.wasm")).exports.night
    )
    x = instantiate(joinpath(EXAMPLES, "painting.wasm")).exports
    glow = TypedFunc{Tuple{Float32,Float32,Float32},Int32}(x.glow)
    paint = TypedFunc{Tuple{Int32},Nothing}(x.paint)
    pixel = 0.8f0 / SIZE
    xs = [-0.95f0 + pixel * i for i in 1:SIZE]
    ys = [0.62f0 - pixel * i for i in 1:SIZE]

    before = glow.(xs, ys', pixel)
    glow_in_julia.(xs, ys', pixel) == before || error("the pictures differ")
    address = x.canvas(SIZE, SIZE)
    place = reshape(view(x.memory, address+1:address+SIZE^2), SIZE, SIZE)
    place .= before
    paint(7)
    canvas = Canvas(UInt8.(before))
    paint_in_julia!(canvas, 7)
    canvas.picture == place || error("the paintings differ")
    greys = UInt32.(canvas.picture)
    night_in_julia.(greys) == night.(greys) || error("the colours differ")

    one_by_one(f, greys) = [f(grey) for grey in greys]
    for (name, in_wasm, in_julia) in (
        ("glow.(xs, ys', pixel)", () -> glow.(xs, ys', pixel), () -> glow_in_julia.(xs, ys', pixel)),
        ("x.paint(7)", () -> (place .= before; paint(7)),
            () -> (canvas.picture .= before; paint_in_julia!(canvas, 7))),
        ("night.(greys)", () -> night.(greys), () -> night_in_julia.(greys)),
        ("[night(grey) for grey in greys]", () -> one_by_one(night, greys),
            () -> one_by_one(night_in_julia, greys)),
    )
        println(rpad(name, 35), round(ratio(in_wasm, in_julia); sigdigits=2))
    end
end

main()
