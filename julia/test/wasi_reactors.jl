# Modules with WASI imports whose exports Julia calls.

using Serialization

engine = WasmEngine()

# A reactor. `put` writes and `take` reads bytes of its memory, which begins at 1024.
const REACTOR = WasmModule(
    engine,
    wat"""(module
        (import "wasi_snapshot_preview1" "fd_write"
            (func $fd_write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read"
            (func $fd_read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get"
            (func $args_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "clock_time_get"
            (func $clock (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (memory (export "memory") 2)
        (global $initialized (export "initialized") (mut i32) (i32.const 0))
        (func (export "_initialize")
            (global.set $initialized (i32.add (global.get $initialized) (i32.const 1))))
        (func (export "put") (param $fd i32) (param $len i32) (result i32)
            (i32.store (i32.const 0) (i32.const 1024))
            (i32.store (i32.const 4) (local.get $len))
            (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
        (func (export "take") (param $fd i32) (param $len i32) (result i32)
            (i32.store (i32.const 0) (i32.const 1024))
            (i32.store (i32.const 4) (local.get $len))
            (if (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))
                (then (return (i32.const -1))))
            (i32.load (i32.const 8)))
        (func (export "exit") (param i32) (call $exit (local.get 0)))
        (func (export "args") (result i32)
            (drop (call $args_sizes (i32.const 0) (i32.const 4)))
            (drop (call $args (i32.const 512) (i32.const 1024)))
            (i32.load (i32.const 0)))
        (func (export "env") (drop (call $env (i32.const 512) (i32.const 1024))))
        (func (export "now") (result i64)
            (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 0)))
            (i64.load (i32.const 0)))
        (func (export "random") (result i64)
            (drop (call $random (i32.const 0) (i32.const 8)))
            (i64.load (i32.const 0)))
        ;; Opens the file whose name has `len` bytes at 1024 in the first folder.
        (func (export "open") (param $len i32) (param $flags i32) (result i32)
            (if (result i32)
                (call $open (i32.const 3) (i32.const 0) (i32.const 1024) (local.get $len)
                    (local.get $flags) (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 0))
                (then (i32.const -1))
                (else (i32.load (i32.const 0)))))
        (func (export "untouched")))""",
)

reactor(; settings...) =
    exports(WasmInstance(WasmStore(engine), REACTOR; wasi=WasiConfig(; settings...)))

store_of_exports(x) = getfield(x, :instance).store

function put(x, text; fd=1)
    write(x.memory, 1024, codeunits(text))
    return x.put(fd, sizeof(text))
end

function take(x, len; fd=0)
    count = x.take(fd, len)
    return count < 0 ? nothing : read_string(x.memory, 1024, count)
end

# An `IO` that only does what it must: each byte is a call of `f`.
struct Calling <: IO
    f::Any
end
Base.write(io::Calling, byte::UInt8) = (io.f(byte); 1)
Base.eof(io::Calling) = false
Base.read(io::Calling, ::Type{UInt8}) = UInt8(io.f(nothing))

@testset "nothing is inherited, and a reactor's streams are Julia's" begin
    x = reactor()
    @test put(x, "lost") == 0 && put(x, "lost"; fd=2) == 0
    @test take(x, 10) == "" && x.args() == 0 && x.open(1, 0) == -1
    x.env()
    @test read(x.memory, UInt64, 1024) != 0 || true
    out, err = IOBuffer(), IOBuffer()
    x = reactor(stdin=IOBuffer("some input"), stdout=out, stderr=err)
    @test put(x, "to ") == 0 && put(x, "stdout") == 0 && put(x, "problem"; fd=2) == 0
    @test String(take!(out)) == "to stdout" && String(take!(err)) == "problem"
    @test take(x, 4) == "some" && take(x, 100) == " input" && take(x, 100) == ""
    # Both may go to one stream.
    x = reactor(stdout=out, stderr=out, stdin=codeunits("bytes"))
    put(x, "a")
    put(x, "b"; fd=2)
    @test String(take!(out)) == "ab" && take(x, 3) == "byt" && take(x, 3) == "es"
    long = "x"^100_000
    write(x.memory, 1024, codeunits(long))
    for at in 1:2
        @test x.put(1, 100_000) == 0
    end
    @test String(take!(out)) == long^2
end

