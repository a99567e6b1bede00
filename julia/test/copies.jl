# Copies of objects: by `deepcopy`, by precompilation, in other processes.

using Distributed
using Serialization

@testset "each use of an object that was made while a package was precompiled is an error that says so" begin
    programs = joinpath(@__DIR__, "programs")
    mktempdir() do folder
        path = join([joinpath(programs, "packages"); Base.load_path()], ':')
        depot = join([folder; DEPOT_PATH], ':')
        program = joinpath(programs, "precompiled.jl")
        for _ in 1:2
            output = IOBuffer()
            ended = withenv("JULIA_LOAD_PATH" => path, "JULIA_DEPOT_PATH" => depot) do
                command = `$(Base.julia_cmd()) --startup-file=no $program`
                run(pipeline(ignorestatus(command); stdout=output, stderr=output))
            end
            printed = String(take!(output))
            isempty(printed) || println(printed)
            @test success(ended) && isempty(printed)
        end
        @test isdir(joinpath(folder, "compiled"))
    end
end

@testset "a deep copy of an object is the object" begin
    engine = WasmEngine(WasmConfig(; shared_memory=true))
    instance = WasmInstance(WasmStore(engine), WasmModule(engine, COUNTER))
    x = exports(instance)
    host = WasmFunc((caller::WasmCaller, _) -> deepcopy(caller) === caller, instance.store, Int32 => Int32)
    @test host(1) == 1
    objects = Any[
        engine,
        WasmConfig(),
        instance.store,
        WasmModule(engine, COUNTER),
        WasmComponent(engine, wat"(component)"),
        instance,
        x,
        x.next,
        TypedFunc{Tuple{},Int32}(x.next),
        x.memory,
        x.table,
        x.count,
        WasmTag(instance.store, Int32),
        WasmRef(instance.store, 5),
        WasmHeapType(engine, "(array i8)"),
        WasmLinker(engine),
        WasmInstancePre(WasmLinker(engine), WasmModule(engine, COUNTER)),
        WasmSharedMemory(engine, 1 => 2),
    ]
    @test all(object -> deepcopy(object) === object, objects)
    copied = deepcopy(Dict("objects" => objects, "of" => (x.memory, [x.memory])))
    @test all(pair -> pair[1] === pair[2], zip(copied["objects"], objects))
    @test copied["of"][1] === copied["of"][2][1] === x.memory
    @test parent(deepcopy(view(x.memory, 1:2))) === x.memory
    x.memory[1] = 7
    bytes = copy(x.memory)
    @test bytes isa Vector{UInt8} && bytes == x.memory && copy(x.table) == [nothing]
    @test deepcopy(x.memory)[1] == 7
    close(instance.store)
    @test thrown(() -> deepcopy(x.memory)[1]) isa WasmtimeError
end

const THROWING = wat"""(module
    (import "host" "f" (func $f))
    (tag $tag (export "tag") (param i32 externref funcref))
    (memory (export "memory") 1)
    (func $throw (export "throw") (param externref)
        (throw $tag (i32.const 5) (local.get 0) (ref.func $throw)))
    (func (export "trap") unreachable)
    (func (export "call") (call $f)))"""
throwing(f=() -> nothing) = exports(instantiate(THROWING; host=(f=f,)))

# An object or exception after it was written to a file and read again.
function through_file(x)
    file = IOBuffer()
    serialize(file, x)
    return deserialize(seekstart(file))
end

@testset "exceptions can be copied and serialized, and keep their messages" begin
    x = throwing()
    for use in (() -> x.throw("text"), x.trap, () -> x.unknown, () -> x.trap(1))
        e = thrown(use)
        for copied in (deepcopy(e), through_file(e), through_file(through_file(e)))
            @test typeof(copied) === typeof(e)
            # The function that it carries is closed.
            said(e) = replace(sprint(showerror, e), r"WasmFunc (\(closed\)|[^)]*\) -> \(\))" => "")
            @test said(copied) == said(e)
        end
        captured = CapturedException(e, backtrace())
        @test occursin(string(typeof(e)), sprint(showerror, through_file(captured)))
    end
    e = through_file(thrown(() -> x.throw(current_task())))
    @test e.values[1:2] == (5, "Task") && e.frames[1].func == "throw"
    @test !isopen(e.tag) && e.tag.type == x.tag.type && !isopen(e.ref) && !isopen(e.values[3])
    for use in (() -> e.ref[1], () -> WasmException(e.tag, 1, 2, 3), () -> e.values[3](1))
        @test occursin("belongs to another process", thrown(use).message)
    end
    host = try
        throwing(() -> error("in a host")).call()
    catch
        SafeWasm.HostException(ErrorException("in a host"), catch_backtrace(), SafeWasm.WasmFrame[])
    end
    @test occursin("in a host function:\nStacktrace", sprint(showerror, through_file(host)))
