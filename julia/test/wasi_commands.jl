# Commands as data: how they are made, compared, shown, changed and connected. Nothing runs
# here.

using Serialization

message_of(f) = sprint(showerror, thrown(f))

@testset "a command has the settings of the documentation" begin
    command = WasiCommand(
        "boolector.wasm",
        ["--smt2", "-m"];
        env=["K" => "v"],
        preopens=["in" => "/in"],
        writable=["out" => "/out"],
        timeout=5,
        memory_limit=2^30,
        fuel=nothing,
        dir="/in",
        network=false,
        seed=nothing,
        clock=nothing,
    )
    @test command.program == "boolector.wasm" && command.args == ["--smt2", "-m"]
    @test sprint(show, command) ==
          "WasiCommand(\"boolector.wasm\", [\"--smt2\", \"-m\"]; timeout=5.0, " *
          "memory_limit=1073741824, env=[\"K\" => \"v\"], preopens=[\"in\" => \"/in\"], " *
          "writable=[\"out\" => \"/out\"], dir=\"/in\")"
end

@testset "commands with the same data are equal" begin
    make(; settings...) = WasiCommand("a.wasm", ["x"]; settings...)
    @test make() == make() && hash(make()) == hash(make())
    @test make(timeout=5) == make(timeout=5.0) && make(timeout=5) != make(timeout=6)
    @test make(env=Dict("B" => 2, "A" => 1)) == make(env=["A=1", "B=2"])
    @test make(env="A" => "1") == make(env=("A" => 1,))
    @test make(env=["A" => "1", "A" => "2"]) == make(env=["A" => "2"])
    @test make() != WasiCommand("b.wasm", ["x"]) && make() != WasiCommand("a.wasm")
    bytes = UInt8[1, 2, 3]
    of_bytes = WasiCommand(bytes)
    bytes[1] = 5
    @test of_bytes == WasiCommand(UInt8[1, 2, 3]) != WasiCommand(bytes)
    @test length(Set([make(), make(), of_bytes, WasiCommand(UInt8[1, 2, 3])])) == 2
    @test pipeline(make(), "out") == pipeline(make(); stdout="out")
    @test hash(make() & make()) == hash(make() & make()) && make() & make() != make() & of_bytes
end

@testset "a command can be serialized" begin
    command = WasiCommand(UInt8[1, 2]; env=["A" => "b"], timeout=1, config=(simd=false,))
    for x in (command, pipeline(command, `cat`, "out"), command & ignorestatus(command))
        io = IOBuffer()
        serialize(io, x)
        @test deserialize(seekstart(io)) == x
    end
end

@testset "wasi`…` splits, quotes and interpolates as Julia's backticks do" begin
    file, files, n = "a b", ["x", "y z"], 3
    @test wasi`prog.wasm --smt2 $file` == WasiCommand("prog.wasm", ["--smt2", "a b"])
    @test wasi`prog.wasm 'it is' "$n" -n$n $files pre$files`.args ==
          ["it is", "3", "-n3", "x", "y z", "prex", "prey z"]
    path = "my program.wasm"
    @test wasi`$path` == WasiCommand(path)
    native = ignorestatus(`prog.wasm a`)
    @test wasi`$native b` ==
          WasiCommand("prog.wasm", ["a", "b"]; ignorestatus=true)
    limited = WasiCommand("prog.wasm", ["-v"]; timeout=3)
    @test wasi`$limited $file` == WasiCommand("prog.wasm", ["-v", "a b"]; timeout=3)
    @test sprint(show, wasi`prog.wasm $file`) == "wasi`prog.wasm 'a b'`"
    @test occursin("only be interpolated as the first word", message_of(() -> wasi`a $limited`))
    @test occursin("only be interpolated as the first word", message_of(() -> wasi`a $limited.x`))
    @test message_of(() -> wasi`$(String[])`) == "ArgumentError: the command is empty"
    @test occursin("`nothing`", message_of(() -> wasi`prog.wasm $nothing`))
