# Programs for WASI that the tests run, in the text format.

const WASI_IMPORTS = raw"""
    (import "wasi_snapshot_preview1" "fd_write"
        (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read"
        (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get"
        (func $args_sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_sizes_get"
        (func $environ_sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get"
        (func $clock (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff"
        (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"""

# A program whose `_start` has the body. Addresses below 64 are for its functions.
function guest(body; data="")
    return wat2wasm("""(module $WASI_IMPORTS
        (memory (export "memory") 4)
        (data (i32.const 128) "$data")
        ;; Writes all of the bytes, or exits with the number of the error.
        (func \$print (param \$fd i32) (param \$at i32) (param \$len i32)
            (loop \$more
                (if (i32.eqz (local.get \$len)) (then (return)))
                (i32.store (i32.const 0) (local.get \$at))
                (i32.store (i32.const 4) (local.get \$len))
                (call \$check (call \$fd_write
                    (local.get \$fd) (i32.const 0) (i32.const 1) (i32.const 8)))
                (local.set \$at (i32.add (local.get \$at) (i32.load (i32.const 8))))
                (local.set \$len (i32.sub (local.get \$len) (i32.load (i32.const 8))))
                (br \$more)))
        ;; Reads once, at address 65536. Returns the number of bytes.
        (func \$read (param \$fd i32) (result i32)
            (i32.store (i32.const 0) (i32.const 65536))
            (i32.store (i32.const 4) (i32.const 65536))
            (call \$check (call \$fd_read
                (local.get \$fd) (i32.const 0) (i32.const 1) (i32.const 8)))
            (i32.load (i32.const 8)))
        (func \$check (param \$error i32)
            (if (local.get \$error) (then (call \$exit (local.get \$error)))))
        (func \$cat (param \$fd i32)
            (local \$len i32)
            (loop \$more
                (local.set \$len (call \$read (local.get \$fd)))
                (if (i32.eqz (local.get \$len)) (then (return)))
                (call \$print (i32.const 1) (i32.const 65536) (local.get \$len))
                (br \$more)))
        (func (export "_start") $body))""")
end

# Prints a text to the descriptor, and exits with the status.
function says(text; fd=1, status=0)
    print = "(call \$print (i32.const $fd) (i32.const 128) (i32.const $(sizeof(text))))"
    exit = status == 0 ? "" : "(call \$exit (i32.const $status))"
    return guest("$print $exit"; data=escape_string(text))
end

const CAT = guest("(call \$cat (i32.const 0))")
const EXITS = guest("(call \$exit (i32.const 3))")
const TRAPS = guest("unreachable")
const LOOPS = guest("(loop (br 0))")
const SLEEPS = guest(raw"""
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (i64.const 1000000000000))
    (call $check (call $poll (i32.const 64) (i32.const 256) (i32.const 1) (i32.const 4)))""")
# Prints lines for ever.
const YES = guest(raw"""(loop
    (call $print (i32.const 1) (i32.const 128) (i32.const 2))
    (br 0))"""; data="y\\n")
# Print the arguments, or the environment, each with a NUL after it.
const PRINTS_ARGS = guest(raw"""
    (call $check (call $args_sizes (i32.const 64) (i32.const 68)))
    (call $check (call $args (i32.const 1024) (i32.const 65536)))
    (call $print (i32.const 1) (i32.const 65536) (i32.load (i32.const 68)))""")
const PRINTS_ENV = guest(raw"""
    (call $check (call $environ_sizes (i32.const 64) (i32.const 68)))
    (call $check (call $environ (i32.const 1024) (i32.const 65536)))
    (call $print (i32.const 1) (i32.const 65536) (i32.load (i32.const 68)))""")
# Prints the real time, in nanoseconds as eight bytes.
const PRINTS_TIME = guest(raw"""
    (call $check (call $clock (i32.const 0) (i64.const 1) (i32.const 64)))
    (call $print (i32.const 1) (i32.const 64) (i32.const 8))""")
# Prints eight random bytes.
const PRINTS_RANDOM = guest(raw"""
    (call $check (call $random (i32.const 64) (i32.const 8)))
    (call $print (i32.const 1) (i32.const 64) (i32.const 8))""")
# Prints the file `name` of the first folder, or exits with the number of the error.
function prints_file(name)
    return guest("""
        (call \$check (call \$open (i32.const 3) (i32.const 0)
            (i32.const 128) (i32.const $(sizeof(name))) (i32.const 0)
            (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 64)))
        (call \$cat (i32.load (i32.const 64)))"""; data=name)
end
# Writes "made\n" to the new file `name` of the first folder.
function makes_file(name)
    return guest("""
        (i32.store (i32.const 100) (i32.const 0x6564616d))
        (i32.store8 (i32.const 104) (i32.const 10))
        (call \$check (call \$open (i32.const 3) (i32.const 0)
            (i32.const 128) (i32.const $(sizeof(name))) (i32.const 9)
            (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 64)))
        (call \$print (i32.load (i32.const 64)) (i32.const 100) (i32.const 5))"""; data=name)
end
