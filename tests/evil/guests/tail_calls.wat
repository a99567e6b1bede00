;; Two functions that replace each other for ever, in a stack of one frame.
(module
  (func $ping (export "run") (result i32) (return_call $pong))
  (func $pong (result i32) (return_call $ping)))
