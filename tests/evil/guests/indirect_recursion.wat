;; Calls itself through a table and through a reference without an end.
(module
  (type $f (func (result i32)))
  (table funcref (elem $run))
  (elem declare func $by_reference)
  (func $run (export "run") (type $f) (i32.add (call_ref $f (ref.func $by_reference)) (i32.const 1)))
  (func $by_reference (type $f) (i32.add (call_indirect (type $f) (i32.const 0)) (i32.const 1))))
