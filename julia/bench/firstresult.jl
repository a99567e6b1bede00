# Prints the time from the first line of a program to its first result of wasm, in nanoseconds. With
# the package, the line before has the part of this time that `using SafeWasm` takes.
#
#     firstresult.jl                with the package
#     firstresult.jl LIBRARY.so     with `ccall`s of Wasmtime's C functions
const START = time_ns()
const TEXT = """(module (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"""

if isempty(ARGS)
    @eval using SafeWasm
    println(time_ns() - START)
    engine = WasmEngine()
    instance = WasmInstance(WasmStore(engine), WasmModule(engine, wat2wasm(TEXT)))
    result = exports(instance).add(1, 2)
else
    include("peer.jl")
    result = Base.invokelatest(Peer.add(Peer.Library(ARGS[1]), TEXT), Int32(1), Int32(2))
end
result === Int32(3) || error("the result is $result")
println(time_ns() - START)
