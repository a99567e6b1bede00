# The messages of errors use the words of Julia programs.

const PARTS = wat"""(module
    (memory (export "bytes") 1 3) (global (export "count") (mut i32) (i32.const 1))
    (table (export "functions") 2 4 funcref) (table (export "objects") 2 externref)
    (tag (export "failed") (param i32))
    (func (export "same") (param i32) (result i32) (local.get 0))
    (func (export "object") (param externref) (result externref) (local.get 0))
    (func (export "any") (param anyref) (result anyref) (local.get 0))
    (func (export "function") (param funcref) (result funcref) (local.get 0)))"""
const WANTS = wat"""(module (import "parts" "bytes" (memory 1))
    (import "parts" "same" (func (param i32) (result i32))))"""

const ECHO = wat"""(component
    (core module $m
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "say") (param i32 i32)))
    (core instance $i (instantiate $m))
    (alias core export $i "memory" (core memory $memory))
    (alias core export $i "realloc" (core func $realloc))
    (func (export "say") (param "x" (list string))
        (canon lift (core func $i "say") (memory $memory) (realloc $realloc))))"""

function new_parts(engine=WasmEngine())
    store, mod, wants = WasmStore(engine), WasmModule(engine, PARTS), WasmModule(engine, WANTS)
    instance, linker = WasmInstance(store, mod), WasmLinker(engine)
    define_instance!(linker, "parts", instance)
    x = exports(instance)
    echo = WasmComponent(engine, ECHO)
    echo_instance = WasmInstance(store, echo)
    return (
        engine=engine, store=store, mod=mod, wants=wants, instance=instance, linker=linker,
        pre=WasmInstancePre(linker, wants), bytes=x.bytes, count=x.count,
        functions=x.functions, objects=x.objects, failed=x.failed, same=x.same,
        object=x.object, any=x.any, func=x.function, ref=WasmRef(store, 5),
        typed=TypedFunc{Tuple{Int32},Int32}(x.same), config=WasmConfig(),
        component=WasmComponent(engine, wat"""(component (import "f" (func)))"""),
        echo=echo, echo_instance=echo_instance, text=exports(echo_instance).say,
    )
end

