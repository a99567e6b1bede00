# Loading the package, each time in a new process.

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

library_in_use() = SafeWasm.library_candidates()[1]

@testset "a precompiled package opens its library again in each process" begin
    for _ in 1:2
        @test run_julia(ADD, PACKAGE) == "42"
    end
end

@testset "the functions that most programs call first are compiled with the package" begin
    @test all(precompile, SafeWasm.FIRST_CALLS)
end

@testset "SAFEWASM_LIBRARY names the library" begin
    @test run_julia(ADD, PACKAGE, "SAFEWASM_LIBRARY" => abspath(library_in_use())) == "42"
    printed = run_julia(ADD, PACKAGE, "SAFEWASM_LIBRARY" => "/nowhere/libsafewasm.so")
    @test occursin("can't find its library", printed)
    @test occursin("/nowhere/libsafewasm.so", printed)
end

@testset "without a library the error lists where it was looked for" begin
    mktempdir() do folder
        cp(PACKAGE, joinpath(folder, "julia"))
        printed = run_julia(ADD, joinpath(folder, "julia"), "SAFEWASM_LIBRARY" => nothing)
        @test occursin("can't find its library", printed)
        @test occursin(joinpath("target", "release"), printed)
        @test occursin("SAFEWASM_LIBRARY", printed)
    end
end

@testset "a library of another ABI, or another library, is refused" begin
    mktempdir() do folder
        source, library = joinpath(folder, "other.c"), joinpath(folder, "other.so")
        write(source, "unsigned safewasm_abi_version(void) { return 999; }\n")
        run(`cc -shared -fPIC -o $library $source`)
        printed = run_julia(ADD, PACKAGE, "SAFEWASM_LIBRARY" => library)
        @test occursin("999", printed) && occursin("needs $(SafeWasm.API.SAFEWASM_ABI_VERSION)", printed)
        write(source, "int nothing_of_ours;\n")
        run(`cc -shared -fPIC -o $library $source`)
        @test occursin(
            "is not a SafeWasm library",
            run_julia(ADD, PACKAGE, "SAFEWASM_LIBRARY" => library),
        )
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
        printed = run_julia(ADD, copy, "SAFEWASM_LIBRARY" => abspath(library_in_use()))
        @test occursin("whose runtime lacks jl_signal_pending", printed)
    end
end
