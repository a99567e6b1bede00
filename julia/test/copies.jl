# Objects that are copied: by `deepcopy`, by precompilation, into other processes.

@testset "what a package made while it was precompiled says so at each use" begin
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
        instance,
        x,
        x.next,
        TypedFunc{Tuple{},Int32}(x.next),
        x.memory,
        x.table,
        x.count,
        WasmTag(instance.store, Int32),
        WasmRef(instance.store, 5),
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