@testset "files, pipes and any other IO are streams" begin
    folder = mktempdir()
    input, output = joinpath(folder, "input"), joinpath(folder, "output")
    write(input, "from a file")
    x = reactor(stdin=input, stdout=output)
    @test take(x, 100) == "from a file" && put(x, "to a file") == 0
    close(store_of_exports(x))
    @test read(output, String) == "to a file"
    open(output, "w") do io
        x = reactor(stdin=open(input), stdout=io)
        @test take(x, 4) == "from" && put(x, "by Julia") == 0
    end
    @test read(output, String) == "by Julia"
    pipe = Pipe()
    x = reactor(stdin=pipe, stdout=pipe)
    put(x, "through a pipe")
    @test take(x, 100) == "through a pipe"
    seen = UInt8[]
    x = reactor(stdin=Calling(_ -> 'x'), stdout=Calling(byte -> push!(seen, byte)))
    put(x, "byte by byte")
    @test String(seen) == "byte by byte" && take(x, 5) == "x"
end

@testset "arguments, environment, clock and seed are those of the config" begin
    x = reactor(args=["name", "--flag"], env=["KEY" => "value"])
    @test x.args() == 2 && read_string(x.memory, 1024, 11) == "name\0--flag"
    x.env()
    @test read_string(x.memory, 1024, 9) == "KEY=value"
    a, b = reactor(seed=5, clock=1.5), reactor(seed=5, clock=1.5)
    @test a.random() == b.random() && a.now() == b.now() == 1_500_000_000
    @test a.random() != reactor(seed=6).random()
    @test abs(reactor().now() / 1e9 - time()) < 1000
end

@testset "folders may be read, or written too" begin
    folder = mktempdir()
    write(joinpath(folder, "file"), "content")
    name(x, text) = (write(x.memory, 1024, codeunits(text)); sizeof(text))
    x = reactor(preopens=[folder => "/in"])
    fd = x.open(name(x, "file"), 0)
    @test fd > 3 || fd == -1
    @test x.open(name(x, "new"), 1) == -1 && !ispath(joinpath(folder, "new"))
    x = reactor(writable=[folder => "/out"])
    fd = x.open(name(x, "new"), 1)
    @test fd > 2 && put(x, "written"; fd=fd) == 0
    close(store_of_exports(x))
    @test read(joinpath(folder, "new"), String) == "written"
    x = reactor(writable=[folder => "/out"], written_limit=10_000)
    fd = x.open(name(x, "limited"), 1)
    @test put(x, "x"^5000; fd=fd) == 0 && put(x, "x"^5000; fd=fd) != 0
end

@testset "_initialize is called once, by every way to make an instance" begin
    config = WasiConfig()
    store = WasmStore(engine; wasi=config)
    @test exports(WasmInstance(store, REACTOR)).initialized[] == 1
    @test exports(WasmInstance(store, REACTOR)).initialized[] == 1
    linker = define_wasi!(WasmLinker(engine))
    @test exports(instantiate(linker, store, REACTOR)).initialized[] == 1
    @test exports(WasmInstance(store, REACTOR, linker)).initialized[] == 1
    pre = WasmInstancePre(linker, REACTOR)
    @test exports(instantiate(pre, WasmStore(engine; wasi=config))).initialized[] == 1
    @test reactor().initialized[] == 1
    failing = WasmModule(engine, wat"""(module (func (export "_initialize") unreachable))""")
    @test thrown(() -> WasmInstance(store, failing)).code === :unreachable
    wrong = WasmModule(engine, wat"""(module (func (export "_initialize") (param i32)))""")
    @test thrown(() -> WasmInstance(store, wrong)) isa WasmtimeError
end

@testset "an exit is a WasiExit with its status" begin
    x = reactor()
    for status in (3, 0, 255)
        e = thrown(() -> x.exit(status))
        @test e isa WasiExit && e.code == status
    end
    @test sprint(showerror, thrown(() -> x.exit(3))) ==
          "WasiExit: the program exited with status 3"
    @test x.initialized[] == 1 && put(x, "still works") == 0
    # Through a host function, it is the same exception.
    host = WasmFunc(() -> x.exit(7), store_of_exports(x), () => ())
    @test thrown(host) == WasiExit(7)
    exiting = WasmModule(
        engine,
        wat"""(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (func (export "_initialize") (call $exit (i32.const 4))))""",
    )
    @test thrown(() -> WasmInstance(WasmStore(engine), exiting; wasi=WasiConfig())).code == 4
end

