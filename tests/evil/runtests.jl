# Runs the deeds of evil guests from Julia; `run` does the same from C. The first argument is the folder with the
# guests that are made.
using SafeWasm
using Test

include(joinpath(@__DIR__, "..", "..", "julia", "test", "limited.jl"))
include("table.jl")

const TEXTS = joinpath(@__DIR__, "guests")
const BINARIES = ARGS[1]

const RESULT = try
    @testset "evil guests" begin
        include("modules.jl")
    end
catch e
    e isa Test.TestSetException || rethrow()
    println("evil_julia: ", e.pass, " passed, ", e.fail + e.error, " failed")
    exit(1)
end

println("evil_julia: ", length(RESULT.results), " passed, 0 failed")