# Uses of these objects, each of which may fail.
const USES = (
    p -> WasmInstance(p.store, p.mod),
    p -> WasmInstance(p.store, p.wants, [p.bytes, p.same]),
    p -> WasmInstance(p.store, p.wants; parts=(bytes=p.bytes, same=p.same)),
    p -> WasmInstance(p.store, p.wants, [p.bytes]),
    p -> WasmInstance(p.store, p.wants, [p.bytes, p.same, p.same]),
    p -> WasmInstance(p.store, p.wants, [p.same, p.bytes]),
    p -> exports(p.instance),
    p -> call(p.instance, "same", 1),
    p -> p.same(1),
    p -> p.same(1; timeout=1),
    p -> p.same.([1, 2]),
    p -> p.typed(1),
    p -> TypedFunc{Tuple{Int32},Int32}(p.same),
    p -> p.object("object"),
    p -> p.any(p.ref),
    p -> p.func(p.same),
    p -> WasmFunc(() -> p.same, p.store, () => WasmFunc)(),
    p -> WasmFunc(p.store, (caller::WasmCaller) -> caller.nothing_there)(),
    p -> p.bytes[1],
    p -> (p.bytes[1] = 1),
    p -> read(p.bytes, UInt32, 0),
    p -> read(p.bytes, UInt32, 1 << 20),
    p -> write(p.bytes, 65534, "beyond"),
    p -> read_string(p.bytes, 65534, 3),
    p -> pages(p.bytes),
    p -> grow!(p.bytes, 5),
    p -> fill!(p.bytes, 0),
    p -> p.count[],
    p -> (p.count[] = 3),
    p -> p.functions[1],
    p -> (p.functions[1] = p.same),
    p -> (p.objects[1] = "object"),
    p -> grow!(p.functions, 9, p.same),
    p -> fill!(p.functions, p.same),
    p -> copyto!(p.functions, 1, p.objects, 1, 1),
    p -> Int(p.ref),
    p -> length(p.ref),
    p -> WasmException(p.failed, 1),
    p -> WasmTag(p.store, (Int32,)),
    p -> WasmFunc(identity, p.store, Int32 => Int32),
    p -> WasmMemory(p.store, 3 => 2),
    p -> WasmMemory(p.store, 1 << 20 => nothing),
    p -> WasmMemory(p.store, WasmMemoryType(1 => 2; page_size=3)),
    p -> WasmMemory(p.store, WasmMemoryType(1 => 2; is_shared=true)),
    p -> WasmSharedMemory(p.engine, 1 => 2),
    p -> WasmGlobal(p.store, WasmGlobalType(Int32, true), 0),
    p -> (WasmGlobal(p.store, WasmGlobalType(Int32, false), 0)[] = 1),
    p -> WasmGlobal(p.store, WasmGlobalType(WasmFunc, true), p.same),
    p -> WasmTable(p.store, 1 => 2, p.same),
    p -> WasmTable(p.store, 3 => 2),
    p -> WasmTable(p.store, 1 << 33 => nothing),
    p -> WasmStore(p.engine),
    p -> WasmStore(p.engine; fuel=5),
    p -> WasmModule(p.engine, PARTS),
    p -> WasmModule(p.engine, UInt8[0, 1]),
    p -> validate(p.engine, PARTS),
    p -> imports(p.mod),
    p -> exports(p.mod),
    p -> module_name(p.mod),
    p -> custom_sections(p.mod),
    p -> resources(p.mod),
    p -> imports(p.component),
    p -> exports(p.component),
    p -> compiled(p.component),
    p -> wasm_bytes(p.component),
    p -> WasmComponent(p.engine, PARTS),
    p -> WasmModule(p.engine, wat"(component)"),
    p -> WasmComponent(p.engine, "(component)"),
    p -> unsafe_load_compiled(p.engine, wat"(component)"),
    p -> WasmInstance(p.store, p.echo),
    p -> WasmInstance(p.store, p.component),
    p -> exports(p.echo_instance),
    p -> exports(p.echo_instance).other,
    p -> p.text(["a"]),
    p -> p.text(["a", "\xff"]),
    p -> p.text(1),
    p -> p.text(),
    p -> WasmLinker(p.engine),
    p -> define!(p.linker, "a", "b", p.bytes),
    p -> define!(p.linker, "a", "b", p.same),
    p -> define!(p.linker, String([0xff]), "b", p.same),
    p -> define!(identity, p.linker, "a", "b", Int32 => Int32),
    p -> define!(p.linker, "parts", "same", p.same),
    p -> define_instance!(p.linker, "b", p.instance),
    p -> define_module!(p.linker, p.store, "c", p.mod),
    p -> define_unknown_imports_as_traps!(p.linker, p.mod),
    p -> define_unknown_imports_as_default_values!(p.linker, p.store, p.mod),
    p -> instantiate(p.linker, p.store, p.wants),
    p -> WasmInstancePre(p.linker, p.wants),
    p -> instantiate(p.pre, p.store),
    p -> get(p.linker, p.store, "parts", "some"),
    p -> keys(p.linker),
    p -> length(p.linker),
    p -> allow_shadowing!(p.linker, true),
    p -> collect!(p.store),
    p -> set_fuel!(p.store, 5),
    p -> add_fuel!(p.store, 5),
    p -> get_fuel(p.store),
    p -> fuel_consumed(p.store),
    p -> with_timeout(() -> 1, p.store, 1),
    p -> interrupt!(p.store),
    p -> set_epoch_deadline!(p.store, 5),
    p -> increment_epoch!(p.engine),
    p -> WasmEngine(p.config),
    p -> consume_fuel!(p.config, true),
    p -> max_wasm_stack!(p.config, 1),
    p -> pooling!(p.config; max_memory_size=1 << 60),
    p -> feature!(p.config, :simd, false),
    p -> wat2wasm(String([0xff])),
)

# Words of C, and of the internals of the library and of Wasmtime. No object above has the name of
# one of C's parameters.
const NO_WORDS_OF_JULIA = Regex(
    "NULL|\\w->\\w|safewasm|SAFEWASM|_len|\\[\\d+\\]|\\.of\\.|stripe|concurrent|allocator|mmap|" *
    "none|limits|deleted|counted from 0|" *
    "`(" * join(keys(SafeWasm.PARAMETER_NAMES), "|") * ")`",
)

function problems(variant)
    found = Set{String}()
    for use in USES
        try
            use(variant())
        catch e
            e isa Union{WasmtimeError,WasmTrap,ArgumentError,InexactError} || rethrow()
            push!(found, sprint(showerror, e))
        end
    end
    return found
end