@testset "host functions stand beside those of WASI, or in place of them" begin
    both = WasmModule(
        engine,
        wat"""(module
            (import "env" "log" (func $log (param i32)))
            (import "wasi_snapshot_preview1" "random_get"
                (func $random (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "f") (result i32)
                (call $log (i32.const 5))
                (call $random (i32.const 0) (i32.const 8))))""",
    )
    seen = []
    log(x) = push!(seen, x)
    config = WasiConfig(seed=1)
    x = exports(WasmInstance(WasmStore(engine), both; wasi=config, env=(log=log,)))
    @test x.f() == 0 && seen == [5] && read(x.memory, UInt64, 0) != 0
    x = exports(WasmInstance(WasmStore(engine; wasi=config), both, [log]))
    @test x.f() == 0 && seen == [5, 5]
    own(address, len) = 28
    x = exports(
        WasmInstance(
            WasmStore(engine), both;
            wasi=config, env=(log=log,), wasi_snapshot_preview1=(random_get=own,),
        ),
    )
    @test x.f() == 28
    x = exports(WasmInstance(WasmStore(engine), both; wasi=config, unknown=:default))
    @test x.f() == 0 && read(x.memory, UInt64, 0) != 0
    e = thrown(() -> WasmInstance(WasmStore(engine), both; wasi=config))
    @test e.code === :link && occursin("`log` of module `env`", e.message)
    # A module that is called `wasi` is none of this.
    named = WasmModule(engine, wat"""(module (import "wasi" "f" (func)) (export "f" (func 0)))""")
    called = Ref(0)
    x = exports(WasmInstance(WasmStore(engine), named; wasi=(f=() -> called[] += 1,)))
    x.f()
    @test called[] == 1
    linker = define_wasi!(WasmLinker(engine))
    define!(log, linker, "env", "log", (Int32,) => ())
    store = WasmStore(engine; wasi=config)
    @test exports(instantiate(linker, store, both)).f() == 0
end

@testset "a stream's exception arrives as itself, and what was written before stays" begin
    out = IOBuffer()
    fails = Ref(false)
    deep(byte) = fails[] ? error("the stream is broken") : write(out, byte)
    x = reactor(stdout=Calling(deep))
    @test put(x, "good") == 0
    fails[] = true
    e = thrown(() -> put(x, "bad"))
    @test e == ErrorException("the stream is broken")
    shown = try
        put(x, "bad")
    catch e
        sprint(showerror, e, catch_backtrace())
    end
    @test occursin("the stream is broken", shown)
    fails[] = false
    @test put(x, "!") == 0 && String(take!(out)) == "good!"
    x = reactor(stdin=Calling(_ -> throw(KeyError(1))))
    @test thrown(() -> take(x, 1)) == KeyError(1)
    # Closed in the middle.
    path = tempname()
    file = open(path, "w")
    x = reactor(stdout=file)
    @test put(x, "before") == 0
    close(file)
    e = thrown(() -> put(x, "after"))
    @test e isa ArgumentError && e.msg == "the stream `stdout` is closed"
    @test read(path, String) == "before"
    rm(path)
    # An IOBuffer that can't grow has no room.
    full = IOBuffer(; maxsize=3)
    x = reactor(stdout=full)
    e = thrown(() -> put(x, "more than that"))
    @test e isa ArgumentError && e.msg == "the stream `stdout` took 3 of 14 bytes"
    @test String(take!(full)) == "mor" && x.initialized[] == 1
end

@testset "a stream may not use the store, but other stores" begin
    other = reactor(stdout=IOBuffer())
    x = Ref{Any}()
    x[] = reactor(stdout=Calling(_ -> x[].initialized[]))
    e = thrown(() -> put(x[], "x"))
    @test e isa WasmtimeError && e.code === :store_busy
    x[] = reactor(stdout=Calling(byte -> put(other, "y")))
    @test put(x[], "x") == 0
end

@testset "tasks run while a stream waits, and calls by other tasks wait" begin
    pipe = Pipe()
    Base.link_pipe!(pipe)
    x, y = reactor(stdin=pipe), reactor()
    order = []
    reader = @async (push!(order, take(x, 100)); push!(order, :read))
    yield()
    other = @async (y.untouched(); push!(order, :called))
    ticks = Ref(0)
    timer = Timer(_ -> ticks[] += 1, 0; interval=0.001)
    while ticks[] < 5
        sleep(0.001)
    end
    @test isempty(order)
    write(pipe, "woken")
    wait(reader)
    wait(other)
    close(timer)
    @test order[1] == "woken" && :called in order
    # What ends a task that waits in a stream ends its call.
    reader = @async take(x, 100)
    yield()
    sleep(0.01)
    schedule(reader, InterruptException(); error=true)
    e = thrown(() -> wait(reader))
    @test istaskfailed(reader) && occursin("InterruptException", sprint(showerror, e))
    write(pipe, "again")
    @test take(x, 100) == "again"
