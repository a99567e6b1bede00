;; Keeps structures and arrays in a list without an end.
(module
  (type $bytes (array (mut i8)))
  (type $node (struct (field (ref null $node)) (field (ref $bytes))))
  (global $list (mut (ref null $node)) (ref.null $node))
  (func (export "run") (result i32)
    (loop $again
      (global.set $list
        (struct.new $node (global.get $list) (array.new_default $bytes (i32.const 1000))))
      (br $again))
    (unreachable)))
