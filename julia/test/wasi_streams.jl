# The standard streams of commands, and pipelines with programs and native commands.

const COPY = WasiCommand(CAT)
says_command(text; fd=1) = WasiCommand(says(text; fd=fd))
copied(input) = read(pipeline(COPY; stdin=input), String)

@testset "standard input is bytes, an IOBuffer, a file, or any other IO" begin
    path = tempname()
    write(path, "of a file")
    @test copied(path) == "of a file"
    @test copied(codeunits("bytes")) == "bytes" && copied(UInt8[]) == ""
    @test copied(IOBuffer("buffer")) == "buffer"
    partly = IOBuffer("partly read")
    read(partly, 7)
    @test copied(partly) == "read" && eof(partly)
    @test open(copied, path) == "of a file"
    @test copied(devnull) == "" == read(COPY, String)
    stream = Base.BufferStream()
    task = @async copied(stream)
    for part in ("some", "thing")
        write(stream, part)
        yield()
    end
    close(stream)
    @test fetch(task) == "something"
    @test copied(open(`echo native`)) == "native\n"
    @test copied(open(says_command("guest"))) == "guest"
    @test thrown(() -> copied(joinpath(path, "none"))) isa SystemError
    closed = open(path)
    close(closed)
    @test occursin("closed", thrown(() -> copied(closed)).msg)
end

# A stream of one's own, with no more methods than needed.
struct Letters <: IO
    left::Ref{Int}
end
Base.eof(x::Letters) = x.left[] == 0
Base.read(x::Letters, ::Type{UInt8}) = (x.left[] -= 1; UInt8('a') + UInt8(x.left[]))

# A stream that fails after some bytes.
struct Failing <: IO
    left::Ref{Int}
end
Base.eof(x::Failing) = false
Base.read(x::Failing, ::Type{UInt8}) = (x.left[] -= 1) < 0 ? error("the wire is cut") : 0x61
Base.unsafe_write(x::Failing, p::Ptr{UInt8}, n::UInt) =
    (x.left[] -= Int(n)) < 0 ? error("the wire is cut") : Int(n)

@testset "streams of users' own types work, and what they throw is thrown" begin
    @test copied(Letters(Ref(3))) == "cba"
    e = thrown(() -> copied(Failing(Ref(3))))
    @test e isa ErrorException && e.msg == "the wire is cut"
    e = thrown(() -> run(pipeline(WasiCommand(YES), Failing(Ref(100_000)))))
    @test e isa ErrorException && e.msg == "the wire is cut"
    e = thrown(() -> run(pipeline(COPY; stdin=Failing(Ref(3)), stdout=devnull)))
    @test e isa ErrorException && e.msg == "the wire is cut"
end

@testset "output goes to a file, an IOBuffer, or any other IO" begin
    mktempdir() do folder
        path = joinpath(folder, "out")
        run(pipeline(says_command("one"), path))
        @test read(path, String) == "one"
        run(pipeline(says_command("two"); stdout=path, append=true))
        @test read(path, String) == "onetwo"
        run(pipeline(says_command("three"); stdout=path))
        @test read(path, String) == "three"
        open(path, "w") do io
            write(io, "before ")
            run(pipeline(says_command("after"), io))
        end
        @test read(path, String) == "before after"
    end
    buffer, errors = IOBuffer(), IOBuffer()
    both = says_command("out") & says_command("err"; fd=2)
    run(pipeline(both; stdout=buffer, stderr=errors))
    @test String(take!(buffer)) == "out" && String(take!(errors)) == "err"
    run(pipeline(both; stdout=buffer, stderr=buffer))
    @test String(take!(buffer)) in ("outerr", "errout")
    run(pipeline(says_command("x"), IOContext(buffer, :color => true)))
    @test String(take!(buffer)) == "x"
    pipe = Pipe()
    p = run(pipeline(says_command("through a pipe"), pipe); wait=false)
    close(pipe.in)
    @test read(pipe, String) == "through a pipe" && success(p)
    @test read(pipeline(says_command("x"; fd=2); stderr=`cat`), String) == "x"
end

@testset "run and read inherit streams as they do for a Cmd" begin
    # `SafeWasm` is loaded by another process, whose streams are files.
    program = """
        using SafeWasm
        include($(repr(joinpath(@__DIR__, "wasi_guests.jl"))))
        run(WasiCommand(CAT))
        print(stderr, read(WasiCommand(says("err"; fd=2)), String))
        print(read(WasiCommand(CAT), String))
        success(WasiCommand(says("lost")) & WasiCommand(says("lost"; fd=2)))
        wait(run(WasiCommand(says("lost")); wait=false))
        run(WasiCommand(says("out")))
        run(WasiCommand(says("more"; fd=2)))
    """
    output, errors = IOBuffer(), IOBuffer()
    # A pipe from Julia is non-blocking at Julia's end only.
    run(pipeline(julia("-e", program); stdin=IOBuffer("in "), stdout=output, stderr=errors))
    @test String(take!(output)) == "in out" && String(take!(errors)) == "errmore"
