# Modules, engines and exceptions that are serialized: in files, and in other processes.

using Distributed
using Profile
using Serialization

const SENDING = wat"""(module $adds
    (import "host" "f" (func $f))
    (tag $tag (export "tag") (param i32 externref))
    (memory (export "memory") 1)
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    (func $inner (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 0)))
    (func $outer (export "trap") (param i32) (result i32) (call $inner (local.get 0)))
    (func (export "call") (call $f))
    (func (export "throw") (param externref) (throw $tag (i32.const 5) (local.get 0))))"""

start(m, f=() -> nothing; settings...) =
    exports(WasmInstance(WasmStore(m.engine; settings...), m; host=(f=f,)))

# The exceptions of the package, each thrown in the usual way.
const THROWING_CALLS = (
    m -> start(m).trap(1),
    m -> start(m; fuel=1).trap(1),
    m -> start(m).unknown,
    m -> start(m).throw("text"),
    m -> start(m, () -> error("in a host")).call(),
    m -> start(m, () -> start(m).trap(1)).call(),
    m -> WasmModule(m.engine, "no/such/file"),
    m -> WasmModule(m.engine, UInt8[1]),
    m -> start(m).memory[70_000],
    m -> start(m).add(1),
    m -> run(WasiCommand(EXITING, ["exits"])),
    m -> run(WasiCommand(EXITING, ["exits"]; fuel=1)),
)
const EXITING = wat"""(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start") (call $exit (i32.const 3))))"""

# Something after it was written to a file and read again.
function reread(x)
    file = IOBuffer()
    serialize(file, x)
    return deserialize(seekstart(file))
end

# Whether two exceptions say the same and have the same parts, except for closed objects.
function is_same(a, b)
    typeof(a) === typeof(b) || return false
    a isa SafeWasm.AnyObject && return true
    a isa Union{WasmTrap,WasmtimeError,WasiExit} || return same_text(a) == same_text(b)
    return all(field -> getfield(a, field) == getfield(b, field), fieldnames(typeof(a)))
end
same_text(e) = replace(sprint(showerror, e), r"Wasm(Memory|Func|Tag)( \(closed\)| [^]]*page)?" => s"\1")

@testset "modules of one configuration that are read share an engine, which has the configuration" begin
    engine = WasmEngine(; consume_fuel=true, operator_costs=("i32.add" => 50,))
    m, other = WasmModule(engine, SENDING), WasmModule(engine, wat"(module)")
    same, received, second = reread((m, m, other))
    @test same === received !== m
    @test received.engine === second.engine === reread(m).engine !== engine
    @test reread(received).engine === received.engine
    @test wasm_bytes(received) == SENDING
    sum = start(received; fuel=1000).add
    @test sum(1, 2) == 3
    @test 50 < fuel_consumed(SafeWasm.store_of(sum)) < 100
    plain = WasmModule(WasmEngine(), SENDING)
    @test reread(plain).engine === reread([plain])[1].engine !== received.engine
    # A closed engine isn't used again.
    close(received.engine)
    @test isopen(reread(m).engine) && start(reread(m); fuel=1000).add(1, 2) == 3
    @test reread(() -> m)() isa WasmModule
end

@testset "a module that is read again is a new one, which can be closed" begin
    m = WasmModule(WasmEngine(), SENDING)
    first, second = reread(m), reread(m)
    @test first !== second
    close(first)
    @test start(second).add(1, 2) == 3 && isopen(m)
end

@testset "an engine is read as one of the same configuration" begin
    engine = WasmEngine(; consume_fuel=true, optimization_level=None)
    read, again, m = reread((engine, engine, WasmModule(engine, SENDING)))
    @test read === again === m.engine === reread(engine) !== engine
    @test getfield(read, :settings) == getfield(engine, :settings)
    @test WasmStore(read; fuel=5).engine === read
    # The cache of one machine isn't the cache of another.
    cached = WasmEngine(; cache=mktempdir())
    @test reread(cached) === reread(WasmEngine())
    @test thrown(() -> cache_counts(reread(cached))).code === :unsupported
