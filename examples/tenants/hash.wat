;; Reads its input, and prints a hash of it (32-bit FNV-1a) as eight hexadecimal digits.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; The buffers of the read and of the write, as an address and a length each.
  (data (i32.const 0) "\00\04\00\00\00\10\00\00" "\20\00\00\00\08\00\00\00")
  (func (export "_start") (local $at i32) (local $end i32) (local $hash i32) (local $digit i32)
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
    (local.set $at (i32.const 1024))
    (local.set $end (i32.add (local.get $at) (i32.load (i32.const 16))))
    (local.set $hash (i32.const 0x811c9dc5))
    (block $hashed
      (loop $next
        (br_if $hashed (i32.eq (local.get $at) (local.get $end)))
        (local.set $hash
          (i32.mul (i32.xor (local.get $hash) (i32.load8_u (local.get $at))) (i32.const 0x01000193)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    ;; The digits, from the last one at address 39 to the first one at 32.
    (local.set $at (i32.const 39))
    (loop $next
      (local.set $digit (i32.and (local.get $hash) (i32.const 15)))
      (i32.store8 (local.get $at)
        (i32.add (local.get $digit)
          (select (i32.const 87) (i32.const 48) (i32.gt_u (local.get $digit) (i32.const 9)))))
      (local.set $hash (i32.shr_u (local.get $hash) (i32.const 4)))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br_if $next (i32.ge_u (local.get $at) (i32.const 32))))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
