# Filters that nobody trusts, as programs for WASI: each reads a text from its standard
# input and writes another one. A filter gets no folder, no environment and no network, and
# has limits of time, memory and output. Filters are connected with each other and with
# native programs as commands are.
using SafeWasm

const LIMITS = (timeout=0.5, memory_limit=2^22, output_limit=1000)

# In a real program these are files: `WasiCommand("upper.wasm"; LIMITS...)`. Here they are
# written by hand. The body of one reads `len` bytes to address 1024, and writes what is
# there.
filter_program(body) = wat2wasm("""(module
    (import "wasi_snapshot_preview1" "fd_read"
        (func \$fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write"
        (func \$fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff"
        (func \$poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func \$exit (param i32)))
    (memory (export "memory") 1)
    ;; The buffers of a read or a write: one, at 1024.
    (data (i32.const 0) "\\00\\04\\00\\00")
    ;; A clock that rings in some centuries.
    (data (i32.const 64) "\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00")
    (data (i32.const 80) "\\01\\00\\00\\00\\00\\00\\00\\00\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\0f")
    (func \$read (result i32)
        (i32.store (i32.const 4) (i32.const 4096))
        (drop (call \$fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (i32.load (i32.const 8)))
    (func \$write (param \$len i32)
        (i32.store (i32.const 4) (local.get \$len))
        (drop (call \$fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func \$upper (param \$at i32)
        (if (i32.lt_u (i32.sub (i32.load8_u (local.get \$at)) (i32.const 97)) (i32.const 26))
            (then (i32.store8 (local.get \$at)
                (i32.sub (i32.load8_u (local.get \$at)) (i32.const 32))))))
    (func (export "_start") (local \$len i32) (local \$at i32)
        (loop \$again
            (local.set \$len (call \$read))
            (if (local.get \$len) (then $body (br \$again))))))""")

const FILTERS = [
    "as it is" => filter_program("(call \$write (local.get \$len))"),
    "upper" => filter_program("""
        (local.set \$at (i32.const 1024))
        (loop \$next
            (call \$upper (local.get \$at))
            (local.set \$at (i32.add (local.get \$at) (i32.const 1)))
            (br_if \$next (i32.lt_u (local.get \$at)
                (i32.add (i32.const 1024) (local.get \$len)))))
        (call \$write (local.get \$len))"""),
    "refusing" => filter_program("(call \$exit (i32.const 7))"),
    "endless" => filter_program("(loop (br 0))"),
    "sleeping" => filter_program("""
        (drop (call \$poll (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 8)))"""),
    "talking" => filter_program("(loop (call \$write (local.get \$len)) (br 0))"),
    "broken" => filter_program("(i32.store (i32.const -1) (i32.const 0))"),
    "no program" => UInt8[1, 2, 3],
]

reason(e::WasiExit) = "it exited with status $(e.code)"
reason(e::WasmTrap) = e.code === :interrupt ? "it took too long" : "it trapped, $(e.code)"
reason(e::WasmtimeError) = e.code === :limit ? "it wrote too much" : "it is no module"

const TEXT = "a text\n"

for (name, program) in FILTERS
    command = WasiCommand(program; LIMITS...)
    print(rpad(name, 12))
    try
        print(read(pipeline(command; stdin=IOBuffer(TEXT)), String))
    catch e
        e isa Union{WasiExit,WasmTrap,WasmtimeError} || rethrow()
        println("refused: ", reason(e))
    end
end

# A pipeline of filters and a native program.
same, upper = (WasiCommand(FILTERS[index][2]; LIMITS...) for index in (1, 2))
print("all:        ", read(pipeline(IOBuffer(TEXT), same, `tr t T`, upper), String))