end

@testset "a module whose code doesn't fit is compiled from its bytes" begin
    settings = getfield(WasmEngine(), :settings)
    sent(artifact) = SafeWasm.SentUnit(SafeWasm.SentEngine(settings), (0, 0), artifact)
    fits = compiled(WasmEngine(), SENDING)
    unfit = compiled(WasmEngine(; consume_fuel=true), SENDING)
    newer = [fits[1:(end - 1)]; fits[end] + 0x01]
    for artifact in (fits, unfit, newer)
        m = SafeWasm.receive(sent(artifact))
        @test wasm_bytes(m) == SENDING && start(m).add(1, 2) == 3
        close(m)
    end
    # What was damaged has no bytes either.
    for artifact in (fits[1:(end - 1)], unfit[2:end], UInt8[], [unfit[1:(end - 9)]; rand(UInt8, 9)])
        @test thrown(() -> SafeWasm.receive(sent(artifact))).code === :invalid_artifact
    end
    changed = copy(unfit)
    changed[500] ⊻= 0x01
    @test thrown(() -> SafeWasm.receive(sent(changed))).code === :invalid_artifact
    small = merge(settings, Dict(:max_module_size => 8))
    small = SafeWasm.SentUnit(SafeWasm.SentEngine(small), (0, 0), fits)
    @test thrown(() -> SafeWasm.receive(small)).code === :limit
end

@testset "a setting of another version of the package is an error that says so" begin
    settings = getfield(WasmEngine(), :settings)
    artifact = compiled(WasmEngine(), SENDING)
    for (unknown, said) in (
        (:from_the_future => true) => "`from_the_future` is no setting of a WasmConfig)",
        (:strategy => :from_the_future) => "not :from_the_future, of type Symbol)",
        (:pooling => (from_the_future=1,)) => "from_the_future",
    )
        engine = SafeWasm.SentEngine(merge(settings, Dict(unknown)))
        for use in (
            () -> SafeWasm.engine_for(engine),
            () -> SafeWasm.receive(SafeWasm.SentUnit(engine, (0, 0), artifact)),
        )
            e = thrown(use)
            @test e isa WasmtimeError && e.code === :incompatible && occursin(said, e.message)
            @test occursin("is from another version of SafeWasm", e.message)
            @test occursin("use the same version in both processes", e.message)
        end
    end
end

@testset "a file that was cut or changed is an error" begin
    file = IOBuffer()
    serialize(file, WasmModule(WasmEngine(), SENDING))
    bytes = take!(file)
    for kept in (20, length(bytes) ÷ 2, length(bytes) - 1)
        @test thrown(() -> deserialize(IOBuffer(bytes[1:kept]))) isa Exception
    end
    bytes[end - 2000] ⊻= 0x01
    @test thrown(() -> deserialize(IOBuffer(bytes))).code === :invalid_artifact
end

@testset "only open modules, components and engines can be serialized" begin
    engine = WasmEngine()
    m = WasmModule(engine, SENDING)
    x = start(m)
    for object in (SafeWasm.store_of(x.add), x, x.memory, [x.add], () -> x.tag)
        e = thrown(() -> reread(object))
        @test e isa ArgumentError && occursin("only open modules, components and engines can", e.msg)
    end
    close(m)
    close(engine)
    for (object, name) in (m => "WasmModule", [m] => "WasmModule", (() -> engine) => "WasmEngine")
        e = thrown(() -> reread(object))
        @test e isa ArgumentError && occursin("a closed $name can't be serialized", e.msg)
    end
end