end

@testset "settings are changed as those of a Cmd" begin
    command = WasiCommand("a.wasm", ["x"]; env=["A" => "1"], timeout=2)
    @test WasiCommand(command; timeout=3, args=["y"]) ==
          WasiCommand("a.wasm", ["y"]; env=["A" => "1"], timeout=3)
    @test setenv(command, "B" => 2) == WasiCommand(command; env=["B" => "2"])
    @test setenv(command, Dict("B" => "2"); dir="/d") ==
          WasiCommand(command; env=["B" => "2"], dir="/d")
    @test setenv(command; dir="/d") == WasiCommand(command; dir="/d")
    @test addenv(command, "B" => "2") == WasiCommand(command; env=["A=1", "B=2"])
    @test addenv(command, ["A" => "3"]) == setenv(command, ["A" => "3"])
    @test ignorestatus(command) == WasiCommand(command; ignorestatus=true)
    native = setenv(`a.wasm x`, "A" => "1"; dir="/d")
    @test WasiCommand(native; timeout=2) == setenv(command; dir="/d")
end

@testset "a sandbox sets the limits that aren't given" begin
    sandbox = Sandbox(; timeout=2, fuel=10^9)
    modules = (max_module_size=2^24, max_module_functions=50_000)
    limits = (fuel=10^9, memory_limit=2^28, table_limit=100_000, instance_limit=100)
    limits = merge(limits, (output_limit=2^26, open_limit=100, written_limit=2^28))
    expected = WasiCommand("a"; timeout=2, config=modules, limits...)
    @test WasiCommand("a"; sandbox=sandbox) == expected
    @test WasiCommand(wasi`a`; sandbox=sandbox) == expected == WasiCommand(`a`; sandbox=sandbox)
    @test WasiCommand("a"; sandbox=sandbox, timeout=5, config=(simd=false,)) ==
          WasiCommand(expected; timeout=5, config=merge(modules, (simd=false,)))
    @test WasiCommand(WasiCommand("a"; timeout=5); sandbox=sandbox) == expected
    @test WasiCommand("a"; sandbox=sandbox, fuel=nothing) == WasiCommand(expected; fuel=nothing)
end

@testset "pipelines are shown as they are written" begin
    a, b = wasi`a.wasm`, wasi`b.wasm`
    show_text(x) = sprint(show, x)
    @test show_text(pipeline(a, b, "out")) ==
          "pipeline(pipeline(wasi`a.wasm`, stdout=wasi`b.wasm`), stdout=\"out\")"
    @test show_text(pipeline(`ls`, a, `wc`)) ==
          "pipeline(pipeline(`ls`, stdout=wasi`a.wasm`), stdout=`wc`)"
    @test show_text(pipeline("in", a)) == "pipeline(wasi`a.wasm`, stdin=\"in\")"
    @test show_text(pipeline(UInt8[1, 2], a)) == "pipeline(wasi`a.wasm`, stdin=2 bytes)"
    @test show_text(pipeline(a; stdout="out", append=true)) ==
          "pipeline(wasi`a.wasm`, stdout=\"out\", append=true)"
    @test show_text(a & `ls` & b) == "wasi`a.wasm` & `ls` & wasi`b.wasm`"
end

@testset "each form of pipeline takes native commands and programs" begin
    a = wasi`a.wasm`
    @test pipeline(`ls`; stdout=a) == pipeline(`ls`, a) == pipeline(a; stdin=`ls`)
    @test pipeline(a; stdout=`ls`) == pipeline(`ls`; stdin=a) == pipeline(a, `ls`)
    @test pipeline(`ls`; stderr=a, stdout="out") isa WasiPipeline
    @test pipeline(`ls`; stdin=a, stdout="out", stderr="err", append=true) isa WasiPipeline
    @test pipeline(a; stderr=`ls`) isa WasiPipeline
    @test `ls` & a isa WasiPipeline && a & `ls` isa WasiPipeline
    @test ignorestatus(pipeline(a, `ls`)) == pipeline(ignorestatus(a), ignorestatus(`ls`))