end

# An object as it arrives in another process.
function received(x)
    message = IOBuffer()
    serialize(Distributed.ClusterSerializer(message), x)
    return deserialize(Distributed.ClusterSerializer(seekstart(message)))
end

# An object of each type.
function one_of_each()
    engine = WasmEngine(; shared_memory=true)
    store, m = WasmStore(engine; sandbox=Sandbox()), WasmModule(engine, THROWING)
    instance, linker = WasmInstance(store, m; host=(f=() -> nothing,)), WasmLinker(engine)
    x, type = exports(instance), WasmHeapType(engine, "(struct (field i32))")
    pre = WasmInstancePre(linker, WasmModule(engine, wat"(module)"))
    closed_engine, closed_module = WasmEngine(), WasmModule(engine, wat"(module)")
    component = WasmComponent(engine, wat"""(component (import "f" (func)))""")
    wit = getfield(only(imports(component)).type, :handle)
    echo = WasmInstance(store, WasmComponent(engine, wat"""(component
        (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))"""))
    resource = exports(WasmInstance(store, WasmComponent(engine, wat"""(component
        (type $r' (resource (rep i32))) (export $r "r" (type $r'))
        (core func $new (canon resource.new $r'))
        (func (export "[constructor]r") (param "x" u32) (result (own $r)) (canon lift (core func $new))))"""))).r(1)
    foreach(close, (closed_engine, closed_module, component))
    return Any[
        WasmConfig(; simd=false), closed_engine, store, closed_module, instance, x.call, x.memory,
        x.tag, WasmTable(store, 1 => 2), WasmGlobal(store, WasmGlobalType(Int32, true), 5), WasmRef(store, type, (5,)),
        type, linker, pre, WasmSharedMemory(engine, 1 => 2), wasm_profile(() -> [1, 2], store),
        SafeWasm.WasiHandle(), SafeWasm.OutputBuffer(), component, wit, echo,
        exports(echo).f, resource, SafeWasm.new_host_type(store, "r", nothing),
    ]
end

# The names of the package's types of objects.
function object_types()
    found = filter(names(SafeWasm; all=true)) do name
        T = isdefined(SafeWasm, name) ? getfield(SafeWasm, name) : nothing
        T isa Type && T <: SafeWasm.AnyObject && !(T isa Union) && !isabstracttype(T)
    end
    return Set(nameof(Base.unwrap_unionall(getfield(SafeWasm, name))) for name in found)
end

@testset "all fields of an object of another process have values, and each use is a clean error" begin
    objects = one_of_each()
    @test Set(nameof(typeof(x)) for x in objects) == object_types()
    functions = [getfield(SafeWasm, name) for name in names(SafeWasm)]
    functions = filter(f -> f isa Union{Function,Type}, functions)
    append!(functions, [length, isempty, collect, first, iterate, getindex, hash, copy, keys])
    # Once, and once more from there.
    for object in objects, x in (received(object), received(received(object)))
        @test typeof(x) === typeof(object) && !isopen(x) && x == x
        for (field, type) in zip(fieldnames(typeof(x)), fieldtypes(typeof(x)))
            @test isdefined(x, field) && getfield(x, field) isa type
        end
        for shown in (sprint(show, x), sprint(show, MIME("text/plain"), x), summary(x))
            @test occursin(string(nameof(typeof(x))), shown)
        end
        uses = Any[() -> getproperty(x, name) for name in propertynames(x)]
        for f in functions, args in ((x,), (x, 1), (x, "name"), (x, x), (() -> 1, x))
            applicable(f, args...) && push!(uses, () -> f(args...))
        end
        @test length(uses) > 5
        for use in uses
            e = try
                use()
                nothing
            catch e
                e
            end
            @test e isa Union{Nothing,WasmtimeError,ArgumentError,MethodError,UndefKeywordError,BoundsError,KeyError}
        end
        close(x)
        @test typeof(received([x])[1]) === typeof(x)
    end
