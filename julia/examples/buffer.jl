# Passes a buffer to wasm and back: allocates it in wasm's memory, copies it in, calls, copies it
# out. This works with any module that exports its memory and an allocator; this one turns text
# into capitals.
using SafeWasm

instance = instantiate(
    wat"""(module
        (memory (export "memory") 1)
        (global $top (mut i32) (i32.const 1024))
        (func (export "alloc") (param $len i32) (result i32)
            (global.get $top)
            (global.set $top (i32.add (global.get $top) (local.get $len))))
        (func (export "shout") (param $at i32) (param $len i32)
            (local $end i32)
            (local $byte i32)
            (local.set $end (i32.add (local.get $at) (local.get $len)))
            (block $done
                (loop $next
                    (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
                    (local.set $byte (i32.load8_u (local.get $at)))
                    (if (i32.and (i32.ge_u (local.get $byte) (i32.const 97))
                                 (i32.le_u (local.get $byte) (i32.const 122)))
                        (then (i32.store8 (local.get $at)
                                          (i32.sub (local.get $byte) (i32.const 32)))))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br $next)))))""",
)

x = exports(instance)
memory, alloc, shout = x.memory, x.alloc, x.shout

text = "what wasm can't see, it can't say"
address = alloc(sizeof(text))                          # allocate in the guest
write(memory, address, text)                           # copy in
shout(address, sizeof(text))                           # call
println(read_string(memory, address, sizeof(text)))    # copy out
