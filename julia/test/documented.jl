# The examples with time limits in the documents and docstrings work in a new session, in which
# Julia first has to compile them.

const DOCUMENTED = joinpath(dirname(@__DIR__), "..")

# The fenced Julia code in a text.
function examples(text)
    return [String(found[1]) for found in eachmatch(r"```julia\n(.*?)```"s, text)]
end

sources = joinpath(dirname(@__DIR__), "src")
# Outside of a checkout there are only the docstrings.
files = [
    filter(isfile, [joinpath(DOCUMENTED, "README.md")])
    filter(endswith(".jl"), readdir(sources; join=true))
]

# The definitions that examples rely on.
const GIVEN = """
using SafeWasm
engine = WasmEngine()
store = WasmStore(engine)
mod = WasmModule(engine, wat"(module (func (export \\"run\\")))")
"""

@testset "documented examples with a time limit pass in a new session" begin
    found = 0
    for file in files, example in examples(read(file, String))
        occursin("timeout", example) || continue
        found += 1
        program = tempname() * ".jl"
        write(program, GIVEN * replace(example, "\\\"" => "\""))
        succeeded, said = run_limited(julia(program))
        @test succeeded
        succeeded || println(file, ":\n", said)
    end
    @test found >= 1
end

# A program as slow as can be: nothing in it was compiled before, and its host functions are compiled
# late.
const SLOW = """
using SafeWasm
engine = WasmEngine()
store = WasmStore(engine)
mod = WasmModule(engine, wat\"\"\"(module
    (import "e" "f" (func \$f (param i32) (result i32)))
    (import "e" "any" (func \$any (param externref)))
    (func (export "run") (param i32) (result i32)
        (call \$any (ref.null extern)) (call \$f (call \$f (local.get 0)))))\"\"\")
late(x) = parse(Int32, sprint(io -> show(io, eval(:((y -> y + 1)(\$x))))))
instance = WasmInstance(store, mod; e=(f=late, any=x -> string(Any[x, 1.5, "x"])))
run_it() = call(instance, "run", 1)
@assert call(instance, "run", 1; timeout=0.05) == 3
@assert exports(instance).run(1; timeout=0.05) == 3
println(with_timeout(run_it, store, 0.05))
"""

@testset "a time limit doesn't count the time in which Julia compiles what it first calls" begin
    program = tempname() * ".jl"
    write(program, SLOW)
    succeeded, said = run_limited(julia(program))
    @test succeeded && said == "3\n"
end
