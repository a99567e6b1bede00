# Packages in a checkout.

develop(folder) = """import Pkg; Pkg.develop(Pkg.PackageSpec(; path="$folder"))\n"""

@testset "a package in a checkout builds the library there" begin
    place, checkout = program!(Place(), "cargo", HANDS_OUT), copy_checkout(mktempdir(ROOT))
    package = joinpath(checkout, "julia")
    library = joinpath(checkout, "target", "release", "libsafewasm.so")
    printed = run_in(place, develop(package) * BUILD * USE)
    @test endswith(printed, "answer 42 by $library\n")
    # Cargo knows whether there is something to do.
    @test occursin("The library is built: $library", run_build(place, package))
    @test length(cargo_calls(place)) >= 2
    @test all(call -> startswith(call, "$checkout rustc"), cargo_calls(place))
    printed = run_in(place, """import Pkg; Pkg.test("SafeWasm"; test_args=["config.jl"])""")
    @test occursin("tests passed", printed)
    occursin("tests passed", printed) || println(printed)

    # Cargo's settings may have another folder for what it builds.
    rm(library)
    program!(place, "cargo", hands_out("elsewhere"))
    run_build(place, package)
    @test isfile(library) && isfile(joinpath(checkout, "elsewhere", "libsafewasm.so"))
end

@testset "a package that is neither in a checkout nor installed says so" begin
    place, folder = program!(Place(), "cargo", HANDS_OUT), joinpath(mktempdir(ROOT), "julia")
    cp(joinpath(CHECKOUT, "julia"), folder)
    printed = run_build(place, folder)
    @test occursin("is neither in a checkout of SafeWasm nor installed by Pkg", printed)
end
