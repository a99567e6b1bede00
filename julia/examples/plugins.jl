# A program with plug-ins that it doesn't trust. A plug-in is a module that takes a text and
# emits texts. Each gets a store of its own, and each call of it has limits: memory,
# instructions and time. The program reports a plug-in that breaks a limit or a rule, and
# goes on with the next one.
using SafeWasm

const MEMORY = 1 << 20    # bytes of memory that a plug-in may have
const FUEL = 10_000_000   # instructions, roughly, that a call may execute
const SECONDS = 1.0       # the time that a call may take

# In a real program these are files of others, loaded by `WasmModule(engine, path)`. This is
# a folder of them, by name. A plug-in has these exports:
#
#   memory                a memory
#   alloc(len)            returns the address of `len` bytes for the program's text
#   apply(address, len)   does the plug-in's work on that text
#
# and it may import two functions from `host`: `emit(address, len)`, which takes a text out
# of its memory, and `pause()`, which waits a little.
plugin(rest; memory=1) = wat2wasm("""(module
    (import "host" "emit" (func \$emit (param i32 i32)))
    (import "host" "pause" (func \$pause))
    (memory (export "memory") $memory)
    (data (i32.const 0) "Hello, ")
    (func (export "alloc") (param \$len i32) (result i32) (i32.const 7))
    (func \$apply (export "apply") (param \$at i32) (param \$len i32) $rest))""")

const PLUGINS = [
    # Its text is behind "Hello, ", where `alloc` told the program to write it.
    "greeting" => plugin("""
        (call \$emit (i32.const 0) (i32.add (local.get \$len) (i32.const 7)))"""),
    "endless loop" => plugin("(loop \$again (br \$again))"),
    # Few instructions, and much time.
    "endless wait" => plugin("(loop \$again (call \$pause) (br \$again))"),
    "recursion" => plugin("(call \$apply (local.get \$at) (local.get \$len))"),
    "too much memory" => plugin(""; memory=1000),
    # `memory.grow` returns -1 when a limit is reached. So the plug-in learns of it, and may
    # go on.
    "growth" => plugin("""(loop \$again
        (br_if \$again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        (call \$emit (i32.const 0) (i32.const 5))"""),
    "division by zero" => plugin("(drop (i32.div_u (local.get \$at) (i32.const 0)))"),
    "wild address" => plugin("(i32.store (i32.const -4) (i32.const 0))"),
    "lie about an address" => plugin("(call \$emit (i32.const -16) (i32.const 100))"),
    "lie about a length" => plugin("(call \$emit (i32.const 0) (i32.const -1))"),
    "much output" => plugin("""(loop \$again
        (call \$emit (i32.const 0) (i32.const 65536)) (br \$again))"""),
    "strange import" => wat"""(module (import "host" "delete_file" (func)))""",
    "missing export" => wat"(module)",
    "no wasm" => Vector{UInt8}("#!/bin/sh"),
]

# Applies a plug-in to a text, and returns what it emitted.
function apply(engine, wasm, text)
    # What is read from a plug-in is copied, and also needs a bound.
    emitted = IOBuffer()
    function emit(caller::WasmCaller, address, len)
        write(emitted, read_string(caller.memory, address, len))
        position(emitted) <= MEMORY || error("the plug-in emits too much")
    end
    imports = (emit=emit, pause=() -> sleep(0.05))
    # The store, its instance and its memory are freed at the end of the block.
    WasmStore(engine; memory_limit=MEMORY) do store
        mod = WasmModule(engine, wasm)
        within_limits(f) = (set_fuel!(store, FUEL); with_timeout(f, store, SECONDS))
        # Making an instance runs the module's start function, so it has limits too.
        x = within_limits(() -> WasmInstance(store, mod; host=imports).exports)
        # `alloc` is the plug-in's: it may return any address. `write` checks it.
        address = within_limits(() -> x.alloc(sizeof(text)))
        write(x.memory, address, text)
        within_limits(() -> x.apply(address, sizeof(text)))
    end
    return String(take!(emitted))
end

# A compilation can't be ended, so a plug-in's size is limited as well.
engine = WasmEngine(WasmConfig(consume_fuel=true, max_module_size=1 << 20))
for (name, wasm) in PLUGINS
    result = try
        apply(engine, wasm, "world")
    catch e
        e isa InterruptException && rethrow()
        # Without the backtrace of wasm, which has its names and lines of its own.
        "refused: " * first(split(sprint(showerror, e), '\n'))
    end
    println(name, ": ", result)
end
