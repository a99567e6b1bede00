# Mistakes that the page docs/guides/mistakes.md can't show, and the hints in Julia's own errors.

message(use) = sprint(showerror, thrown(use))

@testset "a wrong call of a documented function is answered with the documented forms" begin
    engine = WasmEngine()
    store = WasmStore(engine)
    mem = WasmMemory(store, 1 => 2)
    for (use, form) in (
        (() -> WasmModule("module.wasm"), "\n  WasmModule(engine, path)"),
        (() -> WasmStore(), "\n  WasmStore(engine; "),
        (() -> WasmStore(engine; memory=5), "\n  WasmStore(engine; sandbox, memory_limit, "),
        (() -> WasmMemory(store, 1), "\n  WasmMemory(store, min => max)"),
        (() -> WasmFunc(identity), "\n  WasmFunc(f, store, params => results)"),
        (() -> define!(identity, WasmLinker(engine), "env", "f"), "\n  define!(f, linker, "),
        (() -> TypedFunc(5), "\n  TypedFunc{Tuple{Int32,Int32},Int32}(f)"),
        (() -> imports(engine), "\n  imports(m::WasmModule)"),
        (() -> read(mem, UInt32), "\n  read(mem::WasmMemory, T, address) -> T"),
        (() -> write(mem, "text", 0), "\n  write(mem::WasmMemory, address, x)"),
        (() -> read_string(mem), "\n  read_string(mem::WasmMemory, address) -> String"),
        (() -> with_timeout(store, 1), "\n  with_timeout(f, store, seconds)"),
        (() -> validate(engine, "module.wat"), "\n  validate(engine, bytes) -> Bool"),
    )
        said = message(use)
        @test startswith(said, "MethodError")
        @test occursin("\nThe documented forms are:\n", said) && occursin(form, said)
    end
end

@testset "every exported function has documented forms, which all are calls" begin
    for name in names(SafeWasm)
        x = getfield(SafeWasm, name)
        x isa Function && !startswith(string(name), '@') || continue
        forms = SafeWasm.documented_forms(x)
        @test !isempty(forms)
        @test all(form -> startswith(form, "$name("), forms)
    end
end

