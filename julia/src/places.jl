# The places where the C library may be. `deps/build.jl` puts it into one of them, and uses this
# file too.

const LIBRARY_NAMES = ("libsafewasm.$(Libdl.dlext)", "libsafewasm.$(Libdl.dlext).0")

# The paths of the library to try, in order, for the package in `folder`, which is nothing if
# its sources aren't there.
function library_candidates(folder)
    named = get(ENV, "SAFEWASM_LIBRARY", "")
    isempty(named) || return [named]
    folder === nothing && return system_libraries()
    own = is_in_checkout(folder) ? [checkout_library(folder)] : depot_libraries(folder)
    return [own; system_libraries()]
end

system_libraries() = [LIBRARY_NAMES[2], LIBRARY_NAMES[1]]

# Whether the package's folder lies beside the sources of the library.
is_in_checkout(folder) = isfile(joinpath(dirname(folder), "Cargo.toml"))

function checkout_library(folder)
    return joinpath(dirname(folder), "target", "release", LIBRARY_NAMES[1])
end

# Where the library of an installed package may be: in the folder `safewasm` of the depot in
# which the package is, or of another depot if that one can't be written. The name of the
# package's folder stands for the package's contents, so each version has its own library.
function depot_libraries(folder)
    versions, slug = splitdir(folder)
    packages = dirname(versions)
    (basename(packages), basename(versions)) == ("packages", "SafeWasm") || return String[]
    depots = unique([dirname(packages); map(abspath, DEPOT_PATH)])
    machine = "$(Sys.ARCH)-$(lowercase(string(Sys.KERNEL)))"
    return [joinpath(depot, "safewasm", slug, machine, LIBRARY_NAMES[1]) for depot in depots]
end