end

@testset "the garbage collector runs in streams, and they are kept as long as the store" begin
    freed = Ref(0)
    @noinline function make()
        counted = finalizer(_ -> (freed[] += 1), IOBuffer())
        writer = reactor(stdout=counted)
        put(writer, "x")
        GC.gc()
        @test put(writer, "x") == 0
        return store_of_exports(writer)
    end
    store = make()
    GC.gc()
    @test freed[] == 0
    @test length(store.roots) == 1
    close(store)
    store = nothing
    WasmStore(engine)
    GC.gc()
    GC.gc()
    @test freed[] == 1
    x = reactor(stdout=Calling(_ -> GC.gc()))
    @test put(x, "ab") == 0
    # A stream that refers to its store keeps neither alive.
    @noinline function cycle()
        own = Ref{Any}()
        counted = finalizer(_ -> (freed[] += 1), IOBuffer())
        own[] = WasmStore(engine; wasi=WasiConfig(stdout=Calling(_ -> (own, counted))))
        return nothing
    end
    cycle()
    for _ in 1:3
        GC.gc()
        WasmStore(engine)
    end
    @test freed[] == 2
end

@testset "a config is plain data" begin
    settings = (args=["a"], env=["K" => "v"], stdin="file", seed=3, preopens=["." => "/"])
    config = WasiConfig(; settings...)
    @test config == WasiConfig(; settings...) && isequal(config, WasiConfig(; settings...))
    @test hash(config) == hash(WasiConfig(; settings...))
    @test config != WasiConfig() && WasiConfig(seed=1) != WasiConfig(seed=2)
    io = IOBuffer()
    serialize(io, config)
    @test deserialize(seekstart(io)) == config
    @test sprint(show, config) ==
          "WasiConfig(args=[\"a\"], stdin=\"file\", env=[\"K\" => \"v\"], " *
          "preopens=[\".\" => \"/\"], seed=3)"
    @test sprint(show, WasiConfig()) == "WasiConfig()"
    @test sprint(show, WasiConfig(stdin=[0x01], stdout=io)) ==
          "WasiConfig(stdin=1 byte, stdout=GenericIOBuffer(…))" ||
          occursin("stdin=1 byte, stdout=", sprint(show, WasiConfig(stdin=[0x01], stdout=io)))
    out = IOBuffer()
    shared = WasiConfig(stdout=out)
    for n in 1:3
        x = exports(WasmInstance(WasmStore(engine; wasi=shared), REACTOR))
        put(x, string(n))
    end
    @test String(take!(out)) == "123"
end

@testset "settings that can't be used are errors that name them" begin
    for (settings, words) in (
        ((sdtin=devnull,), "`sdtin` is no setting of a WasiConfig. Did you mean `stdin`?"),
        ((stdin=5,), "`stdin` is the name of a file, bytes, or an `IO`, not 5"),
        ((stdout=[0x01],), "`stdout` is the name of a file, or an `IO`"),
        ((stdout="",), "`stdout` is an empty file name"),
        ((stdout="a\0b",), "the file name `stdout` contains a NUL"),
        ((args="one",), "the arguments are a vector"),
        ((args=["a\0b"],), "argument 1 contains a NUL"),
        ((args=["\xff"],), "argument 1 is not valid UTF-8"),
        ((env=["A" => "\0"],), "contains a NUL"),
        ((env=["=" => "x"],), "contains `=`"),
        ((preopens=["x"],), "`preopens` has pairs"),
        ((seed=-1,), "seed"),
        ((clock="now",), "`clock`"),
    )
        e = thrown(() -> WasiConfig(; settings...))
        @test e isa ArgumentError && occursin(words, e.msg)
    end
    file = tempname()
    write(file, "")
    for settings in (
        (preopens=["/there/is/none" => "/"],),
        (writable=[file => "/"],),
        (stdin="/there/is/none",),
        (stdout="/there/is/none",),
    )
        e = thrown(() -> reactor(; settings...))
        @test e isa SystemError
        @test occursin(r"there/is/none|jl_", sprint(showerror, e))
    end
    closed = open(file)
    close(closed)
    e = thrown(() -> reactor(stdout=closed))
    @test e isa ArgumentError && occursin("`stdout`", e.msg) && occursin("closed", e.msg)
    rm(file)
