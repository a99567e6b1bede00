# Draws a chart of speed-up and efficiency over the number of workers, as SVG.

const COLORS = ("#1f6f8b", "#d1603d", "#5b8c5a", "#7a4e9e")
const PANEL = (width=330, height=250, left=50, top=50)

# `curves` are pairs of a name and the speed-ups with 1, 2, 3… workers.
function write_chart(path, curves)
    most = maximum(length(last(curve)) for curve in curves)
    efficiencies = [name => 100 .* ys ./ (1:length(ys)) for (name, ys) in curves]
    largest(curves) = maximum(maximum(last(curve)) for curve in curves)
    tick = cld(most, 8)
    speed_ups = 0:tick:(tick * ceil(Int, max(most, largest(curves)) / tick))
    percents = 0:20:(20 * ceil(Int, max(100, largest(efficiencies)) / 20))
    open(path, "w") do io
        println(io, """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 360" width="860" height="360"
             font-family="sans-serif" font-size="13" text-anchor="middle">
            <rect width="860" height="360" fill="#ffffff"/>""")
        draw_panel(io, 0, "speed-up", most, speed_ups, curves, 1:most)
        draw_panel(io, 430, "efficiency in %", most, percents, efficiencies, fill(100, most))
        println(io, "</svg>")
    end
    return path
end

# One chart: its axes, the ideal as a dashed line, and a line for each curve.
function draw_panel(io, shift, title, most, ticks, curves, ideal)
    x(count) = round(shift + PANEL.left + PANEL.width * count / (most + 0.5); digits=1)
    y(value) = round(PANEL.top + PANEL.height * (1 - value / last(ticks)); digits=1)
    line(ys) = join(("$(x(i)),$(y(ys[i]))" for i in 1:length(ys)), ' ')
    text(x, y, content, more="") = println(io, """<text x="$x" y="$y" $more>$content</text>""")
    text(x((most + 0.5) / 2), PANEL.top - 20, title, "font-weight=\"bold\"")
    text(x((most + 0.5) / 2), PANEL.top + PANEL.height + 40, "number of workers")
    for tick in ticks
        println(io, """<path d="M$(x(0)) $(y(tick))H$(x(most + 0.5))" stroke="#dddddd"/>""")
        text(x(0) - 8, y(tick) + 4, tick, "text-anchor=\"end\"")
    end
    foreach(count -> text(x(count), y(0) + 20, count), 1:most)
    println(io, """<polyline points="$(line(ideal))" fill="none" stroke="#999999" stroke-dasharray="5"/>""")
    for ((name, ys), color, row) in zip(curves, COLORS, 0:3)
        println(io, """<polyline points="$(line(ys))" fill="none" stroke="$color" stroke-width="2.5"/>""")
        for i in 1:length(ys)
            println(io, """<circle cx="$(x(i))" cy="$(y(ys[i]))" r="4" fill="$color"/>""")
        end
        text(x(0) + 12, PANEL.top + 16 + 18row, name, "fill=\"$color\" text-anchor=\"start\"")
    end
    return nothing
end
