# Installing the package with Pkg, as users do: in depots of its own, without network and without
# a registry. Needs a checkout, git and cargo.
#
#   julia --project=julia julia/test/installing/runtests.jl

using SafeWasm, Test

const CHECKOUT = dirname(dirname(dirname(@__DIR__)))

# The library that stands for the built one where nothing is compiled.
const LIBRARY = SafeWasm.library_path()

const ROOT = mktempdir()

include("place.jl")
include("repository.jl")

# All files, or those that are named as arguments.
const FILES = ["sources.jl", "added.jl", "developed.jl", "problems.jl", "recipe.jl"]

const RESULT = @testset "installing" begin
    foreach(include, isempty(ARGS) ? FILES : ARGS)
end

passed = RESULT.n_passed + sum(set -> set.n_passed, RESULT.results)
println("pkg: ", passed, " passed, 0 failed")
