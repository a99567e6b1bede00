# Sends itself SIGINT while the library makes an object. Julia throws the InterruptException
# when the object exists, and before anything can have it.
using SafeWasm
using SafeWasm: API

Base.exit_on_sigint(false)

const ENGINE = WasmEngine()
const WASM = wat"(module)"

# The signal reaches Julia on another thread.
function interrupt_this_process()
    pending = cglobal(:jl_signal_pending, Cint)
    ccall(:kill, Cint, (Cint, Cint), getpid(), Base.SIGINT)
    for _ in 1:10_000
        unsafe_load(pending) == 0 || break
        Libc.systemsleep(0.001)
    end
end

# Calls `make` with a function that makes a handle and sends the signal. Returns the handle and
# the type of the exception.
@noinline function interrupted(make, create)
    made = Ref(C_NULL)
    thrown = try
        make() do handle
            error = create(ENGINE, pointer(WASM), length(WASM), handle)
            made[] = handle[]
            interrupt_this_process()
            error
        end
    catch e
        typeof(e)
    end
    return made[], thrown
end

function report(make, name, create, is_valid)
    handle, thrown = interrupted(make, create)
    foreach(_ -> GC.gc(), 1:2)
    return println(name, ": ", thrown, ", ", is_valid(handle) ? "left" : "deleted")
end

is_valid_module(ptr) = API.safewasm_module_is_valid(Ptr{API.safewasm_module_t}(ptr))

function are_valid_bytes(ptr)
    bytes = Ptr{API.safewasm_bytes_t}(ptr)
    error = API.safewasm_bytes_data(bytes, Ref{Ptr{UInt8}}(C_NULL), Ref{Csize_t}(0))
    API.safewasm_error_delete(error)
    return error == C_NULL
end

report(create -> WasmModule(create, ENGINE), "module", API.safewasm_module_new, is_valid_module)
report("bytes", API.safewasm_module_precompile, are_valid_bytes) do create
    SafeWasm.with_bytes(copy, create)
end

const MODULE = WasmModule(ENGINE, WASM)
report("clone", (engine, at, len, handle) -> API.safewasm_module_clone(MODULE, handle), is_valid_module) do create
    SafeWasm.with_handle(identity, WasmModule, create)
end
