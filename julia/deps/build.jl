# Builds the C library of the package that this file belongs to. Pkg runs this file when it
# installs the package or tracks a checkout, and for `Pkg.build("SafeWasm")`.
#
# In a checkout the library is built there. An installed package has no sources of the library:
# they are taken from the repository that the package came from. See docs/guides/julia-installing.md.

module Build

using Libdl
# Pkg shows this program only the package's dependencies.
push!(LOAD_PATH, "@stdlib")

const PACKAGE = dirname(@__DIR__)

include(joinpath(PACKAGE, "src", "api.jl"))
include(joinpath(PACKAGE, "src", "places.jl"))
include(joinpath(PACKAGE, "src", "library.jl"))

# A reason for which the library can't be built, with what to do about it.
struct Problem <: Exception
    message::String
end

include("terminal.jl")
include("cargo.jl")
include("sources.jl")
include("alone.jl")

# The exceptions of a build that fails for reasons outside of it, such as a full disk.
const Failure = Union{Problem,ErrorException,LibGit2.GitError,Base.IOError,SystemError}

explanation(e::Failure) = sprint(showerror, e)
explanation(e::Problem) = e.message
explanation(e::ErrorException) = e.msg

# The first of the libraries that this package can use, or nothing.
function usable(libraries)
    for library in libraries
        try
            return dlpath(first(find_library([library])))
        catch e
            e isa ErrorException || rethrow()
        end
    end
    return nothing
end

function build()
    if !isempty(get(ENV, "SAFEWASM_LIBRARY", ""))
        find_library(library_candidates(PACKAGE))
        return say("SAFEWASM_LIBRARY names the library to use, so none is built.")
    end
    try
        is_in_checkout(PACKAGE) ? build_in_checkout() : build_for_depot()
    catch e
        e isa Failure || rethrow()
        other = usable(library_candidates(PACKAGE))
        other === nothing && throw(e)
        say("The library is not built now: $(explanation(e))")
        say("SafeWasm uses the library that is there: $other")
    end
    return nothing
end

function build_in_checkout()
    place(run_cargo(dirname(PACKAGE)), checkout_library(PACKAGE))
    return say("The library is built: $(checkout_library(PACKAGE))")
end

function build_for_depot()
    places = depot_libraries(PACKAGE)
    isempty(places) && throw(
        Problem("""
        $PACKAGE is neither in a checkout of SafeWasm nor installed by Pkg, so there are no
        sources. Use `Pkg.develop(path="CHECKOUT/julia")`, or name a library in SAFEWASM_LIBRARY."""),
    )
    built = usable(places)
    built === nothing || return say("The library is already built: $built")
    installed = usable_of_this_version()
    installed === nothing || return say("SafeWasm uses the system's library: $installed")
    library = places[something(findfirst(can_write, places), 1)]
    return alone_in(dirname(library)) do
        # Another process may have built it meanwhile.
        usable([library]) === nothing || return say("The library is already built: $library")
        # What an interrupted build leaves here is used by the next one.
        work = joinpath(dirname(library), "build")
        check_out_sources(basename(PACKAGE), work)
        place(run_cargo(work), library)
        rm(work; recursive=true, force=true)
        say("The library is built: $library")
    end
end

# The system's library, if it is of the same version as this package.
function usable_of_this_version()
    path = usable(system_libraries())
    path === nothing && return nothing
    version = unsafe_string(ccall(dlsym(dlopen(path), :safewasm_version), Cstring, ()))
    project = read(joinpath(PACKAGE, "Project.toml"), String)
    return occursin("version = \"$version\"", project) ? path : nothing
end

# Whether the file could be written. Makes its folder.
function can_write(file)
    return try
        mkpath(dirname(file))
        rm(first(mktemp(dirname(file); cleanup=false)))
        true
    catch
        false
    end
end

# Copies a library to its place, in one step for processes that open it meanwhile.
function place(built, library)
    ispath(library) && realpath(built) == realpath(library) && return nothing
    mkpath(dirname(library))
    copy = "$library.$(getpid())"
    try
        cp(built, copy; force=true)
        # `mv` would remove the old library first.
        Base.Filesystem.rename(copy, library)
    finally
        rm(copy; force=true)
    end
    usable([library]) === nothing && find_library([library])
    return nothing
end

end

try
    Build.build()
catch e
    e isa Build.Failure || rethrow()
    Build.fail(Build.explanation(e))
end
