# The recipe of the JLL, with BinaryBuilder's names, which record what they are called with.

module BinaryBuilder

export GitSource, Platform, Product, LibraryProduct, Dependency, build_tarballs

abstract type Product end
struct GitSource
    url::String
    commit::String
end
struct Platform
    arch::String
    os::String
    libc::String
    Platform(arch, os; libc) = new(arch, os, libc)
end
struct LibraryProduct <: Product
    name::String
    variable::Symbol
end
struct Dependency
    name::String
end

# The keywords are those that the recipe may use.
function build_tarballs(
    args,
    name::String,
    version::VersionNumber,
    sources::Vector{GitSource},
    script::String,
    platforms::Vector{Platform},
    products::Vector{<:Product},
    dependencies::Vector{Dependency};
    julia_compat::String,
    compilers::Vector{Symbol},
    preferred_rust_version::VersionNumber,
    preferred_gcc_version::VersionNumber,
    lock_microarchitecture::Bool,
)
    return (
        name=name,
        version=version,
        source=only(sources),
        script=script,
        platforms=platforms,
        product=only(products),
        compilers=compilers,
        rust=preferred_rust_version,
    )
end

end

# Runs the recipe in a module in which `using BinaryBuilder` finds the names above.
function recipe()
    text = read(joinpath(CHECKOUT, "julia", "jll", "build_tarballs.jl"), String)
    m = Module()
    # The recipe's file, not this one, is where its `@__DIR__` is.
    text = replace(text, "using BinaryBuilder" => "using Main.BinaryBuilder")
    return Base.include_string(m, text, joinpath(CHECKOUT, "julia", "jll", "build_tarballs.jl"))
end

manifest(folder...) = read(joinpath(CHECKOUT, folder..., "Cargo.toml"), String)

@testset "the recipe of the JLL can be evaluated, and agrees with the sources" begin
    commit = "0123456789012345678901234567890123456789"
    repository = "https://example.invalid/safewasm.git"
    built = withenv(recipe, "SAFEWASM_REPOSITORY" => repository, "SAFEWASM_COMMIT" => commit)
    @test built.name == "SafeWasm" && built.source == BinaryBuilder.GitSource(repository, commit)
    @test built.product == BinaryBuilder.LibraryProduct("libsafewasm", :libsafewasm)
    @test occursin("\nversion = \"$(built.version)\"\n", manifest())
    @test occursin("version = \"$(built.version)\"", read(joinpath(CHECKOUT, "julia", "Project.toml"), String))
    @test Set(built.compilers) == Set([:rust, :c])
    needed = VersionNumber(match(r"rust-version = \"(.*)\"", manifest())[1])
    @test built.rust >= needed
    # The command is the Makefile's.
    command = match(r"cargo (rustc --release .*)\n", built.script)[1]
    @test occursin("\$(CARGO) $command\n", read(joinpath(CHECKOUT, "Makefile"), String))
    @test occursin("-Cembed-bitcode=yes", built.script)
    for path in ("LICENSE", "docs/licences.md", "include/safewasm.h")
        @test occursin(path, built.script) && isfile(joinpath(CHECKOUT, path))
    end
    checked = joinpath(mktempdir(ROOT), "script")
    write(checked, built.script)
    @test success(`bash -n $checked`)
end

@testset "without an origin the recipe asks for the repository" begin
    e = try
        withenv(recipe, "SAFEWASM_REPOSITORY" => nothing, "GIT_DIR" => "/nowhere")
    catch e
        sprint(showerror, e)
    end
    @test occursin("name the repository and the commit in SAFEWASM_REPOSITORY", e)
end

@testset "the package has the licences of the whole" begin
    @test read(joinpath(CHECKOUT, "julia", "LICENSE")) == read(joinpath(CHECKOUT, "LICENSE"))
end
