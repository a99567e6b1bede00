# The ends of programs from outside: kill, wait, Ctrl-C, the end of Julia.

# Programs that would go on for ever.
endless() = (
    WasiCommand(LOOPS),
    WasiCommand(SLEEPS),
    # Waits for input that doesn't come.
    pipeline(WasiCommand(CAT); stdin=Base.PipeEndpoint()),
    # Waits until its output is read.
    pipeline(WasiCommand(YES); stdout=Base.PipeEndpoint()),
    pipeline(WasiCommand(YES), WasiCommand(CAT), devnull),
    pipeline(WasiCommand(SLEEPS), WasiCommand(CAT), `cat`),
)

@testset "kill ends a program in a loop, a sleep, a read or a write" begin
    for command in endless()
        p = run(command; wait=false)
        @test process_running(p) && !process_exited(p)
        @test p.exitcode == typemin(Int)
        sleep(0.05)
        @test process_running(p)
        @test occursin(", running)", sprint(show, p))
        kill(p)
        wait(p)
        @test process_exited(p) && !success(p)
        kill(p)
    end
    p = run(WasiCommand(LOOPS); wait=false)
    kill(p)
    wait(p)
    e = p.exception
    @test e isa WasmTrap && e.code === :interrupt && occursin("killed", e.message)
    @test p.exitcode == typemin(Int)
end

@testset "a run whose process another task kills throws the trap" begin
    task = @async thrown(() -> read(WasiCommand(SLEEPS)))
    timedwait(() -> !isempty(SafeWasm.running().guests), 20.0)
    foreach(kill, collect(SafeWasm.running().guests))
    @test fetch(task).code === :interrupt
end

@testset "several tasks wait for a process, and each goes on" begin
    p = run(WasiCommand(SLEEPS); wait=false)
    tasks = [@async(wait(p)) for _ in 1:5]
    sleep(0.01)
    @test !any(istaskdone, tasks)
    kill(p)
    foreach(wait, tasks)
    @test process_exited(p)
end

@testset "a timeout ends a program that waits in a read or a write" begin
    for command in (
        pipeline(WasiCommand(CAT; timeout=0.1); stdin=Base.PipeEndpoint()),
        pipeline(WasiCommand(YES; timeout=0.1); stdout=Base.PipeEndpoint()),
    )
        p = run(command; wait=false)
        wait(p)
        @test SafeWasm.outcome(only(p.parts)).code === :interrupt
    end
end

@testset "a process that nothing refers to goes on" begin
    mktempdir() do folder
        path = joinpath(folder, "out")
        run(pipeline(WasiCommand(says("done")), path); wait=false)
        GC.gc()
        @test timedwait(() -> filesize(path) == 4, 20.0) === :ok
        run(WasiCommand(LOOPS; timeout=0.05); wait=false)
        GC.gc()
        success(WasiCommand(says("")))
        @test timedwait(20.0) do
            success(WasiCommand(says("")))
            isempty(SafeWasm.running().guests)
        end === :ok
    end
end

@testset "Ctrl-C ends programs that loop, sleep, read and write" begin
    for threads in ("1", "2")
        program = joinpath(@__DIR__, "programs", "wasi_interrupts.jl")
        succeeded, said = run_limited(julia(program), "JULIA_NUM_THREADS" => threads)
        @test succeeded
        @test said == join("$name: interrupted\n" for name in
            ("loop", "sleep", "read", "write", "copy", "wait")) * "no program runs\n"
    end
end

@testset "Julia ends while programs run" begin
    program = """
        using SafeWasm
        include($(repr(joinpath(@__DIR__, "wasi_guests.jl"))))
        for bytes in (LOOPS, SLEEPS, YES), _ in 1:3
            run(WasiCommand(bytes); wait=false)
        end
        print("started")
    """
    @test run_limited(julia("-e", program)) == (true, "started")
end

@testset "a package has a command as a constant, and runs it while it is precompiled" begin
    mktempdir() do folder
        write(joinpath(folder, "Using.jl"), """
            module Using
            using SafeWasm
            const PROGRAM = WasiCommand($(repr(says("of a package"))); timeout=100)
            const SAID = read(PROGRAM, String)
            end
        """)
        program = """
            using Using, SafeWasm
            print(Using.SAID, ' ', read(Using.PROGRAM, String), ' ')
            print(Using.PROGRAM == WasiCommand(Using.PROGRAM))
        """
        settings = (
            "JULIA_LOAD_PATH" => join([folder; Base.load_path()], ':'),
            "JULIA_DEPOT_PATH" => join([folder; DEPOT_PATH], ':'),
        )
        command = `$(Base.julia_cmd()) --startup-file=no -e $program`
        @test run_limited(command, settings...) == (true, "of a package of a package true")
    end
end

@testset "programs run from several threads" begin
    program = """
        using SafeWasm
        include($(repr(joinpath(@__DIR__, "wasi_guests.jl"))))
        said = fill("", 40)
        Threads.@threads for n in 1:40
            said[n] = read(pipeline(WasiCommand(CAT); stdin=IOBuffer(string(n))), String)
        end
        print(said == string.(1:40))
    """
    @test run_limited(julia("-e", program), "JULIA_NUM_THREADS" => "3") == (true, "true")
end
