# Uses the objects of a precompiled package in each way. Prints the uses whose error doesn't say how
# to mend it.
using SafeWasm, Serialization, Holding
const H = Holding
const ENGINE = WasmEngine()
store() = WasmStore(ENGINE)
new_module(text) = WasmModule(ENGINE, wat2wasm(text))
function says(name, use, x)
    e = try
        use(x)
        "nothing was thrown"
    catch e
        e
    end
    right = e isa WasmtimeError && e.code === :invalid_handle &&
        occursin("while a package was precompiled", e.message) &&
        occursin("__init__", e.message)
    global checked += 1
    right || println(name, " of ", typeof(x), ": ", e)
end
const FUNCREF = """(module (func (export "f") (param funcref)))"""
checked = 0
memories = (H.MEMORY, H.SHARED)
for x in memories
    says("read", x -> read(x, UInt8, 0), x)
    says("write", x -> write(x, 0, 1), x)
    says("read_string", x -> read_string(x, 0, 1), x)
    says("pages", pages, x)
end
for x in (memories..., H.TABLE, H.VIEW, H.WORDS)
    says("x[1]", x -> x[1], x)
    says("sum", x -> foreach(identity, x), x)
end
for x in (memories..., H.TABLE)
    says("x[1] =", x -> (x[1] = x isa WasmTable ? nothing : 1), x)
    says("x[:]", x -> x[:], x)
    says("length", length, x)
    says("grow!", x -> grow!(x, 1), x)
    says("fill!", x -> fill!(x, x isa WasmTable ? nothing : 0), x)
end
for x in (H.FUNC, H.TYPED, H.HOST)
    says("call", x -> x(1, 2), x)
    says("broadcast", x -> x.([1, 2], 3), x)
    says("element", x -> (WasmTable(store(), 1 => 2)[1] = x), x)
end
says("argument", x -> exports(WasmInstance(store(), new_module(FUNCREF))).f(x), H.FUNC)
says("call", x -> x(nothing), H.SAME)
says("call", x -> call(x, "add", 1, 2), H.INSTANCE)
says("exports", exports, H.INSTANCE)
says("get", x -> x[], H.GLOBAL)
says("set", x -> (x[] = 1), H.GLOBAL)
says("throw", x -> throw(WasmException(x, 1)), H.TAG)
says("field", x -> x[1], H.REF)
says("value", Int, H.REF)
says("config", WasmEngine, H.CONFIG)
says("store", WasmStore, H.ENGINE)
says("module", x -> WasmModule(x, wat"(module)"), H.ENGINE)
says("instance", x -> WasmInstance(store(), x), H.MODULE)
says("imports", imports, H.MODULE)
says("compiled", compiled, H.MODULE)
says("wasm_bytes", wasm_bytes, H.MODULE)
says("serialize", x -> serialize(IOBuffer(), x), H.MODULE)
says("compiled", x -> compiled(x, wat"(module)"), H.ENGINE)
says("unsafe_load_compiled", x -> unsafe_load_compiled(x, UInt8[]), H.ENGINE)
for use in (imports, exports, compiled, wasm_bytes, x -> serialize(IOBuffer(), x))
    says("use", use, H.COMPONENT)
end
says("exports", exports, H.COMPONENT_INSTANCE)
says("instance", x -> WasmInstance(x, H.COMPONENT), H.STORE)
says("call", x -> x(), H.COMPONENT_FUNC)
says("export", x -> x.f, H.COMPONENT_EXPORTS)
says("component", x -> WasmComponent(x, wat"(component)"), H.ENGINE)
says("instance", x -> WasmInstance(x, H.MODULE), H.STORE)
says("host", x -> WasmFunc(identity, x, Int32 => Int32), H.STORE)
says("memory", x -> WasmMemory(x, 1 => 2), H.STORE)
says("collect!", collect!, H.STORE)
says("define!", x -> define!(() -> nothing, x, "a", "b", () => ()), H.LINKER)
says("instantiate", x -> instantiate(x, store()), H.PRE)
for x in (H.FUNC, H.MEMORY, H.TABLE, H.GLOBAL, H.TAG, H.SHARED)
    says("import", x -> WasmInstance(store(), new_module("(module)"), [x]), x)
end
for name in names(H; all=true)
    x = getfield(H, name)
    parentmodule(typeof(x)) === SafeWasm && !(x isa WasmException) || continue
    x === deepcopy(x) && x == x && hash(x) == hash(x) || println(name, " has no identity")
    # Nothing is thrown.
    sprint(show, x), sprint(show, MIME("text/plain"), x), summary(x)
    x isa Union{WasmExports,WasmComponentExports,WitType} && continue
    isvalid(x) && println(name, " is valid")
    close(x), close(x)
end
string(exports(H.WIT)["f"].type) == "func(x: u8)" && H.WIT.kind === :interface || println("no type")
sprint(showerror, H.THROWN)
checked > 60 || println("only ", checked, " were checked")
