;; Trap: bad conversion. "Not a number" has no integer.
(module
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    f32.const nan
    i32.trunc_f32_s))
