# What first programs do: the calls whose code the package should have ready.
using SafeWasm

engine = WasmEngine()
store = WasmStore(engine)
mod = WasmModule(engine, wat"""(module
    (import "env" "log" (func $log (param i32)))
    (memory (export "memory") 1)
    (global (export "count") (mut i32) (i32.const 0))
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    (func (export "half") (param f64) (result f64)
        (f64.div (local.get 0) (f64.const 2)))
    (func (export "run") (call $log (i32.const 42)))
    (func (export "trap") unreachable))""")
show(IOBuffer(), imports(mod))
show(IOBuffer(), exports(mod))
logged = Int32[]
instance = WasmInstance(store, mod; env=(log=x -> push!(logged, x),))
call(instance, "run")
call(instance, "run"; timeout=10)
call(instance, "add", 1, 2)
exports(instance).add(1, 2)
instance.exports.half(3.0)
show(IOBuffer(), MIME("text/plain"), exports(instance))
add = TypedFunc{Tuple{Int32,Int32},Int32}(instance.exports.add)
add(1, 2)
add.([1, 2], 10)
mem = instance.exports.memory
write(mem, 16, "hello"; nul=true)
read_string(mem, 16)
read_string(mem, 16, 5)
read(mem, 16, 5)
write(mem, 32, [1.5, 2.5])
read(mem, Float64, 32, 2)
read(mem, Int32, 32)
mem[1] = 0x2a
mem[1], mem[1:4], length(mem), grow!(mem, 1)
instance.exports.count[] = 5
instance.exports.count[]
for use in (instance.exports.trap, () -> call(instance, "ad"))
    try
        use()
    catch e
        showerror(IOBuffer(), e)
    end
end
WasmModule(engine, write(tempname(), wat"(module)") > 0 ? wat"(module)" : UInt8[])
close(instance), close(store), close(mod), close(engine)
