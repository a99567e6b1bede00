# How far the compiler is, for the user: by a function of the user's, by log records that
# other packages show, or by a bar on the terminal.

using Base.CoreLogging: @logmsg, LogLevel, current_logger, min_enabled_level

# The level of records of progress in Julia's packages.
const PROGRESS_LEVEL = LogLevel(-1)

# How long compiling takes before its progress is shown, in seconds.
const SECONDS_TO_PROGRESS = Ref(2.0)

# Shows nothing.
struct NoDisplay end

# Calls a function of the user's.
mutable struct FunctionDisplay
    f::Any
    next::Float64
end

# Logs records.
mutable struct RecordDisplay
    title::String
    next::Float64
    id::Symbol
end

# Draws a bar.
mutable struct BarDisplay
    io::IO
    title::String
    next::Float64
    is_drawn::Bool
end

# What shows the progress of a unit of `size` bytes.
function progress_display(progress::Union{Bool,Nothing}, size)
    title, first = "Compiling wasm ($(size_text(size)))", SECONDS_TO_PROGRESS[]
    bar() = BarDisplay(stderr, title, first, false)
    progress === nothing && (progress = progress_setting())
    progress === nothing || return progress ? bar() : NoDisplay()
    if min_enabled_level(current_logger()) <= PROGRESS_LEVEL
        return RecordDisplay(title, first, gensym("safewasm"))
    end
    return isinteractive() && stderr isa Base.TTY ? bar() : NoDisplay()
end

progress_display(f, size) = FunctionDisplay(f, 0.0)

# The user's setting in the environment.
function progress_setting()
    setting = get(ENV, "SAFEWASM_PROGRESS", "")
    return setting == "yes" ? true : setting == "no" ? false : nothing
end

# Whether it is time to show the progress, which happens every `interval` seconds.
function is_due!(display, elapsed, interval)
    elapsed >= display.next || return false
    display.next = elapsed + interval
    return true
end

update!(::NoDisplay, done, total, elapsed) = nothing

function update!(display::FunctionDisplay, done, total, elapsed)
    is_due!(display, elapsed, 0.1) && display.f(done, total)
    return nothing
end

function update!(display::RecordDisplay, done, total, elapsed)
    is_due!(display, elapsed, 0.5) || return nothing
    @logmsg PROGRESS_LEVEL display.title progress = done / max(total, 1) _id = display.id
    return nothing
end

function update!(display::BarDisplay, done, total, elapsed)
    is_due!(display, elapsed, 0.1) || return nothing
    width = displaysize(display.io)[2] - 1
    print(display.io, "\r", bar_text(display.title, done, total, elapsed, width), "\e[K")
    display.is_drawn = true
    return nothing
end

# The unit is there.
finish!(display, done, total) = nothing
finish!(display::FunctionDisplay, done, total) = (display.f(done, total); nothing)

# Nothing more is shown.
clear!(display) = nothing

function clear!(display::RecordDisplay)
    display.next > SECONDS_TO_PROGRESS[] || return nothing
    @logmsg PROGRESS_LEVEL display.title progress = "done" _id = display.id
    return nothing
end

function clear!(display::BarDisplay)
    display.is_drawn && print(display.io, "\r\e[K")
    return nothing
end

# A line of at most `width` characters. The compiler may not say how far it is.
function bar_text(title, done, total, elapsed, width)
    done > 0 || return first("$title  $(time_text(elapsed))", width)
    left = elapsed * (total - done) / done
    head = "$title $(lpad(100done ÷ total, 3)) % "
    tail = " $(time_text(elapsed)), $(time_text(left)) left"
    room = min(width - length(head) - length(tail) - 2, 40)
    room >= 10 || return first(head * tail, width)
    full = room * done ÷ total
    return "$head[$(rpad("="^full * ">", room)[1:room])]$tail"
end

function time_text(seconds)
    whole = floor(Int, seconds)
    return whole < 60 ? "$whole s" : "$(whole ÷ 60):$(lpad(whole % 60, 2, '0')) min"
end

size_text(bytes) = bytes < 10^6 ? "$(bytes ÷ 1000) kB" : "$(bytes ÷ 10^6) MB"
