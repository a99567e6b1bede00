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

@testset "the computation that scales makes equal pictures with threads and processes, and a chart" begin
    mktempdir() do folder
        chart = joinpath(folder, "chart.svg")
        command = `$(julia(joinpath(EXAMPLES, "scaling.jl"))) $chart 20`
        succeeded, said = run_limited(command, "JULIA_NUM_THREADS" => "2")
        @test succeeded && occursin(r"^all pictures are equal: 240000 points, \d+ steps$"m, said)
        @test occursin(r"^ +1 +[0-9.]+ times +\d+ % +[0-9.]+ times +\d+ %$"m, said)
        # On a machine with one processor there is one thread.
        @test count("<circle", read(chart, String)) in (4, 8)
    end
end

@testset "a computation goes on when one of its processes is killed" begin
    said = split(example_output("survivors.jl"), '\n'; keepempty=false)
    # `Distributed` reports the death.
    expected = split(expected_output("survivors"), '\n'; keepempty=false)
    @test filter(in(expected), said) == expected
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
