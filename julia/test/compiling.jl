# Modules that threads of the library compile.

include("terminal.jl")

using SafeWasm: BarDisplay, FunctionDisplay, NoDisplay, RecordDisplay, bar_text, progress_display

engine = WasmEngine()

# A module with so many functions and one that adds, in the text format.
function with_functions(count)
    step = "(local.set 2 (i32.add (i32.mul (local.get 0) (local.get 2)) (local.get 1)))" *
        "(if (i32.gt_u (local.get 2) (local.get 0)) (then (local.set 0 (local.get 2))))"
    f = "(func (param i32 i32) (result i32) (local i32) $(repeat(step, 20)) (local.get 2))"
    return """(module
        (func (export "add") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1)))
        $(repeat(f, count - 1)))"""
end

const LARGE_TEXT = with_functions(600)
const LARGE = wat2wasm(LARGE_TEXT)
const VERY_LARGE = wat2wasm(with_functions(8000))

adds(m) = call(WasmInstance(WasmStore(m.engine), m), "add", 40, 2) == 42

# Sets the time after which progress is shown.
function after_seconds(f, seconds)
    before, SafeWasm.SECONDS_TO_PROGRESS[] = SafeWasm.SECONDS_TO_PROGRESS[], seconds
    try
        return f()
    finally
        SafeWasm.SECONDS_TO_PROGRESS[] = before
    end
end

@testset "a large module is compiled from bytes, and from files of either format" begin
    @test adds(WasmModule(engine, LARGE))
    @test adds(WasmModule(WasmStore(engine), LARGE; progress=false))
    mktempdir() do folder
        binary, text = joinpath(folder, "large.wasm"), joinpath(folder, "large.wat")
        write(binary, LARGE)
        write(text, LARGE_TEXT)
        for path in (binary, text)
            @test adds(WasmModule(engine, path))
        end
        # Not even the first bytes are right, the last ones are missing, and a syntax error.
        for (content, code) in (
            (zeros(UInt8, 2^18), :invalid_module),
            (LARGE[1:(end - 1)], :invalid_module),
            ("(oops" * " "^(2^18), :invalid_text),
        )
            write(binary, content)
            e = thrown(() -> WasmModule(engine, binary))
            @test e isa WasmtimeError && e.code === code
            @test occursin("large.wasm: ", e.message)
        end
    end
    for bytes in (LARGE[1:(end - 1)], [LARGE; 0xff], zeros(UInt8, 2^18))
        e = thrown(() -> WasmModule(engine, bytes))
        @test e isa WasmtimeError && e.code === :invalid_module
    end
    small = WasmEngine(max_module_functions=10)
    @test thrown(() -> WasmModule(small, LARGE)).code === :limit
end

@testset "other tasks go on while a large module is compiled" begin
    ticks = Ref(0)
    timer = Timer(_ -> (ticks[] += 1), 0; interval=0.001)
    m = WasmModule(engine, LARGE)
    before = ticks[]
    close(timer)
    @test before > 0
    @test adds(m)
end

# A module of some kilobytes that takes long.
const SLOW = wat2wasm(
    "(module (func (param i32) $(repeat("loop ", 900))$(repeat("local.get 0 br_if 0 end ", 900))))"
)

@testset "other tasks go on while a small module that takes long is compiled" begin
    mktempdir() do folder
        path = joinpath(folder, "slow.wasm")
        write(path, SLOW)
        for compile in (
            () -> WasmModule(engine, SLOW),
            () -> WasmModule(engine, path),
            () -> compiled(engine, SLOW),
        )
            has_run = Ref(false)
            task = @async (has_run[] = true)
            compile()
            @test has_run[]
            wait(task)
        end
    end
end

@testset "an artifact is compiled as a module is, with its progress, and has the same bytes" begin
    m = WasmModule(engine, LARGE)
    # As one call compiles it.
    at_once = GC.@preserve LARGE SafeWasm.with_bytes(copy, handle ->
        SafeWasm.API.safewasm_module_precompile(engine, pointer(LARGE), length(LARGE), handle))
    told = Tuple{Int,Int}[]
    note(done, total) = push!(told, (done, total))
    @test compiled(engine, LARGE; progress=note) == compiled(m) == at_once
    @test last(told) == (600, 600)
    empty!(told)
    tiny = wat"(module (func))"
    artifact = compiled(engine, tiny; progress=note)
    @test artifact == compiled(engine, tiny; progress=false) == compiled(WasmModule(engine, tiny))
    @test last(told) == (1, 1)
    e = thrown(() -> compiled(engine, VERY_LARGE; progress=(_, _) -> throw(KeyError(:enough))))
    @test e == KeyError(:enough)
    @test thrown(() -> compiled(engine, LARGE[1:(end - 1)])).code === :invalid_module
