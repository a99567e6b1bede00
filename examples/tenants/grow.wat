;; Takes memory, page by page, until it is refused. Exits with the number of its pages. A page that isn't zero at first
;; is a trap.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $page i32) (local $at i32)
    (loop $again
      (local.set $page (memory.grow (i32.const 1)))
      (local.set $at (i32.shl (local.get $page) (i32.const 16)))
      (if (i32.ne (local.get $page) (i32.const -1))
        (then
          (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then (unreachable)))
          (i64.store (local.get $at) (i64.const -1))
          (br $again))))
    (call $proc_exit (memory.size))))
