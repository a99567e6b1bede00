;; Looks for traces of the guest before it in its memory, table and globals, returns how many it finds, and leaves
;; traces everywhere.
(module
  (memory 4)
  (table 100 funcref)
  (elem declare func $trace)
  (global $mark (mut i64) (i64.const 0))
  (func $trace)
  (func (export "run") (result i32)
    (local $at i32) (local $found i32)
    (drop (memory.grow (i32.const 12)))
    (drop (table.grow (ref.null func) (i32.const 100)))
    (loop $bytes
      (local.set $found (i32.add (local.get $found)
        (i64.ne (i64.load (local.get $at)) (i64.const 0))))
      (i64.store (local.get $at) (i64.const -1))
      (br_if $bytes (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8)))
        (i32.mul (memory.size) (i32.const 65536)))))
    (local.set $at (i32.const 0))
    (loop $elements
      (local.set $found (i32.add (local.get $found)
        (i32.eqz (ref.is_null (table.get (local.get $at))))))
      (table.set (local.get $at) (ref.func $trace))
      (br_if $elements (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1)))
        (table.size))))
    (local.set $found (i32.add (local.get $found) (i64.ne (global.get $mark) (i64.const 0))))
    (global.set $mark (i64.const -1))
    (local.get $found)))
