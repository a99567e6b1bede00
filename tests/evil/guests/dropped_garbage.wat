;; Makes arrays and drops them, for ever.
(module
  (type $bytes (array (mut i8)))
  (func (export "run") (result i32)
    (loop $again (drop (array.new_default $bytes (i32.const 10000))) (br $again))
    (unreachable)))
