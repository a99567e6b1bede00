using Profile

engine = WasmEngine()
store = WasmStore(engine)
profiled = wat"""(module $guest (import "env" "wait" (func $wait))
    (func $spin (param $n i32)
        (loop (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func $outer (export "outer") (param $n i32) (call $spin (local.get $n)))
    (func $waits (export "waits") (call $wait)))"""
instance = WasmInstance(store, WasmModule(engine, profiled); env=(wait=() -> sleep(0.02),))
x = exports(instance)

# A profile with samples, however fast the machine is.
function sampled(f; interval=0.0005)
    for round in 1:12
        p = wasm_profile(() -> (foreach(_ -> f(), 1:2^round); round), store; interval=interval)
        length(p.samples) >= 3 && return p
    end
    return error("no samples were taken")
end

functions(p, sample) = [p.frames[index].func for index in sample.stack]

p = sampled(() -> x.outer(20_000_000))

@testset "a profile has the functions of wasm that ran" begin
    @test ["spin", "outer"] in [functions(p, sample) for sample in p.samples]
    @test all(sample -> sample.weight >= 1 && sample.time <= p.duration, p.samples)
    @test p.interval == 0.0005 && p.dropped == 0 && p.value isa Int
    @test p.frames[3].module_name == "guest"
    @test startswith(string(p), "WasmProfile with ")
    shown = sprint(show, MIME("text/plain"), p)
    @test occursin(r"100 %  outer", shown) && occursin("spin", shown)
end

@testset "a host function has a frame of its own" begin
    p = sampled(() -> x.waits())
    @test ["(host function)", "waits"] in [functions(p, sample) for sample in p.samples]
end

@testset "the data is that of Julia's own profiler" begin
    data, lidict = profile_data(p)
    total = sum(sample.weight for sample in p.samples)
    @test count(==(3), data) <= length(data)
    tree = sprint(io -> Profile.print(io, data, lidict))
    @test occursin("outer", tree) && occursin("spin", tree) && occursin("guest", tree)
    flat = sprint(io -> Profile.print(io, data, lidict; format=:flat, sortedby=:count))
    line = first(filter(line -> occursin("outer", line), split(flat, '\n')))
    @test parse(Int, match(r"\d+", line).match) == total
    # Julia counts as many samples as the profile has.
    has_meta = VERSION >= v"1.8"
    @test count(==(0), data) == (has_meta ? 2 : 1) * total
end

@testset "the data has at most a million samples, in the same proportions" begin
    stacks = [[3], [4]]
    samples = [WasmSample(0.0, 1, stacks[index % 2 + 1]) for index in 1:1_200_000]
    push!(samples, WasmSample(0.0, 600_000, [5]))
    frames = p.frames[[1, 2, 3, 3, 3]]
    data, _ = profile_data(SafeWasm.WasmProfile(C_NULL, frames, samples, 1, 1, 0, nothing))
    @test [count(==(index), data) for index in 3:5] == [300_000, 300_000, 300_000]
end

@testset "a profile is written for other programs" begin
    stacks = collapsed_stacks(p)
    @test occursin(r"^outer in guest;spin in guest \d+$"m, stacks)
    json = String(firefox_profile(p))
    @test startswith(json, "{\"meta\":{") && occursin("\"spin in guest\"", json)
    close(p)
    @test endswith(string(p), " s (closed)") && !isempty(first(profile_data(p)))
    @test thrown(() -> collapsed_stacks(p)).code === :invalid_handle
    @test !isempty(p.samples)
end

@testset "an exception ends the profile, and the store can be profiled again" begin
    e = thrown(() -> wasm_profile(() -> error("in between"), store))
    @test e isa ErrorException
    @test isempty(wasm_profile(() -> nothing, store).samples)
    e = thrown(() -> wasm_profile(() -> wasm_profile(() -> 1, store), store))
    @test e.code === :invalid_argument && occursin("recorded already", e.message)
    # The one that is recorded goes on.
    p = wasm_profile(() -> thrown(() -> wasm_profile(() -> 1, store)).code, store)
    @test p.value === :invalid_argument
    @test wasm_profile(() -> 7, instance).value == 7
end

@testset "settings that are out of range are refused" begin
    for short in (1e-5, 1e-9, 1e-300, 1 // 100_000)
        e = thrown(() -> wasm_profile(() -> 1, store; interval=short))
        @test e.code === :invalid_argument
        @test e.message == "`interval` is $short seconds; it must be at least 0.0001"
    end
    @test wasm_profile(() -> 1, store; interval=0.0001).interval == 0.0001
    for bad in (0, -1, NaN, Inf)
        @test thrown(() -> wasm_profile(() -> 1, store; interval=bad)) isa ArgumentError
    end
    @test thrown(() -> wasm_profile(() -> 1, store; max_samples=0)) isa ArgumentError
    @test thrown(() -> wasm_profile(() -> 1, store; max_samples=10^8)).code === :invalid_argument
    still = WasmStore(WasmEngine(epoch_interruption=false))
    @test thrown(() -> wasm_profile(() -> 1, still)).code === :unsupported
    closed = WasmStore(engine)
    close(closed)
    @test thrown(() -> wasm_profile(() -> 1, closed)).code === :invalid_handle
end
