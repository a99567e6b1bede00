;; Makes an array of 4 billion elements.
(module
  (type $longs (array (mut i64)))
  (func (export "run") (result i32)
    (array.len (array.new_default $longs (i32.const -1)))))
