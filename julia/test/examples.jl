# The programs of the folder `examples`, each in a new process. A program prints the text in
# the file of its name that ends in `.txt`.

const EXAMPLES = joinpath(dirname(@__DIR__), "examples")

# The output of a program that runs in an empty folder, with `…` for the folder's path.
function example_output(name, settings...)
    return mktempdir() do folder
        folder = realpath(folder)
        succeeded, said = cd(folder) do
            run_limited(julia(joinpath(EXAMPLES, name)), "COLUMNS" => "80", settings...)
        end
        succeeded || println(name, " failed")
        return replace(said, folder => "…")
    end
end

expected_output(name) = read(joinpath(EXAMPLES, name * ".txt"), String)

@testset "the example $name prints the text beside it" for name in
    ("buffer", "filters", "plugins", "quickstart")
    @test example_output("$name.jl") == expected_output(name)
end

@testset "the parallel map prints the same with any number of threads" begin
    for threads in ("1", "4")
        said = example_output("parallel.jl", "JULIA_NUM_THREADS" => threads)
        @test said == expected_output("parallel")
    end
end

# Outside of a checkout there are no pages.
const TUTORIALS = joinpath(dirname(dirname(@__DIR__)), "docs", "tutorials")

@testset "painting.jl makes the picture of the tutorial, byte for byte" begin
    mktempdir() do folder
        path = joinpath(realpath(folder), "painting.png")
        succeeded, said = run_limited(julia(joinpath(EXAMPLES, "painting.jl"), path))
        @test succeeded && said == "The picture is in $path\n"
        picture = joinpath(TUTORIALS, "painting.png")
        @test !isdir(TUTORIALS) || read(path) == read(picture)
    end
end

@testset "the tutorial prints the source of night.wasm" begin
    source = read(joinpath(EXAMPLES, "night.c"), String)
    page = joinpath(TUTORIALS, "julia-5-picture.md")
    @test !isdir(TUTORIALS) || occursin("```c,file=night.c\n$source```", read(page, String))
end