@testset "a serialized module is read in a new process" begin
    mktempdir() do folder
        path = joinpath(folder, "module.jls")
        m = WasmModule(WasmEngine(; consume_fuel=true, optimization_level=None), SENDING)
        serialize(path, Dict("module" => m))
        program = """
        using SafeWasm, Serialization
        m = deserialize(ARGS[1])["module"]
        store = WasmStore(m.engine; fuel=1000)
        print(call(WasmInstance(store, m; host=(f=() -> nothing,)), "add", 1, 2))"""
        @test run_limited(julia("-e", program, path)) == (true, "3")
    end
end

@testset "exceptions come back whole from files" begin
    m = WasmModule(WasmEngine(; consume_fuel=true), SENDING)
    guest = WasmModule(WasmEngine(), SENDING)
    for throwing in THROWING_CALLS
        e = thrown(() -> throwing(guest))
        # The memory in it is open.
        e isa BoundsError && continue
        @test is_same(reread(e), e) && is_same(reread(reread(e)), e)
    end
    e = thrown(() -> start(m; fuel=3).trap(1))
    @test e.code === :out_of_fuel && is_same(reread(e), e)
end

# Calls `f` with a function that calls others in a new process.
function with_workers(f, count)
    options = `--startup-file=no --project=$(Base.active_project())`
    ids = withenv("JULIA_LOAD_PATH" => join(LOAD_PATH, ':')) do
        addprocs(count; exeflags=options)
    end
    try
        f(ids, (f, args...) -> remotecall_fetch(f, first(ids), args...))
    finally
        rmprocs(ids)
    end
end