end

@testset "a tiny module is compiled without a switch of tasks" begin
    has_run = Ref(false)
    task = @async (has_run[] = true)
    WasmModule(engine, wat"(module (func))")
    @test !has_run[]
    wait(task)
end

@testset "several tasks compile at once" begin
    tasks = [@async(adds(WasmModule(engine, LARGE))) for _ in 1:4]
    @test all(map(fetch, tasks))
end

@testset "garbage is collected on another thread while a large module is compiled" begin
    script = """
    using SafeWasm
    wasm = wat2wasm(read(ARGS[1], String))
    const engine = WasmEngine()
    collect_until(task) = (n = 0; while !istaskdone(task); GC.gc(); n += !istaskdone(task); yield(); end; n)
    has_begun = Threads.Atomic{Bool}(false)
    compile() = WasmModule(engine, wasm; progress=(done, total) -> (has_begun[] = true))
    task = Threads.@spawn compile()
    while !has_begun[] && !istaskdone(task); yield(); end
    collections = collect_until(task)
    fetch(task)
    println(collections > 0 ? "collected" : "never collected")
    """
    mktempdir() do folder
        path = joinpath(folder, "large.wat")
        write(path, with_functions(8000))
        done, said = run_limited(julia("--threads=2", "-e", script, path))
        @test done
        @test strip(said) == "collected"
    end
end

@testset "a function is told the progress up to the end" begin
    told = Tuple{Int,Int}[]
    m = WasmModule(engine, LARGE; progress=(done, total) -> push!(told, (done, total)))
    @test adds(m)
    @test issorted(told) && allunique(told)
    @test last(told) == (600, 600) && all(last(x) == 600 for x in told)
    # Small modules too.
    empty!(told)
    WasmModule(engine, COUNTER; progress=(done, total) -> push!(told, (done, total)))
    @test last(told) == (3, 3)
end

@testset "no progress of an invalid module is complete" begin
    told = Tuple{Int,Int}[]
    note(done, total) = push!(told, (done, total))
    @test thrown(() -> WasmModule(engine, LARGE[1:(end - 1)]; progress=note)).code === :invalid_module
    @test all(done < total for (done, total) in told)
end

@testset "an exception of the function that is told gives the module up" begin
    e = thrown(() -> WasmModule(engine, VERY_LARGE; progress=(_, _) -> throw(KeyError(:enough))))
    @test e == KeyError(:enough)
end

@testset "an error of the function that is told doesn't start the compilation again" begin
    mine, calls = WasmtimeError("mine", :limit), Ref(0)
    tell(_, _) = (calls[] += 1; throw(mine))
    @test thrown(() -> WasmModule(engine, LARGE; progress=tell)) === mine
    @test calls[] == 1
    # Nor when all functions are compiled.
    tell_last(done, total) = done == total && tell(done, total)
    @test thrown(() -> WasmModule(engine, LARGE; progress=tell_last)) === mine
    @test calls[] == 2
end

@testset "an interrupt of the task that waits gives the module up at once" begin
    told = Channel{Any}(Inf)
    task = @async thrown() do
        WasmModule(engine, VERY_LARGE; progress=(done, total) -> put!(told, done => total))
    end
    take!(told)
    schedule(task, InterruptException(); error=true)
    @test fetch(task) isa InterruptException
    # It was not told that all is done.
    close(told)
    @test all(done < total for (done, total) in told)
    @test adds(WasmModule(engine, LARGE))
end

@testset "programs for WASI and files of packages are compiled the same way" begin
    mktempdir() do folder
        path = joinpath(folder, "program.wasm")
        write(path, wat2wasm(replace(LARGE_TEXT, "(module" => "(module (func (export \"_start\"))")))
        ticks = Ref(0)
        timer = Timer(_ -> (ticks[] += 1), 0; interval=0.001)
        @test success(WasiCommand(path))
        close(timer)
        @test ticks[] > 0
        file = SafeWasm.wasm_file(path)
        @test length(exports(WasmModule(engine, file; progress=false))) == 2
    end
end