end

@testset "WASI that a module or store lacks is an error that says what to do" begin
    store = WasmStore(engine)
    e = thrown(() -> WasmInstance(store, REACTOR))
    @test e.code === :link && occursin("wasi=WasiConfig(…)", e.message)
    e = thrown(() -> instantiate(WasmLinker(engine), store, REACTOR))
    @test e.code === :link && occursin("`define_wasi!`", e.message)
    linker = define_wasi!(WasmLinker(engine))
    x = exports(instantiate(linker, store, REACTOR))
    e = thrown(() -> put(x, "x"))
    @test e isa WasmtimeError && e.code === :unsupported && occursin("wasi=", e.message)
    @test x.initialized[] == 0
    e = thrown(() -> define_wasi!(linker))
    @test e.code === :invalid_argument
    for wasi in (5, true, (args=["x"],))
        e = thrown(() -> WasmStore(engine; wasi=wasi))
        @test e isa ArgumentError && occursin("`wasi` is a WasiConfig", e.msg)
    end
    for wasi in (5, true, nothing)
        e = thrown(() -> WasmInstance(WasmStore(engine), REACTOR; wasi=wasi))
        @test e isa ArgumentError && occursin("`wasi` is a WasiConfig", e.msg)
    end
    store = WasmStore(engine; wasi=WasiConfig())
    e = thrown(() -> WasmInstance(store, REACTOR; wasi=WasiConfig()))
    @test e.code === :invalid_argument && occursin("the store has WASI already", e.message)
    close(store)
    @test thrown(() -> WasmInstance(store, REACTOR; wasi=WasiConfig())).code === :invalid_handle
    old = WasmModule(engine, wat"""(module (import "wasi_unstable" "fd_close" (func)))""")
    e = thrown(() -> WasmInstance(WasmStore(engine), old; wasi=WasiConfig()))
    @test e.code === :link && occursin("preview 1", e.message)
    none = WasmModule(
        engine, wat"""(module (import "wasi_snapshot_preview1" "fd_clse" (func)))"""
    )
    e = thrown(() -> WasmInstance(WasmStore(engine), none; wasi=WasiConfig()))
    @test e.code === :link && endswith(e.message, "; WASI preview 1 has no such function")
end

@testset "an output limit ends the call, and what was written before stays" begin
    out = IOBuffer()
    x = reactor(stdout=out, output_limit=5)
    @test put(x, "abc") == 0
    e = thrown(() -> put(x, "defg"))
    @test e isa WasmtimeError && e.code === :limit
    @test String(take!(out)) == "abcde"
    @test x.initialized[] == 1
end

@testset "a time limit ends a call when its stream returns, after the first read" begin
    x = reactor(stdin=Calling(_ -> (sleep(0.1); 'x')))
    limited() = with_timeout(() -> take(x, 1), store_of_exports(x), 0.01)
    @test limited() == "x"
    e = thrown(limited)
    @test e isa WasmTrap && e.code === :interrupt
end

@testset "the sandbox of a store limits what WASI doesn't limit" begin
    for (wasi, limit) in (WasiConfig() => 5, WasiConfig(output_limit=7) => 7)
        sandbox = Sandbox(output_limit=5)
        of_store = WasmInstance(WasmStore(engine; sandbox=sandbox, wasi=wasi), REACTOR)
        of_instance = WasmInstance(WasmStore(engine; sandbox=sandbox), REACTOR; wasi=wasi)
        for instance in (of_store, of_instance)
            e = thrown(() -> call(instance, "put", 1, 8))
            @test e isa WasmtimeError && occursin("the limit of $limit bytes", e.message)
        end
    end
end

@testset "Ctrl-C ends calls that are in a function of WASI or in a stream" begin
    for threads in ("1", "2")
        program = joinpath(@__DIR__, "programs", "reactor_interrupts.jl")
        succeeded, said = run_limited(julia(program), "JULIA_NUM_THREADS" => threads)
        @test succeeded
        @test said == join("$name: interrupted\n" for name in
            ("loop", "sleep", "read", "write")) * "works on\n"
    end
end
