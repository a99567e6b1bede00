# A package with one constant for each kind of object.
module Holding
using SafeWasm
const ENGINE = WasmEngine(WasmConfig(; shared_memory=true))
const CONFIG = WasmConfig()
const STORE = WasmStore(ENGINE)
const MODULE = WasmModule(ENGINE, wat"""(module
    (memory (export "memory") 1)
    (table (export "table") 2 funcref)
    (global (export "global") (mut i32) (i32.const 1))
    (tag $tag (export "tag") (param i32))
    (func (export "throw") (throw $tag (i32.const 1)))
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    (func (export "same") (param funcref) (result funcref) (local.get 0)))""")
const COMPONENT = WasmComponent(ENGINE, wat"""(component
    (import "a:b/c" (instance (export "f" (func (param "x" u8))))))""")
const WIT = imports(COMPONENT)[1].type
const COMPONENT_INSTANCE = WasmInstance(STORE, WasmComponent(ENGINE, wat"""(component
    (core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (func (export "f") (canon lift (core func $i "f"))))"""))
const COMPONENT_EXPORTS = exports(COMPONENT_INSTANCE)
const COMPONENT_FUNC = COMPONENT_EXPORTS.f
COMPONENT_FUNC()
const INSTANCE = WasmInstance(STORE, MODULE)
const EXPORTS = exports(INSTANCE)
const FUNC = EXPORTS.add
const SAME = EXPORTS.same
const TYPED = TypedFunc{Tuple{Int32,Int32},Int32}(FUNC)
const HOST = WasmFunc((a, b) -> a, STORE, (Int32, Int32) => Int32)
const MEMORY = EXPORTS.memory
const TABLE = EXPORTS.table
const GLOBAL = EXPORTS.global
const TAG = EXPORTS.tag
const REF = WasmRef(STORE, 5)
const SHARED = WasmSharedMemory(ENGINE, 1 => 2)
const LINKER = define!(() -> Int32(1), WasmLinker(ENGINE), "env", "f", () => Int32)
const PRE = WasmInstancePre(LINKER, MODULE)
const CALLER = Ref{Any}()
WasmFunc((caller::WasmCaller) -> (CALLER[] = caller; nothing), STORE, () => ())()
const VIEW = view(MEMORY, 1:8)
const WORDS = reinterpret(UInt32, MEMORY)
const THROWN = try
    EXPORTS.throw()
catch e
    e
end
end