@testset "no message has words of C, or of Wasmtime's internals" begin
    closed(name) = function ()
        parts = new_parts()
        close(getfield(parts, name))
        return parts
    end
    from_other(engine, names...) = function ()
        parts, others = new_parts(), new_parts(engine)
        return merge(parts, NamedTuple{names}(map(name -> getfield(others, name), names)))
    end
    variants = Any[closed(name) for name in keys(new_parts())]
    push!(variants, new_parts)
    push!(variants, () -> new_parts(WasmEngine(WasmConfig(epoch_interruption=false))))
    engine = WasmEngine()
    push!(variants, from_other(engine, :store))
    push!(variants, from_other(engine, :engine, :mod, :wants, :linker))
    push!(variants, from_other(engine, :bytes, :same, :ref, :objects, :failed))
    said = union(map(problems, variants)...)
    @test length(said) > 50
    for message in said
        @test !occursin(NO_WORDS_OF_JULIA, message)
    end
end

# In a checkout: the functions, members and parameters in the library's messages.
const RUST = joinpath(dirname(dirname(@__DIR__)), "src")
isdir(RUST) && @testset "C's names in the library's messages have a translation" begin
    # Names in messages that Julia never gets.
    unheard = r"safewasm_func_call|safewasm_sharedmemory_read|hooks|SAFEWASM_ABI_VERSION|SAFEWASM_STRLEN"
    files = [joinpath(folder, file) for (folder, _, files) in walkdir(RUST) for file in files]
    filter!(endswith(".rs"), files)
    @test length(files) > 20
    for file in files, line in eachline(file)
        occursin(r"^ *//", line) && continue
        object = match(r"^    (\w+): \*mut safewasm_\w+_t,", line)
        if object !== nothing && !occursin(r"^(hooks|error|bytes|view|externtype|other|args|results|slots|.*_out)$", object[1])
            @test occursin("the ", SafeWasm.julia_message("`$(object[1])` is wrong"))
        end
        for found in eachmatch(r"`safewasm_\w+`|`\w+->\w+`( is true| is false)?|SAFEWASM_\w*[A-Z]\b", line)
            occursin(unheard, found.match) && continue
            @test !occursin(NO_WORDS_OF_JULIA, SafeWasm.julia_message(found.match))
        end
    end
end

@testset "a message names objects as a Julia program does" begin
    message(use, parts=new_parts()) = thrown(() -> use(parts)).message
    function without(name, use)
        parts = new_parts()
        close(getfield(parts, name))
        return message(use, parts)
    end
    @test without(:store, p -> WasmInstance(p.store, p.mod)) ==
        "Invalid store: the store is closed"
    @test without(:mod, p -> WasmInstance(p.store, p.mod)) ==
        "Invalid module: the module is closed"
    @test without(:store, p -> p.same(1)) ==
        "Invalid function: the function is closed, or its store is"
    @test without(:bytes, p -> WasmInstance(p.store, p.wants, [p.bytes, p.same])) ==
        "the import `bytes` of module `parts`: Invalid memory: import 1 is closed, or its store is"
    @test without(:same, p -> p.func(p.same)) ==
        "calling a function (funcref) -> funcref: Invalid function: argument 1 is closed, or " *
        "its store is"
    config = WasmConfig()
    WasmEngine(config)
    @test thrown(() -> WasmEngine(config)).message ==
        "Invalid config: the config is closed, or was used to make an engine"
    @test message(p -> set_fuel!(p.store, 1)) ==
        "the store has no fuel: fuel is off in its engine; see `WasmConfig(consume_fuel=true)`"
    @test message(p -> WasmMemory(p.store, WasmMemoryType(1 => 2; is_shared=true))) ==
        "the type is that of a shared memory; `WasmSharedMemory` makes such memories"
    @test message(p -> grow!(p.bytes, 5)) ==
        "the memory can't grow by 5 pages: it has 1, and its maximum is 3"
    @test message(p -> max_wasm_stack!(p.config, 1)) ==
        "`max_wasm_stack` is 1 bytes; it must be from 4096 to 1073741824"
    @test message(p -> pooling!(p.config; table_elements=1 << 40)) ==
        "`table_elements` is 1099511627776; it must be at most 4294967295"
    threads = WasmConfig(threads=false, shared_memory=true)
    @test thrown(() -> WasmEngine(threads)).message ==
        "`shared_memory=true` and `threads=false` contradict each other: " *
        "shared memories are a part of threads"
end

