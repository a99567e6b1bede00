;; Exits with the sum of the bytes of its input, modulo 64, as its status.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\04\00\00\00\10\00\00")
  (func (export "_start") (local $at i32) (local $end i32) (local $sum i32)
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $at (i32.const 1024))
    (local.set $end (i32.add (local.get $at) (i32.load (i32.const 8))))
    (block $summed
      (loop $next
        (br_if $summed (i32.eq (local.get $at) (local.get $end)))
        (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (call $proc_exit (i32.and (local.get $sum) (i32.const 63)))))