@testset "a bar of one line says how far the compiler is" begin
    title = "Compiling wasm (66 MB)"
    text = bar_text(title, 45, 100, 12.3, 79)
    @test startswith(text, "$title  45 % [") && endswith(text, "] 12 s, 15 s left")
    @test length(text) <= 79 && count(==('>'), text) == 1
    @test endswith(bar_text(title, 1, 2, 75.0, 79), "] 1:15 min, 1:15 min left")
    @test occursin("100 % [====", bar_text(title, 100, 100, 3.0, 79))
    # No number of functions is known, and there is little room.
    @test bar_text(title, 0, 100, 3.0, 79) == "$title  3 s"
    @test bar_text(title, 0, 0, 3.0, 79) == "$title  3 s"
    @test bar_text(title, 45, 100, 12.3, 50) == "$title  45 %  12 s, 15 s left"
    @test length(bar_text(title, 45, 100, 12.3, 20)) == 20
    @test SafeWasm.size_text(131072) == "131 kB"
    @test SafeWasm.size_text(68860682) == "68 MB"
end

@testset "the bar is drawn after some time, again and again, and removed" begin
    io = IOBuffer()
    bar = BarDisplay(io, "Compiling", 2.0, false)
    shown() = String(take!(io))
    SafeWasm.update!(bar, 1, 10, 1.9)
    @test shown() == ""
    SafeWasm.update!(bar, 2, 10, 2.0)
    @test occursin(r"^\rCompiling  20 % \[=+> +\] 2 s, 8 s left\e\[K$", shown())
    SafeWasm.update!(bar, 3, 10, 2.05)
    @test shown() == ""
    SafeWasm.update!(bar, 3, 10, 2.1)
    @test occursin("30 %", shown())
    SafeWasm.clear!(bar)
    @test shown() == "\r\e[K"
    unseen = BarDisplay(io, "Compiling", 2.0, false)
    SafeWasm.update!(unseen, 1, 10, 0.5)
    SafeWasm.clear!(unseen)
    @test shown() == ""
end

@testset "the keyword and the environment turn the bar on and off" begin
    Base.CoreLogging.with_logger(Base.CoreLogging.NullLogger()) do
        for (setting, kind) in ("yes" => BarDisplay, "no" => NoDisplay, "" => NoDisplay)
            withenv("SAFEWASM_PROGRESS" => setting) do
                # These tests run without a terminal or not interactively.
                @test isinteractive() || progress_display(nothing, 1) isa kind
                @test progress_display(true, 1) isa BarDisplay
                @test progress_display(false, 1) isa NoDisplay
                @test progress_display(+, 1) isa FunctionDisplay
            end
        end
    end
end

@testset "loggers of progress get records, and others don't" begin
    logger = Test.TestLogger(; min_level=Base.CoreLogging.LogLevel(-1))
    Base.CoreLogging.with_logger(logger) do
        @test progress_display(nothing, 1) isa RecordDisplay
        @test progress_display(false, 1) isa NoDisplay
        after_seconds(0.0) do
            WasmModule(engine, LARGE)
        end
    end
    records = [record.kwargs[:progress] for record in logger.logs]
    @test length(records) >= 2 && last(records) == "done"
    @test issorted(records[1:(end - 1)]) && all(0 <= x < 1 for x in records[1:(end - 1)])
    @test length(unique(record.id for record in logger.logs)) == 1
    @test occursin("Compiling wasm", string(first(logger.logs).message))
    quiet = Test.TestLogger()
    Base.CoreLogging.with_logger(quiet) do
        after_seconds(() -> WasmModule(engine, LARGE), 0.0)
    end
    @test isempty(quiet.logs)
end

@testset "a Ctrl-C at a terminal with a bar gives the prompt back" begin
    mktempdir() do folder
        path = joinpath(folder, "large.wasm")
        write(path, VERY_LARGE)
        terminal = Terminal(julia("-q", "--color=no"))
        try
            type(terminal, "using SafeWasm; SafeWasm.SECONDS_TO_PROGRESS[] = 0.0; 10^6 + 1")
            @test shows(terminal, "1000001")
            type(terminal, "WasmModule(WasmEngine(), $(repr(path)))")
            @test shows(terminal, r"Compiling wasm \(3 MB\) +[0-9]+ % \[")
            kill(terminal.process, Base.SIGINT)
            @test shows(terminal, "InterruptException")
            type(terminal, "10^6 + 2")
            @test shows(terminal, "1000002")
        finally
            close(terminal)
        end
    end
end

@testset "Julia may exit while a module is compiled" begin
    script = """
    using SafeWasm
    wasm = wat2wasm(read(ARGS[1], String))
    @async WasmModule(WasmEngine(), wasm; progress=(_, _) -> (println("compiling"); exit(3)))
    wait(Condition())
    """
    mktempdir() do folder
        path = joinpath(folder, "large.wat")
        write(path, with_functions(8000))
        command = ignorestatus(julia("-e", script, path))
        done, said = run_limited(`sh -c "$(Base.shell_escape(command.exec...)); echo \$?"`)
        @test done
        @test said == "compiling\n3\n"
    end
end
