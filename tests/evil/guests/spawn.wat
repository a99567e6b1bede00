;; Wants a thread and a process, which nobody offers.
(module
  (import "wasi" "thread-spawn" (func (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_fork" (func (result i32)))
  (func (export "run") (result i32) (i32.const 0)))
