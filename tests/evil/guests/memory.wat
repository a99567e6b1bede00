;; Takes all memory that it gets, and returns the number of its pages.
(module
  (memory 1)
  (func (export "run") (result i32)
    (loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (memory.size)))
