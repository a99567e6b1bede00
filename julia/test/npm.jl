# The programs of `docs/guides/npm-modules.md` with bad input, and their functions with other modules. The
# packages are kept in `target/npm`. The tests are skipped if they aren't there and npm can't be reached.
using SafeWasm
using Test

const ROOT = dirname(dirname(@__DIR__))
const GUIDE = read(joinpath(ROOT, "docs", "guides", "npm-modules.md"), String)
const PACKAGES = [m[1] for m in eachmatch(r"npm_package\(\s*\"([^\"]+)\"\)", GUIDE)]

cd(mkpath(joinpath(ROOT, "target")))
ENV["npm_config_fetch_retries"] = "1"
ENV["npm_config_fetch_timeout"] = "20000"

is_here(name) = isdir(joinpath("npm", replace(name, '/' => '+'), "package"))
reaches_npm() =
    Sys.which("npm") !== nothing &&
    success(pipeline(`npm view --silent $(first(PACKAGES)) version`; stderr=devnull))

if !all(is_here, PACKAGES) && !reaches_npm()
    println("npm: skipped, as npm or its registry can't be reached")
    exit(0)
end

for program in eachmatch(r"```julia\S*\n(.*?)```"s, GUIDE)
    include_string(Main, program[1], "npm-modules.md")
end

message(f) =
    try
        f()
    catch e
        sprint(showerror, e)
    end

const RESULT = @testset "npm" begin
    @testset "bytes that are no picture are an error, and pictures are decoded afterwards" begin
        @test occursin("not an image", message(() -> decode_png(picture[1:50])))
        @test reshape(decode_png(picture)[3], 4, 4)[:, 3] == [0, 0, 255, 255]
    end

    @testset "bad mappings are an error, and many mappings are decoded afterwards" begin
        @test occursin("not mappings", message(() -> decode_mappings("!!")))
        @test decode_mappings("AAAA") == [(0, 0) => (0, 0, 0)]
        @test length(decode_mappings(join(fill("AAAA", 1000), ';'))) == 1000
    end

    @testset "bytes that are not compressed are an error, and others are decompressed afterwards" begin
        @test message(() -> decompress([0xff, 0xff, 0xff])) == "Brotli decompress failed"
        @test String(decompress(compressed)) == "Wasm "^20
    end

    @testset "a query that is ended has a backtrace" begin
        @test runaway isa WasmTrap && !isempty(runaway.frames)
    end

    @testset "longjmp leaves a function that invoke_ called" begin
        jumps = WasmModule(engine, wat"""(module
            (import "env" "invoke_vi" (func $invoke (param i32 i32)))
            (import "env" "_emscripten_throw_longjmp" (func $throw))
            (table (export "__indirect_function_table") 2 funcref)
            (global $stack (mut i32) (i32.const 1000))
            (global $threw (mut i32) (i32.const 0))
            (func (export "stackSave") (result i32) (global.get $stack))
            (func (export "stackRestore") (param i32) (global.set $stack (local.get 0)))
            (func (export "setThrew") (param i32 i32) (global.set $threw (local.get 0)))
            (func $jump (param i32)
                (global.set $stack (i32.const 900))
                (if (i32.eq (local.get 0) (i32.const 1)) (then (call $throw)))
                (if (i32.eq (local.get 0) (i32.const 2)) (then (unreachable))))
            (elem (i32.const 1) $jump)
            (func (export "run") (param i32) (result i32 i32)
                (global.set $stack (i32.const 1000))
                (call $invoke (i32.const 1) (local.get 0))
                (global.get $threw) (global.get $stack)))""")
        jump_linker, instance = WasmLinker(engine), Ref{WasmInstance}()
        define_invokes!(jump_linker, jumps, instance)
        instance[] = instantiate(jump_linker, WasmStore(engine), jumps)
        @test instance[].exports.run(0) == (0, 900)
        @test instance[].exports.run(1) == (1, 1000)
        @test occursin("unreachable", message(() -> instance[].exports.run(2)))
    end

    @testset "AssemblyScript's abort throws its message" begin
        aborts = WasmModule(engine, wat"""(module
            (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
            (memory (export "memory") 1)
            (data (i32.const 12) "\06\00\00\00b\00a\00d\00")
            (data (i32.const 28) "\04\00\00\00f\00s\00")
            (func (export "run")
                (call $abort (i32.const 16) (i32.const 32) (i32.const 3) (i32.const 7))))""")
        run = WasmInstance(WasmStore(engine), aborts; env=(abort=abort,)).exports.run
        @test message(run) == "bad at fs:3:7"
    end
end

println("npm: ", RESULT.n_passed + sum(set -> set.n_passed, RESULT.results), " passed, 0 failed")