@testset "names of the program's own are not translated" begin
    parts = new_parts()
    define!(parts.linker, "memory", "store", parts.bytes)
    @test thrown(() -> define!(parts.linker, "memory", "store", parts.bytes)).message ==
        "`store` of `memory` is defined already; call `allow_shadowing!` to define it again"
    @test occursin(
        "no export called `memory`", thrown(() -> exports(parts.instance).memory).message
    )
end

@testset "messages about a full pool and a limit are in plain words" begin
    engine = WasmEngine(WasmConfig(pooling=(total_memories=1, max_memory_size=65536)))
    mod = WasmModule(engine, wat"(module (memory 1))")
    first, second = WasmStore(engine), WasmStore(engine)
    WasmInstance(first, mod)
    @test thrown(() -> WasmInstance(second, mod)).message ==
        "all memories of the engine's pool, 1, are in use"
    @test thrown(() -> WasmModule(engine, wat"(module (memory 2))")).message ==
        "the module doesn't fit the pool of the engine: it has a memory of 131072 bytes, and " *
        "memories of the pool have at most 65536"
    store = WasmStore(WasmEngine(); memory_limit=65536)
    @test thrown(() -> WasmMemory(store, 2 => 3)).message ==
        "there is no room for a memory of 2 pages: the store's memory limit is 65536 bytes, of which 0 " *
        "are used; see `WasmStore(engine; memory_limit=…)`"
    @test thrown(() -> grow!(WasmMemory(store, 1 => nothing), 1)).message ==
        "the memory can't grow by 1 page: it has 1, and the store's memory limit is 65536 bytes, of " *
        "which 65536 are used; see `WasmStore(engine; memory_limit=…)`"
    close(first)
end

@testset "the error for an unknown property lists the properties" begin
    parts = new_parts()
    @test parts.instance.exports === exports(parts.instance)
    @test parts.instance.exports.same(5) == 5
    @test propertynames(parts.instance) == (:store, :mod, :exports)
    for (name, part) in pairs(parts)
        part isa TypedFunc && continue
        said = sprint(showerror, thrown(() -> part.some))
        @test occursin("has no property `some`", said)
        @test all(there -> occursin("`$there`", said), propertynames(part))
        @test all(there -> (getproperty(part, there); true), propertynames(part))
    end
    @test thrown(() -> parts.instance.same).msg ==
        "a WasmInstance has no property `same`; it has `store`, `mod` and `exports`. Did you " *
        "mean the export `exports(instance).same`?"
    @test endswith(
        thrown(() -> parts.instance.bytse).msg, "Did you mean the export `exports(instance).bytes`?"
    )
    @test !occursin("mean", thrown(() -> parts.instance.nothing_like_it).msg)
    @test occursin("the instance exports: `bytes`", thrown(() -> parts.instance.exports.some).message)
    @test length(thrown(() -> getproperty(parts.instance, Symbol("x"^100_000))).msg) < 300
end

@testset "a display of many exports fits the screen" begin
    functions = join("(func (export \"$(repeat("f", 200))$i\"))" for i in 1:1000)
    store = WasmStore(WasmEngine())
    all = exports(WasmInstance(store, WasmModule(store, wat2wasm("(module $functions)"))))
    function shown(args...; size)
        limited(io, args...) = show(IOContext(io, :limit => true, :displaysize => size), args...)
        return sprint(limited, args...)
    end
    for rows in (10, 24, 50)
        lines = split(shown(MIME("text/plain"), all; size=(rows, 80)), '\n')
        @test length(lines) <= rows - 3
        @test lines[1] == "1000 exports:" && "  ⋮" in lines
        @test maximum(map(length, lines)) <= 80
        @test length(shown(all; size=(rows, 80))) <= 80
    end
    @test count(==('\n'), sprint(show, MIME("text/plain"), all)) == 1000
    few = new_parts().instance.exports
    @test count(==('\n'), shown(MIME("text/plain"), few; size=(24, 80))) == length(few)
end

