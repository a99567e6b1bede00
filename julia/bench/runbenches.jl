# Measures what operations cost in Julia, beside a plain `ccall` or a `Vector`. Writes a line for
# each, with its name and the median of its nanoseconds.
#
#     runbenches.jl LIBRARY.so FILE
#
# The library has Wasmtime's own C functions. With several threads (`julia -t 2`) only calls are
# measured.
using Distributed
using SafeWasm

include("peer.jl")

# Not within a function, where `@__DIR__` would be the folder in which it is compiled.
const PACKAGE = dirname(@__DIR__)

const API = SafeWasm.API

const TEXT = """(module
    (memory (export "memory") 16)
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1))))"""
const WASM = wat2wasm(TEXT)

const LOOP = wat"""(module
    (import "host" "add" (func $add (param i32 i32) (result i32)))
    (func (export "loop") (param i32) (result i32) (local i32)
        (loop $again
            (local.set 1 (call $add (local.get 0) (local.get 1)))
            (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1)))"""

# Writes a line and ends.
const HELLO = wat2wasm(raw"""(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\0d\00\00\00hello, world\n")
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))
        (call $exit (i32.const 0))))""")

# A module whose compiled code has several megabytes.
function large_module(functions=12_000)
    step = "(local.set 0 (i32.mul (i32.xor (local.get 0) (local.get 1)) (i32.const 7)))"
    func = "(func (param i32 i32) (result i32) $(step^30) (local.get 0))"
    return wat2wasm("(module $(func^functions))")
end

middle(values) = sort(values)[(length(values) + 1) ÷ 2]

# The median time of `f(args...)`. It is repeated, since the clock is coarse.
median_of(f, args...) = only(medians_of(f, args))

# The same for each of several `args`, in turns, so that other load of the machine and the garbage
# collector affect all of them.
function medians_of(f, several...; samples=41)
    repeats = map(several) do args
        f(args...)
        once = max(@elapsed(f(args...)), 1e-9)
        repeated(f, args, 1)
        return clamp(round(Int, 0.005 / once), 1, 100_000)
    end
    rounds = [map((args, n) -> repeated(f, args, n) / n, several, repeats) for _ in 1:samples]
    return [middle([times[index] for times in rounds]) for index in eachindex(several)]
end

@noinline function repeated(f, args, repeats)
    start = time_ns()
    for _ in 1:repeats
        f(args...)
    end
    return Float64(time_ns() - start)
end

# `n` calls in a loop, which is compiled with them.
function calls(f, n)
    sum = Int32(0)
    for i in Int32(1):n
        sum = f(sum, i)
    end
    return sum
end

check(error) = error == C_NULL || throw(ErrorException("the library's function failed"))

# The C function alone, with the same slots, and without handling of its errors.
struct Direct
    func::Ptr{API.safewasm_func_t}
end
@inline function (f::Direct)(a, b)
    cell = Ref(((a % UInt64, UInt64(0)), (b % UInt64, UInt64(0))))
    GC.@preserve cell begin
        data = Ptr{API.safewasm_slot_t}(Base.unsafe_convert(Ptr{typeof(cell[])}, cell))
        check(API.safewasm_func_call_slots(f.func, data, 2))
    end
    return cell[][1][1] % Int32
end

function direct_bulk!(sums, f, xs, ys)
    column(array) = API.safewasm_column_t(pointer(array), sizeof(eltype(array)))
    GC.@preserve sums xs ys begin
        check(API.safewasm_func_call_bulk(f, length(sums), [column(xs), column(ys)], 2, [column(sums)], 1))
    end
    return sums
end

function new_instance(engine, wasm)
    store = WasmStore(engine)
    close(WasmInstance(store, wasm))
    return close(store)
end

function direct_new_instance(engine, wasm)
    store, instance = Ref(Ptr{API.safewasm_store_t}()), Ref(Ptr{API.safewasm_instance_t}())
    check(API.safewasm_store_new(engine, store))
    check(API.safewasm_instance_new(store[], wasm, C_NULL, 0, instance))
    API.safewasm_instance_delete(instance[])
    return API.safewasm_store_delete(store[])
end

# A scattered walk, in which each index depends on the byte that was read before.
function scattered(bytes, n)
    index, sum = 1, 0
    for _ in 1:n
        byte = bytes[index]
        sum += byte
        index = (index * 5 + byte + 12_345) & 0xffff + 1
    end
    return sum
end

function in_sequence(bytes, n)
    sum = 0
    for index in 1:n
        sum += bytes[index]
    end
    return sum
end

