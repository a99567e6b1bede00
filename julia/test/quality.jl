# Checks of the package as a whole, which well-kept packages pass, and of its project file.

using Pkg

# A module with each of the mistakes, which the checks must find.
module Other
f(x) = x
end
module Careless
export missing_name, undocumented
undocumented() = nothing
ambiguous(::Int, ::Any) = nothing
ambiguous(::Any, ::Int) = nothing
unbound(::NTuple{N,T}) where {N,T} = T
import ..Other
Other.f(x::Int) = x
end

is_within(mod, owner) =
    mod === owner || parentmodule(mod) !== mod && is_within(parentmodule(mod), owner)

# The methods that a module defines, of its own functions and of those of all loaded modules.
function methods_of(owner)
    found, seen = Set{Method}(), Set{Module}()
    todo = Module[Base.loaded_modules_array(); Core]
    while !isempty(todo)
        mod = pop!(todo)
        mod in seen && continue
        push!(seen, mod)
        for name in names(mod; all=true, imported=true)
            isdefined(mod, name) && !Base.isdeprecated(mod, name) || continue
            x = getfield(mod, name)
            x isa Module && push!(todo, x)
            x isa Union{Function,Type} && !(x in (Union{}, Vararg)) || continue
            union!(found, filter(method -> is_within(method.module, owner), methods(x).ms))
        end
    end
    return found
end

# Whether a type in a signature is of a module, or has a parameter that is.
belongs(x, owner) = false
belongs(T::DataType, owner) =
    is_within(parentmodule(T), owner) || any(P -> belongs(P, owner), T.parameters)
belongs(T::UnionAll, owner) = belongs(Base.unwrap_unionall(T), owner) || belongs(T.var, owner)
belongs(T::TypeVar, owner) = belongs(T.ub, owner)
belongs(T::Union, owner) = belongs(T.a, owner) && belongs(T.b, owner)
# Since Julia 1.7 `Vararg` is no type.
@static if isdefined(Core, :TypeofVararg)
    belongs(T::Core.TypeofVararg, owner) = isdefined(T, :T) && belongs(T.T, owner)
end

# The methods with no type of the module in their signature, which change the code of others.
function piracy(owner)
    is_owned(method) =
        any(T -> belongs(T, owner), Base.unwrap_unionall(method.sig).parameters)
    return filter(!is_owned, collect(methods_of(owner)))
end

# Julia 1.5 prints the names that it skips.
quietly(f) = open(nowhere -> redirect_stdout(f, nowhere), "/dev/null", "w")

function ambiguities(owner, others...)
    found = quietly(() -> Test.detect_ambiguities(owner, others...; recursive=true))
    return filter(pair -> any(method -> is_within(method.module, owner), pair), found)
end

unbound_parameters(owner) = quietly(() -> Test.detect_unbound_args(owner; recursive=true))
undefined_exports(owner) = filter(name -> !isdefined(owner, name), names(owner))

# Julia keeps the docstring of a module in that module.
function has_docstring(owner, name)
    x = getfield(owner, name)
    tables = x isa Module ? (Docs.meta(owner), Docs.meta(x)) : (Docs.meta(owner),)
    return any(table -> any(binding -> binding.var === name, keys(table)), tables)
end
undocumented(owner, public) =
    filter(name -> isdefined(owner, name) && !has_docstring(owner, name), public)

@testset "no two methods are ambiguous" begin
    @test length(ambiguities(Careless)) == 1
    @test ambiguities(SafeWasm, Base, Core) == []
end

@testset "no method changes how Julia or another package works" begin
    @test [method.name for method in piracy(Careless)] == [:f]
    @test length(methods_of(SafeWasm)) > 600
    @test piracy(SafeWasm) == []
end

@testset "each parameter of a method's types is determined by its arguments" begin
    @test length(unbound_parameters(Careless)) == 1
    @test unbound_parameters(SafeWasm) == []
end

@testset "each exported name exists" begin
    @test undefined_exports(Careless) == [:missing_name]
    @test undefined_exports(SafeWasm) == []
end

@testset "each public name has a docstring, exported or not" begin
    @test undocumented(Careless, names(Careless)) == [:Careless, :undocumented]
    @test undocumented(SafeWasm, [names(SafeWasm); SafeWasm.PUBLIC...]) == []
    @static if VERSION >= v"1.11"
        @test all(name -> Base.ispublic(SafeWasm, name), SafeWasm.PUBLIC)
        @test !any(name -> Base.isexported(SafeWasm, name), SafeWasm.PUBLIC)
    end
end

const PROJECT = Pkg.TOML.parsefile(joinpath(dirname(@__DIR__), "Project.toml"))
part(name) = get(PROJECT, name, Dict{String,Any}())

@testset "the project file lists the packages that the sources use, and no others" begin
    used(folder) = mapreduce(union, readdir(folder; join=true)) do file
        isfile(file) || return String[]
        text = read(file, String)
        return [String(found[1]) for found in eachmatch(r"^using (\w+)"m, text)]
    end
    sources = joinpath(dirname(@__DIR__), "src")
    @test issetequal(keys(part("deps")), setdiff(used(sources), ["SafeWasm", "Base"]))
    only_tests = setdiff(used(@__DIR__), keys(part("deps")), ["SafeWasm"])
    @test issetequal(keys(part("extras")), only_tests)
    @test issetequal(part("targets")["test"], keys(part("extras")))
    @test !isempty(PROJECT["authors"]) && VersionNumber(PROJECT["version"]) >= v"0.1"
