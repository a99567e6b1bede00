# Sends itself SIGINT repeatedly while it is in wasm, in host functions and in between.
using SafeWasm

Base.exit_on_sigint(false)

engine = WasmEngine()
m = WasmModule(
    engine,
    wat"""(module
        (import "e" "f" (func $f (param i32) (result i32)))
        (func (export "spin") (loop $l (br $l)))
        (func (export "calls") (loop $l (drop (call $f (i32.const 1))) (br $l)))
        (func (export "quick") (param i32) (result i32) (call $f (local.get 0))))""",
)

function busy(x)
    start = time_ns()
    while time_ns() - start < 20_000
    end
    return x
end

instance = WasmInstance(WasmStore(engine), m; e=(f=busy,))
typed = TypedFunc{Tuple{Int32},Int32}(exports(instance).quick)

# Ends even without a signal.
const SECONDS = 20

# Compiled before the first signal comes, which might otherwise end another task.
run(`sh -c "true"`)

function interrupted(f)
    delay = round(0.05 + 0.05 * rand(); digits=3)
    return try
        # On a busy machine the signal may come before this is done.
        run(`sh -c "(sleep $delay; kill -INT $(getpid())) &"`)
        f()
        false
    catch e
        e isa InterruptException
    end
end

function forever()
    start = time()
    while time() - start < SECONDS
        call(instance, "quick", 1)
        typed(2)
    end
end

for (name, f) in (
    "wasm" => () -> call(instance, "spin"; timeout=SECONDS),
    "host" => () -> call(instance, "calls"; timeout=SECONDS),
    "between" => forever,
)
    println(name, ": ", count(_ -> interrupted(f), 1:25), " of 25")
end
call(instance, "quick", 7) == 7 && println("the store works on")
