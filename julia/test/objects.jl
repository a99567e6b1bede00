using Serialization

engine = WasmEngine()
counter = WasmModule(engine, COUNTER)

@testset "every object can be closed, again and again, and shows it" begin
    instance = WasmInstance(WasmStore(engine), counter)
    x = exports(instance)
    all = Any[WasmConfig(), WasmEngine(), instance.store, WasmModule(engine, COUNTER), instance]
    push!(all, WasmComponent(engine, wat"(component)"))
    append!(all, [x.memory, x.next, x.table, x.count])
    component = WasmInstance(instance.store, WasmComponent(engine, wat"""(component
        (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))"""))
    append!(all, [component, exports(component).f])
    for object in all
        @test isvalid(object) && isopen(object)
        @test !occursin("closed", sprint(show, object))
        @test length(split(sprint(show, object), '\n')) == 1
    end
    # The store last, since its objects are closed with it.
    for object in reverse(all)
        @test close(object) === nothing
        close(object)
        finalize(object)
        @test !isvalid(object) && !isopen(object)
        @test sprint(show, object) == "$(nameof(typeof(object))) (closed)"
        @test (object == object) === true
    end
    @test sprint(show, WasmInstance(WasmStore(engine), counter)) == "WasmInstance with 6 exports"
    @test sprint(show, exports(WasmInstance(WasmStore(engine), counter)).load) ==
          "WasmFunc load: (i32) -> i32"
end

@testset "a pointer can be set to NULL, which closes, and to nothing else" begin
    store = WasmStore(engine)
    @test_throws ArgumentError store.ptr = Ptr{Cvoid}(8)
    @test_throws ArgumentError store.ptr = 0
    @test isvalid(store)
    @test store.ptr != C_NULL
    store.ptr = C_NULL
    @test !isvalid(store) && store.ptr == C_NULL
end

@testset "a typed function has the properties of its function" begin
    f = exports(WasmInstance(WasmStore(engine), counter)).next
    typed = TypedFunc{Tuple{},Int32}(f)
    @test typed.func === f && typed.ptr == f.ptr && typed.type == f.type && typed.name == "next"
    @test all(name -> name in propertynames(typed), (:func, propertynames(f)...))
    for use in (() -> typed.ptr = Ptr{Cvoid}(8), () -> typed.func = f, () -> typed.unknown)
        @test thrown(use) isa ArgumentError
    end
    @test isopen(typed)
    typed.ptr = C_NULL
    @test !isopen(typed) && typed.ptr == C_NULL && thrown(typed) isa WasmtimeError
end

@testset "exports are open as long as their instance is" begin
    instance = WasmInstance(WasmStore(engine), counter)
    x = exports(instance)
    @test isopen(x) && isvalid(x)
    close(instance.store)
    @test !isopen(x) && !isvalid(x)
end

@testset "closing a store closes its objects, and using them is an error" begin
    instance = WasmInstance(WasmStore(engine), counter)
    next = exports(instance).next
    typed = TypedFunc{Tuple{},Int32}(next)
    close(instance.store)
    @test !isvalid(instance) && !isvalid(next)
    for use in (() -> next(), () -> typed(), () -> call(instance, "load", 0))
        e = thrown(use)
        @test e isa WasmtimeError && e.code === :invalid_handle
    end
    @test occursin("closed", sprint(show, typed))
end

@testset "engines and modules may be closed before the objects that were made of them" begin
    own = WasmEngine()
    m = WasmModule(own, COUNTER)
    instance = WasmInstance(WasmStore(own), m)
    close(own)
    close(m)
    @test call(instance, "next") == 1
    @test thrown(() -> WasmStore(own)) isa WasmtimeError
    e = thrown(() -> imports(m))
    @test e.code === :invalid_handle && occursin("the module is closed", e.message)
end

