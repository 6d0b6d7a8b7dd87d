;; Imports a memory. Must be refused at load: a container shares nothing.
(module
  (import "locket:system/info@0.1.0" "memory" (memory 1))
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
