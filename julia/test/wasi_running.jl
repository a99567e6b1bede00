# Running commands: statuses, errors, settings, the cache of compiled programs.

const HELLO = WasiCommand(says("hello\nworld\n"))
fails(status; text="") = WasiCommand(says(text; fd=2, status=status))

@testset "read, eachline, readlines and open give what a program writes" begin
    @test read(HELLO, String) == "hello\nworld\n"
    @test read(HELLO) == codeunits("hello\nworld\n")
    @test read(WasiCommand(says("")), String) == ""
    @test collect(eachline(HELLO)) == ["hello", "world"] == readlines(HELLO)
    @test collect(eachline(HELLO; keep=true)) == ["hello\n", "world\n"]
    @test readchomp(HELLO) == "hello\nworld"
    @test open(read, HELLO) == codeunits("hello\nworld\n")
    @test open(readline, HELLO, "r") == "hello"
    p = open(HELLO)
    @test p isa WasiProcess && p isa IO
    @test readline(p) == "hello" && read(p, String) == "world\n" && eof(p)
    @test success(p) && process_exited(p) && !process_running(p)
end

@testset "run throws for a status other than 0, and returns the process otherwise" begin
    p = run(pipeline(HELLO, devnull))
    @test p isa WasiProcess && p.exitcode == 0
    @test sprint(show, p) == "WasiProcess($(p.command), ended)"
    e = thrown(() -> run(WasiCommand(EXITS)))
    @test e isa WasiExit && e.code == 3
    @test sprint(showerror, e) == "WasiExit: program exited with status 3"
    path = joinpath(mktempdir(), "exits.wasm")
    write(path, EXITS)
    @test sprint(showerror, thrown(() -> run(WasiCommand(path)))) ==
          "WasiExit: exits.wasm exited with status 3"
    for failing in (read, x -> read(x, String), x -> collect(eachline(x)), readlines,
                    x -> open(read, x), x -> open(identity, x, "w"))
        @test thrown(() -> failing(WasiCommand(EXITS))).code == 3
    end
    for status in (1, 125, 126, 255, 256, 2^32 - 1)
        @test thrown(() -> run(fails(status))).code == status
    end
end

@testset "success says whether the status is 0" begin
    @test success(HELLO) && !success(WasiCommand(EXITS)) && !success(WasiCommand(TRAPS))
    @test !success(WasiCommand(LOOPS; timeout=0.01)) && success(HELLO & HELLO)
    @test !success(HELLO & WasiCommand(EXITS)) && !success(WasiCommand(EXITS) & HELLO)
    @test thrown(() -> success(WasiCommand("/nowhere/at all.wasm"))) isa SystemError
end

@testset "ignorestatus makes a status no error, but neither traps nor timeouts" begin
    p = run(ignorestatus(WasiCommand(EXITS)))
    @test p.exitcode == 3 && !success(p)
    @test read(ignorestatus(WasiCommand(says("x"; status=2))), String) == "x"
    @test thrown(() -> run(ignorestatus(WasiCommand(TRAPS)))) isa WasmTrap
    @test thrown(() -> run(ignorestatus(WasiCommand(LOOPS; timeout=0.01)))).code === :interrupt
    @test run(ignorestatus(WasiCommand(EXITS) & WasiCommand(EXITS))).exitcode == 3
end

@testset "the messages of limits name settings of a command" begin
    program = wat"""(module (memory 2) (table 5 funcref)
        (func (export "_start") (loop (br 0))))"""
    for (name, limit) in pairs((timeout=0.01, fuel=10, memory_limit=1, table_limit=1))
        message = thrown(() -> run(WasiCommand(program; name => limit))).message
        @test endswith(message, "; see `WasiCommand(…; $name=…)`")
        @test !occursin("store", lowercase(message))
    end
end

@testset "a process has the exception that run would throw" begin
    for command in (WasiCommand(TRAPS), fails(3), fails(3) & WasiCommand(TRAPS), `false` & HELLO)
        p = run(command; wait=false)
        @test p.exception === nothing
        wait(p)
        @test typeof(p.exception) == typeof(thrown(() -> run(command)))
    end
    p = run(HELLO & ignorestatus(WasiCommand(EXITS)); wait=false)
    wait(p)
    @test p.exception === nothing
end

@testset "several failures are a CompositeException" begin
    e = thrown(() -> run(fails(3) & HELLO & fails(4) & WasiCommand(TRAPS), devnull, devnull))
    @test e isa CompositeException && length(e.exceptions) == 3
    @test [x.code for x in e.exceptions] == [3, 4, :unreachable]
    @test thrown(() -> run(pipeline(fails(3), WasiCommand(CAT), devnull))).code == 3
end

