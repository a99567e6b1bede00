;; Has memories of 1 MiB without an end, as far as one module can.
(module
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16) (memory 16)
  (func (export "run") (result i32) (i32.const 0)))
