;; Has a memory of 4 GiB from the start.
(module (memory 65536) (func (export "run") (result i32) (memory.size)))
