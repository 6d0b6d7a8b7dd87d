;; Has a start function that traps. The container must end as refused, before `run`: start trapped, unreachable.
(module
  (memory (export "memory") 1)
  (start $start)
  (func $start
    unreachable)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
