;; Has a table of 4 billion elements from the start.
(module (table 0xffffffff funcref) (func (export "run") (result i32) (table.size)))
