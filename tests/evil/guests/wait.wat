;; Waits in a memory that nobody shares.
(module
  (memory 1)
  (func (export "run") (result i32)
    (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
