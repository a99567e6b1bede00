using SafeWasm
using Test

include("limited.jl")
include("wasi_guests.jl")

# All test files, or those that are named as arguments.
const FILES = isempty(ARGS) ? (
    "config.jl",
    "modules.jl",
    "components.jl",
    "componentcalls.jl",
    "componentimports.jl",
    "componentresources.jl",
    "compiling.jl",
    "artifacts.jl",
    "cache.jl",
    "instances.jl",
    "calls.jl",
    "bulk.jl",
    "memory.jl",
    "access.jl",
    "traps.jl",
    "profiles.jl",
    "hosts.jl",
    "references.jl",
    "heap.jl",
    "globals.jl",
    "imports.jl",
    "linker.jl",
    "sharedmemory.jl",
    "limits.jl",
    "tasks.jl",
    "waits.jl",
    "examples.jl",
    "wasi_reactors.jl",
    "wasi_commands.jl",
    "wasi_running.jl",
    "wasi_streams.jl",
    "wasi_ends.jl",
    "packages.jl",
    "objects.jl",
    "messages.jl",
    "mistakes.jl",
    "copies.jl",
    "workers.jl",
    "loading.jl",
    "quality.jl",
) : Tuple(ARGS)

# A module with state: a memory, a global that a function counts in, a table.
const COUNTER = wat"""(module
    (memory (export "memory") 1 3)
    (global $count (export "count") (mut i32) (i32.const 0))
    (table (export "table") 1 funcref)
    (func (export "next") (result i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (global.get $count))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"""

# The error that `f` throws.
function thrown(f)
    try
        f()
    catch e
        return e
    end
    error("nothing was thrown")
end

# Whether `Threads.@spawn` can use another thread than this one.
@static if VERSION >= v"1.9"
    has_other_thread() = Threads.nthreads() > (Threads.threadpool() === :default)
else
    has_other_thread() = Threads.nthreads() > 1
end

counts(t) = (1, 0)
counts(::Test.Pass) = (1, 0)
counts(::Union{Test.Fail,Test.Error}) = (0, 1)
function counts(set::Test.DefaultTestSet)
    passed, failed = set.n_passed, 0
    for result in set.results
        # The passes of this set are in `n_passed`; those of inner sets aren't.
        result isa Test.Pass && continue
        more = counts(result)
        passed += more[1]
        failed += more[2]
    end
    return passed, failed
end

const RESULT = try
    @testset "SafeWasm" begin
        for file in FILES
            @testset "$file" begin
                watched(() -> include(joinpath(@__DIR__, file)), file)
            end
        end
    end
catch e
    e isa Test.TestSetException || rethrow()
    println("julia: ", e.pass, " passed, ", e.fail + e.error, " failed")
    exit(1)
end

let (passed, failed) = counts(RESULT)
    println("julia: ", passed, " passed, ", failed, " failed")
    exit(failed == 0 && passed > 0 ? 0 : 1)
end
