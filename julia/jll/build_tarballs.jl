# The BinaryBuilder recipe of SafeWasm_jll, a Julia package with the compiled library in it.
# docs/guides/julia-installing.md says how the package SafeWasm comes to depend on it.
#
#   julia build_tarballs.jl [--help] [platforms]
#
# It builds the commit that the environment variable SAFEWASM_COMMIT names (the checkout's newest
# by default) of the repository that SAFEWASM_REPOSITORY names (the checkout's `origin` by
# default). In a copy of this file in a collection of recipes, write both into `sources`.
using BinaryBuilder

name = "SafeWasm"
version = v"0.1.0"

function git(arguments...)
    return try
        readchomp(pipeline(`git -C $(@__DIR__) $arguments`; stderr=devnull))
    catch
        error(
            "`git $(join(arguments, ' '))` fails in $(@__DIR__): name the repository and the " *
            "commit in SAFEWASM_REPOSITORY and SAFEWASM_COMMIT",
        )
    end
end

sources = [
    GitSource(
        get(() -> git("remote", "get-url", "origin"), ENV, "SAFEWASM_REPOSITORY"),
        get(() -> git("rev-parse", "HEAD"), ENV, "SAFEWASM_COMMIT"),
    ),
]

# Flags in the environment replace those of .cargo/config.toml, which the optimization at link
# time needs. The library has its ABI's number in its SONAME.
script = raw"""
cd ${WORKSPACE}/srcdir/*/
export RUSTFLAGS="${RUSTFLAGS} -Cembed-bitcode=yes"
cargo rustc --release --locked -p libsafewasm -- -Clto=fat
install -Dvm 755 "target/${rust_target}/release/libsafewasm.${dlext}" "${libdir}/libsafewasm.${dlext}"
install -Dvm 644 include/safewasm.h "${includedir}/safewasm.h"
install_license LICENSE docs/licences.md
"""

# The platforms that the library supports: 64-bit Linux with glibc.
platforms = [
    Platform("x86_64", "linux"; libc="glibc"),
    Platform("aarch64", "linux"; libc="glibc"),
]

products = [LibraryProduct("libsafewasm", :libsafewasm)]

dependencies = Dependency[]

# The sources need Rust 1.95 or newer, of which BinaryBuilder has 1.97.
build_tarballs(
    ARGS,
    name,
    version,
    sources,
    script,
    platforms,
    products,
    dependencies;
    julia_compat="1.6",
    compilers=[:rust, :c],
    preferred_rust_version=v"1.97.0",
    preferred_gcc_version=v"10",
    lock_microarchitecture=false,
)
