# Loading the package and opening its library, each time in a new process.

const PACKAGE = dirname(dirname(pathof(SafeWasm)))

# The output of a program, errors included, in a process with this environment.
function run_julia(program, project, environment...)
    command = `$(Base.julia_cmd()) --project=$project --startup-file=no -e $program`
    return withenv(() -> run_limited(command), environment...)[2]
end

const ADD = """
    using SafeWasm
    e = WasmEngine()
    m = WasmModule(e, wat"(module (func (export \\"f\\") (result i32) i32.const 42))")
    print(call(WasmInstance(WasmStore(e), m), "f"))
"""

@testset "a precompiled package opens its library again in each process" begin
    for _ in 1:2
        @test run_julia(ADD, PACKAGE) == "42"
    end
end

# The functions that generate code see only what is defined before them then.
@testset "a package that isn't precompiled works" begin
    program = """
        using SafeWasm
        @enum Color red=1
        x = instantiate(wat"(module (memory (export \\"m\\") 1) (func (export \\"f\\") (param i32)))").exports
        write(x.m, 0, [(Int8(1), 2.5, 'é', true, red)])
        TypedFunc{Tuple{Int32},Nothing}(x.f)(1)
        g = WasmFunc(x -> x + 1, x.f.owner.store, (Int32,) => Int32)
        print(read(x.m, Tuple{Int8,Float64,Char,Bool,Color}, 0), read(x.m, 0, 1), g(1))
    """
    command = `$(Base.julia_cmd()) --compiled-modules=no --project=$PACKAGE --startup-file=no -e $program`
    @test run_limited(command)[2] == "(1, 2.5, 'é', true, red)UInt8[0x01]2"
end

@testset "the functions that most programs call first are compiled with the package" begin
    @test all(precompile, SafeWasm.FIRST_CALLS)
end

@testset "SAFEWASM_LIBRARY names the library" begin
    @test run_julia(ADD, PACKAGE, "SAFEWASM_LIBRARY" => SafeWasm.library_path()) == "42"
    printed = run_julia(ADD, PACKAGE, "SAFEWASM_LIBRARY" => "/nowhere/libsafewasm.so")
    @test occursin("SAFEWASM_LIBRARY names\n  /nowhere/libsafewasm.so: no such file", printed)
end

# A program that prints the messages of the errors that it expects.
const SAYING = """
    using SafeWasm
    function says(use)
        try
            use()
            println("nothing was thrown")
        catch e
            println(sprint(showerror, e))
        end
    end
"""

@testset "without a library loading succeeds, and the first use says where it was looked for" begin
    mktempdir() do folder
        # A checkout that wasn't built.
        cp(PACKAGE, joinpath(folder, "julia"))
        write(joinpath(folder, "Cargo.toml"), "")
        program = SAYING * """println("loaded"); says(WasmEngine); says(SafeWasm.library_path)"""
        printed = run_julia(program, joinpath(folder, "julia"), "SAFEWASM_LIBRARY" => nothing)
        @test startswith(printed, "loaded\nSafeWasm can't find its C library")
        @test length(collect(eachmatch(r"can't find its C library", printed))) == 2
        built = joinpath(folder, "target", "release", "libsafewasm.so")
        @test occursin("$built: no such file", printed)
        @test occursin("libsafewasm.so.0: not found on the system", printed)
        @test occursin("import Pkg; Pkg.build(\"SafeWasm\")", printed)
        @test occursin("ENV[\"SAFEWASM_LIBRARY\"]", printed)
        # Elsewhere only the system's libraries are looked for.
        rm(joinpath(folder, "Cargo.toml"))
        printed = run_julia(program, joinpath(folder, "julia"), "SAFEWASM_LIBRARY" => nothing)
        @test startswith(printed, "loaded\nSafeWasm can't find its C library")
        @test !occursin(folder, printed)
    end
end

@testset "a library that appears later is opened in the same session" begin
    mktempdir() do folder
        library = joinpath(folder, "libsafewasm.so")
        program = SAYING * """
            says(WasmEngine)
            write("$library", "no library")
            says(WasmEngine)
            # A copy that was interrupted.
            write("$library", read("$(SafeWasm.library_path())", 100_000))
            says(WasmEngine)
            cp("$(SafeWasm.library_path())", "$library"; force=true)
            print(isvalid(WasmEngine()), " ", SafeWasm.library_path())
        """
        printed = run_julia(program, PACKAGE, "SAFEWASM_LIBRARY" => library)
        @test occursin("$library: no such file", printed)
        @test occursin("$library: $library: file too short", printed)
        @test occursin("$library: the file is cut off; build or copy it again", printed)
        @test endswith(printed, "true $library")
    end
end

@testset "an opening that a Ctrl-C interrupted is repeated" begin
    program = """
        using SafeWasm
        SafeWasm.OPENED[] = "$(SafeWasm.library_path())"
        print(isvalid(WasmEngine()))
    """
    @test run_julia(program, PACKAGE) == "true"
end

