;; Keeps exceptions in a list without an end: each carries the one before.
(module
  (tag $link (param exnref))
  (global $list (mut exnref) (ref.null exn))
  (func (export "run") (result i32)
    (loop $again
      (block $caught (result exnref)
        (try_table (catch_all_ref $caught) (throw $link (global.get $list)))
        (unreachable))
      (global.set $list)
      (br $again))
    (unreachable)))