# What `firstresult.jl` prints, each time in a new process: the median of each of its lines.
function first_result(args...; depot=join(DEPOT_PATH, ':'), samples=11)
    program = joinpath(@__DIR__, "firstresult.jl")
    command = `$(Base.julia_cmd()) --project=$PACKAGE --startup-file=no $program $args`
    environment = merge(ENV, Dict("JULIA_DEPOT_PATH" => depot))
    run_once() = parse.(Int, readlines(setenv(command, environment)))
    times = [run_once() for _ in 1:samples]
    return [middle([time[line] for time in times]) for line in eachindex(times[1])]
end

typed(f) = TypedFunc{Tuple{Int32,Int32},Int32}(f)

function measured_calls(library)
    engine = WasmEngine()
    func = exports(WasmInstance(WasmStore(engine), WasmModule(engine, WASM))).add
    plain(a, b) = ccall(:abs, Cint, (Cint,), a + b)
    callables = (
        "typed" => typed(func),
        "untyped" => func,
        "direct" => Direct(getfield(func, :ptr)),
        "capi-unchecked" => Peer.add(Peer.Library(library), TEXT),
        "plain" => plain,
    )
    times = medians_of(calls, ((last(callable), Int32(1000)) for callable in callables)...)
    return [first(callable) => time / 1000 for (callable, time) in zip(callables, times)]
end

function measured_rest(library)
    engine = WasmEngine()
    store = WasmStore(engine)
    wasm = WasmModule(engine, WASM)
    x = exports(WasmInstance(store, wasm))
    add = typed(x.add)
    results = Pair{String,Float64}[]
    note(name, value) = push!(results, name => value)

    # The time for ten thousand elements.
    xs, ys, sums = rand(Int32, 10^6), rand(Int32, 10^6), zeros(Int32, 10^6)
    into!(out, f, a, b) = out .= f.(a, b)
    note("bulk/typed", median_of(into!, sums, add, xs, ys) / 100)
    note("bulk/untyped", median_of((f, a, b) -> f.(a, b), x.add, xs, ys) / 100)
    note("bulk/direct", median_of(direct_bulk!, sums, x.add, xs, ys) / 100)

    host = WasmFunc((a, b) -> a + b, store, (Int32, Int32) => Int32)
    run = exports(WasmInstance(store, WasmModule(engine, LOOP), [host])).loop
    run = TypedFunc{Tuple{Int32},Int32}(run)
    note("host/typed", median_of(run, Int32(1000)))

    # Wasm's memory beside an array.
    memory, vector, buffer = x.memory, zeros(UInt8, 16 * 65536), zeros(UInt8, 65536)
    function note_both(name, f, args...; per=1)
        times = medians_of(f, (memory, args...), (vector, args...))
        note("memory/$name", first(times) / per)
        return note("vector/$name", last(times) / per)
    end
    note_both("scattered", scattered, 10_000; per=10_000)
    note_both("sequence", in_sequence, 65536; per=65536)
    note_both("slice", bytes -> bytes[1:65536])
    note_both("copyto", bytes -> copyto!(bytes, 1, buffer, 1, 65536))
    note_both("fill", bytes -> fill!(bytes, 0x01))

    copy_direct() = GC.@preserve buffer check(API.safewasm_memory_write(memory, 0, pointer(buffer), 65536))
    note("memory/direct", median_of(copy_direct))

    note("instance/new", median_of(new_instance, engine, wasm))
    note("instance/direct", median_of(direct_new_instance, engine, wasm))
    hello = WasiCommand(HELLO, ["hello"])
    note("wasi/read", median_of(command -> read(pipeline(command; stdin=IOBuffer("input"))), hello))

    note_transfers(note, engine)
    mktempdir() do depot
        note("first/cold", last(first_result(; depot=depot, samples=1)))
    end
    loaded, result = first_result()
    note("first/loaded", loaded)
    note("first/package", result)
    note("first/ccalls", only(first_result(library)))
    return results
end

# To a worker: a module, which is loaded and closed there, and a vector of the same size.
function note_transfers(note, engine)
    worker = only(addprocs(1; exeflags=`--project=$PACKAGE --startup-file=no`))
    try
        remotecall_fetch(Core.eval, worker, Main, :(using SafeWasm))
        wasm = WasmModule(engine, large_module())
        sent = ((close, worker, wasm), (length, worker, compiled(wasm)))
        times = medians_of(remotecall_fetch, sent...)
        note("transfer/module", first(times))
        note("transfer/vector", last(times))
    finally
        rmprocs(worker)
    end
end

function write_lines(io, prefix, results)
    for (name, value) in results
        println(io, prefix, name, " ", round(value; digits=3))
    end
end

open(ARGS[2], "w") do io
    library = abspath(ARGS[1])
    if Threads.nthreads() > 1
        return write_lines(io, "julia/call-threads/", measured_calls(library))
    end
    write_lines(io, "julia/call/", measured_calls(library))
    write_lines(io, "julia/", measured_rest(library))
end
