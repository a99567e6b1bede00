;; Throws exceptions and catches them, for ever.
(module
  (tag $t (param i32))
  (func $throw (throw $t (i32.const 1)))
  (func (export "run") (result i32)
    (loop $again
      (drop (block $caught (result i32)
        (try_table (catch $t $caught) (call $throw))
        (i32.const 0)))
      (br $again))
    (unreachable)))
