# Compiling the library with Rust's cargo.

# The program cargo. One that a desktop starts may not have rustup's folder in PATH. The path that
# `Sys.which` returns is without links, but rustup knows by the link's name what it is to do.
function find_cargo()
    named = get(ENV, "CARGO", "cargo")
    Sys.which(named) === nothing || return named
    home = get(ENV, "CARGO_HOME", joinpath(homedir(), ".cargo"))
    installed = joinpath(home, "bin", "cargo")
    isfile(installed) && return installed
    throw(
        Problem("""
        There is no cargo, the build tool of Rust. Install Rust, for instance with rustup, and
        call `import Pkg; Pkg.build("SafeWasm")` again. Or name a library that is already built
        in the environment variable SAFEWASM_LIBRARY."""),
    )
end

# Throws if cargo is older than the sources need.
function check_version(cargo, sources)
    manifest = read(joinpath(sources, "Cargo.toml"), String)
    needed = VersionNumber(match(r"^rust-version = \"(.*)\"$"m, manifest)[1])
    said = Pipe()
    asking = ignorestatus(Cmd(`$cargo --version`; dir=sources))
    process = run(pipeline(asking; stdout=said, stderr=said); wait=false)
    close(said.in)
    text = strip(read(said, String))
    wait(process)
    found = match(r"^cargo (\d+\.\d+\.\d+)", text)
    success(process) && found !== nothing || throw(Problem("$cargo doesn't work:\n$text"))
    VersionNumber(found[1]) >= needed || throw(
        Problem("""
        Rust $(found[1]) at $cargo is too old: this version of SafeWasm needs Rust
        $(needed.major).$(needed.minor) or newer. With rustup, `rustup update` brings the newest. Then call
        `import Pkg; Pkg.build("SafeWasm")` again."""),
    )
    return nothing
end

# Compiles the library in a folder with its sources, as the Makefile does. Returns its path.
function run_cargo(sources)
    cargo = find_cargo()
    check_version(cargo, sources)
    say("cargo compiles the library in $sources. The first time takes some minutes.")
    log = log_file()
    log === nothing || say_on_terminal("All output is in $log")
    command = `$cargo rustc --release --locked -p libsafewasm
               --message-format=json-render-diagnostics -- -Clto=fat`
    library, succeeded, last_lines = follow(setenv(command, environment(); dir=sources))
    succeeded && library !== nothing && return library
    throw(Problem(explain(last_lines, sources)))
end

# With flags in the environment, cargo ignores those in .cargo/config.toml.
function environment()
    flags = get(ENV, "RUSTFLAGS", nothing)
    flags === nothing && return copy(ENV)
    return merge(Dict(ENV), Dict("RUSTFLAGS" => "$flags -Cembed-bitcode=yes"))
end

# Runs cargo and prints its output. Returns the path of the library, whether cargo succeeded, and
# the last lines of its output.
function follow(command)
    messages, output = Pipe(), Pipe()
    process = run(
        pipeline(ignorestatus(command); stdout=messages, stderr=output); wait=false
    )
    close(messages.in)
    close(output.in)
    library = @async built_library(messages)
    lines, compiled = String[], 0
    for line in eachline(output)
        println(stdout, line)
        flush(stdout)
        push!(lines, line)
        length(lines) > 100 && popfirst!(lines)
        startswith(line, r"\s*Compiling") || continue
        compiled += 1
        compiled % 50 == 0 && log_file() !== nothing &&
            say_on_terminal("cargo has begun to compile $compiled crates")
    end
    wait(process)
    return fetch(library), success(process), lines
end

# The path of the shared library in cargo's messages, or nothing.
function built_library(messages)
    library = nothing
    for line in eachline(messages)
        occursin("\"reason\":\"compiler-artifact\"", line) || continue
        found = match(r"\"([^\"]*libsafewasm\.(?:so|dylib))\"", line)
        found === nothing || (library = found[1])
    end
    return library
end

# The causes that the output of a failed cargo shows, and what to do.
const CAUSES = [
    r"linker `.*` not found|[Ff]ailed to find tool|is `.*cc` installed" =>
        "There is no C compiler and linker. Install gcc (on Debian and Ubuntu: the package build-essential).",
    r"No space left on device" =>
        "The disk is full. A build needs about 2 GB. CARGO_TARGET_DIR can name a folder on another disk.",
    r"[Cc]ould(n't| not) resolve host|failed to download|network failure|unable to update|no matching package named .* found" =>
        "The crates, Rust's packages, can't be downloaded. See \"Machines without network\" in the guide docs/guides/julia-installing.md.",
    r"signal: 9|SIGKILL" =>
        "The compiler was killed, which happens if memory runs out. CARGO_BUILD_JOBS=1 needs less.",
]

function explain(lines, sources)
    text = join(lines, '\n')
    found = [advice for (pattern, advice) in CAUSES if occursin(pattern, text)]
    shown = join(("    " * line for line in lines[max(1, end - 19):end]), '\n')
    advice = isempty(found) ? "" : first(found) * '\n'
    return "cargo failed in $sources. The end of its output:\n$shown\n" *
           "$(advice)Then call `import Pkg; Pkg.build(\"SafeWasm\")` again."
end
