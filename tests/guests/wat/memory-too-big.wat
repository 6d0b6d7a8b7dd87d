;; Asks for 16 MiB of memory at once. Must be refused before it starts: no memory.
(module
  (memory (export "memory") 256)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