end

@testset "an object of another process keeps what it is" begin
    store = WasmStore(WasmEngine())
    type = received(WasmHeapType(store, "(struct (field (mut i8)))"))
    @test map(string, type.fields) == ["(mut i8)"] && !type.is_array
    g = WasmGlobal(store, WasmGlobalType(Int32, true), 5)
    @test received(g).type == g.type
    for (value, arrives) in (nothing => nothing, [1, 2] => [1, 2], (1, "a") => (1, "a"))
        @test received(wasm_profile(() -> value, store)).value == arrives
    end
    @test received(wasm_profile(() -> [store], store)).value isa String
    @test !isopen(received(wasm_profile(() -> store, store)).value)
    # The values of an exception too.
    p = wasm_profile(() -> 7, store)
    e = through_file(thrown(() -> throwing().throw(p)))
    @test e.values[2].samples == p.samples && e.values[2].value == 7
    @test occursin("WasmProfile", sprint(showerror, e))
end

@testset "open objects can't be serialized" begin
    x = throwing()
    for object in (x, x.memory, [x.memory], view(x.memory, 1:2), Dict(1 => x.throw), x.tag)
        @test thrown(() -> through_file(object)) isa ArgumentError
    end
end

@testset "exceptions and objects arrive from other processes, the objects closed" begin
    options = `--startup-file=no --project=$(Base.active_project())`
    worker = withenv("JULIA_LOAD_PATH" => join(LOAD_PATH, ':')) do
        only(addprocs(1; exeflags=options))
    end
    try
        remotecall_fetch(Core.eval, worker, Main, :(using SafeWasm))
        remotecall_fetch(Core.eval, worker, Main, :(const THROWING = $THROWING))
        remotecall_fetch(Core.eval, worker, Main, quote
            throwing(f=() -> nothing) = exports(instantiate(THROWING; host=(f=f,)))
        end)
        there(code) = remotecall_fetch(Core.eval, worker, Main, code)
        for (code, said) in (
            :(throwing().throw("text")) => "WasmException: WasmTag (i32, externref, funcref) -> () with (5, \"text\",",
            :(throwing().throw(throwing().memory)) => "WasmMemory (closed)",
            :(throwing().throw(current_task())) => "(5, \"Task\",",
            :(throwing().trap()) => "[1] ",
            :(throwing().unknown) => "WasmtimeError: there is no export called `unknown`",
            :(throwing().memory[70_000]) => "BoundsError: attempt to access WasmMemory (closed) at index [70000]",
            :(throwing(() -> error("in a host")).call()) => "in a host",
            :(throwing(() -> throwing().throw(1)).call()) => "WasmException",
        )
            e = thrown(() -> there(code))
            @test e isa RemoteException && occursin(said, sprint(showerror, e))
        end
        e = thrown(() -> there(:(throwing().throw("text")))).captured.ex
        @test e.values[2] == "text" && e.frames[1].func == "throw" && !isopen(e.ref)
        memory, func, linker, x = there(:(
            (throwing().memory, throwing().trap, WasmLinker(WasmEngine()), throwing())
        ))
        @test sprint(show, memory) == "WasmMemory (closed)" && func == func
        for use in (() -> memory[1], func, () -> length(linker), () -> x.memory)
            e = thrown(use)
            @test e.code === :invalid_handle && occursin("another process", e.message)
        end
        # They can be sent on from here.
        e = thrown(() -> remotecall_fetch(mem -> mem[1], worker, memory))
        @test occursin("belongs to another process", sprint(showerror, e))
        @test remotecall_fetch(() -> 1, worker) == 1
    finally
        rmprocs(worker)
    end
end