# An installed package may be tested where there is no C compiler.
Sys.which("cc") === nothing ||
@testset "a library of another ABI, or another library, is refused, and can be replaced" begin
    mktempdir() do folder
        source, library = joinpath(folder, "other.c"), joinpath(folder, "other.so")
        needed = SafeWasm.API.SAFEWASM_ABI_VERSION
        program = SAYING * """
            says(WasmEngine)
            cp("$(SafeWasm.library_path())", "$library"; force=true)
            print(isvalid(WasmEngine()))
        """
        for (text, message) in (
            "unsigned safewasm_abi_version(void) { return 999; }" =>
                "has ABI number 999, and this package needs $needed",
            "int nothing_of_ours;" => "is not a SafeWasm library",
            "unsigned safewasm_abi_version(void) { return $needed; }" =>
                "lacks the function safewasm_",
        )
            write(source, text, '\n')
            run(`cc -shared -fPIC -o $library $source`)
            printed = run_julia(program, PACKAGE, "SAFEWASM_LIBRARY" => library)
            @test startswith(printed, "SafeWasm: ") && occursin(message, printed)
            @test endswith(printed, "true")
        end
    end
end

@testset "an installed package has its library in a depot" begin
    folder = "/depot/packages/SafeWasm/AbCdE"
    found = SafeWasm.depot_libraries(folder)
    @test all(path -> occursin("/safewasm/AbCdE/", path), found)
    @test startswith(found[1], "/depot/safewasm/AbCdE/")
    @test startswith(found[2], joinpath(DEPOT_PATH[1], "safewasm"))
    @test isempty(SafeWasm.depot_libraries("/"))
    @test isempty(SafeWasm.depot_libraries("/depot/packages/Other/AbCdE"))
    withenv("SAFEWASM_LIBRARY" => nothing) do
        @test SafeWasm.library_candidates(nothing) == SafeWasm.system_libraries()
    end
end

@testset "each C function opens the library, but for those that no object can have yet" begin
    source = read(joinpath(PACKAGE, "src", "api.jl"), String)
    opening = eachmatch(r"return ccall\(\n\s+@address\((\w+)\),", source)
    @test [Symbol(found[1]) for found in opening] == collect(fieldnames(SafeWasm.API.Functions))
    returning = eachmatch(r"FUNCTIONS\.(\w+) == C_NULL && return", source)
    @test all(found -> occursin(r"_(is_valid|delete)$", found[1]), returning)
end

@testset "without a library, objects of other processes are closed, and their use asks for it" begin
    mktempdir() do folder
        packages = joinpath(@__DIR__, "programs", "packages")
        path = join([packages; Base.load_path()], ':')
        depot = join([folder; DEPOT_PATH], ':')
        there = ("JULIA_LOAD_PATH" => path, "JULIA_DEPOT_PATH" => depot)
        @test run_julia("using Holding", PACKAGE, there...) == ""
        program = SAYING * """
            using Holding, Serialization
            sent = Holding.FUNC
            io = IOBuffer()
            serialize(io, SafeWasm.Closed(sent))
            for x in (Holding.FUNC, Holding.MEMORY, Holding.STORE, deserialize(seekstart(io)))
                isvalid(x) && println("valid")
                sprint(show, x), sprint(show, MIME("text/plain"), x), summary(x), hash(x), x == x
                close(x), finalize(x)
            end
            print("closed: ")
            says(() -> Holding.FUNC(1, 2))
            says(() -> deserialize(seekstart(io))(1, 2))
            says(() -> WasmInstance(Holding.STORE, Holding.MODULE))
        """
        printed = run_julia(program, PACKAGE, there..., "SAFEWASM_LIBRARY" => "/nowhere.so")
        @test startswith(printed, "closed: ")
        @test length(collect(eachmatch(r"while a package was precompiled|/nowhere.so: no", printed))) == 3
    end
end

@testset "threads that use the library first at the same time share it" begin
    program = """
        using SafeWasm
        engines = Vector{WasmEngine}(undef, Threads.nthreads())
        Threads.@threads for i in eachindex(engines)
            engines[i] = WasmEngine()
        end
        print(Threads.nthreads() > 1 && all(isvalid, engines))
    """
    for _ in 1:3
        @test run_julia(program, PACKAGE, "JULIA_NUM_THREADS" => "4") == "true"
    end
end

@testset "loading fails if Julia's runtime lacks a function or variable that the package relies on" begin
    known = SafeWasm.runtime_addresses()
    @test SafeWasm.check_runtime() === nothing
    for any_of in SafeWasm.RUNTIME_NEEDS
        absent = NamedTuple{any_of}(map(_ -> C_NULL, any_of))
        e = thrown(() -> SafeWasm.check_runtime(merge(known, absent)))
        @test all(name -> occursin(string(name), e.msg), any_of)
        @test occursin("Julia $VERSION", e.msg) && occursin("use a newer SafeWasm", e.msg)
    end
    # One of the two functions that find stacks is enough.
    for name in (:jl_active_task_stack, :jl_task_stack_buffer)
        both = (jl_active_task_stack=Ptr{Cvoid}(1), jl_task_stack_buffer=Ptr{Cvoid}(1))
        one = merge(known, both, NamedTuple{(name,)}((C_NULL,)))
        @test SafeWasm.check_runtime(one) === nothing
    end
    mktempdir() do folder
        copy = joinpath(folder, "julia")
        cp(PACKAGE, copy)
        source = joinpath(copy, "src", "runtime.jl")
        there = read(source, String)
        chmod(source, 0o644)
        write(source, replace(there, "cglobal(:jl_signal_pending)" => "cglobal(:jl_no_such_thing)"))
        printed = run_julia(ADD, copy, "SAFEWASM_LIBRARY" => SafeWasm.library_path())
        @test occursin("whose runtime lacks jl_signal_pending", printed)
    end
end
