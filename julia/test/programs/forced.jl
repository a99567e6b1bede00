# Without epoch interruption nothing ends wasm, until after several Ctrl-C Julia throws out of it.
using SafeWasm

Base.exit_on_sigint(false)

engine = WasmEngine(WasmConfig(epoch_interruption=false))
m = WasmModule(
    engine,
    wat"""(module (func (export "spin") (loop $l (br $l)))
                  (func (export "one") (result i32) (i32.const 1)))""",
)
instance = WasmInstance(WasmStore(engine), m)
# Compiled before the signals come.
call(instance, "one")
done = tempname()
run(`sh -c "(sleep 0.3; while [ ! -e $done ]; do sleep 0.2; kill -INT $(getpid()) || exit; done) &"`)

# More signals arrive while the first is handled.
function persist(f)
    while true
        try
            return f()
        catch e
            e isa InterruptException || rethrow()
        end
    end
end

forced = try
    call(instance, "spin")
    false
catch e
    e isa InterruptException
end
persist(() -> (touch(done); sleep(0.5)))
forced && println("left by force")
for store in (instance.store, WasmStore(engine))
    try
        call(WasmInstance(store, m), "one")
    catch e
        println("refused: ", e.message)
    end
end
println("alive")