with_workers(2) do ids, there
    engine = WasmEngine(; epoch_interruption=false)
    m, other = WasmModule(engine, SENDING), WasmModule(engine, wat"(module)")

    @testset "a worker without the package goes on" begin
        for sent in (m, engine, () -> m)
            e = thrown(() -> there(x -> 1, sent))
            @test e isa RemoteException && occursin("SafeWasm", sprint(showerror, e))
        end
        @test there(() -> 1) == 1
    end

    for id in ids
        remotecall_fetch(Core.eval, id, Main, :(using SafeWasm))
        for name in (:SENDING, :EXITING)
            remotecall_fetch(Core.eval, id, Main, :(const $name = $(getfield(Main, name))))
        end
        remotecall_fetch(Core.eval, id, Main, quote
            start(m, f=() -> nothing; settings...) =
                exports(WasmInstance(WasmStore(m.engine; settings...), m; host=(f=f,)))
            const KEPT = Any[]
        end)
        # Compiling is an error in the worker.
        remotecall_fetch(Core.eval, id, SafeWasm, quote
            WasmModule(::WasmEngine, ::Vector{UInt8}) = error("compiled here")
        end)
    end
    add(m) = start(m).add(1, 2)

    @testset "a module that is sent to a worker runs there, and isn't compiled again" begin
        e = thrown(() -> there(bytes -> string(WasmModule(WasmEngine(), bytes)), SENDING))
        @test occursin("compiled here", sprint(showerror, e))
        @test there(add, m) == 3
        @test there(() -> add(m)) == 3
        @test there(modules -> add(modules[1]), Dict(1 => m)) == 3
        @test pmap(x -> start(m).add(x, 1), 1:3) == 2:4
        @test pmap(x -> start(m).add(x, 1), CachingPool(ids), 1:3) == 2:4
        sums = @distributed (+) for x in 1:4
            start(m).add(x, 1)
        end
        @test sums == 14
        @everywhere ids const SENT = $m
        @test there(() -> Main.SENT === Main.SENT && add(Main.SENT) == 3)
        channel = RemoteChannel(() -> Channel{Any}(2), first(ids))
        put!(channel, m)
        @test there(() -> add(fetch(channel))) == 3 && add(take!(channel)) == 3
        # From one worker to the other.
        @test remotecall_fetch(add ∘ fetch, last(ids), remotecall(identity, first(ids), m)) == 3
        @test there(id -> remotecall_fetch(add, id, Main.SENT), last(ids)) == 3
        # It comes back, into the engine of received modules.
        back = there(identity, m)
        @test add(back) == 3 && back.engine === there(identity, other).engine
        @test fetch(remotecall(identity, first(ids), m)) === back
    end

    @testset "an engine that is sent is that of the modules" begin
        @test there(() -> WasmStore(engine).engine === m.engine)
        @test there(() -> call(WasmInstance(WasmStore(engine), m; host=(f=() -> nothing,)), "add", 1, 2)) == 3
        @test there((a, b, c) -> a === b === c, engine, m.engine, other.engine)
        @test there(identity, engine) === there(identity, m).engine
    end

    @testset "a module that a worker gets again is the same object, as long as it is used" begin
        keep(m) = (push!(Main.KEPT, m); nothing)
        there(keep, m)
        there(keep, m)
        there(() -> (keep(m); keep(other)))
        @test there(() -> Main.KEPT[1] === Main.KEPT[2] === Main.KEPT[3] !== Main.KEPT[4])
        # Closed by a task that has it.
        there(close, m)
        @test there(add, m) == 3 && there(isopen, m) && !there(() -> isopen(Main.KEPT[1]))
        # Collected.
        function alive()
            empty!(Main.KEPT)
            foreach(_ -> GC.gc(), 1:3)
            return count(ref -> ref.value !== nothing, values(SafeWasm.received().units))
        end
        before = there(alive)
        there(keep, WasmModule(engine, wat"(module (memory 1))"))
        @test there(() -> isopen(Main.KEPT[1]))
        @test there(alive) == before
        @test there(add, m) == 3
        @test there(m -> length(SafeWasm.received().units) <= 4, WasmModule(engine, wat"(module)"))
    end

    @testset "exceptions come back whole from workers" begin
        for throwing in THROWING_CALLS[1:end .!= 8]
            e = thrown(() -> there(throwing, m))
            @test e isa RemoteException && e.pid == first(ids)
            @test is_same(e.captured.ex, thrown(() -> throwing(m)))
        end
        trapping = first(THROWING_CALLS)
        e = thrown(() -> pmap(x -> trapping(m), WorkerPool(ids), 1:2))
        @test e isa RemoteException && is_same(e.captured.ex, thrown(() -> trapping(m)))
        found = pmap(x -> start(m).trap(1), WorkerPool(ids), 1:2; on_error=identity)
        found = [e isa RemoteException ? e.captured.ex : e for e in found]
        for e in found
            @test e isa WasmTrap && e.code === :integer_division_by_zero
            @test [frame.func for frame in e.frames] == ["inner", "outer"]
        end
        e = thrown(() -> there(m -> start(m).throw("text"), m)).captured.ex
        @test e.values == (5, "text") && e.frames[1].module_name == "adds" && !isopen(e.ref)
        @test there(() -> 1) == 1
    end

    @testset "a profile that a worker recorded can be used at home" begin
        looping = WasmModule(WasmEngine(), wat"""(module $guest
            (func $count (export "count") (param i32)
                (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))""")
        p, data = there(looping) do m
            store = WasmStore(m.engine)
            instance = WasmInstance(store, m)
            run(round) = wasm_profile(store; interval=0.0005) do
                foreach(_ -> call(instance, "count", 20_000_000), 1:2^round)
                "counted"
            end
            p = run(1)
            round = 2
            while length(p.samples) < 3 && round <= 12
                p, round = run(round), round + 1
            end
            p, first(profile_data(p))
        end
        @test length(p.samples) >= 3 && p.value == "counted" && p.interval == 0.0005
        @test p.frames[3].func == "count" && p.duration > 0
        found, lidict = profile_data(p)
        @test found == data
        @test occursin("count", sprint(io -> Profile.print(io, found, lidict)))
        @test occursin("count", sprint(show, MIME("text/plain"), p))
        @test occursin("(closed)", sprint(show, p))
        for use in (collapsed_stacks, firefox_profile)
            e = thrown(() -> use(p))
            @test e.code === :invalid_handle && occursin("another process", e.message)
        end
    end

    @testset "a program that is sent runs there" begin
        echo = WasiCommand(EXITING, ["exits"])
        @test there(command -> wasi_run(command).status, echo) == 3
        @test !there(success, echo)
    end

    @testset "an interrupt ends a call in a worker, which goes on" begin
        endless = WasmModule(WasmEngine(), wat"(module (func (export \"spin\") (loop (br 0))))")
        begun = RemoteChannel(() -> Channel{Bool}(1))
        spinning = remotecall(first(ids), endless) do m
            spin = start(m).spin
            put!(begun, true)
            spin(; timeout=100)
        end
        take!(begun)
        sleep(0.5)
        interrupt(first(ids))
        e = thrown(() -> fetch(spinning))
        @test e isa RemoteException && e.captured.ex isa InterruptException
        @test there(add, m) == 3
    end

    @testset "what can't be sent is closed there, and the error says what to send" begin
        x = start(m)
        store = SafeWasm.store_of(x.add)
        linker, typed = WasmLinker(engine), TypedFunc{Tuple{Int32,Int32},Int32}(x.add)
        for use in (
            () -> WasmInstance(store, other),
            () -> length(linker),
            () -> x.add,
            () -> x.memory[1],
            ((add,) -> () -> add(1, 2))(x.add),
            () -> typed(1, 2),
        )
            e = thrown(() -> there(use)).captured.ex
            @test e isa WasmtimeError && e.code === :invalid_handle
            @test occursin("Only modules, components and engines can be sent", e.message)
        end
        # Results too.
        @test !isopen(there(m -> WasmStore(m.engine), m))
        e = thrown(() -> there(m -> start(m).add, m)(1, 2))
        @test occursin("belongs to another process", e.message)
        close(other)
        @test there(isopen, other) === false && !isopen(there(identity, other))
        closed = WasmEngine()
        close(closed)
        @test !isopen(there(identity, closed))
        @test there(add, m) == 3
    end

    @testset "tasks that receive a module at once get the same object, and none waits" begin
        there(Core.eval, SafeWasm, quote
            const LOADED = WasmModule[]
            function unsafe_load_compiled(engine::WasmEngine, artifact::Vector{UInt8})
                m = unsafe_load_compiled(engine, view(artifact, :))
                push!(LOADED, m)
                foreach(_ -> yield(), 1:100)
                return m
            end
            unsafe_load_compiled(engine::WasmEngine, artifact::SubArray) =
                WasmModule(engine) do handle
                    GC.@preserve artifact API.safewasm_module_deserialize(
                        engine, pointer(artifact), length(artifact), handle
                    )
                end
        end)
        settings, artifact = getfield(engine, :settings), compiled(m)
        @test there(settings, artifact) do settings, artifact
            sent = SafeWasm.SentUnit(SafeWasm.SentEngine(settings), (0, 0), artifact)
            first, second = map(fetch, [@async(SafeWasm.receive(sent)) for _ in 1:2])
            loaded = getfield(SafeWasm, :LOADED)
            first === second && isopen(first) && map(isopen, loaded) == [true, false]
        end
    end

    @testset "a worker whose processor or version differs compiles the module" begin
        there(Core.eval, SafeWasm, quote
            WasmModule(e::WasmEngine, b::Vector{UInt8}) = WasmModule(e, view(b, :))
            unsafe_load_compiled(::WasmEngine, ::Vector{UInt8}) =
                throw(WasmtimeError("made by another version", :incompatible))
        end)
        there(close, m)
        @test there(add, m) == 3 && there(wasm_bytes, m) == SENDING
        # Damage isn't taken for another version.
        there(Core.eval, SafeWasm, quote
            unsafe_load_compiled(::WasmEngine, ::Vector{UInt8}) =
                throw(WasmtimeError("changed", :invalid_artifact))
        end)
        there(close, m)
        @test thrown(() -> there(add, m)).captured.ex.code === :invalid_artifact
        @test there(() -> 1) == 1
    end
end
