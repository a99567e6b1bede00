;; Calls a host function for ever.
(module
  (import "host" "nothing" (func $nothing))
  (func (export "run") (result i32) (loop $again (call $nothing) (br $again)) (unreachable)))
