;; Exports a `run` with a parameter. Must be refused at load.
(module
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (param i32) (result i32)
    i32.const 0))
