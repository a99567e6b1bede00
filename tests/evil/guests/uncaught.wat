;; Throws an exception that nothing catches, through a host function.
(module
  (import "host" "again" (func $again (result i32)))
  (tag $t (param i32))
  (global $depth (mut i32) (i32.const 0))
  (func (export "run") (result i32)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (if (i32.gt_u (global.get $depth) (i32.const 10)) (then (throw $t (i32.const 7))))
    (call $again)))