end

@testset "settings that can't be used are errors in the user's words" begin
    for (settings, expected) in (
        (tiemout=4,) => "`tiemout` is no setting of a WasiCommand. Did you mean `timeout`?",
        (stdin="x",) => "by `pipeline(command; stdin=…)`",
        (network=true,) => "WASI preview 1 has no sockets",
        (network=1,) => "`network` is true or false, not 1",
        (timeout=-1,) => "the time limit, -1 seconds, is negative",
        (timeout=NaN,) => "is not a number",
        (timeout="1",) => "the timeout is a number of seconds, not \"1\"",
        (fuel=-1,) => "the fuel, -1, is negative",
        (memory_limit=2.5,) => "the memory limit is an integer, not 2.5",
        (open_limit=2^40,) => "the open limit, $(2^40), is more than",
        (seed=big(2)^64,) => "the seed, $(big(2)^64), is more than",
        (clock="now",) => "in seconds since 1970",
        (clock=-1,) => "-1 seconds since 1970, is out of range",
        (env=["A"],) => "the environment variable `A` is not `name=value`",
        (env=["" => "x"],) => "the name of an environment variable is empty",
        (env=["A=" => "x"],) => "contains `=`: `A=`",
        (env=["A" => "x\0"],) => "the environment variable `A` contains a NUL",
        (env=["A" => "\xff"],) => "the environment variable `A` is not valid UTF-8",
        (env=5,) => "`env` has pairs `name => value`, not 5",
        (preopens="x",) => "`preopens` has pairs `host => guest`, not \"x\"",
        (writable=["x"],) => "`writable` has pairs `host => guest`, not \"x\"",
        (writable=["" => "/x"],) => "the path of a folder of `writable` is empty",
        (preopens=["x" => ""],) => "the guest path of a folder is empty",
        (preopens=["x" => "/a"], writable=["y" => "/a"]) => "have the guest path `/a`",
        (preopens=["x" => "."], dir="y") => "have the guest path `.`",
        (sandbox=5,) => "`sandbox` is a `Sandbox`, not 5",
        (sandbox=Sandbox(), config=5) => "`config` is a named tuple of settings, not 5",
        (config=5,) => "`config` is a named tuple of settings, not 5",
        (config=(tail_cal=true,),) => "of a WasmConfig. Did you mean `tail_call`?",
        (config=(epoch_interruption=false,),) => "`epoch_interruption` is always true",
        (ignorestatus=1,) => "`ignorestatus` is true or false, not 1",
    )
        @test occursin(expected, message_of(() -> WasiCommand("a.wasm"; settings...)))
    end
    for (make, expected) in (
        (() -> WasiCommand("")) => "the path of the program is empty",
        (() -> WasiCommand(5)) => "the path of a file or the bytes of a module, not 5",
        (() -> WasiCommand("\0asm\1\0\0\0")) => "`read(path)`, without `String`",
        (() -> WasiCommand("a", "b c")) => "the arguments are a vector of texts, such as",
        (() -> WasiCommand("a", ["b", nothing])) => "argument 2 is a text, not nothing",
        (() -> WasiCommand("a", ["b\0"])) => "argument 1 contains a NUL: \"b\\0\"",
        (() -> WasiCommand("a", ["\xff"])) => "argument 1 is not valid UTF-8",
        (() -> pipeline(wasi`a`, 5)) => "`stdout` is the name of a file, an `IO` or a command",
        (() -> pipeline(wasi`a`; stdin=5)) => "an `IO`, a vector of bytes or a command, not 5",
        (() -> pipeline(wasi`a`; append=true)) => "append set to true",
        (() -> pipeline(wasi`a`; stdout=IOBuffer(), append=true)) => "is for names of files",
    )
        @test occursin(expected, message_of(make))
    end
end
