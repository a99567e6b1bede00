# Where a user installs packages: a depot, a project, and programs that come first in PATH.
struct Place
    depot::String
    project::String
    programs::String
end

const REGISTRY = """
name = "Empty"
uuid = "23338594-aafe-5451-b93e-139f81909106"
repo = ""

[packages]
"""

function Place()
    folder = mktempdir(ROOT)
    place = Place((joinpath(folder, name) for name in ("depot", "project", "programs"))...)
    # Pkg takes this registry instead of fetching one.
    registry = mkpath(joinpath(place.depot, "registries", "Empty"))
    write(joinpath(registry, "Registry.toml"), REGISTRY)
    mkpath(place.project)
    mkpath(place.programs)
    return place
end

# The environment of a user whose PATH has the place's programs, then those in `path`.
function environment(place, path)
    # Since Julia 1.11 the compiled packages that are part of Julia are in a depot of its own.
    depot = place.depot * (VERSION >= v"1.11" ? ":" : "")
    outer = filter(ENV) do (name, _)
        !startswith(name, "JULIA_") && !(name in ("SAFEWASM_LIBRARY", "CARGO", "CARGO_TARGET_DIR"))
    end
    return merge(
        Dict(outer),
        Dict(
            "JULIA_DEPOT_PATH" => depot,
            "JULIA_PKG_SERVER" => "",
            "JULIA_PKG_OFFLINE" => "true",
            "JULIA_PKG_PRECOMPILE_AUTO" => "0",
            "PATH" => "$(place.programs):$path",
        ),
    )
end

function julia_command(place, program, settings...; path=ENV["PATH"])
    command = `$(Base.julia_cmd()) --project=$(place.project) --startup-file=no -e $program`
    return setenv(command, merge(environment(place, path), Dict{String,String}(settings...)))
end

# Runs a Julia program in the place. Returns what it prints.
function run_in(place::Place, program, settings::Pair...; options...)
    printed, io = mktemp(ROOT)
    command = julia_command(place, program, settings...; options...)
    run(pipeline(ignorestatus(command); stdout=io, stderr=io))
    close(io)
    return read(printed, String)
end

# Puts a program into the place.
function program!(place, name, script)
    path = joinpath(place.programs, name)
    write(path, "#!/bin/sh\n", script)
    chmod(path, 0o755)
    return place
end

const ANSWERS = """[ "\$1" = --version ] && { echo 'cargo 1.95.0 (f2d3ce0bd 2026-03-21)'; exit; }\n"""

# A cargo that hands out a library that is already built, and notes where it was called.
hands_out(folder="target/release") = ANSWERS * """
echo "\$PWD \$*" >>"\$(dirname "\$0")/calls"
echo '   Compiling libsafewasm v0.1.0' >&2
mkdir -p $folder
cp '$LIBRARY' $folder/libsafewasm.so
echo '{"reason":"compiler-artifact","filenames":["'"\$PWD"'/$folder/libsafewasm.so"]}'
"""
const HANDS_OUT = hands_out()

# A cargo that fails, and prints this.
fails_with(text) = ANSWERS * "cat >&2 <<'EOF'\n$text\nEOF\nexit 101\n"

function cargo_calls(place)
    file = joinpath(place.programs, "calls")
    return isfile(file) ? readlines(file) : String[]
end

# What users run.
const USE = """
    using SafeWasm
    m = WasmModule(WasmEngine(), wat"(module (func (export \\"f\\") (result i32) i32.const 42))")
    println("answer ", call(WasmInstance(WasmStore(m.engine), m), "f"), " by ", SafeWasm.library_path())
"""
const TRY = """
    using SafeWasm
    try
        WasmEngine()
        println("works")
    catch e
        println(sprint(showerror, e))
    end
"""
const BUILD = """
    import Pkg
    Pkg.build("SafeWasm"; verbose=true)
"""

# Runs the build of a package as Pkg does, which is quicker than Pkg.
function run_build(place, package, settings...; options...)
    return run_in(place, "include(\"$package/deps/build.jl\")", settings...; options...)
end

only_entry(folder) = joinpath(folder, only(readdir(folder)))

# The only folder into which Pkg installed the package in a depot, and its library.
installed(depot) = only_entry(joinpath(depot, "packages", "SafeWasm"))
function built(depot)
    machine = only_entry(joinpath(depot, "safewasm", basename(installed(depot))))
    return joinpath(machine, "libsafewasm.so")
end