@testset "a store in a do block is closed at its end" begin
    kept = Ref{Any}()
    @test WasmStore(engine) do store
        kept[] = store
        call(WasmInstance(store, counter), "next")
    end == 1
    @test !isvalid(kept[])
end

@testset "objects other than modules, components and engines don't serialize" begin
    for object in (WasmConfig(), WasmStore(engine), WasmInstance(WasmStore(engine), counter))
        @test_throws ArgumentError serialize(IOBuffer(), object)
    end
end

@testset "objects stay alive while a part of them is used" begin
    next = let own = WasmEngine()
        exports(WasmInstance(WasmStore(own), WasmModule(own, COUNTER))).next
    end
    GC.gc()
    @test next() == 1
end

@testset "finalizers in any order, on any thread, disturb no call" begin
    keep = WasmInstance(WasmStore(engine), counter)
    next = exports(keep).next
    for round in 1:200
        instance = WasmInstance(keep.store, counter)
        items = Any[exports(instance).next, exports(instance).memory, instance]
        foreach(finalize, round % 2 == 0 ? items : reverse(items))
        other = WasmInstance(WasmStore(engine), counter)
        finalize(other.store)
        finalize(other)
        @test next() == round
    end
end

@testset "stores that nobody closes are collected before address space runs out" begin
    small = WasmModule(engine, wat"(module (memory 1))")
    made = 0
    for _ in 1:40_000
        WasmInstance(WasmStore(engine), small)
        made += 1
    end
    @test made == 40_000
end

@testset "stores that were in use for a while are collected as well" begin
    recent = Vector{Any}(nothing, 1000)
    for made in 1:5000
        recent[mod1(made, 1000)] = WasmStore(engine)
    end
    @test SafeWasm.LIVE_MAPPINGS[] < 4000
end

@testset "modules that nobody closes are collected before there are no mappings left" begin
    gone, empty = Ref(0), wat"(module)"
    for _ in 1:2000
        finalizer(_ -> gone[] += 1, WasmModule(engine, empty))
    end
    @test gone[] > 1000
end

@testset "no call of the package's methods is ambiguous" begin
    found = detect_ambiguities(SafeWasm, Base, Core)
    ours = filter(pair -> any(method -> method.module === SafeWasm, pair), found)
    foreach(pair -> println(pair[1], "\n", pair[2]), ours)
    @test isempty(ours)
end

@testset "no field of an object that calls, reads or writes has an abstract type" begin
    for T in (
        WasmStore, WasmInstance, WasmFunc, WasmMemory, WasmTable, WasmGlobal{Int32}, WasmTag,
        WasmRef, WasmHeapType, WasmLinker, WasmInstancePre, WasmExports, WasmCaller,
        WasmComponentInstance, WasmComponentFunc, WasmComponentExports,
        TypedFunc{Tuple{Int32},Int32},
    )
        # A union of few concrete types is as good as one.
        concrete(F) = F isa Union ? concrete(F.a) && concrete(F.b) : isconcretetype(F)
        for (name, F) in zip(fieldnames(T), fieldtypes(T))
            @test concrete(F)
        end
    end
end

@testset "every exported name is documented" begin
    levels = map(Symbol, instances(OptimizationLevel))
    for name in setdiff(names(SafeWasm), levels)
        documented = haskey(Base.Docs.meta(SafeWasm), Base.Docs.Binding(SafeWasm, name))
        documented || @info "no docstring" name
        @test documented
    end
end

@testset "every function of the generated layer has a docstring with its signature" begin
    API = SafeWasm.API
    for name in fieldnames(API.Functions)
        found = get(Base.Docs.meta(API), Base.Docs.Binding(API, name), nothing)
        @test found !== nothing
        found === nothing && continue
        lines = split(join(only(values(found.docs)).text), '\n')
        params = join(Base.method_argnames(only(methods(getfield(API, name))))[2:end], ", ")
        @test lines[1] == "    $name($params)" && lines[2] == "" && !isempty(lines[3])
    end
end
