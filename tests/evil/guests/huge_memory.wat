;; Has a memory of 2^60 bytes from the start.
(module (memory i64 0x100000000000) (func (export "run") (result i32) (i32.const 0)))
