;; Imports a global. Must be refused at load: interfaces have functions and nothing else.
(module
  (import "locket:system/info@0.1.0" "start-count" (global i32))
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
