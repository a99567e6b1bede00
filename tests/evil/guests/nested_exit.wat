;; Exits from a call that a host function makes.
(module
  (import "host" "again" (func $again (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (global $depth (mut i32) (i32.const 0))
  (func $run (export "run") (result i32)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (if (i32.gt_u (global.get $depth) (i32.const 10)) (then (call $exit (i32.const 7))))
    (drop (call $again))
    (loop $on (br $on))
    (unreachable))
  (func (export "_start") (drop (call $run))))
