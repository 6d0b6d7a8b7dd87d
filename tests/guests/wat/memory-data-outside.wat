;; Initialises memory that it does not have. Must be refused, at load or when it is instantiated.
(module
  (memory (export "memory") 1 1)
  (data (i32.const 65530) "beyond the end")
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
