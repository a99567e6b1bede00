;; Loops for ever.
(module
  (func (export "run") (result i32) (loop $again (br $again)) (unreachable)))
