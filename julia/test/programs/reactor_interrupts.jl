# Sends itself SIGINT while wasm on Julia's thread is in a function of WASI that would not end.
using SafeWasm

include(joinpath(@__DIR__, "..", "wasi_guests.jl"))
Base.exit_on_sigint(false)

const ENGINE = WasmEngine()

function start(wasm; settings...)
    store = WasmStore(ENGINE; wasi=WasiConfig(; settings...))
    return call(WasmInstance(store, WasmModule(ENGINE, wasm)), "_start"; timeout=60)
end

# Compiled before the signals come.
run(`sh -c "true"`)
start(CAT; stdin=IOBuffer("x"), stdout=IOBuffer())

# A pipe to which nobody writes.
function silent()
    pipe = Pipe()
    Base.link_pipe!(pipe)
    return pipe
end

# Takes everything.
struct Taking <: IO end
Base.write(::Taking, byte::UInt8) = 1

function interrupted(f)
    try
        run(`sh -c "(sleep 0.5; kill -INT $(getpid())) &"`)
        f()
        return "not interrupted"
    catch e
        return e isa InterruptException ? "interrupted" : sprint(showerror, e)
    end
end

for (name, f) in (
    "loop" => () -> start(LOOPS),
    "sleep" => () -> start(SLEEPS),
    "read" => () -> start(CAT; stdin=silent()),
    "write" => () -> start(YES; stdout=Taking()),
)
    println(name, ": ", interrupted(f))
end
output = IOBuffer()
start(CAT; stdin=IOBuffer("works on"), stdout=output)
println(String(take!(output)))