@testset "a long name, type or value doesn't make a long message" begin
    long, second, engine = "x"^100_000, "y"^100_000, WasmEngine()
    store = WasmStore(engine)
    params = repeat("i32 ", 900)
    mod = WasmModule(engine, wat2wasm("""(module (func (export "$long") (param $params))
        (memory (export "$second") 1))"""))
    wants = WasmModule(engine, wat2wasm("""(module (import "$long" "$long" (func (param $params))))"""))
    x, linker = WasmInstance(store, mod).exports, WasmLinker(engine)
    f = x[long]
    uses = (
        () -> f(1),
        () -> f(fill(long, 900)...),
        () -> f(fill(rand(10_000), 900)...),
        () -> call(getfield(x, :instance), second),
        () -> getproperty(x, Symbol(long, 3)),
        () -> TypedFunc{Tuple{Int32},Int32}(f),
        () -> WasmInstance(store, wants),
        () -> WasmInstance(store, wants, [x[second]]),
        () -> WasmInstance(store, wants; other=(log=println,)),
        () -> WasmInstance(store, wants, long => Dict(long => 5)),
        () -> instantiate(linker, store, wants),
        () -> get(linker, store, long, long),
        () -> define!(define!(linker, long, long, f), long, long, f),
        () -> WasmConfig(; Symbol(long) => true),
        () -> WasmModule(engine, long),
        () -> wat2wasm(long),
        () -> WasmFunc(() -> long, store, () => Int32)(),
        () -> WasmFunc(() -> rand(10_000), store, () => (Int32, Int32))(),
        () -> WasmGlobal(store, WasmGlobalType(Int32, false), long),
        () -> WasmGlobal(store, WasmGlobalType(Int32, false), WasmValue(Any, long)),
        () -> WasmException(WasmTag(store, (Int32,)), long),
        () -> WasmInstance(store, wants, long),
        () -> WasmInstance(store, wants, Dict(long => long)),
        () -> WasmInstance(store, wants; unknown=long),
        () -> define!(linker, long, long, long),
        () -> WasmFunc(() -> 1, store, (long,) => ()),
        () -> WasmFunc(() -> 1, store, (Val{Symbol(long)},) => ()),
        () -> WasmFunc(store, () -> Val(Symbol(long))),
        () -> WasmFunc(() -> 1, store, Tuple(fill(Int32, 900)) => ()),
        () -> read(x[second], Val{Symbol(long)}, 0),
        () -> write(x[second], 0, Val(Symbol(long))),
    )
    for use in uses
        @test length(sprint(showerror, thrown(use))) < 2000
    end
    @test length(repr(f)) < 5000 && length(repr(x[second])) < 200
end

@testset "control characters in a module's names are escaped in messages and displays" begin
    engine = WasmEngine()
    store = WasmStore(engine)
    mod = WasmModule(engine, wat"""(module
        (func (export "e\0a\1b[31m") (param i32))
        (memory (export "m\1b") 1)
        (func $trap\1b (export "grün λ") unreachable))""")
    wants = WasmModule(engine, wat"""(module (import "n\1b" "f\0a\1b[31m" (func)))""")
    both = WasmModule(engine, wat"""(module (import "n\1b" "f\0a" (func)) (import "n" "g\0d" (func)))""")
    x = exports(WasmInstance(store, mod))
    f, linker = x["e\n\e[31m"], WasmLinker(engine)
    for (use, name) in (
        (() -> x.other) => "`e\\n\\e[31m`",
        (() -> f()) => "e\\n\\e[31m takes",
        (() -> f(2^40)) => "argument 1 of e\\n\\e[31m:",
        (() -> f("x")) => "e\\n\\e[31m can't take",
        (() -> call(getfield(x, :instance), "m\e")) => "`m\\e`",
        (() -> WasmInstance(store, wants)) => "`f\\n\\e[31m` of module `n\\e`",
        (() -> WasmInstance(store, wants, [x["m\e"]])) => "`f\\n\\e[31m` of module `n\\e`",
        (() -> WasmInstance(store, wants; log=sin)) => "imports from `n\\e`",
        (() -> instantiate(linker, store, wants)) => "`f\\n\\e[31m` of module `n\\e`",
        (() -> get(linker, store, "a\e", "b\n")) => "`b\\n` of `a\\e`",
        (() -> define!(linker, "a\e", "b\n", 3)) => "`b\\n` of module `a\\e`",
    )
        said = sprint(showerror, thrown(use))
        @test occursin(name, said)
        @test !any(iscntrl, said)
    end
    said = sprint(showerror, thrown(() -> instantiate(linker, store, both)))
    @test occursin("missing:\n  `f\\n` of module `n\\e`: func () -> ()\n  `g\\r`", said)
    @test !any(iscntrl, replace(sprint(showerror, thrown(x["grün λ"])), '\n' => ""))
    @test occursin("grün λ", sprint(show, x)) && !any(iscntrl, sprint(show, x))
    @test count(iscntrl, sprint(show, MIME("text/plain"), x)) == 3
    for part in (f, x["m\e"], TypedFunc{Tuple{Int32},Nothing}(f))
        @test !any(iscntrl, repr(part))
    end
end
