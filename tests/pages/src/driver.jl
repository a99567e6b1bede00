# Runs the Julia blocks of a page as the REPL would: each statement by itself, in `Main`.
#
#   julia driver.jl PRINTED REPORT
#
# `stdout` and `stderr` are the file PRINTED. Each line of the standard input is the path of a block and the line
# of the page that it begins in. After a block, a line `done` with the size of PRINTED is added to REPORT.
module PageDriver

using REPL

const PRINTED, REPORT = splice!(ARGS, 1:2)
const RESULT = r"(?:^|\s)# => (.*)$"

function report(fields...)
    open(REPORT, "a") do io
        println(io, join((replace(string(field), '\n' => "\\n") for field in fields), '\x1f'))
    end
end

# Empty lines before the code give its statements their lines in the page.
parse_lines(lines, first) =
    Base.parse_input_line("\n"^(first - 1) * join(lines, '\n') * "\n"; filename="page.md")

is_incomplete(code) = code isa Expr && code.head === :incomplete

function print_error(e)
    flush(stdout)
    print(stderr, "ERROR: ")
    showerror(stderr, e)
    println(stderr)
end

function evaluate(code)
    try
        return Some(Core.eval(Main, REPL.softscope(code)))
    catch e
        Base.invokelatest(print_error, e)
        return nothing
    end
end

shown(value) = sprint(show, value; context=IOContext(devnull, :limit => true, :module => Main))

function displayed(value)
    context = IOContext(devnull, :limit => true, :module => Main)
    return sprint(show, MIME("text/plain"), value; context=context)
end

# Reports the value that the page shows, and the value as `show` and as the REPL show it.
function compare(value, expected, line)
    both = if value === nothing
        ("an exception", "")
    else
        Base.invokelatest(shown, something(value)), Base.invokelatest(displayed, something(value))
    end
    report("value", line, expected, both...)
end

function run_block(code, first)
    pending = String[]
    value = nothing
    lines = split(chomp(code), '\n')
    for (line, text) in zip(first:(first + length(lines) - 1), lines)
        found = match(RESULT, text)
        if found !== nothing && isempty(pending) && startswith(text, "# => ")
            compare(value, found[1], line)
            continue
        end
        push!(pending, text)
        is_comment = all(line -> isempty(strip(line)) || startswith(strip(line), '#'), pending)
        parsed = parse_lines(pending, line - length(pending) + 1)
        if is_incomplete(parsed) && line < first + length(lines) - 1
            found === nothing || report("misplaced", line)
            continue
        end
        empty!(pending)
        is_comment && continue
        value = evaluate(parsed)
        found === nothing || compare(value, found[1], line)
    end
end

function main()
    commands = stdin
    redirect_stdin(open("/dev/null"))
    Core.eval(Main, :(using InteractiveUtils))
    for command in eachline(commands)
        path, line = split(command, '\x1f')
        run_block(read(path, String), parse(Int, line))
        flush(stdout)
        flush(stderr)
        Libc.flush_cstdio()
        report("done", filesize(PRINTED))
    end
end

end

PageDriver.main()
