# Finding and opening the C library, each time that the package is loaded: no path and no
# address may get into a precompiled image.

const LIBRARY_NAMES = ("libsafewasm.$(Libdl.dlext)", "libsafewasm.$(Libdl.dlext).0")

# The paths of the library to try, in order.
function library_candidates()
    named = get(ENV, "SAFEWASM_LIBRARY", "")
    isempty(named) || return [named]
    # Found at run time, since the checkout may have moved after precompilation.
    source = pathof(@__MODULE__)
    system = [LIBRARY_NAMES[2], LIBRARY_NAMES[1]]
    source === nothing && return system
    build = normpath(joinpath(dirname(source), "..", "..", "target", "release"))
    return [joinpath(build, LIBRARY_NAMES[1]); system]
end

function open_library()
    candidates = library_candidates()
    for candidate in candidates
        library = dlopen(candidate; throw_error=false)
        library === nothing || return bind_library(library, candidate)
    end
    listed = join(("  " * candidate for candidate in candidates), '\n')
    error(
        "SafeWasm can't find its library, libsafewasm. Looked in:\n$listed\n" *
        "Build it with `make library` in a checkout of SafeWasm, install it with " *
        "`make install`, or name it in the environment variable SAFEWASM_LIBRARY.",
    )
end

function bind_library(library, path)
    version = dlsym(library, :safewasm_abi_version; throw_error=false)
    version === nothing && error("SafeWasm: $path is not a SafeWasm library")
    found = ccall(version, UInt32, ())
    found == API.SAFEWASM_ABI_VERSION || error(
        "SafeWasm: the library $path has ABI number $found, and this package needs " *
        "$(API.SAFEWASM_ABI_VERSION); use the library and the package of one version",
    )
    for name in fieldnames(API.Functions)
        address = dlsym(library, name; throw_error=false)
        address === nothing &&
            error("SafeWasm: the library $path lacks the function $name; build it again")
        setfield!(API.FUNCTIONS, name, address)
    end
    return nothing
end
