;; Loops for ever while the instance is made.
(module
  (func $start (loop $again (br $again)))
  (start $start)
  (func (export "run") (result i32) (i32.const 0)))
