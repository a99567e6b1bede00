# Wasmtime's own C functions, called as its header says.
module Peer

using Libdl

# A library, with the functions that are used here.
struct Library
    names::Dict{Symbol,Ptr{Cvoid}}
end

const FUNCTIONS = (
    :wasm_engine_new,
    :wasmtime_func_call_unchecked,
    :wasmtime_instance_export_get,
    :wasmtime_instance_new,
    :wasmtime_module_new,
    :wasmtime_store_context,
    :wasmtime_store_new,
    :wasmtime_wat2wasm,
)

function Library(file::AbstractString)
    handle = dlopen(file)
    return Library(Dict(name => dlsym(handle, name) for name in FUNCTIONS))
end

# A function of type (i32, i32) -> i32, which is called without any checks.
struct Unchecked
    call::Ptr{Cvoid}
    context::Ptr{Cvoid}
    # A `wasmtime_func_t`.
    func::Tuple{UInt64,UInt64}
end

# The function "add" of a module in the text format.
function add(library::Library, text::AbstractString)
    f = library.names
    check(failure) = failure == C_NULL || error("Wasmtime's C API failed")
    bytes = Ref((UInt(0), UInt(0)))
    check(ccall(f[:wasmtime_wat2wasm], Ptr{Cvoid}, (Cstring, Csize_t, Ptr{Cvoid}), text, sizeof(text), bytes))
    engine = ccall(f[:wasm_engine_new], Ptr{Cvoid}, ())
    wasm = Ref(C_NULL)
    len, data = bytes[]
    check(
        ccall(
            f[:wasmtime_module_new],
            Ptr{Cvoid},
            (Ptr{Cvoid}, Ptr{Cvoid}, Csize_t, Ptr{Ptr{Cvoid}}),
            engine, Ptr{Cvoid}(data), len, wasm,
        ),
    )
    store = ccall(f[:wasmtime_store_new], Ptr{Cvoid}, (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}), engine, C_NULL, C_NULL)
    context = ccall(f[:wasmtime_store_context], Ptr{Cvoid}, (Ptr{Cvoid},), store)
    instance, trap = Ref((UInt64(0), UInt64(0))), Ref(C_NULL)
    check(
        ccall(
            f[:wasmtime_instance_new],
            Ptr{Cvoid},
            (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Csize_t, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}),
            context, wasm[], C_NULL, 0, instance, trap,
        ),
    )
    # A `wasmtime_extern_t` has its kind first, and its item from byte 8 on.
    item = Ref(ntuple(_ -> UInt64(0), 8))
    ccall(
        f[:wasmtime_instance_export_get],
        Bool,
        (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Csize_t, Ptr{Cvoid}),
        context, instance, "add", 3, item,
    ) || error("there is no export")
    return Unchecked(f[:wasmtime_func_call_unchecked], context, (item[][2], item[][3]))
end

@inline function (f::Unchecked)(a, b)
    slots = Ref(((a % UInt64, UInt64(0)), (b % UInt64, UInt64(0))))
    func, trap = Ref(f.func), Ref(C_NULL)
    failure = ccall(
        f.call,
        Ptr{Cvoid},
        (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Csize_t, Ptr{Ptr{Cvoid}}),
        f.context, func, slots, 2, trap,
    )
    failure == C_NULL || error("the call failed")
    return slots[][1][1] % Int32
end

end
