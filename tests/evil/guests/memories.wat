;; Takes all memory that it gets for four memories, one of them with 64-bit addresses, and returns the number of
;; their pages.
(module
  (memory $a 1) (memory $b 1) (memory $c 1) (memory $d i64 1)
  (func (export "run") (result i32)
    (loop $again (br_if $again (i32.ne (memory.grow $a (i32.const 3)) (i32.const -1))))
    (loop $again (br_if $again (i32.ne (memory.grow $b (i32.const 2)) (i32.const -1))))
    (loop $again (br_if $again (i64.ne (memory.grow $d (i64.const 1)) (i64.const -1))))
    (loop $again (br_if $again (i32.ne (memory.grow $c (i32.const 1)) (i32.const -1))))
    (i32.add (i32.add (memory.size $a) (memory.size $b))
             (i32.add (memory.size $c) (i32.wrap_i64 (memory.size $d))))))