@testset "wasi_run gives the status and both outputs" begin
    @test wasi_run(HELLO) == (status=0, stdout="hello\nworld\n", stderr="")
    @test wasi_run(fails(10; text="no")) == (status=10, stdout="", stderr="no")
    @test wasi_run(WasiCommand(CAT); stdin=IOBuffer("abc")).stdout == "abc"
    @test wasi_run(WasiCommand(CAT); stdin=UInt8[97, 0, 98]).stdout == "a\0b"
    @test wasi_run(pipeline(fails(3; text="a"), fails(4; text="b"))) in
          ((status=4, stdout="", stderr="ab"), (status=4, stdout="", stderr="ba"))
    @test wasi_run(pipeline(HELLO, WasiCommand(CAT))).stdout == "hello\nworld\n"
    @test thrown(() -> wasi_run(WasiCommand(TRAPS))).code === :unreachable
    @test thrown(() -> wasi_run(WasiCommand(LOOPS; timeout=0.01))).code === :interrupt
end

@testset "a program gets its arguments and environment, and no others" begin
    given(command) = split(read(command, String), '\0')[1:(end - 1)]
    @test given(WasiCommand(PRINTS_ARGS, ["a b", "", "ä"])) == ["program", "a b", "", "ä"]
    folder = mktempdir()
    write(joinpath(folder, "args.wasm"), PRINTS_ARGS)
    @test given(WasiCommand(joinpath(folder, "args.wasm"))) == ["args.wasm"]
    @test cd(() -> given(wasi`args.wasm "1 2" 3`), folder) == ["args.wasm", "1 2", "3"]
    @test isempty(given(WasiCommand(PRINTS_ENV)))
    @test given(WasiCommand(PRINTS_ENV; env=["B" => "1=2", "A" => ""])) == ["B=1=2", "A="]
    @test given(addenv(WasiCommand(PRINTS_ENV; env="B" => 1), "C" => 2)) == ["B=1", "C=2"]
    withenv("SAFEWASM_TEST" => "x y") do
        @test "SAFEWASM_TEST=x y" in given(WasiCommand(PRINTS_ENV; env=ENV))
    end
end

@testset "folders may be read, or read and written" begin
    mktempdir() do folder
        write(joinpath(folder, "a.txt"), "content")
        reads, makes = WasiCommand(prints_file("a.txt")), WasiCommand(makes_file("b.txt"))
        for given in ((preopens=[folder => "/in"],), (writable=[folder => "/in"],),
                      (dir=folder,), (preopens=Dict(folder => "/x"), dir="/x"))
            @test read(WasiCommand(reads; given...), String) == "content"
        end
        @test wasi_run(reads).status != 0
        for given in ((preopens=[folder => "/in"],), (dir=folder,))
            @test wasi_run(WasiCommand(makes; given...)).status != 0
            @test readdir(folder) == ["a.txt"]
        end
        @test success(WasiCommand(makes; writable=folder => "/out", dir="/out"))
        @test read(joinpath(folder, "b.txt"), String) == "made\n"
        full = WasiCommand(makes; writable=folder => "/out", written_limit=0)
        rm(joinpath(folder, "b.txt"))
        @test wasi_run(full).status != 0
        @test thrown(() -> run(WasiCommand(reads; dir=joinpath(folder, "none")))) isa SystemError
        file = joinpath(folder, "a.txt")
        e = thrown(() -> run(WasiCommand(reads; preopens=[file => "/in"])))
        @test e isa SystemError && occursin(file, sprint(showerror, e))
    end
end

@testset "clock and seed make runs equal" begin
    time(command) = only(reinterpret(UInt64, read(command)))
    @test time(WasiCommand(PRINTS_TIME; clock=0)) == 0
    @test time(WasiCommand(PRINTS_TIME; clock=1_700_000_000)) == 1_700_000_000_000_000_000
    @test time(WasiCommand(PRINTS_TIME; clock=1.5)) == 1_500_000_000
    @test abs(time(WasiCommand(PRINTS_TIME)) / 1e9 - Base.time()) < 1000
    random(; settings...) = read(WasiCommand(PRINTS_RANDOM; settings...))
    @test random(seed=1) == random(seed=1) != random(seed=2)
    @test random() != random()
    # With a fixed clock, a sleep takes no time.
    @test success(WasiCommand(SLEEPS; clock=0))
end

