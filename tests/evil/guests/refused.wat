;; Tries to go on after a host function has refused a call.
(module
  (import "host" "refuse" (func $refuse))
  (func (export "run") (result i32)
    (block $caught (try_table (catch_all $caught) (call $refuse)))
    (loop $again (br $again))
    (unreachable)))
