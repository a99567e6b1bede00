;; Fills and copies as much memory as it gets by single instructions, for ever.
(module
  (memory 1)
  (func (export "run") (result i32)
    (local $bytes i32)
    (loop $grow (br_if $grow (i32.ne (memory.grow (i32.const 64)) (i32.const -1))))
    (local.set $bytes (i32.mul (memory.size) (i32.const 65536)))
    (loop $again
      (memory.fill (i32.const 0) (i32.const 255) (local.get $bytes))
      (memory.copy (i32.const 1) (i32.const 0) (i32.sub (local.get $bytes) (i32.const 1)))
      (br $again))
    (unreachable)))
