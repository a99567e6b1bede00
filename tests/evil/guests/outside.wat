;; Reads beyond its memory with each width, and calls what is no function of that type. Each call of `run` tries one
;; access and returns the value, if there is one.
(module
  (memory 1)
  (table 2 funcref)
  (elem (i32.const 0) $other)
  (type $f (func (result i32)))
  (global $next (mut i32) (i32.const -1))
  (func $other (param i64))
  (func (export "run") (result i32)
    (global.set $next (i32.add (global.get $next) (i32.const 1)))
    (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 (global.get $next)))
      (return (i32.load (i32.const 65533))))
      (return (i32.load8_u offset=0xffffffff (i32.const -1))))
      (return (i32.wrap_i64 (i64.load (i32.const -8)))))
      (return (i32x4.extract_lane 0 (v128.load (i32.const 65521)))))
      (return (call_indirect (type $f) (i32.const 0))))
      (return (call_indirect (type $f) (i32.const 1))))
      (return (call_indirect (type $f) (i32.const -1))))
    (memory.copy (i32.const 0) (i32.const 65535) (i32.const 2))
    (i32.const 0)))