end

@testset "each package of the project file has versions that it works with" begin
    versions = isdefined(Pkg, :Versions) ? Pkg.Versions.semver_spec : Pkg.Types.semver_spec
    allowed(name) = versions(part("compat")[name])
    packages = union(keys(part("deps")), keys(part("extras")))
    @test issetequal(keys(part("compat")), union(packages, ["julia"]))
    # The standard library had no versions of its own before Julia 1.9.
    for name in packages, version in (v"0.0.0", v"1.9.0", v"1.12.0")
        @test version in allowed(name)
    end
    @test all(version -> version in allowed("julia"), (v"1.5.3", v"1.10.0", v"1.12.0"))
    @test !(v"1.4.2" in allowed("julia")) && !(v"2.0.0" in allowed("julia"))
end

# Runs a program with a folder of packages and a new depot.
function run_with_packages(packages, depot, program)
    settings = (
        "JULIA_LOAD_PATH" => join([packages; Base.load_path()], ':'),
        "JULIA_DEPOT_PATH" => join([depot; DEPOT_PATH], ':'),
    )
    command = `$(Base.julia_cmd()) --startup-file=no -e $program`
    return run_limited(command, settings...)
end

@testset "a process that precompiles a package and runs wasm in it ends" begin
    mktempdir() do folder
        write(joinpath(folder, "Using.jl"), """
            module Using
            using SafeWasm
            const BYTES = wat\"\"\"(module (func (export "f") (result i32) (i32.const 42)))\"\"\"
            const TYPE = WasmFuncType([Int32], [Int32])
            run() = exports(instantiate(BYTES)).f(; timeout=100)
            const ANSWER = run()
            end
        """)
        program = "using Using; print(Using.ANSWER, ' ', Using.run(), ' ', Using.TYPE)"
        @test run_with_packages(folder, folder, program) == (true, "42 42 (i32) -> i32")
        @test isdir(joinpath(folder, "compiled"))
    end
end

# A list of the code of others that Julia compiles anew. Julia 1.5 prints it; newer versions
# keep it in another form.
@static if VERSION < v"1.6"
    @testset "loading the package makes Julia compile little of its own code again" begin
        program = """
            log = cglobal(:jl_debug_method_invalidation, Ptr{Cvoid})
            unsafe_store!(log, pointer_from_objref(Any[]))
            using SafeWasm
            unsafe_store!(log, C_NULL)
        """
        succeeded, printed = run_limited(julia("-e", program))
        @test succeeded
        # Each method follows the code that is compiled again because of it.
        lines = split(printed, '\n')
        causes = filter(eachindex(lines)) do index
            startswith(lines[index], ">> ") && startswith(lines[index - 1], ' ')
        end
        name(index) = match(r"^>> SafeWasm\.(.+)\(\.\.\.\)", lines[index])[1]
        # A memory equals an array with its elements, even a closed one can be compared,
        # a copy of an object is the object, and a typed call in a broadcast has its type.
        # Julia's own code runs commands whose types aren't known when it is compiled.
        expected = [
            "==",
            "isequal",
            "deepcopy_internal",
            "combine_eltypes",
            "pipeline##kw",
            "redir_out",
            "redir_err",
            "success",
            "process_running",
        ]
        @test !isempty(causes) && issubset(map(name, causes), expected)
    end
end

# Which of these calls have no code in the package's image.
const UNPREPARED = """
    using SafeWasm
    function is_ready(T)
        found = Base._methods_by_ftype(T, -1, typemax(UInt))
        isempty(found) && return true
        types, parameters, method = found[1]
        method.module in (SafeWasm, SafeWasm.API) || return true
        instance = ccall(
            :jl_specializations_get_linfo, Ref{Core.MethodInstance}, (Any, Any, Any),
            method, types, parameters)
        return isdefined(instance, :cache)
    end
    for line in eachline(ARGS[1])
        is_ready(eval(Meta.parse(line)).parameters[1]) || println(line)
    end
"""

# On Julia 1.5 the image has code that is not native yet, and a program shows what it would need.
@static if VERSION < v"1.6"
    @testset "the package has code ready for each of its calls in a first program" begin
        first_program = joinpath(@__DIR__, "programs", "first.jl")
        calls = tempname()
        @test run_limited(julia("--trace-compile=$calls", first_program)) == (true, "")
        # Names of closures and of the program's own can't be written down.
        named(line) = !occursin(r"var\"|Main\.|Type\{T\}|Logging|REPL", line)
        listed = filter(named, readlines(calls))
        @test count(line -> occursin("SafeWasm.", line), listed) > 50
        write(calls, join(replace.(listed, r"^precompile\((.*)\)$" => s"Tuple{\1}"), '\n'))
        @test run_limited(julia("-e", UNPREPARED, calls)) == (true, "")
    end
end
