# A program as slow as can be: nothing in it was compiled before, and its host functions are compiled late.

using SafeWasm
engine = WasmEngine()
store = WasmStore(engine)
mod = WasmModule(engine, wat"""(module
    (import "e" "f" (func $f (param i32) (result i32)))
    (import "e" "any" (func $any (param externref)))
    (func (export "run") (param i32) (result i32)
        (call $any (ref.null extern)) (call $f (call $f (local.get 0)))))""")
late(x) = parse(Int32, sprint(io -> show(io, eval(:((y -> y + 1)($x))))))
instance = WasmInstance(store, mod; e=(f=late, any=x -> string(Any[x, 1.5, "x"])))
run_it() = call(instance, "run", 1)
@assert call(instance, "run", 1; timeout=0.05) == 3
@assert exports(instance).run(1; timeout=0.05) == 3
println(with_timeout(run_it, store, 0.05))
