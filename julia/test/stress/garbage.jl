# Stores that nobody closes.

const ONE = wat"""(module (memory (export "memory") 1)
    (func (export "one") (result i32) (i32.const 1)))"""

@noinline function leave_store(engine, m, made, gone)
    store = WasmStore(engine)
    Threads.atomic_add!(made, 1)
    finalizer(_ -> Threads.atomic_add!(gone, 1), store)
    call(WasmInstance(store, m), "one") == 1 || error("an instance does not work")
    return nothing
end

"""
Makes stores with an instance each, on all threads, and closes none. Returns the resident
bytes after 10 % of them and at the end, and how many stores were made, finalized and left.
"""
function leave_stores(count)
    engine = WasmEngine()
    m = WasmModule(engine, ONE)
    others = SafeWasm.LIVE_MAPPINGS[]
    made, gone = Threads.Atomic{Int}(0), Threads.Atomic{Int}(0)
    threads = Threads.nthreads()
    before, after = growth(count, threads * 1000) do some
        Threads.@threads for thread in 1:threads
            for _ in thread:threads:some
                leave_store(engine, m, made, gone)
            end
        end
    end
    return before, after, made[], gone[], SafeWasm.LIVE_MAPPINGS[] - others
end
