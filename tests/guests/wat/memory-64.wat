;; Has a memory with 64-bit addresses. Must be refused at load.
(module
  (memory (export "memory") i64 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i64.const 0
    i32.load))
