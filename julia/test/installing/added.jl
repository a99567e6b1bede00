# Packages that are added by URL, which have no sources of the library.

# Cargo itself, without optimization of the library, which takes minutes, and with what the
# checkout has compiled of other packages. Links to that are enough, since cargo only reads it.
# The lock is cargo's: while another cargo compiles, files come and go.
function real_cargo!(place)
    release = joinpath(CHECKOUT, "target", "release")
    copy = mkpath(joinpath(CHECKOUT, "target", "installing"))
    rm(joinpath(copy, "release"); recursive=true, force=true)
    run(`flock $release/.cargo-lock cp -al $release $copy`)
    run(`find $copy '(' -name '*safewasm*' -o -name .cargo-lock ')' -prune -exec rm -r '{}' +`)
    cargo = readchomp(`sh -c "command -v cargo"`)
    script = """
        [ "\$1" = rustc ] && exec '$cargo' rustc --release --locked -p libsafewasm "\$6" \\
            --config profile.release.package.safewasm.opt-level=0
        exec '$cargo' "\$@"
    """
    program!(place, "cargo", script)
    return copy
end

@testset "a package that is added by URL builds the library from the sources of its commit" begin
    place = Place()
    target = real_cargo!(place)
    printed = run_in(place, add_package() * USE, "CARGO_TARGET_DIR" => target)
    rm(target; recursive=true)
    library = built(place.depot)
    @test endswith(printed, "answer 42 by $library\n")
    @test readdir(dirname(library)) == ["libsafewasm.so"]

    # Nothing is compiled again.
    program!(place, "cargo", HANDS_OUT)
    printed = run_build(place, installed(place.depot))
    @test occursin("The library is already built: $library", printed)
    @test isempty(cargo_calls(place))

    # The tests of an installed package.
    files = ["calls.jl", "messages.jl"]
    printed = run_in(place, "import Pkg; Pkg.test(\"SafeWasm\"; test_args=$files)")
    @test occursin("tests passed", printed)
    occursin("tests passed", printed) || println(printed)

    # A depot can be moved.
    moved = Place(place.depot * "2", place.project, place.programs)
    mv(place.depot, moved.depot)
    @test endswith(run_in(moved, USE), "answer 42 by $(built(moved.depot))\n")
end

@testset "processes that build at once wait for each other, and one of them builds" begin
    place = program!(Place(), "cargo", fails_with("error: not yet"))
    run_in(place, add_package())
    program!(place, "cargo", HANDS_OUT * "sleep 2\n")
    package = installed(place.depot)
    printed = asyncmap(_ -> run_build(place, package), 1:3)
    said(text) = count(one -> occursin(text, one), printed)
    @test said("The library is built: $(built(place.depot))") == 1
    @test said("The library is already built") == 2
    @test length(cargo_calls(place)) == 1
    @test readdir(dirname(built(place.depot))) == ["libsafewasm.so"]
end

@testset "a build that can't write its files says so" begin
    place = program!(Place(), "cargo", HANDS_OUT)
    run_in(place, add_package())
    library = built(place.depot)
    rm(library)
    write(joinpath(dirname(library), "build"), "")
    printed = run_build(place, installed(place.depot))
    @test occursin("SafeWasm: the C library is not built.\nIOError: ", printed)
    @test !occursin("Stacktrace", printed)
end

@testset "the library is built from the revision that was added" begin
    place = program!(Place(), "cargo", HANDS_OUT * "ls >\"\$(dirname \"\$0\")/files\"\n")
    run_in(place, add_package(; rev="later"))
    library, package = built(place.depot), installed(place.depot)
    @test isfile(library)
    @test only(cargo_calls(place)) ==
        "$(dirname(library))/build rustc --release --locked -p libsafewasm " *
        "--message-format=json-render-diagnostics -- -Clto=fat"
    @test ["Cargo.toml", "later.txt"] ⊆ readlines(joinpath(place.programs, "files"))

    # A package in a depot that can't be written. Not even root can make folders in a file.
    rm(joinpath(place.depot, "safewasm"); recursive=true)
    write(joinpath(place.depot, "safewasm"), "")
    own = Place()
    printed = run_build(place, package, "JULIA_DEPOT_PATH" => "$(own.depot):$(place.depot):")
    @test occursin("The library is built: $(joinpath(own.depot, "safewasm"))", printed)
    rm(joinpath(place.depot, "safewasm"))

    # Sources that Pkg no longer keeps are fetched again.
    rm(joinpath(place.depot, "clones"); recursive=true)
    printed = run_build(place, package)
    @test occursin("Fetching the sources from file://$REPOSITORY", printed)
    @test isfile(library)

    # There are none.
    rm(joinpath(place.depot, "safewasm"); recursive=true)
    manifest = joinpath(place.project, "Manifest.toml")
    text = read(manifest, String)
    write(manifest, replace(text, "file://$REPOSITORY" => "file:///nowhere"))
    printed = run_build(place, package)
    @test occursin("SafeWasm: the C library is not built.", printed)
    @test occursin("The sources of this version of SafeWasm", printed)
    @test occursin("file:///nowhere: ", printed) && occursin("Pkg.add(url=", printed)
end

@testset "an update builds the library of the new version, and leaves the old one" begin
    place = program!(Place(), "cargo", HANDS_OUT)
    repository = make_repository(joinpath(mktempdir(ROOT), "updated"))
    run_in(place, add_package(; url="file://$repository"))
    old = built(place.depot)
    write(joinpath(repository, "julia", "new.txt"), "new\n")
    commit_all(repository, "a new version of the package")
    run_in(place, "import Pkg; Pkg.update(\"SafeWasm\")")
    slugs = readdir(joinpath(place.depot, "packages", "SafeWasm"))
    @test length(slugs) == 2 && sort(slugs) == sort(readdir(joinpath(place.depot, "safewasm")))
    @test isfile(old) && length(cargo_calls(place)) == 2
end
