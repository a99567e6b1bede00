# Sends itself SIGINT while the main task waits for another task's host function.
using SafeWasm

Base.exit_on_sigint(false)

engine = WasmEngine()
m = WasmModule(
    engine,
    wat"""(module (import "e" "f" (func $f)) (func (export "go") (call $f)))""",
)
leave = Channel{Int}(1)
holder = WasmInstance(WasmStore(engine), m; e=(f=() -> take!(leave),))
other = WasmInstance(WasmStore(engine), m; e=(f=() -> nothing,))
# Compiled before the signals come.
call(other, "go"; timeout=20)
run(`sh -c "true"`)

held = @async call(holder, "go")
yield()
interrupted = count(1:5) do _
    try
        run(`sh -c "(sleep 0.2; kill -INT $(getpid())) &"`)
        call(other, "go"; timeout=20)
        false
    catch e
        e isa InterruptException
    end
end
println(interrupted, " of 5 waits were interrupted")
put!(leave, 1)
wait(held)
call(other, "go")
println("the store works on")