@testset "limits end a program, and keep what it has written" begin
    start = time()
    for endless in (WasiCommand(LOOPS), WasiCommand(SLEEPS), pipeline(WasiCommand(YES), devnull))
        limited = endless isa WasiCommand ? WasiCommand(endless; timeout=0.2) :
            pipeline(WasiCommand(YES; timeout=0.2), devnull)
        e = thrown(() -> run(limited))
        @test e isa WasmTrap && e.code === :interrupt
    end
    @test time() - start < 100
    @test thrown(() -> run(WasiCommand(LOOPS; fuel=10_000))).code === :out_of_fuel
    @test read(WasiCommand(HELLO; fuel=10_000_000), String) == "hello\nworld\n"
    output = IOBuffer()
    e = thrown(() -> run(pipeline(WasiCommand(YES; output_limit=1001), output)))
    @test e isa WasmtimeError && e.code === :limit && occursin("1001 bytes", e.message)
    @test String(take!(output)) == first("y\n"^501, 1001)
    prints_and_loops = guest("""(call \$print (i32.const 1) (i32.const 128) (i32.const 4))
        (loop (br 0))"""; data="said")
    e = thrown(() -> run(pipeline(WasiCommand(prints_and_loops; timeout=0.2), output)))
    @test e isa WasmTrap && e.code === :interrupt && String(take!(output)) == "said"
    e = thrown(() -> run(WasiCommand(HELLO; memory_limit=1000)))
    @test e isa WasmtimeError && e.code === :limit
    grows = guest("""(if (i32.eq (memory.grow (i32.const 100)) (i32.const -1))
        (then (call \$exit (i32.const 5))))""")
    @test success(WasiCommand(grows))
    @test wasi_run(WasiCommand(grows; memory_limit=2^20)).status == 5
end

@testset "traps are WasmTraps with their backtrace" begin
    e = thrown(() -> run(WasiCommand(TRAPS)))
    @test e isa WasmTrap && e.code === :unreachable && !isempty(e.frames)
    text = WASI_IMPORTS * "(func \$deep (export \"_start\") (call \$deep))"
    e = thrown(() -> run(WasiCommand(wat2wasm("(module $text)"))))
    @test e isa WasmTrap && e.code === :stack_overflow
end

@testset "a program that can't be run is an error that names it" begin
    folder = mktempdir()
    path(name) = joinpath(folder, name)
    write(path("reactor.wasm"), wat"(module)")
    write(path("broken.wasm"), "no module")
    write(path("broken.wat"), "(module")
    write(path("other.wasm"), wat"""(module (import "env" "log" (func))
        (func (export "_start")))""")
    problem(name) = thrown(() -> run(WasiCommand(path(name))))
    for (name, code, expected) in (
        ("reactor.wasm", :not_found, "no command"),
        ("broken.wasm", :invalid_module, ""),
        ("broken.wat", :invalid_text, ""),
        ("other.wasm", :link, "`log` of module `env`"),
    )
        e = problem(name)
        @test e isa WasmtimeError && e.code === code
        @test occursin(name, e.message) && occursin(expected, e.message)
    end
    e = problem("none.wasm")
    @test e isa SystemError && e.errnum == Libc.ENOENT && occursin("none.wasm", e.prefix)
    @test thrown(() -> run(WasiCommand(folder))).errnum == Libc.EISDIR
    write(path("exits.wat"), "(module (func (export \"_start\")))")
    @test success(WasiCommand(path("exits.wat")))
    # Nothing starts, and no file is made, if one program of a pipeline is no program.
    e = thrown(() -> run(pipeline(HELLO & WasiCommand(path("none.wasm")), path("out"))))
    @test e isa SystemError && !ispath(path("out"))
    e = thrown(() -> run(WasiCommand(HELLO; config=(max_module_size=10,))))
    @test e isa WasmtimeError && e.code === :limit
end

@testset "a program is compiled once for each content and configuration" begin
    programs = SafeWasm.PROGRAMS[]
    compiled_now(f) = (before = length(programs.compiled); f(); length(programs.compiled) - before)
    fresh = says("never seen before")
    @test compiled_now(() -> foreach(_ -> success(WasiCommand(copy(fresh))), 1:3)) == 1
    path = joinpath(mktempdir(), "fresh.wasm")
    write(path, fresh)
    @test compiled_now(() -> success(WasiCommand(path))) == 0
    @test compiled_now(() -> foreach(_ -> success(WasiCommand(path; fuel=10^6)), 1:2)) == 1
    # A file that changes is seen, even if it has the same size.
    write(path, says("never seen befor2"))
    @test read(WasiCommand(path), String) == "never seen befor2"
    write(path, fresh)
    @test read(WasiCommand(path), String) == "never seen before"
    for n in 1:(2 * SafeWasm.MAX_COMPILED)
        SafeWasm.find_entry(programs, NamedTuple(), SafeWasm.ModuleBytes(string(n)))
    end
    @test length(programs.compiled) <= SafeWasm.MAX_COMPILED
    @test read(WasiCommand(path), String) == "never seen before"
end

@testset "many programs run at once and one after the other" begin
    outputs = asyncmap(n -> read(WasiCommand(PRINTS_ARGS, [n]), String), 1:100; ntasks=20)
    @test outputs == ["program\0$n\0" for n in 1:100]
    @test all(_ -> success(HELLO), 1:300)
    # What has ended is let go of.
    success(HELLO)
    @test length(SafeWasm.running().guests) == 0
end
