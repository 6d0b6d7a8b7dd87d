;; Imports `log` with one parameter too few. Must be refused at load: the engine would trap at the first call, or read
;; a value that was never passed.
(module
  (import "wasi:logging/logging@0.1.0-draft" "log" (func (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