end

@testset "programs and native commands are connected in both orders" begin
    text = join(string.(1:20_000), '\n') * '\n'
    for chain in (
        pipeline(COPY, COPY), pipeline(COPY, `cat`), pipeline(`cat`, COPY),
        pipeline(`cat`, COPY, `cat`, COPY, COPY), pipeline(COPY, pipeline(`cat`, `cat`)),
        pipeline(`cat`; stdout=COPY), pipeline(COPY; stdout=`cat`),
    )
        @test read(pipeline(chain; stdin=IOBuffer(text)), String) == text
        output = IOBuffer()
        run(pipeline(IOBuffer(text), chain, output))
        @test String(take!(output)) == text
    end
    mktempdir() do folder
        path = joinpath(folder, "out")
        run(pipeline(`echo 1`, COPY, path))
        run(pipeline(pipeline(COPY, `cat`); stdin=path, stdout=path * "2"))
        @test read(path * "2", String) == "1\n"
    end
    @test read(pipeline(`echo native`, COPY) & says_command(""), String) == "native\n"
    @test sort(readlines(`echo a` & WasiCommand(says("b\n")))) == ["a", "b"]
    both = WasiCommand(says("b\n")) & `echo a` & WasiCommand(says("c\n"))
    @test sort(split(open(io -> read(io, String), both))) == ["a", "b", "c"]
    run(pipeline(both, (output = IOBuffer();)))
    @test sort(split(String(take!(output)))) == ["a", "b", "c"]
    input = Base.BufferStream()
    write(input, "shared")
    close(input)
    @test read(pipeline(COPY & COPY & `cat`; stdin=input), String) == "shared"
    @test wasi_run(pipeline(`sh -c "echo out; echo err >&2; exit 7"`, COPY)) ==
          (status=7, stdout="out\n", stderr="err\n")
    @test success(pipeline(COPY, `cat`)) && !success(pipeline(COPY, `false`))
    e = thrown(() -> run(pipeline(`false`, COPY)))
    @test nameof(typeof(e)) === :ProcessFailedException
    e = thrown(() -> run(pipeline(`false`, WasiCommand(EXITS), `false`)))
    @test e isa CompositeException && length(e.exceptions) == 3
end

@testset "a native command that doesn't exist leaves nothing behind" begin
    for chain in (pipeline(WasiCommand(YES), `no-such-command`),
                  pipeline(`no-such-command`, COPY), COPY & `no-such-command`)
        @test thrown(() -> run(chain)) isa Base.IOError
    end
    success(COPY)
    @test length(SafeWasm.running().guests) == 0
end

@testset "a program whose reader has left ends quietly" begin
    endless = WasiCommand(YES)
    @test read(pipeline(endless, `head -n 1`), String) == "y\n"
    @test run(pipeline(endless, says_command("done"), devnull)).exitcode == 0
    @test open(readline, endless) == "y"
    p = open(endless)
    @test readline(p) == "y"
    close(p)
    @test success(p)
    lines = eachline(endless)
    @test first(lines) == "y"
    @test wasi_run(pipeline(endless, `head -n 2`)) == (status=0, stdout="y\ny\n", stderr="")
end

@testset "a process is written and read as an IO" begin
    p = open(COPY, "r+")
    write(p, "ping\n")
    @test readline(p) == "ping"
    write(p, "pong\n")
    close(p.in)
    @test read(p, String) == "pong\n" && success(p)
    answer = open(COPY; read=true, write=true) do io
        print(io, "text")
        close(io.in)
        read(io, String)
    end
    @test answer == "text"
    output = IOBuffer()
    open(io -> print(io, "written"), COPY, "w", output)
    @test String(take!(output)) == "written"
    @test open(io -> read(io, String), COPY, "r", IOBuffer("given")) == "given"
    @test thrown(() -> open(COPY, "a")) isa ArgumentError
    @test thrown(() -> open(COPY, "r+", output)) isa ArgumentError
    e = thrown(() -> open(io -> error("of the caller"), COPY, "r+"))
    @test e isa ErrorException && e.msg == "of the caller"
end

@testset "much data goes through in constant memory, while timers fire" begin
    total = 200 << 20
    sent, received, ticks, most = Ref(0), Ref(0), Ref(0), Ref(0)
    block = rand(UInt8, 1 << 16)
    same = Ref(true)
    resident() = parse(Int, split(read("/proc/self/statm", String))[2]) * 4096
    before = resident()
    timer = Timer(_ -> (ticks[] += 1; most[] = max(most[], resident())), 0.01; interval=0.01)
    p = open(pipeline(COPY, COPY), "r+")
    writer = @async begin
        while sent[] < total
            sent[] += write(p, block)
        end
        close(p.in)
    end
    while !eof(p)
        part = read(p, length(block))
        same[] &= part == block
        received[] += length(part)
    end
    wait(writer)
    close(timer)
    @test success(p) && received[] == total && same[]
    @test ticks[] > 3 && most[] - before < 150 << 20
end
