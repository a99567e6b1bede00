# Builds that fail, and libraries that are already there.

@testset "if the build fails, the package loads, and a later build in the same session mends it" begin
    place = program!(Place(), "cargo", fails_with("error: linker `cc` not found"))
    program!(place, "mended", HANDS_OUT)
    mend = """cp("$(place.programs)/mended", "$(place.programs)/cargo"; force=true)\n"""
    printed = run_in(place, add_package() * TRY * mend * BUILD * TRY)
    @test occursin("SafeWasm: the C library is not built.", printed)
    @test occursin("There is no C compiler and linker. Install gcc", printed)
    @test occursin("    error: linker `cc` not found", printed)
    @test occursin("SafeWasm can't find its C library", printed)
    @test occursin("$(built(place.depot)): no such file", printed)
    @test endswith(printed, "works\n")
end

@testset "the error of a failed build names the cause and the next step" begin
    for (output, advice) in (
        "failed to write: No space left on device (os error 28)" => "The disk is full",
        "failed to download `wat`\n[6] Could not resolve hostname" => "can't be downloaded",
        "process didn't exit successfully: rustc (signal: 9, SIGKILL: kill)" => "memory runs out",
        "something else" => "something else\nThen call",
    )
        message = Steps.explain(split(output, '\n'), "/sources")
        @test occursin("cargo failed in /sources", message) && occursin(advice, message)
        @test endswith(message, "Then call `import Pkg; Pkg.build(\"SafeWasm\")` again.")
    end
    @test length(split(Steps.explain(string.(1:1000), "/sources"), '\n')) < 30

    place = Place()
    cargo = joinpath(place.programs, "cargo")
    message() = try
        Steps.check_version(cargo, CHECKOUT)
    catch e
        e.message
    end
    program!(place, "cargo", "echo 'cargo 1.63.0 (fd9c4297c 2022-07-01)'\n")
    @test occursin("Rust 1.63.0 at $cargo is too old", message())
    @test occursin(r"needs Rust\s1\.\d+ or newer", message())
    program!(place, "cargo", "echo 'no default toolchain' >&2; exit 1\n")
    @test occursin("doesn't work:\nno default toolchain", message())
    program!(place, "cargo", ANSWERS)
    @test message() === nothing
end

@testset "without cargo the build says how to get it" begin
    place, checkout = Place(), copy_checkout(mktempdir(ROOT))
    package = joinpath(checkout, "julia")
    printed = run_build(place, package, "CARGO_HOME" => "/nowhere"; path="/nowhere")
    @test occursin("There is no cargo, the build tool of Rust. Install Rust", printed)
    # Programs that a desktop starts may lack rustup's folder in PATH.
    mkpath(joinpath(place.depot, "bin"))
    program!(place, "cargo", HANDS_OUT)
    mv(joinpath(place.programs, "cargo"), joinpath(place.depot, "bin", "cargo"))
    printed = run_build(place, package, "CARGO_HOME" => place.depot; path="/usr/bin:/bin")
    @test occursin("The library is built", printed) || isfile("/usr/bin/cargo")
end

@testset "a library that is already there is used" begin
    place, folder = program!(Place(), "cargo", HANDS_OUT), mktempdir(ROOT)
    system = joinpath(folder, "libsafewasm.so.0")
    cp(LIBRARY, system)
    search = "LD_LIBRARY_PATH" => folder

    # Of the same version: nothing is compiled.
    printed = run_in(place, add_package() * USE, search)
    @test endswith(printed, "answer 42 by $system\n") && isempty(cargo_calls(place))
    package = installed(place.depot)
    printed = run_build(place, package, search)
    @test occursin("SafeWasm uses the system's library: $system", printed)

    # Named: neither compiled nor looked for.
    printed = run_build(place, package, "SAFEWASM_LIBRARY" => LIBRARY)
    @test occursin("SAFEWASM_LIBRARY names the library to use", printed)
    @test isempty(cargo_calls(place))
    printed = run_build(place, package, "SAFEWASM_LIBRARY" => "/nowhere.so")
    @test occursin("the C library is not built", printed)
    @test occursin("SAFEWASM_LIBRARY names\n  /nowhere.so: no such file", printed)

    # A checkout that can't be built.
    program!(place, "cargo", fails_with("error: something else"))
    checkout = copy_checkout(mktempdir(ROOT))
    printed = run_build(place, joinpath(checkout, "julia"), search)
    @test occursin("The library is not built now: cargo failed", printed)
    @test occursin("SafeWasm uses the library that is there: $system", printed)
end

@testset "a build whose output Pkg hides shows on the terminal that it takes long" begin
    place = program!(Place(), "cargo", HANDS_OUT)
    program = joinpath(ROOT, "terminal.jl")
    write(program, add_package())
    command = `$(Base.julia_cmd()) --project=$(place.project) --startup-file=no $program`
    quoted = join(map(Base.shell_escape_posixly, command.exec), ' ')
    terminal = `script --quiet --command $quoted /dev/null`
    shown = read(setenv(terminal, environment(place, ENV["PATH"])), String)
    @test occursin("SafeWasm: cargo compiles the library in", shown)
    @test occursin(r"SafeWasm: All output is in .*build\.log", shown)
    @test occursin("SafeWasm: The library is built: $(built(place.depot))", shown)
end
