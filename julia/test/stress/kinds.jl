# The kinds of object, with functions that make and drop one. Objects are left to the collector.

"""
A kind of object. `prepare()` returns a function that makes and drops a number of objects.
`cycles` is their number by default, for which it takes a second or two, and `batch` the
most that are made between two collections.
"""
struct Kind
    name::String
    cycles::Int
    batch::Int
    prepare::Function
end

const KINDS = Kind[]

function kind(prepare, name, cycles; batch=1000)
    push!(KINDS, Kind(name, cycles, batch, prepare))
    return nothing
end

function times(make, count)
    for _ in 1:count
        make()
    end
    return nothing
end

# For objects that belong to no store.
repeated(make) = count -> times(make, count)

# For objects that live as long as their store: `prepare(store)` returns a function that makes
# one. Each batch has a new store.
function in_stores(prepare, engine=WasmEngine())
    return count -> times(prepare(WasmStore(engine)), count)
end

# For exports and arguments of an instance of the module.
function in_instances(prepare, wasm, given=NamedTuple())
    engine = WasmEngine()
    m = WasmModule(engine, wasm)
    return in_stores(engine) do store
        prepare(WasmInstance(store, m; given...))
    end
end

# The exception that `f` throws: the object that the cycle makes.
function thrown(f)
    try
        f()
    catch e
        return e
    end
    error("nothing was thrown")
end

const SMALL = wat"""(module (func (export "one") (result i32) (i32.const 1)))"""

# One export of each kind.
const EXPORTING = wat"""(module $parts
    (memory (export "memory") 1 1)
    (table (export "table") 1 funcref)
    (global (export "global") (mut i32) (i32.const 5))
    (tag (export "tag") (param i32))
    (func (export "func") (param i32) (result i32) (local.get 0)))"""

# Calls its import, and traps.
const CALLS = wat"""(module
    (import "env" "f" (func $f (param i32) (result i32)))
    (memory (export "memory") 1 1)
    (func (export "call") (param i32) (result i32) (call $f (local.get 0)))
    (func $trap (export "trap") unreachable)
    (func (export "deep") (call $trap)))"""

# Takes, keeps and makes references.
const REFERS = wat"""(module
    (type $point (struct (field i32)))
    (tag $problem (export "problem") (param i32))
    (global $kept (mut externref) (ref.null extern))
    (func (export "keep") (param externref) (result externref)
        (global.set $kept (local.get 0)) (global.get $kept))
    (func (export "point") (param i32) (result (ref $point))
        (struct.new $point (local.get 0)))
    (func (export "throw") (param i32) (throw $problem (local.get 0))))"""

const WITH_IMPORTS = wat"""(module
    (import "env" "f" (func (param i32 i64) (result f64)))
    (import "env" "memory" (memory 1))
    (import "env" "table" (table 1 funcref))
    (import "env" "global" (global i32))
    (import "env" "tag" (tag (param i32))))"""

kind(() -> repeated(WasmConfig), "config", 50_000)

kind(() -> repeated(WasmEngine), "engine", 30_000; batch=100)

kind("store", 100_000) do
    engine = WasmEngine()
    repeated(() -> WasmStore(engine))
end

# Unlike the others, each object is closed.
kind("closed store", 100_000) do
    engine = WasmEngine()
    repeated(() -> WasmStore(isopen, engine))
end

kind("module", 3_000; batch=100) do
    engine = WasmEngine(WasmConfig(optimization_level=None))
    repeated(() -> WasmModule(engine, SMALL))
end

kind("description of a module", 50_000) do
    m = WasmModule(WasmEngine(), WITH_IMPORTS)
    repeated(() -> (imports(m), custom_sections(m), module_name(m), resources(m)))
end

kind("text", 50_000) do
    repeated(() -> wat2wasm("(module (func (export \"f\") (result i32) (i32.const 1)))"))
end

kind("instance", 100_000) do
    engine = WasmEngine()
    m = WasmModule(engine, SMALL)
    in_stores(store -> (() -> WasmInstance(store, m)), engine)
end

