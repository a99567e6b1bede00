# Finding the commit of an installed package. The steps of the build are called one by one.

module Steps
struct Problem <: Exception
    message::String
end
say(text) = nothing
include(joinpath(dirname(dirname(@__DIR__)), "deps", "sources.jl"))
include(joinpath(dirname(dirname(@__DIR__)), "deps", "cargo.jl"))
end

const TREE = strip(read(`git -C $REPOSITORY rev-parse main:julia`, String))

@testset "the slug of the package's folder identifies its commit" begin
    repository = Steps.LibGit2.GitRepo(REPOSITORY)
    # Newer and older versions of Julia make slugs of different lengths.
    for length in (4, 5)
        slug = Steps.slug_of(TREE, length)
        main, later = (Steps.find_tree(repository, [rev], slug) for rev in ("main", "later"))
        has_later(tree) = Steps.LibGit2.count(tree) > Steps.LibGit2.count(main)
        @test !has_later(main) && has_later(later)
        # A revision that isn't there, or has another package, doesn't matter.
        @test has_later(Steps.find_tree(repository, ["nowhere"], slug))
    end
    @test Steps.find_tree(repository, ["main"], "abcde") === nothing
end

@testset "folders that are no repositories, and repositories of others, are passed over" begin
    folder = mktempdir(ROOT)
    problems = String[]
    @test !Steps.check_out(Steps.Origin(folder, []), "abcde", folder, problems)
    @test isempty(problems)
    git(folder, "init", "--quiet")
    @test !Steps.check_out(Steps.Origin(folder, ["main"]), "abcde", folder, problems)
    @test problems == ["$folder: no commit has this version"]
end

@testset "sources of another commit that an interrupted build left are removed, what it compiled stays" begin
    folder = mktempdir(ROOT)
    write(joinpath(folder, "removed.rs"), "")
    compiled = joinpath(mkpath(joinpath(folder, "target")), "compiled")
    write(compiled, "")
    slug = Steps.slug_of(TREE, 5)
    @test Steps.check_out(Steps.Origin(REPOSITORY, ["main"]), slug, folder, String[])
    @test isfile(joinpath(folder, "Cargo.toml")) && isfile(compiled)
    @test !ispath(joinpath(folder, "removed.rs"))
end

@testset "the entry of the package is found in manifests of both formats" begin
    tree = "11d27e6ba5b2e4c5a6f2b3b1d9a6a2f0c5a6f2b3"
    entry = """
        git-tree-sha1 = "$tree"
        repo-rev = "main"
        repo-subdir = "julia"
        repo-url = "https://example.invalid/SafeWasm"
        uuid = "$(Steps.UUID)"
        version = "0.1.0"
    """
    old = "[[SafeWasm]]\n$entry"
    new = "julia_version = \"1.10.0\"\nmanifest_format = \"2.0\"\n\n[[deps.SafeWasm]]\n$entry"
    other = "[[SafeWasm]]\nuuid = \"$(Steps.UUID)\"\npath = \"/a\"\n"
    depot = mktempdir(ROOT)
    mkpath(joinpath(depot, "logs"))
    broken = joinpath(depot, "Broken.toml")
    write(broken, "<<<<<<< HEAD\n")
    for text in (old, new, other)
        manifest = joinpath(depot, "Manifest.toml")
        write(manifest, text)
        write(
            joinpath(depot, "logs", "manifest_usage.toml"),
            "[[\"$manifest\"]]\ntime = 2026-01-01T00:00:00.000Z\n\n[[\"/nowhere/Manifest.toml\"]]\n\n" *
            "[[\"$broken\"]]\n",
        )
        pushfirst!(DEPOT_PATH, depot)
        found = Steps.manifest_entries(Steps.slug_of(tree, 5))
        popfirst!(DEPOT_PATH)
        @test [e["repo-url"] for e in found] ==
            (text == other ? [] : ["https://example.invalid/SafeWasm"])
    end
end