@testset "a use of an object as something else is answered with the right use" begin
    store = WasmStore(WasmEngine())
    m = WasmModule(store, wat"""(module (global (export "g") (mut i32) (i32.const 1))
        (memory (export "m") 1) (table (export "t") 1 funcref) (func (export "f"))
        (func (export "i32") (param i32)) (func (export "f64") (param f64)))""")
    instance = WasmInstance(store, m)
    x = exports(instance)
    component = WasmComponent(store, wat"""(component
        (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))""")
    part = WasmInstance(store, component)
    for (use, advice) in (
        (() -> part(), "`exports(WasmInstance(store, component)).name(…)`"),
        (() -> component(), "`exports(WasmInstance(store, component)).name(…)`"),
        (() -> exports(part)(), "or `….interface.name(…)`"),
        (() -> call(part, "f"), "or `….interface.name(…)`"),
        (() -> call(component, "f"), "or `….interface.name(…)`"),
        (() -> call(exports(part).f), "A function is called as `f(…)`"),
        (() -> part["f"], "`exports(instance)[\"name\"]`"),
        (() -> part.f, "Did you mean the export `exports(instance).f`?"),
        (() -> (exports(part).f = 5), "the export `f` can't be replaced"),
        (() -> instance(), "call one with `exports(instance).name(…)`"),
        (() -> m(), "A module is made into an instance first"),
        (() -> x(), "`exports(instance).name(…)`"),
        (() -> call(m, "f"), "A module is made into an instance first"),
        (() -> call(x.f), "A function is called as `f(…)`"),
        (() -> instance["f"], "`exports(instance)[\"name\"]`"),
        (() -> (instance["g"] = 5), "`exports(instance)[\"name\"]`"),
        (() -> x.g + 1, "`g[]`"),
        (() -> x.g[1], "`g[]`"),
        (() -> resize!(x.m, 5), "`grow!(mem, pages)`"),
        (() -> x.m[0], "`read(mem, T, address)`"),
        (() -> (x.m[0] = 1), "`write(mem, address, x)`"),
        (() -> x.m[0:4], "count from 1"),
        (() -> x.t[0], "count from 1"),
        (() -> m.f, "`exports(WasmInstance(store, m))[\"f\"]`"),
        (() -> exports(m).f, "`exports(WasmInstance(store, m))[\"f\"]`"),
        (() -> exports(m).nothing_there, "a list of exports has no property `nothing_there`"),
        (() -> (x.g = 5), "`exports(instance).g[] = x`"),
        (() -> (x["g"] = 5), "`exports(instance).g[] = x`"),
        (() -> (x[:f] = 5), "the export `f` can't be replaced"),
        (() -> (x.other = 5), "the export `other` can't be replaced"),
        (() -> x.g.value, "`g[]`"),
        (() -> (x.g.value = 5), "`g[]`"),
        (() -> pointer(x.m), "moves when it grows"),
        (() -> x.f(; timeout="long"), "a number of seconds, not \"long\", of type String"),
        (() -> WasmConfig(simd=1), "`simd` is true or false, not 1"),
        (() -> WasmConfig(consume_fuel="on"), "`consume_fuel` is true or false, not \"on\""),
        (() -> WasmConfig(memory_limit=1), "It is one of a store: `WasmStore(engine; memory_limit=…)`."),
        (() -> WasmEngine(timeout=1), "`call(instance, \"name\", …; timeout=seconds)`"),
        (() -> WasmStore(store.engine; memory_limit="16 MB"), "the memory limit is an integer, not \"16 MB\""),
        (() -> store.fuel, "`get_fuel(store)`"),
        (() -> (store.fuel = 5), "`set_fuel!(store, fuel)`"),
        (() -> store.memory_limit, "`WasmStore(engine; name=value)`"),
        (() -> m.exports, "see `exports(m)`"),
        (() -> m.imports, "see `imports(m)`"),
        (() -> exports(m).nothing_there(), "the module has no export of this name"),
        (() -> x.m.size, "`length(mem)` is its size in bytes"),
        (() -> x.g(), "`g[]`"),
        (() -> push!(x.t, x.f), "`grow!(table, count, value)`"),
        (() -> call(instance, x.f), "the name of an export is a String or a Symbol, not WasmFunc"),
        (() -> with_timeout(() -> 1, store.engine, 1), "a WasmEngine belongs to no store; pass a store"),
        (() -> WasmFunc(store, 3), "can't be 3, of type Int64, which isn't callable"),
        (() -> x.i32(Ref(1)), "wasm can't reach the memory of this process"),
        (() -> x.i32(C_NULL), "wasm can't reach the memory of this process"),
        (() -> x.f64("1.5"), "`parse(Float64, x)`"),
        (() -> read(x.m, Vector{Int32}, 0), "`read(mem, T, address, count)`"),
        (() -> WasmModule(store.engine, String(wat"(module)")), "the path is the bytes of a module"),
        (() -> WasmModule(store.engine, "https://example.com/a.wasm"), "which is a URL: download"),
        (() -> wat2wasm("a.wat"), "it is the path of a file, not the text of a module; `WasmModule(engine, path)`"),
    )
        @test occursin(advice, message(use))
    end
    @test x.g[] == 1
end

@testset "errors of Julia that have nothing to do with the package get no hint" begin
    for use in (
        () -> nothing(), () -> sin("x"), () -> [1][0], () -> Union{Int,String}(1, 2), () -> "a" + 1,
        () -> getindex(1, 2, 3, "x"),
    )
        said = message(use)
        @test !occursin("documented forms", said) && !occursin("memory", said)
    end
end

@testset "an engine takes the settings of its config" begin
    store = WasmStore(WasmEngine(consume_fuel=true, optimization_level=None); fuel=5)
    @test get_fuel(store) == 5
    @test occursin("Did you mean `consume_fuel`?", message(() -> WasmEngine(consume_feul=true)))
end

@testset "two exchanged characters are one edit" begin
    @test SafeWasm.edit_distance("lgo", "log", 5) == 1
    @test SafeWasm.edit_distance("log", "log", 5) == 0
    @test SafeWasm.edit_distance("", "log", 5) == 3
    @test SafeWasm.edit_distance("kitten", "sitting", 5) == 3
    @test SafeWasm.edit_distance("ab", "ba", 5) == 1
    @test SafeWasm.edit_distance("abcd", "badc", 5) == 2
    @test SafeWasm.edit_distance("abcdef", "uvwxyz", 3) == 3
    @test SafeWasm.nearest_name("lgo", ["g", "loop", "log"]) == "log"
    @test SafeWasm.nearest_name("x", ["memory"]) === nothing
end

# The statement of the package's file, for another version of Julia.
@testset "an older Julia is refused with the version that is needed" begin
    source = read(joinpath(dirname(@__DIR__), "src", "SafeWasm.jl"), String)
    check = Meta.parse(match(r"^VERSION >= .*$"m, source).match)
    old = Module(:Old)
    Core.eval(old, :(VERSION = v"1.4.2"))
    e = thrown(() -> Core.eval(old, check))
    @test e.msg == "SafeWasm needs Julia 1.5 or newer, and this is Julia 1.4.2"
end