# With the view of the memory.
kind("exports", 20_000) do
    in_instances(EXPORTING) do instance
        () -> collect(WasmExports(instance))
    end
end

kind("func", 50_000) do
    in_instances(EXPORTING) do instance
        () -> WasmExports(instance).func(1)
    end
end

kind("typed func", 50_000) do
    in_instances(EXPORTING) do instance
        () -> TypedFunc{Tuple{Int32},Int32}(WasmExports(instance).func)(1)
    end
end

kind("host function", 20_000) do
    in_stores(store -> (() -> WasmFunc(identity, store, Int32 => Int32)))
end

kind("host function of references", 20_000) do
    in_stores(store -> (() -> WasmFunc(identity, store, Any => Any)))
end

kind("caller", 30_000) do
    engine = WasmEngine()
    m = WasmModule(engine, CALLS)
    in_stores(engine) do store
        size(caller::WasmCaller, x) = length(caller.memory)
        f = WasmFunc(size, store, Int32 => Int32)
        instance = WasmInstance(store, m; env=(f=f,))
        () -> call(instance, "call", 1)
    end
end

kind("global", 200_000) do
    in_stores(store -> (() -> WasmGlobal(store, WasmGlobalType(Int32, true), 5)))
end

# Each takes 4 GiB of address space, so there can't be many at once.
kind("memory", 30_000; batch=100) do
    in_stores(store -> (() -> WasmMemory(store, 1 => 1)))
end

kind("shared memory", 40_000; batch=100) do
    engine = WasmEngine(WasmConfig(shared_memory=true))
    repeated(() -> WasmSharedMemory(engine, 1 => 1))
end

kind("table", 100_000) do
    in_stores(store -> (() -> WasmTable(store, 1 => 1)))
end

kind("element of a table", 30_000) do
    in_stores() do store
        f = WasmFunc(identity, store, Int32 => Int32)
        table = WasmTable(store, 1 => 1, f)
        () -> table[1](5)
    end
end

kind("tag", 30_000) do
    in_stores(store -> (() -> WasmTag(store, Int32)))
end

kind("externref", 50_000) do
    in_instances(REFERS) do instance
        () -> call(instance, "keep", Ref(5))
    end
end

kind("reference", 50_000) do
    in_instances(REFERS) do instance
        () -> call(instance, "point", 5)[1]
    end
end

kind("31-bit integer", 100_000) do
    in_stores(store -> (() -> Int(WasmRef(store, 5))))
end

kind("exception", 10_000) do
    in_instances(REFERS) do instance
        () -> thrown(() -> call(instance, "throw", 5))::WasmException
    end
end

kind("linker", 20_000) do
    engine = WasmEngine()
    repeated() do
        linker = WasmLinker(engine)
        define!(identity, linker, "env", "f", Int32 => Int32)
    end
end

kind("pre-instantiation", 200_000) do
    engine = WasmEngine()
    m = WasmModule(engine, CALLS)
    linker = WasmLinker(engine)
    define!(identity, linker, "env", "f", Int32 => Int32)
    repeated(() -> WasmInstancePre(linker, m))
end

kind("error", 30_000) do
    engine = WasmEngine()
    repeated(() -> thrown(() -> WasmModule(engine, UInt8[]))::WasmtimeError)
end

kind("trap", 20_000) do
    in_instances(CALLS, (env=(f=identity,),)) do instance
        () -> thrown(() -> call(instance, "deep"))::WasmTrap
    end
end

kind("Julia's exception", 10_000) do
    in_instances(CALLS, (env=(f=x -> throw(DomainError(x)),),)) do instance
        () -> thrown(() -> call(instance, "call", 1))::DomainError
    end
end

kind("time limit", 200_000) do
    in_instances(EXPORTING) do instance
        () -> call(instance, "func", 1; timeout=100)
    end
end

# A leak that these tests must notice.
const LEAK = Kind("deliberate leak", 300_000, 1000, () -> repeated(() -> Libc.malloc(64)))

function find_kind(name)
    name == LEAK.name && return LEAK
    return KINDS[findfirst(kind -> kind.name == name, KINDS)]
end
