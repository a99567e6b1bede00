;; Takes all elements that it gets for two tables, and returns their number.
(module
  (table $a 1 funcref) (table $b 1 externref)
  (func (export "run") (result i32)
    (loop $again (br_if $again
      (i32.ne (table.grow $a (ref.null func) (i32.const 100)) (i32.const -1))))
    (loop $again (br_if $again
      (i32.ne (table.grow $b (ref.null extern) (i32.const 1)) (i32.const -1))))
    (i32.add (table.size $a) (table.size $b))))
