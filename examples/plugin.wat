;; A plug-in for `plugin.c`: greets who it is told about, by the log of its host.
(module
  (import "host" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "Hello, ")

  ;; Room for a text of `len` bytes, just behind the greeting. Returns its address.
  (func (export "alloc") (param $len i32) (result i32)
    (local $missing i32)
    (local.set $missing (i32.sub
      (i32.shr_u (i32.add (local.get $len) (i32.const 65543)) (i32.const 16))
      (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then unreachable))))
    (i32.const 7))

  ;; Logs the greeting with the text that the host has written behind it.
  (func (export "greet") (param $address i32) (param $len i32)
    (call $log (i32.const 0) (i32.add (local.get $len) (i32.const 7)))))
